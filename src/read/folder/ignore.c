// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/path.h"
#include "read/folder/folder.h"

/* Trailing blanks count only where a backslash is before them. */
static str trim_blanks(str line)
{
    while (line.len && line.ptr[line.len - 1] == ' ' &&
           !(line.len > 1 && line.ptr[line.len - 2] == '\\'))
        line.len--;
    return line;
}

static bool read_rule(str line, struct ignore_rule *ret)
{
    *ret = (struct ignore_rule){0};
    line = trim_blanks(line);
    if (line.len == 0 || line.ptr[0] == '#')
        return false;
    ret->except = str_skip(&line, STR("!"));
    while (str_ends(line, STR("/"))) {
        ret->only_folder = true;
        line.len--;
    }
    ret->anchored = str_find_char(line, '/') != STR_NONE;
    while (str_skip(&line, STR("/"))) {
    }
    ret->pattern = line;
    return line.len > 0 && line.len <= LIMIT_PATH;
}

void folder_ignore_parse(struct arena *arena, str text, struct ignore_rules *ret)
{
    str line;
    struct ignore_rule rule;
    str_skip(&text, STR("\xef\xbb\xbf"));
    for (size_t lines = 0; lines < LIMIT_IGNORE_RULES && str_next_line(&text, &line); lines++)
        if (read_rule(line, &rule))
            *vec_push(arena, ret) = rule;
}

/* "[a-z]", "[!a-z]": *ret_len is its length; 0 where it is not closed. */
static bool in_class(str pattern, char c, size_t *ret_len)
{
    size_t i = 1;
    bool found = false,
         negated = pattern.len > 1 && (pattern.ptr[1] == '!' || pattern.ptr[1] == '^');
    i += negated;
    for (bool first = true; i < pattern.len && (first || pattern.ptr[i] != ']'); first = false) {
        if (pattern.ptr[i] == '\\' && i + 1 < pattern.len)
            i++;
        unsigned char low = (unsigned char)pattern.ptr[i++], high = low;
        if (i + 1 < pattern.len && pattern.ptr[i] == '-' && pattern.ptr[i + 1] != ']') {
            i++;
            if (pattern.ptr[i] == '\\' && i + 1 < pattern.len)
                i++;
            high = (unsigned char)pattern.ptr[i++];
        }
        found |= (unsigned char)c >= low && (unsigned char)c <= high;
    }
    *ret_len = i < pattern.len ? i + 1 : 0;
    return found != negated;
}

/* Whether what the pattern begins with stands for that byte; *ret_len is how much of it. */
static bool matches_byte(str pattern, char c, size_t *ret_len)
{
    *ret_len = 1;
    if (pattern.ptr[0] == '?')
        return true;
    if (pattern.ptr[0] == '[') {
        bool in = in_class(pattern, c, ret_len);
        return *ret_len > 0 && in;
    }
    if (pattern.ptr[0] == '\\' && pattern.len > 1) {
        *ret_len = 2;
        return pattern.ptr[1] == c;
    }
    return pattern.ptr[0] == c;
}

/* One name by a pattern without slashes. Going back to the last star is enough: what an earlier
 * one took can only have been too short. */
static bool matches_name(str pattern, str name)
{
    size_t p = 0, n = 0, star = STR_NONE, retry = 0, len;
    while (n < name.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = ++p;
            retry = n;
        } else if (p < pattern.len && matches_byte(str_from_index(pattern, p), name.ptr[n], &len)) {
            p += len;
            n++;
        } else if (star != STR_NONE) {
            p = star;
            n = ++retry;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

/* The same with names in place of bytes: "**" stands for any number of them. At the end it wants
 * one at least: "a/" with two stars behind it is what is in a, not a. */
static bool matches_path(str pattern, str path)
{
    str star = {0}, retry = {0}, part, name, rest, below;
    bool starred = false;
    while (path.len) {
        str_cut(path, '/', &name, &below);
        str_cut(pattern, '/', &part, &rest);
        if (str_eq(part, STR("**"))) {
            if (rest.len == 0)
                return true;
            starred = true;
            pattern = star = rest;
            retry = path;
        } else if (pattern.len && matches_name(part, name)) {
            pattern = rest;
            path = below;
        } else if (starred) {
            str_cut(retry, '/', &name, &retry);
            pattern = star;
            path = retry;
        } else {
            return false;
        }
    }
    return pattern.len == 0;
}

int folder_ignore_match(const struct ignore_rules *rules, str path, bool is_folder)
{
    for (size_t i = rules->count; i-- > 0;) {
        const struct ignore_rule *rule = &rules->items[i];
        if (rule->only_folder && !is_folder)
            continue;
        if (rule->anchored ? matches_path(rule->pattern, path)
                           : matches_name(rule->pattern, path_base(path)))
            return !rule->except;
    }
    return -1;
}
