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
void terminal_end(struct terminal *terminal);

/* What the parts share. */
void terminal_heading(struct terminal *terminal, const char *words);
enum text_style terminal_severity_style(enum severity severity);
/* "1 critical, 6 high": the severities that occur, worst first, each in its colour. */
void terminal_counts(struct terminal *terminal, const size_t counts[SEVERITY_COUNT]);
size_t terminal_counts_columns(struct terminal *terminal, const size_t counts[SEVERITY_COUNT]);
/* Puts s at the right edge of this line where it fits, else at `indent` of a new one. */
void terminal_to_right(struct terminal *terminal, size_t columns, size_t indent);
/* "critical  CVE-2026-1  exploited  title", cut to the line. */
void terminal_finding(struct terminal *terminal, const struct finding *finding, size_t id_columns);
/* "layer 2/3", or absent. */
str terminal_layer(struct terminal *terminal, str layer);
/* The date part of an RFC 3339 time. */
str terminal_date(str time);

#endif
