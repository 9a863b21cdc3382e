// SPDX-License-Identifier: Apache-2.0
#include "app/lesson/seen.h"

#include "judge/rule/rule.h"

enum { FEW = 6 };

__attribute__((format(printf, 3, 4))) static void say(struct arena *arena, struct str_list *ret,
                                                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    *vec_push(arena, ret) = arena_vprintf(arena, format, args);
    va_end(args);
}

static const struct live_process *first_of(const struct container_view *view)
{
    return view->actual && view->actual->processes.count ? &view->actual->processes.items[0] : NULL;
}

static str joined(struct arena *arena, const struct str_list *names, size_t most, str separator)
{
    str text = {0};
    for (size_t i = 0; i < names->count && i < most; i++)
        text = i ? arena_join(arena, text, separator, names->items[i]) : names->items[i];
    return text;
}

static str listed(struct arena *arena, const struct str_list *names)
{
    str text = joined(arena, names, FEW, STR(", "));
    if (names->count > FEW)
        text = arena_printf(arena, "%.*s and %zu more", STR_ARG(text), names->count - FEW);
    return text;
}

/* "2 of 5 processes have no filter" */
static void say_count(struct arena *arena, struct str_list *ret, const struct container_view *view,
                      bool (*counts)(const struct live_process *process), const char *what)
{
    size_t count = 0;
    if (!view->actual)
        return;
    for (size_t i = 0; i < view->actual->processes.count; i++)
        count += counts(&view->actual->processes.items[i]);
    say(arena, ret, "%zu of %zu processes %s", count, view->actual->processes.count, what);
}

SEEN(namespaces)
{
    const struct live_process *first = first_of(view);
    for (unsigned n = 0; first && n < LIVE_NAMESPACES; n++) {
        str name = live_namespace_name((enum live_namespace)n);
        uint64_t host = view->live->namespaces[n];
        if (!host || !first->namespaces[n])
            say(arena, ret, "%.*s: not shown to you", STR_ARG(name));
        else
            say(arena, ret, "%.*s: %s", STR_ARG(name),
                host == first->namespaces[n] ? "the host's" : "its own");
    }
}

static str names_of(struct arena *arena, uint64_t bits)
{
    struct str_list names = {0};
    for (unsigned i = 0; i < CAPABILITY_COUNT; i++)
        if (bits >> i & 1)
            *vec_push(arena, &names) = capability_name(i);
    if (names.count == CAPABILITY_COUNT)
        return STR("all of them");
    return names.count ? joined(arena, &names, names.count, STR(" ")) : STR("none");
}

SEEN(capabilities)
{
    const struct live_process *first = first_of(view);
    if (!first)
        return;
    say(arena, ret, "The first process has now: %.*s", STR_ARG(names_of(arena, first->effective)));
    say(arena, ret, "Its programs can ever get: %.*s", STR_ARG(names_of(arena, first->bounding)));
    for (size_t i = 1; i < view->actual->processes.count; i++) {
        const struct live_process *process = &view->actual->processes.items[i];
        uint64_t more = process->effective & ~first->bounding;
        if (process->has_status && more)
            say(arena, ret, "%.*s (pid %u) has more: %.*s", STR_ARG(process->name), process->pid,
                STR_ARG(names_of(arena, more)));
    }
}

static str call_names(struct arena *arena, const struct live_calls *calls)
{
    struct str_list names = {0};
    for (size_t i = 0; i < calls->list.count; i++)
        if (calls->list.items[i].verdict == SECCOMP_ALLOWED && !calls->list.items[i].in_default)
            *vec_push(arena, &names) = calls->list.items[i].name;
    return listed(arena, &names);
}

static bool is_without_filter(const struct live_process *process)
{
    return process->filtered == ANSWER_NO;
}

SEEN(seccomp)
{
    say_count(arena, ret, view, is_without_filter, "have no filter");
    if (!view->calls)
        return;
    say(arena, ret, "Its filter has %zu instructions; it lets through %zu of %zu calls",
        view->calls->instructions, view->calls->counts[SECCOMP_ALLOWED], view->calls->list.count);
    str looser = call_names(arena, view->calls);
    if (looser.len)
        say(arena, ret, "Docker's default of today would refuse of these: %.*s", STR_ARG(looser));
}

static void say_limit(struct arena *arena, struct str_list *ret, const char *what, double unit,
                      const char *of, const struct live_limit *limit)
{
    if (!limit->is_known)
        say(arena, ret, "%s: cannot be seen", what);
    else if (limit->is_unlimited)
        say(arena, ret, "%s: no limit", what);
    else
        say(arena, ret, "%s: %.4g%s", what, (double)limit->value / unit, of);
}

SEEN(cgroups)
{
    if (view->host->cgroup)
        say(arena, ret, "This machine has control groups of version %u", view->host->cgroup);
    if (!view->actual)
        return;
    say_limit(arena, ret, "memory", 1024 * 1024, " MiB", &view->actual->memory);
    say_limit(arena, ret, "CPUs", 1000, "", &view->actual->cpus);
    say_limit(arena, ret, "processes", 1, "", &view->actual->pids);
}

SEEN(mounts)
{
    const struct workload_mount_list *mounts = &view->workload->mounts;
    if (view->actual)
        say(arena, ret, "It sees %zu mounts", view->actual->mounts.count);
    if (mounts->count == 0)
        say(arena, ret, "Nothing of the host is mounted on purpose");
    for (size_t i = 0; i < mounts->count && i < FEW; i++)
        say(arena, ret, "%.*s at %.*s, %s",
            STR_ARG(mounts->items[i].source.len ? mounts->items[i].source : mounts->items[i].type),
            STR_ARG(mounts->items[i].target),
            mounts->items[i].read_only ? "read-only" : "writable");
    if (mounts->count > FEW)
        say(arena, ret, "and %zu more", mounts->count - FEW);
}

static bool is_root(const struct live_process *process)
{
    return process->has_status && process->uid == 0;
}

SEEN(user)
{
    const struct live_process *first = first_of(view);
    say(arena, ret, "Its record says: user %.*s", STR_ARG(view->workload->user.value));
    say_count(arena, ret, view, is_root, "are root of the host");
    if (first && first->namespaces[NS_USER] && view->live->namespaces[NS_USER])
        say(arena, ret, "%s",
            first->namespaces[NS_USER] == view->live->namespaces[NS_USER]
                ? "It has no user namespace of its own"
                : "It has a user namespace of its own");
    if (first && first->groups.len)
        say(arena, ret, "Further groups of the first process: %.*s", STR_ARG(first->groups));
}

static bool can_gain_rights(const struct live_process *process)
{
    return process->no_new_privileges == ANSWER_NO;
}

SEEN(no_new_privileges)
{
    say_count(arena, ret, view, can_gain_rights, "can gain rights");
}

SEEN(label)
{
    const struct live_process *first = first_of(view);
    if (first && first->label.len)
        say(arena, ret, "The first process has the label %.*s", STR_ARG(first->label));
    else
        say(arena, ret,
            "The kernel shows no label: neither AppArmor nor SELinux is in use here, or "
            "you are not root");
}

SEEN(network)
{
    const struct workload *workload = view->workload;
    struct str_list names = {0};
    for (size_t i = 0; i < workload->networks.count; i++)
        *vec_push(arena, &names) = workload->networks.items[i].value;
    if (names.count)
        say(arena, ret, "It is on: %.*s", STR_ARG(listed(arena, &names)));
    else
        say(arena, ret, "Its network is: %.*s", STR_ARG(workload->network_mode.value));
    for (size_t i = 0; i < workload->ports.count; i++) {
        const struct workload_port *port = &workload->ports.items[i];
        if (port->published)
            say(arena, ret, "Port %u is open on %.*s, port %u", port->container_first,
                STR_ARG(port->host_ip.len ? port->host_ip : STR("every address")),
                port->host_first);
    }
}

SEEN(devices)
{
    if (view->workload->privileged.set && view->workload->privileged.value)
        say(arena, ret, "It is privileged: all of them");
    for (size_t i = 0; i < view->workload->devices.count && i < FEW; i++)
        say(arena, ret, "It was given %.*s", STR_ARG(view->workload->devices.items[i].source));
    if (view->actual && view->actual->knows_devices)
        say(arena, ret, "Its control group allows: %.*s",
            STR_ARG(listed(arena, &view->actual->devices)));
    else
        say(arena, ret, "What its control group allows cannot be seen here");
}

SEEN(changes)
{
    size_t counts[LIVE_CHANGE_KINDS] = {0}, programs = 0;
    say(arena, ret, "Its own files are %s",
        view->workload->read_only_root.set && view->workload->read_only_root.value ? "read-only"
                                                                                   : "writable");
    if (!view->actual || !view->actual->knows_changes) {
        say(arena, ret, "What it changed cannot be seen here");
        return;
    }
    for (size_t i = 0; i < view->actual->changes.count; i++) {
        counts[view->actual->changes.items[i].kind]++;
        programs += view->actual->changes.items[i].is_program;
    }
    say(arena, ret, "%zu files added, %zu changed, %zu deleted; %zu of them programs",
        counts[CHANGE_ADDED], counts[CHANGE_CHANGED], counts[CHANGE_DELETED], programs);
}

SEEN(secrets)
{
    struct str_list names = {0};
    for (size_t i = 0; i < view->workload->environment.count; i++) {
        const struct named_value *variable = &view->workload->environment.items[i];
        if (rule_is_secret_variable(variable->name, variable->value))
            *vec_push(arena, &names) = variable->name;
    }
    for (size_t i = 0; view->actual && i < view->actual->secrets.count; i++)
        if (view->actual->secrets.items[i].variable.len)
            *vec_push(arena, &names) = view->actual->secrets.items[i].variable;
    if (names.count)
        say(arena, ret, "Variables that hold secrets: %.*s", STR_ARG(listed(arena, &names)));
    else
        say(arena, ret, "No variable of its environment looks like a secret");
}
