// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"

#include "base/die.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct buf buf_make(size_t max)
{
    return (struct buf){.max = max};
}

void buf_free(struct buf *buf)
{
    free(buf->ptr);
    *buf = (struct buf){.max = buf->max};
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->overflow = false;
}

char *buf_reserve(struct buf *buf, size_t more)
{
    if (buf->overflow || more > buf->max || buf->len > buf->max - more) {
        buf->overflow = true;
        return NULL;
    }
    if (buf->capacity - buf->len < more) {
        size_t want = buf->capacity ? buf->capacity * 2 : 256;
        if (want < buf->len + more)
            want = buf->len + more;
        if (want > buf->max)
            want = buf->max;
        buf->ptr = die_realloc(buf->ptr, want);
        buf->capacity = want;
    }
    return buf->ptr + buf->len;
}

void buf_add(struct buf *buf, const void *bytes, size_t len)
{
    char *to = len ? buf_reserve(buf, len) : NULL;
    if (!to)
        return;
    memcpy(to, bytes, len);
    buf->len += len;
}

void buf_add_str(struct buf *buf, str s)
{
    buf_add(buf, s.ptr, s.len);
}

void buf_add_char(struct buf *buf, char c)
{
    buf_add(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *to = len > 0 ? buf_reserve(buf, (size_t)len + 1) : NULL;
    if (to) {
        vsnprintf(to, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

str buf_str(const struct buf *buf)
{
    return (str){buf->ptr, buf->len};
}
