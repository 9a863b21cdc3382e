// SPDX-License-Identifier: Apache-2.0
#include "act/fix/suggest.h"

#include "base/buf.h"
#include "base/limits.h"
#include "judge/rule/rule.h"

#include <math.h>

/* From a record to the container as it should be. */
struct plan {
    struct arena *arena;
    struct suggestion *to;
    struct workload *ret;
    const struct workload *record;
    const struct engine_image *image; /* NULL where it is not known */
};

str suggest_quote(struct arena *arena, str word)
{
    bool plain = word.len > 0, control = false;
    for (size_t i = 0; i < word.len; i++) {
        unsigned char c = (unsigned char)word.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        plain &= letter || str_find_char(STR("/._:=,@%+-"), (char)c) != STR_NONE;
        control |= c < ' ' || c >= 0x7f; /* C1 and odd UTF-8 too: terminals obey some */
    }
    if (plain)
        return word;
    BUF_SCOPED out = buf_make(word.len * 4 + 8);
    buf_add_str(&out, control ? STR("$'") : STR("'"));
    for (size_t i = 0; i < word.len; i++) {
        unsigned char c = (unsigned char)word.ptr[i];
        if (control && (c < ' ' || c >= 0x7f || c == '\'' || c == '\\'))
            buf_add_str(&out, arena_printf(arena, "\\%03o", c));
        else if (!control && c == '\'')
            buf_add_str(&out, STR("'\\''"));
        else
            buf_add_char(&out, (char)c);
    }
    buf_add_char(&out, '\'');
    return arena_str(arena, buf_str(&out));
}

/* Text of the record in a sentence: cut, and no byte that a terminal would obey. */
static str shown(struct arena *arena, str text)
{
    return suggest_quote(arena, str_sub(text, 0, LIMIT_CONFIG_NAME));
}

static void note(struct plan *plan, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void note(struct plan *plan, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    *vec_push(plan->arena, &plan->to->notes) = arena_vprintf(plan->arena, format, args);
    va_end(args);
}

static void leave_out(struct plan *plan, const char *what, str value)
{
    note(plan, "Left out: %s %.*s.", what, STR_ARG(shown(plan->arena, value)));
}

static struct set_text text_of(str value)
{
    return (struct set_text){.set = true, .value = value};
}

static struct set_flag flag_of(bool value)
{
    return (struct set_flag){.set = true, .value = value};
}

static struct set_number number_of(double value)
{
    return (struct set_number){.set = true, .value = value};
}

static void push(struct plan *plan, struct set_text_list *list, str value)
{
    *vec_push(plan->arena, list) = text_of(value);
}

static bool is_text(const struct set_text *text, const char *value)
{
    return text->set && str_eq(text->value, str_from(value));
}

static bool is_one_of(str word, const char *const *words)
{
    for (; *words; words++)
        if (str_eq(word, str_from(*words)))
            return true;
    return false;
}

static bool starts_like_one_of(str word, const char *const *words)
{
    for (; *words; words++)
        if (str_starts(word, str_from(*words)))
            return true;
    return false;
}

/* --- rights ----------------------------------------------------------------------------------- */

static void plan_user(struct plan *plan)
{
    static const char *const powerful[] = {"0",   "root", "docker", "disk", "sudo",
                                           "adm", "kvm",  "shadow", NULL};
    const struct workload *record = plan->record;
    str name = {0}, group = {0};
    str_cut(record->user.value, ':', &name, &group);
    if (name.len == 0 || str_eq(name, STR("0")) || str_eq(name, STR("root"))) {
        plan->ret->user = text_of(STR("10001:10001"));
        note(plan, "It ran as root: 10001 is a guess; files and volumes that it writes must belong "
                   "to that user.");
    } else {
        plan->ret->user = text_of(record->user.value);
    }
    for (size_t i = 0; i < record->groups.count; i++)
        if (is_one_of(record->groups.items[i].value, powerful))
            leave_out(plan, "the group", record->groups.items[i].value);
        else
            push(plan, &plan->ret->groups, record->groups.items[i].value);
}

static void plan_capabilities(struct plan *plan)
{
    /* Harmless enough to keep, where somebody asked for them. */
    static const char *const modest[] = {
        "CHOWN",  "DAC_OVERRIDE", "FOWNER",           "FSETID",   "KILL",
        "SETGID", "SETUID",       "NET_BIND_SERVICE", "SYS_NICE", NULL};
    const struct workload *record = plan->record;
    push(plan, &plan->ret->cap_drop, STR("ALL"));
    for (size_t i = 0; i < record->cap_add.count; i++)
        if (is_one_of(record->cap_add.items[i].value, modest))
            push(plan, &plan->ret->cap_add, record->cap_add.items[i].value);
        else
            leave_out(plan, "the capability", record->cap_add.items[i].value);
    if (record->privileged.set && record->privileged.value)
        note(plan, "Left out: --privileged. What then fails needs one capability or device, "
                   "hardly all.");
}

static void plan_confinement(struct plan *plan)
{
    const struct workload *record = plan->record;
    struct workload *ret = plan->ret;
    ret->no_new_privileges = flag_of(true);
    ret->read_only_root = flag_of(true);
    if (is_text(&record->seccomp, "unconfined"))
        note(plan, "Left out: seccomp=unconfined.");
    else if (is_text(&record->seccomp, "custom"))
        note(plan, "It had a seccomp profile of its own, whose file is not recorded: name it again "
                   "where it is stricter than the engine's.");
    else if (record->seccomp.set && record->seccomp.value.len &&
             !is_text(&record->seccomp, "default") && !is_text(&record->seccomp, "builtin"))
        ret->seccomp = record->seccomp;
    if (is_text(&record->apparmor, "unconfined"))
        note(plan, "Left out: apparmor=unconfined.");
    else if (record->apparmor.set && record->apparmor.value.len &&
             !is_text(&record->apparmor, "docker-default"))
        ret->apparmor = record->apparmor;
    for (size_t i = 0; i < record->selinux.count; i++)
        if (str_eq(record->selinux.items[i].value, STR("disable")) ||
            str_ends(record->selinux.items[i].value, STR("spc_t")))
            leave_out(plan, "the SELinux option", record->selinux.items[i].value);
        else
            push(plan, &ret->selinux, record->selinux.items[i].value);
    if (record->unmasked.set && record->unmasked.value)
        note(plan, "Left out: systempaths=unconfined.");
    if (record->runtime.set && !is_text(&record->runtime, "runc"))
        ret->runtime = record->runtime;
}

static void plan_modes(struct plan *plan)
{
    const struct workload *record = plan->record;
    const struct {
        const char *option;
        const struct set_text *mode;
    } modes[] = {
        {"--pid", &record->pid_mode},
        {"--ipc", &record->ipc_mode},
        {"--uts", &record->uts_mode},
        {"--userns", &record->user_mode},
    };
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
        if (is_text(modes[i].mode, "host") || is_text(modes[i].mode, "shareable") ||
            str_starts(modes[i].mode->value, STR("container:")))
            leave_out(plan, modes[i].option, modes[i].mode->value);
    if (is_text(&record->ipc_mode, "none"))
        plan->ret->ipc_mode = record->ipc_mode;
    if (is_text(&record->cgroup_mode, "host"))
        plan->ret->cgroup_mode = text_of(STR("private"));
    if (record->cgroup_parent.set)
        leave_out(plan, "--cgroup-parent", record->cgroup_parent.value);
}

/* Settings of the kernel that are the container's own, not the machine's. */
static void plan_sysctls(struct plan *plan)
{
    static const char *const own[] = {"net.",       "kernel.shm", "kernel.msg",
                                      "kernel.sem", "fs.mqueue.", NULL};
    for (size_t i = 0; i < plan->record->sysctls.count; i++)
        if (starts_like_one_of(plan->record->sysctls.items[i].name, own))
            *vec_push(plan->arena, &plan->ret->sysctls) = plan->record->sysctls.items[i];
        else
            leave_out(plan, "the kernel's setting", plan->record->sysctls.items[i].name);
}

/* --- limits ----------------------------------------------------------------------------------- */

static bool is_limited(const struct set_number *number)
{
    return number->set && number->value > 0;
}

static void plan_limits(struct plan *plan)
{
    const struct workload *record = plan->record;
    struct workload *ret = plan->ret;
    const double memory = 512.0 * 1024 * 1024;
    if (!is_limited(&record->memory) || !is_limited(&record->cpus) || !is_limited(&record->pids))
        note(plan, "Limits that it did not have are guesses: 512m of memory, 1 CPU, 200 "
                   "processes.");
    ret->memory = number_of(is_limited(&record->memory) ? record->memory.value : memory);
    ret->memory_swap = ret->memory;
    ret->cpus = number_of(is_limited(&record->cpus) ? record->cpus.value : 1);
    ret->pids = number_of(is_limited(&record->pids) ? record->pids.value : 200);
    if (is_limited(&record->memory_reservation) &&
        record->memory_reservation.value < ret->memory.value)
        ret->memory_reservation = record->memory_reservation;
    const double shared = 64.0 * 1024 * 1024; /* what everybody gets */
    if (is_limited(&record->shm_size) && fabs(record->shm_size.value - shared) > 0.5)
        ret->shm_size = record->shm_size;
    if (is_limited(&record->cpu_shares))
        ret->cpu_shares = record->cpu_shares;
    ret->cpuset = record->cpuset;
    ret->ulimits = record->ulimits;
    if (record->oom_kill_disable.set && record->oom_kill_disable.value)
        note(plan, "Left out: --oom-kill-disable.");
    if (record->oom_score.set && record->oom_score.value < 0)
        note(plan, "Left out: a negative --oom-score-adj.");
    else
        ret->oom_score = record->oom_score;
}

static void plan_life(struct plan *plan)
{
    const struct workload *record = plan->record;
    struct workload *ret = plan->ret;
    ret->log_driver = record->log_driver;
    ret->log_options = record->log_options;
    if (!record->log_driver.set || is_text(&record->log_driver, "json-file")) {
        ret->log_driver = (struct set_text){0};
        if (!named_value_find(&record->log_options, STR("max-size")))
            *vec_push(plan->arena, &ret->log_options) =
                (struct named_value){.name = STR("max-size"), .value = STR("10m")};
        if (!named_value_find(&record->log_options, STR("max-file")))
            *vec_push(plan->arena, &ret->log_options) =
                (struct named_value){.name = STR("max-file"), .value = STR("3")};
    }
    if (record->removed_after.set && record->removed_after.value) {
        ret->removed_after = flag_of(true);
    } else if (is_text(&record->restart, "always") || is_text(&record->restart, "unless-stopped") ||
               is_text(&record->restart, "on-failure")) {
        ret->restart = text_of(STR("on-failure"));
        ret->restart_limit =
            is_limited(&record->restart_limit) ? record->restart_limit : number_of(5);
    }
    if (record->healthcheck.set && !(plan->image && plan->image->has_healthcheck)) {
        ret->healthcheck = record->healthcheck;
        if (!record->healthcheck.disabled)
            note(plan, "Its health check is kept, with the engine's own times.");
    }
    if (record->stop_signal.set && !is_text(&record->stop_signal, "SIGTERM"))
        ret->stop_signal = record->stop_signal;
}

/* --- networks --------------------------------------------------------------------------------- */

static bool is_every_address(str address)
{
    return address.len == 0 || str_eq(address, STR("0.0.0.0")) || str_eq(address, STR("::"));
}

static void plan_ports(struct plan *plan)
{
    const struct workload_port_list *ports = &plan->record->ports;
    bool narrowed = false, any = false;
    for (size_t i = 0; i < ports->count; i++) {
        /* Engines name a port once for IPv4 and once for IPv6. */
        if (!ports->items[i].published || str_eq(ports->items[i].host_ip, STR("::")))
            continue;
        struct workload_port *port = vec_push(plan->arena, &plan->ret->ports);
        *port = ports->items[i];
        any = true;
        if (is_every_address(port->host_ip)) {
            narrowed = true;
            port->host_ip = STR("127.0.0.1");
        }
    }
    if (narrowed)
        note(plan, "Ports were open on every address: who is not on this machine needs a proxy, or "
                   "the one address in place of 127.0.0.1.");
    if (!any && plan->record->publish_all.set && plan->record->publish_all.value)
        note(plan, "Left out: --publish-all. Publish the ports that others need: "
                   "--publish 127.0.0.1:PORT:PORT.");
}

static void plan_network(struct plan *plan, str name)
{
    const struct workload *record = plan->record;
    str mode = record->network_mode.value;
    if (str_eq(mode, STR("none"))) {
        plan->ret->network_mode = text_of(mode);
        return;
    }
    if (str_eq(mode, STR("host")) || str_starts(mode, STR("container:"))) {
        note(plan,
             "Left out: --network %.*s. Publish the ports that others need: "
             "--publish 127.0.0.1:PORT:PORT.",
             STR_ARG(shown(plan->arena, mode)));
        mode = (str){0};
    }
    if (mode.len == 0 || str_eq(mode, STR("default")) || str_eq(mode, STR("bridge"))) {
        mode = plan->to->network = arena_join(plan->arena, name, STR("-"), STR("net"));
        note(plan, "It gets a network of its own; containers that it talks to must join it: "
                   "docker network connect.");
    }
    push(plan, &plan->ret->networks, mode);
    for (size_t i = 0; i < record->networks.count; i++)
        if (!str_eq(record->networks.items[i].value, mode) &&
            !str_eq(record->networks.items[i].value, STR("bridge")))
            push(plan, &plan->ret->networks, record->networks.items[i].value);
    for (size_t i = 0; i < record->links.count; i++)
        leave_out(plan, "the link (containers of one network find each other by name)",
                  record->links.items[i].value);
    plan->ret->dns = record->dns;
    plan->ret->extra_hosts = record->extra_hosts;
    /* Engines give the first twelve digits of its id where nobody asks. */
    if (record->hostname.set && record->hostname.value.len != 12)
        plan->ret->hostname = record->hostname;
    plan_ports(plan);
}

/* --- files ------------------------------------------------------------------------------------ */

/* The host itself, rather than somebody's data. */
static bool is_of_host(str source)
{
    static const char *const exact[] = {"/",     "/run",  "/var/run", "/var",
                                        "/home", "/root", "/usr",     NULL};
    static const char *const trees[] = {
        "/etc", "/proc", "/sys", "/dev", "/boot", "/lib", "/var/lib/docker", "/var/lib/containerd"};
    if (is_one_of(source, exact))
        return true;
    for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]); i++) {
        str rest = source;
        if (str_skip(&rest, str_from(trees[i])) && (rest.len == 0 || rest.ptr[0] == '/'))
            return true;
    }
    return str_ends(source, STR(".sock"));
}

static void plan_mount(struct plan *plan, const struct workload_mount *mount)
{
    struct arena *arena = plan->arena;
    if (mount->kind == MOUNT_BIND && is_of_host(mount->source)) {
        note(plan, "Left out: the host's %.*s at %.*s.", STR_ARG(shown(arena, mount->source)),
             STR_ARG(shown(arena, mount->target)));
        return;
    }
    if (mount->kind != MOUNT_TMPFS && mount->kind != MOUNT_BIND && mount->kind != MOUNT_VOLUME) {
        leave_out(plan, "a mount of another kind at", mount->target);
        return;
    }
    if (str_contains(mount->propagation, STR("shared")))
        leave_out(plan, "the propagation of mounts at", mount->target);
    struct workload_mount *kept = vec_push(arena, &plan->ret->mounts);
    *kept = *mount;
    if (mount->kind == MOUNT_TMPFS && !mount->options.len)
        kept->options = STR("rw,noexec,nosuid,nodev");
}

static void plan_mounts(struct plan *plan)
{
    const struct workload *record = plan->record;
    bool has_tmp = false;
    for (size_t i = 0; i < record->mounts.count; i++) {
        has_tmp |= str_eq(record->mounts.items[i].target, STR("/tmp"));
        plan_mount(plan, &record->mounts.items[i]);
    }
    if (!has_tmp)
        *vec_push(plan->arena, &plan->ret->mounts) =
            (struct workload_mount){.kind = MOUNT_TMPFS,
                                    .target = STR("/tmp"),
                                    .options = STR("rw,noexec,nosuid,nodev,size=64m")};
    note(plan, "Its own files are read-only: for other folders that it writes, add a volume or "
               "--tmpfs.");
    for (size_t i = 0; i < record->devices.count; i++)
        leave_out(plan, "the device", record->devices.items[i].source);
}

/* --- what it is told -------------------------------------------------------------------------- */

static bool has_item(const struct str_list *list, str item)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i], item))
            return true;
    return false;
}

static bool is_of_image(struct plan *plan, const struct str_list *list,
                        const struct named_value *value)
{
    return has_item(list, arena_join(plan->arena, value->name, STR("="), value->value));
}

static void plan_environment(struct plan *plan)
{
    const struct named_value_list *list = &plan->record->environment;
    for (size_t i = 0; i < list->count; i++) {
        if (plan->image && is_of_image(plan, &plan->image->env, &list->items[i]))
            continue;
        struct named_value *variable = vec_push(plan->arena, &plan->ret->environment);
        *variable = list->items[i];
        if (!rule_is_secret_variable(variable->name, variable->value))
            continue;
        variable->has_value = false;
        variable->value = (str){0};
        note(plan,
             "The value of %.*s is taken from your shell; a file below /run/secrets is better.",
             STR_ARG(shown(plan->arena, variable->name)));
    }
}

static void plan_labels(struct plan *plan)
{
    const struct named_value_list *list = &plan->record->labels;
    const struct named_value *project = named_value_find(list, STR("com.docker.compose.project"));
    for (size_t i = 0; i < list->count; i++) {
        const struct named_value *label = &list->items[i];
        if (str_starts(label->name, STR("com.docker.compose.")) ||
            (plan->image && is_of_image(plan, &plan->image->labels, label)))
            continue;
        *vec_push(plan->arena, &plan->ret->labels) = *label;
        if (rule_is_secret_variable(label->name, label->value)) {
            plan->ret->labels.count--;
            leave_out(plan, "the label, which looks secret:", label->name);
        }
    }
    if (project)
        note(plan,
             "It is of the compose project %.*s: change its file (--dialect compose shows "
             "how), and `docker compose up` makes it anew.",
             STR_ARG(shown(plan->arena, project->value)));
}

static void plan_program(struct plan *plan)
{
    const struct workload *record = plan->record;
    struct workload *ret = plan->ret;
    if (record->working_dir.set && !is_text(&record->working_dir, "/"))
        ret->working_dir = record->working_dir;
    ret->init = record->init;
    ret->tty = record->tty;
    ret->entrypoint = record->entrypoint;
    ret->command = record->command;
    ret->image = record->image;
}

void suggest_harden(struct arena *arena, const struct engine_facts *engine,
                    const struct engine_container *container, const struct workload *record,
                    struct suggestion *ret)
{
    *ret = (struct suggestion){.is_podman = engine->is_podman};
    struct plan plan = {
        .arena = arena,
        .to = ret,
        .ret = &ret->workload,
        .record = record,
        .image = engine_image_by_id(engine, container->image_id),
    };
    ret->workload.name = container->name;
    plan_user(&plan);
    plan_capabilities(&plan);
    plan_confinement(&plan);
    plan_modes(&plan);
    plan_sysctls(&plan);
    plan_limits(&plan);
    plan_life(&plan);
    plan_network(&plan, container->name);
    plan_mounts(&plan);
    plan_environment(&plan);
    plan_labels(&plan);
    plan_program(&plan);
}
