// SPDX-License-Identifier: Apache-2.0
#include "app/ignore_file.h"

#include "app/cli/cli.h"
#include "base/fd.h"
#include "base/limits.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Reports are the same wherever the project lies: below the working folder, paths are relative. */
static str shown_path(struct arena *arena, const char *path)
{
    char *folder = getcwd(NULL, 0);
    str shown = str_from(path), below = shown;
    if (folder && str_skip(&below, str_from(folder)) && str_skip(&below, STR("/")))
        shown = below;
    free(folder);
    return arena_str(arena, shown);
}

int ignore_file_take(struct arena *arena, const char *given, const struct rule_settings *rules,
                     bool tell, struct policy *ret, struct err *err)
{
    const char *path = given ? given : cli_nearest_file(arena, ".hardenignore");
    str text;
    if (!path || (given && strcmp(given, "none") == 0))
        return 0;
    if (fd_read_file(arena, path, LIMIT_SETTINGS, &text, err) < 0)
        return given ? err_wrap(err, "--ignore-file") : -1;
    ret->waivers = waiver_file_parse(arena, shown_path(arena, path), text);
    ret->rules = rules;
    ret->tell_waivers = tell;
    return 0;
}
