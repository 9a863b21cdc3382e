// SPDX-License-Identifier: Apache-2.0
#include "read/image/link.h"

#include "base/path.h"

#include <string.h>

str link_resolve(struct arena *arena, str from, str link, bool *ret_escapes)
{
    bool escapes = false;
    str folder = str_starts(link, STR("/")) ? (str){0} : path_parent(from);
    char *text = arena_alloc(arena, folder.len + link.len + 2);
    size_t len = folder.len;
    if (len)
        memcpy(text, folder.ptr, len);
    str name;
    while (str_next(&link, '/', &name)) {
        if (name.len == 0 || str_eq(name, STR(".")))
            continue;
        if (str_eq(name, STR(".."))) {
            escapes |= len == 0;
            len = path_parent(str_make(text, len)).len;
            continue;
        }
        if (len)
            text[len++] = '/';
        memcpy(text + len, name.ptr, name.len);
        len += name.len;
    }
    text[len] = 0;
    if (ret_escapes)
        *ret_escapes = escapes;
    return str_make(text, len);
}
