// SPDX-License-Identifier: Apache-2.0
#include "base/fd.h"
#include "io/stream.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Hands out memory in pieces of a given size, so that every border is met. */
struct dribble {
    struct stream stream;
    str left;
    size_t step;
};

static int dribble_fill(struct stream *stream, struct err *err)
{
    (void)err;
    struct dribble *dribble = (struct dribble *)stream;
    str piece = str_sub(dribble->left, 0, dribble->step);
    dribble->left = str_from_index(dribble->left, piece.len);
    stream->cursor = (const unsigned char *)piece.ptr;
    stream->end = stream->cursor + piece.len;
    return 0;
}

static void dribble_close(struct stream *stream)
{
    (void)stream;
}

static const struct stream_ops dribble_ops = {.fill = dribble_fill, .close = dribble_close};

TEST(stream_peek_sees_over_borders_and_consumes_nothing)
{
    str whole = STR("0123456789abcdefghijklmnopqrstuvwxyz");
    for (size_t step = 1; step < 40; step++) {
        for (size_t peek = 1; peek < 40; peek++) {
            ARENA_SCOPED arena = {0};
            struct dribble dribble = {{.ops = &dribble_ops}, whole, step};
            struct stream *stream = &dribble.stream;
            struct err err = {0};
            char two[2];
            size_t len;
            str seen, rest;
            CHECK_OK(stream_peek(stream, peek, &seen, &err), &err);
            CHECK(str_eq(seen, str_sub(whole, 0, peek)));
            CHECK_OK(stream_read(stream, two, 2, &len, &err), &err);
            CHECK_OK(stream_peek(stream, peek, &seen, &err), &err);
            CHECK(str_eq(seen, str_sub(whole, 2, peek)));
            CHECK_OK(stream_skip(stream, 3, &err), &err);
            CHECK_EQ(5, stream->position);
            CHECK_OK(stream_read_all(stream, &arena, 100, &rest, &err), &err);
            CHECK(str_eq(rest, str_from_index(whole, 5)));
        }
    }
}

TEST(stream_file_reads_and_skips_alike)
{
    ARENA_SCOPED arena = {0};
    const char *path = arena_printf(&arena, "%s/stream", test_folder()).ptr;
    FILE *file = fopen(path, "w");
    for (unsigned i = 0; i < 200000; i++)
        fprintf(file, "%08u", i);
    fclose(file);
    int fd = open(path, O_RDONLY);
    struct err err = {0};
    STREAM_SCOPED stream = stream_file(fd, 8, 1600000 - 8);
    for (uint64_t at = 1; at + 1000 < 200000; at += 1000) {
        char number[8];
        size_t len;
        uint64_t value = 0;
        CHECK_OK(stream_read(stream, number, 8, &len, &err), &err);
        CHECK(str_to_u64(str_make(number, len), UINT64_MAX, &value) && value == at);
        CHECK_OK(stream_skip(stream, 999 * 8, &err), &err);
    }
    CHECK(stream_skip(stream, 1600000, &err) < 0 && err.kind == ERR_FORMAT);
    close(fd);
}

TEST(stream_file_that_shrank_is_an_error)
{
    ARENA_SCOPED arena = {0};
    const char *path = arena_printf(&arena, "%s/short", test_folder()).ptr;
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    struct err err = {0};
    CHECK(write(fd, "abc", 3) == 3);
    STREAM_SCOPED stream = stream_file(fd, 0, 10);
    CHECK(stream_drain(stream, &err) < 0 && err.kind == ERR_FORMAT);
    err_clear(&err);
    CHECK(stream_drain(stream, &err) < 0 && err.kind == ERR_FORMAT);
    close(fd);
}

TEST(stream_limit_stops_and_misses)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    str seen;
    STREAM_SCOPED source = stream_memory(STR("0123456789"));
    STREAM_SCOPED four = stream_limit(source, 4);
    CHECK(stream_can_skip(four));
    CHECK_OK(stream_skip(four, 1, &err), &err);
    CHECK_OK(stream_read_all(four, &arena, 3, &seen, &err), &err);
    CHECK_STR("123", seen);
    STREAM_SCOPED many = stream_limit(source, 7);
    CHECK(stream_drain(many, &err) < 0 && err.kind == ERR_FORMAT);
}

TEST(stream_read_all_keeps_its_limit)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    str seen;
    STREAM_SCOPED stream = stream_memory(STR("0123456789"));
    CHECK(stream_read_all(stream, &arena, 9, &seen, &err) < 0 && err.kind == ERR_LIMIT);
}

TEST(stream_pipe_waits_and_reads_to_the_end)
{
    struct err err = {0};
    ARENA_SCOPED arena = {0};
    str all, piece;
    int ends[2];
    CHECK_EQ(0, pipe(ends));
    CHECK_EQ(0, fcntl(ends[0], F_SETFL, O_NONBLOCK)); /* as a socket of the engine may be */
    CHECK_OK(fd_write_all(ends[1], "some ", 5, &err), &err);
    STREAM_SCOPED stream = stream_pipe(ends[0], true);
    CHECK(!stream_can_skip(stream));
    CHECK_OK(stream_peek(stream, 4, &piece, &err), &err);
    CHECK_STR("some", piece);
    CHECK_OK(fd_write_all(ends[1], "bytes", 5, &err), &err);
    close(ends[1]);
    CHECK_OK(stream_skip(stream, 2, &err), &err);
    CHECK_OK(stream_read_all(stream, &arena, 100, &all, &err), &err);
    CHECK_STR("me bytes", all);
    CHECK_EQ(10, stream->position);
    CHECK_EQ(-1, stream_skip(stream, 1, &err));
    CHECK_EQ(ERR_FORMAT, err.kind);
    close(ends[0]);
}

/* A source that fails after its first window. */
static int fill_once(struct stream *stream, struct err *err)
{
    if (stream->position)
        return err_set(err, ERR_IO, "the disk is gone");
    stream->cursor = (const unsigned char *)"window";
    stream->end = stream->cursor + 6;
    return 0;
}

static void close_nothing(struct stream *stream)
{
    (void)stream;
}

TEST(stream_errors_stay)
{
    static const struct stream_ops ops = {.fill = fill_once, .close = close_nothing};
    struct stream failing = {.ops = &ops};
    STREAM_SCOPED limit = stream_limit(&failing, 100);
    struct err err = {0};
    str piece;
    CHECK_OK(stream_skip(limit, 6, &err), &err);
    for (int i = 0; i < 3; i++) {
        err_clear(&err);
        CHECK_EQ(-1, i == 0   ? stream_next(limit, 9, &piece, &err)
                     : i == 1 ? stream_peek(limit, 9, &piece, &err)
                              : stream_drain(limit, &err));
        CHECK_EQ(ERR_IO, err.kind);
        CHECK_STR("the disk is gone", err_text(&err));
    }
}
