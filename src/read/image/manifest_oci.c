// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/map.h"
#include "io/digest.h"
#include "read/image/manifest.h"

/* One manifest that could be the image. */
struct candidate {
    str digest, name;
    struct platform platform;
    unsigned rank;
};

/* What speaks of an image and is none: a signature, or an attestation. */
struct companion {
    str subject; /* the digest of what it speaks of; absent where it does not say */
    bool is_signature;
};

struct chooser {
    struct walk *walk;
    struct blobs *blobs;
    str selector;
    struct map seen; /* digests, with the digest of the index that each stands in (a str *): one
                      * that comes again is not read again */
    VEC(struct candidate) candidates;
    VEC(struct companion) companions;
    size_t descriptors, absent;
    str absent_platform;
    struct platform want;
};

static str annotation(const struct json *descriptor, const char *name)
{
    return json_get_string(json_get(descriptor, "annotations"), name);
}

static struct platform platform_of(struct chooser *chooser, const struct json *descriptor)
{
    const struct json *platform = json_get(descriptor, "platform");
    return platform_normalise((struct platform){
        .os = manifest_text(chooser->walk, platform, "os"),
        .architecture = manifest_text(chooser->walk, platform, "architecture"),
        .variant = manifest_text(chooser->walk, platform, "variant"),
    });
}

/* BuildKit's provenance and SBOM manifests stand beside the images they speak of. Their platform
 * is what keeps engines from running them; the annotation alone would not. `cosign save` names the
 * kind of what it writes; in what was copied from a registry, a tag made of the image's digest
 * does. */
static bool is_attestation(const struct json *descriptor, struct platform platform)
{
    str kind = annotation(descriptor, "kind");
    str ref = annotation(descriptor, "org.opencontainers.image.ref.name");
    return (str_eq(platform.os, STR("unknown")) && str_eq(platform.architecture, STR("unknown"))) ||
           str_eq(kind, STR("dev.cosignproject.cosign/atts")) ||
           str_eq(kind, STR("dev.cosignproject.cosign/sboms")) ||
           (str_starts(ref, STR("sha256-")) &&
            (str_ends(ref, STR(".att")) || str_ends(ref, STR(".sbom"))));
}

/* Signatures of cosign (as its tags, its `save` and OCI's referrers have them) and of notation. */
static bool is_signature(const struct json *descriptor)
{
    str kind = json_get_string(descriptor, "artifactType");
    str ref = annotation(descriptor, "org.opencontainers.image.ref.name");
    return str_eq(annotation(descriptor, "kind"), STR("dev.cosignproject.cosign/sigs")) ||
           (str_starts(ref, STR("sha256-")) && str_ends(ref, STR(".sig"))) ||
           str_eq(kind, STR("application/vnd.cncf.notary.signature")) ||
           str_eq(kind, STR("application/vnd.dev.cosign.artifact.sig.v1+json")) ||
           str_starts(kind, STR("application/vnd.dev.sigstore.bundle"));
}

/* A tag of cosign is made of the digest; BuildKit says it in an annotation, and what OCI calls a
 * referrer in its manifest. */
static str subject_of(struct chooser *chooser, const struct json *descriptor)
{
    struct arena *arena = chooser->walk->arena;
    struct err ignored = {0};
    str tag = annotation(descriptor, "org.opencontainers.image.ref.name"), hex, kind, text;
    str said = annotation(descriptor, "vnd.docker.reference.digest");
    if (str_skip(&tag, STR("sha256-")) && str_cut(tag, '.', &hex, &kind))
        return arena_join(arena, STR("sha256:"), hex, (str){0});
    if (said.len)
        return arena_str(arena, said);
    str digest = manifest_text(chooser->walk, descriptor, "digest");
    if (manifest_load(chooser->walk, chooser->blobs, digest, &text, &ignored) < 0)
        return (str){0};
    JSON_SCOPED manifest = json_parse(text, &ignored);
    return manifest_text(chooser->walk, json_get(manifest, "subject"), "digest");
}

/* Whatever the name that was asked for. */
static bool takes_companion(struct chooser *chooser, const struct json *descriptor)
{
    bool signature = is_signature(descriptor);
    if (!signature && !is_attestation(descriptor, platform_of(chooser, descriptor)))
        return false;
    *vec_push(chooser->walk->arena, &chooser->companions) =
        (struct companion){subject_of(chooser, descriptor), signature};
    return true;
}

static bool fits_selector(const struct json *descriptor, str selector)
{
    if (selector.len == 0)
        return true;
    return manifest_name_fits(annotation(descriptor, "io.containerd.image.name"), selector) ||
           str_eq(annotation(descriptor, "org.opencontainers.image.ref.name"), selector) ||
           manifest_name_fits(annotation(descriptor, "org.opencontainers.image.ref.name"),
                              selector) ||
           str_eq(json_get_string(descriptor, "digest"), selector);
}

/* "repository:tag" where the layout knows it; a tag alone is no name. */
static str name_of(struct chooser *chooser, const struct json *descriptor)
{
    str name = annotation(descriptor, "io.containerd.image.name");
    str ref = annotation(descriptor, "org.opencontainers.image.ref.name");
    if (name.len == 0)
        name = ref;
    return arena_str(chooser->walk->arena, manifest_short_name(name));
}

static bool is_index(const struct json *document, str media_type)
{
    str own = json_get_string(document, "mediaType");
    if (own.len)
        media_type = own;
    return str_ends(media_type, STR("image.index.v1+json")) ||
           str_ends(media_type, STR("manifest.list.v2+json")) ||
           (json_get(document, "manifests") && !json_get(document, "layers"));
}

static int gather(struct chooser *chooser, const struct json *index, str index_digest, str name,
                  unsigned depth, struct err *err);

static bool is_index_type(str media_type)
{
    return str_ends(media_type, STR("image.index.v1+json")) ||
           str_ends(media_type, STR("manifest.list.v2+json"));
}

static int gather_nested(struct chooser *chooser, str digest, str name, unsigned depth,
                         struct err *err)
{
    struct err own = {0};
    str text;
    if (depth >= LIMIT_INDEX_DEPTH)
        return err_set(err, ERR_LIMIT, "%.*s: indexes in indexes, more than %d deep",
                       STR_ARG(digest), LIMIT_INDEX_DEPTH);
    if (manifest_load(chooser->walk, chooser->blobs, digest, &text, &own) < 0) {
        chooser->absent += own.kind == ERR_NOT_FOUND;
        if (own.kind != ERR_NOT_FOUND)
            walk_add_gap(chooser->walk, digest, arena_str(chooser->walk->arena, err_text(&own)));
        return 0;
    }
    JSON_SCOPED json = json_parse(text, &own);
    if (!json) {
        walk_add_gap(chooser->walk, digest, arena_str(chooser->walk->arena, err_text(&own)));
        return 0;
    }
    return gather(chooser, json, digest, name, depth + 1, err);
}

static int gather_one(struct chooser *chooser, const struct json *descriptor,
                      const str *index_digest, str name, unsigned depth, struct err *err)
{
    struct arena *arena = chooser->walk->arena;
    struct platform platform = platform_of(chooser, descriptor);
    str digest = manifest_text(chooser->walk, descriptor, "digest");
    str blob = blobs_name_of_digest(arena, digest);
    bool first;
    uintptr_t *within = map_put(arena, &chooser->seen, digest, &first);
    if (!first)
        return 0;
    *within = (uintptr_t)index_digest;
    if (blob.len == 0) {
        walk_add_gap(chooser->walk, STR("index.json"), STR("a descriptor without a valid digest"));
        return 0;
    }
    if (is_index_type(json_get_string(descriptor, "mediaType")))
        return gather_nested(chooser, digest, name, depth, err);
    /* An index may name platforms that were never pulled. */
    if (!chooser->blobs->ops->has(chooser->blobs, blob)) {
        chooser->absent++;
        chooser->absent_platform = platform_text(arena, platform);
        return 0;
    }
    *vec_push(arena, &chooser->candidates) =
        (struct candidate){.digest = digest, .name = name, .platform = platform};
    return 0;
}

static int gather(struct chooser *chooser, const struct json *index, str index_digest, str name,
                  unsigned depth, struct err *err)
{
    const str *within = arena_copy(chooser->walk->arena, &index_digest, sizeof(index_digest));
    const struct json *list = json_get(index, "manifests");
    for (const struct json *at = json_first(list); at; at = json_next(at)) {
        if (++chooser->descriptors > LIMIT_INDEX_ENTRIES)
            return err_set(err, ERR_LIMIT, "an index of more than %d entries", LIMIT_INDEX_ENTRIES);
        if (takes_companion(chooser, at) || (depth == 0 && !fits_selector(at, chooser->selector)))
            continue;
        if (gather_one(chooser, at, within, depth == 0 ? name_of(chooser, at) : name, depth, err) <
            0)
            return -1;
    }
    return 0;
}

static int read_manifest(struct chooser *chooser, str digest, struct json **ret, struct err *err)
{
    str text;
    if (manifest_load(chooser->walk, chooser->blobs, digest, &text, err) < 0)
        return -1;
    *ret = json_parse(text, err);
    if (!*ret)
        return err_wrap(err, "%.*s", STR_ARG(digest));
    if (json_u64(json_get(*ret, "schemaVersion"), 2) == 1 || json_get(*ret, "fsLayers"))
        return err_set(err, ERR_UNSUPPORTED,
                       "%.*s is a manifest of schema 1, which names no config and no layers' "
                       "content; pull or build the image again with a current engine",
                       STR_ARG(digest));
    return 0;
}

static int read_config(struct chooser *chooser, const struct json *manifest, struct config *ret,
                       struct err *err)
{
    str text, digest = manifest_text(chooser->walk, json_get(manifest, "config"), "digest");
    if (manifest_load(chooser->walk, chooser->blobs, digest, &text, err) < 0)
        return err_wrap(err, "image config");
    return config_parse(chooser->walk->arena, text, ret, err);
}

/* Where the descriptor does not tell the platform, the config does. */
static void learn_platform(struct chooser *chooser, struct candidate *candidate)
{
    struct err ignored = {0};
    struct config config = {0};
    JSON_SCOPED manifest = NULL;
    if (candidate->platform.os.len || candidate->platform.architecture.len)
        return;
    if (read_manifest(chooser, candidate->digest, &manifest, &ignored) == 0 &&
        read_config(chooser, manifest, &config, &ignored) == 0)
        candidate->platform = config.platform;
}

static int fail_no_match(struct chooser *chooser, struct err *err)
{
    struct arena *arena = chooser->walk->arena;
    enum { MOST_SHOWN = 12 };
    str want = platform_text(arena, chooser->want), there = {0};
    for (size_t i = 0; i < chooser->candidates.count && i < MOST_SHOWN; i++) {
        str text = platform_text(arena, chooser->candidates.items[i].platform);
        there = there.len ? arena_join(arena, there, STR(", "), text) : text;
    }
    if (there.len)
        return err_set(err, ERR_NOT_FOUND, "no image for %.*s; there is: %.*s; see --platform",
                       STR_ARG(want), STR_ARG(there));
    if (chooser->absent)
        return err_set(err, ERR_NOT_FOUND,
                       "the index names %zu manifests, none of which is in the archive%s%.*s",
                       chooser->absent, chooser->absent_platform.len ? ": " : "",
                       STR_ARG(chooser->absent_platform));
    if (chooser->selector.len)
        return err_set(err, ERR_NOT_FOUND, "no image %.*s in the layout",
                       STR_ARG(chooser->selector));
    return err_set(err, ERR_FORMAT, "index.json names no image");
}

static int choose(struct chooser *chooser, const struct candidate **ret, struct err *err)
{
    struct candidate *best = NULL;
    size_t count = chooser->candidates.count;
    bool asked = chooser->walk->options.platform != NULL;
    for (size_t i = 0; i < count; i++) {
        struct candidate *at = &chooser->candidates.items[i];
        if (asked || count > 1)
            learn_platform(chooser, at);
        at->rank = platform_rank(chooser->want, at->platform);
        if (!best || at->rank < best->rank)
            best = at;
    }
    if (!best || (best->rank == PLATFORM_NO_MATCH && (asked || count > 1)))
        return fail_no_match(chooser, err);
    for (size_t i = 0; i < count; i++) {
        const struct candidate *at = &chooser->candidates.items[i];
        if (at == best || at->rank != best->rank)
            continue;
        if (!str_eq(at->name, best->name))
            return err_set(err, ERR_USAGE,
                           "several images are in the layout: %.*s, %.*s ...; put one behind the "
                           "path, after a colon",
                           STR_ARG(best->name), STR_ARG(at->name));
        walk_add_gap(chooser->walk, at->digest,
                     STR("another image for the same platform; only the first was read"));
    }
    *ret = best;
    return 0;
}

static void add_layer(struct chooser *chooser, const struct json *descriptor,
                      struct manifest_layer *layer)
{
    str type = json_get_string(descriptor, "mediaType");
    layer->digest = manifest_text(chooser->walk, descriptor, "digest");
    layer->size = json_u64(json_get(descriptor, "size"), 0);
    layer->name = blobs_name_of_digest(chooser->walk->arena, layer->digest);
    if (layer->name.len == 0) {
        layer->problem = STR("its digest in the manifest is not valid");
        layer->digest = (str){0};
    } else if (str_contains(type, STR("+encrypted"))) {
        layer->problem = STR("encrypted; not read");
    } else if (str_contains(type, STR("erofs"))) {
        layer->problem = STR("an EROFS layer; not read");
    }
}

static int take(struct chooser *chooser, const struct candidate *candidate, struct image *image,
                struct manifest_layer_list *ret, struct err *err)
{
    struct walk *walk = chooser->walk;
    struct err own = {0};
    struct config config = {0};
    JSON_SCOPED manifest = NULL;
    if (read_manifest(chooser, candidate->digest, &manifest, err) < 0)
        return -1;
    if (is_index(manifest, (str){0}))
        return err_set(err, ERR_FORMAT, "%.*s is an index, but is not declared as one",
                       STR_ARG(candidate->digest));
    const struct json *layers = json_get(manifest, "layers");
    if (!json_is_array(layers))
        return err_set(err, ERR_FORMAT, "%.*s is not the manifest of an image: it has no layers",
                       STR_ARG(candidate->digest));
    for (const struct json *at = json_first(layers); at; at = json_next(at)) {
        if (ret->count >= LIMIT_LAYERS)
            return err_set(err, ERR_LIMIT, "%.*s names more than %d layers",
                           STR_ARG(candidate->digest), LIMIT_LAYERS);
        add_layer(chooser, at, vec_push(walk->arena, ret));
    }
    if (read_config(chooser, manifest, &config, &own) < 0) {
        walk_add_gap(walk, candidate->digest, arena_str(walk->arena, err_text(&own)));
        config = (struct config){.platform = candidate->platform};
    }
    image->kind = STR("oci-archive");
    image->digest = candidate->digest;
    /* A tag alone ("latest") is no name that anybody would recognise. */
    if (str_find_char(candidate->name, ':') != STR_NONE ||
        str_find_char(candidate->name, '/') != STR_NONE)
        image->name = candidate->name;
    config_apply(walk, &config, ret, image);
    return 0;
}

/* Who signs an index signs what is in it. */
static bool is_subject(const struct chooser *chooser, str digest, str subject)
{
    for (unsigned depth = 0; digest.len && depth <= LIMIT_INDEX_DEPTH; depth++) {
        const uintptr_t *within = map_get(&chooser->seen, digest);
        if (str_eq(digest, subject))
            return true;
        digest = within && *within ? *(const str *)*within : (str){0};
    }
    return false;
}

static void count_companions(const struct chooser *chooser, const struct candidate *candidate,
                             struct image *image)
{
    image->is_in_index = true;
    for (size_t i = 0; i < chooser->companions.count; i++) {
        const struct companion *companion = &chooser->companions.items[i];
        bool ours =
            !companion->subject.len || is_subject(chooser, candidate->digest, companion->subject);
        image->signatures += ours && companion->is_signature;
        image->attestations += ours && !companion->is_signature;
    }
}

int manifest_choose_oci(struct walk *walk, struct blobs *blobs, str selector, struct image *image,
                        struct manifest_layer_list *ret, struct err *err)
{
    struct chooser chooser = {.walk = walk, .blobs = blobs, .selector = selector};
    const struct candidate *candidate = NULL;
    str text;
    if (manifest_platform(walk, &chooser.want, err) < 0 ||
        blobs->ops->document(blobs, walk->arena, STR("index.json"), &text, err) < 0)
        return -1;
    JSON_SCOPED index = json_parse(text, err);
    if (!index)
        return err_wrap(err, "index.json");
    if (gather(&chooser, index, (str){0}, (str){0}, 0, err) < 0 ||
        choose(&chooser, &candidate, err) < 0)
        return -1;
    count_companions(&chooser, candidate, image);
    return take(&chooser, candidate, image, ret, err);
}
