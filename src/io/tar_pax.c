// SPDX-License-Identifier: Apache-2.0
#include "io/tar_header.h"

#include <stddef.h>

/*
 * pax extended headers: "LENGTH KEY=VALUE\n", LENGTH counting itself and the newline. Values may
 * hold any byte. GNU's sparse formats 0.0 and 0.1 keep their map here, 1.0 before the data.
 * Where the standard leaves a choice, it is made as Go's archive/tar makes it: see io/tar.h.
 */

static int bad(struct err *err, const char *what)
{
    return err_set(err, ERR_FORMAT, "pax header: bad %s", what);
}

static const struct {
    str key;
    size_t offset; /* of the str in struct tar_pax */
} keys[] = {
    {STR_INIT("path"), offsetof(struct tar_pax, path)},
    {STR_INIT("linkpath"), offsetof(struct tar_pax, link)},
    {STR_INIT("size"), offsetof(struct tar_pax, size)},
    {STR_INIT("uid"), offsetof(struct tar_pax, uid)},
    {STR_INIT("gid"), offsetof(struct tar_pax, gid)},
    {STR_INIT("mtime"), offsetof(struct tar_pax, mtime)},
    {STR_INIT("SCHILY.xattr.security.capability"), offsetof(struct tar_pax, capability)},
    {STR_INIT("GNU.sparse.major"), offsetof(struct tar_pax, sparse_major)},
    {STR_INIT("GNU.sparse.minor"), offsetof(struct tar_pax, sparse_minor)},
    {STR_INIT("GNU.sparse.name"), offsetof(struct tar_pax, sparse_name)},
    {STR_INIT("GNU.sparse.size"), offsetof(struct tar_pax, sparse_size)},
    {STR_INIT("GNU.sparse.realsize"), offsetof(struct tar_pax, sparse_realsize)},
    {STR_INIT("GNU.sparse.map"), offsetof(struct tar_pax, sparse_map)},
};

static int keep(struct arena *arena, struct tar_pax *pax, str key, str value, struct err *err)
{
    bool is_offset = str_eq(key, STR("GNU.sparse.offset"));
    if (is_offset || str_eq(key, STR("GNU.sparse.numbytes"))) {
        if (is_offset != (pax->sparse_numbers.count % 2 == 0))
            return bad(err, "sparse map");
        *vec_push(arena, &pax->sparse_numbers) = value;
        return 0;
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
        if (str_eq(key, keys[i].key)) {
            *(str *)(void *)((char *)pax + keys[i].offset) = value;
            break;
        }
    return 0;
}

int tar_parse_pax(struct arena *arena, str records, struct tar_pax *ret, struct err *err)
{
    *ret = (struct tar_pax){0};
    while (records.len) {
        str digits, after, key, value;
        uint64_t length;
        if (records.ptr[0] == 0) /* padding that some writers count in */
            break;
        if (!str_cut(str_sub(records, 0, 24), ' ', &digits, &after) ||
            !str_to_u64(digits, records.len, &length) || length < digits.len + 3 ||
            records.ptr[length - 1] != '\n')
            return bad(err, "record");
        str record = str_sub(records, digits.len + 1, (size_t)length - digits.len - 2);
        if (!str_cut(record, '=', &key, &value))
            return bad(err, "record");
        if (keep(arena, ret, key, value, err) < 0)
            return -1;
        records = str_from_index(records, (size_t)length);
    }
    return 0;
}

static bool to_number(str value, int64_t *ret)
{
    uint64_t magnitude = 0;
    bool negative = str_skip(&value, STR("-"));
    if (!negative)
        str_skip(&value, STR("+"));
    if (!str_to_u64(value, INT64_MAX, &magnitude))
        return false;
    *ret = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

/* Seconds, may be negative, rounded down from nanoseconds. */
static bool to_time(str value, int64_t *ret)
{
    str whole, fraction;
    str_cut(value, '.', &whole, &fraction);
    if (!to_number(whole, ret))
        return false;
    fraction = str_sub(fraction, 0, 9);
    bool down = false;
    for (size_t i = 0; i < fraction.len; i++)
        down |= fraction.ptr[i] != '0';
    if (down && str_starts(value, STR("-")))
        --*ret;
    return true;
}

/* The kernel keeps the low 32 bits of an owner. */
static bool to_owner(str value, uint64_t *ret)
{
    int64_t number;
    if (!to_number(value, &number))
        return false;
    *ret = number < 0 ? (uint32_t)number : (uint64_t)number;
    return true;
}

int tar_apply_pax(const struct tar_pax *pax, struct tar_header *header, struct err *err)
{
    int64_t size;
    if (pax->path.len)
        header->name = pax->path;
    if (pax->link.len)
        header->link = pax->link;
    if (pax->uid.len && !to_owner(pax->uid, &header->uid))
        return bad(err, "uid");
    if (pax->gid.len && !to_owner(pax->gid, &header->gid))
        return bad(err, "gid");
    if (pax->mtime.len && !to_time(pax->mtime, &header->mtime))
        return bad(err, "mtime");
    if (pax->size.len == 0)
        return 0;
    if (!to_number(pax->size, &size))
        return bad(err, "size");
    header->size = size < 0 ? TAR_NO_SIZE : (uint64_t)size;
    return 0;
}

/* 0.0 and 0.1 have a map here and, written by old versions, no number. */
enum tar_sparse tar_pax_sparse(const struct tar_pax *pax)
{
    str major = pax->sparse_major, minor = pax->sparse_minor;
    if (str_eq(major, STR("0")) && (str_eq(minor, STR("0")) || str_eq(minor, STR("1"))))
        return TAR_MAP_IN_HEADER;
    if (str_eq(major, STR("1")) && str_eq(minor, STR("0")))
        return TAR_MAP_IN_DATA;
    if (major.len || minor.len)
        return TAR_NOT_SPARSE;
    const struct tar_numbers *numbers = &pax->sparse_numbers;
    bool has_map =
        numbers->count ? numbers->count > 1 || numbers->items[0].len : pax->sparse_map.len;
    return has_map ? TAR_MAP_IN_HEADER : TAR_NOT_SPARSE;
}

int tar_pax_real_size(const struct tar_pax *pax, uint64_t stored, uint64_t *ret, struct err *err)
{
    str said = pax->sparse_size.len ? pax->sparse_size : pax->sparse_realsize;
    *ret = stored;
    return said.len == 0 || str_to_u64(said, INT64_MAX, ret) ? 0 : bad(err, "size");
}

static int add_part(struct arena *arena, struct tar_map *map, str offset, str length,
                    struct err *err)
{
    uint64_t from, count;
    if (!str_to_u64(offset, INT64_MAX, &from) || !str_to_u64(length, INT64_MAX, &count))
        return bad(err, "sparse map");
    return tar_add_part(arena, map, from, count, err);
}

int tar_pax_map(struct arena *arena, const struct tar_pax *pax, struct tar_map *map,
                struct err *err)
{
    const struct tar_numbers *numbers = &pax->sparse_numbers;
    str rest = pax->sparse_map, offset, length;
    if (numbers->count % 2)
        return bad(err, "sparse map");
    for (size_t i = 0; i < numbers->count; i += 2)
        if (add_part(arena, map, numbers->items[i], numbers->items[i + 1], err) < 0)
            return -1;
    while (numbers->count == 0 && str_next(&rest, ',', &offset)) {
        if (!str_next(&rest, ',', &length))
            return bad(err, "sparse map");
        if (add_part(arena, map, offset, length, err) < 0)
            return -1;
    }
    return 0;
}
