// SPDX-License-Identifier: Apache-2.0
#include "read/dockerfile/expand_internal.h"

#include <string.h>

/* A pattern as single steps: a byte, any byte, or any bytes. */
enum { STEP_ANY = 256, STEP_MANY = 257 };
struct steps {
    uint16_t *items;
    size_t count;
};

static bool compile(struct parser *parser, str pattern, struct steps *steps)
{
    steps->items = arena_array(parser->arena, uint16_t, pattern.len + 1);
    steps->count = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        unsigned char c = (unsigned char)pattern.ptr[i];
        uint16_t step = c == '*' ? STEP_MANY : c == '?' ? STEP_ANY : c;
        if (c == '\\') {
            if (++i == pattern.len)
                return false;
            c = (unsigned char)pattern.ptr[i];
            if (!strchr("}/*?\\", c))
                return false;
            step = c;
        }
        steps->items[steps->count++] = step;
    }
    return true;
}

static void reverse(char *bytes, size_t len)
{
    for (size_t i = 0; i < len / 2; i++) {
        char c = bytes[i];
        bytes[i] = bytes[len - 1 - i];
        bytes[len - 1 - i] = c;
    }
}

/* Length of the shortest or longest beginning of `text` that matches, or STR_NONE. All ends are
 * followed at once, so that the work is the product of both lengths, whatever the pattern is. */
static size_t match(struct parser *parser, str text, const struct steps *steps, bool longest,
                    bool *reached)
{
    size_t found = STR_NONE;
    memset(reached, 0, steps->count + 1);
    reached[0] = true;
    for (size_t at = 0;; at++) {
        for (size_t s = 0; s < steps->count; s++)
            if (reached[s] && steps->items[s] == STEP_MANY)
                reached[s + 1] = true;
        if (reached[steps->count]) {
            found = at;
            if (!longest)
                return found;
        }
        if (at == text.len)
            return found;
        parser->work_left -= parser->work_left > steps->count ? steps->count : parser->work_left;
        unsigned char c = (unsigned char)text.ptr[at];
        for (size_t s = steps->count + 1; s-- > 0;)
            reached[s] = (s > 0 && reached[s - 1] &&
                          (steps->items[s - 1] == STEP_ANY || steps->items[s - 1] == c)) ||
                         (s < steps->count && reached[s] && steps->items[s] == STEP_MANY);
    }
}

static str replace(struct parser *parser, str value, const struct steps *steps, bool all,
                   str replacement, bool *reached)
{
    size_t max = value.len + (value.len + 1) * replacement.len;
    if (max > parser->expansion_left)
        max = parser->expansion_left;
    struct buf out = buf_make(max + 1);
    bool done = false;
    for (size_t at = 0; at < value.len;) {
        size_t len = done || parser->work_left == 0
                         ? STR_NONE
                         : match(parser, str_from_index(value, at), steps, true, reached);
        if (len == STR_NONE || len == 0) {
            buf_add_char(&out, value.ptr[at++]);
            continue;
        }
        buf_add_str(&out, replacement);
        at += len;
        done = !all;
    }
    str result = out.overflow ? value : arena_str(parser->arena, buf_str(&out));
    buf_free(&out);
    return result;
}

bool pattern_apply(struct parser *parser, str value, char op, bool all, str pattern,
                   str replacement, str *ret)
{
    struct steps steps;
    if (parser->work_left == 0 || !compile(parser, pattern, &steps))
        return false;
    bool *reached = arena_array(parser->arena, bool, steps.count + 1);
    *ret = value;
    if (op == '/') {
        *ret = replace(parser, value, &steps, all, replacement, reached);
        return parser->work_left > 0;
    }
    if (op == '#') {
        size_t len = match(parser, value, &steps, all, reached);
        if (len != STR_NONE)
            *ret = str_from_index(value, len);
        return true;
    }
    /* The end of a text is the beginning of the same text read backwards. */
    char *backwards = arena_alloc(parser->arena, value.len + 1);
    memcpy(backwards, value.len ? value.ptr : "", value.len);
    reverse(backwards, value.len);
    for (size_t i = 0; i < steps.count / 2; i++) {
        uint16_t step = steps.items[i];
        steps.items[i] = steps.items[steps.count - 1 - i];
        steps.items[steps.count - 1 - i] = step;
    }
    size_t len = match(parser, (str){backwards, value.len}, &steps, all, reached);
    if (len != STR_NONE)
        *ret = str_sub(value, 0, value.len - len);
    return true;
}
