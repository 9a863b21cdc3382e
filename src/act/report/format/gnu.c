// SPDX-License-Identifier: Apache-2.0
#include "act/report/render.h"

/*
 * "path:line:column: severity: message [id]", as compilers write it (GNU coding standards), which
 * editors follow to the place. Open findings only.
 */
static void put_findings(const struct report *report, const struct render_options *options,
                         FILE *out)
{
    ARENA_SCOPED arena = {0};
    struct text text = text_make(out, 0, false, options->unicode);
    for (size_t i = 0; i < report->findings.count; i++) {
        const struct finding *finding = &report->findings.items[i];
        if (finding->status != STATUS_OPEN)
            continue;
        arena_reset(&arena);
        text_put(&text, report_path(report, finding));
        if (finding->location.line)
            fprintf(out, ":%u", finding->location.line);
        if (finding->location.column)
            fprintf(out, ":%u", finding->location.column);
        fputs(": ", out);
        text_put(&text, severity_name(finding->severity));
        fputs(": ", out);
        text_put(&text, report_message(&arena, finding));
        fputs(" [", out);
        text_put(&text, finding->id);
        fputs("]", out);
        text_newline(&text);
    }
}

static const struct format_parts parts = {.findings = put_findings};

const struct format format_gnu = {
    .name = "gnu",
    .summary = "one line a finding, as compilers write, for editors",
    .render = put_findings,
    .parts = &parts,
};
