// SPDX-License-Identifier: Apache-2.0
#include "read/dockerfile/dockerfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first line is a path, the rest a .dockerignore. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    str text = str_make(data, size), path;
    if (!str_next_line(&text, &path))
        return 0;
    struct ignore_patterns patterns = ignore_parse(&arena, text);
    ignore_matches(&patterns, path);
    return 0;
}
