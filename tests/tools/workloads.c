// SPDX-License-Identifier: Apache-2.0
/*
 * workloads [--env FILE] FILE...   reads one compose project (or manifests, or command lines) and
 * prints every container, a field a line, sorted and without places: two files that mean the same
 * print the same. Lists are in order of their text. For tests/e2e/compose-agrees.sh.
 */
#include "base/fd.h"
#include "base/limits.h"
#include "read/config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lines VEC_BODY(str);

struct printer {
    struct arena *arena;
    struct lines lines;
    str name;
};

__attribute__((format(printf, 3, 4))) static void line(struct printer *to, const char *field,
                                                       const char *format, ...)
{
    va_list args;
    va_start(args, format);
    str value = arena_vprintf(to->arena, format, args);
    va_end(args);
    *vec_push(to->arena, &to->lines) =
        arena_printf(to->arena, "%.*s %s %.*s", STR_ARG(to->name), field, STR_ARG(value));
}

static void text(struct printer *to, const char *field, const struct set_text *value)
{
    if (value->set)
        line(to, field, "%.*s", STR_ARG(value->value));
}

static void flag(struct printer *to, const char *field, const struct set_flag *value)
{
    if (value->set && value->value) /* false is what it would be anyway */
        line(to, field, "true");
}

static void number(struct printer *to, const char *field, const struct set_number *value)
{
    if (value->set)
        line(to, field, "%.9g", value->value);
}

static void list(struct printer *to, const char *field, const struct set_text_list *values)
{
    for (size_t i = 0; i < values->count; i++)
        line(to, field, "%.*s", STR_ARG(values->items[i].value));
}

static void words(struct printer *to, const char *field, const struct set_text_list *values)
{
    for (size_t i = 0; i < values->count; i++)
        line(to, field, "%zu %.*s", i, STR_ARG(values->items[i].value));
}

static void named(struct printer *to, const char *field, const struct named_value_list *values)
{
    for (size_t i = 0; i < values->count; i++)
        line(to, field, "%.*s%s%.*s", STR_ARG(values->items[i].name),
             values->items[i].has_value ? "=" : "", STR_ARG(values->items[i].value));
}

static void mounts(struct printer *to, const struct workload *workload)
{
    for (size_t i = 0; i < workload->mounts.count; i++) {
        const struct workload_mount *mount = &workload->mounts.items[i];
        line(to, "mount", "%d %.*s -> %.*s%s %.*s", (int)mount->kind, STR_ARG(mount->source),
             STR_ARG(mount->target), mount->read_only ? " ro" : "", STR_ARG(mount->propagation));
    }
}

static void ports(struct printer *to, const struct workload *workload)
{
    for (size_t i = 0; i < workload->ports.count; i++) {
        const struct workload_port *port = &workload->ports.items[i];
        for (uint32_t at = 0; at <= port->container_last - port->container_first && at < 1000; at++)
            line(to, port->published ? "port" : "expose", "%.*s:%u:%u/%.*s", STR_ARG(port->host_ip),
                 port->host_first ? port->host_first + at : 0, port->container_first + at,
                 STR_ARG(port->protocol));
    }
}

static void limits(struct printer *to, const struct workload *workload)
{
    number(to, "memory", &workload->memory);
    number(to, "memory_swap", &workload->memory_swap);
    number(to, "memory_reservation", &workload->memory_reservation);
    number(to, "shm_size", &workload->shm_size);
    number(to, "cpus", &workload->cpus);
    number(to, "cpu_shares", &workload->cpu_shares);
    number(to, "pids", &workload->pids);
    number(to, "oom_score", &workload->oom_score);
    flag(to, "oom_kill_disable", &workload->oom_kill_disable);
    for (size_t i = 0; i < workload->ulimits.count; i++)
        line(to, "ulimit", "%.*s %lld:%lld", STR_ARG(workload->ulimits.items[i].name),
             (long long)workload->ulimits.items[i].soft,
             (long long)workload->ulimits.items[i].hard);
    text(to, "restart", &workload->restart);
    number(to, "restart_limit", &workload->restart_limit);
    if (workload->healthcheck.set)
        line(to, "healthcheck", "%s%.*s", workload->healthcheck.disabled ? "off " : "",
             STR_ARG(workload->healthcheck.test));
}

static void rights(struct printer *to, const struct workload *workload)
{
    text(to, "user", &workload->user);
    list(to, "group", &workload->groups);
    flag(to, "privileged", &workload->privileged);
    list(to, "cap_add", &workload->cap_add);
    list(to, "cap_drop", &workload->cap_drop);
    flag(to, "no_new_privileges", &workload->no_new_privileges);
    text(to, "seccomp", &workload->seccomp);
    text(to, "apparmor", &workload->apparmor);
    list(to, "selinux", &workload->selinux);
    flag(to, "read_only", &workload->read_only_root);
    text(to, "network_mode", &workload->network_mode);
    text(to, "pid", &workload->pid_mode);
    text(to, "ipc", &workload->ipc_mode);
    text(to, "userns", &workload->user_mode);
    text(to, "cgroup_parent", &workload->cgroup_parent);
    named(to, "sysctl", &workload->sysctls);
    for (size_t i = 0; i < workload->devices.count; i++)
        line(to, "device", "%.*s:%.*s:%.*s", STR_ARG(workload->devices.items[i].source),
             STR_ARG(workload->devices.items[i].target),
             STR_ARG(workload->devices.items[i].permissions));
}

static int compare(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

static void print(struct arena *arena, const struct workload *workload)
{
    struct printer to = {.arena = arena, .name = workload->name};
    text(&to, "image", &workload->image);
    words(&to, "command", &workload->command);
    words(&to, "entrypoint", &workload->entrypoint);
    text(&to, "build", &workload->build.context);
    text(&to, "dockerfile", &workload->build.dockerfile);
    text(&to, "target", &workload->build.target);
    named(&to, "arg", &workload->build.args);
    named(&to, "environment", &workload->environment);
    named(&to, "label", &workload->labels);
    list(&to, "network", &workload->networks);
    list(&to, "secret", &workload->secrets);
    text(&to, "log_driver", &workload->log_driver);
    named(&to, "log_option", &workload->log_options);
    mounts(&to, workload);
    ports(&to, workload);
    limits(&to, workload);
    rights(&to, workload);
    if (to.lines.count)
        qsort(to.lines.items, to.lines.count, sizeof(str), compare);
    for (size_t i = 0; i < to.lines.count; i++)
        printf("%.*s\n", STR_ARG(to.lines.items[i]));
}

static int load(void *context, struct arena *arena, str path, str *ret_text, struct err *err)
{
    (void)context;
    return fd_read_file(arena, arena_cstr(arena, path), LIMIT_CONFIG_FILE, ret_text, err);
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const struct workload *)a)->name, ((const struct workload *)b)->name);
}

int main(int argc, char **argv)
{
    ARENA_SCOPED arena = {0};
    struct named_value_list variables = {0};
    struct config_text *texts = arena_array(&arena, struct config_text, (size_t)argc + 1);
    const struct config_loader loader = {.load = load};
    const struct config_options options = {.variables = &variables, .loader = &loader};
    struct workload_file file;
    enum workload_dialect dialect;
    struct err err = {0};
    size_t count = 0;
    str env;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--env") == 0 && i + 1 < argc) {
            if (load(NULL, &arena, str_from(argv[++i]), &env, &err) == 0)
                config_read_variables(&arena, str_from(argv[i]), env, &variables);
            continue;
        }
        texts[count].path = str_from(argv[i]);
        if (load(NULL, &arena, texts[count].path, &texts[count].text, &err) < 0) {
            fprintf(stderr, "%s: %s\n", argv[i], err.message);
            return 2;
        }
        count++;
    }
    if (count == 0 || !config_detect(texts[0].path, texts[0].text, &dialect))
        return 2;
    config_read(&arena, dialect, texts, count, &options, &file);
    if (file.workloads.count)
        qsort(file.workloads.items, file.workloads.count, sizeof(struct workload), by_name);
    for (size_t i = 0; i < file.workloads.count; i++)
        print(&arena, &file.workloads.items[i]);
    for (size_t i = 0; i < file.problems.count; i++)
        fprintf(stderr, "%.*s:%u: %.*s\n", STR_ARG(file.problems.items[i].place.path),
                file.problems.items[i].place.line, STR_ARG(file.problems.items[i].message));
    return 0;
}
