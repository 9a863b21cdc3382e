// SPDX-License-Identifier: Apache-2.0
#include "app/fix/build.h"

#include "app/fix/context.h"
#include "base/fd.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static bool take_line(void *context, str line)
{
    build_answer_take(context, line);
    return true;
}

/* What BuildKit says, without the names of its own parts before it; and what that means, where its
 * words do not tell. */
static int fail_build(const struct build_answer *build, const struct build_request *request,
                      struct err *err)
{
    static const str parts[] = {
        STR_INIT("failed to solve: "),
        STR_INIT("failed to solve with frontend dockerfile.v0: "),
        STR_INIT("failed to solve with frontend gateway.v0: "),
        STR_INIT("failed to create LLB definition: "),
    };
    str said = str_from(build->error);
    bool again = true;
    while (again) {
        again = false;
        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
            again |= str_skip(&said, parts[i]);
    }
    if (str_starts(said, STR("no active sessions")))
        return err_set(err, ERR_UNSUPPORTED, "it mounts %.*s, which is not given; %s:%.*s",
                       STR_ARG(str_sub(request->missing, 0, 100)),
                       str_starts(request->missing, STR("the secret "))
                           ? "give it as docker build takes it"
                           : "only docker build can give it",
                       STR_ARG(request->options));
    if (str_starts(said, STR("dockerfile parse error")))
        return err_set(err, ERR_UNSUPPORTED,
                       "the engine's own BuildKit cannot read it (%.*s); a line `# "
                       "syntax=docker/dockerfile:1` at its top brings a newer one",
                       STR_ARG(said));
    return err_set(err, ERR_FORMAT, "%.*s", STR_ARG(said));
}

/* The context is written by a process of its own, while the engine reads it. */
static pid_t start_context(const char *folder, str name, str dockerfile, int *ret_fd)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    pid_t child = fork();
    if (child == 0) {
        struct err err = {0};
        close(ends[0]);
        _exit(context_write(ends[1], folder, name, dockerfile, &err) < 0);
    }
    close(ends[1]);
    *ret_fd = ends[0];
    return child;
}

static int build_in_session(const struct engine *engine, const struct build_request *request,
                            const char *session, str dockerfile, struct build_answer *build,
                            struct err *err)
{
    static const char name[] = ".harden-verify.Dockerfile";
    ARENA_SCOPED arena = {0};
    FD_SCOPED context = -1;
    const char *query =
        arena_printf(&arena, "?dockerfile=%s&rm=1&forcerm=1%s%s%s%.*s", name,
                     request->buildkit ? "&version=2" : "&nocache=0", *session ? "&session=" : "",
                     session, STR_ARG(request->inputs->query))
            .ptr;
    pid_t writer = start_context(request->folder, str_from(name), dockerfile, &context);
    if (writer < 0)
        return err_sys(err, "cannot start a process");
    int status = 0, result = engine_build(engine, query, &context, take_line, build, err);
    fd_close(&context);
    waitpid(writer, &status, 0);
    if (result < 0)
        return -1;
    if (build->error[0])
        return fail_build(build, request, err);
    if (!build->image[0])
        return err_set(err, ERR_FORMAT, "the engine gave no image");
    return 0;
}

int build_version(const struct engine *engine, const struct build_request *request, size_t version,
                  struct build_answer *ret, struct err *err)
{
    struct build_session session = {.child = 0};
    *ret = (struct build_answer){0};
    if (request->session &&
        build_session_begin(&session, engine, &request->inputs->secrets, err) < 0)
        return -1;
    int result =
        build_in_session(engine, request, session.id, request->versions[version], ret, err);
    build_session_end(&session);
    return result;
}
