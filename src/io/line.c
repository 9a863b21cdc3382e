// SPDX-License-Identifier: Apache-2.0
#include "io/line.h"

#include "base/limits.h"

enum { PIECE = 64 * 1024 };

static str without_return(str line)
{
    return str_ends(line, STR("\r")) ? str_sub(line, 0, line.len - 1) : line;
}

static int too_long(const struct lines *lines, struct err *err)
{
    return err_set(err, ERR_LIMIT, "line %llu is longer than %llu bytes",
                   (unsigned long long)lines->number, (unsigned long long)LIMIT_FIELD);
}

/* Adds what fits; the rest is dropped, or too much. */
static int add_part(struct lines *lines, str part, struct err *err)
{
    size_t room = LIMIT_FIELD - lines->partial.len;
    if (part.len > room && !lines->cut)
        return too_long(lines, err);
    buf_add_str(&lines->partial, str_sub(part, 0, room));
    return 0;
}

int lines_next(struct lines *lines, str *ret_line, struct err *err)
{
    bool any = false;
    if (!lines->partial.max)
        lines->partial = buf_make(LIMIT_FIELD);
    buf_clear(&lines->partial);
    lines->number++;
    for (;;) {
        size_t end = str_find_char(lines->piece, '\n');
        bool whole = end != STR_NONE;
        str part = whole ? str_sub(lines->piece, 0, end) : lines->piece;
        lines->piece = str_from_index(lines->piece, part.len + whole);
        if (whole && !any && part.len <= LIMIT_FIELD) { /* the usual case: no copy */
            *ret_line = without_return(part);
            return 1;
        }
        any |= part.len > 0;
        if (add_part(lines, part, err) < 0)
            return -1;
        *ret_line = without_return(buf_str(&lines->partial));
        if (whole)
            return 1;
        if (stream_next(lines->stream, PIECE, &lines->piece, err) < 0)
            return -1;
        if (!lines->piece.len)
            return any;
    }
}

void lines_free(struct lines *lines)
{
    buf_free(&lines->partial);
}
