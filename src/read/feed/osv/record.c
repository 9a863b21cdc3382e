// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "base/limits.h"
#include "io/json.h"
#include "model/cvss.h"
#include "model/language.h"
#include "read/feed/osv/osv.h"

/* While one record is read. */
struct reading {
    struct arena *arena;
    const struct osv_ecosystem *ecosystem;
    struct osv_record *record;
    struct buf words;
    struct err *err;
};

/* Ids, names and versions are words: nothing of them may end one. */
static bool is_word(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 0x7f)
            return false;
    return text.len > 0 && text.len <= LIMIT_OSV_WORD;
}

static int add_word(struct reading *reading, enum advisory_mark mark, str text)
{
    if (!is_word(text))
        return err_set(reading->err, ERR_FORMAT, "\"%.*s\" is no version",
                       STR_ARG(str_sub(text, 0, 40)));
    buf_add_char(&reading->words, (char)mark);
    buf_add_str(&reading->words, text);
    buf_add_char(&reading->words, ' ');
    return 0;
}

/* --- ranges ----------------------------------------------------------------------------------- */

static int add_event(struct reading *reading, const struct json *event, bool *ret_ends)
{
    static const struct {
        const char *name;
        enum advisory_mark mark;
    } kinds[] = {
        {"introduced", MARK_INTRODUCED},
        {"fixed", MARK_FIXED},
        {"last_affected", MARK_LAST},
        {"limit", MARK_LIMIT},
    };
    bool known = false;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        const struct json *value = json_get(event, kinds[i].name);
        if (!value)
            continue;
        known = true;
        *ret_ends |= kinds[i].mark != MARK_INTRODUCED;
        if (add_word(reading, kinds[i].mark, json_string(value)) < 0)
            return -1;
    }
    return known ? 0 : err_set(reading->err, ERR_FORMAT, "an event of no known kind");
}

/* GitHub's "<= 2.3.1" or "< 2.4", where no fix was released: what comes behind is not known to be
 * vulnerable. */
static int add_last_known(struct reading *reading, str bound)
{
    enum advisory_mark mark = MARK_LIMIT;
    if (str_skip(&bound, STR("<=")))
        mark = MARK_LAST;
    else if (!str_skip(&bound, STR("<")))
        return 0;
    return add_word(reading, mark, str_trim(bound));
}

static int add_range(struct reading *reading, const struct json *range, str last_known)
{
    str type = json_get_string(range, "type");
    const struct json *event = json_first(json_get(range, "events"));
    bool ends = false;
    if (str_eq(type, STR("GIT")))
        return 0; /* of commits, not of what is released */
    if (!str_eq(type, STR("ECOSYSTEM")) && !str_eq(type, STR("SEMVER")))
        return err_set(reading->err, ERR_FORMAT, "a range of type \"%.*s\"",
                       STR_ARG(str_sub(type, 0, 40)));
    if (!event)
        return err_set(reading->err, ERR_FORMAT, "a range without events");
    buf_add_str(&reading->words, STR("| "));
    for (; event; event = json_next(event))
        if (add_event(reading, event, &ends) < 0)
            return -1;
    return ends ? 0 : add_last_known(reading, last_known);
}

static int add_affected(struct reading *reading, const struct json *affected, str name)
{
    const struct json *own = json_get(affected, "database_specific");
    str last_known = json_get_string(own, "last_known_affected_version_range");
    const struct json *item = json_first(json_get(affected, "ranges"));
    buf_clear(&reading->words);
    for (; item; item = json_next(item))
        if (add_range(reading, item, last_known) < 0)
            return -1;
    for (item = json_first(json_get(affected, "versions")); item; item = json_next(item))
        if (add_word(reading, MARK_VERSION, json_string(item)) < 0)
            return -1;
    if (reading->words.overflow)
        return err_set(reading->err, ERR_LIMIT, "too many versions");
    if (reading->words.len)
        *vec_push(reading->arena, &reading->record->affected) = (struct osv_affected){
            arena_str(reading->arena, language_key(reading->arena, reading->ecosystem->type, name)),
            arena_str(reading->arena, str_trim(buf_str(&reading->words))),
        };
    return 0;
}

/* --- how bad it is ---------------------------------------------------------------------------- */

/* GitHub's word. */
static str urgency_of(str severity)
{
    static const struct {
        str theirs, ours;
    } words[] = {
        {STR_INIT("CRITICAL"), STR_INIT("critical")}, {STR_INIT("HIGH"), STR_INIT("high")},
        {STR_INIT("MODERATE"), STR_INIT("medium")},   {STR_INIT("MEDIUM"), STR_INIT("medium")},
        {STR_INIT("LOW"), STR_INIT("low")},
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (str_eq_nocase(words[i].theirs, severity))
            return words[i].ours;
    return (str){0};
}

/* RustSec tells of packages that nobody maintains, or that are unsound: a risk, no flaw. */
static void take_informational(struct osv_record *record, str kind)
{
    static const str kinds[] = {STR_INIT("unmaintained"), STR_INIT("notice"), STR_INIT("unsound")};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (str_eq(kinds[i], kind)) {
            record->reason = kinds[i];
            record->urgency = str_eq(kind, STR("unsound")) ? STR("low") : STR("info");
        }
}

static void take_scores(struct arena *arena, struct osv_record *record, const struct json *list)
{
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        str vector = json_get_string(item, "score");
        double score;
        if (record->cvss >= 0 || vector.len > LIMIT_OSV_WORD || !cvss_base_score(vector, &score))
            continue;
        record->cvss = score;
        record->vector = arena_str(arena, vector);
    }
}

/* The summary; without one, the beginning of the details. */
static str text_of(struct arena *arena, const struct json *json)
{
    str text = str_trim(json_get_string(json, "summary"));
    if (!text.len)
        text = str_trim(json_get_string(json, "details"));
    text = str_sub(text, 0, LIMIT_OSV_TEXT);
    while (text.len && !str_is_utf8(text))
        text.len--;
    return arena_str(arena, text);
}

/* --- the record ------------------------------------------------------------------------------- */

static bool is_of(const struct osv_ecosystem *ecosystem, str name)
{
    str base, rest;
    str_cut(name, ':', &base, &rest); /* "Maven:https://..." is of another repository */
    return str_eq(base, ecosystem->name);
}

static int take_affected(struct reading *reading, const struct json *list)
{
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        const struct json *package = json_get(item, "package");
        str name = json_get_string(package, "name");
        if (!is_of(reading->ecosystem, json_get_string(package, "ecosystem")))
            continue;
        if (!is_word(name))
            return err_set(reading->err, ERR_FORMAT, "a package without a name");
        if (add_affected(reading, item, name) < 0)
            return -1;
        take_informational(reading->record,
                           json_get_string(json_get(item, "database_specific"), "informational"));
        take_scores(reading->arena, reading->record, json_get(item, "severity"));
    }
    return 0;
}

static void take_aliases(struct reading *reading, const struct json *list)
{
    struct osv_record *record = reading->record;
    for (const struct json *item = json_first(list); item; item = json_next(item))
        if (is_word(json_string(item)) && record->aliases.count < LIMIT_OSV_ALIASES)
            *vec_push(reading->arena, &record->aliases) =
                arena_str(reading->arena, json_string(item));
}

int osv_read_record(struct arena *arena, const struct osv_ecosystem *ecosystem, str text,
                    struct osv_record *ret, struct err *err)
{
    *ret = (struct osv_record){.cvss = -1};
    JSON_SCOPED json = json_parse(text, err);
    if (!json)
        return -1;
    if (!is_word(json_get_string(json, "id")))
        return err_set(err, ERR_FORMAT, "it has no id");
    ret->id = arena_str(arena, json_get_string(json, "id"));
    ret->modified = arena_str(arena, str_sub(json_get_string(json, "modified"), 0, LIMIT_OSV_WORD));
    if (json_get_string(json, "withdrawn").len)
        return 0;
    struct reading reading = {arena, ecosystem, ret, buf_make(LIMIT_OSV_RECORD), err};
    take_scores(arena, ret, json_get(json, "severity"));
    int result = take_affected(&reading, json_get(json, "affected"));
    buf_free(&reading.words);
    if (result < 0)
        return -1;
    take_aliases(&reading, json_get(json, "aliases"));
    str severity = urgency_of(json_get_string(json_get(json, "database_specific"), "severity"));
    if (severity.len)
        ret->urgency = severity;
    if (str_starts(ret->id, STR("MAL-")))
        ret->urgency = STR(ADVISORY_MALICIOUS);
    ret->text = text_of(arena, json);
    return 0;
}
