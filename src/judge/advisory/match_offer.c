// SPDX-License-Identifier: Apache-2.0
/* What the indices of the target's own apt archives offer beyond what is installed. */
#include "judge/advisory/match_parts.h"

#include "judge/rule/rule.h"

static bool is_security(str suite)
{
    return str_ends(suite, STR("-security")) || str_ends(suite, STR("/updates"));
}

/* apt installs from these on request only (NotAutomatic). */
static bool is_on_request(str suite)
{
    return str_ends(suite, STR("-backports")) || str_ends(suite, STR("-backports-sloppy")) ||
           str_eq(suite, STR("experimental"));
}

/* The parts of "apt:<uri> <suite> <component> <arch>"; see advisory_apt_namespace(). */
struct archive {
    str uri, suite, component, arch;
};

static struct archive split(str namespace)
{
    struct archive archive;
    str rest = namespace;
    str_skip(&rest, STR("apt:"));
    str_cut(rest, ' ', &archive.uri, &rest);
    str_cut(rest, ' ', &archive.suite, &rest);
    str_cut(rest, ' ', &archive.component, &archive.arch);
    return archive;
}

/* Debian's own archives, under whatever mirror: a suite of a release and one of its components. */
static bool is_of_debian(const struct matcher *matcher, const struct archive *archive)
{
    static const char *const components[] = {"main", "contrib", "non-free", "non-free-firmware",
                                             "updates/main"};
    str suite = archive->suite, codename = matcher->place.distribution.codename;
    bool known = false;
    for (size_t i = 0; i < sizeof(components) / sizeof(components[0]); i++)
        known |= str_eq(archive->component, str_from(components[i]));
    if (!known || !str_contains(archive->uri, STR("debian")))
        return false;
    static const char *const names[] = {"stable",  "oldstable", "oldoldstable",
                                        "testing", "unstable",  "sid"};
    bool named = codename.len && str_skip(&suite, codename);
    for (size_t i = 0; !named && i < sizeof(names) / sizeof(names[0]); i++)
        named = str_skip(&suite, str_from(names[i]));
    return named && (suite.len == 0 || suite.ptr[0] == '-' || suite.ptr[0] == '/');
}

static void add_once(struct arena *arena, struct str_list *list, str value)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i], value))
            return;
    *vec_push(arena, list) = value;
}

static void list_of_source(struct matcher *matcher, const struct apt_source *source,
                           const struct str_list *installed)
{
    struct arena *arena = matcher->arena;
    str components = source->components, component = {0};
    bool flat = components.len == 0;
    while (flat || str_next_word(&components, &component)) {
        str wanted = source->architectures, arch;
        for (size_t i = 0; wanted.len == 0 && i < installed->count; i++)
            add_once(arena, &matcher->archives,
                     advisory_apt_namespace(arena, source->uri, source->suite, component,
                                            installed->items[i]));
        while (str_next_word(&wanted, &arch))
            add_once(arena, &matcher->archives,
                     advisory_apt_namespace(arena, source->uri, source->suite, component, arch));
        flat = false;
    }
}

void match_list_archives(struct matcher *matcher)
{
    struct str_list installed = {0}, kept = {0};
    for (size_t i = 0; i < matcher->facts->count; i++) {
        const struct fact *fact = &matcher->facts->items[i];
        if (fact->kind == FACT_PACKAGE && str_eq(fact->package.type, STR("deb")) &&
            fact->package.arch.len && !str_eq(fact->package.arch, STR("all")))
            add_once(matcher->arena, &installed, fact->package.arch);
    }
    for (size_t i = 0; i < matcher->facts->count; i++)
        if (matcher->facts->items[i].kind == FACT_APT_SOURCE)
            list_of_source(matcher, &matcher->facts->items[i].apt_source, &installed);
    for (size_t i = 0; i < matcher->archives.count; i++)
        if (store_has_namespace(matcher->store, matcher->archives.items[i])) {
            *vec_push(matcher->arena, &kept) = matcher->archives.items[i];
            map_put(matcher->arena, &matcher->feeds, matcher->archives.items[i], NULL);
        }
    matcher->archives = kept;
}

static bool serves(const struct archive *archive, const struct package *package)
{
    return str_eq(package->arch, STR("all")) || str_eq(package->arch, archive->arch);
}

bool match_is_offered(const struct matcher *matcher, const struct package *package)
{
    for (size_t i = 0; i < matcher->archives.count; i++) {
        struct archive archive = split(matcher->archives.items[i]);
        struct offered_package offered;
        if (serves(&archive, package) && is_of_debian(matcher, &archive) &&
            store_offered(matcher->store, matcher->archives.items[i], package->name, &offered) &&
            str_eq(offered.version, package->version))
            return true;
    }
    return false;
}

struct offer {
    const struct fact *fact;
    str namespace; /* of the archive; the name of its feed too */
    struct offered_package offered;
    struct archive archive;
    str names; /* of all binaries that have an update */
};

/* The newest version of one binary that an archive of that kind offers, if it is newer. */
static bool find_newest(const struct matcher *matcher, const struct source *source,
                        const struct fact *fact, bool security, struct offer *ret)
{
    const struct package *package = &fact->package;
    str newest = package->version;
    bool found = false;
    if (!source->scheme->valid(newest))
        return false;
    for (size_t i = 0; i < matcher->archives.count; i++) {
        struct offer offer = {.fact = fact,
                              .namespace = matcher->archives.items[i],
                              .archive = split(matcher->archives.items[i])};
        if (is_security(offer.archive.suite) != security || !serves(&offer.archive, package) ||
            (is_on_request(offer.archive.suite) && !str_contains(package->version, STR("~bpo"))) ||
            !store_offered(matcher->store, offer.namespace, package->name, &offer.offered) ||
            !source->scheme->valid(offer.offered.version) ||
            source->scheme->compare(newest, offer.offered.version) >= 0)
            continue;
        newest = offer.offered.version;
        *ret = offer;
        found = true;
    }
    return found;
}

/* Of all binaries of the source; the first one's versions stand for all. */
static bool find_offer(const struct matcher *matcher, const struct source *source, bool security,
                       struct offer *ret)
{
    str names = {0}, last = {0};
    for (size_t i = 0; i < source->packages.count; i++) {
        struct offer offer;
        if (!find_newest(matcher, source, source->packages.items[i], security, &offer))
            continue;
        str name = offer.fact->package.name;
        if (names.len == 0)
            *ret = offer;
        if (!str_eq(name, last))
            names = match_text(matcher->arena, names, names.len ? STR(", ") : (str){0}, name);
        last = name;
    }
    ret->names = names;
    return names.len > 0;
}

/* "CVE-1, CVE-2": findings of this source that the update removes. */
static str removed_by(const struct matcher *matcher, const struct source *source,
                      const struct offered_package *offered, size_t from)
{
    enum { NAMED = 8 };
    str names = {0};
    size_t count = 0;
    str version = offered->source_version.len ? offered->source_version : offered->version;
    for (size_t i = from; i < matcher->report->findings.count; i++) {
        const struct finding *finding = &matcher->report->findings.items[i];
        const struct vulnerability *flaw = finding->vulnerability;
        if (!flaw || flaw->fix_state != FIX_AVAILABLE || !source->scheme->valid(version) ||
            source->scheme->compare(flaw->fixed_version, version) > 0)
            continue;
        if (++count > NAMED)
            continue;
        names = names.len ? arena_join(matcher->arena, names, STR(", "), finding->id) : finding->id;
    }
    if (count > NAMED)
        return arena_printf(matcher->arena, "%.*s and %zu more", STR_ARG(names), count - NAMED);
    return names;
}

void match_add_offer(struct matcher *matcher, struct source *source, size_t from)
{
    struct offer offer;
    bool security = find_offer(matcher, source, true, &offer);
    if (!security && !find_offer(matcher, source, false, &offer))
        return;
    struct arena *arena = matcher->arena;
    const struct rule *rule =
        rule_by_id(security ? STR("package/security-update") : STR("package/update"));
    str removed = removed_by(matcher, source, &offer.offered, from);
    struct finding *finding = match_new_finding(matcher, source, offer.fact);
    struct vulnerability *flaw = finding->vulnerability;
    const struct package *package = &offer.fact->package;
    finding->id = str_from(rule->id);
    finding->kind = rule->kind;
    /* Where its flaws are known they are findings themselves, and count once. */
    finding->severity = removed.len ? SEVERITY_INFO : rule->severity;
    finding->title =
        arena_printf(arena, "%.*s %.*s is offered by the %s", STR_ARG(source->name),
                     STR_ARG(offer.offered.version), security ? "security archive" : "archive");
    finding->evidence = match_text(arena, offer.names, STR(": "), package->version,
                                   STR(" is installed, "), offer.archive.uri, STR(" "),
                                   offer.archive.suite, STR(" has "), offer.offered.version);
    if (removed.len)
        finding->evidence =
            match_text(arena, finding->evidence, STR("; the update fixes "), removed);
    finding->remedy = match_upgrade(matcher, source, offer.offered.version);
    flaw->fixed_version = offer.offered.version;
    flaw->fix_state = FIX_AVAILABLE;
    flaw->feed = offer.namespace;
    flaw->severity_source = STR("apt");
}
