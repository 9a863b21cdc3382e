// SPDX-License-Identifier: Apache-2.0
#include "act/fix/repair/repair.h"

/*
 * Repairs that move commands from one RUN to another. What changes a single word of a command
 * (-y, --no-cache, apt-get for apt) stands beside the rule that points at the word.
 */

static bool installs(const struct shell_command *command)
{
    return shell_has_word(command, "install") || shell_has_word(command, "add") ||
           shell_has_word(command, "in");
}

static bool same_flags(const struct repair *repair, const struct instruction *a,
                       const struct instruction *b)
{
    if (a->flags.count != b->flags.count)
        return false;
    for (size_t i = 0; i < a->flags.count; i++)
        if (!str_eq(repair_text(repair, a->flags.items[i].span),
                    repair_text(repair, b->flags.items[i].span)))
            return false;
    return true;
}

static bool has_comment_at_end(const struct repair *repair, const struct instruction *run)
{
    uint32_t end = run->script->root->last->span.end;
    return str_trim(repair_text(repair, (struct span){end, run->head.end})).len > 0;
}

/* Blank lines within a continued instruction are warned about: they go. Comments may stay. */
static void drop_blank_lines(struct repair *repair, uint32_t from, uint32_t to)
{
    str text = repair->file->file.text;
    uint32_t line = from;
    for (uint32_t at = from; at < to; at++) {
        if (text.ptr[at] != '\n')
            continue;
        if (str_trim(str_sub(text, line, at - line)).len == 0)
            repair_delete(repair, (struct span){line, at + 1});
        line = at + 1;
    }
}

static bool join_with_next(struct repair *repair, const struct instruction *run,
                           const struct instruction *next)
{
    uint32_t end = run->script->root->last->span.end;
    uint32_t after = run->span.end;
    str text = repair->file->file.text;
    while (after < text.len && text.ptr[after] != '\n')
        after++;
    if (after >= text.len || has_comment_at_end(repair, run))
        return false;
    repair_replace(
        repair, (struct span){end, after + 1},
        arena_printf(repair->arena, " && %c%s", repair_escape(repair), repair_newline(repair)));
    drop_blank_lines(repair, after + 1, next->span.start);
    uint32_t words = mapped_text_offset(&next->arguments, 0);
    repair_replace(repair, (struct span){next->span.start, words}, STR("    "));
    repair_title(repair, "Join it with the RUN that follows");
    return true;
}

/* The whole RUN is that command, so that it can move. */
static bool is_all_of(const struct instruction *run, const struct shell_command *command)
{
    return run->script->commands.count == 1 && run->script->commands.items[0] == command &&
           command->assignments.count == 0 && command->redirections.count == 0;
}

static bool move_before_install(struct repair *repair, const struct instruction *run)
{
    const struct shell_command *update = repair->command;
    if (!update || !is_all_of(run, update) || run->comments.count)
        return false;
    for (const struct instruction *later = repair_next(repair, run); later;
         later = repair_next(repair, later)) {
        if (!repair_is_plain_run(later))
            continue;
        for (size_t i = 0; i < later->script->commands.count; i++) {
            const struct shell_command *install = later->script->commands.items[i];
            if (!installs(install) || shell_command_name(install).len == 0 ||
                !str_eq(shell_command_name(install), shell_command_name(update)))
                continue;
            if (install->wrapper)
                return false;
            repair_doubt(repair);
            repair_title(repair, "Move it into the RUN that installs");
            repair_delete(repair, repair_lines(repair, run));
            repair_insert(repair, install->span.start,
                          arena_printf(repair->arena, "%.*s && ",
                                       STR_ARG(repair_text(repair, update->span))));
            return true;
        }
    }
    return false;
}

static bool join_update(struct repair *repair)
{
    const struct instruction *run = repair->instruction;
    if (!repair_is_plain_run(run) || run->onbuild || !repair_can_append(run->script))
        return false;
    const struct instruction *next = repair_next(repair, run);
    if (next && repair_is_plain_run(next) && same_flags(repair, run, next) &&
        run->state->shell_set == next->state->shell_set && repair_is_and_list(next->script) &&
        join_with_next(repair, run, next))
        return true;
    return move_before_install(repair, run);
}

static const struct repair_row rows[] = {
    {"dockerfile/index-update-alone", EDIT_SAFE, "Fetch the index where packages are installed",
     join_update},
    {0},
};

const struct repair_table repair_packages = {rows};
