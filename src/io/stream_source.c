// SPDX-License-Identifier: Apache-2.0
#include "io/stream.h"

#include "base/die.h"
#include "base/limits.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Where streams begin. Reading a file block by block would read most of an archive whose content
 * is skipped: after a skip a file stream reads SMALL, and as long as it goes on without skipping
 * twice as much each time, up to LARGE.
 */
enum { SMALL = 2 << 10, LARGE = 256 << 10, PIPE_BLOCK = 256 << 10 };

struct file_stream {
    struct stream stream;
    int fd;
    uint64_t offset, left;
    uint64_t start, length; /* the whole of it, for reading anywhere */
    size_t next_read;
    unsigned char *block;
};

static void free_with_block(struct stream *stream, unsigned char *block)
{
    free(block);
    free(stream);
}

static int file_fill(struct stream *stream, struct err *err)
{
    struct file_stream *file = (struct file_stream *)stream;
    size_t want = file->next_read < file->left ? file->next_read : (size_t)file->left;
    ssize_t got;
    if (want == 0)
        return 0;
    if (!file->block)
        file->block = die_malloc(LARGE);
    do
        got = pread(file->fd, file->block, want, (off_t)file->offset);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_sys(err, "cannot read");
    if (got == 0)
        return err_set(err, ERR_FORMAT, "ends early: the file is shorter than it was");
    file->offset += (uint64_t)got;
    file->left -= (uint64_t)got;
    stream->cursor = file->block;
    stream->end = file->block + got;
    if (file->next_read < LARGE)
        file->next_read *= 2;
    return 0;
}

static int64_t file_skip(struct stream *stream, uint64_t count, struct err *err)
{
    (void)err;
    struct file_stream *file = (struct file_stream *)stream;
    if (count > file->left)
        count = file->left;
    file->offset += count;
    file->left -= count;
    file->next_read = SMALL;
    return (int64_t)count;
}

static int file_read_at(struct stream *stream, uint64_t position, void *to, size_t len,
                        size_t *ret_len, struct err *err)
{
    const struct file_stream *file = (const struct file_stream *)stream;
    if (position >= file->length)
        return 0;
    if (len > file->length - position)
        len = (size_t)(file->length - position);
    while (*ret_len < len) {
        ssize_t got = pread(file->fd, (char *)to + *ret_len, len - *ret_len,
                            (off_t)(file->start + position + *ret_len));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(err, "cannot read");
        if (got == 0)
            break;
        *ret_len += (size_t)got;
    }
    return 0;
}

static void file_close(struct stream *stream)
{
    free_with_block(stream, ((struct file_stream *)stream)->block);
}

struct stream *stream_file(int fd, uint64_t offset, uint64_t length)
{
    static const struct stream_ops ops = {file_fill, file_skip, file_close, file_read_at};
    struct file_stream *file = die_malloc(sizeof(*file));
    if (offset > INT64_MAX || length > INT64_MAX - offset)
        length = offset > INT64_MAX ? 0 : INT64_MAX - offset;
    *file = (struct file_stream){.stream.ops = &ops,
                                 .fd = fd,
                                 .offset = offset,
                                 .left = length,
                                 .start = offset,
                                 .length = length,
                                 .next_read = SMALL};
    return &file->stream;
}

struct pipe_stream {
    struct stream stream;
    int fd;
    bool stall_limit;
    unsigned char *block;
};

static int wait_for_data(struct pipe_stream *pipe, struct err *err)
{
    struct pollfd watched = {.fd = pipe->fd, .events = POLLIN};
    int ready;
    do
        ready = poll(&watched, 1, pipe->stall_limit ? LIMIT_STALL_SECONDS * 1000 : -1);
    while (ready < 0 && errno == EINTR);
    if (ready < 0)
        return err_sys(err, "cannot wait for data");
    if (ready == 0)
        return err_set(err, ERR_NET, "nothing came for %d seconds", LIMIT_STALL_SECONDS);
    return 0;
}

static int pipe_fill(struct stream *stream, struct err *err)
{
    struct pipe_stream *pipe = (struct pipe_stream *)stream;
    ssize_t got;
    do {
        if (wait_for_data(pipe, err) < 0)
            return -1;
        got = read(pipe->fd, pipe->block, PIPE_BLOCK);
    } while (got < 0 && (errno == EINTR || errno == EAGAIN));
    if (got < 0)
        return err_sys(err, "cannot read");
    stream->cursor = pipe->block;
    stream->end = pipe->block + got;
    return 0;
}

static void pipe_close(struct stream *stream)
{
    free_with_block(stream, ((struct pipe_stream *)stream)->block);
}

struct stream *stream_pipe(int fd, bool stall_limit)
{
    static const struct stream_ops ops = {.fill = pipe_fill, .close = pipe_close};
    struct pipe_stream *pipe = die_malloc(sizeof(*pipe));
    *pipe = (struct pipe_stream){
        .stream.ops = &ops, .fd = fd, .stall_limit = stall_limit, .block = die_malloc(PIPE_BLOCK)};
    return &pipe->stream;
}

struct memory_stream {
    struct stream stream;
    str left, all;
};

static int memory_fill(struct stream *stream, struct err *err)
{
    (void)err;
    struct memory_stream *memory = (struct memory_stream *)stream;
    if (memory->left.len == 0)
        return 0;
    stream->cursor = (const unsigned char *)memory->left.ptr;
    stream->end = stream->cursor + memory->left.len;
    memory->left = str_from_index(memory->left, memory->left.len);
    return 0;
}

static int64_t memory_skip(struct stream *stream, uint64_t count, struct err *err)
{
    (void)err;
    struct memory_stream *memory = (struct memory_stream *)stream;
    size_t done = count < memory->left.len ? (size_t)count : memory->left.len;
    memory->left = str_from_index(memory->left, done);
    return (int64_t)done;
}

static int memory_read_at(struct stream *stream, uint64_t position, void *to, size_t len,
                          size_t *ret_len, struct err *err)
{
    (void)err;
    str all = ((const struct memory_stream *)stream)->all;
    str piece = position < all.len ? str_sub(all, (size_t)position, len) : (str){0};
    if (piece.len)
        memcpy(to, piece.ptr, piece.len);
    *ret_len = piece.len;
    return 0;
}

static void plain_close(struct stream *stream)
{
    free(stream);
}

struct stream *stream_memory(str bytes)
{
    static const struct stream_ops ops = {memory_fill, memory_skip, plain_close, memory_read_at};
    struct memory_stream *memory = die_malloc(sizeof(*memory));
    *memory = (struct memory_stream){.stream.ops = &ops, .left = bytes, .all = bytes};
    return &memory->stream;
}

struct limit_stream {
    struct stream stream;
    struct stream *source;
    uint64_t left;
    uint64_t start, length; /* the piece, in the source's positions */
};

static int limit_fill(struct stream *stream, struct err *err)
{
    struct limit_stream *limit = (struct limit_stream *)stream;
    str piece;
    if (limit->left == 0)
        return 0;
    if (stream_next(limit->source, limit->left > SIZE_MAX ? SIZE_MAX : (size_t)limit->left, &piece,
                    err) < 0)
        return -1;
    if (piece.len == 0)
        return err_set(err, ERR_FORMAT, "ends early");
    limit->left -= piece.len;
    stream->cursor = (const unsigned char *)piece.ptr;
    stream->end = stream->cursor + piece.len;
    return 0;
}

static int64_t limit_skip(struct stream *stream, uint64_t count, struct err *err)
{
    struct limit_stream *limit = (struct limit_stream *)stream;
    if (count > limit->left)
        count = limit->left;
    if (stream_skip(limit->source, count, err) < 0)
        return -1;
    limit->left -= count;
    return (int64_t)count;
}

static int limit_read_at(struct stream *stream, uint64_t position, void *to, size_t len,
                         size_t *ret_len, struct err *err)
{
    const struct limit_stream *limit = (const struct limit_stream *)stream;
    if (position >= limit->length)
        return 0;
    if (len > limit->length - position)
        len = (size_t)(limit->length - position);
    return stream_read_at(limit->source, limit->start + position, to, len, ret_len, err);
}

struct stream *stream_limit(struct stream *source, uint64_t length)
{
    static const struct stream_ops anywhere = {limit_fill, limit_skip, plain_close, limit_read_at};
    static const struct stream_ops skipping = {
        .fill = limit_fill, .skip = limit_skip, .close = plain_close};
    static const struct stream_ops reading = {.fill = limit_fill, .close = plain_close};
    struct limit_stream *limit = die_malloc(sizeof(*limit));
    *limit = (struct limit_stream){.stream.ops = stream_can_read_at(source) ? &anywhere
                                                 : stream_can_skip(source)  ? &skipping
                                                                            : &reading,
                                   .source = source,
                                   .left = length,
                                   .start = source->position,
                                   .length = length};
    return &limit->stream;
}
