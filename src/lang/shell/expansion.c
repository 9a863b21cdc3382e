// SPDX-License-Identifier: Apache-2.0
#include "lang/shell/parse_internal.h"

#include <string.h>

static struct shell_expansion *add(struct shell_parser *parser, struct shell_sink *sink,
                                   enum shell_expansion_kind kind, bool quoted)
{
    struct shell_expansion *expansion = arena_new(parser->arena, struct shell_expansion);
    expansion->kind = kind;
    expansion->quoted = quoted;
    expansion->from = parser->at;
    *sink->tail = expansion;
    sink->tail = &expansion->next;
    return expansion;
}

static void end(struct shell_parser *parser, struct shell_expansion *expansion)
{
    expansion->to = parser->at;
    expansion->span = shell_parser_span(parser, expansion->from, expansion->to);
}

/* $(list), <(list): the parenthesis is `skip` bytes long with what stands before it. */
static void read_substitution(struct shell_parser *parser, struct shell_expansion *expansion,
                              uint32_t skip)
{
    uint32_t from = parser->at;
    size_t commands = parser->script->commands.count;
    parser->at += skip;
    if (shell_enter(parser)) {
        unsigned stops = parser->stops;
        parser->stops = STOP_NOTHING;
        parser->depth++;
        expansion->body = shell_read_list(parser, STOP_PAREN);
        parser->depth--;
        parser->stops = stops;
        shell_leave(parser);
        if (shell_peek(parser, 0) == ')')
            parser->at++;
        else
            shell_problem(parser, from, from + skip,
                          "the command substitution that starts here is not closed");
    }
    if (parser->known_bodies)
        parser->script->commands.count = commands;
    end(parser, expansion);
}

/* What `...` holds, as the inner shell reads it: backslashes before some bytes are gone. */
static struct mapped_text *unescape(struct shell_parser *parser, uint32_t from, uint32_t to,
                                    bool quoted)
{
    struct mapped_text *text = arena_new(parser->arena, struct mapped_text);
    char *out = arena_array(parser->arena, char, to - from);
    uint32_t length = 0;
    for (uint32_t i = from; i < to; i++) {
        if (parser->bytes[i] == '\\' && i + 1 < to) {
            char next = parser->bytes[i + 1];
            i += next == '$' || next == '`' || next == '\\' || (next == '"' && quoted);
        }
        mapped_text_piece(parser->arena, text, length, shell_parser_span(parser, i, i).start);
        out[length++] = parser->bytes[i];
    }
    text->text = str_make(out, length);
    return text;
}

static void read_unescaped(struct shell_parser *parser, struct shell_expansion *expansion,
                           const struct mapped_text *text)
{
    struct shell_parser inner = shell_inner_parser(parser, text);
    expansion->body = shell_read_part(&inner, inner.end);
    parser->look_ahead = inner.look_ahead;
}

static void read_backquotes(struct shell_parser *parser, struct shell_expansion *expansion)
{
    uint32_t from = parser->at, to = from + 1;
    size_t commands = parser->script->commands.count;
    bool escapes = false;
    while (to < parser->end && parser->bytes[to] != '`') {
        escapes |= parser->bytes[to] == '\\';
        to += parser->bytes[to] == '\\' && to + 1 < parser->end ? 2 : 1;
    }
    bool closed = to < parser->end;
    if (!closed)
        shell_problem(parser, from, from + 1, "the backquote that starts here is not closed");
    if (shell_enter(parser)) {
        parser->depth++;
        if (escapes) {
            read_unescaped(parser, expansion, unescape(parser, from + 1, to, expansion->quoted));
        } else {
            parser->at = from + 1;
            expansion->body = shell_read_part(parser, to);
        }
        parser->depth--;
        shell_leave(parser);
    }
    if (parser->known_bodies)
        parser->script->commands.count = commands;
    parser->at = closed ? to + 1 : to;
    end(parser, expansion);
}

bool shell_find_sum(struct shell_parser *parser, uint32_t at, uint32_t *ret_end)
{
    uint32_t depth = 2, i = at + 2;
    for (; i < parser->end && parser->look_ahead; i++, parser->look_ahead--) {
        char c = parser->bytes[i];
        if (c == '\\') {
            i++;
        } else if (c == '\'' || c == '"') {
            const char *close = memchr(parser->bytes + i + 1, c, parser->end - i - 1);
            uint32_t length = close ? (uint32_t)(close - (parser->bytes + i)) : parser->end - i;
            parser->look_ahead -= length < parser->look_ahead ? length : parser->look_ahead - 1;
            i += length;
        } else if (c == '(') {
            depth++;
        } else if (c == ')' && --depth == 1) {
            *ret_end = i;
            return i + 1 < parser->end && parser->bytes[i + 1] == ')';
        }
    }
    return false;
}

void shell_read_expansions(struct shell_parser *parser, uint32_t to, struct shell_sink *sink)
{
    uint32_t whole = parser->end;
    parser->end = to;
    while (!shell_at_end(parser)) {
        char c = parser->bytes[parser->at];
        if (c == '\\')
            parser->at += parser->end - parser->at > 1 ? 2 : 1;
        else if (c == '$' || c == '`')
            shell_read_expansion(parser, true, sink);
        else
            parser->at++;
    }
    parser->end = whole;
}

/* Behind the name of ${name...}: to behind the brace that closes it. */
static bool read_operation(struct shell_parser *parser, bool quoted, struct shell_sink *sink)
{
    /* In double quotes ' is a plain letter, but not in a pattern that is cut off or replaced. */
    char first = shell_peek(parser, 0);
    bool quotes = !quoted || first == '#' || first == '%' || first == '/';
    while (!shell_at_end(parser)) {
        char c = parser->bytes[parser->at];
        if (c == '}') {
            parser->at++;
            return true;
        }
        if (c == '\\')
            parser->at += parser->end - parser->at > 1 ? 2 : 1;
        else if (c == '\'' && quotes)
            shell_read_single_quotes(parser);
        else if (c == '"')
            shell_read_double_quotes(parser, sink);
        else if (c == '$' && shell_peek(parser, 1) == '\'' && !quoted)
            shell_read_dollar_quotes(parser);
        else if (c == '$' || c == '`')
            shell_read_expansion(parser, quoted, sink);
        else
            parser->at++;
    }
    return false;
}

static uint32_t parameter_length(const struct shell_parser *parser, uint32_t at)
{
    uint32_t length = shell_name_length(parser, at);
    if (length || at >= parser->end)
        return length;
    while (at + length < parser->end && parser->bytes[at + length] >= '0' &&
           parser->bytes[at + length] <= '9')
        length++;
    if (!length && parser->bytes[at] && strchr("@*#?$!-", parser->bytes[at]))
        length = 1;
    return length;
}

static void read_braces(struct shell_parser *parser, struct shell_expansion *expansion,
                        struct shell_sink *sink)
{
    uint32_t from = parser->at;
    parser->at += 2;
    char first = shell_peek(parser, 0), second = shell_peek(parser, 1);
    /* ${#x} and ${!x}, but not ${#}, ${!}, ${#-x}... */
    if ((first == '#' || first == '!') && second != '}' &&
        parameter_length(parser, parser->at + 1) &&
        (shell_byte_is(second, BYTE_NAME) || second == '@' || second == '*')) {
        parser->at++;
        expansion->special = true;
    }
    uint32_t length = parameter_length(parser, parser->at);
    expansion->braces = true;
    expansion->name = str_make(parser->bytes + parser->at, length);
    parser->at += length;
    if (shell_peek(parser, 0) == '}' && !shell_at_end(parser)) {
        parser->at++;
    } else {
        expansion->special = true;
        if (shell_enter(parser)) {
            if (!read_operation(parser, expansion->quoted, sink))
                shell_problem(parser, from, from + 2, "the ${ that starts here is not closed");
            shell_leave(parser);
        }
    }
    end(parser, expansion);
}

/* $(( )) up to its end, or $[ ]. */
static void read_sum(struct shell_parser *parser, struct shell_expansion *expansion,
                     struct shell_sink *sink, uint32_t open, uint32_t to, uint32_t close)
{
    parser->at += open;
    if (shell_enter(parser)) {
        shell_read_expansions(parser, to, sink);
        shell_leave(parser);
        parser->at = to + close;
    }
    end(parser, expansion);
}

static bool find_bracket(struct shell_parser *parser, uint32_t *ret_end)
{
    for (uint32_t i = parser->at + 2; i < parser->end && parser->look_ahead;
         i++, parser->look_ahead--) {
        char c = parser->bytes[i];
        *ret_end = i;
        if (c == ']')
            return true;
        if (c == '\n' || c == '\'' || c == '"')
            return false;
    }
    return false;
}

bool shell_read_expansion(struct shell_parser *parser, bool quoted, struct shell_sink *sink)
{
    char c = shell_peek(parser, 0), next = shell_peek(parser, 1);
    uint32_t to, length;
    if (c == '`') {
        read_backquotes(parser, add(parser, sink, SHELL_BACKQUOTE, quoted));
    } else if (c != '$') {
        read_substitution(parser, add(parser, sink, SHELL_PROCESS, quoted), 2);
    } else if (next == '(') {
        if (shell_peek(parser, 2) == '(' && shell_find_sum(parser, parser->at + 1, &to))
            read_sum(parser, add(parser, sink, SHELL_SUM, quoted), sink, 3, to, 2);
        else
            read_substitution(parser, add(parser, sink, SHELL_SUBSTITUTION, quoted), 2);
    } else if (next == '{') {
        read_braces(parser, add(parser, sink, SHELL_PARAMETER, quoted), sink);
    } else if (next == '[' && parser->script->dialect == SHELL_BASH && find_bracket(parser, &to)) {
        read_sum(parser, add(parser, sink, SHELL_SUM, quoted), sink, 2, to, 1);
    } else if ((length = parameter_length(parser, parser->at + 1)) > 0) {
        struct shell_expansion *expansion = add(parser, sink, SHELL_PARAMETER, quoted);
        if (shell_byte_is(next, BYTE_NAME) && !shell_byte_is(next, BYTE_NAME_START))
            length = 1; /* $10 is $1 and a 0 */
        expansion->name = str_make(parser->bytes + parser->at + 1, length);
        parser->at += 1 + length;
        end(parser, expansion);
    } else {
        parser->at++;
    }
    return true;
}
