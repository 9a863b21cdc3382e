// SPDX-License-Identifier: Apache-2.0
#include "read/image/layer_links.h"

#include "base/limits.h"
#include "base/path.h"

#include <string.h>

enum { MOST_FOLLOWED = 40 }; /* what Linux follows in one path */

void layer_links_note(struct layer_links *links, const struct entry *entry)
{
    uintptr_t *at = map_get(&links->targets, entry->path);
    if (entry->type != ENTRY_SYMLINK) {
        if (at)
            *at = 0;
        return;
    }
    links->has_last = false;
    if (links->arena.total > LIMIT_LAYER_LINKS) {
        links->full = true;
        return;
    }
    if (!at)
        at = map_put(&links->arena, &links->targets, arena_str(&links->arena, entry->path), NULL);
    str target = arena_str(&links->arena, entry->link);
    *at = (uintptr_t)arena_copy(&links->arena, &target, sizeof(target));
}

static const str *target_of(const struct layer_links *links, str path)
{
    const uintptr_t *at = map_get(&links->targets, path);
    return at ? (const str *)*at : NULL;
}

static bool leads_through_link(const struct layer_links *links, str folder)
{
    for (size_t i = 0; i <= folder.len; i++)
        if ((i == folder.len || folder.ptr[i] == '/') && target_of(links, str_sub(folder, 0, i)))
            return true;
    return false;
}

/* The folder, name by name, as the kernel walks it: what a link says comes before what follows it,
 * and ".." is that of where the link led. */
static bool walk_folder(const struct layer_links *links, struct arena *arena, str folder, str *ret)
{
    str at = {0}, rest = folder, name;
    int followed = 0;
    while (str_next(&rest, '/', &name)) {
        if (name.len == 0 || str_eq(name, STR(".")))
            continue;
        if (str_eq(name, STR(".."))) {
            at = path_parent(at);
            continue;
        }
        str here = at.len ? arena_join(arena, at, STR("/"), name) : name;
        const str *target = target_of(links, here);
        if (!target) {
            at = here;
            continue;
        }
        if (++followed > MOST_FOLLOWED || rest.len + target->len > LIMIT_PATH)
            return false;
        if (str_starts(*target, STR("/")))
            at = (str){0};
        rest = arena_join(arena, *target, STR("/"), rest);
    }
    *ret = at;
    return true;
}

bool layer_links_follow(struct layer_links *links, struct arena *arena, str path, str *ret)
{
    str folder = path_parent(path);
    *ret = path;
    if (links->targets.count == 0 || folder.len == 0 ||
        (links->has_last && str_eq(folder, links->last_folder)))
        return true;
    if (!leads_through_link(links, folder)) {
        links->has_last = folder.len <= sizeof(links->last);
        if (links->has_last)
            links->last_folder = str_make(memcpy(links->last, folder.ptr, folder.len), folder.len);
        return true;
    }
    str real;
    if (!walk_folder(links, arena, folder, &real) || real.len + path.len > LIMIT_PATH)
        return false;
    *ret = real.len ? arena_join(arena, real, STR("/"), path_base(path)) : path_base(path);
    return true;
}

void layer_links_free(struct layer_links *links)
{
    arena_free(&links->arena);
    *links = (struct layer_links){0};
}
