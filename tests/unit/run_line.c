// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/config_sample.h"

TEST(run_line_reads_options_as_docker_does)
{
    static const char text[] =
        "docker run -itd --name=web -p80:80 -p=127.0.0.1:81:81/udp --rm -u 1000:1000 \\\n"
        "  -v /etc:/e:ro -v \"my data:/d\" --mount 'type=bind,\"src=/a,b\",dst=/c,readonly' \\\n"
        "  --tmpfs /tmp:noexec --cap-add=SYS_TIME,chown --cap-drop all --device /dev/kvm:rw \\\n"
        "  --security-opt seccomp=unconfined --security-opt no-new-privileges \\\n"
        "  --read-only=false -e A=b -eC -m 512m --cpus 0.5 --network host --ulimit nofile=1:2 \\\n"
        "  --restart on-failure:3 --health-cmd 'curl x' reg.example:5000/a/b:1 serve --flag \"a b\"\n";
    ARENA_SCOPED arena = {0};
    struct workload_file file = config_sample(&arena, DIALECT_RUN, text);
    const struct workload *web = config_named(&file, "web");
    CHECK_EQ(0, file.problems.count);
    CHECK_STR("docker run", web->kind);
    CHECK(web->tty.value && web->removed_after.value);
    CHECK(web->ports.items[0].host_first == 80 && web->ports.items[1].host_first == 81);
    CHECK_STR("127.0.0.1", web->ports.items[1].host_ip);
    CHECK_STR("1000:1000", web->user.value);
    CHECK_EQ(4, web->mounts.count);
    CHECK(web->mounts.items[0].read_only && web->mounts.items[0].kind == MOUNT_BIND);
    CHECK_STR("my data", web->mounts.items[1].source);
    CHECK(web->mounts.items[2].read_only);
    CHECK_STR("/a,b", web->mounts.items[2].source);
    CHECK(web->mounts.items[3].kind == MOUNT_TMPFS);
    CHECK_STR("CHOWN", web->cap_add.items[1].value);
    CHECK_STR("ALL", web->cap_drop.items[0].value);
    CHECK_STR("rw", web->devices.items[0].permissions);
    CHECK_STR("unconfined", web->seccomp.value);
    CHECK(web->no_new_privileges.value);
    CHECK(web->read_only_root.set && !web->read_only_root.value);
    CHECK_STR("b", named_value_find(&web->environment, STR("A"))->value);
    CHECK(!named_value_find(&web->environment, STR("C"))->has_value);
    CHECK(web->memory.value == 512.0 * 1024 * 1024 && web->cpus.value == 0.5);
    CHECK_STR("host", web->network_mode.value);
    CHECK(web->ulimits.items[0].soft == 1 && web->ulimits.items[0].hard == 2);
    CHECK(web->restart_limit.value == 3);
    CHECK_STR("curl x", web->healthcheck.test);
    CHECK_STR("reg.example:5000/a/b:1", web->image.value);
    CHECK_EQ(3, web->command.count);
    CHECK_STR("a b", web->command.items[2].value);
    CHECK_STR("--cap-drop all", config_slice(text, &web->cap_drop.items[0].place));
    CHECK_EQ(3, web->cap_drop.items[0].place.line);
}

TEST(run_line_finds_commands_in_scripts)
{
    static const char text[] = "#!/bin/sh\n"
                               "# docker run commented/out\n"
                               "set -e; export A=b\n"
                               "docker build -t x . && docker run one >/dev/null 2>&1\n"
                               "X=1 sudo -n /usr/bin/podman --log-level debug create two\n"
                               "id=$(docker run three)\n"
                               "docker ps | grep run\n"
                               "docker -H tcp://h:2375 container run --rm four \\\n"
                               "   # not a comment of the command\n"
                               "echo docker run five\n";
    ARENA_SCOPED arena = {0};
    struct workload_file file = config_sample(&arena, DIALECT_RUN, text);
    CHECK_EQ(3, file.workloads.count);
    CHECK_STR("docker run", config_named(&file, "one")->kind);
    CHECK_EQ(0, config_named(&file, "one")->command.count);
    CHECK_STR("podman create", config_named(&file, "two")->kind);
    CHECK_EQ(8, config_named(&file, "four")->place.line);
}

TEST(run_line_says_what_it_does_not_know)
{
    ARENA_SCOPED arena = {0};
    struct workload_file file =
        config_sample(&arena, DIALECT_RUN, "docker run --brand-new value --rm image\n");
    CHECK_EQ(1, file.problems.count);
    CHECK(file.problems.items[0].lost && file.problems.items[0].place.column == 12);
    CHECK(file.workloads.count == 1);
    CHECK_STR("image", file.workloads.items[0].image.value);
    file = config_sample(&arena, DIALECT_RUN, "docker run -p\n");
    CHECK_EQ(2, file.problems.count); /* no value, no image */
    file = config_sample(&arena, DIALECT_RUN, "docker run 'open\n");
    CHECK(file.problems.count == 1 && file.problems.items[0].lost);
}
