// SPDX-License-Identifier: Apache-2.0
/*
 * A rule of nftables is a small program: expressions load fields into registers, mask and compare
 * them, and the last one decides. What is loaded is followed as "this part of that field"; of
 * everything else the rule says that it may hold or not.
 */
#include "base/limits.h"
#include "read/host/firewall.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <netinet/in.h>
#include <string.h>

enum { SLOTS = 16, WORD = 4, STATUS_SIZE = 4 };

/* What 4 bytes of the registers hold from there on. */
enum load_kind {
    LOAD_NOTHING,
    LOAD_FIELD,
    LOAD_INDEX,      /* of an interface, whose name is the field */
    LOAD_ETHER_TYPE, /* which says the family */
    LOAD_CONSTANT
};
struct load {
    enum load_kind kind;
    enum firewall_field field;
    uint8_t offset, size; /* of the field that was loaded */
    unsigned char mask[FIREWALL_VALUE], value[FIREWALL_VALUE];
};

struct program {
    struct arena *arena;
    uint8_t family; /* NFPROTO_* */
    bool is_ipv6;   /* by the family, or by what the rule compared before */
    str table;
    const struct nft_set_list *sets;
    const struct raw_interface_list *interfaces;
    struct load loads[SLOTS];
    struct firewall_rule rule;
    bool may_decide; /* something unknown may have ended it */
    struct firewall_rule_list *ret;
    bool is_done;
};

/* NFT_REG_1.. are of 16 bytes, NFT_REG32_00.. of 4: the same memory. */
static bool slot_of(uint32_t number, size_t *ret)
{
    if (number >= NFT_REG_1 && number <= NFT_REG_4)
        *ret = (number - NFT_REG_1) * 4;
    else if (number >= NFT_REG32_00 && number <= NFT_REG32_15)
        *ret = number - NFT_REG32_00;
    else
        return false;
    return true;
}

static struct load *load_at(struct program *p, str attributes, uint16_t type)
{
    size_t slot;
    return slot_of(attribute_u32(attributes, type, 0), &slot) ? &p->loads[slot] : NULL;
}

static void load_field(struct load *load, enum firewall_field field, size_t offset, size_t size)
{
    if (!load)
        return;
    *load = (struct load){.kind = field == FIELD_UNKNOWN ? LOAD_NOTHING : LOAD_FIELD,
                          .field = field,
                          .offset = (uint8_t)offset,
                          .size = (uint8_t)size};
    memset(load->mask, 0xff, size);
}

static void load_other(struct load *load, enum load_kind kind, enum firewall_field field)
{
    if (load)
        *load = (struct load){.kind = kind, .field = field};
}

/* ---- loads ---- */

static void run_meta(struct program *p, str attributes)
{
    struct load *load = load_at(p, attributes, NFTA_META_DREG);
    enum firewall_field field = FIELD_UNKNOWN;
    size_t size = 1;
    if (attribute_find(attributes, NFTA_META_SREG).len)
        return; /* sets a mark and the like */
    switch (attribute_u32(attributes, NFTA_META_KEY, UINT32_MAX)) {
    case NFT_META_IIFNAME: field = FIELD_INPUT_INTERFACE, size = FIREWALL_VALUE; break;
    case NFT_META_OIFNAME: field = FIELD_OUTPUT_INTERFACE, size = FIREWALL_VALUE; break;
    case NFT_META_L4PROTO: field = FIELD_PROTOCOL; break;
    case NFT_META_NFPROTO: field = FIELD_FAMILY; break;
    case NFT_META_IIF: load_other(load, LOAD_INDEX, FIELD_INPUT_INTERFACE); return;
    case NFT_META_OIF: load_other(load, LOAD_INDEX, FIELD_OUTPUT_INTERFACE); return;
    case NFT_META_PROTOCOL: load_other(load, LOAD_ETHER_TYPE, FIELD_FAMILY); return;
    default: break;
    }
    load_field(load, field, 0, size);
}

/* A part of the header that lies within one field that matters. */
static enum firewall_field header_field(const struct program *p, uint32_t base, uint32_t offset,
                                        uint32_t size, size_t *ret_offset)
{
    static const struct {
        uint32_t base;
        bool is_ipv6;
        uint32_t from, size;
        enum firewall_field field;
    } parts[] = {
        {NFT_PAYLOAD_NETWORK_HEADER, false, 9, 1, FIELD_PROTOCOL},
        {NFT_PAYLOAD_NETWORK_HEADER, false, 12, 4, FIELD_SOURCE},
        {NFT_PAYLOAD_NETWORK_HEADER, false, 16, 4, FIELD_DESTINATION},
        {NFT_PAYLOAD_NETWORK_HEADER, true, 6, 1, FIELD_PROTOCOL},
        {NFT_PAYLOAD_NETWORK_HEADER, true, 8, 16, FIELD_SOURCE},
        {NFT_PAYLOAD_NETWORK_HEADER, true, 24, 16, FIELD_DESTINATION},
        {NFT_PAYLOAD_TRANSPORT_HEADER, false, 0, 2, FIELD_SOURCE_PORT},
        {NFT_PAYLOAD_TRANSPORT_HEADER, false, 2, 2, FIELD_PORT},
        {NFT_PAYLOAD_TRANSPORT_HEADER, true, 0, 2, FIELD_SOURCE_PORT},
        {NFT_PAYLOAD_TRANSPORT_HEADER, true, 2, 2, FIELD_PORT},
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (parts[i].base == base && parts[i].is_ipv6 == p->is_ipv6 && offset >= parts[i].from &&
            size >= 1 && size <= parts[i].size && offset - parts[i].from <= parts[i].size - size) {
            *ret_offset = offset - parts[i].from;
            return parts[i].field;
        }
    return FIELD_UNKNOWN;
}

static void run_payload(struct program *p, str attributes)
{
    size_t offset = 0;
    uint32_t size = attribute_u32(attributes, NFTA_PAYLOAD_LEN, 0);
    uint32_t base = attribute_u32(attributes, NFTA_PAYLOAD_BASE, UINT32_MAX);
    uint32_t from = attribute_u32(attributes, NFTA_PAYLOAD_OFFSET, UINT32_MAX);
    if (attribute_find(attributes, NFTA_PAYLOAD_SREG).len)
        return; /* writes */
    if (base == NFT_PAYLOAD_LL_HEADER && from == 12 && size == 2) {
        load_other(load_at(p, attributes, NFTA_PAYLOAD_DREG), LOAD_ETHER_TYPE, FIELD_FAMILY);
        return;
    }
    enum firewall_field field = header_field(p, base, from, size, &offset);
    load_field(load_at(p, attributes, NFTA_PAYLOAD_DREG), field, offset,
               field == FIELD_UNKNOWN ? 0 : size);
}

static void run_ct(struct program *p, str attributes)
{
    uint32_t key = attribute_u32(attributes, NFTA_CT_KEY, UINT32_MAX);
    if (attribute_find(attributes, NFTA_CT_SREG).len)
        return;
    load_field(load_at(p, attributes, NFTA_CT_DREG),
               key == NFT_CT_STATE    ? FIELD_STATE
               : key == NFT_CT_STATUS ? FIELD_STATUS
                                      : FIELD_UNKNOWN,
               0, STATUS_SIZE);
}

static void run_fib(struct program *p, str attributes)
{
    uint32_t flags = attribute_u32(attributes, NFTA_FIB_FLAGS, 0);
    enum firewall_field field = FIELD_UNKNOWN;
    if (attribute_u32(attributes, NFTA_FIB_RESULT, 0) == NFT_FIB_RESULT_ADDRTYPE)
        field = flags == NFTA_FIB_F_DADDR   ? FIELD_TYPE
                : flags == NFTA_FIB_F_SADDR ? FIELD_SOURCE_TYPE
                                            : FIELD_UNKNOWN;
    load_field(load_at(p, attributes, NFTA_FIB_DREG), field, 0, STATUS_SIZE);
}

static void run_bitwise(struct program *p, str attributes)
{
    const struct load *from = load_at(p, attributes, NFTA_BITWISE_SREG);
    struct load *to = load_at(p, attributes, NFTA_BITWISE_DREG);
    str mask = attribute_find(attribute_find(attributes, NFTA_BITWISE_MASK), NFTA_DATA_VALUE);
    str flip = attribute_find(attribute_find(attributes, NFTA_BITWISE_XOR), NFTA_DATA_VALUE);
    bool plain = attribute_u32(attributes, NFTA_BITWISE_OP, NFT_BITWISE_BOOL) == NFT_BITWISE_BOOL;
    if (!to)
        return;
    for (size_t i = 0; i < flip.len; i++)
        plain &= flip.ptr[i] == 0;
    if (!from || from->kind != LOAD_FIELD || !plain || mask.len < from->size) {
        to->kind = LOAD_NOTHING;
        return;
    }
    struct load masked = *from;
    for (size_t i = 0; i < from->size; i++)
        masked.mask[i] &= (unsigned char)mask.ptr[i];
    *to = masked;
}

/* ---- conditions ---- */

/* A condition on the field as a whole, of which only the loaded part counts. */
static struct firewall_condition *condition_of(struct program *p, const struct load *load,
                                               struct firewall_rule *rule)
{
    size_t size = (size_t)load->offset + load->size;
    if (load->field == FIELD_SOURCE || load->field == FIELD_DESTINATION)
        size = p->is_ipv6 ? 16 : 4;
    struct firewall_condition *condition = condition_add(p->arena, rule, load->field, size);
    memset(condition->mask, 0, sizeof(condition->mask));
    memcpy(condition->mask + load->offset, load->mask,
           load->size <= FIREWALL_VALUE - load->offset ? load->size : 0);
    return condition;
}

/* Values are as long as the load, or of an interface's name, shorter: its beginning. */
static void add_range(struct program *p, struct firewall_condition *condition,
                      const struct load *load, const void *low, const void *high, size_t size)
{
    unsigned char ends[2][FIREWALL_VALUE] = {0};
    if (size > load->size)
        size = load->size;
    if (size > (size_t)FIREWALL_VALUE - load->offset)
        size = (size_t)FIREWALL_VALUE - load->offset;
    memcpy(ends[0] + load->offset, low, size);
    memcpy(ends[1] + load->offset, high, size);
    condition_range(p->arena, condition, ends[0], ends[1]);
}

/* One lower or higher, as big endian; false where there is none. */
static bool step(unsigned char *value, size_t size, bool up)
{
    for (size_t i = size; i-- > 0;) {
        unsigned char before = value[i];
        value[i] = (unsigned char)(up ? before + 1 : before - 1);
        if (before != (up ? 0xff : 0))
            return true;
    }
    return false;
}

static void compare(struct program *p, const struct load *load, uint32_t op, str data)
{
    unsigned char low[FIREWALL_VALUE] = {0}, high[FIREWALL_VALUE];
    size_t size = data.len < load->size ? data.len : load->size;
    bool any = true;
    struct load part = *load;
    memset(high, 0xff, sizeof(high));
    if (size < load->size) /* of "br-*" only the beginning is compared */
        memset(part.mask + size, 0, load->size - size);
    if (op != NFT_CMP_LT && op != NFT_CMP_LTE)
        memcpy(low, data.ptr, size);
    if (op != NFT_CMP_GT && op != NFT_CMP_GTE)
        memcpy(high, data.ptr, size);
    if (op == NFT_CMP_LT)
        any = step(high, size, false);
    if (op == NFT_CMP_GT)
        any = step(low, size, true);
    struct firewall_condition *condition = condition_of(p, &part, &p->rule);
    condition->is_inverted = op == NFT_CMP_NEQ;
    if (any)
        add_range(p, condition, load, low, high, size);
}

/* Compares an interface's index as its name, and a frame's type as the family; *data becomes
 * what `value` then holds. False where nothing is known by that number. */
static bool convert(const struct program *p, const struct load *load, str *data, struct load *ret,
                    unsigned char value[FIREWALL_VALUE])
{
    uint32_t index;
    memset(value, 0, FIREWALL_VALUE);
    if (load->kind == LOAD_ETHER_TYPE && data->len == sizeof(uint16_t)) {
        unsigned type = (unsigned)(unsigned char)data->ptr[0] << 8 | (unsigned char)data->ptr[1];
        value[0] = type == 0x0800 ? NFPROTO_IPV4 : type == 0x86dd ? NFPROTO_IPV6 : 0xff;
        load_field(ret, load->field, 0, 1);
        *data = str_make(value, 1);
        return true;
    }
    if (load->kind != LOAD_INDEX || data->len != sizeof(index))
        return false;
    memcpy(&index, data->ptr, sizeof(index));
    for (size_t i = 0; i < p->interfaces->count; i++)
        if (p->interfaces->items[i].index == index &&
            p->interfaces->items[i].name.len < FIREWALL_VALUE) {
            memcpy(value, p->interfaces->items[i].name.ptr, p->interfaces->items[i].name.len);
            load_field(ret, load->field, 0, FIREWALL_VALUE);
            *data = str_make(value, FIREWALL_VALUE);
            return true;
        }
    return false;
}

static void run_cmp(struct program *p, str attributes)
{
    unsigned char value[FIREWALL_VALUE];
    struct load converted;
    const struct load *load = load_at(p, attributes, NFTA_CMP_SREG);
    uint32_t op = attribute_u32(attributes, NFTA_CMP_OP, UINT32_MAX);
    str data = attribute_find(attribute_find(attributes, NFTA_CMP_DATA), NFTA_DATA_VALUE);
    if (load && convert(p, load, &data, &converted, value))
        load = &converted;
    if (!load || load->kind != LOAD_FIELD || !data.len || op > NFT_CMP_GTE) {
        condition_unknown(p->arena, &p->rule, STR("a comparison"));
        return;
    }
    if (load->field == FIELD_FAMILY && op == NFT_CMP_EQ)
        p->is_ipv6 = data.ptr[0] == NFPROTO_IPV6;
    compare(p, load, op, data);
}

static void run_range(struct program *p, str attributes)
{
    const struct load *load = load_at(p, attributes, NFTA_RANGE_SREG);
    str from = attribute_find(attribute_find(attributes, NFTA_RANGE_FROM_DATA), NFTA_DATA_VALUE);
    str to = attribute_find(attribute_find(attributes, NFTA_RANGE_TO_DATA), NFTA_DATA_VALUE);
    if (!load || load->kind != LOAD_FIELD || from.len < load->size || to.len < load->size) {
        condition_unknown(p->arena, &p->rule, STR("a range"));
        return;
    }
    struct firewall_condition *condition = condition_of(p, load, &p->rule);
    condition->is_inverted =
        attribute_u32(attributes, NFTA_RANGE_OP, NFT_RANGE_EQ) == NFT_RANGE_NEQ;
    add_range(p, condition, load, from.ptr, to.ptr, load->size);
}

/* ---- verdicts ---- */

static void set_verdict(struct program *p, str verdict, struct firewall_rule *rule)
{
    int32_t code = (int32_t)attribute_u32(verdict, NFTA_VERDICT_CODE, 0x7fffffff);
    rule->target = arena_str(p->arena, attribute_text(verdict, NFTA_VERDICT_CHAIN));
    switch (code) {
    case NF_ACCEPT: rule->action = ACTION_ACCEPT; break;
    case NF_DROP: rule->action = ACTION_DROP; break;
    case NFT_JUMP: rule->action = ACTION_JUMP; break;
    case NFT_GOTO: rule->action = ACTION_GOTO; break;
    case NFT_RETURN: rule->action = ACTION_RETURN; break;
    case NFT_CONTINUE: rule->action = ACTION_NONE; break;
    default:
        rule->action = ACTION_UNKNOWN;
        rule->target = STR("queue");
        break;
    }
}

static void run_immediate(struct program *p, str attributes)
{
    str data = attribute_find(attributes, NFTA_IMMEDIATE_DATA);
    str value = attribute_find(data, NFTA_DATA_VALUE);
    struct load *load = load_at(p, attributes, NFTA_IMMEDIATE_DREG);
    if (!load) {
        set_verdict(p, attribute_find(data, NFTA_DATA_VERDICT), &p->rule);
        return;
    }
    *load = (struct load){.kind = LOAD_NOTHING};
    if (!value.len || value.len > sizeof(load->value))
        return;
    load->kind = LOAD_CONSTANT;
    load->size = (uint8_t)value.len;
    memcpy(load->value, value.ptr, value.len);
}

static bool constant(struct program *p, str attributes, uint16_t type, const struct load **ret)
{
    *ret = load_at(p, attributes, type);
    return *ret && (*ret)->kind == LOAD_CONSTANT;
}

static void translate(struct program *p, str attributes, bool is_redirect)
{
    struct firewall_rule *rule = &p->rule;
    const struct load *load;
    uint16_t port, ports = is_redirect ? NFTA_REDIR_REG_PROTO_MIN : NFTA_NAT_REG_PROTO_MIN;
    rule->action = ACTION_TRANSLATE;
    rule->is_redirect = is_redirect;
    if (!is_redirect && attribute_find(attributes, NFTA_NAT_REG_ADDR_MIN).len) {
        rule->has_address = constant(p, attributes, NFTA_NAT_REG_ADDR_MIN, &load);
        rule->is_vague = !rule->has_address;
        if (rule->has_address)
            memcpy(rule->address, load->value, sizeof(rule->address));
        rule->is_vague |= attribute_u32(attributes, NFTA_NAT_REG_ADDR_MAX, 0) !=
                              attribute_u32(attributes, NFTA_NAT_REG_ADDR_MIN, 0) &&
                          attribute_find(attributes, NFTA_NAT_REG_ADDR_MAX).len;
    }
    if (!attribute_find(attributes, ports).len)
        return;
    if (constant(p, attributes, ports, &load) && load->size >= sizeof(port)) {
        memcpy(&port, load->value, sizeof(port));
        rule->port = ntohs(port);
    } else {
        rule->is_vague = true;
    }
}

static void run_nat(struct program *p, str attributes)
{
    if (attribute_u32(attributes, NFTA_NAT_TYPE, UINT32_MAX) == NFT_NAT_DNAT)
        translate(p, attributes, false);
    else
        p->rule.action = ACTION_ACCEPT;
}

static void run_redir(struct program *p, str attributes)
{
    translate(p, attributes, true);
}

static void run_masq(struct program *p, str attributes)
{
    (void)attributes;
    p->rule.action = ACTION_ACCEPT;
}

static void run_reject(struct program *p, str attributes)
{
    (void)attributes;
    p->rule.action = ACTION_REJECT;
}

/* ---- sets ---- */

/* The loads that make up the key, one behind the other; none where one of them is unknown. */
static size_t key_parts(struct program *p, size_t slot, size_t key_size, struct load *ret)
{
    size_t count = 0, at = 0;
    while (at < key_size && slot < SLOTS) {
        const struct load *load = &p->loads[slot];
        if (load->kind != LOAD_FIELD || load->size == 0)
            return 0;
        ret[count++] = *load;
        size_t words = ((size_t)load->size + WORD - 1) / WORD;
        slot += words;
        at += words * WORD;
    }
    return at >= key_size ? count : 0;
}

/* The end of the interval that starts at elements[*i]: the one before the next end's key. */
static void element_end(const struct nft_set *set, size_t *i, size_t size, unsigned char *ret)
{
    const struct nft_element *element = &set->elements.items[*i];
    memcpy(ret, element->has_end ? element->key_end : element->key, sizeof(element->key));
    if (!set->is_interval || element->has_end)
        return;
    if (*i + 1 < set->elements.count && set->elements.items[*i + 1].is_interval_end) {
        memcpy(ret, set->elements.items[++*i].key, sizeof(element->key));
        (void)step(ret, size, false);
    } else if (*i + 1 == set->elements.count) {
        memset(ret, 0xff, size); /* open to the top */
    }
}

static void add_parts(struct program *p, const struct load *parts, size_t count,
                      const unsigned char *low, const unsigned char *high,
                      struct firewall_rule *rule)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        struct firewall_condition *condition = condition_of(p, &parts[i], rule);
        add_range(p, condition, &parts[i], low + at, high + at, parts[i].size);
        at += ((size_t)parts[i].size + WORD - 1) / WORD * WORD;
    }
}

/* One rule for each element, with the conditions so far. */
static void push_element(struct program *p, const struct load *parts, size_t count,
                         const unsigned char *low, const unsigned char *high, str verdict)
{
    struct firewall_rule rule = p->rule;
    rule.conditions = (struct firewall_condition_list){0};
    for (size_t i = 0; i < p->rule.conditions.count; i++)
        *vec_push(p->arena, &rule.conditions) = p->rule.conditions.items[i];
    if (low)
        add_parts(p, parts, count, low, high, &rule);
    set_verdict(p, verdict, &rule);
    *vec_push(p->arena, p->ret) = rule;
}

static bool expand_verdicts(struct program *p, const struct nft_set *set, const struct load *parts,
                            size_t count)
{
    unsigned char high[sizeof(set->elements.items[0].key)];
    str otherwise = {0};
    for (size_t i = 0; i < set->elements.count; i++) {
        const struct nft_element *element = &set->elements.items[i];
        if (element->is_catchall)
            otherwise = element->verdict;
        if (element->is_catchall || element->is_interval_end)
            continue;
        element_end(set, &i, set->key_size, high);
        push_element(p, parts, count, element->key, high, element->verdict);
    }
    if (otherwise.len)
        push_element(p, NULL, 0, NULL, NULL, otherwise);
    p->is_done = true;
    return true;
}

static bool look_up(struct program *p, const struct nft_set *set, const struct load *part,
                    bool is_inverted)
{
    unsigned char high[sizeof(set->elements.items[0].key)];
    struct firewall_condition *condition = condition_of(p, part, &p->rule);
    condition->is_inverted = is_inverted;
    for (size_t i = 0; i < set->elements.count; i++) {
        const struct nft_element *element = &set->elements.items[i];
        if (element->is_catchall)
            return false;
        if (element->is_interval_end)
            continue;
        element_end(set, &i, set->key_size, high);
        add_range(p, condition, part, element->key, high, part->size);
    }
    return true;
}

static void run_lookup(struct program *p, str attributes)
{
    struct load parts[SLOTS];
    size_t slot, count = 0;
    str name = attribute_text(attributes, NFTA_LOOKUP_SET);
    const struct nft_set *set = NULL;
    bool verdicts = false;
    for (size_t i = 0; i < p->sets->count && !set; i++)
        if (p->sets->items[i].family == p->family && str_eq(p->sets->items[i].name, name) &&
            str_eq(p->sets->items[i].table, p->table))
            set = &p->sets->items[i];
    if (attribute_find(attributes, NFTA_LOOKUP_DREG).len) {
        struct load *to = load_at(p, attributes, NFTA_LOOKUP_DREG);
        verdicts = !to;
        if (to)
            to->kind = LOAD_NOTHING;
    }
    if (set && !set->is_incomplete && set->key_size <= sizeof(set->elements.items[0].key) &&
        slot_of(attribute_u32(attributes, NFTA_LOOKUP_SREG, 0), &slot))
        count = key_parts(p, slot, set->key_size, parts);
    if (count && verdicts && expand_verdicts(p, set, parts, count))
        return;
    bool inverted = attribute_u32(attributes, NFTA_LOOKUP_FLAGS, 0) & NFT_LOOKUP_F_INV;
    if (count == 1 && !verdicts && look_up(p, set, &parts[0], inverted))
        return;
    condition_unknown(p->arena, &p->rule, arena_join(p->arena, STR("set"), STR(" "), name));
    p->may_decide |= verdicts;
}

/* ---- iptables' extensions ---- */

static void run_match(struct program *p, str attributes)
{
    xt_match(p->arena, attribute_text(attributes, NFTA_MATCH_NAME),
             (uint8_t)attribute_u32(attributes, NFTA_MATCH_REV, 0),
             attribute_find(attributes, NFTA_MATCH_INFO), p->is_ipv6, &p->rule);
}

static void run_target(struct program *p, str attributes)
{
    xt_target(p->arena, attribute_text(attributes, NFTA_TARGET_NAME),
              (uint8_t)attribute_u32(attributes, NFTA_TARGET_REV, 0),
              attribute_find(attributes, NFTA_TARGET_INFO), p->is_ipv6, &p->rule);
}

/* A counter does nothing; a quota or a limit may stop. */
static void run_objref(struct program *p, str attributes)
{
    if (attribute_u32(attributes, NFTA_OBJREF_IMM_TYPE, 0) != NFT_OBJECT_COUNTER)
        condition_unknown(p->arena, &p->rule, STR("a named limit"));
}

static void run_dynset(struct program *p, str attributes)
{
    if (attribute_find(attributes, NFTA_DYNSET_EXPR).len ||
        attribute_find(attributes, NFTA_DYNSET_EXPRESSIONS).len)
        condition_unknown(p->arena, &p->rule, STR("a limit for each"));
}

static void run_nothing(struct program *p, str attributes)
{
    (void)p, (void)attributes;
}

static const struct {
    str name;
    void (*run)(struct program *p, str attributes);
} expressions[] = {
    {STR_INIT("meta"), run_meta},       {STR_INIT("payload"), run_payload},
    {STR_INIT("ct"), run_ct},           {STR_INIT("fib"), run_fib},
    {STR_INIT("bitwise"), run_bitwise}, {STR_INIT("cmp"), run_cmp},
    {STR_INIT("range"), run_range},     {STR_INIT("immediate"), run_immediate},
    {STR_INIT("nat"), run_nat},         {STR_INIT("redir"), run_redir},
    {STR_INIT("masq"), run_masq},       {STR_INIT("reject"), run_reject},
    {STR_INIT("lookup"), run_lookup},   {STR_INIT("match"), run_match},
    {STR_INIT("target"), run_target},   {STR_INIT("objref"), run_objref},
    {STR_INIT("dynset"), run_dynset},   {STR_INIT("counter"), run_nothing},
    {STR_INIT("log"), run_nothing},     {STR_INIT("notrack"), run_nothing},
    {STR_INIT("last"), run_nothing},    {STR_INIT("flow_offload"), run_nothing},
};

/* Some of these only load what nobody here knows; none is sure to let the rule go on. */
static void run_unknown(struct program *p, str name)
{
    memset(p->loads, 0, sizeof(p->loads));
    condition_unknown(p->arena, &p->rule, name);
    p->may_decide |= !str_eq(name, STR("limit")) && !str_eq(name, STR("quota")) &&
                     !str_eq(name, STR("connlimit"));
}

static void run(struct program *p, str name, str attributes)
{
    for (size_t i = 0; i < sizeof(expressions) / sizeof(expressions[0]); i++)
        if (str_eq(expressions[i].name, name)) {
            expressions[i].run(p, attributes);
            return;
        }
    run_unknown(p, name);
}

void nft_expressions(struct arena *arena, uint8_t family, str table, str list,
                     const struct nft_set_list *sets, const struct raw_interface_list *interfaces,
                     struct firewall_rule_list *ret)
{
    struct program p = {.arena = arena,
                        .family = family,
                        .is_ipv6 = family == NFPROTO_IPV6,
                        .table = table,
                        .sets = sets,
                        .interfaces = interfaces,
                        .ret = ret};
    struct attribute item;
    p.rule.chain = SIZE_MAX;
    for (size_t i = 0; !p.is_done && attribute_next(&list, &item); i++) {
        if (i >= LIMIT_FIREWALL_EXPRESSIONS) {
            run_unknown(&p, STR("a long rule"));
            break;
        }
        run(&p, attribute_text(item.value, NFTA_EXPR_NAME),
            attribute_find(item.value, NFTA_EXPR_DATA));
    }
    if (p.is_done)
        return;
    if (p.may_decide && p.rule.action == ACTION_NONE)
        p.rule.action = ACTION_UNKNOWN;
    *vec_push(arena, ret) = p.rule;
}
