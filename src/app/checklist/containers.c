// SPDX-License-Identifier: Apache-2.0
#include "app/checklist/joined.h"

static str label_of(const struct workload *workload, str name)
{
    for (size_t i = 0; i < workload->labels.count; i++)
        if (str_eq(workload->labels.items[i].name, name))
            return workload->labels.items[i].value;
    return (str){0};
}

/* "docker:shop" and "shop:latest" are one. */
static str image_name(const char *target)
{
    str name = str_from(target);
    str_skip(&name, STR("docker:"));
    if (str_ends(name, STR(":latest")))
        name = str_sub(name, 0, name.len - STR(":latest").len);
    return name;
}

static bool runs_image(const struct joined *joined, const struct engine_container *container,
                       const struct workload *workload)
{
    for (size_t i = 0; i < joined->ids.count; i++)
        if (str_eq(joined->ids.items[i].id, container->image_id))
            return true;
    for (size_t i = 0; i < joined->report_count; i++)
        if (str_eq(joined->reports[i]->image.digest, container->image_id))
            return true;
    if (!workload->image.set)
        return false;
    str runs = workload->image.value;
    if (str_ends(runs, STR(":latest")))
        runs = str_sub(runs, 0, runs.len - STR(":latest").len);
    for (size_t i = 0; i < joined->image_count; i++)
        if (str_eq(image_name(joined->images[i]), runs))
            return true;
    return false;
}

/* A stopped container is of the past, unless it was asked for. */
static bool belongs(const struct joined *joined, const struct engine_container *container,
                    const struct workload *workload)
{
    if (joined->container.len)
        return str_eq(container->id, joined->container);
    if (!container->is_running)
        return false;
    if (joined->project && str_eq(label_of(workload, STR("com.docker.compose.project.working_dir")),
                                  joined->names.folder))
        return true;
    return runs_image(joined, container, workload);
}

/* Whether somebody chose how it is confined. */
static bool has_profile(const struct workload *workload)
{
    static const str common[] = {STR_INIT("unconfined"), STR_INIT("default"),
                                 STR_INIT("docker-default"), STR_INIT("builtin"), STR_INIT("")};
    const struct set_text *profiles[] = {&workload->seccomp, &workload->apparmor};
    for (size_t i = 0; i < 2; i++) {
        bool is_common = !profiles[i]->set;
        for (size_t j = 0; j < sizeof(common) / sizeof(common[0]); j++)
            is_common |= str_eq(profiles[i]->value, common[j]);
        if (!is_common)
            return true;
    }
    for (size_t i = 0; i < workload->selinux.count; i++)
        if (str_starts(workload->selinux.items[i].value, STR("type:")))
            return true;
    return false;
}

static void judge_one(struct joined *joined, const struct engine_facts *engine,
                      const struct engine_container *container)
{
    struct machine *machine = &joined->machine;
    struct arena *arena = &machine->arena;
    struct report *report = &joined->containers;
    const struct rule_settings rules = {.today = machine->today};
    struct rule_run run = {.arena = arena, .report = report, .settings = &rules};
    struct workload *record = arena_new(arena, struct workload);
    *record = engine->workloads.items[container->workload];
    record->path = arena_join(arena, STR("container"), STR(" "), container->name);
    const struct container_view view = {
        .host = &machine->host,
        .engine = engine,
        .container = container,
        .workload = record,
        .live = &joined->live,
        .actual = live_container(&joined->live, container->id),
    };
    rule_ask_workload(&run, record);
    if (view.actual)
        rule_ask_container(&run, &view);
    joined->container_count++;
    report->image.name = joined->container_count == 1
                             ? record->path
                             : arena_printf(arena, "%zu containers", joined->container_count);
    if (has_profile(record))
        joined->profile_count++;
    else if (joined->without_profile.len == 0)
        joined->without_profile = record->path;
}

void joined_judge_containers(struct joined *joined)
{
    struct machine *machine = &joined->machine;
    const struct policy policy = {.fail_on = SEVERITY_HIGH};
    host_read_live(machine->reader, &joined->live);
    for (size_t e = 0; e < machine->engines.count; e++) {
        const struct engine_facts *engine = &machine->engines.items[e];
        for (size_t i = 0; i < engine->containers.count; i++) {
            const struct engine_container *container = &engine->containers.items[i];
            if (belongs(joined, container, &engine->workloads.items[container->workload]))
                judge_one(joined, engine, container);
        }
    }
    policy_apply(&machine->arena, &policy, &joined->containers);
    report_sort(&machine->arena, &joined->containers);
}
