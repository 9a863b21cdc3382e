// SPDX-License-Identifier: Apache-2.0
/* Limits of what a cgroup reads and writes (cgroup-v2 io.max, v1 blkio.throttle.*). */
#include "base/limits.h"
#include "read/host/reader.h"

/* Where each kind stands: a file of its own on v1, a word of each line on v2. */
static const struct {
    const char *file;
    str word;
} kinds[IO_KINDS] = {
    [IO_READ_BYTES] = {"blkio.throttle.read_bps_device", STR_INIT("rbps=")},
    [IO_WRITE_BYTES] = {"blkio.throttle.write_bps_device", STR_INIT("wbps=")},
    [IO_READS] = {"blkio.throttle.read_iops_device", STR_INIT("riops=")},
    [IO_WRITES] = {"blkio.throttle.write_iops_device", STR_INIT("wiops=")},
};

void io_rates_parse(struct arena *arena, str text, str word, struct live_rate_list *ret)
{
    str line, piece;
    while (str_next_line(&text, &line)) {
        bool first = true;
        for (; str_next_word(&line, &piece); first = false) {
            uint64_t rate;
            if (first || !str_skip(&piece, word) || !str_to_u64(piece, UINT64_MAX, &rate) ||
                ret->count >= LIMIT_HOST_ROWS)
                continue;
            *vec_push(arena, ret) = rate;
        }
    }
}

static bool read_file(struct host_reader *reader, str folder, const char *name, str *ret,
                      str *ret_path)
{
    struct err ignored = {0};
    *ret_path = arena_join(reader->arena, folder, STR("/"), str_from(name));
    return folder.len && reader_file(reader, *ret_path, KIB(64), ret, &ignored) == 0;
}

void live_io_read(struct host_reader *reader, str cgroup, struct live_container *container)
{
    const struct host_mount_list *mounts = &reader->host->mounts;
    str v1 = cgroup_folder(reader->arena, mounts, cgroup, STR("blkio")), text;
    str v2 = cgroup_folder(reader->arena, mounts, cgroup, STR("io"));
    for (size_t i = 0; i < IO_KINDS; i++) {
        struct live_io *io = &container->io[i];
        if (read_file(reader, v1, kinds[i].file, &text, &io->path))
            io_rates_parse(reader->arena, text, (str){0}, &io->rates);
        else if (read_file(reader, v2, "io.max", &text, &io->path))
            io_rates_parse(reader->arena, text, kinds[i].word, &io->rates);
        else
            continue;
        io->is_known = true;
    }
}
