// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_ACT_REPORT_TERMINAL_TERMINAL_H
#define HARDEN_ACT_REPORT_TERMINAL_TERMINAL_H

#include "act/report/render.h"

/*
 * The parts of the terminal report, in the order they are shown: the decision first (what was
 * looked at and how completely, the grade, what to do), then the evidence.
 */
struct terminal {
    struct text text;
    struct arena *arena;
    const struct report *report;
    const struct render_options *options;
};

void terminal_head(struct terminal *terminal);
void terminal_actions(struct terminal *terminal);
void terminal_findings(struct terminal *terminal);
void terminal_packages(struct terminal *terminal);
/* The controls of a benchmark: their numbers of verdicts, and one by one. */
void terminal_control_counts(struct terminal *terminal);
void terminal_controls(struct terminal *terminal);
/* Of containers that run, where --verbose asks: processes, changed files, verdicts on calls. */
void terminal_containers(struct terminal *terminal);
void terminal_end(struct terminal *terminal);
/* The same of a report about text files. */
void terminal_file_head(struct terminal *terminal);
void terminal_file_findings(struct terminal *terminal);
void terminal_file_end(struct terminal *terminal);
void terminal_diff(struct terminal *terminal, const struct report *before,
                   const struct report_diff *diff);

/* Findings that one thing removes: of one source package, or of one rule. */
struct finding_refs VEC_BODY(const struct finding *);
struct group {
    const struct finding *first;  /* the worst */
    struct finding_refs findings; /* one for each id, whatever the number of binaries */
    struct str_list packages;     /* binaries */
    str fixed_version;            /* that removes them all */
    size_t counts[SEVERITY_COUNT];
};
struct group_list VEC_BODY(struct group);

/* Groups in order of their worst finding; `findings` are in order of risk. */
struct group_list terminal_group(struct terminal *terminal, const struct finding_refs *findings);
/* Folds what is long, unless verbose. */
void terminal_groups(struct terminal *terminal, struct group_list *groups);

/* What the parts share. */
void terminal_heading(struct terminal *terminal, const char *words);
enum text_style terminal_severity_style(enum severity severity);
/* "1 critical, 6 high": the severities that occur, worst first, each in its colour. */
void terminal_counts(struct terminal *terminal, const size_t counts[SEVERITY_COUNT]);
size_t terminal_counts_columns(struct terminal *terminal, const size_t counts[SEVERITY_COUNT]);
/* Puts s at the right edge of this line where it fits, else at `indent` of a new one. */
void terminal_to_right(struct terminal *terminal, size_t columns, size_t indent);
enum text_style terminal_grade_style(char grade);
/* "layer 2/3", or absent. */
str terminal_layer(struct terminal *terminal, str layer);
/* The date part of an RFC 3339 time. */
str terminal_date(str time);

#endif
