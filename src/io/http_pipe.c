// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "base/die.h"
#include "base/fd.h"
#include "base/sandbox.h"
#include "io/http_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct http_pipe {
    pid_t child;
    int control; /* a byte starts the child; closing it ends it */
    int outcome; /* the child's struct outcome, once, before it ends */
    bool started;
};

/* Smaller than PIPE_BUF, so it comes whole. */
struct outcome {
    bool stopped; /* by us: no failure */
    struct err err;
};

/* The child's side. */
struct sender {
    const struct http_request *request;
    int body, control;
    int status;
    bool stopped;
    struct buf said; /* the beginning of what is no success */
};

static bool is_hung_up(int control)
{
    struct pollfd fd = {.fd = control, .events = 0};
    return poll(&fd, 1, 0) > 0;
}

static bool send_tick(void *context)
{
    struct sender *sender = context;
    sender->stopped |= is_hung_up(sender->control);
    return !sender->stopped;
}

/* The parent may stop reading without closing its end, so waiting watches the control pipe too. */
static bool send_bytes(struct sender *sender, str bytes)
{
    while (bytes.len) {
        struct pollfd fds[] = {{.fd = sender->body, .events = POLLOUT},
                               {.fd = sender->control, .events = 0}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return false;
        if (fds[1].revents || (fds[0].revents & POLLERR)) {
            sender->stopped = true;
            return false;
        }
        ssize_t done = write(sender->body, bytes.ptr, bytes.len);
        if (done > 0)
            bytes = str_from_index(bytes, (size_t)done);
        else if (done < 0 && errno != EINTR && errno != EAGAIN)
            return false;
    }
    return true;
}

static bool send_head(void *context, int status, uint64_t length)
{
    struct sender *sender = context;
    (void)length;
    sender->status = status;
    return true;
}

static bool send_body(void *context, str bytes)
{
    struct sender *sender = context;
    struct buf *said = &sender->said;
    if (sender->status == 200)
        return send_bytes(sender, bytes);
    if (bytes.len > said->max - said->len)
        bytes.len = said->max - said->len;
    buf_add_str(said, bytes);
    return said->len < said->max;
}

static void fetch(struct sender *sender, struct outcome *outcome)
{
    struct http_request request = *sender->request;
    struct http_response response;
    struct err *err = &outcome->err;
    request.head = send_head;
    request.body = send_body;
    request.tick = send_tick;
    request.context = sender;
    http_get(&request, &response, err);
    if (sender->status && sender->status != 200) {
        http_fail_status(&request, sender->status, buf_str(&sender->said), err);
        http_wrap(&request, err);
    }
    outcome->stopped = sender->stopped;
}

/* Everything but what the child needs: stores and archives of the parent, its terminal. */
static void close_others(int *fds, size_t count)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
    }
    /* To the first numbers behind standard error, by way of numbers above all of them. */
    for (size_t i = 0; i < count; i++)
        fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 64 + (int)i);
    for (size_t i = 0; i < count; i++)
        fds[i] = dup2(fds[i], STDERR_FILENO + 1 + (int)i);
    unsigned rest = STDERR_FILENO + 1 + (unsigned)count;
    if (close_range(rest, ~0u, 0) < 0) /* before Linux 5.9 */
        for (; rest < 1024; rest++)
            close((int)rest);
}

_Noreturn static void run_child(const struct http_request *request, pid_t parent, int body,
                                int control, int result)
{
    struct outcome outcome = {0};
    enum sandbox_level level;
    char byte = 0;
    int fds[] = {body, control, result};
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent)
        _exit(1);
    signal(SIGPIPE, SIG_IGN);
    close_others(fds, 3);
    ssize_t got;
    while ((got = read(fds[1], &byte, 1)) < 0 && errno == EINTR)
        continue;
    if (got != 1)
        _exit(0);
    struct sender sender = {
        .request = request, .body = fds[0], .control = fds[1], .said = buf_make(HTTP_EXPLAIN_MAX)};
    fcntl(sender.body, F_SETFL, O_NONBLOCK);
    if (sandbox_enter(&(struct sandbox){.network = true}, &level, &outcome.err) == 0)
        fetch(&sender, &outcome);
    /* The outcome before the end of the body: who sees the end finds it. */
    if (write(fds[2], &outcome, sizeof(outcome)) != sizeof(outcome))
        _exit(1);
    _exit(0);
}

static int make_pipe(int *ret_read, int *ret_write, struct err *err)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_sys(err, "cannot make a pipe");
    *ret_read = ends[0];
    *ret_write = ends[1];
    return 0;
}

int http_pipe_open(const struct http_request *request, struct http_pipe **ret, int *ret_fd,
                   struct err *err)
{
    FD_SCOPED body_read = -1;
    FD_SCOPED body_write = -1;
    FD_SCOPED control_read = -1;
    FD_SCOPED control_write = -1;
    FD_SCOPED result_read = -1;
    FD_SCOPED result_write = -1;
    _Static_assert(sizeof(struct outcome) <= 4096, "fits into PIPE_BUF");
    if (!http_is_file(request->url) && http_load(err) < 0)
        return -1;
    if (make_pipe(&body_read, &body_write, err) < 0 ||
        make_pipe(&control_read, &control_write, err) < 0 ||
        make_pipe(&result_read, &result_write, err) < 0)
        return -1;
    fcntl(body_write, F_SETPIPE_SZ, 1 << 20); /* fewer switches; the default does too */
    pid_t parent = getpid(), child = fork();
    if (child < 0)
        return err_sys(err, "cannot start the process that fetches");
    if (child == 0)
        run_child(request, parent, body_write, control_read, result_write);
    struct http_pipe *pipe = die_malloc(sizeof(*pipe));
    *pipe = (struct http_pipe){.child = child, .control = control_write, .outcome = result_read};
    *ret = pipe;
    *ret_fd = body_read;
    control_write = result_read = body_read = -1;
    return 0;
}

int http_pipe_start(struct http_pipe *pipe, struct err *err)
{
    /* The child may be gone; the signal must not take us with it. The reading end of its pipe is
     * gone then, which http_pipe_finish() reports. */
    struct pollfd fd = {.fd = pipe->control, .events = POLLOUT};
    if (poll(&fd, 1, 0) < 1 || (fd.revents & POLLERR))
        return err_set(err, ERR_IO, "the process that fetches has ended");
    pipe->started = true;
    return fd_write_all(pipe->control, "s", 1, err);
}

/* False where the child ended without a word. */
static bool read_outcome(int fd, struct outcome *outcome)
{
    char *to = (char *)outcome;
    size_t len = 0;
    while (len < sizeof(*outcome)) {
        ssize_t got = read(fd, to + len, sizeof(*outcome) - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    return len == sizeof(*outcome);
}

int http_pipe_finish(struct http_pipe *pipe, struct err *err)
{
    struct outcome outcome = {0};
    int status = 0;
    fd_close(&pipe->control); /* stops a child that is still at work */
    bool told = read_outcome(pipe->outcome, &outcome), started = pipe->started;
    fd_close(&pipe->outcome);
    while (waitpid(pipe->child, &status, 0) < 0 && errno == EINTR)
        continue;
    free(pipe);
    if (started && !told)
        return err_set(err, ERR_IO, "the process that fetches ended without a word (%s %d)",
                       WIFSIGNALED(status) ? "signal" : "exit code",
                       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    if (told && !outcome.stopped && outcome.err.kind != ERR_NONE) {
        outcome.err.message[sizeof(outcome.err.message) - 1] = 0;
        *err = outcome.err;
        return -1;
    }
    return 0;
}
