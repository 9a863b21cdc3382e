// SPDX-License-Identifier: Apache-2.0
#include "app/texts/texts_internal.h"
#include "app/policy_options.h"
#include "base/date.h"
#include "base/fd.h"
#include "base/limits.h"
#include "io/shellcheck.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int read_classes(const struct option_list *classes, unsigned *ret, struct err *err)
{
    for (size_t i = 0; i < classes->count; i++) {
        enum rule_class class;
        if (!rule_class_parse(str_from(classes->items[i]), &class))
            return err_set(err, ERR_USAGE,
                           "--class %s: want security, correctness, reproducibility, size or style",
                           classes->items[i]);
        *ret |= 1u << class;
    }
    return 0;
}

/* `--build-arg NAME` takes the value from the environment, as docker build does. */
static void read_build_args(struct texts *texts)
{
    const struct option_list *args = &texts->settings->build_args;
    for (size_t i = 0; i < args->count; i++) {
        str name, value, text = str_from(args->items[i]);
        const char *given;
        if (str_cut(text, '=', &name, &value))
            *vec_push(texts->arena, &texts->build.args) = (struct base_variable){name, value};
        else if ((given = getenv(args->items[i])))
            *vec_push(texts->arena, &texts->build.args) =
                (struct base_variable){name, str_from(given)};
    }
}

/* An id that no rule has is a mistake of whoever typed it. */
static int check_ids(const struct option_list *ids, const char *option, struct err *err)
{
    for (size_t i = 0; i < ids->count; i++)
        if (!str_eq(str_from(ids->items[i]), STR("all")) &&
            !rule_find(str_from(ids->items[i]), NULL))
            return err_set(err, ERR_USAGE, "%s %s: no rule is called so (harden explain --list)",
                           option, ids->items[i]);
    return 0;
}

static const str *strings(struct arena *arena, const struct option_list *list)
{
    str *copy = arena_array(arena, str, list->count + 1);
    for (size_t i = 0; i < list->count; i++)
        copy[i] = str_from(list->items[i]);
    return copy;
}

/* Before the sandbox is entered: from within it, no program can be started. */
static int open_shellcheck(struct texts *texts, struct err *err)
{
    const char *program = texts->settings->shellcheck;
    if (!program || strcmp(program, "never") == 0)
        return 0;
    if (strcmp(program, "auto") == 0 && !(program = shellcheck_find()))
        return 0;
    return shellcheck_open(program, &texts->shellcheck, err) < 0 ? err_wrap(err, "--shellcheck")
                                                                 : 0;
}

static int open_secrets(struct texts *texts, struct err *err)
{
    unsigned kinds = texts->rules.kinds;
    if (kinds && !(kinds & 1u << KIND_SECRET))
        return 0;
    return secret_finder_open(&(struct secret_settings){.texts = true}, &texts->secrets, err);
}

int texts_begin(struct texts *texts, struct arena *arena, const struct texts_settings *settings,
                struct err *err)
{
    *texts = (struct texts){
        .arena = arena,
        .settings = settings,
        .hadolint = {.threshold = HADOLINT_UNSAID},
        .build = {.target = str_from(settings->target), .target_may_miss = settings->target},
        .rules = {.enable = strings(arena, &settings->enable),
                  .enable_count = settings->enable.count},
        .policy = {.fail_on = SEVERITY_HIGH},
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .shellcheck_lock = PTHREAD_MUTEX_INITIALIZER,
    };
    if (policy_take_kinds(&settings->only, &texts->rules.kinds, err) < 0 ||
        read_classes(&settings->classes, &texts->rules.classes, err) < 0 ||
        check_ids(&settings->enable, "--enable", err) < 0)
        return -1;
    str now = date_now(arena);
    texts->rules.today = arena_cstr(arena, str_sub(now, 0, STR("2026-11-24").len));
    read_build_args(texts);
    if (ignore_file_take(arena, settings->ignore_file, &texts->rules, false, &texts->policy, err) <
            0 ||
        open_secrets(texts, err) < 0)
        return -1;
    if (settings->engine && texts_ask_engine(texts, err) < 0)
        return -1;
    return open_shellcheck(texts, err);
}

void texts_forget(struct texts *texts)
{
    arena_free(&texts->cache);
    texts->contexts = texts->built = texts->included = (struct map){0};
}

void texts_end(struct texts *texts)
{
    shellcheck_close(&texts->shellcheck);
    secret_finder_close(texts->secrets);
    arena_free(&texts->cache);
    free(texts->found.items);
    pthread_mutex_destroy(&texts->lock);
}

/* --- hadolint's configuration -------------------------------------------------------------------
 */

/* The first of the places that hadolint looks at; NULL: there is none. */
static const char *find_config(struct arena *arena)
{
    const char *home = getenv("HOME"), *xdg = getenv("XDG_CONFIG_HOME");
    const char *const places[] = {
        ".hadolint.yaml",
        ".hadolint.yml",
        xdg && *xdg ? arena_printf(arena, "%s/hadolint.yaml", xdg).ptr : "",
        home && *home ? arena_printf(arena, "%s/.config/hadolint.yaml", home).ptr : "",
        home && *home ? arena_printf(arena, "%s/.hadolint/hadolint.yaml", home).ptr : "",
        home && *home ? arena_printf(arena, "%s/hadolint/config.yaml", home).ptr : "",
        home && *home ? arena_printf(arena, "%s/.hadolint.yaml", home).ptr : "",
    };
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (*places[i] && access(places[i], R_OK) == 0)
            return places[i];
    return NULL;
}

/* hadolint's levels on our scale. */
static enum severity severity_of(enum hadolint_level level)
{
    return level == HADOLINT_ERROR     ? SEVERITY_HIGH
           : level == HADOLINT_WARNING ? SEVERITY_MEDIUM
           : level == HADOLINT_INFO    ? SEVERITY_LOW
                                       : SEVERITY_INFO;
}

static void take_policy(struct texts *texts)
{
    const struct hadolint_config *config = &texts->hadolint;
    const struct option_list *ignore = &texts->settings->ignore;
    struct policy *policy = &texts->policy;
    str *ids = arena_array(texts->arena, str, ignore->count + config->ignored.count + 1);
    struct severity_override *overrides =
        arena_array(texts->arena, struct severity_override, config->overrides.count + 1);
    for (size_t i = 0; i < ignore->count; i++)
        ids[policy->ignore_count++] = str_from(ignore->items[i]);
    for (size_t i = 0; i < config->ignored.count; i++)
        ids[policy->ignore_count++] = config->ignored.items[i];
    for (size_t i = 0; i < config->overrides.count; i++)
        overrides[policy->override_count++] = (struct severity_override){
            config->overrides.items[i].rule, severity_of(config->overrides.items[i].level)};
    policy->ignore = ids;
    policy->overrides = overrides;
    if (config->threshold == HADOLINT_IGNORE || config->no_fail)
        policy->fail_on_none = true;
    else if (config->threshold != HADOLINT_UNSAID)
        policy->fail_on = severity_of(config->threshold);
}

static int take_labels(struct texts *texts, struct err *err)
{
    const struct option_list *given = &texts->settings->labels;
    const struct hadolint_labels *labels = &texts->hadolint.labels;
    struct label_rule *rules =
        arena_array(texts->arena, struct label_rule, given->count + labels->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < labels->count; i++)
        rules[count++] = (struct label_rule){labels->items[i].name, labels->items[i].type};
    for (size_t i = 0; i < given->count; i++) {
        if (policy_take_label(given->items[i], &rules[count++], err) < 0)
            return -1;
    }
    texts->rules.labels = rules;
    texts->rules.label_count = count;
    texts->rules.strict_labels = texts->settings->strict_labels || texts->hadolint.strict_labels;
    return 0;
}

static void take_trusted(struct texts *texts)
{
    const struct option_list *given = &texts->settings->trusted;
    const struct hadolint_names *names = &texts->hadolint.trusted;
    str *all = arena_array(texts->arena, str, given->count + names->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < names->count; i++)
        all[count++] = names->items[i];
    for (size_t i = 0; i < given->count; i++)
        all[count++] = str_from(given->items[i]);
    texts->rules.trusted = all;
    texts->rules.trusted_count = count;
}

int texts_configure(struct texts *texts, struct err *err)
{
    const char *path = texts->settings->config;
    str text;
    if (!path && !texts->settings->no_config)
        path = find_config(texts->arena);
    if (path && (fd_read_file(texts->arena, path, LIMIT_SETTINGS, &text, err) < 0 ||
                 hadolint_read(texts->arena, path, text, &texts->hadolint, err) < 0))
        return -1;
    take_policy(texts);
    take_trusted(texts);
    if (texts_read_bases(texts, err) < 0)
        return -1;
    return take_labels(texts, err);
}
