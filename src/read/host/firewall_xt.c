// SPDX-License-Identifier: Apache-2.0
/* Extensions of iptables, for both of its backends: the structures of linux/netfilter/xt_*.h. */
#include "base/limits.h"
#include "read/host/firewall.h"

#include <arpa/inet.h>
#include <netinet/in.h>
/* Behind netinet/in.h, which it gives way to. */
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_iprange.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_state.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <string.h>

enum { STATUS_DNAT = 1 << 5, STATE_DNAT = 1 << 7, STATE_NEW = 1 << 3 };

struct extension {
    struct arena *arena;
    struct firewall_rule *rule;
    uint8_t revision;
    bool is_ipv6;
    str data;
};

/* Copies the structure; false where there are fewer bytes than it has. */
static bool take(const struct extension *x, void *to, size_t size)
{
    if (x->data.len < size)
        return false;
    memcpy(to, x->data.ptr, size);
    return true;
}

static void any_bit(const struct extension *x, enum firewall_field field, uint32_t bits,
                    bool is_inverted)
{
    static const uint32_t none;
    struct firewall_condition *condition = condition_add(x->arena, x->rule, field, sizeof(bits));
    memcpy(condition->mask, &bits, sizeof(bits));
    condition->is_inverted = !is_inverted;
    condition_range(x->arena, condition, &none, &none);
}

/* ---- matches: false for what is not understood ---- */

static bool match_comment(const struct extension *x)
{
    size_t end = str_find_char(x->data, '\0');
    x->rule->comment = arena_str(x->arena, str_sub(x->data, 0, end == STR_NONE ? 0 : end));
    return true;
}

static bool match_state(const struct extension *x)
{
    struct xt_state_info info;
    if (!take(x, &info, sizeof(info)))
        return false;
    any_bit(x, FIELD_STATE, info.statemask, false);
    return true;
}

/* Only states; revision 1 has them in bytes. The mask also has "DNAT", a status. */
static bool match_conntrack(const struct extension *x)
{
    struct xt_conntrack_mtinfo1 first;
    struct xt_conntrack_mtinfo3 third;
    uint32_t flags, inverted, states;
    if (x->revision == 1 && take(x, &first, sizeof(first))) {
        flags = first.match_flags, inverted = first.invert_flags, states = first.state_mask;
    } else if (x->revision == 2 && x->data.len >= sizeof(struct xt_conntrack_mtinfo2)) {
        struct xt_conntrack_mtinfo2 second;
        memcpy(&second, x->data.ptr, sizeof(second));
        flags = second.match_flags, inverted = second.invert_flags, states = second.state_mask;
    } else if (x->revision == 3 && take(x, &third, sizeof(third))) {
        flags = third.match_flags, inverted = third.invert_flags, states = third.state_mask;
    } else {
        return false;
    }
    if ((flags & ~(uint32_t)XT_CONNTRACK_STATE_ALIAS) != XT_CONNTRACK_STATE)
        return false;
    if (states & STATE_DNAT && !(states & STATE_NEW))
        any_bit(x, FIELD_STATUS, STATUS_DNAT, inverted & XT_CONNTRACK_STATE);
    else
        any_bit(x, FIELD_STATE, states & 0x3f, inverted & XT_CONNTRACK_STATE);
    return true;
}

static void address_types(const struct extension *x, enum firewall_field field, uint16_t types,
                          bool is_inverted)
{
    enum { TYPES = 12 };
    if (!types)
        return;
    struct firewall_condition *condition =
        condition_add(x->arena, x->rule, field, sizeof(uint32_t));
    condition->is_inverted = is_inverted;
    for (uint32_t type = 0; type < TYPES; type++)
        if (types >> type & 1)
            condition_range(x->arena, condition, &type, &type);
}

static bool match_addrtype(const struct extension *x)
{
    struct xt_addrtype_info old;
    struct xt_addrtype_info_v1 new;
    if (x->revision == 0 && take(x, &old, sizeof(old))) {
        address_types(x, FIELD_SOURCE_TYPE, old.source, old.invert_source);
        address_types(x, FIELD_TYPE, old.dest, old.invert_dest);
        return true;
    }
    if (x->revision != 1 || !take(x, &new, sizeof(new)) ||
        new.flags &(XT_ADDRTYPE_LIMIT_IFACE_IN | XT_ADDRTYPE_LIMIT_IFACE_OUT))
        return false;
    address_types(x, FIELD_SOURCE_TYPE, new.source, new.flags &XT_ADDRTYPE_INVERT_SOURCE);
    address_types(x, FIELD_TYPE, new.dest, new.flags &XT_ADDRTYPE_INVERT_DEST);
    return true;
}

static void protocol_is(const struct extension *x, uint8_t number)
{
    struct firewall_condition *condition = condition_add(x->arena, x->rule, FIELD_PROTOCOL, 1);
    condition_range(x->arena, condition, &number, &number);
}

static void port_pair(const struct extension *x, enum firewall_field field, const uint16_t ends[2],
                      bool is_inverted)
{
    if (ends[0] != 0 || ends[1] != UINT16_MAX || is_inverted)
        condition_ports(x->arena, x->rule, field, ends[0], ends[1], is_inverted);
}

/* A connection starts with SYN alone; rules about other flags do not meet it. */
static bool match_tcp(const struct extension *x)
{
    enum { SYN = 2 };
    struct xt_tcp info;
    if (!take(x, &info, sizeof(info)))
        return false;
    protocol_is(x, IPPROTO_TCP);
    port_pair(x, FIELD_SOURCE_PORT, info.spts, info.invflags & XT_TCP_INV_SRCPT);
    port_pair(x, FIELD_PORT, info.dpts, info.invflags & XT_TCP_INV_DSTPT);
    bool flags = (SYN & info.flg_mask) == info.flg_cmp;
    if (flags == !!(info.invflags & XT_TCP_INV_FLAGS))
        (void)condition_add(x->arena, x->rule, FIELD_PROTOCOL, 1); /* holds nowhere */
    return info.option == 0;
}

static bool match_udp(const struct extension *x)
{
    struct xt_udp info;
    if (!take(x, &info, sizeof(info)))
        return false;
    protocol_is(x, IPPROTO_UDP);
    port_pair(x, FIELD_SOURCE_PORT, info.spts, info.invflags & XT_UDP_INV_SRCPT);
    port_pair(x, FIELD_PORT, info.dpts, info.invflags & XT_UDP_INV_DSTPT);
    return true;
}

static bool match_multiport(const struct extension *x)
{
    struct xt_multiport_v1 info;
    if (x->revision != 1 || !take(x, &info, sizeof(info)) || info.count > XT_MULTI_PORTS ||
        info.flags == XT_MULTIPORT_EITHER)
        return false;
    struct firewall_condition *condition = condition_add(
        x->arena, x->rule, info.flags == XT_MULTIPORT_SOURCE ? FIELD_SOURCE_PORT : FIELD_PORT,
        sizeof(uint16_t));
    condition->is_inverted = info.invert;
    for (size_t i = 0; i < info.count; i++) {
        uint16_t ends[2] = {htons(info.ports[i]), htons(info.ports[i])};
        if (info.pflags[i] && i + 1 < info.count)
            ends[1] = htons(info.ports[++i]);
        condition_range(x->arena, condition, &ends[0], &ends[1]);
    }
    return true;
}

static bool match_iprange(const struct extension *x)
{
    struct xt_iprange_mtinfo info;
    struct firewall_condition *condition;
    size_t size = x->is_ipv6 ? 16 : 4;
    if (x->revision != 1 || !take(x, &info, sizeof(info)))
        return false;
    if (info.flags & IPRANGE_SRC) {
        condition = condition_add(x->arena, x->rule, FIELD_SOURCE, size);
        condition->is_inverted = info.flags & IPRANGE_SRC_INV;
        condition_range(x->arena, condition, &info.src_min, &info.src_max);
    }
    if (info.flags & IPRANGE_DST) {
        condition = condition_add(x->arena, x->rule, FIELD_DESTINATION, size);
        condition->is_inverted = info.flags & IPRANGE_DST_INV;
        condition_range(x->arena, condition, &info.dst_min, &info.dst_max);
    }
    return true;
}

static const struct {
    str name;
    bool (*decode)(const struct extension *x);
} matches[] = {
    {STR_INIT("comment"), match_comment},
    {STR_INIT("state"), match_state},
    {STR_INIT("conntrack"), match_conntrack},
    {STR_INIT("addrtype"), match_addrtype},
    {STR_INIT("tcp"), match_tcp},
    {STR_INIT("udp"), match_udp},
    {STR_INIT("multiport"), match_multiport},
    {STR_INIT("iprange"), match_iprange},
};

void xt_match(struct arena *arena, str name, uint8_t revision, str data, bool is_ipv6,
              struct firewall_rule *rule)
{
    const struct extension x = {
        .arena = arena, .rule = rule, .revision = revision, .is_ipv6 = is_ipv6, .data = data};
    for (size_t i = 0; i < sizeof(matches) / sizeof(matches[0]); i++)
        if (str_eq(matches[i].name, name) && matches[i].decode(&x))
            return;
    condition_unknown(arena, rule, name);
}

/* ---- targets ---- */

static bool translate(const struct extension *x, bool is_redirect)
{
    struct nf_nat_ipv4_multi_range_compat old;
    struct nf_nat_range range = {0};
    if (!x->is_ipv6 && x->revision == 0 && take(x, &old, sizeof(old))) {
        range.flags = old.range[0].flags;
        range.min_addr.ip = old.range[0].min_ip, range.max_addr.ip = old.range[0].max_ip;
        range.min_proto = old.range[0].min, range.max_proto = old.range[0].max;
    } else if (!take(x, &range, sizeof(range))) {
        return false;
    }
    size_t size = x->is_ipv6 ? 16 : 4;
    x->rule->action = ACTION_TRANSLATE;
    x->rule->is_redirect = is_redirect;
    x->rule->has_address = !is_redirect && range.flags & NF_NAT_RANGE_MAP_IPS;
    if (range.flags & NF_NAT_RANGE_PROTO_SPECIFIED)
        x->rule->port = ntohs(range.min_proto.all);
    x->rule->is_vague = memcmp(&range.min_addr, &range.max_addr, size) != 0 ||
                        range.min_proto.all != range.max_proto.all;
    memcpy(x->rule->address, &range.min_addr, size);
    return true;
}

static bool is_one_of(str name, const str *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(names[i], name))
            return true;
    return false;
}

void xt_target(struct arena *arena, str name, uint8_t revision, str data, bool is_ipv6,
               struct firewall_rule *rule)
{
    /* These change or tell something, and go on; a source's translation ends the table. */
    static const str onward[] = {
        STR_INIT("LOG"),      STR_INIT("NFLOG"),   STR_INIT("ULOG"),     STR_INIT("MARK"),
        STR_INIT("CONNMARK"), STR_INIT("TRACE"),   STR_INIT("CHECKSUM"), STR_INIT("TCPMSS"),
        STR_INIT("CT"),       STR_INIT("NOTRACK"), STR_INIT("CLASSIFY"), STR_INIT("TTL"),
        STR_INIT("HL"),       STR_INIT("DSCP"),    STR_INIT("TOS"),      STR_INIT("AUDIT"),
        STR_INIT("SECMARK"),  STR_INIT("RATEEST"), STR_INIT("SET"),      STR_INIT("CONNSECMARK"),
    };
    static const str source[] = {STR_INIT("MASQUERADE"), STR_INIT("SNAT")};
    const struct extension x = {
        .arena = arena, .rule = rule, .revision = revision, .is_ipv6 = is_ipv6, .data = data};
    bool redirects = str_eq(name, STR("REDIRECT"));
    if (is_one_of(name, onward, sizeof(onward) / sizeof(onward[0]))) {
        rule->action = ACTION_NONE;
    } else if (is_one_of(name, source, sizeof(source) / sizeof(source[0]))) {
        rule->action = ACTION_ACCEPT;
    } else if (str_eq(name, STR("REJECT"))) {
        rule->action = ACTION_REJECT;
    } else if (!(redirects || str_eq(name, STR("DNAT"))) || !translate(&x, redirects)) {
        rule->action = ACTION_UNKNOWN;
        rule->target = arena_str(arena, name);
    }
}
