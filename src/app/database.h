// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_DATABASE_H
#define HARDEN_APP_DATABASE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

/*
 * The advisories on disk: <dir>/FEED.mdb (judge/advisory/store.h), made from the
 * documents below <dir>/downloads/FEED/, which are kept as they came, so that stores
 * can be made again without the network and the next update asks only for what changed.
 *
 * Whatever goes wrong (no network, nonsense in place of data, a full disk, a kill), the last good
 * document and the last good store stay. One update at a time, by a lock; readers never wait.
 * Order: everything is fetched first and nothing of it is looked at; then the sandbox; then
 * documents are read and stores written.
 */
enum database_outcome {
    DATABASE_UPDATED,
    DATABASE_UNCHANGED, /* nothing new at the source */
    DATABASE_PARTLY,    /* updated, but some documents are missing or old */
    DATABASE_KEPT,      /* could not be updated; the old copy stays */
    DATABASE_FAILED,    /* could not be updated, and there is no copy */
    DATABASE_PRESENT,   /* for status */
    DATABASE_EXPORTED,
};

/* One line of the table that commands print. */
struct database_row {
    str feed;
    uint64_t rows, bytes;
    str updated, fetched; /* date of the data; when it was fetched; absent if there is no store */
    enum database_outcome outcome;
    str why; /* what went wrong; else absent */
};
struct database_row_list VEC_BODY(struct database_row);

struct database_settings {
    const char *dir;            /* database_dir() */
    const char *mirror;         /* "https://..", "file:///..": all documents are below it */
    const char *const *feeds;   /* names, NULL-ended; none: all */
    const char *const *targets; /* whose distributions and archives matter; may be empty */
    size_t target_count;
    const char *platform, *host; /* for targets, as in struct image_options */
    bool allow_fewer;            /* take a feed that has lost more than half of its rows */
};

/* The folder of the advisories: `db` (the option --db), or without one <home>/advisories. */
struct invocation;
const char *database_dir(const struct invocation *invocation, const char *db);

int database_update(struct arena *arena, const struct database_settings *settings,
                    struct database_row_list *ret, struct err *err);
/* The same from what was downloaded before, all or the named feeds. */
int database_build(struct arena *arena, const struct database_settings *settings,
                   struct database_row_list *ret, struct err *err);
int database_status(struct arena *arena, const struct database_settings *settings,
                    struct database_row_list *ret, struct err *err);

/*
 * One file with all documents, for hosts without network: a zstd-packed tar with a list of SHA-256
 * digests in front. Import checks every digest before anything is replaced, and then treats the
 * documents as if they had been downloaded; a store is never taken over as a file. The digests
 * guard against damage, not against whoever made the bundle.
 */
int database_export(struct arena *arena, const struct database_settings *settings, const char *path,
                    struct database_row_list *ret, struct err *err);
int database_import(struct arena *arena, const struct database_settings *settings, const char *path,
                    struct database_row_list *ret, struct err *err);

#endif
