// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/image_writer.h"

#include <string.h>

static const struct image_options plain = {.wants = WANT_PACKAGES | WANT_FILES, .jobs = 1};

/* Facts, a line of dashes, then files: the same for archive, stream, and any number of threads. */
static str view(struct test_image *image)
{
    struct arena *arena = image->arena;
    struct err err = {0};
    const char *path = image_file(arena, "merge.tar", image_docker_archive(image));
    const char *packed =
        image_file(arena, "merge.tar.gz", gzip_of(arena, image_docker_archive(image)));
    struct image_options options = plain;
    str first = {0};
    for (int round = 0; round < 4; round++) {
        struct image_result result;
        options.jobs = round == 1 ? 8 : 1;
        options.verify = round == 2;
        CHECK_OK(image_scan(arena, round == 3 ? packed : path, &options, &result, &err), &err);
        str text = arena_join(arena, image_facts(arena, &result), STR("--\n"),
                              image_files(arena, &result));
        if (round == 0)
            first = text;
        else
            test_check_str(__FILE__, __LINE__, first, text);
    }
    image_free(image);
    return first;
}

TEST(image_merge_whiteouts)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    struct buf *layer = image_layer(&image);
    tar_file(layer, "etc/list", "a 1\nb 1\n");
    tar_file(layer, "etc/list.d/one", "one 1\n");
    tar_file(layer, "etc/list.d/two", "two 1\n");
    tar_file(layer, "var/x", "");
    layer = image_layer(&image);
    tar_file(layer, "etc/list.d/.wh.one", "");
    tar_file(layer, "etc/.wh.list", "");
    tar_file(layer, ".wh.var", "");
    tar_file(layer, ".wh..wh.plnk", "");
    CHECK_STR("0 etc/list.d/two: two 1\n"
              "--\n"
              "d 0 etc\nd 0 etc/list.d\n- 0 etc/list.d/two 6\n",
              view(&image));
}

TEST(image_merge_opaque)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    struct buf *layer = image_layer(&image);
    tar_file(layer, "etc/list.d/one", "one 1\n");
    tar_file(layer, "etc/list", "a 1\n");
    layer = image_layer(&image);
    tar_folder(layer, "etc/list.d");
    tar_file(layer, "etc/list.d/new", "new 1\n");
    tar_file(layer, "etc/list.d/.wh..wh..opq", ""); /* behind what it must not hide */
    CHECK_STR("0 etc/list: a 1\n1 etc/list.d/new: new 1\n"
              "--\n"
              "d 0 etc\n- 0 etc/list 4\nd 1 etc/list.d\n- 1 etc/list.d/new 6\n",
              view(&image));
}

TEST(image_merge_opaque_root)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    tar_file(image_layer(&image), "etc/list", "a 1\n");
    struct buf *layer = image_layer(&image);
    tar_file(layer, ".wh..wh..opq", "");
    tar_file(layer, "etc/list.d/b", "b 1\n");
    CHECK_STR("1 etc/list.d/b: b 1\n--\nd 1 etc\nd 1 etc/list.d\n- 1 etc/list.d/b 4\n",
              view(&image));
}

TEST(image_merge_types)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    struct buf *layer = image_layer(&image);
    tar_file(layer, "etc/list.d/one", "one 1\n");
    tar_file(layer, "etc/list", "a 1\n");
    layer = image_layer(&image);
    tar_file(layer, "etc/list.d", "now a file");
    tar_folder(layer, "etc/list");
    layer = image_layer(&image);
    tar_folder(layer, "etc/list.d");
    tar_file(layer, "etc/list.d/late", "late 1\n");
    CHECK_STR("2 etc/list.d/late: late 1\n"
              "--\n"
              "d 0 etc\nd 1 etc/list\nd 2 etc/list.d\n- 2 etc/list.d/late 7\n",
              view(&image));
}

/* A link in place of a folder of databases: hidden below, and not silently. */
TEST(image_merge_links)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    struct buf *layer = image_layer(&image);
    tar_file(layer, "etc/list.d/one", "one 1\n");
    layer = image_layer(&image);
    tar_link(layer, "etc/list.d", "/opt/lists");
    tar_link(layer, "etc/list", "../usr/etc/list");
    tar_file(layer, "usr/etc/list", "u 1\n");
    CHECK_STR("1 usr/etc/list: u 1\n"
              "gap etc/list.d: symbolic link to /opt/lists, not followed\n"
              "--\n"
              "d 0 etc\nl 1 etc/list\nl 1 etc/list.d\nd 1 usr\nd 1 usr/etc\n"
              "- 1 usr/etc/list 4\n",
              view(&image));
}

TEST(image_merge_link_that_is_hidden)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    tar_link(image_layer(&image), "etc/list", "/nowhere");
    tar_file(image_layer(&image), "etc/list", "a 1\n");
    CHECK_STR("1 etc/list: a 1\n--\nd 0 etc\n- 1 etc/list 4\n", view(&image));
}

TEST(image_merge_device_whiteout)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    tar_file(image_layer(&image), "etc/list", "a 1\n");
    tar_put(image_layer(&image), '3', "etc/list", (str){0}); /* 0:0, as in overlayfs */
    CHECK_STR("--\nd 0 etc\n", view(&image));
}

TEST(image_merge_duplicates)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    struct buf *layer = image_layer(&image);
    tar_file(layer, "etc/list", "a 1\n");
    tar_file(layer, "./etc//list", "a 22\n");
    tar_file(layer, "etc/list.d/one", "one 1\n");
    tar_file(layer, "etc/list.d", "");
    tar_folder(layer, "etc/list.d");
    tar_file(layer, "etc/list.d/two", "two 1\n");
    CHECK_STR("0 etc/list: a 22\n0 etc/list.d/two: two 1\n"
              "--\n"
              "d 0 etc\n- 0 etc/list 5\nd 0 etc/list.d\n- 0 etc/list.d/two 6\n",
              view(&image));
}

TEST(image_merge_recreated)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    tar_file(image_layer(&image), "etc/list.d/one", "one 1\n");
    tar_file(image_layer(&image), "etc/.wh.list.d", "");
    struct buf *layer = image_layer(&image);
    tar_folder(layer, "etc/list.d");
    tar_file(layer, "etc/list.d/two", "two 1\n");
    layer = image_layer(&image);
    tar_file(layer, "etc/.wh.list.d", "");
    tar_file(layer, "etc/list.d/three", "three 1\n"); /* over the whiteout of its own layer */
    CHECK_STR("3 etc/list.d/three: three 1\n"
              "--\nd 0 etc\nd 3 etc/list.d\n- 3 etc/list.d/three 8\n",
              view(&image));
}

TEST(image_merge_hard_links)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct test_image image = {.arena = &arena};
    struct buf *layer = image_layer(&image);
    tar_file(layer, "opt/content", "hard 1\n");
    tar_hard(layer, "etc/list", "opt/content");
    tar_hard(layer, "etc/list.d/also", "./etc/list");
    layer = image_layer(&image);
    tar_file(layer, "opt/content", "something else\n");
    tar_hard(layer, "etc/again", "etc/list"); /* of a lower layer */
    tar_hard(layer, "etc/list.d/lost", "no/such");
    const char *path = image_file(&arena, "hard.tar", image_docker_archive(&image));
    struct image_result result;
    CHECK_OK(image_scan(&arena, path, &plain, &result, &err), &err);
    CHECK_STR("0 etc/list: hard 1\n0 etc/list.d/also: hard 1\n"
              "gap etc/list.d/lost: hard link to no/such, which is not there\n"
              "gap etc/list.d/lost: hard link to no/such, whose content is not in this layer\n",
              image_facts(&arena, &result));
    CHECK_STR("d 0 etc\n- 1 etc/again 7\n- 0 etc/list 7\nd 0 etc/list.d\n"
              "- 0 etc/list.d/also 7\nh 1 etc/list.d/lost\nd 0 opt\n- 1 opt/content 15\n",
              image_files(&arena, &result));
    image_free(&image);
}

TEST(image_merge_since)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    tar_file(image_layer(&image), "etc/list", "a 1\nb 1\nc 1\nd 1\n");
    tar_file(image_layer(&image), "etc/list", "a 1\nb 2\nc 1\n");      /* b upgraded, d removed */
    tar_file(image_layer(&image), "etc/other", "");                    /* nothing */
    tar_file(image_layer(&image), "etc/list", "a 1\nb 1\nc 1\nd 1\n"); /* b back, d again */
    tar_file(image_layer(&image), "etc/list.d/extra", "e 1\n");
    struct buf *layer = image_layer(&image);
    tar_file(layer, "etc/list", "a 1\nb 1\ne 1\n"); /* e moves to another file, c goes */
    tar_file(layer, "etc/list.d/.wh.extra", "");
    str text = view(&image);
    str facts, files;
    str_cut(text, '-', &facts, &files);
    CHECK_STR("0 etc/list: a 1\n3 etc/list: b 1\n4 etc/list: e 1\n", facts);
}

TEST(image_merge_same_layer_often)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    for (int i = 0; i < 6; i++)
        tar_file(image_layer(&image), "etc/list", i % 2 ? "a 1\n" : "b 1\n");
    CHECK_STR("5 etc/list: a 1\n--\nd 0 etc\n- 5 etc/list 4\n", view(&image));
}

TEST(image_merge_damage_of_one_file)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    struct buf *layer = image_layer(&image);
    char *big = arena_alloc(&arena, 100002);
    memset(big, 'x', 100001);
    tar_file(layer, "etc/list", "broken\n");
    tar_file(layer, "etc/list.d/big", big);
    tar_put(layer, '6', "etc/list.d/fifo", (str){0});
    tar_file(layer, "etc/list.d/good", "good 1\n");
    str text = view(&image);
    CHECK(str_starts(text, STR("0 etc/list.d/good: good 1\n"
                               "gap etc/list: does not look like a list\n"
                               "gap etc/list.d/big: 97.7 KiB long; no more than 97.7 KiB are read\n"
                               "gap etc/list.d/fifo: a device, FIFO or socket; not read\n")));
}

TEST(image_merge_hard_link_is_to_what_stood_there)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct test_image image = {.arena = &arena};
    struct buf *layer = image_layer(&image);
    tar_file(layer, "opt/a", "before 1\n");
    tar_file(layer, "opt/a", "then 1\n");
    tar_hard(layer, "etc/list", "opt/a");
    tar_file(layer, "opt/a", "after 1\n");
    tar_file(layer, "opt/b", "file 1\n");
    tar_link(layer, "opt/b", "elsewhere");
    tar_hard(layer, "etc/list.d/b", "opt/b");
    tar_hard(layer, "etc/list.d/c", "opt/later");
    tar_file(layer, "opt/later", "later 1\n");
    struct image_result result;
    const char *path = image_file(&arena, "hard.tar", image_docker_archive(&image));
    CHECK_OK(image_scan(&arena, path, &plain, &result, &err), &err);
    str facts = image_facts(&arena, &result);
    CHECK(str_starts(facts, STR("0 etc/list: then 1\ngap etc/list.d/b: hard link to opt/b, ")));
    CHECK(str_contains(facts, STR("gap etc/list.d/c: hard link to opt/later, ")));
    CHECK(!str_contains(facts, STR("before")) && !str_contains(facts, STR("later 1")));
    image_free(&image);
}

/* Unpacking a layer follows the links that the layer itself brought. */
TEST(image_merge_names_that_lead_through_links)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    struct buf *layer = image_layer(&image);
    tar_folder(layer, "etc");
    tar_folder(layer, "etc/list.d");
    tar_link(layer, "opt/to-etc", "../etc/./list.d/..");
    tar_link(layer, "chain", "/opt/to-etc");
    tar_link(layer, "round", "round");
    tar_file(layer, "chain/list", "through 1\n");
    tar_file(layer, "round/list", "never 1\n");
    tar_link(layer, "plain", "etc");
    tar_folder(layer, "plain");
    tar_file(layer, "plain/list", "not 1\n");
    layer = image_layer(&image);
    tar_file(layer, "opt/to-etc/list.d/x", "other 1\n"); /* here it is a folder */
    tar_link(layer, "y", "/etc/list.d");
    tar_file(layer, "y/y", "y 1\n");
    CHECK_STR("0 etc/list: through 1\n1 etc/list.d/y: y 1\n"
              "gap round/list: an entry of that name, spelled so that it leads out of the root\n"
              "--\nl 0 chain\nd 0 etc\n- 0 etc/list 10\nd 0 etc/list.d\n- 1 etc/list.d/y 4\n"
              "d 0 opt\nd 1 opt/to-etc\nd 1 opt/to-etc/list.d\n- 1 opt/to-etc/list.d/x 8\n"
              "d 0 plain\n- 0 plain/list 6\nl 0 round\nl 1 y\n",
              view(&image));
}
