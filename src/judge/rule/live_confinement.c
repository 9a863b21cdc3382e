// SPDX-License-Identifier: Apache-2.0
#include "base/path.h"
#include "judge/rule/check.h"
#include "judge/rule/live/live.h"
#include "judge/rule/workload/workload.h"

/* Walls of a container that its record promises, and that the kernel does not have. */

static bool is_below(str folder, str path)
{
    return !str_eq(folder, path) && (str_eq(folder, STR("/")) || path_is_ancestor(folder, path));
}

/* --- namespaces ------------------------------------------------------------------------------- */

static bool is_recorded_as_shared(const struct container_view *view, enum live_namespace which)
{
    const struct workload *workload = view->workload;
    str ignored;
    switch (which) {
    case NS_IPC: return workload_text_is(&workload->ipc_mode, "host");
    case NS_NET: return workload_text_is(&workload->network_mode, "host");
    case NS_PID: return workload_text_is(&workload->pid_mode, "host");
    case NS_UTS: /* comes with the host's network where nothing else is said */
        return workload_text_is(&workload->uts_mode, "host") ||
               workload_text_is(&workload->network_mode, "host");
    case NS_MNT: return false;
    case NS_USER: /* shared, unless the engine remaps users */
        return workload_text_is(&workload->user_mode, "host") || live_is_privileged(view) ||
               !engine_security(view->engine, STR("userns"), STR("x"), &ignored);
    case NS_TIME: break;   /* clocks alone, and only recent engines make one */
    case NS_CGROUP: break; /* what it shows is of little use, and old engines share it */
    }
    return true;
}

static void shared_namespace(struct rule_run *run, const struct container_view *view)
{
    for (unsigned n = 0; n < LIVE_NAMESPACES; n++) {
        struct str_list names = {0};
        enum live_namespace which = (enum live_namespace)n;
        for (size_t i = 0; i < view->actual->processes.count; i++) {
            const struct live_process *process = &view->actual->processes.items[i];
            if (view->live->namespaces[n] && process->namespaces[n] == view->live->namespaces[n])
                *vec_push(run->arena, &names) =
                    arena_printf(run->arena, "%.*s (pid %u)", STR_ARG(process->name), process->pid);
        }
        if (names.count && !is_recorded_as_shared(view, which)) {
            struct finding *finding =
                live_found(run, view, "%.*s: is in the host's %.*s namespace",
                           STR_ARG(check_names(run, &names)), STR_ARG(live_namespace_name(which)));
            if (which == NS_MNT)
                finding->severity = SEVERITY_CRITICAL;
        }
    }
}

/* --- mounts ----------------------------------------------------------------------------------- */

static bool is_mounted_on_purpose(const struct workload *workload, str point)
{
    for (size_t i = 0; i < workload->mounts.count; i++)
        if (str_eq(workload->mounts.items[i].target, point))
            return true;
    return false;
}

/* Through these the kernel itself takes orders. */
static bool is_kernel_tree(str type)
{
    static const char *const types[] = {"proc",    "sysfs",   "cgroup",     "cgroup2", "devtmpfs",
                                        "debugfs", "tracefs", "securityfs", "configfs"};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (str_eq(type, str_from(types[i])))
            return true;
    return false;
}

static void writable_below(struct rule_run *run, const struct container_view *view)
{
    const struct workload *workload = view->workload;
    for (size_t i = 0; i < workload->mounts.count; i++) {
        const struct workload_mount *bind = &workload->mounts.items[i];
        struct str_list points = {0};
        bool kernel = false;
        if (bind->kind != MOUNT_BIND || !bind->read_only ||
            !rule_may(run, view->actual->mounts.count))
            continue;
        for (size_t m = 0; m < view->actual->mounts.count; m++) {
            const struct host_mount *mount = &view->actual->mounts.items[m];
            if (!is_below(bind->target, mount->point) || live_has_option(mount->options, "ro") ||
                is_mounted_on_purpose(workload, mount->point))
                continue;
            *vec_push(run->arena, &points) = mount->point;
            kernel |= is_kernel_tree(mount->type);
        }
        if (points.count == 0)
            continue;
        struct finding *finding =
            live_found(run, view, "%.*s is mounted read-only, but %.*s can be written",
                       STR_ARG(bind->target), STR_ARG(check_names(run, &points)));
        if (kernel)
            finding->severity = SEVERITY_CRITICAL;
    }
}

static bool is_recorded_shared(const struct workload *workload, str point)
{
    for (size_t i = 0; i < workload->mounts.count; i++) {
        const struct workload_mount *mount = &workload->mounts.items[i];
        if (str_contains(mount->propagation, STR("shared")) &&
            (str_eq(mount->target, point) || is_below(mount->target, point)))
            return true;
    }
    return false;
}

static void shared_mount(struct rule_run *run, const struct container_view *view)
{
    struct str_list points = {0};
    if (!rule_may(run, view->actual->mounts.count * (view->workload->mounts.count + 1)))
        return;
    for (size_t m = 0; m < view->actual->mounts.count; m++) {
        const struct host_mount *mount = &view->actual->mounts.items[m];
        if (mount->is_shared && !is_recorded_shared(view->workload, mount->point))
            *vec_push(run->arena, &points) = mount->point;
    }
    if (points.count)
        live_found(run, view, "%.*s", STR_ARG(check_names(run, &points)));
}

/* --- the engine's socket ---------------------------------------------------------------------- */

/* Where a path of the host is within its file system: the same as in a mountinfo's fourth field. */
static bool is_visible(struct arena *arena, const struct container_view *view, str path,
                       str *ret_point)
{
    const struct host_mount *on = host_mount_of(view->host, path);
    str below = path;
    if (!on || (!str_eq(on->point, STR("/")) && !str_skip(&below, on->point)))
        return false;
    str within = str_eq(on->root, STR("/")) ? below : arena_join(arena, on->root, (str){0}, below);
    for (size_t i = 0; i < view->actual->mounts.count; i++) {
        const struct host_mount *mount = &view->actual->mounts.items[i];
        *ret_point = mount->point;
        if (mount->major == on->major && mount->minor == on->minor &&
            (str_eq(mount->root, within) || is_below(mount->root, within)))
            return true;
    }
    return false;
}

static bool is_told(const struct rule_run *run, const struct container_view *view, const char *rule)
{
    const struct finding_list *findings = &run->report->findings;
    for (size_t i = findings->count; i-- > 0;)
        if (str_eq(findings->items[i].location.path, view->workload->path) &&
            str_eq(findings->items[i].id, str_from(rule)))
            return true;
    return false;
}

static void engine_socket(struct rule_run *run, const struct container_view *view)
{
    struct str_list sockets = {0};
    str address = view->engine->address, point = {0};
    if (str_skip(&address, STR("unix://")))
        *vec_push(run->arena, &sockets) = address;
    for (size_t i = 0; i < view->host->daemons.count; i++)
        for (size_t l = 0; l < view->host->daemons.items[i].listens.count; l++) {
            str listens = view->host->daemons.items[i].listens.items[l];
            if (str_skip(&listens, STR("unix://")))
                *vec_push(run->arena, &sockets) = listens;
        }
    if (host_process(view->host, STR("containerd")))
        *vec_push(run->arena, &sockets) = STR("/run/containerd/containerd.sock");
    /* Where the record names it, that is told already. */
    if (is_told(run, view, "container/engine-socket"))
        return;
    for (size_t i = 0; i < sockets.count; i++) {
        str path = sockets.items[i];
        if (str_starts(path, STR("/var/run/")))
            path = str_from_index(path, str_from("/var").len);
        if (!is_visible(run->arena, view, path, &point))
            continue;
        live_found(run, view, "%.*s of the host is within reach at %.*s", STR_ARG(path),
                   STR_ARG(point));
        return;
    }
}

/* --- masked paths and labels ------------------------------------------------------------------ */

static void unmasked(struct rule_run *run, const struct container_view *view)
{
    /* Which of these a kernel has differs; an engine covers all that are there. */
    static const char *const covered[] = {"/proc/kcore",      "/proc/keys", "/proc/timer_list",
                                          "/proc/acpi",       "/proc/scsi", "/sys/firmware",
                                          "/proc/sched_debug"};
    bool has_proc = false, has_sys = false, has_cover = false;
    if (live_is_privileged(view) ||
        (view->workload->unmasked.set && view->workload->unmasked.value))
        return;
    for (size_t i = 0; i < view->actual->mounts.count; i++) {
        const struct host_mount *mount = &view->actual->mounts.items[i];
        has_proc |= str_eq(mount->point, STR("/proc"));
        has_sys |= str_eq(mount->point, STR("/proc/sys")) && live_has_option(mount->options, "ro");
        for (size_t c = 0; c < sizeof(covered) / sizeof(covered[0]); c++)
            has_cover |= str_eq(mount->point, str_from(covered[c]));
    }
    if (!has_proc || (has_sys && has_cover))
        return;
    live_found(run, view, "%s%s%s", has_sys ? "" : "/proc/sys can be written",
               has_sys || has_cover ? "" : ", ",
               has_cover ? "" : "nothing is covered, such as /proc/kcore and /sys/firmware");
}

static bool is_unconfined(const struct container_view *view, const struct live_process *process)
{
    (void)view;
    return str_starts(process->label, STR("unconfined"));
}

static void apparmor_off(struct rule_run *run, const struct container_view *view)
{
    const struct set_text *recorded = &view->workload->apparmor;
    str names = live_processes(run, view, is_unconfined);
    if (names.len && recorded->set && recorded->value.len && !live_is_privileged(view) &&
        !str_eq(recorded->value, STR("unconfined")))
        live_found(run, view, "%.*s: is unconfined, the container's profile is %.*s",
                   STR_ARG(names), STR_ARG(recorded->value));
}

/* "system_u:system_r:spc_t:s0": types that SELinux lets do everything. */
static bool has_free_type(const struct container_view *view, const struct live_process *process)
{
    static const char *const types[] = {"spc_t", "unconfined_t", "unconfined_service_t",
                                        "container_runtime_t"};
    str label = process->label, piece = {0};
    (void)view;
    for (unsigned field = 0; field < 3; field++)
        if (!str_next(&label, ':', &piece))
            return false;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (str_eq(piece, str_from(types[i])))
            return true;
    return false;
}

static void selinux_off(struct rule_run *run, const struct container_view *view)
{
    const struct set_text_list *recorded = &view->workload->selinux;
    str names = live_processes(run, view, has_free_type);
    /* Engines write down "disable" themselves where another option takes the label off. */
    if (names.len && !live_is_privileged(view) && !workload_list_has(recorded, "disable") &&
        !workload_list_has(recorded, "type:spc_t"))
        live_found(run, view, "%.*s: has a type that SELinux does not confine", STR_ARG(names));
}

/* --- limits ----------------------------------------------------------------------------------- */

static void limit(struct rule_run *run, const struct container_view *view, const char *what,
                  const struct set_number *recorded, double unit, const struct live_limit *actual)
{
    const double slack = 1.01; /* the kernel rounds to pages and periods */
    if (!recorded->set || !(recorded->value > 0) || !actual->is_known)
        return;
    if (actual->is_unlimited)
        live_found(run, view, "%s: the record says %.*s, and %.*s has no limit", what,
                   STR_ARG(recorded->text), STR_ARG(actual->path));
    else if ((double)actual->value > recorded->value * unit * slack)
        live_found(run, view, "%s: the record says %.*s, and %.*s allows more", what,
                   STR_ARG(recorded->text), STR_ARG(actual->path));
}

/* Who raised one behind the engine's back; of programs that may raise their own, that is no news.
 */
static void ulimits(struct rule_run *run, const struct container_view *view,
                    const struct live_process *process)
{
    const uint64_t resource = UINT64_C(1) << 24; /* CAP_SYS_RESOURCE */
    for (size_t r = 0; r < view->workload->ulimits.count; r++)
        for (size_t i = 0; i < process->ulimits.count; i++) {
            const struct workload_ulimit *recorded = &view->workload->ulimits.items[r];
            const struct live_ulimit *actual = &process->ulimits.items[i];
            if (str_eq(recorded->name, actual->name) && recorded->hard >= 0 &&
                actual->hard > (uint64_t)recorded->hard && !(process->permitted & resource))
                live_found(run, view, "%.*s: the record says %lld, and %.*s (pid %u) may have more",
                           STR_ARG(recorded->name), (long long)recorded->hard,
                           STR_ARG(process->name), process->pid);
        }
}

/* The device's numbers are the host's business: that the rate is there at all tells enough. */
static void io_rates(struct rule_run *run, const struct container_view *view)
{
    static const char *const names[IO_KINDS] = {
        [IO_READ_BYTES] = "bytes read from",
        [IO_WRITE_BYTES] = "bytes written to",
        [IO_READS] = "reads from",
        [IO_WRITES] = "writes to",
    };
    for (size_t i = 0; i < view->workload->rates.count; i++) {
        const struct workload_rate *recorded = &view->workload->rates.items[i];
        const struct live_io *actual = &view->actual->io[recorded->kind];
        bool is_there = !actual->is_known || recorded->rate == 0;
        if (!rule_may(run, actual->rates.count))
            return;
        for (size_t r = 0; r < actual->rates.count && !is_there; r++)
            is_there = actual->rates.items[r] <= recorded->rate;
        if (!is_there)
            live_found(run, view,
                       "%s %.*s: the record says %llu a second, and %.*s has no such limit",
                       names[recorded->kind], STR_ARG(recorded->device),
                       (unsigned long long)recorded->rate, STR_ARG(actual->path));
    }
}

static void limits(struct rule_run *run, const struct container_view *view)
{
    for (size_t i = 0; i < view->actual->processes.count && view->workload->ulimits.count; i++)
        if (rule_may(run, view->workload->ulimits.count))
            ulimits(run, view, &view->actual->processes.items[i]);
    io_rates(run, view);
    limit(run, view, "memory with swap", &view->workload->memory_swap, 1,
          &view->actual->memory_and_swap);
    limit(run, view, "memory", &view->workload->memory, 1, &view->actual->memory);
    limit(run, view, "processes", &view->workload->pids, 1, &view->actual->pids);
    limit(run, view, "CPUs", &view->workload->cpus, 1000, &view->actual->cpus);
}

static const struct rule rules[] = {
    {
        .id = "live/shared-namespace",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "A process of the container is in a namespace of the host",
        .why = "Namespaces are what makes a container see only its own files, processes and "
               "network. The record says that this container has its own, the kernel says that a "
               "process of it is in the host's: through another container whose namespace it "
               "joined, or because somebody moved it.",
        .fix = "Find out how it got there (container: modes, nsenter), and make the container anew "
               "with namespaces of its own.",
        .bad = "docker run -d --name a --network host nginx:1.27.3\n"
               "docker run -d --name b --network container:a nginx:1.27.3\n",
        .good = "docker network create n\ndocker run -d --name a --network n nginx:1.27.3\n"
                "docker run -d --name b --network n nginx:1.27.3\n",
        .references = {"https://man7.org/linux/man-pages/man7/namespaces.7.html"},
        .container = shared_namespace,
    },
    {
        .id = "live/writable-below-read-only",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "A folder is mounted read-only, but file systems below it can be written",
        .why = "Read-only holds for the one file system that was named. Others that the host has "
               "mounted somewhere below come along, and stay writable with older engines and "
               "kernels. With a whole host mounted these are /proc and /sys, through which the "
               "kernel takes orders: then the container owns the host.",
        .fix = "Mount only the folder that is needed. For the whole tree: Docker 25 or later with "
               "Linux 5.12 or later, and --mount type=bind,...,readonly,bind-recursive=readonly.",
        .bad = "docker run -v /:/host:ro monitor:1\n",
        .good = "docker run -v /etc/os-release:/host/os-release:ro monitor:1\n",
        .container = writable_below,
    },
    {
        .id = "live/shared-mount",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "Mounts that are made in the container appear elsewhere too",
        .why = "A mount that is shared hands on what is mounted below it: to the host, or to other "
               "containers. The record does not ask for that.",
        .fix = "Make the container anew; where the host's mounts matter, ask for rslave.",
        .bad = "docker run -v /srv:/srv:rshared app:1\n",
        .good = "docker run -v /srv:/srv app:1\n",
        .container = shared_mount,
    },
    {
        .id = "live/engine-socket",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_CRITICAL,
        .title = "The engine's socket is within reach, though no mount names it",
        .why = "Whoever can talk to the engine can start a container that has the whole host. The "
               "record shows no mount of the socket, but a folder that holds it is mounted, or "
               "the socket has another name there. Read-only does not help: talking is not "
               "writing.",
        .fix = "Mount a narrower folder, one without sockets of engines.",
        .bad = "docker run -v /:/host:ro monitor:1\n",
        .good = "docker run -v /var/log:/var/log:ro monitor:1\n",
        .container = engine_socket,
    },
    {
        .id = "live/unmasked",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "Files of the kernel that engines hide are open in the container",
        .why = "Engines cover parts of /proc (the machine's memory, its keys) and make others "
               "read-only (settings of the kernel that all containers share). Here the covers are "
               "not there, though the record does not say that they were taken off.",
        .fix = "Make the container anew, with an engine that is up to date.",
        .bad = "docker run --security-opt systempaths=unconfined app:1\n",
        .good = "docker run app:1\n",
        .container = unmasked,
    },
    {
        .id = "live/apparmor-off",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "A process is not confined by AppArmor, though its container has a profile",
        .why = "AppArmor is the second wall: it forbids mounting and writing to the kernel's files "
               "even where the first one has a hole. This process is outside of it.",
        .fix = "End the process and enter without --privileged; make sure that the profile is "
               "loaded (aa-status), and start the container again.",
        .bad = "docker exec --privileged web sh\n",
        .good = "docker exec web sh\n",
        .container = apparmor_off,
    },
    {
        .id = "live/selinux-off",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "A process is not confined by SELinux, though nothing in the record asks for that",
        .why = "SELinux keeps a container from everything that is not labelled for it, also where "
               "another wall has a hole. A process with a type such as spc_t passes it as if it "
               "were not there.",
        .fix = "End the process and enter without --privileged; run containers with the type "
               "container_t.",
        .bad = "docker exec --privileged web sh\n",
        .good = "docker exec web sh\n",
        .references = {"https://man7.org/linux/man-pages/man8/selinux.8.html"},
        .container = selinux_off,
    },
    {
        .id = "live/limit-not-in-force",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "A limit of the container is not in force",
        .why = "The record has a limit, but the kernel's cgroup does not: it was raised behind the "
               "engine's back, or the kernel lacks what it takes (`docker info` warns of that). "
               "The container can use up what all others need.",
        .fix = "Set it again with `docker update`, and look at the warnings of `docker info`.",
        .bad = "docker run -d --name web -m 64m nginx:1.27.3\n"
               "echo -1 >/sys/fs/cgroup/memory/docker/ID/memory.limit_in_bytes\n",
        .good = "docker run -d --name web -m 64m nginx:1.27.3\n",
        .container = limits,
    },
};

const struct rule_family rule_live_confinement = {"live", rules, sizeof(rules) / sizeof(rules[0])};
