// SPDX-License-Identifier: Apache-2.0
/*
 * A container's record (GET /containers/ID/json, Docker Engine API 1.24 to 1.51) as a workload.
 * The engine has applied its defaults and the image's: what it recorded is what holds, so a user
 * or a restart policy that it leaves empty is set, to what empty means.
 */
#include "base/limits.h"
#include "read/engine/record.h"

#include <math.h>

str record_text(struct arena *arena, const struct json *object, const char *name)
{
    return arena_str(arena, json_get_string(object, name));
}

static struct place place_of(const char *key)
{
    return (struct place){.path = str_from(key)};
}

static void set_text(struct arena *arena, const struct json *object, const char *name,
                     struct set_text *ret)
{
    str value = json_get_string(object, name);
    if (value.len)
        *ret = (struct set_text){
            .set = true, .value = arena_str(arena, value), .place = place_of(name)};
}

static void set_flag(const struct json *object, const char *name, struct set_flag *ret)
{
    const struct json *value = json_get(object, name);
    if (json_bool(value, true) == json_bool(value, false))
        *ret = (struct set_flag){
            .set = true, .value = json_bool(value, false), .place = place_of(name)};
}

/* Engines write 0 for what was not asked for, and -1 for unlimited. */
static void set_number(struct arena *arena, const struct json *object, const char *name,
                       double unit, struct set_number *ret)
{
    double value = json_double(json_get(object, name), 0);
    if (!(fabs(value) > 0) || fabs(value) > 1e18)
        return;
    *ret = (struct set_number){
        .set = true,
        .value = value < 0 ? -1 : value / unit,
        .text = arena_printf(arena, "%.0f", value),
        .place = place_of(name),
    };
}

static void add_text(struct arena *arena, str value, const char *key, struct set_text_list *ret)
{
    if (ret->count < LIMIT_HOST_ROWS)
        *vec_push(arena, ret) = (struct set_text){
            .set = true, .value = arena_str(arena, value), .place = place_of(key)};
}

static void set_texts(struct arena *arena, const struct json *object, const char *name,
                      struct set_text_list *ret)
{
    const struct json *list = json_get(object, name);
    if (json_is_string(list))
        add_text(arena, json_string(list), name, ret);
    for (const struct json *item = json_first(list); item; item = json_next(item))
        add_text(arena, json_string(item), name, ret);
}

static void add_named(struct arena *arena, str name, str value, const char *key,
                      struct named_value_list *ret)
{
    if (ret->count < LIMIT_HOST_ROWS)
        *vec_push(arena, ret) = (struct named_value){
            .name = arena_str(arena, name),
            .value = arena_str(arena, value),
            .has_value = true,
            .place = place_of(key),
        };
}

/* {"name": "value"} or ["name=value"]. */
static void set_named(struct arena *arena, const struct json *object, const char *name,
                      struct named_value_list *ret)
{
    const struct json *list = json_get(object, name);
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        str key = json_name(item), value = json_string(item);
        if (json_is_array(list))
            str_cut(json_string(item), '=', &key, &value);
        add_named(arena, key, value, name, ret);
    }
}

static void read_capabilities(struct arena *arena, const struct json *host,
                              struct workload *workload)
{
    static const char *const names[] = {"CapAdd", "CapDrop"};
    struct set_text_list *lists[] = {&workload->cap_add, &workload->cap_drop};
    for (size_t i = 0; i < 2; i++)
        for (const struct json *item = json_first(json_get(host, names[i])); item;
             item = json_next(item))
            add_text(arena, workload_capability(arena, json_string(item)), names[i], lists[i]);
}

static bool is_on(str value)
{
    return value.len == 0 || str_eq_nocase(value, STR("true")) || str_eq(value, STR("1"));
}

static void read_security_option(struct arena *arena, str option, struct workload *workload)
{
    str name = {0}, value = {0};
    size_t equals = str_find_char(option, '='), colon = str_find_char(option, ':');
    str_cut(option, colon < equals ? ':' : '=', &name, &value);
    const struct place place = place_of("SecurityOpt");
    value = arena_str(arena, value);
    if (str_eq(name, STR("no-new-privileges"))) {
        workload->no_new_privileges =
            (struct set_flag){.set = true, .value = is_on(value), .place = place};
    } else if (str_eq(name, STR("seccomp"))) {
        /* The client replaces a profile's path by its content. */
        if (str_starts(value, STR("{")))
            value = STR("custom");
        workload->seccomp = (struct set_text){.set = true, .value = value, .place = place};
    } else if (str_eq(name, STR("apparmor"))) {
        workload->apparmor = (struct set_text){.set = true, .value = value, .place = place};
    } else if (str_eq(name, STR("label"))) {
        add_text(arena, value, "SecurityOpt", &workload->selinux);
    } else if (str_eq(name, STR("systempaths")) || str_eq(name, STR("unmask"))) {
        workload->unmasked = (struct set_flag){.set = true, .value = true, .place = place};
    }
}

/* The client turns systempaths=unconfined into two empty lists; privileged has none at all. */
static void read_masks(const struct json *host, struct workload *workload)
{
    const struct json *masked = json_get(host, "MaskedPaths");
    if (json_is_array(masked) && json_count(masked) == 0 &&
        !(workload->privileged.set && workload->privileged.value))
        workload->unmasked =
            (struct set_flag){.set = true, .value = true, .place = place_of("MaskedPaths")};
}

static void read_security(struct arena *arena, const struct record *record,
                          struct workload *workload)
{
    const struct json *host = record->host_config;
    set_flag(host, "Privileged", &workload->privileged);
    read_capabilities(arena, host, workload);
    for (const struct json *item = json_first(json_get(host, "SecurityOpt")); item;
         item = json_next(item))
        read_security_option(arena, json_string(item), workload);
    read_masks(host, workload);
    /* What the engine chose where nobody did. */
    if (!workload->apparmor.set)
        set_text(arena, record->top, "AppArmorProfile", &workload->apparmor);
    set_flag(host, "ReadonlyRootfs", &workload->read_only_root);
    set_texts(arena, host, "GroupAdd", &workload->groups);
    str user = json_get_string(record->config, "User");
    workload->user = (struct set_text){.set = true,
                                       .value = user.len ? arena_str(arena, user) : STR("0"),
                                       .place = place_of("Config.User")};
}

static void read_namespaces(struct arena *arena, const struct record *record,
                            struct workload *workload)
{
    const struct json *host = record->host_config;
    set_text(arena, host, "NetworkMode", &workload->network_mode);
    set_text(arena, host, "PidMode", &workload->pid_mode);
    set_text(arena, host, "IpcMode", &workload->ipc_mode);
    set_text(arena, host, "UTSMode", &workload->uts_mode);
    set_text(arena, host, "UsernsMode", &workload->user_mode);
    set_text(arena, host, "CgroupnsMode", &workload->cgroup_mode);
    set_text(arena, host, "CgroupParent", &workload->cgroup_parent);
    set_texts(arena, host, "Links", &workload->links);
    set_texts(arena, host, "VolumesFrom", &workload->volumes_from);
    set_texts(arena, host, "Dns", &workload->dns);
    set_texts(arena, host, "ExtraHosts", &workload->extra_hosts);
    set_named(arena, host, "Sysctls", &workload->sysctls);
    for (const struct json *item = json_first(record->networks); item; item = json_next(item))
        add_text(arena, json_name(item), "Networks", &workload->networks);
}

static void read_rates(struct arena *arena, const struct json *host, struct workload *workload)
{
    static const char *const keys[IO_KINDS] = {
        [IO_READ_BYTES] = "BlkioDeviceReadBps",
        [IO_WRITE_BYTES] = "BlkioDeviceWriteBps",
        [IO_READS] = "BlkioDeviceReadIOps",
        [IO_WRITES] = "BlkioDeviceWriteIOps",
    };
    for (unsigned kind = 0; kind < IO_KINDS; kind++)
        for (const struct json *item = json_first(json_get(host, keys[kind]));
             item && workload->rates.count < LIMIT_HOST_ROWS; item = json_next(item))
            *vec_push(arena, &workload->rates) = (struct workload_rate){
                .kind = (enum io_kind)kind,
                .device = record_text(arena, item, "Path"),
                .rate = json_u64(json_get(item, "Rate"), 0),
            };
}

static void read_limits(struct arena *arena, const struct record *record, struct workload *workload)
{
    const struct json *host = record->host_config;
    read_rates(arena, host, workload);
    set_number(arena, host, "Memory", 1, &workload->memory);
    set_number(arena, host, "MemorySwap", 1, &workload->memory_swap);
    set_number(arena, host, "MemoryReservation", 1, &workload->memory_reservation);
    set_number(arena, host, "ShmSize", 1, &workload->shm_size);
    set_number(arena, host, "NanoCpus", 1e9, &workload->cpus);
    double quota = json_double(json_get(host, "CpuQuota"), 0);
    double period = json_double(json_get(host, "CpuPeriod"), 0);
    if (!workload->cpus.set && quota > 0)
        workload->cpus = (struct set_number){.set = true,
                                             .value = quota / (period > 0 ? period : 100000),
                                             .text = arena_printf(arena, "%.0f", quota),
                                             .place = place_of("CpuQuota")};
    set_number(arena, host, "CpuShares", 1, &workload->cpu_shares);
    set_text(arena, host, "CpusetCpus", &workload->cpuset);
    set_number(arena, host, "PidsLimit", 1, &workload->pids);
    set_flag(host, "OomKillDisable", &workload->oom_kill_disable);
    set_number(arena, host, "OomScoreAdj", 1, &workload->oom_score);
    for (const struct json *item = json_first(json_get(host, "Ulimits")); item;
         item = json_next(item)) {
        double soft = json_double(json_get(item, "Soft"), 0);
        double hard = json_double(json_get(item, "Hard"), 0);
        bool sane = fabs(soft) < 1e15 && fabs(hard) < 1e15;
        *vec_push(arena, &workload->ulimits) = (struct workload_ulimit){
            .name = record_text(arena, item, "Name"),
            .soft = sane ? (int64_t)soft : -1,
            .hard = sane ? (int64_t)hard : -1,
            .place = place_of("Ulimits"),
        };
    }
}

static void read_devices(struct arena *arena, const struct record *record,
                         struct workload *workload)
{
    const struct json *host = record->host_config;
    for (const struct json *item = json_first(json_get(host, "Devices")); item;
         item = json_next(item))
        *vec_push(arena, &workload->devices) = (struct workload_device){
            .kind = DEVICE_NODE,
            .source = record_text(arena, item, "PathOnHost"),
            .target = record_text(arena, item, "PathInContainer"),
            .permissions = record_text(arena, item, "CgroupPermissions"),
            .place = place_of("Devices"),
        };
    for (const struct json *item = json_first(json_get(host, "DeviceCgroupRules")); item;
         item = json_next(item))
        *vec_push(arena, &workload->devices) =
            (struct workload_device){.kind = DEVICE_RULE,
                                     .source = arena_str(arena, json_string(item)),
                                     .place = place_of("DeviceCgroupRules")};
    for (const struct json *item = json_first(json_get(host, "DeviceRequests")); item;
         item = json_next(item)) {
        const struct json *first = json_first(json_get(item, "DeviceIDs"));
        str driver = json_get_string(item, "Driver");
        *vec_push(arena, &workload->devices) = (struct workload_device){
            .kind = DEVICE_REQUEST,
            .source = arena_str(arena, driver.len ? driver : json_string(first)),
            .place = place_of("DeviceRequests"),
        };
    }
}

/* "80/tcp" -> 80, "tcp". */
static bool read_port(str text, uint32_t *ret_port, str *ret_protocol)
{
    str number = {0};
    uint64_t value;
    str_cut(text, '/', &number, ret_protocol);
    if (!str_to_u64(number, UINT16_MAX, &value))
        return false;
    *ret_port = (uint32_t)value;
    if (ret_protocol->len == 0)
        *ret_protocol = STR("tcp");
    return true;
}

static void add_port(struct arena *arena, str spec, const struct json *binding, const char *key,
                     struct workload *workload)
{
    uint32_t port;
    str protocol = {0};
    uint64_t host_port = 0;
    if (!read_port(spec, &port, &protocol) || workload->ports.count >= LIMIT_HOST_ROWS)
        return;
    str_to_u64(json_get_string(binding, "HostPort"), UINT16_MAX, &host_port);
    *vec_push(arena, &workload->ports) = (struct workload_port){
        .host_ip = record_text(arena, binding, "HostIp"),
        .protocol = arena_str(arena, protocol),
        .container_first = port,
        .container_last = port,
        .host_first = (uint32_t)host_port,
        .host_last = (uint32_t)host_port,
        .published = binding != NULL,
        .place = place_of(key),
    };
}

/* While it runs, the engine tells the ports that it gave; else, those that were asked for. */
static void read_ports(struct arena *arena, const struct record *record, struct workload *workload)
{
    set_flag(record->host_config, "PublishAllPorts", &workload->publish_all);
    const struct json *bound = record->ports;
    const char *key = "NetworkSettings.Ports";
    if (json_count(bound) == 0) {
        bound = json_get(record->host_config, "PortBindings");
        key = "PortBindings";
    }
    for (const struct json *item = json_first(bound); item; item = json_next(item))
        for (const struct json *binding = json_first(item); binding; binding = json_next(binding))
            add_port(arena, json_name(item), binding, key, workload);
    for (const struct json *item = json_first(json_get(record->config, "ExposedPorts")); item;
         item = json_next(item))
        add_port(arena, json_name(item), NULL, "ExposedPorts", workload);
}

static void read_mount(struct arena *arena, const struct json *item, struct workload *workload)
{
    str type = json_get_string(item, "Type"), name = json_get_string(item, "Name");
    str source = json_get_string(item, "Source");
    if (type.len == 0) /* engines before 1.24, and state folders */
        type = name.len ? STR("volume") : STR("bind");
    bool is_volume = str_eq(type, STR("volume"));
    *vec_push(arena, &workload->mounts) = (struct workload_mount){
        .kind = is_volume                    ? MOUNT_VOLUME
                : str_eq(type, STR("bind"))  ? MOUNT_BIND
                : str_eq(type, STR("tmpfs")) ? MOUNT_TMPFS
                                             : MOUNT_OTHER,
        .type = arena_str(arena, type),
        .source = arena_str(arena, is_volume && name.len ? name : source),
        .target = record_text(arena, item, "Destination"),
        .propagation = record_text(arena, item, "Propagation"),
        .options = record_text(arena, item, "Mode"),
        .read_only = !json_bool(json_get(item, "RW"), true),
        .place = place_of("Mounts"),
    };
}

static void read_mounts(struct arena *arena, const struct record *record, struct workload *workload)
{
    for (const struct json *item = json_first(record->mounts);
         item && workload->mounts.count < LIMIT_HOST_ROWS; item = json_next(item))
        read_mount(arena, item, workload);
    for (const struct json *item = json_first(json_get(record->host_config, "Tmpfs")); item;
         item = json_next(item))
        *vec_push(arena, &workload->mounts) = (struct workload_mount){
            .kind = MOUNT_TMPFS,
            .type = STR("tmpfs"),
            .target = arena_str(arena, json_name(item)),
            .options = arena_str(arena, json_string(item)),
            .place = place_of("Tmpfs"),
        };
}

/* ["CMD-SHELL", "a b"], ["CMD", "a", "b"]: a line for a shell; quotes were lost before. */
static str health_command(struct arena *arena, const struct json *test)
{
    const struct json *item = json_next(json_first(test));
    str text = arena_str(arena, json_string(item));
    for (size_t i = 0; item && (item = json_next(item)) && i < LIMIT_HOST_ROWS; i++)
        text = arena_join(arena, text, STR(" "), json_string(item));
    return text;
}

static void read_process(struct arena *arena, const struct record *record,
                         struct workload *workload)
{
    const struct json *config = record->config, *host = record->host_config;
    set_text(arena, config, "Image", &workload->image);
    set_text(arena, config, "WorkingDir", &workload->working_dir);
    set_text(arena, config, "StopSignal", &workload->stop_signal);
    set_text(arena, config, "Hostname", &workload->hostname);
    set_text(arena, host, "Runtime", &workload->runtime);
    set_texts(arena, config, "Entrypoint", &workload->entrypoint);
    set_texts(arena, config, "Cmd", &workload->command);
    set_flag(config, "Tty", &workload->tty);
    set_flag(host, "Init", &workload->init);
    set_flag(host, "AutoRemove", &workload->removed_after);
    set_named(arena, config, "Labels", &workload->labels);
    set_named(arena, config, "Env", &workload->environment);
    const struct json *policy = json_get(host, "RestartPolicy");
    str restart = json_get_string(policy, "Name");
    workload->restart =
        (struct set_text){.set = true,
                          .value = restart.len ? arena_str(arena, restart) : STR("no"),
                          .place = place_of("RestartPolicy")};
    set_number(arena, policy, "MaximumRetryCount", 1, &workload->restart_limit);
    const struct json *log = json_get(host, "LogConfig");
    set_text(arena, log, "Type", &workload->log_driver);
    set_named(arena, log, "Config", &workload->log_options);
    const struct json *test = json_get(json_get(config, "Healthcheck"), "Test");
    str first = json_string(json_first(test));
    if (first.len)
        workload->healthcheck = (struct workload_healthcheck){
            .set = true,
            .disabled = str_eq(first, STR("NONE")),
            .test = health_command(arena, test),
            .place = place_of("Config.Healthcheck"),
        };
}

void record_workload(struct arena *arena, const struct record *record, struct workload *ret)
{
    str name = json_get_string(record->top, "Name");
    str_skip(&name, STR("/"));
    *ret = (struct workload){.dialect = DIALECT_ENGINE, .name = arena_str(arena, name)};
    read_process(arena, record, ret);
    ret->remedies_set = named_value_find(&ret->labels, STR("com.docker.compose.project")) != NULL;
    ret->remedies = DIALECT_COMPOSE;
    read_security(arena, record, ret);
    read_namespaces(arena, record, ret);
    read_limits(arena, record, ret);
    read_devices(arena, record, ret);
    read_ports(arena, record, ret);
    read_mounts(arena, record, ret);
}
