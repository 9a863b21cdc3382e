// SPDX-License-Identifier: Apache-2.0
/* Files below the root that stands for the machine's. */
#include "base/fd.h"
#include "base/limits.h"
#include "read/host/reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

str reader_path(struct host_reader *reader, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    str path = arena_vprintf(reader->arena, format, args);
    va_end(args);
    return path;
}

void reader_gap(struct host_reader *reader, str path, str reason)
{
    struct gap_list *gaps = reader->host ? &reader->host->gaps : &reader->gaps;
    if (gaps->count < LIMIT_GAPS)
        *vec_push(reader->arena, gaps) = (struct gap){.path = path, .reason = reason};
}

int reader_open(struct host_reader *reader, str path, int flags)
{
    char name[LIMIT_HOST_PATH];
    while (path.len && path.ptr[0] == '/')
        path = str_from_index(path, 1);
    if (path.len >= sizeof(name) || str_find_char(path, 0) != STR_NONE) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (path.len)
        memcpy(name, path.ptr, path.len);
    name[path.len] = 0;
    const char *at = path.len ? name : ".";
    flags |= O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    if (reader->is_machine)
        return openat(reader->root_fd, at, flags);
    /* A copied tree may have links to absolute paths: they are meant below its root. A kernel or
     * sandbox without openat2() cannot say so; then links are not followed at all. */
    struct open_how how = {.flags = (unsigned)flags, .resolve = RESOLVE_IN_ROOT};
    if (flags & O_PATH)
        how.flags &= ~(uint64_t)(O_NONBLOCK | O_NOCTTY);
    int fd = (int)syscall(SYS_openat2, reader->root_fd, at, &how, sizeof(how));
    if (fd < 0 && errno == ENOSYS)
        fd = openat(reader->root_fd, at, flags | O_NOFOLLOW);
    return fd;
}

int reader_file(struct host_reader *reader, str path, size_t max, str *ret, struct err *err)
{
    struct stat st;
    FD_SCOPED fd = reader_open(reader, path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) < 0)
        return err_sys(err, "cannot read");
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_FORMAT, "not a regular file");
    if (st.st_size > 0 && (uint64_t)st.st_size > max)
        return err_set(err, ERR_LIMIT, "longer than %zu KiB", max >> 10);
    /* Files of /proc say that they are empty, and most are short. */
    char first[KIB(4)];
    size_t capacity = st.st_size > 0 ? (size_t)st.st_size + 1 : sizeof(first), len = 0;
    char *bytes = st.st_size > 0 ? arena_alloc(reader->arena, capacity) : first;
    for (;;) {
        ssize_t got = read(fd, bytes + len, capacity - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(err, "cannot read");
        len += (size_t)got;
        if (got == 0)
            break;
        if (len > max)
            return err_set(err, ERR_LIMIT, "longer than %zu KiB", max >> 10);
        if (len == capacity) {
            if (bytes == first)
                bytes = arena_copy(reader->arena, first, capacity);
            bytes = arena_grow(reader->arena, bytes, capacity, capacity * 2);
            capacity *= 2;
        }
    }
    *ret = bytes == first ? arena_str(reader->arena, str_make(first, len)) : str_make(bytes, len);
    return 0;
}

bool reader_optional(struct host_reader *reader, str path, size_t max, str *ret)
{
    struct err err = {0};
    *ret = (str){0};
    if (reader_file(reader, path, max, ret, &err) == 0)
        return true;
    /* ESRCH, ENODEV: a process that ended, a value that this kernel does not serve. */
    bool absent = err.kind == ERR_NOT_FOUND || err.sys == ENOTDIR || err.sys == ESRCH ||
                  err.sys == ENODEV || err.sys == EINVAL;
    if (!absent)
        reader_gap(reader, path, arena_str(reader->arena, err_text(&err)));
    return false;
}

bool host_read_file(struct host_reader *reader, str path, size_t max, str *ret, struct err *err)
{
    return reader_file(reader, path, max, ret, err) == 0;
}

static int compare_names(const void *left, const void *right)
{
    const str *a = left, *b = right;
    return str_cmp(*a, *b);
}

struct str_list reader_names(struct host_reader *reader, str path)
{
    struct str_list names = {0};
    int fd = reader_open(reader, path, O_RDONLY | O_DIRECTORY);
    DIR_SCOPED dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        if (fd >= 0)
            close(fd);
        if (errno != ENOENT && errno != ENOTDIR)
            reader_gap(reader, path,
                       arena_printf(reader->arena, "cannot list: %s", strerror(errno)));
        return names;
    }
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        if (names.count >= LIMIT_HOST_NAMES) {
            reader_gap(reader, path, STR("more names than are looked at"));
            break;
        }
        *vec_push(reader->arena, &names) = arena_str(reader->arena, str_from(entry->d_name));
    }
    if (names.count > 1)
        qsort(names.items, names.count, sizeof(*names.items), compare_names);
    return names;
}

struct str_list host_names(struct host_reader *reader, str path)
{
    return reader_names(reader, path);
}

static enum host_file_kind kind_of(mode_t mode)
{
    return S_ISREG(mode)    ? HOST_FILE_REGULAR
           : S_ISDIR(mode)  ? HOST_FILE_FOLDER
           : S_ISSOCK(mode) ? HOST_FILE_SOCKET
                            : HOST_FILE_OTHER;
}

/* Where an open file is, as a path below the root. */
static str path_of(struct host_reader *reader, int fd)
{
    char root[LIMIT_HOST_PATH], path[LIMIT_HOST_PATH], link[64];
    snprintf(link, sizeof(link), "/proc/self/fd/%d", reader->root_fd);
    ssize_t root_len = readlink(link, root, sizeof(root));
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, path, sizeof(path));
    if (root_len <= 0 || len <= 0 || root_len == (ssize_t)sizeof(root) ||
        len == (ssize_t)sizeof(path))
        return (str){0};
    str below = str_make(path, (size_t)len), above = str_make(root, (size_t)root_len);
    if (!str_eq(above, STR("/")) && (!str_skip(&below, above) || !str_starts(below, STR("/"))))
        return (str){0};
    return arena_str(reader->arena, below);
}

const struct host_file *reader_stat(struct host_reader *reader, str path)
{
    struct stat st;
    const struct host_file *known = host_file(reader->host, path);
    if (known)
        return known;
    struct host_file *file = vec_push(reader->arena, &reader->host->files);
    file->path = arena_str(reader->arena, path);
    FD_SCOPED fd = reader_open(reader, path, O_PATH);
    if (fd < 0 || fstat(fd, &st) < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return file;
        file->kind = HOST_FILE_UNSEEN;
        file->reason = arena_str(reader->arena, str_from(strerror(errno)));
        reader_gap(reader, file->path, file->reason);
        return file;
    }
    str real = path_of(reader, fd);
    if (!str_eq(real, file->path))
        file->real = real;
    file->kind = kind_of(st.st_mode);
    file->mode = st.st_mode & 07777;
    file->uid = st.st_uid;
    file->gid = st.st_gid;
    return file;
}
