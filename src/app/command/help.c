// SPDX-License-Identifier: Apache-2.0
#include "app/cli/cli.h"

static int run(const struct invocation *invocation, struct err *err)
{
    if (invocation->operand_count == 0) {
        cli_help(NULL, stdout);
        return 0;
    }
    const char *name = invocation->operands[0];
    const struct command *command = command_by_name(str_from(name));
    if (command) {
        cli_help(command, stdout);
        return 0;
    }
    const char *near = cli_nearest_command(str_from(name));
    return near ? err_set(err, ERR_USAGE, "there is no command %s; did you mean %s?", name, near)
                : err_set(err, ERR_USAGE, "there is no command %s; harden help lists all", name);
}

const struct command command_help = {
    .name = "help",
    .summary = "explain harden, or one of its commands",
    .usage = "[COMMAND]",
    .description = "Shows what `harden COMMAND --help` shows; without COMMAND, the list of "
                   "commands, the exit status and the environment.",
    .examples =
        (const struct example[]){
            {"harden help scan", "all options of a scan, with examples"},
            {0},
        },
    .most_operands = 1,
    .run = run,
};
