// SPDX-License-Identifier: Apache-2.0
/*
 * What a container changed against its image: its own layer of an overlay (kernel's
 * filesystems/overlayfs), the folder in which the storage driver keeps what was written. Names and
 * the first bytes of programs are read, nothing else.
 */
#include "base/fd.h"
#include "base/limits.h"
#include "read/host/reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct walk {
    struct host_reader *reader;
    VEC(int) lower;
    struct live_change_list *to;
    size_t entries;
    bool is_over; /* a limit was met, and told */
};

static void stop(struct walk *walk, str path, const char *why)
{
    if (!walk->is_over)
        reader_gap(walk->reader, path, str_from(why));
    walk->is_over = true;
}

static bool is_program(int folder, const char *name, const struct stat *st)
{
    char start[4];
    if (!S_ISREG(st->st_mode) || !(st->st_mode & 0111))
        return false;
    FD_SCOPED fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, start, sizeof(start));
    str bytes = str_make(start, len > 0 ? (size_t)len : 0);
    return str_starts(bytes, STR("\x7f"
                                 "ELF")) ||
           str_starts(bytes, STR("#!"));
}

static bool is_below(const struct walk *walk, const char *path)
{
    struct stat st;
    for (size_t i = 0; i < walk->lower.count; i++)
        if (fstatat(walk->lower.items[i], path, &st, AT_SYMLINK_NOFOLLOW) == 0)
            return !(S_ISCHR(st.st_mode) && st.st_rdev == makedev(0, 0));
    return false;
}

static void add(struct walk *walk, str path, enum live_change_kind kind, bool is_program_file)
{
    if (walk->to->count >= LIMIT_LIVE_CHANGES) {
        stop(walk, path, "more changes of a container than are looked at");
        return;
    }
    *vec_push(walk->reader->arena, walk->to) =
        (struct live_change){.path = path, .kind = kind, .is_program = is_program_file};
}

static void walk_folder(struct walk *walk, int fd, str below, unsigned depth);

static void look_at(struct walk *walk, int folder, const char *name, str below, unsigned depth)
{
    struct stat st;
    str file = str_from(name);
    str path = arena_printf(walk->reader->arena, "%.*s/%s", STR_ARG(below), name);
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return; /* gone meanwhile */
    if (S_ISDIR(st.st_mode)) {
        int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0)
            walk_folder(walk, fd, path, depth + 1);
        else if (errno != ENOENT)
            reader_gap(walk->reader, path, STR("a folder of a container's layer cannot be read"));
    } else if (str_skip(&file, STR(".wh."))) { /* of drivers that may make no devices */
        if (!str_starts(file, STR(".wh.")))
            add(walk, arena_join(walk->reader->arena, below, STR("/"), file), CHANGE_DELETED,
                false);
    } else if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(0, 0)) {
        add(walk, path, CHANGE_DELETED, false);
    } else {
        add(walk, path, is_below(walk, path.ptr + 1) ? CHANGE_CHANGED : CHANGE_ADDED,
            is_program(folder, name, &st));
    }
}

/* Takes the descriptor. */
static void walk_folder(struct walk *walk, int fd, str below, unsigned depth)
{
    DIR_SCOPED dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return;
    }
    if (depth > LIMIT_LIVE_DEPTH)
        stop(walk, below, "folders in folders of a container's layer, deeper than is looked at");
    for (struct dirent *entry; !walk->is_over && (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (++walk->entries > LIMIT_LIVE_ENTRIES)
            stop(walk, below, "more files of a container's layer than are looked at");
        else
            look_at(walk, fd, entry->d_name, below, depth);
    }
}

static int compare_changes(const void *left, const void *right)
{
    const struct live_change *a = left, *b = right;
    return str_cmp(a->path, b->path);
}

bool host_read_changes(struct host_reader *reader, str upper, str lower,
                       struct live_change_list *ret)
{
    struct walk walk = {.reader = reader, .to = ret};
    str folder;
    int fd = reader_open(reader, upper, O_RDONLY | O_DIRECTORY);
    if (fd < 0)
        return false;
    while (str_next(&lower, ':', &folder)) {
        int below = reader_open(reader, folder, O_PATH | O_DIRECTORY);
        if (below >= 0)
            *vec_push(reader->arena, &walk.lower) = below;
    }
    walk_folder(&walk, fd, (str){0}, 0);
    for (size_t i = 0; i < walk.lower.count; i++)
        close(walk.lower.items[i]);
    if (ret->count > 1)
        qsort(ret->items, ret->count, sizeof(*ret->items), compare_changes);
    return true;
}
