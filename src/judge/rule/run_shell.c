// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/ask/run.h"

/* ---- cd ---- */

/* Stands in parentheses: then it is over when they close, which is a good way to do it. */
static bool in_subshell(const struct shell_command *command)
{
    const struct shell_node *node = shell_outermost(command)->node;
    for (; node; node = node->parent)
        if (node->kind == SHELL_SUBSHELL)
            return true;
    return false;
}

static void cd_in_run(struct rule_run *run, const struct shell_command *command)
{
    if (!run_is_build(run) || !run->subject.instruction || !shell_command_is(command, "cd") ||
        command->depth || command->from_string || in_subshell(command) ||
        run->subject.instruction->heredocs.count)
        return;
    run_found(run, command, "`%.*s`", STR_ARG(run_words(run->arena, command)));
}

/* ---- commands without a point ---- */

static const struct {
    const char *name, *why;
} pointless[] = {
    {"free", "shows the memory of the machine that builds"},
    {"kill", "there is nothing to be ended: every RUN starts with no processes"},
    {"mount", "mounts end with the RUN"},
    {"umount", "mounts end with the RUN"},
    {"ps", "every RUN starts with no processes"},
    {"service", "what it starts ends with the RUN"},
    {"systemctl", "there is no systemd that could be asked"},
    {"shutdown", "there is nothing to shut down"},
    {"reboot", "there is nothing to start again"},
    {"halt", "there is nothing to halt"},
    {"poweroff", "there is nothing to switch off"},
    {"ssh", "a build should fetch what it needs by COPY, ADD or git"},
    {"top", "is made for people at a terminal"},
    {"htop", "is made for people at a terminal"},
    {"vim", "is made for people at a terminal"},
    {"vi", "is made for people at a terminal"},
    {"nano", "is made for people at a terminal"},
    {"emacs", "is made for people at a terminal"},
};

/* `systemctl enable` only makes links, and works. */
static bool has_point(const struct rule_run *run, const struct shell_command *command)
{
    if (shell_command_is(command, "systemctl"))
        return shell_has_word(command, "enable") || shell_has_word(command, "disable") ||
               shell_has_word(command, "mask") || shell_has_word(command, "set-default") ||
               shell_has_flag(command, "root");
    if (shell_command_is(command, "ssh"))
        return run_has_mount(run, "ssh");
    if (shell_command_is(command, "vim") || shell_command_is(command, "vi") ||
        shell_command_is(command, "emacs")) /* in batch: installing plug-ins */
        return command->words.count > 1 &&
               (shell_has_flag(command, "es") || shell_has_flag(command, "batch") ||
                shell_has_single_flag(command, "es") || shell_has_word(command, "+qall") ||
                shell_has_word(command, "+qa") || shell_has_word(command, "+q"));
    return false;
}

static void pointless_command(struct rule_run *run, const struct shell_command *command)
{
    str name = shell_command_name(command);
    if (!name.len || !run_is_build(run))
        return;
    for (size_t i = 0; i < sizeof(pointless) / sizeof(pointless[0]); i++)
        if (str_eq(name, str_from(pointless[i].name)) && !has_point(run, command)) {
            run_found(run, command, "%.*s: %s", STR_ARG(name), pointless[i].why);
            return;
        }
}

static void shell_relinked(struct rule_run *run, const struct shell_command *command)
{
    if (!run_is_build(run) || !shell_command_is(command, "ln"))
        return;
    const struct shell_word *last = NULL;
    for (const struct shell_word *word = shell_argument(command, "S t", NULL); word;
         word = shell_argument(command, "S t", word))
        last = word;
    if (last && (str_eq(last->value, STR("/bin/sh")) || str_eq(last->value, STR("/usr/bin/sh"))))
        run_found(run, command, "`%.*s`", STR_ARG(run_words(run->arena, command)));
}

/* ---- pipes ---- */

/* An option of the shell that SHELL names: a letter, or a name behind -o. */
static bool shell_of_stage_has(const struct instruction *instruction, char letter, const char *name)
{
    const struct stage_state *state = instruction->state;
    for (size_t i = 1; i < state->shell.count; i++) {
        str word = state->shell.items[i];
        if (str_eq(word, str_from(name)))
            return true;
        if (letter && word.len > 1 && word.ptr[0] == '-' && word.ptr[1] != '-' &&
            str_find_char(word, letter) != STR_NONE)
            return true;
    }
    return false;
}

/* All but the last only write a text that stands there: that does not fail. */
static bool cannot_fail(const struct shell_node *pipeline)
{
    static const char *const safe[] = {"echo", "printf", "yes", "true", ":", NULL};
    for (const struct shell_node *node = pipeline->first; node && node->next; node = node->next)
        if (!node->command || !shell_command_among(node->command, safe))
            return false;
    return true;
}

static void pipe_without_pipefail(struct rule_run *run, const struct instruction *instruction)
{
    const struct shell_script *script = instruction->script;
    if (instruction->kind != INSTRUCTION_RUN || !script || !script->root)
        return;
    bool shell = !instruction->is_json && shell_of_stage_has(instruction, 0, "pipefail");
    for (size_t i = 0; i < script->commands.count; i++) {
        const struct shell_command *command = script->commands.items[i];
        if (!command->pipeline || command->pipe_position || !command->node ||
            (command->options & SHELL_PIPEFAIL) || (shell && !command->from_string) ||
            cannot_fail(command->pipeline))
            continue;
        rule_found(run, command->pipeline->span, "if `%.*s` fails, nobody notices",
                   STR_ARG(run_words(run->arena, command)))
            ->subject->command = command;
        return; /* one of each RUN is enough to understand */
    }
}

/* ---- RUN after RUN ---- */

static size_t commands_of(const struct instruction *instruction)
{
    const struct shell_script *script = instruction->script;
    size_t count = 0;
    for (size_t i = 0; script && i < script->commands.count && count < 4; i++)
        count += script->commands.items[i]->wrapper == NULL;
    return count;
}

static bool same_flags(const struct instruction *a, const struct instruction *b)
{
    if (a->flags.count != b->flags.count)
        return false;
    for (size_t i = 0; i < a->flags.count; i++)
        if (!str_eq(a->flags.items[i].name, b->flags.items[i].name) ||
            !str_eq(a->flags.items[i].value.raw, b->flags.items[i].value.raw))
            return false;
    return true;
}

static void consecutive_runs(struct rule_run *run, const struct instruction *instruction)
{
    if (instruction->kind != INSTRUCTION_RUN || instruction->onbuild || !run_ships(run) ||
        instruction->index == 0)
        return;
    const struct instruction *before =
        run->subject.dockerfile->instructions.items[instruction->index - 1];
    if (before->kind != INSTRUCTION_RUN || before->stage != instruction->stage ||
        !same_flags(before, instruction) || !commands_of(before) || !commands_of(instruction) ||
        commands_of(before) > 2 || commands_of(instruction) > 2)
        return;
    rule_found(run, instruction->head, "the RUN before it could do this too");
}

/* ---- heredocs ---- */

/* The list that the shell reads from the heredoc, or NULL. */
static const struct shell_node *body_list(const struct instruction *instruction)
{
    const struct shell_script *script = instruction->script;
    struct span body = instruction->heredocs.items[0].body;
    for (size_t i = 0; i < script->commands.count && i < RUN_LOOK_AROUND; i++) {
        const struct shell_command *command = script->commands.items[i];
        if (!command->node || command->span.start < body.start || command->span.end > body.end)
            continue;
        if (command->wrapper && !command->from_string)
            continue;
        const struct shell_node *node = command->node;
        while (node && node->kind != SHELL_LIST)
            node = node->parent;
        /* Not a substitution in a body that is data. */
        bool own = node && (node == script->root || command->from_string);
        return own ? node : NULL;
    }
    return NULL;
}

static const struct shell_command *first_of(const struct shell_node *node)
{
    while (node && node->kind != SHELL_COMMAND)
        node = node->first;
    return node ? node->command : NULL;
}

static void heredoc_without_errexit(struct rule_run *run, const struct instruction *instruction)
{
    if (instruction->kind != INSTRUCTION_RUN || !instruction->heredocs.count ||
        !instruction->script || !instruction->script->root)
        return;
    const struct dockerfile_heredoc *heredoc = &instruction->heredocs.items[0];
    str first_line = {0}, rest = heredoc->text.text;
    str_next_line(&rest, &first_line);
    const struct shell_node *list = body_list(instruction);
    if (!list || list->first == list->last || shell_of_stage_has(instruction, 'e', "errexit") ||
        (str_starts(first_line, STR("#!")) && str_contains(first_line, STR(" -e"))))
        return;
    for (const struct shell_node *node = list->first; node && node->next; node = node->next) {
        const struct shell_command *command = first_of(node);
        if (!command || shell_command_is(command, "set") || !command->words.count)
            continue;
        if (command->options & SHELL_ERREXIT)
            return;
        rule_found(run, heredoc->opener, "if `%.*s` fails, the script goes on",
                   STR_ARG(run_words(run->arena, command)));
        return;
    }
}

static const struct rule rules[] = {
    {
        .id = "dockerfile/cd-in-run",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .title = "RUN changes the folder with cd",
        .why = "The folder is forgotten when the RUN ends, so every following line has to say it "
               "again, and a reader has to remember where each one works.",
        .fix = "Set it once with WORKDIR, which also makes the folder if it is missing.",
        .bad = "FROM debian:13\nRUN cd /src && make\n",
        .good = "FROM debian:13\nWORKDIR /src\nRUN make\n",
        .aliases = {"DL3003", "DS-0013", "DS013", "f4a6bcd3"},
        .command = cd_in_run,
    },
    {
        .id = "dockerfile/pointless-command",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .title = "The command does nothing useful while an image is built",
        .why = "Only files are left of a RUN: processes, mounts and running services end with it. "
               "The command has no effect, or means that something else was intended.",
        .fix = "Remove it. What has to run in the container belongs into CMD or ENTRYPOINT.",
        .bad = "FROM debian:13\nRUN service nginx start\n",
        .good = "FROM debian:13\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\n",
        .aliases = {"DL3001", "9b6b0f38"},
        .command = pointless_command,
    },
    {
        .id = "dockerfile/shell-relinked",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_STYLE,
        .title = "/bin/sh is replaced by a link",
        .why =
            "All scripts of the system expect their own /bin/sh, and a package update may put it "
            "back at any time. Docker has an instruction for choosing the shell.",
        .fix = "Write SHELL [\"/bin/bash\", \"-c\"] instead.",
        .bad = "FROM debian:13\nRUN ln -sf /bin/bash /bin/sh\n",
        .good = "FROM debian:13\nSHELL [\"/bin/bash\", \"-c\"]\n",
        .aliases = {"DL4005", "8a301064"},
        .command = shell_relinked,
    },
    {
        .id = "dockerfile/pipe-without-pipefail",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "A failure on the left of a pipe goes unnoticed",
        .why = "The shell looks only at the last command of a pipe. When a download on its left "
               "breaks off, the build goes on with half a file as if all were well.",
        .fix =
            "Put SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"] before the RUN (ash of Alpine "
            "knows the option too), or write to a file first.",
        .bad = "FROM debian:13\nRUN wget -qO- https://example.org/list | wc -l > /count\n",
        .good = "FROM debian:13\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\n"
                "RUN wget -qO- https://example.org/list | wc -l > /count\n",
        .aliases = {"DL4006", "efbf148a"},
        .instruction = pipe_without_pipefail,
    },
    {
        .id = "dockerfile/consecutive-runs",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "Several short RUN lines follow each other",
        .why = "Every RUN makes a layer. What a later one changes or deletes is stored again, or "
               "stays in the layer below, so the image becomes larger than it needs to be.",
        .fix = "Join them with &&, or write one RUN with a heredoc.",
        .bad = "FROM debian:13\nRUN mkdir /data\nRUN touch /data/file\n",
        .good = "FROM debian:13\nRUN mkdir /data && touch /data/file\n",
        .aliases = {"DL3059"},
        .instruction = consecutive_runs,
    },
    {
        .id = "dockerfile/heredoc-without-errexit",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "A script in a heredoc goes on after errors",
        .why =
            "Docker looks only at how the last line ended. When a line before it fails, the rest "
            "runs all the same, and a broken image counts as built.",
        .fix = "Begin the script with set -e.",
        .bad = "FROM debian:13\nRUN <<EOF\nmake\nmake install\nEOF\n",
        .good = "FROM debian:13\nRUN <<EOF\nset -e\nmake\nmake install\nEOF\n",
        .references = {"https://docs.docker.com/reference/dockerfile/#here-documents"},
        .instruction = heredoc_without_errexit,
    },
};

const struct rule_family rule_run_shell = {"dockerfile", rules, sizeof(rules) / sizeof(rules[0])};
