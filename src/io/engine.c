// SPDX-License-Identifier: Apache-2.0
#include "io/engine.h"

#include "base/buf.h"
#include "base/limits.h"

#include <errno.h>
#include <string.h>

/* The newest version of the API that was tried (Docker 28), and the oldest that has what we ask
 * for (Docker 1.12). The major number has always been 1. */
enum { API_NEWEST = 51, API_OLDEST = 24 };

bool engine_api_minor(str version, unsigned *ret_minor)
{
    uint64_t minor = 0;
    if (!str_skip(&version, STR("1.")) || !str_to_u64(version, 999, &minor))
        return false;
    *ret_minor = (unsigned)minor;
    return true;
}

str engine_escape(struct arena *arena, str text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_alloc(arena, text.len * 3 + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c && strchr("-._~/:", c));
        if (plain) {
            out[len++] = (char)c;
        } else {
            out[len++] = '%';
            out[len++] = digits[c >> 4];
            out[len++] = digits[c & 15];
        }
    }
    return (str){out, len};
}

/* Takes one character of a JSON string off *rest; what is not printable becomes '?'. */
static char next_character(str *rest)
{
    unsigned char c = (unsigned char)rest->ptr[0];
    *rest = str_from_index(*rest, 1);
    if (c == '\\' && rest->len) {
        c = (unsigned char)rest->ptr[0];
        *rest = str_from_index(*rest, 1);
        if (c == 'n' || c == 'r' || c == 't')
            c = ' ';
        else if (c == 'u') {
            uint64_t code = 0;
            if (rest->len < 4 || !str_to_hex(str_sub(*rest, 0, 4), 0xffff, &code))
                return '?';
            *rest = str_from_index(*rest, 4);
            c = code < 0x7f ? (unsigned char)code : '?'; /* Go writes \u003c for '<' */
        }
    }
    return c < ' ' || c >= 0x7f ? '?' : (char)c;
}

bool engine_explain(str body, char *out, size_t out_size)
{
    static const char key[] = "\"message\"";
    size_t at = str_find(body, str_from(key)), len = 0;
    if (at == STR_NONE)
        return false;
    str rest = str_trim(str_from_index(body, at + sizeof(key) - 1));
    if (!str_skip(&rest, STR(":")))
        return false;
    rest = str_trim(rest);
    if (!str_skip(&rest, STR("\"")))
        return false;
    while (rest.len && rest.ptr[0] != '"' && len + 1 < out_size)
        out[len++] = next_character(&rest);
    out[len] = 0;
    return len > 0;
}

static struct http_request make_request(const struct engine *engine, const char *url)
{
    return (struct http_request){
        .url = url,
        .unix_socket = engine->unix_socket,
        .ca = engine->ca,
        .certificate = engine->certificate,
        .key = engine->key,
        .skip_verify = engine->skip_verify,
        .max_bytes = LIMIT_ENGINE_ANSWER,
        .total_seconds = LIMIT_ENGINE_SECONDS,
        .explain = engine_explain,
    };
}

/* A url means nothing where the address is a socket: say what was configured, and by whom. */
static int wrap(const struct engine *engine, struct err *err)
{
    return err_wrap(err, "engine at %.*s (%.*s)", STR_ARG(engine->address),
                    STR_ARG(engine->origin));
}

struct ping {
    char body[1024];
    size_t len;
};

static bool on_ping(void *context, str bytes)
{
    struct ping *ping = context;
    size_t more = sizeof(ping->body) - ping->len;
    if (more > bytes.len)
        more = bytes.len;
    memcpy(ping->body + ping->len, bytes.ptr, more);
    ping->len += more;
    return true;
}

int engine_connect(struct engine *engine, struct err *err)
{
    ARENA_SCOPED arena = {0};
    struct http_response response;
    struct ping ping = {.len = 0};
    const char *url = arena_printf(&arena, "%s/_ping", engine->url).ptr;
    struct http_request request = make_request(engine, url);
    request.line = engine->line;
    request.max_bytes = KIB(64);
    request.body = on_ping;
    request.context = &ping;
    if (http_get(&request, &response, err) < 0) {
        if (err->sys == EACCES)
            err_set(err, ERR_NET, "permission denied: is this user in the group of the socket?");
        return wrap(engine, err);
    }
    str said = str_trim(str_make(ping.body, ping.len));
    if (response.status != 200) {
        http_fail_status(&request, response.status, said, err);
        return wrap(engine, err);
    }
    if (!str_eq(said, STR("OK"))) {
        err_set(err, ERR_NET, "something answers, but not as a container engine does");
        return wrap(engine, err);
    }
    /* Engines before 1.24 do not say; they are the only ones. */
    unsigned minor = 0;
    if (!engine_api_minor(str_from(response.api_version), &minor) || minor < API_OLDEST) {
        err_set(err, ERR_UNSUPPORTED, "its API version (\"%s\") is not 1.%d or newer",
                response.api_version, API_OLDEST);
        return wrap(engine, err);
    }
    engine->minor = minor < API_NEWEST ? minor : API_NEWEST;
    return 0;
}

static const char *request_url(const struct engine *engine, const char *path, struct arena *arena)
{
    return arena_printf(arena, "%s/v1.%u%s", engine->url, engine->minor, path).ptr;
}

int engine_get(const struct engine *engine, const char *path, struct arena *arena, str *ret_body,
               struct err *err)
{
    struct http_request request = make_request(engine, request_url(engine, path, arena));
    request.line = engine->line;
    if (http_get_body(&request, arena, ret_body, err) < 0)
        return wrap(engine, err);
    return 0;
}

int engine_pipe(const struct engine *engine, const char *path, struct http_pipe **ret, int *ret_fd,
                struct err *err)
{
    ARENA_SCOPED arena = {0};
    struct http_request request = make_request(engine, request_url(engine, path, &arena));
    request.max_bytes = LIMIT_ENGINE_IMAGE;
    request.total_seconds = 0;
    request.first_byte_seconds = LIMIT_ENGINE_PREPARE_SECONDS;
    if (http_pipe_open(&request, ret, ret_fd, err) < 0)
        return wrap(engine, err);
    return 0;
}

/* ---- building ---- */

struct build_reader {
    struct buf line;
    bool too_long; /* the line at hand: passed over */
    bool (*take)(void *context, str line);
    void *context;
    int status;
    struct buf said;
};

static bool on_build_head(void *context, int status, uint64_t length)
{
    struct build_reader *reader = context;
    (void)length;
    reader->status = status;
    return true;
}

static bool on_build_bytes(void *context, str bytes)
{
    struct build_reader *reader = context;
    if (reader->status != 200) {
        buf_add_str(&reader->said, str_sub(bytes, 0, 4096));
        return true;
    }
    while (bytes.len) {
        size_t end = str_find_char(bytes, '\n');
        if (end == STR_NONE) {
            buf_add_str(&reader->line, bytes);
            return true;
        }
        buf_add_str(&reader->line, str_sub(bytes, 0, end));
        if (!reader->line.overflow && !reader->take(reader->context, buf_str(&reader->line)))
            return false;
        buf_clear(&reader->line);
        bytes = str_from_index(bytes, end + 1);
    }
    return true;
}

int engine_build(const struct engine *engine, const char *query, const int *context,
                 bool (*line)(void *context, str line), void *line_context, struct err *err)
{
    ARENA_SCOPED arena = {0};
    const char *path = arena_printf(&arena, "/build%s", query).ptr;
    struct http_request request = make_request(engine, request_url(engine, path, &arena));
    struct http_response response;
    struct build_reader reader = {.line = buf_make(LIMIT_BUILD_TRACE),
                                  .take = line,
                                  .context = line_context,
                                  .said = buf_make(KIB(64))};
    request.method = "POST";
    request.upload = context;
    request.content_type = "application/x-tar";
    request.max_bytes = LIMIT_DOWNLOAD;
    request.total_seconds = LIMIT_BUILD_SECONDS;
    request.first_byte_seconds = request.stall_seconds = LIMIT_BUILD_SECONDS;
    request.head = on_build_head;
    request.body = on_build_bytes;
    request.context = &reader;
    int result = http_get(&request, &response, err);
    if (result == 0 && response.status != 200)
        result = http_fail_status(&request, response.status, buf_str(&reader.said), err);
    buf_free(&reader.line);
    buf_free(&reader.said);
    return result < 0 ? wrap(engine, err) : 0;
}

/* The head of the answer, a byte at a time: what is behind it belongs to the other protocol. */
static int receive_head(const struct http_line *line, char *to, size_t size, struct err *err)
{
    size_t len = 0;
    while (!str_ends(str_make(to, len), STR("\r\n\r\n"))) {
        if (len == size)
            return err_set(err, ERR_NET, "the head of its answer is too long");
        ssize_t got = http_line_receive(line, to + len, 1, err);
        if (got < 0)
            return -1;
        if (got == 0)
            return err_set(err, ERR_NET, "it closed the connection");
        len++;
    }
    str head = str_make(to, len), first;
    str_next_line(&head, &first);
    if (!str_starts(first, STR("HTTP/1.1 101")))
        return err_set(err, ERR_NET, "it answered %.*s", STR_ARG(str_sub(first, 0, 100)));
    return 0;
}

int engine_upgrade(const struct engine *engine, const char *path, const char *protocol,
                   const char *headers, struct http_line *line, struct err *err)
{
    ARENA_SCOPED arena = {0};
    char head[KIB(4)];
    const char *url = request_url(engine, path, &arena);
    const struct http_request request = make_request(engine, url);
    str rest = str_from_index(str_from(url), str_find(str_from(url), STR("://")) + 3);
    size_t slash = str_find_char(rest, '/');
    str said = arena_printf(&arena,
                            "POST %.*s HTTP/1.1\r\nHost: %.*s\r\nUser-Agent: harden\r\n"
                            "Connection: Upgrade\r\nUpgrade: %s\r\n%s\r\n",
                            STR_ARG(str_from_index(rest, slash)), STR_ARG(str_sub(rest, 0, slash)),
                            protocol, headers);
    if (http_line_open(line, &request, err) < 0 || http_line_send(line, said, err) < 0 ||
        receive_head(line, head, sizeof(head), err) < 0)
        return wrap(engine, err);
    return 0;
}

int engine_delete(const struct engine *engine, const char *path, struct err *err)
{
    ARENA_SCOPED arena = {0};
    struct http_request request = make_request(engine, request_url(engine, path, &arena));
    struct http_response response;
    request.method = "DELETE";
    if (http_get(&request, &response, err) < 0)
        return wrap(engine, err);
    if (response.status != 200 && response.status != 404)
        return http_fail_status(&request, response.status, (str){0}, err);
    return 0;
}
