// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_BASE_WORK_H
#define HARDEN_BASE_WORK_H

#include <stddef.h>

/*
 * Calls task(context, index) for every index in [0, count) on up to `jobs` threads and returns
 * when all are done. Indices are handed out in order. jobs <= 1 runs in the caller's thread.
 * Tasks share nothing but what the context makes safe; results are joined by index afterwards,
 * so that the outcome does not depend on the number of threads.
 */
typedef void work_task(void *context, size_t index);
void work_parallel(size_t jobs, size_t count, work_task *task, void *context);
/* The processors this process may use; at least 1. */
size_t work_processors(void);

#endif
