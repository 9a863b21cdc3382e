// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_ACT_FIX_HOST_H
#define HARDEN_ACT_FIX_HOST_H

#include "model/engine.h"
#include "model/host.h"

/*
 * What to change on a machine, in an order in which no step makes a later one harder: first what
 * disturbs nothing, then what keeps containers alive, then what restarts the daemon. Nothing is
 * changed here: the steps are for a person to read and run.
 */
struct host_step {
    str title;
    str text;                 /* a diff, a file or commands, to be copied as it stands */
    str then;                 /* a command that puts it into force; may be empty */
    str note;                 /* a sentence or two; may be empty */
    struct str_list disturbs; /* running containers, and how: "web: stops while ..." */
    bool disturbs_unknown;    /* it may disturb some, but no engine says which there are */
    struct str_list rules;    /* ids of findings that it removes */
};
struct host_step_list VEC_BODY(struct host_step);

/* From an audit's report with its findings; those that are not open make no step. What nobody
 * can decide but the owner (registries, plugins, log servers) makes no step either. */
void fix_host_plan(struct arena *arena, const struct host *host,
                   const struct engine_facts_list *engines, const struct report *report,
                   struct host_step_list *ret);

/*
 * A JSON object's text with one member set (`value` is JSON) or, where value is absent, taken out;
 * everything else stays as it is written. An empty text is an empty object. False where the text
 * is no object, or where the result would not be one.
 */
bool fix_json_member(struct arena *arena, str text, str key, str value, str *ret);

#endif
