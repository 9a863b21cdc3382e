// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_WORKLOAD_H
#define HARDEN_MODEL_WORKLOAD_H

#include "base/vec.h"
#include "model/fact.h"

/*
 * One container as somebody declared it (a compose service, a container of a Kubernetes pod, a
 * `docker run` line), as an engine recorded it (inspect), or as the kernel has it (/proc): one
 * model, so that one table of rules (judge/rule/workload_*.c) serves them all.
 *
 * Every field says whether it was set and where. What is not set has the default of its dialect,
 * and a rule has to know that default. Strings and lists live in the reader's arena.
 */
enum workload_dialect {
    DIALECT_COMPOSE,
    DIALECT_KUBERNETES,
    DIALECT_RUN,    /* a command line: docker run, docker create, podman run ... */
    DIALECT_ENGINE, /* recorded: GET /containers/ID/json */
    DIALECT_LIVE,   /* what /proc and cgroupfs show; "set" then means: could be seen */
};
enum { DIALECT_COUNT = DIALECT_LIVE + 1 };
str dialect_name(enum workload_dialect dialect); /* "compose", "kubernetes", "run" ... */

/* Where a field stands in its text. Lines and columns (of characters) count from 1, 0 is
 * unknown;
 * the end is behind the last character. */
struct place {
    str path;
    uint32_t line, column, end_line, end_column;
    size_t offset, end_offset; /* bytes of the text; equal where there is none */
};

struct set_text {
    bool set;
    struct place place;
    str value;
};
struct set_flag {
    bool set, value;
    struct place place;
};
struct set_number {
    bool set;
    struct place place;
    double value; /* bytes, CPUs, counts; -1 is unlimited where the dialect has that */
    str text;     /* as written: "512m" */
};
struct set_text_list VEC_BODY(struct set_text);

/* Variables, build arguments, labels, sysctls, log options. */
struct named_value {
    struct place place;
    str name, value;
    bool has_value;     /* false: taken from whoever starts it (`-e NAME`), or from elsewhere */
    bool is_secret;     /* by reference: secretKeyRef, podman --secret type=env */
    bool from_variable; /* the value was put in from outside (${NAME}): it is not in the file */
};
struct named_value_list VEC_BODY(struct named_value);

enum mount_kind {
    MOUNT_BIND,   /* of a host path; Kubernetes: hostPath; also volumes that are a bind in truth */
    MOUNT_VOLUME, /* named or anonymous; Kubernetes: a claim, ephemeral, csi */
    MOUNT_TMPFS,  /* also emptyDir */
    MOUNT_SECRET, /* secret, configMap, projected, downwardAPI */
    MOUNT_OTHER,  /* what `type` says: npipe, image, cluster, nfs, iscsi ... */
};
struct workload_mount {
    struct place place;
    enum mount_kind kind;
    str type;           /* as the dialect names it: "bind", "hostPath", "nfs" */
    str source, target; /* source: the host path, or a volume's name; empty where anonymous */
    str propagation;    /* "rshared", "HostToContainer" ...; empty: the default */
    str options;        /* of a tmpfs or a short form, comma separated: "rw,noexec,size=64m" */
    bool read_only;
    bool recursive_set, recursive; /* whether read-only holds for mounts below it, where said */
};
struct workload_mount_list VEC_BODY(struct workload_mount);

enum device_kind { DEVICE_NODE, DEVICE_RULE, DEVICE_REQUEST };
struct workload_device {
    struct place place;
    enum device_kind kind;
    str source;      /* node: host path; rule: "c 13:* rwm"; request: driver or CDI name */
    str target;      /* of a node */
    str permissions; /* of a node: "rwm"; empty: the default, which is rwm */
};
struct workload_device_list VEC_BODY(struct workload_device);

struct workload_port {
    struct place place;
    str host_ip;  /* empty: all addresses of the host */
    str protocol; /* "tcp" where unsaid */
    uint32_t container_first, container_last;
    uint32_t host_first, host_last; /* 0: any free one */
    bool published;                 /* false: declared only (expose, containerPort) */
};
struct workload_port_list VEC_BODY(struct workload_port);

struct workload_ulimit {
    struct place place;
    str name;
    int64_t soft, hard; /* -1: unlimited */
};
struct workload_ulimit_list VEC_BODY(struct workload_ulimit);

/* What is limited of the traffic with a disk: bytes, or orders, a second. */
enum io_kind { IO_READ_BYTES, IO_WRITE_BYTES, IO_READS, IO_WRITES };
enum { IO_KINDS = IO_WRITES + 1 };
struct workload_rate {
    enum io_kind kind;
    str device; /* its path on the host */
    uint64_t rate;
};
struct workload_rate_list VEC_BODY(struct workload_rate);

struct workload_healthcheck {
    bool set, disabled; /* "NONE", disable: true, --no-healthcheck */
    struct place place;
    str test;
};

/* Where the image is made. Paths are as written, relative to `folder`. */
struct workload_build {
    bool set;
    str folder; /* of the project; of the file that `extends` names; "" is the working one */
    struct place place;
    struct set_text context, dockerfile, dockerfile_inline, target, network;
    struct set_flag privileged;
    struct named_value_list args;
    struct set_text_list entitlements;
};

struct workload {
    enum workload_dialect dialect;
    bool remedies_set; /* of a record: who made it speaks another dialect than run lines */
    enum workload_dialect remedies;
    str path;           /* of the file; empty where there is none */
    struct place place; /* of the declaration: the service's key, the container's item, the line */
    /* For repairs: mappings in block style that lines can be added to, the fields' and those of
     * Kubernetes' securityContext; `column` is where their keys begin. No offsets: there is none.
     */
    struct place body, context_body;
    str name;         /* service, container, or what the line calls it; may be empty */
    str kind;         /* Kubernetes: "Deployment"; run lines: "docker run"; else empty */
    str owner;        /* Kubernetes: the object's name; several containers have one owner */
    bool is_settings; /* Kubernetes: a ConfigMap; only `environment` is filled */
    bool is_init;     /* runs to its end before others start, or once: Job, --rm with a command */
    bool is_windows;  /* securityContext, capabilities and LSM mean nothing there */
    bool is_pod_managed; /* restarts and networks are the cluster's business */

    /* What runs. */
    struct set_text image, pull_policy, platform, runtime, stop_signal, working_dir, hostname;
    struct set_text_list entrypoint, command; /* one item where it is a shell's line */
    struct workload_build build;
    struct workload_healthcheck healthcheck;
    struct set_text restart;         /* "no", "always", "on-failure", "unless-stopped" */
    struct set_number restart_limit; /* of on-failure */
    struct set_flag init, tty, removed_after;
    struct set_text_list profiles;
    struct named_value_list labels; /* and annotations */

    /* Who it is and what it may do. */
    struct set_text user;    /* "1000:1000", "root"; Kubernetes: runAsUser[:runAsGroup] */
    struct set_number group; /* Kubernetes: runAsGroup */
    struct set_text_list groups;
    struct set_flag run_as_non_root;
    struct set_flag privileged;
    struct set_text_list cap_add, cap_drop; /* upper case, without CAP_ ("ALL", "NET_RAW") */
    struct set_flag no_new_privileges;      /* Kubernetes: not allowPrivilegeEscalation */
    struct set_text seccomp;      /* "unconfined", "default", or the profile that is named */
    struct set_text apparmor;     /* "unconfined", "default", or the profile's name */
    struct set_text_list selinux; /* "disable", "type:spc_t", "level:s0" */
    struct set_flag unmasked;     /* systempaths=unconfined, unmask=ALL, procMount: Unmasked */
    struct set_flag read_only_root;
    struct set_flag host_process;  /* Windows */
    struct set_flag service_token; /* automountServiceAccountToken */
    struct set_text service_account;
    struct set_flag security_context; /* there is one at all */

    /* What it shares: "host", "private", "container:X", "service:X", "shareable", "none". */
    struct set_text network_mode, pid_mode, ipc_mode, uts_mode, user_mode, cgroup_mode;
    struct set_text cgroup_parent;
    struct set_text_list networks, links, volumes_from, dns, extra_hosts;
    struct workload_port_list ports;
    struct set_flag publish_all;
    struct workload_mount_list mounts;
    struct workload_mount_list idle_volumes; /* Kubernetes: of the pod, mounted by none of its
                                                containers; the last container has them */
    struct set_text_list probe_hosts;        /* Kubernetes: `host` of probes and hooks */
    struct workload_device_list devices;
    struct named_value_list sysctls;

    /* What it may use up. */
    struct set_number memory, memory_swap, memory_reservation, shm_size;
    struct set_number cpus, cpu_shares, cpu_reservation, pids;
    struct set_text cpuset;
    struct workload_ulimit_list ulimits;
    struct workload_rate_list rates; /* of containers that an engine recorded */
    struct set_flag oom_kill_disable;
    struct set_number oom_score;
    struct set_text log_driver;
    struct named_value_list log_options;

    /* What it is told. */
    struct named_value_list environment;
    struct set_text_list env_files, secrets, configs;
};
struct workload_list VEC_BODY(struct workload);

/* Something that could not be read or makes no sense; the rest was read all the same. */
struct workload_problem {
    struct place place;
    str message;
    bool lost; /* not just this setting: containers may be missing from the list */
};
struct workload_problem_list VEC_BODY(struct workload_problem);

/* A text that was read: the given ones come first, then those that they name. */
struct workload_source {
    str path, text;
    bool is_part; /* `extends` takes some of its services; what else is in it was not looked at */
};
struct workload_source_list VEC_BODY(struct workload_source);

struct workload_file {
    enum workload_dialect dialect;
    str path;
    struct workload_source_list sources; /* but for files of variables */
    struct workload_list workloads;
    struct workload_problem_list problems;
};

/* "CAP_net_raw", "net-raw" -> "NET_RAW": how cap_add and cap_drop hold it. */
str workload_capability(struct arena *arena, str name);
/* Whether the container gets this capability from `cap_add`, `cap_drop` and the default set,
 * or because it is privileged: for a root user, before the kernel's own rules. */
bool workload_has_capability(const struct workload *workload, str name);
/* What `name` is set to; NULL where it is not. The last one counts, as for engines. */
const struct named_value *named_value_find(const struct named_value_list *list, str name);

#endif
