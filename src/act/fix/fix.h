// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_ACT_FIX_FIX_H
#define HARDEN_ACT_FIX_FIX_H

#include "base/err.h"
#include "model/report.h"
/* The door of the folder: what is changed on machines. */
#include "act/fix/host.h"
#include "act/fix/suggest.h"

/*
 * The door of act/fix: from findings to edits, from edits to a new text and a diff. Nothing here
 * reads or writes a file.
 *
 * How a rule's finding is repaired is a row in a table of act/fix/repair/, one file a family; a
 * rule without a row has no repair.
 */

/* Adds edits to the open findings of the report from index `first` on that have none yet and whose
 * repair is known. For formats that show fixes, for editors, and for fix_run(). */
void fix_attach(struct arena *arena, struct report *report, size_t first);

/* Whether rules of that id are ever repaired, and how far that can be trusted; for help texts. */
bool fix_is_known(str rule, enum edit_level *ret_level);

/* The text with the edits made. False, and nothing made, where they overlap, are out of order or
 * leave the text. Edits of other paths are passed over. */
bool fix_apply(struct arena *arena, str path, str text, const struct edit_list *edits,
               str *ret_text);

/*
 * Fixes a file to the end: takes one finding after the other, makes its edits, judges the new
 * text, and keeps the edit only if that is proven: the finding is gone, no rule has more findings
 * than before, and as many stages or containers are declared. What is fixed is judged again, so one
 * fix may make room for the next.
 */
struct fix_step {
    const struct finding *finding; /* strings live in the run's arena */
    bool made;
    const char *why_not; /* where it was not made */
};
struct fix_step_list VEC_BODY(struct fix_step);

struct fix_run {
    struct arena *arena; /* of the results */
    str path;            /* as in the findings' locations */
    enum edit_level level;
    /* Judges a version of the file: findings with their edits, waivers marked. The report and what
     * its findings point to live in `arena`. */
    int (*judge)(void *context, struct arena *arena, str text, struct report *ret, struct err *err);
    /* Whether to make that step (--interactive); `after` is the text it would give. NULL: yes. */
    bool (*ask)(void *context, const struct finding *finding, str before, str after);
    /* Whether findings of that rule may be repaired at all (--only, --ignore). NULL: yes. */
    bool (*wanted)(void *context, const struct finding *finding);
    void *context;
    /* Filled: */
    str text; /* what it is now */
    struct fix_step_list steps;
    size_t left;            /* open findings in the new text */
    struct str_list others; /* files in which some of those stand, as they were met */
    size_t unsafe;          /* of those, the ones whose repair has a level that was not asked for */
    bool out_of_budget;     /* a huge file: some findings were not tried */
};

/* Starts from `text`; -1 only where judging fails. */
int fix_run(struct fix_run *run, str text, struct err *err);

/*
 * A unified diff (as `diff -u` writes it, three lines of context), absent where the texts are
 * equal. Names stand behind "--- " and "+++ ".
 */
str fix_diff(struct arena *arena, str old_name, str new_name, str before, str after);

#endif
