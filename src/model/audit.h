// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_AUDIT_H
#define HARDEN_MODEL_AUDIT_H

#include "model/engine.h"
#include "model/host.h"

/* What the rules of a host look at, and how they answer: a control of a benchmark wants to know
 * not only what is wrong, but also that it is right, that it does not apply, or that nobody can
 * tell. */
struct check {
    enum control_result result;
    str evidence;
    str remedy; /* for this case; empty: the rule's own */
    struct place place;
    enum severity severity; /* of the finding, where it fails */
};

struct host_view {
    const struct host *host;           /* never NULL */
    const struct engine_facts *engine; /* NULL where none answered */
    const struct host_daemon *daemon;  /* of that engine; NULL where it runs elsewhere, or none */
    str parameter;                     /* of the control: "docker.socket 644" */
    struct check *check;               /* the answer */
};

#endif
