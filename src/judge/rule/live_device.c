// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/check.h"
#include "judge/rule/live/live.h"
#include "judge/rule/workload/workload.h"

/* Devices and priorities that the kernel grants, against what the record asked for. */

/* What engines let every container use, whatever it asks for (OCI runtime-spec, config-linux.md,
 * "Default Devices", and what runc adds). */
static bool is_ordinary(str device)
{
    static const char *const ordinary[] = {"b *:* m",   "c *:* m",   "c 1:3 rwm",   "c 1:5 rwm",
                                           "c 1:7 rwm", "c 1:8 rwm", "c 1:9 rwm",   "c 5:0 rwm",
                                           "c 5:1 rwm", "c 5:2 rwm", "c 136:* rwm", "c 10:200 rwm"};
    for (size_t i = 0; i < sizeof(ordinary) / sizeof(ordinary[0]); i++)
        if (str_eq(device, str_from(ordinary[i])))
            return true;
    return false;
}

static void device(struct rule_run *run, const struct container_view *view)
{
    struct str_list extra = {0};
    bool all = false;
    if (live_is_privileged(view))
        return;
    for (size_t i = 0; i < view->actual->devices.count; i++) {
        str item = view->actual->devices.items[i];
        bool every = str_starts(item, STR("a "));
        all |= every;
        /* Which numbers a recorded path stands for, only the host's /dev knows. */
        if (every || (!is_ordinary(item) && view->workload->devices.count == 0))
            *vec_push(run->arena, &extra) = item;
    }
    if (extra.count == 0)
        return;
    struct finding *finding =
        live_found(run, view, "%s%.*s", all ? "all devices of the host: " : "",
                   STR_ARG(check_names(run, &extra)));
    if (all)
        finding->severity = SEVERITY_CRITICAL;
}

static void oom_protection(struct rule_run *run, const struct container_view *view)
{
    struct str_list names = {0};
    bool recorded = view->workload->oom_score.set && view->workload->oom_score.value < 0;
    for (size_t i = 0; i < view->actual->processes.count; i++) {
        const struct live_process *process = &view->actual->processes.items[i];
        if (process->oom_score < 0)
            *vec_push(run->arena, &names) =
                arena_printf(run->arena, "%.*s (pid %u): %d", STR_ARG(process->name), process->pid,
                             process->oom_score);
    }
    if (names.count && !recorded)
        live_found(run, view, "%.*s", STR_ARG(check_names(run, &names)));
}

static const struct rule rules[] = {
    {
        .id = "live/extra-device",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "The container may use devices that its record does not name",
        .why = "Through a device a program talks to the kernel or to hardware: through a disk it "
               "has every file of the host. The kernel lets this container use more of them than "
               "engines grant, and nothing in its record asks for that.",
        .fix = "Find out who changed the cgroup, and make the container anew.",
        .bad = "echo 'b 8:* rwm' >/sys/fs/cgroup/devices/docker/ID/devices.allow\n",
        .good = "docker run -d --device /dev/ttyUSB0 app:1   # the one that it needs, on record\n",
        .container = device,
    },
    {
        .id = "live/oom-protection",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "A process of the container is spared when memory runs out",
        .why = "When memory is used up, the kernel ends the process with the highest score. With a "
               "negative one this process stays, and others must go: the engine, or the programs "
               "of the host. The record does not ask for that.",
        .fix = "Set it back (echo 0 >/proc/PID/oom_score_adj), and give the container a limit of "
               "memory.",
        .bad = "docker run -d --name web app:1\necho -900 >/proc/PID/oom_score_adj\n",
        .good = "docker run -d --name web -m 512m app:1\n",
        .container = oom_protection,
    },
};

const struct rule_family rule_live_device = {"live", rules, sizeof(rules) / sizeof(rules[0])};
