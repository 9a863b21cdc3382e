// SPDX-License-Identifier: Apache-2.0
#include "app/database/bundle.h"
#include "app/database/parts.h"

#include "base/buf.h"
#include "base/fd.h"
#include "base/limits.h"
#include "io/digest.h"
#include "io/pack.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PACK_LEVEL = 9, PIECE = 256 * 1024, TAR_BLOCK = 512 };

struct export
{
    struct database *database;
    struct pack *pack;
    struct buf sums, meta;
    str apt;
};

/* --- tar -------------------------------------------------------------------------------------- */

static void put_octal(char *field, size_t width, uint64_t number)
{
    for (size_t i = width - 1; i-- > 0; number >>= 3)
        field[i] = (char)('0' + (number & 7));
}

/* POSIX.1-1988: name 0, mode 100, uid 108, gid 116, size 124, mtime 136, checksum 148, type 156,
 * magic 257. Names are short and sizes below 8 GiB here. */
static int put_header(struct export *export, str name, uint64_t size, struct err *err)
{
    char block[TAR_BLOCK] = {0};
    unsigned sum = 0;
    if (name.len > 99)
        return err_set(err, ERR_LIMIT, "the name %.*s is too long", STR_ARG(name));
    memcpy(block, name.ptr, name.len);
    put_octal(block + 100, 8, 0644);
    put_octal(block + 108, 8, 0);
    put_octal(block + 116, 8, 0);
    put_octal(block + 124, 12, size);
    put_octal(block + 136, 12, 0);
    memset(block + 148, ' ', 8);
    block[156] = '0';
    memcpy(block + 257, "ustar\00000", 8);
    for (size_t i = 0; i < TAR_BLOCK; i++)
        sum += (unsigned char)block[i];
    put_octal(block + 148, 7, sum);
    return pack_write(export->pack, block, TAR_BLOCK, err);
}

static int put_padding(struct export *export, uint64_t size, struct err *err)
{
    static const char zeros[TAR_BLOCK];
    return pack_write(export->pack, zeros, (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK, err);
}

static int put_text(struct export *export, const char *name, str text, struct err *err)
{
    if (put_header(export, str_from(name), text.len, err) < 0 ||
        pack_write(export->pack, text.ptr, text.len, err) < 0)
        return -1;
    return put_padding(export, text.len, err);
}

static int put_end(struct export *export, struct err *err)
{
    static const char zeros[2 * TAR_BLOCK];
    return pack_write(export->pack, zeros, sizeof(zeros), err);
}

/* --- documents -------------------------------------------------------------------------------- */

static str name_of(struct arena *arena, const struct document *document)
{
    return arena_join(arena, str_from(document->feed->name), STR("/"), document->source.name);
}

static void add_sum(struct buf *sums, str digest, str name)
{
    str_skip(&digest, STR("sha256:"));
    buf_add_str(sums, digest);
    buf_add_str(sums, STR("  "));
    buf_add_str(sums, name);
    buf_add_char(sums, '\n');
}

static int describe(struct export *export, const struct document *document, struct err *err)
{
    ARENA_SCOPED arena = {0};
    struct stat st;
    FD_SCOPED fd = open(document->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &st) < 0)
        return err_sys(err, "cannot open %s", document->path);
    STREAM_SCOPED file = stream_file(fd, 0, (uint64_t)st.st_size);
    STREAM_SCOPED digest = digest_stream(file, DIGEST_SHA256, false);
    if (stream_drain(digest, err) < 0)
        return err_wrap(err, "%s", document->path);
    str name = name_of(&arena, document);
    add_sum(&export->sums, digest_stream_result(digest, &arena), name);
    struct document_meta meta =
        document_read_meta(&arena, document_file(&arena, document, ".meta"));
    const str fields[] = {name, meta.fetched, meta.last_modified};
    for (size_t i = 0; i < 3; i++) {
        buf_add_str(&export->meta, fields[i]);
        buf_add_char(&export->meta, i < 2 ? '\t' : '\n');
    }
    return 0;
}

static int put_document(struct export *export, const struct document *document, struct err *err)
{
    ARENA_SCOPED arena = {0};
    struct stat st;
    str piece;
    FD_SCOPED fd = open(document->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &st) < 0)
        return err_sys(err, "cannot open %s", document->path);
    uint64_t size = (uint64_t)st.st_size, left = size;
    if (put_header(export, name_of(&arena, document), size, err) < 0)
        return -1;
    STREAM_SCOPED file = stream_file(fd, 0, size);
    for (; left; left -= piece.len) {
        if (stream_next(file, PIECE, &piece, err) < 0)
            return err_wrap(err, "%s", document->path);
        if (!piece.len)
            return err_set(err, ERR_FORMAT, "%s ends early", document->path);
        if (pack_write(export->pack, piece.ptr, piece.len, err) < 0)
            return -1;
        meter_add(&export->database->meter, 0, piece.len);
    }
    meter_add(&export->database->meter, 1, 0);
    return put_padding(export, size, err);
}

static int write_all(struct export *export, struct err *err)
{
    ARENA_SCOPED arena = {0};
    const struct document_list *documents = &export->database->documents;
    BUF_SCOPED sums = buf_make(LIMIT_DOCUMENT);
    for (size_t i = 0; i < documents->count; i++)
        if (documents->items[i].has_copy && describe(export, &documents->items[i], err) < 0)
            return -1;
    add_sum(&sums, digest_of(&arena, DIGEST_SHA256, buf_str(&export->meta)), STR(BUNDLE_META));
    add_sum(&sums, digest_of(&arena, DIGEST_SHA256, export->apt), STR(BUNDLE_APT));
    buf_add_str(&sums, buf_str(&export->sums));
    if (sums.overflow || export->sums.overflow || export->meta.overflow)
        return err_set(err, ERR_LIMIT, "too many documents");
    if (put_text(export, BUNDLE_SUMS, buf_str(&sums), err) < 0 ||
        put_text(export, BUNDLE_META, buf_str(&export->meta), err) < 0 ||
        put_text(export, BUNDLE_APT, export->apt, err) < 0)
        return -1;
    for (size_t i = 0; i < documents->count; i++)
        if (documents->items[i].has_copy && put_document(export, &documents->items[i], err) < 0)
            return -1;
    return put_end(export, err);
}

static int write_file(struct export *export, const char *path, struct err *err)
{
    struct arena *arena = export->database->arena;
    const char *temporary = arena_printf(arena, "%s.tmp-%d", path, (int)getpid()).ptr;
    if (fd_may_replace(path, err) < 0)
        return -1;
    FD_SCOPED fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return err_sys(err, "cannot create %s", temporary);
    export->pack = pack_open(fd, PACK_LEVEL);
    int result = write_all(export, err);
    if (result == 0)
        result = pack_finish(export->pack, err);
    else
        pack_abandon(export->pack);
    if (result == 0 && (fsync(fd) < 0 || rename(temporary, path) < 0))
        result = err_sys(err, "cannot write %s", path);
    if (result < 0) {
        unlink(temporary);
        return err_wrap(err, "%s", path);
    }
    return 0;
}

static void add_rows(struct database *database, struct database_row_list *ret)
{
    for (size_t i = 0; i < database->documents.count; i++) {
        const struct document *document = &database->documents.items[i];
        str name = str_from(document->feed->name);
        struct stat st;
        if (!document->has_copy || stat(document->path, &st) < 0)
            continue;
        struct database_row *row = ret->count ? &ret->items[ret->count - 1] : NULL;
        if (!row || !str_eq(row->feed, name)) {
            row = vec_push(database->arena, ret);
            *row = (struct database_row){.feed = name, .outcome = DATABASE_EXPORTED};
        }
        row->rows++;
        row->bytes += (uint64_t)st.st_size;
        struct document_meta meta =
            document_read_meta(database->arena, document_file(database->arena, document, ".meta"));
        if (str_cmp(row->fetched, meta.fetched) < 0)
            row->fetched = meta.fetched;
    }
}

static int export_documents(struct database *database, const char *path,
                            struct database_row_list *ret, struct err *err)
{
    struct export export = {.database = database};
    const char *list = arena_printf(database->arena, "%s/apt.list", database->downloads).ptr;
    struct err missing = {0};
    size_t count = 0;
    for (size_t i = 0; i < database->documents.count; i++)
        count += database->documents.items[i].has_copy;
    if (!count)
        return err_set(err, ERR_NOT_FOUND, "nothing to export: run `harden db update` first");
    if (fd_read_file(database->arena, list, LIMIT_SETTINGS, &export.apt, &missing) < 0)
        export.apt = STR("");
    export.sums = buf_make(LIMIT_DOCUMENT);
    export.meta = buf_make(LIMIT_DOCUMENT);
    meter_start(&database->meter, "writing", count);
    int result = write_file(&export, path, err);
    meter_stop(&database->meter);
    buf_free(&export.sums);
    buf_free(&export.meta);
    if (result == 0)
        add_rows(database, ret);
    return result;
}

int database_export(struct arena *arena, const struct database_settings *settings, const char *path,
                    struct database_row_list *ret, struct err *err)
{
    struct database database;
    struct database_settings all = *settings;
    all.feeds = NULL;
    int result = database_open(&database, arena, &all, err);
    if (result == 0)
        result = database_list(&database, &database.known, false, err);
    if (result == 0)
        result = export_documents(&database, path, ret, err);
    database_close(&database);
    return result;
}
