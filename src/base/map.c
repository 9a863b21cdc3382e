// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"

static struct map_slot *find(const struct map *map, str key, uint64_t hash)
{
    size_t mask = map->capacity - 1;
    for (size_t at = hash & mask;; at = (at + 1) & mask) {
        struct map_slot *slot = &map->slots[at];
        if (!slot->used || (slot->hash == hash && str_eq(slot->key, key)))
            return slot;
    }
}

static void grow(struct arena *arena, struct map *map)
{
    struct map old = *map;
    map->capacity = old.capacity ? old.capacity * 2 : 16;
    map->slots = arena_array(arena, struct map_slot, map->capacity);
    for (size_t i = 0; i < old.capacity; i++)
        if (old.slots[i].used)
            *find(map, old.slots[i].key, old.slots[i].hash) = old.slots[i];
}

uintptr_t *map_put(struct arena *arena, struct map *map, str key, bool *ret_new)
{
    if (map->count * 4 >= map->capacity * 3)
        grow(arena, map);
    uint64_t hash = str_hash(key);
    struct map_slot *slot = find(map, key, hash);
    if (ret_new)
        *ret_new = !slot->used;
    if (!slot->used) {
        *slot = (struct map_slot){.key = key, .hash = hash, .used = true};
        map->count++;
    }
    return &slot->value;
}

uintptr_t *map_get(const struct map *map, str key)
{
    if (map->capacity == 0)
        return NULL;
    struct map_slot *slot = find(map, key, str_hash(key));
    return slot->used ? &slot->value : NULL;
}

bool map_has(const struct map *map, str key)
{
    return map_get(map, key) != NULL;
}
