// SPDX-License-Identifier: Apache-2.0
#include "act/report/render.h"
#include "base/map.h"
#include "judge/rule/rule.h"

/*
 * SARIF 2.1.0 (OASIS, 27 March 2020), for code-scanning tools. A rule for each of our own rules
 * that found something, and one for each vulnerability; `security-severity` is what GitHub sorts
 * by. Waived and not-affected findings are results with a suppression.
 */

/* Where CVSS is unknown: the middle of the range that has this name in CVSS 3.1. */
static const double usual_score[SEVERITY_COUNT] = {
    [SEVERITY_INFO] = 0, [SEVERITY_LOW] = 2,        [SEVERITY_MEDIUM] = 5.5,
    [SEVERITY_HIGH] = 8, [SEVERITY_CRITICAL] = 9.5,
};

struct sarif {
    struct writer *w;
    struct arena *arena;
    struct arena *scratch; /* of the result that is being written */
    const struct report *report;
    struct map rules;                  /* finding id to index */
    VEC(const struct finding *) first; /* of each rule: the first finding that has it */
    bool suppresses;                   /* some result is suppressed; then all must say so */
};

/* Files of an image are in no repository; text files are where code-scanning tools look. */
static const char *base_of(const struct report *report)
{
    return report_is_of_files(report) ? "SRCROOT" : "TARGET";
}

static const char *level_of(enum severity severity)
{
    return severity >= SEVERITY_HIGH ? "error" : severity == SEVERITY_MEDIUM ? "warning" : "note";
}

static void write_message(struct writer *w, const char *key, str text)
{
    writer_object(w, key);
    writer_string(w, "text", text);
    writer_end(w);
}

/* RFC 3986: what is not unreserved or '/' is percent-encoded. */
static str encode_uri(struct arena *arena, str path)
{
    static const char digits[] = "0123456789ABCDEF";
    char *uri = arena_alloc(arena, path.len * 3 + 1);
    size_t len = 0;
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter || c == '-' || c == '.' || c == '_' || c == '~' || c == '/') {
            uri[len++] = (char)c;
        } else {
            uri[len++] = '%';
            uri[len++] = digits[c >> 4];
            uri[len++] = digits[c & 15];
        }
    }
    return (str){uri, len};
}

static void collect_rules(struct sarif *sarif)
{
    for (size_t i = 0; i < sarif->report->findings.count; i++) {
        const struct finding *finding = &sarif->report->findings.items[i];
        bool fresh;
        uintptr_t *index = map_put(sarif->arena, &sarif->rules, finding->id, &fresh);
        sarif->suppresses |= finding->status != STATUS_OPEN;
        if (!fresh)
            continue;
        *index = sarif->first.count;
        *vec_push(sarif->arena, &sarif->first) = finding;
    }
}

static void write_rule_texts(struct sarif *sarif, const struct finding *finding)
{
    struct writer *w = sarif->w;
    const struct rule *rule = rule_by_id(finding->id);
    const struct vulnerability *flaw = finding->vulnerability;
    if (rule) {
        write_message(w, "shortDescription", str_from(rule->title));
        write_message(w, "fullDescription", str_from(rule->why));
        write_message(w, "help", str_from(rule->fix));
        if (rule->references[0])
            writer_string(w, "helpUri", str_from(rule->references[0]));
        return;
    }
    write_message(w, "shortDescription", finding->title.len ? finding->title : finding->id);
    if (flaw && flaw->description.len)
        write_message(w, "fullDescription", flaw->description);
    str help = finding->remedy;
    if (help.len == 0)
        help = finding_is_fixable(finding)
                   ? STR("Upgrade the package to a version that has the fix.")
                   : STR("No version with a fix can be installed yet.");
    write_message(w, "help", help);
    if (str_starts(finding->id, STR("CVE-")))
        writer_string(w, "helpUri",
                      arena_join(sarif->arena, STR("https://www.cve.org/CVERecord?id="), (str){0},
                                 encode_uri(sarif->arena, finding->id)));
}

static void write_rule(struct sarif *sarif, const struct finding *finding)
{
    struct writer *w = sarif->w;
    const struct vulnerability *flaw = finding->vulnerability;
    double score = flaw && flaw->cvss >= 0 ? flaw->cvss : usual_score[finding->severity];
    unsigned tenths = (unsigned)((score > 10 ? 10 : score) * 10 + 0.5);
    writer_object(w, NULL);
    writer_string(w, "id", finding->id);
    write_rule_texts(sarif, finding);
    writer_object(w, "defaultConfiguration");
    writer_string(w, "level", str_from(level_of(finding->severity)));
    writer_end(w);
    writer_object(w, "properties");
    writer_array(w, "tags");
    writer_string(w, NULL, STR("security"));
    writer_string(w, NULL, kind_name(finding->kind));
    writer_end(w);
    writer_string(w, "precision", STR("very-high"));
    writer_string(w, "security-severity",
                  arena_printf(sarif->arena, "%u.%u", tenths / 10, tenths % 10));
    writer_end(w);
    writer_end(w);
}

static void write_region(struct writer *w, const char *key, const struct text_place *place)
{
    writer_object(w, key);
    writer_u64(w, "startLine", place->line ? place->line : 1);
    if (place->column)
        writer_u64(w, "startColumn", place->column);
    if (place->end_line)
        writer_u64(w, "endLine", place->end_line);
    if (place->end_column)
        writer_u64(w, "endColumn", place->end_column);
    writer_end(w);
}

static void write_artifact(struct sarif *sarif, str path)
{
    struct writer *w = sarif->w;
    while (str_skip(&path, STR("./"))) {
    }
    writer_object(w, "artifactLocation");
    writer_string(w, "uri", encode_uri(sarif->scratch, path));
    if (!str_starts(path, STR("/"))) /* of a machine, or a file elsewhere */
        writer_string(w, "uriBaseId", str_from(base_of(sarif->report)));
    writer_end(w);
}

static void write_location(struct sarif *sarif, const struct finding *finding)
{
    struct writer *w = sarif->w;
    const struct location *location = &finding->location;
    const struct vulnerability *flaw = finding->vulnerability;
    writer_array(w, "locations");
    writer_object(w, NULL);
    if (location->path.len) {
        writer_object(w, "physicalLocation");
        write_artifact(sarif, location->path);
        write_region(w, "region",
                     &(struct text_place){location->line, location->column, location->end_line,
                                          location->end_column});
        writer_end(w);
    }
    writer_array(w, "logicalLocations");
    writer_object(w, NULL);
    if (flaw) {
        writer_string(w, "name", flaw->package);
        str name = arena_join(sarif->scratch, flaw->type, STR(":"), flaw->package);
        writer_string(w, "fullyQualifiedName",
                      arena_join(sarif->scratch, name, STR("@"), flaw->installed_version));
        writer_string(w, "kind", STR("package"));
    } else {
        writer_string(w, "name", sarif->report->image.name);
        writer_string(w, "kind", STR("resource"));
    }
    writer_end(w);
    writer_end(w);
    writer_end(w);
    writer_end(w);
}

static void write_fingerprint(struct sarif *sarif, const struct finding *finding)
{
    writer_object(sarif->w, "partialFingerprints");
    writer_string(sarif->w, "harden/v1", report_fingerprint(sarif->scratch, finding));
    writer_end(sarif->w);
}

/* One change for each file that is edited; edits of one file follow each other. */
static void write_fixes(struct sarif *sarif, const struct finding *finding)
{
    struct writer *w = sarif->w;
    const struct edit_list *edits = &finding->edits;
    str words = finding->edit_title.len ? finding->edit_title : finding->remedy;
    if (edits->count == 0)
        return;
    if (words.len == 0)
        words = STR("Remove what is wrong");
    writer_array(w, "fixes");
    writer_object(w, NULL);
    write_message(w, "description", words);
    writer_array(w, "artifactChanges");
    for (size_t i = 0; i < edits->count;) {
        str path = edits->items[i].path;
        writer_object(w, NULL);
        write_artifact(sarif, path);
        writer_array(w, "replacements");
        for (; i < edits->count && str_eq(edits->items[i].path, path); i++) {
            writer_object(w, NULL);
            write_region(w, "deletedRegion", &edits->items[i].place);
            write_message(w, "insertedContent", edits->items[i].replacement);
            writer_end(w);
        }
        writer_end(w);
        writer_end(w);
    }
    writer_end(w);
    writer_end(w);
    writer_end(w);
}

static void write_result(struct sarif *sarif, const struct finding *finding)
{
    struct writer *w = sarif->w;
    writer_object(w, NULL);
    writer_string(w, "ruleId", finding->id);
    writer_u64(w, "ruleIndex", *map_get(&sarif->rules, finding->id));
    writer_string(w, "kind", STR("fail"));
    writer_string(w, "level", str_from(level_of(finding->severity)));
    write_message(w, "message", report_message(sarif->scratch, finding));
    write_location(sarif, finding);
    write_fingerprint(sarif, finding);
    write_fixes(sarif, finding);
    if (sarif->suppresses) {
        writer_array(w, "suppressions");
        if (finding->status != STATUS_OPEN) {
            writer_object(w, NULL);
            writer_string(w, "kind", STR("external"));
            writer_string(w, "justification",
                          finding->reason.len ? finding->reason : status_name(finding->status));
            writer_end(w);
        }
        writer_end(w);
    }
    writer_end(w);
}

static void write_driver(struct sarif *sarif)
{
    struct writer *w = sarif->w;
    writer_object(w, "tool");
    writer_object(w, "driver");
    writer_string(w, "name", STR("harden"));
    writer_fact(w, "version", sarif->report->tool_version);
    writer_array(w, "rules");
    for (size_t i = 0; i < sarif->first.count; i++)
        write_rule(sarif, sarif->first.items[i]);
    writer_end(w);
    writer_end(w);
    writer_end(w);
}

/* What could not be looked at is a notification of the run: the result is less than complete. */
static void write_invocation(struct sarif *sarif)
{
    struct writer *w = sarif->w;
    const struct report *report = sarif->report;
    writer_array(w, "invocations");
    writer_object(w, NULL);
    writer_bool(w, "executionSuccessful", true);
    writer_array(w, "toolExecutionNotifications");
    for (size_t i = 0; i < report->gaps.count; i++) {
        const struct gap *gap = &report->gaps.items[i];
        writer_object(w, NULL);
        writer_string(w, "level", STR("warning"));
        write_message(w, "message", arena_join(sarif->arena, gap->path, STR(": "), gap->reason));
        writer_end(w);
    }
    if (report->gaps_unnamed) {
        writer_object(w, NULL);
        writer_string(w, "level", STR("warning"));
        write_message(w, "message",
                      arena_printf(sarif->arena, "and %zu more", report->gaps_unnamed));
        writer_end(w);
    }
    writer_end(w);
    writer_end(w);
    writer_end(w);
}

static void render(const struct report *report, const struct render_options *options, FILE *out)
{
    ARENA_SCOPED arena = {0};
    ARENA_SCOPED scratch = {0};
    struct writer writer = writer_make(out), *w = &writer;
    struct sarif sarif = {.w = w, .arena = &arena, .scratch = &scratch, .report = report};
    (void)options;
    collect_rules(&sarif);
    writer_object(w, NULL);
    writer_string(w, "$schema", STR("https://json.schemastore.org/sarif-2.1.0.json"));
    writer_string(w, "version", STR("2.1.0"));
    writer_array(w, "runs");
    writer_object(w, NULL);
    write_driver(&sarif);
    write_invocation(&sarif);
    writer_object(w, "originalUriBaseIds");
    writer_object(w, base_of(report));
    str root = STR("The folder that harden ran in");
    if (!report_is_of_files(report))
        root = arena_join(&arena, STR("Root of the file system of "), (str){0}, report->image.name);
    write_message(w, "description", root);
    writer_end(w);
    writer_end(w);
    if (report_is_of_files(report))
        writer_string(w, "columnKind", STR("unicodeCodePoints"));
    writer_array(w, "results");
    for (size_t i = 0; i < report->findings.count; i++) {
        write_result(&sarif, &report->findings.items[i]);
        arena_reset(&scratch);
    }
    writer_end(w);
    writer_object(w, "properties");
    writer_string(w, "target", report->image.name);
    writer_fact(w, "digest", report->image.digest);
    if (report->grade)
        writer_string(w, "grade", (str){&report->grade, 1});
    writer_end(w);
    writer_end(w);
    writer_end(w);
    writer_end(w);
}

const struct format format_sarif = {
    .name = "sarif",
    .summary = "SARIF 2.1.0, for code-scanning tools",
    .render = render,
};
