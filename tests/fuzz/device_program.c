// SPDX-License-Identifier: Apache-2.0
/* Programs about devices as a hostile kernel could give them; the first byte says how many. */
#include "base/die.h"
#include "read/host/device_program.h"

#include <linux/bpf.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct str_list programs = {0}, lines;
    struct err err = {0};
    if (size == 0)
        return 0;
    size_t count = 1 + data[0] % 3, each = (size - 1) / count;
    for (size_t i = 0; i < count; i++)
        *vec_push(&arena, &programs) = str_make(data + 1 + i * each, each);
    if (device_programs_read(&arena, &programs, &lines, &err) == 0)
        for (size_t i = 0; i < lines.count; i++)
            INVARIANT(str_contains(lines.items[i], STR(":")) && lines.items[i].len >= 7);
    return 0;
}
