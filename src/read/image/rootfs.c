// SPDX-License-Identifier: Apache-2.0
#include "read/image/rootfs.h"

#include "base/fd.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

struct rootfs {
    struct walk *walk;
    struct layer_facts *facts;
    struct layer_walk *layer;
    bool everything;
};

#ifndef MQUEUE_MAGIC
#define MQUEUE_MAGIC 0x19800202
#endif
#ifndef CONFIGFS_MAGIC
#define CONFIGFS_MAGIC 0x62656570
#endif

/* File systems that hold no image: of the kernel, of memory, or such as may stall. */
static const uint32_t not_entered[] = {
    PROC_SUPER_MAGIC,   SYSFS_MAGIC,         TMPFS_MAGIC,    RAMFS_MAGIC,     DEVPTS_SUPER_MAGIC,
    CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC,  TRACEFS_MAGIC,   SECURITYFS_MAGIC,
    BPF_FS_MAGIC,       PSTOREFS_MAGIC,      EFIVARFS_MAGIC, HUGETLBFS_MAGIC, AUTOFS_SUPER_MAGIC,
    BINFMTFS_MAGIC,     MQUEUE_MAGIC,        CONFIGFS_MAGIC, NSFS_MAGIC,      SELINUX_MAGIC,
};

static bool is_entered(int fd)
{
    struct statfs fs;
    if (fstatfs(fd, &fs) < 0)
        return false;
    for (size_t i = 0; i < sizeof(not_entered) / sizeof(*not_entered); i++)
        if ((uint32_t)fs.f_type == not_entered[i])
            return false;
    return true;
}

static void gap(struct rootfs *rootfs, str path, const char *reason)
{
    layer_add_gap(rootfs->facts, path.len ? path : STR("/"), str_from(reason));
}

static enum entry_type type_of(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR: return ENTRY_DIRECTORY;
    case S_IFLNK: return ENTRY_SYMLINK;
    case S_IFCHR: return ENTRY_CHARACTER;
    case S_IFBLK: return ENTRY_BLOCK;
    case S_IFIFO: return ENTRY_FIFO;
    case S_IFSOCK: return ENTRY_SOCKET;
    default: return ENTRY_FILE;
    }
}

static struct entry entry_of(str path, const struct stat *st)
{
    return (struct entry){
        .path = path,
        .type = type_of(st->st_mode),
        .mode = st->st_mode & 07777,
        .uid = st->st_uid,
        .gid = st->st_gid,
        .size = S_ISREG(st->st_mode) ? (uint64_t)st->st_size : 0,
        .mtime = st->st_mtim.tv_sec,
        .device_major = major(st->st_rdev),
        .device_minor = minor(st->st_rdev),
    };
}

static void read_link(struct arena *arena, int folder, const char *name, struct entry *entry)
{
    char text[PATH_MAX];
    ssize_t len = readlinkat(folder, name, text, sizeof(text));
    entry->link = arena_str(arena, str_make(text, len > 0 ? (size_t)len : 0));
}

/* struct vfs_ns_cap_data is the longest of them. */
enum { LONGEST_CAPABILITY = 24 };

static void read_capability(int fd, struct entry *entry, char to[LONGEST_CAPABILITY])
{
    ssize_t len = fgetxattr(fd, "security.capability", to, LONGEST_CAPABILITY);
    if (len > 0)
        entry->capability = str_make(to, (size_t)len);
}

/* The file was regular when it was looked at; what is opened must still be that very file. */
static void visit_file(struct rootfs *rootfs, int folder, const char *name, struct entry *entry,
                       const struct stat *seen)
{
    struct err err = {0};
    struct stat st;
    if (!rootfs->walk->rules.want_content &&
        !claims_match(rootfs->walk->rules.claims, entry->path).collectors) {
        layer_walk_entry(rootfs->layer, entry, NULL, &err);
        return;
    }
    FD_SCOPED fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0) {
        gap(rootfs, entry->path, strerror(errno));
        return;
    }
    if (!S_ISREG(st.st_mode) || st.st_ino != seen->st_ino || st.st_dev != seen->st_dev) {
        gap(rootfs, entry->path, "changed while it was looked at");
        return;
    }
    char capability[LONGEST_CAPABILITY];
    entry->size = (uint64_t)st.st_size;
    if (rootfs->walk->rules.want_entries && (st.st_mode & 0111))
        read_capability(fd, entry, capability);
    STREAM_SCOPED content = stream_file(fd, 0, entry->size);
    if (layer_walk_entry(rootfs->layer, entry, content, &err) < 0)
        layer_add_gap(rootfs->facts, entry->path, err_text(&err));
}

static void visit_folder(struct rootfs *rootfs, int fd, str path, dev_t device, unsigned depth);

static void enter(struct rootfs *rootfs, int folder, const char *name, str path,
                  const struct stat *st, dev_t device, unsigned depth)
{
    bool relevant = claims_match(rootfs->walk->rules.claims, path).relevant;
    if (!relevant && !rootfs->everything)
        return;
    FD_SCOPED fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        gap(rootfs, path, strerror(errno));
    } else if (depth >= LIMIT_FOLDER_DEPTH) {
        gap(rootfs, path, "too deep; not entered");
    } else if (st->st_dev != device && !is_entered(fd)) {
        if (relevant)
            gap(rootfs, path, "another file system is mounted here; not entered");
    } else {
        visit_folder(rootfs, fd, path, st->st_dev, depth + 1);
    }
}

static void visit_name(struct rootfs *rootfs, struct arena *arena, int folder, str path, str name,
                       dev_t device, unsigned depth)
{
    struct stat st;
    struct err err = {0};
    const char *text = arena_cstr(arena, name);
    str full = path.len ? arena_join(arena, path, STR("/"), name) : str_from(text);
    if (fstatat(folder, text, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0) {
        if (errno != ENOENT)
            gap(rootfs, full, strerror(errno));
        return;
    }
    struct entry entry = entry_of(full, &st);
    if (entry.type == ENTRY_SYMLINK)
        read_link(arena, folder, text, &entry);
    if (entry.type == ENTRY_FILE)
        visit_file(rootfs, folder, text, &entry, &st);
    else if (layer_walk_entry(rootfs->layer, &entry, NULL, &err) < 0)
        layer_add_gap(rootfs->facts, full, err_text(&err));
    if (entry.type == ENTRY_DIRECTORY)
        enter(rootfs, folder, text, full, &st, device, depth);
}

static int compare_names(const void *left, const void *right)
{
    return str_cmp(*(const str *)left, *(const str *)right);
}

static void list_names(struct rootfs *rootfs, struct arena *arena, int fd, str path,
                       struct claims_names *ret)
{
    DIR_SCOPED dir = fdopendir(dup(fd));
    if (!dir) {
        gap(rootfs, path, strerror(errno));
        return;
    }
    rewinddir(dir);
    errno = 0;
    for (struct dirent *entry; (entry = readdir(dir)); errno = 0)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            *vec_push(arena, ret) = arena_str(arena, str_from(entry->d_name));
    if (errno)
        gap(rootfs, path, strerror(errno));
}

static void visit_folder(struct rootfs *rootfs, int fd, str path, dev_t device, unsigned depth)
{
    ARENA_SCOPED arena = {0};
    struct claims_names names = {0};
    if (claims_names_below(rootfs->walk->rules.claims, path, &arena, &names) ||
        rootfs->everything) {
        names.count = 0;
        list_names(rootfs, &arena, fd, path, &names);
    }
    if (names.count)
        qsort(names.items, names.count, sizeof(*names.items), compare_names);
    for (size_t i = 0; i < names.count; i++)
        if (i == 0 || !str_eq(names.items[i], names.items[i - 1]))
            visit_name(rootfs, &arena, fd, path, names.items[i], device, depth);
}

void rootfs_walk(struct walk *walk, struct layer_facts *facts, int fd)
{
    struct stat st;
    struct err err = {0};
    struct rootfs rootfs = {.walk = walk,
                            .facts = facts,
                            .everything = walk->rules.want_entries || walk->rules.want_content};
    rootfs.layer = layer_walk_begin(&walk->rules, facts, false);
    if (fstat(fd, &st) < 0) {
        gap(&rootfs, STR(""), strerror(errno));
    } else {
        struct entry root = entry_of(STR(""), &st);
        layer_walk_entry(rootfs.layer, &root, NULL, &err);
        visit_folder(&rootfs, fd, STR(""), st.st_dev, 0);
    }
    layer_walk_end(rootfs.layer);
}
