// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "read/config/config_internal.h"

/* Where a word is being read; what is not quoted goes to `out`. */
struct lexer {
    struct arena *arena;
    str text;
    size_t at;
    char *out; /* as long as the text: a word is never longer than what it is written with */
    size_t len;
};

static bool more(const struct lexer *lexer)
{
    return lexer->at < lexer->text.len;
}

static char peek(const struct lexer *lexer, size_t ahead)
{
    size_t at = lexer->at + ahead;
    return at < lexer->text.len ? lexer->text.ptr[at] : 0;
}

static void put(struct lexer *lexer, char c)
{
    lexer->out[lexer->len++] = c;
}

static bool is_operator(char c)
{
    return str_find_char(STR(";&|()<>\n"), c) != STR_NONE;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* A backslash, not in quotes: the next character as it is; a line that goes on is nothing. */
static void take_escaped(struct lexer *lexer)
{
    lexer->at++;
    if (!more(lexer))
        return;
    if (peek(lexer, 0) == '\r' && peek(lexer, 1) == '\n')
        lexer->at++;
    if (peek(lexer, 0) != '\n')
        put(lexer, peek(lexer, 0));
    lexer->at++;
}

static bool take_single(struct lexer *lexer)
{
    for (lexer->at++; more(lexer); lexer->at++) {
        if (peek(lexer, 0) == '\'') {
            lexer->at++;
            return true;
        }
        put(lexer, peek(lexer, 0));
    }
    return false;
}

static bool take_double(struct lexer *lexer)
{
    lexer->at++;
    while (more(lexer)) {
        char c = peek(lexer, 0), next = peek(lexer, 1);
        if (c == '"') {
            lexer->at++;
            return true;
        }
        if (c == '\\' && (next == '"' || next == '\\' || next == '$' || next == '`' ||
                          next == '\n' || next == '\r')) {
            take_escaped(lexer);
            continue;
        }
        put(lexer, c);
        lexer->at++;
    }
    return false;
}

/* $(...) and `...` and ${...} stay as they are written, blanks within them too. */
static void take_substitution(struct lexer *lexer)
{
    char open = peek(lexer, 1), close = open == '(' ? ')' : '}';
    size_t depth = 0;
    while (more(lexer)) {
        char c = peek(lexer, 0);
        depth += c == open;
        put(lexer, c);
        lexer->at++;
        if (c == close && --depth == 0)
            return;
    }
}

static void take_backquoted(struct lexer *lexer)
{
    put(lexer, peek(lexer, 0));
    for (lexer->at++; more(lexer); lexer->at++) {
        put(lexer, peek(lexer, 0));
        if (peek(lexer, 0) == '`') {
            lexer->at++;
            return;
        }
    }
}

static bool take_word(struct lexer *lexer)
{
    bool closed = true;
    while (more(lexer) && closed) {
        char c = peek(lexer, 0);
        if (is_blank(c) || is_operator(c))
            break;
        if (c == '\\')
            take_escaped(lexer);
        else if (c == '\'')
            closed = take_single(lexer);
        else if (c == '"')
            closed = take_double(lexer);
        else if (c == '`')
            take_backquoted(lexer);
        else if (c == '$' && (peek(lexer, 1) == '(' || peek(lexer, 1) == '{'))
            take_substitution(lexer);
        else {
            put(lexer, c);
            lexer->at++;
        }
    }
    return closed;
}

/* Blanks, comments, and lines that go on. */
static void skip_blanks(struct lexer *lexer, bool word_before)
{
    for (;;) {
        bool before = lexer->at == 0 || is_blank(lexer->text.ptr[lexer->at - 1]) || !word_before;
        if (is_blank(peek(lexer, 0)) && more(lexer)) {
            lexer->at++;
        } else if (peek(lexer, 0) == '\\' && peek(lexer, 1) == '\n') {
            lexer->at += 2;
        } else if (peek(lexer, 0) == '\\' && peek(lexer, 1) == '\r' && peek(lexer, 2) == '\n') {
            lexer->at += 3;
        } else if (peek(lexer, 0) == '#' && before) {
            while (more(lexer) && peek(lexer, 0) != '\n')
                lexer->at++;
        } else {
            return;
        }
    }
}

bool config_words(struct arena *arena, str text, struct config_words *ret)
{
    struct lexer lexer = {.arena = arena, .text = text};
    *ret = (struct config_words){0};
    bool closed = true;
    lexer.out = arena_array(arena, char, text.len + 1);
    while (closed) {
        skip_blanks(&lexer, ret->count && !ret->items[ret->count - 1].operator);
        if (!more(&lexer))
            break;
        size_t start = lexer.at, from = lexer.len;
        char operator= is_operator(peek(&lexer, 0)) ? peek(&lexer, 0) : 0;
        if (operator)
            lexer.at++;
        else
            closed = take_word(&lexer);
        *vec_push(arena, ret) = (struct config_word){.text = {lexer.out + from, lexer.len - from},
                                                     .offset = start,
                                                     .end_offset = lexer.at,
                                                     .operator= operator, };
    }
    return closed;
}
