// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/ask/run.h"

/*
 * What bash has and POSIX does not, in text that /bin/sh reads. Which program /bin/sh is depends on
 * the base: dash knows none of it, busybox most of it, and where it is bash itself all of it works.
 */
enum plain_shell { PLAIN_DASH, PLAIN_BUSYBOX, PLAIN_BASH };

static bool name_has(str name, const char *const *parts)
{
    for (; *parts; parts++)
        if (str_contains(name, str_from(*parts)))
            return true;
    return false;
}

static enum plain_shell shell_of_base(const struct stage *stage)
{
    static const char *const busybox[] = {"alpine",     "busybox", "wolfi",
                                          "chainguard", "openwrt", NULL};
    static const char *const bash[] = {"fedora", "centos",      "rocky",   "alma",       "ubi",
                                       "rhel",   "redhat",      "suse",    "archlinux",  "amazon",
                                       "photon", "oraclelinux", "mariner", "azurelinux", NULL};
    while (stage && stage->parent)
        stage = stage->parent;
    if (!stage)
        return PLAIN_DASH;
    if (name_has(stage->base.value, busybox))
        return PLAIN_BUSYBOX;
    return name_has(stage->base.value, bash) ? PLAIN_BASH : PLAIN_DASH;
}

/* Whether the script is read by a shell that lacks it. */
static bool lacks(const struct rule_run *run, const struct shell_script *script,
                  enum plain_shell knows)
{
    const struct instruction *instruction = run->subject.instruction;
    enum plain_shell shell = shell_of_base(run_stage(run));
    if (!run_is_build(run) || script->dialect != SHELL_SH || !script->root)
        return false;
    if (!instruction) /* of an image's history it is not known */
        return false;
    if (instruction && instruction->state->shell.count &&
        str_ends(instruction->state->shell.items[0], STR("ash")) &&
        !str_ends(instruction->state->shell.items[0], STR("dash")))
        shell = PLAIN_BUSYBOX;
    return shell < knows;
}

/* `bash -c '...'` in a script of sh is bash. */
static bool is_of_other_shell(const struct shell_command *command)
{
    for (; command; command = command->wrapper)
        if (command->from_string && command->wrapper && !shell_command_is(command->wrapper, "sh") &&
            !shell_command_is(command->wrapper, "eval"))
            return true;
    return false;
}

/* ---- the tree ---- */

struct visit {
    struct rule_run *run;
    void (*node)(struct rule_run *run, const struct shell_node *node);
};

static void walk(const struct visit *visit, const struct shell_node *node);

static void walk_words(const struct visit *visit, const struct shell_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        for (const struct shell_expansion *each = words->items[i].expansions; each;
             each = each->next)
            if (each->body)
                walk(visit, each->body);
}

static void walk(const struct visit *visit, const struct shell_node *node)
{
    visit->node(visit->run, node);
    walk_words(visit, &node->words);
    if (node->command) {
        walk_words(visit, &node->command->words);
        for (size_t i = 0; i < node->command->assignments.count; i++) {
            struct shell_words one = {&node->command->assignments.items[i].value, 1, 1};
            walk_words(visit, &one);
        }
    }
    for (const struct shell_node *child = node->first; child; child = child->next)
        walk(visit, child);
}

static void tell_test(struct rule_run *run, const struct shell_node *node)
{
    if (node->kind == SHELL_TEST)
        rule_found(run, node->span, "[[ ]] is not known to sh");
}

static void double_brackets(struct rule_run *run, const struct instruction *instruction)
{
    const struct shell_script *script = instruction->script;
    if (instruction->kind == INSTRUCTION_RUN && script && lacks(run, script, PLAIN_BUSYBOX))
        walk(&(struct visit){run, tell_test}, script->root);
}

static void double_equals(struct rule_run *run, const struct shell_command *command)
{
    if ((!shell_command_is(command, "[") && !shell_command_is(command, "test")) ||
        !lacks(run, command->script, PLAIN_BUSYBOX) || is_of_other_shell(command))
        return;
    for (size_t i = 1; i < command->words.count; i++) {
        const struct shell_word *word = &command->words.items[i];
        if (!str_eq(word->raw, STR("==")))
            continue;
        struct finding *finding = rule_found(run, word->span, "== is not known to sh");
        finding->subject->command = command;
        run_replace(run, finding, word->span, "=", EDIT_SAFE, "Compare with =");
    }
}

static void redirect_both(struct rule_run *run, const struct shell_command *command)
{
    if (!command->redirections.count || !lacks(run, command->script, PLAIN_BUSYBOX) ||
        is_of_other_shell(command))
        return;
    for (size_t i = 0; i < command->redirections.count; i++) {
        const struct shell_redirection *redirection = &command->redirections.items[i];
        if (redirection->kind != SHELL_WRITE_BOTH)
            continue;
        struct finding *finding =
            rule_found(run, redirection->span, "sh takes the & for: run it in the background");
        finding->subject->command = command;
        str text = arena_printf(run->arena, "%s%.*s 2>&1", redirection->append ? ">>" : ">",
                                STR_ARG(redirection->target.raw));
        run_replace(run, finding, redirection->span, text.ptr, EDIT_SAFE,
                    "Redirect both outputs as sh knows it");
    }
}

static void arrays(struct rule_run *run, const struct shell_command *command)
{
    if (!command->assignments.count || !lacks(run, command->script, PLAIN_BASH) ||
        is_of_other_shell(command))
        return;
    for (size_t i = 0; i < command->assignments.count; i++)
        if (command->assignments.items[i].array || command->assignments.items[i].index.len)
            rule_found(run, command->assignments.items[i].span, "%.*s is an array",
                       STR_ARG(command->assignments.items[i].name))
                ->subject->command = command;
}

static void echo_flags(struct rule_run *run, const struct shell_command *command)
{
    if (!shell_command_is(command, "echo") || command->words.count < 2 ||
        !lacks(run, command->script, PLAIN_BUSYBOX) || is_of_other_shell(command))
        return;
    str first = command->words.items[1].value;
    if (str_eq(first, STR("-e")) || str_eq(first, STR("-en")) || str_eq(first, STR("-ne")) ||
        str_eq(first, STR("-E")))
        rule_found(run, command->words.items[1].span, "echo of sh prints %.*s as text",
                   STR_ARG(first))
            ->subject->command = command;
}

static void set_pipefail(struct rule_run *run, const struct shell_command *command)
{
    if (!shell_command_is(command, "set") || !shell_has_word(command, "pipefail") ||
        !lacks(run, command->script, PLAIN_BUSYBOX) || is_of_other_shell(command))
        return;
    run_found(run, command, "`%.*s`: the build stops here where /bin/sh is dash",
              STR_ARG(run_words(run->arena, command)));
}

static void source_command(struct rule_run *run, const struct shell_command *command)
{
    if (!shell_command_is(command, "source") || !command->node ||
        !lacks(run, command->script, PLAIN_BUSYBOX) || is_of_other_shell(command))
        return;
    struct finding *finding =
        run_found(run, command, "`%.*s`", STR_ARG(run_words(run->arena, command)));
    run_replace(run, finding, command->words.items[0].span, ".", EDIT_SAFE, "Write a dot");
}

#define WHY                                                                                         \
    "RUN is read by /bin/sh unless SHELL says otherwise. On Debian and Ubuntu that is dash, which " \
    "is small and fast and does not know what bash added."
#define FIX_SHELL " Or put SHELL [\"/bin/bash\", \"-c\"] before the RUN."

static const struct rule rules[] = {
    {
        .id = "shell/double-brackets-in-sh",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "[[ ]] is not known to /bin/sh",
        .why = WHY " It looks for a program called [[, does not find it, and takes the answer for "
                   "no.",
        .fix = "Write [ ] with quotes around variables." FIX_SHELL,
        .bad = "FROM debian:13\nRUN if [[ -f /a ]]; then rm /a; fi\n",
        .good = "FROM debian:13\nRUN if [ -f /a ]; then rm /a; fi\n",
        .aliases = {"SC3010"},
        .references = {"https://www.shellcheck.net/wiki/SC3010"},
        .instruction = double_brackets,
    },
    {
        .id = "shell/double-equals-in-sh",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "== is not known to /bin/sh",
        .why = WHY " The comparison ends with an error, which counts as no.",
        .fix = "Write = instead." FIX_SHELL,
        .bad = "FROM debian:13\nARG A\nRUN if [ \"$A\" == yes ]; then make; fi\n",
        .good = "FROM debian:13\nARG A\nRUN if [ \"$A\" = yes ]; then make; fi\n",
        .aliases = {"SC3014"},
        .references = {"https://www.shellcheck.net/wiki/SC3014"},
        .command = double_equals,
    },
    {
        .id = "shell/redirect-both-in-sh",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "&> is not known to /bin/sh",
        .why = WHY " It runs the command in the background, empties the file, and goes on at once: "
                   "the build does not wait, and does not see an error.",
        .fix = "Write > file 2>&1." FIX_SHELL,
        .bad = "FROM debian:13\nRUN make &> /log\n",
        .good = "FROM debian:13\nRUN make > /log 2>&1\n",
        .aliases = {"SC3020"},
        .references = {"https://www.shellcheck.net/wiki/SC3020"},
        .command = redirect_both,
    },
    {
        .id = "shell/array-in-sh",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "/bin/sh has no arrays",
        .why = WHY " The line is a syntax error, and the build stops.",
        .fix = "Write the words into the command, or loop over them." FIX_SHELL,
        .bad = "FROM debian:13\nRUN a=(one two) && echo \"${a[0]}\"\n",
        .good = "FROM debian:13\nRUN for a in one two; do echo \"$a\"; done\n",
        .aliases = {"SC3030"},
        .references = {"https://www.shellcheck.net/wiki/SC3030"},
        .command = arrays,
    },
    {
        .id = "shell/echo-flags-in-sh",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "echo -e writes \"-e\" into the file",
        .why = WHY " Its echo has no option -e: the two characters become part of the text.",
        .fix = "Use printf: printf 'one\\ntwo\\n'." FIX_SHELL,
        .bad = "FROM debian:13\nRUN echo -e 'a\\tb' > /file\n",
        .good = "FROM debian:13\nRUN printf 'a\\tb\\n' > /file\n",
        .aliases = {"SC3037"},
        .references = {"https://www.shellcheck.net/wiki/SC3037"},
        .command = echo_flags,
    },
    {
        .id = "shell/pipefail-in-sh",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "set -o pipefail is not known to /bin/sh",
        .why =
            WHY " Up to Debian 12 and Ubuntu 24.04 it stops with \"Illegal option -o pipefail\".",
        .fix = "Put SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"] before the RUN.",
        .bad = "FROM debian:12\nRUN set -o pipefail && make | tee /log\n",
        .good = "FROM debian:12\nSHELL [\"/bin/bash\", \"-c\"]\n"
                "RUN set -o pipefail && make | tee /log\n",
        .aliases = {"SC3040"},
        .references = {"https://www.shellcheck.net/wiki/SC3040"},
        .command = set_pipefail,
    },
    {
        .id = "shell/source-in-sh",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "source is not known to /bin/sh",
        .why = WHY " It stops with \"source: not found\".",
        .fix = "Write a dot instead: . /file." FIX_SHELL,
        .bad = "FROM debian:13\nRUN source /env && make\n",
        .good = "FROM debian:13\nRUN . /env && make\n",
        .aliases = {"SC3046"},
        .references = {"https://www.shellcheck.net/wiki/SC3046"},
        .command = source_command,
    },
};

const struct rule_family rule_shell_dialect = {"shell", rules, sizeof(rules) / sizeof(rules[0])};
