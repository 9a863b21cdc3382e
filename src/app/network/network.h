// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_NETWORK_NETWORK_H
#define HARDEN_APP_NETWORK_NETWORK_H

#include "app/audit/audit.h"

/* Filled from the rows of `harden network`. */
struct network_settings {
    struct option_list hosts, seen;
    struct output_settings output;
    const char *root;
    bool allow_gaps;
};

/* `harden network` and `harden network explain A B:PORT`: the run of its command. */
int network_run(const struct invocation *invocation, struct err *err);

#endif
