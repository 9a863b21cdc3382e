// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_ADVISORY_MATCH_H
#define HARDEN_JUDGE_ADVISORY_MATCH_H

#include "judge/advisory/store.h"

/*
 * From packages to findings. Pure: reads facts and the store, appends to the report (packages,
 * findings of kind vulnerability, gaps for what no feed speaks of, end of life, feeds used).
 */
struct match_options {
    const char *today;   /* "2026-11-24": for end-of-life and the age of the data */
    unsigned stale_days; /* advisories older than this are a gap; 0 = never */
    bool packages_only;  /* nobody asked for vulnerabilities: list packages, compare nothing */
};

void match_packages(struct arena *arena, const struct fact_list *facts, const struct store *store,
                    const struct match_options *options, struct report *report);

/* One step of the reasoning about (id, package), for `harden explain ID --in TARGET`. */
struct verdict {
    struct package package;
    uint32_t layer;
    str path;          /* the database that records the package */
    str feed, updated; /* the feed that speaks, and its date */
    bool has_advisory;
    struct advisory advisory;
    bool affected;
    str reason; /* the rule applied, in one sentence: "3.0.11-1 >= 3.0.9-1: fixed" */
};
struct verdict_list VEC_BODY(struct verdict);

/* Why `id` is reported or not, for each installed package that a feed connects with it. Empty:
 * no feed connects it with anything installed; then *ret_elsewhere lists the source packages
 * that the feeds know it for (at most 20). */
void match_explain(struct arena *arena, const struct fact_list *facts, const struct store *store,
                   str id, struct verdict_list *ret, struct str_list *ret_elsewhere);

#endif
