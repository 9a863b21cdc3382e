// SPDX-License-Identifier: Apache-2.0
#include "act/fix/fix.h"

#include <string.h>

bool fix_apply(struct arena *arena, str path, str text, const struct edit_list *edits,
               str *ret_text)
{
    size_t len = text.len, at = 0;
    for (size_t i = 0; i < edits->count; i++) {
        const struct edit *edit = &edits->items[i];
        if (!str_eq(edit->path, path))
            continue;
        if (edit->span.start < at || edit->span.end < edit->span.start || edit->span.end > text.len)
            return false;
        at = edit->span.end;
        len = len - (edit->span.end - edit->span.start) + edit->replacement.len;
    }
    char *out = arena_alloc(arena, len + 1);
    size_t filled = 0;
    at = 0;
    for (size_t i = 0; i < edits->count; i++) {
        const struct edit *edit = &edits->items[i];
        if (!str_eq(edit->path, path))
            continue;
        memcpy(out + filled, text.ptr + at, edit->span.start - at);
        filled += edit->span.start - at;
        if (edit->replacement.len)
            memcpy(out + filled, edit->replacement.ptr, edit->replacement.len);
        filled += edit->replacement.len;
        at = edit->span.end;
    }
    memcpy(out + filled, text.ptr + at, text.len - at);
    *ret_text = (str){out, len};
    return true;
}
