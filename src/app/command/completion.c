// SPDX-License-Identifier: Apache-2.0
#include "app/cli/cli.h"

static int run(const struct invocation *invocation, struct err *err)
{
    if (!str_eq(str_from(invocation->operands[0]), STR("bash")))
        return err_set(err, ERR_UNSUPPORTED, "there is no completion for %s; there is one for bash",
                       invocation->operands[0]);
    cli_bash(stdout);
    return 0;
}

const struct command command_completion = {
    .name = "completion",
    .summary = "print the shell's completion of harden",
    .usage = "bash",
    .description = "Prints a script that makes bash complete commands, options and their values. "
                   "`make install` puts it where bash-completion finds it.",
    .examples =
        (const struct example[]){
            {". <(harden completion bash)", "in this shell, now"},
            {"harden completion bash > ~/.local/share/bash-completion/completions/harden",
             "for every shell of yours"},
            {0},
        },
    .least_operands = 1,
    .most_operands = 1,
    .run = run,
};
