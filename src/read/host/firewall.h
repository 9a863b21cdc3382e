// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_HOST_FIREWALL_H
#define HARDEN_READ_HOST_FIREWALL_H

#include "base/err.h"
#include "model/firewall.h"

/*
 * Packet filters in two steps, with the sandbox between them: firewall_gather() asks the kernel
 * (netlink for nftables, getsockopt for legacy iptables), firewall_read() parses. The formats are
 * the kernel's own (linux/netfilter/nf_tables.h, x_tables.h): nft's library shows extensions of
 * iptables as bare names, and just these decide about containers.
 */
struct raw_table {
    bool is_ipv6;
    str name;
    str info, entries; /* struct ipt_getinfo and ipt_get_entries, or their twins of IPv6 */
};
struct raw_table_list VEC_BODY(struct raw_table);

/* "meta iif" counts interfaces by their index. */
struct raw_interface {
    uint32_t index;
    str name;
};
struct raw_interface_list VEC_BODY(struct raw_interface);

struct raw_firewall {
    bool is_there; /* it was looked at */
    struct raw_interface_list interfaces;
    str chains, rules, sets, elements; /* netlink messages */
    struct raw_table_list tables;
    struct gap_list gaps;
};

/* Of the network namespace that the calling thread is in. `tables4`, `tables6`: the content of
 * /proc/net/ip_tables_names and ip6_tables_names; others are not asked for, which would make
 * them. */
void firewall_gather(struct arena *arena, str tables4, str tables6, struct raw_firewall *ret);
void firewall_read(struct arena *arena, const struct raw_firewall *raw, struct firewall *ret);

/* ---- parsers, for firewall_read() and tests ---- */

/* Netlink (netlink(7)): what follows the first message, or the first attribute, stays in *rest.
 * False at the end, and where it is damaged. */
struct attribute {
    uint16_t type;
    str value;
};
bool message_next(str *rest, uint16_t *ret_type, str *ret_payload);
bool attribute_next(str *rest, struct attribute *ret);
/* The value of the first attribute of that type; absent where there is none. */
str attribute_find(str attributes, uint16_t type);
uint32_t attribute_u32(str attributes, uint16_t type, uint32_t fallback); /* big endian */
str attribute_text(str attributes, uint16_t type);                        /* without its NUL */

/* Sets of nftables, for rules that look values up. */
struct nft_element {
    unsigned char key[64], key_end[64];
    bool has_end, is_interval_end, is_catchall;
    str verdict; /* NFTA_DATA_VERDICT's attributes; absent where it has none */
};
struct nft_element_list VEC_BODY(struct nft_element);
struct nft_set {
    uint8_t family;
    str table, name;
    size_t key_size;
    bool is_interval, is_incomplete;
    struct nft_element_list elements;
};
struct nft_set_list VEC_BODY(struct nft_set);

/* A rule's expressions; one that looks up verdicts becomes several rules. */
void nft_expressions(struct arena *arena, uint8_t family, str table, str expressions,
                     const struct nft_set_list *sets, const struct raw_interface_list *interfaces,
                     struct firewall_rule_list *ret);

/* Extensions of iptables, by name and revision, with the kernel's structure as it stands. */
void xt_match(struct arena *arena, str name, uint8_t revision, str data, bool is_ipv6,
              struct firewall_rule *rule);
void xt_target(struct arena *arena, str name, uint8_t revision, str data, bool is_ipv6,
               struct firewall_rule *rule);

/* The blob of IPT_SO_GET_ENTRIES or IP6T_SO_GET_ENTRIES. */
void legacy_table(struct arena *arena, const struct raw_table *table, struct firewall *ret);

/* ---- conditions ---- */

/* Adds one with a full mask over `size` bytes, which holds nowhere yet. */
struct firewall_condition *condition_add(struct arena *arena, struct firewall_rule *rule,
                                         enum firewall_field field, size_t size);
void condition_range(struct arena *arena, struct firewall_condition *condition, const void *low,
                     const void *high);
void condition_unknown(struct arena *arena, struct firewall_rule *rule, str text);
/* A comparison of ports that is the same for both protocols. */
void condition_ports(struct arena *arena, struct firewall_rule *rule, enum firewall_field field,
                     uint16_t low, uint16_t high, bool is_inverted);

#endif
