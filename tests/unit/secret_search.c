// SPDX-License-Identifier: Apache-2.0
#include "read/secret/search.h"

#include "base/buf.h"
#include "data.h"
#include "tests/unit/secret_sample.h"
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

static const struct probe_search *search(void)
{
    static struct probe_search search;
    if (!search.head)
        search_open(str_make(data_secret_search, data_secret_search_len), &search);
    return &search;
}

static struct match_list by_us(struct arena *arena, str text)
{
    struct match_list found = {0};
    search_run(search(), arena, text, 0, &found);
    return found;
}

struct noting {
    struct arena *arena;
    struct match_list found;
};

static bool note(void *context, unsigned pattern, uint64_t end)
{
    struct noting *noting = context;
    *vec_push(noting->arena, &noting->found) =
        (struct match){.probe = (uint16_t)pattern, .end = end};
    return true;
}

static int by_end(const void *left, const void *right)
{
    const struct match *a = left, *b = right;
    return a->end != b->end ? (a->end < b->end ? -1 : 1) : (int)a->probe - (int)b->probe;
}

/* What Hyperscan finds with the patterns that are made from the table at hand. */
static struct match_list by_library(struct arena *arena, str text)
{
    static struct pattern_set *set; /* both stay, for all texts */
    static struct pattern_scan *scan;
    struct noting noting = {.arena = arena};
    struct err err = {0};
    if (!scan) {
        const struct probe_set *probes = &search()->set;
        CHECK_OK(pattern_compile(probes_patterns(arena, probes), probes->count, &set, &err), &err);
        CHECK_OK(pattern_scan_begin(set, &scan, &err), &err);
    }
    pattern_scan_restart(scan);
    pattern_scan_piece(scan, text, note, &noting);
    if (noting.found.count)
        qsort(noting.found.items, noting.found.count, sizeof(*noting.found.items), by_end);
    return noting.found;
}

static bool is_same(const struct match_list *a, const struct match_list *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->items[i].probe != b->items[i].probe || a->items[i].end != b->items[i].end)
            return false;
    return true;
}

static void compare(const char *what, str text)
{
    ARENA_SCOPED arena = {0};
    struct match_list ours = by_us(&arena, text), theirs = by_library(&arena, text);
    if (!is_same(&ours, &theirs))
        test_failed(__FILE__, __LINE__, "%s: %zu matches, but the library has %zu", what,
                    ours.count, theirs.count);
}

static void compare_sample(struct arena *arena, const struct kind *kind, str sample)
{
    str path, text;
    secret_sample_split(sample, &path, &text);
    compare(arena_cstr(arena, kind->id), secret_sample(arena, text));
}

TEST(what_is_embedded_for_the_search_is_made_from_the_table)
{
    ARENA_SCOPED arena = {0};
    struct kind_table table;
    struct probe_set probes;
    struct err err = {0};
    CHECK_OK(kind_table_read(str_make(data_secrets, data_secrets_len), &table, &err), &err);
    CHECK_OK(probes_make(&arena, &table, &probes, &err), &err);
    CHECK(probes.count >= 400 && probes.kind_count == table.count);
    CHECK(
        str_eq(str_make(data_secret_search, data_secret_search_len), search_pack(&arena, &probes)));
    kind_table_free(&table);
}

TEST(a_search_finds_in_every_sample_what_the_library_finds)
{
    ARENA_SCOPED arena = {0};
    struct kind_table table;
    struct err err = {0};
    CHECK_OK(kind_table_read(str_make(data_secrets, data_secrets_len), &table, &err), &err);
    for (size_t i = 0; i < table.count; i++) {
        compare_sample(&arena, &table.kinds[i], table.kinds[i].positive);
        compare_sample(&arena, &table.kinds[i], table.kinds[i].negative);
    }
    kind_table_free(&table);
}

/* The shortest text that a probe fits, in the other case where it may be. */
static void spell(const struct probe *probe, struct buf *to, unsigned turn)
{
    const struct shape_item *items = search()->set.items + probe->first;
    for (size_t i = 0; i < probe->count; i++)
        for (unsigned n = 0; n < items[i].max; n++) {
            unsigned char byte = items[i].byte;
            if (items[i].class)
                for (byte = (unsigned char)(turn * 31 + n * 7 + i);
                     !shape_class_has(items[i].class, byte); byte++) {
                }
            else if (probe->any_case && (turn + n) % 2 && byte >= 'a' && byte <= 'z')
                byte ^= 0x20;
            buf_add_char(to, (char)byte);
        }
}

/* Alone, between others, at the beginning and at the end of the text. */
TEST(a_search_finds_every_probe_wherever_it_stands)
{
    for (size_t i = 0; i < search()->set.count; i++) {
        ARENA_SCOPED arena = {0};
        BUF_SCOPED text = buf_make(4096), alone = buf_make(PROBE_WIDTH_MOST);
        const struct probe *probe = &search()->set.probes[i];
        spell(probe, &alone, (unsigned)i);
        CHECK_EQ(probe->width, alone.len);
        compare("alone", buf_str(&alone));
        for (unsigned n = 0; n < 3; n++) {
            buf_add_str(&text, n == 1 ? STR(" ") : (str){0});
            spell(probe, &text, n);
        }
        struct match_list found = by_us(&arena, buf_str(&text));
        size_t times = 0;
        for (size_t m = 0; m < found.count; m++)
            times += found.items[m].probe == i;
        CHECK(times >= 3);
        compare("thrice", buf_str(&text));
        compare("one byte short", str_sub(buf_str(&alone), 0, alone.len - 1));
    }
}

TEST(a_search_in_pieces_finds_the_same)
{
    ARENA_SCOPED arena = {0};
    BUF_SCOPED text = buf_make(1 << 20);
    for (size_t i = 0; i < search()->set.count; i += 3) {
        spell(&search()->set.probes[i], &text, (unsigned)i);
        buf_add_char(&text, '\n');
    }
    struct match_list whole = by_us(&arena, buf_str(&text));
    for (size_t piece = 1; piece < 600; piece += 97) {
        struct match_list found = {0};
        for (size_t seen = 0; seen < text.len; seen += piece)
            search_run(search(), &arena, str_sub(buf_str(&text), 0, seen + piece), seen, &found);
        CHECK(is_same(&whole, &found));
    }
}
