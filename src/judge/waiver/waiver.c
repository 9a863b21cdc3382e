// SPDX-License-Identifier: Apache-2.0
#include "judge/waiver/waiver.h"

#include "base/limits.h"
#include "base/path.h"

static const str form_names[WAIVER_FORMS] = {
    [WAIVER_OWN] = STR_INIT("harden: ignore"),   [WAIVER_HADOLINT] = STR_INIT("hadolint ignore"),
    [WAIVER_BUILDKIT] = STR_INIT("check=skip"),  [WAIVER_TRIVY] = STR_INIT("trivy:ignore"),
    [WAIVER_CHECKOV] = STR_INIT("checkov:skip"), [WAIVER_KICS] = STR_INIT("kics-scan"),
};

static bool is_all(const struct waiver *waiver, str id)
{
    return str_eq(id, STR("all")) &&
           (waiver->form == WAIVER_OWN || waiver->form == WAIVER_BUILDKIT ||
            waiver->form == WAIVER_KICS);
}

/* BuildKit's names are words written together: no digits, no dashes. */
static bool is_buildkit_name(str name)
{
    for (size_t i = 0; i < name.len; i++)
        if ((name.ptr[i] < 'a' || name.ptr[i] > 'z') && (name.ptr[i] < 'A' || name.ptr[i] > 'Z'))
            return false;
    return name.len > 0;
}

/* KICS calls its queries by a UUID, of which we write the first eight digits. */
static bool is_kics_name(str name)
{
    enum { DIGITS = 8 };
    for (size_t i = 0; i < name.len; i++)
        if (!((name.ptr[i] >= '0' && name.ptr[i] <= '9') ||
              (name.ptr[i] >= 'a' && name.ptr[i] <= 'f')))
            return false;
    return name.len == DIGITS;
}

/* `all` of another tool is all that it finds itself. */
static bool is_found_by(enum waiver_form form, const struct finding *finding)
{
    for (size_t i = 0; i < finding->aliases.count; i++)
        if (form == WAIVER_KICS ? is_kics_name(finding->aliases.items[i])
                                : is_buildkit_name(finding->aliases.items[i]))
            return true;
    return form == WAIVER_OWN;
}

/* Whether that id or alias, or family, is the finding's. */
static bool is_called(const struct finding *finding, str id)
{
    if (str_ends(id, STR("/*")))
        return str_starts(finding->id, str_sub(id, 0, id.len - 1));
    if (str_eq_nocase(finding->id, id))
        return true;
    for (size_t i = 0; i < finding->aliases.count; i++)
        if (str_eq_nocase(finding->aliases.items[i], id))
            return true;
    return false;
}

static bool names_finding(const struct waiver *waiver, str id, const struct finding *finding)
{
    if (!is_all(waiver, id))
        return is_called(finding, id);
    for (size_t i = 0; i < waiver->spared.count; i++)
        if (is_called(finding, waiver->spared.items[i]))
            return false;
    return is_found_by(waiver->form, finding);
}

/* Findings of other readers say lines, not bytes. */
static uint32_t start_of(const struct rule_run *run, const struct finding *finding)
{
    uint32_t line = finding->location.line;
    if (finding->span.end || line == 0 || line > run->file->line_count)
        return finding->span.start;
    return run->file->line_starts[line - 1];
}

static bool reaches(const struct rule_run *run, const struct waiver *waiver,
                    const struct finding *finding)
{
    if (finding->location.path.len && !str_eq(finding->location.path, run->file->path))
        return false; /* a compose file's findings may stand in its override, or an env file */
    uint32_t at = start_of(run, finding);
    return at >= waiver->reach.start && at < waiver->reach.end;
}

static bool is_own(const struct finding *finding)
{
    return str_starts(finding->id, STR("waiver/"));
}

static str reason_of(struct arena *arena, const struct rule_run *run, const struct waiver *waiver)
{
    uint32_t line = text_file_place(run->file, waiver->span).line;
    str where = arena_printf(arena, "%.*s on line %u", STR_ARG(form_names[waiver->form]), line);
    if (waiver->reason.len)
        where = arena_join(arena, waiver->reason, STR(" ("),
                           arena_join(arena, where, STR(")"), (str){0}));
    if (waiver->until.len)
        where = arena_join(arena, where, STR(", until "), waiver->until);
    return where;
}

static bool is_expired(const struct rule_run *run, const struct waiver *waiver)
{
    return waiver->until.len && run->settings->today &&
           str_cmp(waiver->until, str_from(run->settings->today)) < 0;
}

/* Whether a finding of that name could have been there: only then "unused" means something. */
static bool could_be_found(const struct rule_run *run, const struct waiver *waiver, str id)
{
    if (is_all(waiver, id) || str_ends(id, STR("/*")))
        return !run->settings->kinds && !run->settings->classes;
    for (const struct rule *rule = rule_find(id, NULL); rule; rule = rule_find(id, rule))
        if (rule_is_wanted(run->settings, rule))
            return true;
    return false;
}

static bool is_known(str id)
{
    if (str_eq(id, STR("all")) || rule_find(id, NULL))
        return true;
    if (!str_ends(id, STR("/*")))
        return str_starts(id, STR("SC"));
    str family = str_sub(id, 0, id.len - 2);
    for (const struct rule_family *const *at = rule_families(); *at; at++)
        if (str_eq(str_from((*at)->name), family))
            return true;
    return false;
}

static void wanted_report(struct rule_run *run, const char *rule, const struct waiver *waiver,
                          str evidence)
{
    if (rule_is_wanted(run->settings, rule_by_id(str_from(rule))))
        rule_report(run, rule, waiver->span, "%.*s", STR_ARG(evidence));
}

static void apply_id(struct rule_run *run, const struct waiver *waiver, str id, size_t first,
                     size_t end, bool ignore)
{
    struct finding_list *findings = &run->report->findings;
    bool used = false, expired = is_expired(run, waiver);
    for (size_t i = first; i < end; i++) {
        struct finding *finding = &findings->items[i];
        if (is_own(finding) || !reaches(run, waiver, finding) ||
            !names_finding(waiver, id, finding))
            continue;
        used = true;
        if (ignore || expired || finding->status != STATUS_OPEN)
            continue;
        finding->status = STATUS_WAIVED;
        finding->reason = reason_of(run->arena, run, waiver);
    }
    if (waiver->form == WAIVER_OWN && !is_known(id))
        wanted_report(run, "waiver/malformed", waiver,
                      arena_printf(run->arena, "no rule is called %.*s", STR_ARG(id)));
    else if (expired)
        wanted_report(
            run, "waiver/expired", waiver,
            arena_printf(run->arena, "%.*s held until %.*s", STR_ARG(id), STR_ARG(waiver->until)));
    else if (!used && could_be_found(run, waiver, id))
        wanted_report(
            run, "waiver/unused", waiver,
            is_all(waiver, id)
                ? STR("nothing is found there")
                : arena_printf(run->arena, "nothing of %.*s is found there", STR_ARG(id)));
    else if (used)
        wanted_report(run, "waiver/used", waiver, id);
}

void waivers_apply(struct rule_run *run, const struct waiver_list *waivers, size_t first,
                   bool ignore)
{
    size_t end = run->report->findings.count;
    run->subject = (struct finding_subject){0};
    if (waivers->count >= LIMIT_WAIVERS)
        report_add_gap(run->arena, run->report, run->file->path,
                       STR("more comments that silence findings than are read"));
    for (size_t i = 0; i < waivers->count; i++) {
        const struct waiver *waiver = &waivers->items[i];
        if (waiver->wrong.len) {
            wanted_report(run, "waiver/malformed", waiver, waiver->wrong);
            continue;
        }
        for (size_t n = 0; n < waiver->ids.count; n++)
            apply_id(run, waiver, waiver->ids.items[n], first, end, ignore);
    }
}

/* --- a file of waivers --------------------------------------------------------------------------
 */

struct waiver_file *waiver_file_parse(struct arena *arena, str path, str text)
{
    struct waiver_file *waivers = arena_new(arena, struct waiver_file);
    waivers->file = text_file_make(arena, path, text);
    for (uint32_t line = 1; line <= waivers->file.line_count; line++) {
        struct waiver waiver;
        str whole = str_trim_end(text_file_line(&waivers->file, line));
        if (waivers->list.count >= LIMIT_WAIVERS || !waiver_parse_line(arena, whole, &waiver))
            continue;
        uint32_t start = waivers->file.line_starts[line - 1];
        waiver.span = (struct span){start, start + (uint32_t)whole.len};
        *vec_push(arena, &waivers->list) = waiver;
    }
    return waivers;
}

/* "app" means every tag of it. */
static bool is_for_image(const struct waiver *waiver, const struct image *image)
{
    str name = image->name;
    size_t colon = str_rfind_char(name, ':'), slash = str_rfind_char(name, '/');
    bool tagged = colon != STR_NONE && (slash == STR_NONE || colon > slash);
    return waiver->image.len == 0 || text_matches(waiver->image, name) ||
           (tagged && text_matches(waiver->image, str_sub(name, 0, colon))) ||
           (image->digest.len && str_eq(waiver->image, image->digest));
}

static bool meets_conditions(const struct waiver *waiver, const struct finding *finding)
{
    const struct vulnerability *flaw = finding->vulnerability;
    if (waiver->path.len && !path_glob(waiver->path, finding->location.path))
        return false;
    return waiver->package.len == 0 ||
           (!flaw && finding->package.len && text_matches(waiver->package, finding->package)) ||
           (flaw && (text_matches(waiver->package, flaw->package) ||
                     text_matches(waiver->package, flaw->source_package)));
}

/* Whether a report of that kind could have had a finding of that name. */
static bool could_be_in(const struct rule_run *run, const struct waiver *waiver, str id)
{
    bool files = report_is_of_files(run->report);
    if (run->settings->kinds || run->settings->classes || (files && waiver->path.len))
        return false;
    if (report_is_of_containers(run->report) || run->report->controls.count)
        return false;
    const struct rule *rule = rule_find(id, NULL);
    if (!rule)
        return !files; /* a flaw, a kind of secret, a fingerprint */
    for (; rule; rule = rule_find(id, rule)) {
        bool text =
            rule->dockerfile || rule->stage || rule->instruction || rule->command || rule->workload;
        bool matched = rule->kind == KIND_VULNERABILITY || str_starts(id, STR("os/"));
        if (rule_is_wanted(run->settings, rule) &&
            (files ? text : rule->image || rule->command || matched))
            return true;
    }
    return false;
}

/* A name of ours has to be one; what others call a flaw, nobody can list. */
static bool is_possible(str id)
{
    return str_find_char(id, '/') == STR_NONE || is_known(id);
}

static str file_reason(const struct rule_run *run, const struct waiver *waiver)
{
    uint32_t line = text_file_place(run->file, waiver->span).line;
    str where = arena_printf(run->arena, "%.*s, line %u", STR_ARG(run->file->path), line);
    if (waiver->reason.len)
        where = arena_printf(run->arena, "%.*s (%.*s)", STR_ARG(waiver->reason), STR_ARG(where));
    if (waiver->until.len)
        where = arena_join(run->arena, where, STR(", until "), waiver->until);
    return where;
}

static void apply_line(struct rule_run *run, const struct waiver *waiver, str id, size_t end,
                       bool tell)
{
    struct finding_list *findings = &run->report->findings;
    bool used = false, expired = is_expired(run, waiver);
    str reason = file_reason(run, waiver);
    for (size_t i = 0; i < end; i++) {
        struct finding *finding = &findings->items[i];
        if (is_own(finding) || !names_finding(waiver, id, finding) ||
            !meets_conditions(waiver, finding))
            continue;
        used = true;
        if (expired || finding->status != STATUS_OPEN)
            continue;
        finding->status = waiver->not_affected ? STATUS_NOT_AFFECTED : STATUS_WAIVED;
        finding->reason = reason;
    }
    if (!tell)
        return;
    if (expired && (used || could_be_in(run, waiver, id)))
        wanted_report(
            run, "waiver/expired", waiver,
            arena_printf(run->arena, "%.*s held until %.*s", STR_ARG(id), STR_ARG(waiver->until)));
    else if (!is_possible(id))
        wanted_report(run, "waiver/malformed", waiver,
                      arena_printf(run->arena, "no rule is called %.*s", STR_ARG(id)));
    else if (!used && could_be_in(run, waiver, id))
        wanted_report(run, "waiver/unused", waiver,
                      arena_printf(run->arena, "nothing of %.*s is found", STR_ARG(id)));
    else if (used)
        wanted_report(run, "waiver/used", waiver, id);
}

void waiver_file_apply(struct arena *arena, const struct waiver_file *waivers,
                       const struct rule_settings *settings, bool tell, struct report *report)
{
    size_t end = report->findings.count;
    struct rule_run run = {
        .arena = arena, .report = report, .settings = settings, .file = &waivers->file};
    if (waivers->list.count >= LIMIT_WAIVERS)
        report_add_gap(arena, report, waivers->file.path, STR("more waivers than are read"));
    for (size_t i = 0; i < waivers->list.count; i++) {
        const struct waiver *waiver = &waivers->list.items[i];
        if (waiver->wrong.len) {
            if (tell)
                wanted_report(&run, "waiver/malformed", waiver, waiver->wrong);
            continue;
        }
        for (size_t n = 0; n < waiver->ids.count && is_for_image(waiver, &report->image); n++)
            apply_line(&run, waiver, waiver->ids.items[n], end, tell);
    }
    report_locate(arena, report, end, &waivers->file, 1);
}
