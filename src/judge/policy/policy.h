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

/* Marks waived findings, counts, computes risk, grade and actions; then the report is complete
 * but for its order: report_sort() comes after. */
void policy_apply(struct arena *arena, const struct policy *policy, struct report *report);

/* 0, 1 or 3, as the command line promises. */
int policy_exit_code(const struct policy *policy, const struct report *report);

/*
 * How much an open finding matters, to put the worst first; 0 for one that is not open:
 *
 *     risk = severity x (1 + 4 x EPSS) x (fixable ? 1 : 1/2), and 1000 more if in CISA's KEV
 *
 * where severity is 20 for critical, 10 high, 4 medium, 1 low, 0.1 info. So what is known to be
 * exploited comes first; a flaw that is likely to be attacked (EPSS near 1) overtakes one that is
 * a step more severe but never seen; and of two alike, the one that can be removed now is first.
 */
double policy_risk(const struct finding *finding);

/*
 * The grade, from the open findings:
 *
 *     F  known to be exploited, or critical      D  high      C  medium      B  low      A  nothing
 *
 * where a flaw that nothing installable removes yet counts one step less (unfixed critical: D,
 * unfixed high: C, unfixed medium: B, unfixed low: A), except that a known exploited one is F
 * either way, and a distribution release past its end of life is D at best. A report with
 * coverage gaps gets no better than B. Info never counts.
 */
struct grade {
    char letter; /* 0: no grade, because there was nothing to check or no feed to check it with */
    const char *why; /* half a sentence for people: "a high flaw has a fix that ..." */
};
struct grade policy_grade(const struct report *report);

#endif
