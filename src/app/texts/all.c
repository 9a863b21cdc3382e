// SPDX-License-Identifier: Apache-2.0
#include "app/texts/texts_internal.h"
#include "base/die.h"
#include "base/work.h"

#include <stdlib.h>

/* What one file came to. Its findings stand together in texts->found. */
struct outcome {
    size_t first, count;
    struct gap_list gaps;
    size_t gaps_unnamed, file_count;
};

struct job {
    struct texts *texts;
    const struct texts_pass *pass;
    struct outcome *outcomes;
    struct arena *arena; /* of the outcomes, under the files' lock */
    struct map rules;    /* id -> index of a finding + 1: lists of aliases are the same */
    struct map foreign;  /* files in which something was found while another one was judged */
    bool yaml;           /* which files have their turn: compose files come first */
};

/* The list is not in an arena: it is by far the largest thing, and would leave all the sizes
 * behind that it once had. */
static struct finding *add_finding(struct finding_list *list)
{
    if (list->count == list->capacity) {
        list->capacity += list->capacity / 2 + 64;
        list->items = die_realloc(list->items, list->capacity * sizeof(*list->items));
    }
    return &list->items[list->count++];
}

static bool is_same_list(const struct str_list *a, const struct str_list *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!str_eq(a->items[i], b->items[i]))
            return false;
    return true;
}

/* The line that a finding stands in, if one of those just before stands in it too. */
static str shared_source(const struct finding_list *found, const struct finding *finding, str path)
{
    enum { LOOKED_AT = 16 };
    for (size_t i = found->count; i > 0 && found->count - i < LOOKED_AT; i--) {
        const struct finding *before = &found->items[i - 1];
        if (before->location.path.ptr != path.ptr)
            break;
        if (str_eq(before->source, finding->source))
            return before->source;
    }
    return (str){0};
}

/* Shares with what is there: the path with the finding before, the lists with one of its rule. */
static void keep_finding(struct job *job, const struct finding *finding)
{
    struct finding_list *found = &job->texts->found;
    const struct finding *before = found->count ? &found->items[found->count - 1] : NULL;
    str path = finding->location.path;
    if (before && str_eq(before->location.path, path))
        path = before->location.path;
    else
        path = arena_str(job->arena, path);
    const uintptr_t *known = map_get(&job->rules, finding->id);
    const struct finding *like = known ? &found->items[*known - 1] : NULL;
    bool shares = like && is_same_list(&like->aliases, &finding->aliases) &&
                  is_same_list(&like->references, &finding->references);
    struct finding bare = *finding;
    str source = shared_source(found, finding, path);
    if (source.len)
        bare.source = (str){0};
    if (shares)
        bare.aliases = bare.references = (struct str_list){0};
    struct finding copy = finding_copy(job->arena, &bare, path);
    if (source.len)
        copy.source = source;
    if (shares) {
        copy.aliases = like->aliases;
        copy.references = like->references;
    }
    *add_finding(found) = copy;
    if (!known)
        *map_put(job->arena, &job->rules, copy.id, NULL) = found->count;
}

/* Everything of one file but its findings is forgotten at once: memory grows with what was found,
 * not with what was read. */
static void keep_outcome(struct job *job, const struct report *report, struct outcome *outcome)
{
    pthread_mutex_lock(&job->texts->lock);
    outcome->first = job->texts->found.count;
    outcome->count = report->findings.count;
    for (size_t i = 0; i < report->findings.count; i++)
        keep_finding(job, &report->findings.items[i]);
    for (size_t i = 0; i < report->gaps.count; i++)
        *vec_push(job->arena, &outcome->gaps) =
            (struct gap){.path = arena_str(job->arena, report->gaps.items[i].path),
                         .reason = arena_str(job->arena, report->gaps.items[i].reason)};
    outcome->gaps_unnamed = report->gaps_unnamed;
    outcome->file_count = report->file_count;
    pthread_mutex_unlock(&job->texts->lock);
}

/* A Dockerfile that a compose file builds was judged there, with what the service gives it. */
static bool is_due(const struct job *job, const struct listed_file *file)
{
    return texts_is_yaml(file) == job->yaml && !texts_is_built(job->texts, file);
}

static void judge_one(void *context, size_t index)
{
    struct job *job = context;
    const struct listed_file *file = &job->texts->list.items[index];
    if (!is_due(job, file))
        return;
    ARENA_SCOPED arena = {0};
    struct report report = {0};
    struct err err = {0};
    str text;
    if (texts_read(job->texts, &arena, file, &text, &err) < 0)
        report_add_gap(&arena, &report, file->path, arena_str(&arena, err_text(&err)));
    else if (texts_judge(job->texts, &arena, file, text, &report) && job->pass->keep)
        job->pass->keep(job->pass->context, &arena, file, text, &report);
    if (report.findings.count || report.gaps.count || report.file_count)
        keep_outcome(job, &report, &job->outcomes[index]);
}

static void note_foreign(struct job *job, const struct outcome *outcome, str path)
{
    str last = path;
    for (size_t f = 0; f < outcome->count; f++) {
        str at = job->texts->found.items[outcome->first + f].location.path;
        if (at.ptr != last.ptr && !str_eq(at, path))
            map_put(job->arena, &job->foreign, at, NULL);
        last = at;
    }
}

/* In the order of the files, whichever was done first. */
static void join(struct job *job, struct report *report)
{
    ARENA_SCOPED scratch = {0};
    const struct texts *texts = job->texts;
    size_t *order = arena_array(&scratch, size_t, texts->found.count), count = 0;
    size_t dropped = texts->found.count;
    report->file_count += texts->included.count;
    for (size_t i = 0; i < texts->list.count; i++) {
        const struct outcome *outcome = &job->outcomes[i];
        const struct listed_file *file = &texts->list.items[i];
        bool drop = texts_is_included(texts, file);
        for (size_t f = 0; f < outcome->count; f++)
            order[drop ? --dropped : count++] = outcome->first + f;
        if (drop)
            continue;
        note_foreign(job, outcome, file->path);
        for (size_t g = 0; g < outcome->gaps.count; g++)
            report_add_gap(texts->arena, report, outcome->gaps.items[g].path,
                           outcome->gaps.items[g].reason);
        report->gaps_unnamed += outcome->gaps_unnamed;
        report->file_count += outcome->file_count;
        report->file_count -= outcome->file_count && map_has(&texts->included, file->path);
    }
    finding_list_reorder(&job->texts->found, order);
    report->findings = texts->found;
    report->findings.count = count;
}

void texts_judge_all(struct texts *texts, const struct texts_pass *pass, struct report *report)
{
    static const struct texts_pass everything;
    struct job job = {
        .texts = texts,
        .pass = pass ? pass : &everything,
        .outcomes = arena_array(texts->arena, struct outcome, texts->list.count),
        .arena = texts->arena,
    };
    size_t jobs = texts->settings->jobs ? texts->settings->jobs : work_processors();
    report->tool_version = STR(HARDEN_VERSION);
    report->image.kind = STR("files");
    for (size_t i = 0; i < texts->gaps.gaps.count; i++)
        report_add_gap(texts->arena, report, texts->gaps.gaps.items[i].path,
                       texts->gaps.gaps.items[i].reason);
    job.yaml = true;
    work_parallel(jobs, texts->list.count, judge_one, &job);
    job.yaml = false;
    work_parallel(jobs, texts->list.count, judge_one, &job);
    join(&job, report);
    if (job.foreign.count)
        texts_drop_repeated(report, &job.foreign);
    if (report->file_count == 0)
        report_add_gap(texts->arena, report, report->image.name,
                       STR("no Dockerfile, compose file or Kubernetes manifest was found"));
}
