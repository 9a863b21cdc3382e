// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_TESTS_FUZZ_CONFIG_H
#define HARDEN_TESTS_FUZZ_CONFIG_H

#include "base/die.h"
#include "base/limits.h"
#include "judge/rule/rule.h"
#include "read/config/config.h"
#include "tests/fuzz/fix.h"

static inline void fuzz_place(const struct place *place, str text)
{
    INVARIANT(place->offset <= place->end_offset && place->end_offset <= text.len);
    INVARIANT(place->line == 0 || place->column > 0);
}

/* The text that an edit replaces is in the file. */
static inline void fuzz_edits(const struct finding *finding, str text)
{
    for (size_t i = 0; i < finding->edits.count; i++) {
        struct span span = finding->edits.items[i].span;
        INVARIANT(span.start <= span.end && span.end <= text.len);
    }
}

static inline int fuzz_judge(void *context, struct arena *arena, str text, struct report *report,
                             struct err *err)
{
    static const str all = STR_INIT("all");
    const struct rule_settings settings = {.enable = &all, .enable_count = 1};
    const struct config_text file = {.path = STR("file"), .text = text};
    struct workload_file *workloads = arena_new(arena, struct workload_file);
    struct text_file lines = text_file_make(arena, file.path, file.text);
    struct rule_run run = {.arena = arena, .report = report, .settings = &settings, .file = &lines};
    (void)err;
    config_read(arena, *(const enum workload_dialect *)context, &file, 1, NULL, workloads);
    rule_ask_workloads(&run, workloads);
    report_locate(arena, report, 0, &lines, 1);
    return 0;
}

/* What is left when all is repaired that can be still declares as many containers. */
static inline void fuzz_repair(struct arena *arena, enum workload_dialect dialect, str text)
{
    struct report before = {0}, after = {0};
    struct fix_run run = {
        .arena = arena, .path = STR("file"), .judge = fuzz_judge, .context = &dialect};
    if (text.len > FUZZ_FIXED_SIZE)
        return;
    str fixed = fuzz_fix(run, text);
    fuzz_judge(&dialect, arena, text, &before, NULL);
    fuzz_judge(&dialect, arena, fixed, &after, NULL);
    INVARIANT(after.part_count == before.part_count);
}

/* Every file that is named is the input again. */
static inline int fuzz_load(void *context, struct arena *arena, str path, str *ret_text,
                            struct err *err)
{
    (void)arena;
    *ret_text = *(const str *)context;
    return path.len % 8 == 7 ? err_set(err, ERR_NOT_FOUND, "no such file") : 0;
}

/* Following what the input names ends, and what is found has its place in it. */
static inline void fuzz_other_files(struct rule_run *run, enum workload_dialect dialect, str text)
{
    const struct config_text input = {.path = STR("file"), .text = text};
    const struct config_loader loader = {.load = fuzz_load, .context = &text};
    const struct config_options options = {.loader = &loader};
    struct workload_file file;
    config_read(run->arena, dialect, &input, 1, &options, &file);
    INVARIANT(file.sources.count && file.sources.count <= LIMIT_CONFIG_LOADED + 1);
    INVARIANT(file.workloads.count <= LIMIT_WORKLOADS);
    for (size_t i = 0; i < file.problems.count; i++)
        fuzz_place(&file.problems.items[i].place, text);
    rule_ask_workloads(run, &file);
}

/* Reads the input in one dialect, asks all rules, and checks what holds whatever it was. */
static inline void fuzz_config(enum workload_dialect dialect, const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    static const str all = STR_INIT("all");
    const struct rule_settings settings = {.enable = &all, .enable_count = 1};
    const struct config_text text = {.path = STR("file"), .text = str_make(data, size)};
    struct named_value_list variables = {0};
    *vec_push(&arena, &variables) =
        (struct named_value){.name = STR("A"), .value = STR("${A}"), .has_value = true};
    const struct config_options options = {.variables = &variables};
    struct workload_file file;
    struct report report = {0};
    enum workload_dialect detected;
    struct text_file lines = text_file_make(&arena, text.path, text.text);
    struct rule_run run = {
        .arena = &arena, .report = &report, .settings = &settings, .file = &lines};
    config_detect(text.path, text.text, &detected);
    config_read(&arena, dialect, &text, 1, &options, &file);
    INVARIANT(file.problems.count <= LIMIT_CONFIG_PROBLEMS + 1);
    INVARIANT(file.workloads.count <= LIMIT_WORKLOADS);
    for (size_t i = 0; i < file.problems.count; i++) {
        INVARIANT(file.problems.items[i].message.len);
        fuzz_place(&file.problems.items[i].place, text.text);
    }
    for (size_t i = 0; i < file.workloads.count; i++) {
        const struct workload *workload = &file.workloads.items[i];
        fuzz_place(&workload->place, text.text);
        fuzz_place(&workload->image.place, text.text);
        INVARIANT(workload->mounts.count <= LIMIT_CONFIG_ITEMS);
        INVARIANT(workload->environment.count <= LIMIT_CONFIG_ITEMS);
    }
    rule_ask_workloads(&run, &file);
    for (size_t i = 0; i < report.findings.count; i++)
        fuzz_edits(&report.findings.items[i], text.text);
    fuzz_repair(&arena, dialect, text.text);
    fuzz_other_files(&run, dialect, text.text);
}

#endif
