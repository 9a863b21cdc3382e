// SPDX-License-Identifier: Apache-2.0
#include "app/database/parts.h"

#include "base/date.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/work.h"
#include "io/codec.h"
#include "judge/advisory/store.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Stores that are made at once: each holds its rows in memory until it is written. */
enum { STORES_AT_ONCE = 2, PIECE = 256 * 1024, DAY = 10 /* "2026-11-24" */ };

/* One store and the documents that make it. */
struct work {
    struct arena arena;
    struct database *database;
    str name;
    bool again;
    struct err error;  /* of the store as a whole */
    str first_trouble; /* what is wrong with a document, in words */
    size_t troubles;
    struct database_row row;
};
struct work_list VEC_BODY(struct work);

static bool belongs(const struct work *work, const struct document *document)
{
    return str_eq(document->source.store, work->name);
}

static bool is_usable(const struct document *document)
{
    return document->state == DOCUMENT_NEW || document->has_copy;
}

/* --- reading one document --------------------------------------------------------------------- */

/* What a document may unpack to. */
struct capped {
    struct stream stream;
    struct stream *source;
    uint64_t left;
};

static int capped_fill(struct stream *stream, struct err *err)
{
    struct capped *capped = (struct capped *)stream;
    str piece;
    if (stream_next(capped->source, PIECE, &piece, err) < 0)
        return -1;
    if (piece.len > capped->left)
        return err_set(err, ERR_LIMIT, "longer than %llu GiB unpacked", LIMIT_FEED_BYTES / GIB(1));
    capped->left -= piece.len;
    stream->cursor = (const unsigned char *)piece.ptr;
    stream->end = stream->cursor + piece.len;
    return 0;
}

static void capped_close(struct stream *stream)
{
    (void)stream; /* it is its opener's */
}

/* An archive that is looked into here and there, which takes no memory of ours. The lock is held:
 * nobody cuts the file while it is mapped. */
static int read_mapped(const struct document *document, const struct feed_document *source, int fd,
                       uint64_t size, const struct feed_sink *sink, struct err *err)
{
    void *bytes = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return err_sys(err, "cannot map %s", document->path);
    struct stream *content = stream_memory(str_make(bytes, (size_t)size));
    int result = document->feed->read(source, content, sink, err);
    stream_close(content);
    munmap(bytes, (size_t)size);
    return result;
}

static int read_stream(const struct document *document, const struct feed_document *source, int fd,
                       uint64_t size, const struct feed_sink *sink, struct err *err)
{
    STREAM_SCOPED file = stream_file(fd, 0, size);
    const struct codec *codec;
    if (codec_detect(file, &codec, err) < 0)
        return -1;
    STREAM_SCOPED unpacked = codec ? codec->open(file, err) : NULL;
    if (codec && !unpacked)
        return -1;
    static const struct stream_ops ops = {.fill = capped_fill, .close = capped_close};
    struct capped capped = {
        .stream = {.ops = &ops},
        .source = codec ? unpacked : file,
        .left = LIMIT_FEED_BYTES,
    };
    return document->feed->read(source, &capped.stream, sink, err);
}

/* The text of the document that vouches for this one. */
static int load_voucher(struct work *work, const struct document *document,
                        struct feed_document *source, struct err *err)
{
    const struct document_list *documents = &work->database->documents;
    if (!source->voucher.len)
        return 0;
    for (size_t i = 0; i < documents->count; i++) {
        const struct document *other = &documents->items[i];
        if (other->feed == document->feed && str_eq(other->source.name, source->voucher))
            return fd_read_file(&work->arena, document_current(&work->arena, other), LIMIT_DOCUMENT,
                                &source->voucher_text, err);
    }
    return err_set(err, ERR_NOT_FOUND, "no %.*s", STR_ARG(source->voucher));
}

static int read_document(struct work *work, const struct document *document,
                         struct store_writer *writer, struct err *err)
{
    const char *path = document_current(&work->arena, document);
    struct feed_document source = document->source;
    struct stat st;
    FD_SCOPED fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &st) < 0)
        return err_sys(err, "cannot open %s", path);
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_FORMAT, "not a regular file");
    if (st.st_size == 0)
        return err_set(err, ERR_FORMAT, "empty");
    if (load_voucher(work, document, &source, err) < 0)
        return -1;
    return (document->feed->in_one_piece ? read_mapped : read_stream)(
        document, &source, fd, (uint64_t)st.st_size, store_sink(writer), err);
}

/* --- one store -------------------------------------------------------------------------------- */

static void note_trouble(struct work *work, const struct document *document)
{
    if (work->troubles++)
        return;
    if (document->feed->by_scope)
        work->first_trouble = arena_str(&work->arena, err_text(&document->error));
    else
        work->first_trouble =
            arena_printf(&work->arena, "%.*s: %.*s",
                         STR_ARG(document->source.namespace.len ? document->source.namespace
                                                                : document->source.name),
                         STR_ARG(err_text(&document->error)));
}

static const char *meta_path(struct work *work, const struct document *document)
{
    bool fresh = document->state == DOCUMENT_NEW;
    return document_file(&work->arena, document, fresh ? ".new.meta" : ".meta");
}

static bool is_by_scope(const struct work *work)
{
    for (size_t i = 0; i < work->database->documents.count; i++)
        if (belongs(work, &work->database->documents.items[i]))
            return work->database->documents.items[i].feed->by_scope;
    return false;
}

/* When the newest document was fetched, and the date that its server gave it. */
static str newest_dates(struct work *work, struct store_writer *writer)
{
    str fetched = {0}, modified = {0};
    for (size_t i = 0; i < work->database->documents.count; i++) {
        const struct document *document = &work->database->documents.items[i];
        if (!belongs(work, document) || !is_usable(document))
            continue;
        struct document_meta meta = document_read_meta(&work->arena, meta_path(work, document));
        str date = date_from_rfc5322(&work->arena, meta.last_modified);
        if (str_cmp(fetched, meta.fetched) < 0)
            fetched = meta.fetched;
        if (str_cmp(modified, date) < 0)
            modified = date;
    }
    /* An archive's index may stay as it is for months, and is good if it was there today. */
    if (modified.len && !is_by_scope(work))
        store_set_date(writer, modified);
    return fetched.len ? fetched : date_now(&work->arena);
}

/*
 * Reads all documents of the store. One that is no good is set aside (the copy takes its place
 * if it was new) and everything starts over, because the writer has seen a part of it: 1 then.
 */
static int read_all(struct work *work, struct store_writer *writer, struct err *err)
{
    size_t read = 0;
    for (size_t i = 0; i < work->database->documents.count; i++) {
        struct document *document = &work->database->documents.items[i];
        if (!belongs(work, document) || !is_usable(document))
            continue;
        err_clear(err);
        if (read_document(work, document, writer, err) == 0) {
            read++;
            continue;
        }
        document->error = *err;
        note_trouble(work, document);
        if (document->state == DOCUMENT_NEW)
            document_drop(&work->arena, document);
        else
            document->has_copy = false;
        return 1;
    }
    return read ? 0 : err_set(err, ERR_NOT_FOUND, "nothing to read");
}

static int make_once(struct work *work, struct err *err)
{
    struct store_writer *writer;
    const char *name = arena_cstr(&work->arena, work->name);
    if (store_write(work->database->dir, name, &writer, err) < 0)
        return -1;
    int result = read_all(work, writer, err);
    if (result != 0) {
        store_abandon(writer);
        return result;
    }
    str fetched = newest_dates(work, writer);
    if (documents_unsettle(work->database, work->name, err) < 0) {
        store_abandon(writer);
        return -1;
    }
    return store_commit(writer, fetched, work->database->settings->allow_fewer, err);
}

/* What came new is good where the store could be made of it, else it is forgotten. */
static void settle(struct work *work, bool good)
{
    for (size_t i = 0; i < work->database->documents.count; i++) {
        struct document *document = &work->database->documents.items[i];
        if (!belongs(work, document) || document->state != DOCUMENT_NEW)
            continue;
        if (!good || document_keep(&work->arena, document, &document->error) < 0) {
            document->doubtful |= good;
            document_drop(&work->arena, document);
            note_trouble(work, document);
        }
    }
    documents_settle(work->database, work->name);
}

static bool has_new(const struct work *work)
{
    const struct document_list *documents = &work->database->documents;
    for (size_t i = 0; i < documents->count; i++)
        if (belongs(work, &documents->items[i]) && documents->items[i].state == DOCUMENT_NEW)
            return true;
    return false;
}

static bool has_news(struct work *work, str fetched)
{
    bool news = false, by_scope = is_by_scope(work);
    for (size_t i = 0; i < work->database->documents.count; i++) {
        const struct document *document = &work->database->documents.items[i];
        if (!belongs(work, document))
            continue;
        news |= document->state == DOCUMENT_NEW || document->doubtful;
        /* Nothing else is in such a store that tells its age. */
        struct document_meta meta = document_read_meta(&work->arena, meta_path(work, document));
        news |= by_scope && str_cmp(str_sub(fetched, 0, DAY), str_sub(meta.fetched, 0, DAY)) < 0;
        if (document->state == DOCUMENT_FAILED)
            note_trouble(work, document);
    }
    return news;
}

/* Nothing was to be had, and nothing had to be: that is a trouble all the same. */
static void note_absence(struct work *work)
{
    for (size_t i = 0; i < work->database->documents.count && !work->troubles; i++) {
        const struct document *document = &work->database->documents.items[i];
        if (belongs(work, document) && document->error.kind) {
            note_trouble(work, document);
            err_clear(&work->error);
        }
    }
    work->troubles = 1;
}

/* Of an archive, what it is about: its store's name means nothing to anyone. */
static str shown_name(const struct work *work)
{
    for (size_t i = 0; i < work->database->documents.count; i++) {
        const struct document *document = &work->database->documents.items[i];
        if (belongs(work, document) && document->feed->by_scope)
            return document->source.namespace;
    }
    return work->name;
}

static void describe(struct work *work, bool made)
{
    struct store_state state;
    struct err ignored = {0};
    struct database_row *row = &work->row;
    const char *name = arena_cstr(&work->arena, work->name);
    bool exists = store_examine(&work->arena, work->database->dir, name, &state, &ignored) == 0;
    if (exists && state.unread.len && !work->troubles++)
        work->first_trouble = state.unread;
    row->feed = shown_name(work);
    if (exists)
        *row = (struct database_row){
            .feed = state.feed,
            .rows = state.rows,
            .bytes = state.bytes,
            .updated = state.updated,
            .fetched = state.fetched,
        };
    row->outcome = !exists                  ? DATABASE_FAILED
                   : made && work->troubles ? DATABASE_PARTLY
                   : made                   ? DATABASE_UPDATED
                   : work->troubles         ? DATABASE_KEPT
                                            : DATABASE_UNCHANGED;
    row->why = work->error.kind ? err_text(&work->error) : work->first_trouble;
    if (!work->error.kind && work->troubles > 1)
        row->why = arena_printf(&work->arena, "%.*s (and %zu more)", STR_ARG(work->first_trouble),
                                work->troubles - 1);
    if (exists || row->why.len)
        return;
    row->why = STR("no document of it is there");
}

static void make(void *context, size_t index)
{
    struct work *work = &((struct work_list *)context)->items[index];
    struct store_state state = {0};
    struct err ignored = {0};
    const char *name = arena_cstr(&work->arena, work->name);
    bool exists = store_examine(&work->arena, work->database->dir, name, &state, &ignored) == 0;
    bool news = has_news(work, exists ? state.fetched : (str){0}), made = false;
    if (news || work->again || !exists) {
        struct err err = {0};
        int result;
        /* Where nothing new is left that is any good, the store stays as it is. */
        do
            result = make_once(work, &err);
        while (result > 0 && (!exists || work->again || has_new(work)));
        made = result == 0;
        if (result < 0 && !(err.kind == ERR_NOT_FOUND && work->troubles))
            work->error = err;
        if (!made && !work->troubles)
            note_absence(work);
        settle(work, made);
    }
    describe(work, made);
    meter_add(&work->database->meter, 1, state.bytes);
}

/* --- all stores ------------------------------------------------------------------------------- */

static struct work *work_of(struct work_list *list, str store)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i].name, store))
            return &list->items[i];
    return NULL;
}

/* Documents without rows of their own (an InRelease) are settled when those that need them are. */
static void settle_vouchers(struct database *database)
{
    for (size_t i = 0; i < database->documents.count; i++) {
        struct document *document = &database->documents.items[i];
        if (document->source.store.len || document->state != DOCUMENT_NEW)
            continue;
        if (document_keep(database->arena, document, &document->error) < 0)
            document_drop(database->arena, document);
    }
}

void build_stores(struct database *database, bool again, struct database_row_list *ret)
{
    struct work_list list = {0};
    for (size_t i = 0; i < database->documents.count; i++) {
        str store = database->documents.items[i].source.store;
        if (store.len && !work_of(&list, store))
            *vec_push(database->arena, &list) =
                (struct work){.database = database, .name = store, .again = again};
    }
    meter_start(&database->meter, "reading", list.count);
    size_t jobs = work_processors();
    work_parallel(jobs < STORES_AT_ONCE ? jobs : STORES_AT_ONCE, list.count, make, &list);
    meter_stop(&database->meter);
    settle_vouchers(database);
    for (size_t i = 0; i < list.count; i++) {
        struct database_row row = list.items[i].row;
        row.feed = arena_str(database->arena, row.feed);
        row.updated = arena_str(database->arena, row.updated);
        row.fetched = arena_str(database->arena, row.fetched);
        row.why = arena_str(database->arena, row.why);
        *vec_push(database->arena, ret) = row;
        arena_free(&list.items[i].arena);
    }
}
