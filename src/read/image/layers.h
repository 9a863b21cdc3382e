// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_LAYERS_H
#define HARDEN_READ_IMAGE_LAYERS_H

#include "read/image/manifest.h"

/*
 * Reads the layers of an image whose blobs can be opened: equal ones once, different ones in
 * parallel. Packed layers are digested twice, as stored and unpacked; plain ones only with
 * options.verify, because it is digesting that would make reading them slow. What does not agree
 * with its digest is a gap, and is not cached. Fills the walk's layers, and in *image what the
 * blobs tell (sizes; diff_ids where the config claims none).
 */
void layers_read(struct walk *walk, struct blobs *blobs, const struct manifest_layer_list *layers,
                 struct image *image);

/* Gaps where a layer's content does not have the digests that are claimed (each may be "").
 * True if all that could be compared agrees. */
bool layers_check_digests(struct layer_facts *facts, const struct manifest_layer *claimed,
                          const struct layer_reading *reading);
/* "layer sha256:...", for gaps. */
str layers_label(struct arena *arena, const struct manifest_layer *layer);

/* A source's whole read(): choose the image among the blobs, then read its layers. */
int layers_read_image(struct walk *walk, struct blobs *blobs, enum manifest_layout layout,
                      str selector, struct image *image, struct err *err);

#endif
