// SPDX-License-Identifier: Apache-2.0
#include "act/fix/repair/repair.h"

/*
 * Credentials that come by ARG or ENV stay in the image's history. A secret mount shows them to one
 * RUN only. The variable keeps its name, so that the commands need no change.
 */

/* $NAME or ${NAME} stands in the text. */
static bool uses(str text, str name)
{
    for (size_t at; (at = str_find(text, name)) != STR_NONE; text = str_from_index(text, at + 1)) {
        bool plain = at >= 1 && text.ptr[at - 1] == '$';
        bool braces = at >= 2 && text.ptr[at - 1] == '{' && text.ptr[at - 2] == '$';
        size_t behind = at + name.len;
        char next = behind < text.len ? text.ptr[behind] : ' ';
        bool ends = !((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') ||
                      (next >= '0' && next <= '9') || next == '_');
        if ((plain || braces) && ends)
            return true;
    }
    return false;
}

/* Used by RUN lines of the same stage alone, all of which can take a mount. */
static bool only_runs_use(struct repair *repair, const struct stage *stage, str name)
{
    bool used = false;
    for (size_t i = repair->instruction->index + 1u; i < repair->file->instructions.count; i++) {
        const struct instruction *other = repair->file->instructions.items[i];
        bool heir = false;
        for (const struct stage *of = other->stage; of; of = of->parent)
            heir |= of == stage;
        if (!heir || !uses(repair_text(repair, other->span), name))
            continue;
        if (other->stage != stage || !repair_is_plain_run(other) || other->onbuild)
            return false;
        used = true;
    }
    return used;
}

/* Each command on a line of its own; the first one where the RUN begins on one, too. */
static void mount_secret(struct repair *repair, const struct instruction *run, str name)
{
    uint32_t at = mapped_text_offset(&run->arguments, 0);
    str before = repair_text(repair, (struct span){run->keyword.end, at});
    const char *next =
        arena_printf(repair->arena, "%c%s    ", repair_escape(repair), repair_newline(repair)).ptr;
    repair_insert(repair, run->keyword.end,
                  arena_printf(repair->arena, " --mount=type=secret,id=%.*s", STR_ARG(name)));
    repair_insert(repair, at,
                  arena_printf(repair->arena,
                               "%s%.*s=\"$(cat /run/secrets/%.*s)\" && %sexport %.*s && %s",
                               str_find_char(before, '\n') == STR_NONE ? next : "", STR_ARG(name),
                               STR_ARG(name), next, STR_ARG(name), next));
}

static bool to_secret_mount(struct repair *repair)
{
    const struct instruction *arg = repair->instruction;
    if (!arg || !arg->stage || arg->onbuild || arg->pairs.count != 1 ||
        (arg->kind != INSTRUCTION_ARG && arg->kind != INSTRUCTION_ENV))
        return false;
    str name = arg->pairs.items[0].name.value;
    /* What the running container reads cannot come by a mount of the build. */
    if (!only_runs_use(repair, arg->stage, name))
        return false;
    repair_delete(repair, repair_lines(repair, arg));
    for (uint32_t i = arg->index + 1; i < arg->stage->end; i++) {
        const struct instruction *run = repair->file->instructions.items[i];
        if (!uses(repair_text(repair, run->span), name))
            continue;
        mount_secret(repair, run, name);
    }
    repair_title(repair, "Hand it over by a secret mount: docker build --secret id=%.*s,env=%.*s .",
                 STR_ARG(name), STR_ARG(name));
    return true;
}

static const struct repair_row rows[] = {
    {"dockerfile/secret-variable", EDIT_UNSAFE, "Hand it over by a secret mount", to_secret_mount},
    {"dockerfile/secret-value", EDIT_UNSAFE, "Hand it over by a secret mount", to_secret_mount},
    {0},
};

const struct repair_table repair_secret = {rows};
