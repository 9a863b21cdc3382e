// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/workload/workload.h"

/* Walls between the container and the host: namespaces, and all walls at once. */

#define SERVICE "services:\n  web:\n    image: nginx:1.27.3\n"

static void privileged(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Remove `privileged: true`. Add only what is missed: `cap_add` with single capabilities, "
        "`devices` with single devices.",
        "Remove `privileged: true`. Add only what is missed, in securityContext.capabilities.add.",
        "Leave out --privileged. Add only what is missed: --cap-add NAME, --device PATH.",
    };
    if (workload->privileged.set && workload->privileged.value)
        workload_found(run, workload, &workload->privileged.place, &remedy, "runs privileged");
}

static void host_network(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Remove `network_mode: host`, and publish the ports that are needed: "
        "`ports: [\"127.0.0.1:8080:80\"]`.",
        "Remove `hostNetwork: true`, and make a Service for the ports that are needed.",
        "Leave out --network host, and publish the ports that are needed: -p 127.0.0.1:8080:80.",
    };
    if (workload_text_is(&workload->network_mode, "host"))
        workload_found(run, workload, &workload->network_mode.place, &remedy,
                       "uses the host's network");
}

static void host_pid(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Remove `pid: host`.",
        "Remove `hostPID: true`.",
        "Leave out --pid host.",
    };
    if (workload_text_is(&workload->pid_mode, "host"))
        workload_found(run, workload, &workload->pid_mode.place, &remedy,
                       "sees the host's processes");
}

static void host_ipc(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Write `ipc: private`, or remove the line.",
        "Remove `hostIPC: true`.",
        "Use --ipc private, or leave --ipc out.",
    };
    bool host = workload_text_is(&workload->ipc_mode, "host");
    if (!host && !workload_text_is(&workload->ipc_mode, "shareable"))
        return;
    struct finding *finding =
        workload_found(run, workload, &workload->ipc_mode.place, &remedy,
                       host ? "shares the host's memory segments and message queues"
                            : "lets other containers join its memory segments");
    if (!host)
        finding->severity = SEVERITY_LOW;
}

static void host_uts(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Remove `uts: host`; `hostname: NAME` gives the container a name of its own.",
        NULL,
        "Leave out --uts host; --hostname NAME gives the container a name of its own.",
    };
    if (workload_text_is(&workload->uts_mode, "host"))
        workload_found(run, workload, &workload->uts_mode.place, &remedy, "shares the host's name");
}

static void host_user(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Remove `userns_mode: host`.",
        "Remove `hostUsers: true`, or write `hostUsers: false` for user ids of the pod's own.",
        "Leave out --userns host.",
    };
    if (workload_text_is(&workload->user_mode, "host"))
        workload_found(run, workload, &workload->user_mode.place, &remedy,
                       "its user ids are the host's");
}

static void host_cgroup(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Write `cgroup: private`, or remove the line.",
        NULL,
        "Use --cgroupns private, or leave --cgroupns out.",
    };
    if (workload_text_is(&workload->cgroup_mode, "host"))
        workload_found(run, workload, &workload->cgroup_mode.place, &remedy,
                       "sees the host's control groups");
}

static void joined(struct rule_run *run, const struct workload *workload)
{
    const struct {
        const struct set_text *mode;
        const char *what;
    } modes[] = {
        {&workload->network_mode, "network"},
        {&workload->pid_mode, "processes"},
        {&workload->ipc_mode, "memory segments"},
    };
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        str mode = modes[i].mode->value;
        if (modes[i].mode->set &&
            (str_starts(mode, STR("container:")) || str_starts(mode, STR("service:"))))
            workload_found(run, workload, &modes[i].mode->place, NULL,
                           "shares the %s of another container (%.*s)", modes[i].what,
                           STR_ARG(mode));
    }
}

static void cgroup_parent(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Remove `cgroup_parent`.",
        NULL,
        "Leave out --cgroup-parent.",
    };
    const struct set_text *parent = &workload->cgroup_parent;
    bool own = parent->value.len == 0 || workload_is_open(parent->value) ||
               str_eq(parent->value, STR("/docker")) || str_eq(parent->value, STR("system.slice"));
    if (parent->set && !own)
        workload_found(run, workload, &parent->place, &remedy, "stands in the control group %.*s",
                       STR_ARG(parent->value));
}

static void host_process(struct rule_run *run, const struct workload *workload)
{
    if (workload->host_process.set && workload->host_process.value)
        workload_found(run, workload, &workload->host_process.place, NULL,
                       "runs as a process of the Windows host");
}

static const struct rule rules[] = {
    {
        .id = "container/privileged",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_CRITICAL,
        .title = "The container may do anything to the host",
        .why = "A privileged container gets every capability, every device of the host, and no "
               "filter on system calls. Whoever breaks into it owns the whole machine in one step: "
               "mount the host's disk, and that is it. Almost nothing needs this; most programs "
               "miss a single capability or a single device.",
        .fix = "Do without it, and give the one capability or device that is missed.",
        .bad = SERVICE "    privileged: true\n",
        .good = SERVICE "    cap_add: [NET_ADMIN]\n    devices: [/dev/net/tun]\n",
        .aliases = {"CIS 5.5", "KSV-0017", "ae5b6871", "privileged-container"},
        .references = {"https://docs.docker.com/engine/containers/run/"
                       "#runtime-privilege-and-linux-capabilities"},
        .workload = privileged,
    },
    {
        .id = "container/host-network",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "The container uses the host's network",
        .why = "It can reach everything that listens on the host only for the host itself "
               "(127.0.0.1), listen on any port, and watch the host's traffic. Databases, "
               "management ports and the engines' own sockets trust what comes from there.",
        .fix = "Give it a network of its own, and publish the ports that are needed.",
        .bad = SERVICE "    network_mode: host\n",
        .good = SERVICE "    ports: [\"127.0.0.1:8080:80\"]\n",
        .aliases = {"CIS 5.10", "KSV-0009", "071a71ff", "host-network"},
        .workload = host_network,
    },
    {
        .id = "container/host-pid",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "The container sees and can touch the host's processes",
        .why = "It can list all programs of the host, read their environment variables (where "
               "passwords often stand), and end those that run as the same user. With the right "
               "to trace processes on top it can take them over.",
        .fix = "Leave the container its own list of processes.",
        .bad = SERVICE "    pid: host\n",
        .good = SERVICE "    init: true\n",
        .aliases = {"CIS 5.16", "KSV-0010", "4f31dd9f", "host-pid"},
        .workload = host_pid,
    },
    {
        .id = "container/host-ipc",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "The container shares memory segments with the host or with other containers",
        .why = "Programs that exchange data through shared memory trust what stands there. A "
               "container that sees the host's segments can read and change the data of other "
               "programs, for instance of a database.",
        .fix = "Leave the container its own segments.",
        .bad = SERVICE "    ipc: host\n",
        .good = SERVICE "    ipc: private\n",
        .aliases = {"CIS 5.17", "KSV-0008", "baa3890f", "host-ipc"},
        .workload = host_ipc,
    },
    {
        .id = "container/host-uts",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "The container shares the host's name",
        .why = "It can then change the name of the host where it has the right to administer the "
               "system, which confuses logs, certificates and clusters.",
        .fix = "Leave the container a name of its own.",
        .bad = SERVICE "    uts: host\n",
        .good = SERVICE "    hostname: web\n",
        .aliases = {"CIS 5.21"},
        .workload = host_uts,
    },
    {
        .id = "container/host-user-namespace",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "The container is taken out of the engine's mapping of user ids",
        .why = "Where the engine maps user ids, root in the container is a powerless user of the "
               "host. With this setting root in the container is root of the host again.",
        .fix = "Leave the mapping on.",
        .bad = SERVICE "    userns_mode: host\n",
        .good = SERVICE "    user: \"10001:10001\"\n",
        .aliases = {"CIS 5.31", "8af7162d"},
        .workload = host_user,
    },
    {
        .id = "container/host-cgroup-namespace",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "The container sees the host's control groups",
        .why = "It learns the names and limits of all other containers, and one more wall is "
               "missing that known ways out of containers have to pass.",
        .fix = "Leave the container its own view.",
        .bad = SERVICE "    cgroup: host\n",
        .good = SERVICE "    cgroup: private\n",
        .workload = host_cgroup,
    },
    {
        .id = "container/joined-namespace",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_INFO,
        .title = "The container joins a namespace of another container",
        .why = "Both then trust each other: with a shared network each reaches what the other one "
               "offers only to itself (127.0.0.1); with shared processes each can end the other's. "
               "That is often meant so (a helper beside its main program), but a weak one of the "
               "two is enough to reach both.",
        .fix = "Join them only where they belong together; else put both on one network.",
        .bad = SERVICE "    network_mode: service:db\n  db:\n    image: postgres:17.2\n",
        .good = SERVICE "    networks: [inside]\nnetworks:\n  inside: {}\n",
        .workload = joined,
    },
    {
        .id = "container/cgroup-parent",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_LOW,
        .title = "The container stands in a control group that somebody chose",
        .why = "Limits of memory, CPU and devices come from the group. In another one than the "
               "engine's it may have fewer, and whoever watches the engine's groups misses it.",
        .fix = "Leave the engine's own group, unless an administrator made one for a purpose.",
        .bad = SERVICE "    cgroup_parent: /big\n",
        .good = SERVICE "    mem_limit: 512m\n",
        .aliases = {"CIS 5.25", "4d9f44c6"},
        .workload = cgroup_parent,
    },
    {
        .id = "container/host-process",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_CRITICAL,
        .title = "The Windows container is a process of the host",
        .why = "A host process has no walls: it sees the host's files, network and services as any "
               "program that is started there. It is meant for the management of nodes.",
        .fix = "Remove windowsOptions.hostProcess.",
        .bad = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n"
               "  os: {name: windows}\n  containers:\n  - name: web\n    image: web:1.2\n"
               "    securityContext:\n      windowsOptions: {hostProcess: true}\n",
        .good = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n"
                "  os: {name: windows}\n  containers:\n  - name: web\n    image: web:1.2\n",
        .aliases = {"KSV-0103"},
        .workload = host_process,
    },
};

const struct rule_family rule_workload_namespace = {"container", rules,
                                                    sizeof(rules) / sizeof(rules[0])};
