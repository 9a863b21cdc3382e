// SPDX-License-Identifier: Apache-2.0
#include "app/cli/cli.h"

struct man_settings {
    bool list;
};

static const struct option options[] = {
    {.name = "list",
     .kind = OPTION_FLAG,
     .help = "print the names of the commands that have a page",
     .offset = offsetof(struct man_settings, list)},
    {0},
};

static int run(const struct invocation *invocation, struct err *err)
{
    const struct man_settings *settings = invocation->options;
    const struct command *command = NULL;
    if (settings->list) {
        for (const struct command *const *at = command_all(); *at; at++)
            if (!(*at)->hidden)
                puts((*at)->name);
        return 0;
    }
    if (invocation->operand_count) {
        command = command_by_name(str_from(invocation->operands[0]));
        if (!command)
            return err_set(err, ERR_USAGE, "there is no command %s", invocation->operands[0]);
    }
    cli_man(command, stdout);
    return 0;
}

const struct command command_man = {
    .name = "man",
    .summary = "print a manual page",
    .usage = "[COMMAND]",
    .description = "Prints harden(1), or the page of a command, in man(7) macros, made from the "
                   "same rows as --help. `make install` installs them all.",
    .options = options,
    .options_size = sizeof(struct man_settings),
    .examples =
        (const struct example[]){
            {"harden man scan | man -l -", "read a page without installing it"},
            {0},
        },
    .most_operands = 1,
    .hidden = true,
    .run = run,
};
