// SPDX-License-Identifier: Apache-2.0
#include "app/texts/texts_internal.h"
#include "base/limits.h"
#include "base/path.h"
#include "judge/waiver/waiver.h"
#include "read/config/config.h"

#include <string.h>

/* What a compose file needs around it: other files that it names, .env, and its override. */
struct surroundings {
    struct texts *texts;
    struct named_value_list variables;
    struct config_loader loader;
    struct config_options options;
};

/* A file that is found by its name in another file: a regular one, and no link. */
static int load(void *context, struct arena *arena, str path, str *ret_text, struct err *err)
{
    const struct listed_file file = {.path = path};
    return texts_read(context, arena, &file, ret_text, err);
}

static str beside(struct arena *arena, str path, const char *name)
{
    str folder = path_parent(path);
    return folder.len ? arena_join(arena, folder, STR("/"), str_from(name)) : str_from(name);
}

/* As compose does, but not the caller's environment: the same file gives the same findings. */
static void look_around(struct texts *texts, struct arena *arena, const struct listed_file *file,
                        struct report *report, struct surroundings *ret)
{
    struct err ignored = {0};
    str path = beside(arena, file->path, ".env"), text;
    *ret = (struct surroundings){.texts = texts, .loader = {.load = load, .context = texts}};
    ret->options = (struct config_options){.loader = file->is_stdin ? NULL : &ret->loader};
    if (file->is_stdin || load(texts, arena, path, &text, &ignored) < 0)
        return;
    if (!config_read_variables(arena, path, text, &ret->variables))
        report_add_gap(arena, report, path,
                       arena_printf(arena, "more than %d variables", LIMIT_CONFIG_ITEMS));
    ret->options.variables = &ret->variables;
}

/* --- overrides -------------------------------------------------------------------------------- */

/* Where compose finds a project without being told, and what it then lays over it. */
static const struct {
    const char *base, *override;
} pairs[] = {
    {"compose.yaml", "compose.override.yaml"},
    {"compose.yml", "compose.override.yml"},
    {"docker-compose.yaml", "docker-compose.override.yaml"},
    {"docker-compose.yml", "docker-compose.override.yml"},
};

/* The override of that file, into *ret. */
static bool find_override(struct texts *texts, struct arena *arena, str path,
                          struct config_text *ret)
{
    struct err ignored = {0};
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (!str_eq(path_base(path), str_from(pairs[i].base)))
            continue;
        ret->path = beside(arena, path, pairs[i].override);
        return load(texts, arena, ret->path, &ret->text, &ignored) == 0;
    }
    return false;
}

str texts_base_of(struct texts *texts, struct arena *arena, str path)
{
    struct err ignored = {0};
    str text;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (!str_eq(path_base(path), str_from(pairs[i].override)))
            continue;
        str base = beside(arena, path, pairs[i].base);
        return load(texts, arena, base, &text, &ignored) == 0 ? base : (str){0};
    }
    return (str){0};
}

/* --- judging ---------------------------------------------------------------------------------- */

/* Files that the given ones include were judged with them. */
static void note_included(struct texts *texts, const struct workload_file *workloads, size_t given)
{
    for (size_t i = given; i < workloads->sources.count; i++)
        if (!workloads->sources.items[i].is_part)
            texts_note_included(texts, workloads->sources.items[i].path, workloads->path);
}

/*
 * Each file's comments silence what is found in it. What is wrong with those of a file of which
 * only parts were looked at is told where all of it is. The given file comes last.
 */
static void apply_waivers(struct texts *texts, struct rule_run *run,
                          const struct workload_file *workloads, const struct text_file *lines,
                          size_t first)
{
    size_t comments = 0;
    for (size_t i = workloads->sources.count; i > 0; i--) {
        size_t before = run->report->findings.count;
        run->file = &lines[i - 1];
        struct waiver_list waivers = waivers_of_lines(run->arena, run->file);
        if ((comments += waivers.count) > LIMIT_WAIVERS) {
            report_add_gap(run->arena, run->report, run->file->path,
                           STR("with the files that are included, more comments that silence "
                               "findings than are read"));
            break;
        }
        waivers_apply(run, &waivers, first, texts_ignores_waivers(texts));
        if (workloads->sources.items[i - 1].is_part)
            run->report->findings.count = before;
    }
}

void texts_judge_workloads(struct texts *texts, struct arena *arena, const struct listed_file *file,
                           str text, enum workload_dialect dialect, struct report *report)
{
    struct config_text given[2] = {{file->path, text}};
    struct workload_file *workloads = arena_new(arena, struct workload_file);
    struct surroundings around = {0};
    size_t first = report->findings.count, count = 1;
    report->file_count++;
    if (dialect == DIALECT_COMPOSE && !file->is_stdin) {
        if (!file->named && texts_base_of(texts, arena, file->path).len)
            return;
        count += find_override(texts, arena, file->path, &given[1]);
    }
    if (dialect == DIALECT_COMPOSE)
        look_around(texts, arena, file, report, &around);
    config_read(arena, dialect, given, count, &around.options, workloads);
    size_t sources = workloads->sources.count;
    struct text_file *lines = arena_array(arena, struct text_file, sources);
    for (size_t i = 0; i < sources; i++)
        lines[i] = text_file_make(arena, workloads->sources.items[i].path,
                                  workloads->sources.items[i].text);
    if (sources > count)
        note_included(texts, workloads, count);
    struct rule_run run = {.arena = arena,
                           .report = report,
                           .settings = &texts->rules,
                           .file = &lines[0],
                           .files = lines,
                           .file_count = sources};
    rule_ask_workloads(&run, workloads);
    for (size_t i = 0; i < sources; i++) {
        run.file = &lines[i];
        if (!workloads->sources.items[i].is_part)
            texts_find_secrets(texts, &run);
    }
    apply_waivers(texts, &run, workloads, lines, first);
    report_locate(arena, report, first, lines, sources);
    if (dialect == DIALECT_COMPOSE && !file->is_stdin)
        texts_judge_builds(texts, arena, workloads, report);
}
