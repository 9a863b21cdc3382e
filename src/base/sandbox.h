// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_BASE_SANDBOX_H
#define HARDEN_BASE_SANDBOX_H

#include "base/err.h"

/*
 * Gives up rights before the first hostile byte is parsed: Landlock (files) and seccomp (system
 * calls), for this process and every thread it starts later. What is already open stays usable:
 * sockets, pipes, mapped stores. Afterwards there is no network (no socket, no connect), no
 * execve, no fork, no ptrace, no signal to another process, no writing but below `writable`. A
 * kernel without Landlock still gets the seccomp part, and with no writable path also loses
 * opening files for writing.
 *
 * Enter before starting threads: Landlock binds the calling thread and those that it starts. A
 * child that was forked before is not bound; it cannot be killed from inside, so let it end when
 * its pipe closes. openat2() may answer ENOSYS inside (no Landlock: its flags cannot be seen by
 * seccomp): fall back as on a kernel that lacks it.
 */
struct sandbox {
    const char *const *writable; /* folders and files, NULL-ended; may be NULL. What does not
                                    exist is passed over: nothing can be written there */
    bool network;                /* keep sockets: for the child that fetches and parses nothing */
};

enum sandbox_level {
    SANDBOX_NONE,
    SANDBOX_LANDLOCK, /* a kernel without seccomp filters */
    SANDBOX_SECCOMP,  /* a kernel without Landlock */
    SANDBOX_FULL,
};

/* -1 only where the kernel refuses what it advertises; *ret_level tells what holds. */
int sandbox_enter(const struct sandbox *sandbox, enum sandbox_level *ret_level, struct err *err);
const char *sandbox_level_name(enum sandbox_level level);

#endif
