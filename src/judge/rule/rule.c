// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/rule.h"

#define X(member) extern const struct rule_family rule_##member;
#include "rule.list"
#undef X

static const struct rule_family *const families[] = {
#define X(member) &rule_##member,
#include "rule.list"
#undef X
    NULL,
};

const struct rule_family *const *rule_families(void)
{
    return families;
}

/* The family that has the rule; as addresses, because pointers into different arrays have no
 * order. */
static size_t family_of(const struct rule *rule)
{
    size_t f = 0;
    for (; families[f]; f++) {
        uintptr_t first = (uintptr_t)families[f]->rules, at = (uintptr_t)rule;
        if (at >= first && at < first + families[f]->count * sizeof(*rule))
            break;
    }
    return f;
}

static const struct rule *first_from(size_t f)
{
    while (families[f] && families[f]->count == 0)
        f++;
    return families[f] ? families[f]->rules : NULL;
}

const struct rule *rule_next(const struct rule *after)
{
    if (!after)
        return first_from(0);
    size_t f = family_of(after);
    if (!families[f])
        return NULL;
    return after + 1 < families[f]->rules + families[f]->count ? after + 1 : first_from(f + 1);
}

const struct rule *rule_by_id(str id)
{
    for (size_t f = 0; families[f]; f++) {
        str rest = id;
        if (!str_skip(&rest, str_from(families[f]->name)) || !str_starts(rest, STR("/")))
            continue;
        for (size_t i = 0; i < families[f]->count; i++)
            if (str_eq(str_from(families[f]->rules[i].id), id))
                return &families[f]->rules[i];
    }
    return NULL;
}

bool rule_is_called(const struct rule *rule, str name)
{
    if (str_eq_nocase(str_from(rule->id), name))
        return true;
    for (size_t i = 0; rule->aliases[i]; i++)
        if (str_eq_nocase(str_from(rule->aliases[i]), name))
            return true;
    return false;
}

const struct rule *rule_find(str name, const struct rule *after)
{
    const struct rule *rule = rule_next(after);
    while (rule && !rule_is_called(rule, name))
        rule = rule_next(rule);
    return rule;
}
