// SPDX-License-Identifier: Apache-2.0
#include "judge/network/parts.h"

#include "base/limits.h"

bool network_find(const struct network_graph *graph, str name, size_t *ret)
{
    enum { SHORT_ID = 12 };
    if (str_eq(name, STR("outside")))
        name = STR("lan");
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct network_node *node = &graph->nodes.items[i];
        bool found = str_eq(node->name, name);
        for (size_t m = 0; !found && m < node->members.count; m++)
            found = str_eq(node->members.items[m], name) ||
                    (name.len >= SHORT_ID && str_starts(node->ids.items[m], name));
        if (found) {
            *ret = i;
            return true;
        }
    }
    return false;
}

bool network_is_on(const struct network_node *node, const struct network_attachment *network)
{
    for (size_t i = 0; i < node->attachments.count; i++)
        if (node->attachments.items[i].engine == network->engine &&
            str_eq(node->attachments.items[i].name, network->name))
            return true;
    return false;
}

size_t network_routes_end(const struct network_route_list *routes, size_t begin)
{
    const struct network_route *first = &routes->items[begin];
    size_t end = begin + 1;
    while (end < routes->count && routes->items[end].to == first->to &&
           routes->items[end].port == first->port && routes->items[end].is_udp == first->is_udp)
        end++;
    return end;
}

/* What listens on the host for a published port is docker-proxy: the port is its container's. */
static bool is_published(const struct network_graph *graph, const struct network_service *service)
{
    for (size_t i = NETWORK_NODE_FIRST; i < graph->nodes.count; i++)
        for (size_t p = 0; p < graph->nodes.items[i].publications.count; p++)
            if (graph->nodes.items[i].publications.items[p].host_port == service->port &&
                graph->nodes.items[i].publications.items[p].is_udp == service->is_udp)
                return true;
    return false;
}

void network_gap(struct arena *arena, struct network_graph *graph, str reason)
{
    if (graph->gaps.count < LIMIT_GAPS)
        *vec_push(arena, &graph->gaps) = (struct gap){.path = STR("the network"), .reason = reason};
}

static void route_service(struct arena *arena, struct arena *scratch, struct network_graph *graph,
                          size_t to, const struct network_service *service)
{
    for (size_t from = 0; from < graph->nodes.count; from++) {
        struct network_way_list ways = {0};
        if (from == to)
            continue;
        arena_reset(scratch);
        network_ways(scratch, graph, from, to, service->port, service->is_udp, &ways);
        if (ways.count == 0 || ways.items[0].verdict == NETWORK_BLOCKED)
            continue;
        struct network_route *route = vec_push(arena, &graph->routes);
        *route = (struct network_route){.from = from,
                                        .to = to,
                                        .port = service->port,
                                        .is_udp = service->is_udp,
                                        .way = ways.items[0]};
        route->way.reason = arena_str(arena, ways.items[0].reason);
        route->way.rule = arena_str(arena, ways.items[0].rule);
    }
}

static void finish(struct arena *arena, struct network_graph *graph,
                   const struct network_seen_list *seen)
{
    network_uses(arena, graph, seen);
    network_surprises(arena, graph);
    network_attack(arena, graph);
    network_suggest(arena, graph);
    if (*graph->steps > LIMIT_FIREWALL_STEPS)
        network_gap(arena, graph,
                    arena_printf(arena,
                                 "the firewall has so many rules that %llu comparisons were not "
                                 "enough: what was asked after that is \"possible\"",
                                 (unsigned long long)LIMIT_FIREWALL_STEPS));
}

void network_judge(struct arena *arena, const struct host *host,
                   const struct engine_facts_list *engines, const struct network_seen_list *seen,
                   struct network_graph *ret)
{
    ARENA_SCOPED scratch = {0};
    size_t questions = 0;
    *ret = (struct network_graph){0};
    network_nodes(arena, host, engines, ret);
    for (size_t to = 0; to < ret->nodes.count; to++) {
        const struct network_node *node = &ret->nodes.items[to];
        for (size_t s = 0; s < node->services.count; s++) {
            const struct network_service *service = &node->services.items[s];
            if (service->scope == SCOPE_LOOPBACK ||
                (node->kind == NODE_HOST && is_published(ret, service)))
                continue;
            questions += ret->nodes.count;
            if (questions > LIMIT_NETWORK_QUESTIONS || ret->routes.count > LIMIT_NETWORK_ROUTES) {
                network_gap(arena, ret,
                            arena_printf(arena,
                                         "too many containers and ports: who reaches %.*s from its "
                                         "port %u on, and those after it, was left out",
                                         STR_ARG(node->name), (unsigned)service->port));
                finish(arena, ret, seen);
                return;
            }
            route_service(arena, &scratch, ret, to, service);
        }
    }
    finish(arena, ret, seen);
}
