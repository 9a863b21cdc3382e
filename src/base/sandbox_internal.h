// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_BASE_SANDBOX_INTERNAL_H
#define HARDEN_BASE_SANDBOX_INTERNAL_H

#include "base/sandbox.h"

struct sock_filter;

/* Between base/sandbox*.c and their tests only. */

/* The Landlock half, for a kernel that knows the interface up to version `abi`. */
int sandbox_restrict_files(const struct sandbox *sandbox, int abi, struct err *err);

/* The seccomp half. Everything is allowed but what is listed: a scanner's libc,
 * allocator and sanitizer differ too much for a list of what is allowed. */
struct sandbox_filter {
    bool network;  /* sockets stay */
    bool writing;  /* opening for writing stays: Landlock says where, or nobody can */
    bool landlock; /* Landlock holds, so openat2() may stay */
    int pid;       /* the only process that may be signalled */
};

/* Built with AddressSanitizer, whose leak check needs rights that are otherwise taken. */
#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANDBOX_SANITIZED 1
#endif
#endif
#ifndef SANDBOX_SANITIZED
#define SANDBOX_SANITIZED 0
#endif

enum { SANDBOX_FILTER_MAX = 1024 };

/* Writes the program to `to` (SANDBOX_FILTER_MAX instructions) and returns its length. */
size_t sandbox_filter_build(const struct sandbox_filter *filter, struct sock_filter *to);

#endif
