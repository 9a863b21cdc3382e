// SPDX-License-Identifier: Apache-2.0
#include "app/command/command.h"
#include "judge/rule/rule.h"

#include <stdio.h>
#include <string.h>

/* docs/rules.md is what this prints; `make docs` writes it. */

static void put_code(const char *text)
{
    str rest = str_from(text), line;
    fputs("```\n", stdout);
    while (str_next_line(&rest, &line))
        printf("%.*s\n", STR_ARG(line));
    fputs("```\n\n", stdout);
}

/* Markdown would take these for markup. */
static void put_text(const char *text)
{
    for (; *text; text++) {
        if (*text == '<' || *text == '*' || *text == '_')
            putchar('\\');
        putchar(*text);
    }
}

static void put_rule(const struct rule *rule)
{
    printf("### %s\n\n**", rule->id);
    put_text(rule->title);
    printf("** (%.*s, %.*s%s)\n\n", STR_ARG(severity_name(rule->severity)),
           STR_ARG(rule_class_name(rule->class)), rule->off ? ", off by default" : "");
    put_text(rule->why);
    fputs("\n\nWhat to do: ", stdout);
    put_text(rule->fix);
    fputs("\n\n", stdout);
    if (rule->bad && *rule->bad) {
        fputs("Bad:\n\n", stdout);
        put_code(rule->bad);
    }
    if (rule->good && *rule->good) {
        fputs("Good:\n\n", stdout);
        put_code(rule->good);
    }
    for (const char *const *alias = rule->aliases; *alias; alias++)
        printf("%s%s", alias == rule->aliases ? "Elsewhere: " : ", ", *alias);
    if (rule->aliases[0])
        fputs("\n\n", stdout);
    for (const char *const *reference = rule->references; *reference; reference++)
        printf("%s<%s>", reference == rule->references ? "See " : ", ", *reference);
    if (rule->references[0])
        fputs("\n\n", stdout);
}

static int run(const struct invocation *invocation, struct err *err)
{
    (void)invocation;
    (void)err;
    size_t count = 0;
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule))
        count++;
    printf(
        "<!-- made by `make docs`; do not edit -->\n# Rules\n\nAll %zu of them, by family. `harden "
        "explain ID` shows one; an id that another tool gives\na rule works wherever ours does.\n\n",
        count);
    for (const struct rule_family *const *family = rule_families(); *family; family++) {
        /* A family may have several files. */
        if (family == rule_families() || strcmp(family[-1]->name, (*family)->name) != 0)
            printf("## %s\n\n", (*family)->name);
        for (size_t i = 0; i < (*family)->count; i++)
            put_rule(&(*family)->rules[i]);
    }
    return 0;
}

const struct command command_rules = {
    .name = "rules",
    .summary = "print the reference of all rules, in Markdown",
    .usage = "",
    .description = "What docs/rules.md is made from.",
    .hidden = true,
    .run = run,
};
