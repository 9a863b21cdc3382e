// SPDX-License-Identifier: Apache-2.0
#include "app/database/parts.h"

#include "base/fd.h"
#include "base/limits.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { META_MAX = 8192 };

const char *document_file(struct arena *arena, const struct document *document, const char *suffix)
{
    return arena_printf(arena, "%s%s", document->path, suffix).ptr;
}

struct document_meta document_read_meta(struct arena *arena, const char *path)
{
    struct document_meta meta = {0};
    struct err ignored = {0};
    str text, line;
    if (fd_read_file(arena, path, META_MAX, &text, &ignored) < 0)
        return meta;
    while (str_next_line(&text, &line)) {
        str name, value;
        str_cut(line, ' ', &name, &value);
        if (str_eq(name, STR("url")))
            meta.url = value;
        else if (str_eq(name, STR("etag")))
            meta.etag = value;
        else if (str_eq(name, STR("last-modified")))
            meta.last_modified = value;
        else if (str_eq(name, STR("fetched")))
            meta.fetched = value;
    }
    return meta;
}

int document_write_meta(struct arena *arena, const char *path, const struct document_meta *meta,
                        struct err *err)
{
    str text = arena_printf(arena, "url %.*s\netag %.*s\nlast-modified %.*s\nfetched %.*s\n",
                            STR_ARG(meta->url), STR_ARG(meta->etag), STR_ARG(meta->last_modified),
                            STR_ARG(meta->fetched));
    const char *temporary = arena_printf(arena, "%s.tmp-%d", path, (int)getpid()).ptr;
    FD_SCOPED fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_sys(err, "cannot create %s", temporary);
    /* Not synced: what a power failure takes from it is only fetched again. */
    if (fd_write_all(fd, text.ptr, text.len, err) == 0 && rename(temporary, path) == 0)
        return 0;
    if (err->kind == ERR_NONE)
        err_sys(err, "cannot replace %s", path);
    unlink(temporary);
    return -1;
}

const char *document_current(struct arena *arena, const struct document *document)
{
    return document->state == DOCUMENT_NEW ? document_file(arena, document, ".new")
                                           : document->path;
}

int document_keep(struct arena *arena, struct document *document, struct err *err)
{
    if (document->state != DOCUMENT_NEW)
        return 0;
    /* The description last: a kill in between leaves one that is too old, and the next update
     * fetches the document again. */
    const char *meta = document_file(arena, document, ".new.meta");
    if (rename(document_file(arena, document, ".new"), document->path) < 0 ||
        rename(meta, document_file(arena, document, ".meta")) < 0)
        return err_sys(err, "cannot replace %s", document->path);
    document->has_copy = true;
    document->doubtful = false;
    document->state = DOCUMENT_SAME;
    return 0;
}

void document_drop(struct arena *arena, struct document *document)
{
    unlink(document_file(arena, document, ".new"));
    unlink(document_file(arena, document, ".new.meta"));
    if (document->state == DOCUMENT_NEW)
        document->state = DOCUMENT_FAILED;
}

static const char *mark_of(struct database *database, struct arena *arena, str store)
{
    return arena_printf(arena, "%s/%.*s.unsettled", database->downloads, STR_ARG(store)).ptr;
}

int documents_unsettle(struct database *database, str store, struct err *err)
{
    ARENA_SCOPED arena = {0};
    const char *path = mark_of(database, &arena, store);
    FD_SCOPED fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return fd < 0 ? err_sys(err, "cannot create %s", path) : 0;
}

void documents_settle(struct database *database, str store)
{
    ARENA_SCOPED arena = {0};
    bool doubtful = false;
    for (size_t i = 0; i < database->documents.count; i++) {
        const struct document *document = &database->documents.items[i];
        /* Others are at work on those of other stores. */
        if (str_eq(document->source.store, store))
            doubtful |= document->doubtful;
    }
    if (!doubtful)
        unlink(mark_of(database, &arena, store));
}

static bool is_listed(const struct database *database, const char *path)
{
    for (size_t i = 0; i < database->documents.count; i++)
        if (str_eq(str_from(database->documents.items[i].path), str_from(path)))
            return true;
    return false;
}

int document_list_feed(struct database *database, const struct feed *feed,
                       const struct feed_scope *scope, struct err *err)
{
    struct arena *arena = database->arena;
    struct feed_document_list list = {0};
    if (feed->documents(arena, scope, &list, err) < 0)
        return err_wrap(err, "%s", feed->name);
    for (size_t i = 0; i < list.count; i++) {
        struct document document = {.feed = feed, .source = list.items[i]};
        document.path = arena_printf(arena, "%s/%s/%.*s", database->downloads, feed->name,
                                     STR_ARG(list.items[i].name))
                            .ptr;
        if (is_listed(database, document.path))
            continue;
        document.has_copy = access(document.path, F_OK) == 0;
        document.doubtful = document.has_copy && document.source.store.len &&
                            access(mark_of(database, arena, document.source.store), F_OK) == 0;
        document_drop(arena, &document);
        *vec_push(arena, &database->documents) = document;
    }
    return 0;
}
