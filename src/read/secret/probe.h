// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_SECRET_PROBE_H
#define HARDEN_READ_SECRET_PROBE_H

#include "io/pattern.h"
#include "read/secret/table.h"

enum { PROBE_WIDTH_LEAST = 3, PROBE_WIDTH_MOST = 256 };

/*
 * What a search looks for, and of which kind a match may be. There is no pointer in it: the build
 * makes all of them from data/secrets.tsv, and embeds them as they are.
 */
struct probe {
    uint16_t kind;   /* index */
    uint16_t width;  /* bytes of a match */
    uint16_t before; /* as shape_head has it */
    uint8_t how;     /* enum kind_how; of the kind, as are the checks */
    bool any_case;
    uint32_t checks;
    uint32_t first, count; /* in the items of all */
};
struct probe_set {
    const struct probe *probes;
    const struct shape_item *items; /* each of one length: min and max are the same */
    size_t count, item_count, kind_count;
};

/* -1: a row of the table asks for more than a search can do. */
int probes_make(struct arena *arena, const struct kind_table *table, struct probe_set *ret,
                struct err *err);
/* One pattern a probe, in their order. */
struct pattern *probes_patterns(struct arena *arena, const struct probe_set *set);

#endif
