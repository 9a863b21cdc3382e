// SPDX-License-Identifier: Apache-2.0
#include "act/fix/repair/repair.h"

/*
 * A user with no rights of its own, in the words of the base image. The ids are above those that
 * distributions give to people and services, so that they belong to nobody on the host, and they
 * are written as numbers: Kubernetes' runAsNonRoot can check these, names it cannot.
 */
#define APP_ID "10001"

enum dialect {
    DIALECT_NONE,    /* no tools to make one (scratch, distroless): the number alone */
    DIALECT_SHADOW,  /* useradd: Debian, Red Hat, SUSE and their children */
    DIALECT_BUSYBOX, /* adduser of busybox: Alpine */
};

static bool names(str text, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        if (str_contains(text, str_from(words[i])))
            return true;
    return false;
}

static enum dialect dialect_of(const struct stage *stage)
{
    static const char *const without[] = {"distroless", "chainguard", "static", NULL};
    static const char *const busybox[] = {"alpine", "busybox", "wolfi", NULL};
    while (stage->parent)
        stage = stage->parent;
    if (stage->is_scratch || names(stage->image.repository, without))
        return DIALECT_NONE;
    if (names(stage->image.repository, busybox) || names(stage->image.tag, busybox))
        return DIALECT_BUSYBOX;
    return DIALECT_SHADOW;
}

/* The commands, one a line. */
static const char *make_user(enum dialect dialect)
{
    switch (dialect) {
    case DIALECT_SHADOW:
        return "groupadd --system --gid " APP_ID " app && \\\n"
               "    useradd --system --no-log-init --uid " APP_ID " --gid app \\\n"
               "        --home-dir /nonexistent --shell /usr/sbin/nologin app";
    case DIALECT_BUSYBOX:
        return "addgroup -S -g " APP_ID " app && \\\n"
               "    adduser -S -D -H -u " APP_ID " -G app -h /nonexistent -s /sbin/nologin app";
    case DIALECT_NONE: return "";
    }
    return "";
}

/* The text with the file's own way to continue and end lines. */
static str in_file_style(struct repair *repair, str text)
{
    const char *newline = repair_newline(repair);
    char *out = arena_alloc(repair->arena, text.len * 2 + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n' && newline[0] == '\r')
            out[len++] = '\r';
        out[len++] = text.ptr[i] == '\\' ? repair_escape(repair) : text.ptr[i];
    }
    return (str){out, len};
}

static bool needs_rights(const struct instruction *instruction)
{
    switch (instruction->kind) {
    case INSTRUCTION_RUN:
    case INSTRUCTION_WORKDIR:
    case INSTRUCTION_COPY:
    case INSTRUCTION_ADD:
    case INSTRUCTION_VOLUME: return true;
    default: return false;
    }
}

/* The last thing of the stage that needs root's rights; FROM if nothing does. */
static const struct instruction *last_of_root(struct repair *repair, const struct stage *stage)
{
    const struct instruction *last = stage->from;
    for (uint32_t i = stage->first; i < stage->end; i++)
        if (needs_rights(repair->file->instructions.items[i]))
            last = repair->file->instructions.items[i];
    return last;
}

/* Files that only their owner may read must belong to the new user. */
static void give_files(struct repair *repair, const struct stage *stage)
{
    for (uint32_t i = stage->first; i < stage->end; i++) {
        const struct instruction *copy = repair->file->instructions.items[i];
        if (copy->kind != INSTRUCTION_COPY && copy->kind != INSTRUCTION_ADD)
            continue;
        const struct dockerfile_flag *mode = instruction_flag(copy, "chmod");
        uint64_t others;
        if (!mode || instruction_flag(copy, "chown") || mode->value.value.len < 3)
            continue;
        str last = str_from_index(mode->value.value, mode->value.value.len - 1);
        if (str_to_u64(last, 7, &others) && !(others & 4))
            repair_insert(repair, copy->keyword.end, STR(" --chown=" APP_ID ":" APP_ID));
    }
}

/* A user that the file makes already; its number where that is given. */
static str user_of_file(const struct stage *stage, const struct dockerfile *file)
{
    str found = {0};
    for (; stage; stage = stage->parent)
        for (uint32_t i = stage->first; i < stage->end && found.len == 0; i++) {
            const struct shell_script *script = file->instructions.items[i]->script;
            for (size_t j = 0; script && j < script->commands.count; j++) {
                const struct shell_command *command = script->commands.items[j];
                str id;
                if ((shell_command_is(command, "useradd") ||
                     shell_command_is(command, "adduser")) &&
                    (shell_flag_value(command, "u", &id) || shell_flag_value(command, "uid", &id)))
                    found = id;
            }
        }
    uint64_t number;
    return str_to_u64(found, INT32_MAX, &number) && number > 0 ? found : (str){0};
}

/* The commands join a RUN that stands last: a RUN of their own would be one layer more. True if
 * they did. */
static bool join_run(struct repair *repair, const struct instruction *last, const char *commands)
{
    if (!*commands || !repair_is_plain_run(last) || last->flags.count ||
        !repair_can_append(last->script) || last->stage != repair->file->target)
        return false;
    repair_insert(repair, last->script->root->last->span.end,
                  in_file_style(repair, arena_printf(repair->arena, " && \\\n    %s", commands)));
    return true;
}

static bool run_as_user(struct repair *repair)
{
    const struct stage *stage = repair->file->target;
    if (!stage || !stage->from)
        return false;
    str id = user_of_file(stage, repair->file);
    const char *commands = id.len ? "" : make_user(dialect_of(stage));
    if (id.len == 0)
        id = dialect_of(stage) == DIALECT_NONE ? STR("65532") : STR(APP_ID);
    const struct instruction *last = last_of_root(repair, stage), *user = repair->instruction;
    bool joined = join_run(repair, last, commands);
    str text = arena_printf(repair->arena, "%s%s%sUSER %.*s:%.*s\n",
                            joined || !*commands ? "" : "RUN ", joined ? "" : commands,
                            joined || !*commands ? "" : "\n", STR_ARG(id), STR_ARG(id));
    text = in_file_style(repair, text);
    uint32_t at = repair_lines(repair, last).end;
    give_files(repair, stage);
    /* Where nothing behind the USER line needs root, that line is replaced. */
    if (user && user->kind == INSTRUCTION_USER && user->stage == stage &&
        at <= repair_lines(repair, user).start) {
        repair_replace(repair, repair_lines(repair, user), text);
        return true;
    }
    str whole = repair->file->file.text;
    if (at > 0 && at == whole.len && whole.ptr[at - 1] != '\n')
        text = arena_join(repair->arena, str_from(repair_newline(repair)), (str){0}, text);
    repair_insert(repair, at, text);
    return true;
}

/* `USER app` where `useradd -u 1000 ... app` stands in the file. */
static bool number_for_name(struct repair *repair)
{
    const struct instruction *user = repair->instruction;
    if (!user || user->kind != INSTRUCTION_USER || user->words.count != 1 || !user->stage)
        return false;
    const struct dockerfile_word *word = &user->words.items[0];
    str name, group;
    str_cut(word->value, ':', &name, &group);
    for (const struct stage *stage = user->stage; stage; stage = stage->parent) {
        for (uint32_t i = stage->first; i < stage->end; i++) {
            const struct shell_script *script = repair->file->instructions.items[i]->script;
            for (size_t j = 0; script && j < script->commands.count; j++) {
                const struct shell_command *command = script->commands.items[j];
                str id;
                uint64_t number;
                if ((shell_command_is(command, "useradd") ||
                     shell_command_is(command, "adduser")) &&
                    command->words.count > 1 &&
                    str_eq(command->words.items[command->words.count - 1].value, name) &&
                    (shell_flag_value(command, "u", &id) ||
                     shell_flag_value(command, "uid", &id)) &&
                    str_to_u64(id, INT32_MAX, &number)) {
                    struct span span = word->span;
                    span.end = span.start + (uint32_t)name.len;
                    if (word->quoted || word->variable)
                        return false;
                    repair_replace(repair, span, id);
                    return true;
                }
            }
        }
    }
    return false;
}

static const struct repair_row rows[] = {
    {"dockerfile/no-user", EDIT_UNSAFE, "Run as a user without rights", run_as_user},
    {"dockerfile/root-user", EDIT_UNSAFE, "Run as a user without rights", run_as_user},
    {"dockerfile/user-not-numeric", EDIT_SAFE, "Name the user by its number", number_for_name},
    {0},
};

const struct repair_table repair_user = {rows};
