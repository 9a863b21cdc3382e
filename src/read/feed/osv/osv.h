// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_FEED_OSV_OSV_H
#define HARDEN_READ_FEED_OSV_OSV_H

#include "read/feed/feed.h"

/*
 * Records of OSV (ossf.github.io/osv-schema 1.6), one ecosystem's, and what they say together:
 * several records may be about one flaw (a GHSA, a PYSEC and a CVE that name each other).
 */
struct osv_ecosystem {
    str name; /* as records and upstream spell it */
    str type; /* of purls */
};

/* What a record says of one package: see `affected` in struct advisory. */
struct osv_affected {
    str package; /* as language_key() has it */
    str words;
};

struct osv_record {
    str id, modified;
    VEC(str) aliases;
    str text;    /* what it is, for people, cut to LIMIT_OSV_TEXT */
    str urgency; /* "critical" ... "info", ADVISORY_MALICIOUS; absent where it does not say */
    str reason;  /* why it is no vulnerability as such: "unmaintained" */
    str vector;  /* of its score */
    double cvss; /* < 0: none */
    VEC(struct osv_affected) affected;
};
struct osv_record_list VEC_BODY(struct osv_record);

/* One record, strings in the arena. A withdrawn one, or one that says nothing of packages of the
 * ecosystem, has none affected. -1 where any part that matters is not as the schema has it. */
int osv_read_record(struct arena *arena, const struct osv_ecosystem *ecosystem, str text,
                    struct osv_record *ret, struct err *err);

/* Each flaw once for each package, by its CVE where it has one, with what all of its records
 * say. */
int osv_tell(struct arena *arena, const struct osv_record_list *records, str namespace,
             const struct feed_sink *sink, struct err *err);

#endif
