// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "io/json_stream.h"

#include <stdlib.h>

struct walk {
    struct json_path path;
    size_t depth;
};

static bool handle(void *context, enum json_event event, str text, size_t depth)
{
    struct walk *walk = context;
    bool begin = event == JSON_OBJECT_BEGIN || event == JSON_ARRAY_BEGIN;
    bool end = event == JSON_OBJECT_END || event == JSON_ARRAY_END;
    walk->depth -= end;
    if (depth != walk->depth || depth > LIMIT_JSON_DEPTH)
        abort();
    walk->depth += begin;
    json_path_note(&walk->path, event, text, depth);
    if (json_path_name(&walk->path, depth).len > JSON_NAME_MAX)
        abort();
    return !str_eq(text, STR("stop"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct walk walk = {0};
    struct err err = {0};
    STREAM_SCOPED stream = stream_memory(str_make(data, size));
    if (json_stream_parse(stream, handle, &walk, &err) == 0 && walk.depth)
        abort();
    return 0;
}
