// SPDX-License-Identifier: Apache-2.0
#include "lang/shell/shell.h"

#include "base/limits.h"
#include "lang/shell/parse_internal.h"

/* What stands behind a command: its own operator, or that of the pipe and and-or list it ends. */
static enum shell_operator joint_of(const struct shell_node *node)
{
    while (node->joint == SHELL_END && !node->next && node->parent &&
           (node->parent->kind == SHELL_PIPELINE || node->parent->kind == SHELL_AND_OR))
        node = node->parent;
    return node->joint;
}

static unsigned option_letter(char letter)
{
    return letter == 'e'   ? SHELL_ERREXIT
           : letter == 'u' ? SHELL_NOUNSET
           : letter == 'x' ? SHELL_XTRACE
                           : 0u;
}

static unsigned option_word(str name)
{
    return str_eq(name, STR("errexit"))    ? SHELL_ERREXIT
           : str_eq(name, STR("nounset"))  ? SHELL_NOUNSET
           : str_eq(name, STR("xtrace"))   ? SHELL_XTRACE
           : str_eq(name, STR("pipefail")) ? SHELL_PIPEFAIL
                                           : 0u;
}

/* What the flags of `set`, or of a shell, make of the options. */
static unsigned change_options(const struct shell_command *command, unsigned options)
{
    const struct shell_words *words = &command->words;
    for (size_t i = 1; i < words->count; i++) {
        str value = words->items[i].value;
        if (value.len < 2 || (value.ptr[0] != '-' && value.ptr[0] != '+') ||
            str_starts(value, STR("--")))
            break;
        unsigned changed = 0;
        for (size_t j = 1; j < value.len; j++)
            if (value.ptr[j] == 'o' && i + 1 < words->count)
                changed |= option_word(words->items[++i].value);
            else
                changed |= option_letter(value.ptr[j]);
        options = value.ptr[0] == '-' ? options | changed : options & ~changed;
    }
    return options;
}

/* Options of the texts in texts that are open while commands are visited in order. */
struct option_state {
    const struct shell_command *owner[LIMIT_SHELL_DEPTH + 1];
    unsigned options[LIMIT_SHELL_DEPTH + 1];
};

static void set_options(struct option_state *state, struct shell_command *command)
{
    const struct shell_command *owner = command, *above;
    uint32_t level = 0;
    while (owner && !owner->from_string)
        owner = owner->wrapper;
    for (above = owner; above; above = above->wrapper)
        level += above->from_string;
    if (level > LIMIT_SHELL_DEPTH)
        return;
    owner = owner ? owner->wrapper : NULL;
    if (owner && state->owner[level] != owner) {
        state->owner[level] = owner;
        state->options[level] = change_options(owner, 0);
    }
    command->options = (uint8_t)state->options[level];
    if (shell_command_is(command, "set"))
        state->options[level] = change_options(command, state->options[level]);
}

/* Fills in what is known only when everything around a command is read. */
static void finish(struct shell_script *script)
{
    struct option_state options = {0};
    for (size_t i = 0; i < script->commands.count; i++) {
        struct shell_command *command = script->commands.items[i];
        struct shell_node *node = command->node;
        command->index = (uint32_t)i;
        set_options(&options, command);
        if (!node && command->wrapper) {
            command->joint = command->wrapper->joint;
            command->pipeline = command->wrapper->pipeline;
            command->pipe_position = command->wrapper->pipe_position;
        } else if (node) {
            struct shell_node *parent = node->parent;
            command->joint = joint_of(node);
            if (!parent || parent->kind != SHELL_PIPELINE || parent->first == parent->last)
                continue;
            command->pipeline = parent;
            if (parent->first == node)
                for (uint32_t position = 0; node; node = node->next, position++)
                    if (node->command)
                        node->command->pipe_position = position;
        }
    }
}

static struct shell_parser parser_of(struct arena *arena, struct shell_script *script)
{
    return (struct shell_parser){
        .arena = arena,
        .script = script,
        .text = &script->text,
        .bytes = script->text.text.ptr,
        .end = (uint32_t)script->text.text.len,
        .look_ahead = 8 * script->text.text.len + 4096,
    };
}

struct shell_script *shell_parse(struct arena *arena, struct mapped_text text,
                                 enum shell_dialect dialect)
{
    struct shell_script *script = arena_new(arena, struct shell_script);
    script->text = text;
    script->dialect = dialect;
    if (dialect == SHELL_OTHER)
        return script;
    if (text.text.len > LIMIT_SHELL_TEXT) {
        *vec_push(arena, &script->problems) = (struct shell_problem){
            .span = mapped_text_span(&script->text, 0, (uint32_t)text.text.len),
            .message = "the script is too large to be read",
        };
        return script;
    }
    struct shell_parser parser = parser_of(arena, script);
    script->root = shell_read_part(&parser, parser.end);
    finish(script);
    return script;
}

struct shell_script *shell_parse_str(struct arena *arena, str text, enum shell_dialect dialect)
{
    return shell_parse(arena, mapped_text_at(arena, text, 0), dialect);
}

struct shell_script *shell_from_arguments(struct arena *arena, const struct mapped_text *arguments,
                                          size_t count)
{
    struct shell_script *script = arena_new(arena, struct shell_script);
    struct shell_parser parser = parser_of(arena, script);
    script->root = shell_make_node(&parser, SHELL_LIST, 0);
    if (!count)
        return script;
    struct shell_node *node = shell_make_node(&parser, SHELL_COMMAND, 0);
    struct shell_command *command = shell_make_command(&parser, 0);
    shell_add_child(script->root, node);
    node->command = command;
    command->node = node;
    for (size_t i = 0; i < count && i < LIMIT_SHELL_COMMANDS; i++) {
        const struct mapped_text *argument = &arguments[i];
        *vec_push(arena, &command->words) = (struct shell_word){
            .value = argument->text,
            .span = mapped_text_span(argument, 0, (uint32_t)argument->text.len),
            .literal = true,
            .quoted = true,
        };
    }
    shell_find_flags_end(command);
    parser.arguments = arguments;
    parser.argument_words = command->words.items;
    command->span = (struct span){command->words.items[0].span.start,
                                  command->words.items[command->words.count - 1].span.end};
    node->span = command->span;
    shell_unwrap(&parser, command);
    finish(script);
    return script;
}

enum shell_dialect shell_dialect_of(str program)
{
    static const char *const posix[] = {"sh", "dash", "ash", "busybox", "posh", NULL};
    static const char *const more[] = {"bash", "zsh", "ksh", "mksh", "rbash", "ksh93", NULL};
    size_t slash = str_rfind_char(program, '/');
    str name = slash == STR_NONE ? program : str_from_index(program, slash + 1);
    for (size_t i = 0; posix[i]; i++)
        if (str_eq(name, str_from(posix[i])))
            return SHELL_SH;
    for (size_t i = 0; more[i]; i++)
        if (str_eq(name, str_from(more[i])))
            return SHELL_BASH;
    return SHELL_OTHER;
}
