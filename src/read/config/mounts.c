// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "read/config/config_internal.h"

static bool same_target(str a, str b)
{
    while (a.len > 1 && a.ptr[a.len - 1] == '/')
        a.len--;
    while (b.len > 1 && b.ptr[b.len - 1] == '/')
        b.len--;
    return str_eq(a, b);
}

/* Two mounts on one target are one: the later declaration counts, as in engines and in compose. */
void config_mount_put(struct arena *arena, struct workload *workload, struct workload_mount mount)
{
    for (size_t i = 0; i < workload->mounts.count; i++)
        if (same_target(workload->mounts.items[i].target, mount.target)) {
            workload->mounts.items[i] = mount;
            return;
        }
    if (workload->mounts.count < LIMIT_CONFIG_ITEMS)
        *vec_push(arena, &workload->mounts) = mount;
}

static bool is_propagation(str word)
{
    str_skip(&word, STR("r"));
    return str_eq(word, STR("shared")) || str_eq(word, STR("slave")) ||
           str_eq(word, STR("private"));
}

static void apply_options(struct workload_mount *mount)
{
    str rest = mount->options, word;
    while (str_next(&rest, ',', &word)) {
        if (str_eq(word, STR("ro")) || str_eq(word, STR("readonly")))
            mount->read_only = true;
        else if (str_eq(word, STR("rro"))) {
            mount->read_only = mount->recursive_set = mount->recursive = true;
        } else if (is_propagation(word))
            mount->propagation = word;
    }
}

static bool is_drive(str text)
{
    char c = text.len > 2 ? (char)(text.ptr[0] | 0x20) : 0;
    return c >= 'a' && c <= 'z' && text.ptr[1] == ':' &&
           (text.ptr[2] == '\\' || text.ptr[2] == '/');
}

/* Up to the next ':' that does not belong to a drive letter or a ${variable:-default}. */
static str take_part(str *rest)
{
    size_t at = is_drive(*rest) ? 2 : 0, braces = 0;
    for (; at < rest->len && (rest->ptr[at] != ':' || braces); at++) {
        braces += rest->ptr[at] == '{';
        braces -= rest->ptr[at] == '}' && braces;
    }
    str part = str_sub(*rest, 0, at);
    *rest = at < rest->len ? str_from_index(*rest, at + 1) : (str){0};
    return part;
}

static bool is_host_path(str source)
{
    return source.len && (source.ptr[0] == '/' || source.ptr[0] == '.' || source.ptr[0] == '~' ||
                          source.ptr[0] == '$' || source.ptr[0] == '\\' || is_drive(source));
}

/* "[SOURCE:]TARGET[:OPTIONS]" of `-v` and of compose. */
void config_volume_add(struct config_reader *reader, struct place place, str text,
                       struct workload *workload)
{
    str rest = text;
    struct workload_mount mount = {.place = place, .kind = MOUNT_VOLUME, .type = STR("volume")};
    mount.target = take_part(&rest);
    if (rest.len) {
        mount.source = mount.target;
        mount.target = take_part(&rest);
        mount.options = rest;
    }
    if (is_host_path(mount.source)) {
        mount.kind = MOUNT_BIND;
        mount.type = STR("bind");
    }
    apply_options(&mount);
    if (mount.target.len)
        config_mount_put(reader->arena, workload, mount);
    else
        config_problem(reader, place, false, "no mount: %.*s", STR_ARG(text));
}

static void apply_kind(struct workload_mount *mount)
{
    if (str_eq(mount->type, STR("bind")))
        mount->kind = MOUNT_BIND;
    else if (str_eq(mount->type, STR("volume")))
        mount->kind = MOUNT_VOLUME;
    else if (str_eq(mount->type, STR("tmpfs")) || str_eq(mount->type, STR("ramfs")))
        mount->kind = MOUNT_TMPFS;
    else
        mount->kind = MOUNT_OTHER;
}

static void apply_pair(struct config_reader *reader, struct place place, str name, str value,
                       struct workload_mount *mount)
{
    bool on = true;
    if (value.len && !config_truth(value, &on))
        on = true;
    if (str_eq(name, STR("type")))
        mount->type = value;
    else if (str_eq(name, STR("source")) || str_eq(name, STR("src")))
        mount->source = value;
    else if (str_eq(name, STR("target")) || str_eq(name, STR("dst")) ||
             str_eq(name, STR("destination")))
        mount->target = value;
    else if (str_eq(name, STR("readonly")) || str_eq(name, STR("ro")))
        mount->read_only = on;
    else if (str_eq(name, STR("bind-propagation")))
        mount->propagation = value;
    else if (str_eq(name, STR("bind-recursive"))) {
        mount->recursive_set = true;
        mount->recursive = str_eq(value, STR("enabled")) || str_eq(value, STR("readonly"));
    } else if (str_starts(name, STR("tmpfs-")) && str_starts(name, STR("tmpfs-mode")))
        mount->options =
            arena_join(reader->arena, STR("mode"), STR("="), str_sub(value, 0, LIMIT_CONFIG_NAME));
    else if (!str_starts(name, STR("volume-")) && !str_starts(name, STR("tmpfs-")) &&
             !str_starts(name, STR("bind-")) && !str_starts(name, STR("image-")) &&
             !str_eq(name, STR("consistency")) && !str_eq(name, STR("relabel")) &&
             !str_eq(name, STR("U")) && !str_eq(name, STR("rw")) && !str_eq(name, STR("z")) &&
             !str_eq(name, STR("chown")) && !str_eq(name, STR("idmap")))
        config_problem(reader, place, false, "no option of a mount: %.*s", STR_ARG(name));
}

/* A field of the comma separated list; one in double quotes may hold commas. */
static str take_field(str *rest)
{
    bool quoted = str_skip(rest, STR("\""));
    size_t end = str_find_char(*rest, quoted ? '"' : ',');
    str field = str_sub(*rest, 0, end);
    *rest = end == STR_NONE ? (str){0} : str_from_index(*rest, end + 1);
    if (quoted)
        str_skip(rest, STR(","));
    return field;
}

void config_mount_add(struct config_reader *reader, struct place place, str text,
                      struct workload *workload)
{
    struct workload_mount mount = {.place = place, .type = STR("volume")};
    for (str rest = text; rest.len;) {
        str field = take_field(&rest), name, value;
        str_cut(field, '=', &name, &value);
        apply_pair(reader, place, name, value, &mount);
    }
    apply_kind(&mount);
    if (mount.target.len)
        config_mount_put(reader->arena, workload, mount);
    else
        config_problem(reader, place, false, "a mount without a target: %.*s", STR_ARG(text));
}

/* "TARGET[:OPTIONS]" */
void config_tmpfs_add(struct config_reader *reader, struct place place, str text,
                      struct workload *workload)
{
    struct workload_mount mount = {.place = place, .kind = MOUNT_TMPFS, .type = STR("tmpfs")};
    str_cut(text, ':', &mount.target, &mount.options);
    apply_options(&mount);
    config_mount_put(reader->arena, workload, mount);
}
