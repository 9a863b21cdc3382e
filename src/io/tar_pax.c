// SPDX-License-Identifier: Apache-2.0
#include "io/tar_header.h"

#include "base/limits.h"

/*
 * pax extended headers: "LENGTH KEY=VALUE\n", LENGTH counting itself and the newline. Values may
 * hold any byte. GNU's sparse formats 0.0 and 0.1 keep their map here, 1.0 before the data.
 */

static int bad(struct err *err, const char *what)
{
    return err_set(err, ERR_FORMAT, "pax header: bad %s", what);
}

static int set_number(str value, const char *what, uint64_t *ret, struct tar_pax *pax, unsigned bit,
                      struct err *err)
{
    if (!str_to_u64(value, INT64_MAX, ret))
        return bad(err, what);
    pax->has |= bit;
    return 0;
}

/* Seconds with a fraction, which we drop; may be negative. */
static int set_time(str value, struct tar_pax *pax, struct err *err)
{
    str whole, fraction;
    uint64_t seconds = 0;
    bool negative = str_skip(&value, STR("-"));
    str_cut(value, '.', &whole, &fraction);
    if (!str_to_u64(whole, INT64_MAX, &seconds))
        return bad(err, "mtime");
    pax->mtime = negative ? -(int64_t)seconds : (int64_t)seconds;
    pax->has |= PAX_MTIME;
    return 0;
}

static int add_to_map(struct arena *arena, struct tar_pax *pax, str offset, str length,
                      struct err *err)
{
    struct tar_part part;
    if (pax->map.count >= LIMIT_SPARSE_PARTS)
        return err_set(err, ERR_LIMIT, "sparse file with more than %d parts", LIMIT_SPARSE_PARTS);
    if (!str_to_u64(offset, INT64_MAX, &part.offset) ||
        !str_to_u64(length, INT64_MAX, &part.length))
        return bad(err, "sparse map");
    *vec_push(arena, &pax->map) = part;
    pax->has |= PAX_MAP;
    return 0;
}

/* 0.1: "offset,length,offset,length..." */
static int set_map(struct arena *arena, struct tar_pax *pax, str value, struct err *err)
{
    str offset, length;
    pax->map.count = 0;
    pax->has |= PAX_MAP;
    while (str_next(&value, ',', &offset)) {
        if (!str_next(&value, ',', &length))
            return bad(err, "sparse map");
        if (add_to_map(arena, pax, offset, length, err) < 0)
            return -1;
    }
    return 0;
}

struct sparse_state {
    str offset; /* 0.0: the offset that waits for its length */
};

static int apply_sparse(struct arena *arena, struct tar_pax *pax, struct sparse_state *state,
                        str key, str value, struct err *err)
{
    if (str_eq(key, STR("major")))
        return set_number(value, "sparse version", &pax->sparse_major, pax, 0, err);
    if (str_eq(key, STR("minor")))
        return set_number(value, "sparse version", &pax->sparse_minor, pax, 0, err);
    if (str_eq(key, STR("name"))) {
        pax->sparse_name = value;
    } else if (str_eq(key, STR("size")) || str_eq(key, STR("realsize"))) {
        return set_number(value, "size", &pax->real_size, pax, PAX_REAL_SIZE, err);
    } else if (str_eq(key, STR("map"))) {
        return set_map(arena, pax, value, err);
    } else if (str_eq(key, STR("offset"))) {
        state->offset = value;
    } else if (str_eq(key, STR("numbytes"))) {
        return add_to_map(arena, pax, state->offset, value, err);
    }
    return 0;
}

static int apply(struct arena *arena, struct tar_pax *pax, struct sparse_state *state, str key,
                 str value, struct err *err)
{
    if (str_skip(&key, STR("GNU.sparse.")))
        return apply_sparse(arena, pax, state, key, value, err);
    if (str_eq(key, STR("path"))) {
        pax->path = value;
        pax->has |= PAX_PATH;
    } else if (str_eq(key, STR("linkpath"))) {
        pax->link = value;
        pax->has |= PAX_LINK;
    } else if (str_eq(key, STR("SCHILY.xattr.security.capability"))) {
        pax->capability = value;
    } else if (str_eq(key, STR("size"))) {
        return set_number(value, "size", &pax->size, pax, PAX_SIZE, err);
    } else if (str_eq(key, STR("uid"))) {
        return set_number(value, "uid", &pax->uid, pax, PAX_UID, err);
    } else if (str_eq(key, STR("gid"))) {
        return set_number(value, "gid", &pax->gid, pax, PAX_GID, err);
    } else if (str_eq(key, STR("mtime"))) {
        return set_time(value, pax, err);
    }
    return 0;
}

int tar_parse_pax(struct arena *arena, str records, struct tar_pax *pax, struct err *err)
{
    struct sparse_state state = {0};
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
        if (apply(arena, pax, &state, key, value, err) < 0)
            return -1;
        records = str_from_index(records, (size_t)length);
    }
    /* The header's own name, and path=, are then made up for readers that know nothing of it. */
    if (pax->sparse_name.len) {
        pax->path = pax->sparse_name;
        pax->has |= PAX_PATH;
    }
    return 0;
}
