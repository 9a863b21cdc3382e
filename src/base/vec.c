// SPDX-License-Identifier: Apache-2.0
#include "base/vec.h"

#include <string.h>

void *vec_reserve_(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size)
{
    if (count == *capacity) {
        size_t first = size < 32 ? 8 : size < 64 ? 4 : 2;
        size_t more = *capacity ? *capacity * 2 : first;
        items = arena_grow(arena, items, *capacity * size, more * size);
        *capacity = more;
    }
    memset((char *)items + count * size, 0, size);
    return items;
}
