// SPDX-License-Identifier: Apache-2.0
#include "act/report/hadolint.h"

#include "act/report/render.h"
#include "act/report/xml.h"

#include <string.h>

/* hadolint's own levels (2.15); the rest is a warning. */
static const char errors[] = "DL1000 DL3000 DL3004 DL3011 DL3012 DL3020 DL3021 DL3023 DL3024 "
                             "DL3026 DL3043 DL3044 DL3061 DL4000 DL4004";
static const char infos[] = "DL3001 DL3009 DL3010 DL3015 DL3019 DL3047 DL3049 DL3050 DL3059 "
                            "DL3060 DL3066";
static const char styles[] = "DL3048";
static const char off[] = "DL1001 DL3057";
static const char *const level_names[] = {
    [HADOLINT_IS_ERROR] = "error", [HADOLINT_IS_WARNING] = "warning", [HADOLINT_IS_INFO] = "info",
    [HADOLINT_IS_STYLE] = "style", [HADOLINT_IS_OFF] = "ignore",
};

static bool is_code(str name)
{
    enum { CODE_LEAST = 6 };
    if (name.len < CODE_LEAST || (!str_starts(name, STR("DL")) && !str_starts(name, STR("SC"))))
        return false;
    for (size_t i = 2; i < name.len; i++)
        if (name.ptr[i] < '0' || name.ptr[i] > '9')
            return false;
    return true;
}

str hadolint_code(const struct finding *finding)
{
    if (is_code(finding->id))
        return finding->id;
    for (size_t i = 0; i < finding->aliases.count; i++)
        if (is_code(finding->aliases.items[i]))
            return finding->aliases.items[i];
    return (str){0};
}

bool hadolint_is_on(str code)
{
    return is_code(code) && !str_has_word(str_from(off), code);
}

enum hadolint_severity hadolint_level_of(const struct hadolint_rule_levels *levels,
                                         const struct finding *finding)
{
    static const enum hadolint_severity ours[SEVERITY_COUNT] = {
        [SEVERITY_INFO] = HADOLINT_IS_STYLE,     [SEVERITY_LOW] = HADOLINT_IS_INFO,
        [SEVERITY_MEDIUM] = HADOLINT_IS_WARNING, [SEVERITY_HIGH] = HADOLINT_IS_ERROR,
        [SEVERITY_CRITICAL] = HADOLINT_IS_ERROR,
    };
    str code = hadolint_code(finding);
    for (size_t i = levels->count; i-- > 0;)
        if (str_eq_nocase(levels->items[i].code, code))
            return levels->items[i].level;
    if (str_starts(code, STR("SC")))
        return ours[finding->severity];
    return str_has_word(str_from(off), code)      ? HADOLINT_IS_OFF
           : str_has_word(str_from(errors), code) ? HADOLINT_IS_ERROR
           : str_has_word(str_from(infos), code)  ? HADOLINT_IS_INFO
           : str_has_word(str_from(styles), code) ? HADOLINT_IS_STYLE
                                                  : HADOLINT_IS_WARNING;
}

/* --- formats ------------------------------------------------------------------------------------
 */

struct printer {
    struct arena *arena;
    const struct report *report;
    const struct hadolint_output *output;
    FILE *out;
    struct text text;
    struct writer writer;
    str path; /* of the file at hand: for XML */
    size_t count;
};

/* One finding as the formats see it. */
struct row {
    str path, code, message;
    const char *level;
    uint32_t line, column;
    const struct finding *finding;
};

static bool next_row(const struct printer *printer, size_t *at, struct row *ret)
{
    for (; *at < printer->report->findings.count; (*at)++) {
        const struct finding *finding = &printer->report->findings.items[*at];
        str code = hadolint_code(finding);
        if (finding->status != STATUS_OPEN || code.len == 0 ||
            hadolint_level_of(printer->output->levels, finding) == HADOLINT_IS_OFF)
            continue;
        *ret = (struct row){
            .path = printer->output->path.len ? printer->output->path : finding->location.path,
            .code = code,
            .message = report_message(printer->arena, finding),
            .level = level_names[hadolint_level_of(printer->output->levels, finding)],
            .line = finding->location.line ? finding->location.line : 1,
            .column = finding->location.column ? finding->location.column : 1,
            .finding = finding,
        };
        ++*at;
        return true;
    }
    return false;
}

static void put_tty(struct printer *printer, const struct row *row)
{
    struct text *text = &printer->text;
    text_put(text, row->path);
    text_say(text, ":%u ", row->line);
    text_styled(text, STYLE_BOLD, row->code);
    text_say(text, " ");
    text_styled(text, strcmp(row->level, "error") == 0 ? STYLE_HIGH : STYLE_MEDIUM,
                str_from(row->level));
    text_say(text, ": ");
    text_put(text, row->message);
    text_newline(text);
}

static void put_gnu(struct printer *printer, const struct row *row)
{
    struct text *text = &printer->text;
    text_say(text, "hadolint:");
    text_put(text, row->path);
    text_say(text, ":%u:%u: ", row->line, row->column);
    text_put(text, row->code);
    text_say(text, " %s: ", row->level);
    text_put(text, row->message);
    text_newline(text);
}

static void put_json(struct printer *printer, const struct row *row)
{
    struct writer *w = &printer->writer;
    writer_object(w, NULL);
    writer_string(w, "code", row->code);
    writer_u64(w, "column", row->column);
    writer_string(w, "file", row->path);
    writer_string(w, "level", str_from(row->level));
    writer_u64(w, "line", row->line);
    writer_string(w, "message", row->message);
    writer_end(w);
}

/* The stream of Code Climate's engines ends each issue with a NUL byte; GitLab reads a list. */
static void put_issue(struct printer *printer, const struct row *row)
{
    bool stream = strcmp(printer->output->format, "codeclimate") == 0;
    struct writer own = writer_make(printer->out), *w = stream ? &own : &printer->writer;
    const char *severity = strcmp(row->level, "error") == 0     ? "blocker"
                           : strcmp(row->level, "warning") == 0 ? "major"
                           : strcmp(row->level, "info") == 0    ? "info"
                                                                : "minor";
    writer_object(w, NULL);
    writer_string(w, "type", STR("issue"));
    writer_string(w, "check_name", row->code);
    writer_string(w, "description", row->message);
    writer_array(w, "categories");
    writer_string(w, NULL, STR("Bug Risk"));
    writer_end(w);
    writer_string(w, "severity", str_from(severity));
    if (!stream)
        writer_string(w, "fingerprint", report_fingerprint(printer->arena, row->finding));
    writer_object(w, "location");
    writer_string(w, "path", row->path);
    writer_object(w, "lines");
    writer_u64(w, "begin", row->line);
    writer_u64(w, "end", row->line);
    writer_end(w);
    writer_end(w);
    writer_end(w);
    if (stream)
        fputc('\0', printer->out);
}

static void put_codacy(struct printer *printer, const struct row *row)
{
    struct writer own = writer_make(printer->out), *w = &own;
    writer_object(w, NULL);
    writer_string(w, "filename", row->path);
    writer_string(w, "patternId", row->code);
    writer_u64(w, "line", row->line);
    writer_string(w, "message", row->message);
    writer_end(w);
}

static void put_sonarqube(struct printer *printer, const struct row *row)
{
    struct writer *w = &printer->writer;
    const char *severity = strcmp(row->level, "error") == 0     ? "CRITICAL"
                           : strcmp(row->level, "warning") == 0 ? "MAJOR"
                           : strcmp(row->level, "info") == 0    ? "MINOR"
                                                                : "INFO";
    writer_object(w, NULL);
    writer_string(w, "engineId", STR("Hadolint"));
    writer_string(w, "ruleId", row->code);
    writer_string(w, "severity", str_from(severity));
    writer_string(w, "type", STR("CODE_SMELL"));
    writer_object(w, "primaryLocation");
    writer_string(w, "message", row->message);
    writer_string(w, "filePath", row->path);
    writer_object(w, "textRange");
    writer_u64(w, "startLine", row->line);
    writer_end(w);
    writer_end(w);
    writer_end(w);
}

static void put_checkstyle(struct printer *printer, const struct row *row)
{
    FILE *out = printer->out;
    if (printer->count == 0 || !str_eq(printer->path, row->path)) {
        fputs(printer->count ? "</file>\n<file" : "<file", out);
        xml_attribute(out, "name", row->path);
        fputs(">\n", out);
        printer->path = row->path;
    }
    fprintf(out, "<error line=\"%u\" column=\"%u\" severity=\"%s\"", row->line, row->column,
            strcmp(row->level, "style") == 0 ? "info" : row->level);
    xml_attribute(out, "message", row->message);
    xml_attribute(out, "source", row->code);
    fputs("/>\n", out);
}

static const struct hadolint_format {
    const char *name;
    void (*put)(struct printer *printer, const struct row *row);
    const char *array; /* of JSON, around the rows: "" without a name, else the member's */
    const char *before, *after;
} formats[] = {
    {.name = "tty", .put = put_tty},
    {.name = "gnu", .put = put_gnu},
    {.name = "json", .put = put_json, .array = ""},
    {.name = "codeclimate", .put = put_issue},
    {.name = "gitlab_codeclimate", .put = put_issue, .array = ""},
    {.name = "codacy", .put = put_codacy},
    {.name = "sonarqube", .put = put_sonarqube, .array = "issues"},
    {.name = "checkstyle",
     .put = put_checkstyle,
     .before = "<?xml version='1.0' encoding='UTF-8'?>\n<checkstyle version='4.3'>\n",
     .after = "</checkstyle>\n"},
};
enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

bool hadolint_has_format(const char *format)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(formats[i].name, format) == 0)
            return true;
    return strcmp(format, "sarif") == 0 || strcmp(format, "junit") == 0;
}

/* Formats that carry ids in our words already get hadolint's in their place. */
static void render_ours(const struct printer *printer)
{
    struct report copy = *printer->report;
    copy.findings = (struct finding_list){0};
    for (size_t i = 0; i < printer->report->findings.count; i++) {
        const struct finding *finding = &printer->report->findings.items[i];
        str code = hadolint_code(finding);
        if (code.len == 0 || hadolint_level_of(printer->output->levels, finding) == HADOLINT_IS_OFF)
            continue;
        struct finding *named = vec_push(printer->arena, &copy.findings);
        *named = *finding;
        named->id = code;
    }
    const struct render_options options = {.unicode = true};
    format_by_name(str_from(printer->output->format))->render(&copy, &options, printer->out);
}

void hadolint_render(const struct report *report, const struct hadolint_output *output, FILE *out)
{
    ARENA_SCOPED arena = {0};
    const struct hadolint_format *format = NULL;
    struct printer printer = {.arena = &arena,
                              .report = report,
                              .output = output,
                              .out = out,
                              .text = text_make(out, 0, output->color, true),
                              .writer = writer_make(out)};
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(formats[i].name, output->format) == 0)
            format = &formats[i];
    if (!format) {
        render_ours(&printer);
        return;
    }
    fputs(format->before ? format->before : "", out);
    if (format->array && *format->array)
        writer_object(&printer.writer, NULL);
    if (format->array)
        writer_array(&printer.writer, *format->array ? format->array : NULL);
    struct row row;
    for (size_t at = 0; next_row(&printer, &at, &row); printer.count++)
        format->put(&printer, &row);
    if (format->array)
        writer_end(&printer.writer);
    if (format->array && *format->array)
        writer_end(&printer.writer);
    if (format->after && printer.count)
        fputs("</file>\n", out);
    fputs(format->after ? format->after : "", out);
}
