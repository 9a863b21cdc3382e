// SPDX-License-Identifier: Apache-2.0
#include "act/report/render.h"
#include "base/map.h"

/*
 * Pairs items of two lists by key. Where a key occurs several times, the first goes with the
 * first, the second with the second: lists are sorted, so this is stable.
 */
struct pairing {
    struct arena *arena;
    struct map heads; /* key to 1 + index in a of the first one that is not taken */
    size_t *next;     /* 1 + index in a of the next one with the same key, by index */
    bool *taken;
};

static struct pairing pairing_make(struct arena *arena, size_t count)
{
    return (struct pairing){
        .arena = arena,
        .next = arena_array(arena, size_t, count),
        .taken = arena_array(arena, bool, count),
    };
}

/* Called for a's items from the last to the first, so that chains run in order. */
static void pairing_offer(struct pairing *pairing, str key, size_t index)
{
    uintptr_t *head = map_put(pairing->arena, &pairing->heads, key, NULL);
    pairing->next[index] = *head;
    *head = index + 1;
}

/* The index in a, or STR_NONE. */
static size_t pairing_take(struct pairing *pairing, str key)
{
    uintptr_t *head = map_get(&pairing->heads, key);
    if (!head || *head == 0)
        return STR_NONE;
    size_t index = *head - 1;
    *head = pairing->next[index];
    pairing->taken[index] = true;
    return index;
}

/* Lengths keep "ab"+"c" and "a"+"bc" apart. */
static str key_of(struct arena *arena, str a, str b, str c, str d)
{
    str left = arena_printf(arena, "%zu,%zu,%zu:", a.len, b.len, c.len);
    return arena_join(arena, arena_join(arena, left, a, b), c, d);
}

static str finding_key(struct arena *arena, const struct finding *finding)
{
    const struct vulnerability *flaw = finding->vulnerability;
    char room[FINGERPRINT_SIZE];
    return key_of(arena, finding->id, flaw ? flaw->package : finding_fingerprint(finding, room),
                  flaw ? flaw->type : (str){0}, finding->location.path);
}

static bool finding_changed(const struct finding *a, const struct finding *b)
{
    const struct vulnerability *x = a->vulnerability, *y = b->vulnerability;
    if (a->severity != b->severity || a->status != b->status || !str_eq(a->reason, b->reason) ||
        !x != !y)
        return true;
    return x && (!str_eq(x->installed_version, y->installed_version) ||
                 !str_eq(x->fixed_version, y->fixed_version) || x->fix_state != y->fix_state);
}

static void compare_findings(struct arena *arena, const struct finding_list *a,
                             const struct finding_list *b, struct report_diff *ret)
{
    struct pairing pairing = pairing_make(arena, a->count);
    const struct finding **before = arena_array(arena, const struct finding *, b->count);
    for (size_t i = a->count; i-- > 0;)
        pairing_offer(&pairing, finding_key(arena, &a->items[i]), i);
    for (size_t i = 0; i < b->count; i++) {
        size_t at = pairing_take(&pairing, finding_key(arena, &b->items[i]));
        before[i] = at == STR_NONE ? NULL : &a->items[at];
        if (!before[i])
            *vec_push(arena, &ret->findings) = (struct report_change){.after = &b->items[i]};
    }
    for (size_t i = 0; i < b->count; i++)
        if (before[i] && finding_changed(before[i], &b->items[i]))
            *vec_push(arena, &ret->findings) = (struct report_change){before[i], &b->items[i]};
    for (size_t i = 0; i < a->count; i++)
        if (!pairing.taken[i])
            *vec_push(arena, &ret->findings) = (struct report_change){.before = &a->items[i]};
}

static str package_key(struct arena *arena, const struct report_package *package)
{
    return key_of(arena, package->package.type, package->package.name, package->package.arch,
                  (str){0});
}

static void compare_packages(struct arena *arena, const struct report_package_list *a,
                             const struct report_package_list *b, struct report_diff *ret)
{
    struct pairing pairing = pairing_make(arena, a->count);
    const struct report_package **before =
        arena_array(arena, const struct report_package *, b->count);
    for (size_t i = a->count; i-- > 0;)
        pairing_offer(&pairing, package_key(arena, &a->items[i]), i);
    for (size_t i = 0; i < b->count; i++) {
        size_t at = pairing_take(&pairing, package_key(arena, &b->items[i]));
        before[i] = at == STR_NONE ? NULL : &a->items[at];
        if (!before[i])
            *vec_push(arena, &ret->packages) = (struct package_change){.after = &b->items[i]};
    }
    for (size_t i = 0; i < b->count; i++)
        if (before[i] && !str_eq(before[i]->package.version, b->items[i].package.version))
            *vec_push(arena, &ret->packages) = (struct package_change){before[i], &b->items[i]};
    for (size_t i = 0; i < a->count; i++)
        if (!pairing.taken[i])
            *vec_push(arena, &ret->packages) = (struct package_change){.before = &a->items[i]};
}

void report_compare(struct arena *arena, const struct report *a, const struct report *b,
                    struct report_diff *ret)
{
    *ret = (struct report_diff){0};
    compare_findings(arena, &a->findings, &b->findings, ret);
    compare_packages(arena, &a->packages, &b->packages, ret);
}
