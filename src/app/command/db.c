// SPDX-License-Identifier: Apache-2.0
#include "app/database.h"
#include "app/command/command.h"

#include <stdio.h>

struct db_settings {
    const char *db, *mirror, *platform, *host;
    struct option_list targets;
    bool offline, allow_fewer;
};

static const struct option options[] = {
    {.name = "for",
     .kind = OPTION_LIST,
     .argument = "TARGET",
     .help = "fetch what this image or root file system needs: its branch, its apt archives, "
             "its languages",
     .offset = offsetof(struct db_settings, targets)},
    {.name = "mirror",
     .kind = OPTION_TEXT,
     .argument = "URL",
     .help = "fetch all feeds from below this http, https or file URL",
     .personal = true,
     .offset = offsetof(struct db_settings, mirror)},
    {.name = "db",
     .kind = OPTION_TEXT,
     .argument = "DIR",
     .help = "keep the advisories in this folder (default: advisories/ in the state folder)",
     .personal = true,
     .offset = offsetof(struct db_settings, db)},
    {.name = "accept-fewer",
     .kind = OPTION_FLAG,
     .help = "take a feed that has lost more than half of its rows",
     .offset = offsetof(struct db_settings, allow_fewer)},
    {.name = "offline",
     .kind = OPTION_FLAG,
     .help = "never use the network: update refuses, all else works",
     .offset = offsetof(struct db_settings, offline)},
    {.name = "platform",
     .kind = OPTION_TEXT,
     .argument = "OS/ARCH",
     .help = "which image of a multi-platform index --for means (default: this machine's)",
     .offset = offsetof(struct db_settings, platform)},
    {.name = "host",
     .letter = 'H',
     .kind = OPTION_TEXT,
     .argument = "URL",
     .help = "the engine's address for --for (default: DOCKER_HOST, else the current context)",
     .personal = true,
     .offset = offsetof(struct db_settings, host)},
    {0},
};

static const struct example examples[] = {
    {"harden db update", "fetch all feeds"},
    {"harden db update debian kev epss", "fetch three of them"},
    {"harden db update --for docker:web:1.4", "only what this image needs, its apt archives too"},
    {"harden db status", "what is there, and how old it is"},
    {"harden db export feeds.tar.zst", "one file for a host without network"},
    {"harden db import feeds.tar.zst", "take it over there"},
    {0},
};

/* --- the table -------------------------------------------------------------------------------- */

static const char *outcome_name(enum database_outcome outcome)
{
    switch (outcome) {
    case DATABASE_UPDATED: return "updated";
    case DATABASE_UNCHANGED: return "not modified";
    case DATABASE_PARTLY: return "updated in part";
    case DATABASE_KEPT: return "kept the old one";
    case DATABASE_FAILED: return "failed";
    case DATABASE_PRESENT: return "present";
    case DATABASE_EXPORTED: return "exported";
    }
    return "";
}

/* Names and messages may come from a server. */
static void print_clean(str text, int width)
{
    for (size_t i = 0; i < text.len; i++, width--)
        putchar((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f ? '?' : text.ptr[i]);
    for (; width > 0; width--)
        putchar(' ');
}

static void print_row(const struct database_row *row, int name_width)
{
    char size[16];
    print_clean(row->feed, name_width);
    if (row->rows)
        printf("  %9llu  %9s  ", (unsigned long long)row->rows, str_size(row->bytes, size));
    else
        printf("  %9s  %9s  ", "-", "-");
    print_clean(row->updated.len ? str_sub(row->updated, 0, 10) : STR("-"), 10);
    fputs("  ", stdout);
    print_clean(row->fetched.len ? str_sub(row->fetched, 0, 10) : STR("-"), 10);
    printf("  %s", outcome_name(row->outcome));
    if (row->why.len) {
        fputs(": ", stdout);
        print_clean(row->why, 0);
    }
    putchar('\n');
}

static void print_table(const struct database_row_list *rows)
{
    if (!rows->count)
        puts("nothing was fetched yet: scans use the starter set that is built in");
    if (!rows->count)
        return;
    int width = 4;
    for (size_t i = 0; i < rows->count; i++)
        if ((int)rows->items[i].feed.len > width)
            width = (int)rows->items[i].feed.len;
    printf("%-*s  %9s  %9s  %-10s  %-10s  %s\n", width, "feed", "rows", "size", "data of",
           "fetched", "state");
    for (size_t i = 0; i < rows->count; i++)
        print_row(&rows->items[i], width);
}

/* 2: a feed is missing; 3: one is older or less than it could be. */
static int exit_code(const struct database_row_list *rows)
{
    int code = 0;
    for (size_t i = 0; i < rows->count; i++) {
        enum database_outcome outcome = rows->items[i].outcome;
        if (outcome == DATABASE_FAILED)
            return 2;
        if (outcome == DATABASE_KEPT || outcome == DATABASE_PARTLY)
            code = 3;
    }
    return code;
}

/* --- the verbs -------------------------------------------------------------------------------- */

typedef int verb_run(struct arena *arena, const struct database_settings *settings,
                     struct database_row_list *ret, struct err *err);

static int export_file(struct arena *arena, const struct database_settings *settings,
                       struct database_row_list *ret, struct err *err)
{
    return database_export(arena, settings, settings->feeds[0], ret, err);
}

static int import_file(struct arena *arena, const struct database_settings *settings,
                       struct database_row_list *ret, struct err *err)
{
    return database_import(arena, settings, settings->feeds[0], ret, err);
}

static const struct verb {
    const char *name;
    verb_run *run;
    bool takes_file, uses_network;
} verbs[] = {
    {"update", database_update, false, true}, {"status", database_status, false, false},
    {"build", database_build, false, false},  {"export", export_file, true, false},
    {"import", import_file, true, false},
};

static const struct verb *verb_by_name(const char *name)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (str_eq(str_from(verbs[i].name), str_from(name)))
            return &verbs[i];
    return NULL;
}

static int run(const struct invocation *invocation, struct err *err)
{
    const struct db_settings *options_given = invocation->options;
    const struct verb *verb = verb_by_name(invocation->operands[0]);
    struct database_row_list rows = {0};
    const struct database_settings settings = {
        .dir = database_dir(invocation, options_given->db),
        .mirror = options_given->mirror,
        .feeds = invocation->operands + 1,
        .targets = options_given->targets.items,
        .target_count = options_given->targets.count,
        .platform = options_given->platform,
        .host = options_given->host,
        .allow_fewer = options_given->allow_fewer,
    };
    if (!verb)
        return err_set(err, ERR_USAGE, "%s: want update, status, build, export or import",
                       invocation->operands[0]);
    if (verb->takes_file && invocation->operand_count != 2)
        return err_set(err, ERR_USAGE, "db %s: want one file", verb->name);
    bool local = settings.mirror && str_starts(str_from(settings.mirror), STR("file://"));
    if (verb->uses_network && options_given->offline && !local)
        return err_set(err, ERR_USAGE, "db %s needs the network or a file:// mirror", verb->name);
    if (verb->run(invocation->arena, &settings, &rows, err) < 0)
        return -1;
    print_table(&rows);
    if (fflush(stdout) != 0)
        return err_sys(err, "cannot write");
    return exit_code(&rows);
}

const struct command command_db = {
    .name = "db",
    .summary = "fetch, build, show and carry over the advisories that scans use",
    .usage = "update|status|build [FEED...] | export|import FILE",
    .description =
        "update fetches what has changed at the feeds: debian (the security tracker), alpine "
        "(secdb, every branch), kev (CISA's known exploited vulnerabilities), epss (exploit "
        "prediction scores), nvd (CVSS scores and descriptions), osv (flaws and malice in "
        "packages of Python, npm, Ruby, PHP, Java, .NET, Go and Rust) and, with --for, apt: which "
        "versions the archives of an image offer. Without names it fetches all of them; archives "
        "that were named by --for before are refreshed too. Only whoever asks for an update uses "
        "the network.\n\n"
        "Whatever goes wrong, the last good copy stays in use and the table tells its date. A "
        "document that is damaged, empty, or has lost half of its content is refused. The "
        "signature of an apt archive is not checked, its digests are.\n\n"
        "status shows what is there. build makes the stores again from the documents that were "
        "fetched before. export writes these documents into one file with their digests, and "
        "import takes them over from it.\n\n"
        "The exit code is 3 if a feed could not be brought up to date, and 2 if one is missing "
        "altogether.",
    .options = options,
    .options_size = sizeof(struct db_settings),
    .examples = examples,
    .least_operands = 1,
    .most_operands = 100,
    .run = run,
};
