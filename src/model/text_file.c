// SPDX-License-Identifier: Apache-2.0
#include "model/text_file.h"

#include <string.h>

enum { BLOCK = 4096 };

/* Bytes that continue a code point do not count; in what is no UTF-8 this may be one too few.
 * Eight at a time. */
static uint32_t points_between(str text, size_t from, size_t to)
{
    const uint64_t ones = 0x0101010101010101;
    uint32_t points = 0;
    if (to > text.len)
        to = text.len;
    for (; from + 8 <= to; from += 8) {
        uint64_t eight;
        memcpy(&eight, text.ptr + from, sizeof(eight));
        points += 8 - (uint32_t)__builtin_popcountll((eight >> 7) & ~(eight >> 6) & ones);
    }
    for (; from < to; from++)
        points += ((unsigned char)text.ptr[from] & 0xc0) != 0x80;
    return points;
}

struct text_file text_file_make(struct arena *arena, str path, str text)
{
    struct text_file file = {.path = path, .text = text};
    size_t lines = 1;
    for (const char *at = text.ptr, *end = text.ptr + text.len;
         at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
        lines++;
    file.line_starts = arena_array(arena, uint32_t, lines);
    file.line_count = 1;
    for (const char *at = text.ptr, *end = text.ptr + text.len;
         at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
        file.line_starts[file.line_count++] = (uint32_t)(at + 1 - text.ptr);
    file.points = arena_array(arena, uint32_t, text.len / BLOCK + 1);
    for (size_t block = 1; block <= text.len / BLOCK; block++)
        file.points[block] =
            file.points[block - 1] + points_between(text, (block - 1) * BLOCK, block * BLOCK);
    return file;
}

/* The line (from 0) that has that offset. */
static size_t line_of(const struct text_file *file, uint32_t offset)
{
    size_t low = 0, high = file->line_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (file->line_starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Code points before that offset. */
static uint32_t points_before(const struct text_file *file, size_t offset)
{
    if (offset > file->text.len)
        offset = file->text.len;
    size_t block = offset / BLOCK;
    return file->points[block] + points_between(file->text, block * BLOCK, offset);
}

struct text_place text_file_place(const struct text_file *file, struct span span)
{
    size_t first = line_of(file, span.start), last = line_of(file, span.end);
    /* What ends with a newline ends on that line, not before the first column of the next. */
    if (last > first && span.end == file->line_starts[last])
        last--;
    return (struct text_place){
        .line = (uint32_t)first + 1,
        .column =
            1 + points_before(file, span.start) - points_before(file, file->line_starts[first]),
        .end_line = (uint32_t)last + 1,
        .end_column =
            1 + points_before(file, span.end) - points_before(file, file->line_starts[last]),
    };
}

str text_file_slice(const struct text_file *file, struct span span)
{
    return span.end <= span.start ? (str){0}
                                  : str_sub(file->text, span.start, span.end - span.start);
}

str text_file_line(const struct text_file *file, uint32_t line)
{
    if (line == 0 || line > file->line_count)
        return (str){0};
    size_t start = file->line_starts[line - 1];
    size_t end = line < file->line_count ? file->line_starts[line] - 1 : file->text.len;
    str text = str_sub(file->text, start, end - start);
    return str_ends(text, STR("\r")) ? str_sub(text, 0, text.len - 1) : text;
}

struct mapped_text mapped_text_at(struct arena *arena, str text, uint32_t offset)
{
    struct mapped_text mapped = {.text = text};
    mapped_text_piece(arena, &mapped, 0, offset);
    return mapped;
}

void mapped_text_piece(struct arena *arena, struct mapped_text *mapped, uint32_t at,
                       uint32_t offset)
{
    if (mapped->pieces.count) {
        struct text_piece *last = &mapped->pieces.items[mapped->pieces.count - 1];
        if (offset - last->offset == at - last->at)
            return;
        if (last->at == at) { /* an empty piece: nothing stands in it */
            last->offset = offset;
            return;
        }
    }
    *vec_push(arena, &mapped->pieces) = (struct text_piece){.at = at, .offset = offset};
}

uint32_t mapped_text_offset(const struct mapped_text *mapped, uint32_t at)
{
    size_t low = 0, high = mapped->pieces.count;
    if (high == 0)
        return at;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (mapped->pieces.items[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    return mapped->pieces.items[low].offset + (at - mapped->pieces.items[low].at);
}

struct span mapped_text_span(const struct mapped_text *mapped, uint32_t from, uint32_t to)
{
    if (to <= from) {
        uint32_t offset = mapped_text_offset(mapped, from);
        return (struct span){offset, offset};
    }
    return (struct span){mapped_text_offset(mapped, from), mapped_text_offset(mapped, to - 1) + 1};
}
