// SPDX-License-Identifier: Apache-2.0
#include "judge/network/suppose.h"

#include <arpa/inet.h>
#include <string.h>

enum { STATE_NEW = 1 << 3, NAMED = 5 };

/* ---- rules ---- */

static struct firewall_chain *find_chain(const struct firewall_chain_list *chains,
                                         enum firewall_family family, str name, bool is_legacy)
{
    for (size_t i = 0; i < chains->count; i++)
        if (chains->items[i].family == family && chains->items[i].is_legacy == is_legacy &&
            str_eq(chains->items[i].name, name) && str_eq(chains->items[i].table, STR("filter")))
            return &chains->items[i];
    return NULL;
}

bool suppose_chain(const struct network_graph *graph, bool is_ipv6, str name,
                   struct firewall_chain *ret)
{
    enum firewall_family family = is_ipv6 ? FIREWALL_IPV6 : FIREWALL_IPV4;
    const struct host_namespace *host = graph->nodes.items[NETWORK_NODE_HOST].space;
    if (!graph->has_firewall || !host)
        return false;
    /* Of both kinds of iptables, that which the engine uses. */
    const struct firewall_chain_list *chains = &host->firewall.chains;
    bool is_legacy = !find_chain(chains, FIREWALL_IPV4, STR("DOCKER-USER"), false) &&
                     find_chain(chains, FIREWALL_IPV4, STR("DOCKER-USER"), true);
    const struct firewall_chain *chain = find_chain(chains, family, name, is_legacy);
    if (!chain && !str_eq(name, STR("INPUT")))
        return false;
    *ret = chain ? *chain
                 : (struct firewall_chain){.family = family,
                                           .is_legacy = is_legacy,
                                           .is_base = true,
                                           .table = STR("filter"),
                                           .name = name,
                                           .hook = HOOK_INPUT,
                                           .policy = ACTION_ACCEPT};
    return true;
}

static void insert(struct arena *arena, struct firewall_chain_list *chains,
                   const struct supposed_rule *new)
{
    struct firewall_rule_list rules = {0};
    struct firewall_chain *chain =
        find_chain(chains, new->chain.family, new->chain.name, new->chain.is_legacy);
    if (!chain) {
        chain = vec_push(arena, chains);
        *chain = new->chain;
    }
    *vec_push(arena, &rules) = new->rule;
    for (size_t i = 0; i < chain->rules.count; i++)
        *vec_push(arena, &rules) = chain->rules.items[i];
    chain->rules = rules;
}

struct network_graph suppose_rules(struct arena *arena, const struct network_graph *graph,
                                   const struct supposed_rule_list *rules)
{
    struct network_graph after = *graph;
    const struct network_node *host = &graph->nodes.items[NETWORK_NODE_HOST];
    struct host_namespace *space = arena_new(arena, struct host_namespace);
    *space = *host->space;
    space->firewall.chains = (struct firewall_chain_list){0};
    for (size_t i = 0; i < host->space->firewall.chains.count; i++)
        *vec_push(arena, &space->firewall.chains) = host->space->firewall.chains.items[i];
    for (size_t i = 0; i < rules->count; i++)
        insert(arena, &space->firewall.chains, &rules->items[i]);
    after.nodes = (struct network_node_list){0};
    for (size_t i = 0; i < graph->nodes.count; i++)
        *vec_push(arena, &after.nodes) = graph->nodes.items[i];
    after.nodes.items[NETWORK_NODE_HOST].space = space;
    return after;
}

static struct firewall_condition *add(struct arena *arena, struct firewall_rule *rule,
                                      enum firewall_field field, uint8_t size, const void *value)
{
    struct firewall_condition *condition = vec_push(arena, &rule->conditions);
    *condition = (struct firewall_condition){.field = field, .size = size};
    memset(condition->mask, 0xff, size);
    struct firewall_range *range = vec_push(arena, &condition->ranges);
    *range = (struct firewall_range){0};
    memcpy(range->low, value, size);
    memcpy(range->high, value, size);
    return condition;
}

void suppose_interface(struct arena *arena, struct firewall_rule *rule, enum firewall_field field,
                       str name)
{
    char value[FIREWALL_VALUE] = {0};
    memcpy(value, name.ptr, name.len < sizeof(value) ? name.len : sizeof(value) - 1);
    add(arena, rule, field, sizeof(value), value);
}

void suppose_address(struct arena *arena, struct firewall_rule *rule, bool is_ipv6,
                     const unsigned char *destination)
{
    add(arena, rule, FIELD_DESTINATION, is_ipv6 ? 16 : 4, destination);
}

void suppose_protocol(struct arena *arena, struct firewall_rule *rule, uint8_t protocol)
{
    add(arena, rule, FIELD_PROTOCOL, 1, &protocol);
}

/* "Some of these bits": the mask, and not zero. */
void suppose_new(struct arena *arena, struct firewall_rule *rule)
{
    static const uint32_t none, is_new = STATE_NEW;
    struct firewall_condition *condition = add(arena, rule, FIELD_STATE, sizeof(none), &none);
    memset(condition->mask, 0, sizeof(condition->mask));
    memcpy(condition->mask, &is_new, sizeof(is_new));
    condition->is_inverted = true;
}

void suppose_port(struct arena *arena, struct firewall_rule *rule, uint16_t port)
{
    uint16_t number = htons(port);
    for (size_t i = 0; i < rule->conditions.count; i++) {
        struct firewall_condition *condition = &rule->conditions.items[i];
        if (condition->field != FIELD_PORT)
            continue;
        struct firewall_range *range = vec_push(arena, &condition->ranges);
        *range = (struct firewall_range){0};
        memcpy(range->low, &number, sizeof(number));
        memcpy(range->high, &number, sizeof(number));
        return;
    }
    add(arena, rule, FIELD_PORT, sizeof(number), &number);
}

/* ---- what becomes of it ---- */

static enum network_verdict ask(struct supposed *supposed, size_t from, size_t to, uint16_t port,
                                bool is_udp)
{
    ARENA_SCOPED scratch = {0};
    struct network_way_list ways = {0};
    ++*supposed->asked;
    network_ways(&scratch, supposed->after, from, to, port, is_udp, &ways);
    return ways.count ? ways.items[0].verdict : NETWORK_BLOCKED;
}

void suppose_route(struct arena *arena, struct supposed *supposed,
                   const struct network_route *route)
{
    if (ask(supposed, route->from, route->to, route->port, route->is_udp) != NETWORK_BLOCKED)
        return;
    supposed->closes++;
    supposed->loses += route->is_used;
    if (supposed->closed.count >= NAMED)
        return;
    *vec_push(arena, &supposed->closed) = arena_printf(
        arena, "%.*s to %.*s %s %u", STR_ARG(supposed->before->nodes.items[route->from].name),
        STR_ARG(supposed->before->nodes.items[route->to].name), route->is_udp ? "udp" : "tcp",
        (unsigned)route->port);
}

void suppose_blocked(struct supposed *supposed, size_t from, size_t to,
                     const struct network_service *service)
{
    supposed->opens += ask(supposed, from, to, service->port, service->is_udp) != NETWORK_BLOCKED;
}
