// SPDX-License-Identifier: Apache-2.0
#include "app/texts/texts_internal.h"
#include "act/fix/fix.h"
#include "base/path.h"
#include "judge/waiver/waiver.h"
#include "read/config/config.h"
#include "read/dockerfile/dockerfile.h"

#include <string.h>

/* Only what has these words can be a compose file or a manifest; most YAML files are not even
 * parsed. Command lines are looked for only in what the user names. */
static bool may_be_workload(const struct listed_file *file, str text)
{
    static const char *const engines[] = {"docker", "podman", "nerdctl"};
    for (size_t i = 0; file->named && i < sizeof(engines) / sizeof(engines[0]); i++)
        if (str_contains(text, str_from(engines[i])))
            return true;
    return str_contains(text, STR("services")) || str_contains(text, STR("apiVersion")) ||
           (str_contains(path_base(file->path), STR("compose")) &&
            str_contains(text, STR("include")));
}

bool texts_is_yaml(const struct listed_file *file)
{
    return str_ends(file->path, STR(".yaml")) || str_ends(file->path, STR(".yml"));
}

enum text_kind texts_kind(const struct listed_file *file, str text, enum workload_dialect *ret)
{
    str name = path_base(file->path);
    if (dockerfile_is_name(name))
        return TEXT_DOCKERFILE;
    if (text.len && may_be_workload(file, text) && config_detect(file->path, text, ret) &&
        (file->named || *ret != DIALECT_RUN))
        return TEXT_WORKLOADS;
    return file->named && !texts_is_yaml(file) ? TEXT_DOCKERFILE : TEXT_OTHER;
}

static struct rule_run begin_run(struct texts *texts, struct arena *arena,
                                 const struct text_file *file, struct report *report)
{
    return (struct rule_run){
        .arena = arena, .report = report, .settings = &texts->rules, .file = file};
}

void texts_find_secrets(struct texts *texts, struct rule_run *run)
{
    struct fact_list facts = {0};
    struct collect to = {.arena = run->arena, .facts = &facts};
    if (!texts->secrets)
        return;
    secret_scan_text(texts->secrets, &to, run->file->path, run->file->text);
    rule_report_secrets(run, &facts);
}

/* --- the stage that --target names --- */

/* "Dockerfile has the stages build, 1": those without a name go by their number. */
static str tell_stages(struct arena *arena, str path, const struct dockerfile *dockerfile)
{
    enum { SHOWN = 20 };
    size_t count = dockerfile->stages.count;
    str text = arena_join(arena, path, STR(" has the stages "), (str){0});
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        str name = dockerfile->stages.items[i]->alias.value;
        if (!name.len)
            name = arena_printf(arena, "%zu", i);
        text = arena_join(arena, text, i ? STR(", ") : (str){0}, name);
    }
    return count > SHOWN ? arena_join(arena, text, STR(" ..."), (str){0}) : text;
}

static void note_target(struct texts *texts, struct arena *arena,
                        const struct dockerfile *dockerfile, struct report *report)
{
    str path = dockerfile->file.path, said = {0};
    bool met = dockerfile->target != NULL;
    if (!met) {
        said = tell_stages(arena, path, dockerfile);
        report_add_gap(
            arena, report, path,
            arena_join(arena, STR("it has not the stage that --target names: "), said, (str){0}));
    }
    pthread_mutex_lock(&texts->lock);
    texts->target_met |= met;
    if (!met && (!texts->target_missed.len || str_cmp(said, texts->target_missed) < 0))
        texts->target_missed = arena_str(texts->arena, said);
    pthread_mutex_unlock(&texts->lock);
}

int texts_check_target(const struct texts *texts, struct err *err)
{
    if (texts->target_met || !texts->target_missed.len)
        return 0;
    return err_set(err, ERR_USAGE, "--target %s: there is no stage of that name; %.*s",
                   texts->settings->target, STR_ARG(str_sub(texts->target_missed, 0, 300)));
}

void texts_judge_dockerfile(struct texts *texts, struct arena *arena, str path, str text,
                            const struct build_options *options, str folder, struct report *report)
{
    size_t first = report->findings.count;
    struct dockerfile *dockerfile = dockerfile_parse(arena, path, text, options);
    dockerfile->digests = options->digests;
    if (!str_eq(path, STR("-")))
        dockerfile->context = texts_context(texts, arena, folder, path, dockerfile);
    struct rule_run run = begin_run(texts, arena, &dockerfile->file, report);
    rule_ask_dockerfile(&run, dockerfile);
    texts_ask_shellcheck(texts, &run, dockerfile, first);
    texts_find_secrets(texts, &run);
    struct waiver_list waivers = waivers_of_dockerfile(arena, dockerfile);
    waivers_apply(&run, &waivers, first, texts_ignores_waivers(texts));
    fix_attach(arena, report, first);
    report_locate(arena, report, first, &dockerfile->file, 1);
    if (options->target_may_miss && dockerfile->stages.count)
        note_target(texts, arena, dockerfile, report);
    report->file_count++;
}

bool texts_ignores_waivers(const struct texts *texts)
{
    return texts->settings->no_waivers || texts->hadolint.disable_pragmas;
}

bool texts_judge(struct texts *texts, struct arena *arena, const struct listed_file *file, str text,
                 struct report *report)
{
    enum workload_dialect dialect;
    switch (texts_kind(file, text, &dialect)) {
    case TEXT_DOCKERFILE:
        texts_judge_dockerfile(texts, arena, file->path, text, &texts->build,
                               path_parent(file->path), report);
        return true;
    case TEXT_WORKLOADS:
        texts_judge_workloads(texts, arena, file, text, dialect, report);
        return true;
    case TEXT_OTHER: break;
    }
    if (file->named)
        report_add_gap(arena, report, file->path,
                       STR("neither a compose file nor a Kubernetes manifest"));
    return false;
}
