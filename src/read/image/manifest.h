// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_MANIFEST_H
#define HARDEN_READ_IMAGE_MANIFEST_H

#include "io/json.h"
#include "read/image/blobs.h"
#include "read/image/platform.h"
#include "read/image/walk.h"

/*
 * From an archive's or a layout's documents to one image: `manifest.json` of docker save, and
 * image-spec's index.json, nested indexes, manifests and configs (image-layout.md, image-index.md,
 * manifest.md, config.md; Docker's distribution manifest v2.2 has the same shape). Media types are
 * not believed: what a blob is shows in its bytes.
 */
enum manifest_layout {
    MANIFEST_ANY,    /* by what is there */
    MANIFEST_DOCKER, /* manifest.json must be there */
    MANIFEST_OCI,    /* index.json must be there */
};

struct manifest_layer {
    str name;      /* of the blob; "" where `problem` says why there is none */
    str digest;    /* of the blob, as claimed; or "" */
    str diff_id;   /* as the config claims; or "" */
    uint64_t size; /* as claimed; 0: not said */
    str problem;   /* why it cannot be read: "encrypted" */
};
struct manifest_layer_list VEC_BODY(struct manifest_layer);

/* Finds the image by options.platform and `selector`, checks the digests of every document on the
 * way, fills *image (its layers' claims included) and the layers' blobs. Damage that leaves
 * something to say becomes gaps; -1 if there is no image, or no one image, to speak of. */
int manifest_choose(struct walk *walk, struct blobs *blobs, enum manifest_layout layout,
                    str selector, struct image *image, struct manifest_layer_list *ret,
                    struct err *err);

/* The rest is shared by manifest*.c and config.c. */

struct config {
    str text, digest, created;
    struct platform platform;
    VEC(str) diff_ids, created_by; /* created_by only of history that made a layer */
};

/* Parses; wrong types are absent. */
int config_parse(struct arena *arena, str text, struct config *ret, struct err *err);
/* Puts config and layers together into *image. */
void config_apply(struct walk *walk, const struct config *config,
                  struct manifest_layer_list *layers, struct image *image);

/* The blob of that digest, checked. ERR_FORMAT "content has digest ..., not ...". */
int manifest_load(struct walk *walk, struct blobs *blobs, str digest, str *ret, struct err *err);
/* A copy of a string member. */
str manifest_text(struct walk *walk, const struct json *json, const char *name);
/* A name as docker shows it: without docker.io/library/. */
str manifest_short_name(str name);
/* A user's `want` ("alpine", "alpine:3.19", "docker.io/library/alpine:3.19") names `have`. */
bool manifest_name_fits(str have, str want);
/* The platform asked for, or this machine's. */
int manifest_platform(struct walk *walk, struct platform *ret, struct err *err);

int manifest_choose_docker(struct walk *walk, struct blobs *blobs, str selector,
                           struct image *image, struct manifest_layer_list *ret, struct err *err);
int manifest_choose_oci(struct walk *walk, struct blobs *blobs, str selector, struct image *image,
                        struct manifest_layer_list *ret, struct err *err);

#endif
