// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_config(DIALECT_COMPOSE, data, size);
    return 0;
}
