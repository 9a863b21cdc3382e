// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_RULE_LIVE_LIVE_H
#define HARDEN_JUDGE_RULE_LIVE_LIVE_H

#include "judge/rule/rule.h"
#include "model/live.h"

/* What the rules of the family "live" share: they say where a container that runs is weaker than
 * its record. What the record admits is the business of the family "container". */

/* Whether that is so of a process. One that ended meanwhile is never asked about. */
typedef bool live_test(const struct container_view *view, const struct live_process *process);
/* "sh (pid 12), sleep (pid 13) and 3 more": the processes that pass; absent where none does. */
str live_processes(struct rule_run *run, const struct container_view *view, live_test *test);

/* A finding at the container; evidence as of workload_found(). */
#define live_found(run, view, ...) workload_found(run, (view)->workload, NULL, NULL, __VA_ARGS__)

/* Neither in the container's first process's user namespace nor above: what it has counts only
 * in a namespace that it made itself. */
bool live_is_nested(const struct container_view *view, const struct live_process *process);
bool live_is_privileged(const struct container_view *view);
/* Whether a list of options, "rw,nosuid", has that one. */
bool live_has_option(str options, const char *option);

#endif
