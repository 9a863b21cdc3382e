// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/ask/run.h"

bool download_is(const struct shell_command *command)
{
    static const char *const tools[] = {"curl",  "wget", "wget2", "aria2c",
                                        "fetch", "axel", "lynx",  NULL};
    return shell_command_among(command, tools);
}

const struct shell_word *download_url(const struct shell_command *command)
{
    for (size_t i = 1; i < command->words.count; i++) {
        str word = command->words.items[i].value;
        if (str_starts(word, STR("https://")) || str_starts(word, STR("http://")) ||
            str_starts(word, STR("ftp://")))
            return &command->words.items[i];
    }
    return NULL;
}

static str base_name(str path)
{
    size_t slash = str_rfind_char(path, '/');
    return slash == STR_NONE ? path : str_from_index(path, slash + 1);
}

static bool is_wget(const struct shell_command *command)
{
    return str_starts(shell_command_name(command), STR("wget"));
}

/* As written; "-" and nothing are no file. */
static str named_file(const struct shell_command *command)
{
    str file = {0};
    for (size_t i = 0; i < command->redirections.count; i++)
        if (command->redirections.items[i].kind == SHELL_WRITE &&
            command->redirections.items[i].fd == 1)
            return command->redirections.items[i].target.value;
    if (is_wget(command))
        (void)(shell_flag_value(command, "O", &file) ||
               shell_flag_value(command, "output-document", &file));
    else
        (void)(shell_flag_value(command, "o", &file) || shell_flag_value(command, "output", &file));
    return file;
}

/* The server's name for it is taken. */
static bool takes_name(const struct shell_command *command)
{
    return is_wget(command) || shell_has_flag(command, "O") ||
           shell_has_flag(command, "remote-name") || shell_has_flag(command, "J");
}

str download_name(const struct shell_command *command)
{
    const struct shell_word *url = download_url(command);
    str file = named_file(command);
    if (file.len)
        return str_eq(file, STR("-")) ? (str){0} : base_name(file);
    return url && takes_name(command) ? base_name(url->value) : (str){0};
}

str download_path(struct arena *arena, const struct shell_command *command)
{
    str file = named_file(command), folder = {0}, name;
    if (file.len)
        return str_eq(file, STR("-")) ? (str){0} : file;
    name = download_name(command);
    size_t query = str_find_char(name, '?');
    if (query != STR_NONE)
        name = str_sub(name, 0, query);
    if (is_wget(command))
        (void)(shell_flag_value(command, "P", &folder) ||
               shell_flag_value(command, "directory-prefix", &folder));
    else
        (void)shell_flag_value(command, "output-dir", &folder);
    if (!name.len || !folder.len)
        return name;
    return arena_join(arena, folder, str_ends(folder, STR("/")) ? STR("") : STR("/"), name);
}
