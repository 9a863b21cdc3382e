// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_LAYER_ENTRIES_H
#define HARDEN_READ_IMAGE_LAYER_ENTRIES_H

#include "base/limits.h"
#include "base/packed.h"
#include "model/entry.h"

/*
 * All entries of a layer, as they came, packed: an image of 200,000 files needs some 8 MB. Each
 * path is what it shares with the one before, and the rest. The layer cache keeps these bytes as
 * they are.
 */
struct entries_writer {
    struct buf bytes;
    char last[LIMIT_PATH]; /* the path before */
    size_t last_len;
    int64_t mtime;
};

/* False where the entry could not be taken: its path is too long, or the list is. */
bool entries_put(struct entries_writer *writer, const struct entry *entry);

struct entries_reader {
    struct packed from;
    char path[LIMIT_PATH];
    size_t path_len;
    int64_t mtime;
};

/* The next entry; its path is valid until the next call, other text as long as the list. False at
 * the end, and (from.bad) where the list is damaged. */
bool entries_next(struct entries_reader *reader, struct entry *ret);

#endif
