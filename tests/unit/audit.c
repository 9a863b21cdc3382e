// SPDX-License-Identifier: Apache-2.0
#include "base/tsv.h"
#include "data.h"
#include "judge/audit/parts.h"
#include "model/live.h"
#include "read/engine/answers.h"
#include "tests/unit/test.h"

TEST(ids_come_from_their_place_only)
{
    ARENA_SCOPED arena = {0};
    bool more;
    str a = STR("1111111111111111111111111111111111111111111111111111111111111111");
    str b = STR("2222222222222222222222222222222222222222222222222222222222222222");
    str body =
        arena_printf(&arena,
                     "[{\"Id\":\"%.*s\",\"Labels\":{\"Id\":\"%.*s\"},\"x\":\"\\\"Id\\\":1\"},"
                     "{ \"Id\" : \"sha256:%.*s\" },{\"Id\":\"../etc\"}]",
                     STR_ARG(a), STR_ARG(b), STR_ARG(b));
    struct str_list ids = answer_ids(&arena, body, 10, &more);
    CHECK_EQ(2, ids.count);
    CHECK_STR(a.ptr, ids.items[0]);
    CHECK(str_starts(ids.items[1], STR("sha256:")) && !more);
    ids = answer_ids(&arena, body, 1, &more);
    CHECK(ids.count == 1 && more);
}

TEST(members_come_from_their_place_only)
{
    str body = STR(" [ {\"a\":{\"Id\":\"no\"},\"Id\" : \"yes\",\"n\":[1,{\"x\":2}] , \"t\":true},7,"
                   "\"{\",{\"Id\":\"two\\\"\"}]"),
        object = {0};
    size_t at = 0;
    CHECK(answer_object(body, &at, &object));
    CHECK_STR("yes", answer_member(object, STR("Id")));
    CHECK_STR("[1,{\"x\":2}]", answer_member(object, STR("n")));
    CHECK_STR("true", answer_member(object, STR("t")));
    CHECK_STR("", answer_member(object, STR("x")));
    CHECK(answer_object(body, &at, &object));
    CHECK_STR("two\\\"", answer_member(object, STR("Id")));
    CHECK(!answer_object(body, &at, &object));
    /* What is cut short or no array has nothing, and ends. */
    const char *const bad[] = {"",           "{}",           "[",    "[{",  "[{\"Id", "[{\"Id\"",
                               "[{\"Id\":",  "[{\"Id\":\"a", "[,,,", "[]]", "[{}{}",  "}",
                               "[{\"Id\" 1}"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        for (at = 0; answer_object(str_from(bad[i]), &at, &object);)
            CHECK(answer_member(object, STR("Id")).len <= 1);
}

#define ID_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define ID_C "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define ID_D "1234567890ddddddddddddddddddddddddddddddddddddddddddddddddddddd"

TEST(images_of_a_project)
{
    ARENA_SCOPED arena = {0};
    const struct answers answers = {
        .containers = STR("[{\"Id\":\"" ID_D "0\",\"Names\":[\"/other\",\"/shop_web_1\"],"
                          "\"ImageID\":\"" ID_A "\",\"Image\":\"shop_web\",\"Labels\":{"
                          "\"com.docker.compose.project.working_dir\":\"/srv/shop\"}}]"),
        .images =
            STR("[{\"Id\":\"" ID_A "\",\"RepoTags\":[\"shop_web:latest\"]},"
                "{\"Id\":\"" ID_B "\",\"RepoTags\":[\"x:1\",\"shop-db:latest\"]},"
                "{\"Id\":\"" ID_C "\",\"RepoTags\":[\"shop-other:latest\"],\"Labels\":null}]"),
    };
    struct engine_project project = {.folder = STR("/srv/shop"), .name = STR("shop")};
    struct engine_image_names images = {0};
    answers_project_images(&arena, &answers, &project, &images);
    CHECK_EQ(1, images.count);
    CHECK_STR("shop_web", images.items[0].name);
    *vec_push(&arena, &project.services) = STR("db");
    images.count = 0;
    answers_project_images(&arena, &answers, &project, &images);
    CHECK_EQ(2, images.count);
    CHECK_STR("shop-db:latest", images.items[1].name);
    *vec_push(&arena, &project.images) = STR("shop-other");
    images.count = 0;
    answers_project_images(&arena, &answers, &project, &images);
    CHECK_EQ(3, images.count);

    struct engine_image_name image;
    str id;
    CHECK(answers_find_container(&arena, &answers, STR("shop_web_1"), &id, &image));
    CHECK_STR(ID_D "0", id);
    CHECK_STR(ID_A, image.id);
    CHECK(answers_find_container(&arena, &answers, STR("1234567890"), &id, &image));
    CHECK(!answers_find_container(&arena, &answers, STR("123456"), &id, &image));
    CHECK(!answers_find_container(&arena, &answers, STR("shop_web"), &id, &image));
}

TEST(inspect_becomes_a_workload)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct engine_container container;
    struct workload w;
    str text = STR(
        "{\"Id\":\"ab\",\"Name\":\"/web\",\"State\":{\"Running\":true,\"Pid\":7},"
        "\"AppArmorProfile\":\"docker-default\",\"Config\":{\"User\":\"\",\"Image\":\"app:1\","
        "\"Env\":[\"A=b=c\"],\"Healthcheck\":{\"Test\":[\"NONE\"]}},"
        "\"HostConfig\":{\"Privileged\":false,\"CapAdd\":[\"CAP_net_admin\"],\"CapDrop\":[\"ALL\"],"
        "\"SecurityOpt\":[\"no-new-privileges\",\"seccomp:unconfined\",\"label=disable\"],"
        "\"PortBindings\":{\"53/udp\":[{\"HostIp\":\"\",\"HostPort\":\"5353\"}]},"
        "\"Memory\":1048576,\"NanoCpus\":500000000,\"PidsLimit\":null,\"MaskedPaths\":[],"
        "\"RestartPolicy\":{\"Name\":\"\",\"MaximumRetryCount\":0},\"PidMode\":\"host\"},"
        "\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/\",\"Destination\":\"/h\",\"RW\":false,"
        "\"Propagation\":\"rshared\"},{\"Type\":\"volume\",\"Name\":\"v\",\"Source\":\"/x\","
        "\"Destination\":\"/v\",\"RW\":true}],\"NetworkSettings\":{\"Networks\":{\"bridge\":{}}}}");
    CHECK_OK(inspect_read(&arena, text, &container, &w, &err), &err);
    CHECK_STR("web", container.name);
    CHECK(container.is_running && container.default_bridge && container.pid == 7);
    CHECK_STR("0", w.user.value);
    CHECK_STR("NET_ADMIN", w.cap_add.items[0].value);
    CHECK(w.no_new_privileges.set && w.no_new_privileges.value);
    CHECK_STR("unconfined", w.seccomp.value);
    CHECK_STR("docker-default", w.apparmor.value);
    CHECK_STR("disable", w.selinux.items[0].value);
    CHECK(w.unmasked.set && w.unmasked.value);
    CHECK_STR("no", w.restart.value);
    CHECK(w.memory.set && w.cpus.set && !w.pids.set);
    CHECK(w.cpus.value > 0.49 && w.cpus.value < 0.51);
    CHECK(w.healthcheck.set && w.healthcheck.disabled);
    CHECK_STR("host", w.pid_mode.value);
    CHECK_STR("b=c", w.environment.items[0].value);
    CHECK_EQ(1, w.ports.count);
    CHECK(w.ports.items[0].published && w.ports.items[0].host_first == 5353);
    CHECK_STR("udp", w.ports.items[0].protocol);
    CHECK_EQ(2, w.mounts.count);
    CHECK(w.mounts.items[0].kind == MOUNT_BIND && w.mounts.items[0].read_only);
    CHECK_STR("v", w.mounts.items[1].source);
    CHECK_EQ(-1, inspect_read(&arena, STR("{\"message\":\"no\"}"), &container, &w, &err));
}

static void check_range(const char *version, const char *from, const char *fixed, bool affected)
{
    ARENA_SCOPED arena = {0};
    if (flaw_in_range(&arena, str_from(version), str_from(from), str_from(fixed)) != affected)
        test_failed(__FILE__, __LINE__, "%s of %s should be %s", version, fixed,
                    affected ? "affected" : "fixed");
}

TEST(flaws_know_branches)
{
    check_range("1.1.5+ds1-1+deb12u1", "-", "1.1.12", true);
    check_range("1.1.12", "1.0.0-rc93", "1.1.12", false);
    check_range("1.0.0-rc92", "1.0.0-rc93", "1.1.12", false);
    check_range("1.0.0~rc95", "1.0.0-rc93", "1.1.12", true);
    check_range("1.2.7", "-", "1.2.8,1.3.3,1.4.0-rc.3", true);
    check_range("1.2.8", "-", "1.2.8,1.3.3,1.4.0-rc.3", false);
    check_range("1.3.2", "-", "1.2.8,1.3.3,1.4.0-rc.3", true);
    check_range("1.4.0-rc.2", "-", "1.2.8,1.3.3,1.4.0-rc.3", true);
    check_range("1.4.0", "-", "1.2.8,1.3.3,1.4.0-rc.3", false);
    check_range("1.0.3", "-", "1.2.8,1.3.3", true);
    check_range("1.5.0", "-", "1.2.8,1.3.3", false);
    check_range("20.10.24+dfsg1", "-", "24.0.9,25.0.2", true);
    check_range("6.18.44-fc-v669", "5.8", "6.18.22,6.19.12,7.0", false);
    check_range("6.18.20-fc", "5.8", "6.18.22,6.19.12,7.0", true);
    check_range("5.4.0", "5.8", "5.10.102", false);
    check_range("", "-", "1.0", false);
    check_range("unknown", "-", "1.0", false);
}

/* Every row names a rule that can be asked, a mode, a level; numbers are there once a version. */
TEST(controls_are_complete)
{
    str rest = str_make(data_cis_docker, data_cis_docker_len), row;
    size_t rows = 0, counts[3] = {0};
    while (tsv_next(&rest, &row)) {
        str rule_id = tsv_field(row, 5), containers = rule_id;
        const struct rule *rule = rule_by_id(rule_id);
        rows++;
        for (size_t i = 0; i < 3; i++)
            counts[i] += tsv_field(row, i).len > 0;
        CHECK(str_eq(tsv_field(row, 3), STR("1")) || str_eq(tsv_field(row, 3), STR("2")));
        CHECK(str_eq(tsv_field(row, 4), STR("A")) || str_eq(tsv_field(row, 4), STR("M")));
        CHECK(tsv_field(row, 7).len > 0 && !str_ends(tsv_field(row, 7), STR(".")));
        if (!str_skip(&containers, STR("workload:")) && (!rule || !rule->host))
            test_failed(__FILE__, __LINE__, "%.*s: no rule of hosts", STR_ARG(rule_id));
    }
    CHECK_EQ(117, counts[0]);
    CHECK_EQ(117, counts[1]);
    CHECK_EQ(118, counts[2]);
    CHECK(audit_has_control("cis-1.8.0", STR("2.19")));
    CHECK(!audit_has_control("cis-1.6.0", STR("2.19")));
    CHECK(audit_has_control("cis-1.6.0", STR("5.*")) &&
          !audit_has_control("cis-1.6.0", STR("9.*")));
}

TEST(flaw_rows_are_complete)
{
    str rest = str_make(data_engine_cves, data_engine_cves_len), row;
    size_t rows = 0;
    while (tsv_next(&rest, &row)) {
        enum severity severity;
        rows++;
        CHECK(str_starts(tsv_field(row, 0), STR("CVE-")));
        CHECK(severity_parse(tsv_field(row, 5), &severity));
        CHECK(tsv_field(row, 6).len > 0 && tsv_field(row, 7).len > 0);
    }
    CHECK(rows >= 60);
}

/* Of a machine with that engine, or none, and one package: everything about flaws. */
static struct report *flaws_of(struct arena *arena, const struct host *host,
                               const struct engine_facts *engine)
{
    struct report *report = arena_new(arena, struct report);
    struct engine_facts_list engines = {0};
    const str only = STR("1.2.2");
    const struct rule_settings rules = {.today = "2026-11-28"};
    const struct audit_options options = {
        .benchmark = "cis-1.8.0", .only = &only, .only_count = 1, .rules = &rules};
    if (engine)
        *vec_push(arena, &engines) = *engine;
    audit_judge(arena, host, &engines, &options, report);
    return report;
}

static const struct finding *flaw_in(const struct report *report, const char *id)
{
    for (size_t i = 0; i < report->findings.count; i++)
        if (str_eq(report->findings.items[i].id, str_from(id)))
            return &report->findings.items[i];
    return NULL;
}

static bool is_gap(const struct report *report, const char *why, const char *id)
{
    for (size_t i = 0; i < report->gaps.count; i++)
        if (str_contains(report->gaps.items[i].reason, str_from(why)) &&
            str_contains(report->gaps.items[i].reason, str_from(id)))
            return true;
    return false;
}

TEST(conditions_that_nobody_can_tell_are_gaps)
{
    ARENA_SCOPED arena = {0};
    struct host host = {.cgroup = 1};
    struct engine_facts engine = {.source = ENGINE_API, .address = STR("unix:///x")};
    *vec_push(&arena, &engine.components) =
        (struct engine_component){.name = STR("Engine"), .version = STR("20.10.3")};
    *vec_push(&arena, &engine.components) =
        (struct engine_component){.name = STR("runc"), .version = STR("1.1.5")};
    const struct report *report = flaws_of(&arena, &host, &engine);
    CHECK(!flaw_in(report, "CVE-2025-31133") && !flaw_in(report, "CVE-2024-41110"));
    CHECK(is_gap(report, "which containers there are is not known", "CVE-2025-31133"));
    CHECK(is_gap(report, "an authorization plugin is in use is not known", "CVE-2024-41110"));
    CHECK(is_gap(report, "which networks there are is not known", "CVE-2023-28840"));
    CHECK(is_gap(report, "which processes run here is not known", "CVE-2025-54410"));
    /* What has no condition is none of that. */
    CHECK(flaw_in(report, "CVE-2024-21626")->status == STATUS_OPEN);

    engine.knows_info = engine.knows_containers = engine.knows_networks = true;
    *vec_push(&arena, &host.processes) = (struct host_process){.name = STR("init")};
    report = flaws_of(&arena, &host, &engine);
    CHECK_EQ(0, report->gaps.count);
    CHECK(flaw_in(report, "CVE-2024-41110")->status == STATUS_NOT_AFFECTED);
    CHECK(flaw_in(report, "CVE-2025-31133")->status == STATUS_OPEN);
}

TEST(a_kernel_of_unknown_make_is_a_gap)
{
    ARENA_SCOPED arena = {0};
    struct host host = {.cgroup = 1, .kernel = STR("6.1.10")};
    struct engine_facts engine = {.source = ENGINE_API, .knows_info = true, .address = STR("x")};
    const struct report *report = flaws_of(&arena, &host, &engine);
    CHECK(is_gap(report, "how this kernel was built is not known", "CVE-2026-43500"));
    *vec_push(&arena, &host.kernel_config) =
        (struct host_assignment){.name = STR("CONFIG_AF_RXRPC"), .value = STR("m")};
    report = flaws_of(&arena, &host, &engine);
    CHECK(flaw_in(report, "CVE-2026-43500")->status == STATUS_OPEN);
}

TEST(components_are_found_as_packages_too)
{
    ARENA_SCOPED arena = {0};
    struct host host = {.distribution = {.id = STR("debian"), .codename = STR("bookworm")}};
    *vec_push(&arena, &host.packages) = (struct package){.name = STR("podman"),
                                                         .version = STR("4.3.1+ds1-8"),
                                                         .source_name = STR("libpod"),
                                                         .source_version = STR("4.3.1+ds1-8")};
    *vec_push(&arena, &host.packages) =
        (struct package){.name = STR("buildah"),
                         .version = STR("1.28.2+ds1-3"),
                         .source_name = STR("golang-github-containers-buildah"),
                         .source_version = STR("1.28.2+ds1-3")};
    *vec_push(&arena, &host.packages) = (struct package){.name = STR("cri-o"),
                                                         .version = STR("1.28.1-1.1"),
                                                         .source_name = STR("cri-o"),
                                                         .source_version = STR("1.28.1-1.1")};
    *vec_push(&arena, &host.packages) = (struct package){.name = STR("containerd.io"),
                                                         .version = STR("1.7.20-1"),
                                                         .source_name = STR("containerd.io"),
                                                         .source_version = STR("1.7.20-1")};
    *vec_push(&arena, &host.processes) = (struct host_process){.name = STR("kubelet")};
    const struct report *report = flaws_of(&arena, &host, NULL);
    CHECK_STR("libpod", flaw_in(report, "CVE-2023-0778")->vulnerability->package);
    CHECK(!flaw_in(report, "CVE-2022-27649"));
    CHECK_STR("1.28.2+ds1-3", flaw_in(report, "CVE-2024-1753")->vulnerability->installed_version);
    CHECK_STR("upgrade cri-o to 1.28.6", flaw_in(report, "CVE-2024-3154")->remedy);
    CHECK(flaw_in(report, "CVE-2024-3154")->status == STATUS_OPEN);
    CHECK_STR("upgrade containerd.io to 1.7.29", flaw_in(report, "CVE-2024-25621")->remedy);
    CHECK(is_gap(report, "which version of cgroups is in use is not known", "CVE-2023-6476"));
    /* An engine that speaks of a component is believed, not the package. */
    struct engine_facts engine = {.source = ENGINE_API, .is_podman = true, .address = STR("p")};
    *vec_push(&arena, &engine.components) =
        (struct engine_component){.name = STR("Podman Engine"), .version = STR("5.8.0")};
    *vec_push(&arena, &engine.components) = (struct engine_component){
        .name = STR("OCI Runtime (crun)"), .version = STR("crun version 1.8.1\ncommit: x")};
    report = flaws_of(&arena, &host, &engine);
    CHECK(!flaw_in(report, "CVE-2023-0778"));
    CHECK_STR("1.8.1", flaw_in(report, "CVE-2026-30892")->vulnerability->installed_version);
}

struct scene {
    struct host host;
    struct host_daemon daemon;
    struct engine_facts engine;
};

static struct check ask(struct arena *arena, const struct scene *scene, const char *id,
                        const char *parameter)
{
    struct report report = {0};
    struct check check = {0};
    const struct rule_settings settings = {.today = "2026-11-28"};
    const struct rule *rule = rule_by_id(str_from(id));
    struct rule_run run = {.arena = arena, .report = &report, .settings = &settings, .rule = rule};
    const struct host_view view = {.host = &scene->host,
                                   .engine = &scene->engine,
                                   .daemon = &scene->daemon,
                                   .parameter = str_from(parameter),
                                   .check = &check};
    CHECK(rule && rule->host);
    rule->host(&run, &view);
    return check;
}

static void add_setting(struct arena *arena, struct scene *scene, const char *name,
                        const char *value)
{
    *vec_push(arena, &scene->daemon.settings) = (struct daemon_setting){
        .name = str_from(name), .value = str_from(value), .place = {.path = STR("/d"), .line = 4}};
}

TEST(modes_are_bits_not_numbers)
{
    ARENA_SCOPED arena = {0};
    struct scene scene = {0};
    struct host_file file = {.path = STR("/etc/default/docker"),
                             .kind = HOST_FILE_REGULAR,
                             .mode = 0626,
                             .owner = STR("root"),
                             .group = STR("root")};
    scene.host.files.items = &file;
    scene.host.files.count = 1;
    /* 626 is less than 644 as a number, and lets anyone write. */
    struct check check = ask(&arena, &scene, "host/file-mode", "/etc/default/docker 644");
    CHECK_EQ(CONTROL_FAIL, check.result);
    CHECK_EQ(SEVERITY_CRITICAL, check.severity);
    CHECK_STR("chmod 604 /etc/default/docker", check.remedy);
    file.mode = 0600;
    CHECK_EQ(CONTROL_PASS, ask(&arena, &scene, "host/file-mode", "/etc/default/docker 644").result);
    file.uid = 1000;
    CHECK_EQ(CONTROL_FAIL,
             ask(&arena, &scene, "host/file-owner", "/etc/default/docker root:root").result);
    file.kind = HOST_FILE_UNSEEN;
    CHECK_EQ(CONTROL_UNKNOWN,
             ask(&arena, &scene, "host/file-mode", "/etc/default/docker 644").result);
    file.kind = HOST_FILE_ABSENT;
    CHECK_EQ(CONTROL_NOT_APPLICABLE,
             ask(&arena, &scene, "host/file-mode", "/etc/default/docker 644").result);
}

TEST(audit_rules_are_compared_as_paths)
{
    ARENA_SCOPED arena = {0};
    struct scene scene = {0};
    struct host_file file = {.path = STR("/usr/bin/containerd"), .kind = HOST_FILE_REGULAR};
    struct audit_watch watch = {.path = STR("/usr/bin/containerd-shim"), .is_folder = true};
    scene.host.files.items = &file;
    scene.host.watches.items = &watch;
    scene.host.files.count = scene.host.watches.count = 1;
    scene.host.has_audit_rules = true;
    CHECK_EQ(CONTROL_FAIL, ask(&arena, &scene, "host/not-audited", "containerd").result);
    watch.path = STR("/usr/bin");
    CHECK_EQ(CONTROL_PASS, ask(&arena, &scene, "host/not-audited", "containerd").result);
    watch.is_folder = false;
    CHECK_EQ(CONTROL_FAIL, ask(&arena, &scene, "host/not-audited", "containerd").result);
}

TEST(open_daemon_is_critical)
{
    ARENA_SCOPED arena = {0};
    struct scene scene = {0};
    *vec_push(&arena, &scene.daemon.listens) = STR("unix:///run/docker.sock");
    CHECK_EQ(CONTROL_PASS, ask(&arena, &scene, "daemon/tcp-without-tls", "").result);
    *vec_push(&arena, &scene.daemon.listens) = STR("tcp://127.0.0.1:2375");
    CHECK_EQ(SEVERITY_HIGH, ask(&arena, &scene, "daemon/tcp-without-tls", "").severity);
    *vec_push(&arena, &scene.daemon.listens) = STR("tcp://[::]:2375");
    CHECK_EQ(SEVERITY_CRITICAL, ask(&arena, &scene, "daemon/tcp-without-tls", "").severity);
    scene.daemon.listens.count = 1;
    *vec_push(&arena, &scene.daemon.listens) = STR("tcp://[::]:2377");
    CHECK_EQ(CONTROL_PASS, ask(&arena, &scene, "daemon/tcp-without-tls", "").result);
    scene.daemon.listens.items[1] = STR("tcp://0.0.0.0:2375");
    add_setting(&arena, &scene, "tls", "true");
    CHECK_EQ(CONTROL_FAIL, ask(&arena, &scene, "daemon/tcp-without-tls", "").result);
    add_setting(&arena, &scene, "tlsverify", "true");
    CHECK_EQ(CONTROL_PASS, ask(&arena, &scene, "daemon/tcp-without-tls", "").result);
}

TEST(seccomp_is_what_the_engine_says)
{
    ARENA_SCOPED arena = {0};
    struct scene scene = {.engine = {.knows_info = true}};
    CHECK_EQ(CONTROL_FAIL, ask(&arena, &scene, "daemon/seccomp-default", "").result);
    *vec_push(&arena, &scene.engine.security) = STR("name=seccomp,profile=builtin");
    CHECK_EQ(CONTROL_PASS, ask(&arena, &scene, "daemon/seccomp-default", "").result);
    scene.engine.security.items[0] = STR("name=seccomp,profile=unconfined");
    CHECK_EQ(CONTROL_FAIL, ask(&arena, &scene, "daemon/seccomp-default", "").result);
}

/* The finding of that flaw at the container, or NULL. */
static const struct finding *flaw_of(struct arena *arena, const struct host *host,
                                     const struct live_calls *calls,
                                     const struct workload *workload, const char *id)
{
    static const struct engine_facts engine;
    static const struct engine_container container = {.name = STR_INIT("web")};
    struct report *report = arena_new(arena, struct report);
    const struct container_view view = {.host = host,
                                        .engine = &engine,
                                        .container = &container,
                                        .workload = workload,
                                        .calls = calls};
    *report = (struct report){0};
    audit_judge_container(arena, &view, NULL, report);
    for (size_t i = 0; i < report->findings.count; i++)
        if (str_eq(report->findings.items[i].id, str_from(id)))
            return &report->findings.items[i];
    return NULL;
}

TEST(flaws_of_the_kernel_depend_on_the_filter)
{
    ARENA_SCOPED arena = {0};
    struct host host = {.kernel = STR("6.18.20")};
    struct workload workload = {.path = STR("container web")};
    struct live_calls calls = {0};
    static const char *const options[] = {"CONFIG_CRYPTO_USER_API_AEAD", "CONFIG_INET_ESP",
                                          "CONFIG_INET6_ESP"};
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        *vec_push(&arena, &host.kernel_config) =
            (struct host_assignment){.name = str_from(options[i]), .value = STR("m")};
    *vec_push(&arena, &calls.list) =
        (struct live_call){.name = STR("socket(AF_ALG)"), .verdict = SECCOMP_ALLOWED};
    *vec_push(&arena, &calls.list) =
        (struct live_call){.name = STR("unshare(CLONE_NEWUSER)"), .verdict = SECCOMP_REFUSED};
    const struct finding *finding = flaw_of(&arena, &host, &calls, &workload, "CVE-2026-31431");
    CHECK(finding && finding->status == STATUS_OPEN);
    CHECK_STR("container web", finding->location.path);
    CHECK_STR("its filter lets it open AF_ALG sockets", finding->evidence);
    calls.list.items[0].verdict = SECCOMP_REFUSED;
    finding = flaw_of(&arena, &host, &calls, &workload, "CVE-2026-31431");
    CHECK(finding && finding->status == STATUS_NOT_AFFECTED);
    CHECK_STR("its filter refuses AF_ALG sockets", finding->reason);
    /* Without rights and namespaces, IPsec is out of reach. */
    finding = flaw_of(&arena, &host, &calls, &workload, "CVE-2026-43284");
    CHECK(finding && finding->status == STATUS_NOT_AFFECTED);
    calls.list.items[1].verdict = SECCOMP_ALLOWED;
    finding = flaw_of(&arena, &host, &calls, &workload, "CVE-2026-43284");
    CHECK(finding && finding->status == STATUS_OPEN);
    host.kernel = STR("6.18.44");
    CHECK(!flaw_of(&arena, &host, &calls, &workload, "CVE-2026-31431"));
    /* Flaws of the engine are the host's business. */
    CHECK(!flaw_of(&arena, &host, &calls, &workload, "CVE-2019-5736"));
}
