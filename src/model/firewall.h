// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_FIREWALL_H
#define HARDEN_MODEL_FIREWALL_H

#include "model/report.h"

/*
 * The packet filter of one network namespace: nftables (those that iptables-nft writes too) and
 * the tables of legacy iptables, in one form. read/host fills it, judge/network walks it. What is
 * not understood is kept as such: it makes a verdict "possible", never one or the other.
 */
enum firewall_family {
    FIREWALL_IPV4,
    FIREWALL_IPV6,
    FIREWALL_INET,   /* both */
    FIREWALL_BRIDGE, /* frames that a bridge passes on */
    FIREWALL_DEVICE, /* all that a device takes in or sends */
};

/* As the kernel numbers them for IPv4, IPv6 and bridges. */
enum firewall_hook {
    HOOK_PREROUTING,
    HOOK_INPUT,
    HOOK_FORWARD,
    HOOK_OUTPUT,
    HOOK_POSTROUTING,
    HOOK_INGRESS
};
enum { FIREWALL_HOOKS = HOOK_POSTROUTING + 1 };

/* What a rule looks at. */
enum firewall_field {
    FIELD_UNKNOWN, /* may hold or not */
    FIELD_INPUT_INTERFACE,
    FIELD_OUTPUT_INTERFACE, /* names, filled up with zeros */
    FIELD_SOURCE,
    FIELD_DESTINATION, /* 4 or 16 bytes */
    FIELD_PROTOCOL,    /* of layer 4 */
    FIELD_SOURCE_PORT,
    FIELD_PORT, /* big endian */
    FIELD_STATE,
    FIELD_STATUS, /* of the connection: bits of the kernel's, in its byte order */
    FIELD_SOURCE_TYPE,
    FIELD_TYPE,   /* RTN_UNICAST, RTN_LOCAL ... in its byte order */
    FIELD_FAMILY, /* NFPROTO_IPV4, NFPROTO_IPV6 */
};
enum { FIREWALL_FIELDS = FIELD_FAMILY + 1, FIREWALL_VALUE = 16 };

/* Both ends belong to it; compared as bytes. */
struct firewall_range {
    unsigned char low[FIREWALL_VALUE], high[FIREWALL_VALUE];
};
struct firewall_range_list VEC_BODY(struct firewall_range);

/* Holds if (field & mask), of which `size` bytes count, is in one of the ranges, or inverted. */
struct firewall_condition {
    enum firewall_field field;
    bool is_inverted;
    uint8_t size;
    unsigned char mask[FIREWALL_VALUE];
    struct firewall_range_list ranges; /* sorted */
    str text;                          /* of what is not understood: "limit" */
};
struct firewall_condition_list VEC_BODY(struct firewall_condition);

enum firewall_action {
    ACTION_NONE, /* goes on with the next rule */
    ACTION_ACCEPT,
    ACTION_DROP,
    ACTION_REJECT,
    ACTION_JUMP,
    ACTION_GOTO,
    ACTION_RETURN,
    ACTION_TRANSLATE, /* the destination: DNAT, REDIRECT */
    ACTION_UNKNOWN,   /* anything */
};

struct firewall_rule {
    struct firewall_condition_list conditions; /* all of them */
    enum firewall_action action;
    str target;   /* of JUMP and GOTO: the chain; of UNKNOWN: what it is called */
    size_t chain; /* its index, or SIZE_MAX */
    str comment;
    uint32_t number; /* from 1, in its chain */
    /* TRANSLATE: to one address and port, or several (then is_vague). */
    bool has_address, is_vague, is_redirect;
    unsigned char address[FIREWALL_VALUE];
    uint16_t port; /* 0: as it was */
};
struct firewall_rule_list VEC_BODY(struct firewall_rule);

struct firewall_chain {
    enum firewall_family family;
    bool is_legacy, is_base, is_nat;
    bool is_incomplete; /* rules are missing: anything may happen there */
    str table, name;
    enum firewall_hook hook;
    int32_t priority;
    enum firewall_action policy; /* ACCEPT or DROP */
    uint64_t start;              /* legacy: where it begins, which is how rules name it */
    struct firewall_rule_list rules;
};
struct firewall_chain_list VEC_BODY(struct firewall_chain);

struct firewall {
    bool is_known; /* it could be read */
    struct firewall_chain_list chains;
    struct gap_list gaps;
};

/* "ip filter DOCKER-USER, rule 2: -p tcp --dport 5432 -j DROP"; in iptables' words for tables of
 * that, else in those of nft. */
str firewall_rule_text(struct arena *arena, const struct firewall_chain *chain,
                       const struct firewall_rule *rule);
/* "iptables -I DOCKER-USER -i eth0 -p tcp --dport 5432 -j DROP": what puts such a rule in front of
 * a chain of iptables' table "filter". For rules of our own making: it accepts, drops or rejects,
 * and compares interfaces, addresses, protocol, ports (15 at most) and state. */
str firewall_rule_command(struct arena *arena, const struct firewall_chain *chain,
                          const struct firewall_rule *rule);
/* The same for a chain of nft that is asked before those of iptables, of both families: "meta
 * nfproto ipv4 iifname "eth0" tcp dport { 80, 443 } drop". */
str firewall_rule_nft(struct arena *arena, const struct firewall_chain *chain,
                      const struct firewall_rule *rule);
/* "ip filter FORWARD, policy DROP" */
str firewall_policy_text(struct arena *arena, const struct firewall_chain *chain);

#endif
