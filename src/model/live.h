// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_LIVE_H
#define HARDEN_MODEL_LIVE_H

#include "model/engine.h"
#include "model/host.h"

/*
 * What the kernel has of the containers that run: their processes as /proc shows them, the mounts
 * that they see and the limits of their cgroups (proc_pid_status(5), namespaces(7), cgroups(7)).
 * read/host fills it, the rules of the family "live" compare it with what the engine recorded.
 */
enum live_namespace { NS_CGROUP, NS_IPC, NS_MNT, NS_NET, NS_PID, NS_TIME, NS_USER, NS_UTS };
enum { LIVE_NAMESPACES = NS_UTS + 1 };
/* "cgroup", "ipc": the names below /proc/PID/ns. */
str live_namespace_name(enum live_namespace which);

/* Of a process (getrlimit(2)), by the name that engines have for it: "nofile". */
struct live_ulimit {
    str name;
    uint64_t soft, hard; /* UINT64_MAX: unlimited */
};
struct live_ulimit_list VEC_BODY(struct live_ulimit);

struct live_process {
    uint32_t pid;    /* on the host */
    uint32_t parent; /* on the host; 0 where it is not to be seen */
    uint32_t uid;    /* effective, as the host counts */
    str name;        /* comm: chosen by the process itself */
    str label;       /* attr/current: of AppArmor or SELinux; empty without */
    bool has_status; /* else it ended while it was looked at, and what follows is unknown */
    uint64_t effective, permitted, inheritable, bounding, ambient; /* bits of capabilities */
    enum answer filtered, no_new_privileges; /* seccomp: mode 1 or 2; unknown on old kernels */
    uint64_t namespaces[LIVE_NAMESPACES];    /* inodes; 0 where they are not shown */
    str executable;   /* as the process sees it, with the kernel's " (deleted)"; empty: not shown */
    str groups;       /* supplementary, as the host counts: "0 10 999" */
    str environment;  /* NUL-separated, of when it started; empty where another one has the same */
    str command_line; /* NUL-separated; both may hold secrets, and are never printed */
    int32_t oom_score; /* oom_score_adj */
    struct live_ulimit_list ulimits;
};
struct live_process_list VEC_BODY(struct live_process);

/* Of a cgroup: bytes, processes, thousandths of a CPU. */
struct live_limit {
    bool is_known, is_unlimited;
    uint64_t value;
    str path; /* of the file */
};

/* Of a cgroup: the rates of all devices that have one. */
struct live_rate_list VEC_BODY(uint64_t);
struct live_io {
    bool is_known;
    struct live_rate_list rates;
    str path; /* of the file */
};

/* Classic BPF, as the kernel has it: struct sock_filter of linux/filter.h. */
struct live_instruction {
    uint16_t code;
    uint8_t jt, jf;
    uint32_t k;
};
struct live_filter VEC_BODY(struct live_instruction);
struct live_filter_list VEC_BODY(struct live_filter);

/* What filters on system calls do with one. */
enum seccomp_verdict {
    SECCOMP_ALLOWED, /* also where it is only logged */
    SECCOMP_ASKED,   /* a supervisor or tracer decides */
    SECCOMP_REFUSED, /* an error number, a signal, the end of the process */
};
enum { SECCOMP_VERDICTS = SECCOMP_REFUSED + 1 };
str seccomp_verdict_name(enum seccomp_verdict verdict); /* "allowed", "asked", "refused" */

/* A system call, or one with an argument that matters: "mount", "socket(AF_ALG)". */
struct live_call {
    str name;
    enum seccomp_verdict verdict;
    unsigned error;  /* errno that it is refused with; 0: a signal, or not refused */
    bool in_default; /* today's default profile lets it through, with the same capabilities */
};
struct live_call_list VEC_BODY(struct live_call);

/* The verdict of a container's filters about every call. */
struct live_calls {
    struct live_call_list list; /* by name */
    size_t counts[SECCOMP_VERDICTS];
    size_t filters, instructions;
    struct str_list only_32_bit; /* refused, but programs of 32 bits may */
};

/* A file of the container's own layer: what differs from its image. */
enum live_change_kind { CHANGE_ADDED, CHANGE_CHANGED, CHANGE_DELETED };
enum { LIVE_CHANGE_KINDS = CHANGE_DELETED + 1 };
str live_change_name(enum live_change_kind kind); /* "added", "changed", "deleted" */
struct live_change {
    str path; /* "/usr/bin/x" */
    enum live_change_kind kind;
    bool is_program; /* a regular file that can be started, and begins like a program or script */
};
struct live_change_list VEC_BODY(struct live_change);

/* A setting of the kernel that a container's namespaces have for themselves. */
struct live_setting {
    str name, value; /* "net.ipv4.ip_forward", as sysctl(8) has it */
};
struct live_setting_list VEC_BODY(struct live_setting);

/* A secret that a process was given; its value is nowhere. */
struct live_secret {
    uint32_t pid;
    str process;  /* its name */
    str variable; /* of its environment; empty: on its command line */
    str what;     /* "an AWS access key"; empty where only the name tells */
};
struct live_secret_list VEC_BODY(struct live_secret);

struct live_container {
    str id;                             /* 64 hex digits */
    struct live_process_list processes; /* by pid */
    struct host_mount_list mounts;      /* as its first process sees them */
    struct live_limit memory, pids, cpus;
    struct live_limit memory_and_swap; /* together; unknown where the kernel does not count swap */
    struct live_io io[IO_KINDS];
    struct live_filter_list filters; /* of its first process; none where nobody looked */
    bool knows_devices;
    struct str_list devices;           /* "c 1:3 rwm": what may be used and made */
    str devices_error;                 /* why that is not known */
    struct live_setting_list settings; /* of its first process's namespaces */
    str settings_error;                /* why some of them are not known; empty otherwise */
    bool knows_changes;
    struct live_change_list changes; /* by path */
    struct live_secret_list secrets; /* by the caller, who has a finder for them */
};
struct live_container_list VEC_BODY(struct live_container);

struct live {
    struct live_container_list containers;
    uint64_t namespaces[LIVE_NAMESPACES]; /* the host's; 0 where they are not shown */
};

/* NULL where no process of it is to be seen. */
struct live_container *live_container(const struct live *live, str id);

/* The bit's name without CAP_, as workloads have it ("NET_RAW"); empty for one that is unknown. */
str capability_name(unsigned bit);
enum { CAPABILITY_COUNT = 41 };

/* What rules of the family "live" look at; never NULL but where it says so. */
struct container_view {
    const struct host *host;
    const struct engine_facts *engine;
    const struct engine_container *container;
    const struct workload *workload; /* its record; the path names the container */
    const struct live *live;
    const struct live_container *actual; /* has a process at least */
    const struct live_calls *calls;      /* NULL where its filters were not read */
};

#endif
