// SPDX-License-Identifier: Apache-2.0
#include "model/firewall.h"

#include "base/buf.h"

#include <arpa/inet.h>
#include <string.h>

enum { TEXT_MAX = 2000, RANGES_NAMED = 4 };

/* The same in the words of iptables and of nft. */
static const struct {
    const char *iptables, *nft;
} fields[FIREWALL_FIELDS] = {
    [FIELD_INPUT_INTERFACE] = {"-i", "iifname"},
    [FIELD_OUTPUT_INTERFACE] = {"-o", "oifname"},
    [FIELD_SOURCE] = {"-s", "saddr"},
    [FIELD_DESTINATION] = {"-d", "daddr"},
    [FIELD_PROTOCOL] = {"-p", "l4proto"},
    [FIELD_SOURCE_PORT] = {"--sport", "sport"},
    [FIELD_PORT] = {"--dport", "dport"},
    [FIELD_STATE] = {"--ctstate", "ct state"},
    [FIELD_STATUS] = {"--ctstatus", "ct status"},
    [FIELD_SOURCE_TYPE] = {"--src-type", "fib saddr type"},
    [FIELD_TYPE] = {"--dst-type", "fib daddr type"},
    [FIELD_FAMILY] = {"--family", "nfproto"},
};
static const struct {
    const char *iptables, *nft;
} actions[] = {
    [ACTION_ACCEPT] = {"-j ACCEPT", "accept"},
    [ACTION_DROP] = {"-j DROP", "drop"},
    [ACTION_REJECT] = {"-j REJECT", "reject"},
    [ACTION_JUMP] = {"-j", "jump"},
    [ACTION_GOTO] = {"-g", "goto"},
    [ACTION_RETURN] = {"-j RETURN", "return"},
    [ACTION_TRANSLATE] = {"-j DNAT", "dnat"},
    [ACTION_UNKNOWN] = {"-j", "statement"},
    [ACTION_NONE] = {"", ""},
};

static bool speaks_iptables(const struct firewall_chain *chain)
{
    static const char *const tables[] = {"filter", "nat", "mangle", "raw", "security"};
    if (chain->family != FIREWALL_IPV4 && chain->family != FIREWALL_IPV6)
        return false;
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        if (str_eq(chain->table, str_from(tables[i])))
            return true;
    return false;
}

static unsigned prefix_of(const unsigned char *mask, size_t size)
{
    unsigned bits = 0;
    while (bits < size * 8 && (mask[bits / 8] >> (7 - bits % 8) & 1))
        bits++;
    return bits;
}

static void add_bits(struct buf *buf, uint32_t bits)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = {{1, "INVALID"}, {8, "NEW"}, {4, "RELATED"}, {2, "ESTABLISHED"}, {64, "UNTRACKED"}};
    const char *comma = "";
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (bits & names[i].bit) {
            buf_printf(buf, "%s%s", comma, names[i].name);
            comma = ",";
        }
}

static void add_value(struct buf *buf, const struct firewall_condition *condition,
                      const unsigned char *value)
{
    char text[INET6_ADDRSTRLEN];
    uint32_t word;
    memcpy(&word, value, sizeof(word));
    switch (condition->field) {
    case FIELD_INPUT_INTERFACE:
    case FIELD_OUTPUT_INTERFACE:
        buf_printf(buf, "%.*s%s", FIREWALL_VALUE, (const char *)value,
                   memchr(condition->mask, 0, FIREWALL_VALUE) || condition->size < FIREWALL_VALUE
                       ? "*"
                       : "");
        break;
    case FIELD_SOURCE:
    case FIELD_DESTINATION:
        if (inet_ntop(condition->size > 4 ? AF_INET6 : AF_INET, value, text, sizeof(text)))
            buf_printf(buf, "%s", text);
        break;
    case FIELD_PROTOCOL:
        buf_printf(buf, value[0] == 6 ? "tcp" : value[0] == 17 ? "udp" : "%u", value[0]);
        break;
    case FIELD_SOURCE_PORT:
    case FIELD_PORT: buf_printf(buf, "%u", (unsigned)value[0] << 8 | value[1]); break;
    case FIELD_STATE: add_bits(buf, word); break;
    case FIELD_SOURCE_TYPE:
    case FIELD_TYPE:
        buf_printf(buf, word == 2 ? "LOCAL" : word == 1 ? "UNICAST" : "%u", word);
        break;
    case FIELD_FAMILY: buf_printf(buf, value[0] == 10 ? "ipv6" : "ipv4"); break;
    case FIELD_STATUS: buf_printf(buf, word & 32 ? "DNAT" : "0x%x", word); break;
    case FIELD_UNKNOWN: break;
    }
}

/* State and status are tested as "any of these bits": mask, not 0. */
static bool is_any_bit(const struct firewall_condition *condition)
{
    static const unsigned char zero[FIREWALL_VALUE];
    return (condition->field == FIELD_STATE || condition->field == FIELD_STATUS) &&
           condition->ranges.count == 1 &&
           memcmp(condition->ranges.items[0].low, zero, FIREWALL_VALUE) == 0 &&
           memcmp(condition->ranges.items[0].high, zero, FIREWALL_VALUE) == 0;
}

static void add_ranges(struct buf *buf, const struct firewall_condition *condition, size_t named)
{
    bool is_address = condition->field == FIELD_SOURCE || condition->field == FIELD_DESTINATION;
    size_t size = is_address ? (condition->size > 4 ? 16 : 4) : condition->size;
    unsigned prefix = prefix_of(condition->mask, size);
    for (size_t i = 0; i < condition->ranges.count && i < named; i++) {
        const struct firewall_range *range = &condition->ranges.items[i];
        buf_printf(buf, i ? "," : "");
        add_value(buf, condition, range->low);
        if (memcmp(range->low, range->high, size) != 0) {
            buf_add_char(buf, '-');
            add_value(buf, condition, range->high);
        } else if (is_address && prefix < size * 8) {
            buf_printf(buf, "/%u", prefix);
        }
    }
    if (condition->ranges.count > named)
        buf_printf(buf, " and %zu more", condition->ranges.count - named);
    if (condition->ranges.count == 0)
        buf_printf(buf, "nothing");
}

static void add_condition(struct buf *buf, const struct firewall_condition *condition,
                          bool iptables)
{
    bool bits = is_any_bit(condition), inverted = condition->is_inverted != bits;
    if (condition->field == FIELD_UNKNOWN) {
        buf_printf(buf, " %s", iptables ? "-m " : "");
        buf_add_str(buf, condition->text);
        buf_printf(buf, " ...");
        return;
    }
    const char *name = iptables ? fields[condition->field].iptables : fields[condition->field].nft;
    buf_printf(buf, iptables ? inverted ? " ! %s " : " %s " : inverted ? " %s != " : " %s ", name);
    if (bits)
        add_value(buf, condition, condition->mask);
    else
        add_ranges(buf, condition, RANGES_NAMED);
}

static void add_chain(struct buf *buf, const struct firewall_chain *chain)
{
    static const char *const names[] = {[FIREWALL_IPV4] = "ip",
                                        [FIREWALL_IPV6] = "ip6",
                                        [FIREWALL_INET] = "inet",
                                        [FIREWALL_BRIDGE] = "bridge",
                                        [FIREWALL_DEVICE] = "netdev"};
    buf_printf(buf, "%s ", names[chain->family]);
    buf_add_str(buf, chain->table);
    buf_add_char(buf, ' ');
    buf_add_str(buf, chain->name);
}

static void add_translation(struct buf *buf, const struct firewall_chain *chain,
                            const struct firewall_rule *rule)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (rule->has_address)
        (void)inet_ntop(chain->family == FIREWALL_IPV6 ? AF_INET6 : AF_INET, rule->address, text,
                        sizeof(text));
    buf_printf(buf, " %s%s", rule->is_redirect ? "this host" : "to ", text);
    if (rule->port)
        buf_printf(buf, ":%u", rule->port);
}

str firewall_rule_text(struct arena *arena, const struct firewall_chain *chain,
                       const struct firewall_rule *rule)
{
    BUF_SCOPED buf = buf_make(TEXT_MAX);
    bool iptables = speaks_iptables(chain);
    add_chain(&buf, chain);
    buf_printf(&buf, ", rule %u:", rule->number);
    for (size_t i = 0; i < rule->conditions.count; i++)
        add_condition(&buf, &rule->conditions.items[i], iptables);
    buf_printf(&buf, " %s", iptables ? actions[rule->action].iptables : actions[rule->action].nft);
    if (rule->target.len) {
        buf_add_char(&buf, ' ');
        buf_add_str(&buf, rule->target);
    }
    if (rule->action == ACTION_TRANSLATE)
        add_translation(&buf, chain, rule);
    if (rule->comment.len) {
        buf_printf(&buf, " (");
        buf_add_str(&buf, rule->comment);
        buf_add_char(&buf, ')');
    }
    return arena_str(arena, buf_str(&buf));
}

/* iptables loads what it compares by: only protocol, addresses and interfaces need no module. */
static void add_argument(struct buf *buf, const struct firewall_condition *condition)
{
    bool is_port = condition->field == FIELD_PORT;
    if (condition->field == FIELD_STATE)
        buf_printf(buf, " -m conntrack");
    if (!is_port || condition->ranges.count < 2) {
        add_condition(buf, condition, true);
        return;
    }
    buf_printf(buf, " -m multiport%s --dports ", condition->is_inverted ? " !" : "");
    add_ranges(buf, condition, SIZE_MAX);
}

str firewall_rule_command(struct arena *arena, const struct firewall_chain *chain,
                          const struct firewall_rule *rule)
{
    BUF_SCOPED buf = buf_make(TEXT_MAX);
    buf_printf(&buf, "ip%stables%s -I ", chain->family == FIREWALL_IPV6 ? "6" : "",
               chain->is_legacy ? "-legacy" : "");
    buf_add_str(&buf, chain->name);
    for (size_t i = 0; i < rule->conditions.count; i++)
        add_argument(&buf, &rule->conditions.items[i]);
    buf_printf(&buf, " %s", actions[rule->action].iptables);
    return arena_str(arena, buf_str(&buf));
}

/* A port needs its protocol in front, which then needs no condition of its own. */
static void add_nft_port(struct buf *buf, const struct firewall_rule *rule,
                         const struct firewall_condition *port)
{
    const char *protocol = "tcp";
    for (size_t i = 0; i < rule->conditions.count; i++)
        if (rule->conditions.items[i].field == FIELD_PROTOCOL &&
            rule->conditions.items[i].ranges.items[0].low[0] == 17)
            protocol = "udp";
    buf_printf(buf, " %s dport ", protocol);
    for (size_t i = 0; i < port->ranges.count; i++) {
        buf_printf(buf, i ? ", " : port->ranges.count > 1 ? "{ " : "");
        add_value(buf, port, port->ranges.items[i].low);
    }
    buf_printf(buf, port->ranges.count > 1 ? " }" : "");
}

static void add_nft(struct buf *buf, const struct firewall_chain *chain,
                    const struct firewall_rule *rule, const struct firewall_condition *condition)
{
    switch (condition->field) {
    case FIELD_INPUT_INTERFACE:
    case FIELD_OUTPUT_INTERFACE:
        buf_printf(buf, " %s \"", fields[condition->field].nft);
        add_value(buf, condition, condition->ranges.items[0].low);
        buf_add_char(buf, '"');
        break;
    case FIELD_SOURCE:
    case FIELD_DESTINATION:
        buf_printf(buf, chain->family == FIREWALL_IPV6 ? " ip6" : " ip");
        add_condition(buf, condition, false);
        break;
    case FIELD_STATE: buf_printf(buf, " ct state new"); break;
    case FIELD_PORT: add_nft_port(buf, rule, condition); break;
    default: break;
    }
}

str firewall_rule_nft(struct arena *arena, const struct firewall_chain *chain,
                      const struct firewall_rule *rule)
{
    BUF_SCOPED buf = buf_make(TEXT_MAX);
    buf_printf(&buf, "meta nfproto ipv%d", chain->family == FIREWALL_IPV6 ? 6 : 4);
    for (size_t i = 0; i < rule->conditions.count; i++)
        add_nft(&buf, chain, rule, &rule->conditions.items[i]);
    buf_printf(&buf, " %s", actions[rule->action].nft);
    return arena_str(arena, buf_str(&buf));
}

str firewall_policy_text(struct arena *arena, const struct firewall_chain *chain)
{
    BUF_SCOPED buf = buf_make(TEXT_MAX);
    add_chain(&buf, chain);
    buf_printf(&buf, ", policy %s", chain->policy == ACTION_DROP ? "DROP" : "ACCEPT");
    return arena_str(arena, buf_str(&buf));
}
