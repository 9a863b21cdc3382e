// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/feed.h"

extern const struct feed feed_alpine;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct feed_document document = {.namespace = STR("alpine:v3.21/main")};
    fuzz_feed(&feed_alpine, &document, data, size);
    return 0;
}
