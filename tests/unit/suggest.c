// SPDX-License-Identifier: Apache-2.0
#include "act/fix/suggest.h"
#include "tests/unit/test.h"

TEST(suggest_quotes_for_a_shell)
{
    ARENA_SCOPED arena = {0};
    CHECK_STR("nginx:1.27", suggest_quote(&arena, STR("nginx:1.27")));
    CHECK_STR("''", suggest_quote(&arena, STR("")));
    CHECK_STR("'a b'", suggest_quote(&arena, STR("a b")));
    CHECK_STR("'it'\\''s $HOME'", suggest_quote(&arena, STR("it's $HOME")));
    CHECK_STR("$'a\\012\\047b\\033'", suggest_quote(&arena, STR("a\n'b\033")));
    CHECK_STR("$'\\303\\244'", suggest_quote(&arena, STR("\xc3\xa4")));
    CHECK_STR("'#x'", suggest_quote(&arena, STR("#x")));
    CHECK_STR("'~'", suggest_quote(&arena, STR("~")));
}

TEST(suggest_keeps_the_work_and_drops_the_rights)
{
    ARENA_SCOPED arena = {0};
    struct engine_facts engine = {0};
    struct engine_container container = {.name = STR("web"), .image_id = STR("sha256:1")};
    struct engine_image *image = vec_push(&arena, &engine.images);
    *image = (struct engine_image){.id = STR("sha256:1")};
    *vec_push(&arena, &image->env) = STR("PATH=/bin");
    struct workload record = {
        .dialect = DIALECT_ENGINE,
        .user = {.set = true, .value = STR("0")},
        .privileged = {.set = true, .value = true},
        .network_mode = {.set = true, .value = STR("host")},
        .image = {.set = true, .value = STR("app:1")},
        .memory = {.set = true, .value = 1048576},
    };
    *vec_push(&arena, &record.environment) =
        (struct named_value){.name = STR("PATH"), .value = STR("/bin"), .has_value = true};
    *vec_push(&arena, &record.mounts) =
        (struct workload_mount){.kind = MOUNT_BIND, .source = STR("/etc/app"), .target = STR("/x")};
    *vec_push(&arena, &record.mounts) = (struct workload_mount){
        .kind = MOUNT_VOLUME, .source = STR("data"), .target = STR("/tmp"), .read_only = true};
    *vec_push(&arena, &image->labels) = STR("maintainer=me");
    *vec_push(&arena, &record.labels) =
        (struct named_value){.name = STR("maintainer"), .value = STR("me"), .has_value = true};
    *vec_push(&arena, &record.labels) =
        (struct named_value){.name = STR("tier"), .value = STR("a b"), .has_value = true};
    *vec_push(&arena, &record.environment) = (struct named_value){
        .name = STR("DB_PASSWORD"), .value = STR("hunter22"), .has_value = true};
    *vec_push(&arena, &record.sysctls) = (struct named_value){
        .name = STR("net.core.somaxconn"), .value = STR("9"), .has_value = true};
    *vec_push(&arena, &record.sysctls) =
        (struct named_value){.name = STR("kernel.core_pattern"), .value = STR("x")};
    *vec_push(&arena, &record.ulimits) =
        (struct workload_ulimit){.name = STR("nofile"), .soft = 10, .hard = 20};
    *vec_push(&arena, &record.groups) = (struct set_text){.set = true, .value = STR("docker")};
    *vec_push(&arena, &record.groups) = (struct set_text){.set = true, .value = STR("44")};
    *vec_push(&arena, &record.dns) = (struct set_text){.set = true, .value = STR("9.9.9.9")};
    struct suggestion suggestion;
    suggest_harden(&arena, &engine, &container, &record, &suggestion);
    struct str_list commands = suggest_run(&arena, &suggestion);
    CHECK_EQ(2, commands.count);
    CHECK_STR("docker network create web-net", commands.items[0]);
    CHECK_STR("docker run --detach --name web --user 10001:10001 --group-add 44 --cap-drop ALL "
              "--security-opt no-new-privileges --read-only --sysctl net.core.somaxconn=9 "
              "--memory 1048576 --memory-swap 1048576 --cpus 1 --pids-limit 200 "
              "--ulimit nofile=10:20 --log-opt max-size=10m --log-opt max-file=3 "
              "--network web-net --dns 9.9.9.9 --volume data:/tmp:ro --label 'tier=a b' "
              "--env DB_PASSWORD app:1",
              commands.items[1]);
    static const char *const told[] = {
        "Left out: the host's /etc/app at /x.",
        "Left out: the kernel's setting kernel.core_pattern.",
        "Left out: the group docker.",
        "Left out: --privileged. What then fails needs one capability or device, hardly all.",
    };
    for (size_t t = 0; t < sizeof(told) / sizeof(told[0]); t++) {
        bool found = false;
        for (size_t i = 0; i < suggestion.notes.count; i++)
            found |= str_eq(suggestion.notes.items[i], str_from(told[t]));
        if (!found)
            test_failed(__FILE__, __LINE__, "nothing says: %s", told[t]);
    }
    str compose = suggest_compose(&arena, &suggestion);
    CHECK(str_contains(compose, STR("    security_opt:\n      - \"no-new-privileges:true\"\n")));
    CHECK(str_contains(compose, STR("      - DB_PASSWORD\n")));
    CHECK(str_contains(compose, STR("      nofile: {soft: 10, hard: 20}\n")));
    CHECK(str_contains(compose, STR("  data: {name: data, external: true}\n")));
    CHECK(!str_contains(compose, STR("hunter22")));
    str pod = suggest_kubernetes(&arena, &suggestion);
    CHECK(str_contains(pod, STR("    runAsUser: 10001\n    runAsGroup: 10001\n")));
    CHECK(str_contains(pod, STR("secretKeyRef: {name: web, key: DB_PASSWORD}")));
    CHECK(!str_contains(pod, STR("hunter22")));
}

TEST(suggest_writes_yaml_that_holds_anything)
{
    ARENA_SCOPED arena = {0};
    const struct engine_facts engine = {0};
    const struct engine_container container = {.name = STR("Web_1")};
    struct workload record = {.dialect = DIALECT_ENGINE, .image = {.set = true, .value = STR("a")}};
    *vec_push(&arena, &record.command) =
        (struct set_text){.set = true, .value = STR("a\"b\\\n\033[1m $X")};
    *vec_push(&arena, &record.command) = (struct set_text){.set = true, .value = STR("no")};
    *vec_push(&arena, &record.command) = (struct set_text){.set = true, .value = STR("")};
    struct suggestion suggestion;
    suggest_harden(&arena, &engine, &container, &record, &suggestion);
    CHECK(str_contains(suggest_compose(&arena, &suggestion),
                       STR("    command: [\"a\\\"b\\\\\\x0a\\x1b[1m $$X\", \"no\", \"\"]\n")));
    str pod = suggest_kubernetes(&arena, &suggestion);
    CHECK(str_contains(pod, STR("args: [\"a\\\"b\\\\\\x0a\\x1b[1m $X\", \"no\", \"\"]\n")));
    CHECK(str_contains(pod, STR("  name: web-1\n")));
}
