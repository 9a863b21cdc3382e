// SPDX-License-Identifier: Apache-2.0
/* What is not covered, or not for long: releases, namespaces without a feed, old data. */
#include "judge/advisory/match_parts.h"

#include "base/date.h"
#include "judge/rule/rule.h"
#include "model/language.h"

static void add_gap(struct matcher *matcher, str path, str reason)
{
    report_add_gap(matcher->arena, matcher->report, path, reason);
}

void match_check_support(struct matcher *matcher)
{
    const struct place *place = &matcher->place;
    struct arena *arena = matcher->arena;
    if (!place->support_ended)
        return;
    str name = matcher->place_name, end = place->support_end;
    const struct rule *rule = rule_by_id(STR("os/end-of-life"));
    struct finding *finding = vec_push(arena, &matcher->report->findings);
    finding->id = str_from(rule->id);
    finding->kind = rule->kind;
    finding->severity = rule->severity;
    finding->title = arena_printf(arena, "%.*s has had no security updates since %.*s",
                                  STR_ARG(name), STR_ARG(end));
    finding->evidence = arena_printf(arena, "%.*s says %.*s; its support ended on %.*s",
                                     STR_ARG(place->fact->path), STR_ARG(name), STR_ARG(end));
    finding->remedy = str_from(rule->fix);
    finding->location.path = place->fact->path;
    finding->location.layer = match_layer(matcher->report, place->fact->layer);
    add_gap(matcher, place->fact->path,
            arena_printf(arena,
                         "%.*s is past its end of support (%.*s): nobody looks any more whether "
                         "new flaws are in it",
                         STR_ARG(name), STR_ARG(end)));
}

static void check_branch(struct matcher *matcher, const struct branch *branch)
{
    struct arena *arena = matcher->arena;
    size_t known = 0;
    for (size_t i = 0; i < branch->namespaces.count; i++)
        known += store_has_namespace(matcher->store, branch->namespaces.items[i]);
    /* Old releases have one component only. */
    if (known && branch->guessed)
        return;
    for (size_t i = 0; i < branch->namespaces.count; i++) {
        str name = branch->namespaces.items[i];
        if (!store_has_namespace(matcher->store, name))
            add_gap(matcher, matcher->place.fact->path,
                    arena_printf(arena, "no advisories for %.*s: `harden db update` fetches them",
                                 STR_ARG(name)));
    }
}

/* Of a language, told where the first of them is recorded. */
static void check_language(struct matcher *matcher, str type, size_t count)
{
    size_t first = 0;
    str own = advisory_language_namespace(matcher->arena, type);
    if (version_of_type(type) && store_has_namespace(matcher->store, own))
        return;
    while (matcher->facts->items[first].kind != FACT_PACKAGE ||
           !str_eq(matcher->facts->items[first].package.type, type))
        first++;
    add_gap(matcher, matcher->facts->items[first].path,
            arena_printf(matcher->arena,
                         "%zu %.*s package%s: no feed speaks for %s; `harden db update osv` "
                         "fetches one",
                         count, STR_ARG(type), count == 1 ? "" : "s", count == 1 ? "it" : "them"));
}

/* Packages of a type that no feed of this distribution speaks of. */
static void check_types(struct matcher *matcher)
{
    struct arena *arena = matcher->arena;
    struct map counts = {0};
    struct str_list types = {0};
    for (size_t i = 0; i < matcher->facts->count; i++) {
        const struct fact *fact = &matcher->facts->items[i];
        bool fresh;
        if (fact->kind != FACT_PACKAGE || str_eq(fact->package.type, matcher->place.package_type))
            continue;
        uintptr_t *count = map_put(arena, &counts, fact->package.type, &fresh);
        ++*count;
        if (fresh)
            *vec_push(arena, &types) = fact->package.type;
    }
    for (size_t i = 0; i < types.count; i++) {
        str type = types.items[i], where = STR("an unknown distribution");
        const char *but = "";
        size_t count = *map_get(&counts, type);
        if (language_has_type(type)) {
            check_language(matcher, type, count);
            continue;
        }
        if (matcher->place.fact)
            where = matcher->place_name;
        if (str_eq(type, STR("deb")) && matcher->archives.count)
            but = "; only what its archives offer was compared";
        add_gap(matcher, matcher->place.fact ? matcher->place.fact->path : STR("etc/os-release"),
                arena_printf(arena, "%zu %.*s package%s of %.*s: no feed speaks for %s%s", count,
                             STR_ARG(type), count == 1 ? "" : "s", STR_ARG(where),
                             count == 1 ? "it" : "them", but));
    }
}

static bool has_database_gap(const struct fact_list *facts)
{
    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *fact = &facts->items[i];
        if (fact->kind == FACT_GAP && (str_starts(fact->gap.path, STR("var/lib/dpkg/status")) ||
                                       str_ends(fact->gap.path, STR("lib/apk/db/installed"))))
            return true;
    }
    return false;
}

void match_check_place(struct matcher *matcher)
{
    const struct place *place = &matcher->place;
    if (matcher->sources.count == 0) {
        if (matcher->report->image.layers.count && !has_database_gap(matcher->facts))
            add_gap(matcher, STR("/"),
                    str_eq(matcher->report->image.kind, STR("rootfs"))
                        ? STR("no package database found; where this is no root file system but "
                              "a project, `harden lint` is for it")
                        : STR("no package database found"));
        match_check_support(matcher);
        return;
    }
    match_check_support(matcher);
    if (place->package_type.len && !place->release_known)
        add_gap(
            matcher, place->fact->path,
            arena_printf(matcher->arena, "unknown release: %.*s", STR_ARG(matcher->place_name)));
    if (place->package_type.len && place->branches.count == 0)
        add_gap(matcher, place->fact->path,
                STR("it does not say which release it is, so no advisories speak for it"));
    for (size_t i = 0; i < place->branches.count; i++)
        check_branch(matcher, &place->branches.items[i]);
    check_types(matcher);
}

static void check_age(struct matcher *matcher, const struct report_feed *feed)
{
    int64_t then, now;
    if (!matcher->options->today || matcher->options->stale_days == 0 ||
        !date_day(str_from(matcher->options->today), &now))
        return;
    if (!date_day(feed->updated, &then))
        add_gap(matcher, feed->feed,
                STR("the feed does not say how old it is; `harden db update` fetches it again"));
    else if (now - then > matcher->options->stale_days)
        add_gap(matcher, feed->feed,
                arena_printf(matcher->arena,
                             "the data is %lld days old (%.*s): `harden db update` fetches newer",
                             (long long)(now - then), STR_ARG(str_sub(feed->updated, 0, 10))));
}

/* Feeds about flaws as such were asked too; those of other distributions were not. */
static bool was_consulted(const struct matcher *matcher, str feed)
{
    static const char *const of_one_place[] = {"debian", "alpine",   "ubuntu",
                                               "apt",    "built-in", "osv"};
    if (map_has(&matcher->feeds, feed))
        return true;
    for (size_t i = 0; i < sizeof(of_one_place) / sizeof(of_one_place[0]); i++)
        if (str_starts(feed, str_from(of_one_place[i])))
            return false;
    return true;
}

void match_check_feeds(struct matcher *matcher)
{
    /* Scores of flaws check nothing where no advisory speaks for any package. */
    if (matcher->sources.count == 0 || matcher->feeds.count == 0)
        return;
    for (size_t i = 0; i < store_feed_count(matcher->store); i++) {
        struct report_feed feed = store_feed(matcher->store, i);
        if (!was_consulted(matcher, feed.feed))
            continue;
        *vec_push(matcher->arena, &matcher->report->feeds) = feed;
        str unread = store_feed_unread(matcher->store, matcher->arena, i);
        if (unread.len)
            add_gap(matcher, feed.feed, unread);
        if (!feed.built_in)
            check_age(matcher, &feed);
        else if (map_has(&matcher->feeds, feed.feed))
            add_gap(matcher, feed.feed,
                    arena_printf(matcher->arena,
                                 "only the starter set of %.*s that is built in was used: `harden "
                                 "db update` fetches the whole",
                                 STR_ARG(str_sub(feed.updated, 0, 10))));
    }
}
