// SPDX-License-Identifier: Apache-2.0
/*
 * io/http.h from the command line, for tests/e2e/http.sh: the body goes to standard output, one
 * line "status ..." or "error KIND: ..." to standard error; exit code 0 or 2.
 */
#include "base/fd.h"
#include "base/sandbox.h"
#include "base/work.h"
#include "io/http.h"

#include <getopt.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct settings {
    struct http_request request;
    uint64_t threads, stop_after;
    bool pipe, no_start, head_only, abandon;
};

struct receiver {
    const struct settings *settings;
    uint64_t received, heads;
};

static const char *const kinds[] = {
    [ERR_NONE] = "none",
    [ERR_USAGE] = "usage",
    [ERR_IO] = "io",
    [ERR_FORMAT] = "format",
    [ERR_LIMIT] = "limit",
    [ERR_NET] = "net",
    [ERR_NOT_FOUND] = "not-found",
    [ERR_UNSUPPORTED] = "unsupported",
};

static int complain(const struct err *err)
{
    fprintf(stderr, "error %s: %s\n", kinds[err->kind], err->message);
    return 2;
}

static bool on_head(void *context, int status, uint64_t length)
{
    struct receiver *receiver = context;
    receiver->heads++;
    fprintf(stderr, "head %d %llu\n", status, (unsigned long long)length);
    return !receiver->settings->head_only;
}

static bool on_body(void *context, str bytes)
{
    struct receiver *receiver = context;
    struct err err = {0};
    receiver->received += bytes.len;
    if (receiver->settings->threads < 2 &&
        fd_write_all(STDOUT_FILENO, bytes.ptr, bytes.len, &err) < 0)
        return false;
    return !receiver->settings->stop_after || receiver->received < receiver->settings->stop_after;
}

static int get(const struct settings *settings)
{
    struct err err = {0};
    struct http_response response;
    struct receiver receiver = {.settings = settings};
    struct http_request request = settings->request;
    request.head = on_head;
    request.body = on_body;
    request.context = &receiver;
    if (http_get(&request, &response, &err) < 0)
        return complain(&err);
    fprintf(stderr, "status %d bytes %llu heads %llu etag [%s] modified [%s] type [%s] retry %d\n",
            response.status, (unsigned long long)receiver.received,
            (unsigned long long)receiver.heads, response.etag, response.last_modified,
            response.content_type, response.retry_after);
    return 0;
}

static int copy(int from, bool abandon, struct err *err)
{
    static char piece[100000];
    for (;;) {
        ssize_t got = read(from, piece, sizeof(piece));
        if (got < 0)
            return err_sys(err, "cannot read the pipe");
        if (got == 0)
            return 0;
        if (fd_write_all(STDOUT_FILENO, piece, (size_t)got, err) < 0)
            return -1;
        if (abandon)
            return 0;
    }
}

static int get_through_pipe(const struct settings *settings)
{
    struct err err = {0};
    struct http_pipe *pipe = NULL;
    enum sandbox_level level;
    FD_SCOPED fd = -1;
    if (http_pipe_open(&settings->request, &pipe, &fd, &err) < 0)
        return complain(&err);
    if (sandbox_enter(&(struct sandbox){0}, &level, &err) < 0)
        return complain(&err);
    if (!settings->no_start &&
        (http_pipe_start(pipe, &err) < 0 || copy(fd, settings->abandon, &err) < 0))
        return complain(&err);
    if (http_pipe_finish(pipe, &err) < 0)
        return complain(&err);
    fprintf(stderr, "finished\n");
    return 0;
}

struct crowd {
    const struct settings *settings;
    atomic_int failed;
};

static void get_one(void *context, size_t index)
{
    struct crowd *crowd = context;
    (void)index;
    if (get(crowd->settings) != 0)
        atomic_fetch_add(&crowd->failed, 1);
}

static uint64_t number(const char *text)
{
    uint64_t value = 0;
    if (!str_to_u64(str_from(text), UINT32_MAX, &value))
        exit(64);
    return value;
}

static void set_option(struct settings *settings, int letter, const char *value)
{
    struct http_request *request = &settings->request;
    switch (letter) {
    case 'u': request->unix_socket = value; break;
    case 'e': request->etag = value; break;
    case 'm': request->last_modified = value; break;
    case 'r': request->range_from = number(value); break;
    case 'x': request->max_bytes = number(value); break;
    case 'f': request->first_byte_seconds = (unsigned)number(value); break;
    case 's': request->stall_seconds = (unsigned)number(value); break;
    case 't': request->total_seconds = (unsigned)number(value); break;
    case 'a': settings->stop_after = number(value); break;
    case 'j': settings->threads = number(value); break;
    case 'c': request->ca = value; break;
    case 'k': request->skip_verify = true; break;
    case 'h': settings->head_only = true; break;
    case 'p': settings->pipe = true; break;
    case 'n': settings->no_start = true; break;
    case 'b': settings->abandon = true; break;
    default: exit(64);
    }
}

int main(int argc, char **argv)
{
    struct settings settings = {0};
    int letter;
    while ((letter = getopt(argc, argv, "u:e:m:r:x:f:s:t:a:j:c:khpnb")) != -1)
        set_option(&settings, letter, optarg);
    settings.request.url = argv[optind];
    if (!settings.request.url)
        return 64;
    if (settings.pipe)
        return get_through_pipe(&settings);
    if (settings.threads < 2)
        return get(&settings);
    struct crowd crowd = {.settings = &settings};
    work_parallel((size_t)settings.threads, (size_t)settings.threads * 4, get_one, &crowd);
    return crowd.failed ? 2 : 0;
}
