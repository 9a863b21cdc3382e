// SPDX-License-Identifier: Apache-2.0
/*
 * What clients of engines are told by files: content trust in shell start-up files and the keys
 * it left behind, Podman's containers.conf(5) and registries.conf(5), whether ufw is on.
 */
#include "base/limits.h"
#include "read/host/reader.h"

void toml_parse(struct arena *arena, str path, str text, struct host_assignment_list *ret)
{
    str rest = text, line, section = {0};
    for (uint32_t number = 1; str_next_line(&rest, &line); number++) {
        str key = {0}, value = {0};
        line = str_trim(line);
        if (str_starts(line, STR("["))) {
            while (str_skip(&line, STR("["))) {
            }
            section = str_trim(str_sub(line, 0, str_find_char(line, ']')));
            continue;
        }
        if (str_starts(line, STR("#")) || !str_cut(line, '=', &key, &value) ||
            ret->count >= LIMIT_HOST_ROWS || section.len + key.len > LIMIT_FIELD)
            continue;
        value = str_trim(value);
        if (str_skip(&value, STR("\"")))
            value = str_sub(value, 0, str_find_char(value, '"'));
        else if (!str_starts(value, STR("[")))
            value = str_trim(str_sub(value, 0, str_find_char(value, '#')));
        key = arena_join(arena, section, STR("."), str_trim(key));
        *vec_push(arena, ret) = (struct host_assignment){
            .name = key, .value = value, .place = {.path = path, .line = number}};
    }
}

static bool matters(str name)
{
    return str_starts(name, STR("DOCKER_")) || str_eq(name, STR("ENABLED"));
}

void environment_parse(struct arena *arena, str path, str text, struct host_assignment_list *ret)
{
    str rest = text, line;
    for (uint32_t number = 1; str_next_line(&rest, &line); number++) {
        str name = {0}, value = {0};
        line = str_trim(line);
        str_skip(&line, STR("export "));
        if (!str_cut(str_trim(line), '=', &name, &value) || !matters(name) ||
            ret->count >= LIMIT_HOST_ROWS)
            continue;
        char quote = value.len ? value.ptr[0] : 0;
        if (quote == '"' || quote == '\'') {
            value = str_from_index(value, 1);
            value = str_sub(value, 0, str_find_char(value, quote));
        } else {
            str word = {0};
            str_next_word(&value, &word);
            value = str_sub(word, 0, str_find_char(word, ';'));
        }
        *vec_push(arena, ret) = (struct host_assignment){
            .name = name, .value = value, .place = {.path = path, .line = number}};
    }
}

static void read_environment(struct host_reader *reader, str path)
{
    str text;
    if (reader_optional(reader, path, LIMIT_HOST_FILE, &text))
        environment_parse(reader->arena, path, text, &reader->host->environment);
}

static void read_home(struct host_reader *reader, str home)
{
    static const char *const files[] = {".bashrc", ".bash_profile", ".profile", ".zshrc"};
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        read_environment(reader, arena_join(reader->arena, home, STR("/"), str_from(files[i])));
    str keys = arena_join(reader->arena, home, STR("/"), STR(".docker/trust/private"));
    struct str_list names = reader_names(reader, keys);
    for (size_t i = 0; i < names.count; i++)
        if (str_ends(names.items[i], STR(".key")))
            *vec_push(reader->arena, &reader->host->trust_keys) =
                arena_join(reader->arena, keys, STR("/"), names.items[i]);
}

static void read_toml(struct host_reader *reader, str path)
{
    str text;
    if (reader_optional(reader, path, LIMIT_HOST_FILE, &text))
        toml_parse(reader->arena, path, text, &reader->host->podman);
}

static void read_toml_folder(struct host_reader *reader, str folder)
{
    struct str_list names = reader_names(reader, folder);
    for (size_t i = 0; i < names.count; i++)
        if (str_ends(names.items[i], STR(".conf")))
            read_toml(reader, arena_join(reader->arena, folder, STR("/"), names.items[i]));
}

void clients_read(struct host_reader *reader)
{
    static const char *const system_files[] = {"/etc/environment", "/etc/profile",
                                               "/etc/bash.bashrc", "/etc/ufw/ufw.conf"};
    str profiles = STR("/etc/profile.d");
    for (size_t i = 0; i < sizeof(system_files) / sizeof(system_files[0]); i++)
        read_environment(reader, str_from(system_files[i]));
    struct str_list names = reader_names(reader, profiles);
    for (size_t i = 0; i < names.count; i++)
        read_environment(reader, arena_join(reader->arena, profiles, STR("/"), names.items[i]));
    read_home(reader, STR("/root"));
    names = reader_names(reader, STR("/home"));
    for (size_t i = 0; i < names.count; i++)
        read_home(reader, arena_join(reader->arena, STR("/home"), STR("/"), names.items[i]));
    read_toml(reader, STR("/usr/share/containers/containers.conf"));
    read_toml(reader, STR("/etc/containers/containers.conf"));
    read_toml_folder(reader, STR("/etc/containers/containers.conf.d"));
    read_toml(reader, STR("/etc/containers/registries.conf"));
    read_toml_folder(reader, STR("/etc/containers/registries.conf.d"));
}
