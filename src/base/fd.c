// SPDX-License-Identifier: Apache-2.0
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
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

int fd_read_file(struct arena *arena, const char *path, size_t max, str *ret, struct err *err)
{
    struct stat st;
    FD_SCOPED fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) < 0)
        return err_sys(err, "cannot open %s", path);
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_FORMAT, "%s is not a regular file", path);
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
