// SPDX-License-Identifier: Apache-2.0
/* Known flaws of the parts that containers stand on: rows of data/engine_cves.tsv. The version
 * says whether the code has it; the distribution, whether its package is repaired; the condition,
 * whether it matters here. */
#include "base/tsv.h"
#include "data.h"
#include "judge/audit/parts.h"
#include "judge/version/version.h"
#include "model/live.h"

enum {
    FIELD_ID,
    FIELD_COMPONENT,
    FIELD_FROM,
    FIELD_FIXED,
    FIELD_DEBIAN,
    FIELD_SEVERITY,
    FIELD_CONDITION,
    FIELD_TITLE,
    FIELD_KEV,
};

static const struct version_scheme *scheme(void)
{
    return version_by_name(STR("dpkg"));
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

str flaw_upstream(struct arena *arena, str version)
{
    size_t len = 0;
    str rest = version;
    str_skip(&rest, STR("v"));
    size_t colon = str_find_char(rest, ':');
    if (colon != STR_NONE)
        rest = str_from_index(rest, colon + 1);
    while (len < rest.len && (is_digit(rest.ptr[len]) || rest.ptr[len] == '.'))
        len++;
    str numbers = str_sub(rest, 0, len);
    while (str_ends(numbers, STR(".")))
        numbers = str_sub(numbers, 0, numbers.len - 1);
    rest = str_from_index(rest, len);
    if (!str_starts(rest, STR("-rc")) && !str_starts(rest, STR("~rc")))
        return numbers;
    len = 3;
    while (len < rest.len && (is_digit(rest.ptr[len]) || rest.ptr[len] == '.'))
        len++;
    return arena_join(arena, numbers, STR("~"), str_sub(rest, 1, len - 1));
}

/* "1.2.8" -> "1.2": versions with the same get the same repairs. */
static str branch_of(str version)
{
    size_t first = str_find_char(version, '.');
    if (first == STR_NONE)
        return version;
    size_t second = str_find_char(str_from_index(version, first + 1), '.');
    str branch = second == STR_NONE ? version : str_sub(version, 0, first + 1 + second);
    return str_sub(branch, 0, str_find_char(branch, '~'));
}

static bool is_before(str a, str b)
{
    return scheme()->valid(a) && scheme()->valid(b) && scheme()->compare(a, b) < 0;
}

str flaw_nearest_fix(struct arena *arena, str version, str fixed)
{
    str have = flaw_upstream(arena, version), item, best = {0};
    while (str_next(&fixed, ',', &item)) {
        str fix = flaw_upstream(arena, item);
        if (str_eq(branch_of(fix), branch_of(have)))
            return item;
        if (is_before(have, fix) && (!best.len || is_before(fix, flaw_upstream(arena, best))))
            best = item;
    }
    return best;
}

bool flaw_in_range(struct arena *arena, str version, str from, str fixed)
{
    str have = flaw_upstream(arena, version);
    if (!have.len || !scheme()->valid(have))
        return false;
    if (!str_eq(from, STR("-")) && is_before(have, flaw_upstream(arena, from)))
        return false;
    str nearest = flaw_nearest_fix(arena, version, fixed);
    return nearest.len && is_before(have, flaw_upstream(arena, nearest));
}

/* Where a component of the table shows up: under these names in what an engine says, else as one of
 * these packages. `foreign` ones are their makers' own: Debian repairs nothing in them. */
struct component {
    str name;
    const char *spoken, *spoken_too; /* of engines; NULL: no engine tells */
    const char *package, *foreign;
};
static const struct component components[] = {
    {STR_INIT("engine"), "Engine", NULL, "docker.io", "docker-ce"},
    {STR_INIT("buildkit"), "Engine", NULL, "docker.io", "docker-ce"},
    {STR_INIT("containerd"), "containerd", NULL, "containerd", "containerd.io"},
    {STR_INIT("runc"), "runc", NULL, "runc", NULL},
    {STR_INIT("crun"), "crun", "OCI Runtime (crun)", "crun", NULL},
    {STR_INIT("podman"), "Podman Engine", NULL, "podman", NULL},
    {STR_INIT("buildah"), NULL, NULL, "buildah", NULL},
    {STR_INIT("cri-o"), NULL, NULL, "cri-o", "cri-o"},
};

/* What is looked at: a component as it is installed. */
struct part {
    str package;         /* of a distribution's source package */
    str version;         /* of upstream */
    str package_version; /* of Debian's package; empty: not one */
    str where;
};

static bool is_debian(const struct host *host)
{
    return str_eq(host->distribution.id, STR("debian"));
}

/* "... #1 SMP PREEMPT_DYNAMIC Debian 6.1.55-1 (2023-09-29)" */
static str debian_kernel(const struct host *host)
{
    str text = host_value(host, STR("/proc/version")), word = {0};
    size_t at = str_find(text, STR(" Debian "));
    if (at == STR_NONE)
        return word;
    text = str_from_index(text, at + sizeof(" Debian ") - 1);
    str_next_word(&text, &word);
    return word;
}

/* "crun version 1.8.1\ncommit: ..." -> "1.8.1" */
static str plain_version(str text)
{
    size_t at = str_find(text, STR(" version "));
    str word = {0};
    if (at == STR_NONE)
        return text;
    text = str_from_index(text, at + sizeof(" version ") - 1);
    str_next_word(&text, &word);
    return word;
}

static const struct engine_component *spoken_component(const struct engine_facts *engine,
                                                       const struct component *component)
{
    const struct engine_component *found = NULL;
    if (component->spoken)
        found = engine_component(engine, str_from(component->spoken));
    if (!found && component->spoken_too)
        found = engine_component(engine, str_from(component->spoken_too));
    return found;
}

/* As the engine says it; Debian's package only where it is what runs: its upstream version must be
 * the engine's. */
static bool take_spoken(struct audit *audit, const struct engine_facts *engine,
                        const struct component *component, struct part *ret)
{
    const struct engine_component *spoken = spoken_component(engine, component);
    const struct package *package = host_package(audit->host, str_from(component->package));
    if (!spoken)
        return false;
    *ret = (struct part){
        .package = str_from(component->package),
        .version = plain_version(spoken->version),
        .package_version = spoken->package_version,
        .where = engine->address,
    };
    str_skip(&ret->where, STR("unix://"));
    if (package && is_debian(audit->host)) {
        ret->package = package->source_name;
        if (!ret->package_version.len && str_eq(flaw_upstream(audit->arena, package->version),
                                                flaw_upstream(audit->arena, ret->version)))
            ret->package_version = package->source_version;
    }
    return ret->version.len > 0;
}

/* Installed, and no engine speaks of it. */
static bool take_installed(struct audit *audit, const struct component *component, struct part *ret)
{
    for (size_t i = 0; i < audit->units.count; i++)
        if (audit->units.items[i].engine &&
            spoken_component(audit->units.items[i].engine, component))
            return false;
    const char *name = component->foreign ? component->foreign : component->package;
    const struct package *package = host_package(audit->host, str_from(name));
    bool own = !component->foreign || !package;
    if (!package)
        package = host_package(audit->host, str_from(component->package));
    if (!package)
        return false;
    *ret = (struct part){
        .package = own ? package->source_name : package->name,
        .version = package->version,
        .package_version = own && is_debian(audit->host) ? package->source_version : (str){0},
        .where = STR("/var/lib/dpkg/status"),
    };
    return true;
}

static bool find_part(struct audit *audit, const struct audit_unit *unit, str name,
                      struct part *ret)
{
    *ret = (struct part){0};
    if (str_eq(name, STR("kernel"))) {
        ret->package = STR("linux");
        ret->version = audit->host->kernel;
        ret->package_version = debian_kernel(audit->host);
        ret->where = STR("/proc/sys/kernel/osrelease");
        return ret->version.len > 0;
    }
    for (size_t i = 0; i < sizeof(components) / sizeof(components[0]); i++)
        if (str_eq(components[i].name, name))
            return (unit->engine && take_spoken(audit, unit->engine, &components[i], ret)) ||
                   take_installed(audit, &components[i], ret);
    return false;
}

/* The version in which Debian repaired it: from the row, else from the advisories. */
static str debian_fix(struct audit *audit, const struct part *part, str row, str *ret_source)
{
    str list = tsv_field(row, FIELD_DEBIAN), item, release = {0}, version = {0};
    str codename = audit->host->distribution.codename;
    while (str_next(&list, ',', &item))
        if (str_cut(item, '=', &release, &version) && str_eq(release, codename))
            return version;
    if (!audit->options->store || !codename.len)
        return (str){0};
    struct advisory_list advisories = {0};
    str namespace = arena_join(audit->arena, STR("debian:"), (str){0}, codename);
    store_find(audit->options->store, audit->arena, namespace, part->package, &advisories,
               ret_source);
    for (size_t i = 0; i < advisories.count; i++) {
        const struct advisory *advisory = &advisories.items[i];
        if (!str_eq(advisory->id, tsv_field(row, FIELD_ID)))
            continue;
        if (advisory->status == ADVISORY_NOT_AFFECTED)
            return STR("0");
        if (advisory->status == ADVISORY_FIXED)
            return advisory->fixed_version;
    }
    return (str){0};
}

/* A kernel that a distribution made has repairs that its version does not show. */
static bool is_vendor_kernel(str release)
{
    static const str marks[] = {STR_INIT("-generic"), STR_INIT(".el7"),    STR_INIT(".el8"),
                                STR_INIT(".el9"),     STR_INIT(".el10"),   STR_INIT(".fc"),
                                STR_INIT(".amzn"),    STR_INIT("-azure"),  STR_INIT("-aws"),
                                STR_INIT("-gcp"),     STR_INIT("-default")};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (str_contains(release, marks[i]))
            return true;
    return false;
}

static void add_finding(struct audit *audit, const struct part *part, str row, str fix,
                        const struct condition *condition)
{
    struct arena *arena = audit->arena;
    str id = tsv_field(row, FIELD_ID);
    bool is_package = part->package_version.len > 0;
    str upstream = flaw_nearest_fix(arena, part->version, tsv_field(row, FIELD_FIXED));
    struct vulnerability *flaw = arena_new(arena, struct vulnerability);
    *flaw = (struct vulnerability){
        .package = part->package,
        .source_package = part->package,
        .type = is_package ? STR("deb") : STR("generic"),
        .installed_version = is_package ? part->package_version : part->version,
        .fixed_version = is_package ? fix : upstream,
        .fix_state = is_package && !fix.len ? FIX_NONE : FIX_AVAILABLE,
        .cvss = -1,
        .epss = -1,
        .kev = str_eq(tsv_field(row, FIELD_KEV), STR("kev")),
        .feed = STR("engine_cves"),
        .severity_source = STR("harden"),
    };
    struct vulnerability_score score;
    struct exploit_score exploit;
    if (audit->options->store && store_score(audit->options->store, id, &score)) {
        flaw->cvss = score.cvss;
        flaw->cvss_vector = score.vector;
    }
    if (audit->options->store && store_exploit(audit->options->store, id, &exploit))
        flaw->epss = exploit.epss;
    struct finding *finding = vec_push(arena, &audit->report->findings);
    *finding = (struct finding){
        .id = id,
        .kind = KIND_VULNERABILITY,
        .title = tsv_field(row, FIELD_TITLE),
        .location = {.path = part->where},
        .evidence = condition->holds == ANSWER_YES ? condition->why : (str){0},
        .vulnerability = flaw,
    };
    severity_parse(tsv_field(row, FIELD_SEVERITY), &finding->severity);
    if (condition->holds == ANSWER_NO) {
        finding->status = STATUS_NOT_AFFECTED;
        finding->reason = condition->why;
    }
    finding->remedy =
        is_package && !fix.len
            ? arena_printf(arena,
                           "Debian offers no repaired package yet; upstream repaired it in "
                           "%.*s",
                           STR_ARG(upstream))
            : arena_printf(arena, "upgrade %.*s to %.*s", STR_ARG(part->package),
                           STR_ARG(flaw->fixed_version));
}

/* A flaw that is there, and nobody can tell whether it matters. */
static void leave_open(struct audit *audit, str why, str id)
{
    struct open_condition *found = NULL;
    for (size_t i = 0; i < audit->open.count && !found; i++)
        if (str_eq(audit->open.items[i].why, why))
            found = &audit->open.items[i];
    if (!found) {
        found = vec_push(audit->arena, &audit->open);
        *found = (struct open_condition){.why = why};
    }
    for (size_t i = 0; i < found->flaws.count; i++)
        if (str_eq(found->flaws.items[i], id))
            return;
    *vec_push(audit->arena, &found->flaws) = id;
}

/* One gap for each reason, with all flaws that hang on it. */
static void tell_open(struct audit *audit)
{
    for (size_t i = 0; i < audit->open.count; i++) {
        const struct open_condition *open = &audit->open.items[i];
        str names = open->flaws.items[0];
        for (size_t n = 1; n < open->flaws.count; n++)
            names = arena_join(audit->arena, names, STR(", "), open->flaws.items[n]);
        report_add_gap(audit->arena, audit->report, STR("known flaws"),
                       arena_printf(audit->arena, "%.*s: so nobody can tell whether %.*s matter%s",
                                    STR_ARG(open->why), STR_ARG(names),
                                    open->flaws.count == 1 ? "s" : ""));
    }
}

static bool is_known(const struct audit *audit, str id, const struct part *part)
{
    for (size_t i = 0; i < audit->report->findings.count; i++)
        if (str_eq(audit->report->findings.items[i].id, id) &&
            audit->report->findings.items[i].vulnerability &&
            str_eq(audit->report->findings.items[i].vulnerability->package, part->package) &&
            str_eq(audit->report->findings.items[i].location.path, part->where))
            return true;
    return false;
}

static void judge_row(struct audit *audit, const struct audit_unit *unit, str row)
{
    struct part part;
    str component = tsv_field(row, FIELD_COMPONENT), ignored = {0};
    bool is_kernel = str_eq(component, STR("kernel"));
    if ((unit->only && !is_kernel) || !find_part(audit, unit, component, &part))
        return;
    if (unit->only)
        part.where = unit->only->workload->path;
    if (is_known(audit, tsv_field(row, FIELD_ID), &part) ||
        !flaw_in_range(audit->arena, part.package_version.len ? part.package_version : part.version,
                       tsv_field(row, FIELD_FROM), tsv_field(row, FIELD_FIXED)))
        return;
    if (is_kernel && !part.package_version.len && is_vendor_kernel(part.version)) {
        report_add_gap(audit->arena, audit->report, STR("kernel"),
                       arena_printf(audit->arena,
                                    "%.*s is a distribution's build: which flaws it has repaired "
                                    "is not known here",
                                    STR_ARG(part.version)));
        return;
    }
    str fix = part.package_version.len ? debian_fix(audit, &part, row, &ignored) : (str){0};
    if (str_eq(fix, STR("0")))
        return;
    if (fix.len && scheme()->valid(fix) && scheme()->valid(part.package_version) &&
        scheme()->compare(part.package_version, fix) >= 0)
        return;
    struct condition condition = audit_condition(audit, unit, tsv_field(row, FIELD_CONDITION));
    if (condition.holds == ANSWER_UNKNOWN)
        leave_open(audit, condition.why, tsv_field(row, FIELD_ID));
    else
        add_finding(audit, &part, row, fix, &condition);
}

bool audit_find_flaw(str id, size_t index, struct audit_flaw *ret)
{
    str rest = str_make(data_engine_cves, data_engine_cves_len), row;
    while (tsv_next(&rest, &row)) {
        if (!str_eq_nocase(tsv_field(row, FIELD_ID), id) || index-- > 0)
            continue;
        *ret = (struct audit_flaw){
            .component = tsv_field(row, FIELD_COMPONENT),
            .title = tsv_field(row, FIELD_TITLE),
            .fixed = tsv_field(row, FIELD_FIXED),
            .condition = tsv_field(row, FIELD_CONDITION),
        };
        return true;
    }
    return false;
}

void audit_judge_container(struct arena *arena, const struct container_view *view,
                           const struct store *store, struct report *report)
{
    const struct audit_options options = {.store = store};
    struct audit audit = {
        .arena = arena, .host = view->host, .options = &options, .report = report};
    *vec_push(arena, &audit.units) = (struct audit_unit){.engine = view->engine, .only = view};
    audit_flaws(&audit);
}

void audit_flaws(struct audit *audit)
{
    for (size_t i = 0; i < audit->units.count; i++) {
        str rest = str_make(data_engine_cves, data_engine_cves_len), row;
        while (tsv_next(&rest, &row))
            judge_row(audit, &audit->units.items[i], row);
    }
    tell_open(audit);
}
