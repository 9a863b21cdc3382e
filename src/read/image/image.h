// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_IMAGE_H
#define HARDEN_READ_IMAGE_IMAGE_H

#include "model/collector.h"
#include "model/files.h"
#include "model/image.h"
#include "model/image_config.h"

/*
 * The door of read/image: from a target to facts. Two steps, with the sandbox between them:
 * image_open() touches the outside world (opens files, talks to the engine) but parses nothing
 * that could be hostile beyond magic bytes; image_read() parses and touches nothing outside.
 *
 * Sources are files in read/image/source/, registered by name: docker_archive.c ends in
 * `const struct source source_docker_archive`.
 */
struct image_progress {
    /* May be called from any thread; layers done of all, bytes read so far of all (0: unknown). */
    void (*update)(void *context, size_t layers_done, size_t layers, uint64_t bytes,
                   uint64_t bytes_all);
    void *context;
};

struct image_options {
    const char *platform; /* "linux/arm64" or NULL: this machine's */
    const char *host;     /* the engine: --host, or NULL for DOCKER_HOST / context / default */
    unsigned wants;       /* bits of enum want */
    size_t jobs;          /* threads; 0 = one a processor */
    bool verify;          /* digest also what could be skipped */
    bool use_cache;
    const char *cache_dir;                 /* "<home>/layers" */
    const struct image_progress *progress; /* or NULL */
};

struct image_reader;

/*
 * `target` as the user wrote it: "docker:REF", "docker-archive:F", "oci:DIR[:TAG]",
 * "oci-archive:F", "rootfs:DIR", "-" (standard input), or a bare path or reference whose type is
 * found from the content (an existing path wins over a reference).
 */
int image_open(struct arena *arena, const char *target, const struct image_options *options,
               struct image_reader **ret, struct err *err);

struct image_result {
    struct image image;
    struct image_config config;
    /* Facts of the merged image: those whose file is visible. `layer` of a package is the layer
     * that brought or last changed that record (name, arch, version), not the last layer that
     * rewrote the database. Sorted by kind, layer, path and then as read. Gaps of all layers. */
    struct fact_list facts;
    /* With WANT_TREE, or if any collector looks at content: the merged view as a tree... */
    struct files tree;
    /* ...and with WANT_FILES, sorted by path. */
    struct merged_list files;
};

/* Runs the collectors (NULL-ended) that serve options.wants over all layers and merges. Damage
 * within the image becomes gaps; -1 only if nothing useful can be said (no manifest, no layer). */
int image_read(struct image_reader *reader, const struct collector *const *collectors,
               struct arena *arena, struct image_result *ret, struct err *err);
void image_close(struct image_reader *reader);

/* The config document of an image as a struct; wrong types are absent. */
int image_config_parse(struct arena *arena, const struct image *image, struct image_config *ret,
                       struct err *err);

/* For --help: scheme and summary of each source, in order; false past the last one. */
struct image_source_info {
    const char *scheme, *summary;
};
bool image_source(size_t index, struct image_source_info *ret);

#endif
