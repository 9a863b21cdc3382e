// SPDX-License-Identifier: Apache-2.0
#include "io/stream.h"

#include <string.h>

static int fail(const struct stream *stream, struct err *err)
{
    *err = stream->error;
    return -1;
}

/* A non-empty window, or at_end. */
static int refill(struct stream *stream, struct err *err)
{
    if (stream->error.kind)
        return fail(stream, err);
    if (stream->cursor == stream->end && stream->later) {
        stream->cursor = stream->later;
        stream->end = stream->later_end;
        stream->later = NULL;
    }
    if (stream->cursor != stream->end || stream->at_end)
        return 0;
    if (stream->ops->fill(stream, &stream->error) < 0)
        return fail(stream, err);
    if (stream->cursor == stream->end)
        stream->at_end = true;
    return 0;
}

int stream_next(struct stream *stream, size_t max, str *ret_piece, struct err *err)
{
    if (refill(stream, err) < 0)
        return -1;
    size_t ready = (size_t)(stream->end - stream->cursor);
    *ret_piece = str_make(stream->cursor, ready < max ? ready : max);
    if (ret_piece->len) /* the window may be nowhere when it is empty */
        stream->cursor += ret_piece->len;
    stream->position += ret_piece->len;
    return 0;
}

int stream_read(struct stream *stream, void *to, size_t len, size_t *ret_len, struct err *err)
{
    char *at = to;
    str piece;
    *ret_len = 0;
    while (*ret_len < len) {
        if (stream_next(stream, len - *ret_len, &piece, err) < 0)
            return -1;
        if (piece.len == 0)
            break;
        memcpy(at + *ret_len, piece.ptr, piece.len);
        *ret_len += piece.len;
    }
    return 0;
}

/*
 * A peek may span windows: what the old one still holds and the beginning of the next are joined
 * in `peeked`, which becomes the window; the rest of the next one waits in `later`.
 */
static int join_windows(struct stream *stream, size_t len, struct err *err)
{
    size_t have = (size_t)(stream->end - stream->cursor);
    if (have)
        memmove(stream->peeked, stream->cursor, have);
    while (have < len) {
        stream->cursor = stream->end;
        if (refill(stream, err) < 0)
            return -1;
        size_t fresh = (size_t)(stream->end - stream->cursor);
        size_t take = fresh < STREAM_PEEK - have ? fresh : STREAM_PEEK - have;
        if (take == 0)
            break;
        memcpy(stream->peeked + have, stream->cursor, take);
        have += take;
        stream->cursor += take;
    }
    if (stream->cursor != stream->end) {
        stream->later = stream->cursor;
        stream->later_end = stream->end;
    }
    stream->cursor = stream->peeked;
    stream->end = stream->peeked + have;
    return 0;
}

int stream_peek(struct stream *stream, size_t len, str *ret, struct err *err)
{
    if (refill(stream, err) < 0)
        return -1;
    if (len > STREAM_PEEK)
        len = STREAM_PEEK;
    /* With `later` set the window is `peeked`: it is only short at the end of the stream. */
    if ((size_t)(stream->end - stream->cursor) < len && join_windows(stream, len, err) < 0)
        return -1;
    size_t ready = (size_t)(stream->end - stream->cursor);
    *ret = str_make(stream->cursor, ready < len ? ready : len);
    return 0;
}

int stream_skip(struct stream *stream, uint64_t count, struct err *err)
{
    str piece;
    while (count) {
        bool empty = stream->cursor == stream->end && !stream->later;
        if (empty && stream->ops->skip && !stream->at_end && !stream->error.kind) {
            int64_t done = stream->ops->skip(stream, count, &stream->error);
            if (done < 0)
                return fail(stream, err);
            stream->position += (uint64_t)done;
            count -= (uint64_t)done;
            return count ? err_set(err, ERR_FORMAT, "ends early") : 0;
        }
        size_t most = count > SIZE_MAX ? SIZE_MAX : (size_t)count;
        if (stream_next(stream, most, &piece, err) < 0)
            return -1;
        if (piece.len == 0)
            return err_set(err, ERR_FORMAT, "ends early");
        count -= piece.len;
    }
    return 0;
}

int stream_read_all(struct stream *stream, struct arena *arena, size_t max, str *ret,
                    struct err *err)
{
    char *bytes = NULL;
    size_t len = 0, capacity = 0;
    str piece;
    for (;;) {
        if (stream_next(stream, SIZE_MAX, &piece, err) < 0)
            return -1;
        if (piece.len == 0)
            break;
        if (piece.len > max - len)
            return err_set(err, ERR_LIMIT, "longer than %zu bytes", max);
        if (capacity - len < piece.len + 1) {
            size_t want = capacity ? capacity * 2 : 4096;
            want = want < len + piece.len + 1 ? len + piece.len + 1 : want;
            bytes = arena_grow(arena, bytes, capacity, want);
            capacity = want;
        }
        memcpy(bytes + len, piece.ptr, piece.len);
        len += piece.len;
    }
    if (bytes)
        bytes[len] = 0;
    *ret = str_make(bytes, len);
    return 0;
}

int stream_drain(struct stream *stream, struct err *err)
{
    str piece;
    do {
        if (stream_next(stream, SIZE_MAX, &piece, err) < 0)
            return -1;
    } while (piece.len);
    return 0;
}

bool stream_can_skip(const struct stream *stream)
{
    return stream->ops->skip != NULL;
}

bool stream_can_read_at(const struct stream *stream)
{
    return stream->ops->read_at != NULL;
}

int stream_read_at(struct stream *stream, uint64_t position, void *to, size_t len, size_t *ret_len,
                   struct err *err)
{
    *ret_len = 0;
    return stream->ops->read_at(stream, position, to, len, ret_len, err);
}

void stream_close(struct stream *stream)
{
    if (stream)
        stream->ops->close(stream);
}

void stream_close_scoped(struct stream **stream)
{
    stream_close(*stream);
    *stream = NULL;
}
