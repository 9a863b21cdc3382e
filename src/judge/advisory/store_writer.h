// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_ADVISORY_STORE_WRITER_H
#define HARDEN_JUDGE_ADVISORY_STORE_WRITER_H

#include "base/map.h"
#include "io/kv.h"
#include "judge/advisory/store.h"
#include "judge/advisory/store_pack.h"
#include "read/feed/feed.h"

/* What store_write.c gathers and store_commit.c writes; inside this folder only. */

/* Rows of one key, in the order in which they came. */
struct row {
    struct row *next;
    str id, packed;
};
struct group {
    str key;
    struct row *first, *last;
    size_t count;
};
struct group_list VEC_BODY(struct group);

/* A map to groups: the value is an index, plus one. */
struct table {
    struct map map;
    struct group_list groups;
};

struct store_writer {
    struct arena arena;
    const char *dir, *name;
    struct kv_builder *builder;
    struct feed_sink sink;
    struct buf scratch, words;
    struct store_key key;
    struct table advisories, reverse, exploits, offered;
    struct map namespaces, known_ids, texts, scores, known;
    str date;
    uint64_t rows, texts_count, unread;
    str first_unread; /* "GHSA-....json: it has no id" */
};

int store_writer_put(struct store_writer *writer, char kind, str id, str value, struct err *err);

#endif
