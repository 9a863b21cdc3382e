// SPDX-License-Identifier: Apache-2.0
#include "judge/advisory/store_pack.h"

/* Values of a damaged store: read to their end, within bounds. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    const str value = str_make(data, size);
    str rest = value, text;
    struct advisory advisory;
    struct store_about about;
    double epss, percentile;
    while (rest.len && unpack_advisory(&rest, &arena, &advisory))
        continue;
    for (rest = value; rest.len && unpack_text(&rest, &text);)
        continue;
    if (unpack_about(value, &about))
        while (about.namespaces.len && unpack_text(&about.namespaces, &text))
            continue;
    unpack_exploit(value, size ? data[0] : 0, &epss, &percentile);
    return 0;
}
