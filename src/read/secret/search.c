// SPDX-License-Identifier: Apache-2.0
#include "read/secret/search.h"

#include <stdlib.h>
#include <string.h>

/*
 * Probes are dealt out to 64 groups, a bit each. Of every probe, the three neighbouring bytes that
 * say most are its anchor; `may[i][c]` has the groups with an anchor whose byte i can be c. Three
 * look-ups at each byte of the text leave the groups that are worth a comparison, mostly none.
 */
enum { GROUPS = 64, ANCHOR = 3 };

/* Packed, behind it stand the probes, their items, the members of all groups (indices of probes),
 * and the anchor of each member, from the beginning of the match. */
struct search_head {
    uint64_t may[ANCHOR][256];
    uint64_t count, item_count, kind_count;
    uint32_t first[GROUPS + 1]; /* of a group's members */
};

static unsigned char other_case(unsigned char c)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter ? c ^ 0x20 : c;
}

static bool item_fits(const struct shape_item *item, bool any_case, unsigned char c)
{
    if (item->class)
        return shape_class_has(item->class, c);
    return c == item->byte || (any_case && c == other_case(item->byte));
}

static bool probe_fits(const struct probe *probe, const struct shape_item *items, const char *text)
{
    for (size_t i = 0; i < probe->count; i++) {
        const struct shape_item *item = &items[probe->first + i];
        for (unsigned n = 0; n < item->max; n++)
            if (!item_fits(item, probe->any_case, (unsigned char)*text++))
                return false;
    }
    return true;
}

/* The items byte by byte. */
static void spread(const struct shape_item *items, size_t count,
                   const struct shape_item *to[PROBE_WIDTH_MOST])
{
    size_t width = 0;
    for (size_t i = 0; i < count; i++)
        for (unsigned n = 0; n < items[i].max; n++)
            to[width++] = &items[i];
}

static size_t choose_anchor(const struct shape_item *const *bytes, size_t width)
{
    size_t best = 0, most = 0;
    for (size_t at = 0; at + ANCHOR <= width && most < ANCHOR; at++) {
        size_t fixed = 0;
        for (size_t i = 0; i < ANCHOR; i++)
            fixed += !bytes[at + i]->class;
        if (fixed > most) {
            most = fixed;
            best = at;
        }
    }
    return best;
}

static unsigned group_of(const struct shape_item *const *anchor)
{
    unsigned first = anchor[0]->byte | 0x20u, second = anchor[1]->byte | 0x20u;
    return (first * 5 + second * 11 + anchor[2]->byte) % GROUPS;
}

static void allow(struct search_head *head, unsigned group, const struct shape_item *const *anchor,
                  bool any_case)
{
    uint64_t bit = (uint64_t)1 << group;
    for (size_t i = 0; i < ANCHOR; i++) {
        uint64_t *may = head->may[i];
        if (anchor[i]->class) {
            for (unsigned c = 0; c < 256; c++)
                if (shape_class_has(anchor[i]->class, (unsigned char)c))
                    may[c] |= bit;
            continue;
        }
        may[anchor[i]->byte] |= bit;
        if (any_case)
            may[other_case(anchor[i]->byte)] |= bit;
    }
}

/* Where the parts begin. */
struct layout {
    size_t probes, items, members, anchors, size;
};

static struct layout layout_of(size_t count, size_t item_count)
{
    struct layout layout = {.probes = sizeof(struct search_head)};
    layout.items = layout.probes + count * sizeof(struct probe);
    layout.members = layout.items + item_count * sizeof(struct shape_item);
    layout.anchors = layout.members + count * sizeof(uint16_t);
    layout.size = layout.anchors + count * sizeof(uint16_t);
    return layout;
}

static void deal_out(const struct probe_set *set, struct search_head *head, uint16_t *members,
                     uint16_t *anchors)
{
    ARENA_SCOPED arena = {0};
    size_t next[GROUPS] = {0};
    uint16_t *anchor = arena_array(&arena, uint16_t, set->count);
    unsigned char *group = arena_alloc(&arena, set->count);
    for (size_t i = 0; i < set->count; i++) {
        const struct probe *probe = &set->probes[i];
        const struct shape_item *bytes[PROBE_WIDTH_MOST];
        spread(set->items + probe->first, probe->count, bytes);
        anchor[i] = (uint16_t)choose_anchor(bytes, probe->width);
        group[i] = (unsigned char)group_of(bytes + anchor[i]);
        allow(head, group[i], bytes + anchor[i], probe->any_case);
        head->first[group[i] + 1]++;
    }
    for (size_t i = 0; i < GROUPS; i++)
        head->first[i + 1] += head->first[i];
    for (size_t i = 0; i < set->count; i++) {
        size_t at = head->first[group[i]] + next[group[i]]++;
        members[at] = (uint16_t)i;
        anchors[at] = anchor[i];
    }
}

str search_pack(struct arena *arena, const struct probe_set *set)
{
    struct layout layout = layout_of(set->count, set->item_count);
    char *bytes = arena_alloc(arena, layout.size);
    struct search_head *head = (struct search_head *)(void *)bytes;
    head->count = set->count;
    head->item_count = set->item_count;
    head->kind_count = set->kind_count;
    deal_out(set, head, (uint16_t *)(void *)(bytes + layout.members),
             (uint16_t *)(void *)(bytes + layout.anchors));
    memcpy(bytes + layout.probes, set->probes, set->count * sizeof(*set->probes));
    memcpy(bytes + layout.items, set->items, set->item_count * sizeof(*set->items));
    return str_make(bytes, layout.size);
}

void search_open(str packed, struct probe_search *ret)
{
    const struct search_head *head = (const struct search_head *)(const void *)packed.ptr;
    struct layout layout = layout_of(head->count, head->item_count);
    *ret = (struct probe_search){
        .set = {.probes = (const struct probe *)(const void *)(packed.ptr + layout.probes),
                .items = (const struct shape_item *)(const void *)(packed.ptr + layout.items),
                .count = head->count,
                .item_count = head->item_count,
                .kind_count = head->kind_count},
        .head = head,
        .members = (const uint16_t *)(const void *)(packed.ptr + layout.members),
        .anchors = (const uint16_t *)(const void *)(packed.ptr + layout.anchors),
    };
}

static int by_end(const void *left, const void *right)
{
    const struct match *a = left, *b = right;
    if (a->end != b->end)
        return a->end < b->end ? -1 : 1;
    return (a->probe > b->probe) - (a->probe < b->probe);
}

/* The probes of a group whose anchor may stand at `at`. */
static void try_group(const struct probe_search *search, struct arena *arena, unsigned group,
                      str text, size_t at, size_t seen, struct match_list *ret)
{
    for (size_t i = search->head->first[group]; i < search->head->first[group + 1]; i++) {
        const struct probe *probe = &search->set.probes[search->members[i]];
        size_t anchor = search->anchors[i], end = at - anchor + probe->width;
        if (at >= anchor && end > seen && end <= text.len &&
            probe_fits(probe, search->set.items, text.ptr + (at - anchor)))
            *vec_push(arena, ret) = (struct match){search->members[i], end};
    }
}

void search_run(const struct probe_search *search, struct arena *arena, str text, size_t seen,
                struct match_list *ret)
{
    const unsigned char *bytes = (const unsigned char *)text.ptr;
    const uint64_t(*may)[256] = search->head->may;
    size_t before = ret->count;
    size_t from = seen > PROBE_WIDTH_MOST ? seen - PROBE_WIDTH_MOST : 0;
    for (size_t at = from; at + ANCHOR <= text.len; at++) {
        uint64_t groups = may[0][bytes[at]] & may[1][bytes[at + 1]] & may[2][bytes[at + 2]];
        for (; groups; groups &= groups - 1)
            try_group(search, arena, (unsigned)__builtin_ctzll(groups), text, at, seen, ret);
    }
    if (ret->count > before + 1)
        qsort(ret->items + before, ret->count - before, sizeof(*ret->items), by_end);
}
