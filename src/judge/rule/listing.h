// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_RULE_LISTING_H
#define HARDEN_JUDGE_RULE_LISTING_H

#include "judge/rule/rule.h"
#include "model/image_view.h"

/* Files that one rule has something to say about, as one finding: "12 files, 3.4 MiB: a, b, c and 9
 * more". An image with thousands of them must not bury the rest of the report. */
struct listing {
    struct rule_run *run;
    const struct image_view *view;
    size_t count;
    uint64_t bytes;
    str names;
    struct location first;
};

/* `note` stands behind the path in brackets; may be empty. */
void listing_add(struct listing *listing, const struct file *file, str note);
/* The same for what is no file of the tree, with the bytes that it takes. */
void listing_add_name(struct listing *listing, str name, uint64_t bytes, str note);
/* A finding of run->rule with everything that was added, behind `what`; NULL if nothing was. */
struct finding *listing_report(struct listing *listing, const char *what);

/* A finding about one file of the tree. */
struct finding *rule_found_file(struct rule_run *run, const struct image_view *view,
                                const struct file *file, const char *evidence, ...)
    __attribute__((format(printf, 4, 5)));
struct location rule_location_of(struct rule_run *run, const struct image_view *view,
                                 const struct file *file);
/* Where a fact stands: its file, in the layer that the file is of. */
struct location rule_location_of_fact(const struct image_view *view, const struct fact *fact,
                                      uint64_t line);

#endif
