// SPDX-License-Identifier: Apache-2.0
#include "io/shellcheck.h"

#include "base/buf.h"
#include "base/die.h"
#include "base/fd.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct shellcheck {
    pid_t child;
    int questions, answers; /* closing the first ends the child */
};

/* Both processes are the same program: what one writes the other reads as it is. */
struct question {
    uint32_t count;
};
struct question_script {
    uint32_t bash, length; /* the text follows */
};
struct answer {
    uint32_t failed, length; /* ShellCheck's answer, or why there is none, follows */
};

enum { FIRST_SCRIPT = 16 }; /* the number of the first script's descriptor in ShellCheck */

const char *shellcheck_find(void)
{
    static const char *const places[] = {"/usr/bin/shellcheck", "/usr/local/bin/shellcheck"};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (access(places[i], X_OK) == 0)
            return places[i];
    return NULL;
}

static bool read_all(int fd, void *to, size_t length)
{
    char *at = to;
    while (length) {
        ssize_t got = read(fd, at, length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        length -= (size_t)got;
    }
    return true;
}

/* ---- the process that starts ShellCheck ---- */

/* A script as a file in memory, with the first line that tells ShellCheck which shell it is for. */
static int script_file(int questions, struct err *err)
{
    struct question_script head;
    char bytes[4096];
    FD_SCOPED file = memfd_create("script", MFD_CLOEXEC);
    if (file < 0)
        return err_sys(err, "memfd_create");
    if (!read_all(questions, &head, sizeof(head)))
        return err_set(err, ERR_IO, "the question is incomplete");
    str first = head.bash ? STR("#!/bin/bash\n") : STR("#!/bin/sh\n");
    if (fd_write_all(file, first.ptr, first.len, err) < 0)
        return -1;
    while (head.length) {
        size_t part = head.length < sizeof(bytes) ? head.length : sizeof(bytes);
        if (!read_all(questions, bytes, part) || fd_write_all(file, bytes, part, err) < 0)
            return err_set(err, ERR_IO, "the question is incomplete");
        head.length -= (uint32_t)part;
    }
    int moved = fcntl(file, F_DUPFD_CLOEXEC, FIRST_SCRIPT + LIMIT_SHELLCHECK_SCRIPTS + 8);
    return moved < 0 ? err_sys(err, "fcntl") : moved;
}

_Noreturn static void become_shellcheck(const char *program, const int *files, size_t count,
                                        int output)
{
    char locale[] = "LC_ALL=C.UTF-8", name[] = "shellcheck", *environment[] = {locale, NULL};
    struct rlimit seconds = {LIMIT_SHELLCHECK_SECONDS, LIMIT_SHELLCHECK_SECONDS}, none = {0, 0};
    char names[LIMIT_SHELLCHECK_SCRIPTS][24];
    char options[] = "--norc -fjson1 -e1090,1091,1128,2148,2187 --";
    char *arguments[LIMIT_SHELLCHECK_SCRIPTS + 8] = {name};
    size_t used = 1;
    for (char *at = options; at; used++) {
        arguments[used] = at;
        at = strchr(at, ' ');
        if (at)
            *at++ = '\0';
    }
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
        dup2(null, STDERR_FILENO) < 0)
        _exit(127);
    for (size_t i = 0; i < count; i++) {
        if (dup2(files[i], FIRST_SCRIPT + (int)i) < 0)
            _exit(127);
        str path = STR("/proc/self/fd/");
        size_t number = FIRST_SCRIPT + i, digits = number > 99 ? 3 : 2;
        memcpy(names[i], path.ptr, path.len);
        for (size_t d = digits; d-- > 0; number /= 10)
            names[i][path.len + d] = (char)('0' + number % 10);
        names[i][path.len + digits] = '\0';
        arguments[used++] = names[i];
    }
    setrlimit(RLIMIT_CPU, &seconds);
    setrlimit(RLIMIT_FSIZE, &none);
    setrlimit(RLIMIT_CORE, &none);
    execve(program, arguments, environment);
    _exit(127);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Everything it prints, up to its end; in time, or an error. */
static int collect(int output, struct buf *said, struct err *err)
{
    int64_t end = now_ms() + LIMIT_SHELLCHECK_SECONDS * 1000;
    for (;;) {
        struct pollfd fd = {.fd = output, .events = POLLIN};
        int64_t left = end - now_ms();
        char *to = buf_reserve(said, 65536);
        if (!to)
            return err_set(err, ERR_LIMIT, "its answer is too long");
        int ready = left > 0 ? poll(&fd, 1, (int)left) : 0;
        if (ready == 0)
            return err_set(err, ERR_LIMIT, "it took longer than %d seconds",
                           (int)LIMIT_SHELLCHECK_SECONDS);
        if (ready < 0)
            continue;
        ssize_t got = read(output, to, 65536);
        if (got == 0)
            return 0;
        if (got > 0)
            said->len += (size_t)got;
        else if (errno != EINTR)
            return err_sys(err, "read");
    }
}

static int run(const char *program, const int *files, size_t count, struct buf *said,
               struct err *err)
{
    int ends[2], status = 0;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_sys(err, "cannot make a pipe");
    FD_SCOPED output = ends[0];
    pid_t child = fork();
    if (child == 0)
        become_shellcheck(program, files, count, ends[1]);
    close(ends[1]);
    if (child < 0)
        return err_sys(err, "cannot start it");
    int result = collect(output, said, err);
    if (result < 0)
        kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    /* 1: it found something. */
    if (result == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) > 1))
        return err_set(err, ERR_IO, "it ended with %s %d",
                       WIFSIGNALED(status) ? "signal" : "exit code",
                       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return result;
}

static int answer_one(const char *program, int questions, uint32_t count, struct buf *said,
                      struct err *err)
{
    int files[LIMIT_SHELLCHECK_SCRIPTS];
    size_t made = 0;
    int result = 0;
    for (; made < count && result == 0; made++)
        if ((files[made] = script_file(questions, err)) < 0)
            result = -1;
    if (result == 0)
        result = run(program, files, count, said, err);
    for (size_t i = 0; i < made; i++)
        fd_close(&files[i]);
    return result;
}

_Noreturn static void serve(const char *program, pid_t parent, int questions, int answers)
{
    struct question question;
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent)
        _exit(1);
    signal(SIGPIPE, SIG_IGN);
    while (read_all(questions, &question, sizeof(question)) &&
           question.count <= LIMIT_SHELLCHECK_SCRIPTS) {
        BUF_SCOPED said = buf_make(LIMIT_SHELLCHECK_ANSWER);
        struct err err = {0};
        bool failed = answer_one(program, questions, question.count, &said, &err) < 0;
        str text = failed ? str_from(err.message) : buf_str(&said);
        struct answer answer = {failed, (uint32_t)text.len};
        if (fd_write_all(answers, &answer, sizeof(answer), &err) < 0 ||
            fd_write_all(answers, text.ptr, text.len, &err) < 0)
            break;
    }
    _exit(0);
}

/* ---- our side ---- */

static void close_all_but(const int *keep, size_t count)
{
    for (int fd = STDERR_FILENO + 1; fd < 1024; fd++) {
        bool kept = false;
        for (size_t i = 0; i < count; i++)
            kept |= keep[i] == fd;
        if (!kept)
            close(fd);
    }
}

int shellcheck_open(const char *program, struct shellcheck **ret, struct err *err)
{
    int question[2], answer[2];
    if (program[0] != '/' || access(program, X_OK) < 0)
        return err_set(err, ERR_USAGE, "%s: no program that can be run, by its whole path",
                       program);
    if (pipe2(question, O_CLOEXEC) < 0)
        return err_sys(err, "cannot make a pipe");
    FD_SCOPED question_read = question[0];
    FD_SCOPED question_write = question[1];
    if (pipe2(answer, O_CLOEXEC) < 0)
        return err_sys(err, "cannot make a pipe");
    FD_SCOPED answer_read = answer[0];
    FD_SCOPED answer_write = answer[1];
    pid_t parent = getpid(), child = fork();
    if (child < 0)
        return err_sys(err, "cannot start the process that asks ShellCheck");
    if (child == 0) {
        close_all_but((int[]){question_read, answer_write}, 2);
        serve(program, parent, question_read, answer_write);
    }
    struct shellcheck *shellcheck = die_malloc(sizeof(*shellcheck));
    *shellcheck = (struct shellcheck){child, question_write, answer_read};
    *ret = shellcheck;
    question_write = answer_read = -1;
    return 0;
}

static bool is_gone(const struct shellcheck *shellcheck)
{
    /* Its end of the pipe is closed: writing would be the end of us, too. */
    struct pollfd fd = {.fd = shellcheck->questions, .events = POLLOUT};
    return poll(&fd, 1, 0) > 0 && (fd.revents & POLLERR);
}

static int send_question(struct shellcheck *shellcheck, const struct shellcheck_script *scripts,
                         size_t count, struct err *err)
{
    struct question question = {(uint32_t)count};
    if (fd_write_all(shellcheck->questions, &question, sizeof(question), err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct question_script head = {scripts[i].bash, (uint32_t)scripts[i].text.len};
        if (fd_write_all(shellcheck->questions, &head, sizeof(head), err) < 0 ||
            fd_write_all(shellcheck->questions, scripts[i].text.ptr, scripts[i].text.len, err) < 0)
            return -1;
    }
    return 0;
}

int shellcheck_ask(struct shellcheck *shellcheck, struct arena *arena,
                   const struct shellcheck_script *scripts, size_t count, str *ret_json,
                   struct err *err)
{
    struct answer answer;
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += scripts[i].text.len;
    if (count > LIMIT_SHELLCHECK_SCRIPTS || size > LIMIT_SHELLCHECK_TEXT)
        return err_set(err, ERR_LIMIT, "too many scripts for ShellCheck");
    if (is_gone(shellcheck))
        return err_set(err, ERR_IO, "the process that asks ShellCheck has ended");
    if (send_question(shellcheck, scripts, count, err) < 0)
        return -1;
    if (!read_all(shellcheck->answers, &answer, sizeof(answer)) ||
        answer.length > LIMIT_SHELLCHECK_ANSWER)
        return err_set(err, ERR_IO, "the process that asks ShellCheck ended without a word");
    char *text = arena_alloc(arena, answer.length + 1);
    if (!read_all(shellcheck->answers, text, answer.length))
        return err_set(err, ERR_IO, "the process that asks ShellCheck ended without a word");
    if (answer.failed)
        return err_set(err, ERR_IO, "ShellCheck: %.*s", (int)answer.length, text);
    *ret_json = str_make(text, answer.length);
    return 0;
}

uint32_t shellcheck_index(str file)
{
    uint64_t number;
    return str_skip(&file, STR("/proc/self/fd/")) && str_to_u64(file, 1000, &number) &&
                   number >= FIRST_SCRIPT
               ? (uint32_t)number - FIRST_SCRIPT
               : UINT32_MAX;
}

void shellcheck_close(struct shellcheck **shellcheck)
{
    if (!*shellcheck)
        return;
    fd_close(&(*shellcheck)->questions);
    fd_close(&(*shellcheck)->answers);
    while (waitpid((*shellcheck)->child, NULL, 0) < 0 && errno == EINTR)
        continue;
    free(*shellcheck);
    *shellcheck = NULL;
}
