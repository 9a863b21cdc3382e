// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "io/build_session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What an engine sends over a build's session, behind the beginning that HTTP/2 asks for. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct build_secret_list secrets = {0};
    const struct grpc_service service = {build_session_answer, &secrets};
    struct grpc_server *server;
    BUF_SCOPED reply = buf_make(1000);
    str bytes = str_make(data, size);
    *vec_push(&arena, &secrets) = (struct build_secret){STR("token"), STR("value")};
    build_session_answer(&secrets, STR("/moby.buildkit.secrets.v1.Secrets/GetSecret"), bytes,
                         &reply);
    INVARIANT(grpc_server_open(&service, &server, &err) == 0);
    int result = grpc_server_take(server, STR("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), &err);
    for (size_t at = 0; result == 0 && at < size; at += 100) {
        result = grpc_server_take(server, str_sub(bytes, at, 100), &err);
        while (grpc_server_output(server).len)
            continue;
    }
    grpc_server_close(server);
    return 0;
}
