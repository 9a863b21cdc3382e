// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_CHECKLIST_CHECKLIST_H
#define HARDEN_APP_CHECKLIST_CHECKLIST_H

#include "app/audit/audit.h"
#include "app/texts/texts.h"

struct checklist_settings {
    struct texts_settings texts; /* no rows of its own: as lint does by default */
    struct target_settings target;
    struct advisory_settings advisories;
    struct output_settings output;
    const char *image;
    bool no_host, allow_gaps;
};

/* `harden checklist`: the run of its command. */
int checklist_run(const struct invocation *invocation, struct err *err);

#endif
