// SPDX-License-Identifier: Apache-2.0
#include "app/audit/audit.h"

static const struct option options[] = {
    {.name = "benchmark",
     .letter = 'b',
     .kind = OPTION_CHOICE,
     .argument = "NAME",
     .help = "whose controls to answer (default cis-1.8.0)",
     .choices = AUDIT_BENCHMARKS,
     .offset = offsetof(struct audit_settings, benchmark)},
    {.name = "only",
     .kind = OPTION_LIST,
     .argument = "WHAT",
     .help = "only these controls (2.*, 5.5) or kinds of findings (daemon, host)",
     .offset = offsetof(struct audit_settings, only)},
    {.name = "host",
     .letter = 'H',
     .kind = OPTION_LIST,
     .argument = "URL",
     .help = "an engine's address; repeatable (default: DOCKER_HOST, else the current context)",
     .personal = true,
     .offset = offsetof(struct audit_settings, hosts)},
    {.name = "root",
     .kind = OPTION_TEXT,
     .argument = "DIR",
     .help = "a folder that stands for the machine's /, with its own proc and sys",
     .personal = true,
     .offset = offsetof(struct audit_settings, root)},
    {.name = "plan",
     .kind = OPTION_FLAG,
     .help = "print what to change instead, step by step, and which containers that disturbs",
     .offset = offsetof(struct audit_settings, plan)},
    {.name = "suggest",
     .kind = OPTION_FLAG,
     .help = "of containers: print the command or file that makes each anew, hardened",
     .offset = offsetof(struct audit_settings, suggest)},
    {.name = "dialect",
     .kind = OPTION_CHOICE,
     .argument = "NAME",
     .help = "of containers: what remedies and --suggest are written in (default run, or compose "
             "for containers that it made)",
     .choices = "run compose kubernetes",
     .offset = offsetof(struct audit_settings, dialect)},
    {.name = "no-ptrace",
     .kind = OPTION_FLAG,
     .help = "of containers: stop no thread for an instant to read its filter on system calls",
     .offset = offsetof(struct audit_settings, no_ptrace)},
    {.name = "no-files",
     .kind = OPTION_FLAG,
     .help = "of containers: do not look for files that differ from the image",
     .offset = offsetof(struct audit_settings, no_files)},
    {.name = "compat",
     .kind = OPTION_CHOICE,
     .argument = "TOOL",
     .help = "write what that tool writes, for programs that read it",
     .choices = "docker-bench",
     .offset = offsetof(struct audit_settings, compat)},
    {.name = "fail-on",
     .kind = OPTION_CHOICE,
     .argument = "SEVERITY",
     .help = "exit with 1 at or above it (default high)",
     .choices = "critical high medium low info none",
     .offset = offsetof(struct audit_settings, fail_on)},
    {.name = "allow-gaps",
     .kind = OPTION_FLAG,
     .help = "an incomplete result is no reason to exit with 3",
     .offset = offsetof(struct audit_settings, allow_gaps)},
    {.name = "ignore",
     .letter = 'i',
     .kind = OPTION_LIST,
     .argument = "ID",
     .help = "waive a finding by its id or an alias; it stays in the report, marked",
     .offset = offsetof(struct audit_settings, ignore)},
    IGNORE_FILE_OPTION(struct audit_settings, ignore_file),
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .help = "print nothing; the exit code tells",
     .offset = offsetof(struct audit_settings, quiet)},
    OUTPUT_OPTIONS(struct audit_settings, output, "tty json sarif html table junit"),
    ADVISORY_OPTIONS(struct audit_settings, advisories),
    {0},
};

enum { MOST_NAMES = 1000 };

/* What the first operand may be; each is a file of app/audit/. */
static const struct {
    str name;
    unsigned least, most; /* operands behind it */
    int (*run)(const struct invocation *invocation, const struct audit_settings *settings,
               struct err *err);
} subjects[] = {
    {STR_INIT("host"), 0, 0, audit_host},
    {STR_INIT("container"), 1, MOST_NAMES, audit_container},
};

static int run(const struct invocation *invocation, struct err *err)
{
    str name = invocation->operand_count ? str_from(invocation->operands[0]) : STR("host");
    size_t behind = invocation->operand_count ? invocation->operand_count - 1 : 0;
    for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
        if (!str_eq(subjects[i].name, name))
            continue;
        if (behind < subjects[i].least || behind > subjects[i].most)
            return err_set(err, ERR_USAGE,
                           subjects[i].most ? "audit %.*s takes names of containers (at most "
                                              "%u), or all"
                                            : "audit %.*s takes no name behind it",
                           STR_ARG(name), subjects[i].most);
        return subjects[i].run(invocation, invocation->options, err);
    }
    return err_set(err, ERR_USAGE, "cannot audit \"%.*s\"; there are: host, container",
                   STR_ARG(name));
}

const struct command command_audit = {
    .name = "audit",
    .summary = "look at the machine that runs containers, and at what runs",
    .usage = "[host | container NAME...|all]",
    .description =
        "Reads the machine's files, its /proc and what its engines say, and answers every control "
        "of the CIS Docker Benchmark that a machine can answer, each with what was seen and what "
        "to change. Known flaws of runc, containerd, the engine and the kernel are listed with the "
        "conditions under which they matter, and whether these hold here.\n\n"
        "`audit container` judges containers by what the engine recorded of them, and compares that "
        "with what the kernel has: the rights, filters and namespaces of every process, the mounts "
        "that it sees and the limits in force. A NAME is a name, the beginning of an id, or all.\n\n"
        "Nothing is started, changed or sent away: engines get read-only requests. It works "
        "without an engine too, and without root; what cannot be seen then is a coverage gap.\n\n"
        "Exit codes: 0 nothing at or above --fail-on; 1 findings at or above it; 2 it could not be "
        "done; 3 nothing at or above it, but coverage is incomplete.",
    .options = options,
    .options_size = sizeof(struct audit_settings),
    .examples =
        (const struct example[]){
            {"harden audit host", "this machine and the engine that docker uses"},
            {"harden audit host --only '2.*' -v", "one section, with what was seen"},
            {"harden audit host --plan", "what to change, in a safe order"},
            {"harden audit host --format json -o host.json", "every control, for programs"},
            {"harden audit container web", "one container, as recorded and as it runs"},
            {"harden audit container web --suggest", "the docker run line that it should have"},
            {"harden audit container web --suggest --dialect compose", "the same, as a file"},
            {"harden audit host --host unix:///run/podman/podman.sock", "another engine"},
            {0},
        },
    .most_operands = MOST_NAMES + 1,
    .run = run,
};
