// SPDX-License-Identifier: Apache-2.0
#include "app/texts/texts_internal.h"

/* --- which file is judged with which other one -------------------------------------------------
 */

static void note(struct texts *texts, struct map *relation, str path, str home)
{
    struct arena *cache = &texts->cache;
    bool fresh;
    if (texts->related)
        return;
    pthread_mutex_lock(&texts->lock);
    uintptr_t *slot = map_put(cache, relation, arena_str(cache, path), &fresh);
    if (fresh)
        *slot = (uintptr_t)arena_new(cache, struct str_list);
    struct str_list *homes = (struct str_list *)*slot;
    if (homes->count == 0 || !str_eq(homes->items[homes->count - 1], home))
        *vec_push(cache, homes) = arena_str(cache, home);
    pthread_mutex_unlock(&texts->lock);
}

void texts_note_included(struct texts *texts, str path, str home)
{
    note(texts, &texts->included, path, home);
}

void texts_note_built(struct texts *texts, str path, str home)
{
    note(texts, &texts->built, path, home);
}

static const struct str_list *homes_in(const struct map *relation, str path)
{
    static const struct str_list none;
    const uintptr_t *slot = map_get(relation, path);
    return slot ? (const struct str_list *)*slot : &none;
}

/*
 * A compose file that another one includes was judged there, with its variables and in its folder;
 * on its own it may be a fragment. Of files that include each other in a circle, the first stays.
 */
static bool is_home(const struct texts *texts, str home, str path)
{
    return !map_has(&texts->included, home) || str_cmp(home, path) < 0;
}

bool texts_is_included(const struct texts *texts, const struct listed_file *file)
{
    const struct str_list *includers = homes_in(&texts->included, file->path);
    for (size_t i = 0; !file->named && i < includers->count; i++)
        if (is_home(texts, includers->items[i], file->path))
            return true;
    return false;
}

bool texts_is_built(const struct texts *texts, const struct listed_file *file)
{
    return !file->named && map_has(&texts->built, file->path);
}

struct str_list texts_homes(struct texts *texts, struct arena *arena,
                            const struct listed_file *file)
{
    const struct map *relation = texts_is_built(texts, file)      ? &texts->built
                                 : texts_is_included(texts, file) ? &texts->included
                                                                  : NULL;
    struct str_list homes = {0};
    if (!relation) {
        str base = file->named ? (str){0} : texts_base_of(texts, arena, file->path);
        if (base.len)
            *vec_push(arena, &homes) = base;
        return homes;
    }
    const struct str_list *all = homes_in(relation, file->path);
    for (size_t i = 0; i < all->count; i++)
        if (relation == &texts->built
                ? !texts_is_included(texts, &(struct listed_file){.path = all->items[i]})
                : is_home(texts, all->items[i], file->path))
            *vec_push(arena, &homes) = all->items[i];
    return homes;
}

void texts_relate(struct texts *texts)
{
    for (size_t i = 0; texts->list.count > 1 && i < texts->list.count; i++) {
        const struct listed_file *file = &texts->list.items[i];
        ARENA_SCOPED arena = {0};
        enum workload_dialect dialect;
        struct report report = {0};
        struct err err = {0};
        str text;
        if (texts_is_yaml(file) && !file->is_stdin &&
            texts_read(texts, &arena, file, &text, &err) == 0 &&
            texts_kind(file, text, &dialect) == TEXT_WORKLOADS && dialect == DIALECT_COMPOSE)
            texts_judge(texts, &arena, file, text, &report);
    }
    texts->related = true;
}

/* --- what is found twice so --------------------------------------------------------------------
 */

void texts_drop_repeated(struct report *report, const struct map *foreign)
{
    ARENA_SCOPED scratch = {0};
    struct arena *arena = &scratch;
    struct map seen = {0};
    size_t kept = 0;
    for (size_t i = 0; i < report->findings.count; i++) {
        struct finding *finding = &report->findings.items[i];
        if (foreign && !map_has(foreign, finding->location.path)) {
            report->findings.items[kept++] = *finding;
            continue;
        }
        str place = arena_printf(arena, "%u:%u:", finding->location.line, finding->location.column);
        str key = arena_join(arena, place, finding->location.path, STR("\n"));
        key = arena_join(arena, key, finding->id,
                         arena_join(arena, STR("\n"), finding->evidence, (str){0}));
        bool fresh;
        uintptr_t *at = map_put(arena, &seen, key, &fresh);
        if (fresh) {
            *at = kept;
            report->findings.items[kept++] = *finding;
        } else if (finding->status == STATUS_OPEN) {
            report->findings.items[*at] = *finding;
        }
    }
    report->findings.count = kept;
}
