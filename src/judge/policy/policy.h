// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_POLICY_POLICY_H
#define HARDEN_JUDGE_POLICY_POLICY_H

#include "judge/waiver/waiver.h"
#include "model/report.h"

/* The severity that somebody gives the findings of a rule, by its id or an alias. */
struct severity_override {
    str rule;
    enum severity severity;
};

/* Thresholds, waivers and the grade. Policy marks findings; it never deletes them. */
struct policy {
    bool fail_on_none;     /* --fail-on none */
    enum severity fail_on; /* default high */
    unsigned kinds;        /* bit per enum finding_kind; 0 = all */
    const str *ignore;     /* ids and aliases, waived with reason "--ignore" */
    size_t ignore_count;
    const struct severity_override *overrides; /* the last one of a rule counts */
    size_t override_count;
    bool allow_gaps;
    const struct waiver_file *waivers; /* a file of them; NULL: none */
    const struct rule_settings *rules; /* with waivers: what was asked */
    bool tell_waivers;                 /* what is wrong with them is part of the report */
};

/* Marks waived findings, counts, computes risk, grade and actions; then the report is complete
 * but for its order: report_sort() comes after. */
void policy_apply(struct arena *arena, const struct policy *policy, struct report *report);

/*
 * Marks open findings that an earlier report has too as waived, "in the baseline NAME". They are
 * the same by fingerprint, which knows the words of the line and not its number; where a report
 * has more of one kind than the baseline, the ones too many stay open.
 */
void baseline_apply(struct arena *arena, const struct report *baseline, const char *name,
                    struct report *report);

/* 0, 1 or 3, as the command line promises. */
int policy_exit_code(const struct policy *policy, const struct report *report);

/*
 * How much an open finding matters, to put the worst first; 0 for one that is not open:
 *
 *     risk = severity x (1 + 4 x EPSS) x (fixable ? 1 : 1/2) x (not reached ? 1/2 : 1),
 *            and 1000 more if in CISA's KEV
 *
 * where severity is 20 for critical, 10 high, 4 medium, 1 low, 0.1 info. So what is known to be
 * exploited comes first; a flaw that is likely to be attacked (EPSS near 1) overtakes one that is
 * a step more severe but never seen; of two alike, the one that can be removed now is first, and
 * one that what the entry point starts can get to before one that it cannot.
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
