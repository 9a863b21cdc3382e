// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_STREAM_H
#define HARDEN_IO_STREAM_H

#include "base/arena.h"
#include "base/err.h"

/*
 * A stream of bytes, pulled: a window [cursor, end) of bytes that are ready, refilled by the
 * implementation. Streams wrap streams (digest over inflate over file) without copying where the
 * implementation allows it. Errors are sticky: after the first, every call fails with it.
 *
 * A stream is made by one of the constructors below or by a codec; stream_close() frees it, and
 * never the stream it wraps: whoever made that closes it.
 */
struct stream;

struct stream_ops {
    /* Called with an empty window: set a non-empty one, or leave it empty at the end of data.
     * Returns -1 with err on failure. */
    int (*fill)(struct stream *stream, struct err *err);
    /* Optional: pass over `count` bytes behind the (empty) window without reading them. Only for
     * sources that can seek; returns the number passed over (short at the end), or -1. */
    int64_t (*skip)(struct stream *stream, uint64_t count, struct err *err);
    void (*close)(struct stream *stream); /* frees the stream object itself */
    /* Optional: bytes from anywhere, without moving the stream: see stream_read_at(). */
    int (*read_at)(struct stream *stream, uint64_t position, void *to, size_t len, size_t *ret_len,
                   struct err *err);
};

enum { STREAM_PEEK = 64 };

/* Embed as the first member of an implementation. */
struct stream {
    const struct stream_ops *ops;
    const unsigned char *cursor, *end;
    uint64_t position; /* bytes handed out or skipped before `cursor` */
    bool at_end;       /* no more will come behind the window */
    struct err error;  /* the sticky error */
    /* A peek over the border of two windows: the window is then `peeked`, the rest waits here. */
    const unsigned char *later, *later_end;
    unsigned char peeked[STREAM_PEEK];
};

/* The next piece, without copying: at least one byte and at most `max`; empty at the end.
 * Valid until the next call on the stream. */
int stream_next(struct stream *stream, size_t max, str *ret_piece, struct err *err);
/* Copies up to `len` bytes; *ret_len is short only at the end. */
int stream_read(struct stream *stream, void *to, size_t len, size_t *ret_len, struct err *err);
/* Looks at up to `len` (<= STREAM_PEEK) bytes without consuming them; short only at the end. */
int stream_peek(struct stream *stream, size_t len, str *ret, struct err *err);
/* Passes over `count` bytes; ERR_FORMAT ("ends early") if there are fewer. */
int stream_skip(struct stream *stream, uint64_t count, struct err *err);
/* Everything that is left, into the arena; ERR_LIMIT above max. */
int stream_read_all(struct stream *stream, struct arena *arena, size_t max, str *ret,
                    struct err *err);
/* Reads and drops what is left (so that a digest underneath sees it all). */
int stream_drain(struct stream *stream, struct err *err);
bool stream_can_skip(const struct stream *stream);
/* Copies up to `len` bytes from `position`, counted as `stream->position` is, and leaves the stream
 * where it is; *ret_len is short only at the end. Only where stream_can_read_at() says so: files,
 * memory, and what is a plain piece of one. Its errors are not sticky. */
bool stream_can_read_at(const struct stream *stream);
int stream_read_at(struct stream *stream, uint64_t position, void *to, size_t len, size_t *ret_len,
                   struct err *err);
void stream_close(struct stream *stream);
#define STREAM_SCOPED __attribute__((cleanup(stream_close_scoped))) struct stream *
void stream_close_scoped(struct stream **stream);

/* Bytes [offset, offset+length) of a file, by pread: fd is borrowed and its position unused, so
 * any number of streams (and threads) may share it. Can skip. After a skip it reads little, in
 * sequence it reads much. A file that shrinks under us gives ERR_FORMAT. */
struct stream *stream_file(int fd, uint64_t offset, uint64_t length);
/* A pipe, socket or any fd that only reads forward; borrowed. Stalls longer than
 * LIMIT_STALL_SECONDS give ERR_NET when `stall_limit` is set. */
struct stream *stream_pipe(int fd, bool stall_limit);
/* Borrowed memory. Can skip. */
struct stream *stream_memory(str bytes);
/* At most `length` bytes of source, which it advances. Can skip if the source can. Ending before
 * `length` is ERR_FORMAT. */
struct stream *stream_limit(struct stream *source, uint64_t length);

#endif
