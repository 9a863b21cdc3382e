// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "data.h"
#include "read/secret/search.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct noting {
    struct arena *arena;
    struct match_list found;
};

static bool note(void *context, unsigned pattern, uint64_t end)
{
    struct noting *noting = context;
    *vec_push(noting->arena, &noting->found) =
        (struct match){.probe = (uint16_t)pattern, .end = end};
    return true;
}

static int by_end(const void *left, const void *right)
{
    const struct match *a = left, *b = right;
    return a->end != b->end ? (a->end < b->end ? -1 : 1) : (int)a->probe - (int)b->probe;
}

static struct pattern_scan *library(void)
{
    static struct pattern_set *set;
    static struct pattern_scan *scan;
    struct err err = {0};
    str packed = str_make(data_secret_patterns, data_secret_patterns_len);
    if (!scan)
        INVARIANT(pattern_open_packed(packed, &set, &err) == 0 &&
                  pattern_scan_begin(set, &scan, &err) == 0);
    pattern_scan_restart(scan);
    return scan;
}

/* Our own search, in pieces of any size, finds what the library finds. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct probe_search search;
    struct match_list ours = {0};
    struct noting theirs = {.arena = &arena};
    if (size < 2)
        return 0;
    size_t piece = (size_t)data[0] + 1;
    str text = str_make(data + 1, size - 1);
    search_open(str_make(data_secret_search, data_secret_search_len), &search);
    for (size_t seen = 0; seen < text.len; seen += piece)
        search_run(&search, &arena, str_sub(text, 0, seen + piece), seen, &ours);
    pattern_scan_piece(library(), text, note, &theirs);
    INVARIANT(ours.count == theirs.found.count);
    if (ours.count > 1)
        qsort(theirs.found.items, ours.count, sizeof(*ours.items), by_end);
    for (size_t i = 0; i < ours.count; i++)
        INVARIANT(ours.items[i].probe == theirs.found.items[i].probe &&
                  ours.items[i].end == theirs.found.items[i].end);
    return 0;
}
