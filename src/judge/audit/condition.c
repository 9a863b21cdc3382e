// SPDX-License-Identifier: Apache-2.0
/* Under which conditions a flaw matters on this machine: what containers may do, how the engine is
 * set up, how the kernel was built. What nobody can tell is neither yes nor no, and says why. */
#include "judge/audit/parts.h"
#include "judge/seccomp/seccomp.h"

struct question {
    struct audit *audit;
    const struct audit_unit *unit;
};

static struct condition holds(const char *why)
{
    return (struct condition){ANSWER_YES, str_from(why)};
}

static struct condition fails(const char *why)
{
    return (struct condition){ANSWER_NO, str_from(why)};
}

static struct condition unknown(const char *why)
{
    return (struct condition){ANSWER_UNKNOWN, str_from(why)};
}

/* The first container that `test` fits, or NULL; *ret_known: containers are listed at all. */
static const struct engine_container *find_container(const struct question *question,
                                                     bool (*test)(const struct question *question,
                                                                  const struct workload *workload),
                                                     bool *ret_known)
{
    const struct engine_facts *engine = question->unit->engine;
    const struct container_view *only = question->unit->only;
    *ret_known = only || (engine && engine->knows_containers);
    if (only)
        return test(question, only->workload) ? only->container : NULL;
    for (size_t i = 0; engine && i < engine->containers.count; i++)
        if (test(question, &engine->workloads.items[engine->containers.items[i].workload]))
            return &engine->containers.items[i];
    return NULL;
}

static struct condition ask_containers(const struct question *question,
                                       bool (*test)(const struct question *question,
                                                    const struct workload *workload),
                                       const char *what)
{
    bool known;
    const struct engine_container *container = find_container(question, test, &known);
    struct arena *arena = question->audit->arena;
    if (container)
        return (struct condition){
            ANSWER_YES, arena_printf(arena, "container %.*s %s", STR_ARG(container->name), what)};
    if (!known)
        return unknown("which containers there are is not known");
    if (question->unit->only)
        return (struct condition){ANSWER_NO,
                                  arena_printf(arena, "this is no container that %s", what)};
    return (struct condition){ANSWER_NO, arena_printf(arena, "no container %s", what)};
}

/* For what containers have unless told otherwise: that none is there now does not help the next. */
static struct condition ask_default(const struct question *question,
                                    bool (*test)(const struct question *question,
                                                 const struct workload *workload),
                                    const char *what)
{
    const struct engine_facts *engine = question->unit->engine;
    if (!question->unit->only && engine && engine->knows_containers &&
        engine->containers.count == 0)
        return (struct condition){
            ANSWER_YES, arena_printf(question->audit->arena,
                                     "the next container %s, unless told otherwise", what)};
    return ask_containers(question, test, what);
}

static bool is_root(const struct workload *workload)
{
    str user = {0}, group = {0};
    str_cut(workload->user.value, ':', &user, &group);
    return !user.len || str_eq(user, STR("0")) || str_eq(user, STR("root"));
}

static bool has_user_namespace(const struct engine_facts *engine)
{
    str value;
    return engine &&
           (engine->is_rootless || engine_security(engine, STR("userns"), STR(""), &value));
}

static bool runs_as_root(const struct question *question, const struct workload *workload)
{
    (void)question;
    return is_root(workload);
}

static struct condition root_container(const struct question *question)
{
    if (has_user_namespace(question->unit->engine))
        return fails("root in a container is nobody on the host: a user namespace is in use");
    return ask_default(question, runs_as_root, "runs as root without a user namespace");
}

static struct condition shared_volume(const struct question *question)
{
    const struct engine_facts *engine = question->unit->engine;
    struct arena *arena = question->audit->arena;
    struct map first = {0}; /* source to the index of the first that mounts it, plus one */
    if (!engine || !engine->knows_containers)
        return unknown("which containers there are is not known");
    for (size_t c = 0; c < engine->containers.count; c++) {
        const struct workload *workload =
            &engine->workloads.items[engine->containers.items[c].workload];
        for (size_t m = 0; m < workload->mounts.count; m++) {
            str source = workload->mounts.items[m].source;
            bool fresh;
            if (workload->mounts.items[m].kind == MOUNT_TMPFS || !source.len)
                continue;
            uintptr_t *at = map_put(arena, &first, source, &fresh);
            if (fresh)
                *at = c + 1;
            else if (*at != c + 1)
                return (struct condition){
                    ANSWER_YES,
                    arena_printf(arena, "containers %.*s and %.*s share %.*s",
                                 STR_ARG(engine->containers.items[*at - 1].name),
                                 STR_ARG(engine->containers.items[c].name), STR_ARG(source))};
        }
    }
    return fails("no two containers share a volume");
}

static bool has_host_network_as_root(const struct question *question,
                                     const struct workload *workload)
{
    (void)question;
    return is_root(workload) && str_eq(workload->network_mode.value, STR("host"));
}

static struct condition host_network_root(const struct question *question)
{
    return ask_containers(question, has_host_network_as_root,
                          "runs as root with the host's network");
}

/* What the filter that the kernel has of the one container does with a call. */
static bool is_let_through(const struct question *question, const char *call)
{
    const struct container_view *only = question->unit->only;
    const struct live_call *found =
        only && only->calls ? seccomp_find(only->calls, str_from(call)) : NULL;
    return found && found->verdict != SECCOMP_REFUSED;
}

static bool has_filter(const struct question *question)
{
    return question->unit->only && question->unit->only->calls;
}

/* Who may make user and network namespaces reaches much of the kernel. */
static bool may_make_namespaces(const struct question *question, const struct workload *workload)
{
    return is_let_through(question, "unshare(CLONE_NEWUSER)") ||
           is_let_through(question, "clone(CLONE_NEWUSER)") ||
           workload_has_capability(workload, STR("SYS_ADMIN")) ||
           str_eq(workload->seccomp.value, STR("unconfined"));
}

static bool may_administer_network(const struct question *question, const struct workload *workload)
{
    return workload_has_capability(workload, STR("NET_ADMIN")) ||
           may_make_namespaces(question, workload);
}

static struct condition user_namespaces(const struct question *question)
{
    return ask_containers(question, may_make_namespaces,
                          "may make user namespaces (SYS_ADMIN, or seccomp off)");
}

/* What a kernel that has all of these options left out cannot do; `otherwise` where it can. */
static struct condition unless_left_out(const struct question *question, const char *const *options,
                                        const char *what, struct condition otherwise)
{
    const struct host *host = question->audit->host;
    struct arena *arena = question->audit->arena;
    bool all_out = true, any_unknown = false;
    for (; *options; options++) {
        char value = host_kernel_option(host, str_from(*options));
        all_out &= value == 'n';
        any_unknown |= value == 0;
    }
    if (all_out)
        return (struct condition){ANSWER_NO,
                                  arena_printf(arena, "this kernel was built without %s", what)};
    if (otherwise.holds == ANSWER_YES && any_unknown)
        return (struct condition){
            ANSWER_UNKNOWN,
            arena_printf(arena, "how this kernel was built is not known (with %s?)", what)};
    return otherwise;
}

static struct condition net_admin(const struct question *question)
{
    return ask_containers(question, may_administer_network,
                          "has NET_ADMIN, or may make user namespaces");
}

static struct condition netfilter(const struct question *question)
{
    static const char *const options[] = {"CONFIG_NF_TABLES", NULL};
    return unless_left_out(question, options, "nf_tables", net_admin(question));
}

static struct condition esp(const struct question *question)
{
    static const char *const options[] = {"CONFIG_INET_ESP", "CONFIG_INET6_ESP", NULL};
    return unless_left_out(question, options, "IPsec's ESP", net_admin(question));
}

static struct condition rxrpc_sockets(const struct question *question)
{
    if (has_filter(question))
        return is_let_through(question, "socket(AF_RXRPC)")
                   ? holds("its filter lets it open RxRPC sockets")
                   : fails("its filter refuses RxRPC sockets");
    return holds("the default seccomp profile lets containers open RxRPC sockets");
}

static struct condition rxrpc(const struct question *question)
{
    static const char *const options[] = {"CONFIG_AF_RXRPC", NULL};
    return unless_left_out(question, options, "RxRPC", rxrpc_sockets(question));
}

static bool has_weak_seccomp(const struct question *question, const struct workload *workload)
{
    (void)question;
    return str_eq(workload->seccomp.value, STR("unconfined")) ||
           (workload->privileged.set && workload->privileged.value);
}

/* The default profile refuses AF_ALG sockets since Docker 29.4.2. */
static struct condition af_alg_sockets(const struct question *question)
{
    const struct engine_facts *engine = question->unit->engine;
    if (has_filter(question))
        return is_let_through(question, "socket(AF_ALG)")
                   ? holds("its filter lets it open AF_ALG sockets")
                   : fails("its filter refuses AF_ALG sockets");
    if (engine && !engine->is_podman && engine->version.len &&
        !flaw_in_range(question->audit->arena, engine->version, STR("-"), STR("29.4.2")))
        return ask_containers(question, has_weak_seccomp,
                              "runs without the engine's seccomp profile, which refuses AF_ALG");
    return engine ? holds("the engine's seccomp profile lets containers open AF_ALG sockets")
                  : unknown("which containers there are is not known");
}

static struct condition af_alg(const struct question *question)
{
    static const char *const options[] = {"CONFIG_CRYPTO_USER_API_AEAD", NULL};
    return unless_left_out(question, options, "the crypto API's sockets (algif_aead)",
                           af_alg_sockets(question));
}

static bool has_net_raw(const struct question *question, const struct workload *workload)
{
    (void)question;
    return workload_has_capability(workload, STR("NET_RAW"));
}

static struct condition net_raw(const struct question *question)
{
    return ask_default(question, has_net_raw, "has NET_RAW");
}

static struct condition cgroup_v1(const struct question *question)
{
    const struct engine_facts *engine = question->unit->engine;
    str value;
    if (question->audit->host->cgroup == 2)
        return fails("this machine has cgroup v2 only");
    if (engine && (engine_security(engine, STR("apparmor"), STR(""), &value) ||
                   engine_security(engine, STR("selinux"), STR(""), &value)))
        return fails("AppArmor or SELinux keeps containers from mounting cgroups");
    return user_namespaces(question);
}

static struct condition cgroup_v2(const struct question *question)
{
    unsigned version = question->audit->host->cgroup;
    return version == 0   ? unknown("which version of cgroups is in use is not known")
           : version == 2 ? holds("this machine has cgroup v2")
                          : fails("this machine has cgroup v1");
}

static bool is_privileged(const struct question *question, const struct workload *workload)
{
    (void)question;
    return workload->privileged.set && workload->privileged.value;
}

static struct condition privileged_container(const struct question *question)
{
    return ask_containers(question, is_privileged, "is privileged");
}

static struct condition lsm(const struct question *question)
{
    const struct engine_facts *engine = question->unit->engine;
    str value;
    if (!engine || !engine->knows_info)
        return unknown("whether AppArmor or SELinux confines containers is not known");
    return engine_security(engine, STR("apparmor"), STR(""), &value) ||
                   engine_security(engine, STR("selinux"), STR(""), &value)
               ? holds("AppArmor or SELinux is in use")
               : fails("there is no AppArmor or SELinux to get rid of");
}

static struct condition authorization_plugin(const struct question *question)
{
    const struct engine_facts *engine = question->unit->engine;
    if (!engine || !engine->knows_info)
        return unknown("whether an authorization plugin is in use is not known");
    return engine->authorization_plugins.count ? holds("an authorization plugin is in use")
                                               : fails("no authorization plugin is in use");
}

static struct condition encrypted_overlay(const struct question *question)
{
    const struct engine_facts *engine = question->unit->engine;
    for (size_t i = 0; engine && i < engine->networks.count; i++)
        if (engine->networks.items[i].encrypted == ANSWER_YES)
            return holds("there is an encrypted overlay network");
    return engine && engine->knows_networks ? fails("there is no encrypted overlay network")
                                            : unknown("which networks there are is not known");
}

static struct condition internal_network(const struct question *question)
{
    const struct engine_facts *engine = question->unit->engine;
    for (size_t i = 0; engine && i < engine->networks.count; i++)
        if (engine->networks.items[i].is_internal)
            return holds("there is an internal network");
    return engine && engine->knows_networks ? fails("there is no internal network")
                                            : unknown("which networks there are is not known");
}

static struct condition cri(const struct question *question)
{
    if (host_process(question->audit->host, STR("kubelet")))
        return holds("Kubernetes runs here");
    if (question->audit->host->processes.count == 0)
        return unknown("which processes run here is not known");
    return fails("only Kubernetes uses that part, and no kubelet runs here");
}

static struct condition firewalld(const struct question *question)
{
    if (host_process(question->audit->host, STR("firewalld")))
        return holds("firewalld runs");
    if (question->audit->host->processes.count == 0)
        return unknown("which processes run here is not known");
    return fails("firewalld does not run");
}

static struct condition remapped(const struct question *question)
{
    str value;
    const struct engine_facts *engine = question->unit->engine;
    if (!engine || !engine->knows_info)
        return unknown("whether \"userns-remap\" is in use is not known");
    return engine_security(engine, STR("userns"), STR(""), &value)
               ? holds("\"userns-remap\" is in use")
               : fails("\"userns-remap\" is not in use");
}

static struct condition rootless(const struct question *question)
{
    const struct engine_facts *engine = question->unit->engine;
    if (!engine || !engine->knows_info)
        return unknown("whether the engine is rootless is not known");
    return engine->is_rootless ? holds("the engine is rootless")
                               : fails("the engine is not rootless");
}

static struct condition krun(const struct question *question)
{
    const struct engine_facts *engine = question->unit->engine;
    if (!engine || !engine->knows_info)
        return unknown("which runtime the engine uses is not known");
    return str_contains(engine->default_runtime, STR("krun"))
               ? holds("krun is the runtime")
               : fails("crun's krun is not the runtime");
}

static struct condition any(const struct question *question)
{
    (void)question;
    return holds("");
}

static const struct {
    str name;
    struct condition (*ask)(const struct question *question);
} conditions[] = {
    {STR_INIT("af-alg"), af_alg},
    {STR_INIT("any"), any},
    {STR_INIT("authorization-plugin"), authorization_plugin},
    {STR_INIT("cgroup-v1"), cgroup_v1},
    {STR_INIT("cgroup-v2"), cgroup_v2},
    {STR_INIT("cri"), cri},
    {STR_INIT("encrypted-overlay"), encrypted_overlay},
    {STR_INIT("esp"), esp},
    {STR_INIT("firewalld"), firewalld},
    {STR_INIT("host-network-root"), host_network_root},
    {STR_INIT("internal-network"), internal_network},
    {STR_INIT("krun"), krun},
    {STR_INIT("lsm"), lsm},
    {STR_INIT("net-raw"), net_raw},
    {STR_INIT("netfilter"), netfilter},
    {STR_INIT("privileged-container"), privileged_container},
    {STR_INIT("root-container"), root_container},
    {STR_INIT("rootless"), rootless},
    {STR_INIT("rxrpc"), rxrpc},
    {STR_INIT("shared-volume"), shared_volume},
    {STR_INIT("user-namespaces"), user_namespaces},
    {STR_INIT("userns-remap"), remapped},
};

struct condition audit_condition(struct audit *audit, const struct audit_unit *unit, str name)
{
    const struct question question = {audit, unit};
    for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++)
        if (str_eq(conditions[i].name, name))
            return conditions[i].ask(&question);
    return unknown("the condition is not one that harden knows");
}
