// SPDX-License-Identifier: Apache-2.0
#include "read/secret/probe.h"

#include "base/buf.h"

enum { MOST_PROBES = 4000, MOST_EXPRESSION = 32 << 10 };

struct making {
    struct arena *arena;
    const struct kind_table *table;
    VEC(struct probe) probes;
    VEC(struct shape_item) items;
};

static bool is_same(const struct making *making, const struct probe *probe,
                    const struct shape_head *head)
{
    const struct shape_item *items = making->items.items + probe->first;
    if (probe->count != head->count)
        return false;
    for (size_t i = 0; i < head->count; i++)
        if (items[i].class != head->items[i].class || items[i].byte != head->items[i].byte ||
            items[i].max != head->items[i].max)
            return false;
    return true;
}

static int add_probe(struct making *making, size_t index, const struct shape_head *head,
                     struct err *err)
{
    const struct kind *kind = &making->table->kinds[index];
    for (size_t i = making->probes.count; i-- && making->probes.items[i].kind == index;)
        if (is_same(making, &making->probes.items[i], head))
            return 0;
    if (making->probes.count == MOST_PROBES || head->width > PROBE_WIDTH_MOST ||
        head->width < PROBE_WIDTH_LEAST || head->before > UINT16_MAX)
        return err_set(err, ERR_LIMIT, "%.*s: too many probes, or one of a bad length",
                       STR_ARG(kind->id));
    *vec_push(making->arena, &making->probes) =
        (struct probe){.kind = (uint16_t)index,
                       .width = (uint16_t)head->width,
                       .before = (uint16_t)head->before,
                       .how = (uint8_t)kind->how,
                       .any_case = kind->how == KIND_BY_WORD,
                       .checks = kind->checks,
                       .first = (uint32_t)making->items.count,
                       .count = (uint32_t)head->count};
    for (size_t i = 0; i < head->count; i++)
        *vec_push(making->arena, &making->items) = head->items[i];
    return 0;
}

static int add_words(struct making *making, size_t index, struct err *err)
{
    str rest = making->table->kinds[index].words, word;
    while (str_next(&rest, ',', &word)) {
        struct shape_head head = {.items = arena_array(making->arena, struct shape_item, word.len),
                                  .count = word.len,
                                  .width = word.len};
        for (size_t i = 0; i < word.len; i++)
            head.items[i] =
                (struct shape_item){.byte = (unsigned char)word.ptr[i], .min = 1, .max = 1};
        if (add_probe(making, index, &head, err) < 0)
            return -1;
    }
    return 0;
}

/* Kinds found by code share the text that calls it: the first row of each code has it. */
static bool is_called_already(const struct kind_table *table, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (table->kinds[i].how == KIND_BY_CODE &&
            (table->kinds[i].checks & table->kinds[index].checks))
            return true;
    return false;
}

static int add_kind(struct making *making, size_t index, struct err *err)
{
    const struct kind *kind = &making->table->kinds[index];
    if (kind->how == KIND_BY_WORD)
        return add_words(making, index, err);
    if (kind->how == KIND_BY_FILE ||
        (kind->how == KIND_BY_CODE && is_called_already(making->table, index)))
        return 0;
    for (size_t i = 0; i < kind->shapes.count; i++) {
        struct shape_head head;
        shape_head(making->arena, &kind->shapes.items[i], &head);
        if (add_probe(making, index, &head, err) < 0)
            return -1;
    }
    return 0;
}

int probes_make(struct arena *arena, const struct kind_table *table, struct probe_set *ret,
                struct err *err)
{
    struct making making = {.arena = arena, .table = table};
    for (size_t i = 0; i < table->count; i++)
        if (add_kind(&making, i, err) < 0)
            return -1;
    *ret = (struct probe_set){.probes = making.probes.items,
                              .items = making.items.items,
                              .count = making.probes.count,
                              .item_count = making.items.count,
                              .kind_count = table->count};
    return 0;
}

struct pattern *probes_patterns(struct arena *arena, const struct probe_set *set)
{
    struct pattern *patterns = arena_array(arena, struct pattern, set->count);
    for (size_t i = 0; i < set->count; i++) {
        const struct probe *probe = &set->probes[i];
        BUF_SCOPED text = buf_make(MOST_EXPRESSION);
        shape_expression(set->items + probe->first, probe->count, &text);
        patterns[i] = (struct pattern){arena_cstr(arena, buf_str(&text)), probe->any_case};
    }
    return patterns;
}
