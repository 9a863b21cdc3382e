// SPDX-License-Identifier: Apache-2.0
#include "act/fix/fix.h"
#include "base/map.h"
#include "judge/audit/audit.h"

/* Whom a change of the daemon's settings disturbs while it runs. */
enum disturbed { NOBODY, DEFAULT_BRIDGE, PUBLISHERS };

/* Settings that remove a finding. An absent value takes the setting out. */
static const struct {
    const char *rule, *key, *value;
    enum disturbed disturbed;
    const char *how;  /* what happens to those */
    bool takes_value; /* as a flag: "--log-level debug" */
} settings[] = {
    {"daemon/open-default-bridge", "icc", "false", DEFAULT_BRIDGE,
     "can no longer talk to others of the default bridge", false},
    {"daemon/new-privileges", "no-new-privileges", "true", NOBODY, "", false},
    {"daemon/userland-proxy", "userland-proxy", "false", PUBLISHERS,
     "its ports are forwarded by the kernel after its next start", false},
    {"daemon/no-default-ulimits", "default-ulimits",
     "{ \"nofile\": { \"Name\": \"nofile\", \"Soft\": 1024, \"Hard\": 65536 } }", NOBODY, "",
     false},
    {"daemon/log-level", "debug", NULL, NOBODY, "", false},
    {"daemon/log-level", "log-level", NULL, NOBODY, "", true},
    {"daemon/experimental", "experimental", NULL, NOBODY, "", false},
    {"daemon/seccomp-default", "seccomp-profile", NULL, NOBODY, "", true},
    {"daemon/iptables-off", "iptables", NULL, NOBODY, "", false},
    {"daemon/iptables-off", "ip6tables", NULL, NOBODY, "", false},
    {"daemon/open-metrics", "metrics-addr", "\"127.0.0.1:9323\"", NOBODY, "", true},
    {"daemon/direct-routing", "allow-direct-routing", NULL, NOBODY, "", false},
    {"daemon/cgroup-parent", "cgroup-parent", NULL, NOBODY, "", true},
};
enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };

struct plan {
    struct arena *arena;
    const struct host *host;
    const struct engine_facts_list *engines;
    const struct report *report;
    struct host_step_list *steps;
};

static const struct finding *next_open(const struct plan *plan, str rule, size_t *index)
{
    while (*index < plan->report->findings.count) {
        const struct finding *finding = &plan->report->findings.items[(*index)++];
        if (finding->status == STATUS_OPEN && str_eq(finding->id, rule))
            return finding;
    }
    return NULL;
}

static bool is_open(const struct plan *plan, const char *rule)
{
    size_t index = 0;
    return next_open(plan, str_from(rule), &index) != NULL;
}

static void add_rule(struct plan *plan, struct host_step *step, const char *rule)
{
    for (size_t i = 0; i < step->rules.count; i++)
        if (str_eq(step->rules.items[i], str_from(rule)))
            return;
    *vec_push(plan->arena, &step->rules) = str_from(rule);
}

static str add_line(struct arena *arena, str text, str line)
{
    text = text.len ? arena_join(arena, text, STR("\n"), line) : line;
    return text;
}

/* --- commands that disturb nothing --- */

/* The exact commands stand in the findings. */
static void plan_commands(struct plan *plan, const char *rule, const char *title, const char *note)
{
    struct host_step step = {.title = str_from(title), .note = str_from(note)};
    size_t index = 0;
    for (const struct finding *finding; (finding = next_open(plan, str_from(rule), &index));)
        step.text = add_line(plan->arena, step.text, finding->remedy);
    if (!step.text.len)
        return;
    add_rule(plan, &step, rule);
    *vec_push(plan->arena, plan->steps) = step;
}

/* Many paths, one file and one command. */
static void plan_audit_rules(struct plan *plan)
{
    struct host_step step = {.title = STR("Add these lines to /etc/audit/rules.d/docker.rules"),
                             .then = STR("augenrules --load"),
                             .note = STR("auditd must be installed (apt-get install auditd).")};
    size_t index = 0;
    struct map seen = {0};
    bool fresh;
    for (const struct finding *finding;
         (finding = next_open(plan, STR("host/not-audited"), &index));) {
        map_put(plan->arena, &seen, finding->location.path, &fresh);
        if (fresh && finding->location.path.len)
            step.text = add_line(plan->arena, step.text,
                                 arena_printf(plan->arena, "-w %.*s -p wxa -k docker",
                                              STR_ARG(finding->location.path)));
    }
    if (!step.text.len)
        return;
    add_rule(plan, &step, "host/not-audited");
    *vec_push(plan->arena, plan->steps) = step;
}

/* sysctl.conf's form survives a restart. */
static void plan_sysctls(struct plan *plan)
{
    struct host_step step = {.title = STR("Write /etc/sysctl.d/60-harden.conf"),
                             .then = STR("sysctl --system")};
    size_t index = 0;
    const struct finding *finding = next_open(plan, STR("host/not-hardened"), &index);
    str rest = finding ? finding->remedy : (str){0}, word;
    while (str_next_word(&rest, &word))
        if (str_find_char(word, '=') != STR_NONE)
            step.text = add_line(plan->arena, step.text, word);
    if (!step.text.len)
        return;
    add_rule(plan, &step, "host/not-hardened");
    *vec_push(plan->arena, plan->steps) = step;
}

/* --- settings of the daemon --- */

static const struct engine_facts *engine_of(const struct plan *plan,
                                            const struct host_daemon *daemon)
{
    return audit_engine_of(plan->arena, plan->host, plan->engines, daemon);
}

static void add_disturbed(struct plan *plan, struct host_step *step, str name, const char *how)
{
    *vec_push(plan->arena, &step->disturbs) =
        arena_join(plan->arena, name, STR(": "), str_from(how));
}

static bool publishes(const struct workload *workload)
{
    for (size_t i = 0; i < workload->ports.count; i++)
        if (workload->ports.items[i].published)
            return true;
    return false;
}

static void name_disturbed(struct plan *plan, const struct host_daemon *daemon,
                           struct host_step *step, enum disturbed disturbed, const char *how)
{
    const struct engine_facts *engine = engine_of(plan, daemon);
    step->disturbs_unknown |= disturbed != NOBODY && !(engine && engine->knows_containers);
    for (size_t i = 0; engine && i < engine->containers.count; i++) {
        const struct engine_container *container = &engine->containers.items[i];
        bool hit = disturbed == DEFAULT_BRIDGE
                       ? container->default_bridge
                       : publishes(&engine->workloads.items[container->workload]);
        if (container->is_running && disturbed != NOBODY && hit)
            add_disturbed(plan, step, container->name, how);
    }
}

/* A restart of the daemon stops all containers, unless live-restore is in force. */
static void name_restarted(struct plan *plan, const struct host_daemon *daemon,
                           struct host_step *step, bool survives)
{
    const struct engine_facts *engine = engine_of(plan, daemon);
    step->disturbs_unknown |= !survives && !(engine && engine->knows_containers);
    for (size_t i = 0; !survives && engine && i < engine->containers.count; i++) {
        const struct engine_container *container = &engine->containers.items[i];
        str restart = engine->workloads.items[container->workload].restart.value;
        bool returns = str_eq(restart, STR("always")) || str_eq(restart, STR("unless-stopped"));
        if (container->is_running)
            add_disturbed(plan, step, container->name,
                          returns ? "stops, and comes back by its restart policy"
                                  : "stops, and must be started again by hand");
    }
}

/* What a flag sets cannot be set in the file too: the daemon would not start. */
static bool is_flag(const struct host_daemon *daemon, const char *key)
{
    const struct daemon_setting *setting = daemon_setting(daemon, str_from(key));
    return setting && setting->is_flag;
}

/* dockerd does not start with icc off and iptables off: the flag must go first. */
static bool is_refused(const struct host_daemon *daemon, const char *key)
{
    return str_eq(str_from(key), STR("icc")) && is_flag(daemon, "iptables") &&
           daemon_setting_is(daemon, STR("iptables"), STR("false"));
}

static void plan_patch(struct plan *plan, const struct host_daemon *daemon, str before, str after,
                       struct host_step *step)
{
    if (str_eq(before, after))
        return;
    step->title = arena_join(plan->arena, STR("Patch"), STR(" "), daemon->config_path);
    step->text = fix_diff(plan->arena, daemon->config_path, daemon->config_path, before, after);
    *vec_push(plan->arena, plan->steps) = *step;
}

/* A daemon with a settings file elsewhere is none that the distribution's service starts. */
static bool is_of_service(const struct host_daemon *daemon)
{
    return daemon->is_rootless || str_eq(daemon->config_path, STR("/etc/docker/daemon.json"));
}

static str reload_command(const struct plan *plan, const struct host_daemon *daemon)
{
    if (!is_of_service(daemon))
        return arena_printf(plan->arena, "kill -HUP %u", daemon->pid);
    return daemon->is_rootless ? STR("systemctl --user reload docker")
                               : STR("systemctl reload docker");
}

static str restart_command(const struct plan *plan, const struct host_daemon *daemon)
{
    if (!is_of_service(daemon))
        return arena_printf(plan->arena, "# restart dockerd (process %u) as it was started",
                            daemon->pid);
    return daemon->is_rootless ? STR("systemctl --user restart docker")
                               : STR("systemctl restart docker");
}

/* Before everything that needs a restart: the daemon takes it without one. */
static bool plan_live_restore(struct plan *plan, const struct host_daemon *daemon, str *text)
{
    struct host_step step = {
        .then = reload_command(plan, daemon),
        .note = STR("From here on containers go on while the daemon is restarted.")};
    str after = *text;
    if (!is_open(plan, "daemon/no-live-restore") || is_flag(daemon, "live-restore") ||
        !fix_json_member(plan->arena, *text, STR("live-restore"), STR("true"), &after))
        return false;
    add_rule(plan, &step, "daemon/no-live-restore");
    plan_patch(plan, daemon, *text, after, &step);
    *text = after;
    return true;
}

/* The addresses that daemon.json opens, without those on TCP; where none is left, the default. */
static bool close_tcp(struct plan *plan, const struct host_daemon *daemon, str text, str *ret)
{
    str list = {0};
    bool any = false;
    for (size_t i = 0; i < daemon->settings.count; i++) {
        const struct daemon_setting *setting = &daemon->settings.items[i];
        if (!str_eq(setting->name, STR("hosts")) || setting->is_flag)
            continue;
        if (str_starts(setting->value, STR("tcp:")))
            any = true;
        else
            list = arena_printf(plan->arena, "%.*s%s\"%.*s\"", STR_ARG(list), list.len ? ", " : "",
                                STR_ARG(setting->value));
    }
    if (list.len)
        list = arena_printf(plan->arena, "[%.*s]", STR_ARG(list));
    return any && is_open(plan, "daemon/tcp-without-tls") &&
           fix_json_member(plan->arena, text, STR("hosts"), list, ret);
}

static void plan_settings(struct plan *plan, const struct host_daemon *daemon, str text,
                          bool survives)
{
    struct host_step step = {.then = restart_command(plan, daemon)};
    str now = text;
    for (size_t i = 0; i < SETTINGS; i++) {
        str after;
        if (!is_open(plan, settings[i].rule) || is_flag(daemon, settings[i].key) ||
            is_refused(daemon, settings[i].key) ||
            !fix_json_member(plan->arena, now, str_from(settings[i].key),
                             str_from(settings[i].value), &after) ||
            str_eq(now, after))
            continue;
        now = after;
        add_rule(plan, &step, settings[i].rule);
        name_disturbed(plan, daemon, &step, settings[i].disturbed, settings[i].how);
    }
    str closed;
    if (close_tcp(plan, daemon, now, &closed)) {
        now = closed;
        add_rule(plan, &step, "daemon/tcp-without-tls");
    }
    name_restarted(plan, daemon, &step, survives);
    if (is_open(plan, "daemon/new-privileges"))
        step.note = STR("Limits and no-new-privileges hold for containers that are made from then "
                        "on; those that use sudo or ping as a user need security_opt "
                        "no-new-privileges:false.");
    plan_patch(plan, daemon, text, now, &step);
}

/* --- flags of the unit --- */

/* Whether the word is a flag that opens a TCP address; takes its value off *line where that is the
 * next word. */
static bool is_tcp_flag(str word, str *line)
{
    str next = *line, value;
    if (str_eq(word, STR("-H")) || str_eq(word, STR("--host"))) {
        if (!str_next_word(&next, &value) || !str_starts(value, STR("tcp:")))
            return false;
        *line = next;
        return true;
    }
    return (str_skip(&word, STR("--host=")) || str_skip(&word, STR("-H=")) ||
            str_skip(&word, STR("-H"))) &&
           str_starts(word, STR("tcp:"));
}

/* The setting with an open finding that the flag is of, or SETTINGS. */
static size_t wrong_flag(const struct plan *plan, str word)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        str rest = word;
        if (is_open(plan, settings[i].rule) && str_skip(&rest, STR("--")) &&
            str_skip(&rest, str_from(settings[i].key)) && (!rest.len || rest.ptr[0] == '='))
            return i;
    }
    return SETTINGS;
}

/* What stands in the place of such a flag: the right value, or nothing where that is the
 * default. */
static str right_flag(struct plan *plan, size_t setting)
{
    const char *value = settings[setting].value;
    if (!value)
        return (str){0};
    str text = str_from(value);
    if (str_skip(&text, STR("\"")))
        text = str_sub(text, 0, text.len - 1);
    return arena_printf(plan->arena, "--%s=%.*s", settings[setting].key, STR_ARG(text));
}

/* The command line without what is wrong; *ret_changed tells whether anything was. */
static str mend_command(struct plan *plan, str line, struct host_step *step, bool *ret_changed)
{
    str word, text = {0};
    bool close_tcp = is_open(plan, "daemon/tcp-without-tls");
    *ret_changed = false;
    while (str_next_word(&line, &word)) {
        size_t wrong = wrong_flag(plan, word);
        if (close_tcp && is_tcp_flag(word, &line)) {
            *ret_changed = true;
            add_rule(plan, step, "daemon/tcp-without-tls");
            continue;
        }
        if (wrong < SETTINGS) {
            str value;
            *ret_changed = true;
            add_rule(plan, step, settings[wrong].rule);
            if (settings[wrong].takes_value && str_find_char(word, '=') == STR_NONE)
                str_next_word(&line, &value);
            word = right_flag(plan, wrong);
        }
        if (word.len)
            text = text.len ? arena_join(plan->arena, text, STR(" "), word) : word;
    }
    return text;
}

static void plan_drop_in(struct plan *plan, const struct host_daemon *daemon, bool survives)
{
    const struct unit_line *line =
        host_unit_line(plan->host, STR("docker.service"), STR("ExecStart"));
    struct host_step step = {
        .title = STR("Write /etc/systemd/system/docker.service.d/harden.conf"),
        .then = arena_join(plan->arena, STR("systemctl daemon-reload"), STR(" && "),
                           restart_command(plan, daemon)),
        .note =
            STR("Flags of the command line are changed here: the same setting in daemon.json too "
                "would keep the daemon from starting.")};
    bool changed;
    if (!line || daemon->is_rootless)
        return;
    str command = mend_command(plan, line->value, &step, &changed);
    if (!changed)
        return;
    step.text =
        arena_join(plan->arena, STR("[Service]\nExecStart=\nExecStart="), (str){0}, command);
    name_restarted(plan, daemon, &step, survives);
    *vec_push(plan->arena, plan->steps) = step;
}

/* Sockets that systemd opens for the daemon. */
static void plan_socket(struct plan *plan, const struct host_daemon *daemon)
{
    const struct unit_line_list *lines = &plan->host->unit_lines;
    struct host_step step = {
        .title = STR("Write /etc/systemd/system/docker.socket.d/zz-harden.conf"),
        .text = STR("[Socket]\nListenStream="),
        .then = STR("systemctl daemon-reload && systemctl restart docker.socket docker.service"),
        .note = STR("The empty line forgets the addresses of the other files.")};
    bool wrong = false;
    if (!is_open(plan, "daemon/tcp-without-tls") || daemon->is_rootless)
        return;
    for (size_t i = 0; i < lines->count; i++) {
        const struct unit_line *line = &lines->items[i];
        if (!str_eq(line->unit, STR("docker.socket")) || !str_eq(line->key, STR("ListenStream")) ||
            !line->value.len)
            continue;
        if (line->value.ptr[0] == '/')
            step.text =
                add_line(plan->arena, step.text,
                         arena_join(plan->arena, STR("ListenStream="), (str){0}, line->value));
        else
            wrong = true;
    }
    if (!wrong)
        return;
    add_rule(plan, &step, "daemon/tcp-without-tls");
    *vec_push(plan->arena, plan->steps) = step;
}

/* --- upgrades --- */

static void plan_upgrades(struct plan *plan, bool survives)
{
    struct host_step step = {.title = STR("Upgrade what has repaired flaws")};
    struct str_list names = {0};
    for (size_t i = 0; i < plan->report->findings.count; i++) {
        const struct finding *finding = &plan->report->findings.items[i];
        const struct vulnerability *flaw = finding->vulnerability;
        if (finding->status != STATUS_OPEN || !flaw || flaw->fix_state != FIX_AVAILABLE)
            continue;
        *vec_push(plan->arena, &step.rules) = finding->id;
        bool known = false;
        for (size_t n = 0; n < names.count; n++)
            known |= str_eq(names.items[n], finding->remedy);
        if (known)
            continue;
        *vec_push(plan->arena, &names) = finding->remedy;
        str command = str_eq(flaw->type, STR("deb"))
                          ? arena_join(plan->arena,
                                       STR("apt-get update && apt-get install "
                                           "--only-upgrade"),
                                       STR(" "), flaw->package)
                          : arena_join(plan->arena, STR("# "), (str){0}, finding->remedy);
        step.text = add_line(plan->arena, step.text, command);
    }
    if (!step.text.len)
        return;
    for (size_t i = 0; i < plan->host->daemons.count; i++)
        name_restarted(plan, &plan->host->daemons.items[i], &step, survives);
    step.disturbs_unknown |= plan->host->daemons.count == 0;
    *vec_push(plan->arena, plan->steps) = step;
}

/* --- user namespaces: the largest change, and last --- */

static const char *conflict_of(const struct workload *workload)
{
    if (workload->privileged.set && workload->privileged.value)
        return "is privileged: needs --userns=host";
    if (str_eq(workload->network_mode.value, STR("host")))
        return "uses the host's network: needs --userns=host";
    if (str_eq(workload->pid_mode.value, STR("host")))
        return "sees the host's processes: needs --userns=host";
    for (size_t i = 0; i < workload->mounts.count; i++)
        if (workload->mounts.items[i].kind == MOUNT_BIND)
            return "mounts a folder of the host: its files must belong to the new user (chown)";
    return "has to be made again, and its volumes copied";
}

static void plan_user_namespaces(struct plan *plan, const struct host_daemon *daemon, str text)
{
    const struct engine_facts *engine = engine_of(plan, daemon);
    struct host_step step = {.then = restart_command(plan, daemon)};
    str after = text;
    if (!is_open(plan, "daemon/no-user-namespace") || is_flag(daemon, "userns-remap") ||
        (engine && engine->containerd_store) ||
        !fix_json_member(plan->arena, text, STR("userns-remap"), STR("\"default\""), &after))
        return;
    step.disturbs_unknown = !(engine && engine->knows_containers);
    step.note = arena_printf(
        plan->arena,
        "A change of its own, on a day with time: the engine starts with an empty store below its "
        "data folder. Images (%zu are known) must be pulled or loaded again; what was there is back "
        "when the setting is taken out. dockerd makes the user dockremap and its ranges in /etc/subuid.",
        engine ? engine->images.count : 0);
    for (size_t i = 0; engine && i < engine->containers.count; i++)
        add_disturbed(plan, &step, engine->containers.items[i].name,
                      conflict_of(&engine->workloads.items[engine->containers.items[i].workload]));
    add_rule(plan, &step, "daemon/no-user-namespace");
    plan_patch(plan, daemon, text, after, &step);
}

static str text_after_settings(struct plan *plan, const struct host_daemon *daemon, str text)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        str after;
        if (is_open(plan, settings[i].rule) && !is_flag(daemon, settings[i].key) &&
            !is_refused(daemon, settings[i].key) &&
            fix_json_member(plan->arena, text, str_from(settings[i].key),
                            str_from(settings[i].value), &after))
            text = after;
    }
    str closed;
    return close_tcp(plan, daemon, text, &closed) ? closed : text;
}

void fix_host_plan(struct arena *arena, const struct host *host,
                   const struct engine_facts_list *engines, const struct report *report,
                   struct host_step_list *ret)
{
    struct plan plan = {arena, host, engines, report, ret};
    plan_commands(&plan, "host/file-owner", "Give files back to their owner", "");
    plan_commands(&plan, "host/file-mode", "Close files to others", "");
    plan_audit_rules(&plan);
    plan_sysctls(&plan);
    bool all_survive = host->daemons.count > 0;
    for (size_t i = 0; i < host->daemons.count; i++) {
        const struct host_daemon *daemon = &host->daemons.items[i];
        const struct engine_facts *engine = engine_of(&plan, daemon);
        bool survives = engine && engine->live_restore == ANSWER_YES;
        str text = daemon->config_text;
        if (!daemon->config_error.len)
            survives |= plan_live_restore(&plan, daemon, &text);
        all_survive &= survives;
        if (daemon->config_error.len)
            continue;
        plan_settings(&plan, daemon, text, survives);
        plan_drop_in(&plan, daemon, survives);
        plan_socket(&plan, daemon);
    }
    plan_upgrades(&plan, all_survive);
    for (size_t i = 0; i < host->daemons.count; i++) {
        const struct host_daemon *daemon = &host->daemons.items[i];
        str text = daemon->config_text, after;
        if (is_open(&plan, "daemon/no-live-restore") &&
            fix_json_member(arena, text, STR("live-restore"), STR("true"), &after))
            text = after;
        if (!daemon->config_error.len)
            plan_user_namespaces(&plan, daemon, text_after_settings(&plan, daemon, text));
    }
}
