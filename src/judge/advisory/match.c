// SPDX-License-Identifier: Apache-2.0
#include "judge/advisory/match_parts.h"

#include "base/map.h"
#include "base/path.h"
#include "model/language.h"
#include "model/purl.h"

void match_drop_owned(struct matcher *matcher)
{
    struct arena *arena = matcher->arena;
    struct map records = {0};
    bool any = false;
    for (size_t i = 0; i < matcher->facts->count; i++) {
        const struct fact *fact = &matcher->facts->items[i];
        if (fact->kind == FACT_PACKAGE && language_has_type(fact->package.type))
            map_put(arena, &records, fact->path, NULL);
    }
    for (size_t i = 0; records.count && i < matcher->facts->count; i++) {
        const struct fact *fact = &matcher->facts->items[i];
        uintptr_t *owned =
            fact->kind == FACT_OWNED_FILE ? map_get(&records, fact->owned_file.path) : NULL;
        if (!owned)
            continue;
        *owned = true;
        any = true;
    }
    if (!any)
        return;
    struct fact_list *left = arena_new(arena, struct fact_list);
    for (size_t i = 0; i < matcher->facts->count; i++) {
        const struct fact *fact = &matcher->facts->items[i];
        const uintptr_t *owned = fact->kind == FACT_PACKAGE ? map_get(&records, fact->path) : NULL;
        if (!owned || !*owned || !language_has_type(fact->package.type))
            *vec_push(arena, left) = *fact;
        else
            *vec_push(arena, &matcher->owned) = *fact;
    }
    matcher->facts = left;
}

static void add_packages(struct matcher *matcher)
{
    struct report *report = matcher->report;
    for (size_t i = 0; i < matcher->facts->count; i++) {
        const struct fact *fact = &matcher->facts->items[i];
        if (fact->kind != FACT_PACKAGE)
            continue;
        *vec_push(matcher->arena, &report->packages) = (struct report_package){
            .package = fact->package,
            .purl = purl_of_package(matcher->arena, &fact->package, &matcher->place.distribution),
            .path = fact->path,
            .layer = fact->layer,
        };
    }
}

/* dpkg names each file in a package's .list, and regular ones again in its .md5sums; without a
 * .list (distroless images) there is only the latter. */
static bool is_said_twice(const struct fact *fact)
{
    return path_is_ancestor(STR("var/lib/dpkg/info"), fact->path) &&
           str_ends(fact->path, STR(".md5sums"));
}

/* Files to the packages that own them: a database names a package, or name:arch where it has one
 * package for several architectures. */
static void add_owned_files(struct matcher *matcher)
{
    struct report *report = matcher->report;
    struct map owners = {0};
    for (size_t i = 0; i < report->packages.count; i++) {
        const struct package *package = &report->packages.items[i].package;
        if (language_has_type(package->type))
            continue;
        str full = arena_join(matcher->arena, package->name, STR(":"), package->arch);
        *map_put(matcher->arena, &owners, full, NULL) = i;
        *map_put(matcher->arena, &owners, package->name, NULL) = i;
    }
    for (size_t i = 0; i < matcher->facts->count; i++) {
        const struct fact *fact = &matcher->facts->items[i];
        if (fact->kind != FACT_OWNED_FILE || is_said_twice(fact))
            continue;
        const uintptr_t *owner = map_get(&owners, fact->owned_file.package);
        if (owner)
            *vec_push(matcher->arena, &report->packages.items[*owner].files) =
                fact->owned_file.path;
    }
}

/* Those of packages whose database does not say: "GPL-2+ AND MIT". */
static void add_licenses(struct matcher *matcher)
{
    struct report *report = matcher->report;
    struct map licenses = {0};
    VEC(str) texts = {0};
    for (size_t i = 0; i < matcher->facts->count; i++) {
        const struct fact *fact = &matcher->facts->items[i];
        if (fact->kind != FACT_LICENSE)
            continue;
        uintptr_t *at = map_put(matcher->arena, &licenses, fact->license.package, NULL);
        if (*at == 0) {
            *vec_push(matcher->arena, &texts) = fact->license.name;
            *at = texts.count;
            continue;
        }
        str *text = &texts.items[*at - 1];
        *text = arena_join(matcher->arena, *text, STR(" AND "), fact->license.name);
    }
    for (size_t i = 0; licenses.count && i < report->packages.count; i++) {
        struct package *package = &report->packages.items[i].package;
        const uintptr_t *at = map_get(&licenses, package->name);
        if (at && package->license.len == 0 && !language_has_type(package->type))
            package->license = texts.items[*at - 1];
    }
}

static void add_gap(struct matcher *matcher, const struct source *source, str reason)
{
    const struct fact *fact = source->packages.items[0];
    report_add_gap(matcher->arena, matcher->report, fact->path,
                   arena_printf(matcher->arena, "%.*s %.*s: %.*s", STR_ARG(fact->package.name),
                                STR_ARG(fact->package.version), STR_ARG(reason)));
}

/* Whether there are advisories that hold for it. */
static bool is_spoken_for(struct matcher *matcher, const struct source *source)
{
    str builder;
    if (source->of_language)
        return source->scheme != NULL;
    if (!str_eq(source->type, matcher->place.package_type))
        return false;
    if (!source->comparable) {
        add_gap(matcher, source,
                arena_printf(matcher->arena, "\"%.*s\" is no %s version, so it was not compared",
                             STR_ARG(source->version), source->scheme->name));
        return false;
    }
    enum origin origin = match_origin(matcher, source, &builder);
    if (origin != ORIGIN_DISTRIBUTION)
        add_gap(matcher, source,
                arena_printf(matcher->arena, "built by %.*s, %s", STR_ARG(builder),
                             origin == ORIGIN_OTHER
                                 ? "no feed speaks for it"
                                 : "compared with the advisories of the distribution's own build"));
    return origin != ORIGIN_OTHER;
}

static void match_advisories(struct matcher *matcher, struct source *source)
{
    str feed = match_find(matcher, source);
    for (size_t i = 0; i < matcher->advisories.count; i++) {
        const struct advisory *advisory = &matcher->advisories.items[i];
        struct judgement judgement = match_judge(matcher, source, advisory, false);
        /* Sentences take longer than verdicts. */
        if (judgement.unsure || (judgement.affected && source->of_language))
            judgement = match_judge(matcher, source, advisory, true);
        if (judgement.affected)
            match_add_finding(matcher, source, advisory, &judgement, feed);
        else if (judgement.unsure)
            add_gap(matcher, source,
                    match_text(matcher->arena, advisory->id, STR(": "), judgement.reason));
    }
}

void match_packages(struct arena *arena, const struct fact_list *facts, const struct store *store,
                    const struct match_options *options, struct report *report)
{
    struct matcher matcher = {
        .arena = arena, .facts = facts, .store = store, .options = options, .report = report};
    match_drop_owned(&matcher);
    place_find(arena, facts, options->today, &matcher.place);
    if (matcher.place.fact)
        matcher.place_name = place_name(arena, &matcher.place);
    report->distribution = matcher.place.distribution;
    report->end_of_life = matcher.place.support_end;
    report->is_end_of_life = matcher.place.support_ended;
    add_packages(&matcher);
    add_licenses(&matcher);
    add_owned_files(&matcher);
    report->flaws_unasked = options->packages_only;
    if (options->packages_only) {
        match_check_support(&matcher);
        return;
    }
    match_group_sources(&matcher);
    match_list_archives(&matcher);
    match_check_place(&matcher);
    for (size_t i = 0; i < matcher.sources.count; i++) {
        struct source *source = &matcher.sources.items[i];
        size_t from = report->findings.count;
        if (is_spoken_for(&matcher, source))
            match_advisories(&matcher, source);
        if (source->scheme && str_eq(source->type, STR("deb")))
            match_add_offer(&matcher, source, from);
    }
    match_check_feeds(&matcher);
}
