// SPDX-License-Identifier: Apache-2.0
#include "app/database/parts.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* Seconds: when the line first shows, and how often it changes. */
static const double APPEARS_AFTER = 0.5, REDRAW_EVERY = 0.1;

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

void meter_start(struct meter *meter, const char *label, size_t all)
{
    *meter = (struct meter){
        .label = label,
        .all = all,
        .started = now(),
        .enabled = isatty(STDERR_FILENO) == 1,
    };
    pthread_mutex_init(&meter->mutex, NULL);
}

void meter_add(struct meter *meter, size_t done, size_t bytes)
{
    char size[16];
    pthread_mutex_lock(&meter->mutex);
    meter->done += done;
    meter->bytes += bytes;
    double at = now();
    if (meter->enabled && at - meter->started >= APPEARS_AFTER &&
        at - meter->drawn >= REDRAW_EVERY) {
        meter->drawn = at;
        meter->visible = true;
        fprintf(stderr, "\r\033[K  %s: %zu of %zu, %s", meter->label, meter->done, meter->all,
                str_size(meter->bytes, size));
        fflush(stderr);
    }
    pthread_mutex_unlock(&meter->mutex);
}

void meter_stop(struct meter *meter)
{
    if (meter->visible)
        fputs("\r\033[K", stderr);
    pthread_mutex_destroy(&meter->mutex);
}
