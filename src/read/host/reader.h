// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_HOST_READER_H
#define HARDEN_READ_HOST_READER_H

#include "read/host/firewall.h"
#include "read/host/host.h"

#include <sys/stat.h>

/* What the files of read/host share. Paths are absolute, as on the machine. */

/* A process as /proc has it, unparsed. */
struct raw_process {
    uint32_t pid;
    str name, executable, command_line, cgroup, status;
    struct inode_list VEC_BODY(uint64_t) sockets; /* of its descriptors, where they were shown */
};
struct raw_process_list VEC_BODY(struct raw_process);

/* A process of a container, unparsed; mounts only with the first of those that see the same. */
struct raw_live {
    uint32_t pid;
    str name, cgroup, status, label, mounts, executable, environment, command_line, oom_score;
    str limits;
    uint64_t namespaces[LIVE_NAMESPACES];
    struct live_filter_list filters;
    /* Of the first process of a container: the programs that decide about devices on cgroup v2, or
     * why they are not known. */
    struct str_list device_programs;
    str devices_error;
    struct live_setting_list settings; /* also of the first process alone */
    str settings_error;
};
struct raw_live_list VEC_BODY(struct raw_live);

/* A network namespace as /proc has it: its tables of sockets, unparsed. */
enum {
    NET_TCP,
    NET_TCP6,
    NET_UDP,
    NET_UDP6,
    NET_ROUTE,
    NET_ROUTE6,
    NET_TRIE,
    NET_ADDRESS6,
    NET_FILES
};
struct raw_namespace {
    uint64_t inode;
    struct host_pid_list pids;
    str files[NET_FILES]; /* below /proc/PID/net */
    struct raw_firewall firewall;
};
struct raw_namespace_list VEC_BODY(struct raw_namespace);

/* A program of the kernel, by its number. */
struct device_program {
    uint32_t id;
    str code;
};
struct device_program_list VEC_BODY(struct device_program);

struct host_reader {
    struct arena *arena;
    int root_fd;
    bool is_machine; /* the root is "/" */
    struct raw_process_list raw_processes;
    struct raw_live_list raw_live;
    struct device_program_list device_programs;
    size_t live_text;                     /* bytes of environments and command lines so far */
    uint64_t namespaces[LIVE_NAMESPACES]; /* the host's */
    struct raw_namespace_list raw_namespaces;
    struct gap_list namespace_gaps;
    struct str_list route_localnet;
    uint64_t host_namespace; /* its inode; 0 where unknown */
    bool has_audit_list;
    str audit_list, audit_list_error; /* netlink messages, unparsed; why there are none */
    struct host *host;
    struct gap_list gaps; /* from before the sandbox */
};

void reader_gap(struct host_reader *reader, str path, str reason);

/* Opens below the root; -1 with errno. Links stay below it. */
int reader_open(struct host_reader *reader, str path, int flags);
/* The whole of a regular file, at most `max` bytes. */
int reader_file(struct host_reader *reader, str path, size_t max, str *ret, struct err *err);
/* The same; what is there and cannot be read is a gap. False where there is nothing to parse. */
bool reader_optional(struct host_reader *reader, str path, size_t max, str *ret);
/* Names in a folder, sorted, without those that start with a dot; none where it cannot be read. */
struct str_list reader_names(struct host_reader *reader, str path);
/* Adds the file to host->files once, and gives it; never NULL, valid until the next call. */
const struct host_file *reader_stat(struct host_reader *reader, str path);
str reader_path(struct host_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Where a link leads, as it says so itself; absent where there is none or it is not shown. */
str reader_link(struct host_reader *reader, str path);
/* Numbers of the processes that /proc lists, ascending; false, with errno, where it cannot be. */
bool reader_pids(struct host_reader *reader, struct host_pid_list *ret);

/* Before the sandbox. */
void processes_gather(struct host_reader *reader);
void audit_kernel_gather(struct host_reader *reader); /* only of this machine itself */
void devices_gather(struct host_reader *reader, struct raw_live *raw);
void live_settings_gather(struct host_reader *reader, struct raw_live *raw);

/* Inside. Each fills its part of reader->host. */
void processes_read(struct host_reader *reader);
void accounts_read(struct host_reader *reader);
void units_read(struct host_reader *reader);
void audit_rules_read(struct host_reader *reader);
void audit_kernel_read(struct host_reader *reader);
void kernel_read(struct host_reader *reader); /* values, modules, firewall */
void kernel_config_read(struct host_reader *reader);
void listeners_read(struct host_reader *reader);
void namespaces_read(struct host_reader *reader);
void daemons_read(struct host_reader *reader);
void clients_read(struct host_reader *reader); /* content trust, Podman's files */

/* Parsers, each fed with one file's text. */

/* daemon.json(5). -1 where it is no object; settings in the order of the file, with lines. */
int daemon_json_parse(struct arena *arena, str path, str text, struct daemon_setting_list *ret,
                      struct err *err);
/* dockerd's flags, as settings of daemon.json; *ret_config is the last --config-file. */
void daemon_flags_parse(struct arena *arena, const struct str_list *arguments, str path,
                        struct daemon_setting_list *ret, str *ret_config);
/* systemd.syntax(7): sections and assignments; continued lines are joined. */
void unit_parse(struct arena *arena, str unit, str path, str text, struct unit_line_list *ret);
/* audit.rules(7): adds the watches and, by -D, forgets the ones before. */
void audit_rules_parse(struct arena *arena, str path, str text, struct audit_watch_list *ret);
/* Answers to AUDIT_LIST_RULES (linux/audit.h), netlink messages one after the other. */
void audit_list_parse(struct arena *arena, str bytes, struct audit_watch_list *ret);
/* proc_pid_mountinfo(5). */
void mountinfo_parse(struct arena *arena, str text, struct host_mount_list *ret);
/* Lines of a kernel's .config, for the options that matter. */
void kernel_config_parse(struct arena *arena, str path, str text, struct host_assignment_list *ret);
/* /proc/net/tcp and tcp6: listening sockets only. */
void net_tcp_parse(struct arena *arena, str text, struct host_listener_list *ret);
/* /proc/net/udp and udp6: sockets without a peer only. */
void net_udp_parse(struct arena *arena, str text, struct host_listener_list *ret);
/* The same files: connections that stand. */
void net_connections_parse(struct arena *arena, str text, struct host_connection_list *ret);
/* /proc/net/route and ipv6_route; fib_trie and if_inet6. */
void net_route_parse(struct arena *arena, str text, struct host_route_list *ret);
void net_route6_parse(struct arena *arena, str text, struct host_route_list *ret);
void net_trie_parse(struct arena *arena, str text, struct host_address_list *ret);
void net_address6_parse(struct arena *arena, str text, struct host_address_list *ret);
/* key = value below [section], as containers.conf(5) and registries.conf(5) have it. */
void toml_parse(struct arena *arena, str path, str text, struct host_assignment_list *ret);
/* NAME=value and export NAME=value of shell files; only names that matter here. */
void environment_parse(struct arena *arena, str path, str text, struct host_assignment_list *ret);
/* The effective user of /proc/PID/status. */
uint32_t status_uid(str status);
/* 64 hex digits of a container in /proc/PID/cgroup; absent where there are none. */
str cgroup_container(str cgroup);

/* Capabilities, seccomp and the like of /proc/PID/status. */
void live_status_parse(str text, struct live_process *ret);
/* Lines of io.max: what follows `word`; of blkio.throttle.*, which have the rate alone: no word. */
void io_rates_parse(struct arena *arena, str text, str word, struct live_rate_list *ret);
void live_io_read(struct host_reader *reader, str cgroup, struct live_container *container);
/* /proc/PID/limits: those that engines have names for. */
void process_limits_parse(struct arena *arena, str text, struct live_ulimit_list *ret);
/* Where cgroupfs has that controller's files for the lines of a /proc/PID/cgroup; empty where that
 * is not mounted. */
str cgroup_folder(struct arena *arena, const struct host_mount_list *mounts, str cgroup,
                  str controller);

/* user and group data bases (passwd(5), group(5)): the name of a number, or the number. */
str account_name(struct arena *arena, str database, uint32_t id);

#endif
