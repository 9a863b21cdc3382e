// SPDX-License-Identifier: Apache-2.0
/*
 * Network namespaces and who listens in them. /proc/PID/net shows the sockets of that process's
 * namespace, so that one process of each is enough. Only for the packet filter, which has no file,
 * this thread enters the namespace for an instant (setns(2)).
 */
#include "base/limits.h"
#include "read/host/reader.h"

#include "base/die.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>

static const char *const file_names[NET_FILES] = {
    [NET_TCP] = "tcp",       [NET_TCP6] = "tcp6",         [NET_UDP] = "udp",
    [NET_UDP6] = "udp6",     [NET_ROUTE] = "route",       [NET_ROUTE6] = "ipv6_route",
    [NET_TRIE] = "fib_trie", [NET_ADDRESS6] = "if_inet6",
};

static void add_gap(struct host_reader *reader, str path, str reason)
{
    if (reader->namespace_gaps.count < LIMIT_GAPS)
        *vec_push(reader->arena, &reader->namespace_gaps) =
            (struct gap){.path = path, .reason = reason};
}

/* "net:[4026531840]" */
static bool inode_of(struct host_reader *reader, str path, uint64_t *ret)
{
    str link = reader_link(reader, path);
    return str_skip(&link, STR("net:[")) && str_ends(link, STR("]")) &&
           str_to_u64(str_sub(link, 0, link.len - 1), UINT64_MAX, ret);
}

static struct raw_namespace *find(struct host_reader *reader, uint64_t inode)
{
    for (size_t i = 0; i < reader->raw_namespaces.count; i++)
        if (reader->raw_namespaces.items[i].inode == inode)
            return &reader->raw_namespaces.items[i];
    if (reader->raw_namespaces.count >= LIMIT_HOST_NAMESPACES)
        return NULL;
    struct raw_namespace *new = vec_push(reader->arena, &reader->raw_namespaces);
    new->inode = inode;
    return new;
}

/* From the first process that still lives: one may end between the list and the look. */
static void gather_tables(struct host_reader *reader, struct raw_namespace *space)
{
    struct err err = {0};
    for (size_t p = 0; p < space->pids.count; p++) {
        size_t got = 0;
        for (size_t t = 0; t < NET_FILES; t++) {
            err = (struct err){0};
            str path = reader_path(reader, "/proc/%u/net/%s", space->pids.items[p], file_names[t]);
            if (reader_file(reader, path, LIMIT_HOST_FILE, &space->files[t], &err) == 0)
                got++;
            else if (err.kind != ERR_NOT_FOUND)
                add_gap(reader, path, arena_str(reader->arena, err_text(&err)));
        }
        /* A kernel without IPv6 has two. */
        if (got)
            return;
    }
    add_gap(reader, reader_path(reader, "/proc/%u/net", space->pids.items[0]),
            STR("its sockets are not shown"));
}

static str table_list(struct host_reader *reader, uint32_t pid, const char *name)
{
    struct err ignored = {0};
    str text = {0};
    (void)reader_file(reader, reader_path(reader, "/proc/%u/net/%s", pid, name), KIB(64), &text,
                      &ignored);
    return text;
}

/* From inside of the namespace of that process, and back. False where it cannot be entered. */
static bool gather_inside(struct host_reader *reader, struct raw_namespace *space, int home,
                          uint32_t pid)
{
    FD_SCOPED there = reader_open(reader, reader_path(reader, "/proc/%u/ns/net", pid), O_RDONLY);
    if (there < 0 || setns(there, CLONE_NEWNET) < 0)
        return false;
    firewall_gather(reader->arena, table_list(reader, pid, "ip_tables_names"),
                    table_list(reader, pid, "ip6_tables_names"), &space->firewall);
    INVARIANT(setns(home, CLONE_NEWNET) == 0);
    return true;
}

/* Of the machine itself only: a copy of its files has no kernel. */
static void gather_firewall(struct host_reader *reader, struct raw_namespace *space, int home,
                            uint64_t own)
{
    bool done = space->inode == own;
    if (done)
        firewall_gather(reader->arena, table_list(reader, space->pids.items[0], "ip_tables_names"),
                        table_list(reader, space->pids.items[0], "ip6_tables_names"),
                        &space->firewall);
    for (size_t p = 0; !done && home >= 0 && p < space->pids.count; p++)
        done = gather_inside(reader, space, home, space->pids.items[p]);
}

static void gather_localnet(struct host_reader *reader)
{
    static const char folder[] = "/proc/sys/net/ipv4/conf";
    struct str_list names = reader_names(reader, str_from(folder));
    for (size_t i = 0; i < names.count; i++) {
        struct err ignored = {0};
        str value,
            path = reader_path(reader, "%s/%.*s/route_localnet", folder, STR_ARG(names.items[i]));
        if (reader_file(reader, path, KIB(4), &value, &ignored) == 0 &&
            str_eq(str_trim(value), STR("1")))
            *vec_push(reader->arena, &reader->route_localnet) = names.items[i];
    }
}

static void gather_firewalls(struct host_reader *reader)
{
    uint64_t own = 0;
    FD_SCOPED home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    (void)inode_of(reader, STR("/proc/self/ns/net"), &own);
    for (size_t i = 0; i < reader->raw_namespaces.count; i++)
        gather_firewall(reader, &reader->raw_namespaces.items[i], home, own);
}

void host_gather_namespaces(struct host_reader *reader)
{
    struct host_pid_list pids = {0};
    bool too_many = false;
    /* Process 1 may be hidden even from root; then we are taken to be where the host is. */
    if (!inode_of(reader, STR("/proc/1/ns/net"), &reader->host_namespace) && reader->is_machine)
        inode_of(reader, STR("/proc/self/ns/net"), &reader->host_namespace);
    if (!reader_pids(reader, &pids))
        add_gap(reader, STR("/proc"), arena_str(reader->arena, str_from(strerror(errno))));
    for (size_t i = 0; i < pids.count; i++) {
        uint64_t inode;
        if (!inode_of(reader, reader_path(reader, "/proc/%u/ns/net", pids.items[i]), &inode))
            continue; /* it ended just now, or is not ours to see */
        struct raw_namespace *space = find(reader, inode);
        too_many |= !space;
        if (space)
            *vec_push(reader->arena, &space->pids) = pids.items[i];
    }
    for (size_t i = 0; i < reader->raw_namespaces.count; i++)
        gather_tables(reader, &reader->raw_namespaces.items[i]);
    if (reader->is_machine)
        gather_firewalls(reader);
    gather_localnet(reader);
    if (too_many)
        add_gap(reader, STR("/proc"), STR("more network namespaces than are looked at"));
}

static void read_one(struct host_reader *reader, const struct raw_namespace *raw,
                     struct host_namespace *space)
{
    struct arena *arena = reader->arena;
    net_tcp_parse(arena, raw->files[NET_TCP], &space->listeners);
    net_tcp_parse(arena, raw->files[NET_TCP6], &space->listeners);
    net_udp_parse(arena, raw->files[NET_UDP], &space->listeners);
    net_udp_parse(arena, raw->files[NET_UDP6], &space->listeners);
    net_connections_parse(arena, raw->files[NET_TCP], &space->connections);
    net_connections_parse(arena, raw->files[NET_TCP6], &space->connections);
    space->has_routes = raw->files[NET_ROUTE].len > 0;
    net_route_parse(arena, raw->files[NET_ROUTE], &space->routes);
    net_route6_parse(arena, raw->files[NET_ROUTE6], &space->routes);
    net_trie_parse(arena, raw->files[NET_TRIE], &space->addresses);
    net_address6_parse(arena, raw->files[NET_ADDRESS6], &space->addresses);
    firewall_read(arena, &raw->firewall, &space->firewall);
}

void namespaces_read(struct host_reader *reader)
{
    struct host *host = reader->host;
    host->namespace_gaps = reader->namespace_gaps;
    host->route_localnet = reader->route_localnet;
    for (size_t i = 0; i < reader->raw_namespaces.count; i++) {
        const struct raw_namespace *raw = &reader->raw_namespaces.items[i];
        struct host_namespace *space = vec_push(reader->arena, &host->namespaces);
        *space = (struct host_namespace){.inode = raw->inode,
                                         .pids = raw->pids,
                                         .is_host = raw->inode == reader->host_namespace};
        read_one(reader, raw, space);
    }
}
