// SPDX-License-Identifier: Apache-2.0
/* Routes and addresses (proc_net(5)): IPv4 in the machine's byte order, IPv6 as it is written. */
#include "base/limits.h"
#include "read/host/reader.h"

#include <arpa/inet.h>
#include <net/route.h>
#include <string.h>

enum { FIELDS = 11 };

static size_t split(str line, str fields[FIELDS])
{
    size_t count = 0;
    while (count < FIELDS && str_next_word(&line, &fields[count]))
        count++;
    return count;
}

/* Iface Destination Gateway Flags RefCnt Use Metric Mask */
void net_route_parse(struct arena *arena, str text, struct host_route_list *ret)
{
    enum { INTERFACE, DESTINATION, GATEWAY, FLAGS, MASK = 7 };
    str line, fields[FIELDS];
    while (ret->count < LIMIT_HOST_ROWS && str_next_line(&text, &line)) {
        uint64_t destination, gateway, flags, mask;
        if (split(line, fields) <= MASK ||
            !str_to_hex(fields[DESTINATION], UINT32_MAX, &destination) ||
            !str_to_hex(fields[GATEWAY], UINT32_MAX, &gateway) ||
            !str_to_hex(fields[FLAGS], UINT32_MAX, &flags) ||
            !str_to_hex(fields[MASK], UINT32_MAX, &mask) || !(flags & RTF_UP) || flags & RTF_REJECT)
            continue;
        struct host_route *route = vec_push(arena, ret);
        uint32_t word = (uint32_t)destination;
        *route = (struct host_route){.has_gateway = flags & RTF_GATEWAY,
                                     .prefix = (unsigned)__builtin_popcountll(mask),
                                     .interface = arena_str(arena, fields[INTERFACE])};
        memcpy(route->destination, &word, sizeof(word));
    }
}

static bool read_bytes(str hex, unsigned char bytes[16])
{
    if (hex.len != 32)
        return false;
    for (size_t i = 0; i < 16; i++) {
        uint64_t value;
        if (!str_to_hex(str_sub(hex, i * 2, 2), 0xff, &value))
            return false;
        bytes[i] = (unsigned char)value;
    }
    return true;
}

/* destination, prefix, source, prefix, gateway, metric, two counts, flags, interface */
void net_route6_parse(struct arena *arena, str text, struct host_route_list *ret)
{
    enum { DESTINATION, PREFIX, GATEWAY = 4, FLAGS = 8, INTERFACE };
    static const unsigned char none[16];
    const uint64_t rtf_local = 0x80000000, rtf_anycast = 0x00100000, link_local_prefix = 10;
    str line, fields[FIELDS];
    while (ret->count < LIMIT_HOST_ROWS && str_next_line(&text, &line)) {
        struct host_route route = {.is_ipv6 = true};
        unsigned char gateway[16];
        uint64_t prefix, flags;
        if (split(line, fields) <= INTERFACE ||
            !read_bytes(fields[DESTINATION], route.destination) ||
            !read_bytes(fields[GATEWAY], gateway) || !str_to_hex(fields[PREFIX], 128, &prefix) ||
            !str_to_hex(fields[FLAGS], UINT32_MAX, &flags) || !(flags & RTF_UP) ||
            flags & (RTF_REJECT | rtf_local | rtf_anycast))
            continue;
        /* Multicast and what every link has lead nowhere in particular. */
        if (route.destination[0] == 0xff ||
            (route.destination[0] == 0xfe && prefix >= link_local_prefix))
            continue;
        route.prefix = (unsigned)prefix;
        route.has_gateway = memcmp(gateway, none, sizeof(none)) != 0;
        route.interface = arena_str(arena, fields[INTERFACE]);
        *vec_push(arena, ret) = route;
    }
}

static void add_address(struct arena *arena, const struct host_address *address,
                        struct host_address_list *ret)
{
    for (size_t i = 0; i < ret->count; i++)
        if (ret->items[i].is_ipv6 == address->is_ipv6 &&
            memcmp(ret->items[i].bytes, address->bytes, sizeof(address->bytes)) == 0)
            return;
    if (ret->count < LIMIT_HOST_NAMESPACES)
        *vec_push(arena, ret) = *address;
}

/* "|-- 192.0.2.2" and below it "/32 host LOCAL" */
void net_trie_parse(struct arena *arena, str text, struct host_address_list *ret)
{
    struct host_address address = {0};
    char dotted[INET_ADDRSTRLEN];
    bool is_address = false;
    str line;
    while (str_next_line(&text, &line)) {
        line = str_trim(line);
        if (str_skip(&line, STR("|-- "))) {
            is_address = line.len < sizeof(dotted);
            memcpy(dotted, line.ptr, is_address ? line.len : 0);
            dotted[is_address ? line.len : 0] = '\0';
            is_address = is_address && inet_pton(AF_INET, dotted, address.bytes) == 1;
        } else if (is_address && str_starts(line, STR("/32 host LOCAL"))) {
            add_address(arena, &address, ret);
        }
    }
}

/* address, index, prefix, scope, flags, interface */
void net_address6_parse(struct arena *arena, str text, struct host_address_list *ret)
{
    str line, fields[FIELDS];
    while (str_next_line(&text, &line)) {
        struct host_address address = {.is_ipv6 = true};
        if (split(line, fields) >= 6 && read_bytes(fields[0], address.bytes))
            add_address(arena, &address, ret);
    }
}
