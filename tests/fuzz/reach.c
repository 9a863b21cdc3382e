// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "judge/reach/reach.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An entry point of any text, in an image of two programs and a folder. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct file items[] = {
        {.name = STR(""), .type = ENTRY_DIRECTORY, .children = 1, .count = 2},
        {.name = STR("bin"), .type = ENTRY_DIRECTORY, .children = 3, .count = 2},
        {.name = STR("start"), .mode = 0755, .size = 1, .content = 1},
        {.name = STR("a"), .parent = 1, .mode = 0755, .size = 1, .content = 2},
        {.name = STR("sh"), .parent = 1, .mode = 0755, .size = 1, .content = 3},
    };
    const struct files files = {.items = items, .count = sizeof(items) / sizeof(*items)};
    struct fact fact = {.kind = FACT_SCRIPT, .path = STR("start")};
    fact.script.interpreter = fact.script.program = STR("/bin/bash");
    fact.script.text = str_make(data, size);
    const struct fact_list facts = {.items = &fact, .count = 1};
    str words[] = {STR("/start"), STR("a"), STR("x y")};
    const struct image_config config = {.present = true,
                                        .entrypoint = {.items = words, .count = 3}};
    const struct image_view view = {.config = &config, .facts = &facts, .files = &files};
    struct report report = {0};
    reach_judge(&arena, &view, &report);
    INVARIANT(report.packages.count == 0);
    return 0;
}
