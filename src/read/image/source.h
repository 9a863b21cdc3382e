// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_SOURCE_H
#define HARDEN_READ_IMAGE_SOURCE_H

#include "io/stream.h"
#include "read/image/image.h"

/*
 * Where images come from: one file each in read/image/source/, registered by its name;
 * docker_archive.c ends in `const struct source source_docker_archive`. Inside read/image only.
 */

/* What the user named. Lives, fd included, until the source is closed. */
struct target {
    str text;          /* behind the scheme: a path, or an engine's reference */
    bool has_scheme;   /* the user said which source it is */
    bool is_stream;    /* "-" (fd is 0), or a path that is a pipe: it is read once, forward */
    const char *path;  /* the path in `text` that exists, or NULL */
    str selector;      /* what follows the path: "oci:DIR:TAG" gives "TAG"; may be empty */
    int fd;            /* of the path, for reading; -1 where there is none */
    bool is_directory; /* else, and if not is_stream, a regular file */
    bool is_layout;    /* a directory that has an `oci-layout` */
    str head;          /* a regular file's first bytes, up to 512 */
};

struct walk;

struct source {
    const char *scheme;  /* "oci-archive": forces this source; "-" for standard input */
    const char *summary; /* for --help: "OCI layout in a tar archive" */
    bool path;           /* its targets are paths, which must exist */
    /* How sure this source is that a target without a scheme is its own, from 0 (no) to 100, by
     * what the target is and holds, never by how it is called; no I/O. */
    unsigned (*bid)(const struct target *target);
    /* Before the sandbox: opens, connects, fetches; parses nothing. *ret_state may stay NULL. */
    int (*open)(struct arena *arena, const struct target *target,
                const struct image_options *options, void **ret_state, struct err *err);
    /* Inside the sandbox: fills *image (strings in the walk's arena) and the walk's layers, by
     * one of the ways below. -1 only if nothing useful can be said. */
    int (*read)(void *state, struct walk *walk, struct image *image, struct err *err);
    void (*close)(void *state); /* or NULL */
};

/*
 * What a source's read() works with: the collectors that serve the command, their paths as one
 * matcher, the cache, and the facts of each layer. Opaque but for these.
 */
struct arena *walk_arena(struct walk *walk);
const struct image_options *walk_options(const struct walk *walk);

/*
 * For sources that know the diff_ids before they have the layers: image->layers holds them, base
 * first. True: the facts of all of them were in the cache, and nothing more needs to be read.
 * Only facts under a diff_id that was computed from the bytes are taken.
 */
bool walk_take_cached(struct walk *walk, const struct image *image);

/*
 * Reads a docker-archive or OCI archive, packed or not, that can only be read forward, entries in
 * any order. `selector` names one of several images ("" if there is one). Fills *image but for
 * what it cannot know; kind and name are the caller's to replace. The stream is read to its end.
 */
int walk_archive_stream(struct walk *walk, struct stream *stream, str selector, struct image *image,
                        struct err *err);

/* Something could not be looked at. `path` is the file, layer or document concerned. */
void walk_add_gap(struct walk *walk, str path, str reason);

/* All sources, NULL-ended. */
const struct source *const *source_all(void);

#endif
