// SPDX-License-Identifier: Apache-2.0
#include "app/progress.h"

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

static void draw(struct progress *progress, double elapsed, size_t layers_done, size_t layers,
                 uint64_t bytes, uint64_t bytes_all)
{
    char done[16], all[16];
    fprintf(stderr, "\r\033[K  reading: %s", str_size(bytes, done));
    if (bytes_all)
        fprintf(stderr, " of %s", str_size(bytes_all, all));
    if (layers)
        fprintf(stderr, ", layer %zu of %zu", layers_done < layers ? layers_done + 1 : layers,
                layers);
    if (bytes_all > bytes && bytes > 0)
        fprintf(stderr, ", %.0f s left",
                elapsed * (double)(bytes_all - bytes) / (double)bytes + 0.5);
    fflush(stderr);
    progress->visible = true;
}

static void update(void *context, size_t layers_done, size_t layers, uint64_t bytes,
                   uint64_t bytes_all)
{
    struct progress *progress = context;
    pthread_mutex_lock(&progress->mutex);
    double at = now();
    if (at - progress->started >= APPEARS_AFTER && at - progress->drawn >= REDRAW_EVERY) {
        progress->drawn = at;
        draw(progress, at - progress->started, layers_done, layers, bytes, bytes_all);
    }
    pthread_mutex_unlock(&progress->mutex);
}

void progress_start(struct progress *progress, struct image_progress *hook, const char *label)
{
    *progress = (struct progress){.label = label, .started = now(), .enabled = isatty(2) == 1};
    pthread_mutex_init(&progress->mutex, NULL);
    *hook =
        (struct image_progress){.update = progress->enabled ? update : NULL, .context = progress};
}

void progress_stop(struct progress *progress)
{
    if (progress->visible)
        fputs("\r\033[K", stderr);
    pthread_mutex_destroy(&progress->mutex);
}
