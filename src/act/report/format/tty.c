// SPDX-License-Identifier: Apache-2.0
#include "act/report/terminal/terminal.h"

static void render(const struct report *report, const struct render_options *options, FILE *out)
{
    ARENA_SCOPED arena = {0};
    struct terminal terminal = {
        .text = text_make(out, options->width, options->color, options->unicode),
        .arena = &arena,
        .report = report,
        .options = options,
    };
    if (report_is_of_files(report)) {
        terminal_file_head(&terminal);
        terminal_file_findings(&terminal);
        terminal_file_end(&terminal);
        return;
    }
    terminal_head(&terminal);
    terminal_actions(&terminal);
    terminal_findings(&terminal);
    terminal_controls(&terminal);
    terminal_packages(&terminal);
    terminal_containers(&terminal);
    terminal_end(&terminal);
}

static void render_diff(const struct report *a, const struct report *b,
                        const struct report_diff *diff, const struct render_options *options,
                        FILE *out)
{
    ARENA_SCOPED arena = {0};
    struct terminal terminal = {
        .text = text_make(out, options->width, options->color, options->unicode),
        .arena = &arena,
        .report = b,
        .options = options,
    };
    terminal_diff(&terminal, a, diff);
}

const struct format format_tty = {
    .name = "tty",
    .summary = "for people: what to do first, then why",
    .render = render,
    .render_diff = render_diff,
};
