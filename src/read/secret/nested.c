// SPDX-License-Identifier: Apache-2.0
/* Archives in layers, and in archives: each member is a stream of its own. */
#include "base/buf.h"
#include "base/limits.h"
#include "base/path.h"
#include "io/codec.h"
#include "io/tar.h"
#include "io/zip.h"
#include "read/secret/files.h"

enum { TAR_BLOCK = 512 };

bool nested_is_archive(str head)
{
    struct stream *source;
    const struct codec *codec = NULL;
    struct err ignored = {0};
    if (zip_looks_like(head))
        return true;
    source = stream_memory(head);
    codec_detect(source, &codec, &ignored);
    stream_close(source);
    return codec != NULL;
}

static str join(struct secret_scan *scan, str outer, str name)
{
    return outer.len ? arena_join(&scan->arena, outer, STR("!/"), name)
                     : arena_str(&scan->arena, name);
}

static void gap(struct secret_scan *scan, str inside, str reason)
{
    enum { MOST_GAPS = 20 };
    if (scan->nested_gaps++ >= MOST_GAPS)
        return;
    fact_add_gap(scan->to, scan->path,
                 inside.len ? arena_join(&scan->arena, inside, STR(": "), reason) : reason);
}

static int unpacked(struct secret_scan *scan, str piece, struct err *err)
{
    scan->unpacked += piece.len;
    if (scan->unpacked <= LIMIT_NESTED_UNPACKED)
        return 0;
    return err_set(err, ERR_LIMIT, "unpacks to more than %llu MiB; the rest is not looked at",
                   LIMIT_NESTED_UNPACKED / MIB(1));
}

/* All of a stream, if it fits; else *ret_rest is the piece that did not. */
static int hold(struct secret_scan *scan, struct stream *stream, struct buf *to, str *ret_rest,
                struct err *err)
{
    for (;;) {
        if (stream_next(stream, SIZE_MAX, ret_rest, err) < 0 || unpacked(scan, *ret_rest, err) < 0)
            return -1;
        if (ret_rest->len == 0)
            return 0;
        buf_add_str(to, *ret_rest);
        if (to->overflow)
            return 0;
    }
}

/* `begun` and `piece` were taken off the stream already. */
static int pass_through(struct secret_scan *scan, str inside, str head, str begun, str piece,
                        struct stream *stream, struct err *err)
{
    int result = 0;
    scan_start(scan, scan->path, inside, head);
    scan_feed(scan, begun);
    scan_feed(scan, piece);
    while (result == 0 && (result = stream_next(stream, SIZE_MAX, &piece, err)) == 0 && piece.len) {
        result = unpacked(scan, piece, err);
        scan_feed(scan, piece);
    }
    scan_finish(scan);
    return result;
}

static int scan_member(struct secret_scan *scan, str inside, struct stream *stream, uint64_t size,
                       struct err *err);

static bool scan_archive(struct secret_scan *scan, str outer, str bytes, struct err *err);

static int scan_held(struct secret_scan *scan, str inside, struct stream *stream, bool archive,
                     struct err *err)
{
    BUF_SCOPED held = buf_make(archive ? LIMIT_NESTED_HELD : LIMIT_SECRET_FILE);
    str rest;
    if (hold(scan, stream, &held, &rest, err) < 0)
        return -1;
    str bytes = buf_str(&held);
    if (rest.len) { /* too long to be read as what it is, and no less to be searched */
        if (archive)
            gap(scan, inside, STR("an archive too long to be looked into; its packed bytes were"));
        return pass_through(scan, inside, bytes, bytes, rest, stream, err);
    }
    struct err inner = {0};
    if (!archive || !scan_archive(scan, inside, bytes, &inner) || inner.kind)
        scan_whole(scan, scan->path, inside, bytes);
    if (inner.kind)
        gap(scan, inside, err_text(&inner));
    return 0;
}

static int scan_member(struct secret_scan *scan, str inside, struct stream *stream, uint64_t size,
                       struct err *err)
{
    str head;
    if (stream_peek(stream, STREAM_PEEK, &head, err) < 0)
        return -1;
    size_t bang = str_rfind_char(inside, '!');
    str name = str_from_index(inside, bang == STR_NONE ? 0 : bang + 2);
    bool archive = nested_is_archive(head) || str_ends(name, STR(".tar"));
    if (archive && scan->depth >= LIMIT_NESTED_DEPTH) {
        gap(scan, inside, STR("archives in archives, deeper than is looked into"));
        archive = false;
    }
    if (archive || (size <= LIMIT_SECRET_FILE && file_reader_of(name, head)))
        return scan_held(scan, inside, stream, archive, err);
    return pass_through(scan, inside, head, (str){0}, (str){0}, stream, err);
}

static int scan_zip(struct secret_scan *scan, str outer, str bytes, struct err *err)
{
    struct zip zip;
    struct zip_member member;
    int more;
    size_t count = 0;
    if (zip_open(bytes, &zip, err) < 0)
        return -1;
    while ((more = zip_next(&zip, &member, err)) > 0) {
        STREAM_SCOPED source = NULL;
        STREAM_SCOPED content = NULL;
        struct err failed = {0};
        str inside = join(scan, outer, member.name);
        if (++count > LIMIT_NESTED_ENTRIES)
            return err_set(err, ERR_LIMIT, "zip: more than %d members", LIMIT_NESTED_ENTRIES);
        if (str_ends(member.name, STR("/")) || member.size == 0)
            continue;
        if (zip_content(&zip, &member, &source, &content, &failed) == 0)
            scan_member(scan, inside, content, member.size, &failed);
        if (failed.kind)
            gap(scan, inside, err_text(&failed));
        if (scan->unpacked > LIMIT_NESTED_UNPACKED)
            return 0; /* which is said */
    }
    return more;
}

static int scan_tar(struct secret_scan *scan, str outer, struct stream *stream, struct err *err)
{
    TAR_SCOPED tar = tar_open(stream);
    struct entry entry;
    int more;
    size_t count = 0;
    while ((more = tar_next(tar, &entry, err)) > 0) {
        if (++count > LIMIT_NESTED_ENTRIES)
            return err_set(err, ERR_LIMIT, "tar: more than %d entries", LIMIT_NESTED_ENTRIES);
        if (entry.type == ENTRY_FILE && entry.size &&
            scan_member(scan, join(scan, outer, entry.path), tar_content(tar), entry.size, err) < 0)
            return -1;
    }
    return more;
}

/* Whether what the codec unpacks is a tar archive: its first block says so. */
static bool holds_tar(const struct codec *codec, str bytes)
{
    char block[TAR_BLOCK];
    size_t len = 0;
    struct err ignored = {0};
    STREAM_SCOPED source = stream_memory(bytes);
    STREAM_SCOPED unpacked = codec->open(source, &ignored);
    return unpacked && stream_read(unpacked, block, sizeof(block), &len, &ignored) == 0 &&
           len == sizeof(block) && tar_looks_like(str_make(block, len));
}

/* "a.log.gz" holds "a.log". */
static str name_inside(struct secret_scan *scan, str outer, const struct codec *codec)
{
    str base = path_base(outer.len ? outer : scan->path);
    str suffix = str_from(codec->suffix);
    if (str_ends(base, suffix))
        base.len -= suffix.len;
    return join(scan, outer, base);
}

static int scan_packed(struct secret_scan *scan, str outer, str bytes, const struct codec *codec,
                       struct err *err)
{
    bool tar = holds_tar(codec, bytes);
    STREAM_SCOPED source = stream_memory(bytes);
    STREAM_SCOPED unpacked = codec->open(source, err);
    if (!unpacked)
        return -1;
    return tar ? scan_tar(scan, outer, unpacked, err)
               : scan_member(scan, name_inside(scan, outer, codec), unpacked, 0, err);
}

/* False where it is no archive after all: then its bytes are to be scanned as they are. Damage
 * that comes later is told by err. */
static bool scan_archive(struct secret_scan *scan, str outer, str bytes, struct err *err)
{
    const struct codec *codec = NULL;
    struct err ignored = {0};
    STREAM_SCOPED source = stream_memory(bytes);
    bool is_tar = tar_looks_like(str_sub(bytes, 0, TAR_BLOCK));
    codec_detect(source, &codec, &ignored);
    if (!zip_looks_like(bytes) && !codec && !is_tar)
        return false;
    scan->depth++;
    if (zip_looks_like(bytes))
        scan_zip(scan, outer, bytes, err);
    else if (codec)
        scan_packed(scan, outer, bytes, codec, err);
    else
        scan_tar(scan, outer, source, err);
    scan->depth--;
    return true;
}

bool nested_scan(struct secret_scan *scan, str bytes, struct err *err)
{
    scan->depth = 0;
    scan->unpacked = 0;
    return scan_archive(scan, (str){0}, bytes, err);
}
