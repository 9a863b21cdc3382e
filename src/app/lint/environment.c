// SPDX-License-Identifier: Apache-2.0
#include "app/lint/lint.h"

#include <stdlib.h>

/* hadolint's variables, for --compat hadolint: they fill what the command line left open. */

static void take_text(const char *name, const char **to)
{
    const char *value = getenv(name);
    if (!*to && value && *value)
        *to = value;
}

static void take_list(struct arena *arena, const char *name, struct option_list *to)
{
    str rest = str_from(getenv(name)), item;
    if (to->count)
        return;
    while (str_next(&rest, ',', &item)) {
        item = str_trim(item);
        if (item.len)
            *vec_push(arena, to) = arena_cstr(arena, item);
    }
}

static void take_flag(const char *name, bool *to)
{
    static const str yes[] = {STR_INIT("1"), STR_INIT("y"), STR_INIT("yes"), STR_INIT("on"),
                              STR_INIT("true")};
    str value = str_from(getenv(name));
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        *to |= str_eq_nocase(value, yes[i]);
}

void lint_take_environment(struct arena *arena, struct lint_settings *settings)
{
    take_text("HADOLINT_FORMAT", &settings->output.format);
    take_text("HADOLINT_FAILURE_THRESHOLD", &settings->threshold);
    take_flag("HADOLINT_NOFAIL", &settings->no_fail);
    take_flag("HADOLINT_STRICT_LABELS", &settings->texts.strict_labels);
    take_flag("HADOLINT_DISABLE_IGNORE_PRAGMA", &settings->texts.no_waivers);
    take_list(arena, "HADOLINT_OVERRIDE_ERROR", &settings->error);
    take_list(arena, "HADOLINT_OVERRIDE_WARNING", &settings->warning);
    take_list(arena, "HADOLINT_OVERRIDE_INFO", &settings->info);
    take_list(arena, "HADOLINT_OVERRIDE_STYLE", &settings->style);
    take_list(arena, "HADOLINT_IGNORE", &settings->texts.ignore);
    take_list(arena, "HADOLINT_TRUSTED_REGISTRIES", &settings->texts.trusted);
    take_list(arena, "HADOLINT_REQUIRE_LABELS", &settings->texts.labels);
}
