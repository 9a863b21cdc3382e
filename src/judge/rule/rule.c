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

const struct rule *rule_next(const struct rule *after)
{
    bool take = !after;
    for (size_t f = 0; families[f]; f++) {
        const struct rule *rules = families[f]->rules;
        if (take && families[f]->count)
            return rules;
        for (size_t i = 0; !take && i < families[f]->count; i++) {
            take = &rules[i] == after;
            if (take && i + 1 < families[f]->count)
                return &rules[i + 1];
        }
    }
    return NULL;
}

const struct rule *rule_by_id(str id)
{
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule))
        if (str_eq(str_from(rule->id), id))
            return rule;
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
