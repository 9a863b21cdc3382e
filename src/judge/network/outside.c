// SPDX-License-Identifier: Apache-2.0
/* Addresses and routes: where the host's own network is, and what may be reached from anywhere. */
#include "judge/network/parts.h"

#include <arpa/inet.h>
#include <string.h>

bool network_address_parse(str text, bool is_ipv6, unsigned char ret[16])
{
    char copy[INET6_ADDRSTRLEN];
    memset(ret, 0, 16);
    if (!text.len || text.len >= sizeof(copy))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return inet_pton(is_ipv6 ? AF_INET6 : AF_INET, copy, ret) == 1;
}

static bool covers(const struct host_route *route, const unsigned char *address)
{
    size_t bytes = route->prefix / 8, bits = route->prefix % 8;
    if (bytes > 16 || memcmp(route->destination, address, bytes) != 0)
        return false;
    return !bits || ((route->destination[bytes] ^ address[bytes]) >> (8 - bits)) == 0;
}

const struct host_route *network_route_to(const struct host_namespace *space, bool is_ipv6,
                                          const unsigned char *address)
{
    const struct host_route *best = NULL;
    for (size_t i = 0; space && i < space->routes.count; i++) {
        const struct host_route *route = &space->routes.items[i];
        if (route->is_ipv6 == is_ipv6 && covers(route, address) &&
            (!best || route->prefix > best->prefix))
            best = route;
    }
    return best;
}

bool network_is_public(bool is_ipv6, const unsigned char *a)
{
    if (is_ipv6)
        return (a[0] & 0xe0) == 0x20; /* 2000::/3 */
    return a[0] != 0 && a[0] != 10 && a[0] != 127 && a[0] < 224 &&
           !(a[0] == 100 && (a[1] & 0xc0) == 64) && !(a[0] == 169 && a[1] == 254) &&
           !(a[0] == 172 && (a[1] & 0xf0) == 16) && !(a[0] == 192 && a[1] == 168);
}

/* The address that the host has on the network of its default route, or another of its
 * interface. */
static void find_own(const struct host_namespace *space, bool is_ipv6, str interface,
                     struct network_address *ret, unsigned *ret_prefix)
{
    for (size_t i = 0; i < space->addresses.count; i++) {
        const struct host_address *address = &space->addresses.items[i];
        const struct host_route *route;
        if (address->is_ipv6 != is_ipv6)
            continue;
        route = network_route_to(space, is_ipv6, address->bytes);
        if (!route || !route->prefix || !str_eq(route->interface, interface) ||
            (ret->is_known && !network_is_public(is_ipv6, address->bytes)))
            continue;
        ret->is_known = true;
        *ret_prefix = route->prefix;
        memcpy(ret->bytes, address->bytes, sizeof(ret->bytes));
    }
}

void network_outside(struct network_graph *graph)
{
    static const unsigned char anywhere[16];
    const struct host_namespace *space = graph->nodes.items[NETWORK_NODE_HOST].space;
    for (unsigned family = 0; space && family < 2; family++) {
        const struct host_route *route = network_route_to(space, family == 1, anywhere);
        if (!route)
            continue;
        if (!graph->outer.len)
            graph->outer = route->interface;
        find_own(space, family == 1, route->interface, &graph->outside[family],
                 &graph->outside_prefix[family]);
    }
}
