// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_BASE_VEC_H
#define HARDEN_BASE_VEC_H

#include "base/arena.h"

/*
 * A growing array in an arena: VEC(struct package) packages = {0}; then
 * *vec_push(arena, &packages) = value; and packages.items[i] for i < packages.count.
 * Pointers into it are valid until the next push. Name the type once by typedef-free struct tags:
 * struct package_list VEC_BODY(struct package);
 */
#define VEC_BODY(type)                                                                             \
    {                                                                                              \
        type *items;                                                                               \
        size_t count, capacity;                                                                    \
    }
#define VEC(type) struct VEC_BODY(type)

/* Appends a zeroed item and gives its address. */
#define vec_push(arena, vec)                                                                       \
    ((vec)->items = vec_reserve_((arena), (vec)->items, (vec)->count, &(vec)->capacity,            \
                                 sizeof(*(vec)->items)),                                           \
     &(vec)->items[(vec)->count++])

void *vec_reserve_(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size);

#endif
