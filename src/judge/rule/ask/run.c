// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/ask/run.h"

#include "base/buf.h"

enum { EVIDENCE = 160 };

bool run_is_build(const struct rule_run *run)
{
    const struct instruction *instruction = run->subject.instruction;
    return !instruction || instruction->kind == INSTRUCTION_RUN;
}

const struct stage *run_stage(const struct rule_run *run)
{
    return run->subject.instruction ? run->subject.instruction->stage : NULL;
}

bool run_ships(const struct rule_run *run)
{
    const struct stage *stage = run_stage(run);
    if (!stage || !stage->file->target || (!stage->is_reached && !stage->is_copied_from))
        return true;
    for (const struct stage *shipped = stage->file->target; shipped; shipped = shipped->parent)
        if (shipped == stage)
            return true;
    return false;
}

/* Whether `path` is that folder or in it. What begins without a slash may be in any home. */
static bool covers(str target, str path)
{
    while (target.len > 1 && str_ends(target, STR("/")))
        target.len--;
    if (path.len && path.ptr[0] != '/') {
        size_t slash = str_rfind_char(target, '/');
        str last = slash == STR_NONE ? target : str_from_index(target, slash + 1);
        return str_ends(target, path) || (last.len && str_starts(path, last));
    }
    return target.len && str_starts(path, target) &&
           (path.len == target.len || path.ptr[target.len] == '/');
}

bool run_is_mounted(const struct rule_run *run, const char *path)
{
    const struct instruction *instruction = run->subject.instruction;
    for (size_t i = 0; instruction && i < instruction->mounts.count; i++) {
        const struct run_mount *mount = &instruction->mounts.items[i];
        str target = mount->target;
        if ((str_eq(mount->type, STR("cache")) || str_eq(mount->type, STR("tmpfs"))) &&
            covers(target, str_from(path)))
            return true;
    }
    return false;
}

bool run_has_mount(const struct rule_run *run, const char *type)
{
    const struct instruction *instruction = run->subject.instruction;
    for (size_t i = 0; instruction && i < instruction->mounts.count; i++)
        if (str_eq(instruction->mounts.items[i].type, str_from(type)))
            return true;
    return false;
}

bool run_variable(const struct rule_run *run, const struct shell_command *command, const char *name,
                  str *ret_value)
{
    const struct instruction *instruction = run->subject.instruction;
    if (shell_variable_before(command, name, ret_value))
        return true;
    const struct stage_variable *variable =
        instruction && run->subject.dockerfile
            ? instruction_variable(run->subject.dockerfile, instruction, str_from(name))
            : NULL;
    if (!variable || !variable->has_value)
        return false;
    *ret_value = variable->value;
    return true;
}

bool run_mentions(const struct shell_command *command, const char *text)
{
    return str_contains(str_sub(command->script->text.text, 0, RUN_LOOK_AT), str_from(text));
}

/* ---- evidence, which must not repeat a credential ---- */

/* user:password@ of an address: where the password is. */
static bool find_password(str text, size_t *ret_from, size_t *ret_to)
{
    size_t scheme = str_find(text, STR("://"));
    if (scheme == STR_NONE)
        return false;
    size_t from = scheme + 3, colon = STR_NONE, at = STR_NONE;
    for (size_t i = from; i < text.len && text.ptr[i] != '/' && text.ptr[i] > ' '; i++) {
        if (text.ptr[i] == ':' && colon == STR_NONE)
            colon = i;
        if (text.ptr[i] == '@')
            at = i;
    }
    if (at == STR_NONE)
        return false;
    *ret_from = colon < at ? colon + 1 : from;
    *ret_to = at;
    return *ret_to > *ret_from;
}

/* What stands behind it is a credential more often than not. */
static bool announces_secret(str word)
{
    static const char *const flags[] = {
        "-u",       "--user", "-p",    "--password", "--token", "--passin", "--http-password",
        "--header", "-H",     "-pass", NULL};
    static const char *const parts[] = {"password", "PASSWORD",      "passwd", "PASSWD", "token",
                                        "TOKEN",    "secret",        "SECRET", "_auth",  "api_key",
                                        "API_KEY",  "Authorization", NULL};
    for (size_t i = 0; flags[i]; i++)
        if (str_eq(word, str_from(flags[i])))
            return true;
    for (size_t i = 0; parts[i]; i++)
        if (str_contains(word, str_from(parts[i])))
            return true;
    return false;
}

static bool is_reference(str text)
{
    return !text.len || str_starts(text, STR("$")) || str_starts(text, STR("-"));
}

str run_masked(struct arena *arena, str text)
{
    size_t from, to;
    if (!find_password(text, &from, &to) || is_reference(str_sub(text, from, to - from)))
        return text;
    return arena_join(arena, str_sub(text, 0, from), STR("***"), str_from_index(text, to));
}

static str masked_word(struct arena *arena, const struct shell_command *command, size_t index)
{
    str word = command->words.items[index].value, name, value;
    if (index > 1 && announces_secret(command->words.items[index - 1].value) &&
        !is_reference(word) && !str_contains(word, STR("://")))
        return STR("***");
    if (index && str_cut(word, '=', &name, &value) && announces_secret(name) &&
        !is_reference(value))
        return arena_join(arena, name, STR("="), STR("***"));
    return run_masked(arena, word);
}

str run_words(struct arena *arena, const struct shell_command *command)
{
    BUF_SCOPED buf = buf_make(EVIDENCE * 4);
    for (size_t i = 0; i < command->words.count && buf.len < EVIDENCE; i++) {
        if (i)
            buf_add_char(&buf, ' ');
        buf_add_str(&buf, str_sub(masked_word(arena, command, i), 0, EVIDENCE));
    }
    str text = buf_str(&buf);
    bool cut = text.len > EVIDENCE;
    return arena_join(arena, str_sub(text, 0, EVIDENCE), (str){0}, cut ? STR("...") : (str){0});
}

struct finding *run_found(struct rule_run *run, const struct shell_command *command,
                          const char *evidence, ...)
{
    va_list args;
    va_start(args, evidence);
    str text = arena_vprintf(run->arena, evidence, args);
    va_end(args);
    return rule_found(run, command->span, "%.*s", STR_ARG(text));
}

/* ---- edits ---- */

void run_replace(struct rule_run *run, struct finding *finding, struct span span,
                 const char *replacement, enum edit_level level, const char *title)
{
    if (!run->file)
        return;
    *vec_push(run->arena, &finding->edits) = (struct edit){
        .path = run->file->path,
        .span = span,
        .replacement = str_from(replacement),
    };
    finding->edit_level = level;
    finding->edit_title = str_from(title);
}

void run_insert_after(struct rule_run *run, struct finding *finding, const struct shell_word *word,
                      const char *text, enum edit_level level, const char *title)
{
    run_replace(run, finding, (struct span){word->span.end, word->span.end}, text, level, title);
}

static uint32_t before_blanks(str text, uint32_t at)
{
    while (at > 0 && (text.ptr[at - 1] == ' ' || text.ptr[at - 1] == '\t'))
        at--;
    return at;
}

void run_delete_command(struct rule_run *run, struct finding *finding,
                        const struct shell_command *command, enum edit_level level,
                        const char *title)
{
    const struct shell_node *node = command->node, *before = NULL;
    if (!node || !node->parent || node->parent->kind != SHELL_AND_OR || command->from_string)
        return;
    for (const struct shell_node *at = node->parent->first; at && at != node; at = at->next)
        before = at;
    if (node->next && node->joint == SHELL_AND && (!before || before->joint == SHELL_AND))
        run_replace(run, finding, (struct span){node->span.start, node->next->span.start}, "",
                    level, title);
    else if (!node->next && before && before->joint == SHELL_AND)
        run_replace(run, finding, (struct span){before->span.end, node->span.end}, "", level,
                    title);
}

void run_delete_word(struct rule_run *run, struct finding *finding, const struct shell_word *word,
                     enum edit_level level, const char *title)
{
    struct span span = word->span;
    if (!run->file) /* a history: nothing to edit */
        return;
    str text = run->file->text;
    span.start = before_blanks(text, span.start);
    /* Alone on a line that is continued from the one before: that line's end goes too, or an empty
     * line would be left. */
    uint32_t end = span.end;
    while (end < text.len && (text.ptr[end] == ' ' || text.ptr[end] == '\t'))
        end++;
    bool ends = end >= text.len || text.ptr[end] == '\n' || text.ptr[end] == '\r' ||
                text.ptr[end] == '\\' || text.ptr[end] == '`';
    uint32_t start = span.start;
    if (ends && start > 0 && text.ptr[start - 1] == '\n') {
        start--;
        start -= start > 0 && text.ptr[start - 1] == '\r';
        if (start > 0 && (text.ptr[start - 1] == '\\' || text.ptr[start - 1] == '`'))
            span.start = before_blanks(text, start - 1);
    }
    run_replace(run, finding, span, "", level, title);
}

void run_append(struct rule_run *run, struct finding *finding, const struct shell_command *command,
                const char *cleanup, enum edit_level level, const char *title)
{
    const struct shell_node *root = command->script->root;
    const struct instruction *instruction = run->subject.instruction;
    if (!run->file || !instruction || instruction->is_json || command->wrapper || command->depth ||
        !root || !root->last || root->last->joint == SHELL_BACKGROUND ||
        command->script->problems.count)
        return;
    uint32_t end = root->last->span.end;
    str text = arena_printf(run->arena, " && %s", cleanup);
    run_replace(run, finding, (struct span){end, end}, text.ptr, level, title);
}

/* ---- what stands around a command ---- */

static const struct shell_command *call_between(const struct shell_commands *commands, size_t from,
                                                size_t to, enum package_manager manager,
                                                enum package_verb verb)
{
    struct package_call call;
    for (size_t i = from; i < to && i < from + RUN_LOOK_AROUND; i++)
        if (package_call_of(commands->items[i], &call) && call.manager == manager &&
            call.verb == verb)
            return commands->items[i];
    return NULL;
}

const struct shell_command *package_call_after(const struct shell_command *command,
                                               enum package_manager manager, enum package_verb verb)
{
    const struct shell_commands *commands = &command->script->commands;
    return call_between(commands, command->index + 1, commands->count, manager, verb);
}

const struct shell_command *package_call_before(const struct shell_command *command,
                                                enum package_manager manager,
                                                enum package_verb verb)
{
    size_t from = command->index > RUN_LOOK_AROUND ? command->index - RUN_LOOK_AROUND : 0;
    return call_between(&command->script->commands, from, command->index, manager, verb);
}

/* Whether removing `word` removes all below `path`: the folder, one around it, or its content. */
static bool removes(str word, str path)
{
    while (str_ends(word, STR("/")) || str_ends(word, STR("/*")))
        word.len -= str_ends(word, STR("*")) ? 2 : 1;
    return covers(word, path);
}

bool run_removes_after(const struct shell_command *command, const char *path)
{
    const struct shell_commands *commands = &command->script->commands;
    for (size_t i = command->index + 1;
         i < commands->count && i < command->index + (size_t)RUN_LOOK_AROUND; i++) {
        const struct shell_command *later = commands->items[i];
        if (!shell_command_is(later, "rm") &&
            !(shell_command_is(later, "find") && shell_has_word(later, "-delete")))
            continue;
        for (size_t w = 1; w < later->words.count; w++) {
            str word = later->words.items[w].value;
            if (removes(word, str_from(path)))
                return true;
            /* /var/lib/{apt,dpkg}/lists: near enough */
            if (later->words.items[w].brace && str_contains(word, STR("/var/")))
                return true;
        }
    }
    return false;
}
