// SPDX-License-Identifier: Apache-2.0
#include "io/content.h"

#include "base/limits.h"

/* What is read at least: headers stand close together, and a page costs no more than a byte. */
enum { WINDOW = 4096 };

struct content content_of_stream(struct arena *arena, struct stream *stream, uint64_t size)
{
    return (struct content){.size = size, .arena = arena, .stream = stream};
}

struct content content_of_memory(str bytes)
{
    return (struct content){.size = bytes.len, .head = bytes};
}

struct content content_of_ends(uint64_t size, str head, str tail)
{
    return (struct content){.size = size, .head = head, .tail = tail};
}

static bool is_within(uint64_t offset, size_t len, uint64_t from, size_t have)
{
    return offset >= from && offset - from <= have && len <= have - (offset - from);
}

static bool read_piece(const struct content *content, uint64_t offset, size_t len, str *ret)
{
    for (size_t i = 0; i < CONTENT_PIECES; i++) {
        const struct content_piece *piece = &content->pieces[i];
        if (!piece->bytes || !is_within(offset, len, piece->offset, piece->len))
            continue;
        *ret = str_make(piece->bytes + (offset - piece->offset), len);
        return true;
    }
    return false;
}

static int read_stream(struct content *content, uint64_t offset, size_t len, str *ret,
                       struct err *err)
{
    uint64_t left = content->size - offset;
    size_t want = len < WINDOW ? WINDOW : len, got;
    want = want > left ? (size_t)left : want;
    if (content->taken + want > LIMIT_CONTENT_READ)
        return err_set(err, ERR_LIMIT, "too much of the file would have to be read");
    char *bytes = arena_grow(content->arena, NULL, 0, want);
    if (stream_read_at(content->stream, offset, bytes, want, &got, err) < 0)
        return -1;
    content->taken += got;
    if (got < len)
        return err_set(err, ERR_FORMAT, "ends early");
    content->window = str_make(bytes, got);
    content->window_at = offset;
    *ret = str_sub(content->window, 0, len);
    return 0;
}

int content_read(struct content *content, uint64_t offset, size_t len, str *ret, struct err *err)
{
    uint64_t tail_at = content->size - content->tail.len;
    *ret = (str){0};
    if (offset > content->size || len > content->size - offset)
        return err_set(err, ERR_FORMAT, "ends before byte %llu",
                       (unsigned long long)offset + (unsigned long long)len);
    if (len == 0)
        return 0;
    if (is_within(offset, len, content->window_at, content->window.len))
        *ret = str_sub(content->window, (size_t)(offset - content->window_at), len);
    else if (is_within(offset, len, 0, content->head.len))
        *ret = str_sub(content->head, (size_t)offset, len);
    else if (is_within(offset, len, tail_at, content->tail.len))
        *ret = str_sub(content->tail, (size_t)(offset - tail_at), len);
    else if (read_piece(content, offset, len, ret))
        return 0;
    else if (content->stream)
        return read_stream(content, offset, len, ret, err);
    else
        return err_set(err, ERR_LIMIT, "the middle of a file this long is not kept in a stream");
    return 0;
}

int content_read_head(struct content *content, size_t most, str *ret, struct err *err)
{
    return content_read(content, 0, content->size < most ? (size_t)content->size : most, ret, err);
}

int content_read_all(struct content *content, size_t most, str *ret, struct err *err)
{
    char is[16], may[16];
    if (content->size > most)
        return err_set(err, ERR_LIMIT, "%s long; no more than %s are read",
                       str_size(content->size, is), str_size(most, may));
    return content_read_head(content, most, ret, err);
}
