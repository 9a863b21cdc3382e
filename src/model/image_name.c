// SPDX-License-Identifier: Apache-2.0
#include "model/image_name.h"

static bool is_lower_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_hex(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!((text.ptr[i] >= '0' && text.ptr[i] <= '9') ||
              (text.ptr[i] >= 'a' && text.ptr[i] <= 'f')))
            return false;
    return text.len > 0;
}

/* Lower case, digits, and between them one of . _ __ or dashes; parts are separated by "/". */
static bool is_repository(str text)
{
    bool may_separate = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (is_lower_digit(c)) {
            may_separate = true;
        } else if (c == '/') {
            if (!may_separate || !is_lower_digit(text.ptr[i - 1]))
                return false;
            may_separate = false;
        } else if (c == '-') {
            if (!may_separate)
                return false;
        } else if (c == '.' || c == '_') {
            bool twice = c == '_' && text.ptr[i ? i - 1 : 0] == '_';
            if (!may_separate || (!is_lower_digit(text.ptr[i - 1]) && !twice))
                return false;
        } else {
            return false;
        }
    }
    return may_separate && is_lower_digit(text.ptr[text.len - 1]);
}

static bool is_tag(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool letter = (c >= 'A' && c <= 'Z') || is_lower_digit(c) || c == '_';
        if (!letter && (i == 0 || (c != '.' && c != '-')))
            return false;
    }
    return text.len > 0 && text.len <= 128;
}

static bool is_digest(str text)
{
    str algorithm, hex;
    if (!str_cut(text, ':', &algorithm, &hex) || algorithm.len == 0 || !is_hex(hex))
        return false;
    return str_eq(algorithm, STR("sha256")) ? hex.len == 64 : hex.len >= 32;
}

struct image_name image_name_parse(struct arena *arena, str text)
{
    struct image_name name = {.text = text, .registry = STR("docker.io"), .valid = true};
    str rest = text, head, tail;
    if (str_cut(rest, '@', &head, &tail)) {
        rest = head;
        name.digest = tail;
        name.valid = is_digest(tail);
    }
    size_t slash = str_find_char(rest, '/');
    if (slash != STR_NONE) {
        str first = str_sub(rest, 0, slash);
        /* What has a dot or a port, is localhost, or has capitals cannot be a part of a name. */
        bool capital = false;
        for (size_t i = 0; i < first.len; i++)
            capital |= first.ptr[i] >= 'A' && first.ptr[i] <= 'Z';
        if (str_find_char(first, '.') != STR_NONE || str_find_char(first, ':') != STR_NONE ||
            str_eq(first, STR("localhost")) || capital) {
            name.registry = first;
            rest = str_from_index(rest, slash + 1);
        }
    }
    if (str_starts(name.registry, STR("index.docker."))) /* the same one by its old host */
        name.registry = STR("docker.io");
    size_t colon = str_rfind_char(rest, ':');
    if (colon != STR_NONE) {
        name.tag = str_from_index(rest, colon + 1);
        rest = str_sub(rest, 0, colon);
        name.valid = name.valid && is_tag(name.tag);
    }
    name.valid = name.valid && is_repository(rest);
    name.repository = rest;
    if (str_eq(name.registry, STR("docker.io")) && str_find_char(rest, '/') == STR_NONE)
        name.repository = arena_join(arena, STR("library"), STR("/"), rest);
    return name;
}
