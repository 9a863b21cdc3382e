// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "read/config/run_line_internal.h"

#include <stddef.h>

/*
 * The options of `docker run` 29 and `podman run` 5. A row says whether an option takes a value,
 * without which the image's place in the line cannot be known, and where it goes.
 */
enum shape {
    SWITCH,  /* no value, and nothing to remember */
    SKIPPED, /* a value, and nothing to remember */
    FLAG,    /* no value: a set_flag */
    TEXT,
    NUMBER,
    BYTES,
    LIST,
    NAMED,
    OTHER, /* a value, and a function */
};

struct option_value {
    struct config_reader *reader;
    struct place place;
    str text;
    struct workload *workload;
};

struct run_option {
    const char *name; /* without dashes */
    enum shape shape;
    size_t offset;
    void (*read)(const struct option_value *value);
};

#define AT(member) offsetof(struct workload, member)

static void read_publish(const struct option_value *value)
{
    config_port_add(value->reader, value->place, value->text, true, value->workload);
}

static void read_expose(const struct option_value *value)
{
    config_port_add(value->reader, value->place, value->text, false, value->workload);
}

static void read_volume(const struct option_value *value)
{
    config_volume_add(value->reader, value->place, value->text, value->workload);
}

static void read_mount(const struct option_value *value)
{
    config_mount_add(value->reader, value->place, value->text, value->workload);
}

static void read_tmpfs(const struct option_value *value)
{
    config_tmpfs_add(value->reader, value->place, value->text, value->workload);
}

static void read_device(const struct option_value *value)
{
    config_device_add(value->reader, value->place, value->text, value->workload);
}

static void add_device(const struct option_value *value, enum device_kind kind, str source)
{
    struct workload_device device = {.place = value->place, .kind = kind, .source = source};
    if (value->workload->devices.count < LIMIT_CONFIG_ITEMS)
        *vec_push(value->reader->arena, &value->workload->devices) = device;
}

static void read_device_rule(const struct option_value *value)
{
    add_device(value, DEVICE_RULE, value->text);
}

static void read_gpus(const struct option_value *value)
{
    add_device(value, DEVICE_REQUEST, STR("gpu"));
}

static void read_cap_add(const struct option_value *value)
{
    str rest = value->text, name;
    while (str_next(&rest, ',', &name))
        config_capability_add(value->reader, value->place, name, &value->workload->cap_add);
}

static void read_cap_drop(const struct option_value *value)
{
    str rest = value->text, name;
    while (str_next(&rest, ',', &name))
        config_capability_add(value->reader, value->place, name, &value->workload->cap_drop);
}

static void read_security(const struct option_value *value)
{
    config_security_add(value->reader, value->place, value->text, value->workload);
}

static void read_restart(const struct option_value *value)
{
    config_restart_set(value->reader, value->place, value->text, value->workload);
}

static void read_ulimit(const struct option_value *value)
{
    config_ulimit_add(value->reader, value->place, value->text, value->workload);
}

/* "host", "container:X", "none", "bridge", or the name of a network (podman: with options). */
static void read_network(const struct option_value *value)
{
    str text = value->text;
    if (str_starts(text, STR("name=")))
        str_skip(&text, STR("name="));
    bool is_mode = str_eq(text, STR("host")) || str_eq(text, STR("none")) ||
                   str_eq(text, STR("bridge")) || str_eq(text, STR("default")) ||
                   str_eq(text, STR("private")) || str_starts(text, STR("container:")) ||
                   str_starts(text, STR("ns:")) || str_starts(text, STR("slirp4netns")) ||
                   str_starts(text, STR("pasta"));
    if (is_mode)
        value->workload->network_mode = config_set(value->place, text);
    else if (value->workload->networks.count < LIMIT_CONFIG_ITEMS)
        *vec_push(value->reader->arena, &value->workload->networks) =
            config_set(value->place, text);
}

static void read_quota(const struct option_value *value)
{
    if (!value->workload->cpus.set)
        config_number_set(value->reader, value->place, value->text, &value->workload->cpus);
}

static void read_health(const struct option_value *value)
{
    value->workload->healthcheck = (struct workload_healthcheck){
        .set = true,
        .disabled = str_eq(value->text, STR("none")) || str_eq(value->text, STR("NONE")),
        .place = value->place,
        .test = value->text,
    };
}

static void read_no_health(const struct option_value *value)
{
    value->workload->healthcheck =
        (struct workload_healthcheck){.set = true, .disabled = true, .place = value->place};
}

static void read_env(const struct option_value *value)
{
    config_named_add(value->reader, value->place, value->text, &value->workload->environment);
}

static void read_name(const struct option_value *value)
{
    value->workload->name = value->text;
}

static void read_secret(const struct option_value *value)
{
    str name, rest;
    str_cut(value->text, ',', &name, &rest);
    if (value->workload->secrets.count < LIMIT_CONFIG_ITEMS)
        *vec_push(value->reader->arena, &value->workload->secrets) = config_set(value->place, name);
}

/* By name; letters are those of docker, which podman shares. */
static const struct run_option run_options[] = {
    {"add-host", LIST, AT(extra_hosts), NULL},
    {"annotation", NAMED, AT(labels), NULL},
    {"arch", SKIPPED, 0, NULL},
    {"attach", SKIPPED, 0, NULL},
    {"authfile", SKIPPED, 0, NULL},
    {"blkio-weight", SKIPPED, 0, NULL},
    {"blkio-weight-device", SKIPPED, 0, NULL},
    {"cap-add", OTHER, 0, read_cap_add},
    {"cap-drop", OTHER, 0, read_cap_drop},
    {"cgroup-conf", SKIPPED, 0, NULL},
    {"cgroup-parent", TEXT, AT(cgroup_parent), NULL},
    {"cgroupns", TEXT, AT(cgroup_mode), NULL},
    {"cgroups", SKIPPED, 0, NULL},
    {"cidfile", SKIPPED, 0, NULL},
    {"conmon-pidfile", SKIPPED, 0, NULL},
    {"cpu-period", SKIPPED, 0, NULL},
    {"cpu-quota", OTHER, 0, read_quota},
    {"cpu-rt-period", SKIPPED, 0, NULL},
    {"cpu-rt-runtime", SKIPPED, 0, NULL},
    {"cpu-shares", NUMBER, AT(cpu_shares), NULL},
    {"cpus", NUMBER, AT(cpus), NULL},
    {"cpuset-cpus", TEXT, AT(cpuset), NULL},
    {"cpuset-mems", SKIPPED, 0, NULL},
    {"creds", SKIPPED, 0, NULL},
    {"detach", SWITCH, 0, NULL},
    {"detach-keys", SKIPPED, 0, NULL},
    {"device", OTHER, 0, read_device},
    {"device-cgroup-rule", OTHER, 0, read_device_rule},
    {"device-read-bps", SKIPPED, 0, NULL},
    {"device-read-iops", SKIPPED, 0, NULL},
    {"device-write-bps", SKIPPED, 0, NULL},
    {"device-write-iops", SKIPPED, 0, NULL},
    {"disable-content-trust", SWITCH, 0, NULL},
    {"dns", LIST, AT(dns), NULL},
    {"dns-opt", SKIPPED, 0, NULL},
    {"dns-option", SKIPPED, 0, NULL},
    {"dns-search", SKIPPED, 0, NULL},
    {"domainname", SKIPPED, 0, NULL},
    {"entrypoint", LIST, AT(entrypoint), NULL},
    {"env", OTHER, 0, read_env},
    {"env-file", LIST, AT(env_files), NULL},
    {"env-host", SWITCH, 0, NULL},
    {"expose", OTHER, 0, read_expose},
    {"gidmap", SKIPPED, 0, NULL},
    {"gpus", OTHER, 0, read_gpus},
    {"group-add", LIST, AT(groups), NULL},
    {"group-entry", SKIPPED, 0, NULL},
    {"health-cmd", OTHER, 0, read_health},
    {"health-interval", SKIPPED, 0, NULL},
    {"health-on-failure", SKIPPED, 0, NULL},
    {"health-retries", SKIPPED, 0, NULL},
    {"health-start-interval", SKIPPED, 0, NULL},
    {"health-start-period", SKIPPED, 0, NULL},
    {"health-timeout", SKIPPED, 0, NULL},
    {"help", SWITCH, 0, NULL},
    {"hostname", TEXT, AT(hostname), NULL},
    {"hostuser", SKIPPED, 0, NULL},
    {"http-proxy", SWITCH, 0, NULL},
    {"image-volume", SKIPPED, 0, NULL},
    {"init", FLAG, AT(init), NULL},
    {"init-path", SKIPPED, 0, NULL},
    {"interactive", SWITCH, 0, NULL},
    {"ip", SKIPPED, 0, NULL},
    {"ip6", SKIPPED, 0, NULL},
    {"ipc", TEXT, AT(ipc_mode), NULL},
    {"isolation", SKIPPED, 0, NULL},
    {"kernel-memory", SKIPPED, 0, NULL},
    {"label", NAMED, AT(labels), NULL},
    {"label-file", SKIPPED, 0, NULL},
    {"link", LIST, AT(links), NULL},
    {"link-local-ip", SKIPPED, 0, NULL},
    {"log-driver", TEXT, AT(log_driver), NULL},
    {"log-opt", NAMED, AT(log_options), NULL},
    {"mac-address", SKIPPED, 0, NULL},
    {"memory", BYTES, AT(memory), NULL},
    {"memory-reservation", BYTES, AT(memory_reservation), NULL},
    {"memory-swap", BYTES, AT(memory_swap), NULL},
    {"memory-swappiness", SKIPPED, 0, NULL},
    {"mount", OTHER, 0, read_mount},
    {"name", OTHER, 0, read_name},
    {"net", OTHER, 0, read_network},
    {"net-alias", SKIPPED, 0, NULL},
    {"network", OTHER, 0, read_network},
    {"network-alias", SKIPPED, 0, NULL},
    {"no-healthcheck", SWITCH, 0, read_no_health},
    {"no-hosts", SWITCH, 0, NULL},
    {"no-hostname", SWITCH, 0, NULL},
    {"oom-kill-disable", FLAG, AT(oom_kill_disable), NULL},
    {"oom-score-adj", NUMBER, AT(oom_score), NULL},
    {"os", SKIPPED, 0, NULL},
    {"passwd", SWITCH, 0, NULL},
    {"passwd-entry", SKIPPED, 0, NULL},
    {"personality", SKIPPED, 0, NULL},
    {"pid", TEXT, AT(pid_mode), NULL},
    {"pidfile", SKIPPED, 0, NULL},
    {"pids-limit", NUMBER, AT(pids), NULL},
    {"platform", TEXT, AT(platform), NULL},
    {"pod", SKIPPED, 0, NULL},
    {"pod-id-file", SKIPPED, 0, NULL},
    {"preserve-fds", SKIPPED, 0, NULL},
    {"privileged", FLAG, AT(privileged), NULL},
    {"publish", OTHER, 0, read_publish},
    {"publish-all", FLAG, AT(publish_all), NULL},
    {"pull", TEXT, AT(pull_policy), NULL},
    {"quiet", SWITCH, 0, NULL},
    {"rdt-class", SKIPPED, 0, NULL},
    {"read-only", FLAG, AT(read_only_root), NULL},
    {"read-only-tmpfs", SWITCH, 0, NULL},
    {"replace", SWITCH, 0, NULL},
    {"requires", SKIPPED, 0, NULL},
    {"restart", OTHER, 0, read_restart},
    {"rm", FLAG, AT(removed_after), NULL},
    {"rmi", SWITCH, 0, NULL},
    {"rootfs", SWITCH, 0, NULL},
    {"runtime", TEXT, AT(runtime), NULL},
    {"sdnotify", SKIPPED, 0, NULL},
    {"seccomp-policy", SKIPPED, 0, NULL},
    {"secret", OTHER, 0, read_secret},
    {"security-opt", OTHER, 0, read_security},
    {"shm-size", BYTES, AT(shm_size), NULL},
    {"shm-size-systemd", SKIPPED, 0, NULL},
    {"sig-proxy", SWITCH, 0, NULL},
    {"stop-signal", TEXT, AT(stop_signal), NULL},
    {"stop-timeout", SKIPPED, 0, NULL},
    {"storage-opt", SKIPPED, 0, NULL},
    {"subgidname", SKIPPED, 0, NULL},
    {"subuidname", SKIPPED, 0, NULL},
    {"sysctl", NAMED, AT(sysctls), NULL},
    {"systemd", SKIPPED, 0, NULL},
    {"timeout", SKIPPED, 0, NULL},
    {"tls-verify", SWITCH, 0, NULL},
    {"tmpfs", OTHER, 0, read_tmpfs},
    {"tty", FLAG, AT(tty), NULL},
    {"tz", SKIPPED, 0, NULL},
    {"uidmap", SKIPPED, 0, NULL},
    {"ulimit", OTHER, 0, read_ulimit},
    {"umask", SKIPPED, 0, NULL},
    {"unsetenv", SKIPPED, 0, NULL},
    {"unsetenv-all", SWITCH, 0, NULL},
    {"use-api-socket", SWITCH, 0, NULL},
    {"user", TEXT, AT(user), NULL},
    {"userns", TEXT, AT(user_mode), NULL},
    {"uts", TEXT, AT(uts_mode), NULL},
    {"variant", SKIPPED, 0, NULL},
    {"volume", OTHER, 0, read_volume},
    {"volume-driver", SKIPPED, 0, NULL},
    {"volumes-from", LIST, AT(volumes_from), NULL},
    {"workdir", TEXT, AT(working_dir), NULL},
};

static const struct {
    char letter;
    const char *name;
} letters[] = {
    {'a', "attach"},      {'c', "cpu-shares"},  {'d', "detach"},  {'e', "env"},
    {'h', "hostname"},    {'i', "interactive"}, {'l', "label"},   {'m', "memory"},
    {'P', "publish-all"}, {'p', "publish"},     {'q', "quiet"},   {'t', "tty"},
    {'u', "user"},        {'v', "volume"},      {'w', "workdir"},
};

static const struct run_option *option_by_name(str name)
{
    for (size_t i = 0; i < sizeof(run_options) / sizeof(run_options[0]); i++)
        if (str_eq(str_from(run_options[i].name), name))
            return &run_options[i];
    return NULL;
}

static const struct run_option *option_by_letter(char letter)
{
    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
        if (letters[i].letter == letter)
            return option_by_name(str_from(letters[i].name));
    return NULL;
}

static bool takes_value(const struct run_option *option)
{
    return option->shape != SWITCH && option->shape != FLAG;
}

static void apply(const struct run_option *option, const struct option_value *value)
{
    void *field = (char *)value->workload + option->offset;
    switch (option->shape) {
    case SWITCH:
    case SKIPPED:
    case OTHER: break;
    case FLAG: {
        bool on = true;
        if (value->text.len && !config_truth(value->text, &on))
            config_problem(value->reader, value->place, false, "neither true nor false: %.*s",
                           STR_ARG(value->text));
        *(struct set_flag *)field =
            (struct set_flag){.set = true, .value = on, .place = value->place};
        break;
    }
    case TEXT: *(struct set_text *)field = config_set(value->place, value->text); break;
    case NUMBER: config_number_set(value->reader, value->place, value->text, field); break;
    case BYTES: config_bytes_set(value->reader, value->place, value->text, field); break;
    case LIST: {
        struct set_text_list *list = field;
        if (list->count < LIMIT_CONFIG_ITEMS)
            *vec_push(value->reader->arena, list) = config_set(value->place, value->text);
        break;
    }
    case NAMED: config_named_add(value->reader, value->place, value->text, field); break;
    }
    if (option->read)
        option->read(value);
}

/* What one run of words is read with. */
struct reading {
    const struct run_line *line;
    struct workload *workload;
    size_t at; /* the next word */
};

static void apply_at(struct reading *reading, const struct run_option *option, size_t first,
                     bool has_text, str text)
{
    const struct run_line *line = reading->line;
    size_t last = first;
    if (takes_value(option) && !has_text) {
        if (reading->at >= line->end) {
            config_problem(line->reader, run_line_place(line, first, first), false,
                           "--%s has no value", option->name);
            return;
        }
        last = reading->at++;
        text = line->words.items[last].text;
    }
    struct option_value value = {
        .reader = line->reader,
        .place = run_line_place(line, first, last),
        .text = text,
        .workload = reading->workload,
    };
    apply(option, &value);
}

/* One that nobody knows: it takes the next word where that cannot be the image. */
static void unknown(struct reading *reading, size_t first, bool has_text)
{
    const struct run_line *line = reading->line;
    config_problem(line->reader, run_line_place(line, first, first), true,
                   "an option that is not known: %.*s; what follows may be read wrongly",
                   STR_ARG(line->words.items[first].text));
    bool next_is_option = reading->at + 1 < line->end &&
                          line->words.items[reading->at + 1].text.len &&
                          line->words.items[reading->at + 1].text.ptr[0] == '-';
    if (!has_text && next_is_option && line->words.items[reading->at].text.len &&
        line->words.items[reading->at].text.ptr[0] != '-')
        reading->at++;
}

static void read_long(struct reading *reading, size_t first, str word)
{
    str name, text;
    bool has_text = str_cut(word, '=', &name, &text);
    const struct run_option *option = option_by_name(name);
    if (option)
        apply_at(reading, option, first, has_text, text);
    else
        unknown(reading, first, has_text);
}

/* "-it", "-p80:80", "-p=80:80" */
static void read_letters(struct reading *reading, size_t first, str word)
{
    while (word.len) {
        const struct run_option *option = option_by_letter(word.ptr[0]);
        str rest = str_from_index(word, 1);
        if (!option) {
            unknown(reading, first, false);
            return;
        }
        bool has_text = takes_value(option) ? rest.len > 0 : str_starts(rest, STR("="));
        if (has_text)
            str_skip(&rest, STR("="));
        apply_at(reading, option, first, has_text, has_text ? rest : (str){0});
        if (has_text || takes_value(option))
            return;
        word = rest;
    }
}

void run_line_options(const struct run_line *line, size_t first, struct workload *workload)
{
    struct reading reading = {line, workload, first};
    while (reading.at < line->end) {
        size_t index = reading.at;
        str word = line->words.items[index].text;
        if (word.len < 2 || word.ptr[0] != '-')
            break;
        reading.at++;
        if (str_eq(word, STR("--")))
            break;
        if (str_skip(&word, STR("--")))
            read_long(&reading, index, word);
        else
            read_letters(&reading, index, str_from_index(word, 1));
    }
    if (reading.at >= line->end) {
        config_problem(line->reader, workload->place, false, "no image is named");
        return;
    }
    workload->image = config_set(run_line_place(line, reading.at, reading.at),
                                 line->words.items[reading.at].text);
    for (size_t i = reading.at + 1; i < line->end && i <= reading.at + LIMIT_CONFIG_ITEMS; i++)
        *vec_push(line->reader->arena, &workload->command) =
            config_set(run_line_place(line, i, i), line->words.items[i].text);
    workload->is_init = workload->removed_after.value && workload->command.count > 0;
}
