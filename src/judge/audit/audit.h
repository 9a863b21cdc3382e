// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_AUDIT_AUDIT_H
#define HARDEN_JUDGE_AUDIT_AUDIT_H

#include "judge/advisory/store.h"
#include "judge/rule/rule.h"
#include "model/audit.h"

/*
 * The door of judge/audit: from what was seen of a machine and its engines to the controls of a
 * benchmark (data/cis_docker.tsv) and findings: one for each control that fails, for what no
 * control asks about, and for flaws of the engine's parts and of the kernel
 * (data/engine_cves.tsv).
 */
struct audit_options {
    const char *benchmark; /* "cis-1.6.0", "cis-1.7.0", "cis-1.8.0" */
    const str *only;       /* patterns of control numbers ("2.*"); none: everything */
    size_t only_count;
    const struct rule_settings *rules;
    const struct store *store; /* what distributions have fixed; NULL: it is not known */
};

/* "cis-1.8.0 cis-1.7.0 cis-1.6.0": for the command line. */
#define AUDIT_BENCHMARKS "cis-1.8.0 cis-1.7.0 cis-1.6.0"

/* Whether the pattern fits any control of that benchmark. */
bool audit_has_control(const char *benchmark, str pattern);

/* What is known of a flaw of the engine's parts or the kernel: several parts may have the same one,
 * `index` counts them from 0. False where there is none, or no more. */
struct audit_flaw {
    str component, title, fixed; /* fixed: the first version of each branch, by commas */
    str condition;               /* its name: "root-container"; "any" for none */
};
bool audit_find_flaw(str id, size_t index, struct audit_flaw *ret);

/* The engine that a daemon of this host is; NULL where none of those that answered. */
const struct engine_facts *audit_engine_of(struct arena *arena, const struct host *host,
                                           const struct engine_facts_list *engines,
                                           const struct host_daemon *daemon);

/*
 * Appends to report->controls and report->findings, and takes the gaps of what was read. With
 * several engines a control has one verdict: the worst, with the evidence of the engine it is of.
 */
void audit_judge(struct arena *arena, const struct host *host,
                 const struct engine_facts_list *engines, const struct audit_options *options,
                 struct report *report);

/* Flaws of the kernel, each with whether this container reaches it: its capabilities and the filter
 * that the kernel has of it decide. Appended to report->findings, at the container. */
struct container_view;
void audit_judge_container(struct arena *arena, const struct container_view *view,
                           const struct store *store, struct report *report);

#endif
