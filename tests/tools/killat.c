// SPDX-License-Identifier: Apache-2.0
/*
 * killat N COMMAND...: runs the command and kills it (SIGKILL) when one of its threads or processes
 * is about to make its Nth call that renames or removes a file, before anything is done. The exit
 * code is 0 if it came to that, 1 if the command ended before, 2 if it could not be watched.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRACED_SYSCALL = SIGTRAP | 0x80 };

static bool replaces(pid_t pid)
{
    struct __ptrace_syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0 ||
        info.op != PTRACE_SYSCALL_INFO_ENTRY)
        return false;
    switch (info.entry.nr) {
#ifdef SYS_rename
    case SYS_rename:
    case SYS_unlink:
#endif
    case SYS_renameat:
    case SYS_renameat2:
    case SYS_unlinkat: return true;
    default: return false;
    }
}

static int start(char **command)
{
    pid_t child = fork();
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
            _exit(126);
        raise(SIGSTOP);
        execvp(command[0], command);
        _exit(127);
    }
    int status;
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE |
                         PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK;
    if (child < 0 || waitpid(child, &status, 0) < 0 || !WIFSTOPPED(status) ||
        ptrace(PTRACE_SETOPTIONS, child, NULL, options) < 0 ||
        ptrace(PTRACE_SYSCALL, child, NULL, NULL) < 0)
        return -1;
    return child;
}

int main(int count, char **words)
{
    long left = count > 2 ? strtol(words[1], NULL, 10) : 0;
    pid_t child = left > 0 ? start(words + 2) : -1;
    if (child < 0) {
        fprintf(stderr, "killat: cannot watch a command\n");
        return 2;
    }
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0 && errno == EINTR)
            continue;
        if (pid < 0)
            return 1;
        if (!WIFSTOPPED(status)) {
            if (pid == child)
                return 1;
            continue;
        }
        int stop = WSTOPSIG(status);
        if (stop == TRACED_SYSCALL && replaces(pid) && --left == 0) {
            kill(child, SIGKILL);
            while (waitpid(-1, &status, __WALL) > 0)
                continue;
            return 0;
        }
        bool own = stop == TRACED_SYSCALL || stop == SIGTRAP || stop == SIGSTOP;
        ptrace(PTRACE_SYSCALL, pid, NULL, own ? 0L : (long)stop);
    }
}
