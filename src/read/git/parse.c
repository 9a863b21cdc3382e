// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "read/git/git_internal.h"

#include <string.h>

static int digit_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Any even or odd number of digits up to a whole id; what is missing is zero. */
bool git_id_parse(str digits, struct git_id *ret)
{
    *ret = (struct git_id){.len = (unsigned char)(digits.len / 2)};
    if (digits.len > 2 * GIT_ID_MOST)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        int digit = digit_of(digits.ptr[i]);
        if (digit < 0)
            return false;
        ret->bytes[i / 2] |= (unsigned char)(i % 2 ? digit : digit << 4);
    }
    return digits.len > 0;
}

unsigned char git_config_id_len(str config)
{
    bool extensions = false;
    str line, key, value;
    while (str_next_line(&config, &line)) {
        line = str_trim(line);
        if (str_starts(line, STR("[")))
            extensions = str_eq_nocase(line, STR("[extensions]"));
        else if (extensions && str_cut(line, '=', &key, &value) &&
                 str_eq_nocase(str_trim(key), STR("objectFormat")))
            return str_eq_nocase(str_trim(value), STR("sha256")) ? GIT_ID_MOST : GIT_ID_LEAST;
    }
    return GIT_ID_LEAST;
}

const char *git_id_text(struct arena *arena, const struct git_id *id)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc(arena, 2 * GIT_ID_MOST + 1);
    for (size_t i = 0; i < id->len; i++) {
        text[2 * i] = digits[id->bytes[i] >> 4];
        text[2 * i + 1] = digits[id->bytes[i] & 15];
    }
    return text;
}

bool git_next_entry(str *rest, unsigned char id_len, struct git_entry *ret)
{
    str mode;
    if (rest->len == 0 || !str_cut(*rest, ' ', &mode, rest) ||
        !str_cut(*rest, '\0', &ret->name, rest) || rest->len < id_len)
        return false;
    ret->is_tree = str_eq(mode, STR("40000"));
    ret->is_file = str_starts(mode, STR("100"));
    ret->id = (struct git_id){.len = id_len};
    memcpy(ret->id.bytes, rest->ptr, id_len);
    *rest = str_from_index(*rest, id_len);
    return true;
}

bool git_header(str content, str name, size_t index, struct git_id *ret)
{
    str line;
    while (str_next_line(&content, &line) && line.len) {
        str word, value;
        if (!str_cut(line, ' ', &word, &value) || !str_eq(word, name))
            continue;
        if (index-- == 0)
            return git_id_parse(value, ret) && (ret->len == 20 || ret->len == GIT_ID_MOST);
    }
    return false;
}

/* A number of 7 bits a byte, low ones first. */
static bool read_size(str *rest, uint64_t *ret)
{
    *ret = 0;
    for (unsigned shift = 0; rest->len && shift < 63; shift += 7) {
        unsigned char byte = (unsigned char)rest->ptr[0];
        *rest = str_from_index(*rest, 1);
        *ret |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

/* The bytes of a copy's offset (4) or length (3) that the command says are there. */
static bool read_part(str *rest, unsigned flags, unsigned count, uint64_t *ret)
{
    *ret = 0;
    for (unsigned i = 0; i < count; i++) {
        if (!(flags & 1u << i))
            continue;
        if (rest->len == 0)
            return false;
        *ret |= (uint64_t)(unsigned char)rest->ptr[0] << 8 * i;
        *rest = str_from_index(*rest, 1);
    }
    return true;
}

int git_delta(struct arena *arena, str base, str delta, str *ret, struct err *err)
{
    enum { COPY_DEFAULT = 0x10000 };
    uint64_t base_len, len, offset, part;
    if (!read_size(&delta, &base_len) || !read_size(&delta, &len) || base_len != base.len)
        return err_set(err, ERR_FORMAT, "a delta that is not for its base");
    if (len > LIMIT_GIT_OBJECT)
        return err_set(err, ERR_LIMIT, "an object of %llu bytes", (unsigned long long)len);
    char *out = arena_alloc(arena, len + 1);
    size_t made = 0;
    while (delta.len) {
        unsigned char command = (unsigned char)delta.ptr[0];
        str from = delta;
        delta = str_from_index(delta, 1);
        if (command & 0x80) {
            if (!read_part(&delta, command & 15, 4, &offset) ||
                !read_part(&delta, command >> 4 & 7, 3, &part))
                return err_set(err, ERR_FORMAT, "a delta that is cut off");
            from = base;
            part = part ? part : COPY_DEFAULT;
        } else {
            from = delta;
            offset = 0;
            part = command;
            delta = str_from_index(delta, part);
        }
        if (command == 0 || offset > from.len || part > from.len - offset || part > len - made)
            return err_set(err, ERR_FORMAT, "a delta that leads out of its base");
        memcpy(out + made, from.ptr + offset, part);
        made += part;
    }
    if (made != len)
        return err_set(err, ERR_FORMAT, "a delta that is too short");
    *ret = (str){out, len};
    return 0;
}
