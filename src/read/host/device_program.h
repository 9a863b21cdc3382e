// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_HOST_DEVICE_PROGRAM_H
#define HARDEN_READ_HOST_DEVICE_PROGRAM_H

#include "base/err.h"
#include "model/live.h"

/*
 * Which devices a cgroup of v2 may use, by the programs that the kernel asks (cgroups(7), type
 * BPF_PROG_TYPE_CGROUP_DEVICE): the instructions of each, one behind the other, as struct bpf_insn
 * of linux/bpf.h; no program at all forbids nothing. Gives lines as devices.list of v1 has them,
 * "c 1:3 rwm", "a *:* rwm" for everything. Where a program forbids single devices of those that a
 * line allows, the line stays: more is told rather than less. -1, with the reason, for programs
 * that are not understood: ERR_UNSUPPORTED, ERR_LIMIT, ERR_FORMAT.
 */
int device_programs_read(struct arena *arena, const struct str_list *programs, struct str_list *ret,
                         struct err *err);

#endif
