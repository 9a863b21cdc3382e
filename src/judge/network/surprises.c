// SPDX-License-Identifier: Apache-2.0
#include "judge/network/parts.h"

/* Names or ports in a sentence: the first few, and how many more. */
enum { NAMED = 6 };
struct listing {
    str text;
    size_t count;
};

static void list_add(struct arena *arena, struct listing *listing, str item)
{
    if (listing->count++ < NAMED)
        listing->text =
            listing->text.len ? arena_join(arena, listing->text, STR(", "), item) : item;
}

static str list_text(struct arena *arena, const struct listing *listing)
{
    return listing->count <= NAMED ? listing->text
                                   : arena_printf(arena, "%.*s and %zu more",
                                                  STR_ARG(listing->text), listing->count - NAMED);
}

static str port_text(struct arena *arena, uint16_t port, bool is_udp)
{
    return arena_printf(arena, "%u/%s", (unsigned)port, is_udp ? "udp" : "tcp");
}

static void add(struct arena *arena, struct network_graph *graph, const char *id, size_t node,
                str text, const char *advice)
{
    *vec_push(arena, &graph->surprises) =
        (struct network_surprise){.id = id, .node = node, .text = text, .advice = advice};
}

/* Things of several nodes as one surprise, which is the first one's; nothing where there are none.
 */
struct finds {
    struct listing list;
    size_t first;
};

static void find(struct arena *arena, struct finds *finds, size_t node, str text)
{
    finds->first = finds->list.count ? finds->first : node;
    list_add(arena, &finds->list, text);
}

static void add_finds(struct arena *arena, struct network_graph *graph, const char *id,
                      const struct finds *finds, const char *before, const char *after,
                      const char *advice)
{
    if (finds->list.count)
        add(arena, graph, id, finds->first,
            arena_printf(arena, "%s%.*s%s", before, STR_ARG(list_text(arena, &finds->list)), after),
            advice);
}

/* Containers that reach a port only because it is published. Routes of one service stand
 * together. */
static void published_crosses(struct arena *arena, struct network_graph *graph)
{
    const struct network_route_list *routes = &graph->routes;
    for (size_t i = 0, end; i < routes->count; i = end) {
        const struct network_route *first = &routes->items[i];
        struct listing sources = {0};
        uint16_t at = 0;
        end = network_routes_end(routes, i);
        for (size_t r = i; r < end; r++) {
            const struct network_route *route = &routes->items[r];
            const struct network_node *from = &graph->nodes.items[route->from];
            if (from->kind != NODE_CONTAINER || route->way.kind != WAY_PUBLISHED ||
                route->way.verdict != NETWORK_OPEN)
                continue;
            list_add(arena, &sources, from->name);
            at = route->way.at_port;
        }
        if (sources.count == 0)
            continue;
        str who = list_text(arena, &sources), port = port_text(arena, first->port, first->is_udp);
        str to = graph->nodes.items[first->to].name;
        add(arena, graph, "published-crosses", first->to,
            arena_printf(arena,
                         "Port %.*s of %.*s is published as %u, so networks do not keep it apart: "
                         "%.*s can use it through the host's address",
                         STR_ARG(port), STR_ARG(to), (unsigned)at, STR_ARG(who)),
            "Publish on 127.0.0.1 where only the host needs it; containers that belong together "
            "need a common network, not a published port.");
    }
}

static bool is_internal(const struct network_node *node)
{
    for (size_t i = 0; i < node->attachments.count; i++)
        if (!node->attachments.items[i].network || !node->attachments.items[i].network->is_internal)
            return false;
    return node->kind == NODE_CONTAINER && node->attachments.count > 0;
}

static void internal_reaches_host(struct arena *arena, struct network_graph *graph)
{
    struct listing containers = {0}, ports = {0};
    size_t first = 0;
    for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++) {
        size_t found = 0;
        if (!is_internal(&graph->nodes.items[n]))
            continue;
        /* Those to the host come first. */
        for (size_t i = 0;
             i < graph->routes.count && graph->routes.items[i].to == NETWORK_NODE_HOST; i++) {
            const struct network_route *route = &graph->routes.items[i];
            if (route->from != n || route->way.kind != WAY_HOST ||
                route->way.verdict != NETWORK_OPEN)
                continue;
            found++;
            if (containers.count == 0)
                list_add(arena, &ports, port_text(arena, route->port, route->is_udp));
        }
        if (found && containers.count == 0)
            first = n;
        if (found)
            list_add(arena, &containers, graph->nodes.items[n].name);
    }
    if (containers.count == 0)
        return;
    str who = list_text(arena, &containers), which = list_text(arena, &ports);
    add(arena, graph, "internal-reaches-host", first,
        arena_printf(arena,
                     "Only on internal networks, and still able to reach services of the host: "
                     "%.*s. The network's gateway is the host itself; open there: %.*s",
                     STR_ARG(who), STR_ARG(which)),
        "Bind the host's services to 127.0.0.1, or drop what comes from the bridge in the INPUT "
        "chain of the host's firewall.");
}

static void shared_loopback(struct arena *arena, struct network_graph *graph)
{
    for (size_t n = 0; n < graph->nodes.count; n++) {
        const struct network_node *node = &graph->nodes.items[n];
        struct listing ports = {0}, members = {0};
        if (node->members.count < (node->kind == NODE_HOST ? 1 : 2))
            continue;
        for (size_t i = 0; i < node->services.count; i++)
            if (node->services.items[i].scope == SCOPE_LOOPBACK)
                list_add(
                    arena, &ports,
                    port_text(arena, node->services.items[i].port, node->services.items[i].is_udp));
        for (size_t i = 0; i < node->members.count; i++)
            list_add(arena, &members, node->members.items[i]);
        str who = list_text(arena, &members), which = list_text(arena, &ports);
        add(arena, graph, "shared-loopback", n,
            arena_printf(arena, "%.*s share%s the network %s: 127.0.0.1 is the same for all%s%.*s",
                         STR_ARG(who), node->members.count == 1 ? "s" : "",
                         node->kind == NODE_HOST ? "of the host" : "of one container",
                         which.len ? "; listening there: " : "", STR_ARG(which)),
            "Give each its own network namespace unless they are one service; what listens on "
            "127.0.0.1 without a password trusts everybody in there.");
    }
}

static bool is_published(const struct network_node *node, uint16_t port, bool is_udp)
{
    for (size_t i = 0; i < node->publications.count; i++)
        if (node->publications.items[i].port == port &&
            node->publications.items[i].is_udp == is_udp)
            return true;
    return false;
}

/* A port for nobody outside, and a neighbour gets there all the same: engines before 28 drop
 * nothing in raw/PREROUTING, and without ip6tables nothing at all of IPv6. */
static void routed_anyway(struct arena *arena, struct network_graph *graph)
{
    const struct network_route_list *routes = &graph->routes;
    if (!graph->has_firewall)
        return;
    for (size_t i = 0, end; i < routes->count; i = end) {
        const struct network_node *to = &graph->nodes.items[routes->items[i].to];
        struct listing ports = {0};
        bool is_ipv6 = true;
        for (end = i; end < routes->count && routes->items[end].to == routes->items[i].to; end++) {
            const struct network_route *route = &routes->items[end];
            if (route->way.kind != WAY_ROUTED || route->from != NETWORK_NODE_LAN)
                continue;
            str port = port_text(arena, route->port, route->is_udp);
            if (is_published(to, route->port, route->is_udp))
                port = arena_join(arena, port, STR(" "), STR("(published for the host alone)"));
            list_add(arena, &ports, port);
            is_ipv6 &= route->way.is_ipv6;
        }
        if (!ports.count)
            continue;
        add(arena, graph, "raw-guard-missing", routes->items[i].to,
            arena_printf(arena,
                         "The host forwards to the own address of %.*s%s, to ports that are not "
                         "published to others: a neighbour on the host's network that makes it a "
                         "router reaches %.*s",
                         STR_ARG(to->name), is_ipv6 ? " of IPv6" : "",
                         STR_ARG(list_text(arena, &ports))),
            is_ipv6 ? "Let the engine write rules for IPv6 too: \"ip6tables\": true in daemon.json."
                    : "Docker 28 and newer drop that. Before, do it yourself: iptables -t raw -I "
                      "PREROUTING -i INTERFACE -d SUBNET-OF-THE-NETWORK -j DROP.");
    }
}

static void localnet_is_routed(struct arena *arena, struct network_graph *graph)
{
    struct finds finds = {0};
    const struct str_list *interfaces = &graph->host->route_localnet;
    for (size_t i = 0; i < interfaces->count; i++)
        find(arena, &finds, NETWORK_NODE_HOST, interfaces->items[i]);
    add_finds(arena, graph, "route-localnet", &finds,
              "Packets to 127.0.0.0/8 are taken from other machines and containers on: ",
              " (route_localnet). What listens on 127.0.0.1 is then no longer the host's alone",
              "Set net.ipv4.conf.INTERFACE.route_localnet=0; Docker needs it only with "
              "userland-proxy=false.");
}

/* The proxy listens on [::] too, and the engine's rules may be for IPv4 alone. */
static void published_over_ipv6(struct arena *arena, struct network_graph *graph)
{
    struct finds finds = {0};
    const struct network_node *host = &graph->nodes.items[NETWORK_NODE_HOST];
    if (!graph->has_firewall || !graph->outside[1].is_known ||
        !network_is_public(true, graph->outside[1].bytes))
        return;
    for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++)
        for (size_t p = 0; p < graph->nodes.items[n].publications.count; p++) {
            const struct network_publication *port = &graph->nodes.items[n].publications.items[p];
            const struct network_service *service =
                network_service(host, port->host_port, port->is_udp);
            if (port->scope != SCOPE_ANY || !service || !service->on_ipv6 ||
                str_find_char(port->host_ip, ':') == STR_NONE)
                continue;
            find(arena, &finds, n, port_text(arena, port->host_port, port->is_udp));
        }
    add_finds(arena, graph, "published-over-ipv6", &finds,
              "The host has a public IPv6 address, and published ports are taken there by the "
              "engine's proxy: ",
              ". Rules of iptables (DOCKER-USER) do not see them; inside, everybody comes from the "
              "bridge's own address",
              "Publish on an IPv4 address (-p 0.0.0.0:HOST:CONTAINER), or let the engine write "
              "rules for IPv6 (\"ip6tables\": true) and repeat yours with ip6tables.");
}

static bool is_open_to(const struct network_route_list *routes, size_t begin, size_t end,
                       size_t from)
{
    for (size_t i = begin; i < end; i++)
        if (routes->items[i].from == from && routes->items[i].way.kind == WAY_PUBLISHED &&
            routes->items[i].way.verdict == NETWORK_OPEN)
            return true;
    return false;
}

static bool is_on_all_addresses(const struct network_node *node, uint16_t port, bool is_udp)
{
    for (size_t i = 0; i < node->publications.count; i++)
        if (node->publications.items[i].port == port &&
            node->publications.items[i].is_udp == is_udp &&
            node->publications.items[i].scope == SCOPE_ANY)
            return true;
    return false;
}

/* The host's port for it. */
static uint16_t published_at(const struct network_route_list *routes, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++)
        if (routes->items[i].way.kind == WAY_PUBLISHED)
            return routes->items[i].way.at_port;
    return routes->items[begin].port;
}

/* Ports that name no address: --ip, or the network's own binding, would say where they go. */
static void published_everywhere(struct arena *arena, struct network_graph *graph)
{
    struct finds public = {0}, local = {0};
    const struct network_route_list *routes = &graph->routes;
    for (size_t i = 0, end; i < routes->count; i = end) {
        const struct network_route *route = &routes->items[i];
        const struct network_node *to = &graph->nodes.items[route->to];
        end = network_routes_end(routes, i);
        bool is_public = is_open_to(routes, i, end, NETWORK_NODE_INTERNET);
        if (!is_public && (!is_open_to(routes, i, end, NETWORK_NODE_LAN) ||
                           !is_on_all_addresses(to, route->port, route->is_udp)))
            continue;
        find(arena, is_public ? &public : &local, route->to,
             arena_printf(arena, "%.*s %.*s", STR_ARG(to->name),
                          STR_ARG(port_text(arena, published_at(routes, i, end), route->is_udp))));
    }
    add_finds(arena, graph, "internet-exposed", &public,
              "Open to the whole Internet, past INPUT rules and ufw, which published ports do not "
              "meet: ",
              "",
              "Publish on 127.0.0.1 or on the LAN's address (daemon.json \"ip\" is the default for "
              "ports that name none); filter in DOCKER-USER what has to be public.");
    add_finds(arena, graph, "published-everywhere", &local,
              "Published on all addresses of the host, which is where the engine puts ports that "
              "name none: ",
              ". Every machine on the host's network reaches them, past INPUT rules and ufw",
              "Name the address (-p 127.0.0.1:HOST:CONTAINER), or change the default: \"ip\": "
              "\"127.0.0.1\" in daemon.json, for one network the option "
              "com.docker.network.bridge.host_binding_ipv4.");
}

/* Networks whose containers have addresses that others can send to. */
static void gateway_modes(struct arena *arena, struct network_graph *graph)
{
    struct finds unprotected = {0}, routed = {0};
    for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++)
        for (size_t a = 0; a < graph->nodes.items[n].attachments.count; a++) {
            const struct network_attachment *at = &graph->nodes.items[n].attachments.items[a];
            bool is_open = at->network && str_eq(at->network->gateway_mode, STR("nat-unprotected"));
            if (is_open || (at->network && str_eq(at->network->gateway_mode, STR("routed"))))
                find(arena, is_open ? &unprotected : &routed, n,
                     arena_printf(arena, "%.*s (on %.*s)", STR_ARG(graph->nodes.items[n].name),
                                  STR_ARG(at->name)));
        }
    add_finds(
        arena, graph, "gateway-unprotected", &unprotected,
        "Every port of these containers is open to whoever can send to their own address, "
        "published or not: ",
        ". Their network's gateway mode is nat-unprotected, for which the engine drops nothing",
        "Use the mode \"nat\" (the default), or \"routed\", in which only published ports are "
        "open: com.docker.network.bridge.gateway_mode_ipv4.");
    add_finds(arena, graph, "gateway-routed", &routed,
              "Published ports of these containers are open at the container's own address, "
              "whatever address of the host they name: ",
              ". Their network's gateway mode is routed: there is no translation, and 127.0.0.1 "
              "keeps nobody out",
              "Publish only what routers outside should reach; what the host alone needs takes a "
              "network with the mode \"nat\".");
}

/* On the network that containers get when nobody asked for one. */
static void default_network(struct arena *arena, struct network_graph *graph)
{
    struct finds finds = {0};
    for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++)
        for (size_t a = 0; a < graph->nodes.items[n].attachments.count; a++) {
            const struct network_attachment *at = &graph->nodes.items[n].attachments.items[a];
            if (str_eq(at->name, STR("bridge")) && at->network &&
                str_eq(at->network->driver, STR("bridge")) && at->network->icc == ANSWER_YES)
                find(arena, &finds, n, graph->nodes.items[n].name);
        }
    if (finds.list.count > 1)
        add_finds(arena, graph, "default-network-shared", &finds,
                  "On the default network, where all reach each other although nobody put them "
                  "together: ",
                  "",
                  "Give what belongs together a network of its own (it has names there too), and "
                  "set \"icc\": false in daemon.json: that closes the default network alone.");
}

void network_surprises(struct arena *arena, struct network_graph *graph)
{
    published_everywhere(arena, graph);
    gateway_modes(arena, graph);
    published_crosses(arena, graph);
    published_over_ipv6(arena, graph);
    routed_anyway(arena, graph);
    localnet_is_routed(arena, graph);
    internal_reaches_host(arena, graph);
    shared_loopback(arena, graph);
    default_network(arena, graph);
}
