// SPDX-License-Identifier: Apache-2.0
#include "act/report/render.h"
#include "act/report/xml.h"

/* JUnit's XML: a finding is a test that failed, a waived one a test that was skipped, and a target
 * without any a test that passed. What could not be looked at is an error. */

static void begin_case(const char *class_name, str class_value, str name, FILE *out)
{
    fputs("<testcase", out);
    xml_attribute(out, "name", name);
    xml_attribute(out, class_name, class_value);
    fputs(">", out);
}

static void write_case(struct arena *arena, const struct report *report,
                       const struct finding *finding, FILE *out)
{
    str path = report_path(report, finding), place = path;
    if (finding->location.line)
        place = arena_printf(arena, "%.*s:%u:%u", STR_ARG(path), finding->location.line,
                             finding->location.column);
    begin_case("classname", path, arena_join(arena, finding->id, STR(" "), place), out);
    if (finding->status != STATUS_OPEN) {
        fputs("<skipped", out);
        xml_attribute(out, "message",
                      finding->reason.len ? finding->reason : status_name(finding->status));
        fputs("/></testcase>\n", out);
        return;
    }
    fputs("<failure", out);
    xml_attribute(out, "type", severity_name(finding->severity));
    xml_attribute(out, "message", report_message(arena, finding));
    fputs(">", out);
    xml_text(out, finding->remedy);
    fputs("</failure></testcase>\n", out);
}

static void write_gap(const struct report *report, str path, str reason, FILE *out)
{
    begin_case("classname", report->image.name, path, out);
    fputs("<error type=\"coverage\"", out);
    xml_attribute(out, "message", reason);
    fputs("/></testcase>\n", out);
}

/* A suite of its own: what does not apply, or cannot be told, was not tested. */
static void write_controls(const struct report *report, FILE *out)
{
    const struct control_list *controls = &report->controls;
    size_t counts[CONTROL_RESULTS] = {0};
    if (controls->count == 0)
        return;
    for (size_t i = 0; i < controls->count; i++)
        counts[controls->items[i].result]++;
    fputs("<testsuite", out);
    xml_attribute(out, "name", controls->items[0].benchmark);
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n", controls->count,
            counts[CONTROL_FAIL], counts[CONTROL_NOT_APPLICABLE] + counts[CONTROL_UNKNOWN]);
    for (size_t i = 0; i < controls->count; i++) {
        const struct control *control = &controls->items[i];
        ARENA_SCOPED arena = {0};
        begin_case("classname", control->benchmark,
                   arena_join(&arena, control->id, STR(" "), control->title), out);
        if (control->result == CONTROL_FAIL) {
            fputs("<failure", out);
            xml_attribute(out, "message", control->evidence);
            fputs(">", out);
            xml_text(out, control->remedy);
            fputs("</failure>", out);
        } else if (control->result != CONTROL_PASS) {
            fputs("<skipped", out);
            xml_attribute(out, "message",
                          arena_join(&arena, control_result_name(control->result), STR(": "),
                                     control->evidence));
            fputs("/>", out);
        }
        fputs("</testcase>\n", out);
    }
    fputs("</testsuite>\n", out);
}

static void render(const struct report *report, const struct render_options *options, FILE *out)
{
    ARENA_SCOPED arena = {0};
    size_t findings = report->findings.count, open = findings - report->suppressed;
    size_t gaps = report->gaps.count + (report->gaps_unnamed > 0);
    bool passed = findings == 0 && gaps == 0;
    (void)options;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite", out);
    xml_attribute(out, "name", STR("harden"));
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n",
            findings + gaps + passed, open, gaps, report->suppressed);
    if (passed) {
        begin_case("classname", report->image.name, STR("nothing found"), out);
        fputs("</testcase>\n", out);
    }
    for (size_t i = 0; i < findings; i++) {
        write_case(&arena, report, &report->findings.items[i], out);
        arena_reset(&arena);
    }
    for (size_t i = 0; i < report->gaps.count; i++)
        write_gap(report, report->gaps.items[i].path, report->gaps.items[i].reason, out);
    if (report->gaps_unnamed)
        write_gap(report, STR("coverage"), STR("more than can be named was not looked at"), out);
    fputs("</testsuite>\n", out);
    write_controls(report, out);
    fputs("</testsuites>\n", out);
}

const struct format format_junit = {
    .name = "junit",
    .summary = "JUnit XML, for test reports of build servers",
    .render = render,
};
