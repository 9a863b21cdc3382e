// SPDX-License-Identifier: Apache-2.0
#include "read/secret/secret.h"

#include "base/die.h"
#include "base/fd.h"
#include "base/limits.h"
#include "data.h"
#include "io/digest.h"
#include "read/secret/files.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Raise when the same bytes give other facts, apart from changes of the tables. */
enum { CODE_VERSION = 3, MOST_PACKED = 64 << 20, KEY_DIGITS = 32 };

static const struct scanner scanner;

struct secret_kinds {
    pthread_mutex_t lock;
    struct kind_table table; /* empty: not read yet */
};

static str table_text(void)
{
    return str_make(data_secrets, data_secrets_len);
}

/* Where patterns are kept that this machine had to compile; changes with table and library. */
static const char *kept_path(struct arena *arena, const char *folder)
{
    str about = arena_join(arena, pattern_library_version(), STR("\n"), table_text());
    str digest = digest_of(arena, DIGEST_SHA256, about);
    digest = str_sub(digest, str_find_char(digest, ':') + 1, KEY_DIGITS);
    return arena_printf(arena, "%s/patterns-%.*s", folder, STR_ARG(digest)).ptr;
}

static int open_patterns(struct secret_finder *finder, const char *folder, struct err *err)
{
    ARENA_SCOPED arena = {0};
    struct err ignored = {0};
    str packed = str_make(data_secret_patterns, data_secret_patterns_len);
    if (packed.len && pattern_open_packed(packed, &finder->set, &ignored) == 0)
        return 0;
    const char *path = folder ? kept_path(&arena, folder) : NULL;
    if (path && fd_read_file(&arena, path, MOST_PACKED, &packed, &ignored) == 0 &&
        pattern_open_packed(packed, &finder->set, &ignored) == 0)
        return 0;
    if (pattern_compile(probes_patterns(&arena, &finder->search.set), finder->search.set.count,
                        &finder->set, err) < 0)
        return -1;
    /* Without a place to keep them it works just as well, only not as fast. */
    if (path && pattern_pack(finder->set, &arena, &packed, &ignored) == 0)
        fd_replace_file(path, packed, &ignored);
    return 0;
}

/* For layers: what is not a text of a few hundred bytes. */
static int open_collector(struct secret_finder *finder, const struct secret_settings *settings,
                          struct err *err)
{
    str known = str_make(data_known_secrets, data_known_secrets_len);
    if (open_patterns(finder, settings->cache_dir, err) < 0)
        return -1;
    finder->collector = (struct collector){
        .name = "secrets",
        .version = (unsigned)str_hash(table_text()) ^ (unsigned)str_hash(known) ^ CODE_VERSION,
        .wants = WANT_SECRETS,
        .scanner = &scanner,
        .context = finder,
    };
    return 0;
}

int secret_finder_open(const struct secret_settings *settings, struct secret_finder **ret,
                       struct err *err)
{
    if (!settings->texts && pattern_load(err) < 0)
        return -1;
    struct secret_finder *finder = die_malloc(sizeof(*finder));
    *finder = (struct secret_finder){.show = settings->show};
    finder->kinds = die_malloc(sizeof(*finder->kinds));
    *finder->kinds = (struct secret_kinds){.lock = PTHREAD_MUTEX_INITIALIZER};
    search_open(str_make(data_secret_search, data_secret_search_len), &finder->search);
    if (!settings->texts && open_collector(finder, settings, err) < 0) {
        secret_finder_close(finder);
        return -1;
    }
    *ret = finder;
    return 0;
}

void secret_finder_close(struct secret_finder *finder)
{
    if (!finder)
        return;
    pattern_close(finder->set);
    kind_table_free(&finder->kinds->table);
    pthread_mutex_destroy(&finder->kinds->lock);
    free(finder->kinds);
    free(finder);
}

const struct collector *secret_finder_collector(const struct secret_finder *finder)
{
    return &finder->collector;
}

const struct kind_table *scan_kinds(struct secret_scan *scan)
{
    struct secret_kinds *kinds = scan->finder->kinds;
    struct err err = {0};
    if (scan->kinds)
        return scan->kinds;
    pthread_mutex_lock(&kinds->lock);
    /* The build has read it, and would have failed. */
    INVARIANT(kinds->table.count || kind_table_read(table_text(), &kinds->table, &err) == 0);
    pthread_mutex_unlock(&kinds->lock);
    return scan->kinds = &kinds->table;
}

struct secret_scan *scan_open(const struct secret_finder *finder, size_t most)
{
    struct err ignored = {0};
    struct secret_scan *scan = die_malloc(sizeof(*scan));
    size_t room = most < SCAN_WINDOW ? most : SCAN_WINDOW;
    *scan = (struct secret_scan){.finder = finder, .room = room, .window = die_malloc(room)};
    /* The set was opened on this processor, so a scan of it can fail for want of memory only. */
    INVARIANT(!finder->set || pattern_scan_begin(finder->set, &scan->patterns, &ignored) == 0);
    return scan;
}

void scan_close(struct secret_scan *scan)
{
    pattern_scan_end(scan->patterns);
    arena_free(&scan->arena);
    arena_free(&scan->lasting);
    free(scan->window);
    free(scan->held);
    free(scan);
}

void secret_scan_text(const struct secret_finder *finder, struct collect *to, str path, str text)
{
    struct secret_scan *scan = scan_open(finder, text.len);
    scan->to = to;
    scan_whole(scan, path, (str){0}, text);
    scan_close(scan);
}

/* --- files of layers ---- */

static void *open_scan(const struct collector *self)
{
    return scan_open(self->context, SIZE_MAX);
}

static void close_scan(void *state)
{
    scan_close(state);
}

static void new_file(struct secret_scan *scan, struct collect *to)
{
    enum { KEPT_MEMORY = 4 << 20 };
    if (scan->arena.total > KEPT_MEMORY)
        arena_free(&scan->arena);
    else
        arena_reset(&scan->arena);
    scan->to = to;
    scan->flood_said = false;
    scan->nested_gaps = 0;
    scan->held_len = 0;
}

static bool begin(void *state, struct collect *to, const struct entry *entry, str head)
{
    struct secret_scan *scan = state;
    new_file(scan, to);
    bool archive = nested_is_archive(head) || str_ends(entry->path, STR(".tar"));
    scan->is_archive = archive && entry->size <= LIMIT_NESTED_HELD;
    scan->reader = archive ? NULL : file_reader_of(entry->path, head);
    if (scan->reader && entry->size > LIMIT_SECRET_FILE)
        scan->reader = NULL;
    if (archive && !scan->is_archive)
        fact_add_gap(to, entry->path,
                     STR("an archive too long to be looked into for secrets; only its packed bytes "
                         "were"));
    scan_start(scan, entry->path, (str){0}, head);
    return true;
}

static void hold(struct secret_scan *scan, str piece)
{
    if (scan->held_room - scan->held_len < piece.len) {
        size_t room = scan->held_room * 2 > scan->held_len + piece.len ? scan->held_room * 2
                                                                       : scan->held_len + piece.len;
        scan->held = die_realloc(scan->held, room);
        scan->held_room = room;
    }
    memcpy(scan->held + scan->held_len, piece.ptr, piece.len);
    scan->held_len += piece.len;
}

static int feed(void *state, struct collect *to, str piece, struct err *err)
{
    struct secret_scan *scan = state;
    (void)to, (void)err;
    size_t most = scan->is_archive ? LIMIT_NESTED_HELD : LIMIT_SECRET_FILE;
    if ((scan->is_archive || scan->reader) && piece.len <= most - scan->held_len) {
        hold(scan, piece);
    } else if (scan->is_archive) {
        /* More than the entry's size: scanned as it is. */
        scan->is_archive = false;
        scan_feed(scan, str_make(scan->held, scan->held_len));
    } else {
        scan->reader = NULL;
    }
    if (!scan->is_archive)
        scan_feed(scan, piece);
    return 0;
}

static int end(void *state, struct collect *to, bool whole, struct err *err)
{
    struct secret_scan *scan = state;
    (void)to;
    str held = str_make(scan->held, scan->held_len);
    if (scan->is_archive) {
        str path = scan->path;
        /* Of a damaged one there may be more in its bytes than could be unpacked. */
        bool looked = whole && nested_scan(scan, held, err) && !err->kind;
        if (!looked)
            scan_whole(scan, path, (str){0}, held);
    } else {
        if (scan->reader && whole)
            scan_read_file(scan, scan->reader, held);
        scan_finish(scan);
    }
    /* One long archive must not hold its memory for the rest of the layer. */
    if (scan->held_room > LIMIT_SECRET_FILE) {
        free(scan->held);
        scan->held = NULL;
        scan->held_room = 0;
    }
    return err->kind ? -1 : 0;
}

static const struct scanner scanner = {open_scan, close_scan, begin, feed, end};
