// SPDX-License-Identifier: Apache-2.0
#include "base/path.h"
#include "judge/rule/check.h"

static void answer(struct rule_run *run, const struct host_view *view, enum control_result result,
                   str remedy, const char *evidence, va_list args)
{
    view->check->result = result;
    view->check->remedy = remedy;
    view->check->evidence = arena_vprintf(run->arena, evidence, args);
}

void check_pass(struct rule_run *run, const struct host_view *view, const char *evidence, ...)
{
    va_list args;
    va_start(args, evidence);
    answer(run, view, CONTROL_PASS, (str){0}, evidence, args);
    va_end(args);
}

void check_fail(struct rule_run *run, const struct host_view *view, str remedy,
                const char *evidence, ...)
{
    va_list args;
    va_start(args, evidence);
    answer(run, view, CONTROL_FAIL, remedy, evidence, args);
    va_end(args);
}

void check_skip(struct rule_run *run, const struct host_view *view, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    answer(run, view, CONTROL_NOT_APPLICABLE, (str){0}, why, args);
    va_end(args);
}

void check_unknown(struct rule_run *run, const struct host_view *view, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    answer(run, view, CONTROL_UNKNOWN, (str){0}, why, args);
    va_end(args);
}

void check_at(const struct host_view *view, struct place place)
{
    view->check->place = place;
}

str check_setting(struct rule_run *run, const struct daemon_setting *setting)
{
    if (setting->place.line)
        return arena_printf(run->arena, "\"%.*s\": %.*s in %.*s, line %u", STR_ARG(setting->name),
                            STR_ARG(setting->value), STR_ARG(setting->place.path),
                            setting->place.line);
    return arena_printf(run->arena, "--%.*s=%.*s on the command line (%.*s)",
                        STR_ARG(setting->name), STR_ARG(setting->value),
                        STR_ARG(setting->place.path));
}

const struct host_assignment *check_podman(const struct host_view *view, str key)
{
    const struct host_assignment_list *list = &view->host->podman;
    for (size_t i = list->count; i-- > 0;)
        if (str_eq(list->items[i].name, key))
            return &list->items[i];
    return NULL;
}

str check_names(struct rule_run *run, const struct str_list *names)
{
    enum { SHOWN = 8 };
    str text = {0};
    for (size_t i = 0; i < names->count && i < SHOWN; i++)
        text = i ? arena_join(run->arena, text, STR(", "), names->items[i]) : names->items[i];
    if (names->count > SHOWN)
        text = arena_printf(run->arena, "%.*s and %zu more", STR_ARG(text), names->count - SHOWN);
    return text;
}

str check_command(struct rule_run *run, str before, str path, str after)
{
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     str_find_char(STR("/._+:@-"), c) != STR_NONE;
        if (!plain)
            return (str){0};
    }
    return arena_join(run->arena, before, path, after);
}

bool check_is_loopback(str address)
{
    return str_starts(address, STR("127.")) || str_starts(address, STR("::1")) ||
           str_starts(address, STR("localhost"));
}

/* Adds those that are there; `all` false: only the first. */
static void add_existing(struct rule_run *run, const struct host_view *view,
                         const char *const *paths, bool all, struct str_list *ret)
{
    for (; *paths; paths++) {
        const struct host_file *file = host_file(view->host, str_from(*paths));
        if (!file || file->kind == HOST_FILE_ABSENT)
            continue;
        *vec_push(run->arena, ret) = file->path;
        if (!all)
            return;
    }
}

static void add_program(struct rule_run *run, const struct host_view *view, const char *name,
                        const char *const *usual, struct str_list *ret)
{
    const struct host_process *process = host_process(view->host, str_from(name));
    if (process && process->executable.len)
        *vec_push(run->arena, ret) = process->executable;
    else
        add_existing(run, view, usual, false, ret);
}

/* A unit's file and its drop-ins. */
static void add_unit(struct rule_run *run, const struct host_view *view, str unit,
                     struct str_list *ret)
{
    const struct unit_line_list *lines = &view->host->unit_lines;
    for (size_t i = 0; i < lines->count; i++) {
        str path = lines->items[i].place.path;
        if (str_eq(lines->items[i].unit, unit) &&
            (ret->count == 0 || !str_eq(ret->items[ret->count - 1], path)))
            *vec_push(run->arena, ret) = path;
    }
}

static void add_sockets(struct rule_run *run, const struct host_view *view, struct str_list *ret)
{
    static const char *const usual[] = {"/run/docker.sock", NULL};
    for (size_t i = 0; view->daemon && i < view->daemon->listens.count; i++) {
        str path = view->daemon->listens.items[i];
        if (str_skip(&path, STR("unix://")) && path.len)
            *vec_push(run->arena, ret) = path;
    }
    if (ret->count == 0)
        add_existing(run, view, usual, false, ret);
}

static void add_tls(struct rule_run *run, const struct host_view *view, str name,
                    struct str_list *ret)
{
    const struct daemon_setting *setting = daemon_setting(view->daemon, name);
    if (setting && setting->value.len)
        *vec_push(run->arena, ret) = setting->value;
}

static void add_certificates(struct rule_run *run, const struct host_view *view, str folder,
                             struct str_list *ret)
{
    for (size_t i = 0; i < view->host->files.count; i++)
        if (path_is_ancestor(folder, view->host->files.items[i].path))
            *vec_push(run->arena, ret) = view->host->files.items[i].path;
}

/* A rootless daemon has files of its own in the place of the system's. */
static bool add_rootless(struct rule_run *run, const struct host_view *view, str word,
                         struct str_list *ret)
{
    static const struct {
        str word;
        const char *path;
        bool in_home; /* else below /run/user/UID */
    } rows[] = {
        {STR_INIT("/etc/docker"), ".config/docker", true},
        {STR_INIT("docker.service"), ".config/systemd/user/docker.service", true},
        {STR_INIT("/run/containerd"), "docker/containerd", false},
        {STR_INIT("containerd.sock"), "docker/containerd/containerd.sock", false},
        {STR_INIT("certs.d"), ".config/docker/certs.d", true},
    };
    const struct host_daemon *daemon = view->daemon;
    if (!daemon || !daemon->is_rootless || !daemon->home.len)
        return false;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!str_eq(rows[i].word, word))
            continue;
        str path = rows[i].in_home
                       ? arena_printf(run->arena, "%.*s/%s", STR_ARG(daemon->home), rows[i].path)
                       : arena_printf(run->arena, "/run/user/%u/%s", daemon->uid, rows[i].path);
        if (str_eq(word, STR("certs.d")))
            add_certificates(run, view, path, ret);
        else
            *vec_push(run->arena, ret) = path;
        return true;
    }
    return false;
}

/* What the daemon is told, else where it keeps its data by itself. */
static str data_root(struct rule_run *run, const struct host_view *view)
{
    const struct daemon_setting *setting = daemon_setting(view->daemon, STR("data-root"));
    if (view->engine && view->engine->root_folder.len)
        return view->engine->root_folder;
    if (setting)
        return setting->value;
    if (view->daemon && view->daemon->is_rootless && view->daemon->home.len)
        return arena_join(run->arena, view->daemon->home, STR("/"), STR(".local/share/docker"));
    return STR("/var/lib/docker");
}

struct str_list check_paths(struct rule_run *run, const struct host_view *view, str word)
{
    static const char *const dockerd[] = {"/usr/bin/dockerd", "/usr/sbin/dockerd",
                                          "/usr/local/bin/dockerd", NULL};
    static const char *const containerd[] = {"/usr/bin/containerd", NULL};
    static const char *const runc[] = {"/usr/bin/runc", "/usr/sbin/runc", NULL};
    static const char *const sockets[] = {"/run/containerd/containerd.sock",
                                          "/run/docker/containerd/containerd.sock", NULL};
    struct str_list paths = {0};
    if (add_rootless(run, view, word, &paths))
        return paths;
    if (str_eq(word, STR("dockerd")))
        add_program(run, view, "dockerd", dockerd, &paths);
    else if (str_eq(word, STR("containerd")))
        add_program(run, view, "containerd", containerd, &paths);
    else if (str_eq(word, STR("runc")))
        add_existing(run, view, runc, false, &paths);
    else if (str_eq(word, STR("containerd.sock")))
        add_existing(run, view, sockets, true, &paths);
    else if (str_eq(word, STR("docker.service")) || str_eq(word, STR("docker.socket")))
        add_unit(run, view, word, &paths);
    else if (str_eq(word, STR("docker.sock")))
        add_sockets(run, view, &paths);
    else if (str_starts(word, STR("tls")))
        add_tls(run, view, word, &paths);
    else if (str_eq(word, STR("certs.d")))
        add_certificates(run, view, STR("/etc/docker/certs.d"), &paths);
    else if (str_eq(word, STR("daemon.json")))
        *vec_push(run->arena, &paths) =
            view->daemon ? view->daemon->config_path : STR("/etc/docker/daemon.json");
    else
        *vec_push(run->arena, &paths) =
            str_eq(word, STR("data-root")) ? data_root(run, view) : word;
    return paths;
}
