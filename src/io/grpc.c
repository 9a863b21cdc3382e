// SPDX-License-Identifier: Apache-2.0
#include "io/grpc.h"

#include "base/die.h"
#include "base/limits.h"
#include "io/library.h"

#include <nghttp2/nghttp2.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    int (*callbacks_new)(nghttp2_session_callbacks **callbacks);
    void (*callbacks_del)(nghttp2_session_callbacks *callbacks);
    void (*set_begin)(nghttp2_session_callbacks *callbacks,
                      nghttp2_on_begin_headers_callback callback);
    void (*set_header)(nghttp2_session_callbacks *callbacks, nghttp2_on_header_callback callback);
    void (*set_data)(nghttp2_session_callbacks *callbacks,
                     nghttp2_on_data_chunk_recv_callback callback);
    void (*set_frame)(nghttp2_session_callbacks *callbacks,
                      nghttp2_on_frame_recv_callback callback);
    void (*set_close)(nghttp2_session_callbacks *callbacks,
                      nghttp2_on_stream_close_callback callback);
    int (*server_new)(nghttp2_session **session, const nghttp2_session_callbacks *callbacks,
                      void *context);
    void (*session_del)(nghttp2_session *session);
    ssize_t (*take)(nghttp2_session *session, const uint8_t *bytes, size_t len);
    ssize_t (*give)(nghttp2_session *session, const uint8_t **ret);
    int (*settings)(nghttp2_session *session, uint8_t flags, const nghttp2_settings_entry *entries,
                    size_t count);
    int (*respond)(nghttp2_session *session, int32_t stream, const nghttp2_nv *headers,
                   size_t count, const nghttp2_data_provider *body);
    int (*trailer)(nghttp2_session *session, int32_t stream, const nghttp2_nv *headers,
                   size_t count);
    int (*set_stream)(nghttp2_session *session, int32_t stream, void *data);
    void *(*get_stream)(nghttp2_session *session, int32_t stream);
    const char *(*explain)(int code);
    bool ready;
} api;

static const struct library_symbol symbols[] = {
    {"nghttp2_session_callbacks_new", &api.callbacks_new},
    {"nghttp2_session_callbacks_del", &api.callbacks_del},
    {"nghttp2_session_callbacks_set_on_begin_headers_callback", &api.set_begin},
    {"nghttp2_session_callbacks_set_on_header_callback", &api.set_header},
    {"nghttp2_session_callbacks_set_on_data_chunk_recv_callback", &api.set_data},
    {"nghttp2_session_callbacks_set_on_frame_recv_callback", &api.set_frame},
    {"nghttp2_session_callbacks_set_on_stream_close_callback", &api.set_close},
    {"nghttp2_session_server_new", &api.server_new},
    {"nghttp2_session_del", &api.session_del},
    {"nghttp2_session_mem_recv", &api.take},
    {"nghttp2_session_mem_send", &api.give},
    {"nghttp2_submit_settings", &api.settings},
    {"nghttp2_submit_response", &api.respond},
    {"nghttp2_submit_trailer", &api.trailer},
    {"nghttp2_session_set_stream_user_data", &api.set_stream},
    {"nghttp2_session_get_stream_user_data", &api.get_stream},
    {"nghttp2_strerror", &api.explain},
};

static void load_once(void)
{
    api.ready = library_open("libnghttp2.so.14", symbols, sizeof(symbols) / sizeof(symbols[0]));
}

enum { METHOD_SIZE = 200, PREFIX_SIZE = 5 }; /* before a message: compressed or not, length */

/* A call of a method: a stream of HTTP/2. */
struct call {
    char method[METHOD_SIZE];
    size_t method_len;
    struct buf message, reply; /* both with their prefix */
    size_t sent;
    enum grpc_status status;
    struct call *next, **from; /* all calls of the server */
};

struct grpc_server {
    struct grpc_service service;
    nghttp2_session *session;
    struct call *calls;
};

static void drop(struct call *call)
{
    *call->from = call->next;
    if (call->next)
        call->next->from = call->from;
    buf_free(&call->message);
    buf_free(&call->reply);
    free(call);
}

static int on_begin(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
    struct grpc_server *server = context;
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
        return 0;
    struct call *call = die_malloc(sizeof(*call));
    *call = (struct call){.message = buf_make(LIMIT_GRPC_MESSAGE + PREFIX_SIZE),
                          .reply = buf_make(LIMIT_GRPC_MESSAGE + PREFIX_SIZE),
                          .next = server->calls,
                          .from = &server->calls};
    if (call->next)
        call->next->from = &call->next;
    server->calls = call;
    api.set_stream(session, frame->hd.stream_id, call);
    return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *context)
{
    struct call *call = api.get_stream(session, frame->hd.stream_id);
    (void)flags;
    (void)context;
    if (!call || !str_eq(str_make(name, name_len), STR(":path")))
        return 0;
    if (value_len > METHOD_SIZE)
        value_len = 0; /* none of ours has such a name */
    memcpy(call->method, value, value_len);
    call->method_len = value_len;
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *bytes,
                   size_t len, void *context)
{
    struct call *call = api.get_stream(session, stream);
    (void)flags;
    (void)context;
    if (call)
        buf_add(&call->message, bytes, len);
    return 0;
}

static nghttp2_nv header(const char *name, const char *value)
{
    return (nghttp2_nv){.name = (uint8_t *)(uintptr_t)name,
                        .value = (uint8_t *)(uintptr_t)value,
                        .namelen = strlen(name),
                        .valuelen = strlen(value)};
}

/* The reply's next bytes; its status comes behind it, in the trailer. */
static ssize_t on_send(nghttp2_session *session, int32_t stream, uint8_t *to, size_t size,
                       uint32_t *flags, nghttp2_data_source *source, void *context)
{
    struct call *call = source->ptr;
    size_t len = call->reply.len - call->sent;
    char status[12];
    (void)context;
    if (len > size)
        len = size;
    if (len)
        memcpy(to, call->reply.ptr + call->sent, len);
    call->sent += len;
    if (call->sent < call->reply.len)
        return (ssize_t)len;
    *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
    snprintf(status, sizeof(status), "%d", call->status);
    const nghttp2_nv trailer = header("grpc-status", status);
    return api.trailer(session, stream, &trailer, 1) == 0 ? (ssize_t)len
                                                          : NGHTTP2_ERR_CALLBACK_FAILURE;
}

static uint32_t big_endian(const char *bytes)
{
    const unsigned char *at = (const unsigned char *)bytes;
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static enum grpc_status ask(const struct grpc_server *server, struct call *call)
{
    str message = buf_str(&call->message);
    if (call->message.overflow)
        return GRPC_RESOURCE_EXHAUSTED;
    if (message.len < PREFIX_SIZE || big_endian(message.ptr + 1) != message.len - PREFIX_SIZE)
        return GRPC_INVALID_ARGUMENT;
    if (message.ptr[0])
        return GRPC_UNIMPLEMENTED; /* compressed: we did not say that we take that */
    return server->service.call(server->service.context, str_make(call->method, call->method_len),
                                str_from_index(message, PREFIX_SIZE), &call->reply);
}

static void answer(const struct grpc_server *server, struct call *call)
{
    const char none[PREFIX_SIZE] = {0};
    buf_add(&call->reply, none, PREFIX_SIZE);
    call->status = ask(server, call);
    if (call->status == GRPC_OK && call->reply.overflow)
        call->status = GRPC_RESOURCE_EXHAUSTED;
    if (call->status != GRPC_OK) {
        buf_clear(&call->reply);
        return;
    }
    uint32_t len = (uint32_t)(call->reply.len - PREFIX_SIZE);
    for (size_t i = 0; i < 4; i++)
        call->reply.ptr[1 + i] = (char)(len >> (24 - 8 * i) & 0xff);
}

/* The call is whole where the client has ended its side of the stream. */
static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
    const struct grpc_server *server = context;
    struct call *call = api.get_stream(session, frame->hd.stream_id);
    if (!call || !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM) ||
        (frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS))
        return 0;
    answer(server, call);
    const nghttp2_nv headers[] = {header(":status", "200"),
                                  header("content-type", "application/grpc")};
    const nghttp2_data_provider body = {.source.ptr = call, .read_callback = on_send};
    return api.respond(session, frame->hd.stream_id, headers, 2, &body) == 0
               ? 0
               : NGHTTP2_ERR_CALLBACK_FAILURE;
}

static int on_close(nghttp2_session *session, int32_t stream, uint32_t code, void *context)
{
    struct call *call = api.get_stream(session, stream);
    (void)code;
    (void)context;
    if (call)
        drop(call);
    return 0;
}

int grpc_server_open(const struct grpc_service *service, struct grpc_server **ret, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const nghttp2_settings_entry settings = {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
                                             LIMIT_GRPC_CALLS};
    nghttp2_session_callbacks *callbacks;
    pthread_once(&once, load_once);
    if (!api.ready)
        return err_set(err, ERR_UNSUPPORTED,
                       "a build's session needs libnghttp2.so.14 (Debian package libnghttp2-14)");
    if (api.callbacks_new(&callbacks) != 0)
        return err_set(err, ERR_IO, "libnghttp2 has no memory");
    struct grpc_server *server = die_malloc(sizeof(*server));
    *server = (struct grpc_server){.service = *service};
    api.set_begin(callbacks, on_begin);
    api.set_header(callbacks, on_header);
    api.set_data(callbacks, on_data);
    api.set_frame(callbacks, on_frame);
    api.set_close(callbacks, on_close);
    int failure = api.server_new(&server->session, callbacks, server);
    api.callbacks_del(callbacks);
    if (failure == 0)
        failure = api.settings(server->session, NGHTTP2_FLAG_NONE, &settings, 1);
    if (failure != 0) {
        grpc_server_close(server);
        return err_set(err, ERR_IO, "HTTP/2: %s", api.explain(failure));
    }
    *ret = server;
    return 0;
}

int grpc_server_take(struct grpc_server *server, str bytes, struct err *err)
{
    ssize_t taken = api.take(server->session, (const uint8_t *)bytes.ptr, bytes.len);
    if (taken < 0)
        return err_set(err, ERR_FORMAT, "HTTP/2: %s", api.explain((int)taken));
    return 0;
}

str grpc_server_output(struct grpc_server *server)
{
    const uint8_t *bytes = NULL;
    ssize_t len = api.give(server->session, &bytes);
    return len > 0 ? str_make(bytes, (size_t)len) : (str){0};
}

void grpc_server_close(struct grpc_server *server)
{
    if (!server)
        return;
    if (server->session)
        api.session_del(server->session);
    while (server->calls)
        drop(server->calls);
    free(server);
}
