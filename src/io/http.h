// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_HTTP_H
#define HARDEN_IO_HTTP_H

#include "base/arena.h"
#include "base/err.h"

#include <sys/types.h>

/*
 * HTTP(S) and HTTP over a unix socket by libcurl, which is loaded when first needed (so that
 * commands without network start without it), and file:// by plain reading: the only file that
 * knows curl is io/http.c. Redirects are followed within http and https, at most
 * LIMIT_REDIRECTS, and never from https to http; the proxy variables of the environment are
 * honoured; a peer that sends nothing for LIMIT_STALL_SECONDS is given up, and so is one that
 * keeps dripping bytes. A body is handed on as it was sent: no content coding is asked for or
 * undone. All functions may be called from several threads at once.
 *
 * file:// serves regular files only; it answers If-None-Match by size, inode and time of change,
 * and ignores a range (status 200, as HTTP allows).
 */
struct http_request {
    const char *url;
    struct http_line *line;             /* share its connection; or NULL */
    const char *unix_socket;            /* connect here instead of to the url's host; or NULL */
    const char *ca, *certificate, *key; /* PEM files for TLS; or NULL */
    bool skip_verify;                   /* TLS without checking the peer: only where asked for */
    const char *method;                 /* NULL: GET; "DELETE"; "POST" */
    const int *upload;                  /* of POST: a pipe whose bytes are the body, in chunks */
    const char *content_type;           /* of that body */
    const char *etag, *last_modified;   /* send If-None-Match / If-Modified-Since; or NULL */
    /* Resume at this byte: Range, with If-Range from etag or last_modified (then these two are not
     * sent as conditions). Without a strong one of them the whole body is asked for. 206 gives
     * the rest, 200 the whole from the start, 416 nothing. */
    uint64_t range_from;
    uint64_t max_bytes;          /* ERR_LIMIT above it; 0 means none */
    unsigned first_byte_seconds; /* patience before the body begins; 0: LIMIT_STALL_SECONDS */
    unsigned stall_seconds;      /* patience after that; 0: LIMIT_STALL_SECONDS */
    unsigned total_seconds;      /* for the whole exchange; 0: no bound */
    /* Called with body bytes as they come, whatever the status; return false to stop: http_get()
     * then gives -1, and an error that the callback has put into the same `err` is kept. */
    bool (*body)(void *context, str bytes);
    /* Called once before the body, after redirects, with the final status; or NULL. `length` is
     * of the body, 0 if unknown. Return false to pass over the body: http_get() then gives 0. */
    bool (*head)(void *context, int status, uint64_t length);
    /* Called about once a second while waiting; return false to stop as `body` does; or NULL. */
    bool (*tick)(void *context);
    void *context;
    /* For http_get_body() and pipes: writes into `out` what the body of a status that is no
     * success says in plain words; false if it says nothing. NULL: the body's beginning. */
    bool (*explain)(str body, char *out, size_t out_size);
};

/* Requests with the same line use one connection, as long as the peer lets it stand. For one thread
 * at a time; a line starts as {0}. */
struct http_line {
    void *handle;
};
void http_line_close(struct http_line *line);

/*
 * A line for another protocol: connects as http_get() would for that request's url, TLS and all,
 * and sends nothing. What goes over it is the caller's. Receiving waits for at least one byte, and
 * gives how many there are; 0 at the end; -1.
 */
int http_line_open(struct http_line *line, const struct http_request *request, struct err *err);
int http_line_send(const struct http_line *line, str bytes, struct err *err);
ssize_t http_line_receive(const struct http_line *line, void *to, size_t size, struct err *err);

struct http_response {
    int status; /* 200, 206, 304, 404...; 200 or 304 for file:// */
    char etag[256], last_modified[64], content_type[128];
    char api_version[16]; /* the engine's Api-Version */
    int retry_after;      /* seconds, 0 if not said */
};

/* 0 whenever the peer answered (look at status); -1 with ERR_NET, ERR_LIMIT, ERR_IO ...;
 * ERR_NOT_FOUND for a missing file://, ERR_UNSUPPORTED where libcurl is not installed. A body
 * that is shorter than announced is ERR_NET. */
int http_get(const struct http_request *request, struct http_response *ret, struct err *err);

/* The whole body of a 200 into the arena; other statuses are ERR_NOT_FOUND (404) or ERR_NET with
 * the body's beginning in the message. */
int http_get_body(const struct http_request *request, struct arena *arena, str *ret_body,
                  struct err *err);

/* -1 with err for a status that is no success, told by what the body begins with. */
int http_fail_status(const struct http_request *request, int status, str body, struct err *err);

/*
 * The body of a 200 as a pipe, for streams that are parsed while they arrive: a child process
 * (fork, no exec) does the network, so that the parser can enter the sandbox. Returns the reading
 * end (the caller's; close it yourself, before or after finishing). Call http_pipe_finish() after
 * the end was read: it reports what the child could not do; a body that was cut short is an
 * error, never a short success. Finishing before the end was read stops the child; that is no
 * error.
 *
 * The child waits for http_pipe_start(): what was learnt inside the sandbox (all layers are
 * cached) can still make the request unnecessary. Finishing without a start makes no request.
 * The child ends with the thread that opened the pipe, so open it in the main one.
 */
struct http_pipe;
int http_pipe_open(const struct http_request *request, struct http_pipe **ret, int *ret_fd,
                   struct err *err);
int http_pipe_start(struct http_pipe *pipe, struct err *err);
int http_pipe_finish(struct http_pipe *pipe, struct err *err); /* frees it */

#endif
