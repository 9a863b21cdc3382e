// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "io/content.h"
#include "read/package/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Records of packages of languages; the first byte says whose. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts = {0};
    struct collect to = {.arena = &arena, .facts = &facts};
    size_t count = 0, wanted = size ? data[0] : 0;
    if (size == 0)
        return 0;
    str text = str_make(data + 1, size - 1);
    for (const struct collector *const *at = package_collectors(); *at; at++)
        count += (*at)->inspect != NULL;
    for (const struct collector *const *at = package_collectors(); *at; at++) {
        const struct entry entry = {.path = STR("srv/node_modules/a/package.json"),
                                    .size = text.len};
        struct content content = content_of_memory(text);
        struct err err = {0};
        if (!(*at)->inspect || wanted-- % count != 0)
            continue;
        (*at)->takes(&entry, text);
        INVARIANT((*at)->inspect(&to, &entry, &content, &err) == 0 || err.kind != ERR_NONE);
        break;
    }
    for (size_t i = 0; i < facts.count; i++) {
        INVARIANT(facts.items[i].kind == FACT_PACKAGE);
        INVARIANT(facts.items[i].package.name.len && facts.items[i].package.version.len);
    }
    return 0;
}
