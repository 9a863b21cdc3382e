// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_HOST_H
#define HARDEN_MODEL_HOST_H

#include "model/firewall.h"
#include "model/report.h"
#include "model/workload.h"

/*
 * What a machine that runs containers looks like from its files and its /proc: read/host fills
 * it, rules judge it. Paths are as on the machine ("/etc/docker"), whatever root they were read
 * below. Everything is sorted, so that equal machines give equal reports. A `place` has the file
 * and, where that has lines, the line.
 */

enum host_file_kind {
    HOST_FILE_ABSENT,
    HOST_FILE_REGULAR,
    HOST_FILE_FOLDER,
    HOST_FILE_SOCKET,
    HOST_FILE_OTHER,
    HOST_FILE_UNSEEN /* not allowed to look */
};

/* A file that matters, as stat() has it: links are followed, the last one told. */
struct host_file {
    str path;
    enum host_file_kind kind;
    str real;      /* where links lead; empty where it is none */
    unsigned mode; /* permission bits */
    uint32_t uid, gid;
    str owner, group; /* names, or numbers where /etc/passwd and /etc/group have none */
    str reason;       /* why it is unseen */
};
struct host_file_list VEC_BODY(struct host_file);

/* One setting of the Docker daemon: "icc" = "false". Lists (hosts, labels) give one for each
 * value, members of objects too ("default-ulimits" = "nofile"). */
struct daemon_setting {
    str name;  /* as in daemon.json */
    str value; /* text of the value */
    struct place place;
    bool is_flag; /* of the command line */
};
struct daemon_setting_list VEC_BODY(struct daemon_setting);

/* A Docker daemon: running (pid), or only configured (pid 0). */
struct host_daemon {
    uint32_t pid, uid;
    bool is_rootless;
    str home;         /* of the user, where it is rootless; empty where unknown */
    str config_path;  /* its daemon.json, whether or not it exists */
    str config_text;  /* its content; empty where it is not there */
    str config_error; /* why that could not be read as settings */
    struct daemon_setting_list settings;
    struct str_list listens; /* "unix:///run/docker.sock", "tcp://0.0.0.0:2375", "fd://" */
};
struct host_daemon_list VEC_BODY(struct host_daemon);

/* A process that belongs to an engine, or that should not be where it is. */
struct host_process {
    uint32_t pid, uid;
    str name;       /* comm */
    str executable; /* where the kernel let us see it */
    struct str_list arguments;
    str container; /* 64 hex digits, from its cgroup */
};
struct host_process_list VEC_BODY(struct host_process);

/* An assignment of a systemd unit, its drop-ins included, in the order they apply. */
struct unit_line {
    str unit, section, key, value; /* unit: "docker.service" */
    struct place place;
};
struct unit_line_list VEC_BODY(struct unit_line);

/* One thing that the audit subsystem watches: -w PATH, or -F path= / -F dir=. */
struct audit_watch {
    str path;
    bool is_folder; /* -F dir=: everything below */
    struct place place;
};
struct audit_watch_list VEC_BODY(struct audit_watch);

/* A line of mountinfo (proc_pid_mountinfo(5)). */
struct host_mount {
    str point, root, type, source, options;
    str super_options; /* of the file system, not of this mount */
    unsigned major, minor;
    bool is_shared;
};
struct host_mount_list VEC_BODY(struct host_mount);

/* A listening socket: of TCP, or one of UDP that takes from anybody. */
struct host_listener {
    bool is_udp;
    str address; /* "0.0.0.0", "::", "127.0.0.1" */
    uint16_t port;
    uint64_t inode;
    uint32_t pid; /* of a process in host.processes; 0 where it is none of them */
};
struct host_listener_list VEC_BODY(struct host_listener);

/* A TCP connection that stands, or ended in the minute before: one end of it. */
struct host_connection {
    str local, remote;
    uint16_t local_port, remote_port;
};
struct host_connection_list VEC_BODY(struct host_connection);

/* A way of the main table of routes; IPv4 has 4 bytes of address. */
struct host_route {
    bool is_ipv6, has_gateway;
    unsigned prefix;
    unsigned char destination[16];
    str interface;
};
struct host_route_list VEC_BODY(struct host_route);
/* An address of this namespace's own. */
struct host_address {
    bool is_ipv6;
    unsigned char bytes[16];
};
struct host_address_list VEC_BODY(struct host_address);

/* A network namespace (network_namespaces(7)) that processes are in, and who listens there. */
struct host_pid_list VEC_BODY(uint32_t);
struct host_namespace {
    uint64_t inode;
    bool is_host;              /* the one of process 1, or where that is hidden, our own */
    struct host_pid_list pids; /* ascending */
    struct host_listener_list listeners;
    struct host_connection_list connections;
    bool has_routes; /* of IPv4 at least; else nothing is known */
    struct host_route_list routes;
    struct host_address_list addresses;
    struct firewall firewall;
};
struct host_namespace_list VEC_BODY(struct host_namespace);

/* A file with one value: sysctls, security modules, CPU flaws. Absent where it is not there. */
struct host_value {
    str path, value;
    bool is_there;
};
struct host_value_list VEC_BODY(struct host_value);

/* An assignment in an environment or configuration file: DOCKER_CONTENT_TRUST=1, "log_driver". */
struct host_assignment {
    str name, value;
    struct place place;
};
struct host_assignment_list VEC_BODY(struct host_assignment);

struct host_member {
    str user;
    bool by_primary_group; /* named in /etc/passwd, not in /etc/group */
};
struct host_member_list VEC_BODY(struct host_member);

struct package_list VEC_BODY(struct package);

struct host {
    str root; /* "" for the machine itself */
    struct distribution distribution;
    str kernel;      /* /proc/sys/kernel/osrelease */
    bool is_root;    /* we run as root: what is unseen is not for want of rights */
    unsigned cgroup; /* 1, 2, or 0 where unknown */
    bool has_docker_group;
    struct host_member_list docker_members;
    struct host_daemon_list daemons;
    struct host_process_list processes;
    struct unit_line_list unit_lines;
    struct host_file_list files; /* each one that a rule asks about, sorted by path */
    bool has_audit_rules;        /* some file with rules could be read */
    struct str_list audit_files;
    struct audit_watch_list watches; /* of the files */
    /* Of the kernel, now: only where it may be asked. */
    bool knows_loaded_watches;
    struct audit_watch_list loaded_watches;
    str loaded_watches_error;
    struct host_mount_list mounts;
    struct host_listener_list listeners; /* TCP, of the host's own namespace */
    /* Only after host_gather_namespaces(). */
    struct host_namespace_list namespaces;
    struct gap_list namespace_gaps;
    struct str_list route_localnet; /* interfaces that take 127.0.0.0/8 from outside, or "all" */
    struct host_value_list values;
    struct str_list modules; /* loaded, from /proc/modules */
    bool knows_modules;
    /* Options that flaws depend on: "CONFIG_NF_TABLES" = "y", "m" or "n"; empty where unknown. */
    struct host_assignment_list kernel_config;
    struct str_list firewall; /* tables of iptables that the kernel has: "filter (IPv4)" */
    struct host_assignment_list environment; /* content trust, proxies */
    struct host_assignment_list podman;      /* containers.conf, registries.conf: "section.key" */
    struct str_list trust_keys;              /* private keys that content trust left behind */
    struct package_list packages;            /* of the distribution, by the caller */
    struct gap_list gaps;
};

/* NULL where nobody asked for that path. */
const struct host_file *host_file(const struct host *host, str path);
/* The same path without links, as far as that is known. */
str host_real_path(const struct host *host, str path);
/* The value of that file; absent where it is not there. */
str host_value(const struct host *host, str path);
/* How the kernel has that option ("CONFIG_INET_ESP"): 'y', 'm', 'n', or 0 where unknown. */
char host_kernel_option(const struct host *host, str name);
/* The first process of that name, or NULL. */
const struct host_process *host_process(const struct host *host, str name);
/* The mount that holds that path, or NULL. */
const struct host_mount *host_mount_of(const struct host *host, str path);
/* The last assignment of that key of a unit; NULL where there is none. */
const struct unit_line *host_unit_line(const struct host *host, str unit, str key);
const struct package *host_package(const struct host *host, str name);

/* The setting that holds (the last one of the command line or file); NULL where none is made. */
const struct daemon_setting *daemon_setting(const struct host_daemon *daemon, str name);
bool daemon_setting_is(const struct host_daemon *daemon, str name, str value);

#endif
