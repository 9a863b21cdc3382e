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

int lines_next(struct lines *lines, str *ret_line, struct err *err)
{
    if (!lines->partial.max)
        lines->partial = buf_make(LIMIT_FIELD);
    buf_clear(&lines->partial);
    lines->number++;
    for (;;) {
        size_t end = str_find_char(lines->piece, '\n');
        bool whole = end != STR_NONE;
        str part = whole ? str_sub(lines->piece, 0, end) : lines->piece;
        lines->piece = str_from_index(lines->piece, part.len + whole);
        if (whole && !lines->partial.len) {
            if (part.len > LIMIT_FIELD)
                return too_long(lines, err);
            *ret_line = without_return(part);
            return 1;
        }
        buf_add_str(&lines->partial, part);
        if (lines->partial.overflow)
            return too_long(lines, err);
        *ret_line = without_return(buf_str(&lines->partial));
        if (whole)
            return 1;
        if (stream_next(lines->stream, PIECE, &lines->piece, err) < 0)
            return -1;
        if (!lines->piece.len)
            return lines->partial.len > 0;
    }
}

void lines_free(struct lines *lines)
{
    buf_free(&lines->partial);
}
