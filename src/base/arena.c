// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include "base/die.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CHUNK = 16 << 10, LARGEST_STEP = 1 << 20, ALIGNMENT = alignof(max_align_t) };

struct arena_chunk {
    struct arena_chunk *next;
    size_t size;
    alignas(max_align_t) char bytes[];
};

/* Chunks double up to 1 MiB, so that small arenas stay small and large ones need few calls. */
static void add_chunk(struct arena *arena, size_t need)
{
    size_t size = arena->chunks ? arena->chunks->size * 2 : FIRST_CHUNK;
    if (size > LARGEST_STEP)
        size = LARGEST_STEP;
    if (size < need)
        size = need;
    struct arena_chunk *chunk = die_malloc(sizeof(*chunk) + size);
    chunk->next = arena->chunks;
    chunk->size = size;
    arena->chunks = chunk;
    arena->cursor = chunk->bytes;
    arena->end = chunk->bytes + size;
    arena->total += size;
}

/* Bytes that stand anywhere: texts are many, and short. */
static char *take_bytes(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        die_out_of_memory(size);
    if (!arena->cursor || (size_t)(arena->end - arena->cursor) < size)
        add_chunk(arena, size);
    char *memory = arena->cursor;
    arena->cursor += size;
    return memory;
}

static void *take(struct arena *arena, size_t size)
{
    size_t gap = -(uintptr_t)arena->cursor & (ALIGNMENT - 1);
    if (arena->cursor && (size_t)(arena->end - arena->cursor) >= gap)
        arena->cursor += gap;
    else
        arena->cursor = arena->end;
    return take_bytes(arena, size);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    void *memory = take(arena, size);
    if (size)
        memset(memory, 0, size);
    return memory;
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        die_out_of_memory(SIZE_MAX);
    return arena_alloc(arena, bytes);
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    void *memory = take(arena, size);
    if (size)
        memcpy(memory, bytes, size);
    return memory;
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
    if (old && arena->cursor == (char *)old + old_size) {
        size_t more = new_size - old_size;
        if ((size_t)(arena->end - arena->cursor) >= more) {
            arena->cursor += more;
            return old;
        }
    }
    void *memory = take(arena, new_size);
    if (old_size)
        memcpy(memory, old, old_size);
    return memory;
}

void arena_free(struct arena *arena)
{
    while (arena->chunks) {
        struct arena_chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
    *arena = (struct arena){0};
}

void arena_reset(struct arena *arena)
{
    struct arena_chunk *keep = arena->chunks;
    if (!keep)
        return;
    arena->chunks = keep->next;
    keep->next = NULL;
    arena_free(arena);
    arena->chunks = keep;
    arena->cursor = keep->bytes;
    arena->end = keep->bytes + keep->size;
    arena->total = keep->size;
}

void arena_adopt(struct arena *to, struct arena *from)
{
    if (!from->chunks)
        return;
    if (!to->chunks) {
        *to = *from;
    } else {
        struct arena_chunk *last = from->chunks;
        while (last->next)
            last = last->next;
        /* Behind the newest chunk, which allocations go on in. */
        last->next = to->chunks->next;
        to->chunks->next = from->chunks;
        to->total += from->total;
    }
    *from = (struct arena){0};
}

const char *arena_cstr(struct arena *arena, str s)
{
    char *copy = take_bytes(arena, s.len + 1);
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    copy[s.len] = 0;
    return copy;
}

str arena_str(struct arena *arena, str s)
{
    return (str){arena_cstr(arena, s), s.len};
}

str arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    size_t size = len > 0 ? (size_t)len : 0;
    char *text = take_bytes(arena, size + 1);
    vsnprintf(text, size + 1, format, again);
    va_end(again);
    return (str){text, size};
}

str arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    str text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

str arena_lower(struct arena *arena, str s)
{
    char *text = take_bytes(arena, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        text[i] = s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (char)(s.ptr[i] - 'A' + 'a') : s.ptr[i];
    text[s.len] = 0;
    return (str){text, s.len};
}

str arena_join(struct arena *arena, str a, str separator, str b)
{
    size_t len = a.len + separator.len + b.len;
    char *text = take_bytes(arena, len + 1), *to = text;
    to = mempcpy(to, a.len ? a.ptr : "", a.len);
    to = mempcpy(to, separator.len ? separator.ptr : "", separator.len);
    to = mempcpy(to, b.len ? b.ptr : "", b.len);
    *to = 0;
    return (str){text, len};
}
