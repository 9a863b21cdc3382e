// SPDX-License-Identifier: Apache-2.0
#include "app/lint/lint.h"

static const struct option options[] = {
    {.name = "fail-on",
     .kind = OPTION_CHOICE,
     .argument = "SEVERITY",
     .help = "exit with 1 at or above it (default high)",
     .choices = "critical high medium low info none",
     .offset = offsetof(struct lint_settings, fail_on)},
    {.name = "allow-gaps",
     .kind = OPTION_FLAG,
     .help = "an incomplete result is no reason to exit with 3",
     .offset = offsetof(struct lint_settings, allow_gaps)},
    {.name = "changed-since",
     .kind = OPTION_TEXT,
     .argument = "REV",
     .help = "count only findings on lines that changed since this git revision",
     .offset = offsetof(struct lint_settings, changed_since)},
    {.name = "baseline",
     .kind = OPTION_TEXT,
     .argument = "FILE",
     .help = "count only findings that this JSON report does not have",
     .offset = offsetof(struct lint_settings, baseline)},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .help = "print nothing; the exit code tells",
     .offset = offsetof(struct lint_settings, quiet)},
    {.name = "compat",
     .kind = OPTION_CHOICE,
     .argument = "TOOL",
     .help = "print and exit as this tool does (docs/HADOLINT.md)",
     .choices = "hadolint",
     .offset = offsetof(struct lint_settings, compat)},
    {.name = "failure-threshold",
     .letter = 't',
     .kind = OPTION_CHOICE,
     .argument = "LEVEL",
     .help = "--fail-on in hadolint's levels (its default is info)",
     .choices = "error warning info style ignore none",
     .offset = offsetof(struct lint_settings, threshold)},
    {.name = "no-fail",
     .kind = OPTION_FLAG,
     .help = "exit with 0 whatever is found",
     .offset = offsetof(struct lint_settings, no_fail)},
    {.name = "error",
     .kind = OPTION_LIST,
     .argument = "ID",
     .help = "rules that count as hadolint's error, our high",
     .offset = offsetof(struct lint_settings, error)},
    {.name = "warning",
     .kind = OPTION_LIST,
     .argument = "ID",
     .help = "rules that count as hadolint's warning, our medium",
     .offset = offsetof(struct lint_settings, warning)},
    {.name = "info",
     .kind = OPTION_LIST,
     .argument = "ID",
     .help = "rules that count as hadolint's info, our low",
     .offset = offsetof(struct lint_settings, info)},
    {.name = "style",
     .kind = OPTION_LIST,
     .argument = "ID",
     .help = "rules that count as hadolint's style, our info",
     .offset = offsetof(struct lint_settings, style)},
    {.name = "disable-ignore-pragma",
     .kind = OPTION_FLAG,
     .help = "hadolint's name of --no-waivers",
     .offset = offsetof(struct lint_settings, texts.no_waivers)},
    {.name = "file-path-in-report",
     .kind = OPTION_TEXT,
     .argument = "NAME",
     .help = "with --compat hadolint: how the file is called in the report",
     .offset = offsetof(struct lint_settings, path_in_report)},
    {.name = "no-color",
     .kind = OPTION_FLAG,
     .help = "--color never",
     .offset = offsetof(struct lint_settings, no_color)},
    OUTPUT_OPTIONS(
        struct lint_settings, output,
        "tty json sarif html table checkstyle codeclimate gitlab_codeclimate junit github gnu "
        "codacy sonarqube"),
    TEXTS_OPTIONS(struct lint_settings, texts),
    {0},
};

const struct command command_lint = {
    .name = "lint",
    .summary = "find what is wrong in Dockerfiles, compose files, manifests",
    .usage = "[FILE|DIR...]",
    .description =
        "Reads Dockerfiles (Dockerfile*, *.Dockerfile, Containerfile*), compose files, "
        "Kubernetes manifests, and command lines (docker run, podman run) in scripts that are "
        "named or on standard input. Tells what is weak, wrong or wasteful in them, line by line. "
        "Nothing is built or started. A compose file is read with its override, its .env and the "
        "files that it names, and the Dockerfiles that it builds with it. Below a folder, all of them are found, but not what git is "
        "told to ignore; '-' is standard input. A file that is named is read as a Dockerfile "
        "where neither its name nor its content says otherwise.\n\n"
        "A line of comment accepts a finding for the instruction below it:\n\n"
        "# harden: ignore RULE[,RULE] reason=\"why\" until=2027-01-31\n\n"
        "ignore-stage is for a whole stage, ignore-file for the whole file. The comments of "
        "hadolint, BuildKit, Trivy, Checkov and KICS work too, and so does .hadolint.yaml.\n\n"
        "Exit codes: 0 nothing at or above --fail-on; 1 findings at or above it; 2 a file could "
        "not be read, or the command line is wrong; 3 nothing at or above it, but not everything "
        "could be looked at.",
    .options = options,
    .options_size = sizeof(struct lint_settings),
    .examples =
        (const struct example[]){
            {"harden lint", "everything below this folder"},
            {"harden lint Dockerfile compose.yaml", "these files"},
            {"harden lint --changed-since origin/main --format github .",
             "in a pull request: only what it changes, as annotations"},
            {"harden lint --format json -o baseline.json --fail-on none .",
             "what is there today; with --baseline baseline.json only new findings count then"},
            {"harden lint --compat hadolint -f json Dockerfile", "in hadolint's place"},
            {0},
        },
    .least_operands = 0,
    .most_operands = 1000000,
    .run = lint_run,
};
