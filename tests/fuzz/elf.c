// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "io/content.h"
#include "read/elf/elf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One file, as the walk hands it over: whole, or only its two ends. */
static void look(struct content *content)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts = {0};
    struct collect to = {.arena = &arena, .facts = &facts};
    const struct entry entry = {.path = STR("usr/bin/x"), .size = content->size};
    const struct collector *elf = elf_collectors()[0];
    struct err err = {0};
    INVARIANT(elf->inspect(&to, &entry, content, &err) == 0 || err.kind != ERR_NONE);
    size_t others = 0;
    for (size_t i = 0; i < facts.count; i++) {
        const struct binary *binary = &facts.items[i].binary;
        others += facts.items[i].kind != FACT_PACKAGE;
        INVARIANT(facts.items[i].kind != FACT_PACKAGE || facts.items[i].package.version.len);
        if (facts.items[i].kind != FACT_BINARY)
            continue;
        INVARIANT(binary->type < BINARY_TYPES && binary->relro <= RELRO_FULL);
        INVARIANT(binary->fortified <= binary->fortifiable);
        INVARIANT(binary->machine.len > 0);
        binary_is_hardened(binary);
    }
    INVARIANT(others <= 3); /* itself, what is wrong with it, and with its list of packages */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str bytes = str_make(data, size);
    struct content whole = content_of_memory(bytes);
    look(&whole);
    struct content ends =
        content_of_ends(size, str_sub(bytes, 0, size / 4), str_from_index(bytes, size - size / 4));
    look(&ends);
    return 0;
}
