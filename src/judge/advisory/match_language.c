// SPDX-License-Identifier: Apache-2.0
/* What a finding in a package of a language says: no distribution stands behind it. */
#include "judge/advisory/match_parts.h"
#include "judge/advisory/upgrade.h"

/* "usr/lib/a/METADATA, srv/b/METADATA and 3 more" */
static str places_of(struct matcher *matcher, const struct source *source)
{
    enum { NAMED = 3 };
    struct arena *arena = matcher->arena;
    str places = {0};
    for (size_t i = 0; i < source->packages.count && i < NAMED; i++)
        places =
            match_text(arena, places, i ? STR(", ") : (str){0}, source->packages.items[i]->path);
    if (source->packages.count > NAMED)
        places = arena_printf(arena, "%.*s and %zu more", STR_ARG(places),
                              source->packages.count - NAMED);
    return places;
}

static str remedy_of(struct matcher *matcher, const struct source *source,
                     const struct judgement *judgement)
{
    struct arena *arena = matcher->arena;
    if (judgement->fix != FIX_AVAILABLE)
        return match_text(arena, STR("No fixed version of "), source->name,
                          STR(" is known. Remove it if nothing needs it, or replace it."));
    struct upgrade upgrade =
        upgrade_of(arena, source->type, source->name, judgement->fixed_version);
    str text = match_text(arena, STR("Upgrade "), source->name, STR(" to "),
                          judgement->fixed_version, STR(" or later"));
    if (upgrade.command.len)
        text = match_text(arena, text, STR(": "), upgrade.command);
    if (upgrade.note.len)
        text = match_text(arena, text, upgrade.command.len ? STR("; ") : STR(": "), upgrade.note);
    return text;
}

void match_describe_language(struct matcher *matcher, const struct source *source,
                             const struct advisory *advisory, const struct judgement *judgement,
                             struct finding *finding)
{
    struct arena *arena = matcher->arena;
    if (str_eq(advisory->urgency, STR(ADVISORY_MALICIOUS))) {
        if (!finding->title.len)
            finding->title = match_text(arena, STR("Malicious code in "), source->name);
        finding->remedy = match_text(
            arena, STR("Remove "), source->name,
            STR(", and take what ran it as broken into: build it anew on a clean base, and replace "
                "all credentials that it could reach."));
    } else {
        if (!finding->title.len)
            finding->title = match_text(arena, source->name, STR(" has a known flaw"));
        finding->remedy = remedy_of(matcher, source, judgement);
    }
    finding->evidence = match_text(arena, source->name, STR(" "), judgement->reason,
                                   STR(" (recorded in "), places_of(matcher, source), STR(")"));
    *vec_push(arena, &finding->references) =
        match_text(arena, STR("https://osv.dev/vulnerability/"), judgement->record);
}
