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
    bool judged;
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

static void keep_rest(struct job *job, const struct report *report, struct outcome *outcome)
{
    for (size_t i = 0; i < report->gaps.count; i++)
        *vec_push(job->arena, &outcome->gaps) =
            (struct gap){.path = arena_str(job->arena, report->gaps.items[i].path),
                         .reason = arena_str(job->arena, report->gaps.items[i].reason)};
    outcome->gaps_unnamed = report->gaps_unnamed;
    outcome->file_count = report->file_count;
    outcome->judged = true;
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
    keep_rest(job, report, outcome);
    pthread_mutex_unlock(&job->texts->lock);
}

/* A Dockerfile that a compose file builds was judged there, with what the service gives it. */
static bool is_due(const struct job *job, const struct listed_file *file)
{
    return texts_is_yaml(file) == job->yaml && !texts_is_built(job->texts, file);
}

static void judge_file(struct job *job, struct arena *arena, const struct listed_file *file,
                       struct report *report)
{
    struct err err = {0};
    str text;
    if (texts_read(job->texts, arena, file, &text, &err) < 0)
        report_add_gap(arena, report, file->path, arena_str(arena, err_text(&err)));
    else if (texts_judge(job->texts, arena, file, text, report) && job->pass->keep)
        job->pass->keep(job->pass->context, arena, file, text, report);
}

static void judge_and_keep(struct job *job, size_t index)
{
    ARENA_SCOPED arena = {0};
    struct report report = {0};
    judge_file(job, &arena, &job->texts->list.items[index], &report);
    keep_outcome(job, &report, &job->outcomes[index]);
}

static void judge_one(void *context, size_t index)
{
    struct job *job = context;
    if (is_due(job, &job->texts->list.items[index]))
        judge_and_keep(job, index);
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
static struct finding_list join_findings(struct job *job)
{
    ARENA_SCOPED scratch = {0};
    struct texts *texts = job->texts;
    size_t *order = arena_array(&scratch, size_t, texts->found.count), count = 0;
    size_t dropped = texts->found.count;
    for (size_t i = 0; i < texts->list.count; i++) {
        const struct outcome *outcome = &job->outcomes[i];
        bool drop = texts_is_included(texts, &texts->list.items[i]);
        for (size_t f = 0; f < outcome->count; f++)
            order[drop ? --dropped : count++] = outcome->first + f;
        if (!drop)
            note_foreign(job, outcome, texts->list.items[i].path);
    }
    finding_list_reorder(&texts->found, order);
    struct report joined = {.findings = texts->found};
    joined.findings.count = count;
    if (job->foreign.count)
        texts_drop_repeated(&joined, &job->foreign);
    return joined.findings;
}

static void join_rest(const struct job *job, struct report *report)
{
    const struct texts *texts = job->texts;
    report->file_count += texts->included.count;
    for (size_t i = 0; i < texts->list.count; i++) {
        const struct outcome *outcome = &job->outcomes[i];
        const struct listed_file *file = &texts->list.items[i];
        if (texts_is_included(texts, file))
            continue;
        for (size_t g = 0; g < outcome->gaps.count; g++)
            report_add_gap(texts->arena, report, outcome->gaps.items[g].path,
                           outcome->gaps.items[g].reason);
        report->gaps_unnamed += outcome->gaps_unnamed;
        report->file_count += outcome->file_count;
        report->file_count -= outcome->file_count && map_has(&texts->included, file->path);
    }
}

static void judge_together(struct job *job, size_t jobs, struct report *report)
{
    job->yaml = true;
    work_parallel(jobs, job->texts->list.count, judge_one, job);
    job->yaml = false;
    work_parallel(jobs, job->texts->list.count, judge_one, job);
    report->findings = join_findings(job);
}

/* --- in turns ----------------------------------------------------------------------------------
 *
 * Compose files may have findings in any file, so they come first and are kept. The others are done
 * in the order of their paths, and what was kept goes where it belongs among them.
 */

enum { AHEAD = 64 }; /* files that are done before their turn has come */

struct done {
    bool is_done;
    struct arena arena;
    struct report report;
};

struct turns {
    struct job *job;
    const struct report *head; /* what all parts have in common */
    size_t *order, count;      /* of the list */
    pthread_mutex_t lock;
    pthread_cond_t moved;
    size_t next; /* whose turn it is */
    struct done done[AHEAD];
    struct finding_list kept; /* in order */
    size_t given;             /* of those */
};

static bool is_compose(struct texts *texts, const struct listed_file *file)
{
    ARENA_SCOPED arena = {0};
    enum workload_dialect dialect;
    struct err err = {0};
    str text;
    return (texts_is_yaml(file) || file->named) &&
           texts_read(texts, &arena, file, &text, &err) == 0 &&
           texts_kind(file, text, &dialect) == TEXT_WORKLOADS && dialect == DIALECT_COMPOSE;
}

/* Standard input and pipes are read only once. */
static void judge_compose(void *context, size_t index)
{
    struct job *job = context;
    const struct listed_file *file = &job->texts->list.items[index];
    if (file->is_pipe || is_compose(job->texts, file))
        judge_and_keep(job, index);
}

static void give(struct turns *turns, const struct finding_list *findings)
{
    const struct texts_pass *pass = turns->job->pass;
    struct report part = {.tool_version = turns->head->tool_version,
                          .image = turns->head->image,
                          .findings = *findings};
    if (findings->count)
        pass->take(pass->context, &part);
}

/* What was kept and stands before that path; NULL: all. */
static void give_kept(struct turns *turns, const str *path)
{
    const struct finding_list *kept = &turns->kept;
    size_t at = turns->given;
    while (at < kept->count && (!path || str_cmp(kept->items[at].location.path, *path) < 0))
        at++;
    struct finding_list some = {.items = kept->items + turns->given, .count = at - turns->given};
    turns->given = at;
    give(turns, &some);
}

/* Puts that one in its place, and gives all whose turn it is now. */
static void hand_in(struct turns *turns, size_t index, const struct done *own)
{
    const struct listed_file *files = turns->job->texts->list.items;
    pthread_mutex_lock(&turns->lock);
    turns->done[index % AHEAD] = *own;
    for (struct done *done; (done = &turns->done[turns->next % AHEAD])->is_done; turns->next++) {
        give_kept(turns, &files[turns->order[turns->next]].path);
        give(turns, &done->report.findings);
        arena_free(&done->arena);
        *done = (struct done){0};
    }
    pthread_cond_broadcast(&turns->moved);
    pthread_mutex_unlock(&turns->lock);
}

static void judge_in_turn(void *context, size_t index)
{
    struct turns *turns = context;
    struct job *job = turns->job;
    struct done own = {.is_done = true};
    size_t place = turns->order[index];
    pthread_mutex_lock(&turns->lock);
    while (index - turns->next >= AHEAD)
        pthread_cond_wait(&turns->moved, &turns->lock);
    pthread_mutex_unlock(&turns->lock);
    judge_file(job, &own.arena, &job->texts->list.items[place], &own.report);
    pthread_mutex_lock(&job->texts->lock);
    keep_rest(job, &own.report, &job->outcomes[place]);
    pthread_mutex_unlock(&job->texts->lock);
    hand_in(turns, index, &own);
}

static int compare_paths(const void *left, const void *right, void *context)
{
    const struct listed_file *files = context;
    return str_cmp(files[*(const size_t *)left].path, files[*(const size_t *)right].path);
}

/* Everybody's turn but of those that were judged with a compose file. Where something was found
 * there in one that is judged on its own too, both go together. */
static void order_turns(struct turns *turns)
{
    struct job *job = turns->job;
    struct texts *texts = job->texts;
    struct map met = {0};
    str last = {0};
    turns->order = arena_array(texts->arena, size_t, texts->list.count);
    for (size_t i = 0; i < texts->found.count; i++) {
        str path = texts->found.items[i].location.path;
        if (path.ptr != last.ptr)
            map_put(texts->arena, &met, path, NULL);
        last = path;
    }
    for (size_t i = 0; i < texts->list.count; i++) {
        const struct listed_file *file = &texts->list.items[i];
        if (job->outcomes[i].judged || texts_is_built(texts, file) ||
            texts_is_included(texts, file))
            continue;
        if (map_has(&met, file->path))
            judge_and_keep(job, i);
        else
            turns->order[turns->count++] = i;
    }
    if (turns->count > 1)
        qsort_r(turns->order, turns->count, sizeof(*turns->order), compare_paths,
                texts->list.items);
}

static void judge_in_turns(struct job *job, size_t jobs, const struct report *head)
{
    struct turns turns = {.job = job,
                          .head = head,
                          .lock = PTHREAD_MUTEX_INITIALIZER,
                          .moved = PTHREAD_COND_INITIALIZER};
    work_parallel(jobs, job->texts->list.count, judge_compose, job);
    order_turns(&turns);
    struct report kept = {.image = head->image, .findings = join_findings(job)};
    report_sort(job->texts->arena, &kept);
    turns.kept = kept.findings;
    work_parallel(jobs, turns.count, judge_in_turn, &turns);
    give_kept(&turns, NULL);
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
    if (job.pass->take)
        judge_in_turns(&job, jobs, report);
    else
        judge_together(&job, jobs, report);
    join_rest(&job, report);
    if (report->file_count == 0)
        report_add_gap(texts->arena, report, report->image.name,
                       STR("no Dockerfile, compose file or Kubernetes manifest was found"));
}
