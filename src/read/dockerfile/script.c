// SPDX-License-Identifier: Apache-2.0
#include "lang/shell/shell.h"
#include "read/dockerfile/parse_internal.h"

#include <string.h>

static str base_name(str path)
{
    for (size_t i = path.len; i-- > 0;)
        if (path.ptr[i] == '/' || path.ptr[i] == '\\')
            return str_from_index(path, i + 1);
    return path;
}

enum shell_family shell_family_of(str program)
{
    static const char *const posix[] = {"sh", "bash", "dash", "ash", "zsh", "ksh", "busybox"};
    str name = base_name(program);
    if (name.len > 4 && str_eq_nocase(str_from_index(name, name.len - 4), STR(".exe")))
        name = str_sub(name, 0, name.len - 4);
    for (size_t i = 0; i < sizeof(posix) / sizeof(posix[0]); i++)
        if (str_eq_nocase(name, str_from(posix[i])))
            return SHELL_FAMILY_POSIX;
    if (str_eq_nocase(name, STR("pwsh")) || str_eq_nocase(name, STR("powershell")))
        return SHELL_FAMILY_POWERSHELL;
    return str_eq_nocase(name, STR("cmd")) ? SHELL_FAMILY_CMD : SHELL_FAMILY_OTHER;
}

/* The program that runs the shell form at this place; absent: another than a POSIX shell. */
static str shell_of(const struct instruction *instruction)
{
    const struct stage_state *state = instruction->state;
    if (state->shell_family != SHELL_FAMILY_POSIX)
        return (str){0};
    return state->shell.count ? state->shell.items[0] : STR("/bin/sh");
}

static const struct shell_script *exec_form(struct parser *parser,
                                            const struct instruction *instruction)
{
    size_t count = instruction->words.count;
    struct mapped_text *arguments = arena_array(parser->arena, struct mapped_text, count);
    if (count == 0)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const struct dockerfile_word *word = &instruction->words.items[i];
        arguments[i] = mapped_text_at(parser->arena, word->value, word->span.start + 1);
    }
    return shell_from_arguments(parser->arena, arguments, count);
}

/* The interpreter that a body's "#!" line names: "bash" of "#!/usr/bin/env bash". */
static str interpreter(str body)
{
    str line, word = {0}, first = {0};
    if (!str_skip(&body, STR("#!")) || !str_next_line(&body, &line) ||
        !str_next_word(&line, &first))
        return (str){0};
    if (str_eq(base_name(first), STR("env")))
        while (str_next_word(&line, &word) && str_starts(word, STR("-")))
            ;
    return word.len ? word : first;
}

static const struct shell_script *body_script(struct parser *parser,
                                              struct instruction *instruction)
{
    const struct dockerfile_heredoc *heredoc = &instruction->heredocs.items[0];
    str program = interpreter(heredoc->text.text);
    if (!program.len)
        program = shell_of(instruction);
    if (!program.len || shell_family_of(program) != SHELL_FAMILY_POSIX)
        return NULL;
    return shell_parse(parser->arena, heredoc->text, shell_dialect_of(program));
}

static void append(struct arena *arena, struct mapped_text *all, char *to,
                   const struct mapped_text *part)
{
    uint32_t at = (uint32_t)all->text.len;
    if (part->text.len)
        memcpy(to + at, part->text.ptr, part->text.len);
    for (size_t i = 0; i < part->pieces.count && part->text.len; i++)
        mapped_text_piece(arena, all, at + part->pieces.items[i].at, part->pieces.items[i].offset);
    all->text.len += part->text.len;
}

/* What the shell reads: the line, and behind it the bodies with their terminators. */
static struct mapped_text with_bodies(struct parser *parser, const struct instruction *instruction)
{
    const struct dockerfile_heredoc_list *heredocs = &instruction->heredocs;
    size_t size = instruction->arguments.text.len + 1;
    for (size_t i = 0; i < heredocs->count; i++)
        size += heredocs->items[i].text.text.len + heredocs->items[i].delimiter.len + 1;
    char *to = arena_alloc(parser->arena, size + 1);
    struct mapped_text all = {.text = {to, 0}};
    append(parser->arena, &all, to, &instruction->arguments);
    uint32_t line = (uint32_t)instruction->head.end;
    for (size_t i = 0; i < heredocs->count; i++) {
        const struct dockerfile_heredoc *heredoc = &heredocs->items[i];
        struct mapped_text newline = mapped_text_at(parser->arena, STR("\n"), line);
        struct mapped_text end =
            mapped_text_at(parser->arena, heredoc->delimiter, heredoc->terminator.start);
        append(parser->arena, &all, to, &newline);
        append(parser->arena, &all, to, &heredoc->text);
        append(parser->arena, &all, to, &end);
        line = heredoc->terminator.end;
    }
    return all;
}

static bool is_only_heredoc(const struct instruction *instruction)
{
    const struct mapped_text *text = &instruction->arguments;
    struct span all = mapped_text_span(text, 0, (uint32_t)text->text.len);
    return instruction->heredocs.count == 1 &&
           instruction->heredocs.items[0].opener.start == all.start &&
           instruction->heredocs.items[0].opener.end == all.end;
}

void script_parse(struct parser *parser, struct instruction *instruction)
{
    bool health = instruction->kind == INSTRUCTION_HEALTHCHECK;
    const struct mapped_text *text = health ? &instruction->command : &instruction->arguments;
    if (instruction->kind != INSTRUCTION_RUN && instruction->kind != INSTRUCTION_CMD &&
        instruction->kind != INSTRUCTION_ENTRYPOINT && !health)
        return;
    if (instruction->is_json) {
        instruction->script = exec_form(parser, instruction);
        return;
    }
    str program = shell_of(instruction);
    if (text->text.len == 0 || instruction->too_long)
        return;
    if (is_only_heredoc(instruction))
        instruction->script = body_script(parser, instruction);
    else if (program.len && instruction->heredocs.count)
        instruction->script =
            shell_parse(parser->arena, with_bodies(parser, instruction), shell_dialect_of(program));
    else if (program.len)
        instruction->script = shell_parse(parser->arena, *text, shell_dialect_of(program));
}
