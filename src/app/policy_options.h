// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_POLICY_OPTIONS_H
#define HARDEN_APP_POLICY_OPTIONS_H

#include "app/command/command.h"
#include "judge/policy/policy.h"
#include "judge/rule/rule.h"

/* What the options that several commands share say about a policy. */

/* --fail-on: a severity, or "none"; NULL changes nothing. */
void policy_take_threshold(struct policy *policy, const char *fail_on);
/* --only: bits of enum finding_kind; ERR_USAGE for what is no kind. */
int policy_take_kinds(const struct option_list *only, unsigned *ret, struct err *err);
/* --require-label: NAME:TYPE; ERR_USAGE for another form and for a type that is none. */
int policy_take_label(const char *given, struct label_rule *ret, struct err *err);
/* --ignore: ids, kinds, paths, in place of those that the policy had. */
void policy_take_ignored(struct arena *arena, const struct option_list *ignore,
                         struct policy *policy);

#endif
