// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_TEXTS_TEXTS_H
#define HARDEN_APP_TEXTS_TEXTS_H

#include "app/command/command.h"
#include "app/ignore_file.h"
#include "base/map.h"
#include "judge/policy/policy.h"
#include "judge/rule/rule.h"
#include "model/build.h"
#include "read/hadolint/hadolint.h"
#include "read/secret/secret.h"

#include <pthread.h>

/*
 * Text files that containers are made from (Dockerfiles, compose files, Kubernetes manifests):
 * finding, reading, parsing and judging them. What lint, fix, scan and lsp share.
 *
 *   texts_begin()   settings, before the sandbox
 *   texts_configure(), texts_find()   within it
 *   texts_judge()   one text to findings; from any thread
 */
struct texts_settings {
    const char *target, *stdin_filename, *config, *lock, *shellcheck, *ignore_file;
    struct option_list build_args, enable, classes, only, ignore, trusted, labels;
    bool no_waivers, no_gitignore, strict_labels, no_config, engine;
    uint64_t jobs;
};

/* What rules are asked, and what they are told. */
#define TEXTS_RULE_OPTIONS(type, member)                                                           \
    {.name = "target",                                                                             \
     .kind = OPTION_TEXT,                                                                          \
     .argument = "STAGE",                                                                          \
     .help = "the stage that is built (default: the last one)",                                    \
     .offset = offsetof(type, member.target)},                                                     \
        {.name = "build-arg",                                                                      \
         .kind = OPTION_LIST,                                                                      \
         .argument = "NAME=VALUE",                                                                 \
         .help = "what an ARG is given",                                                           \
         .whole = true,                                                                            \
         .offset = offsetof(type, member.build_args)},                                             \
        {.name = "engine",                                                                         \
         .kind = OPTION_FLAG,                                                                      \
         .help = "ask the engine that docker uses about base images: their user, shell, digest",   \
         .offset = offsetof(type, member.engine)},                                                 \
        {.name = "lock",                                                                           \
         .kind = OPTION_TEXT,                                                                      \
         .argument = "FILE",                                                                       \
         .help = "digests of base images, a line each: debian:12@sha256:HEX",                      \
         .personal = true,                                                                         \
         .offset = offsetof(type, member.lock)},                                                   \
        {.name = "enable",                                                                         \
         .kind = OPTION_LIST,                                                                      \
         .argument = "ID",                                                                         \
         .help = "ask rules that are off by default, or all of them",                              \
         .offset = offsetof(type, member.enable)},                                                 \
        {.name = "class",                                                                          \
         .kind = OPTION_LIST,                                                                      \
         .argument = "CLASS",                                                                      \
         .help = "ask only rules about security, correctness, reproducibility, size, style",       \
         .offset = offsetof(type, member.classes)},                                                \
        {.name = "only",                                                                           \
         .kind = OPTION_LIST,                                                                      \
         .argument = "KIND",                                                                       \
         .help = "look only for these kinds of findings: config, secret, vulnerability, "          \
                 "isolation, network, trust, permission",                                          \
         .offset = offsetof(type, member.only)},                                                   \
        {.name = "ignore",                                                                         \
         .letter = 'i',                                                                            \
         .kind = OPTION_LIST,                                                                      \
         .argument = "ID",                                                                         \
         .help = "waive a finding by its id or an alias; it stays in the report, marked",          \
         .offset = offsetof(type, member.ignore)},                                                 \
        IGNORE_FILE_OPTION(type, member.ignore_file),                                              \
        {.name = "trusted-registry",                                                               \
         .kind = OPTION_LIST,                                                                      \
         .argument = "NAME",                                                                       \
         .help = "base images may come only from these; '*' stands for any text",                  \
         .offset = offsetof(type, member.trusted)},                                                \
        {.name = "require-label",                                                                  \
         .kind = OPTION_LIST,                                                                      \
         .argument = "NAME:TYPE",                                                                  \
         .help = "a label that images must have: text, url, rfc3339, spdx, hash, semver, email",   \
         .offset = offsetof(type, member.labels)},                                                 \
        {.name = "strict-labels",                                                                  \
         .kind = OPTION_FLAG,                                                                      \
         .help = "and no other labels",                                                            \
         .offset = offsetof(type, member.strict_labels)},                                          \
        {.name = "no-waivers",                                                                     \
         .kind = OPTION_FLAG,                                                                      \
         .help = "do not honour comments that silence findings",                                   \
         .offset = offsetof(type, member.no_waivers)},                                             \
        {.name = "config",                                                                         \
         .letter = 'c',                                                                            \
         .kind = OPTION_TEXT,                                                                      \
         .argument = "FILE",                                                                       \
         .help = "hadolint's configuration (default: .hadolint.yaml, as hadolint finds it)",       \
         .personal = true,                                                                         \
         .offset = offsetof(type, member.config)},                                                 \
    {                                                                                              \
        .name = "shellcheck", .kind = OPTION_TEXT, .argument = "auto|never|PATH",                  \
        .help = "ask ShellCheck about RUN too: where it is installed (default with --compat), "    \
                "never (default), by path",                                                        \
        .personal = true, .offset = offsetof(type, member.shellcheck)                              \
    }
/* Only for commands that find the files themselves. */
#define TEXTS_OPTIONS(type, member)                                                                \
    TEXTS_RULE_OPTIONS(type, member),                                                              \
        {.name = "stdin-filename",                                                                 \
         .kind = OPTION_TEXT,                                                                      \
         .argument = "NAME",                                                                       \
         .help = "how the file on standard input is called",                                       \
         .offset = offsetof(type, member.stdin_filename)},                                         \
        {.name = "no-gitignore",                                                                   \
         .kind = OPTION_FLAG,                                                                      \
         .help = "look at files that git ignores too",                                             \
         .offset = offsetof(type, member.no_gitignore)},                                           \
    {                                                                                              \
        .name = "jobs", .letter = 'j', .kind = OPTION_NUMBER, .argument = "N", .max = 64,          \
        .help = "files at a time (default: the processors there are)",                             \
        .offset = offsetof(type, member.jobs)                                                      \
    }

struct listed_file {
    str path;   /* as it is shown */
    bool named; /* by the user: it is a Dockerfile even if its name and content do not say so */
    bool is_stdin;
    bool is_pipe; /* can be read only once, as standard input can */
};
struct listed_file_list VEC_BODY(struct listed_file);

struct texts {
    struct arena *arena;
    const struct texts_settings *settings;
    struct hadolint_config hadolint;
    struct rule_settings rules;
    struct policy policy; /* what config files say; thresholds are the command's */
    struct build_options build;
    struct answers *answers; /* of the engine, not parsed yet; NULL: not asked */
    struct base_images bases;
    struct base_digests digests;
    struct listed_file_list list;
    struct finding_list found;     /* by texts_judge_all(); freed by texts_end() */
    struct report gaps;            /* what texts_find() could not look at; only its gaps */
    struct secret_finder *secrets; /* NULL: not wanted */
    pthread_mutex_t lock;
    bool target_met;            /* some Dockerfile has the stage of --target */
    str target_missed;          /* what is to be said of the first one, by path, that has it not */
    struct arena cache;         /* of build contexts, by folder */
    struct map contexts;        /* by folder */
    struct map included, built; /* files -> str_list of compose files that do so to them */
    bool related;               /* and all that they are to say is there */
    str draft_path, draft;      /* read in place of that file: a version that is on trial */
    struct shellcheck *shellcheck; /* or NULL */
    pthread_mutex_t shellcheck_lock;
};

/* Whether it could or not, texts_end() is called after it. */
int texts_begin(struct texts *texts, struct arena *arena, const struct texts_settings *settings,
                struct err *err);
/* Reads hadolint's configuration, where there is one. */
int texts_configure(struct texts *texts, struct err *err);
/* Lists the files that operands name: themselves, below folders, "-". */
int texts_find(struct texts *texts, const char *const *operands, size_t count, struct err *err);
/* Looks at the file system anew from now on: for what runs for long. */
void texts_forget(struct texts *texts);
void texts_end(struct texts *texts);

/* Whether a target of `harden scan` is such a file, by its name. */
bool texts_is_text(const char *target);

/* The content of a file, or of standard input. */
int texts_read(const struct texts *texts, struct arena *arena, const struct listed_file *file,
               str *ret, struct err *err);

/* Notes what compose files of the list include and build, as texts_judge_all() does. */
void texts_relate(struct texts *texts);
/* The compose files with which lint judges that file, and not on its own; empty where it does. */
struct str_list texts_homes(struct texts *texts, struct arena *arena,
                            const struct listed_file *file);
/* A Dockerfile that two services build, or a file that two include, has each finding once; where
 * one of them leaves it open, it is open. `foreign`: the files to look at; NULL: all. */
void texts_drop_repeated(struct report *report, const struct map *foreign);

/*
 * Judges one text: findings are added to the report (waivers marked, edits attached, located), and
 * gaps. False where the file turned out to be none that rules speak of. Findings' subjects, and
 * strings of all kinds, live in `arena`.
 */
bool texts_judge(struct texts *texts, struct arena *arena, const struct listed_file *file, str text,
                 struct report *report);

/*
 * Judges all that was found, on settings->jobs threads; the outcome does not depend on their
 * number. `keep` may drop or mark findings of one file before they are copied (NULL: all stay).
 * The report gets kind "files", but no policy is applied yet. Its list of findings belongs to
 * `texts`.
 */
struct texts_pass {
    void (*keep)(void *context, struct arena *arena, const struct listed_file *file, str text,
                 struct report *report);
    /* Gets findings in the order of paths, all of a path at once, and may change them: they are
     * forgotten then, and the report has none. One call at a time, from any thread. NULL: all are
     * kept. */
    void (*take)(void *context, struct report *part);
    void *context;
};
void texts_judge_all(struct texts *texts, const struct texts_pass *pass, struct report *report);

/* An error where --target names a stage that no file has which was judged; it says which there are.
 * (Where some have it, the others are gaps.) */
int texts_check_target(const struct texts *texts, struct err *err);

/* What is known of the folder that is a Dockerfile's build context; for texts_judge(). `folder`
 * "" is the working one. */
const struct build_context *texts_context(struct texts *texts, struct arena *arena, str folder,
                                          str dockerfile_path, const struct dockerfile *dockerfile);

#endif
