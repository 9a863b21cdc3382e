// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_NETWORK_WAYS_H
#define HARDEN_JUDGE_NETWORK_WAYS_H

#include "judge/network/parts.h"

/* One question, as ways.c and journeys.c hand it on. */
struct way_question {
    struct arena *arena;
    const struct network_graph *graph;
    const struct network_node *from, *to;
    uint16_t port;
    bool is_udp;
    struct network_way_list *ways;
};

bool way_is_bridge(const struct network_attachment *attachment);
bool way_on_internal_only(const struct network_node *node);
bool way_is_outside(const struct network_node *node);
/* Adds a way; way_conclude() makes it as good as its path and as what listens at its end. */
void way_answer(struct way_question *q, enum network_way_kind kind, enum network_verdict verdict,
                uint16_t at_port, str reason);
void way_conclude(struct way_question *q, enum network_way_kind kind, enum network_verdict verdict,
                  uint16_t at_port, str reason);
void way_conclude_trip(struct way_question *q, enum network_way_kind kind, const struct trip *trip,
                       uint16_t at_port, str reason);

/*
 * Journeys through the filters that were read. Each adds the ways that it knows of, and none where
 * something that it needs is not known: the host's filter, an address, a bridge.
 */
bool way_has_filter(const struct way_question *q, const struct network_attachment *attachment);
void way_over_bridge(struct way_question *q, const struct network_attachment *from,
                     const struct network_attachment *to, bool is_ipv6);
void way_across(struct way_question *q, const struct network_attachment *from,
                const struct network_attachment *to);
void way_from_host(struct way_question *q, const struct network_attachment *to);
/* By a neighbour on the host's network that sends to the container's address. */
void way_routed(struct way_question *q, const struct network_attachment *to);
void way_published(struct way_question *q, const struct network_publication *port, str as);
void way_to_host(struct way_question *q, const struct network_service *service);
void way_to_outside(struct way_question *q, const struct network_attachment *from);

#endif
