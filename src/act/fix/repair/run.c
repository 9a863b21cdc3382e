// SPDX-License-Identifier: Apache-2.0
#include "act/fix/repair/repair.h"

/* Where the rule is not sure that the build is root there, because nothing is known of the base. */
static bool drop_sudo(struct repair *repair)
{
    const struct shell_command *command = repair->command;
    const struct stage_state *state = repair->instruction ? repair->instruction->state : NULL;
    while (command && command->wrapper)
        command = command->wrapper;
    if (!command || !state || !shell_command_is(command, "sudo") || command->words.count < 2 ||
        command->assignments.count || state->user_set)
        return false;
    str next = command->words.items[1].value;
    /* Flags and variables of sudo's own. */
    if (str_starts(next, STR("-")) || str_find_char(next, '=') != STR_NONE)
        return false;
    repair_delete(repair, (struct span){command->words.items[0].span.start,
                                        command->words.items[1].span.start});
    return true;
}

static bool no_log_init(struct repair *repair)
{
    if (!repair->command || repair->command->words.count == 0)
        return false;
    repair_insert(repair, repair->command->words.items[0].span.end, STR(" --no-log-init"));
    return true;
}

/* A heredoc whose commands go on after a failure. */
static bool stop_at_errors(struct repair *repair)
{
    const struct instruction *run = repair->instruction;
    if (!run || run->heredocs.count != 1 || str_starts(run->heredocs.items[0].text.text, STR("#!")))
        return false;
    repair_insert(repair, run->heredocs.items[0].body.start,
                  arena_printf(repair->arena, "set -e%s", repair_newline(repair)));
    return true;
}

/* SHELL that stops where any part of a pipe fails. Only shells that know the option may get it. */
static bool set_pipefail(struct repair *repair)
{
    const struct instruction *run = repair->instruction;
    if (!repair_is_plain_run(run) || run->state->shell.count)
        return false;
    const struct stage *root = run->stage;
    while (root && root->parent)
        root = root->parent;
    if (!root)
        return false;
    bool busybox = str_contains(root->image.repository, STR("alpine")) ||
                   str_contains(root->image.tag, STR("alpine"));
    str shell = busybox ? STR("/bin/ash") : STR("/bin/bash");
    repair_insert(repair, repair_lines(repair, run).start,
                  arena_printf(repair->arena, "SHELL [\"%.*s\", \"-o\", \"pipefail\", \"-c\"]%s",
                               STR_ARG(shell), repair_newline(repair)));
    return true;
}

/* ---- CMD and ENTRYPOINT as a list of words ---- */

static void add_json(struct repair *repair, str *text, str word)
{
    char *out = arena_alloc(repair->arena, word.len * 6 + 1);
    size_t len = 0;
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] == '"' || word.ptr[i] == '\\')
            out[len++] = '\\';
        out[len++] = word.ptr[i];
    }
    *text = arena_printf(repair->arena, "%.*s%s\"%.*s\"", STR_ARG(*text), text->len > 1 ? ", " : "",
                         (int)len, out);
}

static bool has_control(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ')
            return true;
    return false;
}

/* One command of plain words needs no shell: then signals reach the program itself. */
static bool exec_form(struct repair *repair)
{
    const struct instruction *instruction = repair->instruction;
    if (!instruction || instruction->is_json || instruction->broken || !instruction->script ||
        instruction->kind == INSTRUCTION_RUN || instruction->state->shell.count ||
        instruction->script->problems.count || has_control(instruction->arguments.text))
        return false;
    const struct shell_script *script = instruction->script;
    const struct shell_node *node = script->root ? script->root->first : NULL;
    if (!node || instruction->kind == INSTRUCTION_HEALTHCHECK)
        return false;
    bool plain = !node->next && node->kind == SHELL_COMMAND && node->joint == SHELL_END &&
                 node->command->assignments.count == 0 && node->command->redirections.count == 0;
    for (size_t i = 0; plain && i < node->command->words.count; i++)
        plain = node->command->words.items[i].literal;
    str text = STR("[");
    if (plain) {
        for (size_t i = 0; i < node->command->words.count; i++)
            add_json(repair, &text, node->command->words.items[i].value);
    } else {
        /* A shell it must be, but one that makes way for the program. */
        if (node->next || node->kind != SHELL_COMMAND || node->joint != SHELL_END ||
            node->command->words.count == 0)
            return false;
        bool has_exec = shell_command_is(node->command, "exec");
        add_json(repair, &text, STR("/bin/sh"));
        add_json(repair, &text, STR("-c"));
        add_json(repair, &text,
                 arena_printf(repair->arena, "%s%.*s", has_exec ? "" : "exec ",
                              STR_ARG(instruction->arguments.text)));
        repair_title(repair, "Let the shell make way for the program");
    }
    text = arena_printf(repair->arena, "%.*s]", STR_ARG(text));
    struct span span =
        mapped_text_span(&instruction->arguments, 0, (uint32_t)instruction->arguments.text.len);
    repair_replace(repair, span, text);
    return true;
}

static const struct repair_row rows[] = {
    {"dockerfile/sudo", EDIT_UNSAFE, "Drop sudo", drop_sudo},
    {"dockerfile/useradd-high-id", EDIT_SAFE, "Add --no-log-init", no_log_init},
    {"dockerfile/heredoc-without-errexit", EDIT_UNSAFE, "Stop at the first command that fails",
     stop_at_errors},
    {"dockerfile/pipe-without-pipefail", EDIT_UNSAFE, "Let a failing pipe stop the build",
     set_pipefail},
    {"dockerfile/shell-form", EDIT_UNSAFE, "Write it as a list of words", exec_form},
    {0},
};

const struct repair_table repair_run = {rows};
