// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"
#include "read/image/merge.h"

/*
 * A package database is one file that every layer with a package manager at work writes anew, so
 * the layer of the file says nothing about the package. A record's spans of layers do: from the
 * top down, as long as one touches the next.
 */

static str key_of(struct arena *arena, const struct package *package)
{
    return arena_printf(arena, "%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s", STR_ARG(package->type),
                        STR_ARG(package->name), STR_ARG(package->version), STR_ARG(package->arch),
                        STR_ARG(package->source_name), STR_ARG(package->source_version));
}

/* All in one layer: nothing to find out, nothing to spend. */
static bool is_trivial(const struct merge_span *spans, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (spans[i].from != spans[0].from)
            return false;
    return true;
}

void merge_since(struct merge_span *spans, size_t count)
{
    ARENA_SCOPED arena = {0};
    struct map since_of = {0}; /* key -> layer + 1, for records that are visible at the top */
    bool trivial = is_trivial(spans, count);
    for (size_t i = 0; i < count; i++)
        spans[i].since = spans[i].from;
    if (trivial)
        return;
    uintptr_t **slots = arena_array(&arena, uintptr_t *, count);
    str *keys = arena_array(&arena, str, count);
    for (size_t i = 0; i < count; i++) {
        keys[i] = key_of(&arena, spans[i].package);
        if (spans[i].to != MERGE_FOREVER)
            continue;
        uintptr_t *since = map_put(&arena, &since_of, keys[i], NULL);
        if (*since == 0 || *since > spans[i].from + 1)
            *since = spans[i].from + 1;
    }
    /* The map is complete: addresses hold. Downwards by `from`, one pass is enough, because only
     * spans that begin lower can carry a record further down. */
    for (size_t i = count; i-- > 0;) {
        slots[i] = map_get(&since_of, keys[i]);
        if (slots[i] && spans[i].from + 1 < *slots[i] && spans[i].to + (uintptr_t)1 >= *slots[i])
            *slots[i] = spans[i].from + 1;
    }
    for (size_t i = 0; i < count; i++)
        if (slots[i])
            spans[i].since = (uint32_t)(*slots[i] - 1);
}
