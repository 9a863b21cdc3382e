// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_ADVISORY_STORE_PACK_H
#define HARDEN_JUDGE_ADVISORY_STORE_PACK_H

#include "base/buf.h"
#include "model/advisory.h"

/*
 * How rows stand in a store's file. Keys are a letter and a name:
 *
 *   m                      about the store: struct store_about
 *   a NAMESPACE \0 PACKAGE advisories, by id (pack_advisory)
 *   o NAMESPACE \0 PACKAGE version, source name, source version
 *   r ID                   source packages that the id is known for
 *   t ID                   description, as it stands
 *   s ID                   ten times the CVSS score, vector
 *   k ID                   date added, due date, ransomware, name
 *   u                      how many parts of its documents could not be read, and one of them
 *   e YEAR                 exploit scores of the CVEs of a year, by number (struct exploit_entry)
 *
 * Numbers are LEB128. A text is a number and, unless the number is that of a word that feeds use
 * all the time, that many bytes less the count of those words. An id is a year less 1998 and a
 * number for a CVE, else 0 and a text.
 */
#define KEY_ABOUT    "m"
#define KEY_ADVISORY 'a'
#define KEY_OFFERED  'o'
#define KEY_REVERSE  'r'
#define KEY_TEXT     't'
#define KEY_SCORE    's'
#define KEY_KNOWN    'k'
#define KEY_EXPLOIT  'e'
#define KEY_UNREAD   'u'

/* Larger than LMDB's longest key: what does not fit it is refused there. */
struct store_key {
    char bytes[600];
    size_t len;
};
/* False if the parts are too long. `second` absent: one part without \0. */
bool store_key_make(struct store_key *key, char kind, str first, const str *second);
str store_key_str(const struct store_key *key);

/* "CVE-2024-0001" -> 2024, 1; false for everything that would not read the same when written. */
bool store_parse_cve(str id, uint64_t *ret_year, uint64_t *ret_number);

void pack_number(struct buf *to, uint64_t number);
void pack_text(struct buf *to, str text);
void pack_id(struct buf *to, str id);
/* All but namespace and package, which are the key. */
void pack_advisory(struct buf *to, const struct advisory *advisory);

/* Reading: off the front of *from; false where it is damaged. Texts point into it. */
bool unpack_number(str *from, uint64_t *ret);
bool unpack_text(str *from, str *ret);
bool unpack_id(str *from, struct arena *arena, str *ret);
bool unpack_advisory(str *from, struct arena *arena, struct advisory *ret);

/* EPSS, little-endian, fixed width for binary search. Scores are in units of 1e-9. */
enum { EXPLOIT_ENTRY_SIZE = 12 };
void pack_exploit(struct buf *to, uint32_t number, double epss, double percentile);
/* The entry with that number, in a whole value. */
bool unpack_exploit(str value, uint32_t number, double *ret_epss, double *ret_percentile);

struct store_about {
    str feed, updated, fetched;
    uint64_t rows;
    str namespaces; /* texts, sorted; see unpack_text */
};
void pack_about(struct buf *to, const struct store_about *about);
bool unpack_about(str value, struct store_about *ret);

#endif
