// SPDX-License-Identifier: Apache-2.0
#include "read/image/merge.h"

#include "base/map.h"
#include "base/path.h"

#include <stdlib.h>

struct layer_numbers VEC_BODY(uint32_t);

/* The layers, ascending, in which something happened to a path. */
struct events {
    struct layer_numbers self;  /* that hide the same path in lower layers */
    struct layer_numbers above; /* that hide what is below it in lower layers */
};

struct merge {
    struct walk *walk;
    const struct files *files; /* or NULL */
    struct arena arena;        /* for the time of merging */
    struct map events;         /* path -> struct events */
    VEC(struct merge_span) spans;
    VEC(size_t) span_facts; /* the result's fact each span belongs to, or SIZE_MAX */
};

bool merge_layer_counts(const struct walk *walk, size_t layer)
{
    if (!walk->layers[layer])
        return false;
    for (size_t i = layer + 1; i < walk->layer_count; i++)
        if (walk->layers[i] == walk->layers[layer])
            return false;
    return true;
}

static void gather_events(struct merge *merge, uint32_t layer)
{
    const struct layer_facts *facts = merge->walk->layers[layer];
    for (size_t i = 0; i < facts->shadows.count; i++) {
        const struct shadow *shadow = &facts->shadows.items[i];
        bool folder = (shadow->bits & SHADOW_DIRECTORY) != 0;
        uintptr_t *at = map_put(&merge->arena, &merge->events, shadow->path, NULL);
        if (*at == 0)
            *at = (uintptr_t)arena_new(&merge->arena, struct events);
        struct events *events = (struct events *)*at;
        if (shadow->bits & (SHADOW_ENTRY | SHADOW_WHITEOUT))
            *vec_push(&merge->arena, &events->self) = layer;
        if (shadow->bits & (SHADOW_WHITEOUT | SHADOW_OPAQUE) ||
            (shadow->bits & SHADOW_ENTRY && !folder))
            *vec_push(&merge->arena, &events->above) = layer;
    }
}

/* The first layer above `layer` in the list. */
static uint32_t first_above(const struct layer_numbers *list, uint32_t layer)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->items[middle] > layer)
            high = middle;
        else
            low = middle + 1;
    }
    return low < list->count ? list->items[low] : MERGE_FOREVER;
}

static uint32_t lesser(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The first layer that hides what `layer` has at `path`. */
static uint32_t hidden_from(const struct merge *merge, str path, uint32_t layer)
{
    uint32_t hidden = MERGE_FOREVER;
    for (str at = path;; at = path_parent(at)) {
        uintptr_t *found = map_get(&merge->events, at);
        const struct events *events = found ? (const struct events *)*found : NULL;
        if (events)
            hidden = lesser(
                hidden, first_above(at.len == path.len ? &events->self : &events->above, layer));
        if (at.len == 0)
            return hidden;
    }
}

/* Shadows tell of claimed paths; of files that were chosen by content, the merged files do. */
static uint32_t fact_hidden_from(const struct merge *merge, str path, uint32_t layer)
{
    if (!merge->files || claims_match(merge->walk->rules.claims, path).collectors)
        return hidden_from(merge, path, layer);
    const struct file *file = files_find(merge->files, path);
    return file && file->layer == layer ? MERGE_FOREVER : layer;
}

static void take_fact(struct merge *merge, const struct fact *fact, uint32_t layer, uint32_t hidden,
                      struct fact_list *ret)
{
    bool hides = hidden != MERGE_FOREVER || fact->hidden;
    bool visible = !hides || fact->survives || fact->kind == FACT_GAP;
    if (fact->kind == FACT_PACKAGE) {
        *vec_push(&merge->arena, &merge->spans) =
            (struct merge_span){.package = &fact->package, .from = layer, .to = hidden};
        *vec_push(&merge->arena, &merge->span_facts) = visible ? ret->count : SIZE_MAX;
    }
    if (!visible)
        return;
    struct fact *copy = vec_push(merge->walk->arena, ret);
    *copy = *fact;
    copy->layer = layer;
    copy->hidden = hides;
}

static void take_facts(struct merge *merge, uint32_t layer, struct fact_list *ret)
{
    const struct fact_list *facts = &merge->walk->layers[layer]->facts;
    str path = {0};
    uint32_t hidden = MERGE_FOREVER;
    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *fact = &facts->items[i];
        if (i == 0 || !str_eq(fact->path, path)) {
            path = fact->path;
            hidden = fact_hidden_from(merge, path, layer);
        }
        take_fact(merge, fact, layer, hidden, ret);
    }
}

/* A visible link where a claimed path could be, to where nobody looks. */
static void take_links(struct merge *merge, uint32_t layer, struct fact_list *ret)
{
    struct walk *walk = merge->walk;
    const struct shadow_list *shadows = &walk->layers[layer]->shadows;
    struct collect to = {.arena = walk->arena, .facts = ret, .layer = layer};
    for (size_t i = 0; i < shadows->count; i++) {
        const struct shadow *shadow = &shadows->items[i];
        if (!(shadow->bits & SHADOW_LINK) ||
            hidden_from(merge, shadow->path, layer) != MERGE_FOREVER ||
            claims_link_is_covered(walk->rules.claims, &merge->arena, shadow->path, shadow->link))
            continue;
        fact_add_gap(&to, shadow->path,
                     arena_printf(walk->arena, "symbolic link to %.*s, not followed",
                                  STR_ARG(shadow->link)));
    }
}

struct ordered {
    const struct fact *fact;
    size_t index;
};

static int compare_facts(const void *left, const void *right)
{
    const struct ordered *a = left, *b = right;
    if (a->fact->kind != b->fact->kind)
        return a->fact->kind < b->fact->kind ? -1 : 1;
    if (a->fact->layer != b->fact->layer)
        return a->fact->layer < b->fact->layer ? -1 : 1;
    int order = str_cmp(a->fact->path, b->fact->path);
    if (order)
        return order;
    return a->index < b->index ? -1 : a->index > b->index;
}

static void sort_facts(struct arena *arena, struct fact_list *facts)
{
    struct ordered *order = arena_array(arena, struct ordered, facts->count);
    bool sorted = true;
    for (size_t i = 0; i < facts->count; i++) {
        order[i] = (struct ordered){&facts->items[i], i};
        sorted = sorted && (i == 0 || compare_facts(&order[i - 1], &order[i]) < 0);
    }
    if (sorted)
        return;
    qsort(order, facts->count, sizeof(*order), compare_facts);
    struct fact *copy = arena_copy(arena, facts->items, facts->count * sizeof(*copy));
    for (size_t i = 0; i < facts->count; i++)
        facts->items[i] = copy[order[i].fact - facts->items];
}

void merge_facts(struct walk *walk, const struct files *files, struct fact_list *ret)
{
    struct merge merge = {.walk = walk, .files = files};
    for (size_t i = 0; i < walk->layer_count; i++)
        if (merge_layer_counts(walk, i))
            gather_events(&merge, (uint32_t)i);
    struct fact_list *own = &walk->own.facts;
    for (size_t i = 0; i < own->count; i++)
        *vec_push(walk->arena, ret) = own->items[i];
    for (size_t i = 0; i < walk->layer_count; i++) {
        if (!merge_layer_counts(walk, i))
            continue;
        take_facts(&merge, (uint32_t)i, ret);
        take_links(&merge, (uint32_t)i, ret);
    }
    merge_since(merge.spans.items, merge.spans.count);
    for (size_t i = 0; i < merge.spans.count; i++)
        if (merge.span_facts.items[i] != SIZE_MAX)
            ret->items[merge.span_facts.items[i]].layer = merge.spans.items[i].since;
    sort_facts(&merge.arena, ret);
    arena_free(&merge.arena);
}
