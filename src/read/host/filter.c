// SPDX-License-Identifier: Apache-2.0
/*
 * Filters on system calls of processes that run, from the kernel (ptrace(2),
 * PTRACE_SECCOMP_GET_FILTER). One thread of the process is stopped for an instant, and goes on
 * whatever happens here: when we end, the kernel lets it go.
 */
#include "base/limits.h"
#include "base/map.h"
#include "read/host/reader.h"

#include <errno.h>
#include <linux/filter.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

#ifndef PTRACE_SECCOMP_GET_FILTER
#define PTRACE_SECCOMP_GET_FILTER 0x420c
#endif

/* The newest first; ENOENT is the end. The errno of what failed, or 0. */
static int read_filters(struct host_reader *reader, pid_t pid, struct live_filter_list *ret)
{
    struct sock_filter code[BPF_MAXINSNS];
    for (uintptr_t i = 0; i < LIMIT_LIVE_FILTERS; i++) {
        long count = ptrace((enum __ptrace_request)PTRACE_SECCOMP_GET_FILTER, pid, i, NULL);
        if (count < 0)
            return errno == ENOENT ? 0 : errno;
        if (count > BPF_MAXINSNS)
            return E2BIG;
        if (ptrace((enum __ptrace_request)PTRACE_SECCOMP_GET_FILTER, pid, i, code) < 0)
            return errno;
        struct live_filter *filter = vec_push(reader->arena, ret);
        *filter = (struct live_filter){0};
        for (long n = 0; n < count; n++)
            *vec_push(reader->arena, filter) = (struct live_instruction){
                .code = code[n].code, .jt = code[n].jt, .jf = code[n].jf, .k = code[n].k};
    }
    return E2BIG;
}

/* A process that was told to stop. All of them are told first, so that they stop while others are
 * looked at: each waits for its turn on a processor. */
struct stopping {
    struct raw_live *raw;
    bool is_done;
    int error;
};

static void tell_to_stop(struct stopping *stopping)
{
    pid_t pid = (pid_t)stopping->raw->pid;
    stopping->is_done = true;
    if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0) {
        stopping->error = errno;
    } else if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0) {
        stopping->error = errno;
        ptrace(PTRACE_DETACH, pid, NULL, NULL);
    } else {
        stopping->is_done = false;
    }
}

/* False where it has not stopped yet; else its filters are read, and it goes on. */
static bool look_if_stopped(struct host_reader *reader, struct stopping *stopping)
{
    int status = 0;
    pid_t pid = (pid_t)stopping->raw->pid;
    pid_t got = waitpid(pid, &status, WNOHANG | __WALL);
    if (got == 0 || (got < 0 && errno == EINTR))
        return false;
    stopping->is_done = true;
    if (got < 0 || !WIFSTOPPED(status)) {
        stopping->error = ESRCH; /* it ended */
    } else {
        stopping->error = read_filters(reader, pid, &stopping->raw->filters);
        ptrace(PTRACE_DETACH, pid, NULL, NULL);
    }
    return true;
}

static void take_error(struct host_reader *reader, struct stopping *stopping)
{
    struct raw_live *raw = stopping->raw;
    if (!stopping->error || stopping->error == ESRCH)
        return;
    raw->filters.count = 0; /* a part of them would say too much */
    reader_gap(reader, reader_path(reader, "/proc/%u", raw->pid),
               arena_printf(reader->arena, "its filter on system calls cannot be read: %s",
                            strerror(stopping->error)));
}

/* A process that does not stop (it sleeps in the kernel for good) is not waited for: the time is
 * counted in pauses without news. */
static void gather_batch(struct host_reader *reader, struct stopping *batch, size_t count)
{
    enum { PAUSES = 1000, NANOSECONDS = 200000 };
    const struct timespec pause = {.tv_nsec = NANOSECONDS};
    size_t open = 0;
    for (size_t i = 0; i < count; i++) {
        tell_to_stop(&batch[i]);
        open += !batch[i].is_done;
    }
    for (int pauses = 0; open && pauses < PAUSES;) {
        size_t before = open;
        for (size_t i = 0; i < count; i++)
            if (!batch[i].is_done && look_if_stopped(reader, &batch[i]))
                open--;
        if (open == before) {
            nanosleep(&pause, NULL);
            pauses++;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!batch[i].is_done) {
            batch[i].error = ETIMEDOUT;
            ptrace(PTRACE_DETACH, (pid_t)batch[i].raw->pid, NULL, NULL);
        }
        take_error(reader, &batch[i]);
    }
}

void host_gather_filters(struct host_reader *reader, host_wants *wants, const void *context)
{
    enum { BATCH = 32 }; /* that are stopped at once, at most */
    struct stopping batch[BATCH];
    size_t count = 0;
    struct map done = {0};
    if (!reader->is_machine)
        return;
    for (size_t i = 0; i < reader->raw_live.count; i++) {
        struct raw_live *raw = &reader->raw_live.items[i];
        str id = cgroup_container(raw->cgroup);
        bool fresh = false;
        if (!str_contains(raw->status, STR("\nSeccomp:\t2\n")) || !wants(context, id))
            continue;
        (void)map_put(reader->arena, &done, id, &fresh);
        if (!fresh)
            continue;
        batch[count++] = (struct stopping){.raw = raw};
        if (count == BATCH) {
            gather_batch(reader, batch, count);
            count = 0;
        }
    }
    gather_batch(reader, batch, count);
}
