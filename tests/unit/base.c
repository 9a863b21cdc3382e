// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"
#include "base/work.h"
#include "tests/unit/test.h"

#include <stdatomic.h>

TEST(str_cursor_verbs)
{
    str rest = STR("a:b::c"), piece;
    CHECK(str_next(&rest, ':', &piece));
    CHECK_STR("a", piece);
    CHECK(str_next(&rest, ':', &piece));
    CHECK_STR("b", piece);
    CHECK(str_next(&rest, ':', &piece));
    CHECK_STR("", piece);
    CHECK(str_next(&rest, ':', &piece));
    CHECK_STR("c", piece);
    CHECK(!str_next(&rest, ':', &piece));
    CHECK(piece.ptr == NULL && piece.len == 0);

    rest = STR(" two\twords ");
    CHECK(str_next_word(&rest, &piece));
    CHECK_STR("two", piece);
    CHECK(str_next_word(&rest, &piece));
    CHECK_STR("words", piece);
    CHECK(!str_next_word(&rest, &piece));
}

TEST(str_numbers_have_bounds)
{
    uint64_t value = 7;
    CHECK(str_to_u64(STR("18446744073709551615"), UINT64_MAX, &value));
    CHECK(value == UINT64_MAX);
    CHECK(!str_to_u64(STR("18446744073709551616"), UINT64_MAX, &value));
    CHECK(!str_to_u64(STR("11"), 10, &value));
    CHECK(!str_to_u64(STR(""), 10, &value));
    CHECK(!str_to_u64(STR("+1"), 10, &value));
    CHECK(str_to_hex(STR("fF"), 255, &value) && value == 255);
}

TEST(str_slices_never_leave_their_bounds)
{
    str s = STR("abc");
    CHECK_STR("bc", str_sub(s, 1, 99));
    CHECK_STR("", str_sub(s, 99, 1));
    CHECK(str_starts(s, STR("ab")) && !str_starts(s, STR("abcd")));
    CHECK(str_ends(s, STR("bc")) && !str_ends(s, STR("xabc")));
    CHECK(str_find(s, STR("c")) == 2 && str_find(s, STR("d")) == STR_NONE);
    CHECK(str_eq((str){0}, STR("")));
}

TEST(str_knows_valid_utf8)
{
    CHECK(str_is_utf8(STR("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xb3")));
    CHECK(!str_is_utf8(STR("\xc0\x80")));
    CHECK(!str_is_utf8(STR("\xed\xa0\x80")));
    CHECK(!str_is_utf8(STR("\xf4\x90\x80\x80")));
    CHECK(!str_is_utf8(STR("\xe2\x82")));
}

TEST(map_keeps_all_keys_while_it_grows)
{
    ARENA_SCOPED arena = {0};
    struct map map = {0};
    for (uintptr_t i = 0; i < 1000; i++) {
        bool fresh;
        *map_put(&arena, &map, arena_printf(&arena, "key%zu", (size_t)i), &fresh) = i;
        CHECK(fresh);
    }
    for (uintptr_t i = 0; i < 1000; i++) {
        uintptr_t *value = map_get(&map, arena_printf(&arena, "key%zu", (size_t)i));
        CHECK(value && *value == i);
    }
    CHECK(!map_has(&map, STR("key1000")));
}

TEST(vec_and_arena_keep_their_content)
{
    ARENA_SCOPED arena = {0};
    VEC(int) numbers = {0};
    for (int i = 0; i < 5000; i++) {
        *vec_push(&arena, &numbers) = i;
        if (i % 7 == 0)
            arena_printf(&arena, "in between");
    }
    for (int i = 0; i < 5000; i++)
        CHECK_EQ(i, numbers.items[i]);
    CHECK_STR("a/b", arena_join(&arena, STR("a"), STR("/"), STR("b")));
}

TEST(buf_stops_at_its_maximum)
{
    BUF_SCOPED buf = buf_make(10);
    buf_printf(&buf, "%d", 12345);
    buf_add_str(&buf, STR("6789"));
    CHECK(!buf.overflow);
    buf_add_str(&buf, STR("ab"));
    CHECK(buf.overflow);
    CHECK_STR("123456789", buf_str(&buf));
}

static void add_index(void *context, size_t index)
{
    atomic_fetch_add((atomic_size_t *)context, index);
}

TEST(work_visits_every_index_once)
{
    atomic_size_t sum = 0;
    work_parallel(4, 1000, add_index, &sum);
    CHECK_EQ(1000 * 999 / 2, sum);
}

TEST(errors_are_wrapped_and_cut)
{
    struct err err = {0};
    CHECK_EQ(-1, err_set(&err, ERR_FORMAT, "bad %d", 7));
    err_wrap(&err, "layer %s", "x");
    CHECK_STR("layer x: bad 7", err_text(&err));
    for (int i = 0; i < 100; i++)
        err_wrap(&err, "%s", "context that is repeated until it no longer fits");
    CHECK(err_text(&err).len < sizeof(err.message));
}

/* Even an empty arena gives an address for nothing: memset() and sort functions want one. */
TEST(arena_gives_an_address_for_nothing)
{
    ARENA_SCOPED arena = {0};
    CHECK(arena_alloc(&arena, 0) != NULL);
    ARENA_SCOPED other = {0};
    CHECK(arena_array(&other, int, 0) != NULL);
}
