// SPDX-License-Identifier: Apache-2.0
/* Why a vulnerability is reported, or is not. */
#include "judge/advisory/match_parts.h"

enum { ELSEWHERE_MOST = 20 };

static str updated_of(const struct store *store, str feed)
{
    for (size_t i = 0; i < store_feed_count(store); i++) {
        struct report_feed known = store_feed(store, i);
        if (str_eq(known.feed, feed))
            return known.updated;
    }
    return (str){0};
}

static void explain_advisory(struct matcher *matcher, const struct source *source,
                             const struct advisory *advisory, str feed, struct verdict *verdict)
{
    str builder;
    verdict->feed = feed;
    verdict->updated = updated_of(matcher->store, feed);
    verdict->has_advisory = true;
    verdict->advisory = *advisory;
    if (!source->comparable && !source->of_language) {
        verdict->reason = arena_printf(matcher->arena, "\"%.*s\" is no %s version: not compared",
                                       STR_ARG(source->version), source->scheme->name);
        return;
    }
    if (!source->of_language && match_origin(matcher, source, &builder) == ORIGIN_OTHER) {
        verdict->reason = arena_printf(
            matcher->arena, "built by %.*s: the feed speaks of the distribution's own build only",
            STR_ARG(builder));
        return;
    }
    struct judgement judgement = match_judge(matcher, source, advisory, true);
    verdict->affected = judgement.affected;
    verdict->reason = judgement.reason;
    if (verdict->affected && match_is_without_kernel(source)) {
        verdict->affected = false;
        verdict->reason = STR(MATCH_NO_KERNEL);
    }
}

static bool is_called(const struct advisory *advisory, str id)
{
    str aliases = advisory->aliases, alias;
    bool called = str_eq_nocase(advisory->id, id);
    while (!called && str_next_word(&aliases, &alias))
        called = str_eq_nocase(alias, id);
    return called;
}

static void explain_source(struct matcher *matcher, const struct source *source, str id,
                           struct verdict_list *ret)
{
    str feed = match_find(matcher, source);
    const struct advisory_list list = matcher->advisories;
    for (size_t i = 0; i < list.count; i++) {
        if (!is_called(&list.items[i], id))
            continue;
        struct verdict first = {0};
        explain_advisory(matcher, source, &list.items[i], feed, &first);
        for (size_t p = 0; p < source->packages.count; p++) {
            struct verdict *verdict = vec_push(matcher->arena, ret);
            *verdict = first;
            verdict->package = source->packages.items[p]->package;
            verdict->layer = source->packages.items[p]->layer;
            verdict->path = source->packages.items[p]->path;
        }
    }
}

/* Of a language, but shipped by the distribution. */
static void explain_owned(struct matcher *matcher, str id, struct verdict_list *ret)
{
    struct matcher owned = {
        .arena = matcher->arena, .facts = &matcher->owned, .store = matcher->store};
    size_t from = ret->count;
    match_group_sources(&owned);
    for (size_t i = 0; i < owned.sources.count; i++)
        explain_source(&owned, &owned.sources.items[i], id, ret);
    for (size_t i = from; i < ret->count; i++) {
        ret->items[i].affected = false;
        ret->items[i].reason = STR("it belongs to a package of the distribution, whose own "
                                   "advisories speak for it");
    }
}

/* Why no advisory connects an installed package with a flaw that others connect it with. */
static str why_unlisted(const struct matcher *matcher, const struct source *source)
{
    const struct place *place = &matcher->place;
    str where = STR("an unknown distribution"), unknown = {0};
    str own = advisory_language_namespace(matcher->arena, source->type);
    if (source->of_language && store_has_namespace(matcher->store, own))
        return arena_printf(matcher->arena,
                            "the advisories for %.*s packages do not list it for %.*s",
                            STR_ARG(source->type), STR_ARG(source->name));
    if (source->of_language)
        return arena_printf(matcher->arena,
                            "no feed speaks for %.*s packages: `harden db update osv` fetches one",
                            STR_ARG(source->type));
    if (place->fact)
        where = place_name(matcher->arena, place);
    if (!str_eq(source->type, place->package_type) || place->branches.count == 0)
        return arena_printf(matcher->arena, "no feed speaks for %.*s packages of %.*s",
                            STR_ARG(source->type), STR_ARG(where));
    for (size_t i = 0; i < place->branches.count; i++)
        for (size_t k = 0; k < place->branches.items[i].namespaces.count; k++) {
            str name = place->branches.items[i].namespaces.items[k];
            if (store_has_namespace(matcher->store, name))
                return arena_printf(
                    matcher->arena,
                    "the advisories list it for %.*s in other releases, not in %.*s",
                    STR_ARG(source->name), STR_ARG(where));
            unknown = unknown.len ? unknown : name;
        }
    return arena_printf(matcher->arena,
                        "no advisories for %.*s are there: `harden db update` fetches them",
                        STR_ARG(unknown));
}

/* Installed, and known to have the flaw, but not by an advisory that speaks for it. */
static void explain_unlisted(struct matcher *matcher, const struct source *source,
                             struct verdict_list *ret)
{
    str why = why_unlisted(matcher, source);
    for (size_t i = 0; i < source->packages.count; i++) {
        struct verdict *verdict = vec_push(matcher->arena, ret);
        verdict->package = source->packages.items[i]->package;
        verdict->layer = source->packages.items[i]->layer;
        verdict->path = source->packages.items[i]->path;
        verdict->reason = why;
    }
}

static void explain_elsewhere(struct matcher *matcher, const struct str_list *elsewhere,
                              struct verdict_list *ret)
{
    for (size_t i = 0; i < matcher->sources.count; i++)
        for (size_t k = 0; k < elsewhere->count; k++)
            if (str_eq(matcher->sources.items[i].name, elsewhere->items[k]))
                explain_unlisted(matcher, &matcher->sources.items[i], ret);
}

void match_explain(struct arena *arena, const struct fact_list *facts, const struct store *store,
                   str id, struct verdict_list *ret, struct str_list *ret_elsewhere)
{
    struct matcher matcher = {.arena = arena, .facts = facts, .store = store};
    match_drop_owned(&matcher);
    place_find(arena, facts, NULL, &matcher.place);
    match_group_sources(&matcher);
    match_list_archives(&matcher);
    for (size_t i = 0; i < matcher.sources.count; i++)
        explain_source(&matcher, &matcher.sources.items[i], id, ret);
    explain_owned(&matcher, id, ret);
    if (ret->count > 0)
        return;
    store_packages_of(store, arena, id, ELSEWHERE_MOST, ret_elsewhere);
    explain_elsewhere(&matcher, ret_elsewhere, ret);
}
