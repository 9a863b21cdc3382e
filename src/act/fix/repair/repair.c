// SPDX-License-Identifier: Apache-2.0
#include "act/fix/repair/repair.h"

#include <stdlib.h>

#define X(member) extern const struct repair_table repair_##member;
#include "repair.list"
#undef X

static const struct repair_table *const tables[] = {
#define X(member) &repair_##member,
#include "repair.list"
#undef X
    NULL,
};

static const struct repair_row *row_of(str rule)
{
    for (size_t t = 0; tables[t]; t++)
        for (const struct repair_row *row = tables[t]->rows; row->rule; row++)
            if (str_eq(str_from(row->rule), rule))
                return row;
    return NULL;
}

bool fix_is_known(str rule, enum edit_level *ret_level)
{
    const struct repair_row *row = row_of(rule);
    if (row)
        *ret_level = row->level;
    return row != NULL;
}

/* Insertions go before what is replaced at the same place. */
static int compare_edits(const void *a, const void *b)
{
    const struct edit *left = a, *right = b;
    int order = str_cmp(left->path, right->path);
    if (order == 0 && left->span.start != right->span.start)
        order = left->span.start < right->span.start ? -1 : 1;
    if (order == 0 && left->span.end != right->span.end)
        order = left->span.end < right->span.end ? -1 : 1;
    return order;
}

/* The innermost command at the place, where the rule was about the instruction as a whole. */
static const struct shell_command *command_at(const struct instruction *instruction,
                                              struct span span)
{
    const struct shell_command *best = NULL;
    if (!instruction || !instruction->script)
        return NULL;
    for (size_t i = 0; i < instruction->script->commands.count; i++) {
        const struct shell_command *command = instruction->script->commands.items[i];
        if (command->span.start <= span.start && span.end <= command->span.end)
            best = command;
    }
    return best;
}

static void attach(struct arena *arena, struct finding *finding, const struct repair_row *row)
{
    struct repair repair = {
        .arena = arena,
        .finding = finding,
        .file = finding->subject->dockerfile,
        .instruction = finding->subject->instruction,
        .command = finding->subject->command,
    };
    if (!repair.command)
        repair.command = command_at(repair.instruction, finding->span);
    finding->edit_level = row->level;
    finding->edit_title = str_from(row->title);
    if (!row->make(&repair) || finding->edits.count == 0) {
        finding->edits.count = 0;
        finding->edit_title = (str){0};
        return;
    }
    qsort(finding->edits.items, finding->edits.count, sizeof(*finding->edits.items), compare_edits);
}

void fix_attach(struct arena *arena, struct report *report, size_t first)
{
    for (size_t i = first; i < report->findings.count; i++) {
        struct finding *finding = &report->findings.items[i];
        if (!finding->subject || !finding->subject->dockerfile || finding->edits.count ||
            finding->status != STATUS_OPEN)
            continue;
        const struct repair_row *row = row_of(finding->id);
        if (row)
            attach(arena, finding, row);
    }
}

/* ---- what repairs are written with ---- */

void repair_replace(struct repair *repair, struct span span, str text)
{
    *vec_push(repair->arena, &repair->finding->edits) = (struct edit){
        .path = repair->file->file.path,
        .span = span,
        .replacement = arena_str(repair->arena, text),
    };
}

void repair_insert(struct repair *repair, uint32_t at, str text)
{
    repair_replace(repair, (struct span){at, at}, text);
}

void repair_delete(struct repair *repair, struct span span)
{
    repair_replace(repair, span, (str){0});
}

void repair_doubt(struct repair *repair)
{
    repair->finding->edit_level = EDIT_UNSAFE;
}

void repair_title(struct repair *repair, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    repair->finding->edit_title = arena_vprintf(repair->arena, format, args);
    va_end(args);
}

str repair_text(const struct repair *repair, struct span span)
{
    return text_file_slice(&repair->file->file, span);
}

struct span repair_lines(const struct repair *repair, const struct instruction *instruction)
{
    str text = repair->file->file.text;
    struct span span = instruction->span;
    while (span.start > 0 && text.ptr[span.start - 1] != '\n')
        span.start--;
    while (span.end < text.len && text.ptr[span.end] != '\n')
        span.end++;
    if (span.end < text.len)
        span.end++;
    return span;
}

const struct instruction *repair_next(const struct repair *repair,
                                      const struct instruction *instruction)
{
    size_t next = instruction->index + 1u;
    if (instruction->onbuild || next >= repair->file->instructions.count)
        return NULL;
    const struct instruction *found = repair->file->instructions.items[next];
    return found->stage == instruction->stage ? found : NULL;
}

const char *repair_newline(const struct repair *repair)
{
    return str_contains(repair->file->file.text, STR("\r\n")) ? "\r\n" : "\n";
}

char repair_escape(const struct repair *repair)
{
    return repair->file->escape;
}

bool repair_is_plain_run(const struct instruction *instruction)
{
    return instruction && instruction->kind == INSTRUCTION_RUN && !instruction->is_json &&
           !instruction->broken && instruction->heredocs.count == 0 && instruction->script &&
           instruction->script->root && instruction->script->problems.count == 0 &&
           instruction->arguments.text.len > 0;
}

/* The parts that stand at the top: members of the one list, or the one thing that is there. */
static const struct shell_node *only_part(const struct shell_script *script)
{
    const struct shell_node *node = script->root->first;
    return node && !node->next && node->joint != SHELL_BACKGROUND ? node : NULL;
}

bool repair_is_and_list(const struct shell_script *script)
{
    const struct shell_node *node = only_part(script);
    if (!node)
        return false;
    if (node->kind != SHELL_AND_OR)
        return true;
    for (const struct shell_node *part = node->first; part && part->next; part = part->next)
        if (part->joint != SHELL_AND)
            return false;
    return true;
}

bool repair_can_append(const struct shell_script *script)
{
    const struct shell_node *last = script->root->last;
    if (!last || (last->joint != SHELL_END && last->joint != SHELL_NEWLINE))
        return false;
    for (size_t i = 0; i < script->commands.count; i++) {
        const struct shell_redirections *redirections = &script->commands.items[i]->redirections;
        for (size_t j = 0; j < redirections->count; j++)
            if (redirections->items[j].kind == SHELL_HEREDOC)
                return false;
        /* What follows exec, exit or a comment would never run. */
        if (shell_command_is(script->commands.items[i], "exec") ||
            shell_command_is(script->commands.items[i], "exit"))
            return false;
    }
    return true;
}
