// SPDX-License-Identifier: Apache-2.0
#include "read/image/archive.h"

/* Also takes what has no scheme and turns out to be an OCI archive: which of the two an archive
 * is shows only when its names are read, in the sandbox. */
struct state {
    const struct target *target;
    enum manifest_layout layout;
};

static unsigned bid(const struct target *target)
{
    return target->path && !target->is_directory && archive_could_be(target->head) ? 80 : 0;
}

static int open_archive(struct arena *arena, const struct target *target,
                        const struct image_options *options, void **ret_state, struct err *err)
{
    (void)options;
    if (!target->path || target->is_directory)
        return err_set(err, ERR_USAGE, "not a file: a docker-archive is one");
    struct state *state = arena_new(arena, struct state);
    state->target = target;
    state->layout = target->has_scheme ? MANIFEST_DOCKER : MANIFEST_ANY;
    *ret_state = state;
    return 0;
}

static int read_archive(void *context, struct walk *walk, struct image *image, struct err *err)
{
    const struct state *state = context;
    return archive_read_file(walk, state->target, state->layout, image, err);
}

const struct source source_docker_archive = {
    .scheme = "docker-archive",
    .summary = "what `docker save` wrote, of any engine, packed or not",
    .path = true,
    .bid = bid,
    .open = open_archive,
    .read = read_archive,
};
