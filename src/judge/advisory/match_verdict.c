// SPDX-License-Identifier: Apache-2.0
/* One advisory against one source package. */
#include "judge/advisory/match_parts.h"

static bool find_in_branch(struct matcher *matcher, const struct branch *branch,
                           const struct source *source, struct advisory_list *ret, str *ret_feed)
{
    for (size_t i = 0; i < branch->namespaces.count; i++) {
        str feed = {0};
        store_find(matcher->store, matcher->arena, branch->namespaces.items[i], source->name, ret,
                   &feed);
        if (feed.len) {
            map_put(matcher->arena, &matcher->feeds, feed, NULL);
            *ret_feed = feed;
        }
    }
    return ret->count > 0;
}

/* Where branches are mixed, the first that knows the package speaks for it: its fixes in another
 * branch have other version numbers, and would make a repaired package look vulnerable. */
void match_find(struct matcher *matcher, const struct source *source, struct advisory_list *ret,
                str *ret_feed)
{
    *ret = (struct advisory_list){0};
    *ret_feed = (str){0};
    if (!str_eq(source->type, matcher->place.package_type))
        return;
    for (size_t i = 0; i < matcher->place.branches.count; i++)
        if (find_in_branch(matcher, &matcher->place.branches.items[i], source, ret, ret_feed))
            return;
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

static str with_reason(struct arena *arena, str sentence, str reason)
{
    return reason.len ? arena_printf(arena, "%.*s (%.*s)", STR_ARG(sentence), STR_ARG(reason))
                      : sentence;
}

static bool judge_fixed(const struct matcher *matcher, const struct source *source,
                        const struct advisory *advisory, bool *ret_bad, str *ret_reason)
{
    str fixed = advisory->fixed_version;
    if (!source->scheme->valid(fixed)) {
        *ret_bad = true;
        *ret_reason =
            arena_printf(matcher->arena, "fixed in \"%.*s\", which is no %s version: not compared",
                         STR_ARG(fixed), source->scheme->name);
        return false;
    }
    int order = source->scheme->compare(source->version, fixed);
    *ret_reason =
        order < 0 ? arena_printf(matcher->arena, "%.*s < %.*s: vulnerable, and a fix is there",
                                 STR_ARG(source->version), STR_ARG(fixed))
                  : arena_printf(matcher->arena, "%.*s %s %.*s: fixed", STR_ARG(source->version),
                                 order > 0 ? ">" : "=", STR_ARG(fixed));
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
        *ret_reason = STR("the vendor says that it is not affected");
        return false;
    case ADVISORY_NOT_AFFECTED:
        *ret_reason = with_reason(matcher->arena, STR("the vendor says that it is not affected"),
                                  advisory->reason);
        return false;
    case ADVISORY_UNDETERMINED:
        *ret_reason = STR("the vendor has not found out yet whether it is affected");
        return false;
    case ADVISORY_OPEN:
    case ADVISORY_END_OF_LIFE:
        *ret_fix = fix_of_open(matcher, advisory);
        *ret_reason = with_reason(matcher->arena,
                                  STR("all versions in this release are vulnerable, without a fix"),
                                  advisory->reason);
        return true;
    }
    return false;
}
