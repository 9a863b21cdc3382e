// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_POLICY_ACTION_H
#define HARDEN_JUDGE_POLICY_ACTION_H

#include "model/report.h"

/*
 * What to do about the open findings that can be removed now, without duplicates: for each
 * package type one action for everything where more than one source package needs it ("Upgrade 14
 * packages"), one for each source package, and one for each rule. An action that covers
 * everything lists the findings of the smaller ones again: they are ways to choose from, and
 * their figures do not add up.
 *
 * What would remove nothing worse than info is no action.
 *
 * Commands are meant to be pasted into a shell or a Dockerfile, and package names come from the
 * target: a name with anything but letters, digits and "+-.:_~" in it gets no command.
 */
struct action_list action_list(struct arena *arena, const struct report *report);

#endif
