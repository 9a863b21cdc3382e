// SPDX-License-Identifier: Apache-2.0
#include "read/image/layers.h"

static unsigned bid(const struct target *target)
{
    return target->is_directory && target->is_layout ? 90 : 0;
}

static int open_layout(struct arena *arena, const struct target *target,
                       const struct image_options *options, void **ret_state, struct err *err)
{
    (void)options;
    if (!target->path || !target->is_directory)
        return err_set(err, ERR_USAGE, "not a directory: an OCI layout is one");
    *ret_state = arena_copy(arena, &target, sizeof(target));
    return 0;
}

static int read_layout(void *state, struct walk *walk, struct image *image, struct err *err)
{
    const struct target *target = *(const struct target *const *)state;
    struct blobs *blobs = blobs_of_folder(walk->arena, target->fd);
    if (layers_read_image(walk, blobs, MANIFEST_OCI, target->selector, image, err) < 0)
        return -1;
    image->kind = STR("oci");
    return 0;
}

const struct source source_oci = {
    .scheme = "oci",
    .summary = "an OCI layout directory; oci:DIR:TAG chooses among several images",
    .path = true,
    .bid = bid,
    .open = open_layout,
    .read = read_layout,
};
