// SPDX-License-Identifier: Apache-2.0
#include "model/files.h"

#include "base/path.h"

#include <string.h>

enum { MOST_FOLLOWED = 40 }; /* what Linux follows in one path */

const struct file *files_child(const struct files *files, const struct file *folder, str name)
{
    size_t low = folder->children, high = low + folder->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(files->items[middle].name, name);
        if (order == 0)
            return &files->items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct file *files_find(const struct files *files, str path)
{
    const struct file *at = files->count ? files->items : NULL;
    str name;
    while (at && str_next(&path, '/', &name))
        at = files_child(files, at, name);
    return at;
}

static const struct file *follow(const struct files *files, const struct file *at, str path,
                                 unsigned *followed)
{
    str name;
    if (str_starts(path, STR("/")))
        at = files->items;
    while (at && str_next(&path, '/', &name)) {
        if (name.len == 0 || str_eq(name, STR(".")))
            continue;
        if (at->type != ENTRY_DIRECTORY)
            return NULL;
        if (str_eq(name, STR(".."))) {
            at = &files->items[at->parent];
            continue;
        }
        const struct file *folder = at;
        at = files_child(files, folder, name);
        if (at && at->type == ENTRY_SYMLINK)
            at =
                ++*followed > MOST_FOLLOWED ? NULL : follow(files, folder, file_link(at), followed);
    }
    return at;
}

const struct file *files_follow_from(const struct files *files, const struct file *folder, str path)
{
    unsigned followed = 0;
    return files->count ? follow(files, folder, path, &followed) : NULL;
}

const struct file *files_follow(const struct files *files, str path)
{
    return files_follow_from(files, files->items, path);
}

const struct file *files_owned(const struct files *files, str path, struct files_last *last)
{
    str folder = path_parent(path);
    if (!last->at || !str_eq(folder, last->folder)) {
        last->at = files_follow(files, folder);
        last->folder = folder;
    }
    return last->at && last->at->type == ENTRY_DIRECTORY
               ? files_child(files, last->at, path_base(path))
               : NULL;
}

str files_path(struct arena *arena, const struct files *files, const struct file *file)
{
    size_t len = 0;
    for (const struct file *at = file; at != files->items; at = &files->items[at->parent])
        len += at->name.len + 1;
    if (len == 0)
        return (str){0};
    char *path = arena_alloc(arena, len), *end = path + len - 1;
    for (const struct file *at = file; at != files->items; at = &files->items[at->parent]) {
        if (at != file)
            *--end = '/';
        end -= at->name.len;
        memcpy(end, at->name.ptr, at->name.len);
    }
    return str_make(path, len - 1);
}

/* Children of a folder stand in a row, and so do theirs: levels, not depth, are walked. */
uint64_t files_size(const struct files *files, const struct file *file)
{
    if (file->type != ENTRY_DIRECTORY)
        return file->type == ENTRY_FILE ? file->size : 0;
    uint64_t size = 0;
    size_t from = file->children, to = from + file->count;
    while (from < to) {
        size_t next_from = 0, next_to = 0;
        for (size_t i = from; i < to; i++) {
            const struct file *at = &files->items[i];
            size += at->type == ENTRY_FILE ? at->size : 0;
            if (at->type != ENTRY_DIRECTORY || at->count == 0)
                continue;
            next_from = next_to ? next_from : at->children;
            next_to = at->children + at->count;
        }
        from = next_from;
        to = next_to;
    }
    return size;
}
