// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_COLLECTOR_H
#define HARDEN_MODEL_COLLECTOR_H

#include "base/err.h"
#include "model/fact.h"

/* What a command wants to know; a collector that serves none of it is not run. */
enum want {
    WANT_PACKAGES = 1 << 0,   /* packages, distribution, repositories */
    WANT_OWNERS = 1 << 1,     /* which package owns which file */
    WANT_FILES = 1 << 2,      /* every entry, for the merged view */
    WANT_TREE = 1 << 5,       /* the merged view as a tree, for rules about files */
    WANT_BINARIES = 1 << 3,   /* executables and libraries */
    WANT_ACCOUNTS = 1 << 6,   /* who may log in, and who may do what */
    WANT_REACH = 1 << 7,      /* scripts, and where libraries come from */
    WANT_CHECKSUMS = 1 << 8,  /* of what packages may own and what runs */
    WANT_LICENSES = 1 << 9,   /* of packages whose database does not say */
    WANT_FORBIDDEN = 1 << 10, /* what lists of the user's forbid, in every file */
    WANT_LANGUAGES = 1 << 11, /* packages of languages' own tools */
    WANT_SECRETS = 1 << 4,    /* credentials, in every byte of every file */
};

/* Where a collector puts what it finds. Strings must be copied into the arena or be constant. */
struct collect {
    struct arena *arena;
    struct fact_list *facts;
    uint32_t layer;
};

struct collector;
struct content; /* io/content.h: bytes of a file, from anywhere in it */
struct content_piece;

/*
 * Gets every byte of the regular files of a layer, in pieces and in order. Each file, under each
 * name it is stored by (a hard link brings no bytes), also those that later layers delete: a fact
 * about them needs fact->survives. The walk is told where bytes end early by a damaged archive.
 */
struct scanner {
    /* State for one walk over one layer, which is used by one thread at a time. */
    void *(*open)(const struct collector *self);
    void (*close)(void *state);
    /* Whether to scan the file. `head`: its first bytes, STREAM_PEEK of them or all there are.
     * `to` stays the same until end(); `entry` and its strings live until then too. */
    bool (*begin)(void *state, struct collect *to, const struct entry *entry, str head);
    /* The next bytes, at least one; borrowed until feed() returns. -1: the file is not scanned
     * further (end() is still called), and err becomes its gap. */
    int (*feed)(void *state, struct collect *to, str piece, struct err *err);
    /* No more bytes; `whole`: all of them came. -1: err becomes the file's gap. */
    int (*end)(void *state, struct collect *to, bool whole, struct err *err);
};

/*
 * A collector turns bytes into facts; it never judges and does no I/O of its own. It chooses its
 * files in any of three ways, and what it chose it is handed once a file:
 *
 *  - by path: `paths`, `limit` and `collect`. The file comes whole, at most `limit` bytes (a longer
 *    one becomes a gap without being read).
 *  - by content: `takes` sees the first bytes of every regular file that is not empty, and
 *    `inspect` reads what it needs of those it takes, at any offset. Where the source can seek,
 *    nothing else of the file is read. In a stream it is buffered; of one longer than
 *    LIMIT_CONTENT_HELD only the beginning and the end can be had then, and the pieces between
 *    them that `plan`, which may be NULL, asks for when it has seen the beginning.
 *  - every byte: `scanner`.
 *
 * Damaged content: keep what could be read, add gaps for the rest with fact_add_gap(), return 0; or
 * return -1 with err and the walk records it as the gap of that file. Collectors must be reentrant:
 * layers are walked in parallel. Whatever is found counts only if the file turns out to be visible
 * in the merged image, unless the fact `survives`. Facts are cached by layer.
 */
struct collector {
    const char *name;
    unsigned version; /* part of the layer cache's key: raise it whenever the output changes */
    unsigned wants;   /* bits of enum want */
    size_t limit;
    /* Paths without leading '/', ended by NULL. "*" stands for any bytes but '/'. NULL: none. */
    const char *const *paths;
    int (*collect)(struct collect *to, const struct entry *entry, str content, struct err *err);
    bool (*takes)(const struct entry *entry, str head);
    int (*inspect)(struct collect *to, const struct entry *entry, struct content *content,
                   struct err *err);
    /* Fills in offset and len of at most CONTENT_PIECES pieces, each LIMIT_CONTENT_PIECE long. */
    void (*plan)(str head, uint64_t size, struct content_piece *pieces);
    const struct scanner *scanner;
    const void *context; /* of a collector that is made at run time: its own, unchanging data */
};

static inline const char *const *collector_paths(const struct collector *collector)
{
    static const char *const none[] = {NULL};
    return collector->paths ? collector->paths : none;
}
static inline bool collector_reads_content(const struct collector *collector)
{
    return collector->inspect || collector->scanner;
}

/* A zeroed fact of that kind, with layer and path filled in; its strings are the caller's. */
struct fact *fact_add(struct collect *to, enum fact_kind kind, str path);
void fact_add_gap(struct collect *to, str path, str reason);

#endif
