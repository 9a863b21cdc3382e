// SPDX-License-Identifier: Apache-2.0
#include "read/hadolint/hadolint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct hadolint_config config = {.threshold = HADOLINT_UNSAID};
    if (hadolint_read(&arena, "c", str_make(data, size), &config, &err) < 0 && err.kind == ERR_NONE)
        __builtin_trap();
    return 0;
}
