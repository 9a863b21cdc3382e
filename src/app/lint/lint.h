// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_LINT_LINT_H
#define HARDEN_APP_LINT_LINT_H

#include "app/texts/texts.h"
#include "app/output.h"

struct lint_settings {
    struct texts_settings texts;
    struct output_settings output;
    const char *fail_on, *threshold, *changed_since, *baseline, *compat, *path_in_report;
    struct option_list error, warning, info, style;
    bool allow_gaps, quiet, no_fail, no_color;
};

/* `harden lint`: the run of its command. */
int lint_run(const struct invocation *invocation, struct err *err);

/* Fills what is open from hadolint's own variables (HADOLINT_IGNORE ...). */
void lint_take_environment(struct arena *arena, struct lint_settings *settings);

/* The complete report of one file, for `harden scan FILE`; gives the exit code. In the sandbox. */
int lint_target(const struct invocation *invocation, const char *target,
                const struct texts_settings *settings, const struct policy *policy,
                struct report *ret, struct err *err);

#endif
