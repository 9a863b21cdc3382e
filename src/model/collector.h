// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_COLLECTOR_H
#define HARDEN_MODEL_COLLECTOR_H

#include "base/err.h"
#include "model/fact.h"

/* What a command wants to know; a collector that serves none of it is not run. */
enum want {
    WANT_PACKAGES = 1 << 0, /* packages, distribution, repositories */
    WANT_OWNERS = 1 << 1,   /* which package owns which file */
    WANT_FILES = 1 << 2,    /* every entry, for the merged view */
};

/* Where a collector puts what it finds. Strings must be copied into the arena or be constant. */
struct collect {
    struct arena *arena;
    struct fact_list *facts;
    uint32_t layer;
};

/*
 * A collector names the paths it wants and turns their content into facts. It never judges and
 * does no I/O: the walk hands it each claimed regular file once, whole, and at most `limit` bytes
 * (a longer file becomes a gap without being read). Damaged content: keep what could be read, add
 * gaps for the rest with fact_add_gap(), return 0; or return -1 with err and the walk records it
 * as the gap of that file. It must be reentrant: layers are walked in parallel.
 */
struct collector {
    const char *name;
    unsigned version; /* part of the layer cache's key: raise it whenever the output changes */
    unsigned wants;   /* bits of enum want */
    size_t limit;
    /* Paths without leading '/', ended by NULL. "*" stands for any bytes but '/'. */
    const char *const *paths;
    int (*collect)(struct collect *to, const struct entry *entry, str content, struct err *err);
};

/* A zeroed fact of that kind, with layer and path filled in; its strings are the caller's. */
struct fact *fact_add(struct collect *to, enum fact_kind kind, str path);
void fact_add_gap(struct collect *to, str path, str reason);

#endif
