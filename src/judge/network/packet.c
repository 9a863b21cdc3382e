// SPDX-License-Identifier: Apache-2.0
#include "judge/network/packet.h"

#include "base/limits.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum { STATE_NEW = 1 << 3, STATUS_DNAT = 1 << 5, PRIORITY_DNAT = -100 };

/* ---- the packet ---- */

static void set_field(struct packet *packet, enum firewall_field field, const void *value,
                      size_t size)
{
    struct packet_field *to = &packet->fields[field];
    *to = (struct packet_field){.is_known = true};
    memcpy(to->low, value, size);
    memcpy(to->high, value, size);
}

void packet_port(struct packet *packet, uint16_t port)
{
    uint16_t number = htons(port);
    packet->port = port;
    set_field(packet, FIELD_PORT, &number, sizeof(number));
}

void packet_type(struct packet *packet, enum firewall_field field, bool is_local)
{
    uint32_t type = is_local ? RTN_LOCAL : RTN_UNICAST;
    set_field(packet, field, &type, sizeof(type));
}

void packet_interface(struct packet *packet, enum firewall_field field, str interface)
{
    packet->fields[field] = (struct packet_field){0};
    if (interface.len && interface.len < FIREWALL_VALUE)
        set_field(packet, field, interface.ptr, interface.len);
}

void packet_address(struct packet *packet, enum firewall_field field, const unsigned char *address)
{
    set_field(packet, field, address, packet->is_ipv6 ? 16 : 4);
}

struct packet packet_make(bool is_ipv6, bool is_udp, uint16_t port)
{
    struct packet packet = {.is_ipv6 = is_ipv6, .is_udp = is_udp};
    uint8_t protocol = is_udp ? IPPROTO_UDP : IPPROTO_TCP;
    uint8_t family = is_ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
    uint32_t state = STATE_NEW, status = 0;
    set_field(&packet, FIELD_PROTOCOL, &protocol, sizeof(protocol));
    set_field(&packet, FIELD_FAMILY, &family, sizeof(family));
    set_field(&packet, FIELD_STATE, &state, sizeof(state));
    set_field(&packet, FIELD_STATUS, &status, sizeof(status));
    packet_port(&packet, port);
    packet_type(&packet, FIELD_TYPE, false);
    packet_type(&packet, FIELD_SOURCE_TYPE, false);
    packet.fields[FIELD_SOURCE_PORT] = (struct packet_field){.is_known = true, .low = {0, 1}};
    memset(packet.fields[FIELD_SOURCE_PORT].high, 0xff, sizeof(uint16_t));
    return packet;
}

/* ---- conditions: BLOCKED is no, OPEN is yes ---- */

static void masked(unsigned char *to, const unsigned char *value, const unsigned char *mask)
{
    for (size_t i = 0; i < FIREWALL_VALUE; i++)
        to[i] = value[i] & mask[i];
}

/* Ones, then zeros: order is kept. */
static bool is_prefix(const unsigned char *mask, size_t size)
{
    bool ended = false;
    for (size_t i = 0; i < size * 8; i++) {
        bool bit = mask[i / 8] >> (7 - i % 8) & 1;
        if (bit && ended)
            return false;
        ended |= !bit;
    }
    return true;
}

static bool is_private(const struct firewall_range *range, size_t size)
{
    const unsigned char *a = range->low, *b = range->high;
    if (size > 4)
        return a[0] == b[0] && ((a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0xc0) == 0x80));
    return a[0] == b[0] && (a[0] == 10 || a[0] == 127 || (a[0] == 172 && a[1] >= 16 && b[1] < 32) ||
                            (a[0] == 192 && a[1] == 168 && b[1] == 168) ||
                            (a[0] == 169 && a[1] == 254 && b[1] == 254));
}

static enum network_verdict in_ranges(const struct firewall_condition *condition,
                                      const struct packet *packet)
{
    const struct packet_field *field = &packet->fields[condition->field];
    unsigned char low[FIREWALL_VALUE], high[FIREWALL_VALUE];
    enum network_verdict best = NETWORK_BLOCKED;
    bool is_source = condition->field == FIELD_SOURCE;
    if (condition->ranges.count == 0)
        return NETWORK_BLOCKED;
    if ((is_source || condition->field == FIELD_DESTINATION) &&
        (condition->size > 4) != packet->is_ipv6)
        return NETWORK_BLOCKED;
    if (!field->is_known || (memcmp(field->low, field->high, FIREWALL_VALUE) != 0 &&
                             !is_prefix(condition->mask, condition->size)))
        return NETWORK_POSSIBLE;
    masked(low, field->low, condition->mask);
    masked(high, field->high, condition->mask);
    for (size_t i = 0; i < condition->ranges.count; i++) {
        const struct firewall_range *range = &condition->ranges.items[i];
        if (memcmp(high, range->low, condition->size) < 0 ||
            memcmp(low, range->high, condition->size) > 0 ||
            (is_source && packet->from_internet && is_private(range, condition->size)))
            continue;
        if (memcmp(low, range->low, condition->size) >= 0 &&
            memcmp(high, range->high, condition->size) <= 0)
            return NETWORK_OPEN;
        best = NETWORK_POSSIBLE;
    }
    return best;
}

static enum network_verdict holds(const struct firewall_condition *condition,
                                  const struct packet *packet)
{
    if (condition->field == FIELD_UNKNOWN)
        return NETWORK_POSSIBLE;
    enum network_verdict found = in_ranges(condition, packet);
    if (!condition->is_inverted || found == NETWORK_POSSIBLE)
        return found;
    return found == NETWORK_OPEN ? NETWORK_BLOCKED : NETWORK_OPEN;
}

static enum network_verdict all_hold(const struct firewall_rule *rule, const struct packet *packet)
{
    enum network_verdict all = NETWORK_OPEN;
    for (size_t i = 0; i < rule->conditions.count && all != NETWORK_BLOCKED; i++) {
        enum network_verdict one = holds(&rule->conditions.items[i], packet);
        all = one < all ? one : all;
    }
    return all;
}

/* ---- chains ---- */

enum { ACCEPTED = 1, DROPPED = 2, FALLS_THROUGH = 4, ANYTHING = 7 };

struct pass {
    const struct filter *filter;
    const struct packet *packet;
    /* The first that may do it; NULL rule: the chain's policy, or that it was not understood. */
    const struct firewall_chain *dropper, *accepter;
    const struct firewall_rule *drops, *accepts;
    /* Of chains that translate. */
    const struct firewall_rule *translates;
    const struct firewall_chain *translator;
    bool translates_surely, translates_else;
};

static void note(struct pass *pass, const struct firewall_chain *chain,
                 const struct firewall_rule *rule, unsigned outcome)
{
    if (outcome & DROPPED && !pass->dropper)
        pass->dropper = chain, pass->drops = rule;
    if (outcome & ACCEPTED && !pass->accepter)
        pass->accepter = chain, pass->accepts = rule;
}

static void note_translation(struct pass *pass, const struct firewall_chain *chain,
                             const struct firewall_rule *rule, bool is_sure)
{
    pass->translates_else |= pass->translates != NULL;
    if (pass->translates)
        return;
    pass->translates = rule;
    pass->translator = chain;
    pass->translates_surely = is_sure;
}

static unsigned walk(struct pass *pass, size_t index, bool is_sure, unsigned depth);

/* What comes of a rule that matches. */
static unsigned act(struct pass *pass, const struct firewall_chain *chain,
                    const struct firewall_rule *rule, bool is_sure, unsigned depth)
{
    unsigned outcome = FALLS_THROUGH;
    switch (rule->action) {
    case ACTION_NONE: return FALLS_THROUGH;
    case ACTION_ACCEPT: outcome = ACCEPTED; break;
    case ACTION_DROP:
    case ACTION_REJECT: outcome = DROPPED; break;
    case ACTION_UNKNOWN: outcome = ANYTHING; break;
    case ACTION_TRANSLATE: note_translation(pass, chain, rule, is_sure); return ACCEPTED;
    case ACTION_JUMP:
    case ACTION_GOTO: return walk(pass, rule->chain, is_sure, depth + 1);
    case ACTION_RETURN: return FALLS_THROUGH;
    }
    note(pass, chain, rule, outcome);
    return outcome;
}

/* The outcomes that can be; `is_sure`: the chain is reached for certain. */
static unsigned walk(struct pass *pass, size_t index, bool is_sure, unsigned depth)
{
    const struct firewall_chain_list *chains = &pass->filter->firewall->chains;
    unsigned all = 0;
    if (index >= chains->count || depth > LIMIT_FIREWALL_DEPTH)
        return ANYTHING;
    const struct firewall_chain *chain = &chains->items[index];
    if (chain->is_incomplete) {
        note(pass, chain, NULL, ANYTHING);
        return ANYTHING;
    }
    for (size_t i = 0; i < chain->rules.count; i++) {
        const struct firewall_rule *rule = &chain->rules.items[i];
        if (++*pass->filter->steps > LIMIT_FIREWALL_STEPS)
            return ANYTHING;
        enum network_verdict matches = all_hold(rule, pass->packet);
        if (matches == NETWORK_BLOCKED)
            continue;
        bool sure = is_sure && matches == NETWORK_OPEN;
        unsigned outcome = act(pass, chain, rule, sure, depth);
        bool leaves = rule->action == ACTION_RETURN || rule->action == ACTION_GOTO;
        all |= leaves ? outcome : outcome & ~(unsigned)FALLS_THROUGH;
        if (matches == NETWORK_OPEN && (leaves || !(outcome & FALLS_THROUGH)))
            return all;
        is_sure = sure && outcome == FALLS_THROUGH;
    }
    return all | FALLS_THROUGH;
}

/* A base chain ends with its policy. */
static unsigned walk_base(struct pass *pass, size_t index)
{
    const struct firewall_chain *chain = &pass->filter->firewall->chains.items[index];
    unsigned all = walk(pass, index, true, 0);
    if (!(all & FALLS_THROUGH))
        return all;
    unsigned policy = chain->policy == ACTION_DROP ? DROPPED : ACCEPTED;
    if (policy == DROPPED)
        note(pass, chain, NULL, policy);
    return (all & ~(unsigned)FALLS_THROUGH) | policy;
}

static bool sees(const struct firewall_chain *chain, bool is_bridge, enum firewall_hook hook,
                 const struct packet *packet)
{
    if (!chain->is_base)
        return false;
    if (chain->hook == HOOK_INGRESS)
        return hook == HOOK_PREROUTING && !is_bridge && chain->family != FIREWALL_BRIDGE;
    if (chain->hook != hook || is_bridge != (chain->family == FIREWALL_BRIDGE))
        return false;
    return chain->family == FIREWALL_INET || chain->family == FIREWALL_BRIDGE ||
           (chain->family == FIREWALL_IPV6) == packet->is_ipv6;
}

static str text_of(const struct filter *filter, const struct firewall_chain *chain,
                   const struct firewall_rule *rule)
{
    return rule ? firewall_rule_text(filter->arena, chain, rule)
                : firewall_policy_text(filter->arena, chain);
}

struct filter_answer filter_pass(const struct filter *filter, bool is_bridge,
                                 enum firewall_hook hook, bool is_late, const struct packet *packet)
{
    const struct firewall_chain_list *chains = &filter->firewall->chains;
    struct filter_answer answer = {.verdict = NETWORK_OPEN};
    bool has_translation = hook == HOOK_PREROUTING || hook == HOOK_OUTPUT;
    for (size_t i = 0; i < chains->count; i++) {
        const struct firewall_chain *chain = &chains->items[i];
        struct pass pass = {.filter = filter, .packet = packet};
        if (!sees(chain, is_bridge, hook, packet) || chain->is_nat ||
            (has_translation && !is_bridge && (chain->priority > PRIORITY_DNAT) != is_late))
            continue;
        unsigned outcome = walk_base(&pass, i);
        enum network_verdict verdict = !(outcome & DROPPED) ? NETWORK_OPEN
                                       : outcome == DROPPED && chain->hook != HOOK_INGRESS
                                           ? NETWORK_BLOCKED
                                           : NETWORK_POSSIBLE;
        if (verdict < answer.verdict) {
            answer.verdict = verdict;
            answer.rule = pass.dropper ? text_of(filter, pass.dropper, pass.drops)
                                       : text_of(filter, chain, NULL);
        } else if (verdict == NETWORK_OPEN && answer.verdict == NETWORK_OPEN && pass.accepter &&
                   hook != HOOK_POSTROUTING) {
            answer.rule = text_of(filter, pass.accepter, pass.accepts);
        }
    }
    return answer;
}

static int compare_priority(const void *left, const void *right)
{
    const struct firewall_chain *a = *(const struct firewall_chain *const *)left,
                                *b = *(const struct firewall_chain *const *)right;
    return (a->priority > b->priority) - (a->priority < b->priority);
}

static void change(const struct firewall_rule *rule, struct packet *packet)
{
    const uint32_t status = STATUS_DNAT;
    if (rule->has_address)
        packet_address(packet, FIELD_DESTINATION, rule->address);
    if (rule->port)
        packet_port(packet, rule->port);
    packet_type(packet, FIELD_TYPE, rule->is_redirect);
    set_field(packet, FIELD_STATUS, &status, sizeof(status));
}

struct filter_translation filter_translate(const struct filter *filter, enum firewall_hook hook,
                                           struct packet *packet)
{
    enum { MOST = 64 };
    const struct firewall_chain_list *chains = &filter->firewall->chains;
    const struct firewall_chain *bases[MOST];
    struct filter_translation answer = {.is_changed = NETWORK_BLOCKED};
    size_t count = 0;
    for (size_t i = 0; i < chains->count; i++) {
        if (!chains->items[i].is_nat || !sees(&chains->items[i], false, hook, packet))
            continue;
        if (count == MOST) { /* nobody has so many: anything may happen there */
            answer.is_changed = NETWORK_POSSIBLE, answer.is_vague = true;
            answer.rule = text_of(filter, &chains->items[i], NULL);
            return answer;
        }
        bases[count++] = &chains->items[i];
    }
    qsort(bases, count, sizeof(bases[0]), compare_priority);
    for (size_t i = 0; i < count; i++) {
        struct pass pass = {.filter = filter, .packet = packet};
        unsigned outcome = walk_base(&pass, (size_t)(bases[i] - chains->items));
        if (!pass.translates) {
            /* Not understood, so it may lead anywhere. */
            if (outcome & DROPPED) {
                answer.is_changed = NETWORK_POSSIBLE, answer.is_vague = true;
                answer.rule = text_of(filter, pass.dropper ? pass.dropper : bases[i], pass.drops);
            }
            continue;
        }
        answer.is_changed = pass.translates_surely ? NETWORK_OPEN : NETWORK_POSSIBLE;
        answer.is_vague |= pass.translates->is_vague || pass.translates_else;
        answer.is_redirect = pass.translates->is_redirect;
        answer.rule = text_of(filter, pass.translator, pass.translates);
        change(pass.translates, packet);
        return answer;
    }
    return answer;
}
