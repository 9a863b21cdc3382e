// SPDX-License-Identifier: Apache-2.0
#include "io/kv.h"

#include "base/fd.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *path_of(struct arena *arena, const char *name)
{
    return arena_printf(arena, "%s/%s", test_folder(), name).ptr;
}

/* Keys "key-0000".. with values of very different sizes, put in a shuffled order. */
static str value_of(struct arena *arena, size_t i)
{
    size_t len = i % 100 == 7 ? 300000 : i % 10 == 3 ? 3000 : i % 50;
    char *bytes = arena_alloc(arena, len + 1);
    memset(bytes, 'a' + (int)(i % 26), len);
    return (str){bytes, len};
}

static int build_numbers(const char *path, size_t count, struct err *err)
{
    ARENA_SCOPED arena = {0};
    struct kv_builder *builder;
    if (kv_build(path, &builder, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        size_t n = i * 7919 % count;
        if (kv_put(builder, arena_printf(&arena, "key-%04zu", n), value_of(&arena, n), err) < 0)
            return -1;
    }
    return kv_commit(builder, err);
}

struct visited {
    size_t count, stop_after;
    str last;
    bool unsorted;
};

static bool count_key(void *context, str key, str value)
{
    struct visited *visited = context;
    (void)value;
    visited->unsorted |= visited->count && str_cmp(visited->last, key) >= 0;
    visited->last = key;
    return ++visited->count != visited->stop_after;
}

TEST(kv_finds_what_was_put)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct kv *kv = NULL;
    const char *path = path_of(&arena, "numbers.mdb");
    CHECK_OK(build_numbers(path, 1000, &err), &err);
    CHECK_OK(kv_open(path, &kv, &err), &err);
    str value;
    size_t wrong = 0;
    for (size_t i = 0; i < 1000; i++)
        wrong += !kv_get(kv, arena_printf(&arena, "key-%04zu", i), &value) ||
                 !str_eq(value, value_of(&arena, i));
    CHECK_EQ(0, wrong);
    CHECK(!kv_get(kv, STR("key-1000"), &value));
    CHECK(!kv_get(kv, STR("key-"), &value));
    CHECK(!kv_get(kv, STR(""), &value));

    struct visited all = {0}, some = {0}, first = {.stop_after = 1}, none = {0};
    CHECK_OK(kv_visit(kv, STR(""), count_key, &all, &err), &err);
    CHECK_EQ(1000, all.count);
    CHECK(!all.unsorted);
    CHECK_OK(kv_visit(kv, STR("key-0990"), count_key, &some, &err), &err);
    CHECK_EQ(10, some.count);
    CHECK_OK(kv_visit(kv, STR("key-09905"), count_key, &first, &err), &err);
    CHECK_EQ(1, first.count);
    CHECK_STR("key-0991", first.last);
    CHECK_OK(kv_visit(kv, STR("z"), count_key, &none, &err), &err);
    CHECK_EQ(0, none.count);
    kv_close(kv);
}

TEST(kv_is_small_and_the_same_for_the_same_rows)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    const char *path = path_of(&arena, "one.mdb"), *other = path_of(&arena, "two.mdb");
    CHECK_OK(build_numbers(path, 500, &err), &err);
    CHECK_OK(build_numbers(other, 500, &err), &err);
    str a = {0}, b = {0};
    CHECK_OK(fd_read_file(&arena, path, 1u << 30, &a, &err), &err);
    CHECK_OK(fd_read_file(&arena, other, 1u << 30, &b, &err), &err);
    CHECK(str_eq(a, b));
    /* 5 * 300,000 + 50 * 3,000 and small ones: no more than a tenth on top. */
    CHECK(a.len > 1650000 && a.len < 1900000);
}

TEST(kv_without_rows_can_be_opened)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct kv *kv = NULL;
    struct visited all = {0};
    const char *path = path_of(&arena, "empty.mdb");
    CHECK_OK(build_numbers(path, 0, &err), &err);
    CHECK_OK(kv_open(path, &kv, &err), &err);
    CHECK_OK(kv_visit(kv, STR(""), count_key, &all, &err), &err);
    CHECK_EQ(0, all.count);
    kv_close(kv);
}

TEST(kv_readers_keep_the_old_while_it_is_replaced)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct kv *before = NULL, *after = NULL;
    str value;
    const char *path = path_of(&arena, "replaced.mdb");
    CHECK_OK(build_numbers(path, 20, &err), &err);
    CHECK_OK(kv_open(path, &before, &err), &err);
    CHECK_OK(build_numbers(path, 10, &err), &err);
    CHECK_OK(kv_open(path, &after, &err), &err);
    CHECK(kv_get(before, STR("key-0015"), &value));
    CHECK(!kv_get(after, STR("key-0015"), &value));
    kv_close(before);
    kv_close(after);
}

TEST(kv_refuses_bad_keys)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct kv_builder *builder = NULL;
    const char *path = path_of(&arena, "keys.mdb");
    char *longest = arena_alloc(&arena, 512);
    memset(longest, 'x', 512);
    CHECK_OK(kv_build(path, &builder, &err), &err);
    CHECK_OK(kv_put(builder, (str){longest, 511}, STR("v"), &err), &err);
    CHECK(kv_put(builder, (str){longest, 512}, STR("v"), &err) < 0);
    CHECK_EQ(ERR_LIMIT, err.kind);
    CHECK(kv_put(builder, STR(""), STR("v"), &err) < 0);
    CHECK(kv_put(builder, STR("\0x"), STR("v"), &err) < 0);
    CHECK_OK(kv_put(builder, (str){longest, 511}, STR("w"), &err), &err);
    CHECK(kv_commit(builder, &err) < 0);
    CHECK(access(path, F_OK) < 0);
}

TEST(kv_build_removes_what_killed_builders_left)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct kv_builder *builder = NULL;
    const char *path = path_of(&arena, "stale.mdb"), *stale = path_of(&arena, "stale.mdb.tmp-99");
    const char *other = path_of(&arena, "stale.mdb2.tmp-99");
    CHECK_OK(fd_replace_file(stale, STR("left"), &err), &err);
    CHECK_OK(fd_replace_file(other, STR("not ours"), &err), &err);
    CHECK_OK(kv_build(path, &builder, &err), &err);
    CHECK(access(stale, F_OK) < 0);
    CHECK(access(other, F_OK) == 0);
    kv_abandon(builder);
}

static int open_bytes(const char *path, str bytes, struct err *err)
{
    struct kv *kv = NULL;
    if (fd_replace_file(path, bytes, err) < 0)
        return 0;
    int result = kv_open(path, &kv, err);
    if (result == 0)
        kv_close(kv);
    return result;
}

TEST(kv_refuses_damaged_files)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    const char *path = path_of(&arena, "good.mdb"), *bad = path_of(&arena, "bad.mdb");
    str good = {0};
    CHECK_OK(build_numbers(path, 30, &err), &err);
    CHECK_OK(fd_read_file(&arena, path, 1u << 30, &good, &err), &err);
    CHECK(open_bytes(bad, STR(""), &err) < 0);
    CHECK_EQ(ERR_FORMAT, err.kind);
    CHECK(open_bytes(bad, STR("<html><body>404</body></html> and some more text to be read"),
                     &err) < 0);
    for (size_t len = 1; len < good.len; len += len < 9000 ? 511 : 4093) {
        err_clear(&err);
        if (open_bytes(bad, str_sub(good, 0, len), &err) == 0)
            test_failed(__FILE__, __LINE__, "cut to %zu of %zu bytes: opened", len, good.len);
        CHECK_EQ(ERR_FORMAT, err.kind);
    }
    /* Page sizes that LMDB would divide by. */
    char *copy = arena_copy(&arena, good.ptr, good.len);
    memset(copy + 40, 0, 4);
    CHECK(open_bytes(bad, (str){copy, good.len}, &err) < 0);
    memset(copy + 40, 0xff, 4);
    CHECK(open_bytes(bad, (str){copy, good.len}, &err) < 0);
    CHECK(open_bytes(bad, good, &err) == 0);
}

TEST(kv_refuses_what_is_no_file)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct kv *kv = NULL;
    const char *path = path_of(&arena, "fifo.mdb");
    CHECK(kv_open(path, &kv, &err) < 0);
    CHECK_EQ(ERR_NOT_FOUND, err.kind);
    CHECK_EQ(0, mkfifo(path, 0600));
    CHECK(kv_open(path, &kv, &err) < 0);
    CHECK_EQ(ERR_FORMAT, err.kind);
    CHECK(kv_open(test_folder(), &kv, &err) < 0);
    CHECK_EQ(ERR_FORMAT, err.kind);
}
