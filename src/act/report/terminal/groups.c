// SPDX-License-Identifier: Apache-2.0
#include "act/report/terminal/terminal.h"
#include "base/map.h"
#include "judge/rule/rule.h"
#include "judge/version/version.h"

enum { GROUPS_SHOWN = 12, LINES_SHOWN = 4, IDS_SHOWN = 8 };
enum { ID_COLUMNS = 23, TEXT_INDENT = 14, REASON_INDENT = 14 };
static const double notable_epss = 0.1;

enum { NAMES_KEPT = 20 };

static void add_package(struct arena *arena, struct group *group, str name)
{
    for (size_t i = 0; i < group->packages.count; i++)
        if (str_eq(group->packages.items[i], name))
            return;
    if (group->packages.count < NAMES_KEPT)
        *vec_push(arena, &group->packages) = name;
}

/* What is installed of the group's source package, also what no finding names. */
static void add_binaries(struct terminal *terminal, struct group *group)
{
    const struct vulnerability *flaw = group->first->vulnerability;
    const struct report_package_list *packages = &terminal->report->packages;
    if (!flaw || flaw->source_package.len == 0)
        return;
    for (size_t i = 0; i < packages->count; i++) {
        const struct package *package = &packages->items[i].package;
        if (str_eq(package->source_name, flaw->source_package) && str_eq(package->type, flaw->type))
            add_package(terminal->arena, group, package->name);
    }
}

/* A later version that some finding of the group needs is the one to show. */
static void raise_version(struct group *group, const struct vulnerability *flaw)
{
    const struct version_scheme *scheme = version_of_type(flaw->type);
    if (group->fixed_version.len == 0 ||
        (scheme && scheme->valid(flaw->fixed_version) && scheme->valid(group->fixed_version) &&
         scheme->compare(flaw->fixed_version, group->fixed_version) > 0))
        group->fixed_version = flaw->fixed_version;
}

struct group_list terminal_group(struct terminal *terminal, const struct finding_refs *findings)
{
    struct arena *arena = terminal->arena;
    struct group_list groups = {0};
    struct map index = {0}, seen = {0};
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = findings->items[i];
        const struct vulnerability *flaw = finding->vulnerability;
        str name = finding->id;
        if (flaw)
            name = arena_join(arena, flaw->type, STR("\n"),
                              flaw->source_package.len ? flaw->source_package : flaw->package);
        bool fresh;
        uintptr_t *at = map_put(arena, &index, name, &fresh);
        if (fresh) {
            *at = groups.count;
            vec_push(arena, &groups)->first = finding;
        }
        struct group *group = &groups.items[*at];
        group->counts[finding->severity]++;
        if (flaw) {
            add_package(arena, group, flaw->package);
            raise_version(group, flaw);
            /* The same flaw in several binaries of one source is one line. */
            map_put(arena, &seen, arena_join(arena, name, STR("\n"), finding->id), &fresh);
        }
        if (!flaw || fresh)
            *vec_push(arena, &group->findings) = finding;
    }
    return groups;
}

static void put_package_title(struct terminal *terminal, const struct group *group)
{
    struct text *text = &terminal->text;
    const struct vulnerability *flaw = group->first->vulnerability;
    text_fit(text, flaw->source_package.len ? flaw->source_package : flaw->package,
             text->width / 2);
    text_style(text, STYLE_PLAIN);
    text_put(text, STR("  "));
    bool fixed = flaw->fix_state == FIX_AVAILABLE && group->fixed_version.len;
    text_fit_beside(text, flaw->installed_version, fixed ? group->fixed_version : (str){0},
                    text->width / 3);
    if (fixed) {
        text_say(text, " %s ", text_arrow(text));
        text_style(text, STYLE_GOOD);
        text_fit_beside(text, group->fixed_version, flaw->installed_version, text->width / 3);
        text_style(text, STYLE_PLAIN);
    }
}

static void put_group_title(struct terminal *terminal, const struct group *group)
{
    struct text *text = &terminal->text;
    const struct rule *rule = rule_by_id(group->first->id);
    str layer = terminal_layer(terminal, group->first->location.layer);
    text_to_column(text, 2);
    text_style(text, STYLE_BOLD);
    if (group->first->vulnerability) {
        put_package_title(terminal, group);
    } else {
        text_wrap(text, rule ? str_from(rule->title) : group->first->title, 2);
        text_style(text, STYLE_PLAIN);
    }
    if (layer.len && text->column + 2 + layer.len <= text->width) {
        terminal_to_right(terminal, layer.len, 4);
        text_styled(text, STYLE_DIM, layer);
    }
    text_newline(text);
}

static bool only_itself(const struct group *group)
{
    const struct vulnerability *flaw = group->first->vulnerability;
    return !flaw ||
           (group->packages.count == 1 && (flaw->source_package.len == 0 ||
                                           str_eq(group->packages.items[0], flaw->source_package)));
}

/* "a, b, c and 4 more", wrapped. */
static void put_list(struct text *text, const struct str_list *list, size_t shown, size_t indent)
{
    char rest[40] = "";
    if (shown < list->count)
        snprintf(rest, sizeof(rest), "and %zu more", list->count - shown);
    for (size_t i = 0; i < shown + (*rest != 0); i++) {
        str item = i < shown ? list->items[i] : str_from(rest);
        bool comma = i + 1 < shown;
        if (i && text->column + 1 + text_columns(text, item) + comma > text->width) {
            text_newline(text);
            text_to_column(text, indent);
        } else if (i) {
            text_put(text, STR(" "));
        }
        text_put(text, item);
        if (comma)
            text_put(text, STR(","));
    }
}

static void put_binaries(struct terminal *terminal, const struct group *group)
{
    struct text *text = &terminal->text;
    if (only_itself(group))
        return;
    text_to_column(text, 4);
    text_style(text, STYLE_DIM);
    text_put(text, STR("in "));
    put_list(text, &group->packages, group->packages.count, 7);
    text_style(text, STYLE_PLAIN);
    text_newline(text);
}

/* Why it stands as it does: the vendor's word, who waived it. */
static void put_reason(struct terminal *terminal, const struct finding *finding)
{
    struct text *text = &terminal->text;
    const struct vulnerability *flaw = finding->vulnerability;
    str reason = finding->reason;
    if (finding->status == STATUS_OPEN)
        reason = flaw ? flaw->vendor_reason : (str){0};
    if (reason.len == 0)
        return;
    text_to_column(text, REASON_INDENT);
    text_style(text, STYLE_DIM);
    text_wrap(text, reason, REASON_INDENT);
    text_style(text, STYLE_PLAIN);
    text_newline(text);
}

/* Columns that end a line are put only where there is something behind them. */
static void put_rest(struct text *text, str s, size_t column)
{
    if (s.len == 0 || column >= text->width)
        return;
    text_to_column(text, column);
    text_fit(text, s, text->width - text->column);
}

static void put_flaw(struct terminal *terminal, const struct finding *finding, size_t id_columns)
{
    struct text *text = &terminal->text;
    const struct vulnerability *flaw = finding->vulnerability;
    text_fit(text, finding->id, id_columns);
    size_t column = TEXT_INDENT + id_columns + 2;
    if (flaw->kev) {
        text_to_column(text, column);
        text_styled(text, STYLE_CRITICAL, STR("exploited"));
        column = text->column + 2;
    }
    if (flaw->epss >= notable_epss) {
        text_to_column(text, column);
        text_style(text, STYLE_HIGH);
        text_say(text, "EPSS %u%%", (unsigned)((flaw->epss < 1 ? flaw->epss : 1) * 100));
        text_style(text, STYLE_PLAIN);
        column = text->column + 2;
    }
    put_rest(text, finding->title.len ? finding->title : flaw->description, column);
}

/* What this case adds to the rule's title, which stands above. */
static str words_of(const struct finding *finding)
{
    const struct rule *rule = rule_by_id(finding->id);
    bool repeats = !rule || str_eq(finding->title, str_from(rule->title));
    return repeats && finding->evidence.len ? finding->evidence : finding->title;
}

/* Would both be the same line? Several keys in one program are, for instance. */
static bool looks_alike(const struct finding *a, const struct finding *b)
{
    return !a->vulnerability && !b->vulnerability && a->severity == b->severity &&
           a->status == b->status && str_eq(a->id, b->id) &&
           str_eq(a->location.path, b->location.path) && a->location.line == b->location.line &&
           str_eq(words_of(a), words_of(b)) && str_eq(a->reason, b->reason);
}

static void put_place(struct terminal *terminal, const struct finding *finding, size_t times)
{
    struct text *text = &terminal->text;
    str place = finding->location.path, evidence = finding->evidence;
    if (times == 1 && report_is_of_containers(terminal->report) && str_skip(&evidence, place) &&
        str_skip(&evidence, STR(": "))) {
        /* Evidence begins with the container; of one alone, the head names it. */
        bool alone = str_eq(terminal->report->image.kind, STR("container"));
        text_wrap(text, alone ? evidence : finding->evidence, TEXT_INDENT);
        return;
    }
    if (finding->location.line)
        place = arena_printf(terminal->arena, "%.*s:%u", STR_ARG(place), finding->location.line);
    if (place.len)
        text_fit(text, place, text->width - text->column);
    str words = words_of(finding);
    if (times > 1)
        words = arena_printf(terminal->arena, "%zu times: %.*s", times, STR_ARG(words));
    if (place.len)
        put_rest(text, words, text->column + 2);
    else
        text_fit(text, words, text->width - text->column);
}

static void put_line(struct terminal *terminal, const struct finding *finding, size_t times,
                     size_t id_columns)
{
    struct text *text = &terminal->text;
    text_to_column(text, 4);
    text_styled(text, terminal_severity_style(finding->severity), severity_name(finding->severity));
    text_to_column(text, TEXT_INDENT);
    if (finding->vulnerability)
        put_flaw(terminal, finding, id_columns);
    else
        put_place(terminal, finding, times);
    text_newline(text);
    if (terminal->options->verbose)
        put_reason(terminal, finding);
}

/* Nothing is known about its flaws but the ids: then a line for each says nothing more. */
static bool is_bare(const struct group *group)
{
    for (size_t i = 0; i < group->findings.count; i++) {
        const struct finding *finding = group->findings.items[i];
        if (!finding->vulnerability || finding->vulnerability->description.len ||
            finding->vulnerability->kev || finding->vulnerability->epss >= notable_epss ||
            rule_by_id(finding->id) || finding->status != STATUS_OPEN)
            return false;
    }
    return true;
}

/* One line for each severity, as many ids as a glance can take: "high  CVE-2026-1, CVE-2026-2". */
static void put_ids(struct terminal *terminal, const struct group *group)
{
    struct text *text = &terminal->text;
    for (size_t s = SEVERITY_COUNT; s-- > 0;) {
        enum severity severity = (enum severity)s;
        struct str_list ids = {0};
        for (size_t i = 0; i < group->findings.count; i++)
            if (group->findings.items[i]->severity == severity)
                *vec_push(terminal->arena, &ids) = group->findings.items[i]->id;
        if (ids.count == 0)
            continue;
        bool fold = !terminal->options->verbose && ids.count > IDS_SHOWN + 1;
        text_to_column(text, 4);
        text_styled(text, terminal_severity_style(severity), severity_name(severity));
        text_to_column(text, TEXT_INDENT);
        put_list(text, &ids, fold ? IDS_SHOWN : ids.count, TEXT_INDENT);
        text_newline(text);
    }
}

static void put_group(struct terminal *terminal, struct group *group)
{
    struct text *text = &terminal->text;
    size_t shown = group->findings.count, ids = 0, rest[SEVERITY_COUNT] = {0};
    /* One line more rather than a line that says "and 1 more". */
    if (!terminal->options->verbose && shown > LINES_SHOWN + 1)
        shown = LINES_SHOWN;
    text_newline(text);
    put_group_title(terminal, group);
    add_binaries(terminal, group);
    put_binaries(terminal, group);
    if (is_bare(group)) {
        put_ids(terminal, group);
        return;
    }
    for (size_t i = 0; i < shown; i++) {
        size_t columns = text_columns(text, group->findings.items[i]->id);
        ids = columns > ids ? columns : ids;
    }
    for (size_t i = 0, times = 1; i < shown; i += times, times = 1) {
        const struct finding *finding = group->findings.items[i];
        while (i + times < shown && looks_alike(finding, group->findings.items[i + times]))
            times++;
        put_line(terminal, finding, times, ids < ID_COLUMNS ? ids : ID_COLUMNS);
    }
    for (size_t i = shown; i < group->findings.count; i++)
        rest[group->findings.items[i]->severity]++;
    if (shown < group->findings.count) {
        text_to_column(text, 4);
        text_say(text, "and %zu more: ", group->findings.count - shown);
        terminal_counts(terminal, rest);
        text_newline(text);
    }
}

void terminal_groups(struct terminal *terminal, struct group_list *groups)
{
    struct text *text = &terminal->text;
    size_t shown = groups->count, rest[SEVERITY_COUNT] = {0};
    if (!terminal->options->verbose && shown > GROUPS_SHOWN)
        shown = GROUPS_SHOWN;
    for (size_t i = 0; i < shown; i++)
        put_group(terminal, &groups->items[i]);
    if (shown == groups->count)
        return;
    for (size_t i = shown; i < groups->count; i++)
        for (size_t s = 0; s < SEVERITY_COUNT; s++)
            rest[s] += groups->items[i].counts[s];
    text_newline(text);
    text_to_column(text, 2);
    text_say(text, "and %zu more, with ", groups->count - shown);
    terminal_counts(terminal, rest);
    text_newline(text);
    text_to_column(text, 2);
    text_say(text, "(--verbose lists them)\n");
}
