// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "io/json.h"
#include "read/image/image.h"

static str copy(struct arena *arena, const struct json *json, const char *name)
{
    return arena_str(arena, json_get_string(json, name));
}

static void read_words(struct arena *arena, const struct json *list, struct image_words *ret)
{
    for (const struct json *at = json_first(list); at; at = json_next(at))
        if (json_is_string(at))
            *vec_push(arena, ret) = arena_str(arena, json_string(at));
}

/* ExposedPorts and Volumes are objects whose names count. */
static void read_names(struct arena *arena, const struct json *object, struct image_words *ret)
{
    for (const struct json *at = json_first(object); at; at = json_next(at))
        *vec_push(arena, ret) = arena_str(arena, json_name(at));
}

static void read_env(struct arena *arena, const struct json *list, struct image_variables *ret)
{
    for (const struct json *at = json_first(list); at; at = json_next(at)) {
        str name, value;
        str_cut(arena_str(arena, json_string(at)), '=', &name, &value);
        *vec_push(arena, ret) = (struct image_variable){name, value};
    }
}

static void read_labels(struct arena *arena, const struct json *object, struct image_variables *ret)
{
    for (const struct json *at = json_first(object); at; at = json_next(at))
        *vec_push(arena, ret) = (struct image_variable){
            arena_str(arena, json_name(at)),
            arena_str(arena, json_string(at)),
        };
}

static void read_history(struct arena *arena, const struct json *list, struct image_steps *ret)
{
    uint32_t layer = 0;
    for (const struct json *at = json_first(list); at; at = json_next(at)) {
        bool empty = json_bool(json_get(at, "empty_layer"), false);
        *vec_push(arena, ret) = (struct image_step){
            .created_by = copy(arena, at, "created_by"),
            .created = copy(arena, at, "created"),
            .comment = copy(arena, at, "comment"),
            .has_layer = !empty,
            .layer = empty ? 0 : layer++,
        };
    }
}

/* The engine's history is newest first, and does not mark what made no layer: a layer's own
 * created_by tells. */
static void read_answer(struct arena *arena, const struct image *image, struct image_steps *ret)
{
    struct err ignored = {0};
    struct image_steps newest_first = {0};
    JSON_SCOPED json = json_parse(image->history, &ignored);
    size_t layer = image->layers.count;
    for (const struct json *at = json_first(json); at; at = json_next(at)) {
        struct image_step step = {
            .created_by = copy(arena, at, "CreatedBy"),
            .comment = copy(arena, at, "Comment"),
        };
        if (layer && str_eq(image->layers.items[layer - 1].created_by, step.created_by) &&
            step.created_by.len) {
            step.has_layer = true;
            step.layer = (uint32_t)--layer;
        }
        *vec_push(arena, &newest_first) = step;
    }
    for (size_t i = newest_first.count; i-- > 0;)
        *vec_push(arena, ret) = newest_first.items[i];
}

int image_config_parse(struct arena *arena, const struct image *image, struct image_config *ret,
                       struct err *err)
{
    *ret = (struct image_config){0};
    JSON_SCOPED json = json_parse(image->config, err);
    if (!json)
        return err_wrap(err, "image config");
    const struct json *settings = json_get(json, "config");
    ret->present = true;
    ret->created = copy(arena, json, "created");
    ret->author = copy(arena, json, "author");
    ret->user = copy(arena, settings, "User");
    ret->workdir = copy(arena, settings, "WorkingDir");
    ret->stop_signal = copy(arena, settings, "StopSignal");
    read_words(arena, json_get(settings, "Entrypoint"), &ret->entrypoint);
    read_words(arena, json_get(settings, "Cmd"), &ret->cmd);
    read_words(arena, json_get(settings, "Shell"), &ret->shell);
    read_words(arena, json_get(settings, "OnBuild"), &ret->onbuild);
    read_words(arena, json_get(json_get(settings, "Healthcheck"), "Test"), &ret->health);
    read_names(arena, json_get(settings, "ExposedPorts"), &ret->exposed);
    read_names(arena, json_get(settings, "Volumes"), &ret->volumes);
    read_env(arena, json_get(settings, "Env"), &ret->env);
    read_labels(arena, json_get(settings, "Labels"), &ret->labels);
    read_history(arena, json_get(json, "history"), &ret->history);
    if (ret->history.count == 0 && image->history.len)
        read_answer(arena, image, &ret->history);
    return 0;
}
