// SPDX-License-Identifier: Apache-2.0
/*
 * On cgroup v2 programs in the kernel decide which devices a container may use: which those are,
 * and their instructions, by bpf(2). Before the sandbox; nothing of it is parsed here.
 */
#include "base/fd.h"
#include "base/limits.h"
#include "read/host/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

static int bpf(int command, union bpf_attr *attributes)
{
    return (int)syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static str reason(struct host_reader *reader, const char *what)
{
    return arena_printf(reader->arena, "the programs of the kernel that decide cannot be %s: %s",
                        what, errno == EPERM ? "only root may" : strerror(errno));
}

/* The folder of the process in the tree of v2, or -1. The tree is at one of two places. */
static int open_cgroup(struct host_reader *reader, str cgroup)
{
    static const char *const places[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
    str line, path = {0};
    while (!path.len && str_next_line(&cgroup, &line))
        if (str_skip(&line, STR("0::")))
            path = line;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && path.len; i++) {
        struct statfs file_system;
        int fd = reader_open(reader, arena_join(reader->arena, str_from(places[i]), (str){0}, path),
                             O_RDONLY | O_DIRECTORY);
        if (fd < 0)
            continue;
        if (fstatfs(fd, &file_system) == 0 && file_system.f_type == CGROUP2_SUPER_MAGIC)
            return fd;
        fd_close(&fd);
    }
    return -1;
}

/* The instructions of the program of that number; false with errno. */
static bool read_program(struct host_reader *reader, uint32_t id, str *ret)
{
    union bpf_attr attributes = {.prog_id = id};
    struct bpf_prog_info info = {0};
    FD_SCOPED fd = bpf(BPF_PROG_GET_FD_BY_ID, &attributes);
    if (fd < 0)
        return false;
    for (int round = 0; round < 2; round++) {
        /* The first time only for the length. */
        size_t size = info.xlated_prog_len;
        if (size > LIMIT_DEVICE_PROGRAM * sizeof(struct bpf_insn)) {
            errno = E2BIG;
            return false;
        }
        char *code = arena_alloc(reader->arena, size + 1);
        info = (struct bpf_prog_info){.xlated_prog_insns = (uintptr_t)code,
                                      .xlated_prog_len = (uint32_t)size};
        attributes = (union bpf_attr){
            .info = {.bpf_fd = (uint32_t)fd, .info_len = sizeof(info), .info = (uintptr_t)&info}};
        if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attributes) < 0)
            return false;
        *ret = str_make(code, size);
    }
    /* The kernel hides them where it hides its addresses (net.core.bpf_jit_harden). */
    errno = EACCES;
    return ret->len > 0 && info.xlated_prog_insns != 0;
}

/* Most containers of an engine have the same program each, and some share one. */
static bool find_program(struct host_reader *reader, uint32_t id, str *ret)
{
    for (size_t i = 0; i < reader->device_programs.count; i++)
        if (reader->device_programs.items[i].id == id) {
            *ret = reader->device_programs.items[i].code;
            return true;
        }
    if (!read_program(reader, id, ret))
        return false;
    *vec_push(reader->arena, &reader->device_programs) =
        (struct device_program){.id = id, .code = *ret};
    return true;
}

void devices_gather(struct host_reader *reader, struct raw_live *raw)
{
    uint32_t ids[LIMIT_DEVICE_GATES];
    if (!reader->is_machine) {
        raw->devices_error = STR("what a program of the kernel decides is only known of this "
                                 "machine itself");
        return;
    }
    FD_SCOPED fd = open_cgroup(reader, raw->cgroup);
    if (fd < 0) {
        raw->devices_error = STR("its control group is not to be seen below /sys/fs/cgroup");
        return;
    }
    union bpf_attr attributes = {.query = {.target_fd = (uint32_t)fd,
                                           .attach_type = BPF_CGROUP_DEVICE,
                                           .query_flags = BPF_F_QUERY_EFFECTIVE,
                                           .prog_ids = (uintptr_t)ids,
                                           .prog_cnt = LIMIT_DEVICE_GATES}};
    if (bpf(BPF_PROG_QUERY, &attributes) < 0) {
        raw->devices_error = reason(reader, "listed");
        return;
    }
    for (uint32_t i = 0; i < attributes.query.prog_cnt && i < LIMIT_DEVICE_GATES; i++) {
        str code;
        if (!find_program(reader, ids[i], &code)) {
            raw->devices_error = reason(reader, "read");
            return;
        }
        *vec_push(reader->arena, &raw->device_programs) = code;
    }
}
