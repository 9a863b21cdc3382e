// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/workload/workload.h"

/* What the kernel still allows a program that is inside: system calls, profiles, more rights. */

#define SERVICE "services:\n  web:\n    image: nginx:1.27.3\n"
#define POD                                                                                        \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n"      \
    "    image: nginx:1.27.3\n"

static void seccomp_off(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Remove `seccomp:unconfined` from `security_opt`.",
        "Write `seccompProfile: {type: RuntimeDefault}` in securityContext.",
        "Leave out --security-opt seccomp=unconfined.",
    };
    if (workload_text_is(&workload->seccomp, "unconfined"))
        workload_found(run, workload, &workload->seccomp.place, &remedy,
                       "no filter on system calls");
}

static bool is_linux_pod(const struct workload *workload)
{
    return workload->dialect == DIALECT_KUBERNETES && !workload->is_settings &&
           !workload->is_windows;
}

static void seccomp_not_set(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_addition repair = {
        .title = "Ask for the engine's filter on system calls",
        .context = "seccompProfile: {type: RuntimeDefault}",
    };
    if (is_linux_pod(workload) && !workload->seccomp.set &&
        !(workload->privileged.set && workload->privileged.value))
        workload_add(run, workload,
                     workload_found(run, workload, &workload->security_context.place, NULL,
                                    "no seccompProfile is set"),
                     &repair);
}

static void apparmor_off(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Remove `apparmor:unconfined` from `security_opt`.",
        "Write `appArmorProfile: {type: RuntimeDefault}` in securityContext.",
        "Leave out --security-opt apparmor=unconfined.",
    };
    if (workload_text_is(&workload->apparmor, "unconfined"))
        workload_found(run, workload, &workload->apparmor.place, &remedy,
                       "AppArmor is switched off");
}

/* Types that SELinux confines containers with; others are chosen for more rights. */
static bool is_container_type(str type)
{
    static const char *const types[] = {"container_t", "container_init_t", "container_kvm_t",
                                        "container_engine_t", "svirt_lxc_net_t"};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (str_eq(type, str_from(types[i])))
            return true;
    return type.len == 0 || workload_is_open(type) || str_ends(type, STR(".process"));
}

static void selinux_off(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Remove the `label` lines from `security_opt`.",
        "Remove `type`, `user` and `role` from seLinuxOptions; `level` may stay.",
        "Leave out --security-opt label=...; `:z` behind a volume gives access to its files.",
    };
    for (size_t i = 0; i < workload->selinux.count; i++) {
        const struct set_text *label = &workload->selinux.items[i];
        str value = label->value, type = value;
        bool is_type = str_skip(&type, STR("type:"));
        bool is_who = is_linux_pod(workload) &&
                      (str_starts(value, STR("user:")) || str_starts(value, STR("role:")));
        if (str_eq(value, STR("disable")) || (is_type && !is_container_type(type)) || is_who)
            workload_found(run, workload, &label->place, &remedy, "SELinux label %.*s",
                           STR_ARG(value));
    }
}

/* Any entry of security_opt, to put another one behind it; NULL: there is none. */
static const struct place *security_option(const struct workload *workload)
{
    return workload->seccomp.set     ? &workload->seccomp.place
           : workload->apparmor.set  ? &workload->apparmor.place
           : workload->selinux.count ? &workload->selinux.items[0].place
           : workload->unmasked.set  ? &workload->unmasked.place
                                     : NULL;
}

static void forbid_new_privileges(struct rule_run *run, const struct workload *workload,
                                  struct finding *finding)
{
    static const char title[] = "Forbid gaining rights";
    static const char quoted[] = "\"no-new-privileges:true\"";
    static const struct workload_addition repair = {
        .title = title,
        .key = "security_opt: [\"no-new-privileges:true\"]",
        .context = "allowPrivilegeEscalation: false",
        .option = "--security-opt no-new-privileges",
    };
    const struct set_flag *flag = &workload->no_new_privileges;
    const struct place *other = security_option(workload);
    /* Kubernetes refuses a container that has both. */
    if (workload->dialect == DIALECT_KUBERNETES &&
        workload_has_capability(workload, STR("SYS_ADMIN")))
        return;
    if (flag->set && workload->dialect == DIALECT_COMPOSE)
        workload_replace(run, finding, &flag->place, str_from(quoted), title);
    else if (flag->set && workload->dialect == DIALECT_KUBERNETES)
        workload_replace(run, finding, &flag->place, str_from(repair.context), title);
    else if (other && workload->dialect == DIALECT_COMPOSE)
        workload_add_item(run, workload, finding, other, quoted, title);
    else if (!flag->set)
        workload_add(run, workload, finding, &repair);
}

static void new_privileges(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Add `security_opt: [\"no-new-privileges:true\"]`.",
        "Write `allowPrivilegeEscalation: false` in the container's securityContext.",
        "Add --security-opt no-new-privileges.",
    };
    const struct set_flag *flag = &workload->no_new_privileges;
    if (workload->is_settings || workload->is_windows || (flag->set && flag->value))
        return;
    struct finding *finding = workload_found(run, workload, &flag->place, &remedy,
                                             flag->set ? "gaining more rights is allowed on purpose"
                                                       : "gaining more rights is allowed");
    if (flag->set || workload->dialect == DIALECT_KUBERNETES)
        finding->severity = SEVERITY_MEDIUM;
    forbid_new_privileges(run, workload, finding);
}

static void unmasked(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Remove `systempaths=unconfined` from `security_opt`.",
        "Remove `procMount: Unmasked`.",
        "Leave out --security-opt systempaths=unconfined (podman: unmask=...).",
    };
    if (!workload->unmasked.set || !workload->unmasked.value)
        return;
    bool is_nobody = workload->dialect == DIALECT_KUBERNETES &&
                     workload_text_is(&workload->user_mode, "private");
    struct finding *finding = workload_found(
        run, workload, &workload->unmasked.place, &remedy,
        is_nobody ? "the kernel's own files in /proc are open to it, though its root is nobody on "
                    "the node (hostUsers: false)"
                  : "the kernel's own files in /proc are open to it");
    if (is_nobody) /* the baseline allows it then, the restricted standard does not */
        finding->severity = SEVERITY_LOW;
}

/* Harmless too, but a kubelet refuses it unless its administrator allowed it. */
static bool is_somaxconn(str name)
{
    return str_eq(name, STR("net.core.somaxconn"));
}

/* Kernel settings that belong to the container alone, and that Kubernetes counts as safe. */
static bool is_safe_sysctl(const struct workload *workload, str name)
{
    static const char *const safe[] = {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_wmem",
        "net.ipv4.tcp_slow_start_after_idle",
        "net.ipv4.tcp_notsent_lowat",
    };
    if (is_somaxconn(name))
        return workload_is_docker(workload);
    for (size_t i = 0; i < sizeof(safe) / sizeof(safe[0]); i++)
        if (str_eq(name, str_from(safe[i])))
            return true;
    return false;
}

/* What a setting of that name, or with that end, does to those around; with the value `safe` it
 * does not, and is there to be safe. */
static const struct sysctl_effect {
    const char *end, *safe, *effect;
    enum severity severity;
} effects[] = {
    {".route_localnet", "0", "neighbours reach what listens on 127.0.0.1", SEVERITY_HIGH},
    {"net.ipv4.ip_forward", "0", "who reaches it gets on to its other networks", SEVERITY_MEDIUM},
    {".forwarding", "0", "who reaches it gets on to its other networks", SEVERITY_MEDIUM},
    {".accept_source_route", "0", "strangers choose the way of packets", SEVERITY_MEDIUM},
    {".accept_redirects", "0", "neighbours can lead its packets elsewhere", SEVERITY_MEDIUM},
    {".accept_ra", "0", "neighbours can make themselves its router", SEVERITY_MEDIUM},
    {".send_redirects", "0", "it leads packets of neighbours elsewhere", SEVERITY_MEDIUM},
    {".proxy_arp", "0", "it answers for addresses of others", SEVERITY_MEDIUM},
    {"net.ipv4.ip_nonlocal_bind", "0", "it can use addresses of others", SEVERITY_MEDIUM},
};

static const struct sysctl_effect *effect_of(str name)
{
    for (size_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++)
        if (str_ends(name, str_from(effects[i].end)))
            return &effects[i];
    return NULL;
}

/* Engines refuse those that no namespace has for itself (sysctl(8); runc's validator). */
static bool is_of_machine(str name)
{
    static const char *const own[] = {
        "net.",       "fs.mqueue.",        "kernel.msg",        "kernel.sem",
        "kernel.shm", "kernel.domainname", "kernel.auto_msgmni"};
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (str_starts(name, str_from(own[i])))
            return false;
    return true;
}

static void dangerous_sysctl(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Remove the line from `sysctls`, or set it on the host, where an administrator answers "
        "for it.",
        "Remove the entry from securityContext.sysctls.",
        "Leave out that --sysctl.",
    };
    bool host_net = workload_text_is(&workload->network_mode, "host");
    bool host_ipc = workload_text_is(&workload->ipc_mode, "host");
    for (size_t i = 0; i < workload->sysctls.count; i++) {
        const struct named_value *sysctl = &workload->sysctls.items[i];
        const struct sysctl_effect *effect = effect_of(sysctl->name);
        bool is_net = str_starts(sysctl->name, STR("net."));
        bool of_machine = is_of_machine(sysctl->name);
        bool reaches_host = of_machine || (is_net ? host_net : host_ipc);
        bool is_meant_well = effect && str_eq(sysctl->value, str_from(effect->safe));
        if (!reaches_host && (is_safe_sysctl(workload, sysctl->name) ||
                              (is_meant_well && workload_is_docker(workload))))
            continue;
        struct finding *finding = workload_found(
            run, workload, &sysctl->place, &remedy, "sets %.*s%s%s", STR_ARG(sysctl->name),
            reaches_host || (effect && !is_meant_well) ? ": " : "",
            of_machine                 ? "all programs of the machine share it"
            : reaches_host             ? "that is the host's own"
            : effect && !is_meant_well ? effect->effect
                                       : "");
        if (reaches_host)
            finding->severity = SEVERITY_HIGH;
        else if (effect && !is_meant_well)
            finding->severity = effect->severity;
        else if (workload_is_docker(workload) || is_somaxconn(sysctl->name))
            finding->severity = SEVERITY_LOW;
    }
}

static void no_security_context(struct rule_run *run, const struct workload *workload)
{
    if (is_linux_pod(workload) && !workload->security_context.set)
        workload_found(run, workload, NULL, NULL, "has no securityContext");
}

static void service_token(struct rule_run *run, const struct workload *workload)
{
    if (workload->dialect != DIALECT_KUBERNETES || workload->is_settings ||
        (workload->service_token.set && !workload->service_token.value))
        return;
    struct finding *finding = workload_found(
        run, workload, &workload->service_token.place, NULL,
        "gets a token for the cluster's API (service account %.*s)",
        STR_ARG(workload->service_account.set ? workload->service_account.value : STR("default")));
    if (workload->service_account.set && !str_eq(workload->service_account.value, STR("default")))
        finding->severity = SEVERITY_INFO; /* somebody made an account for it */
}

static void probe_host(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        .kubernetes = "Remove `host`: the node then asks the pod itself, which is what a probe is "
                      "for. A virtual host's name goes into httpHeaders as `Host`.",
    };
    for (size_t i = 0; i < workload->probe_hosts.count; i++) {
        const struct set_text *host = &workload->probe_hosts.items[i];
        workload_found(run, workload, &host->place, &remedy, "its node sends requests to %.*s",
                       STR_ARG(host->value));
    }
}

static const struct rule rules[] = {
    {
        .id = "container/seccomp-off",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "The filter on system calls is switched off",
        .why = "Engines block some 80 system calls that ordinary programs never make. Many ways "
               "out of a container begin with one of them: a flaw in a rarely used part of the "
               "kernel stays out of reach as long as the filter stands.",
        .fix = "Leave the engine's own filter on, or give one that is made for the program.",
        .bad = SERVICE "    security_opt: [\"seccomp:unconfined\"]\n",
        .good = SERVICE "    security_opt: [\"no-new-privileges:true\"]\n",
        .aliases = {"CIS 5.22", "KSV-0104", "404fde2c"},
        .references = {"https://docs.docker.com/engine/security/seccomp/"},
        .workload = seccomp_off,
    },
    {
        .id = "container/seccomp-not-set",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "The pod asks for no filter on system calls",
        .why = "Unlike Docker, Kubernetes starts containers without any filter on system calls "
               "unless the pod asks for one (or the node's administrator changed the default). "
               "Flaws in rarely used parts of the kernel are then within reach.",
        .fix = "Write `seccompProfile: {type: RuntimeDefault}` in the pod's securityContext.",
        .bad = POD,
        .good = POD "  securityContext:\n    seccompProfile: {type: RuntimeDefault}\n",
        .aliases = {"KSV-0030"},
        .references = {"https://kubernetes.io/docs/concepts/security/pod-security-standards/"},
        .workload = seccomp_not_set,
    },
    {
        .id = "container/apparmor-off",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "The AppArmor profile is switched off",
        .why = "AppArmor keeps containers from mounting file systems and from writing to the "
               "kernel's settings, even where another wall has fallen. Off means that this second "
               "wall is missing.",
        .fix = "Leave the engine's own profile on, or name one that is made for the program.",
        .bad = SERVICE "    security_opt: [\"apparmor:unconfined\"]\n",
        .good = SERVICE "    security_opt: [\"apparmor:docker-default\"]\n",
        .aliases = {"CIS 5.2", "KSV-0002"},
        .workload = apparmor_off,
    },
    {
        .id = "container/selinux-off",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "SELinux does not confine the container, or less than usual",
        .why = "SELinux gives every container a label of its own, so that one that breaks out "
               "still cannot touch the host's files or its neighbours'. People switch it off to "
               "read a folder of the host; a `:z` behind that folder is all that takes.",
        .fix = "Leave labels on; relabel the one folder that is needed.",
        .bad = SERVICE "    security_opt: [\"label:disable\"]\n",
        .good = SERVICE "    volumes: [\"./data:/data:z\"]\n",
        .aliases = {"CIS 5.3", "KSV-0025"},
        .workload = selinux_off,
    },
    {
        .id = "container/new-privileges",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_LOW,
        .title = "Programs can gain more rights than they were started with",
        .why = "Files like `su`, `sudo` or `ping` can give whoever starts them the rights of "
               "root. An attacker who got in as a powerless user looks for them first. Servers "
               "never need them; one setting makes them all harmless.",
        .fix = "Forbid it (no-new-privileges; in Kubernetes allowPrivilegeEscalation: false).",
        .bad = SERVICE,
        .good = SERVICE "    security_opt: [\"no-new-privileges:true\"]\n",
        .aliases = {"CIS 5.26", "KSV-0001", "27fcc7d6", "610e266e",
                    "privilege-escalation-container"},
        .workload = new_privileges,
    },
    {
        .id = "container/unmasked-proc",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "The kernel's own files are open to the container",
        .why = "Engines hide or protect files in /proc and /sys that belong to the whole machine: "
               "memory, keys, settings, the button that restarts it. Without that protection root "
               "in the container can change settings of the host's kernel, and get out.",
        .fix = "Leave the engine's protection on.",
        .bad = SERVICE "    security_opt: [\"systempaths=unconfined\"]\n",
        .good = SERVICE "    security_opt: [\"no-new-privileges:true\"]\n",
        .aliases = {"KSV-0027", "unsafe-proc-mount"},
        .workload = unmasked,
    },
    {
        .id = "container/kernel-setting",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "The container changes settings of the kernel that are not known to be safe",
        .why = "Most kernel settings are shared by all programs of the machine, or can disturb "
               "the neighbours. With the host's network they are the host's own: one can switch "
               "protections off, or let the network reach what listens on 127.0.0.1 only.",
        .fix = "Leave the setting away, or set it on the host on purpose.",
        .bad = SERVICE "    sysctls:\n      net.ipv4.conf.all.route_localnet: 1\n",
        .good = SERVICE "    sysctls:\n      net.core.somaxconn: 1024\n",
        .aliases = {"KSV-0026", "unsafe-sysctls"},
        .workload = dangerous_sysctl,
    },
    {
        .id = "container/probe-host",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_LOW,
        .title = "A probe or hook makes the node send requests to another host",
        .why = "The kubelet sends probes and hooks from the node, past the pod's network rules. "
               "With `host` set whoever may write pods reaches services that only nodes can "
               "reach, a cloud's metadata among them. The baseline of the Pod Security Standards "
               "forbids it since Kubernetes 1.34.",
        .fix = "Remove `host`: the pod itself is asked then.",
        .bad = POD "    livenessProbe: {httpGet: {host: 169.254.169.254, port: 80}}\n",
        .good = POD "    livenessProbe: {httpGet: {path: /health, port: 8080}}\n",
        .references = {"https://kubernetes.io/docs/concepts/security/pod-security-standards/"},
        .workload = probe_host,
    },
    {
        .id = "container/no-security-context",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_INFO,
        .title = "Neither the pod nor the container has a security context",
        .why = "Everything then has its default, and the defaults of Kubernetes are made for "
               "programs of any age: root is allowed, system calls are not filtered, files can be "
               "changed.",
        .fix = "Begin with runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: "
               "{drop: [ALL]} and seccompProfile: {type: RuntimeDefault}.",
        .bad = POD,
        .good = POD "    securityContext: {runAsNonRoot: true}\n",
        .aliases = {"KSV-0118"},
        .workload = no_security_context,
    },
    {
        .id = "container/service-account-token",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_LOW,
        .title = "The container gets a key to the cluster's API that it may not need",
        .why = "Kubernetes puts a token of the service account into every container. Whoever gets "
               "in can talk to the cluster with it, and do what the account may. Most programs "
               "never talk to the cluster.",
        .fix = "Write `automountServiceAccountToken: false`, or give it an account of its own with "
               "few rights.",
        .bad = POD,
        .good = POD "  automountServiceAccountToken: false\n",
        .aliases = {"KSV-0036"},
        .workload = service_token,
    },
};

const struct rule_family rule_workload_confinement = {"container", rules,
                                                      sizeof(rules) / sizeof(rules[0])};
