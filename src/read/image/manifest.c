// SPDX-License-Identifier: Apache-2.0
#include "read/image/manifest.h"

#include "base/limits.h"
#include "base/path.h"
#include "io/digest.h"

str manifest_text(struct walk *walk, const struct json *json, const char *name)
{
    return arena_str(walk->arena, json_get_string(json, name));
}

str manifest_short_name(str name)
{
    if (!str_skip(&name, STR("docker.io/library/")))
        str_skip(&name, STR("docker.io/"));
    return name;
}

bool manifest_name_fits(str have, str want)
{
    have = manifest_short_name(have);
    want = manifest_short_name(want);
    if (str_eq(have, want))
        return true;
    bool tagged = str_find_char(path_base(want), ':') != STR_NONE;
    return !tagged && str_skip(&have, want) && str_eq(have, STR(":latest"));
}

int manifest_platform(struct walk *walk, struct platform *ret, struct err *err)
{
    if (walk->options.platform)
        return platform_parse(walk->arena, str_from(walk->options.platform), ret, err);
    *ret = platform_of_host(walk->arena);
    return 0;
}

int manifest_load(struct walk *walk, struct blobs *blobs, str digest, str *ret, struct err *err)
{
    enum digest_algorithm algorithm;
    str hex;
    if (!digest_parse(digest, &algorithm, &hex))
        return err_set(err, ERR_FORMAT, "\"%.*s\" is not a digest",
                       STR_ARG(str_sub(digest, 0, DIGEST_TEXT_MAX)));
    str name = blobs_name_of_digest(walk->arena, digest), text;
    if (blobs->ops->document(blobs, walk->arena, name, &text, err) < 0)
        return err_wrap(err, "%.*s", STR_ARG(digest));
    str is = digest_of(walk->arena, algorithm, text);
    if (!str_eq(is, digest))
        return err_set(err, ERR_FORMAT, "%.*s: content has digest %.*s", STR_ARG(digest),
                       STR_ARG(is));
    *ret = text;
    return 0;
}

static void begin(struct image *image, struct manifest_layer_list *layers)
{
    *image = (struct image){0};
    *layers = (struct manifest_layer_list){0};
}

/* Docker's own store loads what manifest.json says, containerd's what index.json says. Where an
 * archive has both, they must speak of the same layers, or it depends on the engine what runs. */
static void compare_documents(struct walk *walk, struct blobs *blobs, str selector,
                              const struct manifest_layer_list *layers)
{
    struct image other;
    struct manifest_layer_list named;
    struct err err = {0};
    begin(&other, &named);
    if (manifest_choose_docker(walk, blobs, selector, &other, &named, &err) < 0) {
        /* It names one platform of several, and may know the image by another name. */
        if (err.kind != ERR_NOT_FOUND || (!walk->options.platform && selector.len == 0))
            walk_add_gap(walk, STR("manifest.json"), arena_str(walk->arena, err_text(&err)));
        return;
    }
    bool same = named.count == layers->count;
    for (size_t i = 0; same && i < named.count; i++)
        same = str_eq(named.items[i].name, layers->items[i].name);
    if (!same)
        walk_add_gap(walk, STR("manifest.json"),
                     STR("it names other layers than index.json, which was followed; some engines "
                         "load these"));
}

int manifest_choose(struct walk *walk, struct blobs *blobs, enum manifest_layout layout,
                    str selector, struct image *image, struct manifest_layer_list *ret,
                    struct err *err)
{
    bool docker = blobs->ops->has(blobs, STR("manifest.json"));
    bool oci = blobs->ops->has(blobs, STR("index.json"));
    begin(image, ret);
    if (layout == MANIFEST_DOCKER && !docker)
        return err_set(err, ERR_FORMAT, "not a docker-archive: it holds no manifest.json");
    if (layout == MANIFEST_OCI && !oci)
        return err_set(err, ERR_FORMAT, "not an OCI layout: it holds no index.json");
    if (!docker && !oci)
        return err_set(err, ERR_FORMAT,
                       "not an image: it holds neither manifest.json (docker-archive) nor "
                       "index.json (OCI layout)");
    if (layout == MANIFEST_OCI)
        docker = false;
    if (oci) {
        int result = manifest_choose_oci(walk, blobs, selector, image, ret, err);
        /* Engine 25.0.0 wrote OCI manifests that name no layers; manifest.json has them. */
        if (docker && result == 0)
            image->kind = STR("docker-archive");
        if (docker && result == 0 && ret->count > 0)
            compare_documents(walk, blobs, selector, ret);
        if (!docker || (result == 0 && ret->count > 0))
            return result;
        if (result < 0 && (err->kind == ERR_USAGE || err->kind == ERR_NOT_FOUND))
            return -1;
        err_clear(err);
        begin(image, ret);
    }
    return manifest_choose_docker(walk, blobs, selector, image, ret, err);
}
