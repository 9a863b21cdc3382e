// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "tests/unit/config_sample.h"

static void check_problem(const struct workload_file *file, uint32_t line, bool lost,
                          const char *message)
{
    for (size_t i = 0; i < file->problems.count; i++)
        if (str_contains(file->problems.items[i].message, str_from(message)) &&
            file->problems.items[i].place.line == line && file->problems.items[i].lost == lost)
            return;
    test_failed(__FILE__, __LINE__, "no problem in line %u: %s", line, message);
}

TEST(compose_reads_short_and_long_forms)
{
    static const char text[] = "services:\n"
                               "  web:\n"
                               "    image: nginx:1.27\n"
                               "    ports:\n"
                               "    - 80\n"
                               "    - \"8080-8081:80-81/udp\"\n"
                               "    - \"[::1]:53:53\"\n"
                               "    - 127.0.0.1::22\n"
                               "    - {target: 443, published: \"8443\", host_ip: 10.0.0.1}\n"
                               "    volumes:\n"
                               "    - /data\n"
                               "    - ./a:/a:ro,rshared\n"
                               "    - C:\\x:/c\n"
                               "    - named:/n\n"
                               "    - {type: bind, source: /b, target: /b, read_only: true,\n"
                               "       bind: {propagation: rslave, recursive: disabled}}\n"
                               "    - {type: tmpfs, target: /t}\n"
                               "    ulimits: {core: 0, nofile: {soft: 10, hard: 20}}\n"
                               "    devices: [\"/dev/fuse:/dev/fuse:r\", /dev/kvm, x.com/y=z]\n"
                               "    healthcheck: {test: [NONE]}\n"
                               "    command: serve \"a b\" 'c d'\n"
                               "    cap_drop: [cap_net_raw, all]\n"
                               "    restart: \"on-failure:7\"\n"
                               "    mem_limit: 1.5g\n";
    ARENA_SCOPED arena = {0};
    struct workload_file file = config_sample(&arena, DIALECT_COMPOSE, text);
    const struct workload *web = config_named(&file, "web");
    CHECK_EQ(0, file.problems.count);
    CHECK_EQ(5, web->ports.count);
    CHECK(web->ports.items[0].container_first == 80 && web->ports.items[0].host_first == 0);
    CHECK(web->ports.items[1].host_last == 8081 && web->ports.items[1].container_last == 81);
    CHECK_STR("udp", web->ports.items[1].protocol);
    CHECK_STR("::1", web->ports.items[2].host_ip);
    CHECK(web->ports.items[3].host_first == 0 && web->ports.items[3].container_first == 22);
    CHECK_STR("10.0.0.1", web->ports.items[4].host_ip);
    CHECK_EQ(6, web->mounts.count);
    CHECK(web->mounts.items[0].kind == MOUNT_VOLUME && !web->mounts.items[0].source.len);
    CHECK(web->mounts.items[1].kind == MOUNT_BIND && web->mounts.items[1].read_only);
    CHECK_STR("rshared", web->mounts.items[1].propagation);
    CHECK_STR("C:\\x", web->mounts.items[2].source);
    CHECK_STR("/c", web->mounts.items[2].target);
    CHECK(web->mounts.items[3].kind == MOUNT_VOLUME);
    CHECK(web->mounts.items[4].recursive_set && !web->mounts.items[4].recursive);
    CHECK(web->mounts.items[5].kind == MOUNT_TMPFS);
    CHECK_EQ(2, web->ulimits.count);
    CHECK(web->ulimits.items[1].soft == 10 && web->ulimits.items[1].hard == 20);
    CHECK_STR("r", web->devices.items[0].permissions);
    CHECK_STR("/dev/kvm", web->devices.items[1].target);
    CHECK(web->devices.items[2].kind == DEVICE_REQUEST);
    CHECK(web->healthcheck.set && web->healthcheck.disabled);
    CHECK_EQ(3, web->command.count);
    CHECK_STR("a b", web->command.items[1].value);
    CHECK_STR("NET_RAW", web->cap_drop.items[0].value);
    CHECK_STR("on-failure", web->restart.value);
    CHECK(web->restart_limit.value == 7);
    CHECK(web->memory.value == 1.5 * 1024 * 1024 * 1024);
    CHECK_STR("./a:/a:ro,rshared", config_slice(text, &web->mounts.items[1].place));
    CHECK_STR("1.5g", config_slice(text, &web->memory.place));
    CHECK_EQ(24, web->memory.place.line);
    CHECK_EQ(16, web->memory.place.column);
}

TEST(compose_lays_merges_and_bases_over_each_other)
{
    static const char text[] = "x-base: &base\n"
                               "  restart: always\n"
                               "  environment: {A: base, B: base}\n"
                               "services:\n"
                               "  parent:\n"
                               "    image: a:1\n"
                               "    privileged: \"true\"\n"
                               "    cap_add: [SYS_TIME]\n"
                               "    environment: [C=parent, D]\n"
                               "  child:\n"
                               "    <<: [*base]\n"
                               "    extends: {service: parent}\n"
                               "    privileged: false\n"
                               "    cap_add: [SYS_NICE]\n"
                               "    environment: {A: child, C: child}\n"
                               "  reset:\n"
                               "    extends: parent\n"
                               "    cap_add: !reset []\n"
                               "    environment: !override {E: own}\n";
    ARENA_SCOPED arena = {0};
    struct workload_file file = config_sample(&arena, DIALECT_COMPOSE, text);
    const struct workload *child = config_named(&file, "child");
    CHECK_EQ(0, file.problems.count);
    CHECK_STR("always", child->restart.value);
    CHECK(child->privileged.set && !child->privileged.value);
    CHECK_EQ(2, child->cap_add.count);
    CHECK_STR("child", named_value_find(&child->environment, STR("C"))->value);
    CHECK_STR("child", named_value_find(&child->environment, STR("A"))->value);
    CHECK(!named_value_find(&child->environment, STR("D"))->has_value);
    CHECK(!named_value_find(&child->environment, STR("B"))); /* own `environment` wins as a whole */
    const struct workload *reset = config_named(&file, "reset");
    CHECK_EQ(0, reset->cap_add.count);
    CHECK_EQ(1, reset->environment.count);
    CHECK(reset->privileged.value);
}

TEST(compose_puts_variables_in)
{
    static const char text[] =
        "services:\n  web:\n    image: \"$NAME:${TAG:-latest}\"\n"
        "    environment:\n      A: ${EMPTY:-d1}\n      B: ${EMPTY-d2}\n      C: ${NONE:+x}\n"
        "      D: $${NAME}\n      E: ${NONE}\n      F: ${NONE:-${NAME}}\n      G: ${NAME:+set}\n"
        "      H: \"${1}\"\n";
    ARENA_SCOPED arena = {0};
    struct named_value_list variables = {0};
    config_read_variables(&arena, STR(".env"),
                          STR("# comment\nexport NAME=nginx # the web server\nEMPTY=\n"
                              "Q='a #b'\nM=\"x\\\"\ny\"\nLAST=1\n"),
                          &variables);
    CHECK_EQ(5, variables.count);
    struct named_value_list full = {.count = LIMIT_CONFIG_ITEMS};
    CHECK(config_read_variables(&arena, STR(".env"), STR("\n# all of it\n"), &full));
    CHECK(!config_read_variables(&arena, STR(".env"), STR("\nONE_MORE=1\n"), &full));
    CHECK_STR("nginx", named_value_find(&variables, STR("NAME"))->value);
    CHECK_STR("a #b", named_value_find(&variables, STR("Q"))->value);
    CHECK_STR("x\"\ny", named_value_find(&variables, STR("M"))->value);
    CHECK_EQ(7, named_value_find(&variables, STR("LAST"))->place.line);
    const struct config_text input = {STR("file"), str_from(text)};
    const struct config_options options = {.variables = &variables};
    struct workload_file file;
    config_read(&arena, DIALECT_COMPOSE, &input, 1, &options, &file);
    const struct workload *web = config_named(&file, "web");
    const struct named_value_list *env = &web->environment;
    CHECK_STR("nginx:latest", web->image.value);
    CHECK_STR("d1", named_value_find(env, STR("A"))->value);
    CHECK_STR("", named_value_find(env, STR("B"))->value);
    CHECK_STR("", named_value_find(env, STR("C"))->value);
    CHECK_STR("${NAME}", named_value_find(env, STR("D"))->value);
    CHECK_STR("${NONE}", named_value_find(env, STR("E"))->value); /* unknown, not empty */
    CHECK_STR("nginx", named_value_find(env, STR("F"))->value);
    CHECK(named_value_find(env, STR("F"))->from_variable);
    CHECK(!named_value_find(env, STR("A"))->from_variable);
    CHECK_STR("set", named_value_find(env, STR("G"))->value);
    check_problem(&file, 12, false, "no variable that compose can put in");
}

TEST(compose_joins_several_files)
{
    const struct config_text inputs[] = {
        {STR("p/compose.yaml"), STR("services:\n  web:\n    image: a:1\n    ports: [\"80:80\"]\n")},
        {STR("p/override.yaml"),
         STR("services:\n  web:\n    privileged: true\n    ports: [\"81:81\"]\n"
             "  db:\n    image: b:1\n    volumes: [data:/d]\n"
             "volumes:\n  data: {driver_opts: {type: none, o: \"rw,bind\", device: /etc}}\n")},
    };
    ARENA_SCOPED arena = {0};
    struct workload_file file;
    config_read(&arena, DIALECT_COMPOSE, inputs, 2, NULL, &file);
    const struct workload *web = config_named(&file, "web"), *db = config_named(&file, "db");
    CHECK_EQ(2, file.workloads.count);
    CHECK_EQ(2, web->ports.count);
    CHECK_STR("p/override.yaml", web->privileged.place.path);
    CHECK_STR("p/compose.yaml", web->image.place.path);
    CHECK(db->mounts.items[0].kind == MOUNT_BIND);
    CHECK_STR("/etc", db->mounts.items[0].source);
}

static int load_base(void *context, struct arena *arena, str path, str *ret_text, struct err *err)
{
    (void)context;
    if (!str_eq(path, STR("p/base.yaml")))
        return err_set(err, ERR_NOT_FOUND, "no such file");
    *ret_text = arena_str(arena, STR("services:\n  base: {image: x:1, user: root}\n"));
    return 0;
}

TEST(compose_follows_other_files_where_it_may)
{
    const struct config_text input = {
        STR("p/compose.yaml"), STR("services:\n  a: {extends: {file: base.yaml, service: base}}\n"
                                   "  b: {image: y:1, extends: {file: gone.yaml, service: base}}\n"
                                   "  c: {extends: {file: base.yaml, service: other}}\n"
                                   "  d: {image: z:1, extends: d}\n")};
    const struct config_loader loader = {.load = load_base};
    const struct config_options options = {.loader = &loader};
    ARENA_SCOPED arena = {0};
    struct workload_file file;
    config_read(&arena, DIALECT_COMPOSE, &input, 1, &options, &file);
    CHECK_STR("root", config_named(&file, "a")->user.value);
    CHECK_STR("p/base.yaml", config_named(&file, "a")->user.place.path);
    check_problem(&file, 3, true, "gone.yaml: no such file");
    check_problem(&file, 4, true, "extends a service other that is not there");
    check_problem(&file, 5, true, "extend each other in a circle");
    config_read(&arena, DIALECT_COMPOSE, &input, 1, NULL, &file);
    check_problem(&file, 2, true, "other files are not looked at here");
}

/* A folder of files in memory: "PATH TEXT" pairs. */
static int load_named(void *context, struct arena *arena, str path, str *ret_text, struct err *err)
{
    const char *const *files = context;
    for (; *files; files += 2)
        if (str_eq(path, str_from(files[0]))) {
            *ret_text = arena_str(arena, str_from(files[1]));
            return 0;
        }
    return err_set(err, ERR_NOT_FOUND, "no such file");
}

static void read_project(struct arena *arena, const char **files, struct workload_file *ret)
{
    const struct config_text input = {str_from(files[0]), str_from(files[1])};
    const struct config_loader loader = {.load = load_named, .context = files};
    struct named_value_list variables = {0};
    config_read_variables(arena, STR(".env"), STR("OUTER=outer\n"), &variables);
    const struct config_options options = {.loader = &loader, .variables = &variables};
    config_read(arena, DIALECT_COMPOSE, &input, 1, &options, ret);
}

TEST(compose_includes_other_projects)
{
    const char *files[] = {
        "p/compose.yaml",
        "include:\n"
        "  - ../commons/compose.yaml\n"
        "  - {path: [x/a.yaml, b.yaml], project_directory: dir, env_file: [e1, e2]}\n"
        "  - {path: x/c.yaml, env_file: /dev/null}\n"
        "services:\n"
        "  web: {image: web:1, volumes: [\"data:/d\"]}\n"
        "  same: {image: same:1}\n",
        "commons/compose.yaml",
        "services:\n  one: {image: \"one:${OUTER}-${INNER}\", env_file: one.env, build: sub}\n"
        "  same: {image: same:1}\n"
        "include: [deep/compose.yaml]\n"
        "volumes: {data: {driver_opts: {o: bind, device: /etc}}}\n",
        "commons/.env",
        "INNER=inner\nOUTER=not this\n",
        "commons/one.env",
        "ONE=1\n",
        "commons/deep/compose.yaml",
        "services: {deep: {image: \"deep:${INNER}\", build: {context: ., dockerfile: D}}}\n",
        "p/x/a.yaml",
        "services: {two: {image: \"two:${E}\", env_file: two.env, extends: {file: base.yaml, "
        "service: base}}}\n",
        "p/b.yaml",
        "services: {two: {privileged: true, build: here}}\n",
        "p/e1",
        "E=first\n",
        "p/e2",
        "E=second\n",
        "p/dir/two.env",
        "TWO=2\n",
        "p/dir/base.yaml",
        "services: {base: {user: root}}\n",
        "p/x/.env",
        "C=usual\n",
        "p/x/c.yaml",
        "services: {three: {image: \"three:${C-none}\"}}\n",
        NULL,
    };
    ARENA_SCOPED arena = {0};
    struct workload_file file;
    read_project(&arena, files, &file);
    CHECK_EQ(0, file.problems.count);
    CHECK_EQ(6, file.workloads.count);
    const struct workload *one = config_named(&file, "one"), *two = config_named(&file, "two");
    const struct workload *web = config_named(&file, "web"), *deep = config_named(&file, "deep");
    CHECK_STR("one:outer-inner", one->image.value); /* who includes has the last word */
    CHECK_STR("deep:inner", deep->image.value);
    CHECK_STR("two:second", two->image.value);
    CHECK_STR("three:none", config_named(&file, "three")->image.value);
    CHECK_STR("1", named_value_find(&one->environment, STR("ONE"))->value);
    CHECK_STR("2", named_value_find(&two->environment, STR("TWO"))->value);
    CHECK_STR("commons", one->build.folder);
    CHECK_STR("commons/deep", deep->build.folder);
    CHECK_STR("p/dir", two->build.folder);
    CHECK_STR("p/b.yaml", two->privileged.place.path);
    CHECK_STR("p/dir/base.yaml", two->user.place.path);
    CHECK_STR("commons/compose.yaml", one->path);
    CHECK(web->mounts.items[0].kind == MOUNT_BIND);
    CHECK_EQ(7, file.sources.count);
    CHECK_STR("p/compose.yaml", file.sources.items[0].path);
    for (size_t i = 0; i < file.sources.count; i++)
        CHECK_EQ(str_eq(file.sources.items[i].path, STR("p/dir/base.yaml")),
                 file.sources.items[i].is_part);
}

TEST(compose_says_what_it_cannot_include)
{
    const char *files[] = {
        "compose.yaml",
        "include:\n"
        "  - gone.yaml\n"
        "  - https://example.com/c.yaml\n"
        "  - ${WHO}.yaml\n"
        "  - {project_directory: x}\n"
        "  - circle.yaml\n"
        "  - ../../etc/shadow\n"
        "  - {path: other.yaml, env_file: gone.env}\n"
        "services:\n"
        "  web: {image: web:1}\n",
        "circle.yaml",
        "include: [./x/../compose.yaml]\nservices: {a: {image: a:1}}\n",
        "../../etc/shadow",
        "root:$6$secret:1:::\ndaemon:*:2:::\n",
        "other.yaml",
        "include: one\nservices:\n  web: {image: web:2}\n",
        NULL,
    };
    ARENA_SCOPED arena = {0};
    struct workload_file file;
    read_project(&arena, files, &file);
    check_problem(&file, 2, true, "gone.yaml is not looked at: no such file");
    check_problem(&file, 3, true, "is fetched from elsewhere");
    check_problem(&file, 4, true, "${WHO}.yaml depends on a variable");
    check_problem(&file, 5, true, "names no file");
    check_problem(&file, 1, true, "in a circle: compose.yaml again");
    check_problem(&file, 0, true, "is no compose file");
    check_problem(&file, 8, false, "gone.env: no such file");
    check_problem(&file, 1, true, "`include` is a list");
    check_problem(&file, 3, false, "a service web is declared in compose.yaml, line 10, too");
    CHECK_EQ(3, file.workloads.count);
    for (size_t i = 0; i < file.problems.count; i++)
        CHECK(!str_contains(file.problems.items[i].message, STR("secret")));
    const struct config_text input = {STR("-"), str_from(files[1])};
    config_read(&arena, DIALECT_COMPOSE, &input, 1, NULL, &file);
    check_problem(&file, 2, true, "other files are not looked at here");
}

/* Each of many files includes all others: 2^100 ways, each file is read once. */
TEST(compose_includes_each_file_once)
{
    enum { FILES = 40 };
    ARENA_SCOPED arena = {0};
    const char *files[2 * FILES + 1] = {0};
    for (size_t i = 0; i < FILES; i++) {
        str text = arena_printf(&arena, "services: {s%zu: {image: a:1}}\ninclude:\n", i);
        for (size_t k = i + 1; k < FILES; k++)
            text = arena_join(&arena, text, arena_printf(&arena, "- f%zu\n", k), (str){0});
        files[2 * i] = arena_printf(&arena, "f%zu", i).ptr;
        files[2 * i + 1] = arena_cstr(&arena, text);
    }
    struct workload_file file;
    read_project(&arena, files, &file);
    CHECK_EQ(FILES, file.workloads.count);
    CHECK_EQ(FILES, file.sources.count);
    check_problem(&file, 3, true, "included too deeply");
}

TEST(compose_says_what_makes_no_sense)
{
    static const char text[] = "services:\n"
                               "  web:\n"
                               "    image: a:1\n"
                               "    cap_dropp: [ALL]\n"
                               "    privileged: maybe\n"
                               "    ports: [\"99999:80\", \"a:b\"]\n"
                               "    mem_limit: lots\n"
                               "    user: {id: 1}\n"
                               "    security_opt: [no-such:thing]\n"
                               "  broken: [1]\n"
                               "sevices: {}\n";
    ARENA_SCOPED arena = {0};
    struct workload_file file = config_sample(&arena, DIALECT_COMPOSE, text);
    check_problem(&file, 4, false, "no key cap_dropp");
    check_problem(&file, 5, false, "neither true nor false: maybe");
    check_problem(&file, 6, false, "no port: 99999:80");
    check_problem(&file, 6, false, "no port: a:b");
    check_problem(&file, 7, false, "no size: lots");
    check_problem(&file, 8, false, "not a mapping");
    check_problem(&file, 9, false, "no security option");
    check_problem(&file, 10, true, "a service is a mapping");
    check_problem(&file, 11, false, "no key sevices at the top");
    CHECK(!config_named(&file, "web")->privileged.set && !config_named(&file, "web")->memory.set);
    struct workload_file damaged =
        config_sample(&arena, DIALECT_COMPOSE, "services:\n  web:\n    image: [a\n");
    CHECK_EQ(0, damaged.workloads.count);
    CHECK(damaged.problems.count == 1 && damaged.problems.items[0].place.line == 4);
    check_problem(&damaged, 4, true, "this is no valid YAML");
}

TEST(compose_is_told_by_its_content)
{
    enum workload_dialect dialect;
    CHECK(config_detect(STR("x.yml"), STR("services: {a: {image: b}}\n"), &dialect) &&
          dialect == DIALECT_COMPOSE);
    CHECK(config_detect(STR("docker-compose.yml"), STR("a: {image: b}\n"), &dialect) &&
          dialect == DIALECT_COMPOSE);
    CHECK(!config_detect(STR("x.yml"), STR("a: {image: b}\n"), &dialect));
    CHECK(config_detect(STR("compose.yaml"), STR("include: [a.yaml]\n"), &dialect) &&
          dialect == DIALECT_COMPOSE);
    CHECK(!config_detect(STR(".gitlab-ci.yml"), STR("include: [a.yml]\nb: {services: [c]}\n"),
                         &dialect));
    CHECK(!config_detect(STR("compose-ci.yml"), STR("include: [a.yml]\nstages: [b]\n"), &dialect));
    CHECK(config_detect(STR("x.json"), STR("{\"apiVersion\": \"v1\", \"kind\": \"Pod\"}"),
                        &dialect) &&
          dialect == DIALECT_KUBERNETES);
    CHECK(config_detect(STR("x"), STR("#!/bin/sh\nset -e\nsudo docker run x\n"), &dialect) &&
          dialect == DIALECT_RUN);
    CHECK(!config_detect(STR("x"), STR("FROM alpine\nRUN docker run x\n"), &dialect));
    CHECK(!config_detect(STR("x"), STR("FROM a\nRUN <<E\ndocker run x\nE\n"), &dialect));
    CHECK(!config_detect(STR("x.yml"), STR("a: |\n  docker run x\n"), &dialect));
    CHECK(!config_detect(STR("x.md"), STR("use docker to run things\n"), &dialect));
    CHECK(!config_detect(STR("ci.yml"), STR("on: push\njobs: {a: {steps: []}}\n"), &dialect));
    CHECK(config_detect(STR("x.yml"), STR("services:\n  a: [\n"), &dialect) &&
          dialect == DIALECT_COMPOSE);
}
