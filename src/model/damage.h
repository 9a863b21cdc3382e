// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_DAMAGE_H
#define HARDEN_MODEL_DAMAGE_H

#include "model/collector.h"

/* Damaged records of one file: the first LIMIT_FILE_GAPS become gaps, the others are counted, so
 * that a file of nothing but damage cannot flood the report. */
struct damage {
    struct collect *to;
    str path;
    size_t count;
};

void damage_add(struct damage *damage, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* At the end of the file: one gap for those that were not named. */
void damage_end(struct damage *damage);

#endif
