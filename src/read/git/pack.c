// SPDX-License-Identifier: Apache-2.0
#include "base/fd.h"
#include "base/limits.h"
#include "io/zlib.h"
#include "read/git/git_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* An index, version 2: magic, version, fan-out, ids, checksums, offsets, large offsets. */
enum { FANOUT_AT = 8, FANOUT = 256, IDS_AT = FANOUT_AT + 4 * FANOUT };
enum { DELTAS_MOST = 4096 }; /* in a row; git makes 50 */

static bool read_at(int fd, void *to, size_t len, uint64_t offset)
{
    for (size_t done = 0; done < len;) {
        ssize_t got = pread(fd, (char *)to + done, len - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

static uint32_t be32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool read_u32(int fd, uint64_t offset, uint32_t *ret)
{
    unsigned char bytes[4];
    if (!read_at(fd, bytes, sizeof(bytes), offset))
        return false;
    *ret = be32(bytes);
    return true;
}

static int open_part(struct arena *arena, str pack, const char *suffix)
{
    return open(arena_join(arena, pack, (str){0}, str_from(suffix)).ptr, O_RDONLY | O_CLOEXEC);
}

/* An index and how many ids it has. */
static bool check_index(int fd, uint32_t *ret_count)
{
    unsigned char head[8];
    return read_at(fd, head, sizeof(head), 0) && !memcmp(head, "\377tOc\0\0\0\2", sizeof(head)) &&
           read_u32(fd, FANOUT_AT + 4 * (FANOUT - 1), ret_count);
}

/* The first id that is not less; false where the index is damaged. */
static bool lower_bound(int fd, const struct git_id *id, uint32_t *ret)
{
    uint32_t low = 0, high;
    unsigned first = id->bytes[0];
    unsigned char bytes[GIT_ID_MOST];
    if ((first && !read_u32(fd, FANOUT_AT + 4 * (first - 1), &low)) ||
        !read_u32(fd, FANOUT_AT + 4 * first, &high))
        return false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (!read_at(fd, bytes, id->len, IDS_AT + (uint64_t)middle * id->len))
            return false;
        if (memcmp(bytes, id->bytes, id->len) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *ret = low;
    return true;
}

static bool offset_of(int fd, const struct git_id *id, uint64_t *ret)
{
    uint32_t count, index, offset, high, low;
    unsigned char bytes[GIT_ID_MOST];
    if (!check_index(fd, &count) || !lower_bound(fd, id, &index) || index >= count ||
        !read_at(fd, bytes, id->len, IDS_AT + (uint64_t)index * id->len) ||
        memcmp(bytes, id->bytes, id->len) != 0)
        return false;
    uint64_t offsets = IDS_AT + (uint64_t)count * (id->len + 4u), larges = offsets + 4ull * count;
    if (!read_u32(fd, offsets + 4ull * index, &offset))
        return false;
    *ret = offset;
    if (!(offset & 0x80000000u))
        return true;
    uint64_t at = larges + 8ull * (offset & 0x7fffffffu);
    if (!read_u32(fd, at, &high) || !read_u32(fd, at + 4, &low))
        return false;
    *ret = (uint64_t)high << 32 | low;
    return true;
}

void git_pack_find(str pack, const struct git_id *prefix, size_t digits, struct git_id found[2],
                   size_t *count)
{
    ARENA_SCOPED arena = {0};
    FD_SCOPED fd = open_part(&arena, pack, ".idx");
    uint32_t all, index;
    if (fd < 0 || !check_index(fd, &all) || !lower_bound(fd, prefix, &index))
        return;
    for (; index < all && *count < 2; index++) {
        struct git_id id = {.len = prefix->len};
        if (!read_at(fd, id.bytes, id.len, IDS_AT + (uint64_t)index * id.len) ||
            memcmp(id.bytes, prefix->bytes, digits / 2) != 0 ||
            (digits % 2 && (id.bytes[digits / 2] ^ prefix->bytes[digits / 2]) >> 4))
            return;
        if (*count == 0 || memcmp(found[0].bytes, id.bytes, id.len) != 0)
            found[(*count)++] = id;
    }
}

/* --- objects ------------------------------------------------------------------------------------
 */

/* What stands in a pack at an offset, still packed. */
struct packed {
    enum git_type type;
    uint64_t size, base_offset; /* base_offset: of OFFSET_DELTA */
    struct git_id base;         /* of REF_DELTA */
    str data;                   /* the zlib stream, and more behind it */
};

static int read_packed(struct arena *arena, int fd, uint64_t offset, unsigned char id_len,
                       struct packed *ret, struct err *err)
{
    enum { HEAD = 64 };
    unsigned char head[HEAD] = {0};
    struct stat st;
    if (fstat(fd, &st) < 0 || offset >= (uint64_t)st.st_size)
        return err_set(err, ERR_FORMAT, "an object behind the end of its pack");
    uint64_t left = (uint64_t)st.st_size - offset;
    if (!read_at(fd, head, left < HEAD ? left : HEAD, offset))
        return err_set(err, ERR_FORMAT, "a pack that cannot be read");
    size_t at = 0;
    *ret = (struct packed){.type = head[0] >> 4 & 7, .size = head[0] & 15};
    for (unsigned shift = 4; head[at++] & 0x80 && shift < 60; shift += 7)
        ret->size |= (uint64_t)(head[at] & 0x7f) << shift;
    if (ret->size > LIMIT_GIT_OBJECT)
        return err_set(err, ERR_LIMIT, "an object of %llu bytes", (unsigned long long)ret->size);
    if (ret->type == GIT_OFFSET_DELTA) {
        uint64_t back = head[at] & 0x7f;
        for (unsigned i = 0; head[at++] & 0x80 && i < 9; i++)
            back = (back + 1) << 7 | (head[at] & 0x7f);
        if (back == 0 || back > offset)
            return err_set(err, ERR_FORMAT, "a delta without its base");
        ret->base_offset = offset - back;
    } else if (ret->type == GIT_REF_DELTA) {
        ret->base.len = id_len;
        memcpy(ret->base.bytes, head + at, id_len);
        at += id_len;
    }
    /* Deflate makes what cannot be packed longer by 5 bytes in 16 KiB or so. */
    uint64_t most = ret->size + ret->size / 1000 + 256;
    if (at >= left)
        return err_set(err, ERR_FORMAT, "an object behind the end of its pack");
    if (most > left - at)
        most = left - at;
    char *data = arena_alloc(arena, most);
    if (!read_at(fd, data, most, offset + at))
        return err_set(err, ERR_FORMAT, "a pack that cannot be read");
    ret->data = (str){data, most};
    return 0;
}

static int unpack(struct arena *arena, const struct packed *packed, str *ret, struct err *err)
{
    if (zlib_inflate(arena, packed->data, packed->size, ret, err) < 0)
        return -1;
    if (ret->len != packed->size)
        return err_set(err, ERR_FORMAT, "an object of another size than its header says");
    return 0;
}

/* Deltas are gathered on the way to a whole object, and applied on the way back. */
static int unpack_chain(const struct git *git, struct arena *arena, int fd, uint64_t offset,
                        unsigned char id_len, struct git_object *ret, struct err *err)
{
    VEC(str) deltas = {0};
    struct packed packed;
    for (;;) {
        str content;
        if (read_packed(arena, fd, offset, id_len, &packed, err) < 0 ||
            unpack(arena, &packed, &content, err) < 0)
            return -1;
        if (packed.type != GIT_OFFSET_DELTA && packed.type != GIT_REF_DELTA) {
            *ret = (struct git_object){packed.type, content};
            break;
        }
        if (deltas.count >= DELTAS_MOST)
            return err_set(err, ERR_LIMIT, "more than %d deltas in a row", DELTAS_MOST);
        *vec_push(arena, &deltas) = content;
        if (packed.type == GIT_OFFSET_DELTA) {
            offset = packed.base_offset;
            continue;
        }
        /* The base of such a delta is in the same pack, but for thin packs, which no store has. */
        bool found = false;
        for (size_t i = 0; i < git->packs.count && !found; i++) {
            FD_SCOPED index = open_part(arena, git->packs.items[i], ".idx");
            struct stat ours, theirs;
            FD_SCOPED other = open_part(arena, git->packs.items[i], ".pack");
            found = index >= 0 && other >= 0 && fstat(fd, &ours) == 0 &&
                    fstat(other, &theirs) == 0 && ours.st_ino == theirs.st_ino &&
                    offset_of(index, &packed.base, &offset);
        }
        if (!found)
            return err_set(err, ERR_FORMAT, "a delta without its base");
    }
    for (size_t i = deltas.count; i-- > 0;)
        if (git_delta(arena, ret->content, deltas.items[i], &ret->content, err) < 0)
            return -1;
    return 0;
}

int git_pack_object(const struct git *git, struct arena *arena, str pack, const struct git_id *id,
                    struct git_object *ret, struct err *err)
{
    FD_SCOPED index = open_part(arena, pack, ".idx");
    uint64_t offset;
    if (index < 0 || !offset_of(index, id, &offset))
        return err_set(err, ERR_NOT_FOUND, "not in this pack");
    FD_SCOPED fd = open_part(arena, pack, ".pack");
    if (fd < 0)
        return err_sys(err, "%.*s.pack", STR_ARG(pack));
    return unpack_chain(git, arena, fd, offset, id->len, ret, err);
}
