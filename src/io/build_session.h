// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_BUILD_SESSION_H
#define HARDEN_IO_BUILD_SESSION_H

#include "base/vec.h"
#include "io/engine.h"
#include "io/grpc.h"

/*
 * What BuildKit asks of the client that a build is for, over the connection that POST /session of
 * the engine's API becomes: the secrets that RUN --mount=type=secret names, and whether the client
 * is still there (session/secrets/secrets.proto of BuildKit; health/v1 of gRPC).
 */
struct build_secret {
    str id, value;
};
struct build_secret_list VEC_BODY(struct build_secret);

/* A session that a process of its own serves, until it is ended. */
struct build_session {
    char id[33];
    int child; /* 0: there is none */
};

/* Returns when the engine knows the session. */
int build_session_begin(struct build_session *session, const struct engine *engine,
                        const struct build_secret_list *secrets, struct err *err);
void build_session_end(struct build_session *session);

/* How a session's server answers; for grpc_service, with a build_secret_list as the context. */
enum grpc_status build_session_answer(const void *secrets, str method, str message,
                                      struct buf *reply);

#endif
