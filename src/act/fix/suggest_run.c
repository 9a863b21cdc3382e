// SPDX-License-Identifier: Apache-2.0
#include "act/fix/suggest.h"

/* The container as it should be, as a command line. */

struct line {
    struct arena *arena;
    str text;
};

/* "--option word"; without an option the word alone, and without a word the option alone. */
static void add(struct line *line, const char *option, str value)
{
    str words = value.len || !*option ? suggest_quote(line->arena, value) : (str){0};
    line->text =
        arena_printf(line->arena, "%.*s%s%s%s%.*s", STR_ARG(line->text), line->text.len ? " " : "",
                     option, *option && words.len ? " " : "", STR_ARG(words));
}

static void add_text(struct line *line, const char *option, const struct set_text *text)
{
    if (text->set)
        add(line, option, text->value);
}

static void add_list(struct line *line, const char *option, const struct set_text_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        add(line, option, list->items[i].value);
}

static void add_number(struct line *line, const char *option, const struct set_number *number)
{
    if (number->set)
        add(line, option, arena_printf(line->arena, "%.0f", number->value));
}

static void add_flag(struct line *line, const char *option, const struct set_flag *flag)
{
    if (flag->set && flag->value)
        add(line, option, (str){0});
}

static void add_named(struct line *line, const char *option, const struct named_value_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct named_value *item = &list->items[i];
        bool bare = !item->has_value && !item->value.len; /* taken from the shell */
        add(line, option,
            bare ? item->name : arena_join(line->arena, item->name, STR("="), item->value));
    }
}

static void add_option(struct line *line, const char *name, str value)
{
    add(line, "--security-opt", arena_join(line->arena, str_from(name), STR("="), value));
}

static void add_rights(struct line *line, const struct workload *workload)
{
    add_text(line, "--user", &workload->user);
    add_list(line, "--group-add", &workload->groups);
    add_list(line, "--cap-drop", &workload->cap_drop);
    add_list(line, "--cap-add", &workload->cap_add);
    add(line, "--security-opt", STR("no-new-privileges"));
    if (workload->seccomp.set)
        add_option(line, "seccomp", workload->seccomp.value);
    if (workload->apparmor.set)
        add_option(line, "apparmor", workload->apparmor.value);
    for (size_t i = 0; i < workload->selinux.count; i++)
        add_option(line, "label", workload->selinux.items[i].value);
    add_flag(line, "--read-only", &workload->read_only_root);
    add_text(line, "--runtime", &workload->runtime);
    add_text(line, "--ipc", &workload->ipc_mode);
    add_text(line, "--cgroupns", &workload->cgroup_mode);
    add_named(line, "--sysctl", &workload->sysctls);
}

static void add_limits(struct line *line, const struct workload *workload)
{
    add_number(line, "--memory", &workload->memory);
    add_number(line, "--memory-swap", &workload->memory_swap);
    add_number(line, "--memory-reservation", &workload->memory_reservation);
    add(line, "--cpus", arena_printf(line->arena, "%.3g", workload->cpus.value));
    add_number(line, "--cpu-shares", &workload->cpu_shares);
    add_text(line, "--cpuset-cpus", &workload->cpuset);
    add_number(line, "--pids-limit", &workload->pids);
    add_number(line, "--shm-size", &workload->shm_size);
    add_number(line, "--oom-score-adj", &workload->oom_score);
    for (size_t i = 0; i < workload->ulimits.count; i++) {
        const struct workload_ulimit *limit = &workload->ulimits.items[i];
        add(line, "--ulimit",
            arena_printf(line->arena, "%.*s=%lld:%lld", STR_ARG(limit->name),
                         (long long)limit->soft, (long long)limit->hard));
    }
    add_text(line, "--log-driver", &workload->log_driver);
    add_named(line, "--log-opt", &workload->log_options);
    add_flag(line, "--rm", &workload->removed_after);
    if (workload->restart.set)
        add(line, "--restart",
            arena_printf(line->arena, "on-failure:%.0f", workload->restart_limit.value));
    if (workload->healthcheck.disabled)
        add(line, "--no-healthcheck", (str){0});
    else if (workload->healthcheck.set)
        add(line, "--health-cmd", workload->healthcheck.test);
    add_text(line, "--stop-signal", &workload->stop_signal);
}

static void add_network(struct line *line, const struct workload *workload)
{
    add_text(line, "--network", &workload->network_mode);
    if (workload->networks.count)
        add(line, "--network", workload->networks.items[0].value);
    for (size_t i = 0; i < workload->ports.count; i++) {
        const struct workload_port *port = &workload->ports.items[i];
        str host_port =
            port->host_first ? arena_printf(line->arena, "%u", port->host_first) : (str){0};
        add(line, "--publish",
            arena_printf(line->arena, "%.*s:%.*s:%u/%.*s", STR_ARG(port->host_ip),
                         STR_ARG(host_port), port->container_first, STR_ARG(port->protocol)));
    }
    add_text(line, "--hostname", &workload->hostname);
    add_list(line, "--dns", &workload->dns);
    add_list(line, "--add-host", &workload->extra_hosts);
}

static void add_mounts(struct line *line, const struct workload *workload)
{
    for (size_t i = 0; i < workload->mounts.count; i++) {
        const struct workload_mount *mount = &workload->mounts.items[i];
        if (mount->kind == MOUNT_TMPFS)
            add(line, "--tmpfs", arena_join(line->arena, mount->target, STR(":"), mount->options));
        else
            add(line, "--volume",
                arena_printf(line->arena, "%.*s:%.*s%s", STR_ARG(mount->source),
                             STR_ARG(mount->target), mount->read_only ? ":ro" : ""));
    }
}

static void add_program(struct line *line, const struct workload *workload)
{
    add_text(line, "--workdir", &workload->working_dir);
    add_flag(line, "--init", &workload->init);
    add_flag(line, "--tty", &workload->tty);
    if (workload->entrypoint.count)
        add(line, "--entrypoint", workload->entrypoint.items[0].value);
    add(line, "", workload->image.value);
    for (size_t i = 1; i < workload->entrypoint.count; i++)
        add(line, "", workload->entrypoint.items[i].value);
    add_list(line, "", &workload->command);
}

struct str_list suggest_run(struct arena *arena, const struct suggestion *suggestion)
{
    const struct workload *workload = &suggestion->workload;
    const char *program = suggestion->is_podman ? "podman" : "docker";
    struct str_list commands = {0};
    struct line line = {.arena = arena};
    if (suggestion->network.len)
        *vec_push(arena, &commands) =
            arena_printf(arena, "%s network create %.*s", program,
                         STR_ARG(suggest_quote(arena, suggestion->network)));
    add(&line, suggestion->is_podman ? "podman run --detach" : "docker run --detach", (str){0});
    add(&line, "--name", workload->name);
    add_rights(&line, workload);
    add_limits(&line, workload);
    add_network(&line, workload);
    add_mounts(&line, workload);
    add_named(&line, "--label", &workload->labels);
    add_named(&line, "--env", &workload->environment);
    add_program(&line, workload);
    *vec_push(arena, &commands) = line.text;
    for (size_t i = 1; i < workload->networks.count; i++)
        *vec_push(arena, &commands) =
            arena_printf(arena, "%s network connect %.*s %.*s", program,
                         STR_ARG(suggest_quote(arena, workload->networks.items[i].value)),
                         STR_ARG(suggest_quote(arena, workload->name)));
    return commands;
}
