// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "base/limits.h"
#include "read/config/compose_internal.h"

/* Parts of a service that have a short and a long syntax. */

static str scalar_at(struct config_reader *reader, const struct config_entries *entries,
                     const char *name)
{
    const struct config_entry *entry = config_find(entries, str_from(name));
    return entry && !config_is_null(entry->value) ? config_scalar(reader, entry->value) : (str){0};
}

static bool truth_at(struct config_reader *reader, const struct config_entries *entries,
                     const char *name)
{
    struct set_flag flag = {0};
    const struct config_entry *entry = config_find(entries, str_from(name));
    if (entry)
        config_flag_of(reader, entry->value, &flag);
    return flag.value;
}

/* The items of a list, or nothing (said to be wrong) for what is no list. */
static const struct yaml_list *items_of(struct config_reader *reader, const struct yaml_node *node)
{
    static const struct yaml_list none = {0};
    if (node->kind == YAML_SEQUENCE)
        return &node->items;
    if (!config_is_null(node))
        config_problem(reader, config_place(reader, node), false, "a list is expected here");
    return &none;
}

static void long_port(struct config_reader *reader, const struct yaml_node *node,
                      struct workload *workload)
{
    struct config_entries entries = config_entries(reader, node);
    struct workload_port port = {
        .place = config_place(reader, node),
        .host_ip = scalar_at(reader, &entries, "host_ip"),
        .protocol = scalar_at(reader, &entries, "protocol"),
        .published = true,
    };
    str target = scalar_at(reader, &entries, "target");
    str published = scalar_at(reader, &entries, "published");
    if (!port.protocol.len)
        port.protocol = STR("tcp");
    bool open = str_find_char(target, '$') != STR_NONE || str_find_char(published, '$') != STR_NONE;
    bool ok = config_port_range(target, &port.container_first, &port.container_last);
    if (published.len)
        ok &= config_port_range(published, &port.host_first, &port.host_last);
    if (!ok && !open)
        config_problem(reader, port.place, false, "no port");
    if ((ok || open) && workload->ports.count < LIMIT_CONFIG_ITEMS)
        *vec_push(reader->arena, &workload->ports) = port;
}

void compose_ports(struct config_reader *reader, const struct yaml_node *node,
                   struct workload *workload)
{
    const struct yaml_list *items = items_of(reader, node);
    for (size_t i = 0; i < items->count; i++) {
        const struct yaml_node *item = items->items[i];
        if (item->kind == YAML_MAPPING)
            long_port(reader, item, workload);
        else
            config_port_add(reader, config_place(reader, item), config_scalar(reader, item), true,
                            workload);
    }
}

static void long_volume(struct config_reader *reader, const struct yaml_node *node,
                        struct workload *workload)
{
    struct config_entries entries = config_entries(reader, node);
    struct workload_mount mount = {
        .place = config_place(reader, node),
        .kind = MOUNT_OTHER,
        .type = scalar_at(reader, &entries, "type"),
        .source = scalar_at(reader, &entries, "source"),
        .target = scalar_at(reader, &entries, "target"),
        .read_only = truth_at(reader, &entries, "read_only"),
    };
    if (str_eq(mount.type, STR("bind")))
        mount.kind = MOUNT_BIND;
    else if (str_eq(mount.type, STR("volume")) || !mount.type.len)
        mount.kind = MOUNT_VOLUME;
    else if (str_eq(mount.type, STR("tmpfs")))
        mount.kind = MOUNT_TMPFS;
    const struct config_entry *bind = config_find(&entries, STR("bind"));
    if (bind) {
        struct config_entries options = config_entries(reader, bind->value);
        str recursive = scalar_at(reader, &options, "recursive");
        mount.propagation = scalar_at(reader, &options, "propagation");
        mount.recursive_set = recursive.len > 0;
        mount.recursive = str_eq(recursive, STR("enabled")) || str_eq(recursive, STR("readonly"));
    }
    if (mount.target.len)
        config_mount_put(reader->arena, workload, mount);
    else
        config_problem(reader, mount.place, false, "a mount without a target");
}

void compose_volumes(struct config_reader *reader, const struct yaml_node *node,
                     struct workload *workload)
{
    const struct yaml_list *items = items_of(reader, node);
    for (size_t i = 0; i < items->count; i++) {
        const struct yaml_node *item = items->items[i];
        if (item->kind == YAML_MAPPING)
            long_volume(reader, item, workload);
        else
            config_volume_add(reader, config_place(reader, item), config_scalar(reader, item),
                              workload);
    }
}

void compose_devices(struct config_reader *reader, const struct yaml_node *node,
                     struct workload *workload)
{
    const struct yaml_list *items = items_of(reader, node);
    for (size_t i = 0; i < items->count; i++) {
        const struct yaml_node *item = items->items[i];
        if (item->kind != YAML_MAPPING) {
            config_device_add(reader, config_place(reader, item), config_scalar(reader, item),
                              workload);
            continue;
        }
        struct config_entries entries = config_entries(reader, item);
        struct workload_device device = {
            .place = config_place(reader, item),
            .kind = DEVICE_NODE,
            .source = scalar_at(reader, &entries, "source"),
            .target = scalar_at(reader, &entries, "target"),
            .permissions = scalar_at(reader, &entries, "permissions"),
        };
        if (workload->devices.count < LIMIT_CONFIG_ITEMS)
            *vec_push(reader->arena, &workload->devices) = device;
    }
}

static void add_request(struct config_reader *reader, struct place place, str driver,
                        struct workload *workload)
{
    if (workload->devices.count < LIMIT_CONFIG_ITEMS)
        *vec_push(reader->arena, &workload->devices) =
            (struct workload_device){.place = place, .kind = DEVICE_REQUEST, .source = driver};
}

void compose_gpus(struct config_reader *reader, const struct config_entry *entry,
                  struct workload *workload)
{
    if (!config_is_null(entry->value))
        add_request(reader, config_entry_place(reader, entry), STR("gpu"), workload);
}

/* --- build ---------------------------------------------------------------------------------- */

static void text_at(struct config_reader *reader, const struct config_entries *entries,
                    const char *name, struct set_text *ret)
{
    const struct config_entry *entry = config_find(entries, str_from(name));
    if (entry)
        config_text_of(reader, entry->value, ret);
}

void compose_build(struct config_reader *reader, const struct config_entry *entry,
                   struct workload *workload)
{
    struct workload_build *build = &workload->build;
    build->set = !config_is_null(entry->value);
    build->place = config_entry_place(reader, entry);
    if (entry->value->kind != YAML_MAPPING) {
        config_text_of(reader, entry->value, &build->context);
        return;
    }
    struct config_entries entries = config_entries(reader, entry->value);
    text_at(reader, &entries, "context", &build->context);
    text_at(reader, &entries, "dockerfile", &build->dockerfile);
    const struct config_entry *own = config_find(&entries, STR("dockerfile_inline"));
    if (own && !config_is_null(own->value))
        build->dockerfile_inline =
            config_set(config_place(reader, own->value), config_long_scalar(reader, own->value));
    text_at(reader, &entries, "target", &build->target);
    text_at(reader, &entries, "network", &build->network);
    const struct config_entry *privileged = config_find(&entries, STR("privileged"));
    const struct config_entry *args = config_find(&entries, STR("args"));
    const struct config_entry *entitlements = config_find(&entries, STR("entitlements"));
    if (privileged)
        config_flag_of(reader, privileged->value, &build->privileged);
    if (args)
        config_named_of(reader, args->value, &build->args);
    if (entitlements)
        config_list_of(reader, entitlements->value, &build->entitlements);
}

/* --- deploy --------------------------------------------------------------------------------- */

static void resources(struct config_reader *reader, const struct yaml_node *node,
                      struct set_number *memory, struct set_number *cpus, struct set_number *pids)
{
    struct config_entries entries = config_entries(reader, node);
    for (size_t i = 0; i < entries.count; i++) {
        const struct config_entry *entry = &entries.items[i];
        if (config_is_null(entry->value) || entry->value->kind != YAML_SCALAR)
            continue;
        struct place place = config_place(reader, entry->value);
        str text = config_scalar(reader, entry->value);
        if (str_eq(entry->name, STR("memory")))
            config_bytes_set(reader, place, text, memory);
        else if (str_eq(entry->name, STR("cpus")))
            config_number_set(reader, place, text, cpus);
        else if (str_eq(entry->name, STR("pids")) && pids)
            config_number_set(reader, place, text, pids);
    }
}

static void restart_policy(struct config_reader *reader, const struct yaml_node *node,
                           struct workload *workload)
{
    struct config_entries entries = config_entries(reader, node);
    const struct config_entry *condition = config_find(&entries, STR("condition"));
    const struct config_entry *attempts = config_find(&entries, STR("max_attempts"));
    if (condition) {
        str name = config_scalar(reader, condition->value);
        name = str_eq(name, STR("any")) ? STR("always") : name;
        name = str_eq(name, STR("none")) ? STR("no") : name;
        workload->restart = config_set(config_place(reader, condition->value), name);
    }
    if (attempts && !config_is_null(attempts->value))
        config_number_set(reader, config_place(reader, attempts->value),
                          config_scalar(reader, attempts->value), &workload->restart_limit);
}

void compose_deploy(struct config_reader *reader, const struct yaml_node *node,
                    struct workload *workload)
{
    const struct yaml_node *all = config_get(reader, node, STR("resources"));
    const struct yaml_node *limits = config_get(reader, all, STR("limits"));
    const struct yaml_node *reservations = config_get(reader, all, STR("reservations"));
    const struct yaml_node *devices = config_get(reader, reservations, STR("devices"));
    const struct yaml_node *restart = config_get(reader, node, STR("restart_policy"));
    if (limits)
        resources(reader, limits, &workload->memory, &workload->cpus, &workload->pids);
    if (reservations)
        resources(reader, reservations, &workload->memory_reservation, &workload->cpu_reservation,
                  NULL);
    for (size_t i = 0; devices && i < items_of(reader, devices)->count; i++) {
        const struct yaml_node *device = devices->items.items[i];
        struct config_entries entries = config_entries(reader, device);
        str driver = scalar_at(reader, &entries, "driver");
        add_request(reader, config_place(reader, device), driver.len ? driver : STR("device"),
                    workload);
    }
    if (restart)
        restart_policy(reader, restart, workload);
}

/* --- health and commands -------------------------------------------------------------------- */

static str join(struct config_reader *reader, const struct set_text_list *words, size_t from)
{
    BUF_SCOPED all = buf_make(LIMIT_CONFIG_TEST);
    for (size_t i = from; i < words->count; i++) {
        if (i > from)
            buf_add_char(&all, ' ');
        buf_add_str(&all, words->items[i].value);
    }
    return arena_str(reader->arena, buf_str(&all));
}

void compose_healthcheck(struct config_reader *reader, const struct config_entry *entry,
                         struct workload *workload)
{
    struct workload_healthcheck *check = &workload->healthcheck;
    struct config_entries entries = config_entries(reader, entry->value);
    const struct config_entry *test = config_find(&entries, STR("test"));
    struct set_text_list words = {0};
    if (config_is_null(entry->value))
        return;
    check->set = true;
    check->place = config_entry_place(reader, entry);
    if (config_find(&entries, STR("disable")))
        check->disabled = truth_at(reader, &entries, "disable");
    if (!test)
        return;
    config_list_of(reader, test->value, &words);
    bool has_kind = words.count && test->value->kind == YAML_SEQUENCE;
    str first = words.count ? words.items[0].value : (str){0};
    check->disabled |= has_kind && (!first.len || str_eq(first, STR("NONE")));
    check->test = join(reader, &words, has_kind ? 1 : 0);
}

void compose_words(struct config_reader *reader, const struct yaml_node *node,
                   struct set_text_list *list)
{
    struct config_words words;
    *list = (struct set_text_list){0};
    if (config_is_null(node))
        return;
    if (node->kind != YAML_SCALAR) {
        config_list_of(reader, node, list);
        return;
    }
    struct place place = config_place(reader, node);
    str text = config_long_scalar(reader, node);
    reader->expanded += text.len; /* is copied */
    if (reader->expanded > LIMIT_CONFIG_EXPANDED) {
        config_problem(reader, place, true, "commands make this file too long to read");
        return;
    }
    if (!config_words(reader->arena, text, &words))
        config_problem(reader, place, false, "a quote is not closed");
    for (size_t i = 0; i < words.count && list->count < LIMIT_CONFIG_ITEMS; i++)
        *vec_push(reader->arena, list) = config_set(place, words.items[i].text);
}
