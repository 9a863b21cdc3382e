// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/path.h"
#include "judge/reach/reach_internal.h"
#include "lang/shell/shell.h"

#include <string.h>

/* What a text is, and where a command of it stands. */
struct reader {
    struct reach *reach;
    const struct reach_source *source;
    const struct shell_command *command;
    struct reach_scope scope;
};

/* What shells do without starting anything. */
static const char *const builtins[] = {
    "[",       "alias",  "bg",      "break",   "cd",     "continue", "declare",  "dirs",
    "disown",  "echo",   "enable",  "exit",    "export", "false",    "fc",       "fg",
    "getopts", "hash",   "help",    "history", "jobs",   "kill",     "let",      "local",
    "logout",  "popd",   "printf",  "pushd",   "pwd",    "read",     "readonly", "return",
    "set",     "shift",  "shopt",   "test",    "times",  "trap",     "true",     "type",
    "typeset", "ulimit", "umask",   "unalias", "unset",  "wait",     "mapfile",  "readarray",
    "builtin", "exec",   "command", "eval",    ":",      NULL,
};
static const char *const declarers[] = {"export", "local", "declare", "readonly", "typeset", NULL};
static const char *const readers[] = {"read", "mapfile", "readarray", "getopts", NULL};
/* Only look at, change or remove the files that they are given. */
static const char *const lookers[] = {"rm",    "chmod", "chown", "mkdir", "touch", "stat",
                                      "chgrp", "ls",    "rmdir", "du",    "file",  NULL};
/* Start what stands in a folder. */
static const char *const folder_starters[] = {"run-parts", "runsvdir", "s6-svscan", NULL};
static const char *const service_starters[] = {"service", "invoke-rc.d", "rc-service", NULL};

static bool is_any(str word, const char *const *list)
{
    for (; *list; list++)
        if (str_eq(word, str_from(*list)))
            return true;
    return false;
}

/* ---- texts ---- */

static struct reach_source *add_source(struct reach *reach, str key, str text,
                                       const struct shell_script *script)
{
    bool is_new;
    map_put(&reach->scratch, &reach->sources_known, key, &is_new);
    if (!is_new)
        return NULL;
    reach->bytes += text.len;
    if (reach->bytes > LIMIT_REACH_TEXT) {
        reach->open = true;
        return NULL;
    }
    struct reach_source *source = vec_push(&reach->scratch, &reach->sources);
    source->script = script;
    source->arguments = arena_printf(&reach->scratch, "@%zu", reach->sources.count);
    reach->changed = true;
    return source;
}

static str file_key(struct reach *reach, uint32_t file)
{
    return arena_printf(&reach->scratch, "%u", file);
}

/* The set of what a script file is given. */
static struct reach_text *arguments_of(struct reach *reach, uint32_t file)
{
    return reach_set(reach, arena_join(&reach->words, STR("@"), STR("f"), file_key(reach, file)));
}

void reach_add_script(struct reach *reach, uint32_t file)
{
    const struct script *script = reach->script[file];
    str key = file_key(reach, file);
    if (map_has(&reach->sources_known, key) || reach->bytes > LIMIT_REACH_TEXT)
        return;
    enum shell_dialect dialect =
        script->program.len ? shell_dialect_of(script->program) : SHELL_BASH;
    struct reach_source *source = add_source(
        reach, key, script->text, shell_parse_str(&reach->scratch, script->text, dialect));
    if (!source)
        return;
    source->file = source->from = file;
    source->arguments = arena_join(&reach->scratch, STR("@"), STR("f"), key);
}

void reach_add_text(struct reach *reach, str text, uint32_t from)
{
    str key = arena_join(&reach->scratch, STR("text"), STR(" "), text);
    if (map_has(&reach->sources_known, key) || reach->bytes > LIMIT_REACH_TEXT)
        return;
    text = arena_str(&reach->scratch, text);
    struct reach_source *source =
        add_source(reach, key, text, shell_parse_str(&reach->scratch, text, SHELL_BASH));
    if (!source)
        return;
    source->file = REACH_NONE;
    source->from = from;
}

void reach_add_words(struct reach *reach, const struct image_words *words, uint32_t from)
{
    struct mapped_text *arguments = arena_array(&reach->scratch, struct mapped_text, words->count);
    size_t bytes = 0;
    for (size_t i = 0; i < words->count; i++) {
        arguments[i] = mapped_text_at(&reach->scratch, words->items[i], 0);
        bytes += words->items[i].len;
    }
    if (!words->count || bytes > LIMIT_REACH_TEXT)
        return;
    struct reach_source *source =
        add_source(reach, arena_printf(&reach->scratch, "words %zu", reach->sources.count),
                   words->items[0], shell_from_arguments(&reach->scratch, arguments, words->count));
    if (!source)
        return;
    source->file = REACH_NONE;
    source->from = from;
}

/* ---- values ---- */

static struct reach_text values_of(const struct reader *reader, size_t index)
{
    return reach_values(reader->reach, &reader->scope, &reader->command->words.items[index]);
}

static void add_values(const struct reader *reader, struct reach_text *set, size_t first)
{
    for (size_t i = first; i < reader->command->words.count; i++) {
        struct reach_text values = values_of(reader, i);
        for (size_t j = 0; j < values.count; j++)
            reach_set_add(reader->reach, set, values.items[j]);
    }
}

static void add_set(struct reach *reach, struct reach_text *to, const struct reach_text *from)
{
    for (size_t i = 0; to != from && i < from->count; i++)
        reach_set_add(reach, to, from->items[i]);
}

/* A path as the shell sees it, from any folder that it may be in. */
static const struct file *follow_path(struct reach *reach, str path)
{
    const struct file *file = files_follow_from(reach->files, reach->workdir, path);
    const struct reach_text *folders = reach_set(reach, STR("."));
    for (size_t i = 0; !file && !str_starts(path, STR("/")) && i < folders->count; i++) {
        const struct file *folder =
            files_follow_from(reach->files, reach->workdir, folders->items[i]);
        if (folder && folder->type == ENTRY_DIRECTORY)
            file = files_follow_from(reach->files, folder, path);
    }
    return file;
}

static void set_variable(const struct reader *reader, str name, str value)
{
    struct reach *reach = reader->reach;
    reach_set_add(reach, reach_set(reach, reach_variable(reach, name)), value);
    str folder;
    if (str_eq(name, STR("PATH")))
        while (str_next(&value, ':', &folder)) {
            bool known = !folder.len || reach_is_pattern(folder);
            for (size_t i = 0; !known && i < reach->path.count; i++)
                known = str_eq(reach->path.items[i], folder);
            if (!known && reach->path.count < LIMIT_LIBRARY_FOLDERS)
                *vec_push(reach->arena, &reach->path) = arena_str(&reach->scratch, folder);
        }
    if (!str_starts(value, STR("/")))
        return;
    const struct file *file = files_follow(reach->files, value);
    if (file && file->type == ENTRY_FILE && (file->mode & 0111))
        reach_mark(reach, file, reader->source->from);
}

/* What the first of an array may be: where it is a command, the others are arguments. */
static struct reach_text *first_of_array(struct reach *reach, str name)
{
    return reach_set(reach, arena_join(&reach->words, STR("$"), name, STR("[0]")));
}

/* x="$x more" would make ever more of itself: a few of them show all its words. */
static bool has_grown(struct reach *reach, const struct shell_word *word, str name)
{
    enum { ENOUGH = 16 };
    for (const struct shell_expansion *at = word->expansions; at; at = at->next)
        if (at->kind == SHELL_PARAMETER && str_eq(at->name, name))
            return reach_set(reach, reach_variable(reach, name))->count >= ENOUGH;
    return false;
}

static void assign(const struct reader *reader, const struct shell_assignment *assignment)
{
    const struct shell_word *words =
        assignment->array ? assignment->values.items : &assignment->value;
    size_t count = assignment->array ? assignment->values.count : 1;
    for (size_t i = 0; i < count; i++) {
        if (has_grown(reader->reach, &words[i], assignment->name))
            continue;
        struct reach_text values = reach_values(reader->reach, &reader->scope, &words[i]);
        for (size_t j = 0; j < values.count; j++) {
            set_variable(reader, assignment->name, values.items[j]);
            if (assignment->array && !assignment->append && i == 0)
                reach_set_add(reader->reach, first_of_array(reader->reach, assignment->name),
                              values.items[j]);
        }
    }
}

/* local NAME=(value ...) */
static void declare_array(const struct reader *reader, str raw)
{
    const struct shell_script *script = shell_parse_str(&reader->reach->words, raw, SHELL_BASH);
    const struct shell_command *command = script->commands.count ? script->commands.items[0] : NULL;
    for (size_t i = 0; command && i < command->assignments.count; i++)
        assign(reader, &command->assignments.items[i]);
}

/* export NAME=value */
static void declare(const struct reader *reader)
{
    for (size_t i = 1; i < reader->command->words.count; i++) {
        str name, value, raw = reader->command->words.items[i].raw;
        if (str_cut(raw, '=', &name, &value) && str_starts(value, STR("(")) &&
            str_ends(value, STR(")"))) {
            declare_array(reader, raw);
            continue;
        }
        struct reach_text values = values_of(reader, i);
        for (size_t j = 0; j < values.count; j++)
            if (str_cut(values.items[j], '=', &name, &value) && !reach_is_pattern(name))
                set_variable(reader, name, value);
    }
}

/* The node of the command, or of what it is seen through. */
static const struct shell_node *node_of(const struct shell_command *command)
{
    while (!command->node && command->wrapper)
        command = command->wrapper;
    return command->node;
}

/* read NAME, in a loop behind `find folder |` or from anywhere. */
static void read_variables(const struct reader *reader)
{
    struct reach *reach = reader->reach;
    struct reach_text values = {0};
    bool known = false;
    for (const struct shell_node *node = node_of(reader->command); node && !known;
         node = node->parent)
        known = node->kind == SHELL_PIPELINE && reach_printed(reach, &reader->scope, node, &values);
    for (size_t i = 1; i < reader->command->words.count; i++) {
        const struct shell_word *word = &reader->command->words.items[i];
        struct reach_text *set = reach_set(reach, reach_variable(reach, word->value));
        if (str_starts(word->value, STR("-")) || !word->literal)
            continue;
        if (known)
            add_set(reach, set, &values);
        else
            reach_set_add(reach, set, STR("\1"));
    }
}

/* Whose arguments the command sees; and what the loops around it set. */
static void find_scope(struct reader *reader)
{
    struct reach *reach = reader->reach;
    const struct shell_node *node = node_of(reader->command), *at = node;
    reader->scope = (struct reach_scope){reader->source->arguments, reader->source->file};
    for (; at; at = at->parent) {
        if (at->kind != SHELL_FUNCTION || !at->words.count)
            continue;
        bool is_new;
        str name = at->words.items[0].value;
        map_put(&reach->scratch, &reach->functions, name, &is_new);
        reach->changed |= is_new;
        reader->scope.arguments = arena_join(&reach->words, name, STR(""), STR("()"));
        break;
    }
    for (; node && node != at; node = node->parent) {
        reach->effort++;
        if ((node->kind != SHELL_FOR && node->kind != SHELL_SELECT) || !node->words.count)
            continue;
        struct reach_text *set =
            reach_set(reach, reach_variable(reach, node->words.items[0].value));
        if (node->words.count == 1)
            add_set(reach, set, reach_set(reach, reader->scope.arguments));
        for (size_t i = 1; i < node->words.count; i++) {
            struct reach_text values = reach_values(reach, &reader->scope, &node->words.items[i]);
            for (size_t j = 0; j < values.count; j++)
                reach_set_add(reach, set, values.items[j]);
        }
    }
}

/* ---- what a command does ---- */

/* `. file`: read by the same shell, with what that was given. */
static void source_file(const struct reader *reader)
{
    struct reach *reach = reader->reach;
    struct reach_text values = values_of(reader, 1);
    for (size_t i = 0; i < values.count; i++) {
        if (reach_is_pattern(values.items[i])) {
            reach->open |= !reach_mark_matches(reach, values.items[i], reader->source->from);
            continue;
        }
        const struct file *file = str_find_char(values.items[i], '/') != STR_NONE
                                      ? follow_path(reach, values.items[i])
                                      : reach_program(reach, values.items[i]);
        file = file ? file : follow_path(reach, values.items[i]);
        if (!file || file->type != ENTRY_FILE)
            continue;
        uint32_t index = (uint32_t)(file - reach->files->items);
        reach_mark(reach, file, reader->source->from);
        reach->open |= file->size && (!reach->script[index] || !reach->script[index]->text.len);
        add_set(reach, arguments_of(reach, index), reach_set(reach, reader->scope.arguments));
        if (reader->command->words.count > 2)
            add_values(reader, arguments_of(reach, index), 2);
    }
}

static void do_builtin(const struct reader *reader, str name)
{
    struct reach *reach = reader->reach;
    if (is_any(name, declarers))
        declare(reader);
    else if (is_any(name, readers))
        read_variables(reader);
    else if (str_eq(name, STR("set")))
        add_values(reader, reach_set(reach, reader->scope.arguments), 1);
    else if (str_eq(name, STR("cd")) || str_eq(name, STR("pushd")))
        add_values(reader, reach_set(reach, STR(".")), 1);
    for (size_t i = 1; str_eq(name, STR(":")) && i < reader->command->words.count; i++)
        values_of(reader, i); /* : ${x:=y} */
    if (!str_eq(name, STR("eval")) && !str_eq(name, STR("trap")))
        return;
    /* The parser has read what is written there; what variables bring along is read here. */
    for (size_t i = 1; i < reader->command->words.count; i++) {
        struct reach_text values = values_of(reader, i);
        for (size_t j = 0; j < values.count; j++)
            if (str_find_char(values.items[j], REACH_ANY) == STR_NONE &&
                str_find_char(values.items[j], ' ') != STR_NONE)
                reach_add_text(reach, values.items[j], reader->source->from);
    }
}

/* A shell that is given nothing to run runs what it reads. */
static bool reads_commands(const struct reader *reader, str name, size_t first)
{
    if (shell_dialect_of(name) == SHELL_OTHER || str_eq(path_base(name), STR("busybox")))
        return false;
    for (size_t i = first; i < reader->command->words.count; i++) {
        str word = reader->command->words.items[i].value;
        if (!str_starts(word, STR("-")) ||
            (str_find_char(word, 'c') != STR_NONE && !str_starts(word, STR("--"))))
            return false;
    }
    return !(reader->command->wrapped && reader->command->wrapped->from_string); /* a heredoc */
}

static void mark_folder(struct reach *reach, const struct file *folder, uint32_t from)
{
    for (uint32_t i = 0; i < folder->count; i++) {
        const struct file *file =
            files_follow_from(reach->files, folder, reach->files->items[folder->children + i].name);
        const struct file *inner = file && file->type == ENTRY_DIRECTORY
                                       ? files_follow_from(reach->files, file, STR("run"))
                                       : file;
        if (inner && inner->type == ENTRY_FILE)
            reach_mark(reach, inner, from);
    }
}

/* With unknown parts: any script for a shell; else what is below a folder that is known. */
static void take_pattern(const struct reader *reader, str name, str value)
{
    struct reach *reach = reader->reach;
    bool known = value.len > 1 && value.ptr[0] == '/' && !reach_is_pattern(str_sub(value, 1, 1));
    if (shell_dialect_of(name) != SHELL_OTHER)
        reach->open |= !reach_mark_matches(reach, value, reader->source->from);
    else if (known)
        reach_mark_matches(reach, value, reader->source->from);
}

/* What an argument names: a script for an interpreter, a program for something like a wrapper. */
static void take_argument(const struct reader *reader, str name, size_t index, str value)
{
    struct reach *reach = reader->reach;
    bool folders = is_any(name, folder_starters);
    size_t equals = str_starts(value, STR("-")) ? str_find_char(value, '=') : STR_NONE;
    if (equals != STR_NONE)
        value = str_from_index(value, equals + 1);
    if (!value.len || str_starts(value, STR("-")) || value.len > LIMIT_PATH)
        return;
    if (reach_is_pattern(value)) {
        take_pattern(reader, name, value);
        return;
    }
    const struct file *file = follow_path(reach, value);
    if (!file || (file->type != ENTRY_FILE && !folders))
        return;
    if (file->type == ENTRY_DIRECTORY) {
        mark_folder(reach, file, reader->source->from);
        return;
    }
    uint32_t at = (uint32_t)(file - reach->files->items);
    if (file->type == ENTRY_FILE && str_find_char(value, '/') == STR_NONE && !reach_runs(reach, at))
        return;
    reach_mark(reach, file, reader->source->from);
    if (reach->script[at])
        add_values(reader, arguments_of(reach, at), index + 1);
}

static void take_arguments(const struct reader *reader, str name, size_t first)
{
    struct reach *reach = reader->reach;
    bool services = is_any(name, service_starters);
    for (size_t i = first; i < reader->command->words.count; i++) {
        struct reach_text values = values_of(reader, i);
        for (size_t j = 0; j < values.count; j++) {
            take_argument(reader, name, i, values.items[j]);
            if (services)
                reach_mark(reach,
                           files_follow(reach->files, arena_join(&reach->words, STR("/etc/init.d"),
                                                                 STR("/"), values.items[j])),
                           reader->source->from);
        }
    }
}

/* A command by its name, which is known. */
static void start_named(const struct reader *reader, str name, size_t index)
{
    struct reach *reach = reader->reach;
    if (map_has(&reach->functions, name)) {
        add_values(reader, reach_set(reach, arena_join(&reach->words, name, STR(""), STR("()"))),
                   index + 1);
        return;
    }
    if (is_any(name, builtins)) {
        do_builtin(reader, name);
        return;
    }
    if (str_eq(name, STR(".")) || str_eq(name, STR("source"))) {
        if (reader->command->words.count > 1)
            source_file(reader);
        return;
    }
    const struct file *file = reach_program(reach, name);
    if (!file && str_find_char(name, '/') != STR_NONE)
        file = follow_path(reach, name);
    if (file && file->type == ENTRY_FILE) {
        uint32_t at = (uint32_t)(file - reach->files->items);
        reach_mark(reach, file, reader->source->from);
        if (reach->script[at])
            add_values(reader, arguments_of(reach, at), index + 1);
        if (!reader->command->words.items[index].expansions)
            reach->open |= reads_commands(reader, name, index + 1);
    }
    if (!is_any(path_base(name), lookers))
        take_arguments(reader, path_base(name), index + 1);
}

/* "gosu nobody": words that a variable without quotes becomes. */
static void start_split(const struct reader *reader, str text, size_t index)
{
    str word;
    bool first = true;
    while (str_next_word(&text, &word)) {
        if (first && reach_is_pattern(word))
            reader->reach->open |= !reach_mark_matches(reader->reach, word, reader->source->from);
        else if (first)
            start_named(reader, word, index);
        else
            reach_mark(reader->reach, reach_program(reader->reach, word), reader->source->from);
        first = false;
    }
}

/* Nobody sets the variable that a command is: whoever starts the container may. */
static bool is_unset(const struct reader *reader, const struct shell_word *word)
{
    const struct shell_expansion *expansion = word->expansions;
    struct reach *reach = reader->reach;
    if (!expansion || expansion->kind != SHELL_PARAMETER || expansion->special)
        return false;
    bool argument = expansion->name.len && strchr("@*0123456789", expansion->name.ptr[0]);
    return !argument && !reach_set(reach, reach_variable(reach, expansion->name))->count;
}

/* The texts that a command may be; of "${array[@]}" its first, if that is known, and what follows
 * is taken as its arguments. */
static struct reach_text commands_of(const struct reader *reader, size_t index)
{
    struct reach *reach = reader->reach;
    const struct shell_word *word = &reader->command->words.items[index];
    const struct shell_expansion *expansion = word->expansions;
    struct reach_text values = values_of(reader, index);
    str rest = word->value;
    if (!expansion || expansion->next || !str_skip(&rest, STR("${")) ||
        !str_skip(&rest, expansion->name) || !str_eq(rest, STR("[@]}")))
        return values;
    const struct reach_text *first = first_of_array(reach, expansion->name);
    for (size_t i = 0; first->count && i < values.count; i++)
        if (!reach_is_pattern(values.items[i]))
            reach_mark(reach, reach_program(reach, values.items[i]), reader->source->from);
    return first->count ? *first : values;
}

static void start(const struct reader *reader, size_t index)
{
    struct reach *reach = reader->reach;
    const struct shell_words *words = &reader->command->words;
    const struct shell_word *word = &words->items[index];
    struct reach_text values = commands_of(reader, index);
    for (size_t i = 0; i < values.count; i++) {
        str value = values.items[i];
        bool more = index + 1 < words->count && index < LIMIT_SHELL_WRAPPERS &&
                    !str_starts(words->items[index + 1].value, STR("-"));
        if (!value.len && more)
            start(reader, index + 1);
        else if (!value.len)
            reach->unset |= is_unset(reader, word);
        else if (word->expansions && !word->expansions->quoted &&
                 str_find_char(value, ' ') != STR_NONE)
            start_split(reader, value, index);
        else if (word->expansions ? reach_is_pattern(value)
                                  : word->pattern && !str_eq(value, STR("[")))
            reach->open |= !reach_mark_matches(reach, value, reader->source->from);
        else
            start_named(reader, value, index);
        /* What a name that is not known runs may be one of the words behind it. */
        for (size_t j = index + 1; word->expansions && j < words->count; j++)
            reach_mark(reach, reach_program(reach, words->items[j].value), reader->source->from);
    }
}

static void read_command(struct reach *reach, const struct reach_source *source,
                         const struct shell_command *command)
{
    struct reader reader = {.reach = reach, .source = source, .command = command};
    find_scope(&reader);
    for (size_t i = 0; i < command->assignments.count; i++)
        assign(&reader, &command->assignments.items[i]);
    if (command->words.count)
        start(&reader, 0);
}

void reach_read_texts(struct reach *reach)
{
    reach->changed = reach->unset = false;
    for (size_t i = 0; i < reach->sources.count; i++) {
        const struct reach_source source = reach->sources.items[i];
        bool guessed = source.from != REACH_NONE && reach->guessed[source.from];
        reach->open |= !guessed && (source.script->problems.count ||
                                    source.script->text.text.len == LIMIT_SCRIPT);
        for (size_t j = 0; j < source.script->commands.count; j++) {
            if (reach->effort >= LIMIT_REACH_EFFORT) {
                reach->open = true;
                reach->changed = false;
                return;
            }
            bool open = reach->open, unset = reach->unset;
            read_command(reach, &source, source.script->commands.items[j]);
            arena_reset(&reach->words);
            /* That it runs is a guess already, and so what it cannot tell. */
            if (guessed) {
                reach->open = open;
                reach->unset = unset;
            }
        }
    }
    /* What nothing has set so far may be set by what comes behind it in the texts: a function's
     * arguments are known only where it is called. */
    reach->open |= reach->unset && !reach->changed;
}
