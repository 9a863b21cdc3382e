// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "io/digest.h"
#include "read/image/manifest.h"

/* manifest.json: [{"Config": NAME, "RepoTags": [...], "Layers": [NAME, ...]}, ...] */

static bool entry_fits(const struct json *entry, str selector)
{
    if (selector.len == 0)
        return true;
    const struct json *tags = json_get(entry, "RepoTags");
    for (const struct json *tag = json_first(tags); tag; tag = json_next(tag))
        if (manifest_name_fits(json_string(tag), selector))
            return true;
    str id = selector;
    str_skip(&id, STR("sha256:"));
    str config = json_get_string(entry, "Config");
    str_skip(&config, STR("blobs/sha256/"));
    return id.len >= 12 && str_starts(config, id);
}

/* "a:1, b:2": what there is to choose from. */
static str list_names(struct walk *walk, const struct json *manifest)
{
    enum { MOST_SHOWN = 8 };
    str list = {0};
    size_t count = 0;
    for (const struct json *at = json_first(manifest); at && count < MOST_SHOWN;
         at = json_next(at), count++) {
        str name = json_string(json_first(json_get(at, "RepoTags")));
        if (name.len == 0)
            name = json_get_string(at, "Config");
        list = list.len ? arena_join(walk->arena, list, STR(", "), name) : name;
    }
    return list.len ? arena_str(walk->arena, list) : STR("nothing");
}

static int find_entry(struct walk *walk, const struct json *manifest, str selector,
                      const struct json **ret, struct err *err)
{
    *ret = NULL;
    for (const struct json *at = json_first(manifest); at; at = json_next(at)) {
        if (!json_is_object(at) || !entry_fits(at, selector))
            continue;
        if (*ret)
            return err_set(err, ERR_USAGE,
                           "several images are in the archive: %.200s; put one behind the path, "
                           "after a colon",
                           list_names(walk, manifest).ptr);
        *ret = at;
    }
    if (*ret)
        return 0;
    if (selector.len == 0)
        return err_set(err, ERR_FORMAT, "manifest.json names no image");
    return err_set(err, ERR_NOT_FOUND, "no image %.*s in the archive; there is: %.200s",
                   STR_ARG(selector), list_names(walk, manifest).ptr);
}

/* The config is there and is what its name says, or the reason why not is a gap. */
static void read_config(struct walk *walk, struct blobs *blobs, str stored, struct config *ret)
{
    struct err err = {0};
    str name, text;
    if (!blobs_clean_name(walk->arena, stored, &name)) {
        walk_add_gap(walk, STR("manifest.json"), STR("the config's name leads out of the archive"));
        return;
    }
    if (blobs->ops->document(blobs, walk->arena, name, &text, &err) < 0 ||
        config_parse(walk->arena, text, ret, &err) < 0) {
        walk_add_gap(walk, name, arena_str(walk->arena, err_text(&err)));
        *ret = (struct config){0};
        return;
    }
    enum digest_algorithm algorithm;
    str claimed = blobs_digest_of_name(walk->arena, name), hex;
    if (!digest_parse(claimed, &algorithm, &hex))
        return;
    str is = digest_of(walk->arena, algorithm, text);
    if (!str_eq(is, claimed))
        walk_add_gap(walk, name,
                     arena_printf(walk->arena,
                                  "the config has digest %.*s, not the one it is "
                                  "named by",
                                  STR_ARG(is)));
}

enum { MOST_SHOWN = 100 };

static int add_layers(struct walk *walk, const struct json *names, struct manifest_layer_list *ret,
                      struct err *err)
{
    for (const struct json *at = json_first(names); at; at = json_next(at)) {
        if (ret->count >= LIMIT_LAYERS)
            return err_set(err, ERR_LIMIT, "manifest.json names more than %d layers", LIMIT_LAYERS);
        struct manifest_layer *layer = vec_push(walk->arena, ret);
        if (!blobs_clean_name(walk->arena, json_string(at), &layer->name)) {
            layer->name = arena_str(walk->arena, str_sub(json_string(at), 0, MOST_SHOWN));
            layer->problem = STR("its name in manifest.json leads out of the archive");
            continue;
        }
        if (str_starts(layer->name, STR("blobs/")))
            layer->digest = blobs_digest_of_name(walk->arena, layer->name);
    }
    return 0;
}

static int check_platform(struct walk *walk, const struct config *config, struct err *err)
{
    struct platform want;
    if (!walk->options.platform)
        return 0;
    if (manifest_platform(walk, &want, err) < 0)
        return -1;
    if (platform_rank(want, config->platform) != PLATFORM_NO_MATCH)
        return 0;
    return err_set(err, ERR_NOT_FOUND, "the image is for %.*s, not for %.*s",
                   STR_ARG(platform_text(walk->arena, config->platform)),
                   STR_ARG(platform_text(walk->arena, want)));
}

int manifest_choose_docker(struct walk *walk, struct blobs *blobs, str selector,
                           struct image *image, struct manifest_layer_list *ret, struct err *err)
{
    str text;
    const struct json *entry;
    if (blobs->ops->document(blobs, walk->arena, STR("manifest.json"), &text, err) < 0)
        return -1;
    JSON_SCOPED manifest = json_parse(text, err);
    if (!manifest)
        return err_wrap(err, "manifest.json");
    if (!json_is_array(manifest))
        return err_set(err, ERR_FORMAT, "manifest.json: want a list of images");
    if (find_entry(walk, manifest, selector, &entry, err) < 0)
        return -1;
    struct config config = {0};
    read_config(walk, blobs, json_get_string(entry, "Config"), &config);
    if (check_platform(walk, &config, err) < 0 ||
        add_layers(walk, json_get(entry, "Layers"), ret, err) < 0)
        return -1;
    image->kind = STR("docker-archive");
    const struct json *tags = json_get(entry, "RepoTags");
    for (const struct json *tag = json_first(tags); tag; tag = json_next(tag))
        if (image->name.len == 0 ||
            (selector.len && manifest_name_fits(json_string(tag), selector)))
            image->name = arena_str(walk->arena, json_string(tag));
    config_apply(walk, &config, ret, image);
    return 0;
}
