// SPDX-License-Identifier: Apache-2.0
/* Lines of /proc: mountinfo, net/tcp, PID/cgroup, PID/status, PID/limits. */
#include "base/die.h"
#include "read/host/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct host_mount_list mounts = {0};
    struct host_listener_list listeners = {0};
    str text = str_make(data, size);
    mountinfo_parse(&arena, text, &mounts);
    net_tcp_parse(&arena, text, &listeners);
    net_udp_parse(&arena, text, &listeners);
    struct host_connection_list connections = {0};
    struct host_route_list routes = {0};
    struct host_address_list addresses = {0};
    net_connections_parse(&arena, text, &connections);
    net_route_parse(&arena, text, &routes);
    net_route6_parse(&arena, text, &routes);
    net_trie_parse(&arena, text, &addresses);
    net_address6_parse(&arena, text, &addresses);
    for (size_t i = 0; i < routes.count; i++)
        INVARIANT(routes.items[i].prefix <= 128 && routes.items[i].interface.len);
    for (size_t i = 0; i < mounts.count; i++)
        INVARIANT(mounts.items[i].point.len && mounts.items[i].type.len);
    for (size_t i = 0; i < listeners.count; i++)
        INVARIANT(listeners.items[i].address.len >= 2);
    str id = cgroup_container(text);
    INVARIANT(id.len == 0 || id.len == 64);
    (void)status_uid(text);
    struct live_process process = {0};
    live_status_parse(text, &process);
    INVARIANT(process.has_status || !process.bounding);
    process_limits_parse(&arena, text, &process.ulimits);
    for (size_t i = 0; i < process.ulimits.count; i++)
        INVARIANT(process.ulimits.items[i].name.len);
    struct live_rate_list rates = {0};
    io_rates_parse(&arena, text, (str){0}, &rates);
    io_rates_parse(&arena, text, STR("rbps="), &rates);
    INVARIANT(rates.count <= size);
    str folder = cgroup_folder(&arena, &mounts, text, STR("memory"));
    INVARIANT(folder.len == 0 || mounts.count);
    return 0;
}
