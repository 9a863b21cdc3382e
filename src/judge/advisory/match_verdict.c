// SPDX-License-Identifier: Apache-2.0
/* One advisory against one source package. */
#include "judge/advisory/affected.h"
#include "judge/advisory/match_parts.h"
#include "model/language.h"

static bool find_in_branch(struct matcher *matcher, const struct branch *branch,
                           const struct source *source, str *ret_feed)
{
    for (size_t i = 0; i < branch->namespaces.count; i++) {
        str feed = {0};
        store_find(matcher->store, matcher->arena, branch->namespaces.items[i], source->name,
                   &matcher->advisories, &feed);
        if (feed.len) {
            map_put(matcher->arena, &matcher->feeds, feed, NULL);
            *ret_feed = feed;
        }
    }
    return matcher->advisories.count > 0;
}

/* Of a language: its own feed. */
static str find_of_language(struct matcher *matcher, const struct source *source)
{
    struct arena *arena = matcher->arena;
    str feed = {0};
    store_find(matcher->store, arena, advisory_language_namespace(arena, source->type),
               language_key(arena, source->type, source->name), &matcher->advisories, &feed);
    if (feed.len)
        map_put(arena, &matcher->feeds, feed, NULL);
    return feed;
}

/* Where branches are mixed, the first that knows the package speaks for it: its fixes in another
 * branch have other version numbers, and would make a repaired package look vulnerable. */
str match_find(struct matcher *matcher, const struct source *source)
{
    str feed = {0};
    matcher->advisories.count = 0;
    if (source->of_language)
        return find_of_language(matcher, source);
    if (!str_eq(source->type, matcher->place.package_type))
        return feed;
    for (size_t i = 0; i < matcher->place.branches.count; i++)
        if (find_in_branch(matcher, &matcher->place.branches.items[i], source, &feed))
            break;
    return feed;
}

static enum fix_state fix_of_open(const struct matcher *matcher, const struct advisory *advisory)
{
    str reason = advisory->reason;
    if (advisory->status == ADVISORY_END_OF_LIFE || str_starts(reason, STR("end-of-life")) ||
        str_starts(advisory->urgency, STR("end-of-life")))
        return FIX_ENDED;
    if (str_starts(reason, STR("ignored")))
        return FIX_IGNORED;
    if (matcher->place.support_ended)
        return FIX_ENDED;
    if (str_starts(reason, STR("postponed")) || str_starts(reason, STR("no-dsa")))
        return FIX_DEFERRED;
    return FIX_NONE;
}

static void say(const struct matcher *matcher, struct judgement *judgement, bool wanted,
                str sentence, str detail)
{
    if (wanted && detail.len)
        judgement->reason = match_text(matcher->arena, sentence, STR(" ("), detail, STR(")"));
    else if (wanted)
        judgement->reason = sentence;
}

static void judge_fixed(const struct matcher *matcher, const struct source *source,
                        const struct advisory *advisory, bool wanted, struct judgement *ret)
{
    str fixed = advisory->fixed_version;
    ret->unsure = !source->scheme->valid(fixed);
    int order = ret->unsure ? 0 : source->scheme->compare(source->version, fixed);
    ret->affected = order < 0;
    ret->fix = FIX_AVAILABLE;
    ret->fixed_version = fixed;
    if (wanted && ret->unsure)
        ret->reason = match_text(matcher->arena, STR("fixed in \""), fixed, STR("\", which is no "),
                                 str_from(source->scheme->name), STR(" version: not compared"));
    else if (wanted)
        ret->reason =
            match_text(matcher->arena, source->version,
                       order < 0   ? STR(" < ")
                       : order > 0 ? STR(" > ")
                                   : STR(" = "),
                       fixed, order < 0 ? STR(": vulnerable, and a fix is there") : STR(": fixed"));
}

/* "1.5 lies in the vulnerable versions from 1.0 on, before 1.9" */
static str reason_of_range(const struct matcher *matcher, const struct source *source,
                           const struct affected *answer)
{
    struct arena *arena = matcher->arena;
    bool since_first = str_eq(answer->from, STR("0"));
    str from = since_first ? (str){0} : match_text(arena, STR(" from "), answer->from, STR(" on"));
    str until = answer->end_mark == MARK_FIXED  ? STR(" before ")
                : answer->end_mark == MARK_LAST ? STR(" up to ")
                                                : (str){0};
    if (!answer->from.len)
        return match_text(arena, source->version, STR(" is one of the vulnerable versions, says "),
                          answer->record);
    if (from.len && until.len)
        from = match_text(arena, from, STR(","));
    if (!from.len && !until.len)
        return match_text(arena, source->version, STR(" is vulnerable as all versions are, says "),
                          answer->record);
    return match_text(arena, source->version,
                      answer->yes ? STR(" lies in the vulnerable versions")
                                  : STR(" lies behind the vulnerable versions"),
                      from, until, answer->end, STR(", says "), answer->record);
}

/* Records of OSV, which speak of releases, not of a distribution's. */
static void judge_ranges(const struct matcher *matcher, const struct source *source,
                         const struct advisory *advisory, bool wanted, struct judgement *ret)
{
    struct affected answer = affected_ask(source->scheme, advisory->affected, source->version);
    ret->affected = answer.yes;
    ret->unsure = !answer.yes && answer.incomparable.len;
    ret->record = answer.record;
    ret->fix = answer.fixed.len ? FIX_AVAILABLE : FIX_NONE;
    ret->fixed_version = answer.fixed;
    /* Go's modules have a "v" in front, which records leave out. */
    if (answer.fixed.len && str_eq(source->type, STR("golang")) &&
        str_starts(source->version, STR("v")))
        ret->fixed_version = match_text(matcher->arena, STR("v"), answer.fixed);
    if (!wanted)
        return;
    if (ret->unsure)
        ret->reason = match_text(matcher->arena, STR("\""), answer.incomparable,
                                 STR("\" is no version that can be compared"));
    else if (answer.record.len)
        ret->reason = reason_of_range(matcher, source, &answer);
    else
        ret->reason = match_text(matcher->arena, source->version,
                                 STR(" is none of the vulnerable versions ("),
                                 affected_describe(matcher->arena, advisory->affected), STR(")"));
}

struct judgement match_judge(const struct matcher *matcher, const struct source *source,
                             const struct advisory *advisory, bool with_reason)
{
    struct judgement ret = {0};
    switch (advisory->status) {
    case ADVISORY_FIXED:
        if (!str_eq(advisory->fixed_version, STR("0")))
            judge_fixed(matcher, source, advisory, with_reason, &ret);
        else
            say(matcher, &ret, with_reason, STR("the vendor says that it is not affected"),
                (str){0});
        break;
    case ADVISORY_NOT_AFFECTED:
        say(matcher, &ret, with_reason, STR("the vendor says that it is not affected"),
            advisory->reason);
        break;
    case ADVISORY_UNDETERMINED:
        say(matcher, &ret, with_reason,
            STR("the vendor has not found out yet whether it is affected"), (str){0});
        break;
    case ADVISORY_OPEN:
    case ADVISORY_END_OF_LIFE:
        ret.affected = true;
        ret.fix = fix_of_open(matcher, advisory);
        say(matcher, &ret, with_reason,
            STR("all versions in this release are vulnerable, without a fix"), advisory->reason);
        break;
    case ADVISORY_RANGES: judge_ranges(matcher, source, advisory, with_reason, &ret); break;
    }
    return ret;
}
