// SPDX-License-Identifier: Apache-2.0
#include "app/database.h"

#include "app/command/command.h"
#include "app/database/parts.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "judge/advisory/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

/* --- opening ---------------------------------------------------------------------------------- */

const char *database_dir(const struct invocation *invocation, const char *db)
{
    return db ? db : arena_printf(invocation->arena, "%s/advisories", invocation->home).ptr;
}

static void name_holder(struct database *database, const char *path)
{
    str text = {0};
    struct err err = {0};
    fd_read_file(database->arena, path, 64, &text, &err);
    str holder = str_trim(text);
    err_set(&err, ERR_IO, "another update%s%.*s is running: waiting for it to end",
            holder.len ? " with process id " : "", STR_ARG(holder));
    command_complain(NULL, &err);
}

/* One writer at a time. A second one says for whom it waits. */
static int take_lock(struct database *database, struct err *err)
{
    const char *path = arena_printf(database->arena, "%s/lock", database->dir).ptr;
    char text[32];
    database->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (database->lock < 0)
        return err_sys(err, "cannot open %s", path);
    int result = flock(database->lock, LOCK_EX | LOCK_NB);
    if (result < 0 && errno == EWOULDBLOCK) {
        name_holder(database, path);
        while ((result = flock(database->lock, LOCK_EX)) < 0 && errno == EINTR)
            continue;
    }
    if (result < 0)
        return err_sys(err, "cannot lock %s", path);
    /* For people only; a full disk is met where it matters. */
    int len = snprintf(text, sizeof(text), "%d\n", (int)getpid());
    struct err ignored = {0};
    if (ftruncate(database->lock, 0) == 0)
        fd_write_all(database->lock, text, (size_t)len, &ignored);
    return 0;
}

/* What runs that were killed left in a folder; the lock is held, so nobody else is writing. */
static void sweep(struct arena *arena, const char *folder)
{
    DIR_SCOPED dir = opendir(folder);
    for (struct dirent *entry = dir ? readdir(dir) : NULL; entry; entry = readdir(dir))
        if (str_contains(str_from(entry->d_name), STR(".tmp-")))
            unlink(arena_printf(arena, "%s/%s", folder, entry->d_name).ptr);
}

static void sweep_all(struct database *database)
{
    sweep(database->arena, database->dir);
    sweep(database->arena, database->downloads);
    for (const struct feed *const *feed = feed_all(); *feed; feed++)
        sweep(database->arena,
              arena_printf(database->arena, "%s/%s", database->downloads, (*feed)->name).ptr);
}

static int make_folders(struct database *database, struct err *err)
{
    for (const struct feed *const *feed = feed_all(); *feed; feed++) {
        const char *path =
            arena_printf(database->arena, "%s/%s", database->downloads, (*feed)->name).ptr;
        if (fd_make_dirs(path, err) < 0)
            return -1;
    }
    return 0;
}

static int check_names(struct arena *arena, const struct database_settings *settings,
                       struct err *err)
{
    str all = {0};
    for (const struct feed *const *feed = feed_all(); *feed; feed++)
        all = arena_join(arena, all, all.len ? STR(", ") : STR(""), str_from((*feed)->name));
    for (const char *const *name = settings->feeds; name && *name; name++)
        if (!feed_by_name(str_from(*name)))
            return err_set(err, ERR_USAGE, "no feed is called %s; there are %.*s", *name,
                           STR_ARG(all));
    return 0;
}

int database_open(struct database *database, struct arena *arena,
                  const struct database_settings *settings, struct err *err)
{
    uint64_t year;
    *database = (struct database){.arena = arena, .settings = settings, .lock = -1};
    database->dir = settings->dir;
    database->downloads = arena_printf(arena, "%s/downloads", database->dir).ptr;
    if (check_names(arena, settings, err) < 0 || make_folders(database, err) < 0 ||
        take_lock(database, err) < 0)
        return -1;
    sweep_all(database);
    str_to_u64(str_sub(date_now(arena), 0, 4), 9999, &year);
    database->known.year = (unsigned)year;
    return scope_load_known(database, err);
}

void database_close(struct database *database)
{
    fd_close(&database->lock);
}

int database_enter_sandbox(struct database *database, struct err *err)
{
    const char *const writable[] = {database->dir, NULL};
    const struct sandbox sandbox = {.writable = writable};
    enum sandbox_level level;
    return sandbox_enter(&sandbox, &level, err);
}

/* --- which feeds ------------------------------------------------------------------------------ */

static bool is_named(const struct database_settings *settings, const struct feed *feed)
{
    const char *const *names = settings->feeds;
    if (!names || !names[0])
        return true;
    for (; *names; names++)
        if (str_eq(str_from(*names), str_from(feed->name)))
            return true;
    return false;
}

/* Documents of the named feeds for a scope are asked for; those that are only on disk are not. */
int database_list(struct database *database, const struct feed_scope *scope, bool wanted,
                  struct err *err)
{
    for (const struct feed *const *feed = feed_all(); *feed; feed++) {
        size_t from = database->documents.count;
        if (!is_named(database->settings, *feed))
            continue;
        if (document_list_feed(database, *feed, scope, err) < 0)
            return -1;
        for (size_t i = from; wanted && i < database->documents.count; i++)
            database->documents.items[i].state = DOCUMENT_FAILED; /* until fetched */
    }
    return 0;
}

static int plan_update(struct database *database, struct err *err)
{
    const struct database_settings *settings = database->settings;
    struct feed_scope scope = {.year = database->known.year, .of_targets = true};
    if (!settings->target_count) {
        if (database_list(database, &database->known, true, err) < 0)
            return -1;
    } else if (scope_of_targets(database, &scope, err) < 0 ||
               scope_remember(database, &scope, err) < 0 ||
               database_list(database, &scope, true, err) < 0 ||
               database_list(database, &database->known, false, err) < 0) {
        return -1;
    }
    if (!database->documents.count)
        return err_set(err, ERR_USAGE,
                       "nothing to fetch: name a target with --for, so that its "
                       "archives are known");
    return 0;
}

/* Stores of which nothing was ever fetched, unless they were named. */
static void forget_absent(struct database *database)
{
    struct document_list *documents = &database->documents;
    bool named = database->settings->feeds && database->settings->feeds[0];
    for (size_t i = 0; i < documents->count; i++)
        documents->items[i].state =
            named || documents->items[i].has_copy ? DOCUMENT_SAME : DOCUMENT_IDLE;
    database_forget_idle(database);
}

/* Stores that nothing was asked of are not rows of an update. */
void database_forget_idle(struct database *database)
{
    struct document_list *documents = &database->documents;
    size_t kept = 0;
    for (size_t i = 0; i < documents->count; i++) {
        bool wanted = false;
        for (size_t j = 0; !wanted && j < documents->count; j++)
            wanted = documents->items[j].state != DOCUMENT_IDLE &&
                     str_eq(documents->items[j].source.store, documents->items[i].source.store);
        if (wanted)
            documents->items[kept++] = documents->items[i];
    }
    documents->count = kept;
}

/* --- the verbs -------------------------------------------------------------------------------- */

int database_update(struct arena *arena, const struct database_settings *settings,
                    struct database_row_list *ret, struct err *err)
{
    struct database database;
    int result = database_open(&database, arena, settings, err);
    if (result == 0)
        result = plan_update(&database, err);
    if (result == 0) {
        database_forget_idle(&database);
        fetch_documents(&database);
        result = database_enter_sandbox(&database, err);
    }
    if (result == 0)
        build_stores(&database, false, ret);
    database_close(&database);
    return result;
}

int database_build(struct arena *arena, const struct database_settings *settings,
                   struct database_row_list *ret, struct err *err)
{
    struct database database;
    int result = database_open(&database, arena, settings, err);
    if (result == 0)
        result = database_list(&database, &database.known, false, err);
    if (result == 0) {
        forget_absent(&database);
        result = database_enter_sandbox(&database, err);
    }
    if (result == 0 && !database.documents.count)
        result = err_set(err, ERR_NOT_FOUND, "nothing was fetched yet: run `harden db update`");
    if (result == 0)
        build_stores(&database, true, ret);
    database_close(&database);
    return result;
}

int database_status(struct arena *arena, const struct database_settings *settings,
                    struct database_row_list *ret, struct err *err)
{
    const char *dir = settings->dir;
    struct str_list names = {0};
    if (store_list(arena, dir, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        struct store_state state;
        struct err damage = {0};
        struct database_row *row = vec_push(arena, ret);
        row->feed = names.items[i];
        row->outcome = DATABASE_PRESENT;
        if (store_examine(arena, dir, names.items[i].ptr, &state, &damage) < 0) {
            row->outcome = DATABASE_FAILED;
            row->why = arena_str(arena, err_text(&damage));
            continue;
        }
        *row = (struct database_row){
            .feed = state.feed,
            .rows = state.rows,
            .bytes = state.bytes,
            .updated = state.updated,
            .fetched = state.fetched,
            .outcome = DATABASE_PRESENT,
            .why = state.unread,
        };
    }
    return 0;
}
