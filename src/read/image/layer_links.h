// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_LAYER_LINKS_H
#define HARDEN_READ_IMAGE_LAYER_LINKS_H

#include "base/map.h"
#include "model/entry.h"

/*
 * The symbolic links of one layer so far, because unpacking follows them: where `x` is a link to
 * var/lib, the entry "x/dpkg/status" is var/lib/dpkg/status. Engines unpack each layer by itself,
 * so links of other layers have no part in it. Zero-initialise; layer_links_free().
 */
struct layer_links {
    struct arena arena;
    struct map targets; /* path -> const str *, NULL where something else took its place */
    str last_folder;    /* is known to lead through no link; in `last` */
    char last[256];
    bool has_last, full;
};

/* After an entry was taken, under the name that layer_links_follow() gave. */
void layer_links_note(struct layer_links *links, const struct entry *entry);
/* The path with its folders' links followed; false where they lead in circles. What a layer has
 * more of than is kept (`full`) is not followed. */
bool layer_links_follow(struct layer_links *links, struct arena *arena, str path, str *ret);
void layer_links_free(struct layer_links *links);

#endif
