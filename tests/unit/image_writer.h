// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_TESTS_UNIT_IMAGE_WRITER_H
#define HARDEN_TESTS_UNIT_IMAGE_WRITER_H

#include "base/buf.h"
#include "read/image/image.h"
#include "tests/unit/test.h"

/* Makes images for tests, in memory and in files of test_folder(), and reads them with collectors
 * of its own: etc/list and etc/list.d/ * hold lines "name version". */

/* One tar entry; type is tar's own letter. For links, `content` is the target. */
void tar_put(struct buf *tar, char type, const char *path, str content);
void tar_file(struct buf *tar, const char *path, const char *content);
void tar_folder(struct buf *tar, const char *path);
void tar_link(struct buf *tar, const char *path, const char *target);
void tar_hard(struct buf *tar, const char *path, const char *target);
void tar_finish(struct buf *tar); /* the two zero blocks */

/* gzip, stored: valid, if not small. */
str gzip_of(struct arena *arena, str bytes);

struct test_image {
    struct arena *arena;
    struct buf layers[16];
    size_t count;
    bool finished;
    bool gzip;              /* OCI blobs */
    const char *platform;   /* "amd64" */
    const char *wrong_diff; /* claimed for layer 0 instead of its own; or NULL */
};

/* Starts a layer, finishing the one before. */
struct buf *image_layer(struct test_image *image);
str image_config(struct test_image *image);
/* What docker save of engine 20.10 writes. */
str image_docker_archive(struct test_image *image);
/* An OCI layout as a tar archive; blobs are files blobs/sha256/... */
str image_oci_archive(struct test_image *image);
/* "sha256:..." of bytes; adds them as a blob to an archive and gives the descriptor. */
str image_add_blob(struct arena *arena, struct buf *tar, const char *media_type, str bytes);
void image_free(struct test_image *image);

/* test_folder()/name with that content; its path. */
const char *image_file(struct arena *arena, const char *name, str content);

extern const struct collector *const image_collectors[];
extern const struct collector *const image_collectors_newer[]; /* the same, version 2 */

/* Opens and reads; -1 with err as image_open() or image_read() do. */
int image_scan(struct arena *arena, const char *target, const struct image_options *options,
               struct image_result *ret, struct err *err);
/* One line a fact, in order: "0 etc/list: name version" and "gap path: reason". */
str image_facts(struct arena *arena, const struct image_result *result);
/* One line a name: "d 0 etc", "- 1 etc/list 12". */
str image_files(struct arena *arena, const struct image_result *result);

#endif
