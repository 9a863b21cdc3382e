// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/workload/workload.h"

#include "base/limits.h"
#include "base/map.h"

#include <stdio.h>

str workload_subject(struct arena *arena, const struct workload *workload)
{
    str name =
        workload->name.len ? str_sub(workload->name, 0, LIMIT_CONFIG_NAME) : STR("(no name)");
    str owner =
        workload->owner.len ? str_sub(workload->owner, 0, LIMIT_CONFIG_NAME) : STR("(no name)");
    str kind = str_sub(workload->kind, 0, LIMIT_CONFIG_NAME);
    switch (workload->dialect) {
    case DIALECT_COMPOSE: return arena_join(arena, STR("service"), STR(" "), name);
    case DIALECT_RUN: return arena_join(arena, kind, STR(" "), name);
    case DIALECT_KUBERNETES:
        if (workload->is_settings)
            return arena_join(arena, kind, STR(" "), name);
        return arena_printf(arena, "container %.*s of %.*s %.*s", STR_ARG(name), STR_ARG(kind),
                            STR_ARG(owner));
    case DIALECT_ENGINE:
    case DIALECT_LIVE: break;
    }
    return arena_join(arena, STR("container"), STR(" "), name);
}

static const char *remedy_for(const struct workload *workload, const struct workload_remedy *remedy)
{
    if (!remedy)
        return NULL;
    switch (workload->remedies_set ? workload->remedies : workload->dialect) {
    case DIALECT_COMPOSE: return remedy->compose;
    case DIALECT_KUBERNETES: return remedy->kubernetes;
    case DIALECT_RUN:
    case DIALECT_ENGINE:
    case DIALECT_LIVE: break;
    }
    return remedy->run;
}

/* The index behind that of a rule's finding at that place, 0 where there is none yet; NULL where
 * nobody keeps account. */
static uintptr_t *seen_at(struct rule_run *run, const struct location *location)
{
    const struct {
        const struct rule *rule;
        const char *path;
        uint32_t line, column;
    } place = {run->rule, location->path.ptr, location->line, location->column};
    if (!run->seen || !location->line)
        return NULL;
    str key = str_make(arena_copy(run->arena, &place, sizeof(place)), sizeof(place));
    return map_put(run->arena, run->seen, key, NULL);
}

struct finding *workload_found(struct rule_run *run, const struct workload *workload,
                               const struct place *place, const struct workload_remedy *remedy,
                               const char *evidence, ...)
{
    const struct place *at = place && place->line ? place : &workload->place;
    struct location location = {
        .path = at->path.len ? at->path : workload->path,
        .line = at->line,
        .column = at->column,
        .end_line = at->end_line,
        .end_column = at->end_column,
    };
    uintptr_t *seen = seen_at(run, &location);
    if (seen && *seen)
        return &run->report->findings.items[*seen - 1];
    if (seen)
        *seen = run->report->findings.count + 1;
    char shown[LIMIT_EVIDENCE]; /* what others wrote may be long, and be met in every container */
    va_list args;
    va_start(args, evidence);
    vsnprintf(shown, sizeof(shown), evidence, args);
    va_end(args);
    str subject = workload_subject(run->arena, workload);
    struct finding *finding = rule_found_at(run, location, "%.*s: %s", STR_ARG(subject), shown);
    finding->subject->workload = workload;
    finding->span = (struct span){(uint32_t)at->offset, (uint32_t)at->end_offset};
    const char *words = remedy_for(workload, remedy);
    if (words)
        finding->remedy = str_from(words);
    return finding;
}

bool workload_text_is(const struct set_text *text, const char *value)
{
    return text->set && str_eq(text->value, str_from(value));
}

bool workload_list_has(const struct set_text_list *list, const char *value)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i].value, str_from(value)))
            return true;
    return false;
}

bool workload_is_open(str text)
{
    return str_find_char(text, '$') != STR_NONE;
}

bool workload_is_docker(const struct workload *workload)
{
    return workload->dialect != DIALECT_KUBERNETES;
}

bool workload_is_final(const struct workload *workload)
{
    return workload->dialect == DIALECT_ENGINE || workload->dialect == DIALECT_LIVE;
}

/* --- secrets by name and value -------------------------------------------------------------- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The word in the name, not part of a longer one: PASS in DB_PASS, not in COMPASS or BYPASS_X. */
static bool has_word(str name, const char *word)
{
    size_t len = str_from(word).len;
    for (size_t at = 0; at + len <= name.len; at++) {
        bool starts = at == 0 || !is_letter(name.ptr[at - 1]);
        bool ends = at + len == name.len || !is_letter(name.ptr[at + len]);
        if (starts && ends && str_eq_nocase(str_sub(name, at, len), str_from(word)))
            return true;
    }
    return false;
}

static bool contains_nocase(str name, const char *word)
{
    size_t len = str_from(word).len;
    for (size_t at = 0; at + len <= name.len; at++)
        if (str_eq_nocase(str_sub(name, at, len), str_from(word)))
            return true;
    return false;
}

static bool ends_nocase(str name, const char *end)
{
    size_t len = str_from(end).len;
    return name.len >= len && str_eq_nocase(str_from_index(name, name.len - len), str_from(end));
}

bool workload_is_secret_name(str name)
{
    static const char *const anywhere[] = {"password",  "passwd",      "passphrase",  "secret",
                                           "apikey",    "api_key",     "api-key",     "access_key",
                                           "accesskey", "private_key", "privatekey",  "credential",
                                           "authtoken", "auth_token",  "access_token"};
    static const char *const words[] = {"pass", "pwd", "pw", "token", "creds", "psk"};
    static const char *const harmless[] = {
        "_file",    "_path",   "_dir",     "_name",   "_url",    "_length",  "_min",
        "_max",     "_policy", "_expiry",  "_ttl",    "_id",     "_rounds",  "_type",
        "_enabled", "_age",    "_timeout", "_header", "_issuer", "_endpoint"};
    for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
        if (ends_nocase(name, harmless[i]))
            return false;
    for (size_t i = 0; i < sizeof(anywhere) / sizeof(anywhere[0]); i++)
        if (contains_nocase(name, anywhere[i]))
            return true;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (has_word(name, words[i]))
            return true;
    return false;
}

bool workload_is_harmless_value(str value)
{
    static const char *const switches[] = {"true", "false", "yes",  "no",
                                           "on",   "off",   "none", "null"};
    uint64_t number;
    if (value.len == 0 || workload_is_open(value) || value.ptr[0] == '/' || value.ptr[0] == '<' ||
        str_starts(value, STR("file:")) || str_starts(value, STR("{{")))
        return true;
    for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
        if (str_eq_nocase(value, str_from(switches[i])))
            return true;
    return value.len < 4 && str_to_u64(value, UINT64_MAX, &number);
}

bool rule_is_secret_variable(str name, str value)
{
    return workload_is_secret_name(name) && !workload_is_harmless_value(value);
}
