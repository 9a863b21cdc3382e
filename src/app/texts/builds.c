// SPDX-License-Identifier: Apache-2.0
#include "app/texts/texts_internal.h"
#include "base/limits.h"
#include "base/path.h"

static bool is_remote(str context)
{
    return str_contains(context, STR("://")) || str_starts(context, STR("git@"));
}

static bool is_root(str user)
{
    str name, group;
    str_cut(user, ':', &name, &group);
    return name.len == 0 || str_eq(name, STR("root")) || str_eq(name, STR("0"));
}

static bool has_alias(const struct finding *finding, const char *const *names)
{
    for (; *names; names++)
        for (size_t i = 0; i < finding->aliases.count; i++)
            if (str_eq(finding->aliases.items[i], str_from(*names)))
                return true;
    return false;
}

/* What the service says wins over what the image says. */
static void waive_overridden(struct arena *arena, const struct workload *workload,
                             struct report *report, size_t first)
{
    static const char *const about_user[] = {"DL3002", "DS-0002", "CKV_DOCKER_3", NULL};
    static const char *const about_health[] = {"DL3057", "DS-0026", "CKV_DOCKER_2", NULL};
    bool user = workload->user.set && !is_root(workload->user.value);
    bool health = workload->healthcheck.set && !workload->healthcheck.disabled;
    for (size_t i = first; i < report->findings.count; i++) {
        struct finding *finding = &report->findings.items[i];
        if (finding->status != STATUS_OPEN || !((user && has_alias(finding, about_user)) ||
                                                (health && has_alias(finding, about_health))))
            continue;
        finding->status = STATUS_WAIVED;
        finding->reason = arena_printf(arena, "the service %.*s in %.*s sets it itself",
                                       STR_ARG(workload->name), STR_ARG(workload->path));
    }
}

static void add_args(struct arena *arena, const struct named_value_list *args,
                     struct build_options *options)
{
    struct build_args all = {0};
    for (size_t i = 0; i < args->count; i++)
        if (args->items[i].has_value)
            *vec_push(arena, &all) =
                (struct base_variable){args->items[i].name, args->items[i].value};
    for (size_t i = 0; i < options->args.count; i++)
        *vec_push(arena, &all) = options->args.items[i];
    options->args = all;
}

static void set_options(struct texts *texts, struct arena *arena, const struct workload *workload,
                        struct build_options *options)
{
    *options = texts->build;
    add_args(arena, &workload->build.args, options);
    if (options->target.len == 0) {
        options->target = workload->build.target.value;
        options->target_may_miss = false;
    }
}

/* A Dockerfile that stands in the compose file: its lines count from its own beginning. */
static void judge_inline(struct texts *texts, struct arena *arena, const struct workload *workload,
                         struct report *report)
{
    struct build_options *options = arena_new(arena, struct build_options);
    str context = workload->build.context.value.len ? workload->build.context.value : STR(".");
    size_t first = report->findings.count;
    set_options(texts, arena, workload, options);
    texts_judge_dockerfile(texts, arena,
                           arena_join(arena, workload->path, STR("#"), workload->name),
                           workload->build.dockerfile_inline.value, options,
                           path_resolve(arena, workload->build.folder, context), report);
    waive_overridden(arena, workload, report, first);
}

static void judge_build(struct texts *texts, struct arena *arena, str home,
                        const struct workload *workload, struct report *report)
{
    const struct workload_build *build = &workload->build;
    str context = build->context.value.len ? build->context.value : STR(".");
    str name = build->dockerfile.value.len ? build->dockerfile.value : STR("Dockerfile");
    struct err err = {0};
    str text;
    if (build->dockerfile_inline.set) {
        judge_inline(texts, arena, workload, report);
        return;
    }
    if (is_remote(context) || str_find_char(context, '$') != STR_NONE ||
        str_find_char(name, '$') != STR_NONE)
        return;
    str folder = path_resolve(arena, build->folder, context);
    const struct listed_file file = {.path = path_resolve(arena, folder, name)};
    if (texts_read(texts, arena, &file, &text, &err) < 0) {
        report_add_gap(arena, report, file.path,
                       arena_printf(arena, "the service %.*s builds it: %s",
                                    STR_ARG(workload->name), err.message));
        return;
    }
    texts_note_built(texts, file.path, home);
    struct build_options *options = arena_new(arena, struct build_options);
    set_options(texts, arena, workload, options);
    size_t first = report->findings.count;
    texts_judge_dockerfile(texts, arena, file.path, text, options, folder, report);
    waive_overridden(arena, workload, report, first);
}

void texts_judge_builds(struct texts *texts, struct arena *arena,
                        const struct workload_file *workloads, struct report *report)
{
    for (size_t i = 0; i < workloads->workloads.count; i++)
        if (workloads->workloads.items[i].build.set)
            judge_build(texts, arena, workloads->path, &workloads->workloads.items[i], report);
}
