// SPDX-License-Identifier: Apache-2.0
/* A finding from an advisory that applies: severity, texts, what to do. */
#include "judge/advisory/match_parts.h"

#include "model/purl.h"

static const double score_critical = 9, score_high = 7, score_medium = 4, likely_exploited = 0.1;
enum { TITLE_MOST = 120 };

/* The vendor's word. Debian marks what it has not confirmed with "**". */
static bool severity_of_urgency(str urgency, enum severity *ret)
{
    while (str_ends(urgency, STR("*")))
        urgency.len--;
    if (str_eq(urgency, STR("unimportant"))) {
        *ret = SEVERITY_INFO;
        return true;
    }
    return severity_parse(urgency, ret);
}

static bool severity_of_score(double score, enum severity *ret)
{
    *ret = score >= score_critical ? SEVERITY_CRITICAL
           : score >= score_high   ? SEVERITY_HIGH
           : score >= score_medium ? SEVERITY_MEDIUM
                                   : SEVERITY_LOW;
    return score > 0;
}

/* Who gives the advisory knows best; then the score of the flaw itself; then what attackers do. A
 * flaw that nobody has rated is not harmless. */
static enum severity rate(const struct matcher *matcher, const struct source *source,
                          const struct advisory *advisory, struct vulnerability *flaw)
{
    enum severity severity;
    str vendor = source->of_language ? flaw->feed : matcher->place.distribution.id;
    if (str_eq(advisory->urgency, STR(ADVISORY_MALICIOUS))) {
        flaw->severity_source = vendor;
        return SEVERITY_CRITICAL;
    }
    if (severity_of_urgency(advisory->urgency, &severity)) {
        flaw->severity_source = vendor;
        return severity;
    }
    if (severity_of_score(flaw->cvss, &severity)) {
        flaw->severity_source = source->of_language ? STR("cvss") : STR("nvd");
        return severity;
    }
    if (flaw->kev || flaw->epss >= likely_exploited) {
        flaw->severity_source = flaw->kev ? STR("kev") : STR("epss");
        return SEVERITY_HIGH;
    }
    flaw->severity_source = STR("unrated");
    return SEVERITY_MEDIUM;
}

/* Where several ids stand for one flaw, the worst that is known of any of them. */
static void look_up_attacks(const struct store *store, str id, struct vulnerability *flaw)
{
    struct exploit_score exploit;
    struct known_exploited known;
    if (!str_starts(id, STR("CVE-")))
        return;
    if (store_exploit(store, id, &exploit) && exploit.epss > flaw->epss)
        flaw->epss = exploit.epss;
    flaw->kev |= store_known(store, id, &known);
}

static void look_up(const struct store *store, str id, struct vulnerability *flaw)
{
    struct vulnerability_score score;
    if (store_score(store, id, &score)) {
        flaw->cvss = score.cvss;
        flaw->cvss_vector = score.vector;
    }
    look_up_attacks(store, id, flaw);
    store_text(store, id, &flaw->description);
}

/* The description's first sentence, or as much of it as fits a line. */
static str first_sentence(struct arena *arena, str text)
{
    str line = {0};
    str_next_line(&text, &line);
    text = str_trim(line);
    size_t stop = str_find(text, STR(". "));
    if (stop == STR_NONE && str_ends(text, STR(".")))
        stop = text.len - 1;
    if (stop <= TITLE_MOST)
        return str_sub(text, 0, stop);
    if (text.len <= TITLE_MOST)
        return text;
    text = str_sub(text, 0, TITLE_MOST);
    size_t space = str_rfind_char(text, ' ');
    text = str_sub(text, 0, space > TITLE_MOST / 2 ? space : TITLE_MOST);
    /* A UTF-8 sequence is not cut in the middle. */
    while (text.len && !str_is_utf8(text))
        text.len--;
    return arena_join(arena, text, STR(" ..."), (str){0});
}

str match_layer(const struct report *report, uint32_t index)
{
    if (index >= report->image.layers.count)
        return (str){0};
    const struct layer *layer = &report->image.layers.items[index];
    return layer->diff_id.len ? layer->diff_id : layer->digest;
}

struct finding *match_new_finding(struct matcher *matcher, struct source *source,
                                  const struct fact *fact)
{
    struct finding *finding = vec_push(matcher->arena, &matcher->report->findings);
    struct vulnerability *flaw = arena_new(matcher->arena, struct vulnerability);
    match_describe(matcher, source);
    finding->kind = KIND_VULNERABILITY;
    finding->vulnerability = flaw;
    finding->location.path = fact->path;
    finding->location.layer = match_layer(matcher->report, fact->layer);
    flaw->package = fact->package.name;
    flaw->type = fact->package.type;
    flaw->installed_version = fact->package.version;
    flaw->source_package = source->name;
    flaw->source_version = source->version;
    flaw->purl = fact == source->packages.items[0] ? source->purl
                                                   : purl_of_package(matcher->arena, &fact->package,
                                                                     &matcher->place.distribution);
    flaw->cvss = flaw->epss = -1;
    return finding;
}

str match_upgrade(struct matcher *matcher, const struct source *source, str version)
{
    bool bare = str_starts(source->packages.items[0]->path, STR("var/lib/dpkg/status.d/"));
    return match_text(matcher->arena, STR("Upgrade "), source->name, STR(" to "), version,
                      STR(" or later"),
                      bare                  ? STR(": rebuild the image on a base that has it (it "
                                                                   "has no package manager of its own)")
                      : source->upgrade.len ? STR(": ")
                                            : (str){0},
                      source->upgrade);
}

static str remedy_of(struct matcher *matcher, const struct source *source,
                     const struct advisory *advisory, enum fix_state fix)
{
    struct arena *arena = matcher->arena;
    str place = matcher->place_name, name = source->name;
    switch (fix) {
    case FIX_AVAILABLE: return match_upgrade(matcher, source, advisory->fixed_version);
    case FIX_NONE:
        return match_text(arena, STR("No fixed version in "), place, STR(" so far. Remove "), name,
                          STR(" if nothing in the image needs it; otherwise upgrade when the fix "
                              "comes."));
    case FIX_DEFERRED:
        return match_text(arena, STR("The fix is put off to a later update of "), place,
                          STR(". Remove "), name, STR(" if nothing in the image needs it."));
    case FIX_IGNORED:
        return match_text(arena, STR("It will not be fixed in "), place, STR(". Remove "), name,
                          STR(", or move to a release that has a fixed version."));
    case FIX_ENDED:
        return match_text(arena, name, STR(" no longer gets fixes in "), place,
                          STR(". Move to a release that is supported."));
    }
    return (str){0};
}

static void add_references(const struct matcher *matcher, struct finding *finding)
{
    str id = matcher->place.distribution.id;
    const char *page = str_eq(id, STR("debian"))   ? "https://security-tracker.debian.org/tracker/"
                       : str_eq(id, STR("alpine")) ? "https://security.alpinelinux.org/vuln/"
                                                   : NULL;
    if (page)
        *vec_push(matcher->arena, &finding->references) =
            match_text(matcher->arena, str_from(page), finding->id);
}

static void describe_of_distribution(struct matcher *matcher, const struct source *source,
                                     const struct advisory *advisory,
                                     const struct judgement *judgement, struct finding *finding)
{
    struct arena *arena = matcher->arena;
    str fixed = finding->vulnerability->fixed_version;
    bool is_fixed = judgement->fix == FIX_AVAILABLE;
    if (!finding->title.len)
        finding->title = match_text(
            arena, source->name, is_fixed ? STR(" is fixed in ") : STR(" has no fix yet"), fixed);
    finding->evidence =
        match_text(arena, source->name, STR(" "), source->version,
                   is_fixed ? STR(" is older than ") : STR(": no version of this release is fixed"),
                   fixed, STR(" (installed: "), source->binaries, STR(")"));
    finding->remedy = remedy_of(matcher, source, advisory, judgement->fix);
    if (match_is_without_kernel(source)) {
        finding->status = STATUS_NOT_AFFECTED;
        finding->reason = STR(MATCH_NO_KERNEL);
    }
    add_references(matcher, finding);
}

void match_add_finding(struct matcher *matcher, struct source *source,
                       const struct advisory *advisory, const struct judgement *judgement, str feed)
{
    struct arena *arena = matcher->arena;
    struct finding *finding = match_new_finding(matcher, source, source->packages.items[0]);
    struct vulnerability *flaw = finding->vulnerability;
    str aliases = advisory->aliases, alias;
    finding->id = advisory->id;
    look_up(matcher->store, advisory->id, flaw);
    while (str_next_word(&aliases, &alias)) {
        *vec_push(arena, &finding->aliases) = alias;
        look_up_attacks(matcher->store, alias, flaw);
    }
    flaw->fix_state = judgement->fix;
    flaw->feed = feed;
    flaw->vendor_reason = advisory->reason;
    if (judgement->fix == FIX_AVAILABLE)
        flaw->fixed_version = judgement->fixed_version;
    finding->severity = rate(matcher, source, advisory, flaw);
    finding->title = first_sentence(arena, flaw->description);
    if (source->of_language)
        match_describe_language(matcher, source, advisory, judgement, finding);
    else
        describe_of_distribution(matcher, source, advisory, judgement, finding);
}
