// SPDX-License-Identifier: Apache-2.0
/* One advisory against one source package. */
#include "judge/advisory/match_parts.h"

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

/* Where branches are mixed, the first that knows the package speaks for it: its fixes in another
 * branch have other version numbers, and would make a repaired package look vulnerable. */
str match_find(struct matcher *matcher, const struct source *source)
{
    str feed = {0};
    matcher->advisories.count = 0;
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

static void say(const struct matcher *matcher, str *ret_reason, str sentence, str detail)
{
    if (ret_reason && detail.len)
        *ret_reason = match_text(matcher->arena, sentence, STR(" ("), detail, STR(")"));
    else if (ret_reason)
        *ret_reason = sentence;
}

static bool judge_fixed(const struct matcher *matcher, const struct source *source,
                        const struct advisory *advisory, bool *ret_bad, str *ret_reason)
{
    str fixed = advisory->fixed_version;
    *ret_bad = !source->scheme->valid(fixed);
    int order = *ret_bad ? 0 : source->scheme->compare(source->version, fixed);
    if (ret_reason && *ret_bad)
        *ret_reason = match_text(matcher->arena, STR("fixed in \""), fixed, STR("\", which is no "),
                                 str_from(source->scheme->name), STR(" version: not compared"));
    else if (ret_reason)
        *ret_reason =
            match_text(matcher->arena, source->version,
                       order < 0   ? STR(" < ")
                       : order > 0 ? STR(" > ")
                                   : STR(" = "),
                       fixed, order < 0 ? STR(": vulnerable, and a fix is there") : STR(": fixed"));
    return order < 0;
}

bool match_judge(const struct matcher *matcher, const struct source *source,
                 const struct advisory *advisory, enum fix_state *ret_fix, bool *ret_bad,
                 str *ret_reason)
{
    *ret_bad = false;
    *ret_fix = FIX_AVAILABLE;
    switch (advisory->status) {
    case ADVISORY_FIXED:
        if (!str_eq(advisory->fixed_version, STR("0")))
            return judge_fixed(matcher, source, advisory, ret_bad, ret_reason);
        say(matcher, ret_reason, STR("the vendor says that it is not affected"), (str){0});
        return false;
    case ADVISORY_NOT_AFFECTED:
        say(matcher, ret_reason, STR("the vendor says that it is not affected"), advisory->reason);
        return false;
    case ADVISORY_UNDETERMINED:
        say(matcher, ret_reason, STR("the vendor has not found out yet whether it is affected"),
            (str){0});
        return false;
    case ADVISORY_OPEN:
    case ADVISORY_END_OF_LIFE:
        *ret_fix = fix_of_open(matcher, advisory);
        say(matcher, ret_reason, STR("all versions in this release are vulnerable, without a fix"),
            advisory->reason);
        return true;
    }
    return false;
}
