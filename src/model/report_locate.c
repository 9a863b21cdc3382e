// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/map.h"
#include "model/report.h"

#include <stdio.h>

/* The part of a long line around the finding; the line itself where it is short. Columns are no
 * longer those of the location then, so such a line is shown without a mark. */
static str source_of(const struct text_file *file, uint32_t line)
{
    return str_sub(text_file_line(file, line), 0, LIMIT_SOURCE_LINE);
}

/*
 * What tells a finding from others of its file wherever its lines move: the rule, the path, the
 * line's words, and the how-manieth it is of those that have all three in common.
 */
static uint64_t fingerprint_of(struct arena *arena, struct map *seen, const struct finding *finding)
{
    str path = finding->location.path;
    while (str_skip(&path, STR("./"))) {
    }
    str what = arena_join(arena, finding->id, STR("\n"), path);
    what = arena_join(arena, what, STR("\n"), str_trim(finding->source));
    uint64_t hash = str_hash(what);
    uintptr_t *count = map_put(arena, seen, what, NULL);
    hash ^= (uint64_t)(*count)++ * 0x9e3779b97f4a7c15u;
    return hash ? hash : 1;
}

str finding_fingerprint(const struct finding *finding, char room[FINGERPRINT_SIZE])
{
    if (!finding->fingerprint)
        return (str){0};
    snprintf(room, FINGERPRINT_SIZE, "%016llx", (unsigned long long)finding->fingerprint);
    return str_make(room, FINGERPRINT_SIZE - 1);
}

/* Readers that know lines and columns of bytes only (YAML): now the span is known too, and columns
 * count code points as all others do. */
static void find_span(const struct text_file *file, struct finding *finding)
{
    struct location *at = &finding->location;
    if (finding->span.end || at->line == 0 || at->line > file->line_count)
        return;
    size_t len = file->text.len;
    uint32_t last =
        at->end_line >= at->line && at->end_line <= file->line_count ? at->end_line : at->line;
    size_t start = file->line_starts[at->line - 1] + (at->column ? at->column - 1u : 0);
    size_t end = at->end_column ? file->line_starts[last - 1] + at->end_column - 1u : start;
    start = start < len ? start : len;
    end = end < start ? start : end < len ? end : len;
    finding->span = (struct span){(uint32_t)start, (uint32_t)end};
    if (at->column == 0)
        return;
    struct text_place place = text_file_place(file, finding->span);
    at->line = place.line;
    at->column = place.column;
    if (at->end_line) {
        at->end_line = place.end_line;
        at->end_column = place.end_column;
    }
}

struct file_set {
    const struct text_file *files;
    struct map by_path; /* the index of one */
};

static const struct text_file *file_of(const struct file_set *set, str path)
{
    const uintptr_t *index = map_get(&set->by_path, path);
    return index ? &set->files[*index] : NULL;
}

void report_locate(struct arena *arena, struct report *report, size_t first,
                   const struct text_file *files, size_t count)
{
    struct map seen = {0};
    struct file_set set = {.files = files};
    for (size_t i = 0; i < count; i++)
        *map_put(arena, &set.by_path, files[i].path, NULL) = i;
    for (size_t i = first; i < report->findings.count; i++) {
        struct finding *finding = &report->findings.items[i];
        const struct text_file *file = file_of(&set, finding->location.path);
        for (size_t e = 0; e < finding->edits.count; e++) {
            struct edit *edit = &finding->edits.items[e];
            if (edit->path.len == 0)
                edit->path = files[0].path;
            const struct text_file *edited = file_of(&set, edit->path);
            if (edited)
                edit->place = text_file_place(edited, edit->span);
        }
        if (file)
            find_span(file, finding);
        if (file && finding->location.line)
            finding->source = source_of(file, finding->location.line);
        finding->fingerprint = fingerprint_of(arena, &seen, finding);
    }
}

/* The linker's marks around the program's own bytes. */
extern const char __executable_start, __bss_start;

static bool is_ours(const char *ptr)
{
    uintptr_t at = (uintptr_t)ptr;
    return at >= (uintptr_t)&__executable_start && at < (uintptr_t)&__bss_start;
}

static str copy_str(struct arena *arena, str s)
{
    return s.len == 0 || is_ours(s.ptr) ? s : arena_str(arena, s);
}

static struct str_list copy_list(struct arena *arena, const struct str_list *list)
{
    struct str_list copy = {.count = list->count, .capacity = list->count};
    if (list->count)
        copy.items = arena_array(arena, str, list->count);
    for (size_t i = 0; i < list->count; i++)
        copy.items[i] = copy_str(arena, list->items[i]);
    return copy;
}

struct finding finding_copy(struct arena *arena, const struct finding *finding, str path)
{
    struct finding copy = *finding;
    str *texts[] = {&copy.id,     &copy.title,  &copy.reason,         &copy.evidence,
                    &copy.remedy, &copy.source, &copy.location.layer, &copy.edit_title,
                    &copy.package};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        *texts[i] = copy_str(arena, *texts[i]);
    copy.location.path = path;
    copy.aliases = copy_list(arena, &finding->aliases);
    copy.references = copy_list(arena, &finding->references);
    copy.edits.capacity = copy.edits.count;
    copy.edits.items = copy.edits.count ? arena_array(arena, struct edit, copy.edits.count) : NULL;
    for (size_t i = 0; i < copy.edits.count; i++) {
        struct edit *edit = &copy.edits.items[i];
        *edit = finding->edits.items[i];
        edit->path = str_eq(edit->path, path) ? path : copy_str(arena, edit->path);
        edit->replacement = copy_str(arena, edit->replacement);
    }
    copy.subject = NULL;
    return copy;
}
