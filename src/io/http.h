// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_HTTP_H
#define HARDEN_IO_HTTP_H

#include "base/arena.h"
#include "base/err.h"

/*
 * HTTP(S), file:// and HTTP over a unix socket, by libcurl, which is loaded when first needed
 * (so that commands without network start without it): the only file that knows curl is
 * io/http.c. Redirects are followed within http and https; the proxy variables of the
 * environment are honoured; a peer that sends nothing for LIMIT_STALL_SECONDS is given up.
 */
struct http_request {
    const char *url;
    const char *unix_socket;            /* connect here instead of to the url's host; or NULL */
    const char *ca, *certificate, *key; /* PEM files for TLS; or NULL */
    bool skip_verify;                   /* TLS without checking the peer: only where asked for */
    const char *etag, *last_modified;   /* send If-None-Match / If-Modified-Since; or NULL */
    uint64_t range_from;                /* resume at this byte (Range + If-Range with etag) */
    uint64_t max_bytes;                 /* ERR_LIMIT above it */
    /* Called with body bytes as they come; return false to stop. */
    bool (*body)(void *context, str bytes);
    /* Called once before the body, after redirects, with the final status; or NULL. `length` is
     * of the body, 0 if unknown. Return false to stop. */
    bool (*head)(void *context, int status, uint64_t length);
    void *context;
};

struct http_response {
    int status; /* 200, 206, 304, 404...; 200 for file:// */
    char etag[256], last_modified[64], content_type[128];
    int retry_after; /* seconds, 0 if not said */
};

/* 0 whenever the peer answered (look at status); -1 with ERR_NET, ERR_LIMIT, ERR_IO ... */
int http_get(const struct http_request *request, struct http_response *ret, struct err *err);

/* The whole body of a 200 into the arena; other statuses are ERR_NET / ERR_NOT_FOUND with the
 * body's beginning in the message. */
int http_get_body(const struct http_request *request, struct arena *arena, str *ret_body,
                  struct err *err);

/*
 * The body as a pipe, for streams that are parsed while they arrive: a child process (fork, no
 * exec) does the network, so that the parser can enter the sandbox. Returns the reading end (the
 * caller's). Call http_pipe_finish() after the end was read: it reports what the child could not
 * do; a body that was cut short is an error, never a short success.
 *
 * The child waits for http_pipe_start(): what was learnt inside the sandbox (all layers are
 * cached) can still make the request unnecessary. Finishing without a start makes no request.
 */
struct http_pipe;
int http_pipe_open(const struct http_request *request, struct http_pipe **ret, int *ret_fd,
                   struct err *err);
int http_pipe_start(struct http_pipe *pipe, struct err *err);
int http_pipe_finish(struct http_pipe *pipe, struct err *err); /* frees it */

#endif
