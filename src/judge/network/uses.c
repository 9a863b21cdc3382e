// SPDX-License-Identifier: Apache-2.0
/*
 * Who really talks to whom: each connection of each network namespace, from the end that is seen
 * there. What goes through the engine's proxy is two connections, of which the one to the host
 * tells who it is for.
 */
#include "base/limits.h"
#include "judge/network/parts.h"

#include <stdlib.h>
#include <string.h>

struct uses {
    struct arena *arena;
    struct network_graph *graph;
};

static int compare_uses(const void *left, const void *right)
{
    const struct network_use *a = left, *b = right;
    if (a->to != b->to)
        return (a->to > b->to) - (a->to < b->to);
    if (a->port != b->port)
        return (a->port > b->port) - (a->port < b->port);
    return (a->from > b->from) - (a->from < b->from);
}

static void use(struct uses *uses, size_t from, size_t to, uint16_t port)
{
    if (from != to && uses->graph->uses.count < LIMIT_HOST_ROWS)
        *vec_push(uses->arena, &uses->graph->uses) =
            (struct network_use){.from = from, .to = to, .port = port};
}

struct address {
    bool is_ipv6;
    unsigned char bytes[16];
};

/* "::ffff:172.18.0.2" is an address of IPv4. */
static bool read_address(str text, struct address *ret)
{
    str_skip(&text, STR("::ffff:"));
    ret->is_ipv6 = str_find_char(text, ':') != STR_NONE;
    return network_address_parse(text, ret->is_ipv6, ret->bytes);
}

static bool is_loopback(const struct address *address)
{
    static const unsigned char one[16] = {[15] = 1};
    return address->is_ipv6 ? memcmp(address->bytes, one, sizeof(one)) == 0
                            : address->bytes[0] == 127;
}

/* Whose address that is: a container's, the host's, else somebody's outside. */
static size_t whose(const struct network_graph *graph, const struct address *address)
{
    const struct host_namespace *host = graph->nodes.items[NETWORK_NODE_HOST].space;
    for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++)
        for (size_t a = 0; a < graph->nodes.items[n].attachments.count; a++) {
            const struct network_address *own =
                &graph->nodes.items[n].attachments.items[a].addresses[address->is_ipv6];
            if (own->is_known && memcmp(own->bytes, address->bytes, address->is_ipv6 ? 16 : 4) == 0)
                return n;
        }
    for (size_t i = 0; host && i < host->addresses.count; i++)
        if (host->addresses.items[i].is_ipv6 == address->is_ipv6 &&
            memcmp(host->addresses.items[i].bytes, address->bytes, address->is_ipv6 ? 16 : 4) == 0)
            return NETWORK_NODE_HOST;
    return network_is_public(address->is_ipv6, address->bytes) ? NETWORK_NODE_INTERNET
                                                               : NETWORK_NODE_LAN;
}

/* The containers behind a port of the host; false where it is the host's own. */
static bool use_published(struct uses *uses, size_t from, uint16_t host_port)
{
    const struct network_graph *graph = uses->graph;
    bool found = false;
    for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++)
        for (size_t p = 0; p < graph->nodes.items[n].publications.count; p++) {
            const struct network_publication *port = &graph->nodes.items[n].publications.items[p];
            if (port->is_udp || port->host_port != host_port)
                continue;
            use(uses, from, n, port->port);
            found = true;
        }
    return found;
}

static void use_port(struct uses *uses, size_t from, size_t to, uint16_t port)
{
    if (to != NETWORK_NODE_HOST || !use_published(uses, from, port))
        use(uses, from, to, port);
}

static void look(struct uses *uses, size_t at, const struct host_connection *connection)
{
    struct network_node *node = &uses->graph->nodes.items[at];
    struct address local, remote;
    if (!read_address(connection->local, &local) || !read_address(connection->remote, &remote))
        return;
    bool inside = is_loopback(&remote);
    if (inside && at != NETWORK_NODE_HOST)
        return;
    size_t other = inside ? NETWORK_NODE_HOST : whose(uses->graph, &remote);
    if (network_service(node, connection->local_port, false)) {
        use_port(uses, other, at, connection->local_port);
        return;
    }
    if (other == NETWORK_NODE_LAN || other == NETWORK_NODE_INTERNET)
        node->calls_outside = true;
    else
        use_port(uses, at, other, connection->remote_port);
}

/* Who is not there any more is passed over. */
static void add_seen(struct uses *uses, const struct network_seen_list *seen)
{
    for (size_t i = 0; i < seen->count; i++) {
        const struct network_seen *one = &seen->items[i];
        size_t from, to;
        if (!network_find(uses->graph, one->from, &from))
            continue;
        if (one->port == 0)
            uses->graph->nodes.items[from].calls_outside = true;
        else if (network_find(uses->graph, one->to, &to))
            use(uses, from, to, one->port);
    }
}

bool network_is_used(const struct network_graph *graph, size_t from, size_t to, uint16_t port)
{
    const struct network_use key = {.from = from, .to = to, .port = port};
    return graph->uses.count &&
           bsearch(&key, graph->uses.items, graph->uses.count, sizeof(key), compare_uses) != NULL;
}

void network_uses(struct arena *arena, struct network_graph *graph,
                  const struct network_seen_list *seen)
{
    struct uses uses = {.arena = arena, .graph = graph};
    struct network_use_list *list = &graph->uses;
    for (size_t n = 0; n < graph->nodes.count; n++) {
        const struct host_namespace *space = graph->nodes.items[n].space;
        for (size_t i = 0; space && i < space->connections.count; i++)
            look(&uses, n, &space->connections.items[i]);
    }
    add_seen(&uses, seen);
    if (list->count > 1)
        qsort(list->items, list->count, sizeof(*list->items), compare_uses);
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (i == 0 || compare_uses(&list->items[i], &list->items[kept - 1]) != 0)
            list->items[kept++] = list->items[i];
    list->count = kept;
    for (size_t i = 0; i < graph->routes.count; i++) {
        struct network_route *route = &graph->routes.items[i];
        route->is_used =
            !route->is_udp && network_is_used(graph, route->from, route->to, route->port);
    }
}
