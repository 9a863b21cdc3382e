// SPDX-License-Identifier: Apache-2.0
#include "app/policy_options.h"

void policy_take_threshold(struct policy *policy, const char *fail_on)
{
    if (!fail_on)
        return;
    policy->fail_on_none = str_eq(str_from(fail_on), STR("none"));
    severity_parse(str_from(fail_on), &policy->fail_on);
}

int policy_take_kinds(const struct option_list *only, unsigned *ret, struct err *err)
{
    for (size_t i = 0; i < only->count; i++) {
        enum finding_kind kind;
        if (!kind_parse(str_from(only->items[i]), &kind))
            return err_set(err, ERR_USAGE, "--only %s: no such kind of finding; %s", only->items[i],
                           "the command's --help lists those that it has");
        *ret |= 1u << kind;
    }
    return 0;
}

int policy_take_label(const char *given, struct label_rule *ret, struct err *err)
{
    if (!str_cut(str_from(given), ':', &ret->name, &ret->type) || !label_type_is_known(ret->type))
        return err_set(err, ERR_USAGE,
                       "--require-label %s: want NAME:TYPE, with a type of text, url, rfc3339, "
                       "spdx, hash, semver, email",
                       given);
    return 0;
}

void policy_take_ignored(struct arena *arena, const struct option_list *ignore,
                         struct policy *policy)
{
    str *ids = arena_array(arena, str, ignore->count);
    for (size_t i = 0; i < ignore->count; i++)
        ids[i] = str_from(ignore->items[i]);
    policy->ignore = ids;
    policy->ignore_count = ignore->count;
}
