// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_codec("zstd", data, size);
    return 0;
}
