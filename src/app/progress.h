// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_PROGRESS_H
#define HARDEN_APP_PROGRESS_H

#include "read/image/image.h"

#include <pthread.h>

/*
 * A line on stderr, on a terminal only, for work that takes longer than half a second: layers and
 * bytes done, and the time left where the whole is known. It is wiped when the work ends.
 */
struct progress {
    pthread_mutex_t mutex;
    const char *label;
    double started, drawn;
    bool enabled, visible;
};

/* Fills `hook` so that image_read() reports to `progress`; both live until progress_stop(). */
void progress_start(struct progress *progress, struct image_progress *hook, const char *label);
void progress_stop(struct progress *progress);

#endif
