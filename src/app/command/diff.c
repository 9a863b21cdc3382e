// SPDX-License-Identifier: Apache-2.0
#include "app/ignore_file.h"
#include "app/output.h"
#include "app/pipeline.h"
#include "app/policy_options.h"
#include "base/fd.h"
#include "base/limits.h"

#include <fcntl.h>
#include <unistd.h>

struct diff_settings {
    struct target_settings target;
    struct advisory_settings advisories;
    struct output_settings output;
    const char *fail_on, *ignore_file;
};

static const struct option options[] = {
    {.name = "fail-on",
     .kind = OPTION_CHOICE,
     .argument = "SEVERITY",
     .help = "exit with 1 if B has a new finding at or above it (default high)",
     .choices = "critical high medium low info none",
     .offset = offsetof(struct diff_settings, fail_on)},
    IGNORE_FILE_OPTION(struct diff_settings, ignore_file),
    OUTPUT_OPTIONS(struct diff_settings, output, "tty json"),
    TARGET_OPTIONS(struct diff_settings, target),
    ADVISORY_OPTIONS(struct diff_settings, advisories),
    {0},
};

/* A side is a report that was written before, or a target that is scanned now. */
struct side {
    const char *operand;
    str json; /* the bytes of a report; absent for a target */
    struct scan *scan;
    struct scan from_report;
};

/* By content: a JSON document that names our schema near its beginning. */
static bool is_report(const char *path)
{
    char head[256];
    FD_SCOPED fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t len = fd < 0 ? -1 : read(fd, head, sizeof(head));
    return len > 0 && str_starts(str_trim(str_make(head, (size_t)len)), STR("{")) &&
           str_contains(str_make(head, (size_t)len), STR("harden.report/"));
}

static int read_side(struct pipeline *pipeline, struct side *side, const struct policy *policy,
                     struct err *err)
{
    struct scan *scan = side->scan;
    if (side->json.len) {
        if (report_parse(&scan->arena, side->json, &scan->report, err) < 0)
            return err_wrap(err, "%s", side->operand);
        return 0;
    }
    if (pipeline_read(pipeline, scan) < 0) {
        *err = scan->error;
        return command_fail_about(side->operand, err);
    }
    pipeline_judge(pipeline, scan);
    policy_apply(&scan->arena, policy, &scan->report);
    report_sort(&scan->arena, &scan->report);
    return 0;
}

/* Only what came with B counts: the question is whether B is worse than A. */
static int exit_code(const struct policy *policy, const struct report_diff *diff)
{
    if (policy->fail_on_none)
        return 0;
    for (size_t i = 0; i < diff->findings.count; i++) {
        const struct report_change *change = &diff->findings.items[i];
        if (!change->before && change->after->status == STATUS_OPEN &&
            change->after->severity >= policy->fail_on)
            return 1;
    }
    return 0;
}

static int compare(struct pipeline *pipeline, struct side sides[2], const struct policy *policy,
                   struct output *output, struct err *err)
{
    struct report_diff diff = {0};
    if (pipeline_enter_sandbox(pipeline, err) < 0)
        return -1;
    for (size_t i = 0; i < 2; i++)
        if (read_side(pipeline, &sides[i], policy, err) < 0)
            return -1;
    const struct report *a = &sides[0].scan->report, *b = &sides[1].scan->report;
    report_compare(pipeline->invocation->arena, a, b, &diff);
    output->format->render_diff(a, b, &diff, &output->options, output->stream);
    return exit_code(policy, &diff);
}

static int run(const struct invocation *invocation, struct err *err)
{
    const struct diff_settings *settings = invocation->options;
    struct policy policy = {.fail_on = SEVERITY_HIGH};
    struct side sides[2] = {0};
    const char *targets[2];
    size_t target_count = 0;
    struct output output;
    struct pipeline pipeline = {0};
    policy_take_threshold(&policy, settings->fail_on);
    for (size_t i = 0; i < 2; i++) {
        sides[i].operand = invocation->operands[i];
        if (!is_report(sides[i].operand))
            targets[target_count++] = sides[i].operand;
        else if (fd_read_file(invocation->arena, sides[i].operand, LIMIT_REPORT_INPUT,
                              &sides[i].json, err) < 0)
            return -1;
    }
    if (output_open(&output, &settings->output, err) < 0)
        return -1;
    /* Everything that a scan looks for: what one side was not asked about would seem gone. */
    int code = pipeline_open(&pipeline, invocation, targets, target_count, &settings->target,
                             &settings->advisories, pipeline_wants(0), err);
    if (code == 0)
        code = ignore_file_take(invocation->arena, settings->ignore_file, &pipeline.rules, true,
                                &policy, err);
    output.options.list_packages = true;
    for (size_t i = 0, used = 0; code == 0 && i < 2; i++)
        sides[i].scan = sides[i].json.len ? &sides[i].from_report : &pipeline.scans[used++];
    if (code == 0)
        code = compare(&pipeline, sides, &policy, &output, err);
    arena_free(&sides[0].from_report.arena);
    arena_free(&sides[1].from_report.arena);
    pipeline_close(&pipeline);
    if (code < 0) {
        output_abandon(&output);
        return -1;
    }
    return output_finish(&output, err) < 0 ? -1 : code;
}

const struct command command_diff = {
    .name = "diff",
    .summary = "what is new, gone and changed from one image or report to another",
    .usage = "A B",
    .description =
        "A and B are targets as for scan, or reports that `harden scan --format json` wrote (with "
        "--packages, so that packages can be compared too). The exit code is 1 if B has a finding "
        "that A has not, at or above --fail-on.",
    .options = options,
    .options_size = sizeof(struct diff_settings),
    .examples =
        (const struct example[]){
            {"harden diff docker:app:1.0 docker:app:1.1", "what the new release changes"},
            {"harden diff yesterday.json docker:app", "what came up since"},
            {0},
        },
    .least_operands = 2,
    .most_operands = 2,
    .run = run,
};
