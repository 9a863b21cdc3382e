// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_PATTERN_H
#define HARDEN_IO_PATTERN_H

#include "base/arena.h"
#include "base/err.h"

/*
 * Hundreds of patterns matched at once over a stream of bytes, by Hyperscan (Vectorscan has the
 * same interface). The library is opened when it is first needed; without it everything here
 * fails with ERR_UNSUPPORTED, which names the package.
 *
 * Compiling takes most of a second, so sets are packed into bytes once and opened from them,
 * which takes less than a millisecond. Packed bytes belong to one version of the library.
 */
struct pattern {
    const char *expression; /* as Hyperscan reads it; every match has the same length, or only its
                               end matters */
    bool any_case;
};

struct pattern_set;

/* Loads the library, once for the process: needed before a sandbox that cannot open it. */
int pattern_load(struct err *err);
int pattern_compile(const struct pattern *patterns, size_t count, struct pattern_set **ret,
                    struct err *err);
/* ERR_UNSUPPORTED where the bytes are another version's, another processor's or damaged. */
int pattern_open_packed(str bytes, struct pattern_set **ret, struct err *err);
int pattern_pack(const struct pattern_set *set, struct arena *arena, str *ret, struct err *err);
void pattern_close(struct pattern_set *set); /* NULL is fine; after every scan of it has ended */
str pattern_library_version(void);           /* empty where it is not loaded */

/* One stream of bytes at a time; a scan belongs to one thread, the set is shared. */
struct pattern_scan;
/* Index of the pattern and the offset behind its last byte, from the start of the stream. False
 * stops the scan: what is left of the stream is passed over. */
typedef bool pattern_found(void *context, unsigned pattern, uint64_t end);

int pattern_scan_begin(const struct pattern_set *set, struct pattern_scan **ret, struct err *err);
void pattern_scan_piece(struct pattern_scan *scan, str piece, pattern_found *found, void *context);
void pattern_scan_restart(struct pattern_scan *scan); /* the next piece starts another stream */
void pattern_scan_end(struct pattern_scan *scan);

#endif
