// SPDX-License-Identifier: Apache-2.0
#include "app/pipeline.h"

#include "app/progress.h"
#include "base/date.h"
#include "base/fd.h"
#include "read/package/package.h"

enum { DEFAULT_MAX_AGE_DAYS = 14, LARGEST_MAX_AGE_DAYS = 100000 };

static const char *today(struct arena *arena)
{
    return arena_cstr(arena, str_sub(date_now(arena), 0, STR("2026-11-24").len));
}

static int open_store(struct pipeline *pipeline, const struct advisory_settings *settings,
                      struct err *err)
{
    struct arena *arena = pipeline->invocation->arena;
    const char *dir = settings->db;
    if (!dir)
        dir = arena_printf(arena, "%s/advisories", pipeline->invocation->home).ptr;
    uint64_t days = DEFAULT_MAX_AGE_DAYS;
    if (settings->max_age && !str_to_u64(str_from(settings->max_age), LARGEST_MAX_AGE_DAYS, &days))
        return err_set(err, ERR_USAGE, "--max-age %s: want a number of days", settings->max_age);
    pipeline->match_options.today = today(arena);
    pipeline->match_options.stale_days = (unsigned)days;
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

int pipeline_read(struct pipeline *pipeline, struct scan *scan)
{
    if (!scan->reader)
        return -1;
    struct progress progress;
    progress_start(&progress, &pipeline->progress, scan->target);
    int result =
        image_read(scan->reader, package_collectors(), &scan->arena, &scan->result, &scan->error);
    progress_stop(&progress);
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

void pipeline_judge(struct pipeline *pipeline, struct scan *scan)
{
    struct report *report = &scan->report;
    report->tool_version = STR(HARDEN_VERSION);
    report->image = scan->result.image;
    if (report->image.name.len == 0)
        report->image.name = str_from(scan->target);
    take_gaps(scan);
    match_packages(&scan->arena, &scan->result.facts, pipeline->store, &pipeline->match_options,
                   report);
}

void pipeline_close(struct pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->scan_count; i++) {
        image_close(pipeline->scans[i].reader);
        arena_free(&pipeline->scans[i].arena);
    }
    store_close(pipeline->store);
}
