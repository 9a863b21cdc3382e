// SPDX-License-Identifier: Apache-2.0
/*
 * The graph in Graphviz's language: each network a box around its containers, the host a box with
 * its ports, whoever is outside beside it. What every member of a network can do is said in the
 * network's title and drawn as an arrow only where it is not the same for all.
 */
#include "act/network/drawing.h"
#include "act/network/network.h"
#include "act/report/text.h"
#include "base/limits.h"
#include "io/graphviz.h"

#include <stdlib.h>
#include <string.h>

enum { NAMED = 6 }; /* ports of a node */

/* Spaces that stay: fonts of browsers are wider than the layout takes them for. */
#define PAD "\u00a0\u00a0"

void drawing_put_name(const struct drawing *drawing, str name)
{
    uint32_t rune;
    bool valid;
    while (name.len) {
        str rest = name;
        text_next_rune(&rest, &rune, &valid);
        if (!valid || text_is_unsafe(rune)) {
            fprintf(drawing->out, !valid || rune < 0x100 ? "\\\\x%02x" : "\\\\u%04x", rune);
        } else {
            if (rune == '"' || rune == '\\')
                fputc('\\', drawing->out);
            fwrite(name.ptr, 1, name.len - rest.len, drawing->out);
        }
        name = rest;
    }
}

void drawing_put_port(const struct drawing *drawing, bool is_udp, uint16_t port)
{
    fprintf(drawing->out, "%s %u", is_udp ? "udp" : "tcp", (unsigned)port);
}

/* ---- what is drawn ---- */

static struct cluster *cluster_of(struct drawing *drawing, const struct network_attachment *at)
{
    for (size_t i = 0; i < drawing->clusters.count; i++) {
        const struct network_attachment *known = drawing->clusters.items[i].attachment;
        if (known->engine == at->engine && str_eq(known->name, at->name))
            return &drawing->clusters.items[i];
    }
    struct cluster *cluster = vec_push(drawing->arena, &drawing->clusters);
    *cluster = (struct cluster){.attachment = at};
    return cluster;
}

static bool is_on_path(const struct network_graph *graph, size_t node)
{
    for (size_t p = 0; p < graph->paths.count; p++)
        for (size_t s = 0; s < graph->paths.items[p].steps.count; s++)
            if (graph->paths.items[p].steps.items[s].to == node)
                return true;
    return false;
}

static bool is_linked(const struct network_graph *graph, size_t node)
{
    for (size_t i = 0; i < graph->links.count; i++)
        if (graph->links.items[i].from == node || graph->links.items[i].to == node)
            return true;
    return false;
}

static bool has_use(const struct network_graph *graph, size_t node)
{
    for (size_t i = 0; i < graph->uses.count; i++)
        if (graph->uses.items[i].from == node || graph->uses.items[i].to == node)
            return true;
    return false;
}

/* Of containers of which there is nothing to tell, a few stand for all of their network. */
static bool is_among_few(struct drawing *drawing, size_t node)
{
    enum { PLAIN = 8 };
    const struct network_attachment_list *attachments =
        &drawing->graph->nodes.items[node].attachments;
    return attachments->count != 1 || cluster_of(drawing, &attachments->items[0])->plain++ < PLAIN;
}

static bool belongs(struct drawing *drawing, size_t node, unsigned pass)
{
    const struct network_graph *graph = drawing->graph;
    switch (pass) {
    case 0: return is_on_path(graph, node);
    case 1: return graph->nodes.items[node].publications.count > 0;
    case 2: return is_linked(graph, node) || has_use(graph, node);
    default: return is_among_few(drawing, node);
    }
}

/* What matters comes first, until there is no room: on ways to root, published, in use, the rest.
 */
static void choose(struct drawing *drawing)
{
    const struct network_graph *graph = drawing->graph;
    drawing->is_drawn = arena_array(drawing->arena, bool, graph->nodes.count);
    for (unsigned pass = 0; pass < 4; pass++)
        for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++)
            if (!drawing->is_drawn[n] && drawing->drawn < LIMIT_NETWORK_DRAWN &&
                belongs(drawing, n, pass)) {
                drawing->is_drawn[n] = true;
                drawing->drawn++;
            }
    for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++)
        for (size_t a = 0; a < graph->nodes.items[n].attachments.count; a++) {
            struct cluster *cluster =
                cluster_of(drawing, &graph->nodes.items[n].attachments.items[a]);
            cluster->members++;
            cluster->hidden += !drawing->is_drawn[n];
        }
}

/* ---- nodes ---- */

void drawing_put_node(const struct drawing *drawing, size_t index, const char *indent)
{
    const struct network_node *node = &drawing->graph->nodes.items[index];
    size_t told = 0;
    fprintf(drawing->out, "%sn%zu [label=\"", indent, index);
    drawing_put_name(drawing, node->name);
    for (size_t i = 0; i < node->services.count; i++) {
        const struct network_service *service = &node->services.items[i];
        if (service->scope == SCOPE_LOOPBACK || told++ >= NAMED)
            continue;
        fputs(told == 1 ? "\\n" : ", ", drawing->out);
        drawing_put_port(drawing, service->is_udp, service->port);
    }
    if (told > NAMED)
        fprintf(drawing->out, " and %zu more", told - NAMED);
    if (node->attachments.count == 0)
        fputs("\\non no network", drawing->out);
    bool is_pressed = is_on_path(drawing->graph, index);
    fprintf(drawing->out, "\"%s];\n",
            is_pressed ? ", color=\"" COLOR_ATTACK "\", penwidth=2, fillcolor=\"#fff0ee\"" : "");
}

/* How many ordered pairs of a network's members could talk, and how many do so directly. */
struct pairs {
    size_t open, possible, all;
};

static bool offers(const struct network_node *node)
{
    for (size_t i = 0; i < node->services.count; i++)
        if (node->services.items[i].scope != SCOPE_LOOPBACK)
            return true;
    return false;
}

static struct pairs count_pairs(const struct drawing *drawing, const struct cluster *cluster)
{
    const struct network_graph *graph = drawing->graph;
    struct pairs pairs = {0};
    size_t offering = 0, last = SIZE_MAX;
    for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++)
        offering += network_is_on(&graph->nodes.items[n], cluster->attachment) &&
                    offers(&graph->nodes.items[n]);
    pairs.all = offering * (cluster->members ? cluster->members - 1 : 0);
    ARENA_SCOPED scratch = {0};
    unsigned char *best = arena_array(&scratch, unsigned char, graph->nodes.count);
    for (size_t i = 0; i < graph->routes.count; i++) {
        const struct network_route *route = &graph->routes.items[i];
        if (route->to != last)
            memset(best, NETWORK_BLOCKED, graph->nodes.count);
        last = route->to;
        if (route->way.kind != WAY_DIRECT || best[route->from] >= route->way.verdict ||
            !network_is_on(&graph->nodes.items[route->from], cluster->attachment) ||
            !network_is_on(&graph->nodes.items[route->to], cluster->attachment))
            continue;
        pairs.possible += route->way.verdict == NETWORK_POSSIBLE;
        pairs.open += route->way.verdict == NETWORK_OPEN;
        pairs.possible -=
            route->way.verdict == NETWORK_OPEN && best[route->from] == NETWORK_POSSIBLE;
        best[route->from] = (unsigned char)route->way.verdict;
    }
    return pairs;
}

static void put_cluster(const struct drawing *drawing, size_t index)
{
    const struct cluster *cluster = &drawing->clusters.items[index];
    const struct network_graph *graph = drawing->graph;
    const struct engine_network *network = cluster->attachment->network;
    struct pairs pairs = count_pairs(drawing, cluster);
    fprintf(drawing->out, "  subgraph cluster_%zu {\n    labelloc=t; label=\"" PAD "network ",
            index);
    drawing_put_name(drawing, cluster->attachment->name);
    if (network && network->is_internal)
        fputs(" (internal)", drawing->out);
    if (pairs.all && pairs.open == pairs.all)
        fputs(PAD "\\n" PAD "all reach each other", drawing->out);
    else if (pairs.all && pairs.open + pairs.possible == 0)
        fputs(PAD "\\n" PAD "kept apart from each other", drawing->out);
    else if (pairs.all && pairs.possible)
        fprintf(drawing->out, PAD "\\n" PAD "of %zu ways between them %zu are open, %zu may be",
                pairs.all, pairs.open, pairs.possible);
    else if (pairs.all)
        fprintf(drawing->out, PAD "\\n" PAD "%zu of %zu ways between them are open", pairs.open,
                pairs.all);
    fprintf(drawing->out,
            PAD "\";\n    style=\"rounded,filled\"; color=\"#afb8c1\"; fillcolor=\"%s\";\n"
                "    a%zu [shape=point, style=invis, width=0.01];\n",
            network && network->is_internal ? "#f3f0ff" : "#eef4fb", index);
    for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++)
        if (drawing->is_drawn[n] && graph->nodes.items[n].attachments.count == 1 &&
            network_is_on(&graph->nodes.items[n], cluster->attachment))
            drawing_put_node(drawing, n, "    ");
    if (cluster->hidden)
        fprintf(drawing->out, "    m%zu [label=\"and %zu more\", shape=plaintext, style=\"\"];\n",
                index, cluster->hidden);
    fputs("  }\n", drawing->out);
}

/* ---- the host ---- */

static bool reaches_host(const struct network_graph *graph, const struct network_service *service)
{
    for (size_t i = 0; i < graph->routes.count; i++)
        if (graph->routes.items[i].to == NETWORK_NODE_HOST &&
            graph->routes.items[i].port == service->port &&
            graph->routes.items[i].is_udp == service->is_udp)
            return true;
    return false;
}

/* Published for IPv4 and IPv6 is two rows and one arrow. */
bool drawing_is_repeated(const struct network_node *node, size_t publication)
{
    const struct network_publication *b = &node->publications.items[publication];
    for (size_t i = 0; i < publication; i++) {
        const struct network_publication *a = &node->publications.items[i];
        if (a->host_port == b->host_port && a->port == b->port && a->is_udp == b->is_udp &&
            a->scope == b->scope && a->scope != SCOPE_ADDRESS)
            return true;
    }
    return false;
}

static void put_host(const struct drawing *drawing)
{
    const struct network_graph *graph = drawing->graph;
    const struct network_node *host = &graph->nodes.items[NETWORK_NODE_HOST];
    size_t told = 0;
    bool has_root = false;
    fputs(
        "  subgraph cluster_host {\n    labelloc=t; label=\"this host\";\n    style=\"rounded,filled\"; "
        "color=\"#9a6700\"; fillcolor=\"#fff8e6\";\n    n0 [label=\"the host itself",
        drawing->out);
    for (size_t i = 0; i < host->services.count; i++) {
        const struct network_service *service = &host->services.items[i];
        if (!reaches_host(graph, service) || told++ >= NAMED)
            continue;
        fputs(told == 1 ? "\\n" : ", ", drawing->out);
        drawing_put_port(drawing, service->is_udp, service->port);
    }
    if (told > NAMED)
        fprintf(drawing->out, " and %zu more", told - NAMED);
    for (size_t i = 0; i < host->members.count && i < NAMED; i++) {
        fputs(i ? ", " : "\\nwith ", drawing->out);
        drawing_put_name(drawing, host->members.items[i]);
    }
    fputs("\"];\n", drawing->out);
    for (size_t i = 0; i < graph->links.count; i++)
        has_root |= graph->links.items[i].is_root;
    if (has_root)
        fputs("    root [label=\"root of the host\", color=\"" COLOR_ATTACK
              "\", fontcolor=\"#ffffff\", fillcolor=\"" COLOR_ATTACK "\"];\n",
              drawing->out);
    for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++)
        for (size_t p = 0; drawing->is_drawn[n] && p < graph->nodes.items[n].publications.count;
             p++) {
            const struct network_publication *port = &graph->nodes.items[n].publications.items[p];
            if (drawing_is_repeated(&graph->nodes.items[n], p))
                continue;
            fprintf(drawing->out, "    p%zu_%zu [label=\"published ", n, p);
            drawing_put_port(drawing, port->is_udp, port->host_port);
            if (port->scope != SCOPE_ANY) {
                fputs("\\non ", drawing->out);
                drawing_put_name(drawing, port->host_ip);
                fputs(port->scope == SCOPE_LOOPBACK ? " alone" : "", drawing->out);
            }
            fputs("\", style=filled];\n", drawing->out);
        }
    fputs("  }\n", drawing->out);
}

/* ---- the whole ---- */

/* The Internet is told apart from the host's own network only where it reaches something else. */
static enum drawing_outside compare_outside(const struct network_graph *graph)
{
    size_t of_lan = 0, of_internet = 0, open = 0;
    for (size_t i = 0; i < graph->routes.count; i++) {
        const struct network_route *route = &graph->routes.items[i];
        of_lan += route->from == NETWORK_NODE_LAN && route->way.kind != WAY_ROUTED &&
                  route->way.verdict == NETWORK_OPEN;
        of_internet += route->from == NETWORK_NODE_INTERNET;
        open += route->from == NETWORK_NODE_INTERNET && route->way.verdict == NETWORK_OPEN;
    }
    if (of_internet && open == 0)
        return OUTSIDE_BEHIND_ROUTER;
    return open == of_internet && open == of_lan ? OUTSIDE_IS_ONE : OUTSIDE_IS_TWO;
}

static void put_outside(const struct drawing *drawing)
{
    const struct network_graph *graph = drawing->graph;
    const char *const labels[] = {[NETWORK_NODE_LAN] = "the host's network (lan)",
                                  [NETWORK_NODE_INTERNET] =
                                      drawing->outside == OUTSIDE_IS_ONE
                                          ? "the Internet, and\\nthe host's network (lan)"
                                          : "the Internet"};
    for (size_t n = NETWORK_NODE_LAN; n <= NETWORK_NODE_INTERNET; n++) {
        bool starts = false;
        if (n == NETWORK_NODE_LAN && drawing->outside == OUTSIDE_IS_ONE)
            continue;
        for (size_t p = 0; p < graph->paths.count; p++)
            starts |= graph->paths.items[p].from == n;
        fprintf(drawing->out, "  n%zu [label=\"%s\", shape=ellipse, fillcolor=\"#fdebd8\"%s];\n", n,
                labels[n], starts ? ", color=\"" COLOR_ATTACK "\", penwidth=2" : "");
    }
    if (drawing->outside == OUTSIDE_BEHIND_ROUTER)
        fprintf(
            drawing->out,
            "  n%d -> n%d [label=\"where a router\\npasses ports on\", style=dashed, color=\"%s\"];\n",
            NETWORK_NODE_INTERNET, NETWORK_NODE_LAN, COLOR_OUTSIDE);
}

void network_dot(const struct network_graph *graph, FILE *out)
{
    ARENA_SCOPED arena = {0};
    struct drawing drawing = {
        .arena = &arena, .graph = graph, .out = out, .outside = compare_outside(graph)};
    choose(&drawing);
    fputs("digraph network {\n  rankdir=LR; compound=true; nodesep=0.22; ranksep=0.7;\n"
          "  fontname=\"Helvetica\"; fontsize=12; bgcolor=\"#ffffff\";\n"
          "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", color=\"" COLOR_PLAIN
          "\", fontname=\"Helvetica\", fontsize=11, margin=\"0.2,0.07\"];\n"
          "  edge [fontname=\"Helvetica\", fontsize=10, color=\"" COLOR_PLAIN
          "\", arrowsize=0.7];\n  labelloc=b;\n",
          out);
    put_outside(&drawing);
    put_host(&drawing);
    for (size_t i = 0; i < drawing.clusters.count; i++)
        put_cluster(&drawing, i);
    for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++)
        if (drawing.is_drawn[n] && graph->nodes.items[n].attachments.count != 1)
            drawing_put_node(&drawing, n, "  ");
    drawing_put_arrows(&drawing);
    fputs(
        "  label=\"red: a way from outside to root of the host · orange: from outside · green: in use "
        "now · violet: not over a network · dashed: possible",
        out);
    if (drawing.left_out)
        fprintf(out, "\\n%zu more arrows between containers are not drawn", drawing.left_out);
    fputs("\";\n}\n", out);
}

int network_svg(struct arena *arena, const struct network_graph *graph, str *ret, struct err *err)
{
    char *text = NULL;
    size_t len = 0;
    FILE *memory = open_memstream(&text, &len);
    if (!memory)
        return err_sys(err, "cannot write to memory");
    network_dot(graph, memory);
    int result = fclose(memory) == 0 ? graphviz_svg(arena, str_make(text, len), ret, err)
                                     : err_sys(err, "cannot write to memory");
    free(text);
    return result;
}
