// SPDX-License-Identifier: Apache-2.0
/* Tables of legacy iptables: entries one behind the other, chains by their offsets. */
#include "base/limits.h"
#include "read/host/firewall.h"

#include <netinet/in.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <string.h>

struct walk {
    struct arena *arena;
    const struct raw_table *table;
    struct ipt_getinfo info; /* IPv6 has the same */
    struct firewall *firewall;
    size_t chain, total; /* the chain at hand; SIZE_MAX before the first */
};

/* One entry's parts, of either family. */
struct entry_parts {
    const char *input, *output, *input_mask, *output_mask;
    const void *source, *source_mask, *destination, *destination_mask;
    uint16_t protocol;
    uint8_t flags, inverted;
    size_t size, target, next;
};

static bool take_entry(const struct walk *walk, str entry, struct ipt_entry *four,
                       struct ip6t_entry *six, struct entry_parts *ret)
{
    if (walk->table->is_ipv6) {
        if (entry.len < sizeof(*six))
            return false;
        memcpy(six, entry.ptr, sizeof(*six));
        *ret = (struct entry_parts){.input = six->ipv6.iniface,
                                    .output = six->ipv6.outiface,
                                    .input_mask = (const char *)six->ipv6.iniface_mask,
                                    .output_mask = (const char *)six->ipv6.outiface_mask,
                                    .source = &six->ipv6.src,
                                    .source_mask = &six->ipv6.smsk,
                                    .destination = &six->ipv6.dst,
                                    .destination_mask = &six->ipv6.dmsk,
                                    .protocol = six->ipv6.proto,
                                    .inverted = six->ipv6.invflags,
                                    .flags = six->ipv6.flags & IP6T_F_GOTO ? IPT_F_GOTO : 0,
                                    .size = sizeof(*six),
                                    .target = six->target_offset,
                                    .next = six->next_offset};
    } else {
        if (entry.len < sizeof(*four))
            return false;
        memcpy(four, entry.ptr, sizeof(*four));
        *ret = (struct entry_parts){.input = four->ip.iniface,
                                    .output = four->ip.outiface,
                                    .input_mask = (const char *)four->ip.iniface_mask,
                                    .output_mask = (const char *)four->ip.outiface_mask,
                                    .source = &four->ip.src,
                                    .source_mask = &four->ip.smsk,
                                    .destination = &four->ip.dst,
                                    .destination_mask = &four->ip.dmsk,
                                    .protocol = four->ip.proto,
                                    .inverted = four->ip.invflags,
                                    .flags = four->ip.flags,
                                    .size = sizeof(*four),
                                    .target = four->target_offset,
                                    .next = four->next_offset};
    }
    return ret->target >= ret->size && ret->next >= ret->target + sizeof(struct xt_entry_target) &&
           ret->next <= entry.len;
}

static void masked(const struct walk *walk, struct firewall_rule *rule, enum firewall_field field,
                   size_t size, const void *value, const void *mask, bool is_inverted)
{
    static const char zero[FIREWALL_VALUE];
    if (memcmp(mask, zero, size) == 0 && !is_inverted)
        return;
    struct firewall_condition *condition = condition_add(walk->arena, rule, field, size);
    memcpy(condition->mask, mask, size);
    condition->is_inverted = is_inverted;
    condition_range(walk->arena, condition, value, value);
}

static void add_basics(const struct walk *walk, const struct entry_parts *parts,
                       struct firewall_rule *rule)
{
    size_t size = walk->table->is_ipv6 ? 16 : 4;
    uint8_t protocol = (uint8_t)parts->protocol, all = 0xff;
    masked(walk, rule, FIELD_INPUT_INTERFACE, IFNAMSIZ, parts->input, parts->input_mask,
           parts->inverted & IPT_INV_VIA_IN);
    masked(walk, rule, FIELD_OUTPUT_INTERFACE, IFNAMSIZ, parts->output, parts->output_mask,
           parts->inverted & IPT_INV_VIA_OUT);
    masked(walk, rule, FIELD_SOURCE, size, parts->source, parts->source_mask,
           parts->inverted & IPT_INV_SRCIP);
    masked(walk, rule, FIELD_DESTINATION, size, parts->destination, parts->destination_mask,
           parts->inverted & IPT_INV_DSTIP);
    if (protocol)
        masked(walk, rule, FIELD_PROTOCOL, 1, &protocol, &all, parts->inverted & IPT_INV_PROTO);
    if (parts->inverted & IPT_INV_FRAG || (!walk->table->is_ipv6 && parts->flags & IPT_F_FRAG))
        condition_unknown(walk->arena, rule, STR("fragments"));
}

static void add_matches(const struct walk *walk, str entry, const struct entry_parts *parts,
                        struct firewall_rule *rule)
{
    struct xt_entry_match header;
    str rest = str_sub(entry, parts->size, parts->target - parts->size);
    while (rest.len >= sizeof(header)) {
        memcpy(&header, rest.ptr, sizeof(header));
        size_t size = header.u.user.match_size;
        if (size < sizeof(header) || size > rest.len) {
            condition_unknown(walk->arena, rule, STR("damaged"));
            return;
        }
        size_t len = strnlen(header.u.user.name, sizeof(header.u.user.name));
        xt_match(walk->arena, str_make(header.u.user.name, len), header.u.user.revision,
                 str_sub(rest, sizeof(header), size - sizeof(header)), walk->table->is_ipv6, rule);
        rest = str_from_index(rest, size);
    }
}

/* A jump's target is an offset for now; resolve() makes it an index. */
static void standard(int32_t verdict, size_t next, uint8_t flags, struct firewall_rule *rule)
{
    if (verdict >= 0) {
        rule->action = (size_t)verdict == next ? ACTION_NONE
                       : flags & IPT_F_GOTO    ? ACTION_GOTO
                                               : ACTION_JUMP;
        rule->chain = (size_t)verdict;
        return;
    }
    switch (verdict) {
    case -NF_ACCEPT - 1: rule->action = ACTION_ACCEPT; break;
    case -NF_DROP - 1: rule->action = ACTION_DROP; break;
    case XT_RETURN: rule->action = ACTION_RETURN; break;
    default: rule->action = ACTION_UNKNOWN, rule->target = STR("QUEUE"); break;
    }
}

static struct firewall_chain *begin_chain(struct walk *walk, str name, size_t start)
{
    if (walk->firewall->chains.count >= LIMIT_FIREWALL_CHAINS)
        return NULL;
    walk->chain = walk->firewall->chains.count;
    struct firewall_chain *chain = vec_push(walk->arena, &walk->firewall->chains);
    *chain = (struct firewall_chain){
        .family = walk->table->is_ipv6 ? FIREWALL_IPV6 : FIREWALL_IPV4,
        .is_legacy = true,
        .is_nat = str_eq(walk->table->name, STR("nat")),
        .table = walk->table->name,
        .name = arena_str(walk->arena, name),
        .start = start,
        .policy = ACTION_ACCEPT,
    };
    return chain;
}

static int32_t priority_of(str table, enum firewall_hook hook)
{
    if (str_eq(table, STR("raw")))
        return -300;
    if (str_eq(table, STR("mangle")))
        return -150;
    if (str_eq(table, STR("nat")))
        return hook == HOOK_PREROUTING || hook == HOOK_OUTPUT ? -100 : 100;
    return str_eq(table, STR("security")) ? 50 : 0;
}

static void begin_bases(struct walk *walk, size_t offset)
{
    static const char *const names[] = {"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"};
    for (unsigned hook = 0; hook < FIREWALL_HOOKS; hook++) {
        if (!(walk->info.valid_hooks >> hook & 1) || walk->info.hook_entry[hook] != offset)
            continue;
        struct firewall_chain *chain = begin_chain(walk, str_from(names[hook]), offset);
        if (!chain)
            return;
        chain->is_base = true;
        chain->hook = (enum firewall_hook)hook;
        chain->priority = priority_of(walk->table->name, chain->hook);
    }
}

/* The last entry of a base chain is its policy. */
static bool is_policy(const struct walk *walk, size_t offset)
{
    for (unsigned hook = 0; hook < FIREWALL_HOOKS; hook++)
        if (walk->info.valid_hooks >> hook & 1 && walk->info.underflow[hook] == offset)
            return true;
    return false;
}

static void add_entry(struct walk *walk, str entry, size_t offset, const struct entry_parts *parts)
{
    struct xt_entry_target header;
    int32_t verdict = 0;
    memcpy(&header, entry.ptr + parts->target, sizeof(header));
    str name =
        str_make(header.u.user.name, strnlen(header.u.user.name, sizeof(header.u.user.name)));
    str data = str_sub(entry, parts->target + sizeof(header),
                       parts->next - parts->target - sizeof(header));
    begin_bases(walk, offset);
    if (str_eq(name, STR(XT_ERROR_TARGET))) {
        size_t end = str_find_char(data, '\0');
        (void)begin_chain(walk, str_sub(data, 0, end == STR_NONE ? 0 : end), offset + parts->next);
        return;
    }
    if (walk->chain == SIZE_MAX)
        return;
    struct firewall_chain *chain = &walk->firewall->chains.items[walk->chain];
    if (walk->total++ > LIMIT_FIREWALL_RULES) {
        chain->is_incomplete = true;
        return;
    }
    struct firewall_rule rule = {.chain = SIZE_MAX, .number = (uint32_t)chain->rules.count + 1};
    add_basics(walk, parts, &rule);
    add_matches(walk, entry, parts, &rule);
    if (name.len) {
        xt_target(walk->arena, name, header.u.user.revision, data, walk->table->is_ipv6, &rule);
    } else if (data.len >= sizeof(verdict)) {
        memcpy(&verdict, data.ptr, sizeof(verdict));
        standard(verdict, offset + parts->next, parts->flags, &rule);
    } else {
        rule.action = ACTION_UNKNOWN;
    }
    if (chain->is_base && is_policy(walk, offset)) {
        chain->policy = rule.action == ACTION_DROP ? ACTION_DROP : ACTION_ACCEPT;
        return;
    }
    *vec_push(walk->arena, &chain->rules) = rule;
}

static void resolve(struct walk *walk, size_t first)
{
    struct firewall_chain_list *chains = &walk->firewall->chains;
    for (size_t c = first; c < chains->count; c++)
        for (size_t r = 0; r < chains->items[c].rules.count; r++) {
            struct firewall_rule *rule = &chains->items[c].rules.items[r];
            size_t at = rule->chain, to = first;
            if (rule->action != ACTION_JUMP && rule->action != ACTION_GOTO)
                continue;
            while (to < chains->count && chains->items[to].start != at)
                to++;
            rule->chain = to < chains->count ? to : SIZE_MAX;
            if (to < chains->count)
                rule->target = chains->items[to].name;
        }
}

void legacy_table(struct arena *arena, const struct raw_table *table, struct firewall *ret)
{
    struct walk walk = {.arena = arena, .table = table, .firewall = ret, .chain = SIZE_MAX};
    size_t first = ret->chains.count, offset = 0, header = sizeof(struct ipt_get_entries);
    struct ipt_entry four;
    struct ip6t_entry six;
    struct entry_parts parts;
    if (table->info.len < sizeof(walk.info) || table->entries.len < header)
        return;
    memcpy(&walk.info, table->info.ptr, sizeof(walk.info));
    for (str rest = str_from_index(table->entries, header); rest.len;) {
        if (!take_entry(&walk, rest, &four, &six, &parts)) {
            if (walk.chain != SIZE_MAX)
                ret->chains.items[walk.chain].is_incomplete = true;
            break;
        }
        add_entry(&walk, rest, offset, &parts);
        offset += parts.next;
        rest = str_from_index(rest, parts.next);
    }
    resolve(&walk, first);
}
