// SPDX-License-Identifier: Apache-2.0
#include "base/fd.h"
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder of its own, with a file, a pipe, and links to both. */
static void make_folder(char *folder)
{
    char path[200];
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof(path), "%s/pipe", folder);
    CHECK(mkfifo(path, 0600) == 0);
    snprintf(path, sizeof(path), "%s/file", folder);
    FILE *file = fopen(path, "w");
    CHECK(file && fputs("old", file) >= 0 && fclose(file) == 0 && chmod(path, 0640) == 0);
    snprintf(path, sizeof(path), "%s/to-pipe", folder);
    CHECK(symlink("pipe", path) == 0);
    snprintf(path, sizeof(path), "%s/to-file", folder);
    CHECK(symlink("file", path) == 0);
}

static mode_t mode_of(const char *path)
{
    struct stat st = {0};
    CHECK(lstat(path, &st) == 0);
    return st.st_mode;
}

TEST(fd_rewrites_only_regular_files)
{
    static const char *const refused[] = {"pipe", "to-pipe", "."};
    static const char *const names[] = {"pipe", "file", "to-pipe", "to-file"};
    char folder[] = "/tmp/harden-unit-fd-XXXXXX", path[200];
    ARENA_SCOPED arena = {0};
    str text;
    make_folder(folder);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct err err = {0};
        snprintf(path, sizeof(path), "%s/%s", folder, refused[i]);
        CHECK(fd_rewrite_file(path, STR("new"), &err) < 0);
        CHECK(str_contains(err_text(&err), STR("no regular file")));
        CHECK(fd_may_replace(path, &err) < 0);
    }
    struct err err = {0};
    snprintf(path, sizeof(path), "%s/pipe", folder);
    CHECK(S_ISFIFO(mode_of(path)));
    snprintf(path, sizeof(path), "%s/none", folder);
    CHECK_OK(fd_may_replace(path, &err), &err);
    snprintf(path, sizeof(path), "%s/to-file", folder);
    CHECK_OK(fd_may_replace(path, &err), &err);
    CHECK_OK(fd_rewrite_file(path, STR("new"), &err), &err);
    CHECK(S_ISLNK(mode_of(path)));
    snprintf(path, sizeof(path), "%s/file", folder);
    CHECK_EQ(0640, mode_of(path) & 07777);
    CHECK_OK(fd_read_file(&arena, path, 100, &text, &err), &err);
    CHECK_STR("new", text);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        CHECK(unlink(path) == 0);
    }
    CHECK(rmdir(folder) == 0);
}
