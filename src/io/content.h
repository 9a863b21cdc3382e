// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_CONTENT_H
#define HARDEN_IO_CONTENT_H

#include "io/stream.h"

/*
 * The bytes of one file, to be read at any offset: through a stream that can be read anywhere,
 * or from memory that holds all of the file, or its beginning and its end.
 */
enum { CONTENT_PIECES = 8 };
struct content_piece {
    uint64_t offset;
    size_t len;
    const char *bytes; /* NULL: not at hand */
};

struct content {
    uint64_t size;
    struct arena *arena; /* what is read goes there, and lives as long */
    struct stream *stream;
    str head, tail;
    struct content_piece pieces[CONTENT_PIECES]; /* between them; those of no length are none */
    str window; /* the last piece read through the stream: neighbours are often asked for next */
    uint64_t window_at;
    uint64_t taken; /* bytes given out through the stream */
};

/* Borrowed all: a stream of the whole file (stream_can_read_at). */
struct content content_of_stream(struct arena *arena, struct stream *stream, uint64_t size);
/* All of it. */
struct content content_of_memory(str bytes);
/* The first and the last bytes of a file of that size. */
struct content content_of_ends(uint64_t size, str head, str tail);

/* Exactly those bytes, valid as long as the arena or the memory. -1: ERR_FORMAT where the file ends
 * before them, ERR_LIMIT where they are not at hand or too much was read already. */
int content_read(struct content *content, uint64_t offset, size_t len, str *ret, struct err *err);
/* The first `most` bytes, or all there are. */
int content_read_head(struct content *content, size_t most, str *ret, struct err *err);
/* All of it; ERR_LIMIT where that is more than `most` bytes. */
int content_read_all(struct content *content, size_t most, str *ret, struct err *err);

#endif
