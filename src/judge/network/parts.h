// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_NETWORK_PARTS_H
#define HARDEN_JUDGE_NETWORK_PARTS_H

#include "judge/network/network.h"
#include "judge/network/packet.h"

/* What the files of judge/network share. */

enum network_scope network_scope_of(str address);
const struct network_service *network_service(const struct network_node *node, uint16_t port,
                                              bool is_udp);
/* Adds the host's namespaces and the engines' containers as nodes. */
void network_nodes(struct arena *arena, const struct host *host,
                   const struct engine_facts_list *engines, struct network_graph *graph);
/* The host's own interface to others, and its address there. */
void network_outside(struct network_graph *graph);
/* "192.0.2.1", "fe80::1" as bytes; false for what is none. */
bool network_address_parse(str text, bool is_ipv6, unsigned char ret[16]);
/* The route that leads there: the longest prefix; NULL where there is none. */
const struct host_route *network_route_to(const struct host_namespace *space, bool is_ipv6,
                                          const unsigned char *address);
bool network_is_public(bool is_ipv6, const unsigned char *address);
/* Who uses what, from the connections that were seen; marks routes. */
void network_uses(struct arena *arena, struct network_graph *graph,
                  const struct network_seen_list *seen);
bool network_is_used(const struct network_graph *graph, size_t from, size_t to, uint16_t port);
/* From the routes. */
void network_surprises(struct arena *arena, struct network_graph *graph);
/* Links, paths and the cut, from the routes too. */
void network_attack(struct arena *arena, struct network_graph *graph);

/* Changes that close what nobody uses, each tried on a copy of the graph. */
void network_suggest(struct arena *arena, struct network_graph *graph);
/* "the network" could not be looked at completely. */
void network_gap(struct arena *arena, struct network_graph *graph, str reason);

/*
 * The journey of a first packet through the filters that were read: each leg can only make the
 * verdict worse. Without the host's filter the legs through it change nothing.
 */
struct trip {
    struct arena *arena;
    const struct network_graph *graph;
    struct packet packet;
    enum network_verdict verdict;
    str why;  /* what made it so: a clause, or empty */
    str rule; /* that decides, or that let it through last */
};

struct trip trip_start(struct arena *arena, const struct network_graph *graph, bool is_ipv6,
                       bool is_udp, uint16_t port);
void trip_worsen(struct trip *trip, enum network_verdict verdict, str why, str rule);
/* Out of a container's own namespace, and into one. */
void trip_leave(struct trip *trip, const struct network_node *from);
void trip_arrive(struct trip *trip, const struct network_node *to);
/* Over a bridge of the host, from one of its ports to another. */
void trip_bridged(struct trip *trip, str bridge);
/* Into the host from `in`, where the destination may be changed; false where it stays the host. */
bool trip_enter(struct trip *trip, str in, bool is_from_bridge);
/* Then through it, or up to its services. */
void trip_forward(struct trip *trip, str in, str out);
void trip_to_host(struct trip *trip, str in);
/* From the host itself; trip_choose() may change the destination, as trip_enter() does. */
bool trip_choose(struct trip *trip);
void trip_from_host(struct trip *trip, str out);

#endif
