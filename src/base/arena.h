// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_BASE_ARENA_H
#define HARDEN_BASE_ARENA_H

#include "base/str.h"

#include <stdarg.h>

/*
 * An arena hands out memory that is freed all at once. Zero-initialise it ({0}) and it is ready;
 * arena_free() (or leaving scope with ARENA_SCOPED) releases everything. Not thread-safe: each
 * worker owns one. Memory is zeroed and aligned for any type. Running out of memory ends the
 * process here (base/die.h), so no caller checks; sizes from hostile input are checked against
 * base/limits.h before they get here.
 */
struct arena_chunk;

struct arena {
    struct arena_chunk *chunks; /* newest first */
    char *cursor, *end;
    size_t total; /* bytes taken from the system */
};

void *arena_alloc(struct arena *arena, size_t size);
void *arena_alloc_array(struct arena *arena, size_t count, size_t size);
void *arena_copy(struct arena *arena, const void *bytes, size_t size);
/* Grows the newest allocation in place where it can, else copies. The new part is not zeroed. */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size);
void arena_free(struct arena *arena);
/* Keeps one chunk for reuse, forgets all content: for a scratch arena between entries. */
void arena_reset(struct arena *arena);
/* Moves all memory of `from` to `to`; nothing is copied, and `from` is empty afterwards. */
void arena_adopt(struct arena *to, struct arena *from);

#define arena_new(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array(arena, type, count) ((type *)arena_alloc_array((arena), (count), sizeof(type)))

str arena_str(struct arena *arena, str s);          /* a copy, NUL behind it */
const char *arena_cstr(struct arena *arena, str s); /* a NUL-terminated copy */
str arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
str arena_vprintf(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
str arena_lower(struct arena *arena, str s); /* a copy, its ASCII letters in lower case */
str arena_join(struct arena *arena, str a, str separator, str b);

#define ARENA_SCOPED __attribute__((cleanup(arena_free))) struct arena

#endif
