// SPDX-License-Identifier: Apache-2.0
#include "base/fd.h"
#include "base/limits.h"
#include "io/http_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char prefix[] = "file://";

bool http_is_file(const char *url)
{
    str start = str_sub(str_from(url), 0, sizeof(prefix) - 1);
    return str_eq_nocase(start, str_from(prefix));
}

/* RFC 8089: file:///path or file://localhost/path, %XX in the path. */
static const char *path_of(struct arena *arena, const char *url, struct err *err)
{
    str path = str_from_index(str_from(url), sizeof(prefix) - 1);
    str_skip(&path, STR("localhost"));
    if (!str_starts(path, STR("/"))) {
        err_set(err, ERR_USAGE, "a file url has three slashes before its path");
        return NULL;
    }
    char *out = arena_alloc(arena, path.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < path.len; i++) {
        uint64_t byte = 0;
        if (path.ptr[i] != '%') {
            out[len++] = path.ptr[i];
        } else if (str_to_hex(str_sub(path, i + 1, 2), 0xff, &byte) && byte && i + 2 < path.len) {
            out[len++] = (char)byte;
            i += 2;
        } else {
            err_set(err, ERR_USAGE, "a wrong %% sequence in the url");
            return NULL;
        }
    }
    return out;
}

static void describe(const struct stat *st, struct http_response *ret)
{
    struct tm tm;
    snprintf(ret->etag, sizeof(ret->etag), "\"%llx-%llx-%llx.%lx\"",
             (unsigned long long)st->st_size, (unsigned long long)st->st_ino,
             (unsigned long long)st->st_mtim.tv_sec, (unsigned long)st->st_mtim.tv_nsec);
    if (gmtime_r(&st->st_mtim.tv_sec, &tm))
        strftime(ret->last_modified, sizeof(ret->last_modified), "%a, %d %b %Y %H:%M:%S GMT", &tm);
}

static bool is_unchanged(const struct http_request *request, const struct http_response *now)
{
    if (request->range_from)
        return false;
    if (request->etag && request->etag[0])
        return str_eq(str_from(request->etag), str_from(now->etag));
    return request->last_modified && request->last_modified[0] &&
           str_eq(str_from(request->last_modified), str_from(now->last_modified));
}

static int send_body(const struct http_request *request, int fd, uint64_t size, struct err *err)
{
    char piece[KIB(64)];
    uint64_t sent = 0;
    while (sent < size) {
        ssize_t got = read(fd, piece, sizeof(piece));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(err, "cannot read");
        if (got == 0)
            return err_set(err, ERR_IO, "it became shorter while it was read");
        /* What is appended meanwhile belongs to the next version. */
        if ((uint64_t)got > size - sent)
            got = (ssize_t)(size - sent);
        sent += (uint64_t)got;
        if (request->body && !request->body(request->context, (str){piece, (size_t)got})) {
            if (err->kind == ERR_NONE)
                err_set(err, ERR_IO, "stopped by the receiver");
            return -1;
        }
    }
    return 0;
}

int http_file_get(const struct http_request *request, struct http_response *ret, struct err *err)
{
    ARENA_SCOPED arena = {0};
    struct stat st;
    const char *path = path_of(&arena, request->url, err);
    if (!path)
        return -1;
    /* O_NONBLOCK: a FIFO must not keep us. */
    FD_SCOPED fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) < 0)
        return err_sys(err, "cannot open");
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_FORMAT, "not a regular file");
    describe(&st, ret);
    ret->status = is_unchanged(request, ret) ? 304 : 200;
    uint64_t size = ret->status == 200 ? (uint64_t)st.st_size : 0;
    if (request->max_bytes && size > request->max_bytes)
        return err_set(err, ERR_LIMIT, "longer than %llu bytes",
                       (unsigned long long)request->max_bytes);
    if (request->head && !request->head(request->context, ret->status, size))
        return 0;
    return send_body(request, fd, size, err);
}
