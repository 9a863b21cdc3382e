// SPDX-License-Identifier: Apache-2.0
#include "app/fix/context.h"

#include "base/fd.h"
#include "base/limits.h"
#include "io/tar_write.h"
#include "read/dockerfile/dockerfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct sending {
    struct tar_writer tar;
    struct ignore_patterns ignore;
    bool has_exceptions; /* something below an ignored folder may be sent all the same */
    size_t files;
};

static int send_content(struct sending *sending, int fd, struct err *err)
{
    char piece[KIB(64)];
    ssize_t got;
    while (sending->tar.expected && (got = read(fd, piece, sizeof(piece))) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(err, "cannot read a file of the build context");
        if (tar_write_content(&sending->tar, str_make(piece, (size_t)got), err) < 0)
            return -1;
    }
    return tar_write_missing(&sending->tar, err);
}

static int send_folder(struct sending *sending, int folder, str path, unsigned depth,
                       struct err *err);

/* `path` in the context; `name` in `folder`. Sockets, pipes and devices are not sent, as docker
 * does not. */
static int send_one(struct sending *sending, int folder, const char *name, str path, unsigned depth,
                    struct err *err)
{
    struct stat st;
    char link[KIB(4)];
    bool ignored = ignore_matches(&sending->ignore, path);
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return 0; /* gone meanwhile */
    struct entry entry = {.path = path,
                          .mode = st.st_mode & 07777,
                          .size = (uint64_t)st.st_size,
                          .mtime = st.st_mtime};
    if (S_ISDIR(st.st_mode)) {
        if (ignored && !sending->has_exceptions)
            return 0;
        entry.type = ENTRY_DIRECTORY;
        FD_SCOPED below = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (below < 0)
            return err_sys(err, "cannot open %s of the build context", name);
        if (!ignored && tar_write_entry(&sending->tar, &entry, err) < 0)
            return -1;
        return send_folder(sending, below, path, depth + 1, err);
    }
    if (ignored)
        return 0;
    if (++sending->files > LIMIT_CONTEXT_FILES)
        return err_set(err, ERR_LIMIT, "the build context has more than %d files",
                       LIMIT_CONTEXT_FILES);
    if (S_ISLNK(st.st_mode)) {
        ssize_t len = readlinkat(folder, name, link, sizeof(link));
        entry.type = ENTRY_SYMLINK;
        entry.link = str_make(link, len > 0 ? (size_t)len : 0);
        return tar_write_entry(&sending->tar, &entry, err);
    }
    if (!S_ISREG(st.st_mode))
        return 0;
    FD_SCOPED fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return err_sys(err, "cannot open %s of the build context", name);
    if (tar_write_entry(&sending->tar, &entry, err) < 0)
        return -1;
    return send_content(sending, fd, err);
}

static int send_folder(struct sending *sending, int folder, str path, unsigned depth,
                       struct err *err)
{
    if (depth > LIMIT_FOLDER_DEPTH)
        return err_set(err, ERR_LIMIT, "the build context is deeper than %d folders",
                       LIMIT_FOLDER_DEPTH);
    int own = dup(folder);
    DIR_SCOPED dir = own >= 0 ? fdopendir(own) : NULL;
    const struct dirent *item;
    while (dir && (item = readdir(dir))) {
        if (!strcmp(item->d_name, ".") || !strcmp(item->d_name, ".."))
            continue;
        ARENA_SCOPED arena = {0};
        str name = str_from(item->d_name);
        str below = path.len ? arena_join(&arena, path, STR("/"), name) : name;
        if (send_one(sending, folder, item->d_name, below, depth, err) < 0)
            return -1;
    }
    return 0;
}

int context_write(int fd, const char *folder, str name, str dockerfile, struct err *err)
{
    ARENA_SCOPED arena = {0};
    struct sending sending = {.tar = {.fd = fd}};
    struct err none = {0};
    str patterns;
    FD_SCOPED root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return err_sys(err, "cannot open the build context %s", folder);
    const char *path = arena_printf(&arena, "%s/.dockerignore", folder).ptr;
    if (fd_read_file(&arena, path, LIMIT_SETTINGS, &patterns, &none) == 0)
        sending.ignore = ignore_parse(&arena, patterns);
    for (size_t i = 0; i < sending.ignore.count; i++)
        sending.has_exceptions |= sending.ignore.items[i].except;
    const struct entry entry = {.path = name, .mode = 0644, .size = dockerfile.len};
    if (send_folder(&sending, root, (str){0}, 0, err) < 0 ||
        tar_write_entry(&sending.tar, &entry, err) < 0 ||
        tar_write_content(&sending.tar, dockerfile, err) < 0)
        return -1;
    return tar_write_end(&sending.tar, err);
}
