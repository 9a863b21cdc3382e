// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/live/live.h"

#include "judge/rule/check.h"

str live_processes(struct rule_run *run, const struct container_view *view, live_test *test)
{
    struct str_list names = {0};
    for (size_t i = 0; i < view->actual->processes.count; i++) {
        const struct live_process *process = &view->actual->processes.items[i];
        if (process->has_status && test(view, process))
            *vec_push(run->arena, &names) =
                arena_printf(run->arena, "%.*s (pid %u)", STR_ARG(process->name), process->pid);
    }
    return names.count ? check_names(run, &names) : (str){0};
}

bool live_is_nested(const struct container_view *view, const struct live_process *process)
{
    uint64_t own = process->namespaces[NS_USER];
    uint64_t first = view->actual->processes.items[0].namespaces[NS_USER];
    for (size_t i = 0; i < view->actual->processes.count; i++)
        if (view->actual->processes.items[i].pid == view->container->pid)
            first = view->actual->processes.items[i].namespaces[NS_USER];
    return own && first && own != first && own != view->live->namespaces[NS_USER];
}

bool live_is_privileged(const struct container_view *view)
{
    return view->workload->privileged.set && view->workload->privileged.value;
}

bool live_has_option(str options, const char *option)
{
    str piece;
    while (str_next(&options, ',', &piece))
        if (str_eq(piece, str_from(option)))
            return true;
    return false;
}
