// SPDX-License-Identifier: Apache-2.0
#include "read/image/source.h"

static unsigned bid(const struct target *target)
{
    return target->is_stream ? 100 : 0;
}

static int open_stream(struct arena *arena, const struct target *target,
                       const struct image_options *options, void **ret_state, struct err *err)
{
    (void)options;
    (void)err;
    *ret_state = arena_copy(arena, &target->fd, sizeof(target->fd));
    return 0;
}

static int read_stream(void *state, struct walk *walk, struct image *image, struct err *err)
{
    const int *fd = state;
    STREAM_SCOPED stream = stream_pipe(*fd, false);
    return walk_archive_stream(walk, stream, STR(""), image, err);
}

const struct source source_stdin = {
    .scheme = "-",
    .summary = "a docker-archive or OCI archive from standard input",
    .bid = bid,
    .open = open_stream,
    .read = read_stream,
};
