// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_FORBIDDEN_FORBIDDEN_H
#define HARDEN_READ_FORBIDDEN_FORBIDDEN_H

#include "base/map.h"
#include "model/collector.h"

/*
 * The door of read/forbidden: files that somebody's lists forbid, by the digest of their content or
 * by a pattern in it, as FACT_FORBIDDEN; in every layer, also where a later one deletes the file.
 */

/* One line of a list of digests. */
struct forbidden_hash {
    str hex, name; /* lower case; the name may be empty */
    uint64_t size; /* of the file; UINT64_MAX: any */
};
struct forbidden_hashes VEC_BODY(struct forbidden_hash);

/*
 * A list as md5sum, sha1sum and sha256sum write it ("HEX  name"; the name is not needed), or as
 * ClamAV does (.hdb, .hsb: "HEX:SIZE:NAME", SIZE may be "*"). Empty lines and those with "#" are
 * passed over; ERR_FORMAT names the first other line. Strings point into the text but for hex.
 */
int forbidden_read_hashes(struct arena *arena, str text, struct forbidden_hashes *ret,
                          struct err *err);

/* A pattern: a regular expression, behind any of "name=WORD ", "path=GLOB " and "case=no ". The
 * expression is Hyperscan's (Perl's without back references and looking around); "." is no end of
 * line, "^" and "$" are those of lines. */
struct forbidden_pattern {
    str name, path, expression; /* the name is the expression where none is given */
    bool any_case;
};
int forbidden_read_pattern(str text, struct forbidden_pattern *ret, struct err *err);

struct forbidden_settings {
    const char *hash_list; /* a file; NULL: none */
    const char *const *patterns;
    size_t pattern_count;
};
struct forbidden_finder;

/* Reads the list and compiles the patterns: before a sandbox. */
int forbidden_open(const struct forbidden_settings *settings, struct forbidden_finder **ret,
                   struct err *err);
void forbidden_close(struct forbidden_finder *finder); /* NULL is fine */
/* For image_read(); lives as long as the finder. */
const struct collector *forbidden_collector(const struct forbidden_finder *finder);

#endif
