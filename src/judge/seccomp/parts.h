// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_SECCOMP_PARTS_H
#define HARDEN_JUDGE_SECCOMP_PARTS_H

#include "judge/seccomp/seccomp.h"

/* Between the files of judge/seccomp. */

/* Of SECCOMP_RET_...; unknown ones end the process. */
enum seccomp_verdict seccomp_verdict_of(uint32_t action);

/* The bit of a capability, named without CAP_; 0 for one that is unknown. */
uint64_t seccomp_capability(str name);

/* What the default profile of an engine ("29", "20.10": data/seccomp_default.tsv) lets through on a
 * machine ("x86_64") for a container that has those capabilities. */
struct seccomp_profile;
const struct seccomp_profile *seccomp_profile_read(struct arena *arena, str engine, str machine,
                                                   uint64_t capabilities);
bool seccomp_profile_allows(const struct seccomp_profile *profile, str name,
                            const uint64_t arguments[6]);

#endif
