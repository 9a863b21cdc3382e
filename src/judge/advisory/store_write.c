// SPDX-License-Identifier: Apache-2.0
#include "base/date.h"
#include "base/die.h"
#include "base/limits.h"
#include "judge/advisory/affected.h"
#include "judge/advisory/store_writer.h"
#include "judge/version/version.h"

#include <stdlib.h>

static struct group *group_of(struct store_writer *writer, struct table *table, str key)
{
    uintptr_t *slot = map_get(&table->map, key);
    if (!slot) {
        key = arena_str(&writer->arena, key);
        slot = map_put(&writer->arena, &table->map, key, NULL);
        struct group *group = vec_push(&writer->arena, &table->groups);
        group->key = key;
        *slot = table->groups.count;
    }
    return &table->groups.items[*slot - 1];
}

static void add_row(struct store_writer *writer, struct group *group, str id, str packed)
{
    struct row *row = arena_new(&writer->arena, struct row);
    row->id = id;
    row->packed = arena_str(&writer->arena, packed);
    if (group->last)
        group->last->next = row;
    else
        group->first = row;
    group->last = row;
    group->count++;
}

/* One copy of texts that come again and again. */
static str intern(struct store_writer *writer, struct map *map, str text)
{
    uintptr_t *slot = map_get(map, text);
    if (!slot) {
        text = arena_str(&writer->arena, text);
        slot = map_put(&writer->arena, map, text, NULL);
        *slot = (uintptr_t)text.ptr;
    }
    return (str){(const char *)*slot, text.len};
}

/* Whether an id is new in a map of ids; the first row of an id wins. */
static bool is_first(struct store_writer *writer, struct map *map, str id)
{
    if (map_has(map, id))
        return false;
    map_put(&writer->arena, map, intern(writer, &writer->known_ids, id), NULL);
    return true;
}

static int count_row(struct store_writer *writer, struct err *err)
{
    if (++writer->rows > LIMIT_FEED_ROWS)
        return err_set(err, ERR_LIMIT, "more than %d rows", LIMIT_FEED_ROWS);
    return 0;
}

static int key_too_long(str name, struct err *err)
{
    return err_set(err, ERR_FORMAT, "a name of %zu bytes: %.*s...", name.len,
                   STR_ARG(str_sub(name, 0, 40)));
}

/* An id or a name that is empty or longer than any real one spoils the whole document. */
static int check_name(str name, struct err *err)
{
    return name.len && name.len <= 200 ? 0 : key_too_long(name, err);
}

/* --- the sink --------------------------------------------------------------------------------- */

/* So that the package is found by an id. */
static void add_reverse(struct store_writer *writer, str id, str package)
{
    struct group *packages = group_of(writer, &writer->reverse, id);
    if (!packages->last || !str_eq(packages->last->packed, package))
        add_row(writer, packages, package, package);
    packages->last->id = packages->last->packed;
}

/* "osv:pypi" -> how versions of such packages compare, NULL where that is not known. */
static const struct version_scheme *scheme_of(str namespace)
{
    str prefix, type;
    str_cut(namespace, ':', &prefix, &type);
    return version_of_type(type);
}

static int take_advisory(void *context, const struct advisory *given, struct err *err)
{
    struct store_writer *writer = context;
    struct advisory compact = *given;
    const struct advisory *advisory = &compact;
    if (count_row(writer, err) < 0 || check_name(advisory->id, err) < 0 ||
        check_name(advisory->package, err) < 0 || check_name(advisory->namespace, err) < 0)
        return -1;
    str namespace = intern(writer, &writer->namespaces, advisory->namespace);
    str id = intern(writer, &writer->known_ids, advisory->id);
    if (!store_key_make(&writer->key, KEY_ADVISORY, namespace, &advisory->package))
        return key_too_long(advisory->package, err);
    struct group *group = group_of(writer, &writer->advisories, store_key_str(&writer->key));
    if (given->affected.len) {
        buf_clear(&writer->words);
        affected_compact(scheme_of(namespace), given->affected, &writer->words);
        compact.affected = buf_str(&writer->words);
    }
    buf_clear(&writer->scratch);
    pack_advisory(&writer->scratch, advisory);
    if (writer->scratch.overflow || writer->words.overflow)
        return err_set(err, ERR_LIMIT, "a row of %.*s is too long", STR_ARG(id));
    add_row(writer, group, id, buf_str(&writer->scratch));
    add_reverse(writer, id, advisory->package);
    str aliases = given->affected.len ? given->aliases : (str){0}, alias;
    while (str_next_word(&aliases, &alias))
        add_reverse(writer, alias, advisory->package);
    return 0;
}

int store_writer_put(struct store_writer *writer, char kind, str id, str value, struct err *err)
{
    if (!store_key_make(&writer->key, kind, id, NULL))
        return key_too_long(id, err);
    return kv_put(writer->builder, store_key_str(&writer->key), value, err);
}

static int take_text(void *context, const struct vulnerability_text *text, struct err *err)
{
    struct store_writer *writer = context;
    if (check_name(text->id, err) < 0)
        return -1;
    if (!is_first(writer, &writer->texts, text->id))
        return 0;
    if (++writer->texts_count > LIMIT_FEED_ROWS)
        return err_set(err, ERR_LIMIT, "more than %d descriptions", LIMIT_FEED_ROWS);
    str description = str_sub(text->description, 0, LIMIT_DESCRIPTION);
    return store_writer_put(writer, KEY_TEXT, text->id, description, err);
}

static int take_score(void *context, const struct vulnerability_score *score, struct err *err)
{
    struct store_writer *writer = context;
    if (count_row(writer, err) < 0 || check_name(score->id, err) < 0)
        return -1;
    if (score->cvss < 0 || !is_first(writer, &writer->scores, score->id))
        return 0;
    buf_clear(&writer->scratch);
    pack_number(&writer->scratch, (uint64_t)(score->cvss * 10 + 0.5));
    pack_text(&writer->scratch, score->vector);
    return store_writer_put(writer, KEY_SCORE, score->id, buf_str(&writer->scratch), err);
}

static int take_known(void *context, const struct known_exploited *known, struct err *err)
{
    struct store_writer *writer = context;
    if (count_row(writer, err) < 0 || check_name(known->id, err) < 0)
        return -1;
    if (!is_first(writer, &writer->known, known->id))
        return 0;
    buf_clear(&writer->scratch);
    pack_text(&writer->scratch, known->date_added);
    pack_text(&writer->scratch, known->due_date);
    pack_number(&writer->scratch, known->ransomware);
    pack_text(&writer->scratch, known->name);
    return store_writer_put(writer, KEY_KNOWN, known->id, buf_str(&writer->scratch), err);
}

static int take_exploit(void *context, const struct exploit_score *score, struct err *err)
{
    struct store_writer *writer = context;
    uint64_t year, number;
    if (count_row(writer, err) < 0)
        return -1;
    if (!store_parse_cve(score->id, &year, &number))
        return err_set(err, ERR_FORMAT, "\"%.*s\" is no CVE", STR_ARG(str_sub(score->id, 0, 40)));
    buf_clear(&writer->scratch);
    pack_exploit(&writer->scratch, (uint32_t)number, score->epss, score->percentile);
    str text_of_year = str_sub(score->id, 4, 4);
    struct group *group = group_of(writer, &writer->exploits, text_of_year);
    add_row(writer, group, (str){0}, buf_str(&writer->scratch));
    return 0;
}

/* Of several versions that one index offers, the newest stays. */
static int take_offered(void *context, const struct offered_package *package, struct err *err)
{
    struct store_writer *writer = context;
    const struct version_scheme *dpkg = version_of_type(STR("deb"));
    if (count_row(writer, err) < 0 || check_name(package->package, err) < 0)
        return -1;
    str namespace = intern(writer, &writer->namespaces, package->namespace);
    if (!store_key_make(&writer->key, KEY_OFFERED, namespace, &package->package))
        return key_too_long(package->package, err);
    struct group *group = group_of(writer, &writer->offered, store_key_str(&writer->key));
    buf_clear(&writer->scratch);
    pack_text(&writer->scratch, package->version);
    pack_text(&writer->scratch, package->source_name);
    pack_text(&writer->scratch, package->source_version);
    if (!dpkg->valid(package->version))
        return 0;
    if (!group->last) {
        add_row(writer, group, arena_str(&writer->arena, package->version),
                buf_str(&writer->scratch));
    } else if (dpkg->compare(group->last->id, package->version) < 0) {
        group->last->id = arena_str(&writer->arena, package->version);
        group->last->packed = arena_str(&writer->arena, buf_str(&writer->scratch));
    }
    return 0;
}

static int take_unread(void *context, str part, str why, struct err *err)
{
    struct store_writer *writer = context;
    (void)err;
    if (writer->unread++ == 0)
        writer->first_unread =
            arena_join(&writer->arena, str_sub(part, 0, LIMIT_OSV_WORD), STR(": "), why);
    return 0;
}

/* "2026-11-24T03:00:00.5Z" as it is; of a time whose zone is not said (NVD), and of one that is no
 * time, the day. Absent where there is no date at all. */
static str date_of(str text)
{
    enum { DAY = 10, MOST = 40 };
    int64_t day;
    if (!date_day(text, &day))
        return (str){0};
    bool is_time =
        text.len <= MOST && text.len > DAY + 1 && text.ptr[DAY] == 'T' && str_ends(text, STR("Z"));
    for (size_t i = DAY + 1; is_time && i < text.len - 1; i++)
        is_time =
            (text.ptr[i] >= '0' && text.ptr[i] <= '9') || text.ptr[i] == ':' || text.ptr[i] == '.';
    return is_time ? text : str_sub(text, 0, DAY);
}

static int take_date(void *context, str text, struct err *err)
{
    struct store_writer *writer = context;
    str date = date_of(text);
    (void)err;
    if (str_cmp(writer->date, date) < 0)
        writer->date = arena_str(&writer->arena, date);
    return 0;
}

int store_write(const char *dir, const char *name, struct store_writer **ret, struct err *err)
{
    struct store_writer *writer = die_malloc(sizeof(*writer));
    *writer = (struct store_writer){.scratch = buf_make(LIMIT_STORE_ROW),
                                    .words = buf_make(LIMIT_STORE_ROW)};
    writer->dir = arena_cstr(&writer->arena, str_from(dir));
    writer->name = arena_cstr(&writer->arena, str_from(name));
    writer->sink = (struct feed_sink){
        .context = writer,
        .advisory = take_advisory,
        .text = take_text,
        .score = take_score,
        .exploit = take_exploit,
        .known = take_known,
        .offered = take_offered,
        .unread = take_unread,
        .dated = take_date,
    };
    const char *path = arena_printf(&writer->arena, "%s/%s.mdb", dir, name).ptr;
    if (kv_build(path, &writer->builder, err) < 0) {
        writer->builder = NULL;
        store_abandon(writer);
        return -1;
    }
    *ret = writer;
    return 0;
}

const struct feed_sink *store_sink(struct store_writer *writer)
{
    return &writer->sink;
}

void store_set_date(struct store_writer *writer, str date)
{
    if (!writer->date.len)
        writer->date = arena_str(&writer->arena, date);
}

uint64_t store_rows(const struct store_writer *writer)
{
    return writer->rows ? writer->rows : writer->texts_count;
}

void store_abandon(struct store_writer *writer)
{
    if (!writer)
        return;
    if (writer->builder)
        kv_abandon(writer->builder);
    buf_free(&writer->scratch);
    buf_free(&writer->words);
    arena_free(&writer->arena);
    free(writer);
}
