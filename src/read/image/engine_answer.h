// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_ENGINE_ANSWER_H
#define HARDEN_READ_IMAGE_ENGINE_ANSWER_H

#include "base/err.h"
#include "model/image.h"

/*
 * What an engine says about an image (Engine API: GET /images/NAME/json and /images/NAME/history),
 * as struct image: name, digest, platform, created and layers with diff_id, created_by and size,
 * base first. `reference` is what the user asked for. Inside read/image only.
 *
 * The history is only a description: it is left out where it cannot be told which of its entries
 * made a layer (the API, unlike the config, does not mark the empty ones). `history` may be empty.
 * ERR_FORMAT where the inspect answer is not one.
 */
int engine_answer_read(struct arena *arena, str reference, str inspect, str history,
                       struct image *ret, struct err *err);

#endif
