// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_CODEC_H
#define HARDEN_IO_CODEC_H

#include "io/stream.h"

/*
 * Compression formats, one file each in io/codec/: the file's name is its registration
 * (io/codec/gzip.c ends in `const struct codec codec_gzip`). All decoders take concatenated
 * members or frames to the end of the source (multi-member gzip, skippable zstd frames), refuse
 * trailing garbage, check the format's own checksum, and stop at LIMIT_RATIO. io/unpack.h is what
 * they share.
 */
enum { CODEC_HEAD = 16 };

struct codec {
    const char *name;   /* "gzip" */
    const char *suffix; /* ".gz" */
    /* Whether data that starts with `head` (CODEC_HEAD bytes, fewer where there are no more) is
     * of this format. A magic number alone is not enough: zstd data may begin with skippable
     * frames, and text may begin with "BZh". */
    bool (*starts)(str head);
    /* The inflated stream over source (borrowed), or NULL with err. */
    struct stream *(*open)(struct stream *source, struct err *err);
};

/* The codec of what the source starts with; NULL for none (plain). Peeks only. */
int codec_detect(struct stream *source, const struct codec **ret, struct err *err);
const struct codec *codec_by_name(str name);
/* Raw deflate (RFC 1951), as members of zip archives have it: exactly the bytes of source, which
 * say nowhere what they are. */
struct stream *codec_open_deflate(struct stream *source);

/* ERR_LIMIT when `out` bytes from `in` packed bytes look like a bomb; codecs call it per block. */
int codec_check_ratio(uint64_t in, uint64_t out, struct err *err);

#endif
