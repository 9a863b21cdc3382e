// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "io/digest.h"
#include "read/image/manifest.h"

static str copy(struct arena *arena, const struct json *json, const char *name)
{
    return arena_str(arena, json_get_string(json, name));
}

int config_parse(struct arena *arena, str text, struct config *ret, struct err *err)
{
    JSON_SCOPED json = json_parse(text, err);
    if (!json)
        return err_wrap(err, "image config");
    if (!json_is_object(json))
        return err_set(err, ERR_FORMAT, "image config: not a JSON object");
    ret->text = text;
    ret->digest = digest_of(arena, DIGEST_SHA256, text);
    ret->created = copy(arena, json, "created");
    ret->platform = platform_normalise((struct platform){
        .os = copy(arena, json, "os"),
        .architecture = copy(arena, json, "architecture"),
        .variant = copy(arena, json, "variant"),
    });
    const struct json *diff_ids = json_get(json_get(json, "rootfs"), "diff_ids");
    for (const struct json *at = json_first(diff_ids); at; at = json_next(at))
        *vec_push(arena, &ret->diff_ids) = arena_str(arena, json_string(at));
    const struct json *history = json_get(json, "history");
    for (const struct json *at = json_first(history); at; at = json_next(at))
        if (!json_bool(json_get(at, "empty_layer"), false))
            *vec_push(arena, &ret->created_by) = copy(arena, at, "created_by");
    return 0;
}

/* Layers and diff_ids belong together by position; if their numbers differ, nobody knows how. */
static void apply_diff_ids(struct walk *walk, const struct config *config,
                           struct manifest_layer_list *layers)
{
    enum digest_algorithm algorithm;
    str hex;
    if (config->diff_ids.count != layers->count) {
        walk_add_gap(walk, config->digest,
                     arena_printf(walk->arena,
                                  "the config names %zu layers, the manifest %zu: "
                                  "what the layers hold could not be checked against it",
                                  config->diff_ids.count, layers->count));
        return;
    }
    for (size_t i = 0; i < layers->count; i++) {
        str diff_id = config->diff_ids.items[i];
        if (digest_parse(diff_id, &algorithm, &hex))
            layers->items[i].diff_id = diff_id;
        else
            walk_add_gap(walk, config->digest,
                         arena_printf(walk->arena, "diff_id %zu is not a digest", i));
    }
}

void config_apply(struct walk *walk, const struct config *config,
                  struct manifest_layer_list *layers, struct image *image)
{
    image->platform = platform_text(walk->arena, config->platform);
    image->created = config->created;
    image->config = config->text;
    if (image->digest.len == 0)
        image->digest = config->digest;
    if (config->text.len)
        apply_diff_ids(walk, config, layers);
    image->layers = (struct layer_list){0};
    for (size_t i = 0; i < layers->count; i++) {
        const struct manifest_layer *from = &layers->items[i];
        struct layer *layer = vec_push(walk->arena, &image->layers);
        layer->digest = from->digest;
        layer->diff_id = from->diff_id;
        layer->size = from->size;
        if (config->created_by.count == layers->count)
            layer->created_by = config->created_by.items[i];
    }
}
