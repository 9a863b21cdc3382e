// SPDX-License-Identifier: Apache-2.0
/* What an image says about itself: everyone who can pull it can read that (image-spec, config.md).
 */
#include "base/buf.h"
#include "base/limits.h"
#include "read/secret/scan.h"

static void look(struct secret_scan *scan, str what, str text)
{
    if (text.len)
        scan_whole(scan, STR(SECRET_CONFIG_PATH), what, text);
}

/* A list of words is one command. */
static void look_at_words(struct secret_scan *scan, const char *what,
                          const struct image_words *words)
{
    str text = {0};
    for (size_t i = 0; i < words->count; i++)
        text = i ? arena_join(&scan->arena, text, STR(" "), words->items[i]) : words->items[i];
    look(scan, str_from(what), text);
}

static void look_at_variables(struct secret_scan *scan, str what,
                              const struct image_variables *variables)
{
    for (size_t i = 0; i < variables->count; i++) {
        const struct image_variable *variable = &variables->items[i];
        look(scan, arena_join(&scan->arena, what, STR(" "), variable->name),
             arena_join(&scan->arena, variable->name, STR("="), variable->value));
    }
}

void secret_scan_config(const struct secret_finder *finder, struct collect *to,
                        const struct image_config *config)
{
    struct secret_scan *scan = scan_open(finder, SIZE_MAX);
    scan->to = to;
    scan->is_config = true;
    look_at_variables(scan, STR("environment variable"), &config->env);
    look_at_variables(scan, STR("label"), &config->labels);
    look_at_words(scan, "command", &config->cmd);
    look_at_words(scan, "entry point", &config->entrypoint);
    look_at_words(scan, "health check", &config->health);
    look_at_words(scan, "trigger (ONBUILD)", &config->onbuild);
    for (size_t i = 0; i < config->history.count; i++) {
        str what = arena_printf(&scan->arena, "history, step %zu", i + 1);
        look(scan, what, config->history.items[i].created_by);
        look(scan, what, config->history.items[i].comment);
    }
    scan_close(scan);
}

/* --- what others print of it ---- */

static str redact(struct secret_scan *scan, struct arena *arena, str text)
{
    struct arena found = {0};
    struct fact_list facts = {0};
    struct collect to = {.arena = &found, .facts = &facts};
    scan->to = &to;
    scan_whole(scan, STR(SECRET_CONFIG_PATH), (str){0}, text);
    if (facts.count == 0) {
        arena_free(&found);
        return text;
    }
    BUF_SCOPED out = buf_make(LIMIT_DOCUMENT * 2);
    uint64_t at = 0;
    for (size_t i = 0; i < facts.count; i++) { /* in the order of their places */
        const struct secret *secret = &facts.items[i].secret;
        if (facts.items[i].kind != FACT_SECRET || secret->length == 0 || secret->offset < at)
            continue;
        buf_add_str(&out, str_sub(text, (size_t)at, (size_t)(secret->offset - at)));
        buf_add_str(&out, secret->shown);
        at = secret->offset + secret->length;
    }
    buf_add_str(&out, str_from_index(text, (size_t)at));
    str ret = arena_str(arena, buf_str(&out));
    arena_free(&found);
    return ret;
}

static void redact_words(struct secret_scan *scan, struct arena *arena, struct image_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        words->items[i] = redact(scan, arena, words->items[i]);
}

static void redact_variables(struct secret_scan *scan, struct arena *arena,
                             struct image_variables *variables)
{
    for (size_t i = 0; i < variables->count; i++) {
        struct image_variable *variable = &variables->items[i];
        str line = arena_join(&scan->arena, variable->name, STR("="), variable->value);
        str clean = redact(scan, arena, line);
        if (clean.ptr != line.ptr)
            variable->value = str_from_index(clean, variable->name.len + 1);
    }
}

void secret_redact_config(const struct secret_finder *finder, struct arena *arena,
                          struct image_config *config, struct layer_list *layers)
{
    struct secret_scan *scan = scan_open(finder, SIZE_MAX);
    scan->is_config = true;
    redact_variables(scan, arena, &config->env);
    redact_variables(scan, arena, &config->labels);
    redact_words(scan, arena, &config->cmd);
    redact_words(scan, arena, &config->entrypoint);
    redact_words(scan, arena, &config->health);
    redact_words(scan, arena, &config->onbuild);
    for (size_t i = 0; i < config->history.count; i++) {
        config->history.items[i].created_by =
            redact(scan, arena, config->history.items[i].created_by);
        config->history.items[i].comment = redact(scan, arena, config->history.items[i].comment);
    }
    for (size_t i = 0; i < layers->count; i++)
        layers->items[i].created_by = redact(scan, arena, layers->items[i].created_by);
    scan_close(scan);
}
