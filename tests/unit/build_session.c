// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "io/build_session.h"
#include "io/protobuf.h"
#include "tests/unit/test.h"

#include <string.h>

enum { DATA = 0, HEADERS = 1, SETTINGS = 4, END_STREAM = 1, END_HEADERS = 4, HEAD = 9 };
static const char get_secret[] = "/moby.buildkit.secrets.v1.Secrets/GetSecret";

/* RFC 9113, 4.1 */
static void put_frame(struct buf *to, int type, int flags, uint8_t stream, str payload)
{
    const char head[HEAD] = {0, 0, (char)payload.len, (char)type, (char)flags, 0,
                             0, 0, (char)stream};
    buf_add(to, head, HEAD);
    buf_add_str(to, payload);
}

/* What a client sends to call a method: the connection's beginning where the stream is the first.
 */
static void put_call(struct buf *to, uint8_t stream, const char *method, str message)
{
    BUF_SCOPED headers = buf_make(1000), body = buf_make(1000);
    if (stream == 1) {
        buf_add_str(to, STR("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        put_frame(to, SETTINGS, 0, 0, (str){0});
    }
    /* POST, http, an authority and a path as they are (RFC 7541) */
    buf_add_str(&headers, STR("\x83\x86\x01\x01x\x04"));
    buf_add_char(&headers, (char)strlen(method));
    buf_add_str(&headers, str_from(method));
    put_frame(to, HEADERS, END_HEADERS, stream, buf_str(&headers));
    buf_add(&body, "\0\0\0\0", 4);
    buf_add_char(&body, (char)message.len);
    buf_add_str(&body, message);
    put_frame(to, DATA, END_STREAM, stream, buf_str(&body));
}

/* The bodies of all DATA frames that the server gives. */
static void take_data(struct grpc_server *server, struct buf *ret)
{
    BUF_SCOPED all = buf_make(100000);
    str out;
    while ((out = grpc_server_output(server)).len)
        buf_add_str(&all, out);
    for (size_t at = 0; at + HEAD <= all.len;) {
        const unsigned char *head = (const unsigned char *)all.ptr + at;
        size_t len = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
        if (head[3] == DATA)
            buf_add(ret, all.ptr + at + HEAD, len);
        at += HEAD + len;
    }
}

static struct build_secret_list make_secrets(struct arena *arena)
{
    struct build_secret_list secrets = {0};
    *vec_push(arena, &secrets) = (struct build_secret){STR("token"), STR("s3\0cret")};
    *vec_push(arena, &secrets) = (struct build_secret){STR("empty"), STR("")};
    return secrets;
}

static enum grpc_status ask_for(const char *id, struct buf *reply)
{
    ARENA_SCOPED arena = {0};
    struct build_secret_list secrets = make_secrets(&arena);
    BUF_SCOPED message = buf_make(1000);
    protobuf_put_text(&message, 1, str_from(id));
    return build_session_answer(&secrets, str_from(get_secret), buf_str(&message), reply);
}

TEST(build_session_answers)
{
    BUF_SCOPED reply = buf_make(1000);
    CHECK(ask_for("token", &reply) == GRPC_OK);
    CHECK(str_eq(protobuf_text(buf_str(&reply), 1), STR("s3\0cret")));
    buf_clear(&reply);
    CHECK(ask_for("empty", &reply) == GRPC_OK && reply.len == 2);
    buf_clear(&reply);
    CHECK(ask_for("other", &reply) == GRPC_NOT_FOUND);
    CHECK(build_session_answer(NULL, STR("/moby.filesync.v1.Auth/Credentials"), (str){0}, &reply) ==
          GRPC_UNIMPLEMENTED);
    CHECK(build_session_answer(NULL, STR("/grpc.health.v1.Health/Check"), (str){0}, &reply) ==
          GRPC_OK);
    CHECK(str_eq(buf_str(&reply), STR("\x08\x01")));
}

TEST(grpc_server_gives_what_methods_reply)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct build_secret_list secrets = make_secrets(&arena);
    struct grpc_server *server;
    BUF_SCOPED sent = buf_make(10000), data = buf_make(10000);
    const struct grpc_service service = {build_session_answer, &secrets};
    CHECK(grpc_server_open(&service, &server, &err) == 0);
    put_call(&sent, 1, get_secret, STR("\x0a\x05token"));
    put_call(&sent, 3, get_secret, STR("\x0a\x05other"));
    put_call(&sent, 5, "/none", STR("\x0a\x05token"));
    put_call(&sent, 7, get_secret,
             STR("\x0a\x05"
                 "empty"));
    for (size_t i = 0; i < sent.len; i++) /* however it is cut */
        CHECK(grpc_server_take(server, str_sub(buf_str(&sent), i, 1), &err) == 0);
    take_data(server, &data);
    CHECK(str_eq(buf_str(&data), STR("\0\0\0\0\x09\x0a\x07s3\0cret"
                                     "\0\0\0\0\x02\x0a\0")));
    grpc_server_close(server);
}

TEST(grpc_server_refuses_what_is_no_http2)
{
    struct err err = {0};
    struct grpc_server *server;
    const struct grpc_service service = {build_session_answer, NULL};
    CHECK(grpc_server_open(&service, &server, &err) == 0);
    CHECK(grpc_server_take(server, STR("GET / HTTP/1.1\r\nHost: here\r\n\r\n"), &err) < 0);
    CHECK(err.kind == ERR_FORMAT);
    grpc_server_close(server);
}

TEST(protobuf_reads_what_is_there)
{
    CHECK(str_eq(protobuf_text(STR("\x08\x07\x12\x01x\x12\x01y"), 2), STR("y")));
    CHECK(protobuf_text(STR("\x12\x05x"), 2).len == 0);     /* cut short */
    CHECK(protobuf_text(STR("\x0b\x12\x01x"), 2).len == 0); /* groups are of no message here */
    CHECK(protobuf_text((str){0}, 1).len == 0);
}
