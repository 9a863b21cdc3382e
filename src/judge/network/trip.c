// SPDX-License-Identifier: Apache-2.0
/* Legs of a packet's journey, each through the hooks that the kernel calls there. */
#include "judge/network/parts.h"

#include <string.h>

struct trip trip_start(struct arena *arena, const struct network_graph *graph, bool is_ipv6,
                       bool is_udp, uint16_t port)
{
    return (struct trip){.arena = arena,
                         .graph = graph,
                         .packet = packet_make(is_ipv6, is_udp, port),
                         .verdict = NETWORK_OPEN};
}

void trip_worsen(struct trip *trip, enum network_verdict verdict, str why, str rule)
{
    if (verdict >= trip->verdict)
        return;
    trip->verdict = verdict;
    trip->why = why;
    trip->rule = rule;
}

static struct filter filter_of(const struct trip *trip, const struct firewall *firewall)
{
    return (struct filter){.arena = trip->arena, .firewall = firewall, .steps = trip->graph->steps};
}

static void pass_hook(struct trip *trip, const struct firewall *firewall, bool is_bridge,
                      enum firewall_hook hook, bool is_late, const char *whose)
{
    const struct filter filter = filter_of(trip, firewall);
    struct filter_answer answer = filter_pass(&filter, is_bridge, hook, is_late, &trip->packet);
    if (answer.verdict == NETWORK_OPEN) {
        if (trip->verdict == NETWORK_OPEN && answer.rule.len)
            trip->rule = answer.rule;
        return;
    }
    str word = answer.verdict == NETWORK_BLOCKED ? STR("stops it") : STR("may stop it");
    trip_worsen(trip, answer.verdict, arena_join(trip->arena, str_from(whose), STR(" "), word),
                answer.rule);
}

static const struct firewall *host_firewall(const struct trip *trip)
{
    const struct network_node *host = &trip->graph->nodes.items[NETWORK_NODE_HOST];
    return trip->graph->has_firewall ? &host->space->firewall : NULL;
}

static void host_hook(struct trip *trip, bool is_bridge, enum firewall_hook hook, bool is_late)
{
    const struct firewall *firewall = host_firewall(trip);
    if (firewall)
        pass_hook(trip, firewall, is_bridge, hook, is_late, "the host's firewall");
}

/* ---- containers' own ---- */

/* What a container's filter turns elsewhere is left open: a side-car may pass it on. */
static void own_hooks(struct trip *trip, const struct network_node *node, enum firewall_hook first,
                      enum firewall_hook then)
{
    const struct firewall *firewall = &node->space->firewall;
    struct packet packet = trip->packet;
    const struct filter filter = filter_of(trip, firewall);
    packet_interface(&trip->packet, FIELD_INPUT_INTERFACE, (str){0});
    packet_interface(&trip->packet, FIELD_OUTPUT_INTERFACE, (str){0});
    struct packet changed = trip->packet;
    struct filter_translation turned = filter_translate(&filter, first, &changed);
    if (turned.is_changed != NETWORK_BLOCKED)
        trip_worsen(trip, NETWORK_POSSIBLE,
                    STR("a rule inside of the container turns it elsewhere"), turned.rule);
    pass_hook(trip, firewall, false, first, false, "the container's own firewall");
    pass_hook(trip, firewall, false, first, true, "the container's own firewall");
    pass_hook(trip, firewall, false, then, false, "the container's own firewall");
    trip->packet = packet;
}

void trip_leave(struct trip *trip, const struct network_node *from)
{
    const struct packet *packet = &trip->packet;
    if (!from->space)
        return;
    if (packet->fields[FIELD_DESTINATION].is_known && from->space->has_routes &&
        !network_route_to(from->space, packet->is_ipv6, packet->fields[FIELD_DESTINATION].low))
        trip_worsen(trip, NETWORK_BLOCKED,
                    arena_printf(trip->arena, "%.*s has no route there", STR_ARG(from->name)),
                    (str){0});
    if (from->space->firewall.is_known)
        own_hooks(trip, from, HOOK_OUTPUT, HOOK_POSTROUTING);
}

void trip_arrive(struct trip *trip, const struct network_node *to)
{
    if (to->space && to->space->firewall.is_known)
        own_hooks(trip, to, HOOK_PREROUTING, HOOK_INPUT);
}

/* ---- the host ---- */

/* Whether what stays on one bridge is shown to the filter of IP: br_netfilter. */
static enum answer bridges_are_filtered(const struct trip *trip)
{
    const struct host *host = trip->graph->host;
    str value = host_value(host, trip->packet.is_ipv6
                                     ? STR("/proc/sys/net/bridge/bridge-nf-call-ip6tables")
                                     : STR("/proc/sys/net/bridge/bridge-nf-call-iptables"));
    return str_eq(value, STR("1")) ? ANSWER_YES : ANSWER_NO;
}

static void turn(struct trip *trip, enum firewall_hook hook, struct filter_translation *ret)
{
    const struct firewall *firewall = host_firewall(trip);
    *ret = (struct filter_translation){.is_changed = NETWORK_BLOCKED};
    if (!firewall)
        return;
    const struct filter filter = filter_of(trip, firewall);
    struct packet changed = trip->packet;
    *ret = filter_translate(&filter, hook, &changed);
    if (ret->is_changed == NETWORK_OPEN && !ret->is_vague)
        trip->packet = changed;
    else if (ret->is_changed != NETWORK_BLOCKED)
        trip_worsen(trip, NETWORK_POSSIBLE, STR("a rule may turn it elsewhere"), ret->rule);
}

void trip_bridged(struct trip *trip, str bridge)
{
    struct filter_translation turned;
    packet_interface(&trip->packet, FIELD_INPUT_INTERFACE, (str){0});
    packet_interface(&trip->packet, FIELD_OUTPUT_INTERFACE, (str){0});
    host_hook(trip, true, HOOK_PREROUTING, false);
    host_hook(trip, true, HOOK_FORWARD, false);
    host_hook(trip, true, HOOK_POSTROUTING, false);
    if (bridges_are_filtered(trip) != ANSWER_YES)
        return;
    packet_interface(&trip->packet, FIELD_INPUT_INTERFACE, bridge);
    host_hook(trip, false, HOOK_PREROUTING, false);
    turn(trip, HOOK_PREROUTING, &turned);
    if (turned.is_changed == NETWORK_OPEN)
        trip_worsen(trip, NETWORK_POSSIBLE, STR("a rule turns it elsewhere"), turned.rule);
    host_hook(trip, false, HOOK_PREROUTING, true);
    packet_interface(&trip->packet, FIELD_OUTPUT_INTERFACE, bridge);
    host_hook(trip, false, HOOK_FORWARD, false);
    packet_interface(&trip->packet, FIELD_INPUT_INTERFACE, (str){0});
    host_hook(trip, false, HOOK_POSTROUTING, false);
}

bool trip_enter(struct trip *trip, str in, bool is_from_bridge)
{
    struct filter_translation turned;
    packet_interface(&trip->packet, FIELD_OUTPUT_INTERFACE, (str){0});
    if (is_from_bridge) {
        packet_interface(&trip->packet, FIELD_INPUT_INTERFACE, (str){0});
        host_hook(trip, true, HOOK_PREROUTING, false);
        host_hook(trip, true, HOOK_INPUT, false);
    }
    packet_interface(&trip->packet, FIELD_INPUT_INTERFACE, in);
    host_hook(trip, false, HOOK_PREROUTING, false);
    turn(trip, HOOK_PREROUTING, &turned);
    host_hook(trip, false, HOOK_PREROUTING, true);
    return turned.is_changed == NETWORK_OPEN && !turned.is_vague && !turned.is_redirect;
}

void trip_forward(struct trip *trip, str in, str out)
{
    str path = trip->packet.is_ipv6 ? STR("/proc/sys/net/ipv6/conf/all/forwarding")
                                    : STR("/proc/sys/net/ipv4/ip_forward");
    if (str_eq(host_value(trip->graph->host, path), STR("0")))
        trip_worsen(trip, NETWORK_BLOCKED, STR("the host forwards nothing"), path);
    packet_interface(&trip->packet, FIELD_INPUT_INTERFACE, in);
    packet_interface(&trip->packet, FIELD_OUTPUT_INTERFACE, out);
    host_hook(trip, false, HOOK_FORWARD, false);
    packet_interface(&trip->packet, FIELD_INPUT_INTERFACE, (str){0});
    host_hook(trip, false, HOOK_POSTROUTING, false);
}

void trip_to_host(struct trip *trip, str in)
{
    packet_interface(&trip->packet, FIELD_INPUT_INTERFACE, in);
    packet_interface(&trip->packet, FIELD_OUTPUT_INTERFACE, (str){0});
    host_hook(trip, false, HOOK_INPUT, false);
}

bool trip_choose(struct trip *trip)
{
    struct filter_translation turned;
    packet_interface(&trip->packet, FIELD_INPUT_INTERFACE, (str){0});
    packet_interface(&trip->packet, FIELD_OUTPUT_INTERFACE, (str){0});
    turn(trip, HOOK_OUTPUT, &turned);
    return turned.is_changed == NETWORK_OPEN && !turned.is_vague && !turned.is_redirect;
}

void trip_from_host(struct trip *trip, str out)
{
    bool is_bridge = !str_eq(out, STR("lo"));
    packet_type(&trip->packet, FIELD_SOURCE_TYPE, true);
    packet_interface(&trip->packet, FIELD_INPUT_INTERFACE, (str){0});
    packet_interface(&trip->packet, FIELD_OUTPUT_INTERFACE, out);
    host_hook(trip, false, HOOK_OUTPUT, false);
    host_hook(trip, false, HOOK_OUTPUT, true);
    host_hook(trip, false, HOOK_POSTROUTING, false);
    if (!is_bridge)
        return;
    packet_interface(&trip->packet, FIELD_OUTPUT_INTERFACE, (str){0});
    host_hook(trip, true, HOOK_OUTPUT, false);
    host_hook(trip, true, HOOK_POSTROUTING, false);
}
