// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_ADVISORY_STORE_H
#define HARDEN_JUDGE_ADVISORY_STORE_H

#include "base/err.h"
#include "model/advisory.h"
#include "model/report.h"

/*
 * The advisory store: one read-only mapped file a feed (<dir>/debian.mdb ...), each replaced by
 * rename, and the starter set that is compiled in. Opening costs microseconds; any number of
 * processes read while one updates.
 */
struct store;

/* `dir` = "<home>/advisories"; missing files are feeds that were never fetched. A damaged file is
 * an error that names it. With `built_in_only`, nothing on disk is used. */
int store_open(const char *dir, bool built_in_only, struct store **ret, struct err *err);
void store_close(struct store *store);

/* What the store holds, by name; the built-in set only where it is in use (no fetched feed speaks
 * for what it covers). Strings live as long as the store. */
size_t store_feed_count(const struct store *store);
struct report_feed store_feed(const struct store *store, size_t index);

/* What of that feed's documents could not be read, in words; absent where all could. In the arena.
 */
str store_feed_unread(const struct store *store, struct arena *arena, size_t index);

/* All advisories of a source package in a namespace; *ret_feed names the feed. Strings point into
 * the store. False: no feed knows the namespace at all (see store_has_namespace). */
bool store_has_namespace(const struct store *store, str namespace);
void store_find(const struct store *store, struct arena *arena, str namespace, str package,
                struct advisory_list *ret, str *ret_feed);
/* Whether any namespace of the distribution ("debian:") has rows for that source package. */
bool store_knows_package(const struct store *store, str distribution, str package);
/* The source packages that any namespace connects with that id, each once and sorted, at most
 * `max`. To explain, not to match: it may visit the whole store. */
void store_packages_of(const struct store *store, struct arena *arena, str id, size_t max,
                       struct str_list *ret);

/* The id by which a feed knows the flaw that others call `alias` ("GHSA-..." -> "CVE-..."); absent
 * where it is the same, or no feed knows. To explain, not to match. */
str store_id_of(const struct store *store, struct arena *arena, str alias);

bool store_score(const struct store *store, str id, struct vulnerability_score *ret);
bool store_exploit(const struct store *store, str id, struct exploit_score *ret);
bool store_known(const struct store *store, str id, struct known_exploited *ret);
bool store_text(const struct store *store, str id, str *ret_description);
/* The newest version of a binary package that an apt archive offers; false if not indexed. */
bool store_offered(const struct store *store, str namespace, str package,
                   struct offered_package *ret);

/*
 * Filling one feed's file, <dir>/<name>.mdb: a sink for read/feed. A feed of one archive each
 * ("apt-0123456789abcdef") is shown by its namespace. The caller holds the lock of the folder.
 */
struct feed_sink;
struct store_writer;
int store_write(const char *dir, const char *name, struct store_writer **ret, struct err *err);
const struct feed_sink *store_sink(struct store_writer *writer);
/* The date of the data where the feed itself gives none; without any it is `fetched`. */
void store_set_date(struct store_writer *writer, str date);
uint64_t store_rows(const struct store_writer *writer);
/*
 * Makes it durable and visible; frees the writer, also on failure. `fetched` is RFC 3339 UTC.
 * Unless `allow_fewer`, less than half the rows of the file that it would replace is ERR_FORMAT:
 * a feed that lost most of its content is broken, and not good news.
 */
int store_commit(struct store_writer *writer, str fetched, bool allow_fewer, struct err *err);
void store_abandon(struct store_writer *writer);

/* What one file says of itself, for `db status`; strings in the arena. A damaged one is an error.
 */
struct store_state {
    str feed, updated, fetched;
    str unread; /* what of its documents could not be read; else absent */
    uint64_t rows, bytes;
};
int store_examine(struct arena *arena, const char *dir, const char *name, struct store_state *ret,
                  struct err *err);
/* Names of the files below dir, without ".mdb", in byte order. A missing folder has none. */
int store_list(struct arena *arena, const char *dir, struct str_list *ret, struct err *err);

#endif
