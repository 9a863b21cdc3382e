// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "read/dockerfile/expand_internal.h"

#include <string.h>

/*
 * Quotes and variables of one word, as the frontend's own small shell does it. What cannot be
 * known (an ARG that nobody gave, a variable of a base image that is not here) stays as it is
 * written and makes the word open.
 */

static bool at_end(const struct expansion *x)
{
    return x->at >= x->text.len;
}

static char peek(const struct expansion *x)
{
    return at_end(x) ? 0 : x->text.ptr[x->at];
}

static void put(struct expansion *x, str text)
{
    if (x->out->len + text.len > LIMIT_EXPANSION || text.len > x->parser->expansion_left) {
        x->too_large = true;
        return;
    }
    x->parser->expansion_left -= text.len;
    buf_add_str(x->out, text);
}

static void put_char(struct expansion *x, char c)
{
    put(x, str_make(&c, 1));
}

static bool wrong(struct expansion *x, const char *what)
{
    if (!x->wrong)
        x->wrong = what;
    return false;
}

static bool is_name_char(char c, bool first)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (!first && c >= '0' && c <= '9');
}

/* A name, a number, or one of the special parameters; absent: none. */
static str take_name(struct expansion *x)
{
    uint32_t from = x->at;
    if (peek(x) >= '0' && peek(x) <= '9') {
        while (peek(x) >= '0' && peek(x) <= '9')
            x->at++;
    } else if (peek(x) && strchr("@*#?-$!", peek(x))) {
        x->at++;
    } else {
        while (is_name_char(peek(x), x->at == from))
            x->at++;
    }
    return str_sub(x->text, from, x->at - from);
}

/* What a variable is worth. */
struct worth {
    str value;
    bool set, open;
};

static struct worth look_up(struct expansion *x, str name, uint32_t from, size_t *ret_use)
{
    const struct parser *parser = x->parser;
    const struct stage_variable *variable =
        instruction_variable(parser->file, x->instruction, name);
    if (x->defaults)
        return variable ? (struct worth){variable->by_default, variable->has_value,
                                         !variable->by_default_known}
                        : (struct worth){0};
    struct variable_use *use = vec_push(parser->arena, &x->instruction->uses);
    *use = (struct variable_use){.name = name, .variable = variable};
    use->span.start = mapped_text_offset(x->mapped, x->mapped_from + from);
    *ret_use = x->instruction->uses.count - 1;
    x->variable = true;
    if (variable)
        return (struct worth){variable->value, variable->has_value,
                              variable->open || !variable->has_value};
    return (struct worth){.open = !variables_all_known(x->instruction)};
}

static void use_ends(struct expansion *x, size_t use, bool guarded)
{
    if (x->defaults)
        return;
    struct variable_use *last = &x->instruction->uses.items[use];
    last->guarded = guarded;
    last->span.end = mapped_text_span(x->mapped, x->mapped_from, x->mapped_from + x->at).end;
}

static bool plain_variable(struct expansion *x, str name, uint32_t from)
{
    size_t use = 0;
    struct worth worth = look_up(x, name, from, &use);
    use_ends(x, use, false);
    x->open |= worth.open;
    put(x, worth.open ? str_sub(x->text, from, x->at - from) : worth.value);
    return true;
}

/* An ARG without a value, which nobody gave one. */
static bool is_plain_arg(const struct expansion *x, size_t use)
{
    const struct stage_variable *variable =
        x->defaults ? NULL : x->instruction->uses.items[use].variable;
    return variable && !variable->open && !variable->has_value;
}

/* ${name:-word} and its kin; x->at is behind the operator. */
static bool conditional(struct expansion *x, str name, uint32_t from, char op, bool colon)
{
    size_t use = 0, out_start = x->out->len;
    bool open_before = x->open;
    struct worth worth = look_up(x, name, from, &use);
    /* ${x:-y} gives an ARG its default as well as `ARG x=y` does. */
    if (!worth.set && op != '?' && is_plain_arg(x, use))
        worth.open = false;
    if (!expand_until(x, '}', false))
        return false;
    use_ends(x, use, op != '?');
    bool has = worth.set && !(colon && worth.value.len == 0);
    if (worth.open) {
        x->out->len = out_start;
        put(x, str_sub(x->text, from, x->at - from));
        x->open = true;
        return true;
    }
    if (op == '?' && !has)
        return wrong(x, "the variable in it has no value, and its ${...?} asks for one");
    bool keeps_word = op == '+' ? has : !has;
    if (keeps_word)
        return true;
    x->out->len = out_start;
    x->open = open_before;
    put(x, op == '+' ? (str){0} : worth.value);
    return true;
}

/* The rest of ${name#...}, ${name%...} and ${name/.../...}: text up to `stop`, escapes kept. */
static bool take_pattern(struct expansion *x, char stop, str *ret)
{
    size_t start = x->out->len;
    if (!expand_until(x, stop, true))
        return false;
    *ret = arena_str(x->parser->arena, str_from_index(buf_str(x->out), start));
    x->out->len = start;
    return true;
}

static bool with_pattern(struct expansion *x, str name, uint32_t from, char op)
{
    size_t use = 0;
    bool all = peek(x) == op;
    str pattern = {0}, replacement = {0}, result;
    struct worth worth = look_up(x, name, from, &use);
    x->at += all;
    if (!take_pattern(x, op == '/' ? '/' : '}', &pattern) ||
        (op == '/' && !take_pattern(x, '}', &replacement)))
        return false;
    use_ends(x, use, false);
    if (!worth.open && !x->open &&
        pattern_apply(x->parser, worth.value, op, all, pattern, replacement, &result)) {
        put(x, result);
        return true;
    }
    x->open = true;
    put(x, str_sub(x->text, from, x->at - from));
    return true;
}

static bool braces(struct expansion *x, uint32_t from)
{
    if (peek(x) == '{' || peek(x) == '}' || peek(x) == ':' || at_end(x))
        return wrong(x, "bad substitution");
    str name = take_name(x);
    if (at_end(x))
        return wrong(x, "the brace of a variable is not closed");
    char op = x->text.ptr[x->at++];
    bool colon = op == ':';
    if (op == '}')
        return plain_variable(x, name, from);
    if (colon) {
        if (at_end(x))
            return wrong(x, "the brace of a variable is not closed");
        op = x->text.ptr[x->at++];
    }
    if (op == '-' || op == '+' || op == '?')
        return conditional(x, name, from, op, colon);
    if (!colon && (op == '#' || op == '%' || op == '/'))
        return with_pattern(x, name, from, op);
    return wrong(x, "unsupported modifier in a substitution");
}

static bool dollar(struct expansion *x)
{
    uint32_t from = x->at++;
    if (peek(x) == '{') {
        x->at++;
        return braces(x, from);
    }
    str name = take_name(x);
    if (name.len == 0) {
        put_char(x, '$');
        return true;
    }
    return plain_variable(x, name, from);
}

static bool single_quotes(struct expansion *x)
{
    size_t close = str_find_char(str_from_index(x->text, x->at + 1), '\'');
    if (close == STR_NONE)
        return wrong(x, "a single quote is not closed");
    put(x, str_sub(x->text, x->at + 1, close));
    x->at += (uint32_t)close + 2;
    x->quoted = true;
    return true;
}

static bool double_quotes(struct expansion *x, bool raw_escapes)
{
    char escape = x->parser->file->escape;
    x->quoted = true;
    x->at++;
    while (!at_end(x)) {
        char c = peek(x);
        if (c == '"') {
            x->at++;
            return true;
        }
        if (c == '$') {
            if (!dollar(x))
                return false;
            continue;
        }
        x->at++;
        if (c == escape) {
            if (raw_escapes)
                put_char(x, c);
            if (at_end(x))
                break;
            char next = peek(x);
            if (next == '"' || next == '$' || next == escape) {
                c = next;
                x->at++;
            }
        }
        put_char(x, c);
    }
    return wrong(x, "a double quote is not closed");
}

static bool expand_char(struct expansion *x, bool raw_escapes)
{
    char c = peek(x);
    if (c == '$')
        return dollar(x);
    if (c == '\'')
        return single_quotes(x);
    if (c == '"')
        return double_quotes(x, raw_escapes);
    x->at++;
    if (c == x->parser->file->escape) {
        if (raw_escapes)
            put_char(x, c);
        if (at_end(x))
            return true;
        c = x->text.ptr[x->at++];
        x->quoted = true;
    }
    put_char(x, c);
    return true;
}

bool expand_until(struct expansion *x, char stop, bool raw_escapes)
{
    if (++x->depth > LIMIT_EXPANSION_DEPTH)
        return wrong(x, "variables stand in variables too deeply");
    while (!at_end(x) && !x->too_large) {
        if (stop && peek(x) == stop) {
            x->at++;
            x->depth--;
            return true;
        }
        if (!expand_char(x, raw_escapes))
            return false;
    }
    x->depth--;
    return stop && !x->too_large ? wrong(x, "the brace of a variable is not closed") : true;
}

static bool needs_work(str raw, char escape)
{
    for (size_t i = 0; i < raw.len; i++)
        if (raw.ptr[i] == '$' || raw.ptr[i] == '"' || raw.ptr[i] == '\'' || raw.ptr[i] == escape)
            return true;
    return false;
}

void word_expand(struct parser *parser, struct instruction *instruction,
                 struct dockerfile_word *word, const struct mapped_text *text)
{
    if (!needs_work(word->raw, parser->file->escape)) {
        word->value = word->raw;
        return;
    }
    struct expansion x = {.parser = parser,
                          .instruction = instruction,
                          .text = word->raw,
                          .mapped = text,
                          .mapped_from = (uint32_t)(word->raw.ptr - text->text.ptr),
                          .out = &parser->scratch};
    buf_clear(&parser->scratch);
    bool fine = expand_until(&x, 0, false);
    word->quoted = x.quoted;
    word->variable = x.variable;
    word->open = x.open || x.too_large || !fine;
    if (x.too_large)
        problem(parser, PROBLEM_LIMIT, word->span, instruction,
                "Replacing the variables in this makes a text that is too long to be meant");
    else if (!fine)
        problem(parser, PROBLEM_SYNTAX, word->span, instruction, "In `%.*s`, %s",
                (int)(word->raw.len < 60 ? word->raw.len : 60), word->raw.ptr, x.wrong);
    word->value =
        x.too_large || !fine ? word->raw : arena_str(parser->arena, buf_str(&parser->scratch));
}

bool word_by_default(struct parser *parser, struct instruction *instruction,
                     const struct dockerfile_word *word, const struct mapped_text *text, str *ret)
{
    struct expansion x = {.parser = parser,
                          .instruction = instruction,
                          .text = word->raw,
                          .mapped = text,
                          .mapped_from = (uint32_t)(word->raw.ptr - text->text.ptr),
                          .out = &parser->scratch,
                          .defaults = true};
    if (!word->open) {
        *ret = word->value;
        return true;
    }
    buf_clear(&parser->scratch);
    if (!expand_until(&x, 0, false) || x.too_large || x.open)
        return false;
    *ret = arena_str(parser->arena, buf_str(&parser->scratch));
    return true;
}

str unquoted(struct parser *parser, str raw)
{
    char quote = 0;
    if (!needs_work(raw, '\\'))
        return raw;
    char *to = arena_alloc(parser->arena, raw.len + 1);
    size_t len = 0;
    bool changed = false;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];
        if (quote ? c == quote : c == '\'' || c == '"') {
            quote = quote ? 0 : c;
            changed = true;
            continue;
        }
        if (c == '\\' && quote != '\'' && i + 1 < raw.len) {
            c = raw.ptr[++i];
            changed = true;
        }
        to[len++] = c;
    }
    return changed ? (str){to, len} : raw;
}
