// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "base/die.h"
#include "base/limits.h"
#include "read/image/cache.h"
#include "read/image/layer_entries.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A list of entries may be anything, since the merge reads it, not the cache. */
static void read_entries(str list)
{
    static struct entries_reader reader;
    struct entry entry;
    reader = (struct entries_reader){.from.rest = list};
    while (entries_next(&reader, &entry))
        INVARIANT(entry.path.len <= LIMIT_PATH && entry.type <= ENTRY_SOCKET);
}

enum { HEADER = 16 };

/* A layer cache file; the checksum is put right, so that mutations get behind it. What can be
 * decoded must come out the same when it is encoded and decoded again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct layer_facts facts = {0}, again = {0};
    ARENA_SCOPED arena = {0};
    char *bytes = arena_alloc(&arena, size + HEADER);
    memcpy(bytes, "HARDENL5", 8);
    memcpy(bytes + HEADER, data, size);
    uint64_t sum = str_hash(str_make(bytes + HEADER, size));
    memcpy(bytes + 8, &sum, sizeof(sum));
    if (cache_decode(STR("k"), str_make(bytes, size + HEADER), &facts)) {
        BUF_SCOPED out = buf_make(MIB(64));
        cache_encode(STR("k"), &facts, &out);
        INVARIANT(!out.overflow);
        INVARIANT(cache_decode(STR("k"), buf_str(&out), &again));
        INVARIANT(facts.facts.count == again.facts.count);
        INVARIANT(facts.shadows.count == again.shadows.count);
        INVARIANT(str_eq(facts.entries, again.entries));
        read_entries(facts.entries);
        for (size_t i = 0; i < facts.facts.count; i++) {
            INVARIANT(facts.facts.items[i].kind == again.facts.items[i].kind);
            INVARIANT(str_eq(facts.facts.items[i].path, again.facts.items[i].path));
        }
    }
    arena_free(&facts.arena);
    arena_free(&again.arena);
    return 0;
}
