// SPDX-License-Identifier: Apache-2.0
#include "judge/reach/reach.h"

#include "base/limits.h"
#include "base/path.h"
#include "base/tsv.h"
#include "data.h"
#include "judge/reach/reach_internal.h"

enum { CHAIN_SHOWN = 5, EXTENSION_DEPTH = 40 };

void reach_mark(struct reach *reach, const struct file *file, uint32_t from)
{
    if (!file || file->type != ENTRY_FILE)
        return;
    uint32_t index = (uint32_t)(file - reach->files->items);
    bool guessed = from != REACH_NONE && reach->guessed[from];
    if (reach->reached[index]) {
        reach->changed |= reach->guessed[index] && !guessed;
        reach->guessed[index] &= guessed;
        return;
    }
    reach->reached[index] = true;
    reach->guessed[index] = guessed;
    reach->from[index] = from;
    *vec_push(&reach->scratch, &reach->queue) = index;
}

void reach_guess(struct reach *reach, const struct file *file, uint32_t from)
{
    uint32_t index = (uint32_t)(file - reach->files->items);
    if (file->type != ENTRY_FILE || reach->reached[index])
        return;
    reach_mark(reach, file, from);
    reach->guessed[index] = true;
}

const struct file *reach_program(const struct reach *reach, str name)
{
    if (str_find_char(name, '/') != STR_NONE) {
        const struct file *file = files_follow_from(reach->files, reach->workdir, name);
        return file && file->type == ENTRY_FILE ? file : NULL;
    }
    for (size_t i = 0; i < reach->path.count; i++) {
        const struct file *folder = files_follow(reach->files, reach->path.items[i]);
        const struct file *file = folder && folder->type == ENTRY_DIRECTORY && name.len
                                      ? files_follow_from(reach->files, folder, name)
                                      : NULL;
        if (file && file->type == ENTRY_FILE && (file->mode & 0111))
            return file;
    }
    return NULL;
}

static void mark_names(struct reach *reach, const struct script *script, uint32_t from)
{
    str lines = script->commands, name;
    bool any = false;
    while (str_next(&lines, '\n', &name)) {
        const struct file *file = reach_program(reach, name);
        /* A word is not meant by chance where it is a path, or a program. */
        if (!file || !(file->mode & 0111))
            continue;
        reach_mark(reach, file, from);
        any = true;
    }
    /* An application of somebody's own that starts what it does not name. */
    if (script->starts && !any && !reach->guessed[from] && reach->package[from] == REACH_NONE)
        reach->open = true;
}

static void read_script(struct reach *reach, uint32_t index)
{
    const struct script *script = reach->script[index];
    reach_mark(reach, reach_program(reach, script->interpreter), index);
    reach_mark(reach, reach_program(reach, script->program), index);
    if (script->text.len)
        reach_add_script(reach, index);
    else
        mark_names(reach, script, index);
}

/* With `modules`, scripts below are there beside what is loaded, and hardly started. */
static void mark_below(struct reach *reach, const struct file *folder, uint32_t from,
                       unsigned depth, bool modules)
{
    for (uint32_t i = 0; i < folder->count; i++) {
        uint32_t index = folder->children + i;
        const struct file *file = &reach->files->items[index];
        if (file->type == ENTRY_DIRECTORY && depth < EXTENSION_DEPTH) {
            mark_below(reach, file, from, depth + 1, modules);
            continue;
        }
        if (modules && reach->script[index])
            reach_guess(reach, file, from);
        else
            reach_mark(reach, file, from);
    }
}

void reach_mark_below(struct reach *reach, const struct file *folder, uint32_t from)
{
    mark_below(reach, folder, from, 0, false);
}

/* Folders that the rest of a pattern leads to, below `at`. */
static void mark_pattern(struct reach *reach, const struct file *at, str pattern, uint32_t from)
{
    str name, rest;
    str_cut(pattern, '/', &name, &rest);
    for (uint32_t i = 0; i < at->count; i++) {
        const struct file *file = &reach->files->items[at->children + i];
        if (file->type != ENTRY_DIRECTORY || !path_match(name, file->name))
            continue;
        if (rest.len)
            mark_pattern(reach, file, rest, from);
        else
            mark_below(reach, file, from, 0, true);
    }
}

static void mark_extensions(struct reach *reach, uint32_t index)
{
    str table = str_make(data_extension_dirs, data_extension_dirs_len), row;
    str name = reach->files->items[index].name;
    bool interpreter = false, library = reach->binary[index]->type == BINARY_DSO;
    while (tsv_next(&table, &row)) {
        str who = tsv_field(row, 0);
        if (!path_match(who, name) || library != str_contains(who, STR(".so")))
            continue;
        mark_pattern(reach, reach->files->items, tsv_field(row, 1), index);
        interpreter = !library;
    }
    /* The programs of images that run an interpreter stand in the working folder. */
    if (interpreter && reach->workdir != reach->files->items)
        mark_below(reach, reach->workdir, index, 0, false);
}

static bool is_open_ended(str name)
{
    str table = str_make(data_open_ended, data_open_ended_len), row;
    while (tsv_next(&table, &row))
        if (path_match(tsv_field(row, 0), name))
            return true;
    return false;
}

static void read_binary(struct reach *reach, uint32_t index)
{
    reach_libraries(reach, index);
    mark_extensions(reach, index);
    if (reach->binary[index]->type != BINARY_DSO)
        reach->open |= is_open_ended(reach->files->items[index].name);
}

/* Scripts first: they say where programs and libraries are looked for. */
static void follow(struct reach *reach)
{
    for (;;) {
        if (reach->scripts_done < reach->queue.count) {
            uint32_t index = reach->queue.items[reach->scripts_done++];
            if (reach->script[index])
                read_script(reach, index);
        } else if (reach->changed) {
            reach_read_texts(reach);
        } else if (reach->done < reach->queue.count) {
            uint32_t index = reach->queue.items[reach->done++];
            if (reach->binary[index])
                read_binary(reach, index);
        } else {
            return;
        }
    }
}

/* "entrypoint.sh -> nginx -> libssl.so.3": names, as far as they say something. */
static str chain_of(struct reach *reach, uint32_t index)
{
    str text = reach->files->items[index].name;
    size_t shown = 1;
    for (uint32_t at = reach->from[index]; at != REACH_NONE; at = reach->from[at]) {
        bool last = reach->from[at] == REACH_NONE;
        if (++shown > CHAIN_SHOWN && !last)
            continue;
        str step = shown > CHAIN_SHOWN ? STR(" -> ... -> ") : STR(" -> ");
        text = arena_join(reach->arena, reach->files->items[at].name, step, text);
    }
    return text;
}

static void tell_binaries(struct reach *reach)
{
    struct report_binary_list *binaries = &reach->report->binaries;
    for (size_t i = 0; i < binaries->count; i++) {
        struct report_binary *binary = &binaries->items[i];
        const struct file *file = files_find(reach->files, binary->path);
        if (!file)
            continue;
        uint32_t index = (uint32_t)(file - reach->files->items);
        binary->use = reach->reached[index] ? USE_REACHED
                      : reach->open         ? USE_UNKNOWN
                                            : USE_NOT_REACHED;
        if (reach->reached[index])
            binary->reached_by = chain_of(reach, index);
    }
}

bool reach_runs(const struct reach *reach, uint32_t index)
{
    const struct file *file = &reach->files->items[index];
    return reach->binary[index] || reach->script[index] ||
           (file->type == ENTRY_FILE && (file->mode & 0111));
}

static void tell_packages(struct reach *reach)
{
    struct report_package_list *packages = &reach->report->packages;
    /* In the order of reaching: the shortest way to a package comes first. */
    for (size_t i = 0; i < reach->queue.count; i++) {
        uint32_t index = reach->queue.items[i], owner = reach->package[index];
        if (owner == REACH_NONE || packages->items[owner].use == USE_REACHED)
            continue;
        packages->items[owner].use = USE_REACHED;
        packages->items[owner].reached_by = chain_of(reach, index);
    }
    /* A package of data has nothing that could run, and nobody can tell who reads it. */
    for (uint32_t i = 0; i < reach->files->count && !reach->open; i++) {
        uint32_t owner = reach->package[i];
        if (owner != REACH_NONE && packages->items[owner].use == USE_UNKNOWN &&
            reach_runs(reach, i))
            packages->items[owner].use = USE_NOT_REACHED;
    }
}

static void tell_findings(struct reach *reach)
{
    struct report *report = reach->report;
    struct map by_purl = {0};
    for (size_t i = 0; i < report->packages.count; i++)
        if (report->packages.items[i].purl.len)
            *map_put(&reach->scratch, &by_purl, report->packages.items[i].purl, NULL) = i + 1;
    for (size_t i = 0; i < report->findings.count; i++) {
        struct vulnerability *flaw = report->findings.items[i].vulnerability;
        uintptr_t *at = flaw ? map_get(&by_purl, flaw->purl) : NULL;
        if (at)
            flaw->use = report->packages.items[*at - 1].use;
    }
}

void reach_judge(struct arena *arena, const struct image_view *view, struct report *report)
{
    if (!view->files || !view->config)
        return;
    struct reach reach = {.arena = arena, .view = view, .files = view->files, .report = report};
    reach_index(&reach);
    if (reach_start(&reach)) {
        follow(&reach);
        tell_binaries(&reach);
        tell_packages(&reach);
        tell_findings(&reach);
    }
    arena_free(&reach.words);
    arena_free(&reach.scratch);
}
