// SPDX-License-Identifier: Apache-2.0
#include "model/dockerfile.h"

#include "base/limits.h"

static const str names[INSTRUCTION_KINDS] = {
    [INSTRUCTION_ADD] = STR_INIT("ADD"),
    [INSTRUCTION_ARG] = STR_INIT("ARG"),
    [INSTRUCTION_CMD] = STR_INIT("CMD"),
    [INSTRUCTION_COPY] = STR_INIT("COPY"),
    [INSTRUCTION_ENTRYPOINT] = STR_INIT("ENTRYPOINT"),
    [INSTRUCTION_ENV] = STR_INIT("ENV"),
    [INSTRUCTION_EXPOSE] = STR_INIT("EXPOSE"),
    [INSTRUCTION_FROM] = STR_INIT("FROM"),
    [INSTRUCTION_HEALTHCHECK] = STR_INIT("HEALTHCHECK"),
    [INSTRUCTION_LABEL] = STR_INIT("LABEL"),
    [INSTRUCTION_MAINTAINER] = STR_INIT("MAINTAINER"),
    [INSTRUCTION_ONBUILD] = STR_INIT("ONBUILD"),
    [INSTRUCTION_RUN] = STR_INIT("RUN"),
    [INSTRUCTION_SHELL] = STR_INIT("SHELL"),
    [INSTRUCTION_STOPSIGNAL] = STR_INIT("STOPSIGNAL"),
    [INSTRUCTION_USER] = STR_INIT("USER"),
    [INSTRUCTION_VOLUME] = STR_INIT("VOLUME"),
    [INSTRUCTION_WORKDIR] = STR_INIT("WORKDIR"),
};

str instruction_name(enum instruction_kind kind)
{
    return (size_t)kind < INSTRUCTION_KINDS ? names[kind] : (str){0};
}

/* What BuildKit itself sets in the scope of FROM lines. */
static const struct stage_variable predefined[] = {
    {.name = STR_INIT("TARGETPLATFORM"), .open = true, .has_value = true},
    {.name = STR_INIT("TARGETOS"), .open = true, .has_value = true},
    {.name = STR_INIT("TARGETARCH"), .open = true, .has_value = true},
    {.name = STR_INIT("TARGETVARIANT"), .open = true, .has_value = true},
    {.name = STR_INIT("TARGETOSVERSION"), .open = true, .has_value = true},
    {.name = STR_INIT("TARGETSTAGE"), .open = true, .has_value = true},
    {.name = STR_INIT("BUILDPLATFORM"), .open = true, .has_value = true},
    {.name = STR_INIT("BUILDOS"), .open = true, .has_value = true},
    {.name = STR_INIT("BUILDARCH"), .open = true, .has_value = true},
    {.name = STR_INIT("BUILDVARIANT"), .open = true, .has_value = true},
    {.name = STR_INIT("BUILDOSVERSION"), .open = true, .has_value = true},
};

static const struct stage_variable *predefined_variable(str name)
{
    for (size_t i = 0; i < sizeof(predefined) / sizeof(predefined[0]); i++)
        if (str_eq(predefined[i].name, name))
            return &predefined[i];
    return NULL;
}

bool variable_is_platform(str name)
{
    return predefined_variable(name) != NULL;
}

bool variable_is_proxy(str name)
{
    static const str proxies[] = {STR_INIT("HTTP_PROXY"), STR_INIT("HTTPS_PROXY"),
                                  STR_INIT("FTP_PROXY"), STR_INIT("NO_PROXY"),
                                  STR_INIT("ALL_PROXY")};
    bool upper = name.len > 0 && name.ptr[0] >= 'A' && name.ptr[0] <= 'Z';
    for (size_t i = 0; i < sizeof(proxies) / sizeof(proxies[0]); i++)
        if (upper ? str_eq(proxies[i], name)
                  : str_eq_nocase(proxies[i], name) && str_find_char(name, '_') != STR_NONE)
            return true;
    return false;
}

/* The last one of that name that stands before instruction number `index`. */
static const struct stage_variable *before(const struct map *map, str name, uint32_t index)
{
    const uintptr_t *value = map_get(map, name);
    if (!value)
        return NULL;
    const struct stage_variables *all = (const struct stage_variables *)*value;
    size_t low = 0, high = all->count; /* the first that does not stand before it */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct instruction *set_by = all->items[middle]->set_by;
        if (!set_by || set_by->index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? all->items[low - 1] : NULL;
}

static const struct stage_variable *inherited(const struct stage *stage, bool env, str name,
                                              uint32_t index)
{
    for (size_t depth = 0; stage && depth < LIMIT_STAGE_DEPTH; depth++, stage = stage->parent) {
        const struct stage_variable *found = before(env ? &stage->env : &stage->args, name, index);
        if (found)
            return found;
    }
    return NULL;
}

const struct stage_variable *dockerfile_global(const struct dockerfile *dockerfile, str name,
                                               uint32_t index)
{
    const struct stage_variable *found = before(&dockerfile->globals, name, index);
    return found ? found : predefined_variable(name);
}

const struct stage_variable *instruction_variable(const struct dockerfile *dockerfile,
                                                  const struct instruction *instruction, str name)
{
    if (!instruction->stage || instruction->kind == INSTRUCTION_FROM)
        return dockerfile_global(dockerfile, name, instruction->index);
    const struct stage_variable *found =
        inherited(instruction->stage, true, name, instruction->index);
    return found ? found : inherited(instruction->stage, false, name, instruction->index);
}

const struct dockerfile_flag *instruction_flag(const struct instruction *instruction,
                                               const char *name)
{
    for (size_t i = 0; i < instruction->flags.count; i++)
        if (str_eq(instruction->flags.items[i].name, str_from(name)))
            return &instruction->flags.items[i];
    return NULL;
}

const struct stage *dockerfile_stage(const struct dockerfile *dockerfile, str name, size_t limit)
{
    char lower[128];
    uint64_t index;
    if (name.len == 0 || name.len > sizeof(lower))
        return NULL;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    const uintptr_t *found = map_get(&dockerfile->aliases, str_make(lower, name.len));
    const struct stage *stage = found ? (const struct stage *)*found : NULL;
    for (size_t i = 0; stage && stage->index >= limit && i < LIMIT_STAGE_DEPTH; i++)
        stage = stage->same_name;
    if (stage && stage->index < limit)
        return stage;
    if (str_to_u64(name, UINT32_MAX, &index) && index < limit && index < dockerfile->stages.count)
        return dockerfile->stages.items[index];
    return NULL;
}
