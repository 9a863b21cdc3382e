// SPDX-License-Identifier: Apache-2.0
#include "app/pipeline.h"

#include "app/database.h"
#include "app/progress.h"
#include "base/date.h"
#include "base/fd.h"
#include "judge/reach/reach.h"
#include "model/image_view.h"
#include "read/account/account.h"
#include "read/checksum/checksum.h"
#include "read/elf/elf.h"
#include "read/package/package.h"
#include "read/script/script.h"

enum { DEFAULT_MAX_AGE_DAYS = 14, LARGEST_MAX_AGE_DAYS = 100000 };

static const char *today(struct arena *arena)
{
    return arena_cstr(arena, str_sub(date_now(arena), 0, STR("2026-11-24").len));
}

static int open_store(struct pipeline *pipeline, const struct advisory_settings *settings,
                      struct err *err)
{
    struct arena *arena = pipeline->invocation->arena;
    const char *dir = database_dir(pipeline->invocation, settings->db);
    uint64_t days = DEFAULT_MAX_AGE_DAYS;
    if (settings->max_age && !str_to_u64(str_from(settings->max_age), LARGEST_MAX_AGE_DAYS, &days))
        return err_set(err, ERR_USAGE, "--max-age %s: want a number of days", settings->max_age);
    pipeline->match_options.today = today(arena);
    pipeline->match_options.stale_days = (unsigned)days;
    pipeline->rules.today = pipeline->match_options.today;
    return store_open(dir, settings->built_in, &pipeline->store, err);
}

static void open_cache(struct pipeline *pipeline, bool no_cache)
{
    struct image_options *options = &pipeline->image_options;
    struct err ignored = {0};
    options->cache_dir =
        arena_printf(pipeline->invocation->arena, "%s/layers", pipeline->invocation->home).ptr;
    /* Without a place to write (read-only home) a scan works just as well, only not faster. */
    options->use_cache = !no_cache && fd_make_dirs(options->cache_dir, &ignored) == 0;
}

/* Without the library a scan goes on, and says what it did not look for. */
static void open_secrets(struct pipeline *pipeline, const struct target_settings *settings)
{
    struct image_options *options = &pipeline->image_options;
    const struct secret_settings secrets = {
        .cache_dir = options->use_cache ? pipeline->invocation->home : NULL,
        .show = settings->show_secrets,
    };
    /* Whole secrets must not stay behind in a file. */
    options->use_cache = options->use_cache && !settings->show_secrets;
    if (secret_finder_open(&secrets, &pipeline->secrets, &pipeline->no_secrets) < 0)
        pipeline->secrets = NULL;
}

int pipeline_open(struct pipeline *pipeline, const struct invocation *invocation,
                  const char *const *targets, size_t target_count,
                  const struct target_settings *settings,
                  const struct advisory_settings *advisories, unsigned wants, struct err *err)
{
    *pipeline = (struct pipeline){.invocation = invocation};
    pipeline->image_options = (struct image_options){
        .platform = settings->platform,
        .host = settings->host,
        .wants = wants,
        .jobs = settings->jobs,
        .verify = settings->verify,
        .progress = &pipeline->progress,
    };
    open_cache(pipeline, settings->no_cache);
    if (wants & WANT_SECRETS)
        open_secrets(pipeline, settings);
    /* The texts of scripts may stay behind only where what is secret in them was looked for. */
    if (wants & WANT_REACH && !pipeline->secrets)
        pipeline->image_options.use_cache = false;
    if (advisories && open_store(pipeline, advisories, err) < 0)
        return -1;
    pipeline->scan_count = target_count;
    pipeline->scans = arena_array(invocation->arena, struct scan, pipeline->scan_count);
    for (size_t i = 0; i < pipeline->scan_count; i++) {
        struct scan *scan = &pipeline->scans[i];
        scan->target = targets[i];
        if (image_open(&scan->arena, scan->target, &pipeline->image_options, &scan->reader,
                       &scan->error) < 0)
            scan->reader = NULL;
    }
    return 0;
}

int pipeline_enter_sandbox(struct pipeline *pipeline, struct err *err)
{
    const char *writable[] = {NULL, NULL};
    if (pipeline->image_options.use_cache)
        writable[0] = pipeline->image_options.cache_dir;
    const struct sandbox sandbox = {.writable = writable};
    return sandbox_enter(&sandbox, &pipeline->sandbox, err);
}

unsigned pipeline_wants(unsigned kinds)
{
    static const unsigned wants[KIND_COUNT] = {
        /* Who owns which file tells what of a language is the distribution's. */
        [KIND_VULNERABILITY] = WANT_PACKAGES | WANT_LANGUAGES | WANT_OWNERS,
        [KIND_ACCOUNT] = WANT_ACCOUNTS | WANT_TREE,
        [KIND_CONFIG] = WANT_ACCOUNTS | WANT_TREE,
        [KIND_BINARY] = WANT_BINARIES | WANT_REACH | WANT_OWNERS,
        [KIND_PERMISSION] = WANT_BINARIES | WANT_TREE | WANT_OWNERS | WANT_CHECKSUMS,
        [KIND_SECRET] = WANT_SECRETS | WANT_OWNERS,
    };
    unsigned all = WANT_PACKAGES; /* every report names the distribution */
    for (unsigned kind = 0; kind < KIND_COUNT; kind++)
        if (kinds == 0 || kinds & 1u << kind)
            all |= wants[kind];
    return all;
}

/* Those of every part of the reading floor. */
static const struct collector *const *collectors(const struct pipeline *pipeline,
                                                 struct arena *arena)
{
    const struct collector *const *const parts[] = {package_collectors(), account_collectors(),
                                                    elf_collectors(), script_collectors(),
                                                    checksum_collectors()};
    VEC(const struct collector *) all = {0};
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        for (const struct collector *const *at = parts[i]; *at; at++)
            *vec_push(arena, &all) = *at;
    if (pipeline->secrets)
        *vec_push(arena, &all) = secret_finder_collector(pipeline->secrets);
    if (pipeline->forbidden)
        *vec_push(arena, &all) = forbidden_collector(pipeline->forbidden);
    *vec_push(arena, &all) = NULL;
    return all.items;
}

/* The image's own words belong to no layer. Facts are sorted by kind, and stay so. */
static void read_config_secrets(struct pipeline *pipeline, struct scan *scan)
{
    struct fact_list *facts = &scan->result.facts, found = {0}, all = {0};
    struct collect to = {.arena = &scan->arena, .facts = &found};
    size_t before = 0;
    secret_scan_config(pipeline->secrets, &to, &scan->result.config);
    secret_redact_config(pipeline->secrets, &scan->arena, &scan->result.config,
                         &scan->result.image.layers);
    if (found.count == 0)
        return;
    while (before < facts->count && facts->items[before].kind <= FACT_SECRET)
        before++;
    all.items = arena_array(&scan->arena, struct fact, facts->count + found.count);
    for (size_t i = 0; i < before; i++)
        all.items[all.count++] = facts->items[i];
    for (size_t i = 0; i < found.count; i++)
        all.items[all.count++] = found.items[i];
    for (size_t i = before; i < facts->count; i++)
        all.items[all.count++] = facts->items[i];
    all.capacity = all.count;
    *facts = all;
}

int pipeline_read(struct pipeline *pipeline, struct scan *scan)
{
    if (!scan->reader)
        return -1;
    struct progress progress;
    progress_start(&progress, &pipeline->progress, scan->target);
    int result = image_read(scan->reader, collectors(pipeline, &scan->arena), &scan->arena,
                            &scan->result, &scan->error);
    progress_stop(&progress);
    if (result == 0 && pipeline->secrets)
        read_config_secrets(pipeline, scan);
    return result;
}

/* Gaps that the walk recorded become the report's; a hostile image cannot flood it. */
static void take_gaps(struct scan *scan)
{
    struct report *report = &scan->report;
    for (size_t i = 0; i < scan->result.facts.count; i++) {
        const struct fact *fact = &scan->result.facts.items[i];
        if (fact->kind == FACT_GAP)
            report_add_gap(&scan->arena, report, fact->gap.path, fact->gap.reason);
    }
}

static void take_binaries(struct scan *scan)
{
    struct report *report = &scan->report;
    for (size_t i = 0; i < scan->result.facts.count; i++) {
        const struct fact *fact = &scan->result.facts.items[i];
        if (fact->kind == FACT_BINARY)
            *vec_push(&scan->arena, &report->binaries) = (struct report_binary){
                .binary = fact->binary, .path = fact->path, .layer = fact->layer};
    }
}

/* What each layer holds, and what of it is of no use. */
static void weigh_layers(const struct files *files, struct layer_list *layers)
{
    if (files->count == 0 || files->layers != layers->count)
        return;
    for (size_t i = 0; i < layers->count; i++)
        layers->items[i].content = layers->items[i].wasted = files->waste[i].bytes;
    for (size_t i = 0; i < files->count; i++) {
        const struct file *file = &files->items[i];
        if (file->type == ENTRY_FILE && file->layer < layers->count)
            layers->items[file->layer].content += file->size;
    }
}

void pipeline_judge(struct pipeline *pipeline, struct scan *scan)
{
    struct report *report = &scan->report;
    report->tool_version = STR(HARDEN_VERSION);
    report->image = scan->result.image;
    if (report->image.name.len == 0)
        report->image.name = str_from(scan->target);
    weigh_layers(&scan->result.tree, &report->image.layers);
    take_gaps(scan);
    if (pipeline->no_secrets.kind)
        report_add_gap(&scan->arena, report, STR("secrets"),
                       arena_printf(&scan->arena, "secrets are not looked for: %s",
                                    pipeline->no_secrets.message));
    if (pipeline->image_options.wants & WANT_BINARIES)
        take_binaries(scan);
    struct rule_run run = {.arena = &scan->arena, .report = report, .settings = &pipeline->rules};
    pipeline->match_options.packages_only =
        pipeline->rules.kinds && !(pipeline->rules.kinds & 1u << KIND_VULNERABILITY);
    match_packages(&scan->arena, &scan->result.facts, pipeline->store, &pipeline->match_options,
                   report);
    const struct image_view view = {
        .image = &report->image,
        .config = &scan->result.config,
        .distribution = &report->distribution,
        .facts = &scan->result.facts,
        .files = scan->result.tree.count ? &scan->result.tree : NULL,
    };
    if (pipeline->image_options.wants & WANT_REACH)
        reach_judge(&scan->arena, &view, report);
    rule_ask_image(&run, &view);
}

void pipeline_close(struct pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->scan_count; i++) {
        image_close(pipeline->scans[i].reader);
        arena_free(&pipeline->scans[i].arena);
    }
    store_close(pipeline->store);
    secret_finder_close(pipeline->secrets);
    forbidden_close(pipeline->forbidden);
}
