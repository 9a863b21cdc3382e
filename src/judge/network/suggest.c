// SPDX-License-Identifier: Apache-2.0
/*
 * Rules for the host's firewall that close what nobody was seen to use: ports published to others
 * than this host, and ports of the host that a network's containers reach. What of it goes past the
 * engine's proxy meets INPUT, what the engine translates meets DOCKER-USER; which rules it takes is
 * found by trying them on the graph.
 */
#include "judge/network/suggest.h"

#include "base/limits.h"

#include <netinet/in.h>
#include <stdlib.h>

enum { MULTIPORT = 15 }; /* so many can one rule compare */

bool suggest_may_ask(struct suggesting *suggesting)
{
    if (suggesting->asked <= LIMIT_NETWORK_SUPPOSED)
        return true;
    if (suggesting->asked != UINT64_MAX)
        network_gap(suggesting->arena, suggesting->graph,
                    arena_printf(suggesting->arena,
                                 "so many ways are open that trying suggestions took more than %d "
                                 "questions: others may be missing",
                                 LIMIT_NETWORK_SUPPOSED));
    suggesting->asked = UINT64_MAX;
    return false;
}

bool suggest_is_plain(str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(c >= '0' && c <= '9') && c != '_' && (i == 0 || (c != '.' && c != '-')))
            return false;
    }
    return name.len > 0;
}

static void add_rule(struct suggesting *suggesting, struct supposed_rule_list *rules, bool is_ipv6,
                     const char *chain, const struct firewall_rule *rule)
{
    struct supposed_rule new = {.rule = *rule};
    new.rule.action = ACTION_DROP;
    if (suppose_chain(suggesting->graph, is_ipv6, str_from(chain), &new.chain))
        *vec_push(suggesting->arena, rules) = new;
}

/* ---- which of the rules it takes ---- */

/* What is to be closed. */
struct closing {
    struct suggesting *suggesting;
    bool (*concerns)(const struct closing *closing, const struct network_route *route);
    /* All rules compare the interface that a packet comes in by: others cannot change. */
    bool (*may_change)(const struct closing *closing, const struct network_route *route);
    size_t node;
    uint16_t port;
    str bridge;
};

static size_t count_ways(const struct closing *closing, const struct network_graph *after)
{
    const struct network_graph *graph = closing->suggesting->graph;
    size_t count = 0;
    for (size_t i = 0; i < graph->routes.count; i++) {
        const struct network_route *route = &graph->routes.items[i];
        if (!closing->concerns(closing, route))
            continue;
        ARENA_SCOPED scratch = {0};
        struct network_way_list ways = {0};
        closing->suggesting->asked++;
        network_ways(&scratch, after, route->from, route->to, route->port, route->is_udp, &ways);
        for (size_t w = 0; w < ways.count; w++)
            count += ways.items[w].verdict != NETWORK_BLOCKED;
    }
    return count;
}

/* Of candidates, those that close something which the ones before left open. */
static struct supposed_rule_list needed(const struct closing *closing,
                                        const struct supposed_rule_list *candidates)
{
    struct arena *arena = closing->suggesting->arena;
    struct supposed_rule_list rules = {0};
    size_t open = count_ways(closing, closing->suggesting->graph);
    for (size_t i = 0; open && i < candidates->count; i++) {
        *vec_push(arena, &rules) = candidates->items[i];
        struct network_graph after = suppose_rules(arena, closing->suggesting->graph, &rules);
        size_t left = count_ways(closing, &after);
        if (left >= open)
            rules.count--;
        else
            open = left;
    }
    return rules;
}

/* A table of our own, asked right before iptables-nft's: that and the engine would stumble over
 * rules in theirs that iptables has no words for. What it drops, no later chain sees. */
static str nft_of(struct arena *arena, const struct supposed_rule_list *rules)
{
    static const struct {
        const char *chain, *hook;
    } hooks[] = {{"DOCKER-USER", "forward"}, {"INPUT", "input"}};
    str text = STR("table inet harden {\n");
    for (size_t i = 0; i < rules->count; i++)
        if (rules->items[i].chain.is_legacy)
            return (str){0};
    for (size_t h = 0; h < sizeof(hooks) / sizeof(hooks[0]); h++) {
        bool is_first = true;
        for (size_t i = 0; i < rules->count; i++) {
            const struct supposed_rule *rule = &rules->items[i];
            if (!str_eq(rule->chain.name, str_from(hooks[h].chain)))
                continue;
            if (is_first)
                text = arena_printf(
                    arena, "%.*s  chain %s {\n    type filter hook %s priority filter - 1;\n",
                    STR_ARG(text), hooks[h].hook, hooks[h].hook);
            is_first = false;
            text = arena_printf(arena, "%.*s    %.*s\n", STR_ARG(text),
                                STR_ARG(firewall_rule_nft(arena, &rule->chain, &rule->rule)));
        }
        if (!is_first)
            text = arena_printf(arena, "%.*s  }\n", STR_ARG(text));
    }
    return arena_printf(arena, "%.*s}\n", STR_ARG(text));
}

/* Tried on every route that can change; nothing in use may be lost. DROP in front opens nothing. */
static bool suggest_rules(const struct closing *closing, const struct supposed_rule_list *rules,
                          struct network_suggestion *suggestion)
{
    struct suggesting *suggesting = closing->suggesting;
    struct network_graph *graph = suggesting->graph;
    struct arena *arena = suggesting->arena;
    struct network_graph after = suppose_rules(arena, graph, rules);
    struct supposed supposed = {.before = graph, .after = &after, .asked = &suggesting->asked};
    for (size_t i = 0; i < graph->routes.count; i++)
        if (closing->may_change(closing, &graph->routes.items[i]))
            suppose_route(arena, &supposed, &graph->routes.items[i]);
    if (!rules->count || !supposed.closes || supposed.loses || !suggest_may_ask(suggesting))
        return false;
    for (size_t i = 0; i < rules->count; i++)
        *vec_push(arena, &suggestion->commands) =
            firewall_rule_command(arena, &rules->items[i].chain, &rules->items[i].rule);
    suggestion->nft = nft_of(arena, rules);
    suggestion->closes = supposed.closes;
    suggestion->closed = supposed.closed;
    *vec_push(arena, &graph->suggestions) = *suggestion;
    return true;
}

/* ---- published ports that nobody outside uses ---- */

static bool comes_from_outside(const struct closing *closing, const struct network_route *route)
{
    (void)closing;
    return route->from == NETWORK_NODE_LAN || route->from == NETWORK_NODE_INTERNET;
}

static bool by_published_port(const struct closing *closing, const struct network_route *route)
{
    return comes_from_outside(closing, route) && route->to == closing->node &&
           route->port == closing->port && !route->is_udp && route->way.kind == WAY_PUBLISHED;
}

/* Where the engine translates: to the container's port on its bridge. By address too only where
 * others on that bridge have the same port in use. */
static void add_forwarded(struct suggesting *suggesting, const struct closing *closing,
                          bool by_address, struct supposed_rule_list *rules)
{
    struct arena *arena = suggesting->arena;
    const struct network_graph *graph = suggesting->graph;
    const struct network_node *node = &graph->nodes.items[closing->node];
    for (unsigned family = 0; family < 2; family++)
        for (size_t i = 0; i < node->attachments.count; i++) {
            const struct network_attachment *to = &node->attachments.items[i];
            struct firewall_rule rule = {0};
            if (!to->addresses[family].is_known || !suggest_is_plain(to->bridge))
                continue;
            suppose_interface(arena, &rule, FIELD_INPUT_INTERFACE, graph->outer);
            suppose_interface(arena, &rule, FIELD_OUTPUT_INTERFACE, to->bridge);
            if (by_address)
                suppose_address(arena, &rule, family == 1, to->addresses[family].bytes);
            suppose_protocol(arena, &rule, IPPROTO_TCP);
            suppose_port(arena, &rule, closing->port);
            add_rule(suggesting, rules, family == 1, "DOCKER-USER", &rule);
        }
}

static void close_to_outside(struct suggesting *suggesting, size_t node,
                             const struct network_publication *port)
{
    struct arena *arena = suggesting->arena;
    const struct network_graph *graph = suggesting->graph;
    struct closing closing = {.suggesting = suggesting,
                              .concerns = by_published_port,
                              .may_change = comes_from_outside,
                              .node = node,
                              .port = port->port};
    struct network_suggestion suggestion = {
        .id = "close-to-outside",
        .text = arena_printf(arena,
                             "Close port %u (%u/tcp of %.*s) to other machines: no connection from "
                             "outside was seen",
                             (unsigned)port->host_port, (unsigned)port->port,
                             STR_ARG(graph->nodes.items[node].name)),
        .note = "Better still, publish it on 127.0.0.1 alone (-p 127.0.0.1:HOST:CONTAINER), or not "
                "at all: that lasts, while a rule is gone after a restart unless something like "
                "netfilter-persistent keeps it.",
    };
    for (unsigned by_address = 0; by_address < 2; by_address++) {
        struct supposed_rule_list candidates = {0};
        add_forwarded(suggesting, &closing, by_address, &candidates);
        for (unsigned family = 0; family < 2; family++) {
            struct firewall_rule rule = {0};
            suppose_interface(arena, &rule, FIELD_INPUT_INTERFACE, graph->outer);
            suppose_protocol(arena, &rule, IPPROTO_TCP);
            suppose_port(arena, &rule, port->host_port);
            add_rule(suggesting, &candidates, family == 1, "INPUT", &rule);
        }
        struct supposed_rule_list rules = needed(&closing, &candidates);
        if (suggest_rules(&closing, &rules, &suggestion))
            return;
    }
}

static bool is_used_from_outside(const struct network_graph *graph, size_t node, uint16_t port)
{
    return network_is_used(graph, NETWORK_NODE_LAN, node, port) ||
           network_is_used(graph, NETWORK_NODE_INTERNET, node, port);
}

static void close_published(struct suggesting *suggesting)
{
    const struct network_graph *graph = suggesting->graph;
    for (size_t i = 0, end; i < graph->routes.count && suggest_may_ask(suggesting); i = end) {
        const struct network_route *route = &graph->routes.items[i];
        const struct network_node *node = &graph->nodes.items[route->to];
        bool is_open = false;
        end = network_routes_end(&graph->routes, i);
        for (size_t r = i; r < end; r++)
            is_open |= graph->routes.items[r].from == NETWORK_NODE_LAN &&
                       graph->routes.items[r].way.kind == WAY_PUBLISHED;
        if (!is_open || route->is_udp || is_used_from_outside(graph, route->to, route->port))
            continue;
        for (size_t p = 0; p < node->publications.count; p++)
            if (node->publications.items[p].port == route->port &&
                !node->publications.items[p].is_udp) {
                close_to_outside(suggesting, route->to, &node->publications.items[p]);
                break;
            }
    }
}

/* ---- the host's ports that nobody on a network uses ---- */

static bool is_on_bridge(const struct network_node *node, str bridge)
{
    for (size_t i = 0; i < node->attachments.count; i++)
        if (str_eq(node->attachments.items[i].bridge, bridge))
            return true;
    return false;
}

static bool comes_from_bridge(const struct closing *closing, const struct network_route *route)
{
    return is_on_bridge(&closing->suggesting->graph->nodes.items[route->from], closing->bridge);
}

static bool by_the_host(const struct closing *closing, const struct network_route *route)
{
    return (route->way.kind == WAY_HOST || route->way.kind == WAY_PUBLISHED) && !route->is_udp &&
           comes_from_bridge(closing, route);
}

static bool by_the_host_unused(const struct closing *closing, const struct network_route *route)
{
    return !route->is_used && by_the_host(closing, route);
}

static int compare_ports(const void *left, const void *right)
{
    const uint16_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

struct port_list VEC_BODY(uint16_t);

/* The host's ports that its containers reach, or of them only those that one of them uses. Sorted,
 * each once. */
static struct port_list ports_of(const struct closing *closing, bool is_used)
{
    const struct suggesting *suggesting = closing->suggesting;
    const struct network_route_list *routes = &suggesting->graph->routes;
    struct port_list ports = {0};
    size_t kept = 0;
    for (size_t i = 0; i < routes->count; i++)
        if (by_the_host(closing, &routes->items[i]) && (routes->items[i].is_used || !is_used))
            *vec_push(suggesting->arena, &ports) = routes->items[i].way.at_port;
    if (ports.count > 1)
        qsort(ports.items, ports.count, sizeof(*ports.items), compare_ports);
    for (size_t i = 0; i < ports.count; i++)
        if (!kept || ports.items[kept - 1] != ports.items[i])
            ports.items[kept++] = ports.items[i];
    ports.count = kept;
    return ports;
}

static struct port_list unused_ports(const struct closing *closing)
{
    struct port_list all = ports_of(closing, false), used = ports_of(closing, true);
    size_t kept = 0;
    for (size_t i = 0; i < all.count; i++)
        if (!used.count ||
            !bsearch(&all.items[i], used.items, used.count, sizeof(*used.items), compare_ports))
            all.items[kept++] = all.items[i];
    all.count = kept;
    return all;
}

static str ports_text(struct arena *arena, const struct port_list *ports)
{
    enum { NAMED = 6 };
    str text = {0};
    for (size_t i = 0; i < ports->count && i < NAMED; i++)
        text = arena_printf(arena, "%.*s%s%u", STR_ARG(text), i ? ", " : "",
                            (unsigned)ports->items[i]);
    return ports->count > NAMED
               ? arena_printf(arena, "%.*s and %zu more", STR_ARG(text), ports->count - NAMED)
               : text;
}

static void close_host_to(struct suggesting *suggesting, const struct network_attachment *network)
{
    struct arena *arena = suggesting->arena;
    struct closing closing = {.suggesting = suggesting,
                              .concerns = by_the_host_unused,
                              .may_change = comes_from_bridge,
                              .bridge = network->bridge};
    struct port_list ports = unused_ports(&closing);
    struct supposed_rule_list candidates = {0};
    if (!ports.count)
        return;
    for (unsigned family = 0; family < 2; family++)
        for (size_t i = 0; i < ports.count; i += MULTIPORT) {
            struct firewall_rule rule = {0};
            suppose_interface(arena, &rule, FIELD_INPUT_INTERFACE, network->bridge);
            suppose_protocol(arena, &rule, IPPROTO_TCP);
            suppose_new(arena, &rule);
            for (size_t p = i; p < ports.count && p < i + MULTIPORT; p++)
                suppose_port(arena, &rule, ports.items[p]);
            add_rule(suggesting, &candidates, family == 1, "INPUT", &rule);
        }
    struct supposed_rule_list rules = needed(&closing, &candidates);
    struct network_suggestion suggestion = {
        .id = "close-host-to-network",
        .text = arena_printf(arena,
                             "Close the host's ports %.*s to the network %.*s: none of its "
                             "containers was seen to use them",
                             STR_ARG(ports_text(arena, &ports)), STR_ARG(network->name)),
        .note =
            "DOCKER-USER does not see these: the engine's proxy, and the host itself, take them "
            "in INPUT. A rule is gone after a restart unless something like "
            "netfilter-persistent keeps it, and a network that is made anew has another "
            "interface.",
    };
    suggest_rules(&closing, &rules, &suggestion);
}

static void close_host(struct suggesting *suggesting)
{
    const struct network_graph *graph = suggesting->graph;
    struct str_list done = {0};
    for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++)
        for (size_t a = 0; a < graph->nodes.items[n].attachments.count; a++) {
            const struct network_attachment *network = &graph->nodes.items[n].attachments.items[a];
            bool is_known = !suggest_is_plain(network->bridge);
            for (size_t i = 0; i < done.count && !is_known; i++)
                is_known = str_eq(done.items[i], network->bridge);
            if (is_known || !suggest_may_ask(suggesting))
                continue;
            *vec_push(suggesting->arena, &done) = network->bridge;
            close_host_to(suggesting, network);
        }
}

static int compare_suggestions(const void *left, const void *right)
{
    const struct network_suggestion *a = left, *b = right;
    if (a->closes != b->closes)
        return (a->closes < b->closes) - (a->closes > b->closes);
    return str_cmp(a->text, b->text);
}

void network_suggest(struct arena *arena, struct network_graph *graph)
{
    struct suggesting suggesting = {.arena = arena, .graph = graph};
    struct network_suggestion_list *list = &graph->suggestions;
    suggest_split(&suggesting);
    if (suggest_is_plain(graph->outer))
        close_published(&suggesting);
    close_host(&suggesting);
    if (list->count > 1)
        qsort(list->items, list->count, sizeof(*list->items), compare_suggestions);
}
