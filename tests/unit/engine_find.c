// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/test.h"

#include "base/fd.h"
#include "io/engine.h"

#include <string.h>
#include <unistd.h>

/* As `docker context create` names the folders: the sha256 of the context's name. */
#define NEAR_ID "46ba34770bccfde756708d47d83fb7c8257fe8a4b3a35f25d385a8284021f476"
#define FAR_ID  "512eea46ceb3921dff4363c7069d89d4964d1d9fccaa0f411851a7aa60a5c868"

static void write_file(struct arena *arena, const char *home, const char *path, const char *text)
{
    struct err err = {0};
    str whole = arena_printf(arena, "%s/%s", home, path);
    size_t slash = str_rfind_char(whole, '/');
    CHECK_OK(fd_make_dirs(arena_cstr(arena, str_sub(whole, 0, slash)), &err), &err);
    CHECK_OK(fd_replace_file(whole.ptr, str_from(text), &err), &err);
}

/* A home with the contexts "near" (current) and "far" (with TLS files). */
static const char *make_home(struct arena *arena, const char *name)
{
    const char *home = arena_printf(arena, "%s/%s", test_folder(), name).ptr;
    write_file(arena, home, ".docker/config.json", "{\"auths\":{},\"currentContext\":\"near\"}");
    write_file(arena, home, ".docker/contexts/meta/" NEAR_ID "/meta.json",
               "{\"Name\":\"near\",\"Metadata\":{},\"Endpoints\":{\"docker\":{\"Host\":"
               "\"unix:///run/near.sock\"}}}");
    write_file(arena, home, ".docker/contexts/meta/" FAR_ID "/meta.json",
               "{\"Name\":\"far\",\"Metadata\":{},\"Endpoints\":{\"docker\":{\"Host\":"
               "\"tcp://far.example.org:2376\",\"SkipTLSVerify\":false}}}");
    write_file(arena, home, ".docker/contexts/tls/" FAR_ID "/docker/ca.pem", "x");
    write_file(arena, home, ".docker/contexts/tls/" FAR_ID "/docker/cert.pem", "x");
    return home;
}

/* "url|socket|origin", or the error's kind and message. */
static str found(struct arena *arena, struct engine_environment environment)
{
    struct engine engine;
    struct err err = {0};
    if (!environment.default_socket)
        environment.default_socket = "/nonexistent/docker.sock";
    if (engine_find(arena, &environment, &engine, &err) < 0)
        return arena_printf(arena, "%d: %s", err.kind, err.message);
    return arena_printf(arena, "%s|%s|%.*s", engine.url,
                        engine.unix_socket ? engine.unix_socket : "", STR_ARG(engine.origin));
}

static str found_host(struct arena *arena, const char *host)
{
    return found(arena, (struct engine_environment){.host = host});
}

TEST(engine_addresses)
{
    ARENA_SCOPED arena = {0};
    CHECK_STR("http://localhost|/x/y.sock|--host", found_host(&arena, "unix:///x/y.sock"));
    CHECK_STR("http://localhost|/x/y.sock|--host", found_host(&arena, "/x/y.sock"));
    CHECK_STR("http://a.example:1234||--host", found_host(&arena, "tcp://a.example:1234"));
    CHECK_STR("http://a.example:2375||--host", found_host(&arena, "tcp://a.example"));
    CHECK_STR("http://localhost:2375||--host", found_host(&arena, "tcp://:2375"));
    CHECK_STR("http://[::1]:2375||--host", found_host(&arena, "tcp://[::1]"));
    CHECK_STR("http://[::1]:99/p/q||--host", found_host(&arena, "tcp://[::1]:99/p/q/"));
    CHECK_STR("http://a:7||--host", found_host(&arena, "a:7"));
    CHECK_STR("https://a:2376||--host", found_host(&arena, "https://a"));
    CHECK(str_starts(found_host(&arena, "ssh://user@host"), STR("7: --host \"ssh://user@host\"")));
    CHECK(str_starts(found_host(&arena, "npipe:////./pipe/x"), STR("7: ")));
    CHECK(str_starts(found_host(&arena, "tcp://a:0"), STR("1: ")));
    CHECK(str_starts(found_host(&arena, "tcp://a:65536"), STR("1: ")));
    CHECK(str_starts(found_host(&arena, "tcp://a:b"), STR("1: ")));
    CHECK(str_starts(found_host(&arena, "tcp://user:pw@a:1"), STR("1: ")));
    CHECK(str_starts(found_host(&arena, "tcp://a b"), STR("1: ")));
    CHECK(str_starts(found_host(&arena, "unix://relative"), STR("1: ")));
}

TEST(engine_choice_follows_docker)
{
    ARENA_SCOPED arena = {0};
    const char *home = make_home(&arena, "engine-order");
    struct engine_environment all = {
        .host = "unix:///1", .docker_host = "unix:///2", .docker_context = "far", .home = home};
    CHECK_STR("http://localhost|/1|--host", found(&arena, all));
    all.host = NULL;
    CHECK_STR("http://localhost|/2|DOCKER_HOST", found(&arena, all));
    all.docker_host = "";
    CHECK_STR("https://far.example.org:2376||context far", found(&arena, all));
    all.docker_context = NULL;
    CHECK_STR("http://localhost|/run/near.sock|context near", found(&arena, all));
    all.docker_context = "default";
    CHECK(str_starts(found(&arena, all), STR("http://localhost|/nonexistent/docker.sock|default")));
    all.docker_context = "none";
    CHECK(str_starts(found(&arena, all), STR("6: context none: there is no such context")));
    all.docker_context = NULL;
    all.docker_config = arena_printf(&arena, "%s/elsewhere", home).ptr;
    CHECK(str_starts(found(&arena, all), STR("http://localhost|/nonexistent/docker.sock|default")));
    all.docker_config = arena_printf(&arena, "%s/.docker", home).ptr;
    all.home = NULL;
    CHECK_STR("http://localhost|/run/near.sock|context near", found(&arena, all));
}

TEST(engine_settings_that_are_damaged)
{
    ARENA_SCOPED arena = {0};
    const char *home = make_home(&arena, "engine-damaged");
    struct engine_environment environment = {.home = home};
    write_file(&arena, home, ".docker/contexts/meta/" NEAR_ID "/meta.json", "{\"Endpoints\":{}}");
    CHECK(str_starts(found(&arena, environment), STR("3: context near: ")));
    write_file(&arena, home, ".docker/contexts/meta/" NEAR_ID "/meta.json", "{\"Endpoints\":");
    CHECK(str_starts(found(&arena, environment), STR("3: context near: ")));
    write_file(&arena, home, ".docker/config.json", "{\"currentContext\":7}");
    CHECK(str_starts(found(&arena, environment), STR("http://localhost|")));
    write_file(&arena, home, ".docker/config.json", "[1,");
    CHECK(str_starts(found(&arena, environment), STR("3: ")));
}

TEST(engine_tls)
{
    ARENA_SCOPED arena = {0};
    const char *home = make_home(&arena, "engine-tls");
    const char *certificates =
        arena_printf(&arena, "%s/.docker/contexts/tls/" FAR_ID "/docker", home).ptr;
    struct engine engine;
    struct err err = {0};
    struct engine_environment environment = {.docker_context = "far", .home = home};
    CHECK_OK(engine_find(&arena, &environment, &engine, &err), &err);
    CHECK(engine.ca && str_ends(str_from(engine.ca), STR("/docker/ca.pem")));
    CHECK(engine.certificate && !engine.key && !engine.skip_verify);

    environment = (struct engine_environment){
        .docker_host = "tcp://h", .docker_tls_verify = "1", .docker_cert_path = certificates};
    CHECK_OK(engine_find(&arena, &environment, &engine, &err), &err);
    CHECK_STR("https://h:2376", str_from(engine.url));
    CHECK(engine.ca && engine.certificate && !engine.skip_verify);
    environment.docker_cert_path = home;
    CHECK(str_contains(found(&arena, environment), STR("no ca.pem")));

    environment.docker_tls_verify = NULL;
    environment.docker_tls = "1";
    CHECK_OK(engine_find(&arena, &environment, &engine, &err), &err);
    CHECK(!engine.ca && engine.skip_verify);
    /* Nothing of this concerns a socket. */
    environment.docker_host = "unix:///x";
    environment.docker_tls_verify = "1";
    CHECK_STR("http://localhost|/x|DOCKER_HOST", found(&arena, environment));
}

TEST(engine_other_sockets)
{
    ARENA_SCOPED arena = {0};
    const char *runtime = arena_printf(&arena, "%s/runtime", test_folder()).ptr;
    struct engine_environment environment = {.runtime_dir = runtime};
    write_file(&arena, runtime, "podman/podman.sock", "");
    CHECK(str_ends(found(&arena, environment), STR("/runtime/podman/podman.sock|Podman")));
    write_file(&arena, runtime, "docker.sock", "");
    CHECK(str_ends(found(&arena, environment), STR("/runtime/docker.sock|rootless Docker")));
    write_file(&arena, runtime, "first.sock", "");
    environment.default_socket = arena_printf(&arena, "%s/first.sock", runtime).ptr;
    CHECK(str_ends(found(&arena, environment), STR("/runtime/first.sock|default")));
}
