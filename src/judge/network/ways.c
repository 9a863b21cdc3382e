// SPDX-License-Identifier: Apache-2.0
/*
 * Ways from one node to a port of another. With the host's packet filter, each is a journey
 * through its rules (trip.c). Without it, what engines program counts, measured on Docker 20.10
 * and read for newer ones: bridges are kept apart (DOCKER-ISOLATION-STAGE-1/2); a published port
 * is taken by docker-proxy on the host's addresses for whoever comes from another bridge, but not
 * for internal networks, whose packets are translated and then dropped.
 */
#include "judge/network/ways.h"

#include <stdlib.h>
#include <string.h>

void way_answer(struct way_question *q, enum network_way_kind kind, enum network_verdict verdict,
                uint16_t at_port, str reason)
{
    *vec_push(q->arena, q->ways) = (struct network_way){
        .kind = kind, .verdict = verdict, .at_port = at_port, .reason = reason};
}

bool way_is_bridge(const struct network_attachment *attachment)
{
    return attachment->network && str_eq(attachment->network->driver, STR("bridge"));
}

bool way_on_internal_only(const struct network_node *node)
{
    for (size_t i = 0; i < node->attachments.count; i++) {
        const struct engine_network *network = node->attachments.items[i].network;
        if (!network || !network->is_internal)
            return false;
    }
    return node->attachments.count > 0;
}

static bool all_bridges(const struct network_node *node)
{
    for (size_t i = 0; i < node->attachments.count; i++)
        if (!way_is_bridge(&node->attachments.items[i]))
            return false;
    return true;
}

bool way_is_outside(const struct network_node *node)
{
    return node->kind == NODE_LAN || node->kind == NODE_INTERNET;
}

/* Whether somebody answers there; the reason where nobody can. `address`: of the packet, as text;
 * absent where it is not known. */
static enum network_verdict listening(const struct way_question *q, str address, str *ret_reason)
{
    const struct network_service *service = network_service(q->to, q->port, q->is_udp);
    if (!service && !q->to->inode) {
        *ret_reason = STR("whether somebody listens there could not be seen");
        return NETWORK_POSSIBLE;
    }
    if (!service) {
        *ret_reason = STR("nobody listens on that port");
        return NETWORK_BLOCKED;
    }
    if (service->scope == SCOPE_LOOPBACK) {
        *ret_reason = arena_printf(q->arena, "it listens on %.*s only, which is the inside alone",
                                   STR_ARG(service->address));
        return NETWORK_BLOCKED;
    }
    if (service->is_assumed) {
        *ret_reason = STR("the port is declared; whether somebody listens could not be seen");
        return NETWORK_POSSIBLE;
    }
    if (service->scope == SCOPE_ADDRESS && q->to->attachments.count > 1 &&
        !str_eq(service->address, address)) {
        *ret_reason = arena_printf(q->arena, "it listens on %.*s alone, one of several networks",
                                   STR_ARG(service->address));
        return NETWORK_POSSIBLE;
    }
    return NETWORK_OPEN;
}

void way_conclude(struct way_question *q, enum network_way_kind kind, enum network_verdict verdict,
                  uint16_t at_port, str reason)
{
    str end = {0};
    enum network_verdict listens = listening(q, (str){0}, &end);
    if (listens < verdict) {
        verdict = listens;
        reason = listens == NETWORK_BLOCKED ? end : arena_join(q->arena, reason, STR("; "), end);
    }
    way_answer(q, kind, verdict, at_port, reason);
}

void way_conclude_trip(struct way_question *q, enum network_way_kind kind, const struct trip *trip,
                       uint16_t at_port, str reason)
{
    const struct network_service *service = network_service(q->to, q->port, q->is_udp);
    bool is_ipv6 = trip->packet.is_ipv6;
    size_t before = q->ways->count;
    /* Of a service that takes the other family alone there is nothing to tell. */
    if (service && service->scope != SCOPE_LOOPBACK &&
        !(is_ipv6 ? service->on_ipv6 : service->on_ipv4))
        return;
    if (trip->why.len)
        reason = arena_join(q->arena, reason, STR(", but "), trip->why);
    way_conclude(q, kind, trip->verdict, at_port, reason);
    struct network_way *way = &q->ways->items[before];
    way->is_ipv6 = is_ipv6;
    /* The rule tells of the firewall; nobody listening is another matter. */
    if (way->verdict == trip->verdict)
        way->rule = trip->rule;
}

/* ---- to the container's own address ---- */

static void by_the_engine(struct way_question *q, const struct network_attachment *shared)
{
    const struct engine_network *network = shared->network;
    enum network_verdict verdict = NETWORK_OPEN;
    const char *then = "";
    if (!network) {
        verdict = NETWORK_POSSIBLE;
        then = ", of which the engine did not tell more";
    } else if (network->icc == ANSWER_NO &&
               (q->graph->no_iptables || q->to->has_links || q->from->has_links)) {
        verdict = NETWORK_POSSIBLE;
        then = ", which keeps its containers apart (icc=false), but a link, or a daemon without "
               "iptables, can undo that";
    } else if (network->icc == ANSWER_NO) {
        verdict = NETWORK_BLOCKED;
        then = ", which keeps its containers apart (icc=false)";
    }
    way_conclude(
        q, WAY_DIRECT, verdict, q->port,
        arena_printf(q->arena, "both are on the network %.*s%s", STR_ARG(shared->name), then));
}

static void over_network(struct way_question *q, const struct network_attachment *at,
                         const struct network_attachment *shared)
{
    size_t before = q->ways->count;
    if (way_has_filter(q, at) && way_is_bridge(shared))
        for (unsigned family = 0; family < 2; family++)
            if (at->addresses[family].is_known && shared->addresses[family].is_known)
                way_over_bridge(q, at, shared, family == 1);
    if (q->ways->count == before)
        by_the_engine(q, shared);
}

static void between_networks(struct way_question *q)
{
    const struct network_node *from = q->from, *to = q->to;
    size_t before = q->ways->count;
    if (from->attachments.count == 0 || to->attachments.count == 0) {
        const struct network_node *lonely = from->attachments.count == 0 ? from : to;
        way_answer(q, WAY_DIRECT, NETWORK_BLOCKED, q->port,
                   arena_printf(q->arena, "%.*s is on no network", STR_ARG(lonely->name)));
        return;
    }
    for (size_t i = 0; i < from->attachments.count; i++)
        for (size_t j = 0; j < to->attachments.count; j++)
            way_across(q, &from->attachments.items[i], &to->attachments.items[j]);
    if (q->ways->count > before)
        return;
    if (from->engine != to->engine || from->engine->is_podman || q->graph->no_iptables)
        way_conclude(
            q, WAY_DIRECT, NETWORK_POSSIBLE, q->port,
            STR("no network in common, but nothing is known to keep these networks apart"));
    else if (!all_bridges(from) || !all_bridges(to))
        way_conclude(
            q, WAY_DIRECT, NETWORK_POSSIBLE, q->port,
            STR("no network in common; one is no bridge, so it depends on routers outside"));
    else
        way_answer(q, WAY_DIRECT, NETWORK_BLOCKED, q->port,
                   STR("no network in common, and the engine keeps its bridges apart"));
}

static void from_host(struct way_question *q)
{
    const struct network_node *to = q->to;
    size_t before = q->ways->count;
    bool known = to->attachments.count && all_bridges(to);
    if (to->attachments.count == 0) {
        way_answer(q, WAY_DIRECT, NETWORK_BLOCKED, q->port,
                   arena_printf(q->arena, "%.*s is on no network", STR_ARG(to->name)));
        return;
    }
    for (size_t i = 0; i < to->attachments.count; i++)
        way_from_host(q, &to->attachments.items[i]);
    if (q->ways->count == before)
        way_conclude(q, WAY_DIRECT,
                     known && !to->engine->is_rootless ? NETWORK_OPEN : NETWORK_POSSIBLE, q->port,
                     STR("the host has an address on each bridge, published or not"));
}

/* The engine lets others send to addresses on one of its networks. */
static bool has_open_gateway(const struct network_node *node)
{
    for (size_t i = 0; i < node->attachments.count; i++) {
        const struct engine_network *network = node->attachments.items[i].network;
        if (network && (str_eq(network->gateway_mode, STR("routed")) ||
                        str_eq(network->gateway_mode, STR("nat-unprotected"))))
            return true;
    }
    return false;
}

static void from_outside(struct way_question *q)
{
    const struct network_node *to = q->to;
    bool bridges = all_bridges(to);
    if (!bridges)
        way_answer(q, WAY_DIRECT, NETWORK_POSSIBLE, q->port,
                   STR("one of its networks is no bridge: it may lead outside"));
    else if (q->from->kind == NODE_LAN && q->graph->has_firewall && q->graph->outer.len)
        for (size_t i = 0; i < to->attachments.count; i++)
            way_routed(q, &to->attachments.items[i]);
    else if (has_open_gateway(to))
        way_conclude(q, WAY_ROUTED, NETWORK_POSSIBLE, q->port,
                     STR("one of its networks is routed, or nat-unprotected: whoever can send to "
                         "the container's own address may reach it"));
    else
        way_answer(q, WAY_DIRECT, NETWORK_BLOCKED, q->port,
                   STR("addresses of containers mean nothing outside of this host"));
}

static void direct(struct way_question *q)
{
    const struct network_node *from = q->from, *to = q->to;
    size_t before = q->ways->count;
    if (way_is_outside(from)) {
        from_outside(q);
        return;
    }
    if (from->kind == NODE_HOST) {
        from_host(q);
        return;
    }
    for (size_t i = 0; i < from->attachments.count; i++)
        for (size_t j = 0; j < to->attachments.count; j++)
            if (from->engine == to->engine &&
                str_eq(from->attachments.items[i].name, to->attachments.items[j].name))
                over_network(q, &from->attachments.items[i], &to->attachments.items[j]);
    if (q->ways->count == before)
        between_networks(q);
}

/* ---- by way of the host, as engines mean it ---- */

/* Engines before 28 were measured; how later ones treat internal networks was not. */
static bool is_before_28(const struct engine_facts *engine)
{
    uint64_t major;
    str head = {0}, tail;
    str_cut(engine->version, '.', &head, &tail);
    return str_to_u64(head, UINT16_MAX, &major) && major < 28 && !engine->is_podman;
}

static void published_by_the_engine(struct way_question *q, const struct network_publication *port,
                                    str as)
{
    const struct network_node *from = q->from;
    const char *then = "";
    enum network_verdict verdict = NETWORK_OPEN;
    if (from->kind == NODE_CONTAINER && way_on_internal_only(from)) {
        verdict = is_before_28(from->engine) ? NETWORK_BLOCKED : NETWORK_POSSIBLE;
        then = ", which containers on internal networks mostly do not reach";
    } else if (from->kind == NODE_CONTAINER &&
               (q->graph->no_proxy || !all_bridges(from) || from->engine->is_rootless ||
                from->engine->is_podman)) {
        verdict = NETWORK_POSSIBLE;
        then = "; whether the host passes that on for containers is not known here";
    } else if (from->kind == NODE_CONTAINER) {
        then = ", which every container with a gateway reaches";
    } else if (from->kind == NODE_LAN) {
        then = ", for whoever reaches that address of the host";
    } else if (from->kind == NODE_INTERNET) {
        verdict = NETWORK_POSSIBLE;
        then = "; whether that is reached from the Internet was not to be seen";
    }
    way_conclude(q, WAY_PUBLISHED, verdict, port->host_port,
                 arena_printf(q->arena, "%.*s%s", STR_ARG(as), then));
}

/* It has an address, and none of that family. */
static bool lacks_family(const struct way_question *q, bool is_ipv6)
{
    bool has_other = false;
    for (size_t i = 0; i < q->from->attachments.count; i++) {
        const struct network_address *addresses = q->from->attachments.items[i].addresses;
        if (addresses[is_ipv6].is_known)
            return false;
        has_other |= addresses[!is_ipv6].is_known;
    }
    return q->from->kind == NODE_CONTAINER && has_other;
}

static void published(struct way_question *q, const struct network_publication *port)
{
    const struct network_node *from = q->from;
    struct arena *arena = q->arena;
    uint16_t at = port->host_port;
    size_t before = q->ways->count;
    str address = port->host_ip.len ? port->host_ip : STR("0.0.0.0");
    str as = arena_printf(arena, "it is published on %.*s:%u", STR_ARG(address), (unsigned)at);
    if (port->scope == SCOPE_LOOPBACK && from->kind != NODE_HOST) {
        way_answer(q, WAY_PUBLISHED, NETWORK_BLOCKED, at,
                   arena_printf(arena, "%.*s, for the host alone", STR_ARG(as)));
        return;
    }
    if (from->kind == NODE_CONTAINER && from->attachments.count == 0) {
        way_answer(q, WAY_PUBLISHED, NETWORK_BLOCKED, at,
                   arena_printf(arena, "%.*s is on no network", STR_ARG(from->name)));
        return;
    }
    bool is_ipv6 = str_find_char(port->host_ip, ':') != STR_NONE;
    if (port->host_ip.len && lacks_family(q, is_ipv6)) {
        way_answer(q, WAY_PUBLISHED, NETWORK_BLOCKED, at,
                   arena_printf(arena, "%.*s, and %.*s has no address of IPv%d", STR_ARG(as),
                                STR_ARG(from->name), is_ipv6 ? 6 : 4));
        return;
    }
    way_published(q, port, as);
    if (q->ways->count == before)
        published_by_the_engine(q, port, as);
}

/* ---- to services of the host itself ---- */

static bool has_gateway(const struct network_node *node)
{
    for (size_t i = 0; i < node->attachments.count; i++)
        if (way_is_bridge(&node->attachments.items[i]) &&
            !node->attachments.items[i].network->is_gateway_isolated)
            return true;
    return false;
}

static void to_host(struct way_question *q)
{
    const struct network_node *from = q->from;
    const struct network_service *service = network_service(q->to, q->port, q->is_udp);
    enum network_verdict verdict = NETWORK_OPEN;
    size_t before = q->ways->count;
    str reason = STR("it listens on all addresses, so on the gateway of each bridge too");
    bool one = service && service->scope == SCOPE_ADDRESS;
    if (from->kind == NODE_CONTAINER && from->attachments.count == 0) {
        way_answer(q, WAY_HOST, NETWORK_BLOCKED, q->port,
                   arena_printf(q->arena, "%.*s is on no network", STR_ARG(from->name)));
        return;
    }
    way_to_host(q, service);
    if (q->ways->count > before)
        return;
    if (from->kind == NODE_INTERNET) {
        verdict = NETWORK_POSSIBLE;
        reason = STR("whether the host is reached from the Internet was not to be seen");
    } else if (from->kind == NODE_LAN) {
        verdict = one ? NETWORK_POSSIBLE : NETWORK_OPEN;
        reason = one ? STR("whether its one address is known outside was not looked at")
                     : STR("it listens on all addresses of the host");
    } else if (!has_gateway(from) || from->engine->is_rootless) {
        verdict = NETWORK_POSSIBLE;
        reason = STR("no bridge is known that joins the container and the host");
    } else if (one) {
        verdict = way_on_internal_only(from) ? NETWORK_POSSIBLE : NETWORK_OPEN;
        reason = arena_printf(q->arena, "the host listens on %.*s, which containers can route to",
                              STR_ARG(service->address));
    }
    way_conclude(q, WAY_HOST, verdict, q->port, reason);
}

static int compare_ways(const void *left, const void *right)
{
    const struct network_way *a = left, *b = right;
    if (a->verdict != b->verdict)
        return (a->verdict < b->verdict) - (a->verdict > b->verdict);
    if (a->kind != b->kind)
        return (a->kind > b->kind) - (a->kind < b->kind);
    return a->is_ipv6 - b->is_ipv6;
}

/* Of the host's port: those of containers that are published there. */
static bool passed_on(struct way_question *q)
{
    const struct network_graph *graph = q->graph;
    size_t before = q->ways->count;
    for (size_t i = NETWORK_NODE_FIRST; i < graph->nodes.count; i++)
        for (size_t p = 0; p < graph->nodes.items[i].publications.count; p++) {
            const struct network_publication *port = &graph->nodes.items[i].publications.items[p];
            if (port->host_port != q->port || port->is_udp != q->is_udp)
                continue;
            struct way_question behind = *q;
            behind.to = &graph->nodes.items[i];
            behind.port = port->port;
            published(&behind, port);
        }
    return q->ways->count > before;
}

static void to_outside(struct way_question *q)
{
    const struct network_node *from = q->from;
    size_t before = q->ways->count;
    bool cut =
        from->kind == NODE_CONTAINER &&
        (from->attachments.count == 0 || (way_on_internal_only(from) && !q->graph->no_iptables));
    if (from->kind == NODE_CONTAINER && from->attachments.count)
        for (size_t i = 0; i < from->attachments.count; i++)
            way_to_outside(q, &from->attachments.items[i]);
    if (q->ways->count == before)
        way_answer(q, WAY_DIRECT, cut ? NETWORK_BLOCKED : NETWORK_OPEN, q->port,
                   cut ? STR("it is on no network that leads outside")
                       : STR("its network leads outside by way of the host"));
}

void network_ways(struct arena *arena, const struct network_graph *graph, size_t from, size_t to,
                  uint16_t port, bool is_udp, struct network_way_list *ret)
{
    struct way_question q = {
        .arena = arena,
        .graph = graph,
        .from = &graph->nodes.items[from],
        .to = &graph->nodes.items[to],
        .port = port,
        .is_udp = is_udp,
        .ways = ret,
    };
    if (from == to) {
        bool is_there = network_service(q.to, port, is_udp) != NULL;
        way_answer(&q, WAY_NAMESPACE, is_there ? NETWORK_OPEN : NETWORK_BLOCKED, port,
                   is_there ? STR("they share one network namespace, 127.0.0.1 too")
                            : STR("nobody listens on that port"));
    } else if (way_is_outside(q.to)) {
        to_outside(&q);
    } else if (q.to->kind == NODE_HOST) {
        if (!passed_on(&q))
            to_host(&q);
    } else {
        direct(&q);
        for (size_t i = 0; i < q.to->publications.count; i++) {
            const struct network_publication *published_port = &q.to->publications.items[i];
            if (published_port->port == port && published_port->is_udp == is_udp)
                published(&q, published_port);
        }
    }
    if (ret->count > 1)
        qsort(ret->items, ret->count, sizeof(*ret->items), compare_ways);
}
