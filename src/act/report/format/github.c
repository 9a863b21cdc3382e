// SPDX-License-Identifier: Apache-2.0
#include "act/report/render.h"

#include <stdlib.h>

/*
 * Commands of GitHub's workflow runner, one a line: findings appear beside the changed lines of a
 * pull request. Values come from files of others: '%', line ends, and in properties ':' and ','
 * are escaped, so that no file can give the runner a command.
 */
static void put_escaped(struct text *text, str value, bool property)
{
    str special = property ? STR("%\r\n:,") : STR("%\r\n");
    for (size_t i = 0, from = 0; i <= value.len; i++) {
        if (i < value.len && str_find_char(special, value.ptr[i]) == STR_NONE)
            continue;
        text_put(text, str_sub(value, from, i - from));
        if (i < value.len)
            fprintf(text->out, "%%%02X", (unsigned char)value.ptr[i]);
        from = i + 1;
    }
}

static void put_property(struct text *text, const char *name, str value)
{
    fprintf(text->out, ",%s=", name);
    put_escaped(text, value, true);
}

static void put_finding(struct text *text, struct arena *arena, const struct report *report,
                        const struct finding *finding)
{
    const struct location *location = &finding->location;
    const char *command = finding->severity >= SEVERITY_HIGH     ? "error"
                          : finding->severity == SEVERITY_MEDIUM ? "warning"
                                                                 : "notice";
    fprintf(text->out, "::%s file=", command);
    put_escaped(text, report_path(report, finding), true);
    if (location->line)
        fprintf(text->out, ",line=%u,endLine=%u", location->line,
                location->end_line ? location->end_line : location->line);
    /* The runner takes columns only within one line. */
    if (location->column && location->end_line == location->line)
        fprintf(text->out, ",col=%u,endColumn=%u", location->column, location->end_column);
    put_property(text, "title", finding->id);
    fputs("::", text->out);
    put_escaped(text, report_message(arena, finding), false);
    if (finding->remedy.len) {
        fputs("%0A", text->out);
        put_escaped(text, finding->remedy, false);
    }
    fputc('\n', text->out);
}

static void put_findings(const struct report *report, const struct render_options *options,
                         FILE *out)
{
    ARENA_SCOPED arena = {0};
    struct text text = text_make(out, 0, false, true);
    (void)options;
    for (size_t i = 0; i < report->findings.count; i++)
        if (report->findings.items[i].status == STATUS_OPEN) {
            put_finding(&text, &arena, report, &report->findings.items[i]);
            arena_reset(&arena);
        }
}

static void put_gaps(const struct report *report, const struct render_options *options, FILE *out)
{
    struct text text = text_make(out, 0, false, true);
    (void)options;
    for (size_t i = 0; i < report->gaps.count; i++) {
        fputs("::warning title=not looked at::", out);
        put_escaped(&text, report->gaps.items[i].path, false);
        fputs(": ", out);
        put_escaped(&text, report->gaps.items[i].reason, false);
        fputc('\n', out);
    }
}

static void render(const struct report *report, const struct render_options *options, FILE *out)
{
    put_findings(report, options, out);
    put_gaps(report, options, out);
}

static const struct format_parts parts = {.findings = put_findings, .end = put_gaps};

const struct format format_github = {
    .name = "github",
    .summary = "annotations of GitHub workflows",
    .render = render,
    .parts = &parts,
};
