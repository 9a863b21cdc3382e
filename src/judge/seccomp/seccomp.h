// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_SECCOMP_SECCOMP_H
#define HARDEN_JUDGE_SECCOMP_SECCOMP_H

#include "model/live.h"

/*
 * The door of judge/seccomp: what filters on system calls do with a call (seccomp(2), classic BPF
 * as in the kernel's networking/filter). Nothing is called: the programs are run over a
 * description of the call. They come from the kernel, and are not trusted for that.
 */
struct seccomp_call {
    uint32_t arch; /* AUDIT_ARCH_... */
    uint32_t number;
    uint64_t arguments[6];
};

/* What all filters of a process together do: the strictest holds. False where one of them is no
 * valid program, or does not come to an end within its length. */
bool seccomp_ask(const struct live_filter_list *filters, const struct seccomp_call *call,
                 enum seccomp_verdict *ret);
/* The same; *ret is SECCOMP_RET_..., with its data. */
bool seccomp_run(const struct live_filter_list *filters, const struct seccomp_call *call,
                 uint32_t *ret);

/* Asks about every system call of this machine (data/syscalls.tsv), and about those whose arguments
 * matter with several. `capabilities`: bits of what the container has, on which default profiles
 * (data/seccomp_default.tsv) depend. False as for seccomp_ask(), and on machines that it knows no
 * numbers of. */
bool seccomp_survey(struct arena *arena, const struct live_filter_list *filters,
                    uint64_t capabilities, struct live_calls *ret);
/* The call of that name; NULL where there is none. */
const struct live_call *seccomp_find(const struct live_calls *calls, str name);

#endif
