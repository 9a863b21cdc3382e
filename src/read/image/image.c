// SPDX-License-Identifier: Apache-2.0
#include "read/image/image.h"

#include "base/fd.h"
#include "read/image/archive.h"
#include "read/image/merge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define X(member) extern const struct source source_##member;
#include "source.list"
#undef X

static const struct source *const sources[] = {
#define X(member) &source_##member,
#include "source.list"
#undef X
    NULL,
};

struct image_reader {
    const struct source *source;
    void *state;
    struct target target;
    struct image_options options;
};

enum { HEAD = 512 };

const struct source *const *source_all(void)
{
    return sources;
}

bool image_source(size_t index, struct image_source_info *ret)
{
    if (index + 1 >= sizeof(sources) / sizeof(*sources))
        return false;
    *ret = (struct image_source_info){sources[index]->scheme, sources[index]->summary};
    return true;
}

/* "oci:DIR" -> the source of that scheme, and what follows it; NULL where none is named. */
static const struct source *take_scheme(str *text)
{
    for (size_t i = 0; sources[i]; i++) {
        str scheme = str_from(sources[i]->scheme), rest = *text;
        if (str_eq(*text, scheme) && str_eq(scheme, STR("-")))
            return sources[i];
        if (str_skip(&rest, scheme) && str_skip(&rest, STR(":"))) {
            *text = rest;
            return sources[i];
        }
    }
    return NULL;
}

static int open_path(const char *path)
{
    return open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* The longest form of the text that exists: as it stands, else up to a colon, a selector behind
 * it ("DIR:TAG", "FILE:repository:tag"). */
static int find_path(struct arena *arena, struct target *target, struct err *err)
{
    const char *whole = arena_cstr(arena, target->text);
    target->fd = open_path(whole);
    target->path = target->fd >= 0 ? whole : NULL;
    if (target->fd < 0 && errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG)
        return err_sys(err, "cannot open %s", whole);
    for (size_t i = 1; target->fd < 0 && i < target->text.len; i++) {
        if (target->text.ptr[i] != ':')
            continue;
        const char *path = arena_cstr(arena, str_sub(target->text, 0, i));
        target->fd = open_path(path);
        if (target->fd < 0)
            continue;
        target->path = path;
        target->selector = str_from_index(target->text, i + 1);
    }
    return 0;
}

/* Magic bytes and file types; nothing that could be hostile is parsed. */
static int look_at_path(struct arena *arena, struct target *target, struct err *err)
{
    struct stat st;
    if (fstat(target->fd, &st) < 0)
        return err_sys(err, "cannot look at %s", target->path);
    if (S_ISBLK(st.st_mode))
        return err_set(err, ERR_FORMAT, "%s is a block device, not an image", target->path);
    if (S_ISDIR(st.st_mode)) {
        target->is_directory = true;
        target->is_layout = fstatat(target->fd, "oci-layout", &st, 0) == 0 && S_ISREG(st.st_mode);
    } else if (S_ISREG(st.st_mode)) {
        char *head = arena_alloc(arena, HEAD);
        ssize_t got = pread(target->fd, head, HEAD, 0);
        if (got < 0)
            return err_sys(err, "cannot read %s", target->path);
        target->head = str_make(head, (size_t)got);
    } else {
        target->is_stream = true;
        fcntl(target->fd, F_SETFL, fcntl(target->fd, F_GETFL) & ~O_NONBLOCK);
    }
    return 0;
}

static int fail_unknown(const struct target *target, struct err *err)
{
    if (!target->path)
        return err_set(err, ERR_NOT_FOUND, "no file or folder \"%.*s\"", STR_ARG(target->text));
    str what = archive_looks_like(target->head);
    return err_set(err, ERR_FORMAT,
                   "%s is not an image%s%.*s (want a docker-archive, an OCI archive or layout, or "
                   "the directory of a root file system)",
                   target->path, what.len ? "; it looks like " : "", STR_ARG(what));
}

static const struct source *choose_source(const struct target *target)
{
    const struct source *best = NULL;
    unsigned highest = 0;
    for (size_t i = 0; sources[i]; i++) {
        unsigned offered = sources[i]->bid(target);
        if (offered > highest) {
            highest = offered;
            best = sources[i];
        }
    }
    return best;
}

static int find_source(struct arena *arena, struct image_reader *reader, struct err *err)
{
    struct target *target = &reader->target;
    reader->source = take_scheme(&target->text);
    target->has_scheme = reader->source != NULL;
    if (reader->source && str_eq(target->text, STR("-"))) {
        target->is_stream = true;
        target->fd = STDIN_FILENO;
        return 0;
    }
    if (!reader->source || reader->source->path) {
        if (find_path(arena, target, err) < 0 ||
            (target->path && look_at_path(arena, target, err) < 0))
            return -1;
        if (reader->source && !target->path)
            return fail_unknown(target, err);
    }
    if (!reader->source)
        reader->source = choose_source(target);
    return reader->source ? 0 : fail_unknown(target, err);
}

int image_open(struct arena *arena, const char *text, const struct image_options *options,
               struct image_reader **ret, struct err *err)
{
    struct image_reader *reader = arena_new(arena, struct image_reader);
    reader->target = (struct target){.text = arena_str(arena, str_from(text)), .fd = -1};
    reader->options = *options;
    *ret = NULL;
    if (find_source(arena, reader, err) == 0 &&
        reader->source->open(arena, &reader->target, &reader->options, &reader->state, err) == 0) {
        *ret = reader;
        return 0;
    }
    image_close(reader);
    return -1;
}

int image_read(struct image_reader *reader, const struct collector *const *collectors,
               struct arena *arena, struct image_result *ret, struct err *err)
{
    *ret = (struct image_result){0};
    struct walk *walk = walk_begin(arena, &reader->options, collectors);
    int result = reader->source->read(reader->state, walk, &ret->image, err);
    if (result == 0) {
        if (ret->image.name.len == 0)
            ret->image.name = arena_str(arena, reader->target.text);
        struct err ignored = {0}; /* a config that is damaged was told of when it was chosen */
        if (ret->image.config.len)
            image_config_parse(arena, &ret->image, &ret->config, &ignored);
        if (walk->rules.want_entries)
            merge_files(walk, &ret->tree);
        if (reader->options.wants & WANT_FILES)
            merge_list(arena, &ret->tree, &ret->files);
        merge_facts(walk, walk->rules.want_entries ? &ret->tree : NULL, &ret->facts);
    }
    walk_end(walk);
    return result;
}

void image_close(struct image_reader *reader)
{
    if (!reader)
        return;
    if (reader->source && reader->source->close && reader->state)
        reader->source->close(reader->state);
    reader->state = NULL;
    if (reader->target.fd != STDIN_FILENO)
        fd_close(&reader->target.fd);
}
