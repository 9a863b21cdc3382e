// SPDX-License-Identifier: Apache-2.0
#include "app/lint/lint.h"

#include "act/report/hadolint.h"
#include "app/lint/changed.h"
#include "app/policy_options.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "io/spool.h"

#include <string.h>

struct lint {
    const struct invocation *invocation;
    const struct lint_settings *settings;
    struct output_settings output_settings;
    struct output output;
    struct texts texts;
    struct policy policy;
    struct changed changed;
    struct report report;
    const struct format_parts *parts;   /* findings are written as they come; NULL: all are kept */
    struct arena forgotten;             /* what is still known of them */
    struct spool *spool;                /* what is written of them, where it comes behind totals */
    struct hadolint_rule_levels levels; /* with --compat hadolint */
    enum hadolint_level threshold;
};

static bool is_compat(const struct lint *lint)
{
    return lint->settings->compat != NULL;
}

/* --- settings -----------------------------------------------------------------------------------
 */

/* hadolint's formats are more than ours, and ours more than hadolint's. */
static int choose_format(struct lint *lint, struct err *err)
{
    const char *format = lint->settings->output.format;
    lint->output_settings = lint->settings->output;
    if (lint->settings->no_color)
        lint->output_settings.color = "never";
    if (is_compat(lint)) {
        if (format && !hadolint_has_format(format))
            return err_set(err, ERR_USAGE, "--format %s: hadolint has no such format", format);
        lint->output_settings.format = NULL;
    } else if (format && strcmp(format, "gitlab_codeclimate") == 0) {
        lint->output_settings.format = "codeclimate";
    } else if (format && !format_by_name(str_from(format))) {
        return err_set(err, ERR_USAGE, "--format %s: only with --compat hadolint", format);
    }
    return 0;
}

/* hadolint asks rules that are contested, and so off here. */
static void enable_hadolint_rules(struct lint *lint)
{
    struct rule_settings *rules = &lint->texts.rules;
    struct str_list all = {0};
    for (size_t i = 0; i < rules->enable_count; i++)
        *vec_push(lint->invocation->arena, &all) = rules->enable[i];
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule)) {
        bool on = false;
        for (const char *const *alias = rule->aliases; *alias; alias++)
            on |= hadolint_is_on(str_from(*alias));
        if (rule->off && on)
            *vec_push(lint->invocation->arena, &all) = str_from(rule->id);
    }
    rules->enable = all.items;
    rules->enable_count = all.count;
}

static void add_overrides(struct lint *lint, const struct option_list *ids, enum severity severity,
                          enum hadolint_severity level)
{
    struct arena *arena = lint->invocation->arena;
    struct policy *policy = &lint->policy;
    size_t count = policy->override_count + ids->count;
    struct severity_override *all = arena_array(arena, struct severity_override, count + 1);
    for (size_t i = 0; i < policy->override_count; i++)
        all[i] = policy->overrides[i];
    for (size_t i = 0; i < ids->count; i++) {
        str id = str_from(ids->items[i]);
        all[policy->override_count + i] = (struct severity_override){id, severity};
        *vec_push(arena, &lint->levels) = (struct hadolint_rule_level){id, level};
    }
    policy->overrides = all;
    policy->override_count = count;
}

/* The command line wins over hadolint's file, --fail-on over --failure-threshold. */
static void choose_policy(struct lint *lint)
{
    static const enum severity severities[] = {
        [HADOLINT_ERROR] = SEVERITY_HIGH,
        [HADOLINT_WARNING] = SEVERITY_MEDIUM,
        [HADOLINT_INFO] = SEVERITY_LOW,
        [HADOLINT_STYLE] = SEVERITY_INFO,
    };
    const struct lint_settings *settings = lint->settings;
    lint->policy = lint->texts.policy;
    lint->policy.allow_gaps = settings->allow_gaps;
    lint->policy.tell_waivers = !is_compat(lint);
    lint->threshold = lint->texts.hadolint.threshold;
    for (size_t i = 0; i < lint->texts.hadolint.overrides.count; i++) {
        const struct hadolint_override *override = &lint->texts.hadolint.overrides.items[i];
        *vec_push(lint->invocation->arena, &lint->levels) =
            (struct hadolint_rule_level){override->rule, (enum hadolint_severity) override->level};
    }
    if (settings->threshold &&
        hadolint_level_parse(str_from(settings->threshold), &lint->threshold)) {
        lint->policy.fail_on_none = lint->threshold == HADOLINT_IGNORE;
        if (lint->threshold < HADOLINT_IGNORE)
            lint->policy.fail_on = severities[lint->threshold];
    }
    policy_take_threshold(&lint->policy, settings->fail_on);
    lint->policy.fail_on_none |= settings->no_fail;
    add_overrides(lint, &settings->error, SEVERITY_HIGH, HADOLINT_IS_ERROR);
    add_overrides(lint, &settings->warning, SEVERITY_MEDIUM, HADOLINT_IS_WARNING);
    add_overrides(lint, &settings->info, SEVERITY_LOW, HADOLINT_IS_INFO);
    add_overrides(lint, &settings->style, SEVERITY_INFO, HADOLINT_IS_STYLE);
}

/* --- the work -----------------------------------------------------------------------------------
 */

static void keep(void *context, struct arena *arena, const struct listed_file *file, str text,
                 struct report *report)
{
    struct lint *lint = context;
    changed_keep(&lint->changed, &lint->texts, arena, file, text, report);
}

static int take_baseline(struct lint *lint, struct err *err)
{
    const char *path = lint->settings->baseline;
    struct arena *arena = lint->invocation->arena;
    struct report baseline;
    str text;
    if (!path)
        return 0;
    if (fd_read_file(arena, path, LIMIT_REPORT_INPUT, &text, err) < 0 ||
        report_parse(arena, text, &baseline, err) < 0)
        return err_wrap(err, "--baseline %s", path);
    baseline_apply(arena, &baseline, path, &lint->report);
    return 0;
}

/*
 * Whether findings can be written file by file and forgotten, so that a million of them need no
 * memory: not where something has to be known of all before the first is written, or may still go
 * wrong.
 */
static const struct format_parts *choose_parts(const struct lint *lint)
{
    const struct lint_settings *settings = lint->settings;
    const struct format_parts *parts = lint->output.format->parts;
    bool needs_all = is_compat(lint) || settings->baseline || settings->texts.target ||
                     lint->policy.waivers ||
                     (parts && parts->totals_first && lint->output.options.verbose);
    return needs_all ? NULL : parts;
}

static void begin_parts(struct lint *lint)
{
    if (lint->parts->totals_first) {
        lint->spool = spool_open();
        return;
    }
    output_go(&lint->output);
    if (lint->parts->begin && !lint->settings->quiet)
        lint->parts->begin(&lint->report, &lint->output.options, lint->output.stream);
}

static void take(void *context, struct report *part)
{
    struct lint *lint = context;
    FILE *out = lint->spool ? spool_stream(lint->spool) : lint->output.stream;
    ARENA_SCOPED arena = {0};
    policy_apply(&arena, &lint->policy, part);
    report_sort(&arena, part);
    if (!lint->settings->quiet)
        lint->parts->findings(part, &lint->output.options, out);
    report_forget(&lint->forgotten, &lint->report, part);
}

static void end_parts(struct lint *lint)
{
    const struct format_parts *parts = lint->parts;
    const struct render_options *options = &lint->output.options;
    if (parts->totals_first) {
        output_go(&lint->output);
        if (parts->begin)
            parts->begin(&lint->report, options, lint->output.stream);
        spool_copy(lint->spool, lint->output.stream);
    }
    if (parts->end)
        parts->end(&lint->report, options, lint->output.stream);
}

/* What the report is called: the operands, or this folder. */
static str name_of(const struct invocation *invocation)
{
    str name = {0};
    for (size_t i = 0; i < invocation->operand_count; i++) {
        str operand = str_from(invocation->operands[i]);
        name = i ? arena_join(invocation->arena, name, STR(" "), operand) : operand;
    }
    return name.len ? name : STR(".");
}

static int judge(struct lint *lint, struct err *err)
{
    static const char *const here[] = {".", NULL};
    const struct invocation *invocation = lint->invocation;
    bool none = invocation->operand_count == 0;
    const char *const *operands = none ? here : invocation->operands;
    size_t count = none ? 1 : invocation->operand_count;
    struct texts_pass pass = {.context = lint};
    if (texts_configure(&lint->texts, err) < 0)
        return -1;
    choose_policy(lint);
    if (is_compat(lint))
        enable_hadolint_rules(lint);
    if (lint->settings->changed_since) {
        if (changed_open(invocation->arena, lint->settings->changed_since, operands, count,
                         &lint->changed, err) < 0)
            return -1;
        pass.keep = keep;
    }
    if (texts_find(&lint->texts, operands, count, err) < 0)
        return -1;
    lint->report.image.name = name_of(invocation);
    lint->parts = choose_parts(lint);
    if (lint->parts) {
        begin_parts(lint);
        pass.take = take;
    }
    texts_judge_all(&lint->texts, &pass, &lint->report);
    if (lint->parts) {
        lint->report.grade = policy_grade(&lint->report).letter;
        report_sort(invocation->arena, &lint->report);
        return 0;
    }
    if (texts_check_target(&lint->texts, err) < 0 || take_baseline(lint, err) < 0)
        return -1;
    policy_apply(invocation->arena, &lint->policy, &lint->report);
    report_sort(invocation->arena, &lint->report);
    return 0;
}

/* --- hadolint's way -----------------------------------------------------------------------------
 */

static void render_compat(struct lint *lint)
{
    const char *format = lint->settings->output.format;
    const struct hadolint_output output = {
        .format = format ? format
                  : lint->texts.hadolint.format.len
                      ? arena_cstr(lint->invocation->arena, lint->texts.hadolint.format)
                      : "tty",
        .levels = &lint->levels,
        .path = str_from(lint->settings->path_in_report),
        .color = lint->output.options.color && !lint->texts.hadolint.no_color,
    };
    hadolint_render(&lint->report, &output, lint->output.stream);
}

/* These formats are read by programs that look at the content, not at the exit code. */
static bool format_never_fails(const struct lint *lint)
{
    const char *format = lint->settings->output.format;
    return format && (strcmp(format, "codeclimate") == 0 || strcmp(format, "codacy") == 0 ||
                      strcmp(format, "gitlab_codeclimate") == 0);
}

static int exit_compat(const struct lint *lint)
{
    enum hadolint_level threshold =
        lint->threshold == HADOLINT_UNSAID ? HADOLINT_INFO : lint->threshold;
    if (lint->settings->no_fail || lint->texts.hadolint.no_fail || format_never_fails(lint))
        return 0;
    for (size_t i = 0; i < lint->report.findings.count; i++) {
        const struct finding *finding = &lint->report.findings.items[i];
        if (finding->status == STATUS_OPEN && hadolint_code(finding).len &&
            (unsigned)hadolint_level_of(&lint->levels, finding) <= (unsigned)threshold &&
            threshold != HADOLINT_IGNORE)
            return 1;
    }
    return lint->report.gaps.count > 0;
}

/* What hadolint says on standard error: files that it cannot read. */
static void complain_about_gaps(const struct lint *lint)
{
    for (size_t i = 0; i < lint->report.gaps.count; i++) {
        struct err err = {0};
        const struct gap *gap = &lint->report.gaps.items[i];
        err_set(&err, ERR_IO, "%.*s: %.*s", STR_ARG(gap->path), STR_ARG(gap->reason));
        command_complain(NULL, &err);
    }
}

static int finish(struct lint *lint, struct err *err)
{
    int code = is_compat(lint) ? exit_compat(lint) : policy_exit_code(&lint->policy, &lint->report);
    if (lint->parts) {
        if (!lint->settings->quiet)
            end_parts(lint);
        return output_finish(&lint->output, err) < 0 ? -1 : code;
    }
    output_go(&lint->output);
    if (is_compat(lint)) {
        complain_about_gaps(lint);
        render_compat(lint);
    } else if (!lint->settings->quiet) {
        lint->output.format->render(&lint->report, &lint->output.options, lint->output.stream);
    }
    return output_finish(&lint->output, err) < 0 ? -1 : code;
}

int lint_run(const struct invocation *invocation, struct err *err)
{
    struct lint_settings settings = *(const struct lint_settings *)invocation->options;
    struct lint lint = {.invocation = invocation, .settings = &settings};
    if (settings.compat) {
        lint_take_environment(invocation->arena, &settings);
        /* hadolint has ShellCheck within it. */
        if (!settings.texts.shellcheck)
            settings.texts.shellcheck = "auto";
    }
    enum sandbox_level level;
    if (choose_format(&lint, err) < 0)
        return -1;
    int code = texts_begin(&lint.texts, invocation->arena, &lint.settings->texts, err);
    if (code < 0 || (code = output_open(&lint.output, &lint.output_settings, err)) < 0) {
        texts_end(&lint.texts);
        return code;
    }
    code = sandbox_enter(&(struct sandbox){0}, &level, err);
    if (code == 0)
        code = judge(&lint, err);
    if (code == 0)
        code = finish(&lint, err);
    else
        output_abandon(&lint.output);
    texts_end(&lint.texts);
    spool_close(lint.spool);
    arena_free(&lint.forgotten);
    return code;
}
