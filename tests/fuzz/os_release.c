// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_collect("os_release", "etc/os-release", data, size);
    fuzz_collect("os_release", "etc/lsb-release", data, size);
    fuzz_collect("os_release", "etc/debian_version", data, size);
    fuzz_collect("os_release", "etc/alpine-release", data, size);
    return 0;
}
