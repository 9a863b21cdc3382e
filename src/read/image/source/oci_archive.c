// SPDX-License-Identifier: Apache-2.0
#include "read/image/archive.h"

/* Without a scheme docker_archive.c takes all archives and looks what they are. */
static unsigned bid(const struct target *target)
{
    (void)target;
    return 0;
}

static int open_archive(struct arena *arena, const struct target *target,
                        const struct image_options *options, void **ret_state, struct err *err)
{
    (void)options;
    if (!target->path || target->is_directory)
        return err_set(err, ERR_USAGE, "not a file: an OCI archive is one");
    *ret_state = arena_copy(arena, &target, sizeof(target));
    return 0;
}

static int read_archive(void *state, struct walk *walk, struct image *image, struct err *err)
{
    const struct target *const *target = state;
    return archive_read_file(walk, *target, MANIFEST_OCI, image, err);
}

const struct source source_oci_archive = {
    .scheme = "oci-archive",
    .summary = "an OCI layout in a tar archive, packed or not",
    .path = true,
    .bid = bid,
    .open = open_archive,
    .read = read_archive,
};
