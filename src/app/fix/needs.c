// SPDX-License-Identifier: Apache-2.0
#include "app/fix/needs.h"

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

static str id_of(const struct run_mount *mount)
{
    return mount->id.len                         ? mount->id
           : !str_eq(mount->type, STR("secret")) ? STR("default")
           : mount->target.len                   ? path_base(mount->target)
                                                 : STR("ID");
}

/* Where the user has it is not known: a variable where it is called like one, else a file. */
static str option_of(struct arena *arena, const struct run_mount *mount)
{
    str id = id_of(mount), variable = is_variable_name(mount->env) ? mount->env : id;
    if (!str_eq(mount->type, STR("secret")))
        return arena_join(arena, STR(" --ssh "), (str){0}, id);
    str option = arena_join(arena, STR(" --secret id="), (str){0}, id);
    if (!is_variable_name(variable))
        return arena_join(arena, option, STR(",src="), STR("FILE"));
    return arena_join(arena, option, STR(",env="), variable);
}

static void add_mount(struct arena *arena, const struct build_inputs *inputs,
                      const struct run_mount *mount, struct session_needs *needs)
{
    enum { SHOWN = 500 };
    bool secret = str_eq(mount->type, STR("secret"));
    if (!secret && !str_eq(mount->type, STR("ssh")))
        return;
    str id = id_of(mount), option = option_of(arena, mount);
    needs->any = true;
    if (!needs->missing.len && !secret)
        needs->missing = arena_join(arena, STR("the SSH agent "), (str){0}, id);
    else if (!needs->missing.len && !inputs_have_secret(inputs, id))
        needs->missing = arena_join(arena, STR("the secret "), (str){0}, id);
    if (!str_contains(needs->options, option) && needs->options.len < SHOWN)
        needs->options = arena_join(arena, needs->options, (str){0}, option);
}

static void add_mounts(struct arena *arena, const struct build_inputs *inputs, str text,
                       struct session_needs *needs)
{
    const struct dockerfile *dockerfile = dockerfile_parse(arena, STR("Dockerfile"), text, NULL);
    for (size_t i = 0; i < dockerfile->instructions.count; i++) {
        const struct run_mount_list *mounts = &dockerfile->instructions.items[i]->mounts;
        for (size_t m = 0; m < mounts->count; m++)
            add_mount(arena, inputs, &mounts->items[m], needs);
    }
}

struct session_needs needs_of_session(struct arena *arena, const struct build_inputs *inputs,
                                      str before, str after)
{
    struct session_needs needs = {0};
    add_mounts(arena, inputs, before, &needs);
    add_mounts(arena, inputs, after, &needs);
    return needs;
}
