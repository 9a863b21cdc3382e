// SPDX-License-Identifier: Apache-2.0
#include "app/cli/cli.h"
#include "base/fd.h"
#include "base/limits.h"
#include "io/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct settings {
    struct arena *arena;
    const struct command *command;
    const char *path;
    struct cli_line *line;
    struct err *err;
};

/* Of root, of the user, or of whoever owns the working folder: not what a stranger left in /tmp. */
static bool is_trusted(const char *path, uid_t folder_owner)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
           (st.st_uid == 0 || st.st_uid == geteuid() || st.st_uid == folder_owner);
}

const char *cli_nearest_file(struct arena *arena, const char *name)
{
    char *folder = getcwd(NULL, 0);
    struct stat st;
    const char *found = NULL;
    if (!folder || stat(folder, &st) < 0) {
        free(folder);
        return NULL;
    }
    str rest = str_from(folder);
    while (!found) {
        str at = str_eq(rest, STR("/")) ? (str){0} : rest;
        const char *path = arena_printf(arena, "%.*s/%s", STR_ARG(at), name).ptr;
        if (is_trusted(path, st.st_uid))
            found = path;
        if (at.len == 0)
            break;
        size_t slash = str_rfind_char(at, '/');
        rest = slash ? str_sub(at, 0, slash) : STR("/");
    }
    free(folder);
    return found;
}

static int refuse(const struct settings *settings, const struct yaml_node *node,
                  const char *message)
{
    return err_set(settings->err, ERR_USAGE, "%s:%u: %s", settings->path, node->line, message);
}

/* --- names --------------------------------------------------------------------------------------
 */

static const struct option *find_option(const struct command *command, str name)
{
    for (size_t i = 0; command->options && command->options[i].name; i++)
        if (str_eq(str_from(command->options[i].name), name))
            return &command->options[i];
    return NULL;
}

/* Of the command, or of any where it is NULL. */
static const struct option *known_option(const struct command *command, str name)
{
    const struct option *option = NULL;
    if (command)
        return find_option(command, name);
    for (size_t c = 0; command_all()[c] && !option; c++)
        option = find_option(command_all()[c], name);
    return option;
}

/* All names that may stand in a file, for suggestions. */
static const char *setting_word(const void *context, size_t index)
{
    (void)context;
    for (size_t c = 0; command_all()[c]; c++) {
        const struct command *command = command_all()[c];
        for (size_t i = 0; command->options && command->options[i].name; i++)
            if (index-- == 0)
                return command->options[i].name;
        if (index-- == 0)
            return command->name;
    }
    return NULL;
}

static int refuse_name(const struct settings *settings, const struct yaml_node *key)
{
    const char *near = cli_nearest(key->text, setting_word, NULL);
    if (near)
        return err_set(settings->err, ERR_USAGE,
                       "%s:%u: there is no setting %.*s; did you mean %s?", settings->path,
                       key->line, STR_ARG(key->text), near);
    return err_set(settings->err, ERR_USAGE, "%s:%u: there is no setting %.*s", settings->path,
                   key->line, STR_ARG(key->text));
}

/* --- values -------------------------------------------------------------------------------------
 */

/* A scalar, or a sequence of them as "a,b", or as lines where commas belong to values. */
static int value_of(const struct settings *settings, const struct option *option,
                    const struct yaml_node *node, const char **ret)
{
    str value = node->text;
    if (node->kind == YAML_MAPPING || (node->kind == YAML_SEQUENCE && option->kind != OPTION_LIST))
        return refuse(settings, node, "want one value here");
    for (size_t i = 0; i < node->items.count; i++) {
        if (node->items.items[i]->kind != YAML_SCALAR)
            return refuse(settings, node->items.items[i], "want a word here");
        str separator = option->whole ? STR("\n") : STR(",");
        value = i ? arena_join(settings->arena, value, separator, node->items.items[i]->text)
                  : node->items.items[i]->text;
    }
    if (memchr(value.ptr ? value.ptr : "", 0, value.len))
        return refuse(settings, node, "a value holds a NUL byte");
    *ret = arena_cstr(settings->arena, value);
    return 0;
}

static int apply_one(const struct settings *settings, const struct command *section,
                     const struct yaml_node *key, const struct yaml_node *node)
{
    const char *value = NULL;
    const struct option *option = known_option(section, key->text);
    if (!option)
        return refuse_name(settings, key);
    if (option->personal)
        return err_set(settings->err, ERR_USAGE,
                       "%s:%u: %s is not for a project to set; use --%s or the environment",
                       settings->path, key->line, option->name, option->name);
    if (value_of(settings, option, node, &value) < 0)
        return -1;
    if (section && section != settings->command)
        return 0;
    if (node->kind == YAML_SEQUENCE && node->items.count == 0)
        return 0;
    const char *where =
        arena_printf(settings->arena, "%s:%u: %s", settings->path, key->line, option->name).ptr;
    return cli_set_shared(settings->arena, settings->command, key->text, value, where,
                          settings->line, settings->err);
}

/* Settings of one command stand in a section of its name, and go before the general ones. */
static int apply(const struct settings *settings, const struct yaml_node *mapping,
                 const struct command *section, bool sections)
{
    if (mapping->kind != YAML_MAPPING)
        return refuse(settings, mapping, "want lines of the form `option: value`");
    for (size_t i = 0; i + 1 < mapping->items.count; i += 2) {
        const struct yaml_node *key = mapping->items.items[i], *value = mapping->items.items[i + 1];
        if (key->kind != YAML_SCALAR)
            return refuse(settings, key, "want a name here");
        const struct command *named = section ? NULL : command_by_name(key->text);
        bool is_section = named && value->kind == YAML_MAPPING;
        int result = 0;
        if (is_section && sections)
            result = apply(settings, value, named, true);
        else if (!is_section && (section || !sections))
            result = apply_one(settings, section, key, value);
        if (result < 0)
            return -1;
    }
    return 0;
}

int cli_settings(struct arena *arena, const struct command *command, const char *path, str text,
                 struct cli_line *line, struct err *err)
{
    const struct settings settings = {arena, command, path, line, err};
    struct yaml_list documents;
    if (yaml_parse(arena, text, &documents, err) < 0) {
        err->kind = ERR_USAGE;
        return err_wrap(err, "%s", path);
    }
    if (documents.count == 0)
        return 0;
    const struct yaml_node *root = documents.items[0];
    if (documents.count > 1)
        return refuse(&settings, documents.items[1], "want one document");
    if (root->kind == YAML_SCALAR && root->plain && root->text.len == 0)
        return 0;
    if (apply(&settings, root, NULL, true) < 0)
        return -1;
    return apply(&settings, root, NULL, false);
}

int cli_nearest_settings(struct arena *arena, const struct command *command, struct cli_line *line,
                         struct err *err)
{
    const char *path = cli_nearest_file(arena, ".harden.yaml");
    str text;
    if (!path)
        return 0;
    if (fd_read_file(arena, path, LIMIT_SETTINGS, &text, err) < 0)
        return -1;
    return cli_settings(arena, command, path, text, line, err);
}
