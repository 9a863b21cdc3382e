// SPDX-License-Identifier: Apache-2.0
#include "io/build_session.h"

#include "base/fd.h"
#include "base/limits.h"
#include "io/protobuf.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

static const str get_secret = STR_INIT("/moby.buildkit.secrets.v1.Secrets/GetSecret");
static const str check_health = STR_INIT("/grpc.health.v1.Health/Check");

enum grpc_status build_session_answer(const void *context, str method, str message,
                                      struct buf *reply)
{
    enum { REQUEST_ID = 1, RESPONSE_DATA = 1, HEALTH_STATUS = 1, HEALTH_SERVING = 1 };
    const struct build_secret_list *secrets = context;
    if (str_eq(method, check_health)) {
        protobuf_put_number(reply, HEALTH_STATUS, HEALTH_SERVING);
        return GRPC_OK;
    }
    if (!str_eq(method, get_secret))
        return GRPC_UNIMPLEMENTED;
    str id = protobuf_text(message, REQUEST_ID);
    for (size_t i = 0; i < secrets->count; i++)
        if (str_eq(secrets->items[i].id, id)) {
            protobuf_put_text(reply, RESPONSE_DATA, secrets->items[i].value);
            return GRPC_OK;
        }
    return GRPC_NOT_FOUND;
}

static int serve(const struct http_line *line, struct grpc_server *server, struct err *err)
{
    char bytes[KIB(16)];
    ssize_t got;
    str out;
    do {
        while ((out = grpc_server_output(server)).len)
            if (http_line_send(line, out, err) < 0)
                return -1;
        got = http_line_receive(line, bytes, sizeof(bytes), err);
        if (got > 0 && grpc_server_take(server, str_make(bytes, (size_t)got), err) < 0)
            return -1;
    } while (got > 0);
    return (int)got;
}

/* Tells by a byte that the engine has taken the session, or the error by its text. */
static void run(const struct build_session *session, const struct engine *engine,
                struct grpc_server *server, int ready)
{
    ARENA_SCOPED arena = {0};
    struct http_line line = {0};
    struct err err = {0}, ignored = {0};
    const char *headers = arena_printf(&arena,
                                       "X-Docker-Expose-Session-Uuid: %s\r\n"
                                       "X-Docker-Expose-Session-Name: harden\r\n"
                                       "X-Docker-Expose-Session-Sharedkey: \r\n"
                                       "X-Docker-Expose-Session-Grpc-Method: %.*s\r\n"
                                       "X-Docker-Expose-Session-Grpc-Method: %.*s\r\n",
                                       session->id, STR_ARG(get_secret), STR_ARG(check_health))
                              .ptr;
    if (engine_upgrade(engine, "/session", "h2c", headers, &line, &err) < 0) {
        str text = err_text(&err);
        fd_write_all(ready, text.ptr, text.len, &ignored);
    } else {
        fd_write_all(ready, "", 1, &ignored);
        serve(&line, server, &ignored); /* a failure is one of the build, which tells it */
    }
    http_line_close(&line);
}

static int wait_until_ready(int from, struct err *err)
{
    char text[500];
    ssize_t got;
    do
        got = read(from, text, sizeof(text));
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return err_set(err, ERR_IO, "the process that serves the build's session ended too early");
    if (text[0])
        return err_set(err, ERR_NET, "a session for the build: %.*s", (int)got, text);
    return 0;
}

int build_session_begin(struct build_session *session, const struct engine *engine,
                        const struct build_secret_list *secrets, struct err *err)
{
    unsigned char random[sizeof(session->id) / 2];
    const struct grpc_service service = {build_session_answer, secrets};
    struct grpc_server *server;
    int ends[2];
    *session = (struct build_session){.child = 0};
    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
        return err_sys(err, "cannot get random bytes");
    for (size_t i = 0; i < sizeof(random); i++)
        snprintf(session->id + 2 * i, 3, "%02x", random[i]);
    if (grpc_server_open(&service, &server, err) < 0)
        return -1;
    if (pipe2(ends, O_CLOEXEC) < 0) {
        grpc_server_close(server);
        return err_sys(err, "cannot make a pipe");
    }
    session->child = fork();
    if (session->child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        close(ends[0]);
        run(session, engine, server, ends[1]);
        _exit(0);
    }
    grpc_server_close(server);
    close(ends[1]);
    int result = session->child < 0 ? err_sys(err, "cannot start a process")
                                    : wait_until_ready(ends[0], err);
    close(ends[0]);
    if (result < 0)
        build_session_end(session);
    return result;
}

void build_session_end(struct build_session *session)
{
    if (session->child > 0) {
        kill(session->child, SIGTERM);
        while (waitpid(session->child, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    session->child = 0;
}
