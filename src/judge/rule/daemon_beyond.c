// SPDX-License-Identifier: Apache-2.0
/* What the CIS Docker Benchmark does not ask about the daemon. */
#include "judge/rule/check.h"

static void open_metrics(struct rule_run *run, const struct host_view *view)
{
    const struct daemon_setting *setting = daemon_setting(view->daemon, STR("metrics-addr"));
    if (!setting)
        check_skip(run, view, "\"metrics-addr\" is not set");
    else if (check_is_loopback(setting->value))
        check_pass(run, view, "%.*s", STR_ARG(check_setting(run, setting)));
    else {
        check_fail(run, view, (str){0}, "%.*s", STR_ARG(check_setting(run, setting)));
        check_at(view, setting->place);
    }
}

static void no_lsm(struct rule_run *run, const struct host_view *view)
{
    str value;
    if (!view->engine || !view->engine->knows_info)
        check_unknown(run, view, "no engine answers");
    else if (engine_security(view->engine, STR("apparmor"), STR(""), &value))
        check_pass(run, view, "AppArmor");
    else if (engine_security(view->engine, STR("selinux"), STR(""), &value))
        check_pass(run, view, "SELinux");
    else
        check_fail(run, view, (str){0}, "the engine names neither AppArmor nor SELinux");
}

static void bad_settings_file(struct rule_run *run, const struct host_view *view)
{
    if (!view->daemon || !view->daemon->config_error.len) {
        check_skip(run, view, "no settings file, or it could be read");
        return;
    }
    check_fail(run, view, (str){0}, "%.*s: %.*s", STR_ARG(view->daemon->config_path),
               STR_ARG(view->daemon->config_error));
    check_at(view, (struct place){.path = view->daemon->config_path});
}

static void direct_routing(struct rule_run *run, const struct host_view *view)
{
    const struct daemon_setting *setting =
        daemon_setting(view->daemon, STR("allow-direct-routing"));
    if (!setting || !str_eq(setting->value, STR("true"))) {
        check_skip(run, view, "\"allow-direct-routing\" is not set");
        return;
    }
    check_fail(run, view, (str){0}, "%.*s", STR_ARG(check_setting(run, setting)));
    check_at(view, setting->place);
}

static const struct rule rules[] = {
    {
        .id = "daemon/open-metrics",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_MEDIUM,
        .title = "Figures about the daemon can be read from the network",
        .why = "They need no password, and tell names and numbers of containers, versions and "
               "load to whoever asks.",
        .fix = "Let \"metrics-addr\" name 127.0.0.1, or an address that only your monitoring "
               "reaches.",
        .bad = "{ \"metrics-addr\": \"0.0.0.0:9323\" }\n",
        .good = "{ \"metrics-addr\": \"127.0.0.1:9323\" }\n",
        .host = open_metrics,
    },
    {
        .id = "daemon/no-lsm",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_MEDIUM,
        .title = "Neither AppArmor nor SELinux confines containers",
        .why = "They are the second lock: even root in a container then cannot write to /proc "
               "and /sys or mount things. Without one, a single flaw of the runtime is enough,"
               " as several of runc were.",
        .fix = "Install AppArmor (on Debian and Ubuntu with apt-get install apparmor) or turn "
               "on SELinux. Boot with it, and restart the engine; docker info then lists it.",
        .bad = "docker info --format {{.SecurityOptions}}\n"
               "[name=seccomp,profile=builtin]\n",
        .good = "docker info --format {{.SecurityOptions}}\n"
                "[name=apparmor name=seccomp,profile=builtin]\n",
        .host = no_lsm,
    },
    {
        .id = "daemon/bad-settings-file",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_MEDIUM,
        .title = "The daemon's settings cannot be read",
        .why = "A daemon that cannot read its settings does not start: the next restart or "
               "update stops all containers, and nobody knows which settings hold now.",
        .fix = "Mend the file at the place that is named; dockerd --validate --config-file "
               "FILE checks it.",
        .bad = "{ \"icc\": false,, }\n",
        .good = "{ \"icc\": false }\n",
        .host = bad_settings_file,
    },
    {
        .id = "daemon/direct-routing",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_MEDIUM,
        .title = "Other machines may reach ports of containers that are not published",
        .why = "Since version 28 the engine drops packets that come from outside for an "
               "address of a container. This setting lets them through again.",
        .fix = "Remove \"allow-direct-routing\" from daemon.json, and publish the ports that "
               "are meant to be reached.",
        .bad = "{ \"allow-direct-routing\": true }\n",
        .good = "{ }\n",
        .host = direct_routing,
    },
};

const struct rule_family rule_daemon_beyond = {"daemon", rules, sizeof(rules) / sizeof(rules[0])};
