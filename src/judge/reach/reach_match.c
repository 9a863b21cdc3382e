// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/path.h"
#include "judge/reach/reach_internal.h"

#include <string.h>

enum { LEAST_KNOWN = 2 }; /* letters that must be known to tell anything */

bool reach_is_pattern(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == REACH_ANY || strchr("*?[", text.ptr[i]))
            return true;
    return false;
}

/* REACH_ANY: any bytes; '*': any but '/'; '?' and [...]: one. */
static bool matches(str pattern, str path)
{
    size_t p = 0, t = 0, star = STR_NONE, resume = 0;
    while (t < path.len) {
        char c = p < pattern.len ? pattern.ptr[p] : 0;
        if (p < pattern.len && (c == REACH_ANY || c == '*')) {
            star = p++;
            resume = t;
        } else if (p < pattern.len && (c == path.ptr[t] || c == '?' || c == '[')) {
            size_t close = c == '[' ? str_find_char(str_from_index(pattern, p), ']') : 0;
            p += close == STR_NONE ? 1 : close + 1;
            t++;
        } else if (star != STR_NONE &&
                   (pattern.ptr[star] == REACH_ANY || path.ptr[resume] != '/')) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && (pattern.ptr[p] == REACH_ANY || pattern.ptr[p] == '*'))
        p++;
    return p == pattern.len;
}

/* The folder that all of the pattern's files are below, and the pattern as seen from there. */
static const struct file *known_folder(struct reach *reach, str *pattern)
{
    size_t at = 0;
    const struct file *folder = reach->files->items;
    for (size_t i = 0; i < pattern->len && !reach_is_pattern(str_sub(*pattern, i, 1)); i++)
        if (pattern->ptr[i] == '/')
            at = i + 1;
    if (at)
        folder = files_follow_from(reach->files, reach->workdir, str_sub(*pattern, 0, at));
    *pattern = str_from_index(*pattern, at);
    return folder && folder->type == ENTRY_DIRECTORY ? folder : NULL;
}

static void mark_matches(struct reach *reach, const struct file *folder, str above, str pattern,
                         uint32_t from)
{
    for (uint32_t i = 0; i < folder->count && reach->effort < LIMIT_REACH_EFFORT; i++) {
        const struct file *file = &reach->files->items[folder->children + i];
        str path = above.len ? arena_join(&reach->words, above, STR("/"), file->name) : file->name;
        reach->effort++;
        if (file->type == ENTRY_DIRECTORY) {
            if (path.len < LIMIT_PATH)
                mark_matches(reach, file, path, pattern, from);
            continue;
        }
        if (!matches(pattern, path))
            continue;
        file = files_follow_from(reach->files, folder, file->name);
        if (file && file->type == ENTRY_FILE &&
            reach_runs(reach, (uint32_t)(file - reach->files->items)))
            reach_mark(reach, file, from);
    }
}

bool reach_mark_matches(struct reach *reach, str pattern, uint32_t from)
{
    size_t known = 0;
    /* A guess upon a guess says nothing, and takes long. */
    if (from != REACH_NONE && reach->guessed[from])
        return true;
    for (size_t i = 0; i < pattern.len; i++) {
        size_t close = pattern.ptr[i] == '[' ? str_find_char(str_from_index(pattern, i), ']') : 0;
        if (close && close != STR_NONE)
            i += close; /* one byte of several is hardly known */
        else
            known += !strchr("/.-_", pattern.ptr[i]) && !reach_is_pattern(str_sub(pattern, i, 1));
    }
    if (known < LEAST_KNOWN)
        return false;
    if (str_find_char(pattern, '/') != STR_NONE) {
        str rest = pattern; /* paths have no '/' before them */
        if (str_skip(&rest, STR("\1/")))
            pattern = arena_join(&reach->words, STR("\1"), STR(""), rest);
        const struct file *folder = known_folder(reach, &pattern);
        if (folder)
            mark_matches(reach, folder, STR(""), pattern, from);
        return true;
    }
    for (size_t i = 0; i < reach->path.count; i++) {
        const struct file *folder = files_follow(reach->files, reach->path.items[i]);
        if (folder && folder->type == ENTRY_DIRECTORY)
            mark_matches(reach, folder, STR(""), pattern, from);
    }
    return true;
}
