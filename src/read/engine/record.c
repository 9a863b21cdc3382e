// SPDX-License-Identifier: Apache-2.0
#include "read/engine/record.h"

#include "base/limits.h"
#include "base/map.h"

static void read_endpoints(struct arena *arena, const struct json *networks,
                           struct engine_endpoint_list *ret)
{
    for (const struct json *item = json_first(networks); item && ret->count < LIMIT_ENGINE_OBJECTS;
         item = json_next(item))
        *vec_push(arena, ret) = (struct engine_endpoint){
            .network = arena_str(arena, json_name(item)),
            .ipv4 = record_text(arena, item, "IPAddress"),
            .ipv6 = record_text(arena, item, "GlobalIPv6Address"),
            .gateway4 = record_text(arena, item, "Gateway"),
            .gateway6 = record_text(arena, item, "IPv6Gateway"),
        };
}

static void fill(struct arena *arena, const struct record *record, struct engine_container *ret,
                 struct workload *ret_workload)
{
    const struct json *top = record->top, *state = json_get(top, "State");
    const struct json *layers = json_get(json_get(top, "GraphDriver"), "Data");
    str name = json_get_string(top, "Name");
    str_skip(&name, STR("/"));
    *ret = (struct engine_container){
        .id = arena_str(arena, json_get_string(top, "Id")),
        .name = arena_str(arena, name),
        .image_id = record_text(arena, top, "Image"),
        .is_running = json_bool(json_get(state, "Running"), false),
        .pid = (uint32_t)json_u64(json_get(state, "Pid"), 0),
        .health = record_text(arena, json_get(state, "Health"), "Status"),
        .apparmor = record_text(arena, top, "AppArmorProfile"),
        .selinux_label = record_text(arena, top, "ProcessLabel"),
        .upper = record_text(arena, layers, "UpperDir"),
        .lower = record_text(arena, layers, "LowerDir"),
        .default_bridge = json_get(record->networks, "bridge") != NULL,
    };
    read_endpoints(arena, record->networks, &ret->endpoints);
    record_workload(arena, record, ret_workload);
}

int inspect_read(struct arena *arena, str text, struct engine_container *ret,
                 struct workload *ret_workload, struct err *err)
{
    JSON_SCOPED document = json_parse(text, err);
    if (!document)
        return -1;
    const struct json *network = json_get(document, "NetworkSettings");
    const struct record record = {
        .top = document,
        .config = json_get(document, "Config"),
        .host_config = json_get(document, "HostConfig"),
        .networks = json_get(network, "Networks"),
        .ports = json_get(network, "Ports"),
        .mounts = json_get(document, "Mounts"),
    };
    if (!json_is_object(record.config) || !json_is_object(record.host_config))
        return err_set(err, ERR_FORMAT,
                       "no record of a container: Config or HostConfig is missing");
    fill(arena, &record, ret, ret_workload);
    return 0;
}

int state_read(struct arena *arena, str config, str host_config, struct engine_container *ret,
               struct workload *ret_workload, struct err *err)
{
    JSON_SCOPED document = json_parse(config, err);
    if (!document)
        return err_wrap(err, "config.v2.json");
    JSON_SCOPED host = json_parse(host_config, err);
    if (!host)
        return err_wrap(err, "hostconfig.json");
    const struct json *network = json_get(document, "NetworkSettings");
    const struct record record = {
        .top = document,
        .config = json_get(document, "Config"),
        .host_config = host,
        .networks = json_get(network, "Networks"),
        .ports = json_get(network, "Ports"),
        .mounts = json_get(document, "MountPoints"),
    };
    if (!json_is_object(record.config) || !json_is_object(host))
        return err_set(err, ERR_FORMAT, "no state of a container");
    fill(arena, &record, ret, ret_workload);
    if (ret->id.len == 0)
        ret->id = record_text(arena, document, "ID");
    return 0;
}

/* Mountpoint of a bind volume is the engine's folder; what is mounted there is "device". */
static void add_bind_volume(struct arena *arena, const struct json *volume, struct map *binds)
{
    const struct json *options = json_get(volume, "Options");
    str o = json_get_string(options, "o"), option;
    bool is_bind = false;
    if (!str_eq(json_get_string(volume, "Driver"), STR("local")))
        return;
    while (str_next(&o, ',', &option))
        is_bind |= str_eq(option, STR("bind")) || str_eq(option, STR("rbind"));
    str device = json_get_string(options, "device"), name = json_get_string(volume, "Name");
    if (!is_bind || !device.len || !name.len)
        return;
    str *kept = arena_new(arena, str);
    *kept = arena_str(arena, device);
    *map_put(arena, binds, arena_str(arena, name), NULL) = (uintptr_t)kept;
}

void volumes_resolve(struct arena *arena, str volumes, struct workload_list *workloads)
{
    struct err ignored = {0};
    struct map binds = {0};
    JSON_SCOPED document = json_parse(volumes, &ignored);
    for (const struct json *item = json_first(json_get(document, "Volumes")); item;
         item = json_next(item))
        add_bind_volume(arena, item, &binds);
    for (size_t w = 0; binds.count && w < workloads->count; w++)
        for (size_t m = 0; m < workloads->items[w].mounts.count; m++) {
            struct workload_mount *mount = &workloads->items[w].mounts.items[m];
            const uintptr_t *device =
                mount->kind == MOUNT_VOLUME ? map_get(&binds, mount->source) : NULL;
            if (device) {
                mount->kind = MOUNT_BIND;
                mount->source = *(const str *)*device;
            }
        }
}
