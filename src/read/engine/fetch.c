// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/work.h"
#include "io/engine.h"
#include "read/engine/answers.h"

#include <stdatomic.h>
#include <time.h>

/* A question to the engine, and what became of it. */
struct question {
    const char *path;
    bool optional; /* an engine may refuse it (it is in no swarm, it is Podman): that is no gap */
    str *to;       /* where the answer goes; stays empty where it failed */
    str failure, end; /* gaps; `end`: nothing more is asked */
};
struct questions VEC_BODY(struct question);

/* Questions wait for the engine most of the time, so several are on their way at once, each lane
 * of them over one connection. */
struct lane {
    struct arena arena;
    struct http_line line;
};

/* A round of questions to one engine, and how much patience is left for it. */
struct round {
    struct arena *arena;
    struct engine engine;
    struct answers *answers;
    time_t start;
    struct lane lanes[LIMIT_ENGINE_LANES];
    struct questions questions; /* of the batch at hand */
    atomic_size_t next, bytes;
    atomic_bool is_over; /* time or size: nothing more is asked */
};

static time_t seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

static void add_gap(struct round *round, const char *path, str reason)
{
    if (round->answers->gaps.count < LIMIT_GAPS)
        *vec_push(round->arena, &round->answers->gaps) = (struct gap){
            .path = arena_join(round->arena, round->answers->address, STR(" "), str_from(path)),
            .reason = reason};
}

/* Only the first who finds out tells. */
static void end_round(struct round *round, struct question *question, str why)
{
    if (!atomic_exchange(&round->is_over, true))
        question->end = why;
}

static void check_patience(struct round *round, struct question *question)
{
    if (seconds() - round->start > LIMIT_ENGINE_AUDIT_SECONDS)
        end_round(round, question,
                  STR("the engine takes too long: nothing more was asked from here on"));
    else if (atomic_load(&round->bytes) > LIMIT_ENGINE_ANSWERS)
        end_round(round, question,
                  STR("the engine says too much: nothing more was asked from here on"));
}

static void ask_one(struct round *round, struct lane *lane, struct question *question)
{
    struct err err = {0};
    struct engine engine = round->engine;
    engine.line = &lane->line;
    time_t before = seconds();
    if (engine_get(&engine, question->path, &lane->arena, question->to, &err) == 0) {
        atomic_fetch_add(&round->bytes, question->to->len);
        return;
    }
    *question->to = (str){0};
    if (!question->optional && err.kind != ERR_NOT_FOUND)
        question->failure = arena_str(&lane->arena, err_text(&err));
    if (err.kind == ERR_NET && seconds() - before >= LIMIT_STALL_SECONDS - 1)
        end_round(round, question, STR("it stopped answering: nothing more was asked"));
}

static void run_lane(void *context, size_t index)
{
    struct round *round = context;
    for (;;) {
        size_t at = atomic_fetch_add(&round->next, 1);
        if (at >= round->questions.count)
            return;
        check_patience(round, &round->questions.items[at]);
        if (atomic_load(&round->is_over))
            return;
        ask_one(round, &round->lanes[index], &round->questions.items[at]);
    }
}

static void add_question(struct round *round, const char *path, bool optional, str *to)
{
    *vec_push(round->arena, &round->questions) =
        (struct question){.path = path, .optional = optional, .to = to};
}

/* All that were added; gaps come in the order of the questions. */
static void ask(struct round *round)
{
    atomic_store(&round->next, 0);
    if (!atomic_load(&round->is_over))
        work_parallel(LIMIT_ENGINE_LANES, LIMIT_ENGINE_LANES, run_lane, round);
    for (size_t i = 0; i < round->questions.count; i++) {
        const struct question *question = &round->questions.items[i];
        if (question->failure.len)
            add_gap(round, question->path, question->failure);
        if (question->end.len)
            add_gap(round, question->path, question->end);
    }
    round->questions.count = 0;
}

static struct str_list ids_of(struct round *round, str body, const char *path)
{
    bool more;
    struct str_list ids = answer_ids(round->arena, body, LIMIT_ENGINE_OBJECTS, &more);
    if (more)
        add_gap(round, path, STR("more than are asked about one by one"));
    return ids;
}

/* Asks for everything about each container and image that is listed. One that was removed
 * meanwhile is no loss. */
static void ask_for_each(struct round *round)
{
    struct answers *answers = round->answers;
    struct arena *arena = round->arena;
    struct str_list containers = ids_of(round, answers->containers, "/containers/json");
    struct str_list images = ids_of(round, answers->images, "/images/json");
    str *records = arena_array(arena, str, containers.count + 2 * images.count + 1);
    str *image_records = records + containers.count, *histories = image_records + images.count;
    for (size_t i = 0; i < containers.count; i++)
        add_question(round,
                     arena_printf(arena, "/containers/%.*s/json", STR_ARG(containers.items[i])).ptr,
                     false, &records[i]);
    for (size_t i = 0; i < images.count; i++) {
        str id = images.items[i];
        add_question(round, arena_printf(arena, "/images/%.*s/json", STR_ARG(id)).ptr, false,
                     &image_records[i]);
        add_question(round, arena_printf(arena, "/images/%.*s/history", STR_ARG(id)).ptr, false,
                     &histories[i]);
    }
    ask(round);
    for (size_t i = 0; i < containers.count; i++)
        if (records[i].len)
            *vec_push(arena, &answers->container_records) = records[i];
    for (size_t i = 0; i < images.count; i++) {
        if (!image_records[i].len)
            continue;
        *vec_push(arena, &answers->image_records) = image_records[i];
        *vec_push(arena, &answers->image_histories) = histories[i];
    }
}

bool answers_may_mean(struct arena *arena, const struct answers *answers, str id, str word)
{
    str name = arena_printf(arena, "\"Name\":\"/%.*s\"", STR_ARG(word));
    str own = arena_printf(arena, "\"Id\":\"%.*s\"", STR_ARG(id));
    if (word.len && str_starts(id, word))
        return true;
    for (size_t i = 0; i < answers->container_records.count; i++) {
        str record = answers->container_records.items[i];
        if (str_contains(record, own) && str_contains(record, name))
            return true;
    }
    return false;
}

static void ask_everything(struct round *round)
{
    struct answers *answers = round->answers;
    const char *containers =
        arena_printf(round->arena, "/containers/json?all=1&limit=%d", LIMIT_ENGINE_OBJECTS + 1).ptr;
    add_question(round, containers, false, &answers->containers);
    add_question(round, "/images/json", false, &answers->images);
    add_question(round, "/info", false, &answers->info);
    add_question(round, "/version", false, &answers->version);
    add_question(round, "/networks", false, &answers->networks);
    add_question(round, "/volumes", true, &answers->volumes);
    ask(round);
    ask_for_each(round);
    /* Only a manager of a swarm answers these; the others say so with an error. */
    if (!str_contains(answers->info, STR("\"ControlAvailable\":true")))
        return;
    add_question(round, "/swarm", true, &answers->swarm);
    add_question(round, "/nodes", true, &answers->nodes);
    add_question(round, "/secrets", true, &answers->secrets);
    add_question(round, "/services", true, &answers->services);
    ask(round);
}

int answers_fetch(struct arena *arena, const char *host, struct answers **ret, struct err *err)
{
    const struct engine_environment environment = engine_environment(arena, host);
    struct round *round = arena_new(arena, struct round);
    round->arena = arena;
    round->start = seconds();
    if (engine_find(arena, &environment, &round->engine, err) < 0)
        return -1;
    round->engine.line = &round->lanes[0].line;
    int result = engine_connect(&round->engine, err);
    if (result == 0) {
        *ret = round->answers = arena_new(arena, struct answers);
        round->answers->address = round->engine.address;
        ask_everything(round);
    }
    for (size_t i = 0; i < LIMIT_ENGINE_LANES; i++) {
        http_line_close(&round->lanes[i].line);
        arena_adopt(arena, &round->lanes[i].arena);
    }
    return result;
}
