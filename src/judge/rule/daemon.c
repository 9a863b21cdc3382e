// SPDX-License-Identifier: Apache-2.0
/* How the Docker daemon is set up (section 2 of the CIS Docker Benchmark).
 * The answer of the engine counts first; files and the command line where it does not say. */
#include "judge/rule/check.h"

/* Podman runs no daemon: most settings have no counterpart. True where that was the answer. */
static bool skip_podman(struct rule_run *run, const struct host_view *view)
{
    if (!view->engine || !view->engine->is_podman)
        return false;
    check_skip(run, view, "Podman runs no daemon, and has no such setting");
    return true;
}

/* Answers from one setting: fails where it has the bad value, or where it is absent and the
 * default is bad. */
static void ask_switch(struct rule_run *run, const struct host_view *view, const char *name,
                       const char *good, bool default_is_good, const char *remedy)
{
    const struct daemon_setting *setting = daemon_setting(view->daemon, str_from(name));
    if (!view->daemon) {
        check_unknown(run, view, "the engine does not say, and its settings are not on this host");
        return;
    }
    if (setting) {
        str said = check_setting(run, setting);
        if (str_eq(setting->value, str_from(good)))
            check_pass(run, view, "%.*s", STR_ARG(said));
        else
            check_fail(run, view, str_from(remedy), "%.*s", STR_ARG(said));
        check_at(view, setting->place);
    } else if (default_is_good) {
        check_pass(run, view, "\"%s\" is not set; the default is right", name);
    } else {
        check_fail(run, view, str_from(remedy), "\"%s\" is not set in %.*s; the default is not %s",
                   name, STR_ARG(view->daemon->config_path), good);
        check_at(view, (struct place){.path = view->daemon->config_path});
    }
}

static void runs_as_root(struct rule_run *run, const struct host_view *view)
{
    bool rootless =
        (view->engine && view->engine->is_rootless) || (view->daemon && view->daemon->is_rootless);
    if (rootless)
        check_pass(run, view, "the engine runs rootless");
    else if (view->daemon && view->daemon->pid)
        check_fail(run, view, (str){0}, "dockerd (process %u) runs as user %u", view->daemon->pid,
                   view->daemon->uid);
    else
        check_fail(run, view, (str){0}, "the engine does not say that it is rootless");
}

static const struct engine_network *bridge(const struct host_view *view)
{
    for (size_t i = 0; view->engine && i < view->engine->networks.count; i++)
        if (str_eq(view->engine->networks.items[i].name, STR("bridge")))
            return &view->engine->networks.items[i];
    return NULL;
}

static void open_default_bridge(struct rule_run *run, const struct host_view *view)
{
    static const str remedy = STR_INIT("daemon.json: \"icc\": false, then restart the daemon");
    const struct engine_network *network = bridge(view);
    if (view->engine && view->engine->is_podman) {
        skip_podman(run, view);
    } else if (view->engine && view->engine->knows_networks && !network) {
        check_skip(run, view, "there is no default bridge");
    } else if (network && network->icc == ANSWER_NO) {
        check_pass(run, view, "network bridge: enable_icc is false");
    } else if (network) {
        check_fail(run, view, remedy,
                   "network bridge: enable_icc is true, its containers reach each other");
    } else {
        ask_switch(run, view, "icc", "false", false, remedy.ptr);
    }
}

static void log_level(struct rule_run *run, const struct host_view *view)
{
    if (skip_podman(run, view))
        return;
    if (daemon_setting_is(view->daemon, STR("debug"), STR("true"))) {
        const struct daemon_setting *setting = daemon_setting(view->daemon, STR("debug"));
        check_fail(run, view, STR("daemon.json: remove \"debug\", set \"log-level\": \"info\""),
                   "%.*s", STR_ARG(check_setting(run, setting)));
        check_at(view, setting->place);
        return;
    }
    ask_switch(run, view, "log-level", "info", true, "daemon.json: \"log-level\": \"info\"");
}

static void iptables_off(struct rule_run *run, const struct host_view *view)
{
    static const char *const names[] = {"iptables", "ip6tables"};
    if (skip_podman(run, view))
        return;
    for (size_t i = 0; i < 2; i++)
        if (daemon_setting_is(view->daemon, str_from(names[i]), STR("false"))) {
            ask_switch(run, view, names[i], "true", true,
                       "daemon.json: remove \"iptables\" and \"ip6tables\"");
            return;
        }
    ask_switch(run, view, "iptables", "true", true, "");
    if (view->check->result != CONTROL_PASS)
        return;
    if (view->engine && view->engine->firewall_backend.len)
        check_pass(run, view, "not switched off; the engine uses %.*s",
                   STR_ARG(view->engine->firewall_backend));
    else if (view->host->firewall.count)
        check_pass(run, view, "not switched off; the kernel has the tables %.*s",
                   STR_ARG(check_names(run, &view->host->firewall)));
}

static void insecure_podman(struct rule_run *run, const struct host_view *view)
{
    const struct host_assignment_list *list = &view->host->podman;
    for (size_t i = 0; i < list->count; i++) {
        const struct host_assignment *line = &list->items[i];
        if (!str_eq(line->name, STR("registry.insecure")) || !str_eq(line->value, STR("true")))
            continue;
        check_fail(run, view, STR("remove \"insecure = true\" from registries.conf"),
                   "insecure = true in %.*s, line %u", STR_ARG(line->place.path), line->place.line);
        check_at(view, line->place);
        return;
    }
    check_pass(run, view, "no registry of registries.conf is marked insecure");
}

static void insecure_registry(struct rule_run *run, const struct host_view *view)
{
    struct str_list found = {0};
    if (view->engine && view->engine->is_podman) {
        insecure_podman(run, view);
        return;
    }
    for (size_t i = 0; view->engine && i < view->engine->insecure_registries.count; i++)
        if (!check_is_loopback(view->engine->insecure_registries.items[i]))
            *vec_push(run->arena, &found) = view->engine->insecure_registries.items[i];
    for (size_t i = 0; view->daemon && i < view->daemon->settings.count; i++) {
        const struct daemon_setting *setting = &view->daemon->settings.items[i];
        if (!str_eq(setting->name, STR("insecure-registries")) || check_is_loopback(setting->value))
            continue;
        check_at(view, setting->place);
        if (!view->engine || !view->engine->knows_info)
            *vec_push(run->arena, &found) = setting->value;
    }
    if (found.count)
        check_fail(run, view, (str){0}, "used without TLS, or without checking it: %.*s",
                   STR_ARG(check_names(run, &found)));
    else
        check_pass(run, view, "none but this machine itself");
}

static void storage_driver(struct rule_run *run, const struct host_view *view)
{
    const struct daemon_setting *setting = daemon_setting(view->daemon, STR("storage-driver"));
    str driver = view->engine ? view->engine->storage_driver : (str){0};
    if (!driver.len && setting)
        driver = setting->value;
    if (!driver.len)
        check_unknown(run, view, "no engine answers, and the driver is not set");
    else if (str_eq(driver, view->parameter) ||
             (!view->parameter.len &&
              (str_eq(driver, STR("aufs")) || str_eq(driver, STR("devicemapper")))))
        check_fail(run, view, (str){0}, "the storage driver is %.*s", STR_ARG(driver));
    else
        check_pass(run, view, "the storage driver is %.*s", STR_ARG(driver));
}

/* Only who sits on this machine, containers with the host's network included, reaches these. */
static bool is_local_address(str address)
{
    return str_skip(&address, STR("tcp://")) &&
           (check_is_loopback(address) || str_starts(address, STR("[::1]")));
}

/* dockerd listens for more than its API: for other nodes of a swarm (with TLS of its own), and for
 * whoever reads its figures. */
static bool is_other_service(const struct host_view *view, str address)
{
    const struct daemon_setting *metrics = daemon_setting(view->daemon, STR("metrics-addr"));
    size_t colon = str_rfind_char(address, ':');
    str port = colon == STR_NONE ? (str){0} : str_from_index(address, colon);
    for (size_t i = 0; i < view->daemon->settings.count; i++)
        if (str_eq(view->daemon->settings.items[i].name, STR("hosts")) &&
            str_eq(view->daemon->settings.items[i].value, address))
            return false;
    return str_eq(port, STR(":2377")) || str_eq(port, STR(":7946")) ||
           (metrics && port.len && str_ends(metrics->value, port));
}

static void tcp_without_tls(struct rule_run *run, const struct host_view *view)
{
    struct str_list open = {0};
    bool wide = false;
    if (skip_podman(run, view))
        return;
    for (size_t i = 0; view->daemon && i < view->daemon->listens.count; i++) {
        str address = view->daemon->listens.items[i];
        if (!str_starts(address, STR("tcp:")) || is_other_service(view, address))
            continue;
        *vec_push(run->arena, &open) = address;
        wide |= !is_local_address(address);
    }
    if (!view->daemon && view->engine && str_starts(view->engine->address, STR("tcp:")))
        *vec_push(run->arena, &open) = view->engine->address;
    else if (!view->daemon) {
        check_unknown(run, view, "where the daemon listens cannot be seen from here");
        return;
    }
    str names = check_names(run, &open);
    if (open.count == 0)
        check_pass(run, view, "listens on no network address");
    else if (daemon_setting_is(view->daemon, STR("tlsverify"), STR("true")))
        check_pass(run, view, "%.*s, and clients must show a certificate (tlsverify)",
                   STR_ARG(names));
    else if (!view->daemon)
        check_unknown(run, view, "%.*s: its settings are not on this host", STR_ARG(names));
    else {
        check_fail(run, view, (str){0}, "listens on %.*s without \"tlsverify\"", STR_ARG(names));
        view->check->severity = wide ? SEVERITY_CRITICAL : SEVERITY_HIGH;
        const struct daemon_setting *setting = daemon_setting(view->daemon, STR("hosts"));
        if (setting)
            check_at(view, setting->place);
    }
}

static void no_default_ulimits(struct rule_run *run, const struct host_view *view)
{
    const struct daemon_setting *setting = daemon_setting(view->daemon, STR("default-ulimits"));
    const struct host_assignment *podman = check_podman(view, STR("containers.default_ulimits"));
    if (view->engine && view->engine->is_podman && podman)
        check_pass(run, view, "default_ulimits in %.*s, line %u", STR_ARG(podman->place.path),
                   podman->place.line);
    else if (!skip_podman(run, view) && setting)
        check_pass(run, view, "%.*s", STR_ARG(check_setting(run, setting)));
    else if (!setting && view->check->result != CONTROL_NOT_APPLICABLE)
        check_fail(run, view,
                   STR("daemon.json: \"default-ulimits\": {\"nofile\": {\"Name\": \"nofile\", "
                       "\"Soft\": 1024, \"Hard\": 65536}}"),
                   "\"default-ulimits\" is not set");
}

static void no_user_namespace(struct rule_run *run, const struct host_view *view)
{
    const struct daemon_setting *setting = daemon_setting(view->daemon, STR("userns-remap"));
    str value;
    if (view->engine && view->engine->is_rootless)
        check_pass(run, view, "rootless: everything runs in a user namespace");
    else if (view->engine && engine_security(view->engine, STR("userns"), STR(""), &value))
        check_pass(run, view, "the engine says name=userns");
    else if (setting && setting->value.len && !view->engine)
        check_pass(run, view, "%.*s", STR_ARG(check_setting(run, setting)));
    else if (view->engine && view->engine->is_podman)
        check_fail(run, view, STR("run Podman as a user, or start containers with --userns=auto"),
                   "Podman runs as root without a user namespace");
    else if (view->engine && view->engine->containerd_store)
        check_fail(run, view,
                   STR("run rootless Docker: \"userns-remap\" does not work with containerd's "
                       "image store, which is in use here"),
                   "the engine does not say name=userns or name=rootless");
    else
        check_fail(run, view,
                   STR("daemon.json: \"userns-remap\": \"default\" (images and containers of "
                       "before are not seen afterwards), or rootless Docker"),
                   "neither \"userns-remap\" nor rootless is in use");
}

static void cgroup_parent(struct rule_run *run, const struct host_view *view)
{
    const struct daemon_setting *setting = daemon_setting(view->daemon, STR("cgroup-parent"));
    if (skip_podman(run, view))
        return;
    if (setting && setting->value.len && !str_eq(setting->value, STR("/docker"))) {
        check_fail(run, view, (str){0}, "%.*s", STR_ARG(check_setting(run, setting)));
        check_at(view, setting->place);
        return;
    }
    ask_switch(run, view, "cgroup-parent", "/docker", true, "");
}

static void base_device_size(struct rule_run *run, const struct host_view *view)
{
    str driver = view->engine ? view->engine->storage_driver : (str){0};
    if (driver.len && !str_eq(driver, STR("devicemapper"))) {
        check_skip(run, view, "only devicemapper has it; the driver is %.*s", STR_ARG(driver));
        return;
    }
    for (size_t i = 0; view->daemon && i < view->daemon->settings.count; i++) {
        const struct daemon_setting *setting = &view->daemon->settings.items[i];
        if (str_eq(setting->name, STR("storage-opts")) &&
            str_starts(setting->value, STR("dm.basesize"))) {
            check_fail(run, view, (str){0}, "%.*s", STR_ARG(check_setting(run, setting)));
            check_at(view, setting->place);
            return;
        }
    }
    check_pass(run, view, "\"dm.basesize\" is not set");
}

static void no_authorization_plugin(struct rule_run *run, const struct host_view *view)
{
    const struct daemon_setting *setting =
        daemon_setting(view->daemon, STR("authorization-plugins"));
    if (skip_podman(run, view))
        return;
    if (view->engine && view->engine->authorization_plugins.count)
        check_pass(run, view, "%.*s",
                   STR_ARG(check_names(run, &view->engine->authorization_plugins)));
    else if (setting && (!view->engine || !view->engine->knows_info))
        check_pass(run, view, "%.*s", STR_ARG(check_setting(run, setting)));
    else
        check_fail(run, view, (str){0},
                   "none is loaded: whoever reaches the socket may do everything");
}

static void local_logs(struct rule_run *run, const struct host_view *view)
{
    static const str local[] = {STR_INIT("json-file"), STR_INIT("local"), STR_INIT("none"),
                                STR_INIT("k8s-file"), STR_INIT("passthrough")};
    const struct daemon_setting *setting = daemon_setting(view->daemon, STR("log-driver"));
    str driver = view->engine ? view->engine->logging_driver : (str){0};
    if (!driver.len && setting)
        driver = setting->value;
    if (!driver.len && view->daemon)
        driver = STR("json-file");
    if (!driver.len) {
        check_unknown(run, view, "the logging driver is not known");
        return;
    }
    for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++)
        if (str_eq(driver, local[i])) {
            check_fail(run, view, (str){0}, "the logging driver is %.*s: logs stay here",
                       STR_ARG(driver));
            return;
        }
    check_pass(run, view, "the logging driver is %.*s", STR_ARG(driver));
}

static void new_privileges(struct rule_run *run, const struct host_view *view)
{
    const struct host_assignment *podman = check_podman(view, STR("containers.no_new_privileges"));
    str value;
    if (view->engine && view->engine->is_podman) {
        if (podman && str_eq(podman->value, STR("true")))
            check_pass(run, view, "no_new_privileges = true in %.*s, line %u",
                       STR_ARG(podman->place.path), podman->place.line);
        else
            check_fail(run, view, STR("containers.conf, [containers]: no_new_privileges = true"),
                       "containers.conf does not set no_new_privileges");
    } else if (view->engine &&
               engine_security(view->engine, STR("no-new-privileges"), STR(""), &value)) {
        check_pass(run, view, "the engine says name=no-new-privileges");
    } else {
        ask_switch(run, view, "no-new-privileges", "true", false,
                   "daemon.json: \"no-new-privileges\": true");
        if (view->check->result == CONTROL_UNKNOWN)
            check_fail(run, view, STR("daemon.json: \"no-new-privileges\": true"),
                       "the engine does not say name=no-new-privileges");
    }
}

static void no_live_restore(struct rule_run *run, const struct host_view *view)
{
    if (skip_podman(run, view))
        return;
    if (view->engine && view->engine->swarm.is_active)
        check_skip(run, view, "a member of a swarm cannot have it");
    else if (view->engine && view->engine->live_restore == ANSWER_YES)
        check_pass(run, view, "the engine says LiveRestoreEnabled");
    else if (view->engine && view->engine->live_restore == ANSWER_NO)
        check_fail(run, view, STR("daemon.json: \"live-restore\": true"),
                   "the engine says LiveRestoreEnabled: false");
    else
        ask_switch(run, view, "live-restore", "true", false, "daemon.json: \"live-restore\": true");
}

static void userland_proxy(struct rule_run *run, const struct host_view *view)
{
    size_t proxies = 0;
    if (skip_podman(run, view))
        return;
    for (size_t i = 0; i < view->host->processes.count; i++)
        proxies += str_eq(view->host->processes.items[i].name, STR("docker-proxy"));
    ask_switch(run, view, "userland-proxy", "false", false,
               "daemon.json: \"userland-proxy\": false");
    if (view->check->result == CONTROL_FAIL && proxies)
        view->check->evidence = arena_printf(run->arena, "%.*s; %zu docker-proxy processes run",
                                             STR_ARG(view->check->evidence), proxies);
}

static void seccomp_default(struct rule_run *run, const struct host_view *view)
{
    const struct daemon_setting *setting = daemon_setting(view->daemon, STR("seccomp-profile"));
    str profile;
    if (!view->engine || !view->engine->knows_info) {
        if (setting && str_eq(setting->value, STR("unconfined")))
            check_fail(run, view, (str){0}, "%.*s", STR_ARG(check_setting(run, setting)));
        else if (view->daemon)
            check_pass(run, view, "%.*s",
                       STR_ARG(setting ? check_setting(run, setting)
                                       : STR("\"seccomp-profile\" is not set: the built-in one")));
        else
            check_unknown(run, view, "the engine does not say");
    } else if (!engine_security(view->engine, STR("seccomp"), STR("profile"), &profile)) {
        check_fail(run, view, (str){0}, "the engine has no seccomp at all");
    } else if (str_eq(profile, STR("unconfined"))) {
        check_fail(run, view, (str){0}, "the engine says name=seccomp,profile=unconfined");
    } else {
        check_pass(run, view, "profile %.*s",
                   STR_ARG(profile.len ? profile : STR("of the engine")));
    }
    if (setting)
        check_at(view, setting->place);
}

static void experimental(struct rule_run *run, const struct host_view *view)
{
    if (skip_podman(run, view))
        return;
    if (view->engine && view->engine->experimental == ANSWER_NO)
        check_pass(run, view, "the engine says ExperimentalBuild: false");
    else if (view->engine && view->engine->experimental == ANSWER_YES)
        check_fail(run, view, STR("daemon.json: remove \"experimental\""),
                   "the engine says ExperimentalBuild: true");
    else
        ask_switch(run, view, "experimental", "false", true,
                   "daemon.json: remove \"experimental\"");
}

static const struct rule rules[] = {
    {
        .id = "daemon/runs-as-root",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_LOW,
        .title = "The engine runs as root",
        .why = "Whoever finds a flaw in a daemon that is root, or in the way it starts "
               "containers, is root on the machine. A rootless engine is an ordinary user: the"
               " same flaw gives that user and no more.",
        .fix = "Run rootless Docker or Podman where containers need no rights of root; "
               "dockerd-rootless-setuptool.sh install sets it up for a user.",
        .bad = "dockerd\n",
        .good = "dockerd-rootless.sh\n",
        .aliases = {"CIS 2.1"},
        .references = {"https://docs.docker.com/engine/security/rootless/"},
        .host = runs_as_root,
    },
    {
        .id = "daemon/open-default-bridge",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_MEDIUM,
        .title = "Containers of the default bridge can all talk to each other",
        .why = "Every container that names no network lands on the same bridge. One that is "
               "broken into can then try every port of all others, also those that were never "
               "published.",
        .fix = "Set \"icc\" to false in daemon.json and restart the daemon; give containers "
               "that belong together a network of their own.",
        .bad = "{ \"icc\": true }\n",
        .good = "{ \"icc\": false }\n",
        .aliases = {"CIS 2.2"},
        .host = open_default_bridge,
    },
    {
        .id = "daemon/log-level",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_LOW,
        .title = "The daemon does not log at level info",
        .why = "Below info, the log lacks what explains an attack afterwards. At debug it is "
               "so full that nobody reads it, and it can hold secrets from requests.",
        .fix = "Remove \"debug\" from daemon.json, and set \"log-level\" to info or leave it "
               "out.",
        .bad = "{ \"debug\": true }\n",
        .good = "{ \"log-level\": \"info\" }\n",
        .aliases = {"CIS 2.3"},
        .host = log_level,
    },
    {
        .id = "daemon/iptables-off",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_HIGH,
        .title = "The daemon may not set up its firewall rules",
        .why = "Without its rules nothing keeps networks of containers apart, and ports that "
               "were published on 127.0.0.1 or not at all may be reachable from outside.",
        .fix = "Remove \"iptables\" and \"ip6tables\" from daemon.json. Put rules of your own "
               "into the chain DOCKER-USER.",
        .bad = "{ \"iptables\": false }\n",
        .good = "{ }\n",
        .aliases = {"CIS 2.4"},
        .host = iptables_off,
    },
    {
        .id = "daemon/insecure-registry",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_HIGH,
        .title = "A registry is used without TLS, or without checking who it is",
        .why = "Whoever sits on the way to that registry can hand out another image under the "
               "same name, and it will be run.",
        .fix = "Give the registry a certificate, put its CA into "
               "/etc/docker/certs.d/REGISTRY/ca.crt, and remove it from \"insecure-"
               "registries\".",
        .bad = "{ \"insecure-registries\": [\"registry.lan:5000\"] }\n",
        .good = "{ }\n",
        .aliases = {"CIS 2.5"},
        .host = insecure_registry,
    },
    {
        .id = "daemon/storage-driver",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_MEDIUM,
        .title = "A storage driver is used that nobody looks after any more",
        .why = "aufs and devicemapper were removed from Docker because they lost their "
               "maintainers. Flaws in them stay open, and an update of the engine will no "
               "longer read the data.",
        .fix = "Save images and volumes, set \"storage-driver\" to overlay2 or remove it, and "
               "restart the daemon.",
        .bad = "{ \"storage-driver\": \"devicemapper\" }\n",
        .good = "{ \"storage-driver\": \"overlay2\" }\n",
        .aliases = {"CIS 2.6", "CIS 1.8.0 2.7"},
        .host = storage_driver,
    },
    {
        .id = "daemon/tcp-without-tls",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_CRITICAL,
        .title = "The daemon takes orders over the network from anyone",
        .why = "Whoever may give orders to the daemon is root on this machine: one request "
               "starts a container that has the whole disk. Programs search the Internet for "
               "such ports all day.",
        .fix = "Remove the tcp address from \"hosts\", and reach the daemon by ssh "
               "(DOCKER_HOST=ssh://user@host). Where TCP is needed, set \"tlsverify\", "
               "\"tlscacert\", \"tlscert\" and \"tlskey\".",
        .bad = "{ \"hosts\": [\"tcp://0.0.0.0:2375\"] }\n",
        .good = "{ \"hosts\": [\"unix:///run/docker.sock\"] }\n",
        .aliases = {"CIS 2.7", "CIS 1.8.0 2.8"},
        .references = {"https://docs.docker.com/engine/security/protect-access/"},
        .host = tcp_without_tls,
    },
    {
        .id = "daemon/no-default-ulimits",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_LOW,
        .title = "New containers get no limits for files and processes",
        .why = "A limit per process stops a program that opens files or starts processes "
               "without end before it hurts its neighbours. Containers can ask for other "
               "limits where they need them.",
        .fix = "Set \"default-ulimits\" in daemon.json.",
        .bad = "{ }\n",
        .good = "{ \"default-ulimits\": { \"nofile\": { \"Name\": \"nofile\", \"Soft\": 1024, "
                "\"Hard\": 4096 } } }\n",
        .aliases = {"CIS 2.8", "CIS 1.8.0 2.9"},
        .host = no_default_ulimits,
    },
    {
        .id = "daemon/no-user-namespace",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_MEDIUM,
        .title = "Root in a container is root on the host",
        .why = "Without a user namespace, user 0 in a container is user 0 of the machine. If "
               "it gets out by a flaw or a mount, nothing is left to stop it. With one it is a"
               " user that owns nothing.",
        .fix = "Run rootless Docker, or set \"userns-remap\" to default. The second hides "
               "existing images and containers until it is undone, so plan it.",
        .bad = "{ }\n",
        .good = "{ \"userns-remap\": \"default\" }\n",
        .aliases = {"CIS 2.9", "CIS 1.8.0 2.10"},
        .references = {"https://docs.docker.com/engine/security/userns-remap/"},
        .host = no_user_namespace,
    },
    {
        .id = "daemon/cgroup-parent",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_LOW,
        .title = "Containers are put under another parent cgroup",
        .why = "Limits for all containers together hang on their parent cgroup. Under another "
               "one they may share limits with services of the host, or have none.",
        .fix = "Remove \"cgroup-parent\" from daemon.json unless you know why it is there.",
        .bad = "{ \"cgroup-parent\": \"/system.slice\" }\n",
        .good = "{ }\n",
        .aliases = {"CIS 2.10", "CIS 1.8.0 2.11"},
        .host = cgroup_parent,
    },
    {
        .id = "daemon/base-device-size",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_LOW,
        .title = "Containers get more disk space than the default",
        .why = "Every container may then fill that much of the disk, which all containers and "
               "the host share.",
        .fix = "Remove dm.basesize from \"storage-opts\", or better, change to the storage "
               "driver overlay2.",
        .bad = "{ \"storage-opts\": [\"dm.basesize=100G\"] }\n",
        .good = "{ }\n",
        .aliases = {"CIS 2.11", "CIS 1.8.0 2.12"},
        .host = base_device_size,
    },
    {
        .id = "daemon/no-authorization-plugin",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_LOW,
        .title = "Nobody decides who may give the daemon which command",
        .why = "The daemon knows only all or nothing: who reaches its socket may do everything"
               " that root may. A plugin can tell reading from changing, and one user from "
               "another.",
        .fix = "Where more than one person or program uses the daemon, install an "
               "authorization plugin and name it in \"authorization-plugins\". Keep it and the"
               " engine up to date: flaws that get around plugins are found again and again.",
        .bad = "{ }\n",
        .good = "{ \"authorization-plugins\": [\"opa-docker-authz\"] }\n",
        .aliases = {"CIS 2.12", "CIS 1.8.0 2.13"},
        .host = no_authorization_plugin,
    },
    {
        .id = "daemon/local-logs",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_LOW,
        .title = "Logs of containers stay on this machine",
        .why = "Who breaks in removes traces, and a disk that fails takes them along. A copy "
               "elsewhere is what an investigation works with.",
        .fix = "Set \"log-driver\" to one that sends logs away (syslog, fluentd, gelf ...), or"
               " let an agent collect them.",
        .bad = "{ \"log-driver\": \"json-file\" }\n",
        .good = "{ \"log-driver\": \"syslog\", \"log-opts\": { \"syslog-address\": "
                "\"tcp+tls://logs:6514\" } }\n",
        .aliases = {"CIS 2.13", "CIS 1.8.0 2.14"},
        .host = local_logs,
    },
    {
        .id = "daemon/new-privileges",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_MEDIUM,
        .title = "Containers can gain rights by setuid programs",
        .why = "A setuid program runs with the rights of its owner, mostly root. Somebody who "
               "took over a service as an ordinary user uses one to become root in the "
               "container. With no-new-privileges such programs run without their rights.",
        .fix = "Set \"no-new-privileges\" to true in daemon.json; a container that needs sudo "
               "can ask for security_opt no-new-privileges:false.",
        .bad = "{ }\n",
        .good = "{ \"no-new-privileges\": true }\n",
        .aliases = {"CIS 2.14", "CIS 1.8.0 2.15"},
        .host = new_privileges,
    },
    {
        .id = "daemon/no-live-restore",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_LOW,
        .title = "All containers stop when the daemon is restarted",
        .why = "Updates of the engine are put off when they stop every service, and so its "
               "flaws stay open longer.",
        .fix = "Set \"live-restore\" to true in daemon.json (not for members of a swarm).",
        .bad = "{ }\n",
        .good = "{ \"live-restore\": true }\n",
        .aliases = {"CIS 2.15", "CIS 1.8.0 2.16"},
        .host = no_live_restore,
    },
    {
        .id = "daemon/userland-proxy",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_LOW,
        .title = "Ports are forwarded by a program for each",
        .why = "docker-proxy runs as root for every published port, and the service behind it "
               "sees the address of the bridge instead of the client. The kernel forwards "
               "ports as well.",
        .fix = "Set \"userland-proxy\" to false in daemon.json.",
        .bad = "{ }\n",
        .good = "{ \"userland-proxy\": false }\n",
        .aliases = {"CIS 2.16", "CIS 1.8.0 2.17"},
        .host = userland_proxy,
    },
    {
        .id = "daemon/seccomp-default",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_HIGH,
        .title = "Containers may use every system call of the kernel",
        .why = "The built-in seccomp profile shuts off some seventy system calls that "
               "containers do not need, and many flaws of the kernel with them. Without it all"
               " of that is open to every container.",
        .fix = "Remove \"seccomp-profile\" from daemon.json, or name a profile that is "
               "stricter than the built-in one.",
        .bad = "{ \"seccomp-profile\": \"unconfined\" }\n",
        .good = "{ }\n",
        .aliases = {"CIS 2.17", "CIS 1.8.0 2.18"},
        .references = {"https://docs.docker.com/engine/security/seccomp/"},
        .host = seccomp_default,
    },
    {
        .id = "daemon/experimental",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_LOW,
        .title = "Experimental features are switched on",
        .why = "They are unfinished, change without notice, and had less review than the rest.",
        .fix = "Remove \"experimental\" from daemon.json.",
        .bad = "{ \"experimental\": true }\n",
        .good = "{ }\n",
        .aliases = {"CIS 2.18", "CIS 1.8.0 2.19"},
        .host = experimental,
    },
};

const struct rule_family rule_daemon = {"daemon", rules, sizeof(rules) / sizeof(rules[0])};
