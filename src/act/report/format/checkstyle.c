// SPDX-License-Identifier: Apache-2.0
#include "act/report/render.h"
#include "act/report/xml.h"

/* Checkstyle's XML, which many build servers read. Open findings only: it knows no others. */

static const char *severity_of(enum severity severity)
{
    return severity >= SEVERITY_HIGH ? "error" : severity >= SEVERITY_LOW ? "warning" : "info";
}

static void write_error(struct arena *arena, const struct finding *finding, FILE *out)
{
    fprintf(out, "<error line=\"%u\"", finding->location.line ? finding->location.line : 1);
    if (finding->location.column)
        fprintf(out, " column=\"%u\"", finding->location.column);
    xml_attribute(out, "severity", str_from(severity_of(finding->severity)));
    xml_attribute(out, "message", report_message(arena, finding));
    xml_attribute(out, "source", finding->id);
    fputs("/>\n", out);
}

static void write_begin(const struct report *report, const struct render_options *options,
                        FILE *out)
{
    (void)report;
    (void)options;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n", out);
}

static void write_end(const struct report *report, const struct render_options *options, FILE *out)
{
    (void)report;
    (void)options;
    fputs("</checkstyle>\n", out);
}

static void write_files(const struct report *report, const struct render_options *options,
                        FILE *out)
{
    ARENA_SCOPED arena = {0};
    str path = {0};
    bool open = false;
    (void)options;
    for (size_t i = 0; i < report->findings.count; i++) {
        const struct finding *finding = &report->findings.items[i];
        if (finding->status != STATUS_OPEN)
            continue;
        str own = report_path(report, finding);
        if (!open || !str_eq(own, path)) {
            if (open)
                fputs("</file>\n", out);
            fputs("<file", out);
            xml_attribute(out, "name", own);
            fputs(">\n", out);
            path = own;
            open = true;
        }
        write_error(&arena, finding, out);
        arena_reset(&arena);
    }
    if (open)
        fputs("</file>\n", out);
}

static void render(const struct report *report, const struct render_options *options, FILE *out)
{
    write_begin(report, options, out);
    write_files(report, options, out);
    write_end(report, options, out);
}

static const struct format_parts parts = {
    .begin = write_begin, .findings = write_files, .end = write_end};

const struct format format_checkstyle = {
    .name = "checkstyle",
    .summary = "Checkstyle XML, for build servers",
    .render = render,
    .parts = &parts,
};
