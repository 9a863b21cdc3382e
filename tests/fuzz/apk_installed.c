// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_collect("apk", "lib/apk/db/installed", data, size);
    fuzz_collect("apk_files", "lib/apk/db/installed", data, size);
    return 0;
}
