// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_IMAGE_CONFIG_H
#define HARDEN_MODEL_IMAGE_CONFIG_H

#include "base/vec.h"

/*
 * The configuration of an image (image-spec's config.md, and Docker's additions: Healthcheck,
 * OnBuild, Shell). What is absent is empty. Strings live in the arena of the image.
 */
struct image_words VEC_BODY(str);

struct image_variable {
    str name, value; /* of Env, and of Labels */
};
struct image_variables VEC_BODY(struct image_variable);

/* A step of the build. */
struct image_step {
    str created_by, created, comment;
    bool has_layer;
    uint32_t layer; /* from the base; where has_layer */
};
struct image_steps VEC_BODY(struct image_step);

struct image_config {
    bool present; /* false: a root file system has none */
    str user, workdir, stop_signal, created, author;
    struct image_words entrypoint, cmd, shell, onbuild;
    struct image_words exposed; /* "80/tcp", in order */
    struct image_words volumes; /* paths */
    struct image_words health;  /* Test: "CMD-SHELL", "curl ..."; empty: none said */
    struct image_variables env; /* a line without '=' has an empty value */
    struct image_variables labels;
    struct image_steps history;
};

/* The value of that variable; absent where it is not set. The last one counts. */
str image_config_env(const struct image_config *config, str name);

#endif
