// SPDX-License-Identifier: Apache-2.0
#include "io/kv.h"

#include "base/die.h"
#include "base/fd.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* What makes an LMDB file ours: a record under a key that no caller can use. */
static const str magic_key = STR_INIT("\0harden");
static const str magic_value = STR_INIT("harden.kv/1");

enum { KEY_MAX = 511, COMMIT_BYTES = 16 * 1024 * 1024 };

struct kv {
    MDB_env *env;
    MDB_txn *txn; /* one read transaction for good: the file never changes under its name */
    MDB_dbi dbi;
};

struct row {
    str key, value;
};
struct row_list VEC_BODY(struct row);

struct kv_builder {
    struct arena arena;
    struct row_list rows;
    uint64_t bytes;
    str path;
    const char *temporary;
};

static MDB_val to_val(str s)
{
    union { /* LMDB's interface has no const */
        const char *from;
        void *to;
    } pointer = {.from = s.ptr};
    return (MDB_val){s.len, pointer.to};
}

static int fail(int code, const char *what, const char *path, struct err *err)
{
    if (code > 0) {
        errno = code;
        return err_sys(err, "%s %s", what, path);
    }
    return err_set(err, ERR_FORMAT, "%s %s: %s", what, path, mdb_strerror(code));
}

/* --- reading ------------------------------------------------------------------------------------
 * LMDB trusts what it maps, so the two meta pages (layout: MDB_page and MDB_meta of mdb.c, 64 bit)
 * are looked at before it sees them, and the size they claim afterwards. Damage further inside is
 * not looked for: a store is built from verified documents on this machine and never taken over
 * from elsewhere as a file.
 */
enum {
    META_MAGIC_AT = 16,
    META_VERSION_AT = 20,
    META_PAGE_SIZE_AT = 40,
    META_SIZE = 44,
    PAGE_SIZE_LEAST = 512,
    PAGE_SIZE_MOST = 65536,
};

static uint32_t number_at(const unsigned char *bytes, size_t offset)
{
    uint32_t number;
    memcpy(&number, bytes + offset, sizeof(number));
    return number;
}

static int check_meta(int fd, const char *path, struct err *err)
{
    unsigned char meta[META_SIZE];
    uint32_t page_size = 0;
    for (int i = 0; i < 2; i++) {
        ssize_t got = pread(fd, meta, sizeof(meta), (off_t)page_size * i);
        if (got < 0)
            return err_sys(err, "cannot read %s", path);
        if (got != META_SIZE || number_at(meta, META_MAGIC_AT) != 0xBEEFC0DE ||
            number_at(meta, META_VERSION_AT) != 1)
            return err_set(err, ERR_FORMAT, "%s is not an advisory store", path);
        uint32_t size = number_at(meta, META_PAGE_SIZE_AT);
        if (size < PAGE_SIZE_LEAST || size > PAGE_SIZE_MOST || (size & (size - 1)) ||
            (i && size != page_size))
            return err_set(err, ERR_FORMAT, "%s is damaged: its page size is %u", path, size);
        page_size = size;
    }
    return 0;
}

/* Reading behind the end of a mapped file would end the process by SIGBUS. */
static int check_size(MDB_env *env, const char *path, struct err *err)
{
    MDB_envinfo info;
    MDB_stat stat;
    struct stat st;
    mdb_filehandle_t fd;
    if (mdb_env_info(env, &info) || mdb_env_stat(env, &stat) || mdb_env_get_fd(env, &fd) ||
        fstat(fd, &st) < 0)
        return err_set(err, ERR_IO, "cannot examine %s", path);
    if (info.me_last_pgno >= (size_t)st.st_size / stat.ms_psize)
        return err_set(err, ERR_FORMAT, "%s is damaged: it ends after %lld of %zu pages", path,
                       (long long)st.st_size / stat.ms_psize, info.me_last_pgno + 1);
    return 0;
}

static int check_magic(const struct kv *kv, const char *path, struct err *err)
{
    str value;
    if (!kv_get(kv, magic_key, &value))
        return err_set(err, ERR_FORMAT, "%s is not an advisory store", path);
    if (!str_eq(value, magic_value))
        return err_set(err, ERR_UNSUPPORTED, "%s was made by another version", path);
    return 0;
}

static int map_file(struct kv *kv, const char *path, struct err *err)
{
    const unsigned flags = MDB_NOSUBDIR | MDB_RDONLY | MDB_NOLOCK | MDB_NOTLS;
    int code = mdb_env_create(&kv->env);
    /* The least: LMDB raises it to what the file needs, whatever the builder had reserved. */
    if (!code)
        code = mdb_env_set_mapsize(kv->env, 1);
    if (!code)
        code = mdb_env_open(kv->env, path, flags, 0);
    if (code)
        return fail(code, "cannot open", path, err);
    if (check_size(kv->env, path, err) < 0)
        return -1;
    code = mdb_txn_begin(kv->env, NULL, MDB_RDONLY, &kv->txn);
    if (!code)
        code = mdb_dbi_open(kv->txn, NULL, 0, &kv->dbi);
    return code ? fail(code, "cannot read", path, err) : 0;
}

int kv_open(const char *path, struct kv **ret, struct err *err)
{
    struct stat st;
    FD_SCOPED fd = fd_open_file(path, &st, err);
    if (fd < 0 || check_meta(fd, path, err) < 0)
        return -1;
    struct kv *kv = die_malloc(sizeof(*kv));
    *kv = (struct kv){0};
    if (map_file(kv, path, err) < 0 || check_magic(kv, path, err) < 0) {
        kv_close(kv);
        return -1;
    }
    *ret = kv;
    return 0;
}

void kv_close(struct kv *kv)
{
    if (!kv)
        return;
    if (kv->txn)
        mdb_txn_abort(kv->txn);
    if (kv->env)
        mdb_env_close(kv->env);
    free(kv);
}

bool kv_get(const struct kv *kv, str key, str *ret_value)
{
    /* Threads may share the transaction: a get on the main database of a read-only one writes
     * nothing but its own cursor, on the stack. */
    MDB_val k = to_val(key), v;
    if (!key.len || key.len > KEY_MAX || mdb_get(kv->txn, kv->dbi, &k, &v))
        return false;
    *ret_value = str_make(v.mv_data, v.mv_size);
    return true;
}

int kv_visit(const struct kv *kv, str from, kv_visitor *visit, void *context, struct err *err)
{
    MDB_cursor *cursor;
    MDB_val k = to_val(from), v;
    int code = mdb_cursor_open(kv->txn, kv->dbi, &cursor);
    if (code)
        return fail(code, "cannot read", "the store", err);
    code = mdb_cursor_get(cursor, &k, &v, from.len ? MDB_SET_RANGE : MDB_FIRST);
    for (; !code; code = mdb_cursor_get(cursor, &k, &v, MDB_NEXT)) {
        str key = str_make(k.mv_data, k.mv_size);
        if (!str_eq(key, magic_key) && !visit(context, key, str_make(v.mv_data, v.mv_size)))
            break;
    }
    mdb_cursor_close(cursor);
    return code && code != MDB_NOTFOUND ? fail(code, "cannot read", "the store", err) : 0;
}

/* --- building ----------------------------------------------------------------------------------
 */

static const char *folder_of(struct arena *arena, str path)
{
    size_t slash = str_rfind_char(path, '/');
    if (slash == STR_NONE)
        return ".";
    return slash ? arena_cstr(arena, str_sub(path, 0, slash)) : "/";
}

/* What builders that were killed left beside `path`. The caller holds the lock of the folder, so
 * that no other builder is alive. */
static void remove_stale(struct arena *arena, str path)
{
    const char *folder = folder_of(arena, path);
    size_t slash = str_rfind_char(path, '/');
    str base = slash == STR_NONE ? path : str_from_index(path, slash + 1);
    str prefix = arena_printf(arena, "%.*s.tmp-", STR_ARG(base));
    DIR_SCOPED dir = opendir(folder);
    for (struct dirent *entry = dir ? readdir(dir) : NULL; entry; entry = readdir(dir))
        if (str_starts(str_from(entry->d_name), prefix))
            unlink(arena_printf(arena, "%s/%s", folder, entry->d_name).ptr);
}

int kv_build(const char *path, struct kv_builder **ret, struct err *err)
{
    (void)err;
    struct kv_builder *builder = die_malloc(sizeof(*builder));
    *builder = (struct kv_builder){0};
    builder->path = arena_str(&builder->arena, str_from(path));
    builder->temporary = arena_printf(&builder->arena, "%s.tmp-%d", path, (int)getpid()).ptr;
    remove_stale(&builder->arena, builder->path);
    *ret = builder;
    return 0;
}

int kv_put(struct kv_builder *builder, str key, str value, struct err *err)
{
    if (!key.len || key.len > KEY_MAX || !key.ptr[0])
        return err_set(err, ERR_LIMIT, "a key of %zu bytes does not fit the store", key.len);
    *vec_push(&builder->arena, &builder->rows) =
        (struct row){arena_str(&builder->arena, key), arena_str(&builder->arena, value)};
    builder->bytes += key.len + value.len;
    return 0;
}

static int compare_rows(const void *a, const void *b)
{
    return str_cmp(((const struct row *)a)->key, ((const struct row *)b)->key);
}

static int put_row(MDB_txn *txn, MDB_dbi dbi, const struct row *row)
{
    MDB_val k = to_val(row->key), v = to_val(row->value);
    return mdb_put(txn, dbi, &k, &v, MDB_APPEND);
}

/* One transaction of sorted rows from *at on, of a bounded size: LMDB keeps the pages that it
 * changes in memory until the commit. */
static int write_some(MDB_env *env, const struct row_list *rows, size_t *at)
{
    MDB_txn *txn;
    MDB_dbi dbi;
    int code = mdb_txn_begin(env, NULL, 0, &txn);
    if (code)
        return code;
    code = mdb_dbi_open(txn, NULL, 0, &dbi);
    if (!code && !*at)
        code = put_row(txn, dbi, &(struct row){magic_key, magic_value});
    for (uint64_t bytes = 0; !code && *at < rows->count && bytes < COMMIT_BYTES; (*at)++) {
        const struct row *row = &rows->items[*at];
        bytes += row->key.len + row->value.len;
        code = put_row(txn, dbi, row);
    }
    if (!code)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return code;
}

/* Not MDB_WRITEMAP: on a full disk a store into the map is a SIGBUS, a write is ENOSPC. */
static int write_rows(struct kv_builder *builder)
{
    const unsigned flags = MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC | MDB_NOMETASYNC;
    /* Address space only. A row costs at most a page and a header beyond its bytes. */
    uint64_t room = builder->bytes * 2 + builder->rows.count * 4200 + 1024 * 1024;
    size_t at = 0;
    MDB_env *env;
    int code = mdb_env_create(&env);
    if (code)
        return code;
    code = mdb_env_set_mapsize(env, room);
    if (!code)
        code = mdb_env_open(env, builder->temporary, flags, 0600);
    do {
        if (!code)
            code = write_some(env, &builder->rows, &at);
    } while (!code && at < builder->rows.count);
    if (!code)
        code = mdb_env_sync(env, 1);
    mdb_env_close(env);
    return code;
}

static int put_in_place(struct kv_builder *builder, struct err *err)
{
    const char *path = builder->path.ptr;
    FD_SCOPED fd = open(builder->temporary, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) < 0)
        return err_sys(err, "cannot write %s", path);
    if (rename(builder->temporary, path) < 0)
        return err_sys(err, "cannot replace %s", path);
    const char *folder = folder_of(&builder->arena, builder->path);
    FD_SCOPED folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder_fd < 0 || fsync(folder_fd) < 0)
        return err_sys(err, "cannot write %s", folder);
    return 0;
}

/* LMDB calls a short write an I/O error; with no room left it is ENOSPC. */
static int explain(struct kv_builder *builder, int code)
{
    struct statvfs fs;
    if (code == EIO && statvfs(folder_of(&builder->arena, builder->path), &fs) == 0 &&
        (uint64_t)fs.f_bavail * fs.f_frsize < builder->bytes)
        return ENOSPC;
    return code;
}

static int build(struct kv_builder *builder, struct err *err)
{
    struct row_list *rows = &builder->rows;
    if (rows->count)
        qsort(rows->items, rows->count, sizeof(*rows->items), compare_rows);
    for (size_t i = 1; i < rows->count; i++)
        if (str_eq(rows->items[i - 1].key, rows->items[i].key))
            return err_set(err, ERR_FORMAT, "%s: the key \"%.*s\" comes twice", builder->path.ptr,
                           STR_ARG(rows->items[i].key));
    int code = write_rows(builder);
    if (code)
        return fail(explain(builder, code), "cannot write", builder->path.ptr, err);
    return put_in_place(builder, err);
}

int kv_commit(struct kv_builder *builder, struct err *err)
{
    int result = build(builder, err);
    kv_abandon(builder);
    return result;
}

void kv_abandon(struct kv_builder *builder)
{
    if (!builder)
        return;
    unlink(builder->temporary);
    arena_free(&builder->arena);
    free(builder);
}
