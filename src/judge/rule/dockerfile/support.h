// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_RULE_DOCKERFILE_SUPPORT_H
#define HARDEN_JUDGE_RULE_DOCKERFILE_SUPPORT_H

#include "model/image_name.h"

/* Whether what an image carries, by its name and tag, gets no security updates any more. */
struct support_end {
    str what; /* "debian 9", "python 2.7" */
    str date; /* the last day of security updates */
};
/* The first thing in it that had ended before `today` ("2026-11-24"); false: nothing is known. */
bool support_ended(struct arena *arena, const struct image_name *image, str today,
                   struct support_end *ret);

#endif
