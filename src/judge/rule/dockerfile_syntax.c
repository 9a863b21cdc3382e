// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/rule.h"

/* What the parser had to complain about; rule_ask_dockerfile() makes the findings. */
static const struct rule rules[] = {
    {
        .id = "dockerfile/syntax-error",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_HIGH,
        .class = RULE_CORRECTNESS,
        .title = "Docker cannot read this instruction",
        .why = "The build stops here with an error. The rest of the file was checked all the same, "
               "but what this line was meant to do could not be.",
        .fix = "Correct the line as the message says.",
        .bad = "FROM debian:13\nCOPY app\n",
        .good = "FROM debian:13\nCOPY app /opt/app\n",
        .aliases = {"DL1000"},
    },
    {
        .id = "dockerfile/unknown-instruction",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_HIGH,
        .class = RULE_CORRECTNESS,
        .title = "There is no instruction of this name",
        .why = "Docker knows 18 instructions, and this is none of them, so the build stops here. "
               "Usually a letter is wrong, or a long command was not continued with a backslash "
               "and its second line is taken for an instruction.",
        .fix = "Correct the name, or put a backslash at the end of the line before.",
        .bad = "FROM debian:13\nRUNN make\n",
        .good = "FROM debian:13\nRUN make\n",
        .aliases = {"DL1000"},
    },
    {
        .id = "dockerfile/unknown-flag",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "The instruction does not take this flag",
        .why = "Docker stops at a flag that it does not know, that is given twice, or whose value "
               "makes no sense to it.",
        .fix = "Correct or remove the flag. If it belongs to the command and not to the "
               "instruction, put `--` before it.",
        .bad = "FROM debian:13\nCOPY --owner=1000 app /opt/app\n",
        .good = "FROM debian:13\nCOPY --chown=1000 app /opt/app\n",
        .aliases = {"DL1000"},
    },
    {
        .id = "dockerfile/instruction-before-from",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_HIGH,
        .class = RULE_CORRECTNESS,
        .title = "An instruction stands before the first FROM",
        .why = "An image is built on the base that FROM names. Before it there is nothing that "
               "could be changed, so the build stops. Only ARG may stand there, to be used in "
               "FROM lines.",
        .fix = "Move the instruction behind the FROM it belongs to.",
        .bad = "RUN make\nFROM debian:13\n",
        .good = "FROM debian:13\nRUN make\n",
        .aliases = {"DL3061"},
    },
    {
        .id = "dockerfile/bad-directive",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "A directive at the top of the file is wrong",
        .why = "The comments `# syntax=`, `# escape=` and `# check=` on the first lines tell "
               "Docker how to read the file. One that is given twice, or has a value that is not "
               "allowed, stops the build.",
        .fix = "Give each directive once. The escape character can only be \\ or `.",
        .bad = "# escape=^\nFROM debian:13\n",
        .good = "# escape=\\\nFROM debian:13\n",
    },
    {
        .id = "dockerfile/not-read-completely",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "A part of the file is too large to be checked",
        .why = "The file, or one instruction of it, passes a limit that ordinary Dockerfiles are "
               "far away from. What stands there was not looked at, so nothing can be said about "
               "it: treat it with suspicion.",
        .fix = "Make the file smaller: move data into files of its own and COPY them.",
        .bad = "FROM scratch\n"
               "ENV a=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"
               "ENV a=$a$a$a$a$a$a$a$a\nENV a=$a$a$a$a$a$a$a$a\nENV a=$a$a$a$a$a$a$a$a\n"
               "ENV a=$a$a$a$a$a$a$a$a\n",
        .good = "FROM scratch\nENV a=xxxxxxxx\n",
    },
};

const struct rule_family rule_dockerfile_syntax = {"dockerfile", rules,
                                                   sizeof(rules) / sizeof(rules[0])};
