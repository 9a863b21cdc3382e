// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_PIPELINE_H
#define HARDEN_APP_PIPELINE_H

#include "app/command/command.h"
#include "base/sandbox.h"
#include "judge/advisory/match.h"
#include "judge/policy/policy.h"
#include "judge/rule/rule.h"
#include "read/forbidden/forbidden.h"
#include "read/image/image.h"
#include "read/secret/secret.h"

/*
 * The one place that knows all verbs: open targets and the store, enter the sandbox, read facts,
 * judge, decide. Commands are thin: they fill the settings, run the steps, render.
 */

/* How targets are read; filled from TARGET_OPTIONS rows. */
struct target_settings {
    const char *platform, *host;
    uint64_t jobs;
    bool verify, no_cache;
    bool show_secrets; /* of scan only */
};

/* Which advisories are used; filled from ADVISORY_OPTIONS rows. */
struct advisory_settings {
    const char *db;
    bool built_in, offline;
    const char *max_age; /* days, as text so that "0" differs from absent */
};

#define TARGET_OPTIONS(type, member)                                                               \
    {.name = "platform",                                                                           \
     .kind = OPTION_TEXT,                                                                          \
     .argument = "OS/ARCH",                                                                        \
     .help = "which image of a multi-platform index (default: this machine's)",                    \
     .offset = offsetof(type, member.platform)},                                                   \
        {.name = "host",                                                                           \
         .letter = 'H',                                                                            \
         .kind = OPTION_TEXT,                                                                      \
         .argument = "URL",                                                                        \
         .help = "the engine's address (default: DOCKER_HOST, else the current context)",          \
         .personal = true,                                                                         \
         .offset = offsetof(type, member.host)},                                                   \
        {.name = "jobs",                                                                           \
         .letter = 'j',                                                                            \
         .kind = OPTION_NUMBER,                                                                    \
         .argument = "N",                                                                          \
         .help = "threads that read layers (default: one a processor)",                            \
         .max = 64,                                                                                \
         .offset = offsetof(type, member.jobs)},                                                   \
        {.name = "verify",                                                                         \
         .kind = OPTION_FLAG,                                                                      \
         .help = "check every digest, also where content could be skipped",                        \
         .offset = offsetof(type, member.verify)},                                                 \
    {                                                                                              \
        .name = "no-cache", .kind = OPTION_FLAG,                                                   \
        .help = "read every layer again, and remember nothing",                                    \
        .offset = offsetof(type, member.no_cache)                                                  \
    }

#define ADVISORY_OPTIONS(type, member)                                                             \
    {.name = "db",                                                                                 \
     .kind = OPTION_TEXT,                                                                          \
     .argument = "DIR",                                                                            \
     .help = "advisories of this folder (default: advisories/ in the state folder)",               \
     .personal = true,                                                                             \
     .offset = offsetof(type, member.db)},                                                         \
        {.name = "built-in",                                                                       \
         .kind = OPTION_FLAG,                                                                      \
         .help = "use only the starter set of advisories that is compiled in",                     \
         .offset = offsetof(type, member.built_in)},                                               \
        {.name = "offline",                                                                        \
         .kind = OPTION_FLAG,                                                                      \
         .help = "never use the network (scans never do, but for the engine)",                     \
         .offset = offsetof(type, member.offline)},                                                \
    {                                                                                              \
        .name = "max-age", .kind = OPTION_TEXT, .argument = "DAYS",                                \
        .help = "older advisories are a coverage gap (default 14; 0: any age)",                    \
        .offset = offsetof(type, member.max_age)                                                   \
    }

/* One target on its way to a report. */
struct scan {
    struct arena arena;
    const char *target;
    struct image_reader *reader; /* NULL where it could not be opened: see error */
    struct err error;
    struct image_result result;
    struct report report;
};

struct pipeline {
    const struct invocation *invocation;
    struct image_options image_options;
    struct store *store;
    struct match_options match_options;
    struct rule_settings rules;
    struct image_progress progress;
    struct scan *scans;
    size_t scan_count;
    struct secret_finder *secrets; /* NULL: not wanted, or `no_secrets` says why */
    struct err no_secrets;
    struct forbidden_finder *forbidden; /* the command's, closed with the rest; or NULL */
    enum sandbox_level sandbox;
};

/* What has to be read (bits of enum want) to judge these kinds of findings (bits of enum
 * finding_kind; 0: all). */
unsigned pipeline_wants(unsigned kinds);

/* Opens the store (unless `advisories` is NULL) and every target; a target that cannot be opened
 * is recorded in its scan, and the others go on. */
int pipeline_open(struct pipeline *pipeline, const struct invocation *invocation,
                  const char *const *targets, size_t target_count,
                  const struct target_settings *settings,
                  const struct advisory_settings *advisories, unsigned wants, struct err *err);
/* Enters the sandbox: nothing hostile was parsed before, nothing can be opened after. */
int pipeline_enter_sandbox(struct pipeline *pipeline, struct err *err);
/* Facts of one target; -1 with scan->error. */
int pipeline_read(struct pipeline *pipeline, struct scan *scan);
/* Facts to a report that is complete but for policy. */
void pipeline_judge(struct pipeline *pipeline, struct scan *scan);
void pipeline_close(struct pipeline *pipeline);

#endif
