// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_FEED_FEED_H
#define HARDEN_READ_FEED_FEED_H

#include "io/stream.h"
#include "model/advisory.h"

/*
 * The door of read/feed: advisory feeds, one file each; debian.c ends in
 * `const struct feed feed_debian`. A feed knows where its documents are and how to read them; it
 * does not download and does not store.
 */

/* Where a feed puts what it reads. Strings are valid during the call only. Handlers that a feed
 * does not need may be NULL. Return -1 with err to stop. */
struct feed_sink {
    void *context;
    int (*advisory)(void *context, const struct advisory *advisory, struct err *err);
    int (*text)(void *context, const struct vulnerability_text *text, struct err *err);
    int (*score)(void *context, const struct vulnerability_score *score, struct err *err);
    int (*exploit)(void *context, const struct exploit_score *score, struct err *err);
    int (*known)(void *context, const struct known_exploited *known, struct err *err);
    int (*offered)(void *context, const struct offered_package *package, struct err *err);
    /* A part of the document that is damaged, where the others are good: its name and why. */
    int (*unread)(void *context, str part, str why, struct err *err);
    /* The date of the data as the feed states it (RFC 3339 date or time). */
    int (*dated)(void *context, str date, struct err *err);
};

/* One document to fetch. */
struct feed_document {
    str name;      /* file name below advisories/, unique in the feed: "v3.21-main.json" */
    str url;       /* upstream */
    str path;      /* below a mirror: "alpine/v3.21/main.json" */
    str namespace; /* what its rows are about, if the document does not say: "alpine:v3.21/main" */
    str store;     /* the store its rows go to: "alpine"; absent: it has none (an InRelease) */
    str spare_url, spare_path; /* tried where the first gives 404; or absent */
    bool optional;             /* 404 is not an error (a branch that has no community) */
    /* Another document of the feed that holds this one's digest, by name, and its text: filled in
     * before read() by whoever keeps the documents. */
    str voucher, voucher_text;
};
struct feed_document_list VEC_BODY(struct feed_document);

/* What the user's targets are about, to fetch only what is needed; empty = everything. */
struct feed_scope {
    unsigned year; /* the current one: some feeds have a document a year */
    const struct distribution *distributions;
    size_t distribution_count;
    const struct apt_source *apt_sources;
    size_t apt_source_count;
    const struct apk_repository *apk_repositories;
    size_t apk_repository_count;
    const str *architectures; /* Debian names: "amd64" */
    size_t architecture_count;
    const str *languages; /* purl types of their packages: "pypi" */
    size_t language_count;
    bool of_targets; /* it is about targets, which need nothing that is not listed */
};

struct apk_repository;
struct distribution;
struct apt_source;

struct feed {
    const char *name;  /* "debian" */
    const char *title; /* "Debian security tracker" */
    bool by_scope;     /* has documents only for a scope (the apt index) */
    /* Documents are archives that are read here and there: read() gets all of one as the first
     * piece of the stream. */
    bool in_one_piece;
    /* The documents for that scope; none if the feed has nothing to say about it. */
    int (*documents)(struct arena *arena, const struct feed_scope *scope,
                     struct feed_document_list *ret, struct err *err);
    /* Reads one document (already unpacked), to its end. A damaged or empty one, HTML in place of
     * data, or fewer rows than it states, is ERR_FORMAT: then the last good copy stays. */
    int (*read)(const struct feed_document *document, struct stream *content,
                const struct feed_sink *sink, struct err *err);
};

/* All feeds, NULL-ended; one by name, or NULL. */
const struct feed *const *feed_all(void);
const struct feed *feed_by_name(str name);

#endif
