// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_collect("dpkg_copyright", "usr/share/doc/a/copyright", data, size);
    return 0;
}
