// SPDX-License-Identifier: Apache-2.0
#include "model/collector.h"

struct fact *fact_add(struct collect *to, enum fact_kind kind, str path)
{
    struct fact *fact = vec_push(to->arena, to->facts);
    /* Facts of one file come in a row: they share one copy of its path. */
    const struct fact *before = to->facts->count > 1 ? fact - 1 : NULL;
    fact->kind = kind;
    fact->layer = to->layer;
    fact->path = before && str_eq(before->path, path) ? before->path : arena_str(to->arena, path);
    return fact;
}

void fact_add_gap(struct collect *to, str path, str reason)
{
    struct fact *fact = fact_add(to, FACT_GAP, path);
    fact->gap.path = fact->path;
    fact->gap.reason = arena_str(to->arena, reason);
}
