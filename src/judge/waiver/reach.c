// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "judge/waiver/waiver.h"
#include "model/dockerfile.h"

/* What each waiver of a file reaches. */

static const struct span whole_file = {0, UINT32_MAX};

static void add(struct arena *arena, const struct text_file *file, struct span span,
                struct waiver_list *list)
{
    struct waiver waiver;
    str text = str_trim_end(text_file_slice(file, span));
    size_t hash = str_find_char(text, '#');
    if (hash == STR_NONE || list->count >= LIMIT_WAIVERS ||
        !waiver_parse(arena, str_from_index(text, hash), &waiver))
        return;
    waiver.span = (struct span){span.start + (uint32_t)hash, span.start + (uint32_t)text.len};
    waiver.reach = waiver.scope == WAIVER_FILE ? whole_file : (struct span){0, 0};
    *vec_push(arena, list) = waiver;
}

/* --- Dockerfiles --------------------------------------------------------------------------------
 */

/* The instruction that a comment stands in, or else the first one behind it. */
static const struct instruction *next_instruction(const struct dockerfile *dockerfile,
                                                  struct span comment)
{
    size_t low = 0, high = dockerfile->instructions.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (dockerfile->instructions.items[middle]->span.end > comment.start)
            high = middle;
        else
            low = middle + 1;
    }
    return low < dockerfile->instructions.count ? dockerfile->instructions.items[low] : NULL;
}

static struct span stage_span(const struct dockerfile *dockerfile,
                              const struct instruction *instruction)
{
    const struct stage *stage = instruction->stage;
    if (instruction->kind == INSTRUCTION_FROM)
        for (size_t i = 0; i < dockerfile->stages.count; i++)
            if (dockerfile->stages.items[i]->from == instruction)
                stage = dockerfile->stages.items[i];
    if (!stage || stage->first >= stage->end || stage->end > dockerfile->instructions.count)
        return instruction->span;
    uint32_t start = dockerfile->instructions.items[stage->first]->span.start;
    if (stage->from && stage->from->span.start < start)
        start = stage->from->span.start;
    return (struct span){start, dockerfile->instructions.items[stage->end - 1]->span.end};
}

static void place_in_dockerfile(const struct dockerfile *dockerfile, struct waiver *waiver)
{
    const struct instruction *next = next_instruction(dockerfile, waiver->span);
    struct text_place place = text_file_place(&dockerfile->file, waiver->span);
    uint32_t line = next ? text_file_place(&dockerfile->file, next->keyword).line : 0;
    bool right_above = next && line == place.line + 1;
    /* A check directive is for the file where it is at the top; elsewhere for an instruction. */
    if (waiver->form == WAIVER_BUILDKIT) {
        bool directive = false;
        for (size_t i = 0; i < dockerfile->directives.count; i++)
            directive |= dockerfile->directives.items[i].span.start <= waiver->span.start &&
                         waiver->span.start < dockerfile->directives.items[i].span.end;
        if (!directive)
            waiver->reach = right_above ? next->span : (struct span){0, 0};
        return;
    }
    /* KICS reads those of a file only where nothing stands above them. */
    if (waiver->form == WAIVER_KICS && waiver->scope == WAIVER_FILE && (!next || next->index > 0))
        waiver->reach = (struct span){0, 0};
    if (!next || waiver->scope == WAIVER_FILE)
        return;
    if (waiver->scope == WAIVER_STAGE)
        waiver->reach = stage_span(dockerfile, next);
    else if (waiver->scope == WAIVER_NEXT || right_above)
        waiver->reach = next->span;
}

struct waiver_list waivers_of_dockerfile(struct arena *arena, const struct dockerfile *dockerfile)
{
    struct waiver_list list = {0};
    for (size_t i = 0; i < dockerfile->items.count; i++) {
        const struct dockerfile_item *item = &dockerfile->items.items[i];
        if (item->kind == ITEM_COMMENT || item->kind == ITEM_DIRECTIVE)
            add(arena, &dockerfile->file, item->span, &list);
        for (size_t c = 0; item->instruction && c < item->instruction->comments.count; c++)
            add(arena, &dockerfile->file, item->instruction->comments.items[c], &list);
    }
    for (size_t i = 0; i < list.count; i++)
        place_in_dockerfile(dockerfile, &list.items[i]);
    return list;
}

/* --- YAML ---------------------------------------------------------------------------------------
 */

static size_t indent_of(str line)
{
    size_t indent = 0;
    while (indent < line.len && line.ptr[indent] == ' ')
        indent++;
    return indent;
}

static bool is_comment_line(str line)
{
    str text = str_trim(line);
    return text.len == 0 || text.ptr[0] == '#';
}

/* From that line on, what is indented more belongs to it. */
static struct span block_at(const struct text_file *file, uint32_t line)
{
    size_t indent = indent_of(text_file_line(file, line));
    uint32_t last = line;
    for (uint32_t next = line + 1; next <= file->line_count; next++) {
        str text = text_file_line(file, next);
        if (is_comment_line(text))
            continue;
        bool item = str_starts(str_from_index(text, indent), STR("- ")) &&
                    !str_starts(str_from_index(text_file_line(file, line), indent), STR("- "));
        if (indent_of(text) <= indent && !(indent_of(text) == indent && item))
            break;
        last = next;
    }
    uint32_t end = last < file->line_count ? file->line_starts[last] : (uint32_t)file->text.len;
    return (struct span){file->line_starts[line - 1], end};
}

/* Where a comment may begin: at the start of a line, or behind a blank. A "#" in a quoted text may
 * be taken for one; then the words behind it decide. */
static size_t comment_at(str line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] == '#' && (i == 0 || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t'))
            return i;
    return STR_NONE;
}

struct waiver_list waivers_of_lines(struct arena *arena, const struct text_file *file)
{
    struct waiver_list list = {0};
    bool top = true; /* so far only comments */
    for (uint32_t line = 1; line <= file->line_count; line++) {
        str text = text_file_line(file, line);
        top &= is_comment_line(text) || str_eq(str_trim(text), STR("---"));
        size_t at = comment_at(text), before = list.count;
        if (at == STR_NONE)
            continue;
        uint32_t start = file->line_starts[line - 1];
        add(arena, file, (struct span){start + (uint32_t)at, start + (uint32_t)text.len}, &list);
        if (list.count == before)
            continue;
        if (list.items[before].scope == WAIVER_FILE) {
            if (list.items[before].form == WAIVER_KICS && !top)
                list.items[before].reach = (struct span){0, 0};
            continue;
        }
        uint32_t next = line;
        while (next <= file->line_count && is_comment_line(text_file_line(file, next)))
            next++;
        if (next <= file->line_count)
            list.items[before].reach = block_at(file, next);
    }
    return list;
}
