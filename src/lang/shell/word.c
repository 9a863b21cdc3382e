// SPDX-License-Identifier: Apache-2.0
#include "lang/shell/parse_internal.h"

#include <string.h>

/* Places within the word that is being read. */
struct word_state {
    struct shell_word *word;
    struct shell_sink sink;
    enum shell_word_mode mode;
    uint32_t open_brace, open_bracket; /* offset behind the last that is open; 0: none */
    uint32_t parentheses;              /* of a regular expression */
    bool tilde, special;
};

void shell_read_single_quotes(struct shell_parser *parser)
{
    uint32_t from = parser->at++;
    const char *start = parser->bytes + parser->at;
    const char *close =
        parser->at < parser->end ? memchr(start, '\'', parser->end - parser->at) : NULL;
    if (close) {
        parser->at += (uint32_t)(close - start) + 1;
        return;
    }
    shell_problem(parser, from, from + 1, "the single quote that starts here is not closed");
    parser->at = parser->end;
}

void shell_read_dollar_quotes(struct shell_parser *parser)
{
    uint32_t from = parser->at;
    parser->at += 2;
    while (!shell_at_end(parser)) {
        char c = parser->bytes[parser->at++];
        if (c == '\'')
            return;
        if (c == '\\' && !shell_at_end(parser))
            parser->at++;
    }
    shell_problem(parser, from, from + 2, "the quote that starts here is not closed");
}

void shell_read_double_quotes(struct shell_parser *parser, struct shell_sink *sink)
{
    uint32_t from = parser->at++;
    while (!shell_at_end(parser)) {
        char c = parser->bytes[parser->at];
        if (!shell_byte_is(c, BYTE_IN_QUOTES)) {
            parser->at++;
        } else if (c == '"') {
            parser->at++;
            return;
        } else if (c == '\\') {
            parser->at += parser->end - parser->at > 1 ? 2 : 1;
        } else {
            shell_read_expansion(parser, true, sink);
        }
    }
    shell_problem(parser, from, from + 1, "the double quote that starts here is not closed");
}

/* (a|b) behind one of ?*+@!, and a part of a regular expression: to behind the closing one. */
static void read_pattern_group(struct shell_parser *parser, struct word_state *state)
{
    uint32_t from = parser->at++;
    uint32_t depth = 1;
    while (!shell_at_end(parser) && depth) {
        char c = parser->bytes[parser->at];
        if (c == '\'') {
            shell_read_single_quotes(parser);
        } else if (c == '"') {
            shell_read_double_quotes(parser, &state->sink);
        } else if (c == '$' || c == '`') {
            shell_read_expansion(parser, false, &state->sink);
        } else {
            depth += c == '(';
            depth -= c == ')';
            parser->at += c == '\\' && parser->end - parser->at > 1 ? 2 : 1;
        }
    }
    if (depth)
        shell_problem(parser, from, from + 1, "the parenthesis that starts here is not closed");
    state->word->pattern = true;
}

static bool is_array_start(const struct shell_parser *parser, uint32_t from)
{
    uint32_t name = shell_name_length(parser, from), at = from + name;
    if (!name || parser->at <= at)
        return false;
    if (parser->bytes[at] == '+')
        at++;
    return at + 1 == parser->at && parser->bytes[at] == '=';
}

/* A byte that would end a word; whether it belongs to this one all the same, and was read. */
static bool read_at_end(struct shell_parser *parser, struct word_state *state, char c)
{
    struct shell_word *word = state->word;
    char before = parser->at > word->from ? parser->bytes[parser->at - 1] : '\0';
    if (state->mode == WORD_REGEX && (c == '(' || c == '|' || c == '<' || c == '>')) {
        if (c == '(')
            read_pattern_group(parser, state);
        else
            parser->at++;
        state->special = true;
        return true;
    }
    if (c == '(' && before == '=' && is_array_start(parser, word->from)) {
        shell_read_array(parser, word);
        state->special = true;
        while (*state->sink.tail)
            state->sink.tail = &(*state->sink.tail)->next;
        return true;
    }
    if (c == '(' && before && strchr("?*+@!", before) &&
        (parser->at < 2 + word->from || parser->bytes[parser->at - 2] != '\\')) {
        read_pattern_group(parser, state);
        return true;
    }
    if ((c == '<' || c == '>') && shell_peek(parser, 1) == '(')
        return shell_read_expansion(parser, false, &state->sink);
    return false;
}

static void close_brace(struct shell_parser *parser, struct word_state *state)
{
    str inside = str_make(parser->bytes + state->open_brace, parser->at - state->open_brace);
    if (str_find_char(inside, ',') != STR_NONE || str_contains(inside, STR("..")))
        state->word->brace = true;
    state->open_brace = 0;
}

static void read_special(struct shell_parser *parser, struct word_state *state, char c)
{
    struct shell_word *word = state->word;
    switch (c) {
    case '\\':
        word->quoted |= shell_peek(parser, 1) != '\n';
        state->special = true;
        parser->at += parser->end - parser->at > 1 ? 2 : 1;
        return;
    case '\'':
        word->quoted = true;
        shell_read_single_quotes(parser);
        return;
    case '"':
        word->quoted = true;
        shell_read_double_quotes(parser, &state->sink);
        return;
    case '$':
        if (shell_peek(parser, 1) == '\'' || shell_peek(parser, 1) == '"') {
            word->quoted = word->dollar_quote = true;
            if (shell_peek(parser, 1) == '\'')
                shell_read_dollar_quotes(parser);
            else
                parser->at++;
            return;
        }
        shell_read_expansion(parser, false, &state->sink);
        return;
    case '`': shell_read_expansion(parser, false, &state->sink); return;
    case '*':
    case '?': word->pattern = true; break;
    case '[': state->open_bracket = parser->at + 1; break;
    case '{': state->open_brace = parser->at + 1; break;
    case '}':
        if (state->open_brace)
            close_brace(parser, state);
        break;
    case '~': state->tilde |= parser->at == word->from; break;
    default: break;
    }
    parser->at++;
}

static void finish(struct shell_parser *parser, struct word_state *state)
{
    struct shell_word *word = state->word;
    word->to = parser->at;
    word->raw = str_make(parser->bytes + word->from, word->to - word->from);
    word->span = shell_parser_span(parser, word->from, word->to);
    if (state->open_bracket)
        word->pattern |= memchr(parser->bytes + state->open_bracket, ']',
                                word->to - state->open_bracket) != NULL;
    word->literal = !word->expansions && !word->pattern && !word->brace && !state->tilde;
    bool plain = !word->quoted && !state->special;
    word->value = plain ? word->raw : shell_word_value(parser, word, NULL);
}

bool shell_read_word(struct shell_parser *parser, enum shell_word_mode mode,
                     struct shell_word *ret_word)
{
    *ret_word = (struct shell_word){.from = parser->at};
    struct word_state state = {
        .word = ret_word,
        .sink = {&ret_word->expansions},
        .mode = mode,
    };
    while (!shell_at_end(parser)) {
        char c = parser->bytes[parser->at];
        if (!shell_byte_is(c, BYTE_ENDS_WORD | BYTE_SPECIAL)) {
            if (c == '\r' && (parser->at + 1 == parser->end || shell_peek(parser, 1) == '\n'))
                break;
            parser->at++;
        } else if (shell_byte_is(c, BYTE_ENDS_WORD)) {
            if (!read_at_end(parser, &state, c))
                break;
        } else {
            read_special(parser, &state, c);
        }
    }
    if (parser->at == ret_word->from)
        return false;
    finish(parser, &state);
    return true;
}

void shell_read_array(struct shell_parser *parser, struct shell_word *word)
{
    uint32_t from = parser->at++;
    struct shell_expansion **tail = word ? &word->expansions : NULL;
    while (tail && *tail)
        tail = &(*tail)->next;
    if (!shell_enter(parser))
        return;
    for (;;) {
        struct shell_word element;
        shell_skip_newlines(parser);
        if (shell_at_end(parser)) {
            shell_problem(parser, from, from + 1, "the array that starts here is not closed");
            break;
        }
        if (shell_peek(parser, 0) == ')') {
            parser->at++;
            break;
        }
        if (!shell_read_word(parser, WORD_PLAIN, &element)) {
            shell_problem(parser, parser->at, parser->at + 1, "this has no place in an array");
            parser->at++;
            continue;
        }
        if (!word) {
            *vec_push(parser->arena, &parser->words) = element;
            continue;
        }
        *tail = element.expansions;
        while (*tail)
            tail = &(*tail)->next;
    }
    shell_leave(parser);
}

struct shell_words shell_pop_words(struct shell_parser *parser, size_t count)
{
    struct shell_words words = {.count = parser->words.count - count};
    words.capacity = words.count;
    if (words.count)
        words.items = arena_copy(parser->arena, parser->words.items + count,
                                 words.count * sizeof(*words.items));
    parser->words.count = count;
    return words;
}
