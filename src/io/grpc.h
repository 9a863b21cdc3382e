// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_GRPC_H
#define HARDEN_IO_GRPC_H

#include "base/buf.h"
#include "base/err.h"

/*
 * The server's side of gRPC (its "gRPC over HTTP2", and RFC 9113) on a connection that somebody
 * else reads and writes: methods that take one message and give one, not compressed. HTTP/2 itself
 * is libnghttp2's, opened on first use.
 */
enum grpc_status { /* as gRPC numbers them */
                   GRPC_OK = 0,
                   GRPC_INVALID_ARGUMENT = 3,
                   GRPC_NOT_FOUND = 5,
                   GRPC_RESOURCE_EXHAUSTED = 8,
                   GRPC_UNIMPLEMENTED = 12,
                   GRPC_INTERNAL = 13,
};

struct grpc_service {
    /* `method`: "/package.Service/Method". Both are valid during the call; `reply` is empty, and
     * counts where GRPC_OK is given. */
    enum grpc_status (*call)(const void *context, str method, str message, struct buf *reply);
    const void *context;
};

struct grpc_server;
/* ERR_UNSUPPORTED where libnghttp2 is not installed. The service is copied. */
int grpc_server_open(const struct grpc_service *service, struct grpc_server **ret, struct err *err);
/* Bytes that came from the client, any number of them. -1: it does not speak HTTP/2. */
int grpc_server_take(struct grpc_server *server, str bytes, struct err *err);
/* What is to be sent to it now, to be called until it gives nothing; valid until the next call. */
str grpc_server_output(struct grpc_server *server);
void grpc_server_close(struct grpc_server *server); /* NULL is fine */

#endif
