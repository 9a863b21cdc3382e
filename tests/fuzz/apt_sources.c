// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_collect("apt_sources", "etc/apt/sources.list", data, size);
    fuzz_collect("apt_sources", "etc/apt/sources.list.d/x.sources", data, size);
    fuzz_collect("apk_repositories", "etc/apk/repositories", data, size);
    return 0;
}
