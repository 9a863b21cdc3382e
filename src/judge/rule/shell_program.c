// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/rule.h"

/* Made from what ShellCheck says, where it is installed and wanted. */
static const struct rule rules[] = {
    {
        .id = "shell/shellcheck",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_CORRECTNESS,
        .title = "ShellCheck has something to say about this script",
        .why = "ShellCheck is a program that knows hundreds of mistakes that people make in shell "
               "scripts. Each has a number and a page that explains it; the finding names them.",
        .fix = "Read the page of that number, and change the script as it says.",
        .bad = "FROM debian:13\nRUN if [ -n $1 ]; then make; fi\n",
        .good = "FROM debian:13\nRUN if [ -n \"$1\" ]; then make; fi\n",
        .references = {"https://www.shellcheck.net/wiki/"},
    },
};

const struct rule_family rule_shell_program = {"shell", rules, sizeof(rules) / sizeof(rules[0])};
