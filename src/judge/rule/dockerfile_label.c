// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/dockerfile/license.h"
#include "judge/rule/dockerfile/text.h"
#include "judge/rule/rule.h"

/* Labels that somebody's settings ask for: which ones, and what their values must look like. */

static const struct label_rule *wanted_label(const struct rule_settings *settings, str name)
{
    for (size_t i = 0; i < settings->label_count; i++)
        if (str_eq(settings->labels[i].name, name))
            return &settings->labels[i];
    return NULL;
}

static bool stage_has_label(const struct stage *stage, str name)
{
    for (; stage; stage = stage->parent)
        for (uint32_t i = stage->first; i < stage->end; i++) {
            const struct instruction *one = stage->file->instructions.items[i];
            for (size_t p = 0; one->kind == INSTRUCTION_LABEL && p < one->pairs.count; p++)
                if (one->pairs.items[p].name.open || str_eq(one->pairs.items[p].name.value, name))
                    return true;
        }
    return false;
}

static void missing(struct rule_run *run, const struct stage *stage)
{
    if (!stage->is_target || !stage->from)
        return;
    for (size_t i = 0; i < run->settings->label_count; i++) {
        str name = run->settings->labels[i].name;
        if (!stage_has_label(stage, name))
            rule_found(run, stage->from->head, "%.*s", STR_ARG(name));
    }
}

static void superfluous(struct rule_run *run, const struct instruction *instruction)
{
    if (instruction->kind != INSTRUCTION_LABEL || !run->settings->strict_labels)
        return;
    for (size_t i = 0; i < instruction->pairs.count; i++) {
        const struct dockerfile_word *name = &instruction->pairs.items[i].name;
        if (!name->open && !wanted_label(run->settings, name->value))
            rule_found(run, name->span, "%.*s", STR_ARG(str_sub(name->value, 0, 120)));
    }
}

static void empty(struct rule_run *run, const struct instruction *instruction)
{
    for (size_t i = 0; instruction->kind == INSTRUCTION_LABEL && i < instruction->pairs.count;
         i++) {
        const struct dockerfile_pair *pair = &instruction->pairs.items[i];
        if (!pair->value.open && pair->value.value.len == 0 &&
            wanted_label(run->settings, pair->name.value))
            rule_found(run, pair->span, "%.*s", STR_ARG(pair->name.value));
    }
}

/* ---- types of values ---- */

static bool all_of(str text, const char *more, bool letters, bool digits)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool digit = c >= '0' && c <= '9';
        if (!(letters && letter) && !(digits && digit) &&
            str_find_char(str_from(more), c) == STR_NONE)
            return false;
    }
    return text.len > 0;
}

static bool is_url(str text)
{
    size_t scheme = str_find(text, STR("://"));
    return scheme != STR_NONE && scheme > 0 && text.len > scheme + 3 &&
           all_of(str_sub(text, 0, scheme), "+.-", true, true) &&
           str_find_char(text, ' ') == STR_NONE;
}

/* 2026-11-24T10:14:23Z, with a fraction and an offset where wanted. */
static bool is_time(str text)
{
    static const char form[] = "0000-00-00T00:00:00";
    if (text.len < sizeof(form))
        return false;
    for (size_t i = 0; i + 1 < sizeof(form); i++) {
        char c = text.ptr[i];
        bool separator = form[i] == 'T' && (c == 't' || c == ' ');
        if (form[i] == '0' ? c < '0' || c > '9' : c != form[i] && !separator)
            return false;
    }
    str zone = str_from_index(text, sizeof(form) - 1);
    if (str_skip(&zone, STR(".")))
        while (zone.len && zone.ptr[0] >= '0' && zone.ptr[0] <= '9')
            zone = str_from_index(zone, 1);
    if (str_eq_nocase(zone, STR("Z")))
        return true;
    return zone.len == 6 && (zone.ptr[0] == '+' || zone.ptr[0] == '-') && zone.ptr[3] == ':' &&
           text_is_number(str_sub(zone, 1, 2)) && text_is_number(str_sub(zone, 4, 2));
}

static bool is_hash(str text)
{
    return text.len >= 7 && text.len <= 64 && all_of(text, "abcdefABCDEF", false, true);
}

static bool is_version(str text)
{
    str core, part;
    size_t parts = 0;
    size_t end = str_find_char(text, '-'), plus = str_find_char(text, '+');
    if (plus < end)
        end = plus;
    core = end == STR_NONE ? text : str_sub(text, 0, end);
    if (end != STR_NONE && !all_of(str_from_index(text, end + 1), ".-+", true, true))
        return false;
    while (str_next(&core, '.', &part)) {
        if (!text_is_number(part) || (part.len > 1 && part.ptr[0] == '0'))
            return false;
        parts++;
    }
    return parts == 3;
}

static bool is_mail(str text)
{
    str user, host;
    return str_cut(text, '@', &user, &host) && user.len && str_find_char(host, '.') != STR_NONE &&
           !str_starts(host, STR(".")) && !str_ends(host, STR(".")) &&
           all_of(host, ".-", true, true) && str_find_char(user, ' ') == STR_NONE;
}

/* What a rule checks: its id ends with the name of the type. */
static const struct {
    const char *type;
    bool (*fits)(str value);
} types[] = {
    {"url", is_url},   {"rfc3339", is_time},   {"spdx", license_fits},
    {"hash", is_hash}, {"semver", is_version}, {"email", is_mail},
};

bool label_type_is_known(str type)
{
    bool known = str_eq(type, STR("text"));
    for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++)
        known |= str_eq(type, str_from(types[t].type));
    return known;
}

bool label_fits(str type, str value)
{
    for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++)
        if (str_eq(type, str_from(types[t].type)))
            return types[t].fits(value);
    return true;
}

static void wrong_value(struct rule_run *run, const struct instruction *instruction)
{
    if (instruction->kind != INSTRUCTION_LABEL)
        return;
    for (size_t i = 0; i < instruction->pairs.count; i++) {
        const struct dockerfile_pair *pair = &instruction->pairs.items[i];
        const struct label_rule *wanted = wanted_label(run->settings, pair->name.value);
        if (!wanted || pair->value.open || pair->value.value.len == 0)
            continue;
        for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++)
            if (str_eq(wanted->type, str_from(types[t].type)) &&
                str_ends(str_from(run->rule->id), wanted->type) &&
                !types[t].fits(pair->value.value))
                rule_found(run, pair->value.span, "%.*s=%.*s", STR_ARG(pair->name.value),
                           STR_ARG(str_sub(pair->value.value, 0, 120)));
    }
}

#define WHY                                                                                        \
    "Your settings say what kind of value this label has. Tools that read it rely on that, and "   \
    "cannot use another one."

static const struct rule rules[] = {
    {
        .id = "dockerfile/label-missing",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_STYLE,
        .title = "A label that images must have is missing",
        .why = "Your settings list labels that each image must have, so that it can be told "
               "where it comes from and who looks after it.",
        .fix = "Add the label with LABEL.",
        .bad = "FROM debian:13\nLABEL title=\"app\"\n",
        .good = "FROM debian:13\nLABEL title=app site=https://example.org "
                "created=2026-11-24T10:00:00Z license=MIT commit=0123abc version=1.2.3 "
                "mail=me@example.org\n",
        .aliases = {"DL3049"},
        .stage = missing,
    },
    {
        .id = "dockerfile/label-superfluous",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .title = "A label is not one of those that images may have",
        .why = "Your settings list all labels that are used. Another one is often a misspelled "
               "one of them.",
        .fix = "Correct its name, remove it, or add it to the list.",
        .bad = "FROM debian:13\nLABEL titel=app\n",
        .good = "FROM debian:13\nLABEL title=app\n",
        .aliases = {"DL3050"},
        .instruction = superfluous,
    },
    {
        .id = "dockerfile/label-empty",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_STYLE,
        .title = "A label that images must have is empty",
        .why = "The label is there, but says nothing.",
        .fix = "Give it a value.",
        .bad = "FROM debian:13\nLABEL title=\"\"\n",
        .good = "FROM debian:13\nLABEL title=app\n",
        .aliases = {"DL3051"},
        .instruction = empty,
    },
    {
        .id = "dockerfile/label-not-url",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_STYLE,
        .title = "The value of a label is no address",
        .why = WHY,
        .fix = "Write an address with its scheme: https://example.org/.",
        .bad = "FROM debian:13\nLABEL site=example\n",
        .good = "FROM debian:13\nLABEL site=https://example.org/\n",
        .aliases = {"DL3052"},
        .instruction = wrong_value,
    },
    {
        .id = "dockerfile/label-not-rfc3339",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_STYLE,
        .title = "The value of a label is no time",
        .why = WHY,
        .fix = "Write the time as in RFC 3339: 2026-11-24T10:14:23Z.",
        .bad = "FROM debian:13\nLABEL created=yesterday\n",
        .good = "FROM debian:13\nLABEL created=2026-11-24T10:14:23.5+01:00\n",
        .aliases = {"DL3053"},
        .instruction = wrong_value,
    },
    {
        .id = "dockerfile/label-not-spdx",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_STYLE,
        .title = "The value of a label is no licence that SPDX knows",
        .why = WHY,
        .fix = "Write the licence's short name from spdx.org/licenses: Apache-2.0, MIT OR "
               "GPL-2.0-only; LicenseRef-NAME where it is one of your own.",
        .bad = "FROM debian:13\nLABEL license=\"free for all\"\n",
        .good =
            "FROM debian:13\nLABEL license=\"MIT OR (GPL-2.0-only WITH Classpath-exception-2.0)\"\n",
        .aliases = {"DL3054"},
        .instruction = wrong_value,
    },
    {
        .id = "dockerfile/label-not-hash",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_STYLE,
        .title = "The value of a label is no number of a commit",
        .why = WHY,
        .fix = "Write the commit's hash, in full or its first seven digits.",
        .bad = "FROM debian:13\nLABEL commit=main\n",
        .good = "FROM debian:13\nLABEL commit=0123abc\n",
        .aliases = {"DL3055"},
        .instruction = wrong_value,
    },
    {
        .id = "dockerfile/label-not-semver",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_STYLE,
        .title = "The value of a label is no semantic version",
        .why = WHY,
        .fix = "Write three numbers, with -pre or +build behind them where needed: 1.2.3-rc.1.",
        .bad = "FROM debian:13\nLABEL version=v1\n",
        .good = "FROM debian:13\nLABEL version=1.2.3-rc.1+5\n",
        .aliases = {"DL3056"},
        .instruction = wrong_value,
    },
    {
        .id = "dockerfile/label-not-email",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_STYLE,
        .title = "The value of a label is no mail address",
        .why = WHY,
        .fix = "Write an address: me@example.org.",
        .bad = "FROM debian:13\nLABEL mail=me\n",
        .good = "FROM debian:13\nLABEL mail=me@example.org\n",
        .aliases = {"DL3058"},
        .instruction = wrong_value,
    },
};

const struct rule_family rule_dockerfile_label = {"dockerfile", rules,
                                                  sizeof(rules) / sizeof(rules[0])};
