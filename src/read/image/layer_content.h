// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_LAYER_CONTENT_H
#define HARDEN_READ_IMAGE_LAYER_CONTENT_H

#include "io/stream.h"
#include "model/collector.h"

/* The collectors that choose files by their content, and scanners, over the files of one layer. */
struct layer_content;

/* NULL where none of the collectors (NULL-ended, borrowed) looks at content. */
struct layer_content *layer_content_begin(const struct collector *const *collectors);
void layer_content_end(struct layer_content *content);

/*
 * One regular file that is not empty. `stream`: its content, not read yet; or NULL, and then
 * `whole` is all of it. `source`: the archive that the stream is a part of, or NULL; what is
 * scanned is bounded by how far it was read, since holes are content that costs an archive nothing.
 * Collectors' failures become gaps; -1 only if the stream fails.
 */
int layer_content_take(struct layer_content *content, struct collect *to, const struct entry *entry,
                       struct stream *stream, str whole, const struct stream *source,
                       struct err *err);

#endif
