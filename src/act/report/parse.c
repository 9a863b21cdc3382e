// SPDX-License-Identifier: Apache-2.0
#include "act/report/render.h"
#include "base/limits.h"
#include "io/json.h"

/*
 * harden.report/1 back into a report. The document may come from anywhere: what it leaves out is
 * absent, what has the wrong type counts as absent, unknown members are skipped (later versions
 * may add some); only what cannot be shown sensibly is an error.
 */
struct parse {
    struct arena *arena;
    struct report *report;
};

static str text_of(struct parse *parse, const struct json *object, const char *name)
{
    return arena_str(parse->arena, json_get_string(object, name));
}

static void read_strings(struct parse *parse, const struct json *list, struct str_list *ret)
{
    for (const struct json *item = json_first(list); item; item = json_next(item))
        *vec_push(parse->arena, ret) = arena_str(parse->arena, json_string(item));
}

static void read_counts(const struct json *object, size_t counts[SEVERITY_COUNT])
{
    for (size_t i = 0; i < SEVERITY_COUNT; i++)
        counts[i] = json_u64(json_get(object, severity_name((enum severity)i).ptr), 0);
}

static void read_target(struct parse *parse, const struct json *target)
{
    struct image *image = &parse->report->image;
    const struct json *os = json_get(target, "os");
    image->kind = text_of(parse, target, "kind");
    image->name = text_of(parse, target, "name");
    image->digest = text_of(parse, target, "digest");
    image->platform = text_of(parse, target, "platform");
    image->created = text_of(parse, target, "created");
    parse->report->distribution = (struct distribution){
        .id = text_of(parse, os, "id"),
        .version_id = text_of(parse, os, "version"),
        .codename = text_of(parse, os, "codename"),
        .pretty_name = text_of(parse, os, "name"),
    };
    parse->report->file_count = json_u64(json_get(target, "files"), 0);
    parse->report->end_of_life = text_of(parse, os, "eol");
    parse->report->is_end_of_life = json_bool(json_get(os, "ended"), false);
    const struct json *layers = json_get(target, "layers");
    for (const struct json *item = json_first(layers); item; item = json_next(item))
        *vec_push(parse->arena, &image->layers) = (struct layer){
            .digest = text_of(parse, item, "digest"),
            .diff_id = text_of(parse, item, "diff_id"),
            .created_by = text_of(parse, item, "created_by"),
            .content = json_u64(json_get(item, "content"), 0),
            .wasted = json_u64(json_get(item, "wasted"), 0),
            .size = json_u64(json_get(item, "size"), 0),
        };
}

static void read_feeds(struct parse *parse, const struct json *list)
{
    for (const struct json *item = json_first(list); item; item = json_next(item))
        *vec_push(parse->arena, &parse->report->feeds) = (struct report_feed){
            .feed = text_of(parse, item, "feed"),
            .updated = text_of(parse, item, "updated"),
            .count = json_u64(json_get(item, "count"), 0),
            .built_in = json_bool(json_get(item, "built_in"), false),
        };
}

static void read_coverage(struct parse *parse, const struct json *coverage)
{
    struct report *report = parse->report;
    const struct json *gaps = json_get(coverage, "gaps");
    report->gaps_unnamed = json_u64(json_get(coverage, "unnamed"), 0);
    for (const struct json *item = json_first(gaps); item; item = json_next(item)) {
        if (report->gaps.count >= LIMIT_GAPS)
            report->gaps_unnamed++;
        else
            *vec_push(parse->arena, &report->gaps) = (struct gap){
                .path = text_of(parse, item, "path"), .reason = text_of(parse, item, "reason")};
    }
}

static void read_summary(struct parse *parse, const struct json *summary)
{
    struct report *report = parse->report;
    str grade = json_get_string(summary, "grade");
    if (grade.len == 1 && grade.ptr[0] >= 'A' && grade.ptr[0] <= 'F')
        report->grade = grade.ptr[0];
    read_counts(summary, report->counts);
    read_counts(json_get(summary, "unfixed"), report->unfixed);
    report->suppressed = json_u64(json_get(summary, "suppressed"), 0);
}

/* After the findings: indices that point past them are dropped. */
static void read_actions(struct parse *parse, const struct json *list)
{
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        struct action *action = vec_push(parse->arena, &parse->report->actions);
        action->title = text_of(parse, item, "title");
        action->command = text_of(parse, item, "command");
        action->note = text_of(parse, item, "note");
        read_counts(json_get(item, "removes"), action->removes);
        const struct json *findings = json_get(item, "findings");
        for (const struct json *at = json_first(findings); at; at = json_next(at)) {
            uint64_t index = json_u64(at, UINT64_MAX);
            if (index < parse->report->findings.count)
                *vec_push(parse->arena, &action->findings) = index;
        }
    }
}

static enum use use_of(const struct json *item)
{
    const struct json *use = json_get(item, "in_use");
    return !use ? USE_UNKNOWN : json_bool(use, false) ? USE_REACHED : USE_NOT_REACHED;
}

static void read_packages(struct parse *parse, const struct json *list)
{
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        struct report_package *package = vec_push(parse->arena, &parse->report->packages);
        const struct json *source = json_get(item, "source");
        package->package = (struct package){
            .type = text_of(parse, item, "type"),
            .name = text_of(parse, item, "name"),
            .version = text_of(parse, item, "version"),
            .arch = text_of(parse, item, "arch"),
            .source_name = text_of(parse, source, "name"),
            .source_version = text_of(parse, source, "version"),
            .maintainer = text_of(parse, item, "maintainer"),
            .license = arena_str(parse->arena, json_string(json_first(json_get(item, "licenses")))),
        };
        package->purl = text_of(parse, item, "purl");
        package->path = text_of(parse, item, "database");
        package->layer =
            (uint32_t)report_layer_index(parse->report, json_get_string(item, "layer"));
        read_strings(parse, json_get(item, "paths"), &package->files);
        package->use = use_of(item);
        package->reached_by = text_of(parse, item, "reached_by");
        package->size = json_u64(json_get(item, "size"), 0);
    }
}

static str lines_of(struct parse *parse, const struct json *list)
{
    str lines = {0};
    for (const struct json *item = json_first(list); item; item = json_next(item))
        lines = lines.len ? arena_join(parse->arena, lines, STR("\n"), json_string(item))
                          : arena_str(parse->arena, json_string(item));
    return lines;
}

static uint64_t flags_of(const struct json *item)
{
    static const struct {
        const char *key;
        enum binary_flag flag;
    } flags[] = {
        {"pie", BINARY_IS_PIE},
        {"nx", BINARY_NX},
        {"canary", BINARY_CANARY},
        {"stripped", BINARY_STRIPPED},
        {"debug_info", BINARY_DEBUG},
        {"write_exec", BINARY_WRITE_EXEC},
        {"text_relocations", BINARY_TEXT_RELOCS},
        {"symbols_unknown", BINARY_NO_SYMBOLS},
        {"opens_libraries", BINARY_OPENS_LIBRARIES},
        {"listens", BINARY_LISTENS},
    };
    static const struct {
        str name;
        enum binary_flag flag;
    } features[] = {{STR_INIT("ibt"), BINARY_IBT},
                    {STR_INIT("shstk"), BINARY_SHSTK},
                    {STR_INIT("bti"), BINARY_BTI},
                    {STR_INIT("pac"), BINARY_PAC}};
    uint64_t bits = 0;
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        bits |= json_bool(json_get(item, flags[i].key), false) ? (uint64_t)flags[i].flag : 0;
    const struct json *cet = json_get(item, "cet");
    for (const struct json *at = json_first(cet); at; at = json_next(at))
        for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++)
            bits |= str_eq(json_string(at), features[i].name) ? (uint64_t)features[i].flag : 0;
    return bits;
}

static int read_binaries(struct parse *parse, const struct json *list, struct err *err)
{
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        struct report_binary *binary = vec_push(parse->arena, &parse->report->binaries);
        const struct json *fortify = json_get(item, "fortify");
        enum binary_type type;
        enum binary_relro relro;
        if (!binary_type_parse(json_get_string(item, "type"), &type) ||
            !binary_relro_parse(json_get_string(item, "relro"), &relro))
            return err_set(err, ERR_FORMAT, "binaries[%zu]: type or relro is missing or unknown",
                           parse->report->binaries.count - 1);
        binary->binary = (struct binary){
            .type = type,
            .relro = relro,
            .flags = flags_of(item),
            .fortified = json_u64(json_get(fortify, "fortified"), 0),
            .fortifiable = json_u64(json_get(fortify, "fortifiable"), 0),
            .machine = text_of(parse, item, "machine"),
            .language = text_of(parse, item, "language"),
            .toolchain = text_of(parse, item, "toolchain"),
            .interpreter = text_of(parse, item, "interpreter"),
            .needed = lines_of(parse, json_get(item, "needed")),
            .soname = text_of(parse, item, "soname"),
            .rpath = text_of(parse, item, "rpath"),
            .runpath = text_of(parse, item, "runpath"),
            .build_id = text_of(parse, item, "build_id"),
        };
        binary->path = text_of(parse, item, "path");
        binary->layer = (uint32_t)report_layer_index(parse->report, json_get_string(item, "layer"));
        binary->use = use_of(item);
        binary->reached_by = text_of(parse, item, "reached_by");
    }
    return 0;
}

static uint32_t place_of(const struct json *location, const char *name)
{
    uint64_t value = json_u64(json_get(location, name), 0);
    return value <= UINT32_MAX ? (uint32_t)value : 0;
}

static int read_vulnerability(struct parse *parse, const struct json *object,
                              struct finding *finding, struct err *err)
{
    const struct json *cvss = json_get(object, "cvss");
    struct vulnerability *flaw = arena_new(parse->arena, struct vulnerability);
    *flaw = (struct vulnerability){
        .package = text_of(parse, object, "package"),
        .type = text_of(parse, object, "type"),
        .installed_version = text_of(parse, object, "installed_version"),
        .fixed_version = text_of(parse, object, "fixed_version"),
        .source_package = text_of(parse, object, "source_package"),
        .source_version = text_of(parse, object, "source_version"),
        .cvss = json_double(json_get(cvss, "score"), -1),
        .cvss_vector = text_of(parse, cvss, "vector"),
        .epss = json_double(json_get(object, "epss"), -1),
        .kev = json_bool(json_get(object, "kev"), false),
        .purl = text_of(parse, object, "purl"),
        .feed = text_of(parse, object, "feed"),
        .severity_source = text_of(parse, object, "severity_source"),
        .vendor_reason = text_of(parse, object, "vendor_reason"),
        .description = text_of(parse, object, "description"),
        .use = use_of(object),
    };
    finding->vulnerability = flaw;
    if (!fix_state_parse(json_get_string(object, "fix_state"), &flaw->fix_state))
        return err_set(err, ERR_FORMAT, "fix_state is missing or unknown");
    return 0;
}

static void read_fix(struct parse *parse, const struct json *fix, struct finding *finding)
{
    if (!edit_level_parse(json_get_string(fix, "level"), &finding->edit_level))
        finding->edit_level = EDIT_UNSAFE;
    finding->edit_title = text_of(parse, fix, "title");
    const struct json *edits = json_get(fix, "edits");
    for (const struct json *item = json_first(edits); item; item = json_next(item)) {
        uint64_t start = json_u64(json_get(item, "offset"), 0);
        uint64_t length = json_u64(json_get(item, "length"), 0);
        if (start > LIMIT_TEXT_FILE || length > LIMIT_TEXT_FILE - start)
            continue;
        *vec_push(parse->arena, &finding->edits) = (struct edit){
            .path = text_of(parse, item, "path"),
            .span = {(uint32_t)start, (uint32_t)(start + length)},
            .replacement = text_of(parse, item, "replacement"),
            .place = {place_of(item, "line"), place_of(item, "column"), place_of(item, "end_line"),
                      place_of(item, "end_column")},
        };
    }
}

static int read_finding(struct parse *parse, const struct json *item, struct err *err)
{
    struct finding *finding = vec_push(parse->arena, &parse->report->findings);
    const struct json *location = json_get(item, "location");
    finding->id = text_of(parse, item, "id");
    finding->title = text_of(parse, item, "title");
    finding->reason = text_of(parse, item, "reason");
    finding->evidence = text_of(parse, item, "evidence");
    finding->remedy = text_of(parse, item, "remedy");
    str_to_hex(json_get_string(item, "fingerprint"), UINT64_MAX, &finding->fingerprint);
    read_fix(parse, json_get(item, "fix"), finding);
    finding->location = (struct location){
        .path = text_of(parse, location, "path"),
        .line = place_of(location, "line"),
        .column = place_of(location, "column"),
        .end_line = place_of(location, "end_line"),
        .end_column = place_of(location, "end_column"),
        .layer = text_of(parse, location, "layer"),
    };
    read_strings(parse, json_get(item, "aliases"), &finding->aliases);
    read_strings(parse, json_get(item, "references"), &finding->references);
    if (finding->id.len == 0)
        return err_set(err, ERR_FORMAT, "no id");
    if (!kind_parse(json_get_string(item, "kind"), &finding->kind))
        return err_set(err, ERR_FORMAT, "kind is missing or unknown");
    if (!severity_parse(json_get_string(item, "severity"), &finding->severity))
        return err_set(err, ERR_FORMAT, "severity is missing or unknown");
    if (!status_parse(json_get_string(item, "status"), &finding->status))
        return err_set(err, ERR_FORMAT, "status is missing or unknown");
    const struct json *flaw = json_get(item, "vulnerability");
    return json_is_object(flaw) ? read_vulnerability(parse, flaw, finding, err) : 0;
}

static int read_control(struct parse *parse, const struct json *item, struct err *err)
{
    struct control *control = vec_push(parse->arena, &parse->report->controls);
    const struct json *location = json_get(item, "location");
    *control = (struct control){
        .id = text_of(parse, item, "id"),
        .benchmark = text_of(parse, item, "benchmark"),
        .title = text_of(parse, item, "title"),
        .level = (unsigned)json_u64(json_get(item, "level"), 0),
        .is_manual = json_bool(json_get(item, "manual"), false),
        .rule = text_of(parse, item, "rule"),
        .evidence = text_of(parse, item, "evidence"),
        .remedy = text_of(parse, item, "remedy"),
        .location = {.path = text_of(parse, location, "path"), .line = place_of(location, "line")},
    };
    if (control->id.len == 0)
        return err_set(err, ERR_FORMAT, "no id");
    if (!control_result_parse(json_get_string(item, "result"), &control->result))
        return err_set(err, ERR_FORMAT, "result is missing or unknown");
    return 0;
}

static int read_controls(struct parse *parse, const struct json *list, struct err *err)
{
    for (const struct json *item = json_first(list); item; item = json_next(item))
        if (read_control(parse, item, err) < 0)
            return err_wrap(err, "controls[%zu]", parse->report->controls.count - 1);
    return 0;
}

static int read_findings(struct parse *parse, const struct json *list, struct err *err)
{
    for (const struct json *item = json_first(list); item; item = json_next(item))
        if (read_finding(parse, item, err) < 0)
            return err_wrap(err, "findings[%zu]", parse->report->findings.count - 1);
    return 0;
}

int report_parse(struct arena *arena, str json, struct report *ret, struct err *err)
{
    *ret = (struct report){0};
    struct parse parse = {.arena = arena, .report = ret};
    if (json.len > LIMIT_REPORT_INPUT)
        return err_set(err, ERR_LIMIT, "a report of more than %llu MiB", LIMIT_REPORT_INPUT >> 20);
    JSON_SCOPED document = json_parse(json, err);
    if (!document)
        return -1;
    str schema = json_get_string(document, "schema");
    if (!str_starts(schema, STR("harden.report/")))
        return err_set(err, ERR_FORMAT, "not a report of harden (no \"schema\": harden.report)");
    if (!str_eq(schema, STR("harden.report/1")))
        return err_set(err, ERR_UNSUPPORTED, "a report of another version than harden.report/1");
    ret->tool_version = text_of(&parse, json_get(document, "tool"), "version");
    read_target(&parse, json_get(document, "target"));
    read_feeds(&parse, json_get(document, "advisories"));
    read_coverage(&parse, json_get(document, "coverage"));
    read_summary(&parse, json_get(document, "summary"));
    read_packages(&parse, json_get(document, "packages"));
    if (read_binaries(&parse, json_get(document, "binaries"), err) < 0 ||
        read_controls(&parse, json_get(document, "controls"), err) < 0 ||
        read_findings(&parse, json_get(document, "findings"), err) < 0)
        return -1;
    read_actions(&parse, json_get(document, "actions"));
    return 0;
}
