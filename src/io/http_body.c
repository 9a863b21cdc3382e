// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "base/limits.h"
#include "io/http_internal.h"

#include <stdio.h>
#include <string.h>

const char *http_shown_url(const char *url, char *out, size_t out_size)
{
    str rest = str_from(url), scheme = {0};
    size_t slashes = str_find(rest, STR("://"));
    if (slashes != STR_NONE) {
        scheme = str_sub(rest, 0, slashes + 3);
        rest = str_from_index(rest, slashes + 3);
        str host = rest, path = {0};
        str_cut(rest, '/', &host, &path);
        size_t at = str_rfind_char(host, '@');
        if (at != STR_NONE)
            rest = str_from_index(rest, at + 1);
    }
    snprintf(out, out_size, "%.*s%.*s", STR_ARG(scheme), STR_ARG(rest));
    for (char *at = out; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = '?';
    return out;
}

uint64_t http_content_range(str value)
{
    uint64_t from;
    str first = {0}, rest = {0};
    if (str_skip(&value, STR("bytes ")) && str_cut(value, '-', &first, &rest) &&
        str_to_u64(str_trim(first), UINT64_MAX - 1, &from))
        return from;
    return UINT64_MAX;
}

int http_wrap(const struct http_request *request, struct err *err)
{
    char url[200];
    if (request->unix_socket)
        return -1;
    return err_wrap(err, "%s", http_shown_url(request->url, url, sizeof(url)));
}

/* The first line of what a server says about a failure, made fit for one line of a message. */
static void first_words(str body, char *out, size_t out_size)
{
    size_t len = 0;
    body = str_trim(body);
    if (body.len > 120)
        body.len = 120;
    while (len + 1 < out_size && len < body.len) {
        unsigned char c = (unsigned char)body.ptr[len];
        out[len++] = c < ' ' || c >= 0x7f ? ' ' : (char)c;
    }
    out[len] = 0;
}

int http_fail_status(const struct http_request *request, int status, str body, struct err *err)
{
    char text[300] = "";
    if (!request->explain || !request->explain(body, text, sizeof(text)))
        first_words(body, text, sizeof(text));
    return err_set(err, status == 404 ? ERR_NOT_FOUND : ERR_NET, "HTTP status %d%s%s", status,
                   text[0] ? ": " : "", text);
}

struct collected {
    struct buf *body;
    int status;
};

static bool collect_head(void *context, int status, uint64_t length)
{
    struct collected *collected = context;
    (void)length;
    collected->status = status;
    if (status != 200)
        collected->body->max = HTTP_EXPLAIN_MAX;
    return true;
}

static bool collect_body(void *context, str bytes)
{
    struct collected *collected = context;
    struct buf *body = collected->body;
    if (collected->status != 200 && bytes.len > body->max - body->len)
        bytes.len = body->max - body->len;
    buf_add_str(body, bytes);
    return collected->status == 200 || body->len < body->max;
}

int http_get_body(const struct http_request *request, struct arena *arena, str *ret_body,
                  struct err *err)
{
    struct http_request own = *request;
    struct http_response response;
    struct err failure = {0};
    if (!own.max_bytes)
        own.max_bytes = LIMIT_DOWNLOAD;
    BUF_SCOPED body = buf_make((size_t)own.max_bytes);
    struct collected collected = {.body = &body};
    own.head = collect_head;
    own.body = collect_body;
    own.tick = NULL;
    own.context = &collected;
    int result = http_get(&own, &response, &failure);
    if (collected.status && collected.status != 200) {
        /* What it says counts, even where the answer itself was cut short or endless. */
        http_fail_status(request, collected.status, buf_str(&body), err);
        return http_wrap(request, err);
    }
    if (result < 0) {
        *err = failure;
        return -1;
    }
    *ret_body = arena_str(arena, buf_str(&body));
    return 0;
}
