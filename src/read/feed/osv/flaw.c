// SPDX-License-Identifier: Apache-2.0
/* Records that name each other are of one flaw (union-find over their ids). */
#include "base/buf.h"
#include "base/limits.h"
#include "base/map.h"
#include "read/feed/osv/osv.h"

#include <stdlib.h>

/* An id of a flaw, and what one of its records says of a package. `flaw` is the number of the
 * record that stands for all of them. */
struct id_of {
    size_t flaw;
    str id;
};
struct part {
    size_t flaw;
    const struct osv_record *record;
    const struct osv_affected *affected;
};

struct telling {
    struct arena *arena;
    const struct osv_record_list *records;
    str namespace;
    const struct feed_sink *sink;
    size_t *parents; /* of records */
    VEC(struct id_of) ids;
    VEC(struct part) parts;
};

/* --- which belong together -------------------------------------------------------------------- */

static size_t root_of(size_t *parents, size_t at)
{
    while (parents[at] != at)
        at = parents[at] = parents[parents[at]];
    return at;
}

/* The first record that has an id speaks for whoever has it too. */
static void join(struct telling *telling, struct map *owners, str id, size_t record)
{
    bool fresh;
    uintptr_t *owner = map_put(telling->arena, owners, id, &fresh);
    if (fresh)
        *owner = record;
    size_t a = root_of(telling->parents, *owner), b = root_of(telling->parents, record);
    telling->parents[a < b ? b : a] = a < b ? a : b;
}

static int compare_ids(const void *left, const void *right)
{
    const struct id_of *a = left, *b = right;
    if (a->flaw != b->flaw)
        return a->flaw < b->flaw ? -1 : 1;
    return str_cmp(a->id, b->id);
}

static int compare_parts(const void *left, const void *right)
{
    const struct part *a = left, *b = right;
    if (a->flaw != b->flaw)
        return a->flaw < b->flaw ? -1 : 1;
    int order = str_cmp(a->affected->package, b->affected->package);
    if (order == 0)
        order = str_cmp(a->record->id, b->record->id);
    if (order == 0 && a->affected != b->affected)
        order = a->affected < b->affected ? -1 : 1; /* in the record's order */
    return order;
}

static void sort_out(struct telling *telling)
{
    const struct osv_record_list *records = telling->records;
    struct map owners = {0};
    telling->parents = arena_array(telling->arena, size_t, records->count + 1);
    for (size_t i = 0; i < records->count; i++)
        telling->parents[i] = i;
    for (size_t i = 0; i < records->count; i++) {
        join(telling, &owners, records->items[i].id, i);
        for (size_t a = 0; a < records->items[i].aliases.count; a++)
            join(telling, &owners, records->items[i].aliases.items[a], i);
    }
    for (size_t i = 0; i < records->count; i++) {
        const struct osv_record *record = &records->items[i];
        size_t flaw = root_of(telling->parents, i);
        *vec_push(telling->arena, &telling->ids) = (struct id_of){flaw, record->id};
        for (size_t a = 0; a < record->aliases.count; a++)
            *vec_push(telling->arena, &telling->ids) =
                (struct id_of){flaw, record->aliases.items[a]};
        for (size_t p = 0; p < record->affected.count; p++)
            *vec_push(telling->arena, &telling->parts) =
                (struct part){flaw, record, &record->affected.items[p]};
    }
    if (telling->ids.count)
        qsort(telling->ids.items, telling->ids.count, sizeof(*telling->ids.items), compare_ids);
    if (telling->parts.count)
        qsort(telling->parts.items, telling->parts.count, sizeof(*telling->parts.items),
              compare_parts);
}

/* --- what is told ----------------------------------------------------------------------------- */

/* Which of its ids people know a flaw by, and whose word counts first. */
static int rank_of(str id)
{
    static const str known[] = {STR_INIT("CVE-"), STR_INIT("MAL-"), STR_INIT("GHSA-")};
    int rank = 0;
    while (rank < 3 && !str_starts(id, known[rank]))
        rank++;
    return rank;
}

/* The best id, and the others of ids [from, to) as words. */
static void name_flaw(struct telling *telling, size_t from, size_t to, struct advisory *ret)
{
    BUF_SCOPED others = buf_make(LIMIT_OSV_ALIASES * (LIMIT_OSV_WORD + 1));
    const struct id_of *ids = telling->ids.items;
    size_t named = 0;
    ret->id = ids[from].id;
    for (size_t i = from + 1; i < to; i++)
        if (rank_of(ids[i].id) < rank_of(ret->id))
            ret->id = ids[i].id;
    for (size_t i = from; i < to && named < LIMIT_OSV_ALIASES; i++) {
        if (str_eq(ids[i].id, ret->id) || (i > from && str_eq(ids[i].id, ids[i - 1].id)))
            continue;
        if (named++)
            buf_add_char(&others, ' ');
        buf_add_str(&others, ids[i].id);
    }
    ret->aliases = arena_str(telling->arena, buf_str(&others));
}

/* What all records say of one package: parts [from, to). */
static int tell_package(struct telling *telling, size_t from, size_t to, struct advisory *advisory,
                        struct err *err)
{
    BUF_SCOPED words = buf_make(LIMIT_FIELD + LIMIT_OSV_RECORD);
    const struct osv_record *last = NULL;
    advisory->urgency = advisory->reason = (str){0};
    for (size_t i = from; i < to; i++) {
        const struct part *part = &telling->parts.items[i];
        const struct osv_record *record = part->record;
        if (record != last) {
            buf_printf(&words, "%s%c%.*s", last ? " " : "", MARK_RECORD, STR_ARG(record->id));
            /* What is no flaw for one may be one for another, who then knows how bad it is. */
            if (!advisory->urgency.len || (advisory->reason.len && !record->reason.len)) {
                advisory->urgency = record->urgency;
                advisory->reason = record->reason;
            }
            if (str_eq(record->urgency, STR(ADVISORY_MALICIOUS)))
                advisory->urgency = record->urgency;
        }
        last = record;
        buf_add_char(&words, ' ');
        buf_add_str(&words, part->affected->words);
    }
    if (words.overflow)
        return err_set(err, ERR_LIMIT, "%.*s: its records say too much of one package",
                       STR_ARG(advisory->id));
    advisory->package = telling->parts.items[from].affected->package;
    advisory->affected = buf_str(&words);
    return telling->sink->advisory(telling->sink->context, advisory, err);
}

/* Texts and scores are of the flaw as such: from the record whose word counts first. */
static int tell_flaw(struct telling *telling, size_t from, size_t to, str id, struct err *err)
{
    const struct feed_sink *sink = telling->sink;
    const struct osv_record *text = NULL, *score = NULL;
    for (size_t i = from; i < to; i++) {
        const struct osv_record *record = telling->parts.items[i].record;
        if (record->text.len && (!text || rank_of(record->id) < rank_of(text->id)))
            text = record;
        if (record->cvss >= 0 && (!score || rank_of(record->id) < rank_of(score->id)))
            score = record;
    }
    if (text && sink->text &&
        sink->text(sink->context, &(struct vulnerability_text){id, text->text}, err) < 0)
        return -1;
    if (score && sink->score &&
        sink->score(sink->context, &(struct vulnerability_score){id, score->cvss, score->vector},
                    err) < 0)
        return -1;
    return 0;
}

int osv_tell(struct arena *arena, const struct osv_record_list *records, str namespace,
             const struct feed_sink *sink, struct err *err)
{
    struct telling telling = {
        .arena = arena, .records = records, .namespace = namespace, .sink = sink};
    sort_out(&telling);
    const struct part *parts = telling.parts.items;
    size_t ids = 0;
    for (size_t i = 0, end; i < telling.parts.count; i = end) {
        struct advisory advisory = {.namespace = namespace, .status = ADVISORY_RANGES};
        size_t from = ids;
        while (telling.ids.items[from].flaw != parts[i].flaw)
            from++;
        for (ids = from; ids < telling.ids.count && telling.ids.items[ids].flaw == parts[i].flaw;)
            ids++;
        name_flaw(&telling, from, ids, &advisory);
        for (end = i; end < telling.parts.count && parts[end].flaw == parts[i].flaw;) {
            size_t first = end;
            while (end < telling.parts.count && parts[end].flaw == parts[i].flaw &&
                   str_eq(parts[end].affected->package, parts[first].affected->package))
                end++;
            if (tell_package(&telling, first, end, &advisory, err) < 0)
                return -1;
        }
        if (tell_flaw(&telling, i, end, advisory.id, err) < 0)
            return -1;
    }
    return 0;
}
