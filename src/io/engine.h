// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_ENGINE_H
#define HARDEN_IO_ENGINE_H

#include "base/arena.h"
#include "base/err.h"
#include "io/http.h"

/*
 * A container engine that speaks Docker's HTTP API: Docker, rootless Docker, Podman.
 *
 * Which one, as the docker command decides: --host, $DOCKER_HOST, $DOCKER_CONTEXT, currentContext
 * of config.json (in $DOCKER_CONFIG or ~/.docker), unix:///var/run/docker.sock. Where the last
 * does not exist, the sockets of rootless Docker and of Podman are looked for. --host and
 * $DOCKER_HOST take TLS from $DOCKER_TLS_VERIFY, $DOCKER_TLS and $DOCKER_CERT_PATH; a context has
 * its own (contexts/meta/<sha256 of the name>/meta.json, contexts/tls/<the same>/docker/).
 */

/* What the choice depends on; all may be NULL or empty. */
struct engine_environment {
    const char *host; /* --host */
    const char *docker_host, *docker_context, *docker_config;
    const char *docker_tls_verify, *docker_tls, *docker_cert_path;
    const char *home, *runtime_dir; /* $HOME, $XDG_RUNTIME_DIR */
    const char *default_socket;     /* NULL: /var/run/docker.sock */
};

/* That of this process; `host` is the argument of --host or NULL. */
struct engine_environment engine_environment(struct arena *arena, const char *host);

/* Where an engine is. Strings live in the arena. */
struct engine {
    const char *url;         /* without a slash at the end: "http://localhost" */
    const char *unix_socket; /* or NULL */
    const char *ca, *certificate, *key;
    bool skip_verify;
    str address;            /* as it was configured: "unix:///var/run/docker.sock" */
    str origin;             /* who said so: "--host", "DOCKER_HOST", "context \"x\"", "default" */
    unsigned minor;         /* of the API version 1.N in use; 0 before engine_connect() */
    struct http_line *line; /* for engine_connect() and engine_get(), by one thread; or NULL */
};

/* Looks at settings only, not at the engine. ERR_UNSUPPORTED for ssh:// and npipe://, ERR_USAGE
 * for an address that is none, ERR_NOT_FOUND for a context that does not exist. */
int engine_find(struct arena *arena, const struct engine_environment *environment,
                struct engine *ret, struct err *err);

/* Asks whether an engine answers and agrees on the newest API version that both know. */
int engine_connect(struct engine *engine, struct err *err);

/* The answer to GET /v1.N<path>, at most LIMIT_ENGINE_ANSWER bytes, unparsed. The engine's own
 * words are in the error; ERR_NOT_FOUND for its 404. */
int engine_get(const struct engine *engine, const char *path, struct arena *arena, str *ret_body,
               struct err *err);
/* The same as a pipe, see http_pipe_open(). The engine may think for
 * LIMIT_ENGINE_PREPARE_SECONDS before the first byte: it copies layers first. */
int engine_pipe(const struct engine *engine, const char *path, struct http_pipe **ret, int *ret_fd,
                struct err *err);

/*
 * POST /build: `query` from '?' on; the context comes as a tar archive from the pipe `context`.
 * The answer, a JSON object a line while it builds, is handed on as it comes. "version=2" in the
 * query asks for BuildKit, which needs no session as long as the build mounts neither secrets nor
 * an SSH agent; else it is the classic builder, which knows no --mount and no heredocs.
 */
int engine_build(const struct engine *engine, const char *query, const int *context,
                 bool (*line)(void *context, str line), void *line_context, struct err *err);
/* Turns a new connection into one for another protocol, by POST of that path with Upgrade;
 * `headers` are whole lines. What the engine sends after its 101 is still to be received. */
int engine_upgrade(const struct engine *engine, const char *path, const char *protocol,
                   const char *headers, struct http_line *line, struct err *err);
/* DELETE of that path; it need not exist any more. */
int engine_delete(const struct engine *engine, const char *path, struct err *err);

/* The text of {"message":"..."}, with everything but printable ASCII replaced. Takes any bytes and
 * needs no tree: it is used before the sandbox. For http_request.explain. */
bool engine_explain(str body, char *out, size_t out_size);
/* "1.41" -> 41; false for what is no version of the API. */
bool engine_api_minor(str version, unsigned *ret_minor);
/* `text` as one piece of a path or a query: everything but letters, digits and -._~/: as %XX.
 * Slashes and colons stay: they are part of image references. */
str engine_escape(struct arena *arena, str text);

#endif
