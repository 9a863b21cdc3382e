// SPDX-License-Identifier: Apache-2.0
#include "base/path.h"

#include <string.h>

/* What path_clean() would give back unchanged; nearly every name is. */
static bool is_clean(str raw)
{
    if (raw.len && (raw.ptr[0] == '/' || raw.ptr[raw.len - 1] == '/'))
        return false;
    if (str_find_char(raw, 0) != STR_NONE)
        return false;
    str rest = raw, component;
    while (str_next(&rest, '/', &component))
        if (component.len == 0 || str_eq(component, STR(".")) || str_eq(component, STR("..")))
            return false;
    return true;
}

str path_clean(struct arena *arena, str raw, bool *ret_odd)
{
    *ret_odd = false;
    /* "./" in front and "/" behind are what tar itself writes for `tar -c .` and directories. */
    while (str_skip(&raw, STR("./")))
        ;
    if (raw.len > 1 && raw.ptr[raw.len - 1] == '/')
        raw.len--;
    if (str_eq(raw, STR(".")))
        raw.len = 0;
    if (is_clean(raw))
        return raw;
    str rest = str_sub(raw, 0, str_find_char(raw, 0)), component;
    *ret_odd = rest.len < raw.len;
    char *clean = arena_alloc(arena, rest.len + 1);
    size_t len = 0;
    while (str_next(&rest, '/', &component)) {
        if (component.len == 0 || str_eq(component, STR(".")))
            continue;
        if (str_eq(component, STR(".."))) {
            *ret_odd = true;
            len = path_parent(str_make(clean, len)).len;
            continue;
        }
        if (len)
            clean[len++] = '/';
        memcpy(clean + len, component.ptr, component.len);
        len += component.len;
    }
    return str_make(clean, len);
}

str path_resolve(struct arena *arena, str folder, str path)
{
    bool absolute = str_starts(path, STR("/")) || str_starts(folder, STR("/"));
    str rest = str_starts(path, STR("/")) ? path : arena_join(arena, folder, STR("/"), path), part;
    char *clean = arena_alloc(arena, rest.len + 1);
    size_t len = 0;
    if (absolute)
        clean[len++] = '/';
    while (str_next(&rest, '/', &part)) {
        str last = path_base(str_make(clean, len));
        bool up = str_eq(part, STR(".."));
        if (part.len == 0 || str_eq(part, STR(".")) || (up && absolute && len == 1))
            continue;
        if (up && last.len && !str_eq(last, STR(".."))) {
            size_t parent = path_parent(str_make(clean, len)).len;
            len = parent || !absolute ? parent : 1;
            continue;
        }
        if (len && clean[len - 1] != '/')
            clean[len++] = '/';
        memcpy(clean + len, part.ptr, part.len);
        len += part.len;
    }
    return str_make(clean, len);
}

str path_parent(str path)
{
    size_t slash = str_rfind_char(path, '/');
    return str_sub(path, 0, slash == STR_NONE ? 0 : slash);
}

str path_base(str path)
{
    size_t slash = str_rfind_char(path, '/');
    return slash == STR_NONE ? path : str_from_index(path, slash + 1);
}

bool path_is_ancestor(str a, str b)
{
    if (a.len == 0)
        return true;
    return str_starts(b, a) && (b.len == a.len || b.ptr[a.len] == '/');
}

bool path_match(str pattern, str path)
{
    /* One star at a time: on a mismatch the last star takes one byte more. */
    size_t p = 0, s = 0, star = STR_NONE, resume = 0;
    while (s < path.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            resume = s;
        } else if (p < pattern.len && pattern.ptr[p] == path.ptr[s]) {
            p++;
            s++;
        } else if (star != STR_NONE && path.ptr[resume] != '/') {
            p = star + 1;
            s = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

/* The next place where what stands behind "**" may begin. */
static bool move_on(str path, bool folders, size_t *at)
{
    if (!folders)
        return ++*at <= path.len;
    size_t slash = str_find_char(str_from_index(path, *at), '/');
    *at += slash == STR_NONE ? 0 : slash + 1;
    return slash != STR_NONE;
}

bool path_glob(str pattern, str path)
{
    size_t p = 0, s = 0, star = STR_NONE, star_at = 0, deep = STR_NONE, deep_at = 0;
    bool folders = false;
    str_skip(&pattern, STR("/"));
    while (s < path.len) {
        if (str_starts(str_from_index(pattern, p), STR("**"))) {
            folders = str_starts(str_from_index(pattern, p + 2), STR("/"));
            deep = p += folders ? 3 : 2;
            deep_at = s;
            star = STR_NONE;
        } else if (p < pattern.len && pattern.ptr[p] == '*') {
            star = ++p;
            star_at = s;
        } else if (p < pattern.len && pattern.ptr[p] == path.ptr[s]) {
            p++;
            s++;
        } else if (star != STR_NONE && path.ptr[star_at] != '/') {
            p = star;
            s = ++star_at;
        } else if (deep != STR_NONE && move_on(path, folders, &deep_at)) {
            p = deep;
            s = deep_at;
            star = STR_NONE;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}
