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

/* The distribution knows its build best; then the score of the flaw itself; then what attackers
 * do. A flaw that nobody has rated is not harmless. */
static enum severity rate(const struct matcher *matcher, const struct advisory *advisory,
                          struct vulnerability *flaw)
{
    enum severity severity;
    if (severity_of_urgency(advisory->urgency, &severity)) {
        flaw->severity_source = matcher->place.distribution.id;
        return severity;
    }
    if (severity_of_score(flaw->cvss, &severity)) {
        flaw->severity_source = STR("nvd");
        return severity;
    }
    if (flaw->kev || flaw->epss >= likely_exploited) {
        flaw->severity_source = flaw->kev ? STR("kev") : STR("epss");
        return SEVERITY_HIGH;
    }
    flaw->severity_source = STR("unrated");
    return SEVERITY_MEDIUM;
}

static void look_up(const struct store *store, str id, struct vulnerability *flaw)
{
    struct vulnerability_score score;
    struct exploit_score exploit;
    struct known_exploited known;
    if (store_score(store, id, &score)) {
        flaw->cvss = score.cvss;
        flaw->cvss_vector = score.vector;
    }
    if (store_exploit(store, id, &exploit))
        flaw->epss = exploit.epss;
    flaw->kev = store_known(store, id, &known);
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

struct finding *match_new_finding(struct matcher *matcher, const struct source *source,
                                  const struct fact *fact)
{
    struct finding *finding = vec_push(matcher->arena, &matcher->report->findings);
    struct vulnerability *flaw = arena_new(matcher->arena, struct vulnerability);
    finding->kind = KIND_VULNERABILITY;
    finding->vulnerability = flaw;
    finding->location.path = fact->path;
    finding->location.layer = match_layer(matcher->report, fact->layer);
    flaw->package = fact->package.name;
    flaw->type = fact->package.type;
    flaw->installed_version = fact->package.version;
    flaw->source_package = source->name;
    flaw->source_version = source->version;
    flaw->purl = purl_of_package(matcher->arena, &fact->package, &matcher->place.distribution);
    flaw->cvss = flaw->epss = -1;
    return finding;
}

/* Names that are safe to paste into a shell; "" where one is not. */
static str names_for_shell(struct arena *arena, const struct source *source)
{
    static const str marks = STR_INIT("+-.:_~");
    str names = {0}, last = {0};
    for (size_t i = 0; i < source->packages.count; i++) {
        str name = source->packages.items[i]->package.name;
        for (size_t k = 0; k < name.len; k++) {
            char c = name.ptr[k];
            bool letter =
                (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && (k == 0 || str_find_char(marks, c) == STR_NONE))
                return (str){0};
        }
        if (!str_eq(name, last))
            names = names.len ? arena_join(arena, names, STR(" "), name) : name;
        last = name;
    }
    return names;
}

str match_upgrade(struct matcher *matcher, const struct source *source, str version)
{
    struct arena *arena = matcher->arena;
    str names = names_for_shell(arena, source);
    const char *command = NULL;
    if (str_eq(source->type, STR("apk")))
        command = "apk upgrade --no-cache";
    else if (!str_starts(source->packages.items[0]->path, STR("var/lib/dpkg/status.d/")))
        command = "apt-get update && apt-get install -y --only-upgrade";
    str upgrade = arena_printf(arena, "Upgrade %.*s to %.*s or later", STR_ARG(source->name),
                               STR_ARG(version));
    if (!command)
        return arena_join(arena, upgrade,
                          STR(": rebuild the image on a base that has it (it has no package "
                              "manager of its own)"),
                          (str){0});
    if (names.len == 0)
        return upgrade;
    return arena_printf(arena, "%.*s: %s %.*s", STR_ARG(upgrade), command, STR_ARG(names));
}

static str remedy_of(struct matcher *matcher, const struct source *source,
                     const struct advisory *advisory, enum fix_state fix)
{
    struct arena *arena = matcher->arena;
    str place = place_name(arena, &matcher->place), name = source->name;
    switch (fix) {
    case FIX_AVAILABLE: return match_upgrade(matcher, source, advisory->fixed_version);
    case FIX_NONE:
        return arena_printf(arena,
                            "No fixed version in %.*s so far. Remove %.*s if nothing in the image "
                            "needs it; otherwise upgrade when the fix comes.",
                            STR_ARG(place), STR_ARG(name));
    case FIX_DEFERRED:
        return arena_printf(arena,
                            "The fix is put off to a later update of %.*s. Remove %.*s if nothing "
                            "in the image needs it.",
                            STR_ARG(place), STR_ARG(name));
    case FIX_IGNORED:
        return arena_printf(arena,
                            "It will not be fixed in %.*s. Remove %.*s, or move to a release "
                            "that has a fixed version.",
                            STR_ARG(place), STR_ARG(name));
    case FIX_ENDED:
        return arena_printf(arena,
                            "%.*s no longer gets fixes in %.*s. Move to a release that is "
                            "supported.",
                            STR_ARG(name), STR_ARG(place));
    }
    return (str){0};
}

static void add_references(struct arena *arena, const struct matcher *matcher,
                           struct finding *finding)
{
    str id = matcher->place.distribution.id;
    const char *page = str_eq(id, STR("debian"))   ? "https://security-tracker.debian.org/tracker/"
                       : str_eq(id, STR("alpine")) ? "https://security.alpinelinux.org/vuln/"
                                                   : NULL;
    if (page)
        *vec_push(arena, &finding->references) =
            arena_join(arena, str_from(page), finding->id, (str){0});
}

void match_add_finding(struct matcher *matcher, const struct source *source,
                       const struct advisory *advisory, enum fix_state fix, str feed)
{
    struct arena *arena = matcher->arena;
    struct finding *finding = match_new_finding(matcher, source, source->packages.items[0]);
    struct vulnerability *flaw = finding->vulnerability;
    finding->id = advisory->id;
    flaw->fix_state = fix;
    flaw->feed = feed;
    flaw->vendor_reason = advisory->reason;
    if (fix == FIX_AVAILABLE)
        flaw->fixed_version = advisory->fixed_version;
    look_up(matcher->store, advisory->id, flaw);
    finding->severity = rate(matcher, advisory, flaw);
    str binaries = match_binaries(arena, source);
    if (fix == FIX_AVAILABLE) {
        finding->title = arena_printf(arena, "%.*s is fixed in %.*s", STR_ARG(source->name),
                                      STR_ARG(flaw->fixed_version));
        finding->evidence = arena_printf(arena, "%.*s %.*s is older than %.*s (installed: %.*s)",
                                         STR_ARG(source->name), STR_ARG(source->version),
                                         STR_ARG(flaw->fixed_version), STR_ARG(binaries));
    } else {
        finding->title = arena_printf(arena, "%.*s has no fix yet", STR_ARG(source->name));
        finding->evidence =
            arena_printf(arena, "%.*s %.*s: no version of this release is fixed (installed: %.*s)",
                         STR_ARG(source->name), STR_ARG(source->version), STR_ARG(binaries));
    }
    if (flaw->description.len)
        finding->title = first_sentence(arena, flaw->description);
    finding->remedy = remedy_of(matcher, source, advisory, fix);
    add_references(arena, matcher, finding);
}
