// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_FIX_FIX_H
#define HARDEN_APP_FIX_FIX_H

#include "app/texts/texts.h"

struct fix_settings {
    struct texts_settings texts;
    struct option_list rules, engines, secrets; /* engines: addresses */
    const char *color;
    bool write, unsafe, interactive, check, quiet, verify_build, host;
};

/* `harden fix`: the run of its command. */
int fix_files(const struct invocation *invocation, struct err *err);

#endif
