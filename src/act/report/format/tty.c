// SPDX-License-Identifier: Apache-2.0
#include "act/report/terminal/terminal.h"

static struct terminal make_terminal(const struct report *report,
                                     const struct render_options *options, struct arena *arena,
                                     FILE *out)
{
    return (struct terminal){
        .text = text_make(out, options->width, options->color, options->unicode),
        .arena = arena,
        .report = report,
        .options = options,
    };
}

static void put_head(const struct report *report, const struct render_options *options, FILE *out)
{
    ARENA_SCOPED arena = {0};
    struct terminal terminal = make_terminal(report, options, &arena, out);
    terminal_file_head(&terminal);
}

static void put_findings(const struct report *report, const struct render_options *options,
                         FILE *out)
{
    ARENA_SCOPED arena = {0};
    struct terminal terminal = make_terminal(report, options, &arena, out);
    terminal_file_findings(&terminal);
}

static void put_end(const struct report *report, const struct render_options *options, FILE *out)
{
    ARENA_SCOPED arena = {0};
    struct terminal terminal = make_terminal(report, options, &arena, out);
    terminal_file_end(&terminal);
}

static const struct format_parts parts = {
    .totals_first = true, .begin = put_head, .findings = put_findings, .end = put_end};

static void render(const struct report *report, const struct render_options *options, FILE *out)
{
    ARENA_SCOPED arena = {0};
    struct terminal terminal = make_terminal(report, options, &arena, out);
    if (report_is_of_files(report)) {
        put_head(report, options, out);
        put_findings(report, options, out);
        put_end(report, options, out);
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
    struct terminal terminal = make_terminal(b, options, &arena, out);
    terminal_diff(&terminal, a, diff);
}

const struct format format_tty = {
    .name = "tty",
    .summary = "for people: what to do first, then why",
    .render = render,
    .parts = &parts,
    .render_diff = render_diff,
};
