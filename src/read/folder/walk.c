// SPDX-License-Identifier: Apache-2.0
#include "base/fd.h"
#include "base/limits.h"
#include "base/path.h"
#include "read/folder/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { IGNORE_FILE_MOST = 1 << 20 };

/* The .gitignore of a folder, and those above it. */
struct level {
    const struct level *above;
    size_t base; /* bytes of a path from the repository's top that its rules do not see */
    struct ignore_rules rules;
};

struct walker {
    const struct folder_walk *walk;
    bool ended;
};

struct name {
    str text;
    bool is_folder;
    bool is_special; /* a pipe, a socket, a device: reading it may wait for ever */
};
struct name_list VEC_BODY(struct name);

/* Paths are compared as if a folder's name ended with a slash: the order of the whole paths. */
static int compare_names(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    size_t len = a->text.len < b->text.len ? a->text.len : b->text.len;
    int order = memcmp(a->text.ptr, b->text.ptr, len);
    if (order)
        return order;
    unsigned char x = len < a->text.len ? (unsigned char)a->text.ptr[len] : a->is_folder ? '/' : 0;
    unsigned char y = len < b->text.len ? (unsigned char)b->text.ptr[len] : b->is_folder ? '/' : 0;
    return (x > y) - (x < y);
}

static bool is_control_folder(str name)
{
    return str_eq(name, STR(".git")) || str_eq(name, STR(".hg")) || str_eq(name, STR(".svn"));
}

static bool add_name(struct walker *walker, int folder, const struct dirent *entry,
                     struct arena *arena, struct name_list *names)
{
    str name = str_from(entry->d_name);
    unsigned char type = entry->d_type;
    struct stat st;
    if (str_eq(name, STR(".")) || str_eq(name, STR("..")))
        return true;
    if (type == DT_UNKNOWN && fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        type = (unsigned char)IFTODT(st.st_mode);
    bool wanted = type == DT_DIR
                      ? !is_control_folder(name)
                      : type != DT_LNK && walker->walk->wanted(walker->walk->context, name);
    if (wanted && names->count >= LIMIT_LINT_FILES)
        return false;
    if (wanted)
        *vec_push(arena, names) = (struct name){
            .text = arena_str(arena, name),
            .is_folder = type == DT_DIR,
            .is_special = type != DT_DIR && type != DT_REG,
        };
    return true;
}

/* -1 with errno's text in err. */
static int list_folder(struct walker *walker, const char *path, struct arena *arena,
                       struct name_list *names, struct err *err)
{
    FD_SCOPED fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOCTTY);
    DIR_SCOPED folder = fd < 0 ? NULL : fdopendir(fd);
    if (!folder)
        return err_sys(err, "cannot be read");
    int own = fd;
    fd = -1; /* closed with the folder */
    const struct dirent *entry;
    errno = 0;
    while ((entry = readdir(folder)))
        if (!add_name(walker, own, entry, arena, names))
            return err_set(err, ERR_LIMIT, "more than %u names", (unsigned)LIMIT_LINT_FILES);
    if (errno)
        return err_sys(err, "cannot be read");
    if (names->count > 1)
        qsort(names->items, names->count, sizeof(*names->items), compare_names);
    return 0;
}

static void read_rules(struct arena *arena, str path, struct ignore_rules *ret)
{
    struct err ignored = {0};
    struct stat st;
    str text;
    const char *name = arena_cstr(arena, path);
    /* A link may lead out of the repository: git itself does not follow it. */
    if (lstat(name, &st) == 0 && S_ISREG(st.st_mode) &&
        fd_read_file(arena, name, IGNORE_FILE_MOST, &text, &ignored) == 0)
        folder_ignore_parse(arena, text, ret);
}

static bool is_ignored(const struct level *level, str path, bool is_folder)
{
    for (; level; level = level->above) {
        int says = folder_ignore_match(&level->rules, str_from_index(path, level->base), is_folder);
        if (says >= 0)
            return says;
    }
    return false;
}

static str join_path(struct arena *arena, str folder, str name)
{
    if (folder.len == 0 || str_ends(folder, STR("/")))
        return arena_join(arena, folder, (str){0}, name);
    return arena_join(arena, folder, STR("/"), name);
}

/* `path` as the user sees it; `inside` is the same place from the repository's top. */
static void walk_folder(struct walker *walker, str path, str inside, const struct level *above,
                        unsigned depth)
{
    const struct folder_walk *walk = walker->walk;
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct name_list names = {0};
    struct level level = {.above = above, .base = inside.len ? inside.len + 1 : 0};
    if (depth > LIMIT_FOLDER_DEPTH) {
        walk->gap(walk->context, arena_str(walk->arena, path), STR("folders nest too deeply"));
        return;
    }
    if (list_folder(walker, path.len ? arena_cstr(&arena, path) : ".", &arena, &names, &err) < 0)
        walk->gap(walk->context, arena_str(walk->arena, path),
                  arena_str(walk->arena, err_text(&err)));
    if (!walk->no_ignore)
        read_rules(&arena, join_path(&arena, path, STR(".gitignore")), &level.rules);
    const struct level *levels = level.rules.count ? &level : above;
    for (size_t i = 0; i < names.count && !walker->ended; i++) {
        str below = join_path(&arena, inside, names.items[i].text);
        if (is_ignored(levels, below, names.items[i].is_folder))
            continue;
        str full = join_path(&arena, path, names.items[i].text);
        if (names.items[i].is_special)
            walk->gap(walk->context, arena_str(walk->arena, full), STR("no regular file"));
        else if (names.items[i].is_folder)
            walk_folder(walker, full, below, levels, depth + 1);
        else
            walker->ended = !walk->found(walk->context, arena_str(walk->arena, full));
    }
}

bool folder_repository(struct arena *arena, str path, str *ret)
{
    char *real = realpath(path.len ? arena_cstr(arena, path) : ".", NULL);
    if (!real)
        return false;
    str at = arena_str(arena, str_from(real));
    free(real);
    if (str_eq(at, STR("/")))
        at.len = 0;
    for (;; at = path_parent(at)) {
        str git = arena_join(arena, at, STR("/"), STR(".git"));
        if (access(git.ptr, F_OK) == 0) {
            *ret = at.len ? at : STR("/");
            return true;
        }
        if (at.len == 0)
            return false;
    }
}

/* Rules of the folders from the repository's top down to the one above `inside`. */
static const struct level *levels_above(struct arena *arena, str top, str inside)
{
    struct level *level = arena_new(arena, struct level);
    read_rules(arena, join_path(arena, top, STR(".git/info/exclude")), &level->rules);
    for (size_t at = 0; at < inside.len;) {
        struct level *next = arena_new(arena, struct level);
        *next = (struct level){.above = level, .base = at};
        read_rules(
            arena,
            join_path(arena, join_path(arena, top, str_sub(inside, 0, at)), STR(".gitignore")),
            &next->rules);
        level = next;
        size_t slash = str_find_char(str_from_index(inside, at), '/');
        at = slash == STR_NONE ? inside.len : at + slash + 1;
    }
    return level;
}

int folder_walk(const struct folder_walk *walk, str path, struct err *err)
{
    ARENA_SCOPED arena = {0};
    struct walker walker = {.walk = walk};
    const struct level *levels = NULL;
    str top, inside = {0};
    struct stat st;
    while (str_skip(&path, STR("./")))
        while (str_skip(&path, STR("/"))) {
        }
    if (str_eq(path, STR(".")))
        path = (str){0};
    while (path.len > 1 && str_ends(path, STR("/")))
        path.len--;
    const char *name = path.len ? arena_cstr(&arena, path) : ".";
    if (stat(name, &st) < 0 || access(name, R_OK | X_OK) < 0)
        return err_sys(err, "cannot read %s", name);
    if (!walk->no_ignore && folder_repository(&arena, path, &top)) {
        char *real = realpath(name, NULL);
        str own = str_from(real);
        if (own.len > top.len && !str_eq(top, STR("/")))
            inside = arena_str(&arena, str_from_index(own, top.len + 1));
        free(real);
        levels = levels_above(&arena, top, inside);
    }
    walk_folder(&walker, path, inside, levels, 0);
    return 0;
}
