// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_TESTS_FUZZ_CODEC_H
#define HARDEN_TESTS_FUZZ_CODEC_H

#include "base/die.h"
#include "base/limits.h"
#include "io/codec.h"

/* Unpacks the input twice, whole and behind a stream that ends windows early: the same must come
 * out. At most 16 MiB are unpacked, to keep runs fast. */
static inline uint64_t fuzz_unpack(const struct codec *codec, struct stream *source, bool *ret_ok)
{
    struct err err = {0};
    STREAM_SCOPED stream = codec->open(source, &err);
    uint64_t sum = 14695981039346656037u;
    str piece;
    *ret_ok = false;
    while (stream->position < MIB(16)) {
        if (stream_next(stream, SIZE_MAX, &piece, &err) < 0) {
            INVARIANT(err.kind != ERR_NONE && err.message[0]);
            return sum;
        }
        if (piece.len == 0)
            break;
        for (size_t i = 0; i < piece.len; i++)
            sum = (sum ^ (unsigned char)piece.ptr[i]) * 1099511628211u;
    }
    *ret_ok = true;
    return sum;
}

struct fuzz_windows {
    struct stream stream;
    str left;
    size_t step;
};

static inline int fuzz_windows_fill(struct stream *stream, struct err *err)
{
    (void)err;
    struct fuzz_windows *windows = (struct fuzz_windows *)stream;
    str piece = str_sub(windows->left, 0, windows->step);
    windows->left = str_from_index(windows->left, piece.len);
    windows->step = windows->step % 13 + 1;
    stream->cursor = (const unsigned char *)piece.ptr;
    stream->end = stream->cursor + piece.len;
    return 0;
}

static inline void fuzz_codec(const char *name, const uint8_t *data, size_t size)
{
    static const struct stream_ops ops = {.fill = fuzz_windows_fill};
    const struct codec *codec = codec_by_name(str_from(name));
    struct fuzz_windows windows = {.stream.ops = &ops, .left = str_make(data, size), .step = 7};
    STREAM_SCOPED whole = stream_memory(str_make(data, size));
    bool whole_ok, pieces_ok;
    uint64_t whole_sum = fuzz_unpack(codec, whole, &whole_ok);
    uint64_t pieces_sum = fuzz_unpack(codec, &windows.stream, &pieces_ok);
    INVARIANT(whole_ok == pieces_ok);
    INVARIANT(!whole_ok || whole_sum == pieces_sum);
}

#endif
