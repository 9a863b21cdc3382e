// SPDX-License-Identifier: Apache-2.0
#include "io/spool.h"

#include "base/arena.h"
#include "base/die.h"
#include "base/vec.h"
#include "io/pack.h"

#include <stdlib.h>

enum { BLOCK = 256 << 10 };

struct block {
    char *packed;
    size_t packed_len, len;
};

struct spool {
    FILE *stream;
    struct arena arena; /* of the list */
    VEC(struct block) blocks;
    char *room; /* BLOCK bytes: the stream's, and later what is unpacked */
};

/* stdio gives a block at a time, or more where somebody writes more at once. */
static ssize_t take(void *cookie, const char *bytes, size_t len)
{
    struct spool *spool = cookie;
    for (size_t at = 0; at < len;) {
        struct block block = {.len = len - at < BLOCK ? len - at : BLOCK};
        block.packed = pack_block(bytes + at, block.len, &block.packed_len);
        *vec_push(&spool->arena, &spool->blocks) = block;
        at += block.len;
    }
    return (ssize_t)len;
}

struct spool *spool_open(void)
{
    struct spool *spool = die_malloc(sizeof(*spool));
    *spool = (struct spool){.room = die_malloc(BLOCK)};
    spool->stream = fopencookie(spool, "w", (cookie_io_functions_t){.write = take});
    if (!spool->stream || setvbuf(spool->stream, spool->room, _IOFBF, BLOCK) != 0)
        die_out_of_memory(BLOCK);
    return spool;
}

FILE *spool_stream(struct spool *spool)
{
    return spool->stream;
}

void spool_copy(struct spool *spool, FILE *out)
{
    if (spool->stream)
        fclose(spool->stream);
    spool->stream = NULL;
    for (size_t i = 0; i < spool->blocks.count; i++) {
        const struct block *block = &spool->blocks.items[i];
        pack_unblock(block->packed, block->packed_len, spool->room, block->len);
        fwrite(spool->room, 1, block->len, out);
    }
}

void spool_close(struct spool *spool)
{
    if (!spool)
        return;
    if (spool->stream)
        fclose(spool->stream);
    for (size_t i = 0; i < spool->blocks.count; i++)
        free(spool->blocks.items[i].packed);
    arena_free(&spool->arena);
    free(spool->room);
    free(spool);
}
