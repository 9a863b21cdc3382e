// SPDX-License-Identifier: Apache-2.0
#include "base/work.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { MOST_THREADS = 64 };

struct shared {
    atomic_size_t next;
    size_t count;
    work_task *task;
    void *context;
};

static void *run(void *argument)
{
    struct shared *shared = argument;
    for (;;) {
        size_t index = atomic_fetch_add(&shared->next, 1);
        if (index >= shared->count)
            return NULL;
        shared->task(shared->context, index);
    }
}

void work_parallel(size_t jobs, size_t count, work_task *task, void *context)
{
    struct shared shared = {.count = count, .task = task, .context = context};
    pthread_t threads[MOST_THREADS];
    size_t started = 0;
    if (jobs > count)
        jobs = count;
    if (jobs > MOST_THREADS)
        jobs = MOST_THREADS;
    /* One job is this thread's own; where a thread cannot be had, the others do its work. */
    while (started + 1 < jobs && pthread_create(&threads[started], NULL, run, &shared) == 0)
        started++;
    run(&shared);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

size_t work_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) < 0)
        return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? (size_t)count : 1;
}
