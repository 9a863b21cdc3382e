// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_POLICY_POLICY_H
#define HARDEN_JUDGE_POLICY_POLICY_H

#include "model/report.h"

/* Thresholds, waivers and the grade. Policy marks findings; it never deletes them. */
struct policy {
    bool fail_on_none;     /* --fail-on none */
    enum severity fail_on; /* default high */
    unsigned kinds;        /* bit per enum finding_kind; 0 = all */
    const str *ignore;     /* ids and aliases, waived with reason "--ignore" */
    size_t ignore_count;
    bool allow_gaps;
};

/* Marks waived findings, counts, computes risk, grade and actions; then the report is complete.
 * The grade's rule is documented in docs/grade.md and above its function. */
void policy_apply(struct arena *arena, const struct policy *policy, struct report *report);

/* 0, 1 or 3, as the command line promises. */
int policy_exit_code(const struct policy *policy, const struct report *report);

#endif
