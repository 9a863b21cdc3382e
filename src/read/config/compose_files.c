// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "base/limits.h"
#include "base/path.h"
#include "read/config/compose_internal.h"

/*
 * The files of a compose project: the given ones, those that `include` names (each entry is a
 * project of its own, with its own folder and variables), and those that `extends` takes a service
 * from.
 */

void compose_enter(struct compose *compose, const struct compose_file *file)
{
    compose->reader->path = file->path;
    compose->reader->text = file->text;
    compose->reader->scope = file->scope;
    compose->folder = file->folder;
}

const struct config_entry *compose_service(const struct compose_file *file, str name)
{
    const uintptr_t *index = map_get(&file->by_name, name);
    return index ? &file->services.items[*index] : NULL;
}

/* --- one file ------------------------------------------------------------------------------- */

static bool is_old_form(const struct config_entries *root)
{
    return !config_find(root, STR("services")) && !config_find(root, STR("include")) &&
           !config_find(root, STR("version")) && root->count;
}

static bool is_root_key(str name)
{
    static const char *const known[] = {"services", "version", "name",    "volumes", "networks",
                                        "secrets",  "configs", "include", "models"};
    for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
        if (str_eq(name, str_from(known[k])))
            return true;
    return str_starts(name, STR("x-"));
}

static bool has_root_key(const struct config_entries *root)
{
    for (size_t i = 0; i < root->count; i++)
        if (is_root_key(root->items[i].name))
            return true;
    return false;
}

static void check_root(struct compose *compose, const struct config_entries *root)
{
    for (size_t i = 0; i < root->count; i++)
        if (!is_root_key(root->items[i].name))
            config_problem(compose->reader, config_place(compose->reader, root->items[i].key),
                           false, "compose files have no key %.*s at the top",
                           STR_ARG(root->items[i].name));
}

static void parse_file(struct compose *compose, struct compose_file *file)
{
    struct yaml_list documents = {0};
    struct err err = {0};
    struct config_reader *reader = compose->reader;
    compose_enter(compose, file);
    if (file->text.len > LIMIT_CONFIG_FILE) {
        config_problem(reader, (struct place){.path = file->path}, true, "longer than 16 MiB");
        return;
    }
    if (yaml_parse(reader->arena, file->text, &documents, &err) < 0) {
        config_yaml_problem(reader, &err);
        return;
    }
    if (documents.count == 0)
        return;
    if (documents.items[0]->kind != YAML_MAPPING)
        config_problem(reader, config_place(reader, documents.items[0]), true,
                       "a compose file is a mapping, and this is none");
    file->root = config_entries(reader, documents.items[0]);
    /* Whoever wrote the including file may not be allowed to read this one: if it is a list of
     * passwords, nothing of it is shown. */
    if (file->is_included && file->root.count && !has_root_key(&file->root)) {
        file->root = (struct config_entries){0};
        config_problem(reader, (struct place){.path = file->path}, true,
                       "is included, and is no compose file: it declares no services");
        return;
    }
    if (is_old_form(&file->root)) {
        file->services = file->root;
        return;
    }
    check_root(compose, &file->root);
    const struct config_entry *services = config_find(&file->root, STR("services"));
    if (services && services->value->kind == YAML_MAPPING)
        file->services = config_entries(reader, services->value);
    else if (services && !config_is_null(services->value))
        config_problem(reader, config_place(reader, services->value), true,
                       "`services` is a mapping of names to services, and this is none");
}

/* A file may be read more than once, for different folders. What is included and turns out to be
 * something else is not looked into. */
static void add_source(struct compose *compose, const struct compose_file *file)
{
    struct workload_source_list *sources = &compose->reader->file->sources;
    bool is_part = file->is_part || (file->is_included && !file->root.count);
    for (size_t i = 0; i < sources->count; i++)
        if (str_eq(sources->items[i].path, file->path)) {
            sources->items[i].is_part &= is_part;
            return;
        }
    *vec_push(compose->reader->arena, sources) =
        (struct workload_source){.path = file->path, .text = file->text, .is_part = is_part};
}

/* `made` has everything but what stands in the text. */
static const struct compose_file *add_file(struct compose *compose, struct compose_file made)
{
    struct arena *arena = compose->reader->arena;
    struct compose_file *file = vec_push(arena, &compose->files);
    *file = made;
    parse_file(compose, file);
    add_source(compose, file);
    for (size_t i = 0; i < file->services.count; i++)
        *map_put(arena, &file->by_name, file->services.items[i].name, NULL) = i;
    return file;
}

const struct compose_file *compose_load(struct compose *compose, str name, struct place place)
{
    struct config_reader *reader = compose->reader;
    struct compose_file made = {
        .path = path_resolve(reader->arena, compose->folder, name),
        .scope = reader->scope,
        .is_part = true,
    };
    made.folder = path_parent(made.path);
    struct err err = {0};
    for (size_t i = 0; i < compose->files.count; i++)
        if (str_eq(compose->files.items[i].path, made.path) &&
            compose->files.items[i].scope == made.scope)
            return &compose->files.items[i];
    if (config_load(reader, made.path, &made.text, &err) < 0) {
        config_problem(reader, place, true, "extends a service of %.*s: %.*s", STR_ARG(name),
                       STR_ARG(err_text(&err)));
        return NULL;
    }
    return add_file(compose, made);
}

/* --- include -------------------------------------------------------------------------------- */

/* An entry of `include`, its paths resolved. */
struct inclusion {
    struct place place;
    struct set_text_list paths, env_files;
    str folder;
};

static bool is_remote(str path)
{
    return str_contains(path, STR("://")) || str_starts(path, STR("git@")) ||
           str_starts(path, STR("github.com/"));
}

/* Whether the file can be looked for at all; says why not. */
static bool can_follow(struct compose *compose, const struct compose_project *from,
                       const struct set_text *path)
{
    struct config_reader *reader = compose->reader;
    const char *why = NULL;
    if (!path->value.len)
        why = "has no path";
    else if (is_remote(path->value))
        why = "is fetched from elsewhere, and not looked at";
    else if (str_find_char(path->value, '$') != STR_NONE)
        why = "depends on a variable that is not known here, so it is not looked at";
    else if (from->depth >= LIMIT_CONFIG_DEPTH)
        why = "is included too deeply, and not looked at";
    if (why)
        config_problem(reader, path->place, true, "the included file %.*s %s", STR_ARG(path->value),
                       why);
    return !why;
}

static bool read_inclusion(struct compose *compose, const struct compose_project *from,
                           const struct yaml_node *node, struct inclusion *ret)
{
    struct config_reader *reader = compose->reader;
    const struct yaml_node *path = node, *env = NULL;
    struct set_text folder = {0};
    *ret = (struct inclusion){.place = config_place(reader, node)};
    if (node->kind == YAML_MAPPING) {
        const struct yaml_node *where = config_get(reader, node, STR("project_directory"));
        path = config_get(reader, node, STR("path"));
        env = config_get(reader, node, STR("env_file"));
        if (where)
            config_text_of(reader, where, &folder);
    }
    if (path)
        config_list_of(reader, path, &ret->paths);
    if (env)
        config_list_of(reader, env, &ret->env_files);
    if (!ret->paths.count) {
        config_problem(reader, ret->place, true, "an entry of `include` that names no file");
        return false;
    }
    for (size_t i = 0; i < ret->paths.count; i++) {
        struct set_text *item = &ret->paths.items[i];
        if (!can_follow(compose, from, item))
            return false;
        item->value = path_resolve(reader->arena, compose->folder, item->value);
    }
    ret->folder = folder.value.len ? path_resolve(reader->arena, compose->folder, folder.value)
                                   : path_parent(ret->paths.items[0].value);
    return true;
}

/* Two files may include the same third one, in the same way: then it is there once. */
static bool is_new(struct compose *compose, const struct inclusion *inclusion)
{
    const struct set_text_list *lists[] = {&inclusion->paths, &inclusion->env_files};
    struct arena *arena = compose->reader->arena;
    BUF_SCOPED key = buf_make(LIMIT_CONFIG_VALUE);
    buf_add_str(&key, inclusion->folder);
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < lists[l]->count; i++) {
            buf_add_char(&key, (char)('\n' + (char)l));
            buf_add_str(&key, lists[l]->items[i].value);
        }
    bool fresh;
    if (key.overflow) {
        config_problem(compose->reader, inclusion->place, true,
                       "the names of these included files are too long to read");
        return false;
    }
    map_put(arena, &compose->included, arena_str(arena, buf_str(&key)), &fresh);
    return fresh;
}

static bool is_circle(struct compose *compose, const struct compose_project *from,
                      const struct inclusion *inclusion)
{
    str main_path = inclusion->paths.items[0].value;
    for (; from; from = from->includer)
        if (str_eq(compose->files.items[from->first].path, main_path)) {
            config_problem(compose->reader, inclusion->place, true,
                           "files that include each other in a circle: %.*s again",
                           STR_ARG(main_path));
            return true;
        }
    return false;
}

/* The variables of an included project: those of whoever includes it win over its own. */
static const struct config_scope *scope_of(struct compose *compose,
                                           const struct inclusion *inclusion)
{
    struct config_reader *reader = compose->reader;
    struct arena *arena = reader->arena;
    struct named_value_list *values = arena_new(arena, struct named_value_list);
    bool any = false;
    struct err err = {0};
    str text;
    for (size_t i = 0; i < inclusion->env_files.count; i++) {
        const struct set_text *file = &inclusion->env_files.items[i];
        str path = path_resolve(arena, compose->folder, file->value);
        any = true;
        if (str_eq(path, STR("/dev/null"))) /* the customary way to say: none */
            continue;
        if (config_load(reader, path, &text, &err) < 0)
            config_problem(reader, file->place, false, "the file of variables %.*s: %.*s",
                           STR_ARG(file->value), STR_ARG(err_text(&err)));
        else
            config_read_variable_file(reader, file, path, text, values);
        err = (struct err){0};
    }
    str usual = path_resolve(arena, inclusion->folder, STR(".env"));
    if (!inclusion->env_files.count && config_load(reader, usual, &text, &err) == 0) {
        const struct set_text file = {.value = STR(".env")};
        config_read_variable_file(reader, &file, usual, text, values);
        any = true;
    }
    return any ? config_scope_make(arena, reader->scope, values) : reader->scope;
}

static bool load_all(struct compose *compose, const struct inclusion *inclusion, str *ret_texts)
{
    for (size_t i = 0; i < inclusion->paths.count; i++) {
        const struct set_text *path = &inclusion->paths.items[i];
        struct err err = {0};
        if (config_load(compose->reader, path->value, &ret_texts[i], &err) == 0)
            continue;
        config_problem(compose->reader, path->place, true,
                       "the included file %.*s is not looked at: %.*s", STR_ARG(path->value),
                       STR_ARG(err_text(&err)));
        return false;
    }
    return true;
}

static void follow_includes(struct compose *compose, const struct compose_project *project);

static void include(struct compose *compose, const struct compose_project *from,
                    const struct yaml_node *node)
{
    struct arena *arena = compose->reader->arena;
    struct inclusion inclusion;
    if (!read_inclusion(compose, from, node, &inclusion) || is_circle(compose, from, &inclusion) ||
        !is_new(compose, &inclusion))
        return;
    str *texts = arena_array(arena, str, inclusion.paths.count);
    if (!load_all(compose, &inclusion, texts))
        return;
    const struct config_scope *scope = scope_of(compose, &inclusion);
    struct compose_project *project = arena_new(arena, struct compose_project);
    *project = (struct compose_project){
        .first = compose->files.count,
        .count = inclusion.paths.count,
        .includer = from,
        .depth = from->depth + 1,
    };
    *vec_push(arena, &compose->projects) = project;
    for (size_t i = 0; i < project->count; i++)
        add_file(compose, (struct compose_file){.path = inclusion.paths.items[i].value,
                                                .text = texts[i],
                                                .folder = inclusion.folder,
                                                .scope = scope,
                                                .is_included = true});
    follow_includes(compose, project);
}

static void follow_includes(struct compose *compose, const struct compose_project *project)
{
    struct config_reader *reader = compose->reader;
    for (size_t f = project->first; f < project->first + project->count; f++) {
        const struct config_entry *entry =
            config_find(&compose->files.items[f].root, STR("include"));
        if (!entry || config_is_null(entry->value))
            continue;
        compose_enter(compose, &compose->files.items[f]);
        if (entry->value->kind != YAML_SEQUENCE)
            config_problem(reader, config_place(reader, entry->value), true,
                           "`include` is a list of files, and this is none");
        for (size_t i = 0; i < entry->value->items.count; i++) {
            compose_enter(compose, &compose->files.items[f]);
            if (entry->value->kind == YAML_SEQUENCE)
                include(compose, project, entry->value->items.items[i]);
        }
    }
}

void compose_open(struct compose *compose, const struct config_text *texts, size_t count)
{
    struct arena *arena = compose->reader->arena;
    struct compose_project *project = arena_new(arena, struct compose_project);
    project->count = count;
    *vec_push(arena, &compose->projects) = project;
    for (size_t i = 0; i < count; i++)
        add_file(compose, (struct compose_file){.path = texts[i].path,
                                                .text = texts[i].text,
                                                .folder = path_parent(texts[0].path),
                                                .scope = compose->reader->scope});
    follow_includes(compose, project);
}
