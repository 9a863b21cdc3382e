// SPDX-License-Identifier: Apache-2.0
#include "model/text_file.h"
#include "tests/unit/test.h"

TEST(text_file_places)
{
    ARENA_SCOPED arena = {0};
    struct text_file file = text_file_make(&arena, STR("f"), STR("FROM a\r\nRUN \xc3\xa4 b\n\nX"));
    struct text_place place = text_file_place(&file, (struct span){0, 4});
    CHECK(file.line_count == 4 && place.line == 1 && place.column == 1);
    CHECK(place.end_line == 1 && place.end_column == 5);
    place = text_file_place(&file, (struct span){15, 16}); /* "b", behind a letter of two bytes */
    CHECK(place.line == 2 && place.column == 7 && place.end_column == 8);
    place = text_file_place(&file, (struct span){8, 17}); /* with its newline */
    CHECK(place.line == 2 && place.end_line == 2 && place.end_column == 9);
    place = text_file_place(&file, (struct span){19, 19}); /* behind everything */
    CHECK(place.line == 4 && place.column == 2);
    CHECK(str_eq(text_file_line(&file, 1), STR("FROM a")));
    CHECK(text_file_line(&file, 3).len == 0 && text_file_line(&file, 5).len == 0);
    CHECK(str_eq(text_file_slice(&file, (struct span){5, 6}), STR("a")));
    struct text_file empty = text_file_make(&arena, STR("f"), (str){0});
    CHECK(empty.line_count == 1 && text_file_place(&empty, (struct span){0, 0}).line == 1);
}

TEST(mapped_text_keeps_places)
{
    ARENA_SCOPED arena = {0};
    /* "ab" at 10, "cd" at 20: as a continuation leaves them. */
    struct mapped_text mapped = mapped_text_at(&arena, STR("abcd"), 10);
    mapped_text_piece(&arena, &mapped, 1, 11);
    CHECK(mapped.pieces.count == 1);
    mapped_text_piece(&arena, &mapped, 2, 20);
    CHECK(mapped_text_offset(&mapped, 1) == 11 && mapped_text_offset(&mapped, 2) == 20);
    struct span span = mapped_text_span(&mapped, 0, 2);
    CHECK(span.start == 10 && span.end == 12);
    span = mapped_text_span(&mapped, 1, 4);
    CHECK(span.start == 11 && span.end == 22);
    span = mapped_text_span(&mapped, 4, 4);
    CHECK(span.start == 22 && span.end == 22);
}
