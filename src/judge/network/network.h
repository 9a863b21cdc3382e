// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_NETWORK_NETWORK_H
#define HARDEN_JUDGE_NETWORK_NETWORK_H

#include "model/host.h"
#include "model/network.h"

/*
 * The door of judge/network: reachability from who listens where, routes, and the packet filters
 * that were read, of the host and of the containers themselves. Where the host's was not to be
 * read, from what engines mean to program (bridges kept apart, icc, internal networks, published
 * ports). What is not understood of a filter makes a way "possible".
 */
enum { NETWORK_NODE_HOST, NETWORK_NODE_LAN, NETWORK_NODE_INTERNET, NETWORK_NODE_FIRST };

/* `host` with its namespaces; `seen`: uses besides those that stand now. The graph points into all
 * of them. */
void network_judge(struct arena *arena, const struct host *host,
                   const struct engine_facts_list *engines, const struct network_seen_list *seen,
                   struct network_graph *ret);

/* Every way that leads, or could be thought to lead, from one to the other, the best one first.
 * Of the host, a published port is its container's. */
void network_ways(struct arena *arena, const struct network_graph *graph, size_t from, size_t to,
                  uint16_t port, bool is_udp, struct network_way_list *ret);

/* Whether a container is on the network of another's attachment. */
bool network_is_on(const struct network_node *node, const struct network_attachment *network);
/* Routes to one service stand together: the end of those that begin there. */
size_t network_routes_end(const struct network_route_list *routes, size_t begin);

/* A node by "host", "lan" (or "outside"), "internet", a container's name, or the beginning (12
 * digits at least) of its id; false where there is none. */
bool network_find(const struct network_graph *graph, str name, size_t *ret);

#endif
