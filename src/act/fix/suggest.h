// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_ACT_FIX_SUGGEST_H
#define HARDEN_ACT_FIX_SUGGEST_H

#include "model/engine.h"

/*
 * How a container would be made anew with what it needs and no more: what its record says of its
 * work (image, command, variables, volumes, ports, names), and the strict choice for everything
 * that rules about containers ask for. What is left out or guessed is said. Nothing is run.
 */
struct suggestion {
    struct str_list notes;    /* what was left out or guessed, one sentence each */
    struct workload workload; /* the container as it should be */
    str network;              /* that must be made for it; empty: none */
    bool is_podman;
};

/* `engine` is the one that recorded it; its images tell which variables need no mention. */
void suggest_harden(struct arena *arena, const struct engine_facts *engine,
                    const struct engine_container *container, const struct workload *record,
                    struct suggestion *ret);

/* Commands for a shell, one a line: every word is quoted as it needs to be. */
struct str_list suggest_run(struct arena *arena, const struct suggestion *suggestion);
/* A compose file with that one service. */
str suggest_compose(struct arena *arena, const struct suggestion *suggestion);
/* A pod. What it mounts is named, and must be given by its owner. */
str suggest_kubernetes(struct arena *arena, const struct suggestion *suggestion);

/* One word for a POSIX shell that stands for exactly these bytes; other bytes than ASCII text need
 * bash's or POSIX 2024's $'...'. */
str suggest_quote(struct arena *arena, str word);

#endif
