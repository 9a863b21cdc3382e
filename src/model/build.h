// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_BUILD_H
#define HARDEN_MODEL_BUILD_H

#include "base/vec.h"

/*
 * What surrounds a Dockerfile when it is built, as far as somebody looked: the build context, its
 * .dockerignore, and base images that the engine has. Gathered by the application; parser and
 * rules only read it.
 */

/* A pattern of a .dockerignore file, ready to match; see read/dockerfile/dockerfile.h. */
struct ignore_pattern {
    str text;      /* cleaned: without "!", leading and trailing slashes, "." and ".." */
    bool except;   /* it began with "!" */
    uint32_t line; /* from 1 */
};
struct ignore_patterns VEC_BODY(struct ignore_pattern);

struct context_entry {
    str path; /* in the context, without leading "/" and "./" */
    bool is_folder;
    bool is_archive; /* a tar archive, packed or not, by its first bytes: ADD would unpack it */
};
struct context_entries VEC_BODY(struct context_entry);

struct build_context {
    bool has_ignore; /* there is a .dockerignore, or one of the Dockerfile's own */
    str ignore_path; /* where it is, or where it should be */
    struct ignore_patterns ignore;
    struct context_entries entries; /* sorted by path in byte order */
    bool complete;                  /* entries has all that there is, not only the first ones */
};

struct base_variable {
    str name, value;
};

/* The configuration of a base image that the engine has. */
struct base_image {
    str name; /* as FROM has it after expansion */
    str user, workdir;
    str platform; /* "linux/amd64"; empty where unknown */
    struct base_words VEC_BODY(str) shell, onbuild;
    struct base_variables VEC_BODY(struct base_variable) env;
    bool has_healthcheck, has_cmd, has_entrypoint;
};
struct base_images VEC_BODY(struct base_image);

/* What a name of a base image stood for when somebody looked: to pin it. */
struct base_digest {
    str name;   /* "debian:12"; "debian" means "debian:latest" */
    str digest; /* "sha256:..." */
};
struct base_digests VEC_BODY(struct base_digest);

/* How it will be built. All may be absent. */
struct build_options {
    struct build_args VEC_BODY(struct base_variable) args; /* --build-arg */
    str target;                                            /* --target */
    bool target_may_miss; /* the caller says it where the file has no such stage */
    str platform;         /* that the engine builds for unless told: "linux/amd64"; or empty */
    const struct build_context *context;
    const struct base_images *bases;
    const struct base_digests *digests;
};

#endif
