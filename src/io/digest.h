// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_DIGEST_H
#define HARDEN_IO_DIGEST_H

#include "io/stream.h"

/* Content digests as OCI writes them: "sha256:<64 hex>" or "sha512:<128 hex>" (image-spec,
 * descriptor.md). */
enum digest_algorithm { DIGEST_SHA256, DIGEST_SHA512 };

#define DIGEST_TEXT_MAX (7 + 128 + 1)

/* Well-formed: known algorithm, right length, lower-case hex. */
bool digest_parse(str text, enum digest_algorithm *ret_algorithm, str *ret_hex);

/* Of memory, at once, as text in the arena. */
str digest_of(struct arena *arena, enum digest_algorithm algorithm, str bytes);

/*
 * A stream that passes `source` through unchanged and digests what passes. With `threaded`, a
 * thread of its own does the hashing, so that inflating and hashing use two cores; the result is
 * the same. It never skips: stream_skip() reads. digest_stream_result() is valid after the end
 * was reached (drain first); it writes "sha256:<hex>" into the arena.
 */
struct stream *digest_stream(struct stream *source, enum digest_algorithm algorithm, bool threaded);
str digest_stream_result(struct stream *stream, struct arena *arena);

/*
 * MD5 and SHA-1, which is what package databases keep, in one pass: to tell whether a file is as
 * it was shipped, not to prove anything against somebody who makes collisions. Lower-case hex.
 */
struct weak_digest {
    uint64_t state[40]; /* of the library */
};
void weak_digest_begin(struct weak_digest *digest);
void weak_digest_add(struct weak_digest *digest, str bytes);
void weak_digest_end(struct weak_digest *digest, struct arena *arena, str *ret_md5, str *ret_sha1);

/* SHA-256 of bytes that come in pieces, in lower-case hex. */
struct strong_digest {
    uint64_t state[16]; /* of the library */
};
void strong_digest_begin(struct strong_digest *digest);
void strong_digest_add(struct strong_digest *digest, str bytes);
str strong_digest_end(struct strong_digest *digest, struct arena *arena);

#endif
