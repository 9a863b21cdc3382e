// SPDX-License-Identifier: Apache-2.0
#include "base/fd.h"
#include "base/limits.h"
#include "io/digest.h"
#include "io/engine.h"
#include "io/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char default_socket[] = "/var/run/docker.sock";

struct engine_environment engine_environment(struct arena *arena, const char *host)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (!runtime || !runtime[0])
        runtime = arena_printf(arena, "/run/user/%u", (unsigned)getuid()).ptr;
    return (struct engine_environment){
        .host = host,
        .docker_host = getenv("DOCKER_HOST"),
        .docker_context = getenv("DOCKER_CONTEXT"),
        .docker_config = getenv("DOCKER_CONFIG"),
        .docker_tls_verify = getenv("DOCKER_TLS_VERIFY"),
        .docker_tls = getenv("DOCKER_TLS"),
        .docker_cert_path = getenv("DOCKER_CERT_PATH"),
        .home = getenv("HOME"),
        .runtime_dir = runtime,
    };
}

static bool is_set(const char *text)
{
    return text && text[0];
}

static bool exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

static bool is_host_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr(".-_:[]", c));
}

/* "host:port/prefix" of tcp:// and friends. Host and port may be missing. */
static int set_tcp(struct arena *arena, str rest, bool tls, struct engine *engine, struct err *err)
{
    str host = rest, path = {0}, port = {0};
    if (str_cut(rest, '/', &host, &path))
        path = str_trim(path);
    while (str_ends(path, STR("/")))
        path.len--;
    for (size_t i = 0; i < host.len; i++)
        if (!is_host_character(host.ptr[i]))
            return err_set(err, ERR_USAGE, "not the address of a host");
    /* The last colon, but not one within the brackets of an IPv6 address. */
    size_t colon = str_rfind_char(host, ':'), bracket = str_rfind_char(host, ']');
    if (colon != STR_NONE && (bracket == STR_NONE || bracket < colon)) {
        port = str_from_index(host, colon + 1);
        host = str_sub(host, 0, colon);
    }
    uint64_t number = tls ? 2376 : 2375;
    if (port.len && (!str_to_u64(port, 65535, &number) || !number))
        return err_set(err, ERR_USAGE, "a wrong port number");
    if (!host.len)
        host = STR("localhost");
    engine->url = arena_printf(arena, "%s://%.*s:%llu%s%.*s", tls ? "https" : "http", STR_ARG(host),
                               (unsigned long long)number, path.len ? "/" : "", STR_ARG(path))
                      .ptr;
    return 0;
}

/* engine->address into url and unix_socket. */
static int set_address(struct arena *arena, bool tls, struct engine *engine, struct err *err)
{
    str rest = engine->address;
    engine->url = "http://localhost";
    if (str_skip(&rest, STR("unix://")) || str_starts(rest, STR("/"))) {
        if (!str_starts(rest, STR("/")))
            return err_set(err, ERR_USAGE, "a socket needs its full path");
        engine->unix_socket = arena_cstr(arena, rest);
        return 0;
    }
    if (str_skip(&rest, STR("tcp://")))
        return set_tcp(arena, rest, tls, engine, err);
    if (str_skip(&rest, STR("http://")))
        return set_tcp(arena, rest, false, engine, err);
    if (str_skip(&rest, STR("https://")))
        return set_tcp(arena, rest, true, engine, err);
    if (str_starts(rest, STR("ssh://")))
        return err_set(err, ERR_UNSUPPORTED,
                       "ssh:// is not supported; forward the socket instead: ssh -NL "
                       "/tmp/engine.sock:%s HOST, then use unix:///tmp/engine.sock",
                       default_socket);
    if (str_contains(rest, STR("://")))
        return err_set(err, ERR_UNSUPPORTED,
                       "only unix://, tcp://, http:// and https:// addresses "
                       "of engines are supported");
    return set_tcp(arena, rest, tls, engine, err);
}

/* The three files of a folder, as far as they exist; false where there is none. */
static bool set_certificates(struct arena *arena, const char *folder, struct engine *engine)
{
    const char *ca = arena_printf(arena, "%s/ca.pem", folder).ptr;
    const char *certificate = arena_printf(arena, "%s/cert.pem", folder).ptr;
    const char *key = arena_printf(arena, "%s/key.pem", folder).ptr;
    engine->ca = exists(ca) ? ca : NULL;
    engine->certificate = exists(certificate) ? certificate : NULL;
    engine->key = exists(key) ? key : NULL;
    return engine->ca || engine->certificate || engine->key;
}

static const char *config_folder(struct arena *arena, const struct engine_environment *environment)
{
    if (is_set(environment->docker_config))
        return environment->docker_config;
    if (!is_set(environment->home))
        return NULL;
    return arena_printf(arena, "%s/.docker", environment->home).ptr;
}

/* TLS from the environment, for --host and DOCKER_HOST. */
static int set_by_environment(struct arena *arena, const struct engine_environment *environment,
                              struct engine *engine, struct err *err)
{
    bool verify = is_set(environment->docker_tls_verify);
    bool tls = verify || is_set(environment->docker_tls);
    if (set_address(arena, tls, engine, err) < 0)
        return -1;
    if (!str_starts(str_from(engine->url), STR("https:")))
        return 0;
    const char *folder = is_set(environment->docker_cert_path) ? environment->docker_cert_path
                                                               : config_folder(arena, environment);
    engine->skip_verify = tls && !verify;
    if (folder)
        set_certificates(arena, folder, engine);
    if (is_set(environment->docker_cert_path) && verify && !engine->ca)
        return err_set(err, ERR_NOT_FOUND, "no ca.pem in %s (DOCKER_CERT_PATH)", folder);
    return 0;
}

/* The user's settings are trusted to be what they say, but may be damaged like any file. */
static struct json *read_settings(struct arena *arena, const char *path, struct err *err)
{
    str text = {0};
    if (fd_read_file(arena, path, LIMIT_DOCUMENT, &text, err) < 0)
        return NULL;
    struct json *json = json_parse(text, err);
    if (!json)
        err_wrap(err, "%s", path);
    return json;
}

/* "" where config.json is missing or not ours to read, as docker has it. */
static int current_context(struct arena *arena, const char *folder, str *ret_name, struct err *err)
{
    struct err failure = {0};
    *ret_name = STR("");
    JSON_SCOPED json =
        read_settings(arena, arena_printf(arena, "%s/config.json", folder).ptr, &failure);
    if (json) {
        *ret_name = arena_str(arena, json_get_string(json, "currentContext"));
        return 0;
    }
    if (failure.kind == ERR_NOT_FOUND || failure.sys == EACCES || failure.sys == ENOTDIR)
        return 0;
    *err = failure;
    return -1;
}

static int set_by_context(struct arena *arena, const char *folder, str name, struct engine *engine,
                          struct err *err)
{
    str id = digest_of(arena, DIGEST_SHA256, name);
    str_skip(&id, STR("sha256:"));
    const char *meta =
        arena_printf(arena, "%s/contexts/meta/%.*s/meta.json", folder, STR_ARG(id)).ptr;
    JSON_SCOPED json = read_settings(arena, meta, err);
    if (!json) {
        if (err->kind == ERR_NOT_FOUND)
            err_set(err, ERR_NOT_FOUND, "there is no such context in %s/contexts", folder);
        return -1;
    }
    const struct json *docker = json_get(json_get(json, "Endpoints"), "docker");
    engine->address = arena_str(arena, json_get_string(docker, "Host"));
    if (!engine->address.len)
        return err_set(err, ERR_FORMAT, "%s names no Endpoints.docker.Host", meta);
    engine->skip_verify = json_bool(json_get(docker, "SkipTLSVerify"), false);
    bool tls = set_certificates(
        arena, arena_printf(arena, "%s/contexts/tls/%.*s/docker", folder, STR_ARG(id)).ptr, engine);
    return set_address(arena, tls || engine->skip_verify, engine, err);
}

/* Docker's socket; where there is none, the first other one that exists. */
static void choose_socket(struct arena *arena, const struct engine_environment *environment,
                          struct engine *engine)
{
    const char *first = environment->default_socket ? environment->default_socket : default_socket;
    const char *runtime = is_set(environment->runtime_dir) ? environment->runtime_dir : NULL;
    const struct {
        const char *path, *origin;
    } others[] = {
        {runtime ? arena_printf(arena, "%s/docker.sock", runtime).ptr : NULL, "rootless Docker"},
        {runtime ? arena_printf(arena, "%s/podman/podman.sock", runtime).ptr : NULL, "Podman"},
        {"/run/podman/podman.sock", "Podman"},
    };
    engine->unix_socket = first;
    engine->origin = STR("default; no rootless Docker or Podman either");
    for (size_t i = 0; !exists(engine->unix_socket) && i < sizeof(others) / sizeof(others[0]); i++)
        if (others[i].path && exists(others[i].path)) {
            engine->unix_socket = others[i].path;
            engine->origin = str_from(others[i].origin);
        }
    if (engine->unix_socket == first && exists(first))
        engine->origin = STR("default");
    engine->url = "http://localhost";
    engine->address = arena_printf(arena, "unix://%s", engine->unix_socket);
}

int engine_find(struct arena *arena, const struct engine_environment *environment,
                struct engine *ret, struct err *err)
{
    str context = str_from(environment->docker_context);
    const char *folder = config_folder(arena, environment);
    *ret = (struct engine){0};
    if (is_set(environment->host) || is_set(environment->docker_host)) {
        bool by_option = is_set(environment->host);
        ret->origin = by_option ? STR("--host") : STR("DOCKER_HOST");
        ret->address = str_from(by_option ? environment->host : environment->docker_host);
        if (set_by_environment(arena, environment, ret, err) < 0)
            return err_wrap(err, "%.*s \"%.*s\"", STR_ARG(ret->origin), STR_ARG(ret->address));
        return 0;
    }
    if (!context.len && folder && current_context(arena, folder, &context, err) < 0)
        return -1;
    /* The context "default" is the one without a file. */
    if (context.len && folder && !str_eq(context, STR("default"))) {
        ret->origin = arena_printf(arena, "context %.*s", STR_ARG(context));
        if (set_by_context(arena, folder, context, ret, err) < 0)
            return err_wrap(err, "context %.*s", STR_ARG(context));
        return 0;
    }
    choose_socket(arena, environment, ret);
    return 0;
}
