// SPDX-License-Identifier: Apache-2.0
#include "base/tsv.h"
#include "data.h"
#include "tests/unit/test.h"

/* "2026-11-24", or "-" where there is none. */
static bool is_date(str text, bool optional)
{
    uint64_t number;
    if (optional && str_eq(text, STR("-")))
        return true;
    return text.len == 10 && text.ptr[4] == '-' && text.ptr[7] == '-' &&
           str_to_u64(str_sub(text, 0, 4), 2100, &number) && number >= 2010 &&
           str_to_u64(str_sub(text, 5, 2), 12, &number) && number > 0 &&
           str_to_u64(str_sub(text, 8, 2), 31, &number) && number > 0;
}

TEST(end_of_life_rows_are_whole_and_sorted)
{
    str rest = str_make(data_end_of_life, data_end_of_life_len), row, last = {0};
    size_t rows = 0;
    while (tsv_next(&rest, &row)) {
        if (str_cmp(last, row) >= 0 || !is_date(tsv_field(row, 3), true) ||
            !is_date(tsv_field(row, 4), true) || !is_date(tsv_field(row, 5), true) ||
            !is_date(tsv_field(row, 7), false) || tsv_field(row, 6).len == 0 ||
            tsv_field(row, 8).len || str_cmp(tsv_field(row, 4), tsv_field(row, 5)) > 0)
            test_failed(__FILE__, __LINE__, "%.*s", STR_ARG(row));
        last = row;
        rows++;
    }
    CHECK(rows > 50);
}

TEST(base_image_rows_are_whole_and_sorted)
{
    str rest = str_make(data_base_images, data_base_images_len), row, last = {0};
    size_t rows = 0;
    while (tsv_next(&rest, &row)) {
        if (str_cmp(last, row) >= 0 || !str_starts(row, STR("library/")) ||
            tsv_field(row, 1).len == 0 || !is_date(tsv_field(row, 2), false) ||
            tsv_field(row, 3).len == 0 || !is_date(tsv_field(row, 4), false) ||
            tsv_field(row, 5).len)
            test_failed(__FILE__, __LINE__, "%.*s", STR_ARG(row));
        last = row;
        rows++;
    }
    CHECK(rows > 50);
}
