// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_CHECKLIST_CHECKLIST_H
#define HARDEN_JUDGE_CHECKLIST_CHECKLIST_H

#include "model/report.h"

/*
 * The beginner's checklist: a few questions, answered from reports that were made before. Pure: it
 * looks at findings and controls, and finds nothing of its own.
 */
enum checklist_answer { CHECKLIST_YES, CHECKLIST_NO, CHECKLIST_CANNOT_TELL };
str checklist_answer_name(enum checklist_answer answer); /* "yes", "no", "cannot tell" */

/* What was looked at; NULL or none: it was not. Reports are complete (policy was applied). */
struct checklist_sources {
    const struct report *files, *containers, *host;
    const struct report *const *images;
    size_t image_count;
    /* Of the containers: how many there are, how many have a profile of their own (seccomp,
     * AppArmor or SELinux), and one that has none. */
    size_t container_count, profile_count;
    str without_profile;
    str project, image; /* as words of a shell, for commands; may be empty */
};

struct checklist_line {
    const char *id;       /* "low-privilege-user" */
    const char *question; /* what holds where the answer is yes */
    enum checklist_answer answer;
    str evidence;   /* what was seen, or what was missing to see it */
    size_t against; /* how many findings say no */
    str fix;        /* a command, or an order; only where the answer is not yes */
    str explain;    /* what `harden explain` tells more about; never empty */
};
struct checklist_lines VEC_BODY(struct checklist_line);

struct checklist_lines checklist_answer(struct arena *arena,
                                        const struct checklist_sources *sources);

#endif
