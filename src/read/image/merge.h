// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_MERGE_H
#define HARDEN_READ_IMAGE_MERGE_H

#include "read/image/walk.h"

/*
 * Layers on top of each other, by the rules of overlayfs, which is what engines mount and what
 * `docker export` shows: a name hides the same name below it; a whiteout hides a name and all
 * under it, an opaque folder what is under it, both in lower layers only; what is no folder hides
 * the folder that was there; a folder over a folder joins with it and takes its place as a name.
 */

/* `files` may be NULL where no collector looks at content. Facts whose file is visible, sorted as
 * struct image_result says; gaps of all layers. Packages get the layer from which on their record
 * has been there without a break. */
void merge_facts(struct walk *walk, const struct files *files, struct fact_list *ret);

/* The merged view, where the layers' entries were kept; before merge_facts(), which asks it what is
 * visible. */
void merge_files(struct walk *walk, struct files *ret);
/* The same as entries, sorted by path. */
void merge_list(struct arena *arena, const struct files *files, struct merged_list *ret);

/* For merge_facts(): what a package record was seen as, and where. */
#define MERGE_FOREVER UINT32_MAX
struct merge_span {
    const struct package *package;
    uint32_t from, to; /* layers [from, to): in which the record's file was visible */
    uint32_t since;    /* filled */
};
/* Spans come ordered by `from`. */
void merge_since(struct merge_span *spans, size_t count);

/* A layer that is listed several times acts where it is listed last: what it hides and brings
 * there covers all it did before. */
bool merge_layer_counts(const struct walk *walk, size_t layer);

#endif
