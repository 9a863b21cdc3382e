// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "read/config/compose_internal.h"

#include <stddef.h>

/*
 * The keys of a service. Most are one of a few shapes, and a row says which and where it goes; the
 * others have a function. `!reset` empties a field, `!override` replaces where lists would add up.
 */
enum shape { IGNORED, TEXT, FLAG, BYTES, NUMBER, LIST, NAMED, OTHER };

struct service_key {
    const char *name;
    enum shape shape;
    size_t offset, size; /* of the field */
    void (*read)(struct config_reader *reader, const struct config_entry *entry,
                 struct workload *workload);
};

#define FIELD(member) offsetof(struct workload, member), sizeof(((struct workload *)0)->member)

/* --- keys with a form of their own ---------------------------------------------------------- */

typedef void reading(struct config_reader *reader, struct place place, str text,
                     struct workload *workload);

static void each(struct config_reader *reader, const struct yaml_node *node,
                 struct workload *workload, reading *read)
{
    struct set_text_list items = {0};
    config_list_of(reader, node, &items);
    for (size_t i = 0; i < items.count; i++)
        read(reader, items.items[i].place, items.items[i].value, workload);
}

static void add_cap(struct config_reader *reader, struct place place, str text,
                    struct workload *workload)
{
    config_capability_add(reader, place, text, &workload->cap_add);
}

static void drop_cap(struct config_reader *reader, struct place place, str text,
                     struct workload *workload)
{
    config_capability_add(reader, place, text, &workload->cap_drop);
}

static void add_expose(struct config_reader *reader, struct place place, str text,
                       struct workload *workload)
{
    config_port_add(reader, place, text, false, workload);
}

static void add_rule(struct config_reader *reader, struct place place, str text,
                     struct workload *workload)
{
    if (workload->devices.count < LIMIT_CONFIG_ITEMS)
        *vec_push(reader->arena, &workload->devices) =
            (struct workload_device){.place = place, .kind = DEVICE_RULE, .source = text};
}

static void read_cap_add(struct config_reader *reader, const struct config_entry *entry,
                         struct workload *workload)
{
    each(reader, entry->value, workload, add_cap);
}

static void read_cap_drop(struct config_reader *reader, const struct config_entry *entry,
                          struct workload *workload)
{
    each(reader, entry->value, workload, drop_cap);
}

static void read_security(struct config_reader *reader, const struct config_entry *entry,
                          struct workload *workload)
{
    each(reader, entry->value, workload, config_security_add);
}

static void read_expose(struct config_reader *reader, const struct config_entry *entry,
                        struct workload *workload)
{
    each(reader, entry->value, workload, add_expose);
}

static void read_rules(struct config_reader *reader, const struct config_entry *entry,
                       struct workload *workload)
{
    each(reader, entry->value, workload, add_rule);
}

static void read_tmpfs(struct config_reader *reader, const struct config_entry *entry,
                       struct workload *workload)
{
    each(reader, entry->value, workload, config_tmpfs_add);
}

static void read_ports(struct config_reader *reader, const struct config_entry *entry,
                       struct workload *workload)
{
    compose_ports(reader, entry->value, workload);
}

static void read_volumes(struct config_reader *reader, const struct config_entry *entry,
                         struct workload *workload)
{
    compose_volumes(reader, entry->value, workload);
}

static void read_devices(struct config_reader *reader, const struct config_entry *entry,
                         struct workload *workload)
{
    compose_devices(reader, entry->value, workload);
}

static void read_deploy(struct config_reader *reader, const struct config_entry *entry,
                        struct workload *workload)
{
    compose_deploy(reader, entry->value, workload);
}

static void read_command(struct config_reader *reader, const struct config_entry *entry,
                         struct workload *workload)
{
    compose_words(reader, entry->value, &workload->command);
}

static void read_entrypoint(struct config_reader *reader, const struct config_entry *entry,
                            struct workload *workload)
{
    compose_words(reader, entry->value, &workload->entrypoint);
}

static void read_restart(struct config_reader *reader, const struct config_entry *entry,
                         struct workload *workload)
{
    if (!config_is_null(entry->value))
        config_restart_set(reader, config_place(reader, entry->value),
                           config_scalar(reader, entry->value), workload);
}

static void read_quota(struct config_reader *reader, const struct config_entry *entry,
                       struct workload *workload)
{
    config_number_set(reader, config_place(reader, entry->value),
                      config_scalar(reader, entry->value), &workload->cpus);
}

/* A list of names, or a mapping of names to settings. */
static void read_networks(struct config_reader *reader, const struct config_entry *entry,
                          struct workload *workload)
{
    struct config_entries entries = config_entries(reader, entry->value);
    if (entry->value->kind != YAML_MAPPING)
        config_list_of(reader, entry->value, &workload->networks);
    for (size_t i = 0; i < entries.count; i++)
        *vec_push(reader->arena, &workload->networks) =
            config_set(config_place(reader, entries.items[i].key), entries.items[i].name);
}

/* "nofile=1:2"; names and numbers are short, or are none */
static str ulimit_text(struct arena *arena, str name, str soft, str hard)
{
    name = str_sub(name, 0, LIMIT_CONFIG_NAME);
    soft = str_sub(soft, 0, LIMIT_CONFIG_NAME);
    hard = str_sub(hard, 0, LIMIT_CONFIG_NAME);
    return arena_printf(arena, "%.*s=%.*s:%.*s", STR_ARG(name), STR_ARG(soft), STR_ARG(hard));
}

static void read_ulimits(struct config_reader *reader, const struct config_entry *entry,
                         struct workload *workload)
{
    struct config_entries entries = config_entries(reader, entry->value);
    for (size_t i = 0; i < entries.count; i++) {
        const struct config_entry *limit = &entries.items[i];
        const struct yaml_node *soft = config_get(reader, limit->value, STR("soft"));
        const struct yaml_node *hard = config_get(reader, limit->value, STR("hard"));
        str low = limit->value->kind == YAML_SCALAR ? config_scalar(reader, limit->value)
                  : soft                            ? config_scalar(reader, soft)
                                                    : STR("-1");
        str high = hard ? config_scalar(reader, hard) : low;
        config_ulimit_add(reader, config_entry_place(reader, limit),
                          ulimit_text(reader->arena, limit->name, low, high), workload);
    }
}

/* Strings, or mappings with the name in one of their keys. */
static void read_references(struct config_reader *reader, const struct yaml_node *node,
                            const char *key, struct set_text_list *list)
{
    if (node->kind != YAML_SEQUENCE) {
        config_list_of(reader, node, list);
        return;
    }
    for (size_t i = 0; i < node->items.count && list->count < LIMIT_CONFIG_ITEMS; i++) {
        const struct yaml_node *item = node->items.items[i];
        const struct yaml_node *name = config_get(reader, item, str_from(key));
        if (item->kind == YAML_MAPPING && !name)
            continue;
        *vec_push(reader->arena, list) =
            config_set(config_place(reader, item), config_scalar(reader, name ? name : item));
    }
}

static void read_env_file(struct config_reader *reader, const struct config_entry *entry,
                          struct workload *workload)
{
    size_t before = workload->env_files.count;
    read_references(reader, entry->value, "path", &workload->env_files);
    for (size_t i = before; i < workload->env_files.count; i++)
        workload->env_files.items[i].place.path = reader->path;
}

static void read_secrets(struct config_reader *reader, const struct config_entry *entry,
                         struct workload *workload)
{
    read_references(reader, entry->value, "source", &workload->secrets);
}

static void read_configs(struct config_reader *reader, const struct config_entry *entry,
                         struct workload *workload)
{
    read_references(reader, entry->value, "source", &workload->configs);
}

static void read_logging(struct config_reader *reader, const struct config_entry *entry,
                         struct workload *workload)
{
    const struct yaml_node *driver = config_get(reader, entry->value, STR("driver"));
    const struct yaml_node *options = config_get(reader, entry->value, STR("options"));
    if (driver)
        config_text_of(reader, driver, &workload->log_driver);
    if (options)
        config_named_of(reader, options, &workload->log_options);
}

/* --- the table ------------------------------------------------------------------------------ */

static const struct service_key keys[] = {
    {"annotations", NAMED, FIELD(labels), NULL},
    {"attach", IGNORED, 0, 0, NULL},
    {"blkio_config", IGNORED, 0, 0, NULL},
    {"build", OTHER, FIELD(build), compose_build},
    {"cap_add", OTHER, FIELD(cap_add), read_cap_add},
    {"cap_drop", OTHER, FIELD(cap_drop), read_cap_drop},
    {"cgroup", TEXT, FIELD(cgroup_mode), NULL},
    {"cgroup_parent", TEXT, FIELD(cgroup_parent), NULL},
    {"command", OTHER, FIELD(command), read_command},
    {"configs", OTHER, FIELD(configs), read_configs},
    {"container_name", IGNORED, 0, 0, NULL},
    {"cpu_count", NUMBER, FIELD(cpus), NULL},
    {"cpu_percent", IGNORED, 0, 0, NULL},
    {"cpu_period", IGNORED, 0, 0, NULL},
    {"cpu_quota", OTHER, FIELD(cpus), read_quota},
    {"cpu_rt_period", IGNORED, 0, 0, NULL},
    {"cpu_rt_runtime", IGNORED, 0, 0, NULL},
    {"cpu_shares", NUMBER, FIELD(cpu_shares), NULL},
    {"cpus", NUMBER, FIELD(cpus), NULL},
    {"cpuset", TEXT, FIELD(cpuset), NULL},
    {"credential_spec", IGNORED, 0, 0, NULL},
    {"depends_on", IGNORED, 0, 0, NULL},
    {"deploy", OTHER, 0, 0, read_deploy},
    {"develop", IGNORED, 0, 0, NULL},
    {"device_cgroup_rules", OTHER, FIELD(devices), read_rules},
    {"devices", OTHER, FIELD(devices), read_devices},
    {"dns", LIST, FIELD(dns), NULL},
    {"dns_opt", IGNORED, 0, 0, NULL},
    {"dns_search", IGNORED, 0, 0, NULL},
    {"dockerfile", IGNORED, 0, 0, NULL}, /* version 1 */
    {"domainname", IGNORED, 0, 0, NULL},
    {"entrypoint", OTHER, FIELD(entrypoint), read_entrypoint},
    {"env_file", OTHER, FIELD(env_files), read_env_file},
    {"environment", NAMED, FIELD(environment), NULL},
    {"expose", OTHER, FIELD(ports), read_expose},
    {"extends", IGNORED, 0, 0, NULL},
    {"external_links", IGNORED, 0, 0, NULL},
    {"extra_hosts", IGNORED, 0, 0, NULL},
    {"gpus", OTHER, FIELD(devices), compose_gpus},
    {"group_add", LIST, FIELD(groups), NULL},
    {"healthcheck", OTHER, FIELD(healthcheck), compose_healthcheck},
    {"hostname", TEXT, FIELD(hostname), NULL},
    {"image", TEXT, FIELD(image), NULL},
    {"init", FLAG, FIELD(init), NULL},
    {"ipc", TEXT, FIELD(ipc_mode), NULL},
    {"isolation", IGNORED, 0, 0, NULL},
    {"label_file", IGNORED, 0, 0, NULL},
    {"labels", NAMED, FIELD(labels), NULL},
    {"links", LIST, FIELD(links), NULL},
    {"log_driver", TEXT, FIELD(log_driver), NULL}, /* version 1 */
    {"log_opt", NAMED, FIELD(log_options), NULL},  /* version 1 */
    {"logging", OTHER, 0, 0, read_logging},
    {"mac_address", IGNORED, 0, 0, NULL},
    {"mem_limit", BYTES, FIELD(memory), NULL},
    {"mem_reservation", BYTES, FIELD(memory_reservation), NULL},
    {"mem_swappiness", IGNORED, 0, 0, NULL},
    {"memswap_limit", BYTES, FIELD(memory_swap), NULL},
    {"models", IGNORED, 0, 0, NULL},
    {"net", TEXT, FIELD(network_mode), NULL}, /* version 1 */
    {"network_mode", TEXT, FIELD(network_mode), NULL},
    {"networks", OTHER, FIELD(networks), read_networks},
    {"oom_kill_disable", FLAG, FIELD(oom_kill_disable), NULL},
    {"oom_score_adj", NUMBER, FIELD(oom_score), NULL},
    {"pid", TEXT, FIELD(pid_mode), NULL},
    {"pids_limit", NUMBER, FIELD(pids), NULL},
    {"platform", TEXT, FIELD(platform), NULL},
    {"ports", OTHER, FIELD(ports), read_ports},
    {"post_start", IGNORED, 0, 0, NULL},
    {"pre_stop", IGNORED, 0, 0, NULL},
    {"privileged", FLAG, FIELD(privileged), NULL},
    {"profiles", LIST, FIELD(profiles), NULL},
    {"provider", IGNORED, 0, 0, NULL},
    {"pull_policy", TEXT, FIELD(pull_policy), NULL},
    {"read_only", FLAG, FIELD(read_only_root), NULL},
    {"restart", OTHER, FIELD(restart), read_restart},
    {"runtime", TEXT, FIELD(runtime), NULL},
    {"scale", IGNORED, 0, 0, NULL},
    {"secrets", OTHER, FIELD(secrets), read_secrets},
    {"security_opt", OTHER, 0, 0, read_security},
    {"shm_size", BYTES, FIELD(shm_size), NULL},
    {"stdin_open", IGNORED, 0, 0, NULL},
    {"stop_grace_period", IGNORED, 0, 0, NULL},
    {"stop_signal", TEXT, FIELD(stop_signal), NULL},
    {"storage_opt", IGNORED, 0, 0, NULL},
    {"sysctls", NAMED, FIELD(sysctls), NULL},
    {"tmpfs", OTHER, FIELD(mounts), read_tmpfs},
    {"tty", FLAG, FIELD(tty), NULL},
    {"ulimits", OTHER, FIELD(ulimits), read_ulimits},
    {"use_api_socket", IGNORED, 0, 0, NULL},
    {"user", TEXT, FIELD(user), NULL},
    {"userns_mode", TEXT, FIELD(user_mode), NULL},
    {"uts", TEXT, FIELD(uts_mode), NULL},
    {"volume_driver", IGNORED, 0, 0, NULL},
    {"volumes", OTHER, FIELD(mounts), read_volumes},
    {"volumes_from", LIST, FIELD(volumes_from), NULL},
    {"working_dir", TEXT, FIELD(working_dir), NULL},
};

static const struct service_key *key_by_name(str name)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (str_eq(str_from(keys[i].name), name))
            return &keys[i];
    return NULL;
}

static void read_shape(struct config_reader *reader, const struct service_key *key,
                       const struct config_entry *entry, struct workload *workload)
{
    const struct yaml_node *value = entry->value;
    void *field = (char *)workload + key->offset;
    if (key->shape != LIST && key->shape != NAMED && config_is_null(value))
        return;
    switch (key->shape) {
    case IGNORED:
    case OTHER: break;
    case TEXT: config_text_of(reader, value, field); break;
    case FLAG: config_flag_of(reader, value, field); break;
    case BYTES:
        config_bytes_set(reader, config_place(reader, value), config_scalar(reader, value), field);
        break;
    case NUMBER:
        config_number_set(reader, config_place(reader, value), config_scalar(reader, value), field);
        break;
    case LIST: config_list_of(reader, value, field); break;
    case NAMED: config_named_of(reader, value, field); break;
    }
}

void compose_service_key(struct config_reader *reader, const struct config_entry *entry,
                         struct workload *workload)
{
    const struct service_key *key = key_by_name(entry->name);
    if (!key) {
        if (!str_starts(entry->name, STR("x-")))
            config_problem(reader, config_place(reader, entry->key), false,
                           "services have no key %.*s; engines pass it over", STR_ARG(entry->name));
        return;
    }
    bool resets = str_eq(entry->value->tag, STR("!reset"));
    if (resets || str_eq(entry->value->tag, STR("!override"))) {
        char *field = (char *)workload + key->offset;
        for (size_t i = 0; i < key->size; i++)
            field[i] = 0;
    }
    if (resets)
        return;
    read_shape(reader, key, entry, workload);
    if (key->read)
        key->read(reader, entry, workload);
}
