// SPDX-License-Identifier: Apache-2.0
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void fd_close_dir(DIR **dir)
{
    if (*dir)
        closedir(*dir);
    *dir = NULL;
}

void fd_close_file(FILE **file)
{
    if (*file)
        fclose(*file);
    *file = NULL;
}

int fd_write_all(int fd, const void *bytes, size_t len, struct err *err)
{
    const char *from = bytes;
    while (len) {
        ssize_t done = write(fd, from, len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return err_sys(err, "cannot write");
        from += done;
        len -= (size_t)done;
    }
    return 0;
}

int fd_open_file(const char *path, struct stat *ret, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, ret) < 0)
        err_sys(err, "cannot open %s", path);
    else if (!S_ISREG(ret->st_mode))
        err_set(err, ERR_FORMAT, "%s is not a regular file", path);
    else
        return fd;
    fd_close(&fd);
    return -1;
}

int fd_read_file(struct arena *arena, const char *path, size_t max, str *ret, struct err *err)
{
    struct stat st;
    FD_SCOPED fd = fd_open_file(path, &st, err);
    if (fd < 0)
        return -1;
    if ((uint64_t)st.st_size > max)
        return err_set(err, ERR_LIMIT, "%s is larger than %zu bytes", path, max);
    size_t size = (size_t)st.st_size, len = 0;
    char *bytes = arena_alloc(arena, size + 1);
    while (len < size) {
        ssize_t got = read(fd, bytes + len, size - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(err, "cannot read %s", path);
        if (got == 0)
            break;
        len += (size_t)got;
    }
    *ret = (str){bytes, len};
    return 0;
}

int fd_make_dirs(const char *path, struct err *err)
{
    ARENA_SCOPED arena = {0};
    char *copy = arena_copy(&arena, path, strlen(path) + 1);
    for (char *at = copy + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = 0;
        if (mkdir(copy, 0700) < 0 && errno != EEXIST)
            return err_sys(err, "cannot make %s", copy);
        *at = '/';
    }
    if (mkdir(copy, 0700) < 0 && errno != EEXIST)
        return err_sys(err, "cannot make %s", copy);
    return 0;
}

int fd_replace_file(const char *path, str content, struct err *err)
{
    ARENA_SCOPED arena = {0};
    const char *temporary = arena_printf(&arena, "%s.tmp-%d", path, (int)getpid()).ptr;
    FD_SCOPED fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_sys(err, "cannot create %s", temporary);
    if (fd_write_all(fd, content.ptr, content.len, err) < 0) {
        unlink(temporary);
        return err_wrap(err, "%s", temporary);
    }
    if (fsync(fd) < 0 || rename(temporary, path) < 0) {
        err_sys(err, "cannot replace %s", path);
        unlink(temporary);
        return -1;
    }
    return 0;
}

static int write_like(int fd, const struct stat *like, str content, struct err *err)
{
    /* Owner first: chown clears setuid bits. Somebody else's file cannot be given away. */
    if (fchown(fd, like->st_uid, like->st_gid) < 0 && errno != EPERM)
        return err_sys(err, "cannot keep the owner");
    if (fchmod(fd, like->st_mode & 07777) < 0)
        return err_sys(err, "cannot keep the mode");
    if (fd_write_all(fd, content.ptr, content.len, err) < 0)
        return -1;
    return fsync(fd) < 0 ? err_sys(err, "cannot write") : 0;
}

int fd_may_replace(const char *path, struct err *err)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return errno == ENOENT ? 0 : err_sys(err, "cannot look at %s", path);
    if (S_ISREG(st.st_mode))
        return 0;
    return err_set(err, ERR_IO,
                   "%s is no regular file: what it is (a device, a pipe, a folder) "
                   "would be gone",
                   path);
}

int fd_rewrite_file(const char *path, str content, struct err *err)
{
    ARENA_SCOPED arena = {0};
    struct stat st;
    char *real = realpath(path, NULL);
    if (!real || stat(real, &st) < 0) {
        free(real);
        return err_sys(err, "cannot open %s", path);
    }
    const char *target = arena_cstr(&arena, str_from(real));
    free(real);
    if (fd_may_replace(target, err) < 0)
        return -1;
    const char *temporary = arena_printf(&arena, "%s.tmp-%d", target, (int)getpid()).ptr;
    FD_SCOPED fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_sys(err, "cannot create %s", temporary);
    int result = write_like(fd, &st, content, err);
    if (result == 0 && rename(temporary, target) < 0)
        result = err_sys(err, "cannot replace it");
    if (result < 0) {
        unlink(temporary);
        return err_wrap(err, "%s", target);
    }
    return 0;
}
