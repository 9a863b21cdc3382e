// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/check.h"
#include "judge/rule/live/live.h"
#include "judge/rule/workload/workload.h"

/* How things are mounted in a container that runs, against what its record says. */

/* What is seen at that place: of several mounts the last one hides the others. */
static const struct host_mount *mount_at(const struct container_view *view, str point)
{
    for (size_t i = view->actual->mounts.count; i-- > 0;)
        if (str_eq(view->actual->mounts.items[i].point, point))
            return &view->actual->mounts.items[i];
    return NULL;
}

static bool lacks(const struct container_view *view, str point, const char *option)
{
    const struct host_mount *mount = mount_at(view, point);
    return mount && !live_has_option(mount->options, option);
}

/* Options that take something away: those of the record must be there. */
static void compare_tmpfs(struct rule_run *run, const struct container_view *view,
                          const struct workload_mount *recorded)
{
    static const char *const options[] = {"ro", "noexec", "nosuid", "nodev"};
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        if (live_has_option(recorded->options, options[i]) &&
            lacks(view, recorded->target, options[i]))
            live_found(run, view, "%.*s is not %s, as its record says", STR_ARG(recorded->target),
                       options[i]);
}

/* A kernel of its own has the container's mounts, and the host sees those of its monitor. */
static bool has_own_kernel(const struct workload *workload)
{
    static const char *const marks[] = {"runsc", "gvisor", "kata"};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (str_contains(workload->runtime.value, str_from(marks[i])))
            return true;
    return false;
}

static void looser_mount(struct rule_run *run, const struct container_view *view)
{
    const struct workload *workload = view->workload;
    if (has_own_kernel(workload))
        return;
    if (workload->read_only_root.set && workload->read_only_root.value &&
        lacks(view, STR("/"), "ro"))
        live_found(run, view, "/ can be written, its record says read-only");
    for (size_t i = 0; i < workload->mounts.count; i++) {
        const struct workload_mount *recorded = &workload->mounts.items[i];
        if (!rule_may(run, view->actual->mounts.count))
            return;
        if (recorded->kind == MOUNT_TMPFS)
            compare_tmpfs(run, view, recorded);
        else if (recorded->read_only && lacks(view, recorded->target, "ro"))
            live_found(run, view, "%.*s can be written, its record says read-only",
                       STR_ARG(recorded->target));
    }
}

/* The processor's meters: engines cover them since late 2023. */
static void open_power_meter(struct rule_run *run, const struct container_view *view)
{
    static const char meters[] = "/sys/devices/virtual/powercap";
    const struct host_file *folder = host_file(view->host, str_from(meters));
    bool has_sys = false, is_covered = false;
    for (size_t i = 0; i < view->actual->mounts.count; i++) {
        str point = view->actual->mounts.items[i].point;
        has_sys |= str_eq(point, STR("/sys"));
        is_covered |= str_eq(point, str_from(meters));
    }
    if (folder && folder->kind == HOST_FILE_FOLDER && has_sys && !is_covered &&
        !live_is_privileged(view) &&
        !(view->workload->unmasked.set && view->workload->unmasked.value))
        live_found(run, view, "%s can be read", meters);
}

static const struct rule rules[] = {
    {
        .id = "live/looser-mount",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "Something is mounted with more rights than the record says",
        .why = "The record promises that a place cannot be written, or that no program can be "
               "started there. The kernel has it otherwise: it was mounted anew while the "
               "container ran, which takes the right to mount (SYS_ADMIN) or somebody on the host. "
               "Who gets in can stay there, and the next start hides the traces.",
        .fix = "Find out who mounted it anew, and make the container anew.",
        .bad = "docker run -d --name web --read-only nginx:1.27.3\n"
               "nsenter -m -t PID mount -o remount,rw /\n",
        .good = "docker run -d --name web --read-only nginx:1.27.3\n",
        .container = looser_mount,
    },
    {
        .id = "live/open-power-meter",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_LOW,
        .title = "The container can read how much power the processor uses",
        .why = "From the power that a processor uses, keys can be guessed with which other "
               "programs work. Engines of today cover these files of the kernel; this one does "
               "not.",
        .fix = "Bring the engine up to date (Docker 24.0.7 or newer), and make the container anew.",
        .bad = "docker run -d --name web nginx:1.27.3   # with an engine of 2022\n",
        .good = "docker run -d --name web nginx:1.27.3   # with an engine of today\n",
        .container = open_power_meter,
    },
};

const struct rule_family rule_live_mount = {"live", rules, sizeof(rules) / sizeof(rules[0])};
