// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_BASE_BUF_H
#define HARDEN_BASE_BUF_H

#include "base/str.h"

#include <stdarg.h>

/*
 * A growing byte buffer on the heap that must state its maximum. Sticky: once an append would
 * pass the maximum, `overflow` is set and all later appends do nothing; check once at the end.
 */
struct buf {
    char *ptr;
    size_t len, capacity, max;
    bool overflow;
};

#define BUF_SCOPED __attribute__((cleanup(buf_free))) struct buf

struct buf buf_make(size_t max);
void buf_free(struct buf *buf);
void buf_clear(struct buf *buf);
void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_str(struct buf *buf, str s);
void buf_add_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Room for at least `more` bytes behind len, or NULL on overflow; then add to len what was used. */
char *buf_reserve(struct buf *buf, size_t more);
str buf_str(const struct buf *buf); /* borrowed; valid until the next append */

#endif
