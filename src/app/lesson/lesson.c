// SPDX-License-Identifier: Apache-2.0
#include "app/lesson/lesson.h"

#include "app/lesson/seen.h"

static const struct lesson lessons[] = {
    {
        .names = {"namespaces", "namespace"},
        .title = "Namespaces: what a container sees",
        .idea = "A container is an ordinary process of the host that the kernel shows less to. "
                "Each namespace is one such view: pid (which processes there are), net (network "
                "interfaces, addresses, ports), mnt (files), ipc (shared memory), uts (the host's "
                "name), user (who root is), cgroup and time. Processes in one namespace see the "
                "same; processes in another do not even know of them.",
        .danger = "A view that is shared with the host is a wall that is missing. With the host's "
                  "pid namespace a container sees every process and its environment, passwords "
                  "included; with the host's network it reaches services that listen on 127.0.0.1 "
                  "because they trust everybody there. Joining another container's namespace "
                  "(container:NAME) opens that one to it.",
        .advice = "Leave out --pid host, --network host, --ipc host and --uts host. Publish the "
                  "ports that others need, and put containers that talk to each other on a "
                  "network of their own.",
        .look = "ls -l /proc/self/ns\nlsns\n",
        .rules = {"container/host-pid", "container/host-network", "container/host-ipc",
                  "live/shared-namespace"},
        .seen = seen_namespaces,
    },
    {
        .names = {"capabilities", "capability", "caps"},
        .title = "Capabilities: the pieces of root's power",
        .idea = "Root may do everything; the kernel cuts that into 41 pieces called capabilities: "
                "CHOWN gives files away, NET_ADMIN sets up networks, SYS_ADMIN mounts file systems "
                "and much more. A process has several sets: effective (what counts now), permitted "
                "(what it may switch on), bounding (what it can ever get, also through setuid "
                "programs). Engines give root in a container 14 of them.",
        .danger = "Some are the whole machine: SYS_ADMIN, SYS_MODULE, SYS_PTRACE with the host's "
                  "processes, DAC_READ_SEARCH, SYS_RAWIO. Others help on the way: NET_RAW forges "
                  "packets to neighbours. Adding one also opens system calls that the engine's "
                  "filter otherwise refuses.",
        .advice = "Drop all, and add the few that the program misses: --cap-drop ALL --cap-add "
                  "CHOWN. Most programs that do not start as root need none.",
        .look = "grep Cap /proc/self/status\ncapsh --decode=00000000a80425fb\n",
        .rules = {"container/dangerous-capability", "container/capabilities-not-dropped",
                  "live/extra-capability"},
        .seen = seen_capabilities,
    },
    {
        .names = {"seccomp", "system-calls", "syscalls"},
        .title = "Seccomp: which doors of the kernel are open",
        .idea = "Programs ask the kernel for everything through system calls: open a file, make a "
                "socket, mount. There are about 400, and a program needs perhaps 60. A seccomp "
                "filter is a small program that the kernel runs at each call; it lets the call "
                "through, refuses it with an error, or ends the process. Engines give every "
                "container one that refuses what containers hardly ever need.",
        .danger = "All containers share one kernel, and its rarely used calls are where most of "
                  "the flaws are found that lead out of a container. Without the filter each of "
                  "them is within reach.",
        .advice = "Never use seccomp=unconfined or --privileged. Keep the engine up to date: its "
                  "default learns with each flaw. A profile of your own refuses more.",
        .look = "grep Seccomp /proc/self/status   # 2: filtered\n",
        .rules = {"container/seccomp-off", "live/seccomp-off", "live/wide-filter"},
        .seen = seen_seccomp,
    },
    {
        .names = {"cgroups", "cgroup", "limits"},
        .title = "Control groups: how much a container may use",
        .idea = "The kernel counts what a group of processes uses - memory, CPU time, processes, "
                "disk traffic - and can set limits. Each container is such a control group. There "
                "are two versions: v1 with a tree for each kind of resource, v2 with one tree for "
                "all. They also decide which devices may be used.",
        .danger = "Without limits one container takes what all others need: a leak of memory ends "
                  "processes of its neighbours, a fork bomb stops the machine.",
        .advice = "Give each container --memory, --cpus and --pids-limit. Look at what it uses "
                  "(docker stats) and allow it twice that.",
        .look = "cat /proc/self/cgroup\nls /sys/fs/cgroup\ndocker stats --no-stream\n",
        .rules = {"container/no-memory-limit", "container/no-pids-limit", "container/no-cpu-limit",
                  "live/limit-not-in-force"},
        .seen = seen_cgroups,
    },
    {
        .names = {"mounts", "mount", "volumes", "volume"},
        .title = "Mounts: which files of the host a container has",
        .idea = "A container has the files of its image, and what is mounted over them: volumes, "
                "which the engine keeps for it, and binds, which are files and folders of the "
                "host. A bind brings along whatever the host has mounted below that folder.",
        .danger = "A bind of / or /etc is the host itself. The engine's socket is too: who can "
                  "talk to it starts a container that has everything, and read-only does not "
                  "stop that. Read-only holds for the folder that was named; file systems mounted "
                  "below it stay writable with older engines.",
        .advice = "Use volumes for data. Bind only the one folder or file that is needed, "
                  "read-only where it is only read, and never a socket of the engine.",
        .look = "cat /proc/self/mountinfo\ndocker inspect --format '{{json .Mounts}}' NAME\n",
        .rules = {"container/sensitive-host-path", "container/engine-socket",
                  "live/writable-below-read-only", "live/engine-socket"},
        .seen = seen_mounts,
    },
    {
        .names = {"user", "users", "root", "userns"},
        .title = "Users: who a container's processes are on the host",
        .idea = "The kernel knows users by number, and a number means the same inside and outside: "
                "root (0) in a container is root of the host, held back only by the other walls. "
                "A user namespace changes that: it maps the container's 0 to an ordinary user of "
                "the host. Engines call it userns-remap, or run as an ordinary user altogether "
                "(rootless).",
        .danger = "Most known ways out of containers need root inside: root may load what the "
                  "other walls forgot to forbid, and files that it writes to a bind belong to the "
                  "host's root.",
        .advice = "Put USER with a number into the Dockerfile, or give --user 10001:10001. For all "
                  "containers at once: userns-remap, or a rootless engine.",
        .look = "id\ncat /proc/self/uid_map   # 0 0 4294967295: no user namespace\n",
        .rules = {"container/root-user", "live/root-process", "container/powerful-group"},
        .seen = seen_user,
    },
    {
        .names = {"no-new-privileges", "setuid", "no_new_privs"},
        .title = "No new privileges: nobody becomes root on the way",
        .idea = "A program file can be marked so that it runs with rights of its owner whoever "
                "starts it (setuid): sudo and su work like that. A process with no_new_privs, and "
                "all that it starts, gets nothing from such marks.",
        .danger = "Images carry a dozen such programs that nobody needs. A flaw in one makes an "
                  "ordinary user root of the container.",
        .advice =
            "--security-opt no-new-privileges, for a single container; \"no-new-privileges\": "
            "true in daemon.json for all of them.",
        .look = "grep NoNewPrivs /proc/self/status\nfind / -xdev -perm /6000 -type f\n",
        .rules = {"container/new-privileges", "live/new-privileges"},
        .seen = seen_no_new_privileges,
    },
    {
        .names = {"apparmor"},
        .title = "AppArmor: what a program may touch, by path",
        .idea = "A security module of the kernel that Debian, Ubuntu and SUSE use. A profile says "
                "which files, mounts and capabilities a program may use, whoever its user is. "
                "Engines have one for containers, docker-default, that forbids mounting and "
                "writing to the kernel's files.",
        .danger = "It is the second wall: where another one has a hole, it still holds. Without it "
                  "the first mistake is the last.",
        .advice = "Leave out apparmor=unconfined; check that it is on (docker info names it).",
        .look = "cat /proc/self/attr/current\naa-status\n",
        .rules = {"container/apparmor-off", "live/apparmor-off"},
        .seen = seen_label,
    },
    {
        .names = {"selinux"},
        .title = "SELinux: what a program may touch, by label",
        .idea =
            "A security module of the kernel that Fedora, RHEL and their kin use. Every process "
            "and every file has a label, and rules say which labels may do what to which. Each "
            "container gets a pair of numbers of its own (c12,c345), so that containers cannot "
            "touch each other's files either.",
        .danger = "With label=disable, or the type spc_t, a container is outside of all that.",
        .advice = "Leave label=disable out. For a bind, let the engine label it: -v /data:/data:Z.",
        .look = "getenforce\nps -eZ\n",
        .rules = {"container/selinux-off"},
        .seen = seen_label,
    },
    {
        .names = {"network", "networks", "ports"},
        .title = "Networks: who can reach a container",
        .idea = "Each container has its own network interface on a bridge of the host. Containers "
                "on the same network reach each other on every port. To publish a port "
                "(-p 8080:80) makes the host take connections for it, on all its addresses unless "
                "one is named, and past the host's own firewall (ufw too).",
        .danger = "A database that was published for convenience is open to the Internet. "
                  "Containers on the default network reach each other although they have nothing "
                  "to do with each other.",
        .advice = "Publish on one address: -p 127.0.0.1:8080:80. Make a network for each "
                  "application, --internal where it needs no Internet. `harden network` draws who "
                  "reaches whom.",
        .look = "ss -ltn\ndocker port NAME\nharden network\n",
        .rules = {"container/port-on-all-addresses", "container/default-network",
                  "container/host-network"},
        .seen = seen_network,
    },
    {
        .names = {"devices", "device"},
        .title = "Devices: talking to hardware and the kernel",
        .idea = "Files in /dev are doors to hardware: disks, the machine's memory, terminals. The "
                "control group of a container says which of them it may use; engines allow a "
                "handful that are harmless, such as /dev/null.",
        .danger = "A container that may use the host's disk reads and writes every file of it, "
                  "whatever its mounts are. --privileged allows all devices.",
        .advice = "Give the one that is needed, with the least rights: --device /dev/ttyUSB0:rw.",
        .look = "ls -l /dev\ncat /sys/fs/cgroup/devices/devices.list   # cgroup v1\n",
        .rules = {"container/host-device", "live/extra-device", "container/privileged"},
        .seen = seen_devices,
    },
    {
        .names = {"image-files", "drift", "read-only"},
        .title = "Image and container: what was changed since it started",
        .idea = "An image is a stack of read-only layers. A container gets one more on top, in "
                "which everything lands that it writes; it is thrown away with the container. "
                "What runs should be what the image has.",
        .danger = "A program that is only in that top layer was built, scanned and tested by "
                  "nobody: an intruder left it, or somebody repaired by hand what will break again "
                  "with the next start.",
        .advice = "Start with --read-only, and give --tmpfs or a volume for what must be written. "
                  "Change the image, not the container.",
        .look = "docker diff NAME\n",
        .rules = {"container/writable-root", "live/new-program", "live/foreign-program"},
        .seen = seen_changes,
    },
    {
        .names = {"secrets", "environment"},
        .title = "Secrets: how a container gets its passwords",
        .idea = "A program needs passwords and keys. In a variable of the environment they are "
                "handed on to every program that it starts, shown by docker inspect, and part of "
                "reports of crashes. In a file below /run/secrets only those read them who may.",
        .danger = "Whoever gets to the engine, to a backup of its folder or into any process of "
                  "the container has them all. On a command line every user of the host sees "
                  "them.",
        .advice = "Hand them over as files: `secrets:` in compose and swarm, a read-only bind of a "
                  "file for docker run. Many images take NAME_FILE in place of NAME.",
        .look = "docker inspect --format '{{json .Config.Env}}' NAME\n",
        .rules = {"container/secret-in-environment", "live/secret-in-environment",
                  "container/secret-in-command"},
        .seen = seen_secrets,
    },
};
enum { LESSONS = sizeof(lessons) / sizeof(lessons[0]) };

const struct lesson *lesson_at(size_t index)
{
    return index < LESSONS ? &lessons[index] : NULL;
}

const struct lesson *lesson_find(str name)
{
    for (size_t i = 0; i < LESSONS; i++)
        for (const char *const *at = lessons[i].names; *at; at++)
            if (str_eq_nocase(name, str_from(*at)))
                return &lessons[i];
    return NULL;
}
