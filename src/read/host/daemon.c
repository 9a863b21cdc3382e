// SPDX-License-Identifier: Apache-2.0
/*
 * The Docker daemons of a machine: each running dockerd with its command line and daemon.json, and
 * where none runs, what the files would make of one. Then the files that benchmarks ask about, by
 * the names that these settings give them.
 */
#include "base/limits.h"
#include "base/path.h"
#include "read/host/reader.h"

static str home_of(struct host_reader *reader, uint32_t uid)
{
    enum { FIELD_UID = 2, FIELD_HOME = 5 };
    str text = {0}, line;
    struct err ignored = {0};
    if (reader_file(reader, STR("/etc/passwd"), LIMIT_HOST_FILE, &text, &ignored) < 0)
        return (str){0};
    while (str_next_line(&text, &line)) {
        str piece = {0}, home = {0};
        uint64_t number = UINT64_MAX;
        for (size_t i = 0; i <= FIELD_HOME; i++) {
            str_cut(line, ':', &piece, &line);
            if (i == FIELD_UID && !str_to_u64(piece, UINT32_MAX, &number))
                break;
            home = piece;
        }
        if (number == uid)
            return home;
    }
    return (str){0};
}

/* systemd's units pass words of the environment files too, but only dockerd's own command line
 * counts while it runs; the unit's ExecStart where it does not. */
static void read_exec_start(struct host_reader *reader, struct host_daemon *daemon)
{
    const struct unit_line *line =
        host_unit_line(reader->host, STR("docker.service"), STR("ExecStart"));
    struct str_list words = {0};
    str config = {0}, word;
    if (!line)
        return;
    str rest = line->value;
    while (str_next_word(&rest, &word))
        *vec_push(reader->arena, &words) = word;
    size_t before = daemon->settings.count;
    daemon_flags_parse(reader->arena, &words, line->place.path, &daemon->settings, &config);
    for (size_t i = before; i < daemon->settings.count; i++)
        daemon->settings.items[i].place = line->place;
    if (config.len)
        daemon->config_path = config;
}

static void read_config(struct host_reader *reader, struct host_daemon *daemon)
{
    struct err err = {0};
    str text;
    struct daemon_setting_list settings = {0};
    reader_stat(reader, daemon->config_path);
    if (reader_file(reader, daemon->config_path, LIMIT_DAEMON_FILE, &text, &err) < 0) {
        if (err.kind == ERR_NOT_FOUND)
            return;
        daemon->config_error = arena_str(reader->arena, err_text(&err));
    } else if (daemon_json_parse(reader->arena, daemon->config_path, text, &settings, &err) < 0) {
        daemon->config_error = arena_str(reader->arena, err_text(&err));
    } else {
        daemon->config_text = text;
    }
    if (daemon->config_error.len)
        reader_gap(reader, daemon->config_path, daemon->config_error);
    /* Flags come last: the last one of a name holds. */
    for (size_t i = 0; i < daemon->settings.count; i++)
        *vec_push(reader->arena, &settings) = daemon->settings.items[i];
    daemon->settings = settings;
}

static void add_listen(struct host_reader *reader, struct host_daemon *daemon, str address)
{
    for (size_t i = 0; i < daemon->listens.count; i++)
        if (str_eq(daemon->listens.items[i], address))
            return;
    *vec_push(reader->arena, &daemon->listens) = address;
}

/* Where the daemon listens: "hosts", sockets that systemd opens for it, and what the kernel shows
 * it listening on; the last one needs no trust in files. */
static void read_listens(struct host_reader *reader, struct host_daemon *daemon)
{
    const struct host *host = reader->host;
    bool activated = false;
    for (size_t i = 0; i < daemon->settings.count; i++)
        if (str_eq(daemon->settings.items[i].name, STR("hosts"))) {
            str address = daemon->settings.items[i].value;
            add_listen(reader, daemon, address);
            activated |= str_starts(address, STR("fd:"));
        }
    for (size_t i = 0; activated && i < host->unit_lines.count; i++) {
        const struct unit_line *line = &host->unit_lines.items[i];
        if (!str_eq(line->unit, STR("docker.socket")) || !str_eq(line->key, STR("ListenStream")) ||
            line->value.len == 0)
            continue;
        bool is_path = line->value.ptr[0] == '/';
        add_listen(reader, daemon,
                   arena_join(reader->arena, is_path ? STR("unix://") : STR("tcp://"), (str){0},
                              line->value));
    }
    for (size_t i = 0; i < host->listeners.count; i++) {
        const struct host_listener *listener = &host->listeners.items[i];
        bool six = str_find_char(listener->address, ':') != STR_NONE;
        if (daemon->pid && listener->pid == daemon->pid)
            add_listen(reader, daemon,
                       reader_path(reader, six ? "tcp://[%.*s]:%u" : "tcp://%.*s:%u",
                                   STR_ARG(listener->address), listener->port));
    }
}

static void read_daemon(struct host_reader *reader, const struct host_process *process)
{
    struct host_daemon *daemon = vec_push(reader->arena, &reader->host->daemons);
    *daemon = (struct host_daemon){.config_path = STR("/etc/docker/daemon.json")};
    if (process) {
        str config = {0};
        str command = reader_path(reader, "/proc/%u/cmdline", process->pid);
        daemon->pid = process->pid;
        daemon->uid = process->uid;
        daemon_flags_parse(reader->arena, &process->arguments, command, &daemon->settings, &config);
        daemon->is_rootless = process->uid != 0 || daemon_setting(daemon, STR("rootless"));
        str home = daemon->is_rootless ? home_of(reader, process->uid) : (str){0};
        daemon->home = home;
        if (config.len)
            daemon->config_path = config;
        else if (home.len)
            daemon->config_path =
                arena_join(reader->arena, home, STR("/"), STR(".config/docker/daemon.json"));
    } else {
        read_exec_start(reader, daemon);
    }
    read_config(reader, daemon);
    read_listens(reader, daemon);
}

static void stat_sockets(struct host_reader *reader, const struct host_daemon *daemon)
{
    for (size_t i = 0; i < daemon->listens.count; i++) {
        str path = daemon->listens.items[i];
        if (str_skip(&path, STR("unix://")) && path.len)
            reader_stat(reader, path);
    }
}

static void stat_tls(struct host_reader *reader, const struct host_daemon *daemon)
{
    static const str names[] = {STR_INIT("tlscacert"), STR_INIT("tlscert"), STR_INIT("tlskey")};
    for (size_t i = 0; i < 3; i++) {
        const struct daemon_setting *setting = daemon_setting(daemon, names[i]);
        if (setting && setting->value.len)
            reader_stat(reader, setting->value);
    }
}

/* certs.d/REGISTRY/FILE. */
static void stat_certificates(struct host_reader *reader, str folder)
{
    struct str_list registries = reader_names(reader, folder);
    for (size_t r = 0; r < registries.count; r++) {
        str below = arena_join(reader->arena, folder, STR("/"), registries.items[r]);
        struct str_list names = reader_names(reader, below);
        for (size_t n = 0; n < names.count; n++)
            reader_stat(reader, arena_join(reader->arena, below, STR("/"), names.items[n]));
    }
}

/* What the system-wide paths are to a rootless daemon, and where it was told to keep its data. */
static void stat_own(struct host_reader *reader, const struct host_daemon *daemon)
{
    static const char *const below[] = {".config/docker", ".config/systemd/user/docker.service",
                                        ".local/share/docker"};
    const struct daemon_setting *root = daemon_setting(daemon, STR("data-root"));
    if (root && root->value.len && root->value.ptr[0] == '/')
        reader_stat(reader, root->value);
    if (!daemon->home.len)
        return;
    for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++)
        reader_stat(reader, reader_path(reader, "%.*s/%s", STR_ARG(daemon->home), below[i]));
    reader_stat(reader, reader_path(reader, "/run/user/%u/docker.sock", daemon->uid));
    reader_stat(reader, reader_path(reader, "/run/user/%u/docker/containerd", daemon->uid));
    reader_stat(reader,
                reader_path(reader, "/run/user/%u/docker/containerd/containerd.sock", daemon->uid));
    stat_certificates(reader,
                      reader_path(reader, "%.*s/.config/docker/certs.d", STR_ARG(daemon->home)));
}

/* What is watched or must be owned by root, whatever the settings. */
static const char *const asked[] = {
    "/etc/audit",
    "/etc/containerd/config.toml",
    "/etc/default/docker",
    "/etc/docker",
    "/etc/docker/daemon.json",
    "/etc/sysconfig/docker",
    "/run/containerd",
    "/run/containerd/containerd.sock",
    "/run/docker/containerd/containerd.sock",
    "/run/docker.sock",
    "/run/podman/podman.sock",
    "/usr/bin/containerd",
    "/usr/bin/containerd-shim",
    "/usr/bin/containerd-shim-runc-v1",
    "/usr/bin/containerd-shim-runc-v2",
    "/usr/bin/docker",
    "/usr/bin/dockerd",
    "/usr/bin/podman",
    "/usr/bin/runc",
    "/usr/sbin/dockerd",
    "/usr/sbin/runc",
    "/usr/local/bin/dockerd",
    "/var/lib/containerd",
    "/var/lib/docker",
    "/root/.docker/ca.pem",
    "/root/.docker/cert.pem",
    "/root/.docker/key.pem",
    "/etc/docker/ca.pem",
    "/etc/docker/server-cert.pem",
    "/etc/docker/server-key.pem",
};

void daemons_read(struct host_reader *reader)
{
    const struct host *host = reader->host;
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
        reader_stat(reader, str_from(asked[i]));
    for (size_t i = 0; i < host->processes.count; i++)
        if (str_eq(host->processes.items[i].name, STR("dockerd")))
            read_daemon(reader, &host->processes.items[i]);
    bool installed = host_file(host, STR("/etc/docker/daemon.json"))->kind != HOST_FILE_ABSENT ||
                     host_unit_line(host, STR("docker.service"), STR("ExecStart"));
    if (host->daemons.count == 0 && installed)
        read_daemon(reader, NULL);
    for (size_t i = 0; i < host->daemons.count; i++) {
        stat_own(reader, &host->daemons.items[i]);
        stat_sockets(reader, &host->daemons.items[i]);
        stat_tls(reader, &host->daemons.items[i]);
    }
    stat_certificates(reader, STR("/etc/docker/certs.d"));
}
