// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "base/map.h"
#include "judge/rule/rule.h"
#include "model/workload.h"

static void report_problem(struct rule_run *run, const struct workload_problem *problem)
{
    const struct place *place = &problem->place;
    struct location location = {
        .path = place->path,
        .line = place->line,
        .column = place->column,
        .end_line = place->end_line,
        .end_column = place->end_column,
    };
    run->rule =
        rule_by_id(problem->lost ? STR("container/unreadable") : STR("container/invalid-setting"));
    INVARIANT(run->rule);
    if (rule_is_wanted(run->settings, run->rule))
        rule_found_at(run, location, "%.*s", STR_ARG(problem->message));
    if (problem->lost)
        report_add_gap(run->arena, run->report, place->path,
                       place->line ? arena_printf(run->arena, "line %u: %.*s", place->line,
                                                  STR_ARG(problem->message))
                                   : problem->message);
}

void rule_ask_workload(struct rule_run *run, const struct workload *workload)
{
    for (const struct rule_family *const *at = rule_families(); *at; at++)
        for (size_t i = 0; i < (*at)->count; i++) {
            run->rule = &(*at)->rules[i];
            if (run->rule->workload && rule_is_wanted(run->settings, run->rule))
                run->rule->workload(run, workload);
        }
}

void rule_ask_workloads(struct rule_run *run, const struct workload_file *file)
{
    struct map seen = {0};
    run->seen = &seen;
    run->report->part_count += file->workloads.count;
    for (size_t i = 0; i < file->problems.count; i++)
        report_problem(run, &file->problems.items[i]);
    for (size_t i = 0; i < file->workloads.count; i++)
        rule_ask_workload(run, &file->workloads.items[i]);
    run->seen = NULL;
}

void rule_ask_container(struct rule_run *run, const struct container_view *container)
{
    for (const struct rule_family *const *at = rule_families(); *at; at++)
        for (size_t i = 0; i < (*at)->count; i++) {
            run->rule = &(*at)->rules[i];
            if (run->rule->container && rule_is_wanted(run->settings, run->rule))
                run->rule->container(run, container);
        }
}
