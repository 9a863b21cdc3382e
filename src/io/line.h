// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_LINE_H
#define HARDEN_IO_LINE_H

#include "base/buf.h"
#include "io/stream.h"

/* Text of any size line by line, in flat memory. Zero-initialise but for the stream, which is
 * borrowed; lines_free() (or leaving scope with LINES_SCOPED) frees the rest. */
struct lines {
    struct stream *stream;
    bool cut;        /* of longer lines, give the first LIMIT_FIELD bytes and pass over the rest */
    uint64_t number; /* of the line that was given last, from 1 */
    str piece;
    struct buf partial;
};

#define LINES_SCOPED __attribute__((cleanup(lines_free))) struct lines

/* 1: *ret_line without its "\n" or "\r\n", valid until the next call; 0: the end; -1: err. A line
 * longer than LIMIT_FIELD is ERR_LIMIT, unless `cut`. A last line without an end of line is given
 * too. */
int lines_next(struct lines *lines, str *ret_line, struct err *err);
void lines_free(struct lines *lines);

#endif
