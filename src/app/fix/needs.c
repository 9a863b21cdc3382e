// SPDX-License-Identifier: Apache-2.0
#include "app/fix/needs.h"

#include "base/map.h"
#include "base/path.h"
#include "read/dockerfile/dockerfile.h"

static bool flag_needs_buildkit(enum instruction_kind kind, str flag)
{
    bool copies = kind == INSTRUCTION_COPY || kind == INSTRUCTION_ADD;
    return kind == INSTRUCTION_RUN ||
           (copies && !str_eq(flag, STR("from")) && !str_eq(flag, STR("chown")));
}

static bool instruction_needs_buildkit(const struct instruction *instruction)
{
    if (instruction->heredocs.count)
        return true;
    for (size_t i = 0; i < instruction->flags.count; i++)
        if (flag_needs_buildkit(instruction->kind, instruction->flags.items[i].name))
            return true;
    for (size_t i = 0; i < instruction->pairs.count; i++)
        if (instruction->kind == INSTRUCTION_ARG &&
            variable_is_platform(instruction->pairs.items[i].name.value))
            return true;
    return false;
}

bool needs_buildkit(struct arena *arena, str text)
{
    const struct dockerfile *dockerfile = dockerfile_parse(arena, STR("Dockerfile"), text, NULL);
    for (size_t i = 0; i < dockerfile->instructions.count; i++)
        if (instruction_needs_buildkit(dockerfile->instructions.items[i]))
            return true;
    return false;
}

/* --- what only a client's session can give --------------------------------------------------- */

static bool is_variable_name(str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] != '_' && (name.ptr[i] < 'A' || name.ptr[i] > 'Z'))
            return false;
    return name.len > 0;
}

/* Where the user has it is not known: a variable where it is called like one, else a file. */
static str option_of(struct arena *arena, const struct run_mount *mount)
{
    bool ssh = str_eq(mount->type, STR("ssh"));
    if (!ssh && !str_eq(mount->type, STR("secret")))
        return (str){0};
    str id = mount->id.len       ? mount->id
             : ssh               ? STR("default")
             : mount->target.len ? path_base(mount->target)
                                 : STR("ID");
    if (ssh)
        return arena_join(arena, STR("--ssh "), (str){0}, id);
    str option = arena_join(arena, STR("--secret id="), (str){0}, id);
    str variable = is_variable_name(mount->env) ? mount->env : id;
    if (!is_variable_name(variable))
        return arena_join(arena, option, STR(",src="), STR("FILE"));
    return arena_join(arena, option, STR(",env="), variable);
}

static void add_options(struct arena *arena, str text, struct map *seen, str *command)
{
    const struct dockerfile *dockerfile = dockerfile_parse(arena, STR("Dockerfile"), text, NULL);
    for (size_t i = 0; i < dockerfile->instructions.count; i++) {
        const struct run_mount_list *mounts = &dockerfile->instructions.items[i]->mounts;
        for (size_t m = 0; m < mounts->count; m++) {
            str option = option_of(arena, &mounts->items[m]);
            bool fresh = false;
            if (option.len)
                map_put(arena, seen, option, &fresh);
            if (fresh && seen->count <= 5)
                *command = arena_join(arena, *command, STR(" "), option);
        }
    }
}

str needs_of_session(struct arena *arena, str path, str before, str after)
{
    struct map seen = {0};
    str command = STR("`docker build"), folder = path_parent(path);
    add_options(arena, before, &seen, &command);
    add_options(arena, after, &seen, &command);
    if (seen.count > 5)
        command = arena_join(arena, command, STR(" "), STR("..."));
    command = arena_join(arena, command, STR(" -f "), path);
    command = arena_join(arena, command, STR(" "), folder.len ? folder : STR("."));
    return arena_join(arena, command, STR("`"), (str){0});
}
