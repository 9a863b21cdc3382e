// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_ADVISORY_UPGRADE_H
#define HARDEN_JUDGE_ADVISORY_UPGRADE_H

#include "base/arena.h"

/* How a package of a language gets to a version, in the words of its own tool. */
struct upgrade {
    str command; /* absent where there is none, or a name would not be safe to paste */
    str note;    /* what else it takes; may be absent: "then build the program again" */
};
struct upgrade upgrade_of(struct arena *arena, str type, str name, str version);

#endif
