// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_ACT_REPORT_HADOLINT_H
#define HARDEN_ACT_REPORT_HADOLINT_H

#include "model/report.h"

#include <stdio.h>

/*
 * What hadolint would print, for pipelines that read its output: findings that it has a name for
 * (DL..., SC...), with its levels. docs/HADOLINT.md tells what differs.
 */
enum hadolint_severity {
    HADOLINT_IS_ERROR,
    HADOLINT_IS_WARNING,
    HADOLINT_IS_INFO,
    HADOLINT_IS_STYLE,
    HADOLINT_IS_OFF, /* not asked unless the user gives the rule a level */
};

/* A level that the user gives a rule. */
struct hadolint_rule_level {
    str code;
    enum hadolint_severity level;
};
struct hadolint_rule_levels VEC_BODY(struct hadolint_rule_level);

struct hadolint_output {
    const char *format; /* "tty", "json", "checkstyle", "codeclimate", "gitlab_codeclimate", "gnu",
                           "codacy", "sonarqube", "sarif", "junit" */
    const struct hadolint_rule_levels *levels;
    str path; /* instead of each finding's own; empty: its own */
    bool color;
};

/* Its name for the finding; absent where it has none. */
str hadolint_code(const struct finding *finding);
/* Whether it asks that rule without being told to. */
bool hadolint_is_on(str code);
enum hadolint_severity hadolint_level_of(const struct hadolint_rule_levels *levels,
                                         const struct finding *finding);

bool hadolint_has_format(const char *format);
void hadolint_render(const struct report *report, const struct hadolint_output *output, FILE *out);

#endif
