// SPDX-License-Identifier: Apache-2.0
/* Arrows: from outside in, between containers, and what is no network at all. */
#include "act/network/drawing.h"
#include "base/limits.h"

#include <stdlib.h>

/* The step of an attack path that leads from one to the other, or NULL. */
static const struct network_step *step_between(const struct network_graph *graph, size_t from,
                                               size_t to)
{
    for (size_t p = 0; p < graph->paths.count; p++) {
        const struct network_path *path = &graph->paths.items[p];
        for (size_t s = 0; s < path->steps.count; s++)
            if (path->steps.items[s].to == to &&
                (s ? path->steps.items[s - 1].to : path->from) == from)
                return &path->steps.items[s];
    }
    return NULL;
}

static const struct network_route *route_to_port(const struct network_graph *graph, size_t from,
                                                 size_t to, const struct network_publication *port)
{
    for (size_t i = 0; i < graph->routes.count; i++) {
        const struct network_route *route = &graph->routes.items[i];
        if (route->from == from && route->to == to && route->port == port->port &&
            route->is_udp == port->is_udp && route->way.kind == WAY_PUBLISHED &&
            route->way.at_port == port->host_port)
            return route;
    }
    return NULL;
}

/* From outside through a published port into its container. */
static void put_publication(const struct drawing *drawing, size_t n, size_t p)
{
    const struct network_graph *graph = drawing->graph;
    const struct network_publication *port = &graph->nodes.items[n].publications.items[p];
    bool is_attack = false;
    for (size_t from = NETWORK_NODE_LAN; from < NETWORK_NODE_FIRST; from++) {
        const struct network_route *route = route_to_port(graph, from, n, port);
        if (!route || !drawing_has_outside(drawing, from))
            continue;
        bool is_step = step_between(graph, from, n) && route->way.verdict == NETWORK_OPEN;
        is_attack |= is_step;
        fprintf(drawing->out, "  n%zu -> p%zu_%zu [%s%s];\n", from, n, p,
                is_step ? "color=\"" COLOR_ATTACK "\", penwidth=2.5"
                        : "color=\"" COLOR_OUTSIDE "\"",
                route->way.verdict == NETWORK_OPEN ? "" : ", style=dashed");
    }
    fprintf(drawing->out, "  p%zu_%zu -> n%zu [label=\"", n, p, n);
    drawing_put_port(drawing, port->is_udp, port->port);
    fprintf(drawing->out, "\"%s];\n",
            is_attack ? ", color=\"" COLOR_ATTACK "\", penwidth=2.5" : "");
}

static bool are_neighbours(const struct drawing *drawing, size_t from, size_t to)
{
    const struct network_node *node = &drawing->graph->nodes.items[from];
    for (size_t i = 0; i < node->attachments.count; i++)
        if (network_is_on(&drawing->graph->nodes.items[to], &node->attachments.items[i]))
            return true;
    return false;
}

/* Between containers: what is in use, steps of an attack, and what no common network explains. */
static void put_between(struct drawing *drawing, const struct network_route *routes, size_t count)
{
    enum { PORTS = 3 };
    size_t from = routes[0].from, to = routes[0].to, used = 0, said = 0, open = 0;
    bool is_direct = false;
    for (size_t i = 0; i < count; i++) {
        used += routes[i].is_used;
        open += routes[i].way.verdict == NETWORK_OPEN;
        is_direct |= routes[i].way.kind == WAY_DIRECT;
    }
    const struct network_step *step = step_between(drawing->graph, from, to);
    bool is_other = is_direct && !are_neighbours(drawing, from, to);
    if (!used && !step && !is_other)
        return;
    if (!step && drawing->arrows >= LIMIT_NETWORK_ARROWS) {
        drawing->left_out++;
        return;
    }
    drawing->arrows++;
    fprintf(drawing->out, "  n%zu -> n%zu [label=\"", from, to);
    for (size_t i = 0; i < count; i++) {
        if ((used && !routes[i].is_used) || said++ >= PORTS)
            continue;
        fputs(said == 1 ? "" : ", ", drawing->out);
        drawing_put_port(drawing, routes[i].is_udp, routes[i].port);
    }
    const char *color = step ? COLOR_ATTACK : used ? COLOR_USED : COLOR_PLAIN;
    fprintf(drawing->out, "%s\", color=\"%s\", fontcolor=\"%s\"%s%s];\n", used ? " in use" : "",
            color, color, step ? ", penwidth=2.5" : "", open ? "" : ", style=dashed");
}

/* Without the container's name in front: the arrow starts there. */
static void put_reason(const struct drawing *drawing, const struct network_node *node, str reason)
{
    for (size_t i = 0; i < node->members.count; i++) {
        str rest = reason;
        if (str_skip(&rest, node->members.items[i]) && str_skip(&rest, STR(" "))) {
            drawing_put_name(drawing, rest);
            return;
        }
    }
    drawing_put_name(drawing, reason);
}

static void put_links(const struct drawing *drawing)
{
    const struct network_graph *graph = drawing->graph;
    for (size_t i = 0; i < graph->links.count && i < LIMIT_NETWORK_DRAWN; i++) {
        const struct network_link *link = &graph->links.items[i];
        if ((link->from && !drawing->is_drawn[link->from]) ||
            (!link->is_root && !drawing->is_drawn[link->to]) || link->from == NETWORK_NODE_HOST)
            continue;
        bool is_step = step_between(graph, link->from, link->is_root ? SIZE_MAX : link->to);
        fprintf(drawing->out, "  n%zu -> ", link->from);
        if (link->is_root)
            fputs("root [label=\"", drawing->out);
        else
            fprintf(drawing->out, "n%zu [label=\"", link->to);
        put_reason(drawing, &graph->nodes.items[link->from], link->reason);
        fprintf(drawing->out, "\", color=\"%s\", fontcolor=\"%s\"%s];\n",
                is_step ? COLOR_ATTACK : COLOR_LINK, is_step ? COLOR_ATTACK : COLOR_LINK,
                is_step ? ", penwidth=2.5" : ", style=dotted, penwidth=1.5");
    }
}

/* A container of several networks stands between them. */
static void put_memberships(const struct drawing *drawing)
{
    const struct network_graph *graph = drawing->graph;
    for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++) {
        if (!drawing->is_drawn[n] || graph->nodes.items[n].attachments.count < 2)
            continue;
        for (size_t c = 0; c < drawing->clusters.count; c++)
            if (network_is_on(&graph->nodes.items[n], drawing->clusters.items[c].attachment))
                fprintf(drawing->out,
                        "  n%zu -> a%zu [lhead=cluster_%zu, dir=none, style=bold, "
                        "color=\"#9dbbdc\"];\n",
                        n, c, c);
    }
}

/* Services of the host itself, that somebody outside reaches. */
static void put_host_arrows(const struct drawing *drawing)
{
    const struct network_graph *graph = drawing->graph;
    for (size_t from = NETWORK_NODE_LAN; from < NETWORK_NODE_FIRST; from++) {
        size_t open = 0, count = 0;
        for (size_t i = 0; i < graph->routes.count; i++) {
            const struct network_route *route = &graph->routes.items[i];
            if (route->from != from || route->to != NETWORK_NODE_HOST)
                continue;
            count++;
            open += route->way.verdict == NETWORK_OPEN;
        }
        if (count && drawing_has_outside(drawing, from))
            fprintf(drawing->out,
                    "  n%zu -> n0 [color=\"" COLOR_OUTSIDE "\", label=\"%zu port%s\"%s];\n", from,
                    open ? open : count, (open ? open : count) == 1 ? "" : "s",
                    open ? "" : ", style=dashed");
    }
}

static int compare_routes(const void *left, const void *right)
{
    const struct network_route *a = left, *b = right;
    if (a->to != b->to)
        return (a->to > b->to) - (a->to < b->to);
    if (a->from != b->from)
        return (a->from > b->from) - (a->from < b->from);
    if (a->port != b->port)
        return (a->port > b->port) - (a->port < b->port);
    return a->is_udp - b->is_udp;
}

/* Pairs of containers, each with all its routes. */
static void put_pairs(struct drawing *drawing)
{
    const struct network_graph *graph = drawing->graph;
    ARENA_SCOPED scratch = {0};
    struct network_route_list routes = {0};
    for (size_t i = 0; i < graph->routes.count; i++) {
        const struct network_route *route = &graph->routes.items[i];
        if (route->from >= NETWORK_NODE_FIRST && route->to >= NETWORK_NODE_FIRST &&
            drawing->is_drawn[route->from] && drawing->is_drawn[route->to])
            *vec_push(&scratch, &routes) = *route;
    }
    if (routes.count > 1)
        qsort(routes.items, routes.count, sizeof(*routes.items), compare_routes);
    for (size_t i = 0, end; i < routes.count; i = end) {
        for (end = i; end < routes.count && routes.items[end].from == routes.items[i].from &&
                      routes.items[end].to == routes.items[i].to;
             end++)
            ;
        put_between(drawing, &routes.items[i], end - i);
    }
}

void drawing_put_arrows(struct drawing *drawing)
{
    const struct network_graph *graph = drawing->graph;
    for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++)
        for (size_t p = 0; drawing->is_drawn[n] && p < graph->nodes.items[n].publications.count;
             p++)
            if (!drawing_is_repeated(&graph->nodes.items[n], p))
                put_publication(drawing, n, p);
    put_pairs(drawing);
    put_links(drawing);
    put_memberships(drawing);
    put_host_arrows(drawing);
}
