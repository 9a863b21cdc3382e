// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_TEXT_FILE_H
#define HARDEN_MODEL_TEXT_FILE_H

#include "base/vec.h"

/*
 * A file of text that findings point into (Dockerfile, compose file, script), and ways to name
 * places in it. Offsets are bytes from the beginning of the file, byte order mark included.
 */
struct span {
    uint32_t start, end; /* end is behind the last byte; equal: between two bytes */
};
struct span_list VEC_BODY(struct span);

struct text_file {
    str path; /* as the user named it, or "-" */
    str text; /* at most LIMIT_TEXT_FILE bytes */
    uint32_t *line_starts;
    size_t line_count; /* at least 1; the text behind a last newline is a line, if empty */
    uint32_t *points;  /* code points before every 4 KiB: a file can be one long line */
};

/* Where something stands, for people and editors: lines and columns from 1. A column counts code
 * points (a byte that is no UTF-8 counts as one); the end is behind the last one. */
struct text_place {
    uint32_t line, column, end_line, end_column;
};

/* Finds the lines; path and text are borrowed. */
struct text_file text_file_make(struct arena *arena, str path, str text);
struct text_place text_file_place(const struct text_file *file, struct span span);
/* The bytes of a span, clamped to the file. */
str text_file_slice(const struct text_file *file, struct span span);
/* Line `line` (from 1) without its end; absent past the last one. */
str text_file_line(const struct text_file *file, uint32_t line);

/*
 * Text that was put together from pieces of a file, for instance an instruction without its
 * continuations and comments: a byte of it is still known by its place in the file.
 */
struct text_piece {
    uint32_t at;     /* offset in the text; pieces are in order, the first is at 0 */
    uint32_t offset; /* of the same byte in the file */
};
struct mapped_text {
    str text;
    struct text_pieces VEC_BODY(struct text_piece) pieces;
};

/* A text that stands in the file as it is, from `offset` on. */
struct mapped_text mapped_text_at(struct arena *arena, str text, uint32_t offset);
/* Appends a piece; `text` must be what stands at `offset`. Merges with a piece that it continues.
 * The text itself is not touched: it is put together by the caller. */
void mapped_text_piece(struct arena *arena, struct mapped_text *mapped, uint32_t at,
                       uint32_t offset);
/* Offset in the file of byte `at`; for at == text.len behind the last byte. */
uint32_t mapped_text_offset(const struct mapped_text *mapped, uint32_t at);
/* From the first byte's place to behind the last byte's: what lies between pieces is within. */
struct span mapped_text_span(const struct mapped_text *mapped, uint32_t from, uint32_t to);

#endif
