// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/path.h"
#include "read/config/compose_internal.h"

/*
 * The Compose Specification (compose-spec.io), and the versions 1 to 3 that it grew out of. A
 * service is laid together from layers: what it extends, then each file of its project in order;
 * each layer replaces single values, and adds to lists.
 */

/* --- services ------------------------------------------------------------------------------ */

static void apply_service(struct compose *compose, size_t file, str name, unsigned depth,
                          struct workload *workload);

/* `extends: NAME`, or a mapping with `service` and perhaps `file`. */
static void apply_base(struct compose *compose, size_t index, const struct yaml_node *node,
                       unsigned depth, struct workload *workload)
{
    struct config_reader *reader = compose->reader;
    struct set_text service = {0}, other = {0};
    if (node->kind == YAML_SCALAR) {
        config_text_of(reader, node, &service);
    } else {
        const struct yaml_node *name = config_get(reader, node, STR("service"));
        const struct yaml_node *path = config_get(reader, node, STR("file"));
        if (name)
            config_text_of(reader, name, &service);
        if (path)
            config_text_of(reader, path, &other);
    }
    size_t from = index;
    if (other.set) {
        const struct compose_file *file = compose_load(compose, other.value, other.place);
        if (!file)
            return;
        from = (size_t)(file - compose->files.items);
    }
    if (depth > LIMIT_CONFIG_DEPTH)
        config_problem(reader, service.place, true, "services that extend each other in a circle");
    else if (!compose_service(&compose->files.items[from], service.value))
        config_problem(reader, service.set ? service.place : config_place(reader, node), true,
                       "extends a service %.*s that is not there", STR_ARG(service.value));
    else
        apply_service(compose, from, service.value, depth + 1, workload);
    compose_enter(compose, &compose->files.items[index]);
}

static void apply_service(struct compose *compose, size_t file, str name, unsigned depth,
                          struct workload *workload)
{
    struct config_reader *reader = compose->reader;
    compose_enter(compose, &compose->files.items[file]);
    const struct config_entry *service = compose_service(&compose->files.items[file], name);
    if (!service || config_is_null(service->value))
        return;
    if (service->value->kind != YAML_MAPPING) {
        config_problem(reader, config_place(reader, service->value), true,
                       "a service is a mapping, and this is none");
        return;
    }
    struct config_entries entries = config_entries(reader, service->value);
    const struct config_entry *base = config_find(&entries, STR("extends"));
    if (base)
        apply_base(compose, file, base->value, depth, workload);
    for (size_t i = 0; i < entries.count; i++)
        compose_service_key(reader, &entries.items[i], workload);
}

/* --- what services refer to ---------------------------------------------------------------- */

/* A named volume whose options make it a bind of a host path: what is mounted is that path. */
static void note_volume(struct compose *compose, const struct config_entry *entry)
{
    struct config_reader *reader = compose->reader;
    const struct yaml_node *options = config_get(reader, entry->value, STR("driver_opts"));
    const struct yaml_node *device = config_get(reader, options, STR("device"));
    const struct yaml_node *how = config_get(reader, options, STR("o"));
    if (!device || !how)
        return;
    str rest = config_scalar(reader, how), word;
    while (str_next(&rest, ',', &word))
        if (str_eq(word, STR("bind")) || str_eq(word, STR("rbind"))) {
            str *path = arena_new(reader->arena, str);
            *path = config_scalar(reader, device);
            *map_put(reader->arena, &compose->binds, entry->name, NULL) = (uintptr_t)path;
        }
}

/* A network that is the host's in truth: `external: true, name: host`. */
static void note_network(struct compose *compose, const struct config_entry *entry)
{
    struct config_reader *reader = compose->reader;
    const struct yaml_node *external = config_get(reader, entry->value, STR("external"));
    const struct yaml_node *name = config_get(reader, entry->value, STR("name"));
    if (external && external->kind == YAML_MAPPING)
        name = config_get(reader, external, STR("name"));
    if (external && name && str_eq(config_scalar(reader, name), STR("host")))
        map_put(reader->arena, &compose->host_networks, entry->name, NULL);
}

static void note_each(struct compose *compose, const struct compose_file *file, str section,
                      void (*note)(struct compose *compose, const struct config_entry *entry))
{
    const struct config_entry *found = config_find(&file->root, section);
    if (!found)
        return;
    struct config_entries entries = config_entries(compose->reader, found->value);
    for (size_t i = 0; i < entries.count; i++)
        note(compose, &entries.items[i]);
}

/* What all services of the project, included ones too, may refer to. */
static void note_resources(struct compose *compose)
{
    for (size_t f = 0; f < compose->files.count; f++) {
        const struct compose_file *file = &compose->files.items[f];
        if (file->is_part)
            continue;
        compose_enter(compose, file);
        note_each(compose, file, STR("volumes"), note_volume);
        note_each(compose, file, STR("networks"), note_network);
    }
}

static void resolve_volumes(struct compose *compose, struct workload *workload)
{
    for (size_t i = 0; i < workload->mounts.count; i++) {
        struct workload_mount *mount = &workload->mounts.items[i];
        const uintptr_t *bind = NULL;
        if (mount->kind == MOUNT_VOLUME && mount->source.len)
            bind = map_get(&compose->binds, mount->source);
        if (!bind)
            continue;
        mount->kind = MOUNT_BIND;
        mount->source = *(const str *)*bind;
    }
}

static void resolve_networks(struct compose *compose, struct workload *workload)
{
    for (size_t i = 0; i < workload->networks.count; i++)
        if (map_has(&compose->host_networks, workload->networks.items[i].value))
            workload->network_mode = config_set(workload->networks.items[i].place, STR("host"));
}

/* Where relative paths begin that stand at that place of one of the project's services. */
static str folder_of(const struct compose *compose, const struct compose_project *project,
                     const struct place *place)
{
    for (size_t f = project->first; f < project->first + project->count; f++)
        if (str_eq(compose->files.items[f].path, place->path))
            return compose->files.items[f].folder;
    return path_parent(place->path);
}

/* The variables that `env_file` brings stand behind those of `environment`, which win. */
static void load_env_files(struct compose *compose, const struct compose_project *project,
                           struct workload *workload)
{
    struct config_reader *reader = compose->reader;
    struct named_value_list all = {0};
    if (!reader->options->loader || workload->env_files.count == 0)
        return;
    for (size_t i = 0; i < workload->env_files.count; i++) {
        const struct set_text *file = &workload->env_files.items[i];
        str path =
            path_resolve(reader->arena, folder_of(compose, project, &file->place), file->value);
        struct err err = {0};
        str text;
        if (config_load(reader, path, &text, &err) == 0)
            config_read_variable_file(reader, file, path, text, &all);
        else if (err.kind == ERR_LIMIT)
            config_problem(reader, file->place, true, "the file of variables %.*s: %.*s",
                           STR_ARG(file->value), STR_ARG(err_text(&err)));
        /* else: often made only where it runs; not having it says nothing */
    }
    for (size_t i = 0; i < workload->environment.count; i++)
        config_named_put(reader->arena, &all, workload->environment.items[i]);
    workload->environment = all;
}

/* --- the whole ------------------------------------------------------------------------------ */

static void add_service(struct compose *compose, const struct compose_project *project,
                        size_t first, const struct config_entry *entry)
{
    struct config_reader *reader = compose->reader;
    struct workload *workload = vec_push(reader->arena, &reader->file->workloads);
    compose_enter(compose, &compose->files.items[first]);
    *workload = (struct workload){
        .dialect = DIALECT_COMPOSE,
        .path = reader->path,
        .place = config_place(reader, entry->key),
        .name = entry->name,
        .body = config_body(reader, entry->key, entry->value),
    };
    for (size_t f = first; f < project->first + project->count; f++)
        apply_service(compose, f, entry->name, 0, workload);
    resolve_volumes(compose, workload);
    resolve_networks(compose, workload);
    load_env_files(compose, project, workload);
    const struct workload_build *build = &workload->build;
    workload->build.folder =
        folder_of(compose, project, build->context.set ? &build->context.place : &build->place);
    compose_enter(compose, &compose->files.items[first]);
    config_check_full(reader, workload);
    if (!workload->image.set && !workload->build.set)
        config_problem(reader, workload->place, false,
                       "a service with neither `image` nor `build`");
}

static bool is_in_earlier_file(const struct compose *compose, const struct compose_project *project,
                               size_t file, str name)
{
    for (size_t f = project->first; f < file; f++)
        if (compose_service(&compose->files.items[f], name))
            return true;
    return false;
}

/* What stands in one project by a name. */
struct declared {
    struct place place;
    str words;
};

/*
 * Included services keep to themselves: one of a name that is there already is nothing new where it
 * is the same to the letter, and refused where it is not. True: it is new, or to be looked at too.
 */
static bool is_to_add(struct compose *compose, const struct config_entry *entry)
{
    struct config_reader *reader = compose->reader;
    struct place place = config_entry_place(reader, entry);
    str words = str_sub(reader->text, place.offset, place.end_offset - place.offset);
    bool fresh;
    uintptr_t *slot = map_put(reader->arena, &compose->services, entry->name, &fresh);
    if (fresh) {
        struct declared *declared = arena_new(reader->arena, struct declared);
        *declared = (struct declared){place, words};
        *slot = (uintptr_t)declared;
        return true;
    }
    const struct declared *before = (const struct declared *)*slot;
    if (str_eq(before->words, words))
        return false;
    config_problem(reader, config_place(reader, entry->key), false,
                   "a service %.*s is declared in %.*s, line %u, too, and differently: compose "
                   "refuses that of included files",
                   STR_ARG(entry->name), STR_ARG(before->place.path), before->place.line);
    return true;
}

/* False: there is no room for more. */
static bool read_services(struct compose *compose, const struct compose_project *project,
                          size_t file)
{
    struct config_reader *reader = compose->reader;
    for (size_t i = 0; i < compose->files.items[file].services.count; i++) {
        const struct config_entry *entry = &compose->files.items[file].services.items[i];
        bool is_field = str_starts(entry->name, STR("x-")) || str_eq(entry->name, STR("<<"));
        if (is_field || is_in_earlier_file(compose, project, file, entry->name))
            continue;
        compose_enter(compose, &compose->files.items[file]);
        if (!is_to_add(compose, entry))
            continue;
        if (!config_room(reader, config_place(reader, entry->key)))
            return false;
        add_service(compose, project, file, entry);
    }
    return true;
}

void compose_read(struct config_reader *reader, const struct config_text *texts, size_t count)
{
    struct compose compose = {.reader = reader};
    reader->interpolates = true;
    compose_open(&compose, texts, count);
    note_resources(&compose);
    for (size_t p = 0; p < compose.projects.count; p++) {
        const struct compose_project *project = compose.projects.items[p];
        for (size_t f = project->first; f < project->first + project->count; f++)
            if (!read_services(&compose, project, f))
                return;
    }
}
