// SPDX-License-Identifier: Apache-2.0
#include "act/report/terminal/terminal.h"

enum { ACTIONS_SHOWN = 5 };

/* What a remedy is against: "Put an address in front" alone says nothing. */
static void put_reason(struct terminal *terminal, const struct action *action, size_t indent)
{
    struct text *text = &terminal->text;
    const struct finding *first = &terminal->report->findings.items[action->findings.items[0]];
    if (first->vulnerability || str_eq(first->title, action->title))
        return;
    str reason = first->title;
    if (first->location.path.len)
        reason = arena_printf(terminal->arena, "%.*s: %.*s", STR_ARG(reason),
                              STR_ARG(first->location.path));
    if (action->findings.count > 1)
        reason = arena_printf(terminal->arena, "%.*s, and %zu more", STR_ARG(reason),
                              action->findings.count - 1);
    text_to_column(text, indent);
    text_style(text, STYLE_DIM);
    text_wrap(text, arena_join(terminal->arena, STR("against: "), reason, (str){0}), indent);
    text_style(text, STYLE_PLAIN);
    text_newline(text);
}

static void put_action(struct terminal *terminal, const struct action *action, size_t number)
{
    struct text *text = &terminal->text;
    size_t indent = 6;
    text_newline(text);
    text_say(text, "%4zu  ", number);
    text_style(text, STYLE_BOLD);
    text_wrap(text, action->title, indent);
    text_style(text, STYLE_PLAIN);
    size_t removes[SEVERITY_COUNT];
    for (size_t i = 0; i < SEVERITY_COUNT; i++)
        removes[i] = i == SEVERITY_INFO ? 0 : action->removes[i];
    size_t columns = terminal_counts_columns(terminal, removes);
    if (columns) {
        terminal_to_right(terminal, columns + str_from("removes ").len, indent);
        text_styled(text, STYLE_DIM, STR("removes "));
        terminal_counts(terminal, removes);
    }
    text_newline(text);
    put_reason(terminal, action, indent);
    if (action->command.len) {
        text_to_column(text, indent);
        text_command(text, action->command, indent);
        text_newline(text);
    }
    if (action->note.len) {
        text_to_column(text, indent);
        text_style(text, STYLE_DIM);
        text_wrap(text, action->note, indent);
        text_style(text, STYLE_PLAIN);
        text_newline(text);
    }
}

void terminal_actions(struct terminal *terminal)
{
    struct text *text = &terminal->text;
    const struct action_list *actions = &terminal->report->actions;
    if (actions->count == 0)
        return;
    str kind = terminal->report->image.kind;
    bool image = !str_eq(kind, STR("rootfs")) && !str_eq(kind, STR("host")) &&
                 !report_is_of_containers(terminal->report);
    terminal_heading(terminal,
                     image ? "What to do (in the Dockerfile, as RUN lines)" : "What to do");
    size_t shown = actions->count;
    /* One action more rather than a line that says "1 smaller one". */
    if (!terminal->options->verbose && shown > ACTIONS_SHOWN + 1)
        shown = ACTIONS_SHOWN;
    for (size_t i = 0; i < shown; i++)
        put_action(terminal, &actions->items[i], i + 1);
    if (shown < actions->count) {
        text_newline(text);
        text_to_column(text, 6);
        text_say(text, "%zu smaller ones: --verbose lists them\n", actions->count - shown);
    }
}
