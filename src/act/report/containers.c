// SPDX-License-Identifier: Apache-2.0
#include "act/report/containers.h"

#include "model/live.h"

#include <string.h>

/* "EPERM"; a number where the C library has no name for it. */
static str error_name(unsigned error, char out[16])
{
    const char *name = strerrorname_np((int)error);
    if (name)
        return str_from(name);
    snprintf(out, 16, "%u", error);
    return str_from(out);
}

static void write_capabilities(struct writer *w, const char *key, uint64_t bits)
{
    writer_array(w, key);
    for (unsigned i = 0; i < CAPABILITY_COUNT; i++)
        if (bits >> i & 1)
            writer_string(w, NULL, capability_name(i));
    writer_end(w);
}

static void write_answer(struct writer *w, const char *key, enum answer answer)
{
    if (answer != ANSWER_UNKNOWN)
        writer_bool(w, key, answer == ANSWER_YES);
}

static void write_groups(struct writer *w, str groups)
{
    str word;
    uint64_t number;
    writer_array(w, "groups");
    while (str_next_word(&groups, &word))
        if (str_to_u64(word, UINT32_MAX, &number))
            writer_u64(w, NULL, number);
    writer_end(w);
}

static void write_process(struct writer *w, const struct live_process *process)
{
    writer_object(w, NULL);
    writer_u64(w, "pid", process->pid);
    if (process->parent)
        writer_u64(w, "parent", process->parent);
    writer_fact(w, "name", process->name);
    writer_fact(w, "executable", process->executable);
    writer_fact(w, "label", process->label);
    if (process->has_status) {
        writer_u64(w, "uid", process->uid);
        write_groups(w, process->groups);
        write_answer(w, "seccomp", process->filtered);
        write_answer(w, "no_new_privileges", process->no_new_privileges);
        writer_object(w, "capabilities");
        write_capabilities(w, "effective", process->effective);
        write_capabilities(w, "permitted", process->permitted);
        write_capabilities(w, "inheritable", process->inheritable);
        write_capabilities(w, "bounding", process->bounding);
        write_capabilities(w, "ambient", process->ambient);
        writer_end(w);
    }
    writer_end(w);
}

/* Of the first process: "own", or "host" where it shares that. */
static void write_namespaces(struct writer *w, const struct report_container *container)
{
    const struct live_process *first = &container->live->processes.items[0];
    writer_object(w, "namespaces");
    for (unsigned n = 0; n < LIVE_NAMESPACES; n++)
        if (first->namespaces[n] && container->host_namespaces[n])
            writer_string(w, live_namespace_name((enum live_namespace)n).ptr,
                          first->namespaces[n] == container->host_namespaces[n] ? STR("host")
                                                                                : STR("own"));
    writer_end(w);
}

static void write_limit(struct writer *w, const char *key, const struct live_limit *limit)
{
    if (limit->is_known && !limit->is_unlimited)
        writer_u64(w, key, limit->value);
    else if (limit->is_known)
        writer_string(w, key, STR("unlimited"));
}

static void write_limits(struct writer *w, const struct live_container *live)
{
    writer_object(w, "limits");
    write_limit(w, "memory", &live->memory);
    write_limit(w, "memory_and_swap", &live->memory_and_swap);
    write_limit(w, "processes", &live->pids);
    write_limit(w, "cpu_thousandths", &live->cpus);
    writer_end(w);
}

static void write_names(struct writer *w, const char *key, const struct live_calls *calls,
                        bool (*test)(const struct live_call *call))
{
    writer_array(w, key);
    for (size_t i = 0; i < calls->list.count; i++)
        if (test(&calls->list.items[i]))
            writer_string(w, NULL, calls->list.items[i].name);
    writer_end(w);
}

static bool is_allowed(const struct live_call *call)
{
    return call->verdict == SECCOMP_ALLOWED;
}
static bool is_asked(const struct live_call *call)
{
    return call->verdict == SECCOMP_ASKED;
}
static bool is_looser(const struct live_call *call)
{
    return call->verdict == SECCOMP_ALLOWED && !call->in_default;
}
static bool is_stricter(const struct live_call *call)
{
    return call->verdict != SECCOMP_ALLOWED && call->in_default;
}

static void write_refused(struct writer *w, const struct live_calls *calls)
{
    writer_array(w, "refused");
    for (size_t i = 0; i < calls->list.count; i++) {
        const struct live_call *call = &calls->list.items[i];
        char number[16];
        if (call->verdict != SECCOMP_REFUSED)
            continue;
        writer_object(w, NULL);
        writer_string(w, "name", call->name);
        if (call->error)
            writer_string(w, "error", error_name(call->error, number));
        writer_end(w);
    }
    writer_end(w);
}

static void write_calls(struct writer *w, const struct live_calls *calls)
{
    writer_object(w, "system_calls");
    writer_u64(w, "filters", calls->filters);
    writer_u64(w, "instructions", calls->instructions);
    write_names(w, "allowed", calls, is_allowed);
    write_names(w, "asked", calls, is_asked);
    write_refused(w, calls);
    write_names(w, "looser_than_default", calls, is_looser);
    write_names(w, "stricter_than_default", calls, is_stricter);
    writer_array(w, "only_32_bit");
    for (size_t i = 0; i < calls->only_32_bit.count; i++)
        writer_string(w, NULL, calls->only_32_bit.items[i]);
    writer_end(w);
    writer_end(w);
}

static void write_changes(struct writer *w, const struct live_container *live)
{
    writer_array(w, "changes");
    for (size_t i = 0; i < live->changes.count; i++) {
        const struct live_change *change = &live->changes.items[i];
        writer_object(w, NULL);
        writer_string(w, "path", change->path);
        writer_string(w, "change", live_change_name(change->kind));
        if (change->is_program)
            writer_bool(w, "program", true);
        writer_end(w);
    }
    writer_end(w);
}

static void write_live(struct writer *w, const struct report_container *container)
{
    const struct live_container *live = container->live;
    write_namespaces(w, container);
    write_limits(w, live);
    if (live->knows_devices) {
        writer_array(w, "devices");
        for (size_t i = 0; i < live->devices.count; i++)
            writer_string(w, NULL, live->devices.items[i]);
        writer_end(w);
    }
    writer_array(w, "processes");
    for (size_t i = 0; i < live->processes.count; i++)
        write_process(w, &live->processes.items[i]);
    writer_end(w);
    if (live->knows_changes)
        write_changes(w, live);
    if (container->calls)
        write_calls(w, container->calls);
}

void report_write_containers(struct writer *w, const struct report *report)
{
    if (report->containers.count == 0)
        return;
    writer_array(w, "containers");
    for (size_t i = 0; i < report->containers.count; i++) {
        const struct report_container *container = &report->containers.items[i];
        writer_object(w, NULL);
        writer_string(w, "name", container->name);
        writer_fact(w, "id", container->id);
        writer_fact(w, "image", container->image);
        writer_fact(w, "image_id", container->image_id);
        writer_bool(w, "running", container->is_running);
        if (container->live)
            write_live(w, container);
        writer_end(w);
    }
    writer_end(w);
}
