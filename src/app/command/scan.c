// SPDX-License-Identifier: Apache-2.0
#include "app/ignore_file.h"
#include "app/image_policy.h"
#include "app/lint/lint.h"
#include "app/output.h"
#include "app/pipeline.h"
#include "app/policy_options.h"

#include <stdio.h>
#include <stdlib.h>

struct scan_settings {
    struct target_settings target;
    struct advisory_settings advisories;
    struct output_settings output;
    struct image_policy_settings policy;
    const char *fail_on, *ignore_file;
    struct option_list only, ignore;
    bool packages, files, allow_gaps, quiet;
};

static const struct option options[] = {
    {.name = "fail-on",
     .kind = OPTION_CHOICE,
     .argument = "SEVERITY",
     .help = "exit with 1 at or above it (default high)",
     .choices = "critical high medium low info none",
     .offset = offsetof(struct scan_settings, fail_on)},
    {.name = "allow-gaps",
     .kind = OPTION_FLAG,
     .help = "an incomplete result is no reason to exit with 3",
     .offset = offsetof(struct scan_settings, allow_gaps)},
    {.name = "only",
     .kind = OPTION_LIST,
     .argument = "KIND",
     .help = "look only for these kinds of findings: vulnerability, secret, config, account, "
             "permission, binary; in compose files and manifests also isolation, network, trust",
     .offset = offsetof(struct scan_settings, only)},
    {.name = "ignore",
     .letter = 'i',
     .kind = OPTION_LIST,
     .argument = "ID",
     .help = "waive a finding by its id or an alias; it stays in the report, marked",
     .offset = offsetof(struct scan_settings, ignore)},
    IGNORE_FILE_OPTION(struct scan_settings, ignore_file),
    {.name = "packages",
     .letter = 'p',
     .kind = OPTION_FLAG,
     .help = "list the installed packages too",
     .offset = offsetof(struct scan_settings, packages)},
    {.name = "files",
     .kind = OPTION_FLAG,
     .help = "with --packages: the files that each package owns",
     .offset = offsetof(struct scan_settings, files)},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .help = "print nothing; the exit code tells",
     .offset = offsetof(struct scan_settings, quiet)},
    {.name = "show-secrets",
     .kind = OPTION_FLAG,
     .help = "print secrets in full; reads every layer again, and remembers nothing",
     .personal = true,
     .offset = offsetof(struct scan_settings, target.show_secrets)},
    OUTPUT_OPTIONS(struct scan_settings, output,
                   "tty json sarif html table checkstyle codeclimate junit github gnu"),
    TARGET_OPTIONS(struct scan_settings, target),
    IMAGE_POLICY_OPTIONS(struct scan_settings, policy),
    ADVISORY_OPTIONS(struct scan_settings, advisories),
    {0},
};

static int read_policy(const struct invocation *invocation, const struct scan_settings *settings,
                       struct policy *policy, struct err *err)
{
    *policy = (struct policy){.fail_on = SEVERITY_HIGH, .allow_gaps = settings->allow_gaps};
    policy_take_threshold(policy, settings->fail_on);
    policy_take_ignored(invocation->arena, &settings->ignore, policy);
    return policy_take_kinds(&settings->only, &policy->kinds, err);
}

/* A Dockerfile, a compose file or a manifest: what `harden lint` finds in it. */
static int scan_text(struct pipeline *pipeline, const char *target, const struct policy *policy,
                     const struct scan_settings *settings, struct output *output)
{
    const struct texts_settings texts = {.only = settings->only,
                                         .ignore = settings->ignore,
                                         .ignore_file = settings->ignore_file,
                                         .jobs = settings->target.jobs};
    struct report report;
    struct err err = {0};
    int code = lint_target(pipeline->invocation, target, &texts, policy, &report, &err);
    if (code < 0) {
        command_complain(target, &err);
        return 2;
    }
    if (!settings->quiet)
        output->format->render(&report, &output->options, output->stream);
    return code;
}

static int scan_one(struct pipeline *pipeline, struct scan *scan, const struct policy *policy,
                    const struct scan_settings *settings, struct output *output)
{
    if (!scan->reader && texts_is_text(scan->target))
        return scan_text(pipeline, scan->target, policy, settings, output);
    if (pipeline_read(pipeline, scan) < 0) {
        command_complain(scan->target, &scan->error);
        return 2;
    }
    pipeline_judge(pipeline, scan);
    policy_apply(&scan->arena, policy, &scan->report);
    report_sort(&scan->arena, &scan->report);
    if (settings->quiet)
        return policy_exit_code(policy, &scan->report);
    if (ftello(output->stream) > 0 && output->format == format_by_name(STR("tty")))
        fputc('\n', output->stream);
    output->format->render(&scan->report, &output->options, output->stream);
    return policy_exit_code(policy, &scan->report);
}

static int scan_all(struct pipeline *pipeline, const struct policy *policy,
                    const struct scan_settings *settings, struct output *output, struct err *err)
{
    if (pipeline_enter_sandbox(pipeline, err) < 0)
        return -1;
    int code = 0;
    for (size_t i = 0; i < pipeline->scan_count; i++) {
        struct scan *scan = &pipeline->scans[i];
        code = command_worse_exit(code, scan_one(pipeline, scan, policy, settings, output));
        image_close(scan->reader);
        scan->reader = NULL;
        arena_free(&scan->arena);
    }
    return code;
}

static int run(const struct invocation *invocation, struct err *err)
{
    const struct scan_settings *settings = invocation->options;
    struct policy policy;
    struct output output;
    struct pipeline pipeline = {0};
    if (read_policy(invocation, settings, &policy, err) < 0 ||
        output_open(&output, &settings->output, err) < 0)
        return -1;
    output.options.list_packages = settings->packages || settings->files;
    unsigned wants =
        pipeline_wants(policy.kinds) | (settings->files ? (unsigned)WANT_OWNERS : 0) |
        (settings->packages ? (unsigned)(WANT_LICENSES | WANT_LANGUAGES | WANT_OWNERS) : 0) |
        image_policy_wants(&settings->policy);
    int code = pipeline_open(&pipeline, invocation, invocation->operands, invocation->operand_count,
                             &settings->target, &settings->advisories, wants, err);
    pipeline.rules.kinds = policy.kinds;
    if (code == 0)
        code = image_policy_read(invocation->arena, &settings->policy, &pipeline.rules, err);
    if (code == 0)
        code = ignore_file_take(invocation->arena, settings->ignore_file, &pipeline.rules, true,
                                &policy, err);
    if (code == 0)
        code = image_policy_open(&settings->policy, &pipeline.forbidden, err);
    if (code == 0)
        code = scan_all(&pipeline, &policy, settings, &output, err);
    pipeline_close(&pipeline);
    if (code < 0) {
        output_abandon(&output);
        return -1;
    }
    return output_finish(&output, err) < 0 ? -1 : code;
}

const struct command command_scan = {
    .name = "scan",
    .summary = "find what is weak in an image, and what to do about it",
    .usage = "TARGET...",
    .description =
        "Reads container images as streams, layer by layer, and matches the packages in them with "
        "known vulnerabilities. Nothing is unpacked, nothing is executed, nothing leaves this "
        "machine; what cannot be looked at is reported as a coverage gap.\n\n"
        "A Dockerfile, a compose file or a Kubernetes manifest is judged as by harden lint.\n\n"
        "TARGET is a file or folder (docker-archive, OCI layout or archive, root file system), an "
        "image of the engine, or '-' for an archive on standard input. The type is found from the "
        "content; a scheme forces it: docker:REF, docker-archive:FILE, oci:DIR[:TAG], "
        "oci-archive:FILE, rootfs:DIR.\n\n"
        "Exit codes: 0 nothing at or above --fail-on; 1 findings at or above it; 2 a target could "
        "not be read; 3 nothing at or above it, but coverage is incomplete.",
    .options = options,
    .options_size = sizeof(struct scan_settings),
    .examples =
        (const struct example[]){
            {"harden scan docker:nginx:1.27", "an image of the local engine"},
            {"harden scan image.tar", "what `docker save` wrote"},
            {"docker save app | harden scan -", "the same as a stream, without a file"},
            {"harden scan --format sarif -o app.sarif app.tar", "for code-scanning tools"},
            {"harden scan --fail-on critical --allow-gaps app.tar", "a gate in a pipeline"},
            {0},
        },
    .least_operands = 1,
    .most_operands = 1000,
    .run = run,
};
