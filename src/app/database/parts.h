// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_DATABASE_PARTS_H
#define HARDEN_APP_DATABASE_PARTS_H

#include "app/database.h"
#include "model/fact.h"
#include "read/feed/feed.h"

#include <pthread.h>

/* What the files of this folder share; app/database.h is for everybody else. */

enum document_state {
    DOCUMENT_IDLE, /* not asked for in this run */
    DOCUMENT_SAME, /* the copy is what the source has */
    DOCUMENT_NEW,  /* beside the copy, not looked at yet */
    DOCUMENT_NONE, /* the source does not have it, and need not */
    DOCUMENT_FAILED,
};

/*
 * A feed's document on disk: PATH is the last good copy. PATH.new is whole and has not been read,
 * PATH.part is a download that was cut off. Each has its .meta beside it.
 */
struct document {
    const struct feed *feed;
    struct feed_document source;
    const char *path;
    enum document_state state;
    bool has_copy;
    bool doubtful;    /* a run was killed while it was replaced: what is known of it may be wrong */
    struct err error; /* of fetching or reading */
};
struct document_list VEC_BODY(struct document);

/* A line on stderr, on a terminal only, for work that takes longer than half a second. */
struct meter {
    pthread_mutex_t mutex;
    const char *label;
    double started, drawn;
    size_t done, all;
    uint64_t bytes;
    bool enabled, visible;
};

struct database {
    struct arena *arena;
    const struct database_settings *settings;
    const char *dir, *downloads; /* <home>/advisories, <home>/advisories/downloads */
    int lock;                    /* held while it is open */
    struct feed_scope known;     /* everything: all branches, all archives ever asked for */
    struct document_list documents;
    struct meter meter;
};

/* --- document.c */

/* What is remembered of a document, as lines of "name value". Absent where unknown. */
struct document_meta {
    str url; /* absent: imported, never a reason to trust an ETag */
    str etag, last_modified, fetched;
};
const char *document_file(struct arena *arena, const struct document *document, const char *suffix);
struct document_meta document_read_meta(struct arena *arena, const char *path);
int document_write_meta(struct arena *arena, const char *path, const struct document_meta *meta,
                        struct err *err);
/* The file to read: PATH.new if there is one to be read, else the copy. */
const char *document_current(struct arena *arena, const struct document *document);
/* PATH.new becomes the copy. */
int document_keep(struct arena *arena, struct document *document, struct err *err);
/* PATH.new was no good. */
void document_drop(struct arena *arena, struct document *document);
/*
 * While a store and its documents are replaced, which takes several renames, a file beside the
 * documents says so. A run that finds it there trusts neither what is known of them nor that the
 * store was made of them: they are fetched whole, and the store is made again.
 */
int documents_unsettle(struct database *database, str store, struct err *err);
void documents_settle(struct database *database, str store);
/* Appends the documents of a feed for a scope; removes what killed runs left of unread ones. */
int document_list_feed(struct database *database, const struct feed *feed,
                       const struct feed_scope *scope, struct err *err);

/* --- scope.c */

/* Distributions, architectures and repositories of the targets, read in sandboxed children. */
int scope_of_targets(struct database *database, struct feed_scope *ret, struct err *err);
/* The archives that were ever asked for (downloads/apt.list); adding what is new in `scope`. */
int scope_load_known(struct database *database, struct err *err);
int scope_remember(struct database *database, const struct feed_scope *scope, struct err *err);
/* Lines as they are kept and as children send them, into a scope; damaged lines are ignored. */
void scope_parse(struct arena *arena, str text, struct feed_scope *ret);

/* --- fetch.c */

/* Fetches documents [0, count) whose state is not DOCUMENT_IDLE, several at once. Each knows
 * afterwards what became of it. */
void fetch_documents(struct database *database);

/* --- build.c */

/* Makes the stores of all listed documents; a store whose documents are all as before is left
 * alone, unless `again`. One row a store. Enters no sandbox: the caller did. */
void build_stores(struct database *database, bool again, struct database_row_list *ret);

/* --- ../database.c */

int database_open(struct database *database, struct arena *arena,
                  const struct database_settings *settings, struct err *err);
void database_close(struct database *database);
int database_enter_sandbox(struct database *database, struct err *err);
/* Documents of the named feeds for a scope; `wanted` ones count as failed until they are there. */
int database_list(struct database *database, const struct feed_scope *scope, bool wanted,
                  struct err *err);
/* Takes documents of stores that nothing is asked of off the list. */
void database_forget_idle(struct database *database);

/* --- meter.c */

/* From any thread: so many more of them are done, so many more bytes have come. */
void meter_start(struct meter *meter, const char *label, size_t all);
void meter_add(struct meter *meter, size_t done, size_t bytes);
void meter_stop(struct meter *meter);

#endif
