// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "base/limits.h"
#include "io/tar.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_clean(str path)
{
    str part;
    if (path.len && (path.ptr[0] == '/' || memchr(path.ptr, 0, path.len)))
        return false;
    while (str_next(&path, '/', &part))
        if (part.len == 0 || str_eq(part, STR(".")) || str_eq(part, STR("..")))
            return false;
    return true;
}

/* The content is as long as the entry says, whether read or skipped half way. */
static bool read_content(struct tar *tar, const struct entry *entry, uint64_t skip)
{
    struct stream *content = tar_content(tar);
    struct err err = {0};
    str piece;
    if (skip && stream_skip(content, skip, &err) < 0)
        return false;
    while (content->position < MIB(4)) {
        if (stream_next(content, SIZE_MAX, &piece, &err) < 0) {
            INVARIANT(err.kind != ERR_NONE);
            return false;
        }
        if (piece.len == 0) {
            INVARIANT(content->position == entry->size);
            return true;
        }
    }
    INVARIANT(content->position <= entry->size);
    return true;
}

/* Reads all content, or skips half of it (`way` 1), or all (`way` 2); returns the entries seen. */
static uint64_t walk(const uint8_t *data, size_t size, int way, bool *ret_ok)
{
    struct err err = {0};
    struct entry entry;
    uint64_t count = 0;
    int got;
    STREAM_SCOPED source = stream_memory(str_make(data, size));
    TAR_SCOPED tar = tar_open(source);
    *ret_ok = true;
    while ((got = tar_next(tar, &entry, &err)) > 0) {
        INVARIANT(entry.mode <= 07777);
        INVARIANT(is_clean(entry.path));
        INVARIANT(entry.type != ENTRY_HARDLINK || is_clean(entry.link));
        INVARIANT(entry.type == ENTRY_FILE || entry.size == 0);
        if (way < 2 && !read_content(tar, &entry, way ? entry.size / 2 : 0))
            *ret_ok = false;
        if (!*ret_ok)
            return count;
        count++;
    }
    *ret_ok = got == 0;
    INVARIANT(*ret_ok || err.kind != ERR_NONE);
    return count;
}

/* Mutations nearly always break a header's checksum; most inputs get theirs put right. */
static void mend_checksums(uint8_t *data, size_t size)
{
    for (uint8_t *block = data; size >= 512; block += 512, size -= 512) {
        unsigned sum = 0;
        if (memcmp(block + 257, "ustar", 5) != 0)
            continue;
        memset(block + 148, ' ', 8);
        for (size_t i = 0; i < 512; i++)
            sum += block[i];
        for (int i = 5; i >= 0; i--, sum >>= 3)
            block[148 + i] = (uint8_t)('0' + (sum & 7));
        block[154] = 0;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    bool ok[3];
    uint64_t count[3];
    uint8_t *copy = arena_copy(&arena, data, size);
    if (size % 2 == 0)
        mend_checksums(copy, size);
    for (int way = 0; way < 3; way++)
        count[way] = walk(copy, size, way, &ok[way]);
    INVARIANT(ok[0] == ok[1] && ok[1] == ok[2]);
    INVARIANT(!ok[0] || (count[0] == count[1] && count[1] == count[2]));
    return 0;
}
