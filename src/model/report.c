// SPDX-License-Identifier: Apache-2.0
#include "model/report.h"

#include "base/limits.h"

#include <stdlib.h>

static const str severity_names[SEVERITY_COUNT] = {
    [SEVERITY_INFO] = STR_INIT("info"),         [SEVERITY_LOW] = STR_INIT("low"),
    [SEVERITY_MEDIUM] = STR_INIT("medium"),     [SEVERITY_HIGH] = STR_INIT("high"),
    [SEVERITY_CRITICAL] = STR_INIT("critical"),
};
static const str kind_names[KIND_COUNT] = {
    [KIND_VULNERABILITY] = STR_INIT("vulnerability"),
    [KIND_SECRET] = STR_INIT("secret"),
    [KIND_CONFIG] = STR_INIT("config"),
    [KIND_ACCOUNT] = STR_INIT("account"),
    [KIND_PERMISSION] = STR_INIT("permission"),
    [KIND_BINARY] = STR_INIT("binary"),
    [KIND_ISOLATION] = STR_INIT("isolation"),
    [KIND_DAEMON] = STR_INIT("daemon"),
    [KIND_HOST] = STR_INIT("host"),
    [KIND_NETWORK] = STR_INIT("network"),
    [KIND_TRUST] = STR_INIT("trust"),
};
static const str status_names[STATUS_COUNT] = {
    [STATUS_OPEN] = STR_INIT("open"),
    [STATUS_WAIVED] = STR_INIT("waived"),
    [STATUS_NOT_AFFECTED] = STR_INIT("not-affected"),
};
static const str control_result_names[CONTROL_RESULTS] = {
    [CONTROL_PASS] = STR_INIT("pass"),
    [CONTROL_FAIL] = STR_INIT("fail"),
    [CONTROL_NOT_APPLICABLE] = STR_INIT("not-applicable"),
    [CONTROL_UNKNOWN] = STR_INIT("unknown"),
};
static const str fix_state_names[FIX_COUNT] = {
    [FIX_AVAILABLE] = STR_INIT("available"), [FIX_NONE] = STR_INIT("none"),
    [FIX_DEFERRED] = STR_INIT("deferred"),   [FIX_IGNORED] = STR_INIT("ignored"),
    [FIX_ENDED] = STR_INIT("ended"),
};

static const str edit_level_names[] = {
    [EDIT_SAFE] = STR_INIT("safe"),
    [EDIT_UNSAFE] = STR_INIT("unsafe"),
};

static str name_of(const str *names, size_t count, size_t value)
{
    return value < count ? names[value] : (str){0};
}

static bool value_of(const str *names, size_t count, str name, size_t *ret)
{
    for (*ret = 0; *ret < count; (*ret)++)
        if (str_eq(names[*ret], name))
            return true;
    return false;
}

str severity_name(enum severity severity)
{
    return name_of(severity_names, SEVERITY_COUNT, severity);
}

str kind_name(enum finding_kind kind)
{
    return name_of(kind_names, KIND_COUNT, kind);
}

str status_name(enum finding_status status)
{
    return name_of(status_names, STATUS_COUNT, status);
}

str fix_state_name(enum fix_state state)
{
    return name_of(fix_state_names, FIX_COUNT, state);
}

str edit_level_name(enum edit_level level)
{
    return name_of(edit_level_names, EDIT_LEVELS, level);
}

bool edit_level_parse(str name, enum edit_level *ret)
{
    size_t value;
    bool known = value_of(edit_level_names, EDIT_LEVELS, name, &value);
    if (known)
        *ret = (enum edit_level)value;
    return known;
}

str control_result_name(enum control_result result)
{
    return name_of(control_result_names, CONTROL_RESULTS, result);
}

bool control_result_parse(str name, enum control_result *ret)
{
    size_t value;
    bool known = value_of(control_result_names, CONTROL_RESULTS, name, &value);
    if (known)
        *ret = (enum control_result)value;
    return known;
}

bool severity_parse(str name, enum severity *ret)
{
    size_t value;
    bool known = value_of(severity_names, SEVERITY_COUNT, name, &value);
    if (known)
        *ret = (enum severity)value;
    return known;
}

bool kind_parse(str name, enum finding_kind *ret)
{
    size_t value;
    bool known = value_of(kind_names, KIND_COUNT, name, &value);
    if (known)
        *ret = (enum finding_kind)value;
    return known;
}

bool status_parse(str name, enum finding_status *ret)
{
    size_t value;
    bool known = value_of(status_names, STATUS_COUNT, name, &value);
    if (known)
        *ret = (enum finding_status)value;
    return known;
}

bool fix_state_parse(str name, enum fix_state *ret)
{
    size_t value;
    bool known = value_of(fix_state_names, FIX_COUNT, name, &value);
    if (known)
        *ret = (enum fix_state)value;
    return known;
}

bool report_is_of_containers(const struct report *report)
{
    return str_eq(report->image.kind, STR("container")) ||
           str_eq(report->image.kind, STR("containers"));
}

bool report_is_of_files(const struct report *report)
{
    return str_eq(report->image.kind, STR("files"));
}

bool finding_is_fixable(const struct finding *finding)
{
    return !finding->vulnerability || finding->vulnerability->fix_state == FIX_AVAILABLE;
}

void report_add_gap(struct arena *arena, struct report *report, str path, str reason)
{
    if (report->gaps.count >= LIMIT_GAPS) {
        report->gaps_unnamed++;
        return;
    }
    for (size_t i = report->gaps.count; i-- > 0;)
        if (str_eq(report->gaps.items[i].reason, reason) &&
            str_eq(report->gaps.items[i].path, path))
            return;
    *vec_push(arena, &report->gaps) = (struct gap){.path = path, .reason = reason};
}

static int compare_numbers(double a, double b)
{
    return (a > b) - (a < b);
}

/* Findings are large: their indices are sorted, in the list that is the context. */
static int compare_findings(const void *left, const void *right, void *context)
{
    size_t x = *(const size_t *)left, y = *(const size_t *)right;
    const struct finding *findings = context, *a = &findings[x], *b = &findings[y];
    int order = compare_numbers(b->risk, a->risk);
    if (order == 0)
        order = (int)b->severity - (int)a->severity;
    if (order == 0)
        order = str_cmp(a->id, b->id);
    if (order == 0 && a->vulnerability && b->vulnerability)
        order = str_cmp(a->vulnerability->package, b->vulnerability->package);
    if (order == 0)
        order = str_cmp(a->location.path, b->location.path);
    if (order == 0)
        order = (a->location.line > b->location.line) - (a->location.line < b->location.line);
    if (order == 0)
        order = str_cmp(a->location.layer, b->location.layer);
    return order ? order : (x > y) - (x < y);
}

static int compare_u32(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int compare_places(const void *left, const void *right, void *context)
{
    size_t x = *(const size_t *)left, y = *(const size_t *)right;
    const struct finding *findings = context, *a = &findings[x], *b = &findings[y];
    int order = str_cmp(a->location.path, b->location.path);
    if (order == 0)
        order = compare_u32(a->location.line, b->location.line);
    if (order == 0)
        order = compare_u32(a->location.column, b->location.column);
    if (order == 0)
        order = (int)b->severity - (int)a->severity;
    if (order == 0)
        order = str_cmp(a->id, b->id);
    if (order == 0)
        order = str_cmp(a->evidence, b->evidence);
    return order ? order : (x > y) - (x < y);
}

static int compare_indices(const void *left, const void *right)
{
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    return (a > b) - (a < b);
}

static int compare_actions(const void *left, const void *right)
{
    const struct action *a = left, *b = right;
    int order = compare_numbers(b->risk, a->risk);
    for (size_t i = SEVERITY_COUNT; order == 0 && i-- > 0;)
        order = (b->removes[i] > a->removes[i]) - (b->removes[i] < a->removes[i]);
    if (order == 0)
        order = str_cmp(a->title, b->title);
    return order ? order : str_cmp(a->command, b->command);
}

static int compare_binaries(const void *left, const void *right)
{
    const struct report_binary *a = left, *b = right;
    return str_cmp(a->path, b->path);
}

static int compare_packages(const void *left, const void *right)
{
    const struct report_package *a = left, *b = right;
    int order = str_cmp(a->package.type, b->package.type);
    if (order == 0)
        order = str_cmp(a->package.name, b->package.name);
    if (order == 0)
        order = str_cmp(a->package.arch, b->package.arch);
    if (order == 0)
        order = str_cmp(a->package.version, b->package.version);
    if (order == 0)
        order = str_cmp(a->path, b->path);
    return order ? order : (a->layer > b->layer) - (a->layer < b->layer);
}

static int compare_gaps(const void *left, const void *right)
{
    const struct gap *a = left, *b = right;
    int order = str_cmp(a->path, b->path);
    return order ? order : str_cmp(a->reason, b->reason);
}

/* qsort() with a null pointer is undefined even for no items. */
static void sort_items(void *items, size_t count, size_t size,
                       int (*compare)(const void *, const void *))
{
    if (count > 1)
        qsort(items, count, size, compare);
}

void finding_list_reorder(struct finding_list *list, size_t *order)
{
    struct finding *items = list->items;
    for (size_t i = 0; i < list->count; i++) {
        if (order[i] == i)
            continue;
        /* Along the circle of those that take each other's place. */
        struct finding first = items[i];
        size_t to = i;
        while (order[to] != i) {
            size_t from = order[to];
            items[to] = items[from];
            order[to] = to;
            to = from;
        }
        items[to] = first;
        order[to] = to;
    }
}

static void follow(struct arena *arena, struct report *report, const size_t *order)
{
    size_t *moved_to = arena_array(arena, size_t, report->findings.count);
    for (size_t i = 0; i < report->findings.count; i++)
        moved_to[order[i]] = i;
    for (size_t a = 0; a < report->actions.count; a++) {
        struct index_list *list = &report->actions.items[a].findings;
        for (size_t i = 0; i < list->count; i++)
            list->items[i] = moved_to[list->items[i]];
        sort_items(list->items, list->count, sizeof(*list->items), compare_indices);
    }
}

static void sort_findings(struct arena *arena, struct report *report)
{
    size_t count = report->findings.count;
    size_t *order = arena_array(arena, size_t, count);
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    if (count > 1)
        qsort_r(order, count, sizeof(*order),
                report_is_of_files(report) ? compare_places : compare_findings,
                report->findings.items);
    if (report->actions.count)
        follow(arena, report, order);
    finding_list_reorder(&report->findings, order);
}

void report_sort(struct arena *arena, struct report *report)
{
    sort_findings(arena, report);
    sort_items(report->actions.items, report->actions.count, sizeof(*report->actions.items),
               compare_actions);
    sort_items(report->binaries.items, report->binaries.count, sizeof(*report->binaries.items),
               compare_binaries);
    sort_items(report->packages.items, report->packages.count, sizeof(*report->packages.items),
               compare_packages);
    sort_items(report->gaps.items, report->gaps.count, sizeof(*report->gaps.items), compare_gaps);
}

void report_forget(struct arena *arena, struct report *report, struct report *part)
{
    struct report_forgotten *forgotten = &report->forgotten;
    for (size_t i = 0; i < part->findings.count; i++) {
        const struct finding *finding = &part->findings.items[i];
        struct finding **first = &forgotten->first[finding->severity];
        if (finding->status != STATUS_OPEN)
            continue;
        forgotten->repairable[finding->edit_level] += finding->edits.count > 0;
        if (*first)
            continue;
        struct finding bare = *finding;
        bare.edits = (struct edit_list){0};
        *first = arena_new(arena, struct finding);
        **first = finding_copy(arena, &bare, arena_str(arena, bare.location.path));
    }
    for (size_t i = 0; i < SEVERITY_COUNT; i++) {
        report->counts[i] += part->counts[i];
        report->unfixed[i] += part->unfixed[i];
    }
    report->suppressed += part->suppressed;
    part->findings = (struct finding_list){0};
}

size_t report_hardened(const struct report *report)
{
    size_t count = 0;
    for (size_t i = 0; i < report->binaries.count; i++)
        count += binary_is_hardened(&report->binaries.items[i].binary);
    return count;
}
