// SPDX-License-Identifier: Apache-2.0
#include "read/image/cache.h"

#include "base/buf.h"
#include "base/fd.h"
#include "base/limits.h"
#include "io/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Raise when the walk itself sees something else in the same bytes. */
enum { FORMAT = 4, KEY_TEXT = 64 };
enum { TEMPORARY_SECONDS = 3600 };

struct cache {
    int folder;
    str base; /* what all keys begin with */
    bool added;
};

struct cache *cache_open(struct arena *arena, const char *folder, const struct layer_rules *rules)
{
    const struct collector *const *collectors = rules->collectors;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    struct cache *cache = arena_new(arena, struct cache);
    cache->folder = fd;
    str base =
        arena_printf(arena, "harden layer %d%s\n", FORMAT, rules->want_entries ? " entries" : "");
    for (size_t i = 0; collectors[i]; i++) {
        base = arena_printf(arena, "%s%s %u %zu\n", base.ptr, collectors[i]->name,
                            collectors[i]->version, collectors[i]->limit);
        for (const char *const *path = collector_paths(collectors[i]); *path; path++)
            base = arena_printf(arena, "%s %s\n", base.ptr, *path);
    }
    cache->base = base;
    return cache;
}

static str key_of(const struct cache *cache, struct arena *arena, str about)
{
    str text = arena_join(arena, cache->base, STR("\n"), about);
    str digest = digest_of(arena, DIGEST_SHA256, text);
    return str_from_index(digest, str_find_char(digest, ':') + 1);
}

str cache_key_content(const struct cache *cache, struct arena *arena, str diff_id)
{
    return key_of(cache, arena, arena_join(arena, STR("content"), STR(" "), diff_id));
}

str cache_key_file(const struct cache *cache, struct arena *arena, const struct stat *file,
                   uint64_t offset, str diff_id)
{
    str about = arena_printf(arena, "file %llu %llu %lld %lld.%09ld %lld.%09ld %llu ",
                             (unsigned long long)file->st_dev, (unsigned long long)file->st_ino,
                             (long long)file->st_size, (long long)file->st_mtim.tv_sec,
                             file->st_mtim.tv_nsec, (long long)file->st_ctim.tv_sec,
                             file->st_ctim.tv_nsec, (unsigned long long)offset);
    return key_of(cache, arena, arena_join(arena, about, STR(" "), diff_id));
}

static bool read_all(int fd, char *to, size_t size)
{
    for (size_t len = 0; len < size;) {
        ssize_t got = read(fd, to + len, size - len);
        if (got <= 0 && !(got < 0 && errno == EINTR))
            return false;
        len += got > 0 ? (size_t)got : 0;
    }
    return true;
}

bool cache_load(struct cache *cache, str key, struct layer_facts *facts)
{
    struct stat st;
    FD_SCOPED fd = openat(cache->folder, arena_cstr(&facts->arena, key),
                          O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size <= 0 ||
        (uint64_t)st.st_size > LIMIT_CACHE_FILE)
        return false;
    size_t size = (size_t)st.st_size;
    char *bytes = arena_alloc(&facts->arena, size);
    return read_all(fd, bytes, size) && cache_decode(key, str_make(bytes, size), facts);
}

void cache_save(struct cache *cache, str key, const struct layer_facts *facts)
{
    BUF_SCOPED bytes = buf_make(LIMIT_CACHE_FILE);
    cache_encode(key, facts, &bytes);
    if (bytes.overflow)
        return;
    char temporary[64], name[KEY_TEXT + 1];
    struct err ignored = {0};
    snprintf(temporary, sizeof(temporary), "tmp-%ld", (long)gettid());
    snprintf(name, sizeof(name), "%.*s", STR_ARG(key));
    FD_SCOPED fd = openat(cache->folder, temporary,
                          O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    if (fd_write_all(fd, bytes.ptr, bytes.len, &ignored) < 0 ||
        renameat(cache->folder, temporary, cache->folder, name) < 0)
        unlinkat(cache->folder, temporary, 0);
    else
        __atomic_store_n(&cache->added, true, __ATOMIC_RELAXED);
}

struct file {
    char name[KEY_TEXT + 1];
    uint64_t size;
    int64_t seconds;
    long nanoseconds;
};

static int older_first(const void *left, const void *right)
{
    const struct file *a = left, *b = right;
    if (a->seconds != b->seconds)
        return a->seconds < b->seconds ? -1 : 1;
    if (a->nanoseconds != b->nanoseconds)
        return a->nanoseconds < b->nanoseconds ? -1 : 1;
    return strcmp(a->name, b->name);
}

static void trim(struct cache *cache)
{
    ARENA_SCOPED arena = {0};
    VEC(struct file) files = {0};
    uint64_t total = 0;
    DIR_SCOPED dir = fdopendir(dup(cache->folder));
    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct stat st;
        str name = str_from(entry->d_name);
        if (fstatat(cache->folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
            !S_ISREG(st.st_mode))
            continue;
        if (str_starts(name, STR("tmp-")) && st.st_mtim.tv_sec + TEMPORARY_SECONDS < time(NULL))
            unlinkat(cache->folder, entry->d_name, 0);
        if (name.len != KEY_TEXT)
            continue;
        struct file *file = vec_push(&arena, &files);
        memcpy(file->name, name.ptr, name.len);
        file->size = (uint64_t)st.st_size;
        file->seconds = st.st_mtim.tv_sec;
        file->nanoseconds = st.st_mtim.tv_nsec;
        total += file->size;
    }
    if (total <= LIMIT_CACHE_DEFAULT)
        return;
    qsort(files.items, files.count, sizeof(*files.items), older_first);
    for (size_t i = 0; i < files.count && total > LIMIT_CACHE_DEFAULT / 4 * 3; i++)
        if (unlinkat(cache->folder, files.items[i].name, 0) == 0)
            total -= files.items[i].size;
}

void cache_close(struct cache *cache)
{
    if (!cache)
        return;
    if (cache->added)
        trim(cache);
    fd_close(&cache->folder);
}
