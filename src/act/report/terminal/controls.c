// SPDX-License-Identifier: Apache-2.0
#include "act/report/terminal/terminal.h"

enum { ID_COLUMNS = 8, RESULT_COLUMNS = 6, LABEL_COLUMNS = 12 };

static const struct {
    const char *word, *many;
    enum text_style style;
} results[CONTROL_RESULTS] = {
    [CONTROL_PASS] = {"pass", "pass", STYLE_GOOD},
    [CONTROL_FAIL] = {"fail", "fail", STYLE_HIGH},
    [CONTROL_NOT_APPLICABLE] = {"-", "do not apply", STYLE_DIM},
    [CONTROL_UNKNOWN] = {"?", "cannot be told", STYLE_MEDIUM},
};

void terminal_control_counts(struct terminal *terminal)
{
    struct text *text = &terminal->text;
    const struct control_list *controls = &terminal->report->controls;
    size_t counts[CONTROL_RESULTS] = {0};
    bool first = true;
    if (controls->count == 0)
        return;
    for (size_t i = 0; i < controls->count; i++)
        counts[controls->items[i].result]++;
    text_to_column(text, 2);
    text_styled(text, STYLE_DIM, STR("Controls"));
    text_to_column(text, 2 + LABEL_COLUMNS);
    str line = arena_printf(terminal->arena, "%.*s:", STR_ARG(controls->items[0].benchmark));
    for (size_t i = 0; i < CONTROL_RESULTS; i++) {
        if (counts[i] == 0)
            continue;
        line = arena_printf(terminal->arena, "%.*s%s %zu %s", STR_ARG(line), first ? "" : ",",
                            counts[i], results[i].many);
        first = false;
    }
    text_wrap(text, line, 2 + LABEL_COLUMNS);
    text_newline(text);
}

/* What a person has to answer is not shown unasked: it is the same on every machine. */
static bool is_shown(const struct terminal *terminal, const struct control *control)
{
    return terminal->options->verbose || control->result == CONTROL_FAIL ||
           (control->result == CONTROL_UNKNOWN && !control->is_manual);
}

static void put_control(struct terminal *terminal, const struct control *control)
{
    struct text *text = &terminal->text;
    size_t indent = 2 + ID_COLUMNS + RESULT_COLUMNS;
    text_to_column(text, 2);
    text_put(text, control->id);
    text_to_column(text, 2 + ID_COLUMNS);
    text_styled(text, results[control->result].style, str_from(results[control->result].word));
    text_to_column(text, indent);
    text_wrap(text, control->title, indent);
    text_newline(text);
    if (!terminal->options->verbose)
        return;
    text_to_column(text, indent);
    text_style(text, STYLE_DIM);
    text_wrap(text, control->evidence, indent);
    text_style(text, STYLE_PLAIN);
    text_newline(text);
    if (control->remedy.len == 0)
        return;
    text_to_column(text, indent);
    text_style(text, STYLE_COMMAND);
    text_wrap(text, control->remedy, indent);
    text_style(text, STYLE_PLAIN);
    text_newline(text);
}

void terminal_controls(struct terminal *terminal)
{
    const struct control_list *controls = &terminal->report->controls;
    size_t hidden = 0;
    if (controls->count == 0)
        return;
    terminal_heading(terminal, terminal->options->verbose
                                   ? "Controls: what each says should hold, and what was seen"
                                   : "Controls that fail, or cannot be told");
    for (size_t i = 0; i < controls->count; i++) {
        if (is_shown(terminal, &controls->items[i]))
            put_control(terminal, &controls->items[i]);
        else
            hidden++;
    }
    if (hidden == 0)
        return;
    text_to_column(&terminal->text, 2);
    text_say(&terminal->text, "and %zu more (--verbose lists %s, with what was seen)\n", hidden,
             hidden == 1 ? "it" : "them");
}
