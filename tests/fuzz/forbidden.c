// SPDX-License-Identifier: Apache-2.0
#include "app/image_policy.h"
#include "base/die.h"
#include "read/forbidden/forbidden.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct forbidden_hashes hashes;
    struct forbidden_pattern pattern;
    struct image_policy policy = {0};
    struct err err = {0};
    str text = str_make(data, size);
    if (forbidden_read_hashes(&arena, text, &hashes, &err) == 0)
        for (size_t i = 0; i < hashes.count; i++)
            INVARIANT(hashes.items[i].hex.len >= 32 && hashes.items[i].name.len <= size);
    if (forbidden_read_pattern(text, &pattern, &err) == 0)
        INVARIANT(pattern.expression.len && pattern.name.len);
    if (image_policy_parse_bases(&arena, text, &policy, &err) == 0)
        INVARIANT(policy.base_count && policy.bases[0].layers.count);
    return 0;
}
