// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "read/dockerfile/parse_internal.h"

#include <string.h>

bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

uint32_t line_end(str text, uint32_t at, uint32_t *ret_next)
{
    const char *newline = at < text.len ? memchr(text.ptr + at, '\n', text.len - at) : NULL;
    uint32_t end = newline ? (uint32_t)(newline - text.ptr) : (uint32_t)text.len;
    *ret_next = newline ? end + 1 : end;
    while (end > at && text.ptr[end - 1] == '\r')
        end--;
    return end;
}

uint32_t skip_blanks(str text, uint32_t at, uint32_t end)
{
    while (at < end && is_blank(text.ptr[at]))
        at++;
    return at;
}

/* Where the text of a line ends that is continued on the next: before its escape character. An
 * escape character that another one stands before is text. */
static bool continues(str text, char escape, uint32_t start, uint32_t end, uint32_t *ret_end)
{
    while (end > start && (text.ptr[end - 1] == ' ' || text.ptr[end - 1] == '\t'))
        end--;
    if (end == start || text.ptr[end - 1] != escape)
        return false;
    if (end - start >= 2 && text.ptr[end - 2] == escape)
        return false;
    *ret_end = end - 1;
    return true;
}

static void add_piece(struct parser *parser, struct logical_line *line, struct span_list *parts,
                      uint32_t start, uint32_t end)
{
    *vec_push(parser->arena, parts) = (struct span){start, end};
    line->text.text.len += end - start;
}

static void join(struct parser *parser, struct logical_line *line, const struct span *parts,
                 size_t count)
{
    char *to = arena_alloc(parser->arena, line->text.text.len + 1);
    uint32_t at = 0;
    line->text.text.ptr = to;
    for (size_t i = 0; i < count; i++) {
        uint32_t size = parts[i].end - parts[i].start;
        if (size == 0 && i + 1 < count)
            continue;
        memcpy(to + at, parser->text.ptr + parts[i].start, size);
        mapped_text_piece(parser->arena, &line->text, at, parts[i].start);
        at += size;
    }
}

struct logical_line logical_line_read(struct parser *parser, uint32_t at)
{
    str text = parser->text;
    char escape = parser->file->escape;
    struct logical_line line = {0};
    uint32_t next, end = line_end(text, at, &next), text_end = end;
    line.too_long = end - at > LIMIT_DOCKERFILE_LINE;
    line.start = skip_blanks(text, at, end);
    bool more = continues(text, escape, line.start, end, &text_end);
    if (!more) { /* the common case: nothing to join */
        line.end = end;
        line.next = next;
        line.text =
            mapped_text_at(parser->arena, str_sub(text, line.start, end - line.start), line.start);
        return line;
    }
    struct span_list parts = {0};
    add_piece(parser, &line, &parts, line.start, text_end);
    while (more && next < text.len) {
        uint32_t start = next;
        end = line_end(text, start, &next);
        line.too_long |= end - start > LIMIT_DOCKERFILE_LINE;
        uint32_t first = skip_blanks(text, start, end);
        if (first < end && text.ptr[first] == '#') {
            *vec_push(parser->arena, &line.comments) = (struct span){start, next};
            continue;
        }
        if (first == end) {
            *vec_push(parser->arena, &line.blank_lines) = (struct span){start, next};
            continue;
        }
        text_end = end;
        more = continues(text, escape, start, end, &text_end);
        add_piece(parser, &line, &parts, start, text_end);
    }
    line.end = end;
    line.next = next;
    join(parser, &line, parts.items, parts.count);
    return line;
}

struct mapped_text mapped_slice(struct arena *arena, const struct mapped_text *text, uint32_t from,
                                uint32_t to)
{
    struct mapped_text slice = {.text = str_sub(text->text, from, to - from)};
    if (slice.text.len == 0)
        slice.text = (str){text->text.ptr ? text->text.ptr + from : NULL, 0};
    mapped_text_piece(arena, &slice, 0, mapped_text_offset(text, from));
    for (size_t i = 0; i < text->pieces.count; i++) {
        const struct text_piece *piece = &text->pieces.items[i];
        if (piece->at > from && piece->at < to)
            mapped_text_piece(arena, &slice, piece->at - from, piece->offset);
    }
    return slice;
}
