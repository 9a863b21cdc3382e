// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_NETWORK_PACKET_H
#define HARDEN_JUDGE_NETWORK_PACKET_H

#include "model/firewall.h"
#include "model/network.h"

/*
 * The first packet of a connection, and what a packet filter does with it. What is not known of
 * the packet, or not understood of a rule, gives "possible".
 */
struct packet_field {
    bool is_known;
    unsigned char low[FIREWALL_VALUE], high[FIREWALL_VALUE]; /* one value, or any of a range */
};
struct packet {
    bool is_ipv6, is_udp;
    bool from_internet; /* its source is none of the addresses that are used privately */
    uint16_t port;      /* of the destination */
    struct packet_field fields[FIREWALL_FIELDS];
};

struct packet packet_make(bool is_ipv6, bool is_udp, uint16_t port);
/* `interface` empty: unknown. */
void packet_interface(struct packet *packet, enum firewall_field field, str interface);
void packet_address(struct packet *packet, enum firewall_field field, const unsigned char *address);
void packet_port(struct packet *packet, uint16_t port);
/* Whether the destination, or the source, is an address of the machine that filters. */
void packet_type(struct packet *packet, enum firewall_field field, bool is_local);

/* Walks filters; `steps` counts rules for all of them, up to LIMIT_FIREWALL_STEPS. */
struct filter {
    struct arena *arena;
    const struct firewall *firewall;
    uint64_t *steps;
};
struct filter_answer {
    enum network_verdict verdict;
    str rule; /* that decides, as text; empty where nothing stops it */
};

/* What the chains of that hook do; of PREROUTING and OUTPUT, `is_late` for those behind the
 * translation of addresses, which see the new destination. Bridges have chains of their own. */
struct filter_answer filter_pass(const struct filter *filter, bool is_bridge,
                                 enum firewall_hook hook, bool is_late,
                                 const struct packet *packet);

/* How the destination is changed: BLOCKED is "not at all", OPEN "for sure". *packet has the new
 * destination unless that is vague. */
struct filter_translation {
    enum network_verdict is_changed;
    bool is_vague, is_redirect;
    str rule;
};
struct filter_translation filter_translate(const struct filter *filter, enum firewall_hook hook,
                                           struct packet *packet);

#endif
