// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_TESTS_UNIT_OSV_SAMPLE_H
#define HARDEN_TESTS_UNIT_OSV_SAMPLE_H

#include "base/buf.h"

/* A zip of members that are stored as they are, made in memory: pairs of name and text, NULL-ended.
 */
static inline void osv_put_number(struct buf *to, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        buf_add_char(to, (char)(i < sizeof(number) ? number >> 8 * i : 0));
}

static inline void osv_zip_head(struct buf *to, const char *mark, str name, str text, bool central)
{
    buf_add(to, mark, 4);
    osv_put_number(to, 20, central ? 4 : 2);
    osv_put_number(to, 0, 2 + 2 + 4 + 4); /* flags, stored, time, checksum */
    osv_put_number(to, text.len, 4);
    osv_put_number(to, text.len, 4);
    osv_put_number(to, name.len, 2);
}

static inline void osv_zip(struct buf *to, const char *const *members)
{
    struct buf directory = buf_make(1 << 20);
    size_t count = 0;
    buf_clear(to);
    for (; members[0]; members += 2, count++) {
        str name = str_from(members[0]), text = str_from(members[1]);
        size_t offset = to->len;
        osv_zip_head(to, "PK\3\4", name, text, false);
        osv_put_number(to, 0, 2);
        buf_add_str(to, name);
        buf_add_str(to, text);
        osv_zip_head(&directory, "PK\1\2", name, text, true);
        osv_put_number(&directory, 0, 2 + 2 + 2 + 2 + 4);
        osv_put_number(&directory, offset, 4);
        buf_add_str(&directory, name);
    }
    size_t begin = to->len;
    buf_add_str(to, buf_str(&directory));
    buf_add(to, "PK\5\6", 4);
    osv_put_number(to, 0, 4);
    osv_put_number(to, count, 2);
    osv_put_number(to, count, 2);
    osv_put_number(to, directory.len, 4);
    osv_put_number(to, begin, 4);
    osv_put_number(to, 0, 2);
    buf_free(&directory);
}

#endif
