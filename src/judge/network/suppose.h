// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_NETWORK_SUPPOSE_H
#define HARDEN_JUDGE_NETWORK_SUPPOSE_H

#include "judge/network/parts.h"

/* What the graph would be with something changed. Copies share whatever stays the same. */

/* A rule in front of a chain of the host's firewall, in iptables' table "filter". */
struct supposed_rule {
    struct firewall_chain chain; /* its name and kind */
    struct firewall_rule rule;
};
struct supposed_rule_list VEC_BODY(struct supposed_rule);
struct network_graph suppose_rules(struct arena *arena, const struct network_graph *graph,
                                   const struct supposed_rule_list *rules);
/* False where there is no such chain; INPUT comes about with its first rule. */
bool suppose_chain(const struct network_graph *graph, bool is_ipv6, str name,
                   struct firewall_chain *ret);
/* Conditions, as firewall_rule_command() takes them. */
void suppose_interface(struct arena *arena, struct firewall_rule *rule, enum firewall_field field,
                       str name);
void suppose_address(struct arena *arena, struct firewall_rule *rule, bool is_ipv6,
                     const unsigned char *destination);
void suppose_protocol(struct arena *arena, struct firewall_rule *rule, uint8_t protocol);
void suppose_new(struct arena *arena, struct firewall_rule *rule);
void suppose_port(struct arena *arena, struct firewall_rule *rule, uint16_t port);

/* What becomes of routes. */
struct supposed {
    const struct network_graph *before, *after;
    uint64_t *asked; /* questions, for all suggestions */
    size_t closes;   /* routes that are blocked after */
    size_t loses;    /* of them, those in use */
    size_t opens;
    struct str_list closed; /* the first of them, in words */
};
/* The route is asked for again. */
void suppose_route(struct arena *arena, struct supposed *supposed,
                   const struct network_route *route);
/* One that is blocked before. */
void suppose_blocked(struct supposed *supposed, size_t from, size_t to,
                     const struct network_service *service);

#endif
