// SPDX-License-Identifier: Apache-2.0
#include "read/image/walk.h"

#include "base/die.h"
#include "base/work.h"

static void report(struct walk *walk)
{
    const struct image_progress *progress = walk->options.progress;
    if (!progress || !progress->update)
        return;
    progress->update(progress->context, __atomic_load_n(&walk->layers_done, __ATOMIC_RELAXED),
                     walk->layers_all, __atomic_load_n(&walk->bytes_done, __ATOMIC_RELAXED),
                     walk->bytes_all);
}

void walk_bytes_done(void *context, uint64_t bytes)
{
    struct walk *walk = context;
    __atomic_fetch_add(&walk->bytes_done, bytes, __ATOMIC_RELAXED);
    report(walk);
}

void walk_layer_done(struct walk *walk)
{
    __atomic_fetch_add(&walk->layers_done, 1, __ATOMIC_RELAXED);
    report(walk);
}

struct walk *walk_begin(struct arena *arena, const struct image_options *options,
                        const struct collector *const *collectors)
{
    size_t count = 0, all = 0;
    while (collectors[all])
        all++;
    const struct collector **chosen = arena_array(arena, const struct collector *, all + 1);
    for (size_t i = 0; i < all; i++)
        if (collectors[i]->wants & options->wants)
            chosen[count++] = collectors[i];

    bool content = false;
    for (size_t i = 0; i < count; i++)
        content |= collector_reads_content(chosen[i]);

    struct walk *walk = arena_new(arena, struct walk);
    walk->arena = arena;
    walk->options = *options;
    walk->jobs = options->jobs ? options->jobs : work_processors();
    walk->rules = (struct layer_rules){
        .claims = claims_make(arena, chosen, count),
        .collectors = chosen,
        .want_entries = content || (options->wants & (WANT_FILES | WANT_TREE)) != 0,
        .want_content = content,
        .held = &walk->held,
        .progress = walk_bytes_done,
        .progress_context = walk,
    };
    if (options->use_cache && options->cache_dir)
        walk->cache = cache_open(arena, options->cache_dir, &walk->rules);
    return walk;
}

void walk_end(struct walk *walk)
{
    for (size_t i = 0; i < walk->made.count; i++)
        arena_adopt(walk->arena, &walk->made.items[i]->arena);
    arena_adopt(walk->arena, &walk->own.arena);
    cache_close(walk->cache);
}

void walk_set_layers(struct walk *walk, size_t count)
{
    walk->layers = arena_array(walk->arena, struct layer_facts *, count + 1);
    walk->layer_count = count;
}

struct layer_facts *walk_make_layer(struct walk *walk)
{
    struct layer_facts *facts = arena_new(walk->arena, struct layer_facts);
    *vec_push(walk->arena, &walk->made) = facts;
    return facts;
}

struct arena *walk_arena(struct walk *walk)
{
    return walk->arena;
}

const struct image_options *walk_options(const struct walk *walk)
{
    return &walk->options;
}

void walk_add_gap(struct walk *walk, str path, str reason)
{
    layer_add_gap(&walk->own, path, reason);
}

bool walk_take_cached(struct walk *walk, const struct image *image)
{
    if (!walk->cache || walk->options.verify || image->layers.count == 0)
        return false;
    walk_set_layers(walk, image->layers.count);
    for (size_t i = 0; i < image->layers.count; i++) {
        struct layer_facts *facts = walk_make_layer(walk);
        str key = cache_key_content(walk->cache, &facts->arena, image->layers.items[i].diff_id);
        if (!cache_load(walk->cache, key, facts)) {
            walk_set_layers(walk, 0);
            return false;
        }
        walk->layers[i] = facts;
    }
    return true;
}
