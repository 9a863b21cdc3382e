// SPDX-License-Identifier: Apache-2.0
/* Answers of Docker's API, and of Podman's imitation of it, as facts (Docker Engine API 1.24 to
 * 1.51: SystemVersion, SystemInfo, NetworkList, ImageInspect, ImageHistory, SwarmInspect). */
#include "base/limits.h"
#include "read/engine/answers.h"
#include "read/engine/record.h"

#include <stdlib.h>

struct reading {
    struct arena *arena;
    const struct answers *answers;
    struct engine_facts *facts;
};

static void add_gap(struct reading *reading, const char *what, const struct err *err)
{
    if (reading->facts->gaps.count < LIMIT_GAPS)
        *vec_push(reading->arena, &reading->facts->gaps) = (struct gap){
            .path = arena_join(reading->arena, reading->facts->address, STR(" "), str_from(what)),
            .reason = arena_str(reading->arena, err_text(err))};
}

/* NULL, and a gap, where the answer makes no sense; NULL alone where there is none. */
static struct json *parse(struct reading *reading, str body, const char *what)
{
    struct err err = {0};
    if (body.len == 0)
        return NULL;
    struct json *document = json_parse(body, &err);
    if (!document)
        add_gap(reading, what, &err);
    return document;
}

static enum answer answer_of(const struct json *value)
{
    if (json_bool(value, true) != json_bool(value, false))
        return ANSWER_UNKNOWN;
    return json_bool(value, false) ? ANSWER_YES : ANSWER_NO;
}

/* Only a distribution's package puts its own version where upstream has a commit's digest. */
static bool is_package_version(str text)
{
    return str_find_char(text, '.') != STR_NONE && str_find_char(text, '-') != STR_NONE;
}

static void read_version(struct reading *reading)
{
    struct engine_facts *facts = reading->facts;
    JSON_SCOPED document = parse(reading, reading->answers->version, "/version");
    facts->version = record_text(reading->arena, document, "Version");
    facts->kernel = record_text(reading->arena, document, "KernelVersion");
    str os = record_text(reading->arena, document, "Os");
    str processor = record_text(reading->arena, document, "Arch");
    if (os.len && processor.len)
        facts->platform = arena_join(reading->arena, os, STR("/"), processor);
    for (const struct json *item = json_first(json_get(document, "Components"));
         item && facts->components.count < LIMIT_HOST_ROWS; item = json_next(item)) {
        str commit = json_get_string(json_get(item, "Details"), "GitCommit");
        struct engine_component *component = vec_push(reading->arena, &facts->components);
        *component = (struct engine_component){
            .name = record_text(reading->arena, item, "Name"),
            .version = record_text(reading->arena, item, "Version"),
            .package_version =
                is_package_version(commit) ? arena_str(reading->arena, commit) : (str){0},
        };
        facts->is_podman |= str_starts(component->name, STR("Podman"));
    }
    /* Engines before 18.03 have no components. */
    if (facts->version.len && facts->components.count == 0)
        *vec_push(reading->arena, &facts->components) =
            (struct engine_component){.name = STR("Engine"), .version = facts->version};
}

static void read_list(struct arena *arena, const struct json *list, struct str_list *ret)
{
    for (const struct json *item = json_first(list); item && ret->count < LIMIT_HOST_ROWS;
         item = json_next(item))
        *vec_push(arena, ret) = arena_str(arena, json_string(item));
}

/* Docker gives a list of pairs, Podman an object. */
static bool uses_containerd_store(const struct json *status)
{
    for (const struct json *item = json_first(status); item; item = json_next(item))
        if (str_eq(json_string(json_next(json_first(item))), STR("io.containerd.snapshotter.v1")))
            return true;
    return false;
}

static void read_registries(struct reading *reading, const struct json *config)
{
    struct str_list *list = &reading->facts->insecure_registries;
    read_list(reading->arena, json_get(config, "InsecureRegistryCIDRs"), list);
    for (const struct json *item = json_first(json_get(config, "IndexConfigs")); item;
         item = json_next(item))
        if (!json_bool(json_get(item, "Secure"), true))
            *vec_push(reading->arena, list) = arena_str(reading->arena, json_name(item));
}

static void read_info(struct reading *reading)
{
    struct engine_facts *facts = reading->facts;
    struct arena *arena = reading->arena;
    JSON_SCOPED info = parse(reading, reading->answers->info, "/info");
    const struct json *swarm = json_get(info, "Swarm");
    str ignored;
    if (!json_is_object(info))
        return;
    facts->knows_info = true;
    facts->operating_system = record_text(arena, info, "OperatingSystem");
    facts->root_folder = record_text(arena, info, "DockerRootDir");
    facts->storage_driver = record_text(arena, info, "Driver");
    facts->containerd_store = uses_containerd_store(json_get(info, "DriverStatus"));
    facts->logging_driver = record_text(arena, info, "LoggingDriver");
    facts->cgroup_version = record_text(arena, info, "CgroupVersion");
    facts->default_runtime = record_text(arena, info, "DefaultRuntime");
    facts->firewall_backend = record_text(arena, json_get(info, "FirewallBackend"), "Driver");
    facts->live_restore = answer_of(json_get(info, "LiveRestoreEnabled"));
    facts->experimental = answer_of(json_get(info, "ExperimentalBuild"));
    read_list(arena, json_get(info, "SecurityOptions"), &facts->security);
    read_list(arena, json_get(json_get(info, "Plugins"), "Authorization"),
              &facts->authorization_plugins);
    read_registries(reading, json_get(info, "RegistryConfig"));
    facts->is_rootless = engine_security(facts, STR("rootless"), STR(""), &ignored);
    facts->swarm.is_active = str_eq(json_get_string(swarm, "LocalNodeState"), STR("active"));
    facts->swarm.is_manager = json_bool(json_get(swarm, "ControlAvailable"), false);
    facts->swarm.managers = json_u64(json_get(swarm, "Managers"), 0);
    facts->swarm.nodes = json_u64(json_get(swarm, "Nodes"), 0);
    facts->swarm.node_address = record_text(arena, swarm, "NodeAddr");
    if (!facts->kernel.len)
        facts->kernel = record_text(arena, info, "KernelVersion");
    if (!facts->version.len)
        facts->version = record_text(arena, info, "ServerVersion");
}

static void read_swarm(struct reading *reading)
{
    struct engine_swarm *swarm = &reading->facts->swarm;
    JSON_SCOPED document = parse(reading, reading->answers->swarm, "/swarm");
    JSON_SCOPED secrets = parse(reading, reading->answers->secrets, "/secrets");
    JSON_SCOPED services = parse(reading, reading->answers->services, "/services");
    const struct json *spec = json_get(document, "Spec");
    swarm->knows_cluster = json_is_object(spec);
    swarm->autolock = answer_of(json_get(json_get(spec, "EncryptionConfig"), "AutoLockManagers"));
    const double hour_ns = 3.6e12;
    double expiry = json_double(json_get(json_get(spec, "CAConfig"), "NodeCertExpiry"), 0);
    swarm->certificate_hours = expiry > 0 && expiry < 1e18 ? (uint64_t)(expiry / hour_ns) : 0;
    str data = json_get_string(document, "DataPathAddr");
    swarm->data_path_address = arena_str(reading->arena, data);
    swarm->knows_secrets = json_is_array(secrets) ? ANSWER_YES : ANSWER_UNKNOWN;
    swarm->secrets = json_count(secrets);
    swarm->services = json_count(services);
}

static void read_networks(struct reading *reading)
{
    struct engine_facts *facts = reading->facts;
    JSON_SCOPED document = parse(reading, reading->answers->networks, "/networks");
    facts->knows_networks = json_is_array(document);
    for (const struct json *item = json_first(document);
         item && facts->networks.count < LIMIT_ENGINE_OBJECTS; item = json_next(item)) {
        const struct json *options = json_get(item, "Options");
        str icc = json_get_string(options, "com.docker.network.bridge.enable_icc");
        str driver = json_get_string(item, "Driver");
        str gateway = json_get_string(options, "com.docker.network.bridge.gateway_mode_ipv4");
        enum answer icc_answer = str_eq(icc, STR("false")) ? ANSWER_NO : ANSWER_YES;
        struct engine_network *network = vec_push(reading->arena, &facts->networks);
        *network = (struct engine_network){
            .name = record_text(reading->arena, item, "Name"),
            .driver = arena_str(reading->arena, driver),
            .scope = record_text(reading->arena, item, "Scope"),
            .is_internal = json_bool(json_get(item, "Internal"), false),
            .is_ingress = json_bool(json_get(item, "Ingress"), false),
            .is_gateway_isolated = str_eq(gateway, STR("isolated")),
            .is_ipv6 = json_bool(json_get(item, "EnableIPv6"), false),
            .gateway_mode = arena_str(reading->arena, gateway),
            .host_binding =
                record_text(reading->arena, options, "com.docker.network.bridge.host_binding_ipv4"),
            .icc = str_eq(driver, STR("bridge")) ? icc_answer : ANSWER_UNKNOWN,
            .encrypted = !str_eq(driver, STR("overlay"))  ? ANSWER_UNKNOWN
                         : json_get(options, "encrypted") ? ANSWER_YES
                                                          : ANSWER_NO,
        };
        for (const struct json *subnet = json_first(json_get(json_get(item, "IPAM"), "Config"));
             subnet && network->subnets.count < LIMIT_SUBNETS; subnet = json_next(subnet))
            *vec_push(reading->arena, &network->subnets) =
                record_text(reading->arena, subnet, "Subnet");
    }
}

static void read_history(struct reading *reading, str body, struct engine_image *image)
{
    JSON_SCOPED document = parse(reading, body, "/images/ID/history");
    for (const struct json *item = json_first(document);
         item && image->history.count < LIMIT_LAYERS; item = json_next(item))
        *vec_push(reading->arena, &image->history) = record_text(reading->arena, item, "CreatedBy");
}

static void read_image(struct reading *reading, str record, str history)
{
    struct arena *arena = reading->arena;
    JSON_SCOPED document = parse(reading, record, "/images/ID/json");
    const struct json *config = json_get(document, "Config");
    if (!json_is_object(document))
        return;
    str test = json_string(json_first(json_get(json_get(config, "Healthcheck"), "Test")));
    struct engine_image *image = vec_push(arena, &reading->facts->images);
    *image = (struct engine_image){
        .id = record_text(arena, document, "Id"),
        .user = record_text(arena, config, "User"),
        .created = record_text(arena, document, "Created"),
        .platform = arena_join(arena, json_get_string(document, "Os"), STR("/"),
                               json_get_string(document, "Architecture")),
        .has_healthcheck = test.len && !str_eq(test, STR("NONE")),
        .workdir = record_text(arena, config, "WorkingDir"),
        .has_cmd = json_count(json_get(config, "Cmd")) > 0,
        .has_entrypoint = json_count(json_get(config, "Entrypoint")) > 0,
    };
    read_list(arena, json_get(config, "Env"), &image->env);
    for (const struct json *label = json_first(json_get(config, "Labels"));
         label && image->labels.count < LIMIT_HOST_ROWS; label = json_next(label))
        *vec_push(arena, &image->labels) =
            arena_join(arena, json_name(label), STR("="), json_string(label));
    read_list(arena, json_get(config, "Shell"), &image->shell);
    read_list(arena, json_get(config, "OnBuild"), &image->onbuild);
    read_list(arena, json_get(document, "RepoTags"), &image->tags);
    read_list(arena, json_get(document, "RepoDigests"), &image->digests);
    read_history(reading, history, image);
}

static void read_container(struct reading *reading, str record)
{
    struct engine_facts *facts = reading->facts;
    struct engine_container container;
    struct workload workload;
    struct err err = {0};
    if (inspect_read(reading->arena, record, &container, &workload, &err) < 0) {
        add_gap(reading, "/containers/ID/json", &err);
        return;
    }
    container.workload = facts->workloads.count;
    *vec_push(reading->arena, &facts->containers) = container;
    *vec_push(reading->arena, &facts->workloads) = workload;
}

/* What the daemon does for containers that say nothing themselves. */
static void apply_defaults(struct engine_facts *facts)
{
    str profile, ignored;
    bool strict = engine_security(facts, STR("no-new-privileges"), STR(""), &ignored);
    bool filtered = engine_security(facts, STR("seccomp"), STR("profile"), &profile);
    bool unconfined = facts->knows_info && (!filtered || str_eq(profile, STR("unconfined")));
    const struct place place = {.path = STR("the daemon's settings")};
    for (size_t i = 0; i < facts->workloads.count; i++) {
        struct workload *workload = &facts->workloads.items[i];
        if (strict && !workload->no_new_privileges.set)
            workload->no_new_privileges =
                (struct set_flag){.set = true, .value = true, .place = place};
        if (unconfined && (!workload->seccomp.set || !filtered))
            workload->seccomp =
                (struct set_text){.set = true, .value = STR("unconfined"), .place = place};
    }
}

static int compare_containers(const void *left, const void *right)
{
    const struct engine_container *a = left, *b = right;
    int order = str_cmp(a->name, b->name);
    return order ? order : str_cmp(a->id, b->id);
}

static int compare_images(const void *left, const void *right)
{
    const struct engine_image *a = left, *b = right;
    str x = a->tags.count ? a->tags.items[0] : (str){0};
    str y = b->tags.count ? b->tags.items[0] : (str){0};
    int order = str_cmp(x, y);
    return order ? order : str_cmp(a->id, b->id);
}

void answers_read(struct arena *arena, const struct answers *answers, struct engine_facts *ret)
{
    struct reading reading = {.arena = arena, .answers = answers, .facts = ret};
    *ret = (struct engine_facts){.source = ENGINE_API, .address = answers->address};
    for (size_t i = 0; i < answers->gaps.count; i++)
        *vec_push(arena, &ret->gaps) = answers->gaps.items[i];
    read_version(&reading);
    read_info(&reading);
    read_networks(&reading);
    read_swarm(&reading);
    for (size_t i = 0; i < answers->image_records.count; i++)
        read_image(&reading, answers->image_records.items[i], answers->image_histories.items[i]);
    for (size_t i = 0; i < answers->container_records.count; i++)
        read_container(&reading, answers->container_records.items[i]);
    volumes_resolve(arena, answers->volumes, &ret->workloads);
    apply_defaults(ret);
    ret->knows_containers = answers->containers.len > 0;
    ret->knows_images = answers->images.len > 0;
    if (ret->containers.count > 1)
        qsort(ret->containers.items, ret->containers.count, sizeof(*ret->containers.items),
              compare_containers);
    if (ret->images.count > 1)
        qsort(ret->images.items, ret->images.count, sizeof(*ret->images.items), compare_images);
}
