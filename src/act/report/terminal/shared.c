// SPDX-License-Identifier: Apache-2.0
#include "act/report/terminal/terminal.h"

enum { DATE_LENGTH = 10 };

void terminal_heading(struct terminal *terminal, const char *words)
{
    text_newline(&terminal->text);
    text_styled(&terminal->text, STYLE_BOLD, str_from(words));
    text_newline(&terminal->text);
}

enum text_style terminal_severity_style(enum severity severity)
{
    static const enum text_style styles[SEVERITY_COUNT] = {
        [SEVERITY_INFO] = STYLE_DIM,          [SEVERITY_LOW] = STYLE_LOW,
        [SEVERITY_MEDIUM] = STYLE_MEDIUM,     [SEVERITY_HIGH] = STYLE_HIGH,
        [SEVERITY_CRITICAL] = STYLE_CRITICAL,
    };
    return styles[severity];
}

static str counts_part(struct terminal *terminal, size_t count, size_t severity, bool first)
{
    str name = severity_name((enum severity)severity);
    return arena_printf(terminal->arena, "%s%zu %.*s", first ? "" : ", ", count, STR_ARG(name));
}

void terminal_counts(struct terminal *terminal, const size_t counts[SEVERITY_COUNT])
{
    bool first = true;
    for (size_t i = SEVERITY_COUNT; i-- > 0;) {
        if (counts[i] == 0)
            continue;
        str part = counts_part(terminal, counts[i], i, first);
        if (!first)
            text_put(&terminal->text, STR(", "));
        text_styled(&terminal->text, terminal_severity_style((enum severity)i),
                    first ? part : str_from_index(part, 2));
        first = false;
    }
}

size_t terminal_counts_columns(struct terminal *terminal, const size_t counts[SEVERITY_COUNT])
{
    size_t columns = 0;
    for (size_t i = SEVERITY_COUNT; i-- > 0;)
        if (counts[i])
            columns += counts_part(terminal, counts[i], i, columns == 0).len;
    return columns;
}

void terminal_to_right(struct terminal *terminal, size_t columns, size_t indent)
{
    struct text *text = &terminal->text;
    if (text->column + 2 + columns > text->width) {
        text_newline(text);
        text_to_column(text, indent);
    } else {
        text_to_column(text, text->width - columns);
    }
}

enum text_style terminal_grade_style(char grade)
{
    return grade == 'A'   ? STYLE_GOOD
           : grade == 'B' ? STYLE_LOW
           : grade == 'C' ? STYLE_MEDIUM
           : grade == 'D' ? STYLE_HIGH
                          : STYLE_CRITICAL;
}

str terminal_layer(struct terminal *terminal, str layer)
{
    size_t count = terminal->report->image.layers.count;
    size_t index = report_layer_index(terminal->report, layer);
    if (index == count || count < 2)
        return (str){0};
    return arena_printf(terminal->arena, "layer %zu/%zu", index + 1, count);
}

str terminal_date(str time)
{
    return str_sub(time, 0, DATE_LENGTH);
}
