// SPDX-License-Identifier: Apache-2.0
#include "app/texts/texts.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/path.h"
#include "read/dockerfile/dockerfile.h"
#include "read/folder/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_yaml_name(str name)
{
    return str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml"));
}

static bool is_wanted(void *context, str name)
{
    (void)context;
    return dockerfile_is_name(name) || is_yaml_name(name);
}

static bool add_found(void *context, str path)
{
    struct texts *texts = context;
    if (texts->list.count >= LIMIT_LINT_FILES) {
        report_add_gap(texts->arena, &texts->gaps, path,
                       STR("too many files: the rest is left out"));
        return false;
    }
    *vec_push(texts->arena, &texts->list) = (struct listed_file){.path = path};
    return true;
}

static void add_gap(void *context, str path, str reason)
{
    struct texts *texts = context;
    report_add_gap(texts->arena, &texts->gaps, path.len ? path : STR("."), reason);
}

static int find_below(struct texts *texts, const char *operand, struct err *err)
{
    const struct folder_walk walk = {
        .arena = texts->arena,
        .no_ignore = texts->settings->no_gitignore,
        .wanted = is_wanted,
        .found = add_found,
        .gap = add_gap,
        .context = texts,
    };
    return folder_walk(&walk, str_from(operand), err);
}

/* `lint . Dockerfile` names one file twice; that it was named is kept. */
static void drop_repeated(struct texts *texts)
{
    struct map seen = {0};
    size_t kept = 0;
    for (size_t i = 0; i < texts->list.count; i++) {
        const struct listed_file *file = &texts->list.items[i];
        bool fresh;
        uintptr_t *at = map_put(texts->arena, &seen, file->path, &fresh);
        if (!fresh) {
            texts->list.items[*at].named |= file->named;
            continue;
        }
        *at = kept;
        texts->list.items[kept++] = *file;
    }
    texts->list.count = kept;
}

int texts_find(struct texts *texts, const char *const *operands, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct stat st;
        str path = str_from(operands[i]);
        if (str_eq(path, STR("-"))) {
            const char *name = texts->settings->stdin_filename;
            *vec_push(texts->arena, &texts->list) =
                (struct listed_file){.path = name ? str_from(name) : path,
                                     .named = true,
                                     .is_stdin = true,
                                     .is_pipe = true};
            continue;
        }
        if (stat(operands[i], &st) < 0)
            return err_sys(err, "cannot read %s", operands[i]);
        if (S_ISDIR(st.st_mode)) {
            if (find_below(texts, operands[i], err) < 0)
                return -1;
            continue;
        }
        while (str_skip(&path, STR("./"))) {
        }
        *vec_push(texts->arena, &texts->list) =
            (struct listed_file){.path = path, .named = true, .is_pipe = !S_ISREG(st.st_mode)};
    }
    if (count > 1)
        drop_repeated(texts);
    return 0;
}

bool texts_is_text(const char *target)
{
    struct stat st;
    str name = path_base(str_from(target));
    return (dockerfile_is_name(name) || is_yaml_name(name)) && stat(target, &st) == 0 &&
           S_ISREG(st.st_mode);
}

/* Pipes too: a shell's <(...) is one. */
static int read_all(struct arena *arena, int fd, size_t expected, str *ret, struct err *err)
{
    enum { STEP = 64 << 10 };
    size_t len = 0, capacity = expected ? expected + 1 : STEP;
    char *bytes = arena_alloc(arena, capacity);
    for (;;) {
        if (len == capacity) {
            bytes = arena_grow(arena, bytes, capacity, 2 * capacity);
            capacity *= 2;
        }
        ssize_t got = read(fd, bytes + len, capacity - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(err, "cannot be read");
        if (got == 0)
            break;
        len += (size_t)got;
        if (len > LIMIT_TEXT_FILE)
            return err_set(err, ERR_LIMIT, "larger than %llu MiB", LIMIT_TEXT_FILE >> 20);
    }
    *ret = (str){bytes, len};
    return 0;
}

int texts_read(const struct texts *texts, struct arena *arena, const struct listed_file *file,
               str *ret, struct err *err)
{
    struct stat st;
    if (file->is_stdin)
        return read_all(arena, STDIN_FILENO, 0, ret, err);
    if (texts->draft_path.len && str_eq(file->path, texts->draft_path)) {
        *ret = texts->draft;
        return 0;
    }
    /* What was found by walking was no link then, and must be none now. */
    int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (file->named ? 0 : O_NOFOLLOW | O_NONBLOCK);
    FD_SCOPED fd = open(arena_cstr(arena, file->path), flags);
    if (fd < 0 || fstat(fd, &st) < 0)
        return err_sys(err, "cannot be opened");
    if (!file->named && !S_ISREG(st.st_mode))
        return err_set(err, ERR_FORMAT, "no regular file");
    if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > LIMIT_TEXT_FILE)
        return err_set(err, ERR_LIMIT, "larger than %llu MiB", LIMIT_TEXT_FILE >> 20);
    return read_all(arena, fd, S_ISREG(st.st_mode) ? (size_t)st.st_size : 0, ret, err);
}
