// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_IGNORE_FILE_H
#define HARDEN_APP_IGNORE_FILE_H

#include "app/command/command.h"
#include "judge/policy/policy.h"

#define IGNORE_FILE_OPTION(type, member)                                                           \
    {                                                                                              \
        .name = "ignore-file", .kind = OPTION_TEXT, .argument = "FILE",                            \
        .help = "waivers, a line each (default: the nearest .hardenignore; none: no file)",        \
        .offset = offsetof(type, member)                                                           \
    }

/* Gives the policy the waivers of that file, or of the nearest one where it is NULL. `rules` says
 * what is asked when the policy is applied; `tell` whether the report tells of bad waivers. */
int ignore_file_take(struct arena *arena, const char *given, const struct rule_settings *rules,
                     bool tell, struct policy *ret, struct err *err);

#endif
