// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "judge/network/packet.h"
#include "judge/network/suppose.h"
#include "read/host/firewall.h"
#include "test.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>

/* Rules as the kernel tells them, made by hand: attributes nest as in linux/netfilter/nf_tables.h.
 */
struct made {
    struct arena arena;
    struct raw_firewall raw;
    struct firewall firewall;
};

static str attribute(struct made *made, uint16_t type, str value)
{
    struct nlattr header = {.nla_len = (uint16_t)(sizeof(header) + value.len), .nla_type = type};
    BUF_SCOPED buf = buf_make(1 << 16);
    buf_add(&buf, &header, sizeof(header));
    buf_add_str(&buf, value);
    while (buf.len % 4)
        buf_add_char(&buf, '\0');
    return arena_str(&made->arena, buf_str(&buf));
}

static str text(struct made *made, uint16_t type, const char *value)
{
    return attribute(made, type, str_make(value, strlen(value) + 1));
}

static str number(struct made *made, uint16_t type, uint32_t value)
{
    value = htonl(value);
    return attribute(made, type, str_make(&value, sizeof(value)));
}

static str join(struct made *made, str a, str b)
{
    return arena_join(&made->arena, a, (str){0}, b);
}

static str data(struct made *made, uint16_t type, const void *value, size_t size)
{
    return attribute(made, type, attribute(made, NFTA_DATA_VALUE, str_make(value, size)));
}

static str message(struct made *made, uint16_t type, str body)
{
    struct nlmsghdr header = {.nlmsg_len = (uint32_t)(sizeof(header) + 4 + body.len),
                              .nlmsg_type = (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type)};
    const struct nfgenmsg generic = {.nfgen_family = NFPROTO_IPV4};
    return join(made,
                arena_join(&made->arena, str_make(&header, sizeof(header)), (str){0},
                           str_make(&generic, sizeof(generic))),
                body);
}

static void chain(struct made *made, const char *name, uint32_t hook, uint32_t policy, bool is_nat)
{
    str body =
        join(made, text(made, NFTA_CHAIN_TABLE, "filter"), text(made, NFTA_CHAIN_NAME, name));
    if (hook < FIREWALL_HOOKS) {
        str where = join(made, number(made, NFTA_HOOK_HOOKNUM, hook),
                         number(made, NFTA_HOOK_PRIORITY, is_nat ? (uint32_t)-100 : 0));
        body = join(made, body, attribute(made, NFTA_CHAIN_HOOK, where));
        body = join(made, body, number(made, NFTA_CHAIN_POLICY, policy));
        body = join(made, body, text(made, NFTA_CHAIN_TYPE, is_nat ? "nat" : "filter"));
    }
    made->raw.chains = join(made, made->raw.chains, message(made, NFT_MSG_NEWCHAIN, body));
}

static void rule(struct made *made, const char *where, str expressions)
{
    str body =
        join(made, text(made, NFTA_RULE_TABLE, "filter"), text(made, NFTA_RULE_CHAIN, where));
    body = join(made, body, attribute(made, NFTA_RULE_EXPRESSIONS, expressions));
    made->raw.rules = join(made, made->raw.rules, message(made, NFT_MSG_NEWRULE, body));
}

static str expression(struct made *made, const char *name, str body)
{
    return attribute(
        made, NFTA_LIST_ELEM,
        join(made, text(made, NFTA_EXPR_NAME, name), attribute(made, NFTA_EXPR_DATA, body)));
}

static str load(struct made *made, uint32_t base, uint32_t offset, uint32_t size)
{
    str body = join(made, number(made, NFTA_PAYLOAD_DREG, NFT_REG_1),
                    number(made, NFTA_PAYLOAD_BASE, base));
    body = join(made, body, number(made, NFTA_PAYLOAD_OFFSET, offset));
    return expression(made, "payload", join(made, body, number(made, NFTA_PAYLOAD_LEN, size)));
}

static str compare(struct made *made, const void *value, size_t size)
{
    str body =
        join(made, number(made, NFTA_CMP_SREG, NFT_REG_1), number(made, NFTA_CMP_OP, NFT_CMP_EQ));
    return expression(made, "cmp", join(made, body, data(made, NFTA_CMP_DATA, value, size)));
}

static str verdict_of(struct made *made, int32_t code, const char *to)
{
    str body = number(made, NFTA_VERDICT_CODE, (uint32_t)code);
    return attribute(made, NFTA_DATA_VERDICT,
                     to ? join(made, body, text(made, NFTA_VERDICT_CHAIN, to)) : body);
}

static str decide(struct made *made, int32_t code, const char *to)
{
    return expression(made, "immediate",
                      join(made, number(made, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT),
                           attribute(made, NFTA_IMMEDIATE_DATA, verdict_of(made, code, to))));
}

static str port_is(struct made *made, uint16_t port)
{
    port = htons(port);
    return join(made, load(made, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2),
                compare(made, &port, sizeof(port)));
}

static struct filter_answer forward(struct made *made, uint16_t port)
{
    static const unsigned char to[16] = {172, 17, 0, 2};
    uint64_t steps = 0;
    const struct filter filter = {
        .arena = &made->arena, .firewall = &made->firewall, .steps = &steps};
    struct packet packet = packet_make(false, false, port);
    packet_address(&packet, FIELD_DESTINATION, to);
    packet_interface(&packet, FIELD_INPUT_INTERFACE, STR("br-1"));
    return filter_pass(&filter, false, HOOK_FORWARD, false, &packet);
}

#define MADE __attribute__((cleanup(made_free))) struct made
static void made_free(struct made *made)
{
    arena_free(&made->arena);
}

TEST(firewall_decides_by_the_rule_that_matches_first)
{
    MADE made = {.raw.is_there = true};
    chain(&made, "FORWARD", HOOK_FORWARD, NF_DROP, false);
    chain(&made, "DOCKER-USER", FIREWALL_HOOKS, 0, false);
    rule(&made, "FORWARD", decide(&made, NFT_JUMP, "DOCKER-USER"));
    rule(&made, "FORWARD", decide(&made, NF_ACCEPT, NULL));
    rule(&made, "DOCKER-USER", join(&made, port_is(&made, 5432), decide(&made, NF_DROP, NULL)));
    rule(&made, "DOCKER-USER", decide(&made, NFT_RETURN, NULL));
    firewall_read(&made.arena, &made.raw, &made.firewall);
    CHECK_EQ(2, made.firewall.chains.count);
    struct filter_answer answer = forward(&made, 5432);
    CHECK_EQ(NETWORK_BLOCKED, answer.verdict);
    CHECK_STR("ip filter DOCKER-USER, rule 1: --dport 5432 -j DROP", answer.rule);
    CHECK_EQ(NETWORK_OPEN, forward(&made, 80).verdict);
}

TEST(firewall_without_a_match_has_its_policy)
{
    MADE made = {.raw.is_there = true};
    chain(&made, "FORWARD", HOOK_FORWARD, NF_DROP, false);
    rule(&made, "FORWARD", join(&made, port_is(&made, 80), decide(&made, NF_ACCEPT, NULL)));
    firewall_read(&made.arena, &made.raw, &made.firewall);
    CHECK_EQ(NETWORK_OPEN, forward(&made, 80).verdict);
    CHECK_STR("ip filter FORWARD, policy DROP", forward(&made, 81).rule);
    CHECK_EQ(NETWORK_BLOCKED, forward(&made, 81).verdict);
}

TEST(firewall_rules_that_are_not_understood_are_possible)
{
    MADE made = {.raw.is_there = true};
    chain(&made, "FORWARD", HOOK_FORWARD, NF_ACCEPT, false);
    str limit = expression(&made, "limit", (str){0});
    rule(&made, "FORWARD", join(&made, limit, decide(&made, NF_DROP, NULL)));
    firewall_read(&made.arena, &made.raw, &made.firewall);
    CHECK_EQ(NETWORK_POSSIBLE, forward(&made, 80).verdict);
    /* What may end a rule, whoever it is, may also drop. */
    made.raw.rules = (str){0};
    rule(&made, "FORWARD", expression(&made, "news", (str){0}));
    firewall_read(&made.arena, &made.raw, &made.firewall);
    CHECK_EQ(NETWORK_POSSIBLE, forward(&made, 80).verdict);
    /* A chain that is not there. */
    made.raw.rules = (str){0};
    rule(&made, "FORWARD", decide(&made, NFT_JUMP, "lost"));
    firewall_read(&made.arena, &made.raw, &made.firewall);
    CHECK_EQ(NETWORK_POSSIBLE, forward(&made, 80).verdict);
}

TEST(firewall_extensions_of_iptables_are_read)
{
    /* struct xt_tcp: source ports, destination ports; then options and flags. */
    static const uint16_t ports[6] = {0, UINT16_MAX, 5000, 5999};
    MADE made = {.raw.is_there = true};
    chain(&made, "FORWARD", HOOK_FORWARD, NF_ACCEPT, false);
    str body = join(&made, text(&made, NFTA_MATCH_NAME, "tcp"), number(&made, NFTA_MATCH_REV, 0));
    body = join(&made, body, attribute(&made, NFTA_MATCH_INFO, str_make(ports, sizeof(ports))));
    rule(&made, "FORWARD",
         join(&made, expression(&made, "match", body), decide(&made, NF_DROP, NULL)));
    firewall_read(&made.arena, &made.raw, &made.firewall);
    CHECK_EQ(NETWORK_BLOCKED, forward(&made, 5432).verdict);
    CHECK_EQ(NETWORK_OPEN, forward(&made, 6000).verdict);
    CHECK_STR("ip filter FORWARD, rule 1: -p tcp --dport 5000-5999 -j DROP",
              forward(&made, 5432).rule);
}

/* A set's elements: intervals as a beginning and an end that is not in it. */
static void set(struct made *made, uint32_t flags, uint32_t size, str elements)
{
    str names = join(made, text(made, NFTA_SET_TABLE, "filter"), text(made, NFTA_SET_NAME, "s"));
    str body = join(made, names, number(made, NFTA_SET_FLAGS, flags));
    body = join(made, body, number(made, NFTA_SET_KEY_LEN, size));
    made->raw.sets = message(made, NFT_MSG_NEWSET, body);
    made->raw.elements =
        message(made, NFT_MSG_NEWSETELEM,
                join(made, names, attribute(made, NFTA_SET_ELEM_LIST_ELEMENTS, elements)));
}

static str element(struct made *made, const void *key, size_t size, uint32_t flags, str more)
{
    str body = join(made, data(made, NFTA_SET_ELEM_KEY, key, size),
                    number(made, NFTA_SET_ELEM_FLAGS, flags));
    return attribute(made, NFTA_LIST_ELEM, join(made, body, more));
}

TEST(firewall_sets_and_maps_are_looked_up)
{
    static const unsigned char low[4] = {172, 17, 0, 0}, high[4] = {172, 18, 0, 0};
    const uint16_t http = htons(80), https = htons(443);
    MADE made = {.raw.is_there = true};
    chain(&made, "FORWARD", HOOK_FORWARD, NF_ACCEPT, false);
    set(&made, NFT_SET_INTERVAL, 4,
        join(&made, element(&made, high, 4, NFT_SET_ELEM_INTERVAL_END, (str){0}),
             element(&made, low, 4, 0, (str){0})));
    str names =
        join(&made, text(&made, NFTA_LOOKUP_SET, "s"), number(&made, NFTA_LOOKUP_SREG, NFT_REG_1));
    rule(&made, "FORWARD",
         join(&made, load(&made, NFT_PAYLOAD_NETWORK_HEADER, 16, 4),
              join(&made, expression(&made, "lookup", names), decide(&made, NF_DROP, NULL))));
    firewall_read(&made.arena, &made.raw, &made.firewall);
    CHECK_EQ(NETWORK_BLOCKED, forward(&made, 80).verdict);

    made.raw.rules = (str){0};
    str drop = attribute(&made, NFTA_SET_ELEM_DATA, verdict_of(&made, NF_DROP, NULL));
    str accept = attribute(&made, NFTA_SET_ELEM_DATA, verdict_of(&made, NF_ACCEPT, NULL));
    set(&made, NFT_SET_MAP, 2,
        join(&made, element(&made, &http, 2, 0, drop), element(&made, &https, 2, 0, accept)));
    names = join(&made, names, number(&made, NFTA_LOOKUP_DREG, NFT_REG_VERDICT));
    rule(&made, "FORWARD",
         join(&made, load(&made, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2),
              expression(&made, "lookup", names)));
    firewall_read(&made.arena, &made.raw, &made.firewall);
    CHECK_EQ(NETWORK_BLOCKED, forward(&made, 80).verdict);
    CHECK_EQ(NETWORK_OPEN, forward(&made, 443).verdict);
}

TEST(damaged_netlink_ends)
{
    ARENA_SCOPED arena = {0};
    struct attribute attribute;
    struct firewall firewall;
    str rest = STR("\x02\0\1\0");
    CHECK(!attribute_next(&rest, &attribute));
    const struct raw_firewall raw = {.is_there = true,
                                     .chains = STR("\xff\xff\xff\xff"),
                                     .rules = STR("\x10\0\0\0\6\12\0\0\0\0\0\0\0\0\0\0")};
    firewall_read(&arena, &raw, &firewall);
    CHECK_EQ(0, firewall.chains.count);
}

TEST(firewall_rules_as_commands)
{
    ARENA_SCOPED arena = {0};
    struct firewall_chain chain = {
        .family = FIREWALL_IPV4, .table = STR("filter"), .name = STR("INPUT")};
    struct firewall_rule rule = {.action = ACTION_DROP};
    suppose_interface(&arena, &rule, FIELD_INPUT_INTERFACE, STR("br-1"));
    suppose_protocol(&arena, &rule, 6);
    suppose_new(&arena, &rule);
    suppose_port(&arena, &rule, 22);
    CHECK_STR("iptables -I INPUT -i br-1 -p tcp -m conntrack --ctstate NEW --dport 22 -j DROP",
              firewall_rule_command(&arena, &chain, &rule));
    CHECK_STR("meta nfproto ipv4 iifname \"br-1\" ct state new tcp dport 22 drop",
              firewall_rule_nft(&arena, &chain, &rule));
    for (uint16_t port = 80; port < 86; port++)
        suppose_port(&arena, &rule, port);
    chain.family = FIREWALL_IPV6;
    chain.is_legacy = true;
    CHECK_STR("ip6tables-legacy -I INPUT -i br-1 -p tcp -m conntrack --ctstate NEW -m multiport "
              "--dports 22,80,81,82,83,84,85 -j DROP",
              firewall_rule_command(&arena, &chain, &rule));
    CHECK_STR("meta nfproto ipv6 iifname \"br-1\" ct state new tcp dport { 22, 80, 81, 82, 83, 84, "
              "85 } drop",
              firewall_rule_nft(&arena, &chain, &rule));
}
