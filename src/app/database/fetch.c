// SPDX-License-Identifier: Apache-2.0
#include "app/database/parts.h"

#include "base/date.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/work.h"
#include "io/http.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    THREADS = 6,
    TRIES = 4,
    FIRST_WAIT_SECONDS = 1, /* doubled each time */
    LONGEST_WAIT_SECONDS = 30,
    WORTH_RESUMING = 64 * 1024,
};

/* One document being fetched, in one thread. */
struct fetch {
    struct arena arena;
    struct database *database;
    struct document *document;
    const char *url, *part, *part_meta;
    bool spare; /* the second address is in use */
    struct http_response response;
    struct err *err;
    int fd;           /* of PATH.part */
    uint64_t resumed; /* bytes that it had */
    bool wrote;
};

/* --- one request ------------------------------------------------------------------------------ */

/* What is needed to resume, should the rest not come. */
static int remember_part(struct fetch *fetch)
{
    const struct document_meta meta = {
        .url = str_from(fetch->url),
        .etag = str_from(fetch->response.etag),
        .last_modified = str_from(fetch->response.last_modified),
    };
    return document_write_meta(&fetch->arena, fetch->part_meta, &meta, fetch->err);
}

static bool on_head(void *context, int status, uint64_t length)
{
    struct fetch *fetch = context;
    if (status != 200 && status != 206)
        return false;
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (status == 206 ? O_APPEND : O_TRUNC);
    fetch->fd = open(fetch->part, flags, 0600);
    if (fetch->fd < 0) {
        err_sys(fetch->err, "cannot create %s", fetch->part);
        return true; /* on_body stops: this must be an error and no answer */
    }
    if (status == 200 && (!length || length >= WORTH_RESUMING))
        remember_part(fetch);
    return true;
}

static bool on_body(void *context, str bytes)
{
    struct fetch *fetch = context;
    if (fetch->err->kind != ERR_NONE)
        return false;
    if (fetch->fd < 0 || fd_write_all(fetch->fd, bytes.ptr, bytes.len, fetch->err) < 0)
        return false;
    fetch->wrote = true;
    meter_add(&fetch->database->meter, 0, bytes.len);
    return true;
}

static int ask(struct fetch *fetch)
{
    struct arena *arena = &fetch->arena;
    struct document_meta copy =
        document_read_meta(arena, document_file(arena, fetch->document, ".meta"));
    struct document_meta part = document_read_meta(arena, fetch->part_meta);
    struct stat st;
    struct http_request request = {
        .url = fetch->url,
        .max_bytes = LIMIT_DOWNLOAD,
        .head = on_head,
        .body = on_body,
        .context = fetch,
    };
    bool resumable = str_eq(part.url, str_from(fetch->url)) && stat(fetch->part, &st) == 0;
    fetch->resumed = resumable ? (uint64_t)st.st_size : 0;
    const struct document_meta *known = fetch->resumed ? &part : &copy;
    bool comparable = fetch->document->has_copy && !fetch->document->doubtful;
    if (fetch->resumed || (comparable && str_eq(copy.url, str_from(fetch->url)))) {
        request.etag = arena_cstr(arena, known->etag);
        request.last_modified = arena_cstr(arena, known->last_modified);
        request.range_from = fetch->resumed;
    }
    fetch->response = (struct http_response){0};
    fetch->wrote = false;
    err_clear(fetch->err);
    return http_get(&request, &fetch->response, fetch->err);
}

/* --- what became of it ------------------------------------------------------------------------ */

static void forget_part(struct fetch *fetch)
{
    unlink(fetch->part);
    unlink(fetch->part_meta);
}

/* PATH.part is whole: it becomes PATH.new. */
static int complete(struct fetch *fetch)
{
    struct arena *arena = &fetch->arena;
    const struct document_meta meta = {
        .url = str_from(fetch->url),
        .etag = str_from(fetch->response.etag),
        .last_modified = str_from(fetch->response.last_modified),
        .fetched = date_now(arena),
    };
    const char *fresh = document_file(arena, fetch->document, ".new");
    if (fetch->fd < 0)
        return err_set(fetch->err, ERR_NET, "the answer has no content");
    if (fsync(fetch->fd) < 0)
        return err_sys(fetch->err, "cannot write %s", fetch->part);
    if (document_write_meta(arena, document_file(arena, fetch->document, ".new.meta"), &meta,
                            fetch->err) < 0)
        return -1;
    if (rename(fetch->part, fresh) < 0)
        return err_sys(fetch->err, "cannot create %s", fresh);
    unlink(fetch->part_meta);
    return 0;
}

/* Nothing there: at the second address, or nowhere. True to ask again at once. */
static bool missing(struct fetch *fetch)
{
    struct document *document = fetch->document;
    if (document->source.spare_url.len && !fetch->spare) {
        fetch->spare = true;
        return true;
    }
    err_set(fetch->err, ERR_NOT_FOUND, "%s: not there", fetch->url);
    document->state = document->source.optional ? DOCUMENT_NONE : DOCUMENT_FAILED;
    return false;
}

static bool is_passing(int status)
{
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

/* The copy is as old as it was, and good today. */
static void remember_visit(struct fetch *fetch)
{
    struct err ignored = {0};
    const char *path = document_file(&fetch->arena, fetch->document, ".meta");
    struct document_meta meta = document_read_meta(&fetch->arena, path);
    meta.fetched = date_now(&fetch->arena);
    document_write_meta(&fetch->arena, path, &meta, &ignored);
}

enum verdict { DONE, AGAIN_AT_ONCE, AGAIN_LATER };

static enum verdict take_answer(struct fetch *fetch)
{
    int status = fetch->response.status;
    fetch->document->state = DOCUMENT_FAILED;
    if (status == 200 || status == 206) {
        if (complete(fetch) == 0)
            fetch->document->state = DOCUMENT_NEW;
        return DONE;
    }
    if (status == 304 && fetch->document->has_copy) {
        fetch->document->state = DOCUMENT_SAME;
        remember_visit(fetch);
        return DONE;
    }
    if (status == 404 || status == 410)
        return missing(fetch) ? AGAIN_AT_ONCE : DONE;
    err_set(fetch->err, ERR_NET, "%s: HTTP status %d", fetch->url, status);
    if (status == 416 || status == 412) {
        forget_part(fetch);
        return fetch->resumed ? AGAIN_AT_ONCE : DONE;
    }
    return is_passing(status) ? AGAIN_LATER : DONE;
}

static enum verdict take_failure(struct fetch *fetch)
{
    fetch->document->state = DOCUMENT_FAILED;
    if (fetch->err->kind == ERR_NOT_FOUND)
        return missing(fetch) ? AGAIN_AT_ONCE : DONE;
    /* Half a document from a server that cannot resume is of no use, nor one of a full disk. */
    if (fetch->err->kind != ERR_NET)
        forget_part(fetch);
    return fetch->err->kind == ERR_NET ? AGAIN_LATER : DONE;
}

static enum verdict try_once(struct fetch *fetch)
{
    struct document *document = fetch->document;
    str path = fetch->spare ? document->source.spare_path : document->source.path;
    str url = fetch->spare ? document->source.spare_url : document->source.url;
    const char *mirror = fetch->database->settings->mirror;
    str base = str_from(mirror);
    while (str_ends(base, STR("/")))
        base.len--;
    fetch->url =
        arena_cstr(&fetch->arena, mirror ? arena_join(&fetch->arena, base, STR("/"), path) : url);
    fetch->fd = -1;
    enum verdict verdict = ask(fetch) < 0 ? take_failure(fetch) : take_answer(fetch);
    fd_close(&fetch->fd);
    return verdict;
}

static void wait_for_next(const struct fetch *fetch, unsigned attempt)
{
    unsigned seconds = (unsigned)FIRST_WAIT_SECONDS << attempt;
    if (fetch->response.retry_after > 0)
        seconds = (unsigned)fetch->response.retry_after;
    if (seconds > LONGEST_WAIT_SECONDS)
        seconds = LONGEST_WAIT_SECONDS;
    nanosleep(&(struct timespec){.tv_sec = seconds}, NULL);
}

static void fetch_one(void *context, size_t index)
{
    struct database *database = context;
    struct document *document = &database->documents.items[index];
    if (document->state == DOCUMENT_IDLE)
        return;
    struct fetch fetch = {.database = database, .document = document, .err = &document->error};
    fetch.part = document_file(&fetch.arena, document, ".part");
    fetch.part_meta = document_file(&fetch.arena, document, ".part.meta");
    unsigned attempt = 0, at_once = 0;
    for (;;) {
        enum verdict verdict = try_once(&fetch);
        if (verdict == DONE || (verdict == AGAIN_AT_ONCE && ++at_once > TRIES))
            break;
        if (verdict == AGAIN_LATER) {
            if (++attempt >= TRIES)
                break;
            wait_for_next(&fetch, attempt - 1);
        }
    }
    meter_add(&database->meter, 1, 0);
    arena_free(&fetch.arena);
}

void fetch_documents(struct database *database)
{
    size_t wanted = 0;
    for (size_t i = 0; i < database->documents.count; i++)
        wanted += database->documents.items[i].state != DOCUMENT_IDLE;
    meter_start(&database->meter, "fetching", wanted);
    work_parallel(THREADS, database->documents.count, fetch_one, database);
    meter_stop(&database->meter);
}
