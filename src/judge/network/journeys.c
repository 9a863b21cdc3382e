// SPDX-License-Identifier: Apache-2.0
/* Whole journeys, leg by leg, from one node to a port of another. */
#include "judge/network/ways.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/* Stand for any public address: nobody has them (RFC 5737, RFC 3849), so no rule is about them. */
static const unsigned char anybody[2][16] = {
    {198, 51, 100, 1},
    {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
};

bool way_has_filter(const struct way_question *q, const struct network_attachment *attachment)
{
    return q->graph->has_firewall && attachment->bridge.len > 0;
}

static str address_text(struct arena *arena, bool is_ipv6, const unsigned char *bytes)
{
    char text[INET6_ADDRSTRLEN];
    return inet_ntop(is_ipv6 ? AF_INET6 : AF_INET, bytes, text, sizeof(text))
               ? arena_str(arena, str_from(text))
               : (str){0};
}

static struct trip start(const struct way_question *q, bool is_ipv6, uint16_t port,
                         const unsigned char *source, const unsigned char *destination)
{
    struct trip trip = trip_start(q->arena, q->graph, is_ipv6, q->is_udp, port);
    if (source)
        packet_address(&trip.packet, FIELD_SOURCE, source);
    if (destination)
        packet_address(&trip.packet, FIELD_DESTINATION, destination);
    return trip;
}

/* Where it comes from: of the LAN one of its addresses, of the Internet any public one. */
static void from_outside(const struct way_question *q, struct trip *trip)
{
    struct packet_field *source = &trip->packet.fields[FIELD_SOURCE];
    size_t size = trip->packet.is_ipv6 ? 16 : 4;
    unsigned prefix = q->graph->outside_prefix[trip->packet.is_ipv6];
    const struct network_address *own = &q->graph->outside[trip->packet.is_ipv6];
    *source = (struct packet_field){.is_known = true};
    trip->packet.from_internet = q->from->kind == NODE_INTERNET;
    if (trip->packet.from_internet || !own->is_known)
        prefix = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned bits = prefix > i * 8 ? prefix - (unsigned)i * 8 : 0;
        unsigned char mask = (unsigned char)(bits >= 8 ? 0xff : 0xff00 >> bits);
        source->low[i] = own->bytes[i] & mask;
        source->high[i] = (unsigned char)(own->bytes[i] | (unsigned char)~mask);
    }
}

/* From the Internet a private address is reached only where a router translates. */
static void cap_internet(const struct way_question *q, struct trip *trip, bool is_ipv6,
                         const unsigned char *address)
{
    if (q->from->kind == NODE_INTERNET && !network_is_public(is_ipv6, address))
        trip_worsen(trip, NETWORK_POSSIBLE,
                    arena_printf(q->arena,
                                 "%.*s is a private address: only a router that passes the port on "
                                 "makes it public",
                                 STR_ARG(address_text(q->arena, is_ipv6, address))),
                    (str){0});
}

static void turned_elsewhere(struct trip *trip)
{
    trip_worsen(trip, NETWORK_POSSIBLE, STR("a rule turns it elsewhere"), trip->rule);
}

/* ---- containers ---- */

void way_over_bridge(struct way_question *q, const struct network_attachment *from,
                     const struct network_attachment *to, bool is_ipv6)
{
    struct trip trip =
        start(q, is_ipv6, q->port, from->addresses[is_ipv6].bytes, to->addresses[is_ipv6].bytes);
    trip_leave(&trip, q->from);
    trip_bridged(&trip, to->bridge);
    trip_arrive(&trip, q->to);
    way_conclude_trip(q, WAY_DIRECT, &trip, q->port,
                      arena_printf(q->arena, "both are on the network %.*s", STR_ARG(to->name)));
}

void way_across(struct way_question *q, const struct network_attachment *from,
                const struct network_attachment *to)
{
    if (!way_has_filter(q, from) || !way_has_filter(q, to) || str_eq(from->bridge, to->bridge))
        return;
    for (unsigned family = 0; family < 2; family++) {
        const struct network_address *source = &from->addresses[family];
        const struct network_address *target = &to->addresses[family];
        if (!source->is_known || !target->is_known)
            continue;
        struct trip trip = start(q, family == 1, q->port, source->bytes, target->bytes);
        trip_leave(&trip, q->from);
        if (trip_enter(&trip, from->bridge, true))
            turned_elsewhere(&trip);
        trip_forward(&trip, from->bridge, to->bridge);
        trip_arrive(&trip, q->to);
        if (q->to->space && q->to->space->has_routes &&
            !network_route_to(q->to->space, family == 1, source->bytes))
            trip_worsen(&trip, NETWORK_POSSIBLE, STR("the answer may find no way back"), (str){0});
        way_conclude_trip(q, WAY_DIRECT, &trip, q->port,
                          arena_printf(q->arena,
                                       "no network in common, from %.*s to %.*s by way "
                                       "of the host",
                                       STR_ARG(from->name), STR_ARG(to->name)));
    }
}

static struct trip host_to(const struct way_question *q, const struct network_attachment *to,
                           bool is_ipv6)
{
    const struct network_address *target = &to->addresses[is_ipv6];
    struct trip trip =
        start(q, is_ipv6, q->port, target->has_gateway ? target->gateway : NULL, target->bytes);
    if (trip_choose(&trip))
        turned_elsewhere(&trip);
    trip_from_host(&trip, to->bridge);
    trip_arrive(&trip, q->to);
    return trip;
}

void way_from_host(struct way_question *q, const struct network_attachment *to)
{
    for (unsigned family = 0; way_has_filter(q, to) && family < 2; family++) {
        if (!to->addresses[family].is_known)
            continue;
        struct trip trip = host_to(q, to, family == 1);
        way_conclude_trip(q, WAY_DIRECT, &trip, q->port,
                          STR("the host has an address on each bridge, published or not"));
    }
}

void way_routed(struct way_question *q, const struct network_attachment *to)
{
    for (unsigned family = 0; way_has_filter(q, to) && family < 2; family++) {
        if (!to->addresses[family].is_known)
            continue;
        struct trip trip = start(q, family == 1, q->port, NULL, to->addresses[family].bytes);
        from_outside(q, &trip);
        if (trip_enter(&trip, q->graph->outer, false))
            turned_elsewhere(&trip);
        trip_forward(&trip, q->graph->outer, to->bridge);
        trip_arrive(&trip, q->to);
        str rule = trip.rule;
        trip_worsen(&trip, NETWORK_POSSIBLE,
                    STR("the neighbour has to make this host its router for that"), rule);
        way_conclude_trip(q, WAY_ROUTED, &trip, q->port,
                          arena_printf(q->arena,
                                       "the host forwards to %.*s, the container's own "
                                       "address",
                                       STR_ARG(address_text(q->arena, family == 1,
                                                            to->addresses[family].bytes))));
    }
}

void way_to_outside(struct way_question *q, const struct network_attachment *from)
{
    for (unsigned family = 0; way_has_filter(q, from) && q->graph->outer.len && family < 2;
         family++) {
        unsigned char target[16];
        const struct network_address *own = &q->graph->outside[family];
        if (!from->addresses[family].is_known || !own->is_known)
            continue;
        memcpy(target, anybody[family], sizeof(target));
        if (q->to->kind == NODE_LAN) {
            memcpy(target, own->bytes, sizeof(target));
            target[family ? 15 : 3] ^= 1;
        }
        struct trip trip = start(q, family == 1, q->port, from->addresses[family].bytes, target);
        trip_leave(&trip, q->from);
        if (trip_enter(&trip, from->bridge, true))
            turned_elsewhere(&trip);
        trip_forward(&trip, from->bridge, q->graph->outer);
        str reason = STR("its network leads outside by way of the host");
        if (trip.why.len)
            reason = arena_join(q->arena, reason, STR(", but "), trip.why);
        way_answer(q, WAY_DIRECT, trip.verdict, q->port, reason);
        q->ways->items[q->ways->count - 1].rule = trip.rule;
        q->ways->items[q->ways->count - 1].is_ipv6 = family == 1;
    }
}

/* ---- published ports ---- */

/* The container's interface on which it has the packet's destination. */
static const struct network_attachment *owner_of(const struct network_node *node,
                                                 const struct packet *packet)
{
    for (size_t i = 0; i < node->attachments.count; i++) {
        const struct network_address *own = &node->attachments.items[i].addresses[packet->is_ipv6];
        if (own->is_known && memcmp(own->bytes, packet->fields[FIELD_DESTINATION].low,
                                    packet->is_ipv6 ? 16 : 4) == 0)
            return &node->attachments.items[i];
    }
    return NULL;
}

/* The engine's proxy takes it on the host, and connects to the container by itself. */
static void by_proxy(const struct way_question *q, struct trip *trip, str in)
{
    const struct network_node *host = &q->graph->nodes.items[NETWORK_NODE_HOST];
    bool is_ipv6 = trip->packet.is_ipv6;
    const struct network_service *service = network_service(host, trip->packet.port, q->is_udp);
    trip_to_host(trip, in);
    bool is_loopback = q->from->kind == NODE_HOST;
    bool takes = service && (service->scope == SCOPE_LOOPBACK ? is_loopback
                             : is_ipv6                        ? service->on_ipv6
                                                              : service->on_ipv4);
    if (!host->inode)
        trip_worsen(trip, NETWORK_POSSIBLE, STR("who listens on the host could not be seen"),
                    (str){0});
    else if (!takes)
        trip_worsen(trip, NETWORK_BLOCKED, STR("nobody on the host takes that port"), (str){0});
    const struct network_attachment *first = NULL;
    for (size_t i = 0; i < q->to->attachments.count && !first; i++)
        if (way_has_filter(q, &q->to->attachments.items[i]))
            first = &q->to->attachments.items[i];
    if (!first) {
        trip_worsen(trip, NETWORK_POSSIBLE, STR("where the proxy leads was not to be seen"),
                    (str){0});
        return;
    }
    bool end = !first->addresses[0].is_known;
    struct trip second = host_to(q, first, end);
    trip_worsen(trip, second.verdict, second.why, second.rule);
    trip->packet.is_ipv6 = end; /* which family the container's service has to take */
}

static struct trip to_published(const struct way_question *q, const struct network_attachment *from,
                                bool is_ipv6, const unsigned char *address, uint16_t port)
{
    struct trip trip =
        start(q, is_ipv6, port, from ? from->addresses[is_ipv6].bytes : NULL, address);
    str in = from ? from->bridge : q->from->kind == NODE_HOST ? STR("lo") : q->graph->outer;
    bool turned;
    packet_type(&trip.packet, FIELD_TYPE, true);
    if (way_is_outside(q->from))
        from_outside(q, &trip);
    if (q->from->kind == NODE_CONTAINER)
        trip_leave(&trip, q->from);
    if (q->from->kind == NODE_HOST) {
        packet_address(&trip.packet, FIELD_SOURCE, address);
        packet_type(&trip.packet, FIELD_SOURCE_TYPE, true);
        turned = trip_choose(&trip);
    } else {
        turned = trip_enter(&trip, in, from != NULL);
    }
    if (!turned) {
        if (q->from->kind == NODE_HOST)
            trip_from_host(&trip, in);
        by_proxy(q, &trip, in);
        return trip;
    }
    const struct network_attachment *to = owner_of(q->to, &trip.packet);
    if (!to || trip.packet.port != q->port) {
        turned_elsewhere(&trip);
        return trip;
    }
    if (q->from->kind == NODE_HOST)
        trip_from_host(&trip, to->bridge);
    else
        trip_forward(&trip, in, to->bridge);
    trip_arrive(&trip, q->to);
    return trip;
}

static void conclude_published(struct way_question *q, struct trip *trip,
                               const struct network_publication *port, str as, bool is_ipv6)
{
    size_t before = q->ways->count;
    way_conclude_trip(q, WAY_PUBLISHED, trip, port->host_port,
                      is_ipv6 ? arena_join(q->arena, as, STR(" "), STR("over IPv6")) : as);
    if (q->ways->count > before)
        q->ways->items[before].is_ipv6 = is_ipv6;
}

void way_published(struct way_question *q, const struct network_publication *port, str as)
{
    static const unsigned char loopback[2][16] = {{127, 0, 0, 1}, {[15] = 1}};
    bool is_v6 = str_find_char(port->host_ip, ':') != STR_NONE;
    bool is_v4 = port->host_ip.len && !is_v6;
    if (!q->graph->has_firewall)
        return;
    for (unsigned family = 0; family < 2; family++) {
        unsigned char address[16];
        bool one =
            network_address_parse(port->host_ip, family == 1, address) && port->scope != SCOPE_ANY;
        if (family == 1 ? is_v4 : is_v6)
            continue;
        const struct network_address *outside = &q->graph->outside[family];
        if (q->from->kind == NODE_HOST || (way_is_outside(q->from) && outside->is_known)) {
            if (!one)
                memcpy(address, q->from->kind == NODE_HOST ? loopback[family] : outside->bytes,
                       sizeof(address));
            struct trip trip = to_published(q, NULL, family == 1, address, port->host_port);
            cap_internet(q, &trip, family == 1, address);
            conclude_published(q, &trip, port, as, family == 1);
        }
        for (size_t i = 0; i < q->from->attachments.count; i++) {
            const struct network_attachment *from = &q->from->attachments.items[i];
            const struct network_address *own = &from->addresses[family];
            if (!way_has_filter(q, from) || !own->is_known || !(one || own->has_gateway))
                continue;
            struct trip trip =
                to_published(q, from, family == 1, one ? address : own->gateway, port->host_port);
            conclude_published(q, &trip, port, as, family == 1);
        }
    }
}

/* ---- services of the host ---- */

static void reach_host(struct way_question *q, const struct network_service *service,
                       const struct network_attachment *from, bool is_ipv6)
{
    unsigned char address[16];
    const struct network_address *there =
        from ? &from->addresses[is_ipv6] : &q->graph->outside[is_ipv6];
    bool one = service->scope == SCOPE_ADDRESS &&
               network_address_parse(service->address, is_ipv6, address);
    if (!one)
        memcpy(address, from ? there->gateway : there->bytes, sizeof(address));
    struct trip trip = start(q, is_ipv6, q->port, from ? there->bytes : NULL, address);
    packet_type(&trip.packet, FIELD_TYPE, true);
    if (from)
        trip_leave(&trip, q->from);
    else
        from_outside(q, &trip);
    str in = from ? from->bridge : q->graph->outer;
    if (trip_enter(&trip, in, from != NULL))
        turned_elsewhere(&trip);
    trip_to_host(&trip, in);
    if (!from && one && memcmp(address, there->bytes, sizeof(address)) != 0)
        trip_worsen(&trip, NETWORK_POSSIBLE,
                    STR("its one address is not the one that the host has outside"), (str){0});
    cap_internet(q, &trip, is_ipv6, address);
    str reason = one ? arena_printf(q->arena, "the host listens on %.*s", STR_ARG(service->address))
                 : from ? STR("it listens on all addresses, so on the gateway of each bridge too")
                        : STR("it listens on all addresses of the host");
    way_conclude_trip(q, WAY_HOST, &trip, q->port, reason);
}

void way_to_host(struct way_question *q, const struct network_service *service)
{
    if (!q->graph->has_firewall || !service || service->scope == SCOPE_LOOPBACK)
        return;
    for (unsigned family = 0; family < 2; family++) {
        if (!(family ? service->on_ipv6 : service->on_ipv4))
            continue;
        if (way_is_outside(q->from) && q->graph->outside[family].is_known)
            reach_host(q, service, NULL, family == 1);
        for (size_t i = 0; i < q->from->attachments.count; i++) {
            const struct network_attachment *from = &q->from->attachments.items[i];
            if (way_has_filter(q, from) && from->addresses[family].is_known &&
                from->addresses[family].has_gateway)
                reach_host(q, service, from, family == 1);
        }
    }
}
