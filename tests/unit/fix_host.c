// SPDX-License-Identifier: Apache-2.0
#include "act/fix/fix.h"
#include "tests/unit/test.h"

static void check_member(const char *before, const char *key, const char *value, const char *want)
{
    ARENA_SCOPED arena = {0};
    str got = {0};
    bool made = fix_json_member(&arena, str_from(before), str_from(key), str_from(value), &got);
    CHECK(made == (want != NULL));
    if (made && want)
        CHECK_STR(want, got);
}

TEST(json_members_are_set)
{
    check_member("", "icc", "false", "{\n    \"icc\": false\n}\n");
    check_member("{}", "icc", "false", "{\n    \"icc\": false\n}");
    check_member("{\n  \"a\": 1\n}\n", "icc", "false", "{\n  \"a\": 1,\n  \"icc\": false\n}\n");
    check_member("{\"a\": {\"icc\": 1}, \"icc\" : true, \"b\": 2}", "icc", "false",
                 "{\"a\": {\"icc\": 1}, \"icc\" : false, \"b\": 2}");
    check_member("{\"icc\": [\"}\", {\"x\": \",\"}]}", "icc", "false", "{\"icc\": false}");
    check_member("{\"ICC\": true}", "icc", "false", "{\"ICC\": false}");
}

TEST(json_members_are_taken_out)
{
    check_member("{\"a\": 1, \"b\": [1, 2], \"c\": 3}", "b", NULL, "{\"a\": 1, \"c\": 3}");
    check_member("{\"a\": 1,\n \"b\": 2\n}", "b", NULL, "{\"a\": 1\n}");
    check_member("{\"a\": 1}", "a", NULL, "{}");
    check_member("{\"a\": 1}", "b", NULL, "{\"a\": 1}");
}

/* What cannot be proven is not offered. */
TEST(json_members_of_damaged_text_are_left)
{
    check_member("{\"a\": ", "icc", "false", NULL);
    check_member("[1]", "icc", "false", NULL);
    check_member("{\"\\u0069cc\": true}", "icc", NULL, NULL);
    check_member("{\"a\": 1}", "icc", "fal", NULL);
}

struct scene {
    struct arena *arena;
    struct host host;
    struct engine_facts_list engines;
    struct report report;
    struct host_step_list steps;
};

static void add_finding(struct scene *scene, const char *id, const char *remedy)
{
    *vec_push(scene->arena, &scene->report.findings) =
        (struct finding){.id = str_from(id), .remedy = str_from(remedy), .kind = KIND_DAEMON};
}

static struct scene make_scene(struct arena *arena, const char *text, const char *restart)
{
    struct scene scene = {.arena = arena};
    *vec_push(arena, &scene.host.daemons) = (struct host_daemon){
        .pid = 1, .config_path = STR("/etc/docker/daemon.json"), .config_text = str_from(text)};
    struct engine_facts *engine = vec_push(arena, &scene.engines);
    engine->address = STR("unix:///var/run/docker.sock");
    engine->knows_containers = true;
    *vec_push(arena, &engine->containers) =
        (struct engine_container){.name = STR("web"), .is_running = true, .default_bridge = true};
    *vec_push(arena, &engine->workloads) =
        (struct workload){.restart = {.set = true, .value = str_from(restart)}};
    return scene;
}

static void plan(struct scene *scene)
{
    fix_host_plan(scene->arena, &scene->host, &scene->engines, &scene->report, &scene->steps);
}

/* live-restore comes first, by a reload; afterwards a restart disturbs nobody. */
TEST(plans_keep_containers_alive)
{
    ARENA_SCOPED arena = {0};
    struct scene scene = make_scene(&arena, "{}", "always");
    add_finding(&scene, "daemon/new-privileges", "");
    add_finding(&scene, "daemon/no-live-restore", "");
    plan(&scene);
    CHECK_EQ(2, scene.steps.count);
    CHECK(str_contains(scene.steps.items[0].text, STR("\"live-restore\": true")));
    CHECK_STR("systemctl reload docker", scene.steps.items[0].then);
    CHECK(str_contains(scene.steps.items[1].text, STR("\"no-new-privileges\": true")));
    CHECK_EQ(0, scene.steps.items[1].disturbs.count);
}

TEST(plans_name_who_is_disturbed)
{
    ARENA_SCOPED arena = {0};
    struct scene scene = make_scene(&arena, "{\"debug\": true}", "no");
    add_finding(&scene, "daemon/open-default-bridge", "");
    add_finding(&scene, "daemon/log-level", "");
    plan(&scene);
    CHECK_EQ(1, scene.steps.count);
    const struct host_step *step = &scene.steps.items[0];
    CHECK(str_contains(step->text, STR("-{\"debug\": true}")));
    CHECK_EQ(2, step->disturbs.count);
    CHECK_STR("web: can no longer talk to others of the default bridge", step->disturbs.items[0]);
    CHECK_STR("web: stops, and must be started again by hand", step->disturbs.items[1]);
}

/* Whose engine did not answer, nobody can say anything about; and each is restarted in its way. */
TEST(plans_tell_daemons_apart)
{
    ARENA_SCOPED arena = {0};
    struct scene scene = make_scene(&arena, "{}", "no");
    scene.host.daemons.items[0].listens = (struct str_list){0};
    *vec_push(&arena, &scene.host.daemons.items[0].listens) = STR("unix:///run/docker.sock");
    *vec_push(&arena, &scene.host.daemons) = (struct host_daemon){
        .pid = 77, .config_path = STR("/srv/d.json"), .config_text = STR("{}")};
    add_finding(&scene, "daemon/open-default-bridge", "");
    plan(&scene);
    CHECK_EQ(2, scene.steps.count);
    CHECK(!scene.steps.items[0].disturbs_unknown && scene.steps.items[0].disturbs.count == 2);
    CHECK_STR("systemctl restart docker", scene.steps.items[0].then);
    CHECK(scene.steps.items[1].disturbs_unknown && scene.steps.items[1].disturbs.count == 0);
    CHECK_STR("# restart dockerd (process 77) as it was started", scene.steps.items[1].then);
}

/* "icc": false beside --iptables=false would keep the daemon from starting. */
TEST(plans_do_not_break_the_daemon)
{
    ARENA_SCOPED arena = {0};
    struct scene scene = make_scene(&arena, "{}", "no");
    *vec_push(&arena, &scene.host.daemons.items[0].settings) =
        (struct daemon_setting){.name = STR("iptables"), .value = STR("false"), .is_flag = true};
    add_finding(&scene, "daemon/open-default-bridge", "");
    plan(&scene);
    CHECK_EQ(0, scene.steps.count);
}

TEST(plans_list_a_path_once)
{
    ARENA_SCOPED arena = {0};
    struct scene scene = make_scene(&arena, "{}", "no");
    for (size_t i = 0; i < 2; i++) {
        add_finding(&scene, "host/not-audited", "");
        scene.report.findings.items[i].location.path = STR("/etc/docker");
    }
    plan(&scene);
    CHECK_EQ(1, scene.steps.count);
    CHECK_STR("-w /etc/docker -p wxa -k docker", str_trim(scene.steps.items[0].text));
}

/* A flag and a setting of one name keep the daemon from starting: the unit is changed instead. */
TEST(plans_change_flags_in_the_unit)
{
    ARENA_SCOPED arena = {0};
    struct scene scene = make_scene(&arena, "{}", "no");
    *vec_push(&arena, &scene.host.daemons.items[0].settings) =
        (struct daemon_setting){.name = STR("icc"), .value = STR("true"), .is_flag = true};
    *vec_push(&arena, &scene.host.unit_lines) = (struct unit_line){
        .unit = STR("docker.service"),
        .key = STR("ExecStart"),
        .value = STR(
            "/usr/bin/dockerd -H fd:// -H tcp://0.0.0.0:2375 --icc --mtu 1400 --log-level debug")};
    add_finding(&scene, "daemon/open-default-bridge", "");
    add_finding(&scene, "daemon/tcp-without-tls", "");
    *vec_push(&arena, &scene.host.daemons.items[0].settings) =
        (struct daemon_setting){.name = STR("log-level"), .value = STR("debug"), .is_flag = true};
    add_finding(&scene, "daemon/log-level", "");
    plan(&scene);
    CHECK_EQ(1, scene.steps.count);
    CHECK_STR("[Service]\nExecStart=\nExecStart=/usr/bin/dockerd -H fd:// --icc=false --mtu 1400",
              scene.steps.items[0].text);
}

TEST(plans_close_ports)
{
    ARENA_SCOPED arena = {0};
    struct scene scene =
        make_scene(&arena, "{\"hosts\": [\"fd://\", \"tcp://0.0.0.0:2375\"]}", "no");
    struct daemon_setting_list *settings = &scene.host.daemons.items[0].settings;
    *vec_push(&arena, settings) =
        (struct daemon_setting){.name = STR("hosts"), .value = STR("fd://")};
    *vec_push(&arena, settings) =
        (struct daemon_setting){.name = STR("hosts"), .value = STR("tcp://0.0.0.0:2375")};
    add_finding(&scene, "daemon/tcp-without-tls", "");
    plan(&scene);
    CHECK_EQ(1, scene.steps.count);
    CHECK(str_contains(scene.steps.items[0].text, STR("+{\"hosts\": [\"fd://\"]}")));
}

TEST(plans_use_commands_of_findings)
{
    ARENA_SCOPED arena = {0};
    struct scene scene = make_scene(&arena, "{}", "no");
    add_finding(&scene, "host/file-mode", "chmod 644 /a");
    add_finding(&scene, "host/file-mode", "chmod 600 /b");
    scene.report.findings.items[1].status = STATUS_WAIVED;
    plan(&scene);
    CHECK_EQ(1, scene.steps.count);
    CHECK_STR("chmod 644 /a", scene.steps.items[0].text);
}
