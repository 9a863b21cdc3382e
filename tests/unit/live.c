// SPDX-License-Identifier: Apache-2.0
#include "base/fd.h"
#include "judge/rule/rule.h"
#include "read/host/reader.h"
#include "tests/unit/test.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char status[] = "Name:\tsleep\nPPid:\t41\nUid:\t10001\t10001\t10001\t10001\n"
                             "Groups:\t0 10 \n"
                             "CapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\n"
                             "CapEff:\t0000000000000000\nCapBnd:\t00000000a80425fb\n"
                             "CapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n";

TEST(live_status_is_read)
{
    struct live_process process = {0};
    live_status_parse(str_from(status), &process);
    CHECK(process.has_status);
    CHECK_EQ(41, process.parent);
    CHECK_EQ(10001, process.uid);
    CHECK_EQ(0xa80425fb, process.bounding);
    CHECK_EQ(0xa80425fb, process.permitted);
    CHECK_EQ(0, process.effective);
    CHECK(process.filtered == ANSWER_YES && process.no_new_privileges == ANSWER_YES);

    struct live_process old = {0};
    live_status_parse(STR("Name:\tx\nCapEff:\tzz\nSeccomp:\t9\n"), &old);
    CHECK(!old.has_status && old.filtered == ANSWER_UNKNOWN);
}

TEST(live_capabilities_have_the_kernels_numbers)
{
    CHECK_STR("CHOWN", capability_name(0));
    CHECK_STR("NET_RAW", capability_name(13));
    CHECK_STR("SYS_ADMIN", capability_name(21));
    CHECK_STR("CHECKPOINT_RESTORE", capability_name(40));
    CHECK_EQ(0, capability_name(41).len);
    /* What docker gives, as the kernel shows it. */
    struct workload plain = {0};
    uint64_t bits = 0;
    for (unsigned i = 0; i < CAPABILITY_COUNT; i++)
        bits |= (uint64_t)workload_has_capability(&plain, capability_name(i)) << i;
    CHECK_EQ(0xa80425fb, bits);
}

TEST(live_cgroup_folders)
{
    ARENA_SCOPED arena = {0};
    struct host_mount_list v1 = {0}, v2 = {0}, inside = {0};
    mountinfo_parse(&arena,
                    STR("33 31 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
                        "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
                        "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"),
                    &v1);
    mountinfo_parse(&arena, STR("30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"), &v2);
    mountinfo_parse(&arena, STR("30 1 0:26 /docker/x /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"),
                    &inside);
    str hybrid = STR("8:pids:/p\n4:memory:/docker/a\n1:cpuacct,cpu:/docker/c\n0::/docker/u\n");
    CHECK_STR("/sys/fs/cgroup/memory/docker/a", cgroup_folder(&arena, &v1, hybrid, STR("memory")));
    CHECK_STR("/sys/fs/cgroup/cpu/docker/c", cgroup_folder(&arena, &v1, hybrid, STR("cpu")));
    CHECK_STR("", cgroup_folder(&arena, &v1, hybrid, STR("pids")));
    CHECK_STR("/sys/fs/cgroup/docker/u",
              cgroup_folder(&arena, &v2, STR("0::/docker/u\n"), STR("memory")));
    CHECK_STR("/sys/fs/cgroup/y",
              cgroup_folder(&arena, &inside, STR("0::/docker/x/y\n"), STR("memory")));
    CHECK_STR("", cgroup_folder(&arena, &inside, STR("0::/other\n"), STR("memory")));
}

/* --- a machine that is a folder -----------------------------------------------------------------
 */

static void put(const char *root, const char *path, const char *text)
{
    char full[512];
    struct err err = {0};
    snprintf(full, sizeof(full), "%s/%s", root, path);
    for (char *slash = full + strlen(root); (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        mkdir(full, 0700);
        *slash = '/';
    }
    CHECK_OK(fd_replace_file(full, str_from(text), &err), &err);
}

static void put_link(const char *root, const char *path, const char *target)
{
    char full[512];
    put(root, path, "");
    snprintf(full, sizeof(full), "%s/%s", root, path);
    unlink(full);
    CHECK_EQ(0, symlink(target, full));
}

TEST(live_processes_are_found_by_cgroup)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct host_reader *reader = NULL;
    struct host host;
    struct live live;
    char root[300];
    snprintf(root, sizeof(root), "%s/live", test_folder());
    put(root, "proc/self/mountinfo", "30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    put_link(root, "proc/1/ns/net", "net:[100]");
    put(root, "proc/1/cgroup", "0::/init.scope\n");
    put(root, "proc/50/cgroup", "0::/system.slice/docker-" ID ".scope\n");
    put(root, "proc/50/comm", "sleep\n");
    put(root, "proc/50/status", status);
    put(root, "proc/50/mountinfo", "1 0 0:1 / / ro - overlay overlay rw\n");
    put_link(root, "proc/50/ns/net", "net:[200]");
    put_link(root, "proc/50/exe", "/usr/bin/sleep");
    put(root, "proc/50/environ", "A=1");
    put(root, "proc/50/oom_score_adj", "-17\n");
    put(root, "proc/9/cgroup", "0::/system.slice/docker-" ID ".scope\n"); /* it ended */
    put(root, "sys/fs/cgroup/system.slice/docker-" ID ".scope/memory.max", "67108864\n");
    put(root, "sys/fs/cgroup/system.slice/docker-" ID ".scope/memory.swap.max", "1048576\n");
    put(root, "sys/fs/cgroup/system.slice/docker-" ID ".scope/pids.max", "max\n");
    put(root, "sys/fs/cgroup/system.slice/docker-" ID ".scope/cpu.max", "50000 100000\n");
    CHECK_OK(host_open(&arena, root, &reader, &err), &err);
    host_gather_live(reader);
    host_read(reader, &host);
    host_read_live(reader, &live);
    host_close(reader);
    CHECK_EQ(100, live.namespaces[NS_NET]);
    CHECK_EQ(0, live.namespaces[NS_PID]);
    CHECK_EQ(1, live.containers.count);
    CHECK(live_container(&live, STR("other")) == NULL);
    const struct live_container *one = live_container(&live, STR(ID));
    CHECK(one != NULL);
    CHECK_EQ(2, one->processes.count);
    CHECK(!one->processes.items[0].has_status && one->processes.items[1].has_status);
    CHECK_STR("sleep", one->processes.items[1].name);
    CHECK_EQ(200, one->processes.items[1].namespaces[NS_NET]);
    CHECK_STR("/usr/bin/sleep", one->processes.items[1].executable);
    CHECK_STR("A=1", one->processes.items[1].environment);
    CHECK_STR("0 10", one->processes.items[1].groups);
    CHECK_EQ(-17, one->processes.items[1].oom_score);
    CHECK(!one->knows_devices);
    CHECK_EQ(1, one->mounts.count);
    CHECK(one->memory.is_known && !one->memory.is_unlimited);
    CHECK_EQ(67108864, one->memory.value);
    CHECK_EQ(68157440, one->memory_and_swap.value);
    CHECK(one->pids.is_unlimited);
    CHECK_EQ(500, one->cpus.value);
}

TEST(live_changes_of_a_layer)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct host_reader *reader = NULL;
    struct live_change_list changes = {0}, none = {0};
    char root[300], path[400];
    snprintf(root, sizeof(root), "%s/layers", test_folder());
    put(root, "up/etc/new", "x");
    put(root, "up/bin/tool", "#!/bin/sh\n");
    put(root, "up/bin/data", "x");
    put(root, "up/bin/.wh.gone", "");
    put(root, "up/.wh..wh..opq", "");
    put(root, "low/bin/tool", "");
    snprintf(path, sizeof(path), "%s/up/bin/tool", root);
    CHECK_EQ(0, chmod(path, 0755));
    snprintf(path, sizeof(path), "%s/up/bin/data", root);
    CHECK_EQ(0, chmod(path, 0755));
    CHECK_OK(host_open(&arena, root, &reader, &err), &err);
    CHECK(host_read_changes(reader, STR("/up"), STR("/absent:/low"), &changes));
    CHECK(!host_read_changes(reader, STR("/nowhere"), (str){0}, &none));
    host_close(reader);
    CHECK_EQ(4, changes.count);
    CHECK_STR("/bin/data", changes.items[0].path);
    CHECK(!changes.items[0].is_program && changes.items[0].kind == CHANGE_ADDED);
    CHECK_STR("/bin/gone", changes.items[1].path);
    CHECK_EQ(CHANGE_DELETED, changes.items[1].kind);
    CHECK_STR("/bin/tool", changes.items[2].path);
    CHECK(changes.items[2].is_program && changes.items[2].kind == CHANGE_CHANGED);
    CHECK_STR("/etc/new", changes.items[3].path);
}

/* --- rules --------------------------------------------------------------------------------------
 */

struct scene {
    struct arena arena;
    struct host host;
    struct engine_facts engine;
    struct engine_container container;
    struct workload workload;
    struct live live;
    struct live_container *actual;
    struct report report;
};

static void scene_mount(struct scene *scene, const char *line)
{
    mountinfo_parse(&scene->arena, str_from(line), &scene->actual->mounts);
}

/* A container whose processes are as its record says. */
static struct scene *scene_new(struct arena *arena)
{
    struct scene *scene = arena_new(arena, struct scene);
    scene->container = (struct engine_container){.id = STR(ID), .is_running = true, .pid = 50};
    scene->engine.address = STR("unix:///var/run/docker.sock");
    scene->workload = (struct workload){.dialect = DIALECT_ENGINE,
                                        .name = STR("web"),
                                        .path = STR("container web"),
                                        .user = {.set = true, .value = STR("10001")},
                                        .no_new_privileges = {.set = true, .value = true}};
    scene->actual = vec_push(&scene->arena, &scene->live.containers);
    *scene->actual = (struct live_container){.id = STR(ID)};
    struct live_process *process = vec_push(&scene->arena, &scene->actual->processes);
    *process = (struct live_process){.pid = 50, .name = STR("app")};
    live_status_parse(str_from(status), process);
    for (size_t i = 0; i < LIVE_NAMESPACES; i++) {
        scene->live.namespaces[i] = 100 + i;
        process->namespaces[i] = 200 + i;
    }
    process->namespaces[NS_USER] = scene->live.namespaces[NS_USER];
    mountinfo_parse(
        &scene->arena,
        STR("1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:20 / /run rw - tmpfs tmpfs rw\n"),
        &scene->host.mounts);
    scene_mount(scene, "1 0 0:50 / / rw - overlay overlay rw\n2 1 0:51 / /proc rw - proc proc rw\n"
                       "3 2 0:51 /sys /proc/sys ro - proc proc rw\n"
                       "4 2 0:52 /null /proc/keys rw - tmpfs tmpfs rw\n");
    return scene;
}

static void scene_judge(struct scene *scene)
{
    const struct rule_settings settings = {0};
    struct rule_run run = {.arena = &scene->arena, .report = &scene->report, .settings = &settings};
    const struct container_view view = {
        .host = &scene->host,
        .engine = &scene->engine,
        .container = &scene->container,
        .workload = &scene->workload,
        .live = &scene->live,
        .actual = scene->actual,
    };
    rule_ask_container(&run, &view);
}

/* That rule alone is broken, with these words. */
static void scene_expect(struct scene *scene, const char *id, const char *words)
{
    scene_judge(scene);
    for (size_t i = 1; i < scene->report.findings.count; i++)
        test_failed(__FILE__, __LINE__, "%s: also %.*s", id,
                    STR_ARG(scene->report.findings.items[i].id));
    if (scene->report.findings.count == 0)
        test_failed(__FILE__, __LINE__, "%s is not found", id);
    if (scene->report.findings.count == 0)
        return;
    const struct finding *finding = &scene->report.findings.items[0];
    CHECK_STR(id, finding->id);
    CHECK_STR("container web", finding->location.path);
    if (!str_contains(finding->evidence, str_from(words)))
        test_failed(__FILE__, __LINE__, "%s: does not say \"%s\": %.*s", id, words,
                    STR_ARG(finding->evidence));
}

TEST(live_rules_are_silent_about_what_is_as_recorded)
{
    ARENA_SCOPED arena = {0};
    struct scene *scene = scene_new(&arena);
    scene_judge(scene);
    CHECK_EQ(0, scene->report.findings.count);
    /* One that ended while it was looked at says nothing. */
    *vec_push(&scene->arena, &scene->actual->processes) = (struct live_process){.pid = 60};
    scene_judge(scene);
    CHECK_EQ(0, scene->report.findings.count);
    arena_free(&scene->arena);
}

#define SCENE(change, id, words)                                                                   \
    do {                                                                                           \
        ARENA_SCOPED arena = {0};                                                                  \
        struct scene *scene = scene_new(&arena);                                                   \
        struct live_process *process = &scene->actual->processes.items[0];                         \
        (void)process;                                                                             \
        change;                                                                                    \
        scene_expect(scene, id, words);                                                            \
        arena_free(&scene->arena);                                                                 \
    } while (0)

TEST(live_rules_about_processes)
{
    SCENE(process->bounding |= 1u << 21, "live/extra-capability",
          "app (pid 50): has CAP_SYS_ADMIN, which");
    SCENE(process->effective = ~UINT64_C(0), "live/extra-capability", "and 19 more");
    SCENE(process->inheritable = 1, "live/inheritable-capability", "app (pid 50)");
    SCENE(process->filtered = ANSWER_NO, "live/seccomp-off", "though nothing asked");
    SCENE((process->filtered = ANSWER_NO, scene->engine.knows_info = true), "live/seccomp-off",
          "the engine has no filters");
    SCENE(process->no_new_privileges = ANSWER_NO, "live/new-privileges", "app (pid 50)");
    SCENE(process->uid = 0, "live/root-process", "the container's user is 10001");
    SCENE(process->name = STR("sshd"), "live/remote-login", "sshd (pid 50)");
    SCENE((process->pid = 51, process->name = STR("bash")), "live/open-shell", "bash (pid 51)");
}

static void change(struct scene *scene, const char *path, enum live_change_kind kind)
{
    *vec_push(&scene->arena, &scene->actual->changes) =
        (struct live_change){.path = str_from(path), .kind = kind, .is_program = true};
}

static void variable(struct scene *scene, const char *name, const char *value)
{
    *vec_push(&scene->arena, &scene->workload.environment) =
        (struct named_value){.name = str_from(name), .value = str_from(value), .has_value = true};
}

static void image(struct scene *scene, const char *id, const char *tag)
{
    struct engine_image *image = vec_push(&scene->arena, &scene->engine.images);
    *image = (struct engine_image){.id = str_from(id)};
    *vec_push(&scene->arena, &image->tags) = str_from(tag);
    scene->engine.knows_images = true;
    scene->container.image_id = STR("sha256:old");
    scene->workload.image = (struct set_text){.set = true, .value = STR("reg:5000/app")};
}

TEST(live_rules_about_content)
{
    SCENE((change(scene, "/tmp/x", CHANGE_ADDED), change(scene, "/usr/y", CHANGE_DELETED)),
          "live/new-program", "/tmp/x (new)");
    SCENE((process->executable = STR("/usr/bin/app"), change(scene, "/usr/bin/app", CHANGE_CHANGED),
           scene->actual->changes.items[0].is_program = false),
          "live/foreign-program", "app (pid 50): /usr/bin/app is not what the image has");
    SCENE(process->executable = STR("/memfd:x (deleted)"), "live/foreign-program",
          "was never a file");
    SCENE(process->executable = STR("/bin/x (deleted)"), "live/foreign-program", "was deleted");
    SCENE(process->environment = STR("A=1\0DB_PASSWORD=hunter22\0"), "live/secret-in-environment",
          "the value of DB_PASSWORD of app (pid 50)");
    SCENE((variable(scene, "DB_PASSWORD", "other"),
           process->environment = STR("DB_PASSWORD=hunter22\0")),
          "live/secret-in-environment", "DB_PASSWORD");
    SCENE((*vec_push(&scene->arena, &scene->actual->secrets) =
               (struct live_secret){.pid = 50, .process = STR("app"), .what = STR("a key")}),
          "live/secret-in-command-line", "app (pid 50): a key");
    SCENE((image(scene, "sha256:new", "reg:5000/app:latest"),
           image(scene, "sha256:old", "reg:5000/app:1")),
          "live/image-replaced", "reg:5000/app:latest is another image");
    SCENE(image(scene, "sha256:new", "other:1"), "live/image-replaced", "made from is gone");
}

TEST(live_content_that_is_as_it_should_be)
{
    ARENA_SCOPED arena = {0};
    struct scene *scene = scene_new(&arena);
    struct live_process *process = &scene->actual->processes.items[0];
    image(scene, "sha256:old", "reg:5000/app:latest");
    variable(scene, "DB_PASSWORD", "hunter22"); /* the family "container" tells */
    process->environment = STR("DB_PASSWORD=hunter22\0HOME=/\0");
    process->executable = STR("/usr/bin/app");
    change(scene, "/usr/bin/application", CHANGE_DELETED);
    *vec_push(&scene->arena, &scene->actual->devices) = STR("c 1:3 rwm");
    scene_judge(scene);
    CHECK_EQ(0, scene->report.findings.count);
    arena_free(&scene->arena);
}

TEST(live_rules_about_devices)
{
    SCENE(*vec_push(&scene->arena, &scene->actual->devices) = STR("b 8:* rwm"), "live/extra-device",
          "b 8:* rwm");
    SCENE(*vec_push(&scene->arena, &scene->actual->devices) = STR("a *:* rwm"), "live/extra-device",
          "all devices of the host");
    SCENE(process->oom_score = -998, "live/oom-protection", "app (pid 50): -998");
}

static void bind_read_only(struct scene *scene, const char *target)
{
    *vec_push(&scene->arena, &scene->workload.mounts) = (struct workload_mount){
        .kind = MOUNT_BIND, .source = STR("/data"), .target = str_from(target), .read_only = true};
}

TEST(live_rules_about_walls)
{
    SCENE(process->namespaces[NS_NET] = 100 + NS_NET, "live/shared-namespace", "host's net namesp");
    SCENE((bind_read_only(scene, "/host"),
           scene_mount(scene, "9 1 8:1 /d /host ro - ext4 /dev/sda1 rw\n"
                              "10 9 8:2 / /host/sub rw - ext4 /dev/sdb1 rw\n")),
          "live/writable-below-read-only", "/host is mounted read-only, but /host/sub can");
    SCENE(scene_mount(scene, "9 1 8:1 /d /data rw shared:5 - ext4 /dev/sda1 rw\n"),
          "live/shared-mount", "/data");
    SCENE(scene_mount(scene, "9 1 0:20 /docker.sock /tmp/x rw - tmpfs tmpfs rw\n"),
          "live/engine-socket", "/run/docker.sock of the host is within reach at /tmp/x");
    SCENE(scene->actual->mounts.items[2].options = STR("rw"), "live/unmasked",
          "/proc/sys can be written");
    SCENE(
        (scene->workload.apparmor = (struct set_text){.set = true, .value = STR("docker-default")},
         process->label = STR("unconfined")),
        "live/apparmor-off", "the container's profile is docker-default");
    SCENE((scene->workload.memory =
               (struct set_number){.set = true, .value = 67108864, .text = STR("67108864")},
           scene->actual->memory =
               (struct live_limit){.is_known = true, .is_unlimited = true, .path = STR("/sys/m")}),
          "live/limit-not-in-force", "/sys/m has no limit");
}

static void setting(struct scene *scene, const char *name, const char *asked, const char *actual)
{
    *vec_push(&scene->arena, &scene->actual->settings) =
        (struct live_setting){.name = str_from(name), .value = str_from(actual)};
    if (asked)
        *vec_push(&scene->arena, &scene->workload.sysctls) =
            (struct named_value){.name = str_from(name), .value = str_from(asked)};
}

static void on_networks(struct scene *scene, size_t count)
{
    static const char *const names[] = {"front", "back"};
    for (size_t i = 0; i < count; i++)
        *vec_push(&scene->arena, &scene->workload.networks) =
            (struct set_text){.set = true, .value = str_from(names[i])};
}

TEST(live_rules_about_settings)
{
    SCENE(setting(scene, "net.core.somaxconn", "1024", "128"), "live/setting-not-in-force",
          "net.core.somaxconn: the record says 1024, the kernel has 128");
    SCENE(setting(scene, "net.ipv4.ip_local_port_range", "1024 65000", "1024\t60999"),
          "live/setting-not-in-force", "the record says 1024 65000");
    SCENE(setting(scene, "net.ipv4.ping_group_range", "0", "0\t1"), "live/setting-not-in-force",
          "the kernel has 0");
    SCENE((on_networks(scene, 2), setting(scene, "net.ipv4.ip_forward", NULL, "1")),
          "live/forwards-packets", "it is on the networks front, back");
    SCENE(setting(scene, "net.ipv4.conf.all.route_localnet", NULL, "1"), "live/forwards-packets",
          "127.0.0.1 in it");
    SCENE(process->label = STR("system_u:system_r:spc_t:s0"), "live/selinux-off", "app (pid 50)");
}

TEST(live_settings_that_are_as_they_should_be)
{
    ARENA_SCOPED arena = {0};
    struct scene *scene = scene_new(&arena);
    struct live_process *process = &scene->actual->processes.items[0];
    setting(scene, "net.ipv4.ip_local_port_range", "1024 65000", "1024\t65000");
    setting(scene, "kernel.msgmax", "0x2000", "8192"); /* as the kernel reads it */
    setting(scene, "net.ipv4.conf.default.route_localnet", NULL, "0");
    setting(scene, "net.ipv4.ip_forward", NULL, "1");
    on_networks(scene, 1); /* nowhere to forward to */
    process->label = STR("system_u:system_r:container_t:s0:c1,c2");
    scene_judge(scene);
    CHECK_EQ(0, scene->report.findings.count);
    /* In the host's network the settings are the host's. */
    on_networks(scene, 2);
    process->namespaces[NS_NET] = scene->live.namespaces[NS_NET];
    scene->workload.network_mode = (struct set_text){.set = true, .value = STR("host")};
    scene_judge(scene);
    CHECK_EQ(0, scene->report.findings.count);
    arena_free(&scene->arena);
}

static void tmpfs(struct scene *scene, const char *options)
{
    *vec_push(&scene->arena, &scene->workload.mounts) = (struct workload_mount){
        .kind = MOUNT_TMPFS, .target = STR("/tmp"), .options = str_from(options)};
    scene_mount(scene, "9 1 0:60 / /tmp rw,nosuid,nodev - tmpfs tmpfs rw,size=64k\n");
}

static void ulimit(struct scene *scene, struct live_process *process, int64_t recorded,
                   uint64_t actual)
{
    *vec_push(&scene->arena, &scene->workload.ulimits) =
        (struct workload_ulimit){.name = STR("nofile"), .soft = 64, .hard = recorded};
    *vec_push(&scene->arena, &process->ulimits) =
        (struct live_ulimit){.name = STR("nofile"), .soft = 64, .hard = actual};
}

static void meters(struct scene *scene, const char *more)
{
    *vec_push(&scene->arena, &scene->host.files) =
        (struct host_file){.path = STR("/sys/devices/virtual/powercap"), .kind = HOST_FILE_FOLDER};
    scene_mount(scene, "9 1 0:61 / /sys ro - sysfs sysfs ro\n");
    scene_mount(scene, more);
}

TEST(live_rules_about_promises)
{
    SCENE(scene->workload.read_only_root = ((struct set_flag){.set = true, .value = true}),
          "live/looser-mount", "/ can be written");
    ARENA_SCOPED other = {0};
    struct scene *own_kernel = scene_new(&other);
    own_kernel->workload.read_only_root = (struct set_flag){.set = true, .value = true};
    own_kernel->workload.runtime = (struct set_text){.set = true, .value = STR("runsc")};
    scene_judge(own_kernel);
    CHECK_EQ(0, own_kernel->report.findings.count);
    arena_free(&own_kernel->arena);
    SCENE((bind_read_only(scene, "/data"),
           scene_mount(scene, "9 1 8:1 /d /data rw - ext4 /dev/sda1 rw\n")),
          "live/looser-mount", "/data can be written, its record says read-only");
    SCENE(tmpfs(scene, "rw,noexec,nosuid,size=64k"), "live/looser-mount", "/tmp is not noexec");
    SCENE(ulimit(scene, process, 128, 4096), "live/limit-not-in-force",
          "nofile: the record says 128, and app (pid 50) may have more");
    SCENE(ulimit(scene, process, 128, UINT64_MAX), "live/limit-not-in-force", "nofile");
    SCENE((scene->workload.memory_swap =
               (struct set_number){.set = true, .value = 67108864, .text = STR("67108864")},
           scene->actual->memory_and_swap =
               (struct live_limit){.is_known = true, .value = 134217728, .path = STR("/sys/s")}),
          "live/limit-not-in-force",
          "memory with swap: the record says 67108864, and /sys/s allows");
    SCENE((*vec_push(&scene->arena, &scene->workload.rates) =
               (struct workload_rate){.kind = IO_WRITES, .device = STR("/dev/sda"), .rate = 100},
           scene->actual->io[IO_WRITES] =
               (struct live_io){.is_known = true, .path = STR("/sys/io.max")}),
          "live/limit-not-in-force",
          "writes to /dev/sda: the record says 100 a second, and /sys/io.max has no such");
    SCENE(meters(scene, ""), "live/open-power-meter", "/sys/devices/virtual/powercap can be read");
}

TEST(live_promises_that_are_kept)
{
    ARENA_SCOPED arena = {0};
    struct scene *scene = scene_new(&arena);
    struct live_process *process = &scene->actual->processes.items[0];
    scene->workload.read_only_root = (struct set_flag){.set = true, .value = true};
    scene->actual->mounts.items[0].options = STR("ro,relatime");
    bind_read_only(scene, "/data");
    scene_mount(scene, "8 1 8:1 /d /data rw - ext4 /dev/sda1 rw\n"
                       "9 1 8:1 /d /data ro - ext4 /dev/sda1 rw\n");
    tmpfs(scene, "rw,nosuid,nodev");
    ulimit(scene, process, 128, 128);
    *vec_push(&scene->arena, &scene->workload.ulimits) =
        (struct workload_ulimit){.name = STR("core"), .soft = -1, .hard = -1};
    *vec_push(&scene->arena, &process->ulimits) =
        (struct live_ulimit){.name = STR("core"), .soft = 0, .hard = UINT64_MAX};
    *vec_push(&scene->arena, &scene->workload.rates) =
        (struct workload_rate){.kind = IO_READ_BYTES, .device = STR("/dev/sda"), .rate = 100};
    scene->actual->io[IO_READ_BYTES].is_known = true;
    *vec_push(&scene->arena, &scene->actual->io[IO_READ_BYTES].rates) = 4096;
    *vec_push(&scene->arena, &scene->actual->io[IO_READ_BYTES].rates) = 100;
    meters(scene, "10 9 0:62 / /sys/devices/virtual/powercap ro - tmpfs tmpfs ro\n");
    scene_judge(scene);
    CHECK_EQ(0, scene->report.findings.count);
    arena_free(&scene->arena);
}

TEST(live_rates_of_disks)
{
    ARENA_SCOPED arena = {0};
    struct live_rate_list v1 = {0}, v2 = {0};
    io_rates_parse(&arena, STR("7:0 1048576\n8:16 5\nx\n"), (str){0}, &v1);
    CHECK_EQ(2, v1.count);
    CHECK_EQ(5, v1.items[1]);
    io_rates_parse(&arena,
                   STR("8:0 rbps=max wbps=7 riops=max wiops=100\n8:16 rbps=1 wbps=8 riops=max\n"),
                   STR("wbps="), &v2);
    CHECK_EQ(2, v2.count);
    CHECK_EQ(8, v2.items[1]);
}

TEST(live_limits_of_processes)
{
    ARENA_SCOPED arena = {0};
    struct live_ulimit_list list = {0};
    process_limits_parse(
        &arena,
        STR("Limit                     Soft Limit           Hard Limit           Units     \n"
            "Max cpu time              unlimited            unlimited            seconds   \n"
            "Max core file size        0                    unlimited            bytes     \n"
            "Max open files            1024                 524288               files     \n"
            "Max open files            x\nMax something             1 1\nMax processes\n"),
        &list);
    CHECK_EQ(3, list.count);
    CHECK_STR("cpu", list.items[0].name);
    CHECK(list.items[0].soft == UINT64_MAX && list.items[1].soft == 0);
    CHECK_EQ(524288, list.items[2].hard);
}

TEST(live_rules_know_what_the_record_admits)
{
    ARENA_SCOPED arena = {0};
    struct scene *scene = scene_new(&arena);
    struct live_process *process = &scene->actual->processes.items[0];
    bind_read_only(scene, "/host");
    *vec_push(&scene->arena, &scene->workload.mounts) =
        (struct workload_mount){.kind = MOUNT_BIND, .target = STR("/host/own")};
    scene_mount(scene, "10 9 8:2 / /host/own rw - ext4 /dev/sdb1 rw\n"
                       "11 9 8:2 / /host/ro ro - ext4 /dev/sdb1 rw\n");
    scene->workload.network_mode = (struct set_text){.set = true, .value = STR("host")};
    process->namespaces[NS_NET] = 100 + NS_NET;
    process->namespaces[NS_UTS] = 100 + NS_UTS;
    scene->workload.seccomp = (struct set_text){.set = true, .value = STR("unconfined")};
    process->filtered = ANSWER_NO;
    *vec_push(&scene->arena, &scene->workload.cap_add) =
        (struct set_text){.set = true, .value = STR("SYS_ADMIN")};
    process->bounding |= 1u << 21;
    scene_judge(scene);
    CHECK_EQ(0, scene->report.findings.count);
    arena_free(&scene->arena);
}
