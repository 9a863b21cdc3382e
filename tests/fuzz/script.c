// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "base/limits.h"
#include "io/content.h"
#include "read/script/script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Scripts, and the settings of loaders. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts = {0};
    struct collect to = {.arena = &arena, .facts = &facts};
    const struct entry entry = {.path = STR("x"), .size = size};
    for (const struct collector *const *at = script_collectors(); *at; at++) {
        struct content content = content_of_memory(str_make(data, size));
        struct err err = {0};
        if ((*at)->inspect)
            INVARIANT((*at)->inspect(&to, &entry, &content, &err) == 0 || err.kind != ERR_NONE);
        else
            INVARIANT((*at)->collect(&to, &entry, str_make(data, size), &err) == 0);
    }
    return 0;
}
