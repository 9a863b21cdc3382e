// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "io/json.h"
#include "read/dockerfile/parse_internal.h"

#include <string.h>

struct dockerfile_word word_at(const struct mapped_text *text, uint32_t from, uint32_t to)
{
    str raw = {text->text.ptr ? text->text.ptr + from : NULL, to - from};
    return (struct dockerfile_word){
        .raw = raw, .value = raw, .span = mapped_text_span(text, from, to)};
}

void words_by_blanks(struct parser *parser, const struct mapped_text *text)
{
    uint32_t end = (uint32_t)text->text.len;
    for (uint32_t at = skip_blanks(text->text, 0, end); at < end;) {
        uint32_t from = at;
        while (at < end && !is_blank(text->text.ptr[at]))
            at++;
        *vec_push(parser->arena, &parser->words) = word_at(text, from, at);
        at = skip_blanks(text->text, at, end);
    }
}

/* The end of the word at `at`: quotes keep blanks in it, the escape character the one behind it,
 * but not within single quotes. */
static uint32_t quoted_word_end(str text, char escape, uint32_t at, bool *ret_closed)
{
    char quote = 0;
    for (; at < text.len; at++) {
        char c = text.ptr[at];
        if (quote) {
            if (c == quote)
                quote = 0;
            else if (c == escape && quote != '\'')
                at++;
        } else if (is_blank(c)) {
            break;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == escape) {
            at++;
        }
    }
    *ret_closed = !quote;
    return at < text.len ? at : (uint32_t)text.len;
}

bool words_by_quotes(struct parser *parser, const struct mapped_text *text)
{
    uint32_t end = (uint32_t)text->text.len;
    bool closed = true;
    for (uint32_t at = skip_blanks(text->text, 0, end); at < end;) {
        uint32_t from = at;
        at = quoted_word_end(text->text, parser->file->escape, at, &closed);
        *vec_push(parser->arena, &parser->words) = word_at(text, from, at);
        at = skip_blanks(text->text, at, end);
    }
    return closed;
}

/* ---- JSON ---- */

static bool hex4(str text, uint32_t at, uint32_t *ret)
{
    uint64_t value;
    if (!str_to_hex(str_sub(text, at, 4), UINT16_MAX, &value) || at + 4 > text.len)
        return false;
    *ret = (uint32_t)value;
    return true;
}

static size_t put_utf8(char *to, uint32_t code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        to[0] = (char)(0xc0 | code >> 6);
        to[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        to[0] = (char)(0xe0 | code >> 12);
        to[1] = (char)(0x80 | (code >> 6 & 0x3f));
        to[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | code >> 18);
    to[1] = (char)(0x80 | (code >> 12 & 0x3f));
    to[2] = (char)(0x80 | (code >> 6 & 0x3f));
    to[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

/* One escape at `at` (the backslash); what it stands for is never longer than itself. False: none
 * that JSON knows. */
static bool json_escape(str text, uint32_t *at, char *to, size_t *to_len)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    char c = *at + 1 < text.len ? text.ptr[*at + 1] : 0;
    const char *found = c ? strchr(names, c) : NULL;
    uint32_t code, low;
    if (found) {
        to[(*to_len)++] = values[found - names];
        *at += 2;
        return true;
    }
    if (c != 'u' || !hex4(text, *at + 2, &code))
        return false;
    *at += 6;
    if (code >= 0xd800 && code < 0xdc00 && *at + 1 < text.len && text.ptr[*at] == '\\' &&
        text.ptr[*at + 1] == 'u' && hex4(text, *at + 2, &low) && low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        *at += 6;
    } else if (code >= 0xd800 && code < 0xe000) {
        code = 0xfffd;
    }
    *to_len += put_utf8(to + *to_len, code);
    return true;
}

/* A string at the quote `*at`; false where it is no JSON string. */
static bool json_string_at(struct parser *parser, const struct mapped_text *mapped, uint32_t *at)
{
    str text = mapped->text;
    uint32_t from = *at, i = from + 1;
    bool plain = true;
    for (; i < text.len && text.ptr[i] != '"'; i++) {
        if ((unsigned char)text.ptr[i] < 0x20)
            return false;
        if (text.ptr[i] == '\\') {
            plain = false;
            i++;
        }
    }
    if (i >= text.len)
        return false;
    struct dockerfile_word word = word_at(mapped, from, i + 1);
    word.quoted = true;
    word.value = str_sub(text, from + 1, i - from - 1);
    if (!plain) {
        char *to = arena_alloc(parser->arena, word.raw.len);
        size_t to_len = 0;
        for (uint32_t in = from + 1; in < i;) {
            if (text.ptr[in] != '\\')
                to[to_len++] = text.ptr[in++];
            else if (!json_escape(text, &in, to, &to_len))
                return false;
        }
        word.value = (str){to, to_len};
    }
    *vec_push(parser->arena, &parser->words) = word;
    *at = i + 1;
    return true;
}

static bool json_strings(struct parser *parser, const struct mapped_text *mapped)
{
    str text = mapped->text;
    uint32_t end = (uint32_t)text.len, at = skip_blanks(text, 1, end);
    if (at < end && text.ptr[at] == ']')
        return skip_blanks(text, at + 1, end) == end;
    while (at < end && text.ptr[at] == '"' && json_string_at(parser, mapped, &at)) {
        at = skip_blanks(text, at, end);
        if (at >= end)
            return false;
        if (text.ptr[at] == ']')
            return skip_blanks(text, at + 1, end) == end;
        if (text.ptr[at] != ',')
            return false;
        at = skip_blanks(text, at + 1, end);
    }
    return false;
}

enum json_form words_by_json(struct parser *parser, const struct mapped_text *text)
{
    size_t before = parser->words.count;
    struct err err = {0};
    if (text->text.len == 0 || text->text.ptr[0] != '[')
        return JSON_NO;
    if (json_strings(parser, text))
        return JSON_FORM;
    parser->words.count = before;
    /* `[ -f x ] && y` is a shell's; ["a", 1] is refused, and only a JSON parser can tell. */
    if (text->text.len > KIB(64) || !str_ends(text->text, STR("]")))
        return JSON_NO;
    JSON_SCOPED json = json_parse(text->text, &err);
    return json_is_array(json) ? JSON_NOT_STRINGS : JSON_NO;
}

/* ---- flags ---- */

/* Quotes and backslashes are taken off a flag, whatever the escape character is. */
static str flag_text(struct parser *parser, str raw)
{
    if (!memchr(raw.ptr, '\'', raw.len) && !memchr(raw.ptr, '"', raw.len) &&
        !memchr(raw.ptr, '\\', raw.len))
        return raw;
    char *to = arena_alloc(parser->arena, raw.len + 1), quote = 0;
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];
        if (quote ? c == quote : c == '\'' || c == '"') {
            quote = quote ? 0 : c;
            continue;
        }
        if (c == '\\' && ++i == raw.len)
            break;
        to[len++] = raw.ptr[i];
    }
    return (str){to, len};
}

static void add_flag(struct parser *parser, const struct mapped_text *text, uint32_t from,
                     uint32_t to)
{
    struct dockerfile_flag *flag = vec_push(parser->arena, &parser->flags);
    str raw = str_sub(text->text, from, to - from), name = str_from_index(raw, 2), value;
    flag->span = mapped_text_span(text, from, to);
    flag->has_value = str_cut(name, '=', &name, &value);
    flag->name = flag_text(parser, name);
    uint32_t value_from = flag->has_value ? (uint32_t)(value.ptr - text->text.ptr) : to;
    flag->value = word_at(text, value_from, to);
    flag->value.value = flag_text(parser, flag->value.raw);
    flag->value.quoted = flag->value.value.ptr != flag->value.raw.ptr;
}

uint32_t flags_split(struct parser *parser, const struct mapped_text *text)
{
    uint32_t end = (uint32_t)text->text.len, at = skip_blanks(text->text, 0, end);
    bool closed;
    while (at + 1 < end && text->text.ptr[at] == '-' && text->text.ptr[at + 1] == '-') {
        uint32_t from = at;
        at = quoted_word_end(text->text, '\\', at, &closed);
        if (at - from == 2) /* "--" ends them */
            return skip_blanks(text->text, at, end);
        add_flag(parser, text, from, at);
        at = skip_blanks(text->text, at, end);
    }
    return at;
}

/* ---- heredocs ---- */

/* ^(\d*)<<(-?)\s*([^<]*)$ of one word; gives where the delimiter begins, 0 where it is none. */
static uint32_t heredoc_operator(str word, bool *ret_strip)
{
    uint32_t at = 0;
    while (at < word.len && word.ptr[at] >= '0' && word.ptr[at] <= '9')
        at++;
    if (at + 2 > word.len || word.ptr[at] != '<' || word.ptr[at + 1] != '<')
        return 0;
    at += 2;
    *ret_strip = at < word.len && word.ptr[at] == '-';
    if (*ret_strip)
        at++;
    if (str_find_char(str_from_index(word, at), '<') != STR_NONE)
        return 0;
    return at;
}

bool is_heredoc_word(str word)
{
    bool strip;
    uint32_t at = heredoc_operator(word, &strip);
    return at > 0 && at < word.len;
}

void heredocs_find(struct parser *parser, struct instruction *instruction)
{
    const struct mapped_text *text = &instruction->arguments;
    str line = text->text;
    uint32_t end = (uint32_t)line.len, found = 0;
    bool closed, strip;
    if (str_find(line, STR("<<")) == STR_NONE)
        return;
    VEC(struct dockerfile_heredoc) list = {0};
    for (uint32_t at = skip_blanks(line, 0, end); at < end; at = skip_blanks(line, at, end)) {
        uint32_t from = at;
        at = quoted_word_end(line, '\\', at, &closed);
        uint32_t delimiter = heredoc_operator(str_sub(line, from, at - from), &strip);
        if (!delimiter)
            continue;
        delimiter += from;
        if (delimiter == at) { /* `<< EOF` */
            uint32_t next = skip_blanks(line, at, end);
            uint32_t next_end = quoted_word_end(line, '\\', next, &closed);
            if (next == next_end || !closed)
                continue;
            delimiter = next;
            at = next_end;
        }
        str raw = str_sub(line, delimiter, at - delimiter), name = unquoted(parser, raw);
        *vec_push(parser->arena, &list) = (struct dockerfile_heredoc){
            .delimiter = name,
            .quoted = name.ptr != raw.ptr,
            .strip_tabs = strip,
            .opener = mapped_text_span(text, from, at),
        };
        if (++found == 100) /* nobody has as many; the rest are words */
            break;
    }
    instruction->heredocs.items = list.items;
    instruction->heredocs.count = instruction->heredocs.capacity = list.count;
}
