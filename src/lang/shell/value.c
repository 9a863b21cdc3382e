// SPDX-License-Identifier: Apache-2.0
#include "lang/shell/parse_internal.h"

#include <string.h>

/* A word without its quotes. It is never longer than the word as it is written. */
struct value {
    struct shell_parser *parser;
    const char *bytes;
    char *out;
    uint32_t length;
    uint32_t at, end;           /* in the text */
    struct mapped_text *mapped; /* NULL: places are not wanted */
};

static void put(struct value *value, const char *bytes, uint32_t length, uint32_t from)
{
    struct shell_parser *parser = value->parser;
    for (uint32_t i = 0; value->mapped && i < length; i++)
        mapped_text_piece(parser->arena, value->mapped, value->length + i,
                          shell_parser_span(parser, from + i, from + i).start);
    memcpy(value->out + value->length, bytes, length);
    value->length += length;
}

static void keep(struct value *value, uint32_t to)
{
    put(value, value->bytes + value->at, to - value->at, value->at);
    value->at = to;
}

static uint32_t digits(const struct value *value, uint32_t at, uint32_t most, unsigned base,
                       uint32_t *ret_number)
{
    uint32_t length = 0;
    *ret_number = 0;
    while (length < most && at + length < value->end) {
        char c = value->bytes[at + length];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                                : 16;
        if (digit >= base)
            break;
        *ret_number = *ret_number * base + digit;
        length++;
    }
    return length;
}

static uint32_t to_utf8(uint32_t point, char out[4])
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point > 0x10ffff)
        point = 0xfffd;
    uint32_t length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (uint32_t i = length; i-- > 1; point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3f));
    out[0] = (char)((0xf00u >> length & 0xf0u) | point);
    return length;
}

/* At a backslash within $'...'. */
static void decode(struct value *value)
{
    static const char letters[] = "abeEfnrtv", bytes[] = "\a\b\x1b\x1b\f\n\r\t\v";
    uint32_t start = value->at, number, length;
    char c = start + 1 < value->end ? value->bytes[start + 1] : '\\', out[4] = {c};
    const char *letter = c ? strchr(letters, c) : NULL;
    uint32_t size = 1, used = 2;
    if (letter) {
        out[0] = bytes[letter - letters];
    } else if (c == 'x' && (length = digits(value, start + 2, 2, 16, &number))) {
        out[0] = (char)number;
        used += length;
    } else if (c == 'u' && (length = digits(value, start + 2, 4, 16, &number))) {
        size = to_utf8(number, out);
        used += length;
    } else if (c == 'U' && (length = digits(value, start + 2, 8, 16, &number))) {
        size = to_utf8(number, out);
        used += length;
    } else if (c == 'c' && start + 2 < value->end) {
        out[0] = (char)(value->bytes[start + 2] & 0x1f);
        used = 3;
    } else if ((length = digits(value, start + 1, 3, 8, &number))) {
        out[0] = (char)number;
        used = 1 + length;
    } else if (!strchr("\\'\"?", c)) { /* unknown: the backslash stays */
        out[0] = '\\';
        used = 1;
    }
    put(value, out, size, start);
    value->at = start + used < value->end ? start + used : value->end;
}

static void dollar_quotes(struct value *value)
{
    value->at += 2;
    while (value->at < value->end && value->bytes[value->at] != '\'') {
        if (value->bytes[value->at] == '\\')
            decode(value);
        else
            keep(value, value->at + 1);
    }
    value->at += value->at < value->end;
}

static void single_quotes(struct value *value)
{
    value->at++;
    const char *close = value->at < value->end
                            ? memchr(value->bytes + value->at, '\'', value->end - value->at)
                            : NULL;
    keep(value, close ? (uint32_t)(close - value->bytes) : value->end);
    value->at += value->at < value->end;
}

static void backslash(struct value *value, bool in_quotes)
{
    char next = value->at + 1 < value->end ? value->bytes[value->at + 1] : '\0';
    if (next == '\n') {
        value->at += 2;
    } else if (value->at + 1 < value->end && (!in_quotes || strchr("$`\"\\", next))) {
        value->at++;
        keep(value, value->at + 1);
    } else {
        keep(value, value->at + 1);
    }
}

str shell_word_value(struct shell_parser *parser, const struct shell_word *word,
                     struct mapped_text *mapped)
{
    struct value value = {
        .parser = parser,
        .bytes = parser->bytes,
        .out = arena_array(parser->arena, char, word->to - word->from),
        .at = word->from,
        .end = word->to,
        .mapped = mapped,
    };
    const struct shell_expansion *expansion = word->expansions;
    bool in_quotes = false;
    while (value.at < value.end) {
        char c = value.bytes[value.at];
        while (expansion && expansion->from < value.at) /* those inside of others */
            expansion = expansion->next;
        if (expansion && expansion->from == value.at && expansion->to > value.at) {
            keep(&value, expansion->to < value.end ? expansion->to : value.end);
        } else if (c == '\\') {
            backslash(&value, in_quotes);
        } else if (c == '"') {
            in_quotes = !in_quotes;
            value.at++;
        } else if (c == '\'' && !in_quotes) {
            single_quotes(&value);
        } else if (c == '$' && !in_quotes && value.at + 1 < value.end &&
                   value.bytes[value.at + 1] == '\'') {
            dollar_quotes(&value);
        } else if (c == '$' && !in_quotes && value.at + 1 < value.end &&
                   value.bytes[value.at + 1] == '"') {
            value.at++;
        } else {
            keep(&value, value.at + 1);
        }
    }
    str result = str_make(value.out, value.length);
    if (mapped)
        mapped->text = result;
    return result;
}
