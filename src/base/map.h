// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_BASE_MAP_H
#define HARDEN_BASE_MAP_H

#include "base/arena.h"

/*
 * A hash table from str to a pointer-sized value, in an arena; open addressing, no removal.
 * Keys are borrowed: they must live as long as the map. Zero-initialised is empty.
 * Iterate over slots[0..capacity) where used is set (order is not defined: sort what you print).
 */
struct map_slot {
    str key;
    uint64_t hash;
    uintptr_t value;
    bool used;
};

struct map {
    struct map_slot *slots;
    size_t count, capacity;
};

/* The value's address, inserted as 0 if absent; *ret_new (may be NULL) tells which. */
uintptr_t *map_put(struct arena *arena, struct map *map, str key, bool *ret_new);
/* The value's address, or NULL if absent. */
uintptr_t *map_get(const struct map *map, str key);
bool map_has(const struct map *map, str key);

#endif
