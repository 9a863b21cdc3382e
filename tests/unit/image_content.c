// SPDX-License-Identifier: Apache-2.0
#include "io/content.h"
#include "tests/unit/image_writer.h"

#include <stdlib.h>
#include <string.h>

/* Two collectors that find files wherever they stand: one reads two bytes of files that begin
 * with "MAGI", where the fifth byte says, one counts 'x' in every byte of every file. */

static bool magic_takes(const struct entry *entry, str head)
{
    (void)entry;
    return str_starts(head, STR("MAGI"));
}

static void add(struct collect *to, const struct entry *entry, const char *name, str version,
                bool survives)
{
    struct fact *fact = fact_add(to, FACT_OWNED_FILE, entry->path);
    fact->owned_file = (struct owned_file){.package = str_from(name), .path = version};
    fact->survives = survives;
}

static int magic_inspect(struct collect *to, const struct entry *entry, struct content *content,
                         struct err *err)
{
    str at, value;
    if (content_read(content, 4, 1, &at, err) < 0 ||
        content_read(content, (unsigned char)*at.ptr, 2, &value, err) < 0)
        return -1;
    add(to, entry, "magic", arena_str(to->arena, value), false);
    return 0;
}

static const struct collector magic = {
    .name = "magic",
    .version = 1,
    .wants = WANT_BINARIES,
    .takes = magic_takes,
    .inspect = magic_inspect,
};

struct counter {
    const struct entry *entry;
    uint64_t count;
};

static void *counter_open(const struct collector *self)
{
    CHECK(str_eq(str_from(self->context), STR("counts x")));
    return calloc(1, sizeof(struct counter));
}

static bool counter_begin(void *state, struct collect *to, const struct entry *entry, str head)
{
    (void)to;
    *(struct counter *)state = (struct counter){.entry = entry};
    CHECK(head.len > 0 && head.len <= STREAM_PEEK);
    return !str_starts(head, STR("skip"));
}

static int counter_feed(void *state, struct collect *to, str piece, struct err *err)
{
    struct counter *counter = state;
    CHECK(piece.len > 0);
    if (str_contains(piece, STR("boom")))
        return err_set(err, ERR_FORMAT, "it went off");
    for (size_t i = 0; i < piece.len; i++)
        counter->count += piece.ptr[i] == 'x';
    (void)to;
    return 0;
}

static int counter_end(void *state, struct collect *to, bool whole, struct err *err)
{
    struct counter *counter = state;
    (void)err;
    if (counter->count)
        add(to, counter->entry, whole ? "x" : "part",
            arena_printf(to->arena, "%llu", (unsigned long long)counter->count), true);
    return 0;
}

static const struct scanner counting = {counter_open, free, counter_begin, counter_feed,
                                        counter_end};
static const struct collector counter = {
    .name = "counter",
    .version = 1,
    .wants = WANT_SECRETS,
    .scanner = &counting,
    .context = "counts x",
};

static const struct collector *const both[] = {&magic, &counter, NULL};

static str facts_of(struct arena *arena, const char *path, unsigned wants, const char *cache)
{
    struct image_options options = {
        .wants = wants, .jobs = 1, .use_cache = cache != NULL, .cache_dir = cache};
    struct image_reader *reader;
    struct image_result result;
    struct err err = {0};
    str text = {0};
    CHECK_OK(image_open(arena, path, &options, &reader, &err), &err);
    CHECK_OK(image_read(reader, both, arena, &result, &err), &err);
    image_close(reader);
    for (size_t i = 0; i < result.facts.count; i++) {
        const struct fact *fact = &result.facts.items[i];
        if (fact->kind == FACT_GAP)
            text = arena_printf(arena, "%.*sgap %.*s: %.*s\n", STR_ARG(text),
                                STR_ARG(fact->gap.path), STR_ARG(fact->gap.reason));
        else
            text = arena_printf(arena, "%.*s%u %.*s: %.*s %.*s%s\n", STR_ARG(text), fact->layer,
                                STR_ARG(fact->path), STR_ARG(fact->owned_file.package),
                                STR_ARG(fact->owned_file.path), fact->hidden ? " hidden" : "");
    }
    return text;
}

static const unsigned everything = WANT_BINARIES | WANT_SECRETS;

/* The same from an archive that can be read anywhere, one that passes in a stream, and the cache.
 */
static void check_all_ways(struct test_image *image, const char *expected)
{
    struct arena *arena = image->arena;
    const char *path = image_file(arena, "content.tar", image_docker_archive(image));
    const char *packed =
        image_file(arena, "content.tar.gz", gzip_of(arena, image_docker_archive(image)));
    const char *cache = test_folder();
    CHECK_STR(expected, facts_of(arena, path, everything, NULL));
    CHECK_STR(expected, facts_of(arena, packed, everything, NULL));
    CHECK_STR(expected, facts_of(arena, path, everything, cache));
    CHECK_STR(expected, facts_of(arena, path, everything, cache));
    image_free(image);
}

TEST(image_content_of_visible_files)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    struct buf *layer = image_layer(&image);
    tar_file(layer, "a/one", "MAGI\x09 xx 11");
    tar_file(layer, "a/two", "MAGI\x08 x 22");
    tar_file(layer, "a/twice", "MAGI\x0a xxx 33");
    tar_file(layer, "a/twice", "MAGI\x0b xxxx 44");
    tar_file(layer, "b/skipped", "skip x");
    tar_file(layer, "b/empty", "");
    layer = image_layer(&image);
    tar_file(layer, "a/two", "no more");
    tar_file(layer, ".wh.b", "");
    check_all_ways(&image, "0 a/one: x 2\n0 a/one: magic 11\n"
                           "0 a/twice: x 3 hidden\n0 a/twice: x 4\n0 a/twice: magic 44\n"
                           "0 a/two: x 1 hidden\n");
}

/* What hides whole folders, in a later layer and within one. */
TEST(image_content_of_hidden_folders)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    struct buf *layer = image_layer(&image);
    tar_file(layer, "a/b/one", "x");
    tar_file(layer, "c/d/two", "xx");
    tar_file(layer, "e/three", "xxx");
    tar_file(layer, "e", "MAGI\x06 66");
    tar_hard(layer, "f", "e");
    layer = image_layer(&image);
    tar_file(layer, "a", "");
    tar_file(layer, "c/.wh..wh..opq", "");
    check_all_ways(&image, "0 a/b/one: x 1 hidden\n0 c/d/two: x 2 hidden\n"
                           "0 e: magic 66\n0 e/three: x 3 hidden\n");
}

TEST(image_content_gaps)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    struct buf *layer = image_layer(&image);
    tar_file(layer, "etc/list", "x boom");
    tar_file(layer, "short", "MAGI\xff");
    check_all_ways(&image, "gap etc/list: it went off\ngap short: ends before byte 257\n");
}

TEST(image_content_wants)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    tar_file(image_layer(&image), "a", "MAGI\x08 x 11");
    const char *path = image_file(&arena, "wants.tar", image_docker_archive(&image));
    CHECK_STR("", facts_of(&arena, path, WANT_PACKAGES, NULL));
    CHECK_STR("0 a: magic 11\n", facts_of(&arena, path, WANT_BINARIES, NULL));
    CHECK_STR("0 a: x 1\n", facts_of(&arena, path, WANT_SECRETS, NULL));
    image_free(&image);
}
