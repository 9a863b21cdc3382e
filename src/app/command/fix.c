// SPDX-License-Identifier: Apache-2.0
#include "app/fix/fix.h"

static const struct option options[] = {
    {.name = "write",
     .letter = 'w',
     .kind = OPTION_FLAG,
     .help = "change the files; without it the changes are only shown, as a diff",
     .offset = offsetof(struct fix_settings, write)},
    {.name = "unsafe",
     .letter = 'u',
     .kind = OPTION_FLAG,
     .help = "also make changes that a person must look at: USER lines, digests, secret mounts",
     .offset = offsetof(struct fix_settings, unsafe)},
    {.name = "interactive",
     .kind = OPTION_FLAG,
     .help = "ask before each change",
     .offset = offsetof(struct fix_settings, interactive)},
    {.name = "rule",
     .kind = OPTION_LIST,
     .argument = "ID",
     .help = "repair only what these rules found (our ids or those of other tools)",
     .offset = offsetof(struct fix_settings, rules)},
    {.name = "host",
     .kind = OPTION_FLAG,
     .help = "print how to repair this machine instead: settings and commands, in a safe order",
     .offset = offsetof(struct fix_settings, host)},
    {.name = "docker-host",
     .letter = 'H',
     .kind = OPTION_LIST,
     .argument = "URL",
     .help = "with --host: an engine's address; repeatable; with --verify-build: who builds "
             "(default: DOCKER_HOST, else the current context)",
     .personal = true,
     .offset = offsetof(struct fix_settings, engines)},
    {.name = "check",
     .kind = OPTION_FLAG,
     .help = "exit with 1 if there is anything to fix",
     .offset = offsetof(struct fix_settings, check)},
    {.name = "verify-build",
     .kind = OPTION_FLAG,
     .help = "let the engine build both versions, and tell how the images differ",
     .offset = offsetof(struct fix_settings, verify_build)},
    {.name = "secret",
     .kind = OPTION_LIST,
     .argument = "id=ID[,src=FILE|,env=NAME]",
     .help = "with --verify-build: what RUN --mount=type=secret gets, as for docker build",
     .personal = true,
     .whole = true,
     .offset = offsetof(struct fix_settings, secrets)},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .help = "print neither diffs nor what was done",
     .offset = offsetof(struct fix_settings, quiet)},
    {.name = "color",
     .kind = OPTION_CHOICE,
     .argument = "WHEN",
     .help = "colour and emphasis (default auto; NO_COLOR is honoured)",
     .choices = "auto always never",
     .offset = offsetof(struct fix_settings, color)},
    TEXTS_OPTIONS(struct fix_settings, texts),
    {0},
};

const struct command command_fix = {
    .name = "fix",
    .summary = "repair Dockerfiles and compose files, safely",
    .usage = "[FILE|DIR...]",
    .description =
        "Repairs what `harden lint` finds, where it knows how, and shows the changes as a unified "
        "diff; --write makes them. Lines that no repair concerns stay byte for byte. Every single "
        "change is proven before it is kept: the file is judged again, the finding must be gone, "
        "and no rule may find more than before.\n\n"
        "What is made by default gives the same image, apart from what was wrong. --unsafe adds "
        "changes that are right in most cases and need a person's eye: a user without rights at "
        "the end, digests for base images, --no-install-recommends, secret mounts in the place "
        "of build arguments, flags that switch checks off.\n\n"
        "--verify-build has the engine build the file as it was and as it is fixed, compares paths, "
        "types, modes, owners and packages of both images, and removes them. BuildKit builds what "
        "the classic builder cannot; its cache stays with the engine. Secrets "
        "that a file mounts come from --secret, or from the --build-arg of that name that they "
        "were before; an SSH agent is not handed on.\n\n"
        "--host prints what `harden audit host` would have changed on this machine, and which "
        "containers that disturbs; nothing is changed.\n\n"
        "'-' reads a file from standard input and writes the repaired one to standard output. "
        "Findings that are waived (by comments, --ignore, .hadolint.yaml) are left alone.\n\n"
        "Exit codes: 0 done; 1 with --check, there is something to fix; 2 a file could not be read "
        "or written; 3 something could not be looked at.",
    .options = options,
    .options_size = sizeof(struct fix_settings),
    .examples =
        (const struct example[]){
            {"harden fix", "what would change in the files below this folder"},
            {"harden fix --write Dockerfile", "the same, done"},
            {"harden fix --unsafe --interactive --write Dockerfile", "one after the other"},
            {"harden fix . | git apply", "as a patch"},
            {"harden fix -u --verify-build --secret id=token,env=TOKEN Dockerfile",
             "what the images differ in when a secret is mounted"},
            {"harden fix --host", "the machine's turn: daemon.json, drop-ins, commands"},
            {"harden fix --host -H unix:///run/podman/podman.sock",
             "with another engine's containers"},
            {"harden fix - <Dockerfile >Dockerfile.new", "a filter, as editors want it"},
            {0},
        },
    .least_operands = 0,
    .most_operands = 1000000,
    .run = fix_files,
};
