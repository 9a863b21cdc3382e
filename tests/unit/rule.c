// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/rule.h"
#include "tests/unit/test.h"

#include <string.h>

static void check_filled(const struct rule *rule, const char *field, const char *text)
{
    if (!text || !*text || text[strspn(text, " \n")] == '\0')
        test_failed(__FILE__, __LINE__, "%s: no %s", rule->id, field);
}

/* Every rule has all its texts, an id of its family that nobody else has, and aliases that are
 * not ids of ours. */
TEST(rules_are_complete)
{
    size_t seen = 0, counted = 0;
    for (size_t f = 0; rule_families()[f]; f++) {
        const struct rule_family *family = rule_families()[f];
        counted += family->count;
        for (size_t i = 0; i < family->count; i++) {
            str id = str_from(family->rules[i].id), rest = id;
            CHECK(str_skip(&rest, str_from(family->name)) && str_skip(&rest, STR("/")));
            CHECK(rest.len > 0);
        }
    }
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule), seen++) {
        check_filled(rule, "title", rule->title);
        check_filled(rule, "why", rule->why);
        check_filled(rule, "fix", rule->fix);
        check_filled(rule, "bad", rule->bad);
        check_filled(rule, "good", rule->good);
        CHECK(!str_ends(str_from(rule->title), STR(".")));
        CHECK(strcmp(rule->bad, rule->good) != 0);
        CHECK(severity_name(rule->severity).len > 0 && kind_name(rule->kind).len > 0);
        CHECK(rule_by_id(str_from(rule->id)) == rule);
        CHECK(!rule->aliases[RULE_ALIASES] && !rule->references[RULE_REFERENCES]);
        for (size_t i = 0; rule->aliases[i]; i++)
            CHECK(!rule_by_id(str_from(rule->aliases[i])));
    }
    CHECK(seen == counted && seen >= 3);
}

TEST(rules_are_found_by_name)
{
    CHECK(rule_by_id(STR("os/end-of-life")) != NULL);
    CHECK(rule_by_id(STR("OS/end-of-life")) == NULL);
    const struct rule *rule = rule_find(STR("OS/End-Of-Life"), NULL);
    CHECK(rule && rule_is_called(rule, STR("os/end-of-life")));
    CHECK(rule_find(STR("os/end-of-life"), rule) == NULL);
    CHECK(rule_find(STR("no/such"), NULL) == NULL);
}
