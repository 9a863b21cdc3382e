// SPDX-License-Identifier: Apache-2.0
/*
 * Settings of the kernel that each network, IPC and UTS namespace has for itself. Below /proc/sys
 * the kernel shows those of whoever asks, also by way of /proc/PID/root: this thread enters the
 * namespaces for an instant (setns(2)) and reads the files of the host's own /proc. Nothing runs in
 * the container. Before the sandbox; values are not parsed.
 */
#include "base/die.h"
#include "base/fd.h"
#include "base/limits.h"
#include "read/host/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>

/* Those that engines let a container set, as sysctl(8) writes them, and that are usual or matter:
 * a kernel has thousands. */
static const char *const of_network[] = {
    "net.core.somaxconn",
    "net.ipv4.icmp_echo_ignore_all",
    "net.ipv4.icmp_echo_ignore_broadcasts",
    "net.ipv4.ip_default_ttl",
    "net.ipv4.ip_forward",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_nonlocal_bind",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_max_syn_backlog",
    "net.ipv4.tcp_max_tw_buckets",
    "net.ipv4.tcp_notsent_lowat",
    "net.ipv4.tcp_retries2",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_slow_start_after_idle",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_timestamps",
    "net.ipv4.tcp_tw_reuse",
    "net.ipv4.tcp_wmem",
    "net.ipv4.conf.all.accept_local",
    "net.ipv4.conf.all.accept_redirects",
    "net.ipv4.conf.all.accept_source_route",
    "net.ipv4.conf.all.arp_announce",
    "net.ipv4.conf.all.arp_ignore",
    "net.ipv4.conf.all.forwarding",
    "net.ipv4.conf.all.log_martians",
    "net.ipv4.conf.all.proxy_arp",
    "net.ipv4.conf.all.route_localnet",
    "net.ipv4.conf.all.rp_filter",
    "net.ipv4.conf.all.secure_redirects",
    "net.ipv4.conf.all.send_redirects",
    "net.ipv4.conf.all.src_valid_mark",
    "net.ipv4.conf.default.accept_redirects",
    "net.ipv4.conf.default.accept_source_route",
    "net.ipv4.conf.default.forwarding",
    "net.ipv4.conf.default.route_localnet",
    "net.ipv4.conf.default.rp_filter",
    "net.ipv4.conf.default.send_redirects",
    "net.ipv6.bindv6only",
    "net.ipv6.conf.all.accept_ra",
    "net.ipv6.conf.all.accept_redirects",
    "net.ipv6.conf.all.accept_source_route",
    "net.ipv6.conf.all.disable_ipv6",
    "net.ipv6.conf.all.forwarding",
    "net.ipv6.conf.default.accept_ra",
    "net.ipv6.conf.default.accept_redirects",
    "net.ipv6.conf.default.disable_ipv6",
    "net.ipv6.conf.default.forwarding",
};
static const char *const of_ipc[] = {
    "fs.mqueue.msg_default",  "fs.mqueue.msg_max",    "fs.mqueue.msgsize_default",
    "fs.mqueue.msgsize_max",  "fs.mqueue.queues_max", "kernel.msgmax",
    "kernel.msgmnb",          "kernel.msgmni",        "kernel.sem",
    "kernel.shm_rmid_forced", "kernel.shmall",        "kernel.shmmax",
    "kernel.shmmni",
};
static const char *const of_host_name[] = {"kernel.domainname"};

static const struct group {
    const char *const *names;
    size_t count;
    enum live_namespace namespace;
    int flag;
} groups[] = {
    {of_network, sizeof(of_network) / sizeof(of_network[0]), NS_NET, CLONE_NEWNET},
    {of_ipc, sizeof(of_ipc) / sizeof(of_ipc[0]), NS_IPC, CLONE_NEWIPC},
    {of_host_name, sizeof(of_host_name) / sizeof(of_host_name[0]), NS_UTS, CLONE_NEWUTS},
};

/* "net.core.somaxconn": below /proc/sys the dots are slashes. What a kernel does not have is left
 * out. */
static void read_here(struct host_reader *reader, const struct group *group,
                      struct live_setting_list *ret)
{
    for (size_t i = 0; i < group->count; i++) {
        char path[128] = "/proc/sys/";
        struct err ignored = {0};
        size_t at = strlen(path);
        str value;
        for (const char *c = group->names[i]; *c && at + 1 < sizeof(path); c++)
            path[at++] = *c == '.' ? '/' : *c;
        if (reader_file(reader, str_from(path), KIB(4), &value, &ignored) == 0)
            *vec_push(reader->arena, ret) =
                (struct live_setting){.name = str_from(group->names[i]), .value = str_trim(value)};
    }
}

static bool read_there(struct host_reader *reader, const struct group *group, uint32_t pid,
                       struct live_setting_list *ret)
{
    str name = live_namespace_name(group->namespace);
    FD_SCOPED home = open(reader_path(reader, "/proc/thread-self/ns/%.*s", STR_ARG(name)).ptr,
                          O_RDONLY | O_CLOEXEC);
    FD_SCOPED there =
        reader_open(reader, reader_path(reader, "/proc/%u/ns/%.*s", pid, STR_ARG(name)), O_RDONLY);
    if (home < 0 || there < 0 || setns(there, group->flag) < 0)
        return false;
    read_here(reader, group, ret);
    INVARIANT(setns(home, group->flag) == 0);
    return true;
}

void live_settings_gather(struct host_reader *reader, struct raw_live *raw)
{
    if (!reader->is_machine) {
        raw->settings_error = STR("a copy of files has no kernel to ask");
        return;
    }
    for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
        if (!read_there(reader, &groups[g], raw->pid, &raw->settings))
            raw->settings_error =
                arena_printf(reader->arena,
                             "its %.*s namespace cannot be entered for the instant of reading: %s",
                             STR_ARG(live_namespace_name(groups[g].namespace)),
                             errno == EPERM ? "only root may" : strerror(errno));
}
