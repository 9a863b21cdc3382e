// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_collect("dpkg_files", "var/lib/dpkg/info/a:amd64.list", data, size);
    fuzz_collect("dpkg_files", "var/lib/dpkg/info/a.md5sums", data, size);
    return 0;
}
