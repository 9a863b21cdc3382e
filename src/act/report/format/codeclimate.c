// SPDX-License-Identifier: Apache-2.0
#include "act/report/render.h"
#include "judge/rule/rule.h"

/*
 * The issues of Code Climate's engine specification as one JSON array, which is what GitLab reads
 * as a code quality report. Open findings only. Unlike in Code Climate's own stream, issues are
 * not separated by NUL bytes.
 */
static const char *const severities[SEVERITY_COUNT] = {
    [SEVERITY_INFO] = "info",     [SEVERITY_LOW] = "minor",        [SEVERITY_MEDIUM] = "major",
    [SEVERITY_HIGH] = "critical", [SEVERITY_CRITICAL] = "blocker",
};
static const char *const categories[RULE_CLASSES] = {
    [RULE_SECURITY] = "Security",
    [RULE_CORRECTNESS] = "Bug Risk",
    [RULE_REPRODUCIBILITY] = "Compatibility",
    [RULE_SIZE] = "Performance",
    [RULE_STYLE] = "Style",
};

static void write_issue(struct writer *w, struct arena *arena, const struct report *report,
                        const struct finding *finding)
{
    const struct rule *rule = rule_by_id(finding->id);
    uint32_t line = finding->location.line ? finding->location.line : 1;
    writer_object(w, NULL);
    writer_string(w, "type", STR("issue"));
    writer_string(w, "check_name", finding->id);
    writer_string(w, "description", report_message(arena, finding));
    if (finding->remedy.len) {
        writer_object(w, "content");
        writer_string(w, "body", finding->remedy);
        writer_end(w);
    }
    writer_array(w, "categories");
    writer_string(w, NULL, str_from(categories[rule ? rule->class : RULE_SECURITY]));
    writer_end(w);
    writer_string(w, "severity", str_from(severities[finding->severity]));
    writer_string(w, "fingerprint", report_fingerprint(arena, finding));
    writer_object(w, "location");
    writer_string(w, "path", report_path(report, finding));
    writer_object(w, "lines");
    writer_u64(w, "begin", line);
    writer_u64(w, "end", finding->location.end_line ? finding->location.end_line : line);
    writer_end(w);
    writer_end(w);
    writer_end(w);
}

static void render(const struct report *report, const struct render_options *options, FILE *out)
{
    ARENA_SCOPED arena = {0};
    struct writer writer = writer_make(out);
    (void)options;
    writer_array(&writer, NULL);
    for (size_t i = 0; i < report->findings.count; i++)
        if (report->findings.items[i].status == STATUS_OPEN) {
            write_issue(&writer, &arena, report, &report->findings.items[i]);
            arena_reset(&arena);
        }
    writer_end(&writer);
}

const struct format format_codeclimate = {
    .name = "codeclimate",
    .summary = "Code Climate issues as a JSON array, which GitLab shows",
    .render = render,
};
