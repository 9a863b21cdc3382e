// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_ZLIB_H
#define HARDEN_IO_ZLIB_H

#include "base/arena.h"
#include "base/err.h"

/*
 * Inflates one zlib stream (RFC 1950) from the beginning of `packed`; what stands behind it is
 * left alone. ERR_LIMIT where it is longer than `most` unpacked, ERR_FORMAT where it is damaged or
 * cut off. The adapter is io/codec/gzip.c.
 */
int zlib_inflate(struct arena *arena, str packed, size_t most, str *ret, struct err *err);
/* The same, but content with the first `most` bytes of a longer one. */
int zlib_inflate_head(struct arena *arena, str packed, size_t most, str *ret, struct err *err);

#endif
