// SPDX-License-Identifier: Apache-2.0
#include "act/report/containers.h"
#include "act/report/render.h"

/*
 * harden.report/1 and harden.diff/1, as docs/report.schema.json and docs/diff.schema.json define
 * them. Absent facts are left out, never null.
 */

static void write_strings(struct writer *w, const char *key, const struct str_list *list)
{
    if (list->count == 0)
        return;
    writer_array(w, key);
    for (size_t i = 0; i < list->count; i++)
        writer_string(w, NULL, list->items[i]);
    writer_end(w);
}

static void write_tool(struct writer *w, const struct report *report)
{
    writer_object(w, "tool");
    writer_string(w, "name", STR("harden"));
    writer_fact(w, "version", report->tool_version);
    writer_end(w);
}

static void write_os(struct writer *w, const struct report *report)
{
    const struct distribution *os = &report->distribution;
    if (os->id.len == 0)
        return;
    writer_object(w, "os");
    writer_string(w, "id", os->id);
    writer_fact(w, "version", os->version_id);
    writer_fact(w, "codename", os->codename);
    writer_fact(w, "name", os->pretty_name);
    writer_fact(w, "eol", report->end_of_life);
    if (report->is_end_of_life)
        writer_bool(w, "ended", true);
    writer_end(w);
}

static void write_target(struct writer *w, const char *key, const struct report *report)
{
    const struct image *image = &report->image;
    writer_object(w, key);
    writer_string(w, "kind", image->kind);
    writer_string(w, "name", image->name);
    writer_fact(w, "digest", image->digest);
    writer_fact(w, "platform", image->platform);
    writer_fact(w, "created", image->created);
    if (report_is_of_files(report))
        writer_u64(w, "files", report->file_count);
    write_os(w, report);
    /* A root file system is one layer that has no name. */
    bool named = image->layers.count &&
                 (image->layers.items[0].digest.len > 0 || image->layers.items[0].diff_id.len > 0);
    if (named) {
        writer_array(w, "layers");
        for (size_t i = 0; i < image->layers.count; i++) {
            const struct layer *layer = &image->layers.items[i];
            writer_object(w, NULL);
            writer_fact(w, "digest", layer->digest);
            writer_fact(w, "diff_id", layer->diff_id);
            writer_fact(w, "created_by", layer->created_by);
            if (layer->content)
                writer_u64(w, "content", layer->content);
            if (layer->wasted)
                writer_u64(w, "wasted", layer->wasted);
            if (layer->size)
                writer_u64(w, "size", layer->size);
            writer_end(w);
        }
        writer_end(w);
    }
    writer_end(w);
}

static void write_feeds(struct writer *w, const struct report *report)
{
    writer_array(w, "advisories");
    for (size_t i = 0; i < report->feeds.count; i++) {
        const struct report_feed *feed = &report->feeds.items[i];
        writer_object(w, NULL);
        writer_string(w, "feed", feed->feed);
        writer_fact(w, "updated", feed->updated);
        writer_u64(w, "count", feed->count);
        if (feed->built_in)
            writer_bool(w, "built_in", true);
        writer_end(w);
    }
    writer_end(w);
}

static void write_coverage(struct writer *w, const struct report *report)
{
    writer_object(w, "coverage");
    writer_bool(w, "complete", report->gaps.count == 0 && report->gaps_unnamed == 0);
    writer_array(w, "gaps");
    for (size_t i = 0; i < report->gaps.count; i++) {
        writer_object(w, NULL);
        writer_string(w, "path", report->gaps.items[i].path);
        writer_string(w, "reason", report->gaps.items[i].reason);
        writer_end(w);
    }
    writer_end(w);
    if (report->gaps_unnamed)
        writer_u64(w, "unnamed", report->gaps_unnamed);
    writer_end(w);
}

static void write_counts(struct writer *w, const size_t counts[SEVERITY_COUNT], size_t least)
{
    for (size_t i = SEVERITY_COUNT; i-- > least;)
        writer_u64(w, severity_name((enum severity)i).ptr, counts[i]);
}

static void write_summary(struct writer *w, const struct report *report)
{
    writer_object(w, "summary");
    if (report->grade)
        writer_string(w, "grade", (str){&report->grade, 1});
    write_counts(w, report->counts, SEVERITY_INFO);
    writer_u64(w, "suppressed", report->suppressed);
    writer_object(w, "unfixed");
    write_counts(w, report->unfixed, SEVERITY_INFO);
    writer_end(w);
    writer_end(w);
}

static void write_actions(struct writer *w, const struct report *report)
{
    writer_array(w, "actions");
    for (size_t i = 0; i < report->actions.count; i++) {
        const struct action *action = &report->actions.items[i];
        writer_object(w, NULL);
        writer_string(w, "title", action->title);
        writer_fact(w, "command", action->command);
        writer_fact(w, "note", action->note);
        writer_object(w, "removes");
        write_counts(w, action->removes, SEVERITY_INFO);
        writer_end(w);
        writer_array(w, "findings");
        for (size_t f = 0; f < action->findings.count; f++)
            writer_u64(w, NULL, action->findings.items[f]);
        writer_end(w);
        writer_end(w);
    }
    writer_end(w);
}

static void write_layer(struct writer *w, const struct report *report, uint32_t index)
{
    if (index >= report->image.layers.count)
        return;
    const struct layer *layer = &report->image.layers.items[index];
    writer_fact(w, "layer", layer->diff_id.len ? layer->diff_id : layer->digest);
}

static void write_use(struct writer *w, enum use use, str reached_by)
{
    if (use == USE_UNKNOWN)
        return;
    writer_bool(w, "in_use", use == USE_REACHED);
    writer_fact(w, "reached_by", reached_by);
}

/* Defined below; controls have places too. */
static void write_location(struct writer *w, const struct location *location);

static void write_controls(struct writer *w, const struct report *report)
{
    if (report->controls.count == 0)
        return;
    writer_array(w, "controls");
    for (size_t i = 0; i < report->controls.count; i++) {
        const struct control *control = &report->controls.items[i];
        writer_object(w, NULL);
        writer_string(w, "id", control->id);
        writer_string(w, "benchmark", control->benchmark);
        writer_string(w, "title", control->title);
        writer_u64(w, "level", control->level);
        if (control->is_manual)
            writer_bool(w, "manual", true);
        writer_fact(w, "rule", control->rule);
        writer_string(w, "result", control_result_name(control->result));
        writer_fact(w, "evidence", control->evidence);
        writer_fact(w, "remedy", control->remedy);
        write_location(w, &control->location);
        writer_end(w);
    }
    writer_end(w);
}

static void write_package(struct writer *w, const struct report *report,
                          const struct report_package *item)
{
    const struct package *package = &item->package;
    writer_object(w, NULL);
    writer_string(w, "name", package->name);
    writer_string(w, "version", package->version);
    writer_string(w, "type", package->type);
    writer_fact(w, "arch", package->arch);
    writer_fact(w, "purl", item->purl);
    if (package->source_name.len) {
        writer_object(w, "source");
        writer_string(w, "name", package->source_name);
        writer_fact(w, "version", package->source_version);
        writer_end(w);
    }
    writer_fact(w, "maintainer", package->maintainer);
    write_layer(w, report, item->layer);
    write_use(w, item->use, item->reached_by);
    if (item->size)
        writer_u64(w, "size", item->size);
    writer_fact(w, "database", item->path);
    write_strings(w, "paths", &item->files);
    if (package->license.len)
        write_strings(w, "licenses",
                      &(struct str_list){
                          .items = &(str){package->license.ptr, package->license.len}, .count = 1});
    writer_end(w);
}

/* Which of the flags are facts of their own, and those that are left out where they are false. */
static const struct {
    const char *key;
    enum binary_flag flag;
    bool always;
} binary_flags[] = {
    {"pie", BINARY_IS_PIE, true},
    {"nx", BINARY_NX, true},
    {"canary", BINARY_CANARY, true},
    {"stripped", BINARY_STRIPPED, true},
    {"debug_info", BINARY_DEBUG, false},
    {"write_exec", BINARY_WRITE_EXEC, false},
    {"text_relocations", BINARY_TEXT_RELOCS, false},
    {"symbols_unknown", BINARY_NO_SYMBOLS, false},
    {"opens_libraries", BINARY_OPENS_LIBRARIES, false},
    {"listens", BINARY_LISTENS, false},
};

static void write_lines(struct writer *w, const char *key, str lines)
{
    str line;
    if (lines.len == 0)
        return;
    writer_array(w, key);
    while (str_next(&lines, '\n', &line))
        writer_string(w, NULL, line);
    writer_end(w);
}

static void write_features(struct writer *w, const struct binary *binary)
{
    static const struct {
        const char *name;
        enum binary_flag flag;
    } features[] = {
        {"ibt", BINARY_IBT}, {"shstk", BINARY_SHSTK}, {"bti", BINARY_BTI}, {"pac", BINARY_PAC}};
    if (!(binary->flags & (BINARY_IBT | BINARY_SHSTK | BINARY_BTI | BINARY_PAC)))
        return;
    writer_array(w, "cet");
    for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++)
        if (binary_has(binary, features[i].flag))
            writer_string(w, NULL, str_from(features[i].name));
    writer_end(w);
}

static void write_binary(struct writer *w, const struct report *report,
                         const struct report_binary *item)
{
    const struct binary *binary = &item->binary;
    writer_object(w, NULL);
    writer_string(w, "path", item->path);
    write_layer(w, report, item->layer);
    writer_string(w, "type", binary_type_name((enum binary_type)binary->type));
    writer_fact(w, "machine", binary->machine);
    writer_fact(w, "language", binary->language);
    writer_fact(w, "toolchain", binary->toolchain);
    writer_bool(w, "hardened", binary_is_hardened(binary));
    writer_string(w, "relro", binary_relro_name((enum binary_relro)binary->relro));
    for (size_t i = 0; i < sizeof(binary_flags) / sizeof(binary_flags[0]); i++)
        if (binary_flags[i].always || binary_has(binary, binary_flags[i].flag))
            writer_bool(w, binary_flags[i].key, binary_has(binary, binary_flags[i].flag));
    writer_object(w, "fortify");
    writer_u64(w, "fortified", binary->fortified);
    writer_u64(w, "fortifiable", binary->fortifiable);
    writer_end(w);
    write_features(w, binary);
    writer_fact(w, "interpreter", binary->interpreter);
    writer_fact(w, "soname", binary->soname);
    write_lines(w, "needed", binary->needed);
    writer_fact(w, "rpath", binary->rpath);
    writer_fact(w, "runpath", binary->runpath);
    writer_fact(w, "build_id", binary->build_id);
    write_use(w, item->use, item->reached_by);
    writer_end(w);
}

static void write_binaries(struct writer *w, const struct report *report)
{
    if (report->binaries.count == 0)
        return;
    writer_array(w, "binaries");
    for (size_t i = 0; i < report->binaries.count; i++)
        write_binary(w, report, &report->binaries.items[i]);
    writer_end(w);
}

static void write_location(struct writer *w, const struct location *location)
{
    if (location->path.len == 0 && location->layer.len == 0 && location->line == 0)
        return;
    const struct {
        const char *key;
        uint32_t value;
    } places[] = {{"line", location->line},
                  {"column", location->column},
                  {"end_line", location->end_line},
                  {"end_column", location->end_column}};
    writer_object(w, "location");
    writer_fact(w, "path", location->path);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (places[i].value)
            writer_u64(w, places[i].key, places[i].value);
    writer_fact(w, "layer", location->layer);
    writer_end(w);
}

static void write_vulnerability(struct writer *w, const struct vulnerability *flaw)
{
    writer_object(w, "vulnerability");
    writer_string(w, "package", flaw->package);
    writer_string(w, "type", flaw->type);
    writer_string(w, "installed_version", flaw->installed_version);
    writer_fact(w, "fixed_version", flaw->fixed_version);
    writer_string(w, "fix_state", fix_state_name(flaw->fix_state));
    writer_fact(w, "vendor_reason", flaw->vendor_reason);
    writer_fact(w, "source_package", flaw->source_package);
    writer_fact(w, "source_version", flaw->source_version);
    writer_fact(w, "severity_source", flaw->severity_source);
    if (flaw->cvss >= 0) {
        writer_object(w, "cvss");
        writer_decimal(w, "score", flaw->cvss);
        writer_fact(w, "vector", flaw->cvss_vector);
        writer_end(w);
    }
    if (flaw->epss >= 0)
        writer_decimal(w, "epss", flaw->epss);
    if (flaw->kev)
        writer_bool(w, "kev", true);
    write_use(w, flaw->use, (str){0});
    writer_fact(w, "purl", flaw->purl);
    writer_fact(w, "feed", flaw->feed);
    writer_fact(w, "description", flaw->description);
    writer_end(w);
}

static void write_place(struct writer *w, const struct text_place *place)
{
    if (place->line == 0)
        return;
    writer_u64(w, "line", place->line);
    writer_u64(w, "column", place->column);
    writer_u64(w, "end_line", place->end_line);
    writer_u64(w, "end_column", place->end_column);
}

static void write_fix(struct writer *w, const struct finding *finding)
{
    if (finding->edits.count == 0)
        return;
    writer_object(w, "fix");
    writer_string(w, "level", edit_level_name(finding->edit_level));
    writer_fact(w, "title", finding->edit_title);
    writer_array(w, "edits");
    for (size_t i = 0; i < finding->edits.count; i++) {
        const struct edit *edit = &finding->edits.items[i];
        writer_object(w, NULL);
        writer_string(w, "path", edit->path);
        writer_u64(w, "offset", edit->span.start);
        writer_u64(w, "length", edit->span.end - edit->span.start);
        write_place(w, &edit->place);
        writer_string(w, "replacement", edit->replacement);
        writer_end(w);
    }
    writer_end(w);
    writer_end(w);
}

static void write_finding(struct writer *w, const char *key, const struct finding *finding)
{
    char room[FINGERPRINT_SIZE];
    writer_object(w, key);
    writer_string(w, "id", finding->id);
    writer_string(w, "kind", kind_name(finding->kind));
    writer_string(w, "severity", severity_name(finding->severity));
    writer_string(w, "title", finding->title);
    writer_string(w, "status", status_name(finding->status));
    writer_fact(w, "reason", finding->reason);
    write_location(w, &finding->location);
    writer_fact(w, "evidence", finding->evidence);
    writer_fact(w, "remedy", finding->remedy);
    write_strings(w, "aliases", &finding->aliases);
    write_strings(w, "references", &finding->references);
    writer_fact(w, "fingerprint", finding_fingerprint(finding, room));
    write_fix(w, finding);
    if (finding->vulnerability)
        write_vulnerability(w, finding->vulnerability);
    writer_end(w);
}

static void render(const struct report *report, const struct render_options *options, FILE *out)
{
    struct writer writer = writer_make(out), *w = &writer;
    writer_object(w, NULL);
    writer_string(w, "schema", STR("harden.report/1"));
    write_tool(w, report);
    write_target(w, "target", report);
    write_feeds(w, report);
    write_coverage(w, report);
    write_summary(w, report);
    write_actions(w, report);
    write_controls(w, report);
    if (options->list_packages) {
        writer_array(w, "packages");
        for (size_t i = 0; i < report->packages.count; i++)
            write_package(w, report, &report->packages.items[i]);
        writer_end(w);
    }
    write_binaries(w, report);
    report_write_containers(w, report);
    writer_array(w, "findings");
    for (size_t i = 0; i < report->findings.count; i++)
        write_finding(w, NULL, &report->findings.items[i]);
    writer_end(w);
    writer_end(w);
}

static void write_side(struct writer *w, const char *key, const struct report *report)
{
    writer_object(w, key);
    write_target(w, "target", report);
    write_feeds(w, report);
    write_coverage(w, report);
    write_summary(w, report);
    writer_end(w);
}

/* What changed in a pair that is on both sides: the finding as it is now, and what it was. */
static void write_changed(struct writer *w, const struct report_change *change)
{
    const struct finding *before = change->before;
    const struct vulnerability *flaw = before->vulnerability;
    writer_object(w, NULL);
    writer_object(w, "before");
    writer_string(w, "severity", severity_name(before->severity));
    writer_string(w, "status", status_name(before->status));
    writer_fact(w, "reason", before->reason);
    if (flaw) {
        writer_fact(w, "installed_version", flaw->installed_version);
        writer_fact(w, "fixed_version", flaw->fixed_version);
        writer_string(w, "fix_state", fix_state_name(flaw->fix_state));
    }
    writer_end(w);
    write_finding(w, "after", change->after);
    writer_end(w);
}

static void write_package_changes(struct writer *w, const struct report *a, const struct report *b,
                                  const struct report_diff *diff)
{
    static const char *const groups[] = {"new", "changed", "gone"};
    writer_object(w, "packages");
    for (size_t g = 0; g < 3; g++) {
        writer_array(w, groups[g]);
        for (size_t i = 0; i < diff->packages.count; i++) {
            const struct package_change *change = &diff->packages.items[i];
            size_t group = !change->before ? 0 : change->after ? 1 : 2;
            if (group != g)
                continue;
            if (group == 1) {
                writer_object(w, NULL);
                writer_string(w, "type", change->after->package.type);
                writer_string(w, "name", change->after->package.name);
                writer_fact(w, "arch", change->after->package.arch);
                writer_string(w, "before", change->before->package.version);
                writer_string(w, "after", change->after->package.version);
                writer_end(w);
            } else {
                write_package(w, group == 2 ? a : b, group == 2 ? change->before : change->after);
            }
        }
        writer_end(w);
    }
    writer_end(w);
}

static void render_diff(const struct report *a, const struct report *b,
                        const struct report_diff *diff, const struct render_options *options,
                        FILE *out)
{
    static const char *const groups[] = {"new", "changed", "gone"};
    struct writer writer = writer_make(out), *w = &writer;
    (void)options;
    writer_object(w, NULL);
    writer_string(w, "schema", STR("harden.diff/1"));
    write_tool(w, b);
    write_side(w, "before", a);
    write_side(w, "after", b);
    writer_object(w, "findings");
    for (size_t g = 0; g < 3; g++) {
        writer_array(w, groups[g]);
        for (size_t i = 0; i < diff->findings.count; i++) {
            const struct report_change *change = &diff->findings.items[i];
            size_t group = !change->before ? 0 : change->after ? 1 : 2;
            if (group == g && group == 1)
                write_changed(w, change);
            else if (group == g)
                write_finding(w, NULL, group == 2 ? change->before : change->after);
        }
        writer_end(w);
    }
    writer_end(w);
    write_package_changes(w, a, b, diff);
    writer_end(w);
}

const struct format format_json = {
    .name = "json",
    .summary = "everything, for programs (schema harden.report/1)",
    .render = render,
    .render_diff = render_diff,
};
