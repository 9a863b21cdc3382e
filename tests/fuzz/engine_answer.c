// SPDX-License-Identifier: Apache-2.0
/* The inspect and history answers of an engine; the input is both, with a NUL between. */
#include "base/die.h"
#include "base/limits.h"
#include "read/image/engine_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct image image;
    str inspect = {0}, history = {0};
    str_cut(str_make(data, size), '\0', &inspect, &history);
    if (engine_answer_read(&arena, STR("app"), inspect, history, &image, &err) == 0)
        INVARIANT(image.name.len && image.layers.count <= LIMIT_LAYERS);
    else
        INVARIANT(err.kind != ERR_NONE && err.message[0]);
    return 0;
}
