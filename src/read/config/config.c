// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "read/config/config_internal.h"

#include <stdio.h>

static bool looks_like_compose(const struct yaml_node *root)
{
    const struct yaml_node *services = yaml_get(root, STR("services"));
    return services && (services->kind == YAML_MAPPING || services->plain);
}

/* Only `include`: pipelines and other formats have a key of that name, too. */
static bool looks_like_includes(const struct yaml_node *root)
{
    static const char *const known[] = {"version",  "name",    "include", "volumes",
                                        "networks", "secrets", "configs", "models"};
    bool all_known = true;
    for (size_t i = 0; i + 1 < root->items.count; i += 2) {
        str key = root->items.items[i]->text;
        bool is_known = str_starts(key, STR("x-"));
        for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
            is_known |= str_eq(key, str_from(known[k]));
        all_known &= is_known;
    }
    return all_known && yaml_get(root, STR("include"));
}

/* Version 1 of compose: the services stand at the top. */
static bool looks_like_old_compose(const struct yaml_node *root)
{
    bool found = false;
    for (size_t i = 0; i + 1 < root->items.count; i += 2) {
        const struct yaml_node *service = root->items.items[i + 1];
        if (service->kind != YAML_MAPPING)
            return false;
        found |= yaml_get(service, STR("image")) != NULL || yaml_get(service, STR("build")) != NULL;
    }
    return found;
}

static bool is_compose_name(str path)
{
    size_t slash = str_rfind_char(path, '/');
    str name = slash == STR_NONE ? path : str_from_index(path, slash + 1);
    return (str_ends(name, STR(".yml")) || str_ends(name, STR(".yaml"))) &&
           (str_starts(name, STR("compose")) || str_starts(name, STR("docker-compose")));
}

/* A document that is damaged: the lines that only one dialect has at the margin. */
static bool detect_by_lines(str path, str text, enum workload_dialect *ret)
{
    bool has_version = false, has_kind = false;
    str line;
    while (str_next_line(&text, &line)) {
        has_version |= str_starts(line, STR("apiVersion:"));
        has_kind |= str_starts(line, STR("kind:"));
        if (str_starts(line, STR("services:"))) {
            *ret = DIALECT_COMPOSE;
            return true;
        }
    }
    if (has_version && has_kind) {
        *ret = DIALECT_KUBERNETES;
        return true;
    }
    *ret = DIALECT_COMPOSE;
    return is_compose_name(path);
}

static bool detect_document(str path, const struct yaml_node *root, enum workload_dialect *ret)
{
    if (root->kind != YAML_MAPPING)
        return false;
    bool is_object = yaml_get(root, STR("apiVersion")) && yaml_get(root, STR("kind"));
    *ret = is_object ? DIALECT_KUBERNETES : DIALECT_COMPOSE;
    return is_object || looks_like_compose(root) ||
           (is_compose_name(path) && (looks_like_old_compose(root) || looks_like_includes(root)));
}

bool config_detect(str path, str text, enum workload_dialect *ret)
{
    ARENA_SCOPED arena = {0};
    struct yaml_list documents;
    struct err err = {0};
    bool is_yaml = str_ends(path, STR(".yaml")) || str_ends(path, STR(".yml"));
    bool parsed = text.len <= LIMIT_CONFIG_FILE && yaml_parse(&arena, text, &documents, &err) == 0;
    for (size_t i = 0; parsed && i < documents.count; i++)
        if (detect_document(path, documents.items[i], ret))
            return true;
    if (!is_yaml && run_line_detect(text)) {
        *ret = DIALECT_RUN;
        return true;
    }
    return !parsed && detect_by_lines(path, text, ret);
}

void config_read(struct arena *arena, enum workload_dialect dialect,
                 const struct config_text *texts, size_t count,
                 const struct config_options *options, struct workload_file *ret)
{
    static const struct config_options none = {0};
    struct config_reader reader = {
        .arena = arena, .options = options ? options : &none, .file = ret};
    if (reader.options->variables)
        reader.scope = config_scope_make(arena, NULL, reader.options->variables);
    *ret = (struct workload_file){.dialect = dialect, .path = count ? texts[0].path : (str){0}};
    if (dialect == DIALECT_COMPOSE) {
        compose_read(&reader, texts, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        reader.path = texts[i].path;
        reader.text = texts[i].text;
        *vec_push(arena, &ret->sources) =
            (struct workload_source){.path = texts[i].path, .text = texts[i].text};
        if (dialect == DIALECT_KUBERNETES)
            kubernetes_read(&reader, &texts[i]);
        else
            run_line_read(&reader, &texts[i]);
    }
}

void config_problem(struct config_reader *reader, struct place place, bool lost, const char *format,
                    ...)
{
    struct workload_problem_list *problems = &reader->file->problems;
    if (problems->count > LIMIT_CONFIG_PROBLEMS)
        return;
    char text[LIMIT_EVIDENCE]; /* values that are shown may be huge, and be met many times */
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    str message = str_from(text);
    if (problems->count == LIMIT_CONFIG_PROBLEMS) {
        message = STR("there is more that cannot be read; it is not listed");
        lost = true;
    }
    for (size_t i = 0; i < problems->count; i++) /* what `extends` brings is read again */
        if (problems->items[i].place.line == place.line &&
            problems->items[i].place.column == place.column &&
            str_eq(problems->items[i].message, message) &&
            str_eq(problems->items[i].place.path, place.path))
            return;
    *vec_push(reader->arena, problems) = (struct workload_problem){
        .place = place, .message = arena_str(reader->arena, message), .lost = lost};
}

int config_load(struct config_reader *reader, str path, str *ret_text, struct err *err)
{
    const struct config_loader *loader = reader->options->loader;
    if (!loader)
        return err_set(err, ERR_UNSUPPORTED, "other files are not looked at here");
    if (reader->loaded >= LIMIT_CONFIG_LOADED)
        return err_set(err, ERR_LIMIT, "more than %d other files are named", LIMIT_CONFIG_LOADED);
    reader->loaded++;
    if (loader->load(loader->context, reader->arena, path, ret_text, err) < 0)
        return -1;
    reader->together += ret_text->len;
    if (reader->together > LIMIT_CONFIG_TOGETHER)
        return err_set(err, ERR_LIMIT, "the files that are named are longer than %llu MiB together",
                       LIMIT_CONFIG_TOGETHER >> 20);
    return 0;
}

bool config_room(struct config_reader *reader, struct place place)
{
    if (reader->file->workloads.count < LIMIT_WORKLOADS)
        return true;
    config_problem(reader, place, true,
                   "more containers than anybody declares: the rest is left "
                   "out");
    return false;
}

void config_check_full(struct config_reader *reader, const struct workload *workload)
{
    const size_t counts[] = {
        workload->environment.count, workload->mounts.count,     workload->ports.count,
        workload->devices.count,     workload->command.count,    workload->cap_add.count,
        workload->cap_drop.count,    workload->selinux.count,    workload->sysctls.count,
        workload->labels.count,      workload->env_files.count,  workload->networks.count,
        workload->groups.count,      workload->build.args.count, workload->ulimits.count,
    };
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        if (counts[i] >= LIMIT_CONFIG_ITEMS)
            config_problem(reader, workload->place, true,
                           "a list with more than %d items: the rest is left out",
                           LIMIT_CONFIG_ITEMS);
}

void config_yaml_problem(struct config_reader *reader, const struct err *err)
{
    struct place place = {.path = reader->path};
    str rest = err_text(err), number, tail;
    uint64_t line, column;
    if (str_skip(&rest, STR("line ")) && str_cut(rest, ',', &number, &tail) &&
        str_to_u64(number, UINT32_MAX, &line) && str_skip(&tail, STR(" column ")) &&
        str_cut(tail, ':', &number, &rest) && str_to_u64(number, UINT32_MAX, &column)) {
        place.line = (uint32_t)line;
        place.column = (uint32_t)column;
        rest = str_trim(rest);
    }
    config_problem(reader, place, true, "this is no valid YAML: %.*s", STR_ARG(rest));
}

/* --- .env files ---------------------------------------------------------------------------- */

/* A quoted value may go on over several lines; without quotes " #" begins a comment. */
static str variable_value(struct arena *arena, str value, const char *end, str *rest,
                          uint32_t *line)
{
    if (value.len == 0 || (value.ptr[0] != '"' && value.ptr[0] != '\'')) {
        size_t comment = str_find(value, STR(" #"));
        return str_trim(comment == STR_NONE ? value : str_sub(value, 0, comment));
    }
    char quote = value.ptr[0];
    str whole = {value.ptr + 1, (size_t)(end - value.ptr) - 1};
    char *out = arena_array(arena, char, whole.len + 1);
    size_t len = 0, at = 0;
    for (; at < whole.len && whole.ptr[at] != quote; at++) {
        bool escaped = quote == '"' && whole.ptr[at] == '\\' && at + 1 < whole.len;
        if (escaped)
            at++;
        *line += whole.ptr[at] == '\n';
        out[len++] = escaped && whole.ptr[at] == 'n' ? '\n' : whole.ptr[at];
    }
    if (at == whole.len) /* never closed: the line as it stands */
        return str_trim(value);
    str ignored;
    *rest = str_from_index(whole, at + 1);
    str_next_line(rest, &ignored);
    return str_make(out, len);
}

bool config_read_variables(struct arena *arena, str path, str text, struct named_value_list *ret)
{
    str line, name, value;
    uint32_t number = 0;
    const char *end = text.len ? text.ptr + text.len : text.ptr;
    while (str_next_line(&text, &line)) {
        uint32_t at = ++number;
        line = str_trim(line);
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        if (ret->count >= LIMIT_CONFIG_ITEMS)
            return false;
        str_skip(&line, STR("export "));
        bool has_value = str_cut(line, '=', &name, &value);
        struct named_value item = {
            .place = {.path = path, .line = at, .column = 1},
            .name = str_trim(name),
            .has_value = has_value,
        };
        if (has_value)
            item.value = variable_value(arena, str_trim(value), end, &text, &number);
        config_named_put(arena, ret, item);
    }
    return true;
}

void config_read_variable_file(struct config_reader *reader, const struct set_text *file, str path,
                               str text, struct named_value_list *ret)
{
    if (!config_read_variables(reader->arena, path, text, ret))
        config_problem(reader, file->place, true,
                       "the file of variables %.*s: only the first %d are read",
                       STR_ARG(file->value), LIMIT_CONFIG_ITEMS);
}
