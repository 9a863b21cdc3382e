// SPDX-License-Identifier: Apache-2.0
#include "base/path.h"
#include "judge/reach/reach_internal.h"
#include "lang/shell/shell.h"

#define DEFAULT_PATH STR("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")

static void read_path(struct reach *reach)
{
    str path = image_config_env(reach->view->config, STR("PATH")), folder;
    if (path.len == 0)
        path = DEFAULT_PATH;
    while (str_next(&path, ':', &folder))
        if (folder.len)
            *vec_push(reach->arena, &reach->path) = folder;
}

/* A shell that is given nothing to run waits for its user, who can start anything. */
static bool is_interactive(const struct image_words *words)
{
    if (words->count == 0 || shell_dialect_of(words->items[0]) == SHELL_OTHER)
        return false;
    for (size_t i = 1; i < words->count; i++)
        if (!str_starts(words->items[i], STR("-")) || str_ends(words->items[i], STR("c")))
            return false;
    return true;
}

/* The first of the words that is a program: engines start nothing else. */
static bool start(struct reach *reach, const struct image_words *words)
{
    const struct file *program = words->count ? reach_program(reach, words->items[0]) : NULL;
    reach_mark(reach, program, REACH_NONE);
    reach_add_words(reach, words, REACH_NONE);
    return program != NULL;
}

static void start_health(struct reach *reach)
{
    const struct image_config *config = reach->view->config;
    const struct image_words *health = &config->health;
    str words[3] = {STR("/bin/sh"), STR("-c"), health->count > 1 ? health->items[1] : STR("")};
    struct image_words test = {.items = words, .count = 3};
    if (health->count < 2)
        return;
    if (str_eq(health->items[0], STR("CMD")))
        test = (struct image_words){.items = health->items + 1, .count = health->count - 1};
    else if (!str_eq(health->items[0], STR("CMD-SHELL")))
        return;
    start(reach, &test);
}

static void set_variables(struct reach *reach)
{
    const struct image_config *config = reach->view->config;
    str folder = arena_join(&reach->scratch, STR(""), STR("/"),
                            files_path(&reach->scratch, reach->files, reach->workdir));
    for (size_t i = 0; i < config->env.count; i++)
        reach_set_add(reach, reach_set(reach, reach_variable(reach, config->env.items[i].name)),
                      config->env.items[i].value);
    reach_set_add(reach, reach_set(reach, STR(".")), folder);
}

/* What the loader adds to every program. */
static void preload(struct reach *reach)
{
    str list = image_config_env(reach->view->config, STR("LD_PRELOAD")), name;
    while (str_next(&list, ':', &name))
        if (str_starts(name, STR("/")))
            reach_mark(reach, files_follow(reach->files, name), REACH_NONE);
    for (size_t i = 0; i < reach->preloaded.count; i++)
        reach_mark(reach, files_follow(reach->files, reach->preloaded.items[i]), REACH_NONE);
}

bool reach_start(struct reach *reach)
{
    const struct image_config *config = reach->view->config;
    if (!config->present)
        return false;
    read_path(reach);
    reach->workdir = files_follow(reach->files, config->workdir);
    if (!reach->workdir || reach->workdir->type != ENTRY_DIRECTORY)
        reach->workdir = reach->files->items;
    bool entry = config->entrypoint.count > 0;
    if (is_interactive(entry ? &config->entrypoint : &config->cmd) &&
        !(entry && config->cmd.count > 0))
        return false;
    set_variables(reach);
    /* CMD is what the entry point is given, and mostly what it starts at the end. */
    struct image_words all = {0};
    for (size_t i = 0; i < config->entrypoint.count; i++)
        *vec_push(&reach->scratch, &all) = config->entrypoint.items[i];
    for (size_t i = 0; entry && i < config->cmd.count; i++)
        *vec_push(&reach->scratch, &all) = config->cmd.items[i];
    bool any = entry && start(reach, &all);
    any |= start(reach, &config->cmd) && !entry;
    start_health(reach);
    preload(reach);
    return any;
}
