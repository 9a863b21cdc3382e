// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/feed.h"

extern const struct feed feed_epss;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct feed_document document = {0};
    fuzz_feed(&feed_epss, &document, data, size);
    return 0;
}
