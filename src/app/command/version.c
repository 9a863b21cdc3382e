// SPDX-License-Identifier: Apache-2.0
#include "app/command/command.h"

#include <stdio.h>

static int run(const struct invocation *invocation, struct err *err)
{
    (void)invocation, (void)err;
    puts("harden " HARDEN_VERSION);
    return 0;
}

const struct command command_version = {
    .name = "version",
    .summary = "print the version",
    .usage = "",
    .description = "Prints one line: the name and the version. `harden --version` does the same.",
    .run = run,
};
