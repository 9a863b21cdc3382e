// SPDX-License-Identifier: Apache-2.0
#include "base/fd.h"
#include "read/image/blobs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

struct folder {
    struct blobs blobs;
    int fd;
};

enum { OPEN_FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

/* The kernel resolves the name and never leaves the folder; links inside of it are fine. */
static int open_beneath(int folder, const char *name)
{
    struct open_how how = {.flags = OPEN_FLAGS, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, folder, name, &how, sizeof(how));
}

/* Without openat2(): name by name, following no link at all. */
static int open_step_by_step(int folder, str name)
{
    int at = dup(folder);
    str part;
    while (at >= 0 && str_next(&name, '/', &part)) {
        char text[NAME_MAX + 1];
        if (part.len > NAME_MAX) {
            fd_close(&at);
            errno = ENAMETOOLONG;
            return -1;
        }
        for (size_t i = 0; i < part.len; i++)
            text[i] = part.ptr[i];
        text[part.len] = 0;
        int next = openat(at, text, OPEN_FLAGS | O_NOFOLLOW | (name.len ? O_DIRECTORY : 0));
        fd_close(&at);
        at = next;
    }
    return at;
}

static int open_file(struct blobs *blobs, str name, struct blob *ret, struct err *err)
{
    struct folder *folder = (struct folder *)blobs;
    ARENA_SCOPED arena = {0};
    int fd = open_beneath(folder->fd, arena_cstr(&arena, name));
    if (fd < 0 && (errno == ENOSYS || errno == EPERM || errno == EINVAL))
        fd = open_step_by_step(folder->fd, name);
    *ret = (struct blob){.fd = fd, .owned = true};
    if (fd < 0 && (errno == EXDEV || errno == ELOOP))
        return err_set(err, ERR_FORMAT, "%.*s is a link out of the layout, not followed",
                       STR_ARG(name));
    if (fd < 0 || fstat(fd, &ret->file) < 0)
        return err_sys(err, "%.*s", STR_ARG(name));
    if (!S_ISREG(ret->file.st_mode)) {
        blob_close(ret);
        return err_set(err, ERR_FORMAT, "%.*s is not a regular file", STR_ARG(name));
    }
    ret->length = (uint64_t)ret->file.st_size;
    return 0;
}

static bool has_file(struct blobs *blobs, str name)
{
    struct err ignored = {0};
    BLOB_SCOPED blob = {.fd = -1};
    return open_file(blobs, name, &blob, &ignored) == 0;
}

static const struct blobs_ops folder_ops = {
    .open = open_file,
    .document = blobs_read_document,
    .has = has_file,
};

struct blobs *blobs_of_folder(struct arena *arena, int fd)
{
    struct folder *folder = arena_new(arena, struct folder);
    folder->blobs.ops = &folder_ops;
    folder->fd = fd;
    return &folder->blobs;
}
