// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_AUDIT_LOOK_H
#define HARDEN_APP_AUDIT_LOOK_H

#include "app/audit/audit.h"
#include "model/live.h"
#include "read/secret/secret.h"

/*
 * A closer look at one container that runs: what takes more than /proc alone. Between the files of
 * app/audit.
 */

/* Most containers of a machine have the same filters: these are asked once. */
struct surveyed {
    const struct live_filter_list *filters;
    uint64_t capabilities;
    const struct live_calls *calls; /* NULL where they are no programs */
};

struct look {
    struct machine *machine;
    struct secret_finder *secrets; /* NULL: without, and why */
    struct err no_secrets;
    bool no_files; /* leave the container's own layer alone */
    VEC(struct surveyed) surveyed;
};

/* Before the sandbox; what is not there becomes a gap of the reports. */
void look_open(struct look *look, struct machine *machine, const struct audit_settings *settings);
void look_close(struct look *look);

/* The verdict on every call; NULL where the filters were not read, or are no programs. */
const struct live_calls *look_at_calls(struct look *look, const struct live_container *actual);
/* Fills what was changed against the image, and secrets of its processes; gaps go to the report. */
void look_into(struct look *look, const struct container_view *view, struct live_container *actual,
               struct report *report);

#endif
