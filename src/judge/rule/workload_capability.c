// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/workload/workload.h"

/* Capabilities: the pieces that root's power is cut into. */

#define SERVICE "services:\n  web:\n    image: nginx:1.27.3\n"
#define POD                                                                                        \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n"      \
    "    image: nginx:1.27.3\n"

/* What one capability alone opens; capabilities(7), and the ways out that are known. */
struct danger {
    const char *name;
    enum severity severity;
    const char *what;
};

static const struct danger dangers[] = {
    {"AUDIT_CONTROL", SEVERITY_HIGH, "switches the host's audit log off"},
    {"BPF", SEVERITY_CRITICAL, "loads programs into the kernel"},
    {"CHECKPOINT_RESTORE", SEVERITY_HIGH, "reads and writes the memory of processes"},
    {"DAC_READ_SEARCH", SEVERITY_CRITICAL, "opens files of the host by their number"},
    {"LINUX_IMMUTABLE", SEVERITY_HIGH, "makes files that nobody can remove"},
    {"MAC_ADMIN", SEVERITY_CRITICAL, "changes the rules of AppArmor and SELinux"},
    {"MAC_OVERRIDE", SEVERITY_CRITICAL, "passes by the rules of AppArmor and SELinux"},
    {"NET_ADMIN", SEVERITY_MEDIUM, "changes addresses, routes and firewall rules"},
    {"PERFMON", SEVERITY_HIGH, "watches other processes and the kernel"},
    {"SYSLOG", SEVERITY_HIGH, "reads the kernel's log and its addresses"},
    {"SYS_ADMIN", SEVERITY_CRITICAL, "mounts file systems and changes almost everything"},
    {"SYS_BOOT", SEVERITY_CRITICAL, "restarts the machine or loads another kernel"},
    {"SYS_MODULE", SEVERITY_CRITICAL, "loads modules into the kernel"},
    {"SYS_PTRACE", SEVERITY_HIGH, "takes over processes that it can see"},
    {"SYS_RAWIO", SEVERITY_CRITICAL, "reads and writes the machine's memory and devices"},
    {"SYS_TIME", SEVERITY_HIGH, "sets the host's clock"},
};

static const struct danger *danger_of(str name)
{
    for (size_t i = 0; i < sizeof(dangers) / sizeof(dangers[0]); i++)
        if (str_eq(str_from(dangers[i].name), name))
            return &dangers[i];
    return NULL;
}

/* What a container has unless told otherwise: adding it again adds nothing. */
static bool is_default(str name)
{
    struct workload plain = {0};
    return workload_has_capability(&plain, name);
}

static const struct workload_remedy drop_it = {
    "Remove it from `cap_add`.",
    "Remove it from securityContext.capabilities.add.",
    "Leave out that --cap-add.",
};

static void all_added(struct rule_run *run, const struct workload *workload)
{
    for (size_t i = 0; i < workload->cap_add.count; i++)
        if (str_eq(workload->cap_add.items[i].value, STR("ALL")))
            workload_found(run, workload, &workload->cap_add.items[i].place, &drop_it,
                           "gets every capability");
}

static enum severity severity_of(const struct danger *danger, const struct workload *workload)
{
    bool host_pid = workload_text_is(&workload->pid_mode, "host");
    bool host_network = workload_text_is(&workload->network_mode, "host");
    if (host_pid && str_eq(str_from(danger->name), STR("SYS_PTRACE")))
        return SEVERITY_CRITICAL;
    if (host_network && str_eq(str_from(danger->name), STR("NET_ADMIN")))
        return SEVERITY_CRITICAL;
    return danger->severity;
}

static void dangerous(struct rule_run *run, const struct workload *workload)
{
    for (size_t i = 0; i < workload->cap_add.count; i++) {
        const struct set_text *name = &workload->cap_add.items[i];
        const struct danger *danger = danger_of(name->value);
        if (danger)
            workload_found(run, workload, &name->place, &drop_it, "CAP_%s: %s", danger->name,
                           danger->what)
                ->severity = severity_of(danger, workload);
    }
}

/* Capabilities of the default set that are added, back or for show. */
static void added_back(struct rule_run *run, const struct workload *workload)
{
    const struct set_text *first = NULL;
    size_t count = 0;
    for (size_t i = 0; i < workload->cap_add.count; i++) {
        const struct set_text *name = &workload->cap_add.items[i];
        if (!is_default(name->value) || str_eq(name->value, STR("NET_BIND_SERVICE")) ||
            str_eq(name->value, STR("NET_RAW"))) /* container/raw-network */
            continue;
        first = count++ ? first : name;
    }
    if (workload->dialect != DIALECT_KUBERNETES || workload->is_windows || !first)
        return;
    workload_found(run, workload, &first->place, &drop_it, "adds CAP_%.*s%s", STR_ARG(first->value),
                   count > 1 ? " and others" : "");
}

static void added(struct rule_run *run, const struct workload *workload)
{
    for (size_t i = 0; i < workload->cap_add.count; i++) {
        const struct set_text *name = &workload->cap_add.items[i];
        if (!danger_of(name->value) && !is_default(name->value) &&
            !str_eq(name->value, STR("ALL")) && !workload_is_open(name->value))
            workload_found(run, workload, &name->place, &drop_it, "adds CAP_%.*s",
                           STR_ARG(name->value));
    }
}

static bool judges_drops(const struct workload *workload)
{
    return !workload->is_settings && !workload->is_windows &&
           !(workload->privileged.set && workload->privileged.value);
}

/* Podman records what ALL came to, less what was added again: hardly anything of the default set
 * is left then. */
static bool drops_nearly_all(const struct workload *workload)
{
    static const char *const defaults[] = {
        "AUDIT_WRITE", "CHOWN",   "DAC_OVERRIDE",     "FOWNER",     "FSETID",
        "KILL",        "MKNOD",   "NET_RAW",          "SETFCAP",    "SETGID",
        "SETUID",      "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT",
    };
    enum { FEW = 3 };
    size_t left = 0;
    for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
        left += !workload_list_has(&workload->cap_drop, defaults[i]);
    return left <= FEW;
}

static void not_dropped(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Add `cap_drop: [ALL]`, and `cap_add` with the few that the program misses.",
        "Write `capabilities: {drop: [ALL]}` in the container's securityContext.",
        "Add --cap-drop ALL, and --cap-add for the few that the program misses.",
    };
    static const struct workload_addition repair = {
        .title = "Drop all capabilities",
        .key = "cap_drop: [ALL]",
        .context = "capabilities: {drop: [ALL]}",
        .option = "--cap-drop ALL",
    };
    if (!judges_drops(workload) || workload_list_has(&workload->cap_drop, "ALL") ||
        (workload->dialect == DIALECT_ENGINE && drops_nearly_all(workload)))
        return;
    struct finding *finding = workload_found(
        run, workload, workload->cap_drop.count ? &workload->cap_drop.items[0].place : NULL,
        &remedy,
        workload->cap_drop.count ? "drops some capabilities, not all" : "drops no capability");
    if (workload->dialect == DIALECT_KUBERNETES)
        finding->severity = SEVERITY_MEDIUM; /* the restricted standard asks for it */
    if (!workload->cap_drop.count)
        workload_add(run, workload, finding, &repair);
}

/* Only where somebody began to drop: else not_dropped says it all. */
static void net_raw(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Add NET_RAW to `cap_drop`.",
        "Add NET_RAW to securityContext.capabilities.drop.",
        "Add --cap-drop NET_RAW.",
    };
    bool added_back = workload_list_has(&workload->cap_add, "NET_RAW");
    if (!judges_drops(workload) || !workload_has_capability(workload, STR("NET_RAW")) ||
        (!workload->cap_drop.count && !added_back))
        return;
    for (size_t i = 0; i < workload->cap_add.count; i++)
        if (str_eq(workload->cap_add.items[i].value, STR("NET_RAW"))) {
            workload_found(run, workload, &workload->cap_add.items[i].place, &drop_it,
                           "may forge network packets");
            return;
        }
    if (workload->cap_drop.count)
        workload_found(run, workload, &workload->cap_drop.items[0].place, &remedy,
                       "may forge network packets");
}

static const struct rule rules[] = {
    {
        .id = "container/all-capabilities",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_CRITICAL,
        .title = "The container gets every capability",
        .why = "Capabilities are the pieces that root's power is cut into. With all of them root "
               "in the container is as powerful as root of the host, and there are many ways out.",
        .fix = "Add only the ones that the program really misses.",
        .bad = SERVICE "    cap_add: [ALL]\n",
        .good = SERVICE "    cap_drop: [ALL]\n    cap_add: [NET_BIND_SERVICE]\n",
        .aliases = {"CIS C.5.3"},
        .workload = all_added,
    },
    {
        .id = "container/dangerous-capability",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "The container gets a capability that can open the host to it",
        .why = "Some capabilities are enough to leave the container, or to harm the whole machine: "
               "loading kernel modules, mounting file systems, reading any file. Engines also "
               "open more system calls when such a one is added.",
        .fix = "Find another way: a device, a mount, or a helper outside that does that one thing.",
        .bad = SERVICE "    cap_add: [SYS_ADMIN]\n",
        .good = SERVICE "    cap_add: [NET_BIND_SERVICE]\n",
        .aliases = {"KSV-0005", "KSV-0120", "CIS C.5.3.1", "CIS C.5.3.2", "CIS C.5.3.3",
                    "CIS C.5.3.4"},
        .references = {"https://man7.org/linux/man-pages/man7/capabilities.7.html"},
        .workload = dangerous,
    },
    {
        .id = "container/added-capability",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_LOW,
        .title = "The container gets a capability that containers usually lack",
        .why = "Each capability is a piece of root's power that an attacker inside gets too. This "
               "one is not known as a way out by itself, but it is more than the default.",
        .fix = "Remove it, unless the program fails without it.",
        .bad = SERVICE "    cap_add: [SYS_NICE]\n",
        .good = SERVICE "    cap_add: [CHOWN]\n",
        .aliases = {"KSV-0022"},
        .workload = added,
    },
    {
        .id = "container/capability-added-back",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_INFO,
        .title = "The container adds capabilities that the restricted standard does not allow",
        .why = "Dropping all and adding a few back is far better than the default. The restricted "
               "level of the Pod Security Standards is stricter: it allows NET_BIND_SERVICE alone, "
               "and namespaces that enforce it refuse this pod.",
        .fix = "See whether the program works without them when it does not start as root.",
        .bad = POD "    securityContext: {capabilities: {drop: [ALL], add: [CHOWN]}}\n",
        .good = POD "    securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}\n",
        .references = {"https://kubernetes.io/docs/concepts/security/pod-security-standards/"},
        .workload = added_back,
    },
    {
        .id = "container/capabilities-not-dropped",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_LOW,
        .title = "The container keeps capabilities that it hardly needs",
        .why = "Engines leave 14 pieces of root's power to every container, among them forging "
               "network packets and making device files. Most servers need none of them, or one "
               "(to listen on a port below 1024). What is dropped cannot be misused.",
        .fix = "Drop all, and add back the few that the program misses.",
        .bad = SERVICE,
        .good = SERVICE "    cap_drop: [ALL]\n    cap_add: [CHOWN, SETGID, SETUID]\n",
        .aliases = {"CIS 5.4", "KSV-0003", "KSV-0004", "KSV-0106", "ce76b7d0"},
        .workload = not_dropped,
    },
    {
        .id = "container/raw-network",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_LOW,
        .title = "The container may forge network packets",
        .why = "With CAP_NET_RAW a program can answer in the name of its neighbours, and so read "
               "and change the traffic of other containers on the same network. Only tools like "
               "an old `ping` need it.",
        .fix = "Drop NET_RAW.",
        .bad = SERVICE "    cap_drop: [MKNOD]\n",
        .good = SERVICE "    cap_drop: [MKNOD, NET_RAW]\n",
        .aliases = {"KSV-0119", "drop-net-raw-capability"},
        .workload = net_raw,
    },
};

const struct rule_family rule_workload_capability = {"container", rules,
                                                     sizeof(rules) / sizeof(rules[0])};
