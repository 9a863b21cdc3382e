// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/check.h"
#include "judge/rule/live/live.h"
#include "judge/rule/workload/workload.h"

/* Processes of a container that can do more than its record says, or that have no business there.
 */

/* --- capabilities ---------------------------------------------------------------------------- */

static uint64_t recorded_capabilities(const struct workload *workload)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < CAPABILITY_COUNT; i++)
        if (workload_has_capability(workload, capability_name(i)))
            bits |= UINT64_C(1) << i;
    return bits;
}

static uint64_t extra_of(const struct container_view *view, const struct live_process *process)
{
    const uint64_t known = (UINT64_C(1) << CAPABILITY_COUNT) - 1;
    uint64_t has = process->effective | process->permitted | process->bounding | process->ambient;
    if (live_is_privileged(view) || live_is_nested(view, process))
        return 0;
    return has & known & ~recorded_capabilities(view->workload);
}

static bool has_extra(const struct container_view *view, const struct live_process *process)
{
    return extra_of(view, process) != 0;
}

/* Each of these alone can be a way to the host. */
static uint64_t dangerous_ones(uint64_t bits)
{
    static const char *const names[] = {"DAC_READ_SEARCH", "SYS_MODULE", "SYS_RAWIO", "SYS_PTRACE",
                                        "SYS_ADMIN",       "SYS_BOOT",   "MAC_ADMIN", "BPF"};
    uint64_t dangerous = 0;
    for (unsigned i = 0; i < CAPABILITY_COUNT; i++)
        for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
            if (bits >> i & 1 && str_eq(capability_name(i), str_from(names[n])))
                dangerous |= UINT64_C(1) << i;
    return dangerous;
}

static void add_names(struct arena *arena, uint64_t bits, struct str_list *names)
{
    for (unsigned i = 0; i < CAPABILITY_COUNT; i++)
        if (bits >> i & 1)
            *vec_push(arena, names) = arena_join(arena, STR("CAP_"), (str){0}, capability_name(i));
}

static void extra_capability(struct rule_run *run, const struct container_view *view)
{
    uint64_t bits = 0;
    str names = live_processes(run, view, has_extra);
    if (!names.len)
        return;
    for (size_t i = 0; i < view->actual->processes.count; i++)
        if (view->actual->processes.items[i].has_status)
            bits |= extra_of(view, &view->actual->processes.items[i]);
    uint64_t dangerous = dangerous_ones(bits);
    struct str_list words = {0};
    add_names(run->arena, dangerous, &words);
    add_names(run->arena, bits & ~dangerous, &words);
    struct finding *finding =
        live_found(run, view, "%.*s: has %.*s, which the container was not given", STR_ARG(names),
                   STR_ARG(check_names(run, &words)));
    if (dangerous)
        finding->severity = SEVERITY_CRITICAL;
}

static bool has_inheritable(const struct container_view *view, const struct live_process *process)
{
    return process->inheritable && !live_is_nested(view, process);
}

static void inheritable(struct rule_run *run, const struct container_view *view)
{
    str names = live_processes(run, view, has_inheritable);
    if (names.len && !live_is_privileged(view))
        live_found(run, view, "%.*s", STR_ARG(names));
}

/* --- seccomp and no_new_privs ----------------------------------------------------------------- */

static bool is_unfiltered(const struct container_view *view, const struct live_process *process)
{
    (void)view;
    return process->filtered == ANSWER_NO;
}

static void seccomp_off(struct rule_run *run, const struct container_view *view)
{
    str profile = {0}, names = live_processes(run, view, is_unfiltered);
    const char *why = "though nothing asked for that";
    if (!names.len || live_is_privileged(view) ||
        workload_text_is(&view->workload->seccomp, "unconfined"))
        return;
    if (view->engine->knows_info &&
        !engine_security(view->engine, STR("seccomp"), STR("profile"), &profile))
        why = "as the engine has no filters at all";
    else if (str_eq(profile, STR("unconfined")))
        why = "as the engine's own profile is unconfined";
    live_found(run, view, "%.*s: no filter on system calls, %s", STR_ARG(names), why);
}

static bool may_gain(const struct container_view *view, const struct live_process *process)
{
    (void)view;
    return process->no_new_privileges == ANSWER_NO;
}

static void new_privileges(struct rule_run *run, const struct container_view *view)
{
    const struct set_flag *recorded = &view->workload->no_new_privileges;
    str names = live_processes(run, view, may_gain);
    if (names.len && recorded->set && recorded->value && !live_is_privileged(view))
        live_found(run, view, "%.*s: no_new_privs is not set, though the record says so",
                   STR_ARG(names));
}

/* --- users ------------------------------------------------------------------------------------ */

/* With a user namespace of its own, root of the container is somebody else on the host. */
static bool is_host_root(const struct container_view *view, const struct live_process *process)
{
    uint64_t host = view->live->namespaces[NS_USER], own = process->namespaces[NS_USER];
    return process->uid == 0 && (!host || !own || host == own);
}

static void root_process(struct rule_run *run, const struct container_view *view)
{
    str user = {0}, group = {0}, names = live_processes(run, view, is_host_root);
    str_cut(view->workload->user.value, ':', &user, &group);
    if (names.len && user.len && !str_eq(user, STR("0")) && !str_eq(user, STR("root")))
        live_found(run, view, "%.*s: runs as root, the container's user is %.*s", STR_ARG(names),
                   STR_ARG(user));
}

/* --- what should not run ---------------------------------------------------------------------- */

static bool is_one_of(str name, const char *const *names)
{
    for (; *names; names++)
        if (str_eq(name, str_from(*names)))
            return true;
    return false;
}

static bool is_login_server(const struct container_view *view, const struct live_process *process)
{
    static const char *const names[] = {"sshd",       "sshd-session", "dropbear", "telnetd",
                                        "in.telnetd", "rlogind",      "rshd",     NULL};
    (void)view;
    return is_one_of(process->name, names);
}

static void remote_login(struct rule_run *run, const struct container_view *view)
{
    str names = live_processes(run, view, is_login_server);
    if (names.len)
        live_found(run, view, "%.*s", STR_ARG(names));
}

/* Nobody inside started it: its parent is the engine's. */
static bool is_entered_shell(const struct container_view *view, const struct live_process *process)
{
    static const char *const shells[] = {"sh",  "ash", "bash", "dash", "zsh",
                                         "ksh", "csh", "tcsh", "fish", NULL};
    if (process->pid == view->container->pid || !is_one_of(process->name, shells))
        return false;
    for (size_t i = 0; i < view->actual->processes.count; i++)
        if (view->actual->processes.items[i].pid == process->parent)
            return false;
    return true;
}

static void open_shell(struct rule_run *run, const struct container_view *view)
{
    const struct workload_healthcheck *check = &view->workload->healthcheck;
    /* A health check is entered the same way, and its children of a host's pid namespace are
     * handed to the host's process 1. */
    if ((check->set && !check->disabled) || !view->container->pid ||
        workload_text_is(&view->workload->pid_mode, "host"))
        return;
    str names = live_processes(run, view, is_entered_shell);
    if (names.len)
        live_found(run, view, "%.*s", STR_ARG(names));
}

static const struct rule rules[] = {
    {
        .id = "live/extra-capability",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "A process has more of root's power than its container was given",
        .why = "Capabilities are the pieces that root's power is cut into. A container's record "
               "says which it gets, and people and tools rely on that. This process has more: "
               "mostly somebody entered with `docker exec --privileged`. Whoever takes it over can "
               "do what the container was never meant to do.",
        .fix = "End the process, and enter without --privileged. Where nobody did, restart the "
               "container and find out who changed it.",
        .bad = "docker run -d --name web --cap-drop ALL nginx:1.27.3\n"
               "docker exec --privileged web sleep 60\n",
        .good = "docker run -d --name web --cap-drop ALL nginx:1.27.3\ndocker exec web sleep 60\n",
        .references = {"https://man7.org/linux/man-pages/man7/capabilities.7.html"},
        .container = extra_capability,
    },
    {
        .id = "live/inheritable-capability",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "Processes hand capabilities on to programs that they start",
        .why = "The set of inheritable capabilities is empty in a container of an engine that is "
               "up to date. Older engines filled it (CVE-2022-24769 and its kin): a program file "
               "marked for it then gives an ordinary user a piece of root's power.",
        .fix = "Update the engine, and make the container anew.",
        .bad = "dockerd --version   # 20.10.13\ndocker run -d nginx:1.27.3\n",
        .good = "dockerd --version   # 20.10.14\ndocker run -d nginx:1.27.3\n",
        .references = {"https://nvd.nist.gov/vuln/detail/CVE-2022-24769"},
        .container = inheritable,
    },
    {
        .id = "live/seccomp-off",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "System calls of a process are not filtered, though the container has a filter",
        .why = "The filter keeps rarely used parts of the kernel out of reach, where many ways out "
               "of containers begin. The container's record says that it has the filter; this "
               "process runs without: it came in by `docker exec --privileged`, or the engine "
               "cannot filter at all.",
        .fix = "End the process and enter without --privileged; make sure that `docker info` "
               "names seccomp, and that the engine's seccomp-profile is not unconfined.",
        .bad = "docker exec --privileged web sh\n",
        .good = "docker exec web sh\n",
        .references = {"https://docs.docker.com/engine/security/seccomp/"},
        .container = seccomp_off,
    },
    {
        .id = "live/new-privileges",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "A process can gain rights, though the container forbids that",
        .why = "With no-new-privileges a program such as sudo cannot make its user root. The "
               "record says that the container has it, the kernel says that this process does "
               "not.",
        .fix = "End the process and enter without --privileged; make the container anew where its "
               "first process is concerned.",
        .bad = "docker run -d --name web --security-opt no-new-privileges nginx:1.27.3\n"
               "docker exec --privileged web sh\n",
        .good = "docker run -d --name web --security-opt no-new-privileges nginx:1.27.3\n"
                "docker exec web sh\n",
        .container = new_privileges,
    },
    {
        .id = "live/root-process",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "A process runs as root in a container of an ordinary user",
        .why = "The container was given a user so that nothing in it is root. This process is: "
               "it was entered with `docker exec -u 0`, or a program of the image made it root "
               "(setuid). Without a user namespace that is the same root as the host's.",
        .fix = "End it, and forbid gaining rights: --security-opt no-new-privileges.",
        .bad = "docker run -d --name web -u 10001 nginx:1.27.3\ndocker exec -u 0 web sh\n",
        .good = "docker run -d --name web -u 10001 nginx:1.27.3\ndocker exec web sh\n",
        .container = root_process,
    },
    {
        .id = "live/remote-login",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "A server for logging in runs in the container",
        .why = "It is one more way in, with keys and passwords of its own that somebody must look "
               "after, and it needs rights that the program itself does not. Engines offer a way "
               "in without it.",
        .fix = "Take it out of the image, and enter with `docker exec` where that must be.",
        .bad = "docker run -d app /usr/sbin/sshd -D\n",
        .good = "docker run -d app /usr/bin/app\n",
        .container = remote_login,
    },
    {
        .id = "live/open-shell",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_LOW,
        .title = "Somebody has a shell open in the container",
        .why = "It was not started by the container's own program, but from outside. That may be "
               "a colleague looking for a fault; it is also what an intruder with access to the "
               "engine does first. What is changed by hand is gone with the container, and nobody "
               "can repeat it.",
        .fix = "Find out whose it is, and end it when the work is done.",
        .bad = "docker exec -it web sh\n",
        .good = "docker logs web\n",
        .container = open_shell,
    },
};

const struct rule_family rule_live_process = {"live", rules, sizeof(rules) / sizeof(rules[0])};
