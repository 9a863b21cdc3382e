// SPDX-License-Identifier: Apache-2.0
#include "io/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every scalar is read once; aliases make a graph, so visits are bounded. */
static size_t visit(const struct yaml_node *node, size_t left)
{
    if (left == 0)
        return 0;
    left--;
    if (node->kind == YAML_SCALAR)
        return left - (left && node->text.len && node->text.ptr[node->text.len - 1] == 'x');
    for (size_t i = 0; i < node->items.count && left; i++)
        left = visit(node->items.items[i], left);
    return left;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct yaml_list documents;
    struct err err = {0};
    if (yaml_parse(&arena, str_make(data, size), &documents, &err) == 0)
        for (size_t i = 0; i < documents.count; i++)
            visit(documents.items[i], 10000);
    return 0;
}
