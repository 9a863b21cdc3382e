// SPDX-License-Identifier: Apache-2.0
#include "act/fix/fix.h"
#include "base/limits.h"
#include "base/map.h"

/* A version of the file, judged. */
struct version {
    struct arena arena; /* of the report */
    str text;
    struct report report;
};

struct attempt {
    struct fix_run *run;
    struct version now;
    struct map refused;  /* findings that are not to be tried again in this round */
    struct map declined; /* ... nor in any other: somebody said no */
    bool made_since;     /* something was made after one was refused */
    uint64_t judged;     /* bytes */
};
static const char declined[] = "declined";

static int judge(struct attempt *attempt, struct version *version, str text, struct err *err)
{
    struct fix_run *run = attempt->run;
    *version = (struct version){.text = text};
    attempt->judged += text.len;
    if (run->judge(run->context, &version->arena, text, &version->report, err) < 0) {
        arena_free(&version->arena);
        return -1;
    }
    return 0;
}

/* How many open findings each rule has. */
static struct map count_rules(struct arena *arena, const struct report *report)
{
    struct map counts = {0};
    for (size_t i = 0; i < report->findings.count; i++)
        if (report->findings.items[i].status == STATUS_OPEN)
            ++*map_put(arena, &counts, report->findings.items[i].id, NULL);
    return counts;
}

static uintptr_t count_of(const struct map *counts, str id)
{
    const uintptr_t *count = map_get(counts, id);
    return count ? *count : 0;
}

/* NULL: the finding is gone, no rule has more findings than before, and no part of the file is gone
 * with what was found in it. */
static const char *what_disproves(struct arena *arena, const struct version *before,
                                  const struct version *after, const struct finding *finding)
{
    ARENA_SCOPED scratch = {0};
    struct map old = count_rules(&scratch, &before->report);
    struct map new = count_rules(&scratch, &after->report);
    if (after->report.part_count != before->report.part_count)
        return "the file would declare another number of stages or containers";
    if (count_of(&new, finding->id) >= count_of(&old, finding->id))
        return "it does not remove the finding";
    for (size_t i = 0; i < new.capacity; i++)
        if (new.slots[i].used &&new.slots[i].value > count_of(&old, new.slots[i].key))
            return arena_printf(arena, "it would bring a new finding, %.*s",
                                STR_ARG(new.slots[i].key))
                .ptr;
    return NULL;
}

/* The same finding in another version of the file has the same words in the same text. */
static str key_of(struct attempt *attempt, const struct finding *finding)
{
    struct span span = finding->span;
    str words = str_sub(attempt->now.text, span.start, span.end - span.start);
    return arena_printf(attempt->run->arena, "%.*s %zu %.*s", STR_ARG(finding->id),
                        finding->evidence.len, STR_ARG(str_sub(words, 0, 256)));
}

static void record(struct attempt *attempt, const struct finding *finding, const char *why_not)
{
    struct arena *arena = attempt->run->arena;
    struct finding *copy = arena_new(arena, struct finding);
    *copy = (struct finding){
        .id = arena_str(arena, finding->id),
        .kind = finding->kind,
        .severity = finding->severity,
        .title = arena_str(arena, finding->title),
        .location = finding->location,
        .evidence = arena_str(arena, finding->evidence),
        .edit_level = finding->edit_level,
        .edit_title = arena_str(arena, finding->edit_title),
    };
    copy->location.path = arena_str(arena, finding->location.path);
    copy->location.layer = (str){0};
    *vec_push(arena, &attempt->run->steps) =
        (struct fix_step){.finding = copy, .made = !why_not, .why_not = why_not};
}

/* What is found in this file may be repaired in another one only. */
static bool edits_path(const struct finding *finding, str path)
{
    for (size_t i = 0; i < finding->edits.count; i++)
        if (str_eq(finding->edits.items[i].path, path))
            return true;
    return false;
}

static bool is_candidate(struct attempt *attempt, const struct finding *finding)
{
    struct fix_run *run = attempt->run;
    return finding->status == STATUS_OPEN && edits_path(finding, run->path) &&
           finding->edit_level <= run->level &&
           (!run->wanted || run->wanted(run->context, finding)) &&
           !map_has(&attempt->refused, key_of(attempt, finding)) &&
           !map_has(&attempt->declined, key_of(attempt, finding));
}

/* 1: made, and attempt->now is the new version; 0: not made. */
static int try_finding(struct attempt *attempt, const struct finding *finding, struct err *err)
{
    struct fix_run *run = attempt->run;
    struct version after;
    str text;
    const char *why_not = NULL;
    bool applied = fix_apply(run->arena, run->path, attempt->now.text, &finding->edits, &text);
    if (applied && judge(attempt, &after, text, err) < 0)
        return -1;
    if (!applied)
        why_not = "its edits contradict each other";
    else
        why_not = what_disproves(run->arena, &attempt->now, &after, finding);
    if (!why_not && run->ask && !run->ask(run->context, finding, attempt->now.text, text))
        why_not = declined;
    record(attempt, finding, why_not);
    if (why_not) {
        map_put(run->arena, why_not == declined ? &attempt->declined : &attempt->refused,
                key_of(attempt, finding), NULL);
        if (applied)
            arena_free(&after.arena);
        return 0;
    }
    arena_free(&attempt->now.arena);
    attempt->now = after;
    attempt->made_since = attempt->refused.count > 0;
    return 1;
}

/* 1: something was made; 0: nothing is left to try. */
static int make_one(struct attempt *attempt, struct err *err)
{
    for (size_t i = 0; i < attempt->now.report.findings.count; i++) {
        const struct finding *finding = &attempt->now.report.findings.items[i];
        if (!is_candidate(attempt, finding))
            continue;
        if (attempt->judged > LIMIT_FIX_BYTES) {
            attempt->run->out_of_budget = true;
            return 0;
        }
        int made = try_finding(attempt, finding, err);
        if (made != 0)
            return made;
    }
    return 0;
}

/* What could not be made may be possible in the text that others left; else a second run would make
 * what the first one did not. False: nothing to look at again. */
static bool begin_round(struct attempt *attempt)
{
    struct fix_step_list *steps = &attempt->run->steps;
    size_t kept = 0;
    if (!attempt->made_since || attempt->run->out_of_budget)
        return false;
    attempt->made_since = false;
    attempt->refused = (struct map){0};
    for (size_t i = 0; i < steps->count; i++)
        if (steps->items[i].made || steps->items[i].why_not == declined)
            steps->items[kept++] = steps->items[i];
    steps->count = kept;
    return true;
}

/* Of a Dockerfile within the file, the path is the file's with a name behind it. */
static void note_other(struct fix_run *run, struct map *seen, str path)
{
    bool fresh;
    str rest = path;
    if (str_skip(&rest, run->path) && (rest.len == 0 || rest.ptr[0] == '#'))
        return;
    path = arena_str(run->arena, path);
    map_put(run->arena, seen, path, &fresh);
    if (fresh)
        *vec_push(run->arena, &run->others) = path;
}

static void count_left(struct fix_run *run, const struct report *report)
{
    struct map seen = {0};
    for (size_t i = 0; i < report->findings.count; i++) {
        const struct finding *finding = &report->findings.items[i];
        if (finding->status != STATUS_OPEN)
            continue;
        run->left++;
        note_other(run, &seen, finding->location.path);
        run->unsafe += finding->edits.count && finding->edit_level > run->level &&
                       (!run->wanted || run->wanted(run->context, finding));
    }
}

int fix_run(struct fix_run *run, str text, struct err *err)
{
    struct attempt attempt = {.run = run};
    int made;
    if (judge(&attempt, &attempt.now, text, err) < 0)
        return -1;
    while ((made = make_one(&attempt, err)) > 0 || (made == 0 && begin_round(&attempt))) {
    }
    run->text = attempt.now.text;
    count_left(run, &attempt.now.report);
    arena_free(&attempt.now.arena);
    return made;
}
