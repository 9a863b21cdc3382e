// SPDX-License-Identifier: Apache-2.0
#include "io/http.h"

#include "base/buf.h"
#include "base/limits.h"
#include "io/http_internal.h"
#include "io/library.h"

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * libcurl brings thirty libraries and some ten milliseconds of relocations with it, which a scan
 * of a file never needs. So it is opened on first use, and called through this table; nothing
 * changes it afterwards. Its OpenSSL never meets the one that is linked into us.
 */
static struct {
    CURLcode (*global_init)(long flags);
    CURL *(*easy_init)(void);
    CURLcode (*easy_setopt)(CURL *curl, CURLoption option, ...);
    CURLcode (*easy_getinfo)(CURL *curl, CURLINFO info, ...);
    CURLcode (*easy_perform)(CURL *curl);
    CURLcode (*easy_send)(CURL *curl, const void *bytes, size_t len, size_t *ret);
    CURLcode (*easy_recv)(CURL *curl, void *to, size_t size, size_t *ret);
    void (*easy_reset)(CURL *curl);
    void (*easy_cleanup)(CURL *curl);
    const char *(*easy_strerror)(CURLcode code);
    struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
    void (*slist_free_all)(struct curl_slist *list);
    bool ready;
} api;

static const struct library_symbol symbols[] = {
    {"curl_global_init", &api.global_init},       {"curl_easy_init", &api.easy_init},
    {"curl_easy_setopt", &api.easy_setopt},       {"curl_easy_getinfo", &api.easy_getinfo},
    {"curl_easy_perform", &api.easy_perform},     {"curl_easy_cleanup", &api.easy_cleanup},
    {"curl_easy_strerror", &api.easy_strerror},   {"curl_slist_append", &api.slist_append},
    {"curl_slist_free_all", &api.slist_free_all}, {"curl_easy_reset", &api.easy_reset},
    {"curl_easy_send", &api.easy_send},           {"curl_easy_recv", &api.easy_recv},
};

static void load_once(void)
{
    api.ready = library_open("libcurl.so.4", symbols, sizeof(symbols) / sizeof(symbols[0])) &&
                api.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

int http_load(struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_once);
    if (!api.ready)
        return err_set(err, ERR_UNSUPPORTED,
                       "network access needs libcurl.so.4 (Debian package libcurl4)");
    return 0;
}

struct exchange {
    const struct http_request *request;
    struct http_response *response;
    struct err *err;
    CURL *curl;
    uint64_t received, header_bytes;
    uint64_t content_from; /* of Content-Range */
    /* Seconds on the monotonic clock. The receiver's own time is not the peer's: that the pipe
     * behind `body` is full is no stall. */
    double since, receiver_time;
    double window_since;   /* peer's time when the stall window was opened */
    uint64_t window_bytes; /* received then */
    bool head_done, passed_over, stopped, failed;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void keep_text(char *to, size_t size, str value)
{
    if (value.len >= size)
        value.len = 0; /* a cut validator would match nothing, or worse, something else */
    if (value.len)
        memcpy(to, value.ptr, value.len);
    to[value.len] = 0;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    struct http_response *response = exchange->response;
    str line = {bytes, size * count}, name = {0}, value = {0};
    exchange->header_bytes += line.len;
    if (exchange->header_bytes > LIMIT_HTTP_HEADERS) {
        err_set(exchange->err, ERR_LIMIT, "the headers are longer than %llu bytes",
                LIMIT_HTTP_HEADERS);
        exchange->failed = true;
        return 0;
    }
    if (str_starts(line, STR("HTTP/"))) {
        /* The next answer of a chain of redirects: what the one before said is void. */
        *response = (struct http_response){0};
        exchange->content_from = UINT64_MAX;
        return size * count;
    }
    if (!str_cut(line, ':', &name, &value))
        return size * count;
    value = str_trim(value);
    if (str_eq_nocase(name, STR("ETag")))
        keep_text(response->etag, sizeof(response->etag), value);
    else if (str_eq_nocase(name, STR("Last-Modified")))
        keep_text(response->last_modified, sizeof(response->last_modified), value);
    else if (str_eq_nocase(name, STR("Content-Type")))
        keep_text(response->content_type, sizeof(response->content_type), value);
    else if (str_eq_nocase(name, STR("Api-Version")))
        keep_text(response->api_version, sizeof(response->api_version), value);
    else if (str_eq_nocase(name, STR("Content-Range")))
        exchange->content_from = http_content_range(value);
    return size * count;
}

/* The final status is known: before the first byte of the body, or at the end without one. */
static bool tell_head(struct exchange *exchange)
{
    long status = 0;
    curl_off_t length = 0;
    if (exchange->head_done)
        return !exchange->passed_over;
    exchange->head_done = true;
    api.easy_getinfo(exchange->curl, CURLINFO_RESPONSE_CODE, &status);
    api.easy_getinfo(exchange->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    exchange->response->status = (int)status;
    if (status == 206 && exchange->content_from != exchange->request->range_from) {
        err_set(exchange->err, ERR_NET, "the server sent another range than was asked for");
        exchange->failed = true;
        return false;
    }
    if (exchange->request->head && !exchange->request->head(exchange->request->context, (int)status,
                                                            length > 0 ? (uint64_t)length : 0))
        exchange->passed_over = true;
    return !exchange->passed_over;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    const struct http_request *request = exchange->request;
    size_t len = size * count;
    if (!tell_head(exchange))
        return 0;
    exchange->received += len;
    if (request->max_bytes && exchange->received > request->max_bytes) {
        err_set(exchange->err, ERR_LIMIT, "the answer is longer than %llu bytes",
                (unsigned long long)request->max_bytes);
        exchange->failed = true;
        return 0;
    }
    double before = now();
    if (request->body && !request->body(request->context, (str){bytes, len})) {
        exchange->stopped = true;
        return 0;
    }
    exchange->receiver_time += now() - before;
    return len;
}

/* Called by curl about once a second, and more often while bytes come: gives up on a peer that
 * stalls or drips. */
static int on_progress(void *context, curl_off_t total, curl_off_t done, curl_off_t up_total,
                       curl_off_t up)
{
    struct exchange *exchange = context;
    const struct http_request *request = exchange->request;
    double peer_time = now() - exchange->since - exchange->receiver_time;
    unsigned asked = exchange->received ? request->stall_seconds : request->first_byte_seconds;
    unsigned patience = asked ? asked : LIMIT_STALL_SECONDS;
    (void)total, (void)done, (void)up_total, (void)up;
    uint64_t enough = exchange->window_bytes ? LIMIT_STALL_BYTES : 1;
    if (exchange->received - exchange->window_bytes >= enough) {
        exchange->window_since = peer_time;
        exchange->window_bytes = exchange->received;
    } else if (peer_time - exchange->window_since > patience) {
        err_set(exchange->err, ERR_NET, "the peer sent nothing, or next to nothing, for %u seconds",
                patience);
        exchange->failed = true;
        return 1;
    }
    if (request->total_seconds && peer_time > request->total_seconds) {
        err_set(exchange->err, ERR_NET, "no complete answer within %u seconds",
                request->total_seconds);
        exchange->failed = true;
        return 1;
    }
    if (request->tick && !request->tick(request->context)) {
        exchange->stopped = true;
        return 1;
    }
    return 0;
}

static void set_text(CURL *curl, CURLoption option, const char *text)
{
    if (text)
        api.easy_setopt(curl, option, text);
}

static void set_number(CURL *curl, CURLoption option, long number)
{
    api.easy_setopt(curl, option, number);
}

/* Which hosts and protocols, and how they prove who they are. */
static int set_peer(const struct exchange *exchange, struct err *err)
{
    const struct http_request *request = exchange->request;
    CURL *curl = exchange->curl;
    str scheme = str_sub(str_from(request->url), 0, 6);
    set_text(curl, CURLOPT_URL, request->url);
    if (api.easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") != CURLE_OK ||
        api.easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR,
                        str_eq_nocase(scheme, STR("https:")) ? "https" : "http,https") != CURLE_OK)
        return err_set(err, ERR_UNSUPPORTED, "this libcurl is older than 7.85");
    set_number(curl, CURLOPT_FOLLOWLOCATION, 1);
    set_number(curl, CURLOPT_MAXREDIRS, LIMIT_REDIRECTS);
    set_text(curl, CURLOPT_UNIX_SOCKET_PATH, request->unix_socket);
    if (request->unix_socket)
        set_text(curl, CURLOPT_PROXY, "");
    set_text(curl, CURLOPT_CAINFO, request->ca);
    set_text(curl, CURLOPT_SSLCERT, request->certificate);
    set_text(curl, CURLOPT_SSLKEY, request->key);
    set_number(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    set_number(curl, CURLOPT_SSL_VERIFYPEER, request->skip_verify ? 0 : 1);
    set_number(curl, CURLOPT_SSL_VERIFYHOST, request->skip_verify ? 0 : 2);
    set_number(curl, CURLOPT_CONNECTTIMEOUT, LIMIT_CONNECT_SECONDS);
    /* Signals belong to the process: curl's resolver has threads instead. */
    set_number(curl, CURLOPT_NOSIGNAL, 1);
    return 0;
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
    ARENA_SCOPED arena = {0};
    struct curl_slist *longer =
        api.slist_append(list, arena_printf(&arena, "%s: %s", name, value).ptr);
    return longer ? longer : list;
}

static struct curl_slist *request_headers(const struct http_request *request)
{
    struct curl_slist *list = add_header(NULL, "Accept-Encoding", "identity");
    const char *etag = request->etag && request->etag[0] ? request->etag : NULL;
    const char *date =
        request->last_modified && request->last_modified[0] ? request->last_modified : NULL;
    if (!request->range_from) {
        if (etag)
            list = add_header(list, "If-None-Match", etag);
        if (date)
            list = add_header(list, "If-Modified-Since", date);
        return list;
    }
    /* RFC 9110, 13.1.5: a weak validator cannot tell that the bytes are the same. */
    const char *same = etag && !str_starts(str_from(etag), STR("W/")) ? etag : date;
    if (same) {
        char range[40];
        snprintf(range, sizeof(range), "bytes=%llu-", (unsigned long long)request->range_from);
        list = add_header(list, "Range", range);
        list = add_header(list, "If-Range", same);
    }
    return list;
}

/* The body of a POST, from a pipe that somebody else fills. */
static size_t on_upload(char *to, size_t size, size_t count, void *context)
{
    const int *fd = context;
    ssize_t got;
    do
        got = read(*fd, to, size * count);
    while (got < 0 && errno == EINTR);
    return got < 0 ? CURL_READFUNC_ABORT : (size_t)got;
}

static struct curl_slist *set_method(const struct exchange *exchange, struct curl_slist *headers)
{
    const struct http_request *request = exchange->request;
    CURL *curl = exchange->curl;
    if (!request->method)
        return headers;
    if (!request->upload) {
        set_text(curl, CURLOPT_CUSTOMREQUEST, request->method);
        return headers;
    }
    set_number(curl, CURLOPT_POST, 1);
    api.easy_setopt(curl, CURLOPT_READFUNCTION, on_upload);
    api.easy_setopt(curl, CURLOPT_READDATA, request->upload);
    headers = add_header(headers, "Transfer-Encoding", "chunked");
    headers = add_header(headers, "Expect", "");
    return add_header(headers, "Content-Type", request->content_type);
}

static void set_receiver(struct exchange *exchange, struct curl_slist *headers, char *message)
{
    CURL *curl = exchange->curl;
    api.easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    api.easy_setopt(curl, CURLOPT_USERAGENT, "harden/" HARDEN_VERSION);
    api.easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    api.easy_setopt(curl, CURLOPT_HEADERDATA, exchange);
    api.easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    api.easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
    api.easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    api.easy_setopt(curl, CURLOPT_XFERINFODATA, exchange);
    set_number(curl, CURLOPT_NOPROGRESS, 0);
    api.easy_setopt(curl, CURLOPT_ERRORBUFFER, message);
}

static int explain_failure(const struct exchange *exchange, CURLcode code, const char *message,
                           struct err *err)
{
    const struct http_request *request = exchange->request;
    long number = 0;
    const char *text = message[0] ? message : api.easy_strerror(code);
    api.easy_getinfo(exchange->curl, CURLINFO_OS_ERRNO, &number);
    if (code == CURLE_COULDNT_CONNECT && number && request->unix_socket) {
        errno = (int)number;
        err_sys(err, "cannot connect to %s", request->unix_socket);
        err->kind = ERR_NET;
        return -1;
    }
    switch (code) {
    case CURLE_PARTIAL_FILE:
        return err_set(err, ERR_NET, "the answer was cut short after %llu bytes",
                       (unsigned long long)exchange->received);
    case CURLE_TOO_MANY_REDIRECTS:
        return err_set(err, ERR_NET, "more than %d redirects", LIMIT_REDIRECTS);
    case CURLE_UNSUPPORTED_PROTOCOL:
        if (str_contains(str_from(text), STR("HTTP/0.9")))
            return err_set(err, ERR_NET, "the peer does not speak HTTP");
        return err_set(err, ERR_NET, "redirected to where http may not lead (%s)", text);
    case CURLE_URL_MALFORMAT: return err_set(err, ERR_USAGE, "not a url (%s)", text);
    default: return err_set(err, ERR_NET, "%s", text);
    }
}

/* curl leaves SIGPIPE to us (CURLOPT_NOSIGNAL), and OpenSSL writes with plain write(): keep the
 * signal from this thread, and take it away again where one came. */
static CURLcode perform_without_sigpipe(CURL *curl)
{
    sigset_t set, old, pending;
    const struct timespec none = {0};
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &set, &old);
    CURLcode code = api.easy_perform(curl);
    if (!was_pending)
        while (sigtimedwait(&set, NULL, &none) < 0 && errno == EINTR)
            continue;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return code;
}

static int finish(struct exchange *exchange, CURLcode code, const char *message, struct err *err)
{
    curl_off_t retry_after = 0;
    if (code == CURLE_OK)
        tell_head(exchange); /* a status without a body */
    if (exchange->failed)
        return -1;
    if (exchange->stopped) {
        if (err->kind == ERR_NONE)
            err_set(err, ERR_IO, "stopped by the receiver");
        return -1;
    }
    if (code != CURLE_OK && !exchange->passed_over)
        return explain_failure(exchange, code, message, err);
    api.easy_getinfo(exchange->curl, CURLINFO_RETRY_AFTER, &retry_after);
    exchange->response->retry_after = retry_after > INT32_MAX ? INT32_MAX : (int)retry_after;
    return 0;
}

static CURL *take_handle(struct http_line *line)
{
    if (!line)
        return api.easy_init();
    if (!line->handle)
        line->handle = api.easy_init();
    return line->handle;
}

void http_line_close(struct http_line *line)
{
    if (line->handle)
        api.easy_cleanup(line->handle);
    line->handle = NULL;
}

int http_get(const struct http_request *request, struct http_response *ret, struct err *err)
{
    char message[CURL_ERROR_SIZE] = "";
    *ret = (struct http_response){0};
    if (http_is_file(request->url))
        return http_file_get(request, ret, err) < 0 ? http_wrap(request, err) : 0;
    if (http_load(err) < 0)
        return -1;
    struct exchange exchange = {.request = request,
                                .response = ret,
                                .err = err,
                                .curl = take_handle(request->line),
                                .since = now(),
                                .content_from = UINT64_MAX};
    if (!exchange.curl)
        return err_set(err, ERR_IO, "libcurl has no memory");
    struct curl_slist *headers = request_headers(request);
    int result = set_peer(&exchange, err);
    if (result == 0) {
        headers = set_method(&exchange, headers);
        set_receiver(&exchange, headers, message);
        result = finish(&exchange, perform_without_sigpipe(exchange.curl), message, err);
    }
    if (result < 0)
        http_wrap(request, err);
    /* A handle that stays keeps its connections, and nothing else of this call. */
    if (request->line)
        api.easy_reset(exchange.curl);
    else
        api.easy_cleanup(exchange.curl);
    api.slist_free_all(headers);
    return result;
}

int http_line_open(struct http_line *line, const struct http_request *request, struct err *err)
{
    char message[CURL_ERROR_SIZE] = "";
    if (http_load(err) < 0)
        return -1;
    struct exchange exchange = {.request = request, .err = err, .curl = take_handle(line)};
    if (!exchange.curl)
        return err_set(err, ERR_IO, "libcurl has no memory");
    if (set_peer(&exchange, err) < 0)
        return http_wrap(request, err);
    api.easy_setopt(exchange.curl, CURLOPT_ERRORBUFFER, message);
    set_number(exchange.curl, CURLOPT_CONNECT_ONLY, 1);
    CURLcode code = perform_without_sigpipe(exchange.curl);
    api.easy_setopt(exchange.curl, CURLOPT_ERRORBUFFER, NULL);
    if (code == CURLE_OK)
        return 0;
    explain_failure(&exchange, code, message, err);
    return http_wrap(request, err);
}

/* Until the line can be read or written. */
static int wait_for(const struct http_line *line, short events, struct err *err)
{
    curl_socket_t fd = CURL_SOCKET_BAD;
    api.easy_getinfo(line->handle, CURLINFO_ACTIVESOCKET, &fd);
    struct pollfd at = {.fd = fd, .events = events};
    while (poll(&at, 1, -1) < 0)
        if (errno != EINTR)
            return err_sys(err, "waiting for the peer");
    return 0;
}

int http_line_send(const struct http_line *line, str bytes, struct err *err)
{
    while (bytes.len) {
        size_t sent = 0;
        CURLcode code = api.easy_send(line->handle, bytes.ptr, bytes.len, &sent);
        if (code != CURLE_OK && code != CURLE_AGAIN)
            return err_set(err, ERR_NET, "%s", api.easy_strerror(code));
        bytes = str_from_index(bytes, sent);
        if (code == CURLE_AGAIN && wait_for(line, POLLOUT, err) < 0)
            return -1;
    }
    return 0;
}

ssize_t http_line_receive(const struct http_line *line, void *to, size_t size, struct err *err)
{
    for (;;) {
        size_t got = 0;
        CURLcode code = api.easy_recv(line->handle, to, size, &got);
        if (code == CURLE_OK)
            return (ssize_t)got;
        if (code != CURLE_AGAIN)
            return err_set(err, ERR_NET, "%s", api.easy_strerror(code));
        if (wait_for(line, POLLIN, err) < 0)
            return -1;
    }
}
