// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_IMAGE_NAME_H
#define HARDEN_MODEL_IMAGE_NAME_H

#include "base/arena.h"

/* An image as people name it: [registry[:port]/]repository[:tag][@digest]; the grammar is that of
 * the distribution project's reference package. Pieces point into the text. */
struct image_name {
    str text;       /* the whole */
    str registry;   /* "docker.io" where none is named */
    str repository; /* "library/debian", "team/app" */
    str tag;        /* absent: none, which means latest */
    str digest;     /* "sha256:..."; absent: none */
    bool valid;     /* it is one that an engine takes */
};
struct image_name image_name_parse(struct arena *arena, str text);

#endif
