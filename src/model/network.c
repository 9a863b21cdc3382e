// SPDX-License-Identifier: Apache-2.0
#include "model/network.h"

const char *network_verdict_name(enum network_verdict verdict)
{
    static const char *const names[] = {
        [NETWORK_BLOCKED] = "blocked", [NETWORK_POSSIBLE] = "possible", [NETWORK_OPEN] = "open"};
    return names[verdict];
}

const char *network_way_name(enum network_way_kind kind)
{
    static const char *const names[] = {[WAY_NAMESPACE] = "namespace",
                                        [WAY_DIRECT] = "direct",
                                        [WAY_PUBLISHED] = "published",
                                        [WAY_HOST] = "host",
                                        [WAY_ROUTED] = "routed"};
    return names[kind];
}

const char *network_kind_name(enum network_node_kind kind)
{
    static const char *const names[] = {[NODE_CONTAINER] = "container",
                                        [NODE_HOST] = "host",
                                        [NODE_LAN] = "lan",
                                        [NODE_INTERNET] = "internet"};
    return names[kind];
}
