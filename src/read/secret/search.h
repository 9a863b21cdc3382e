// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_SECRET_SEARCH_H
#define HARDEN_READ_SECRET_SEARCH_H

#include "read/secret/probe.h"

/*
 * All probes at once, by a loop of our own: for texts, most of which are a few hundred bytes.
 * Opening the library that searches layers takes longer than all else that is done with such a
 * text, and so does making what the loop needs; the build makes it, and embeds it.
 */
struct probe_search {
    struct probe_set set;
    const struct search_head *head;
    const uint16_t *members, *anchors;
};

struct match {
    uint16_t probe; /* index */
    uint64_t end;   /* behind its last byte */
};
struct match_list VEC_BODY(struct match);

/* Bytes for search_open(), on the same kind of machine. */
str search_pack(struct arena *arena, const struct probe_set *set);
/* Points into the bytes, which must be aligned to 8. */
void search_open(str packed, struct probe_search *ret);
/* Adds the matches that end behind the first `seen` bytes, sorted by their ends. Of what was seen,
 * PROBE_WIDTH_MOST bytes are enough to have at hand. */
void search_run(const struct probe_search *search, struct arena *arena, str text, size_t seen,
                struct match_list *ret);

#endif
