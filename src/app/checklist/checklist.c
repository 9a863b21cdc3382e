// SPDX-License-Identifier: Apache-2.0
#include "app/checklist/checklist.h"

#include "act/checklist/checklist.h"
#include "act/fix/fix.h"
#include "app/checklist/joined.h"

/* ---- before the sandbox ---- */

static int open_images(struct joined *joined, struct err *err)
{
    const struct checklist_settings *settings = joined->settings;
    if (joined->image_count == 0)
        return 0;
    if (pipeline_open(&joined->pipeline, joined->invocation, joined->images, joined->image_count,
                      &settings->target, &settings->advisories, pipeline_wants(0), err) < 0)
        return -1;
    if (joined->pipeline.scans[0].reader || joined->image_is_guess)
        return 0;
    *err = joined->pipeline.scans[0].error;
    return err_wrap(err, "%s", joined->images[0]);
}

static int open_all(struct joined *joined, struct err *err)
{
    const struct checklist_settings *settings = joined->settings;
    struct option_list hosts = {0};
    struct err ignored = {0};
    if (settings->target.host)
        *vec_push(joined->invocation->arena, &hosts) = settings->target.host;
    joined->has_machine =
        !settings->no_host && machine_open(&joined->machine, joined->invocation, NULL, &hosts,
                                           &settings->advisories, true, &ignored) == 0;
    joined_find(joined);
    if (joined->project &&
        texts_begin(&joined->texts, joined->invocation->arena, &settings->texts, err) < 0)
        return -1;
    return open_images(joined, err);
}

/* ---- within ---- */

static int judge_files(struct joined *joined, struct err *err)
{
    const struct texts_pass pass = {0};
    struct arena *arena = joined->invocation->arena;
    if (texts_configure(&joined->texts, err) < 0 ||
        texts_find(&joined->texts, &joined->project, 1, err) < 0)
        return -1;
    joined->files.image.name = str_from(joined->project);
    if (str_eq(joined->files.image.name, STR(".")))
        joined->files.image.name = STR("this project");
    texts_judge_all(&joined->texts, &pass, &joined->files);
    policy_apply(arena, &joined->texts.policy, &joined->files);
    report_sort(arena, &joined->files);
    joined->has_files = joined->files.file_count > 0;
    return 0;
}

static int judge_image(struct joined *joined, struct scan *scan, struct err *err)
{
    const struct policy policy = {.fail_on = SEVERITY_HIGH};
    if (!scan->reader)
        return 0;
    if (pipeline_read(&joined->pipeline, scan) < 0) {
        *err = scan->error;
        return err_wrap(err, "%s", scan->target);
    }
    pipeline_judge(&joined->pipeline, scan);
    policy_apply(&scan->arena, &policy, &scan->report);
    report_sort(&scan->arena, &scan->report);
    joined->reports[joined->report_count++] = &scan->report;
    return 0;
}

static void judge_host(struct joined *joined)
{
    struct machine *machine = &joined->machine;
    const struct policy policy = {.fail_on = SEVERITY_HIGH};
    const struct rule_settings rules = {.today = machine->today};
    const struct audit_options options = {
        .benchmark = "cis-1.8.0", .rules = &rules, .store = machine->store};
    machine_start_report(machine, &joined->host);
    audit_judge(&machine->arena, &machine->host, &machine->engines, &options, &joined->host);
    policy_apply(&machine->arena, &policy, &joined->host);
    report_sort(&machine->arena, &joined->host);
}

/* ---- what was looked at ---- */

static str with(struct arena *arena, str text, const char *what, str name)
{
    return arena_printf(arena, "%.*s%s%s%.*s", STR_ARG(text), text.len ? ", " : "", what,
                        STR_ARG(name));
}

static str target_text(const struct joined *joined)
{
    struct arena *arena = joined->invocation->arena;
    str text = joined->has_files ? joined->files.image.name : (str){0};
    for (size_t i = 0; i < joined->report_count; i++)
        text = with(arena, text, "image ", joined->reports[i]->image.name);
    if (joined->images_left_out)
        text = with(arena, text, "",
                    arena_printf(arena, "without %zu more images", joined->images_left_out));
    if (joined->container_count)
        text = with(arena, text, "", joined->containers.image.name);
    if (joined->has_machine)
        text = with(arena, text, "", STR("this machine"));
    return text.len ? text : STR("nothing");
}

static struct checklist_sources sources_of(const struct joined *joined)
{
    struct arena *arena = joined->invocation->arena;
    return (struct checklist_sources){
        .files = joined->has_files ? &joined->files : NULL,
        .images = joined->reports,
        .image_count = joined->report_count,
        .containers = joined->container_count ? &joined->containers : NULL,
        .host = joined->has_machine ? &joined->host : NULL,
        .container_count = joined->container_count,
        .profile_count = joined->profile_count,
        .without_profile = joined->without_profile,
        .project = joined->project ? suggest_quote(arena, str_from(joined->project)) : (str){0},
        .image =
            joined->report_count ? suggest_quote(arena, joined->reports[0]->image.name) : (str){0},
    };
}

static void render(const struct joined *joined, const struct checklist_lines *lines)
{
    str target = target_text(joined), format = str_from(joined->settings->output.format);
    FILE *out = joined->output.stream;
    if (str_eq(format, STR("json")))
        checklist_json(lines, target, out);
    else if (str_eq(format, STR("markdown")))
        checklist_markdown(lines, target, out);
    else if (str_eq(format, STR("html")))
        checklist_html(lines, target, out);
    else
        checklist_tty(lines, target, &joined->output.options, out);
}

static int answer(struct joined *joined, struct err *err)
{
    if (joined->project && judge_files(joined, err) < 0)
        return -1;
    for (size_t i = 0; i < joined->image_count; i++)
        if (judge_image(joined, &joined->pipeline.scans[i], err) < 0)
            return -1;
    if (joined->has_machine) {
        machine_read(&joined->machine);
        joined_judge_containers(joined);
        judge_host(joined);
    }
    const struct checklist_sources sources = sources_of(joined);
    struct checklist_lines lines = checklist_answer(joined->invocation->arena, &sources);
    render(joined, &lines);
    bool no = false, unknown = false;
    for (size_t i = 0; i < lines.count; i++) {
        no |= lines.items[i].answer == CHECKLIST_NO;
        unknown |= lines.items[i].answer == CHECKLIST_CANNOT_TELL;
    }
    return no ? 1 : unknown && !joined->settings->allow_gaps ? 3 : 0;
}

int checklist_run(const struct invocation *invocation, struct err *err)
{
    struct joined joined = {.invocation = invocation, .settings = invocation->options};
    const struct output_settings where = {.output = joined.settings->output.output,
                                          .color = joined.settings->output.color};
    const struct sandbox none = {0};
    enum sandbox_level level;
    if (output_open(&joined.output, &where, err) < 0)
        return -1;
    int code = open_all(&joined, err);
    if (code == 0)
        code = joined.image_count ? pipeline_enter_sandbox(&joined.pipeline, err)
                                  : sandbox_enter(&none, &level, err);
    if (code == 0)
        code = answer(&joined, err);
    if (joined.project)
        texts_end(&joined.texts);
    if (joined.image_count)
        pipeline_close(&joined.pipeline);
    if (joined.has_machine)
        machine_close(&joined.machine);
    if (code < 0) {
        output_abandon(&joined.output);
        return -1;
    }
    return output_finish(&joined.output, err) < 0 ? -1 : code;
}
