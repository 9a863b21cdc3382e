// SPDX-License-Identifier: Apache-2.0
#include "app/database/bundle.h"
#include "app/database/parts.h"

#include "base/fd.h"
#include "base/limits.h"
#include "base/map.h"
#include "io/codec.h"
#include "io/digest.h"
#include "io/tar.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 256 * 1024 };

struct import {
    struct database *database;
    struct map sums;  /* name -> index into `digests`, plus one */
    struct map dates; /* name -> index into `metas`, plus one */
    VEC(str) digests;
    VEC(struct document_meta) metas;
    size_t seen, unknown;
    uint64_t bytes;
    struct feed_scope archives;
};

/* --- the lists in front ----------------------------------------------------------------------- */

/* A small member, whole; into the arena. */
static int take_text(struct import *import, struct tar *tar, const char *name, str *ret,
                     struct err *err)
{
    struct entry entry;
    int got = tar_next(tar, &entry, err);
    if (got < 0)
        return -1;
    if (!got || entry.type != ENTRY_FILE || !str_eq(entry.path, str_from(name)))
        return err_set(err, ERR_FORMAT, "is no bundle of advisories: %s is not where it belongs",
                       name);
    return stream_read_all(tar_content(tar), import->database->arena, LIMIT_DOCUMENT, ret, err);
}

static int check_digest(struct import *import, str name, str digest, struct err *err)
{
    uintptr_t *index = map_get(&import->sums, name);
    if (!index || !*index)
        return err_set(err, ERR_FORMAT, "%.*s is not in its list, or comes twice", STR_ARG(name));
    str want = import->digests.items[*index - 1];
    *index = 0; /* each once */
    import->seen++;
    str_skip(&digest, STR("sha256:"));
    if (!str_eq(want, digest))
        return err_set(err, ERR_FORMAT, "the digest of %.*s is not the one in its list",
                       STR_ARG(name));
    return 0;
}

static int read_sums(struct import *import, str text, struct err *err)
{
    struct arena *arena = import->database->arena;
    str line;
    while (str_next_line(&text, &line)) {
        str hex, name;
        bool fresh;
        if (!str_next_word(&line, &hex) || hex.len != 64 || !(name = str_trim(line)).len)
            return err_set(err, ERR_FORMAT, "its list of digests is damaged");
        *vec_push(arena, &import->digests) = hex;
        *map_put(arena, &import->sums, name, &fresh) = import->digests.count;
        if (!fresh)
            return err_set(err, ERR_FORMAT, "%.*s comes twice in its list", STR_ARG(name));
    }
    return 0;
}

/* Dates are shown and compared, no more: of a strange form they are left out. */
static str clean_date(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < ' ' || text.ptr[i] > '~')
            return (str){0};
    return text.len <= 40 ? text : (str){0};
}

static void read_metas(struct import *import, str text)
{
    struct arena *arena = import->database->arena;
    str line;
    while (str_next_line(&text, &line)) {
        str name, fetched, modified;
        str_cut(line, '\t', &name, &fetched);
        str_cut(fetched, '\t', &fetched, &modified);
        *vec_push(arena, &import->metas) = (struct document_meta){
            .fetched = clean_date(fetched), .last_modified = clean_date(modified)};
        *map_put(arena, &import->dates, name, NULL) = import->metas.count;
    }
}

static int read_lists(struct import *import, struct tar *tar, struct err *err)
{
    struct arena *arena = import->database->arena;
    str sums, meta, apt;
    if (take_text(import, tar, BUNDLE_SUMS, &sums, err) < 0 || read_sums(import, sums, err) < 0 ||
        take_text(import, tar, BUNDLE_META, &meta, err) < 0 ||
        check_digest(import, STR(BUNDLE_META), digest_of(arena, DIGEST_SHA256, meta), err) < 0 ||
        take_text(import, tar, BUNDLE_APT, &apt, err) < 0 ||
        check_digest(import, STR(BUNDLE_APT), digest_of(arena, DIGEST_SHA256, apt), err) < 0)
        return -1;
    read_metas(import, meta);
    scope_parse(arena, apt, &import->archives);
    return 0;
}

/* --- documents -------------------------------------------------------------------------------- */

/* Only documents that this program would fetch itself are taken: no name becomes a path. */
static struct document *document_of(struct import *import, str name)
{
    struct document_list *documents = &import->database->documents;
    str feed, file;
    str_cut(name, '/', &feed, &file);
    for (size_t i = 0; i < documents->count; i++) {
        struct document *document = &documents->items[i];
        if (str_eq(document->source.name, file) && str_eq(str_from(document->feed->name), feed))
            return document;
    }
    return NULL;
}

static int copy_content(struct import *import, struct stream *content, int fd, struct err *err)
{
    for (;;) {
        str piece;
        if (stream_next(content, PIECE, &piece, err) < 0)
            return -1;
        if (!piece.len)
            return 0;
        import->bytes += piece.len;
        if (import->bytes > LIMIT_BUNDLE)
            return err_set(err, ERR_LIMIT, "holds more than %llu GiB", LIMIT_BUNDLE / GIB(1));
        if (fd >= 0 && fd_write_all(fd, piece.ptr, piece.len, err) < 0)
            return -1;
    }
}

static int write_meta(struct import *import, const struct document *document, str name,
                      struct err *err)
{
    struct arena *arena = import->database->arena;
    const uintptr_t *index = map_get(&import->dates, name);
    struct document_meta meta = {0};
    if (index)
        meta = import->metas.items[*index - 1];
    return document_write_meta(arena, document_file(arena, document, ".new.meta"), &meta, err);
}

static int take_document(struct import *import, struct tar *tar, const struct entry *entry,
                         struct err *err)
{
    struct arena *arena = import->database->arena;
    str name = arena_str(arena, entry->path);
    if (entry->type != ENTRY_FILE || entry->odd_path)
        return err_set(err, ERR_FORMAT, "%.*s is no plain file", STR_ARG(name));
    struct document *document = document_of(import, name);
    FD_SCOPED fd = -1;
    if (document) {
        const char *path = document_file(arena, document, ".new");
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
            return err_sys(err, "cannot create %s", path);
        document->state = DOCUMENT_NEW;
    } else {
        import->unknown++;
    }
    STREAM_SCOPED content = digest_stream(tar_content(tar), DIGEST_SHA256, false);
    if (copy_content(import, content, fd, err) < 0 ||
        check_digest(import, name, digest_stream_result(content, arena), err) < 0)
        return -1;
    if (!document)
        return 0;
    if (fsync(fd) < 0)
        return err_sys(err, "cannot write %s", document->path);
    return write_meta(import, document, name, err);
}

/* The archives of the bundle decide which documents there are. */
static int list_documents(struct import *import, struct err *err)
{
    struct database *database = import->database;
    import->archives.year = database->known.year;
    import->archives.distribution_count = import->archives.apk_repository_count = 0;
    return database_list(database, &import->archives, false, err);
}

static int read_bundle(struct import *import, struct stream *stream, struct err *err)
{
    TAR_SCOPED tar = tar_open(stream);
    struct entry entry;
    int got;
    if (read_lists(import, tar, err) < 0 || list_documents(import, err) < 0)
        return -1;
    while ((got = tar_next(tar, &entry, err)) > 0)
        if (take_document(import, tar, &entry, err) < 0)
            return -1;
    if (got < 0 || stream_drain(stream, err) < 0)
        return -1;
    if (import->seen != import->digests.count)
        return err_set(err, ERR_FORMAT, "misses %zu of the %zu files in its list",
                       import->digests.count - import->seen, import->digests.count);
    return 0;
}

static int unpack_bundle(struct import *import, int fd, struct err *err)
{
    struct stat st;
    const struct codec *codec;
    if (fstat(fd, &st) < 0)
        return err_sys(err, "cannot read");
    STREAM_SCOPED file =
        S_ISREG(st.st_mode) ? stream_file(fd, 0, (uint64_t)st.st_size) : stream_pipe(fd, false);
    if (codec_detect(file, &codec, err) < 0)
        return -1;
    STREAM_SCOPED unpacked = codec ? codec->open(file, err) : NULL;
    if (codec && !unpacked)
        return -1;
    return read_bundle(import, codec ? unpacked : file, err);
}

static void drop_all(struct database *database)
{
    for (size_t i = 0; i < database->documents.count; i++)
        document_drop(database->arena, &database->documents.items[i]);
}

int database_import(struct arena *arena, const struct database_settings *settings, const char *path,
                    struct database_row_list *ret, struct err *err)
{
    struct database database;
    struct database_settings all = *settings;
    all.feeds = NULL;
    struct import import = {.database = &database};
    FD_SCOPED fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_sys(err, "cannot open %s", path);
    int result = database_open(&database, arena, &all, err);
    if (result == 0)
        result = database_enter_sandbox(&database, err);
    if (result == 0 && (result = unpack_bundle(&import, fd, err)) < 0) {
        drop_all(&database);
        err_wrap(err, "%s", path);
    }
    if (result == 0)
        result = scope_remember(&database, &import.archives, err);
    if (result == 0) {
        database_forget_idle(&database);
        build_stores(&database, false, ret);
    }
    database_close(&database);
    return result;
}
