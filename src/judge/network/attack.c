// SPDX-License-Identifier: Apache-2.0
/*
 * How somebody outside becomes root of the host: over open ports into containers, from one to the
 * other, and out of the last by what it was given. That a service behind an open port can be taken
 * over is supposed, not looked at.
 */
#include "base/limits.h"
#include "judge/network/parts.h"

#include <stdlib.h>
#include <string.h>

/* ---- links that are no network ---- */

static void add_link(struct arena *arena, struct network_graph *graph, size_t from, size_t to,
                     bool is_root, str reason, const char *remedy)
{
    for (size_t i = 0; i < graph->links.count; i++)
        if (graph->links.items[i].from == from && graph->links.items[i].to == to &&
            graph->links.items[i].is_root == is_root &&
            str_eq(graph->links.items[i].reason, reason))
            return;
    *vec_push(arena, &graph->links) = (struct network_link){
        .from = from, .to = to, .is_root = is_root, .reason = reason, .remedy = remedy};
}

static bool is_engine_socket(str path)
{
    static const str ends[] = {
        STR_INIT("/docker.sock"), STR_INIT("/containerd.sock"), STR_INIT("/crio.sock"),
        STR_INIT("/podman.sock"), STR_INIT("/buildkitd.sock"),
    };
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (str_ends(path, ends[i]))
            return true;
    return str_eq(path, STR("/run")) || str_eq(path, STR("/var/run"));
}

/* Writing there is being root, sooner or later. */
static bool is_host_folder(str path)
{
    static const str folders[] = {
        STR_INIT("/"),
        STR_INIT("/etc"),
        STR_INIT("/root"),
        STR_INIT("/usr"),
        STR_INIT("/boot"),
        STR_INIT("/lib"),
        STR_INIT("/bin"),
        STR_INIT("/sbin"),
        STR_INIT("/dev"),
        STR_INIT("/proc"),
        STR_INIT("/sys"),
        STR_INIT("/var/lib/docker"),
        STR_INIT("/var/spool/cron"),
    };
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        if (str_eq(path, folders[i]))
            return true;
    return false;
}

static void mount_links(struct arena *arena, struct network_graph *graph, size_t node,
                        const struct workload *workload)
{
    for (size_t i = 0; i < workload->mounts.count; i++) {
        const struct workload_mount *mount = &workload->mounts.items[i];
        if (mount->kind != MOUNT_BIND)
            continue;
        if (is_engine_socket(mount->source))
            add_link(arena, graph, node, NETWORK_NODE_HOST, true,
                     arena_printf(arena, "%.*s has the engine's socket (%.*s)",
                                  STR_ARG(workload->name), STR_ARG(mount->source)),
                     "take the engine's socket away, or put a proxy with a list in between");
        else if (is_host_folder(mount->source) && !mount->read_only)
            add_link(arena, graph, node, NETWORK_NODE_HOST, true,
                     arena_printf(arena, "%.*s writes to the host's %.*s", STR_ARG(workload->name),
                                  STR_ARG(mount->source)),
                     "mount a narrower folder, read-only");
    }
}

static void power_links(struct arena *arena, struct network_graph *graph, size_t node,
                        const struct workload *workload)
{
    static const char *const capabilities[] = {"SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO",
                                               "DAC_READ_SEARCH", "BPF"};
    if (workload->privileged.set && workload->privileged.value) {
        add_link(arena, graph, node, NETWORK_NODE_HOST, true,
                 arena_printf(arena, "%.*s is privileged", STR_ARG(workload->name)),
                 "give single capabilities and devices in the place of --privileged");
        return;
    }
    for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++)
        if (workload_has_capability(workload, str_from(capabilities[i])))
            add_link(arena, graph, node, NETWORK_NODE_HOST, true,
                     arena_printf(arena, "%.*s has the capability %s", STR_ARG(workload->name),
                                  capabilities[i]),
                     "drop that capability");
    if (str_eq(workload->pid_mode.value, STR("host")) &&
        workload_has_capability(workload, STR("SYS_PTRACE")))
        add_link(arena, graph, node, NETWORK_NODE_HOST, true,
                 arena_printf(arena, "%.*s sees the host's processes and may trace them",
                              STR_ARG(workload->name)),
                 "remove --pid=host");
}

/* What one writes and the other has too: a file that is read, or run, there. */
static const struct workload_mount *shares(const struct workload *writer,
                                           const struct workload *reader)
{
    for (size_t i = 0; i < writer->mounts.count; i++) {
        const struct workload_mount *a = &writer->mounts.items[i];
        bool counts = a->kind == MOUNT_VOLUME || a->kind == MOUNT_BIND;
        if (!counts || a->read_only || !a->source.len)
            continue;
        for (size_t j = 0; j < reader->mounts.count; j++)
            if (reader->mounts.items[j].kind == a->kind &&
                str_eq(reader->mounts.items[j].source, a->source))
                return a;
    }
    return NULL;
}

/* "container:X" in its PID or IPC mode, by name or id. */
static bool joins(const struct network_node *node, str mode)
{
    if (!str_skip(&mode, STR("container:")))
        return false;
    for (size_t i = 0; i < node->ids.count; i++)
        if (str_eq(node->ids.items[i], mode) || str_eq(node->members.items[i], mode))
            return true;
    return false;
}

static void pair_links(struct arena *arena, struct network_graph *graph, size_t from, size_t to,
                       const struct workload *a, const struct workload *b)
{
    const struct workload_mount *mount = shares(a, b);
    if (mount)
        add_link(arena, graph, from, to, false,
                 arena_printf(arena, "%.*s writes to %.*s, which %.*s has too", STR_ARG(a->name),
                              STR_ARG(mount->source), STR_ARG(b->name)),
                 "mount it read-only where it is only read");
    const str modes[] = {a->pid_mode.value, a->ipc_mode.value};
    for (size_t i = 0; i < 2; i++)
        if (joins(&graph->nodes.items[to], modes[i]))
            add_link(arena, graph, from, to, false,
                     arena_printf(arena, "%.*s shares %s with %.*s", STR_ARG(a->name),
                                  i ? "memory (IPC)" : "processes (PID)", STR_ARG(b->name)),
                     i ? "remove --ipc=container:" : "remove --pid=container:");
}

static void find_links(struct arena *arena, struct network_graph *graph)
{
    for (size_t n = 0; n < graph->nodes.count; n++) {
        const struct network_node *node = &graph->nodes.items[n];
        for (size_t w = 0; w < node->workloads.count; w++) {
            mount_links(arena, graph, n, node->workloads.items[w]);
            power_links(arena, graph, n, node->workloads.items[w]);
        }
        for (size_t m = NETWORK_NODE_FIRST; m < graph->nodes.count; m++)
            for (size_t i = 0; m != n && i < node->workloads.count; i++)
                for (size_t j = 0; j < graph->nodes.items[m].workloads.count; j++)
                    if (graph->links.count < LIMIT_NETWORK_LINKS)
                        pair_links(arena, graph, n, m, node->workloads.items[i],
                                   graph->nodes.items[m].workloads.items[j]);
    }
    if (graph->links.count >= LIMIT_NETWORK_LINKS)
        network_gap(arena, graph,
                    arena_printf(arena,
                                 "more than %d volumes, namespaces and rights join containers: the "
                                 "rest was left out",
                                 LIMIT_NETWORK_LINKS));
}

/* ---- paths ---- */

/* Where one can go from a node: links, and open routes. Sorted by `from`. */
struct edge {
    size_t from, to; /* nodes.count is root */
    const struct network_route *route;
    const struct network_link *link;
};
struct edge_list VEC_BODY(struct edge);

/* Links first, then routes as they come. */
static int compare_edges(const void *left, const void *right)
{
    const struct edge *a = left, *b = right;
    if (a->from != b->from)
        return (a->from > b->from) - (a->from < b->from);
    if (!a->link != !b->link)
        return a->link ? -1 : 1;
    return a->link ? (a->link > b->link) - (a->link < b->link)
                   : (a->route > b->route) - (a->route < b->route);
}

static struct edge_list find_edges(struct arena *arena, const struct network_graph *graph)
{
    struct edge_list edges = {0};
    for (size_t i = 0; i < graph->links.count; i++) {
        const struct network_link *link = &graph->links.items[i];
        *vec_push(arena, &edges) = (struct edge){
            .from = link->from, .to = link->is_root ? graph->nodes.count : link->to, .link = link};
    }
    for (size_t i = 0; i < graph->routes.count; i++) {
        const struct network_route *route = &graph->routes.items[i];
        /* A service of the host is no root of it by itself. */
        if (route->way.verdict != NETWORK_OPEN || route->to < NETWORK_NODE_FIRST)
            continue;
        *vec_push(arena, &edges) =
            (struct edge){.from = route->from, .to = route->to, .route = route};
    }
    if (edges.count > 1)
        qsort(edges.items, edges.count, sizeof(*edges.items), compare_edges);
    return edges;
}

static size_t edges_from(const struct edge_list *edges, size_t from)
{
    size_t low = 0, high = edges->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (edges->items[middle].from < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The edge by which a node was reached first; root is one behind the last node. */
struct reach {
    bool is_reached;
    const struct edge *by;
};

/* Breadth first: the fewest steps. `queue` has room for all nodes and root. */
static void spread(const struct edge_list *edges, size_t start, struct reach *reach, size_t *queue)
{
    size_t end = 0;
    reach[start].is_reached = true;
    queue[end++] = start;
    for (size_t at = 0; at < end; at++)
        for (size_t i = edges_from(edges, queue[at]);
             i < edges->count && edges->items[i].from == queue[at]; i++) {
            const struct edge *edge = &edges->items[i];
            if (reach[edge->to].is_reached)
                continue;
            reach[edge->to] = (struct reach){.is_reached = true, .by = edge};
            queue[end++] = edge->to;
        }
}

static str edge_text(struct arena *arena, const struct edge *edge)
{
    if (edge->link)
        return edge->link->reason;
    const struct network_route *route = edge->route;
    return arena_printf(arena, "port %u/%s%s", (unsigned)route->way.at_port,
                        route->is_udp ? "udp" : "tcp",
                        route->way.kind == WAY_PUBLISHED ? ", published on the host" : "");
}

static void add_path(struct arena *arena, struct network_graph *graph, const struct reach *reach,
                     size_t start)
{
    size_t at = graph->nodes.count, count = 0;
    struct network_path *path = vec_push(arena, &graph->paths);
    *path = (struct network_path){.from = start};
    for (size_t n = at; n != start; n = reach[n].by->from)
        count++;
    for (size_t i = 0; i < count; i++)
        *vec_push(arena, &path->steps) = (struct network_step){0};
    for (; at != start; at = reach[at].by->from)
        path->steps.items[--count] = (struct network_step){
            .to = at == graph->nodes.count ? SIZE_MAX : at, .how = edge_text(arena, reach[at].by)};
}

/* ---- the change that cuts most ---- */

/*
 * Ways from outside to root are pairs: a container that is exposed, and a link to root that can be
 * reached from there. Without a link, its pairs are gone; without its open ports, those of an
 * exposed container.
 */
static void find_cut(struct arena *arena, struct network_graph *graph,
                     const struct edge_list *edges, size_t start)
{
    ARENA_SCOPED scratch = {0};
    size_t places = graph->nodes.count + 1;
    size_t *by_link = arena_array(&scratch, size_t, graph->links.count + 1);
    size_t *by_node = arena_array(&scratch, size_t, places);
    bool *is_done = arena_array(&scratch, bool, places);
    size_t *queue = arena_array(&scratch, size_t, places);
    struct reach *reach = arena_array(&scratch, struct reach, places);
    graph->cut = (struct network_cut){0};
    for (size_t i = edges_from(edges, start); i < edges->count && edges->items[i].from == start;
         i++) {
        size_t exposed = edges->items[i].to;
        if (!edges->items[i].route || is_done[exposed])
            continue;
        is_done[exposed] = true;
        memset(reach, 0, places * sizeof(*reach));
        spread(edges, exposed, reach, queue);
        for (size_t l = 0; l < graph->links.count; l++) {
            bool counts =
                graph->links.items[l].is_root && reach[graph->links.items[l].from].is_reached;
            by_link[l] += counts;
            by_node[exposed] += counts;
            graph->cut.total += counts;
        }
    }
    for (size_t l = 0; l < graph->links.count; l++) {
        if (by_link[l] <= graph->cut.count)
            continue;
        const struct network_link *link = &graph->links.items[l];
        graph->cut.count = by_link[l];
        graph->cut.text = arena_printf(arena, "%.*s: %s", STR_ARG(link->reason), link->remedy);
    }
    for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++) {
        if (by_node[n] <= graph->cut.count)
            continue;
        graph->cut.count = by_node[n];
        graph->cut.text =
            arena_printf(arena, "do not publish the ports of %.*s, or on 127.0.0.1 only",
                         STR_ARG(graph->nodes.items[n].name));
    }
}

void network_attack(struct arena *arena, struct network_graph *graph)
{
    static const size_t starts[] = {NETWORK_NODE_INTERNET, NETWORK_NODE_LAN};
    ARENA_SCOPED scratch = {0};
    size_t places = graph->nodes.count + 1;
    find_links(arena, graph);
    struct edge_list edges = find_edges(&scratch, graph);
    for (size_t i = 0; i < 2; i++) {
        struct reach *reach = arena_array(&scratch, struct reach, places);
        spread(&edges, starts[i], reach, arena_array(&scratch, size_t, places));
        if (!reach[graph->nodes.count].is_reached)
            continue;
        add_path(arena, graph, reach, starts[i]);
        if (!graph->cut.total)
            find_cut(arena, graph, &edges, starts[i]);
    }
}
