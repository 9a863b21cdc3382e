// SPDX-License-Identifier: Apache-2.0
#include "model/files.h"

#include "read/image/layer_entries.h"
#include "tests/unit/image_writer.h"

static str path_at(struct arena *arena, const struct files *files, const char *path)
{
    const struct file *file = files_follow(files, str_from(path));
    return file ? files_path(arena, files, file) : STR("(nothing)");
}

TEST(files_follow_links)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = {.arena = &arena};
    struct image_result result;
    struct err err = {0};
    struct buf *layer = image_layer(&image);
    tar_file(layer, "usr/lib/a/x.so.1", "12345");
    tar_link(layer, "usr/lib/a/x.so", "x.so.1");
    tar_link(layer, "lib", "usr/lib");
    tar_link(layer, "out", "../../../usr/lib/a");
    tar_link(layer, "one", "/two");
    tar_link(layer, "two", "one");
    tar_hard(layer, "hard", "usr/lib/a/x.so.1");
    tar_file(layer, "gone", "123");
    tar_file(image_layer(&image), ".wh.gone", "");
    const struct image_options options = {.wants = WANT_TREE, .jobs = 1};
    const char *path = image_file(&arena, "files.tar", image_docker_archive(&image));
    CHECK_OK(image_scan(&arena, path, &options, &result, &err), &err);
    const struct files *files = &result.tree;
    CHECK_STR("usr/lib/a/x.so.1", path_at(&arena, files, "/lib/a/x.so"));
    CHECK_STR("usr/lib/a/x.so.1", path_at(&arena, files, "out/./x.so"));
    CHECK_STR("usr/lib", path_at(&arena, files, "/usr/lib/a/../../../../lib"));
    CHECK_STR("", path_at(&arena, files, "/.."));
    CHECK_STR("(nothing)", path_at(&arena, files, "one"));
    CHECK_STR("(nothing)", path_at(&arena, files, "usr/lib/a/x.so.1/y"));
    CHECK_STR("(nothing)", path_at(&arena, files, "gone"));
    const struct file *hard = files_find(files, STR("hard"));
    const struct file *file = files_find(files, STR("usr/lib/a/x.so.1"));
    CHECK(hard && file && hard->content == file->content);
    CHECK(!files_find(files, STR("lib/a")));
    struct files_last last = {0};
    const struct file *owned = files_owned(files, STR("lib/a/x.so"), &last);
    CHECK(owned && owned->type == ENTRY_SYMLINK);
    CHECK_EQ(10, files_size(files, files->items));
    CHECK_EQ(3, files->waste[0].bytes);
    CHECK_STR("gone", files->waste[0].path);
    image_free(&image);
}

TEST(layer_entries_come_back)
{
    static struct entries_writer writer;
    static struct entries_reader reader;
    const struct entry entries[] = {
        {.path = STR("usr/bin/a"), .mode = 04755, .uid = 0, .gid = UINT64_MAX, .mtime = -7},
        {.path = STR("usr/bin/ab"), .type = ENTRY_SYMLINK, .link = STR("a"), .mtime = INT64_MAX},
        {.path = STR(""), .type = ENTRY_DIRECTORY, .mtime = INT64_MIN},
        {.path = STR("x"), .capability = STR("\1\0\0\2"), .size = UINT64_MAX},
        {.path = STR("d"), .type = ENTRY_BLOCK, .device_major = 8, .device_minor = UINT32_MAX},
    };
    enum { COUNT = sizeof(entries) / sizeof(*entries) };
    for (size_t i = 0; i < COUNT; i++)
        CHECK(entries_put(&writer, &entries[i]));
    reader.from.rest = buf_str(&writer.bytes);
    struct entry entry;
    for (size_t i = 0; i < COUNT; i++) {
        CHECK(entries_next(&reader, &entry));
        CHECK(str_eq(entry.path, entries[i].path) && str_eq(entry.link, entries[i].link));
        CHECK(str_eq(entry.capability, entries[i].capability));
        CHECK(entry.type == entries[i].type && entry.mode == entries[i].mode);
        CHECK(entry.uid == entries[i].uid && entry.gid == entries[i].gid);
        CHECK(entry.size == entries[i].size && entry.mtime == entries[i].mtime);
        CHECK(entry.device_minor == entries[i].device_minor);
    }
    CHECK(!entries_next(&reader, &entry) && !reader.from.bad);
    /* Every shorter list ends or is damaged; none is read past its end. */
    for (size_t len = 0; len < writer.bytes.len; len++) {
        reader = (struct entries_reader){.from.rest = str_sub(buf_str(&writer.bytes), 0, len)};
        size_t seen = 0;
        while (entries_next(&reader, &entry))
            seen++;
        CHECK(seen < COUNT);
    }
    buf_free(&writer.bytes);
}
