// SPDX-License-Identifier: Apache-2.0
/*
 * A packet filter as a hostile kernel could give it, parsed and asked about a packet. An odd first
 * byte: a table of legacy iptables (IPv6 with bit 1), struct ipt_getinfo and then the entries.
 * Else netlink messages of chains, rules, sets and elements, all in one.
 */
#include "base/die.h"
#include "base/limits.h"
#include "judge/network/packet.h"
#include "read/host/firewall.h"

#include <netinet/in.h>
/* Behind netinet/in.h, which it gives way to. */
#include <linux/netfilter_ipv4/ip_tables.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(struct arena *arena, const struct firewall *firewall, bool is_ipv6)
{
    static const unsigned char address[16] = {172, 17, 0, 2};
    uint64_t steps = LIMIT_FIREWALL_STEPS - 100000;
    const struct filter filter = {.arena = arena, .firewall = firewall, .steps = &steps};
    struct packet packet = packet_make(is_ipv6, false, 80);
    packet_address(&packet, FIELD_DESTINATION, address);
    packet_interface(&packet, FIELD_INPUT_INTERFACE, STR("docker0"));
    for (unsigned hook = 0; hook < FIREWALL_HOOKS; hook++) {
        struct packet changed = packet;
        (void)filter_translate(&filter, (enum firewall_hook)hook, &changed);
        for (unsigned i = 0; i < 4; i++) {
            struct filter_answer answer =
                filter_pass(&filter, i & 1, (enum firewall_hook)hook, i & 2, &packet);
            INVARIANT(answer.verdict == NETWORK_OPEN || answer.rule.len);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct firewall firewall = {0};
    if (size < 1)
        return 0;
    str bytes = str_make(data + 1, size - 1);
    struct raw_firewall raw = {.is_there = true};
    if (data[0] & 1) {
        *vec_push(&arena, &raw.tables) = (struct raw_table){
            .is_ipv6 = data[0] & 2,
            .name = data[0] & 4 ? STR("nat") : STR("filter"),
            .info = str_sub(bytes, 0, sizeof(struct ipt_getinfo)),
            .entries = str_from_index(bytes, sizeof(struct ipt_getinfo)),
        };
    } else {
        raw.chains = raw.rules = raw.sets = raw.elements = bytes;
    }
    firewall_read(&arena, &raw, &firewall);
    for (size_t c = 0; c < firewall.chains.count; c++)
        for (size_t r = 0; r < firewall.chains.items[c].rules.count; r++)
            INVARIANT(firewall_rule_text(&arena, &firewall.chains.items[c],
                                         &firewall.chains.items[c].rules.items[r])
                          .len);
    ask(&arena, &firewall, data[0] & 2);
    return 0;
}
