// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_WALK_H
#define HARDEN_READ_IMAGE_WALK_H

#include "read/image/cache.h"
#include "read/image/layer.h"
#include "read/image/source.h"

/* One reading of one image: see source.h for the part that sources use. */
struct walk {
    struct arena *arena; /* the result's */
    struct image_options options;
    struct layer_rules rules;
    size_t jobs;
    struct cache *cache; /* NULL: none */

    /* In the order of image->layers. Equal layers share one; NULL where there is none. */
    struct layer_facts **layers;
    size_t layer_count;
    struct layer_facts own; /* gaps of the image itself */

    /* Owns what `layers` points to, in the order of making. */
    VEC(struct layer_facts *) made;

    /* For progress; changed by any thread. */
    size_t layers_done, layers_all;
    uint64_t bytes_done, bytes_all;
    uint64_t held; /* memory of facts; changed by any thread */
};

/* Collectors that serve options->wants are picked; everything else is borrowed. */
struct walk *walk_begin(struct arena *arena, const struct image_options *options,
                        const struct collector *const *collectors);
/* What the layers hold moves to the walk's arena, so that results outlive the walk. */
void walk_end(struct walk *walk);

/* Room for that many layers; all NULL. */
void walk_set_layers(struct walk *walk, size_t count);
/* Not thread-safe: made before the threads start. */
struct layer_facts *walk_make_layer(struct walk *walk);

/* Thread-safe. */
void walk_bytes_done(void *walk, uint64_t bytes);
void walk_layer_done(struct walk *walk);

#endif
