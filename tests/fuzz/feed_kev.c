// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/feed.h"

extern const struct feed feed_kev;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct feed_document document = {0};
    fuzz_feed(&feed_kev, &document, data, size);
    return 0;
}
