// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/ask/run.h"

static bool ends_on_errors(const struct rule_run *run, const struct shell_command *command)
{
    const struct instruction *instruction = run->subject.instruction;
    if (command->options & SHELL_ERREXIT)
        return true;
    for (size_t i = 1; instruction && i < instruction->state->shell.count; i++) {
        str word = instruction->state->shell.items[i];
        if (word.len > 1 && word.ptr[0] == '-' && word.ptr[1] != '-' &&
            str_find_char(word, 'e') != STR_NONE)
            return true;
    }
    return false;
}

/* Somebody looks at how it ended: && || if while !. */
static bool is_asked_about(const struct shell_command *command)
{
    const struct shell_node *node = command->node;
    if (command->joint == SHELL_AND || command->joint == SHELL_OR)
        return true;
    for (; node && node->parent; node = node->parent) {
        enum shell_node_kind kind = node->parent->kind;
        if (kind == SHELL_PIPELINE && node->parent->negated)
            return true;
        if ((kind == SHELL_IF && node != node->parent->last) ||
            ((kind == SHELL_WHILE || kind == SHELL_UNTIL) && node == node->parent->first))
            return true;
    }
    return false;
}

static void cd_unchecked(struct rule_run *run, const struct shell_command *command)
{
    static const char *const names[] = {"cd", "pushd", "popd", NULL};
    if (!run_is_build(run) || !command->node || !shell_command_among(command, names) ||
        command->joint == SHELL_END || is_asked_about(command) || ends_on_errors(run, command))
        return;
    /* The last of a list: how it ended is how the list ended. */
    if (!command->node->next && command->node->parent &&
        command->node->parent->kind == SHELL_LIST && !command->node->parent->next)
        return;
    struct finding *finding =
        run_found(run, command, "`%.*s`", STR_ARG(run_words(run->arena, command)));
    if (command->node->parent && command->node->parent->kind == SHELL_LIST)
        run_replace(run, finding, (struct span){command->span.end, command->span.end}, " || exit 1",
                    EDIT_UNSAFE, "End the script where the folder is missing");
}

static void declared_with_command(struct rule_run *run, const struct shell_command *command)
{
    static const char *const names[] = {"export", "local", "declare", "typeset", "readonly", NULL};
    if (!run_is_build(run) || !shell_command_among(command, names))
        return;
    for (size_t i = 1; i < command->words.count; i++) {
        const struct shell_word *word = &command->words.items[i];
        size_t equals = str_find_char(word->raw, '=');
        for (const struct shell_expansion *each = word->expansions; each; each = each->next)
            if (each->body && each->from > word->from + equals && equals != STR_NONE) {
                rule_found(run, word->span, "a failure in `%.*s` goes unnoticed",
                           STR_ARG(str_sub(word->raw, 0, 80)))
                    ->subject->command = command;
                break;
            }
    }
}

static void useless_cat(struct rule_run *run, const struct shell_command *command)
{
    if (!run_is_build(run) || !command->node || !shell_command_is(command, "cat") ||
        command->pipe_position || !command->pipeline || command->words.count != 2 ||
        command->redirections.count)
        return;
    const struct shell_word *file = &command->words.items[1];
    if (file->pattern || file->brace || str_starts(file->value, STR("-")) ||
        (file->expansions && !file->quoted))
        return;
    run_found(run, command, "`%.*s |`", STR_ARG(run_words(run->arena, command)));
}

/* ---- a && b || c ---- */

static bool cannot_fail(const struct shell_node *node)
{
    static const char *const safe[] = {"echo", "printf", "true",   ":",
                                       "exit", "return", "export", NULL};
    return node->kind == SHELL_COMMAND &&
           (!node->command->words.count || shell_command_among(node->command, safe));
}

static void ask_and_or(struct rule_run *run, const struct shell_node *node)
{
    for (const struct shell_node *a = node->first; a && a->next && a->next->next; a = a->next) {
        const struct shell_node *b = a->next, *c = b->next;
        if (a->joint != SHELL_AND || b->joint != SHELL_OR || cannot_fail(b) || cannot_fail(c) ||
            c->kind == SHELL_GROUP || a != node->first || c->next)
            continue;
        rule_found(run, node->span,
                   "what stands behind || runs, too, if what stands before it "
                   "fails");
        return;
    }
}

static void walk(struct rule_run *run, const struct shell_node *node)
{
    if (node->kind == SHELL_AND_OR)
        ask_and_or(run, node);
    for (const struct shell_node *child = node->first; child; child = child->next)
        walk(run, child);
}

static void and_or(struct rule_run *run, const struct instruction *instruction)
{
    if (instruction->kind == INSTRUCTION_RUN && instruction->script && instruction->script->root)
        walk(run, instruction->script->root);
}

static const struct rule rules[] = {
    {
        .id = "shell/cd-unchecked",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "The script goes on when cd fails",
        .why = "If the folder is not there, the next command works in the wrong one: it may delete "
               "or overwrite what it should not.",
        .fix = "Write cd folder && ..., or cd folder || exit 1, or begin with set -e.",
        .bad = "FROM debian:13\nRUN cd /tmp/build; rm -rf ./*\n",
        .good = "FROM debian:13\nRUN cd /tmp/build && rm -rf ./*\n",
        .aliases = {"SC2164"},
        .references = {"https://www.shellcheck.net/wiki/SC2164"},
        .command = cd_unchecked,
    },
    {
        .id = "shell/declared-with-command",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "A failure goes unnoticed because export comes first",
        .why = "How export (or local, readonly) ended is all that counts then, and that is always "
               "well, whatever became of the command in $( ). Even set -e does not help.",
        .fix = "Write two commands: name=$(command) && export name.",
        .bad = "FROM debian:13\nRUN export V=\"$(cat /version)\" && make\n",
        .good = "FROM debian:13\nRUN V=\"$(cat /version)\" && export V && make\n",
        .aliases = {"SC2155"},
        .references = {"https://www.shellcheck.net/wiki/SC2155"},
        .command = declared_with_command,
    },
    {
        .id = "shell/useless-cat",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .title = "cat has nothing to do here",
        .why = "The next command can read the file itself. One process less, and if the file is "
               "missing the error is not lost in the pipe.",
        .fix = "Give the file to the next command, or write command < file.",
        .bad = "FROM debian:13\nRUN cat /list | sort > /sorted\n",
        .good = "FROM debian:13\nRUN sort /list > /sorted\n",
        .aliases = {"SC2002"},
        .references = {"https://www.shellcheck.net/wiki/SC2002"},
        .command = useless_cat,
    },
    {
        .id = "shell/and-or-is-no-if",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "a && b || c is not if a, then b, else c",
        .why = "c runs when a fails, and also when b fails. The failure of b is then hidden, and "
               "both branches have run.",
        .fix = "Write if a; then b; else c; fi.",
        .bad = "FROM debian:13\nRUN test -f /a && make one || make two\n",
        .good = "FROM debian:13\nRUN if test -f /a; then make one; else make two; fi\n",
        .aliases = {"SC2015"},
        .references = {"https://www.shellcheck.net/wiki/SC2015"},
        .instruction = and_or,
    },
};

const struct rule_family rule_shell_flow = {"shell", rules, sizeof(rules) / sizeof(rules[0])};
