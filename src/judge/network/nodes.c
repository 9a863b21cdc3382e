// SPDX-License-Identifier: Apache-2.0
/* Containers, networks and listening sockets as nodes, one for each network namespace. */
#include "base/limits.h"
#include "judge/network/parts.h"

#include <stdlib.h>
#include <string.h>

struct nodes {
    struct arena *arena;
    const struct host *host;
    struct network_graph *graph;
};

enum network_scope network_scope_of(str address)
{
    if (address.len == 0 || str_eq(address, STR("0.0.0.0")) || str_eq(address, STR("::")))
        return SCOPE_ANY;
    if (str_starts(address, STR("127.")) || str_eq(address, STR("::1")) ||
        str_starts(address, STR("::ffff:127.")))
        return SCOPE_LOOPBACK;
    return SCOPE_ADDRESS;
}

const struct network_service *network_service(const struct network_node *node, uint16_t port,
                                              bool is_udp)
{
    for (size_t i = 0; i < node->services.count; i++)
        if (node->services.items[i].port == port && node->services.items[i].is_udp == is_udp)
            return &node->services.items[i];
    return NULL;
}

static int compare_services(const void *left, const void *right)
{
    const struct network_service *a = left, *b = right;
    if (a->port != b->port)
        return (a->port > b->port) - (a->port < b->port);
    if (a->is_udp != b->is_udp)
        return a->is_udp - b->is_udp;
    if (a->scope != b->scope)
        return (a->scope < b->scope) - (a->scope > b->scope);
    return str_cmp(a->address, b->address);
}

/* Sorted, and of each port and protocol only the socket that most can reach. */
static void tidy_services(struct network_service_list *list)
{
    size_t kept = 0;
    if (list->count < 2)
        return;
    qsort(list->items, list->count, sizeof(*list->items), compare_services);
    for (size_t i = 0; i < list->count; i++) {
        const struct network_service *last = kept ? &list->items[kept - 1] : NULL;
        const struct network_service *now = &list->items[i];
        if (!last || last->port != now->port || last->is_udp != now->is_udp) {
            list->items[kept++] = *now;
        } else {
            list->items[kept - 1].on_ipv4 |= now->on_ipv4;
            list->items[kept - 1].on_ipv6 |= now->on_ipv6;
        }
    }
    list->count = kept;
}

/* The engine's own name server answers only inside. */
static bool is_engine_dns(str address)
{
    return str_eq(address, STR("127.0.0.11"));
}

static void add_listeners(struct nodes *nodes, const struct host_namespace *space,
                          struct network_node *node)
{
    node->inode = space->inode;
    node->space = space;
    for (size_t i = 0; i < space->listeners.count; i++) {
        const struct host_listener *listener = &space->listeners.items[i];
        if (is_engine_dns(listener->address))
            continue;
        enum network_scope scope = network_scope_of(listener->address);
        bool has_colon = str_find_char(listener->address, ':') != STR_NONE;
        bool is_any6 = str_eq(listener->address, STR("::"));
        *vec_push(nodes->arena, &node->services) = (struct network_service){
            .port = listener->port,
            .is_udp = listener->is_udp,
            .scope = scope,
            .address = listener->address,
            .on_ipv4 = scope != SCOPE_LOOPBACK && (!has_colon || is_any6),
            .on_ipv6 = scope != SCOPE_LOOPBACK && has_colon,
        };
    }
    tidy_services(&node->services);
}

static const struct host_namespace *namespace_of(const struct host *host, uint32_t pid)
{
    for (size_t i = 0; pid && i < host->namespaces.count; i++) {
        const struct host_pid_list *pids = &host->namespaces.items[i].pids;
        size_t low = 0, high = pids->count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (pids->items[middle] < pid)
                low = middle + 1;
            else
                high = middle;
        }
        if (low < pids->count && pids->items[low] == pid)
            return &host->namespaces.items[i];
    }
    return NULL;
}

static const struct engine_network *network_named(const struct engine_facts *engine, str name)
{
    for (size_t i = 0; i < engine->networks.count; i++)
        if (str_eq(engine->networks.items[i].name, name))
            return &engine->networks.items[i];
    return NULL;
}

static void set_address(str address, str gateway, bool is_ipv6, struct network_address *ret)
{
    ret->is_known = network_address_parse(address, is_ipv6, ret->bytes);
    ret->has_gateway = network_address_parse(gateway, is_ipv6, ret->gateway);
}

/* Addresses, and the interface by which the host sends there: the bridge. Where the engine does
 * not tell a gateway (internal networks), it is the host's own address on that network. */
static void locate(struct nodes *nodes, const struct engine_container *container,
                   struct network_attachment *attachment)
{
    const struct network_node *host = &nodes->graph->nodes.items[NETWORK_NODE_HOST];
    for (size_t i = 0; i < container->endpoints.count; i++) {
        const struct engine_endpoint *endpoint = &container->endpoints.items[i];
        if (!str_eq(endpoint->network, attachment->name))
            continue;
        set_address(endpoint->ipv4, endpoint->gateway4, false, &attachment->addresses[0]);
        set_address(endpoint->ipv6, endpoint->gateway6, true, &attachment->addresses[1]);
    }
    for (unsigned family = 0; host->space && family < 2; family++) {
        struct network_address *address = &attachment->addresses[family];
        const struct host_route *route =
            address->is_known ? network_route_to(host->space, family == 1, address->bytes) : NULL;
        if (!route || route->has_gateway || !route->prefix)
            continue;
        attachment->bridge = route->interface;
        for (size_t i = 0; i < host->space->addresses.count && !address->has_gateway; i++) {
            const struct host_address *own = &host->space->addresses.items[i];
            if (own->is_ipv6 != (family == 1) ||
                network_route_to(host->space, own->is_ipv6, own->bytes) != route)
                continue;
            address->has_gateway = true;
            memcpy(address->gateway, own->bytes, sizeof(address->gateway));
        }
    }
}

static void add_networks(struct nodes *nodes, const struct engine_container *container,
                         const struct workload *workload, struct network_node *node)
{
    for (size_t i = 0; i < workload->networks.count; i++) {
        str name = workload->networks.items[i].value;
        if (str_eq(name, STR("none")) || str_eq(name, STR("host")))
            continue;
        struct network_attachment *attachment = vec_push(nodes->arena, &node->attachments);
        *attachment = (struct network_attachment){
            .engine = node->engine, .name = name, .network = network_named(node->engine, name)};
        locate(nodes, container, attachment);
    }
}

static void add_ports(struct nodes *nodes, const struct workload *workload,
                      struct network_node *node)
{
    for (size_t i = 0; i < workload->ports.count; i++) {
        const struct workload_port *port = &workload->ports.items[i];
        bool is_udp = str_eq(port->protocol, STR("udp"));
        if (!is_udp && !str_eq(port->protocol, STR("tcp")))
            continue;
        if (port->published && port->host_first)
            *vec_push(nodes->arena, &node->publications) =
                (struct network_publication){.scope = network_scope_of(port->host_ip),
                                             .host_ip = port->host_ip,
                                             .host_port = (uint16_t)port->host_first,
                                             .port = (uint16_t)port->container_first,
                                             .is_udp = is_udp};
        if (!node->inode)
            *vec_push(nodes->arena, &node->services) =
                (struct network_service){.port = (uint16_t)port->container_first,
                                         .is_udp = is_udp,
                                         .is_assumed = true,
                                         .scope = SCOPE_ANY,
                                         .on_ipv4 = true,
                                         .on_ipv6 = true};
    }
    tidy_services(&node->services);
}

static void add_gap(struct nodes *nodes, str path, const char *reason)
{
    if (nodes->graph->gaps.count < LIMIT_GAPS)
        *vec_push(nodes->arena, &nodes->graph->gaps) =
            (struct gap){.path = path, .reason = str_from(reason)};
}

/* The node that a container joins, or NULL where it has its own. */
static struct network_node *joined(struct nodes *nodes, const struct engine_facts *engine,
                                   const struct workload *workload, uint64_t inode)
{
    struct network_node_list *list = &nodes->graph->nodes;
    str mode = workload->network_mode.value;
    for (size_t i = 0; inode && i < list->count; i++)
        if (list->items[i].inode == inode)
            return &list->items[i];
    if (str_eq(mode, STR("host")))
        return &list->items[NETWORK_NODE_HOST];
    if (!str_skip(&mode, STR("container:")))
        return NULL;
    for (size_t i = NETWORK_NODE_FIRST; i < list->count; i++)
        for (size_t m = 0; m < list->items[i].ids.count; m++)
            if (list->items[i].engine == engine && (str_eq(list->items[i].ids.items[m], mode) ||
                                                    str_eq(list->items[i].members.items[m], mode)))
                return &list->items[i];
    return NULL;
}

static void add_container(struct nodes *nodes, const struct engine_facts *engine,
                          const struct engine_container *container)
{
    struct arena *arena = nodes->arena;
    const struct workload *workload = &engine->workloads.items[container->workload];
    const struct host_namespace *space = namespace_of(nodes->host, container->pid);
    struct network_node *node = joined(nodes, engine, workload, space ? space->inode : 0);
    if (!node) {
        node = vec_push(arena, &nodes->graph->nodes);
        *node = (struct network_node){.kind = NODE_CONTAINER, .engine = engine};
        if (space)
            add_listeners(nodes, space, node);
        else
            add_gap(nodes, container->name,
                    "its listening ports could not be seen; those that it declares are taken");
    }
    if (node->kind == NODE_CONTAINER) {
        add_networks(nodes, container, workload, node);
        add_ports(nodes, workload, node);
        node->has_links |= workload->links.count > 0;
    }
    *vec_push(arena, &node->members) = container->name;
    *vec_push(arena, &node->ids) = container->id;
    *vec_push(arena, &node->workloads) = workload;
    if (node->kind == NODE_CONTAINER)
        node->name = node->name.len ? arena_join(arena, node->name, STR(" + "), container->name)
                                    : container->name;
}

/* Those that join another come second, so that it is there. */
static void add_containers(struct nodes *nodes, const struct engine_facts *engine)
{
    for (unsigned pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < engine->containers.count; i++) {
            const struct engine_container *container = &engine->containers.items[i];
            str mode = engine->workloads.items[container->workload].network_mode.value;
            if (container->is_running && str_starts(mode, STR("container:")) == (pass == 1))
                add_container(nodes, engine, container);
        }
}

static bool any_daemon(const struct host *host, str name)
{
    for (size_t i = 0; i < host->daemons.count; i++)
        if (daemon_setting_is(&host->daemons.items[i], name, STR("false")))
            return true;
    return false;
}

void network_nodes(struct arena *arena, const struct host *host,
                   const struct engine_facts_list *engines, struct network_graph *graph)
{
    struct nodes nodes = {.arena = arena, .host = host, .graph = graph};
    bool has_host = false;
    graph->host = host;
    graph->steps = arena_new(arena, uint64_t);
    graph->no_iptables = any_daemon(host, STR("iptables"));
    graph->no_proxy = any_daemon(host, STR("userland-proxy"));
    *vec_push(arena, &graph->nodes) = (struct network_node){.kind = NODE_HOST, .name = STR("host")};
    *vec_push(arena, &graph->nodes) = (struct network_node){.kind = NODE_LAN, .name = STR("lan")};
    *vec_push(arena, &graph->nodes) =
        (struct network_node){.kind = NODE_INTERNET, .name = STR("internet")};
    for (size_t i = 0; i < host->namespaces.count; i++)
        if (host->namespaces.items[i].is_host) {
            add_listeners(&nodes, &host->namespaces.items[i],
                          &graph->nodes.items[NETWORK_NODE_HOST]);
            has_host = true;
            graph->has_firewall = host->namespaces.items[i].firewall.is_known;
        }
    network_outside(graph);
    if (!has_host)
        add_gap(&nodes, STR("host"), "its listening ports could not be seen");
    for (size_t i = 0; i < engines->count; i++)
        add_containers(&nodes, &engines->items[i]);
}
