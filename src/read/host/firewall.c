// SPDX-License-Identifier: Apache-2.0
/* Tables, chains, rules and sets of nftables from their netlink messages. */
#include "read/host/firewall.h"

#include "base/limits.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

bool message_next(str *rest, uint16_t *ret_type, str *ret_payload)
{
    struct nlmsghdr header;
    if (rest->len < sizeof(header))
        return false;
    memcpy(&header, rest->ptr, sizeof(header));
    if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > rest->len)
        return false;
    *ret_type = header.nlmsg_type;
    *ret_payload = str_sub(*rest, sizeof(header), header.nlmsg_len - sizeof(header));
    *rest = str_from_index(*rest, ((size_t)header.nlmsg_len + 3) & ~(size_t)3);
    return true;
}

bool attribute_next(str *rest, struct attribute *ret)
{
    struct nlattr header;
    if (rest->len < sizeof(header))
        return false;
    memcpy(&header, rest->ptr, sizeof(header));
    if (header.nla_len < sizeof(header) || header.nla_len > rest->len)
        return false;
    ret->type = (uint16_t)(header.nla_type & NLA_TYPE_MASK);
    ret->value = str_sub(*rest, sizeof(header), header.nla_len - sizeof(header));
    *rest = str_from_index(*rest, ((size_t)header.nla_len + 3) & ~(size_t)3);
    return true;
}

str attribute_find(str attributes, uint16_t type)
{
    struct attribute attribute;
    while (attribute_next(&attributes, &attribute))
        if (attribute.type == type)
            return attribute.value;
    return (str){0};
}

uint32_t attribute_u32(str attributes, uint16_t type, uint32_t fallback)
{
    uint32_t value;
    str found = attribute_find(attributes, type);
    if (found.len != sizeof(value))
        return fallback;
    memcpy(&value, found.ptr, sizeof(value));
    return ntohl(value);
}

str attribute_text(str attributes, uint16_t type)
{
    str found = attribute_find(attributes, type);
    size_t end = str_find_char(found, '\0');
    return end == STR_NONE ? found : str_sub(found, 0, end);
}

/* ---- conditions ---- */

struct firewall_condition *condition_add(struct arena *arena, struct firewall_rule *rule,
                                         enum firewall_field field, size_t size)
{
    struct firewall_condition *condition = vec_push(arena, &rule->conditions);
    *condition = (struct firewall_condition){
        .field = field, .size = (uint8_t)(size < FIREWALL_VALUE ? size : FIREWALL_VALUE)};
    memset(condition->mask, 0xff, condition->size);
    return condition;
}

void condition_range(struct arena *arena, struct firewall_condition *condition, const void *low,
                     const void *high)
{
    struct firewall_range *range = vec_push(arena, &condition->ranges);
    *range = (struct firewall_range){0};
    memcpy(range->low, low, condition->size);
    memcpy(range->high, high, condition->size);
}

void condition_unknown(struct arena *arena, struct firewall_rule *rule, str text)
{
    condition_add(arena, rule, FIELD_UNKNOWN, 0)->text = arena_str(arena, text);
}

void condition_ports(struct arena *arena, struct firewall_rule *rule, enum firewall_field field,
                     uint16_t low, uint16_t high, bool is_inverted)
{
    uint16_t ends[2] = {htons(low), htons(high)};
    struct firewall_condition *condition = condition_add(arena, rule, field, sizeof(ends[0]));
    condition->is_inverted = is_inverted;
    condition_range(arena, condition, &ends[0], &ends[1]);
}

/* ---- messages ---- */

static bool family_of(uint8_t number, enum firewall_family *ret)
{
    switch (number) {
    case NFPROTO_IPV4: *ret = FIREWALL_IPV4; return true;
    case NFPROTO_IPV6: *ret = FIREWALL_IPV6; return true;
    case NFPROTO_INET: *ret = FIREWALL_INET; return true;
    case NFPROTO_BRIDGE: *ret = FIREWALL_BRIDGE; return true;
    case NFPROTO_NETDEV: *ret = FIREWALL_DEVICE; return true;
    default: return false; /* ARP: not what connections are made of */
    }
}

/* The next message of that type: its family, and its attributes. */
static bool next_of(str *rest, unsigned wanted, uint8_t *ret_family, str *ret_attributes)
{
    uint16_t type;
    str payload;
    while (message_next(rest, &type, &payload)) {
        if (type != (NFNL_SUBSYS_NFTABLES << 8 | wanted) || payload.len < sizeof(struct nfgenmsg))
            continue;
        *ret_family = (uint8_t)payload.ptr[0];
        *ret_attributes = str_from_index(payload, NLMSG_ALIGN(sizeof(struct nfgenmsg)));
        return true;
    }
    return false;
}

static void read_chains(struct arena *arena, str messages, struct firewall *ret)
{
    uint8_t number;
    str attributes;
    enum firewall_family family;
    while (ret->chains.count < LIMIT_FIREWALL_CHAINS &&
           next_of(&messages, NFT_MSG_NEWCHAIN, &number, &attributes)) {
        if (!family_of(number, &family))
            continue;
        str hook = attribute_find(attributes, NFTA_CHAIN_HOOK);
        uint32_t where = attribute_u32(hook, NFTA_HOOK_HOOKNUM, UINT32_MAX);
        struct firewall_chain *chain = vec_push(arena, &ret->chains);
        *chain = (struct firewall_chain){
            .family = family,
            .table = attribute_text(attributes, NFTA_CHAIN_TABLE),
            .name = attribute_text(attributes, NFTA_CHAIN_NAME),
            .is_base = hook.len > 0,
            .is_nat = str_eq(attribute_text(attributes, NFTA_CHAIN_TYPE), STR("nat")),
            .hook = family == FIREWALL_DEVICE || where > HOOK_INGRESS ? HOOK_INGRESS
                                                                      : (enum firewall_hook)where,
            .priority = (int32_t)attribute_u32(hook, NFTA_HOOK_PRIORITY, 0),
            .policy = attribute_u32(attributes, NFTA_CHAIN_POLICY, NF_ACCEPT) == NF_DROP
                          ? ACTION_DROP
                          : ACTION_ACCEPT,
        };
    }
}

static struct firewall_chain *chain_named(const struct firewall *firewall,
                                          enum firewall_family family, str table, str name)
{
    for (size_t i = 0; i < firewall->chains.count; i++) {
        struct firewall_chain *chain = &firewall->chains.items[i];
        if (!chain->is_legacy && chain->family == family && str_eq(chain->name, name) &&
            str_eq(chain->table, table))
            return chain;
    }
    return NULL;
}

static struct nft_set *set_named(struct nft_set_list *sets, uint8_t family, str table, str name)
{
    for (size_t i = 0; i < sets->count; i++)
        if (sets->items[i].family == family && str_eq(sets->items[i].name, name) &&
            str_eq(sets->items[i].table, table))
            return &sets->items[i];
    return NULL;
}

static void read_element(struct arena *arena, str attributes, struct nft_set *set)
{
    if (set->elements.count >= LIMIT_FIREWALL_ELEMENTS) {
        set->is_incomplete = true;
        return;
    }
    struct nft_element *element = vec_push(arena, &set->elements);
    uint32_t flags = attribute_u32(attributes, NFTA_SET_ELEM_FLAGS, 0);
    str key = attribute_find(attribute_find(attributes, NFTA_SET_ELEM_KEY), NFTA_DATA_VALUE);
    str end = attribute_find(attribute_find(attributes, NFTA_SET_ELEM_KEY_END), NFTA_DATA_VALUE);
    *element = (struct nft_element){
        .is_interval_end = flags & NFT_SET_ELEM_INTERVAL_END,
        .is_catchall = flags & NFT_SET_ELEM_CATCHALL,
        .has_end = end.len > 0,
        .verdict =
            attribute_find(attribute_find(attributes, NFTA_SET_ELEM_DATA), NFTA_DATA_VERDICT),
    };
    if (key.len > sizeof(element->key) || end.len > sizeof(element->key)) {
        set->is_incomplete = true;
        return;
    }
    if (key.len)
        memcpy(element->key, key.ptr, key.len);
    if (end.len)
        memcpy(element->key_end, end.ptr, end.len);
}

static int compare_elements(const void *left, const void *right)
{
    const struct nft_element *a = left, *b = right;
    int order = memcmp(a->key, b->key, sizeof(a->key));
    return order ? order : b->is_interval_end - a->is_interval_end;
}

static void read_sets(struct arena *arena, const struct raw_firewall *raw, struct nft_set_list *ret)
{
    uint8_t family;
    str attributes, messages = raw->sets;
    struct attribute item;
    while (ret->count < LIMIT_FIREWALL_CHAINS &&
           next_of(&messages, NFT_MSG_NEWSET, &family, &attributes))
        *vec_push(arena, ret) = (struct nft_set){
            .family = family,
            .table = attribute_text(attributes, NFTA_SET_TABLE),
            .name = attribute_text(attributes, NFTA_SET_NAME),
            .key_size = attribute_u32(attributes, NFTA_SET_KEY_LEN, 0),
            .is_interval = attribute_u32(attributes, NFTA_SET_FLAGS, 0) & NFT_SET_INTERVAL,
        };
    for (messages = raw->elements; next_of(&messages, NFT_MSG_NEWSETELEM, &family, &attributes);) {
        struct nft_set *set =
            set_named(ret, family, attribute_text(attributes, NFTA_SET_ELEM_LIST_TABLE),
                      attribute_text(attributes, NFTA_SET_ELEM_LIST_SET));
        str list = attribute_find(attributes, NFTA_SET_ELEM_LIST_ELEMENTS);
        while (set && attribute_next(&list, &item))
            read_element(arena, item.value, set);
    }
    for (size_t i = 0; i < ret->count; i++)
        if (ret->items[i].elements.count > 1)
            qsort(ret->items[i].elements.items, ret->items[i].elements.count,
                  sizeof(struct nft_element), compare_elements);
}

static void read_rules(struct arena *arena, const struct raw_firewall *raw,
                       const struct nft_set_list *sets, struct firewall *ret)
{
    uint8_t number;
    str attributes, messages = raw->rules;
    enum firewall_family family;
    struct firewall_chain *chain = NULL;
    size_t total = 0;
    while (next_of(&messages, NFT_MSG_NEWRULE, &number, &attributes)) {
        str table = attribute_text(attributes, NFTA_RULE_TABLE);
        str name = attribute_text(attributes, NFTA_RULE_CHAIN);
        if (!family_of(number, &family))
            continue;
        /* Rules of a chain stand together. */
        if (!chain || chain->family != family || !str_eq(chain->name, name) ||
            !str_eq(chain->table, table))
            chain = chain_named(ret, family, table, name);
        if (!chain)
            continue;
        size_t before = chain->rules.count;
        uint32_t last = before ? chain->rules.items[before - 1].number : 0;
        if (total > LIMIT_FIREWALL_RULES) {
            chain->is_incomplete = true;
            continue;
        }
        nft_expressions(arena, number, table, attribute_find(attributes, NFTA_RULE_EXPRESSIONS),
                        sets, &raw->interfaces, &chain->rules);
        for (size_t i = before; i < chain->rules.count; i++)
            chain->rules.items[i].number = last + 1;
        total += chain->rules.count - before;
    }
}

/* Names of chains as indices; one that is not there is left to the reader, as "anything". */
static void resolve(struct firewall *firewall)
{
    for (size_t c = 0; c < firewall->chains.count; c++) {
        struct firewall_chain *chain = &firewall->chains.items[c];
        for (size_t r = 0; !chain->is_legacy && r < chain->rules.count; r++) {
            struct firewall_rule *rule = &chain->rules.items[r];
            if (rule->action != ACTION_JUMP && rule->action != ACTION_GOTO)
                continue;
            const struct firewall_chain *to =
                chain_named(firewall, chain->family, chain->table, rule->target);
            rule->chain = to ? (size_t)(to - firewall->chains.items) : SIZE_MAX;
        }
    }
}

void firewall_read(struct arena *arena, const struct raw_firewall *raw, struct firewall *ret)
{
    ARENA_SCOPED scratch = {0};
    struct nft_set_list sets = {0};
    *ret = (struct firewall){.is_known = raw->is_there, .gaps = raw->gaps};
    read_chains(arena, raw->chains, ret);
    read_sets(&scratch, raw, &sets);
    read_rules(arena, raw, &sets, ret);
    resolve(ret);
    if (ret->chains.count >= LIMIT_FIREWALL_CHAINS) {
        ret->is_known = false;
        *vec_push(arena, &ret->gaps) = (struct gap){
            .path = STR("the firewall"), .reason = STR("it has more chains than are looked at")};
    }
    for (size_t i = 0; i < raw->tables.count; i++)
        legacy_table(arena, &raw->tables.items[i], ret);
}
