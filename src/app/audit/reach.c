// SPDX-License-Identifier: Apache-2.0
#include "act/network/network.h"
#include "app/audit/audit.h"
#include "base/limits.h"

static void add_gaps(struct machine *machine, const struct gap_list *from,
                     struct network_graph *graph)
{
    for (size_t i = 0; i < from->count && graph->gaps.count < LIMIT_GAPS; i++)
        *vec_push(&machine->arena, &graph->gaps) = from->items[i];
}

void machine_reach(struct machine *machine, const struct network_seen_list *seen,
                   struct network_graph *ret)
{
    const struct host *host = &machine->host;
    network_judge(&machine->arena, host, &machine->engines, seen, ret);
    add_gaps(machine, &host->namespace_gaps, ret);
    for (size_t i = 0; i < host->namespaces.count; i++)
        add_gaps(machine, &host->namespaces.items[i].firewall.gaps, ret);
}

void machine_reach_gaps(struct machine *machine, struct network_graph *ret)
{
    add_gaps(machine, &machine->gaps, ret);
    for (size_t i = 0; i < machine->engines.count; i++)
        add_gaps(machine, &machine->engines.items[i].gaps, ret);
}

struct report_network machine_draw(struct machine *machine, const struct network_graph *graph)
{
    struct report_network network = {.graph = graph};
    struct err err = {0};
    if (network_svg(&machine->arena, graph, &network.drawing, &err) < 0)
        network.no_drawing = arena_str(&machine->arena, err_text(&err));
    return network;
}
