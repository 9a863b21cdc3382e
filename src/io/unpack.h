// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_UNPACK_H
#define HARDEN_IO_UNPACK_H

#include "io/codec.h"

/*
 * What all codecs share: a stream that takes packed pieces from its source without copying them,
 * unpacks into a block of its own, goes from member to member (gzip members, zstd frames, bzip2
 * streams) until the source ends, and keeps the rules of io/codec.h: truncation and trailing
 * garbage are ERR_FORMAT, a bomb is ERR_LIMIT. What was unpacked before damage is handed out
 * before the error is.
 */
struct unpack;

struct unpack_ops {
    const struct codec *codec; /* its name is in messages, its starts() finds members */
    /* Gets ready for the next member. */
    int (*begin)(struct unpack *unpack, struct err *err);
    /* Unpacks what it can: takes from unpack->input, writes at most `size` bytes to `to`. */
    int (*step)(struct unpack *unpack, unsigned char *to, size_t size, size_t *ret_len,
                bool *ret_member_end, struct err *err);
    void (*free_state)(struct unpack *unpack);
    bool zero_padding; /* zero bytes behind the last member are no garbage */
};

enum { UNPACK_BLOCK = 256 << 10, UNPACK_BORDER = CODEC_HEAD };

/* Embed as the first member of a codec's stream. */
struct unpack {
    struct stream stream;
    const struct unpack_ops *unpack_ops;
    struct stream *source;
    str input;         /* taken from the source, not unpacked yet */
    bool source_ended; /* nothing comes behind `input` */
    bool in_member, any_member;
    uint64_t source_from, produced;
    struct err failed; /* to be reported when the block was handed out */
    unsigned char *block;
    unsigned char border[UNPACK_BORDER];
};

/* Fills in the common part of a codec's stream. */
struct stream *unpack_init(struct unpack *unpack, const struct unpack_ops *ops,
                           struct stream *source);

#endif
