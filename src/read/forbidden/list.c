// SPDX-License-Identifier: Apache-2.0
#include "read/forbidden/forbidden.h"

#include <stdlib.h>

enum { MD5_HEX = 32, SHA1_HEX = 40, SHA256_HEX = 64 };

/* Takes the digest off the line, in lower case. */
static bool take_hex(struct arena *arena, str *line, str *ret)
{
    size_t len = 0;
    while (len < line->len && ((line->ptr[len] >= '0' && line->ptr[len] <= '9') ||
                               (line->ptr[len] >= 'a' && line->ptr[len] <= 'f') ||
                               (line->ptr[len] >= 'A' && line->ptr[len] <= 'F')))
        len++;
    if (len != MD5_HEX && len != SHA1_HEX && len != SHA256_HEX)
        return false;
    char *hex = arena_copy(arena, line->ptr, len);
    for (size_t i = 0; i < len; i++)
        if (hex[i] >= 'A' && hex[i] <= 'F')
            hex[i] = (char)(hex[i] - 'A' + 'a');
    *ret = str_make(hex, len);
    *line = str_from_index(*line, len);
    return true;
}

static bool read_line(struct arena *arena, str line, struct forbidden_hash *ret)
{
    *ret = (struct forbidden_hash){.size = UINT64_MAX};
    str_skip(&line, STR("sha256:"));
    if (!take_hex(arena, &line, &ret->hex))
        return false;
    if (str_skip(&line, STR(":"))) {
        str size;
        str_cut(line, ':', &size, &line);
        str_cut(line, ':', &ret->name, &line);
        return str_eq(size, STR("*")) || str_to_u64(size, UINT64_MAX - 1, &ret->size);
    }
    ret->name = str_trim(line);
    str_skip(&ret->name, STR("*"));
    return line.len == 0 || line.ptr[0] == ' ' || line.ptr[0] == '\t';
}

int forbidden_read_hashes(struct arena *arena, str text, struct forbidden_hashes *ret,
                          struct err *err)
{
    str line;
    size_t number = 0;
    *ret = (struct forbidden_hashes){0};
    while (str_next_line(&text, &line)) {
        struct forbidden_hash hash;
        number++;
        line = str_trim(line);
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        if (!read_line(arena, line, &hash))
            return err_set(err, ERR_FORMAT,
                           "line %zu: want an MD5, SHA-1 or SHA-256 digest in hex, then a name, or "
                           ":SIZE:NAME",
                           number);
        *vec_push(arena, ret) = hash;
    }
    return 0;
}

int forbidden_read_pattern(str text, struct forbidden_pattern *ret, struct err *err)
{
    *ret = (struct forbidden_pattern){0};
    for (text = str_trim(text);; text = str_trim(text)) {
        str word, rest;
        str_cut(text, ' ', &word, &rest);
        if (str_skip(&word, STR("name=")))
            ret->name = word;
        else if (str_skip(&word, STR("path=")))
            ret->path = word;
        else if (str_eq(word, STR("case=no")))
            ret->any_case = true;
        else
            break;
        text = rest;
    }
    ret->expression = text;
    if (ret->name.len == 0)
        ret->name = text;
    if (text.len == 0)
        return err_set(err, ERR_USAGE, "there is no regular expression");
    return 0;
}
