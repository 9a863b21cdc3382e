// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "lang/shell/shell.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_span(struct span span, size_t size)
{
    INVARIANT(span.start <= span.end && span.end <= size);
}

static void check_words(const struct shell_words *words, size_t size)
{
    for (size_t i = 0; i < words->count; i++) {
        const struct shell_word *word = &words->items[i];
        check_span(word->span, size);
        INVARIANT(!word->raw.ptr || word->value.len <= word->raw.len);
        for (const struct shell_expansion *e = word->expansions; e; e = e->next)
            check_span(e->span, size);
    }
}

static size_t count_nodes(const struct shell_node *node, size_t size)
{
    size_t count = 1;
    check_span(node->span, size);
    check_words(&node->words, size);
    for (const struct shell_node *child = node->first; child; child = child->next) {
        INVARIANT(child->parent == node);
        count += count_nodes(child, size);
    }
    return count;
}

static void ask(const struct shell_command *command)
{
    str value;
    shell_has_flag(command, "y");
    shell_has_flag(command, "yes");
    shell_has_single_flag(command, "name");
    shell_flag_count(command, 'q');
    shell_flag_value(command, "o", &value);
    shell_subcommand(command, "o c t target-release");
    shell_variable_before(command, "HOME", &value);
    const struct shell_command *next = shell_piped_into(command);
    INVARIANT(!next || next->script == command->script);
    INVARIANT(shell_outermost(command)->wrapper == NULL);
}

static void check_script(const struct shell_script *script, size_t size)
{
    if (!script)
        return;
    count_nodes(script->root, size);
    for (size_t i = 0; i < script->commands.count; i++) {
        const struct shell_command *command = script->commands.items[i];
        INVARIANT(command->index == i);
        check_span(command->span, size);
        check_words(&command->words, size);
        if (i < 1000)
            ask(command);
    }
    for (size_t i = 0; i < script->problems.count; i++)
        check_span(script->problems.items[i].span, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    str text = str_make(data, size);
    check_script(shell_parse_str(&arena, text, size % 2 ? SHELL_SH : SHELL_BASH), size);
    check_script(shell_from_history(&arena, text), size);
    struct mapped_text arguments[4];
    for (size_t i = 0; i < 4; i++)
        arguments[i] =
            mapped_text_at(&arena, str_sub(text, i * size / 4, size / 4), (uint32_t)(i * size / 4));
    check_script(shell_from_arguments(&arena, arguments, 4), size);
    return 0;
}
