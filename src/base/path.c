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
