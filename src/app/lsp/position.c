// SPDX-License-Identifier: Apache-2.0
#include "act/report/text.h"
#include "app/lsp/lsp.h"

/* UTF-16 code units of the next code point; a byte that is no UTF-8 is one. */
static uint32_t next_units(str *rest)
{
    uint32_t rune;
    bool valid;
    return text_next_rune(rest, &rune, &valid) ? (rune > 0xffff ? 2 : 1) : 0;
}

struct lsp_position lsp_position_of(const struct text_file *file, uint32_t offset)
{
    if (offset > file->text.len)
        offset = (uint32_t)file->text.len;
    struct text_place place = text_file_place(file, (struct span){offset, offset});
    uint32_t start = file->line_starts[place.line - 1], units = 0;
    str rest = str_sub(file->text, start, offset - start);
    while (rest.len)
        units += next_units(&rest);
    return (struct lsp_position){place.line - 1, units};
}

uint32_t lsp_offset_of(const struct text_file *file, struct lsp_position position)
{
    if (position.line >= file->line_count)
        return (uint32_t)file->text.len;
    str rest = text_file_line(file, position.line + 1);
    uint32_t start = file->line_starts[position.line], units = 0;
    size_t len = rest.len;
    while (rest.len && units < position.character)
        units += next_units(&rest);
    return start + (uint32_t)(len - rest.len);
}

struct span lsp_span_of(const struct text_file *file, const struct finding *finding)
{
    struct span span = finding->span;
    uint32_t most = (uint32_t)file->text.len;
    if (span.start > most)
        span.start = most;
    if (span.end > most || span.end < span.start)
        span.end = most;
    return span;
}
