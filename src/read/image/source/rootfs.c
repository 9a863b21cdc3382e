// SPDX-License-Identifier: Apache-2.0
#include "read/image/rootfs.h"

static unsigned bid(const struct target *target)
{
    return target->is_directory ? 50 : 0;
}

static int open_folder(struct arena *arena, const struct target *target,
                       const struct image_options *options, void **ret_state, struct err *err)
{
    (void)options;
    if (!target->is_directory)
        return err_set(err, ERR_USAGE, "not a directory: a root file system is one");
    *ret_state = arena_copy(arena, &target, sizeof(target));
    return 0;
}

static int read_folder(void *state, struct walk *walk, struct image *image, struct err *err)
{
    (void)err;
    const struct target *target = *(const struct target *const *)state;
    walk_set_layers(walk, 1);
    walk->layers_all = 1;
    walk->layers[0] = walk_make_layer(walk);
    rootfs_walk(walk, walk->layers[0], target->fd);
    walk_layer_done(walk);
    *image = (struct image){.kind = STR("rootfs")};
    vec_push(walk->arena, &image->layers);
    return 0;
}

const struct source source_rootfs = {
    .scheme = "rootfs",
    .summary = "a root file system in a directory; / is this machine's",
    .path = true,
    .bid = bid,
    .open = open_folder,
    .read = read_folder,
};
