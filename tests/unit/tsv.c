// SPDX-License-Identifier: Apache-2.0
#include "base/tsv.h"
#include "data.h"
#include "tests/unit/test.h"

TEST(tsv_visits_rows_and_fields)
{
    str rest = STR("# comment\n\na\tb\t\td\r\ne"), row;
    CHECK(tsv_next(&rest, &row));
    CHECK_STR("a", tsv_field(row, 0));
    CHECK_STR("b", tsv_field(row, 1));
    CHECK_STR("", tsv_field(row, 2));
    CHECK_STR("d", tsv_field(row, 3));
    CHECK_STR("", tsv_field(row, 4));
    CHECK(tsv_next(&rest, &row));
    CHECK_STR("e", row);
    CHECK(!tsv_next(&rest, &row));
}

TEST(tsv_finds_all_rows_of_a_key)
{
    str table = STR("# head\n#\nab\t1\nabc\t2\nabc\t3\nb\t4"), rows, row;
    CHECK(tsv_find(table, STR("abc"), &rows));
    CHECK(tsv_next(&rows, &row));
    CHECK_STR("2", tsv_field(row, 1));
    CHECK(tsv_next(&rows, &row));
    CHECK_STR("3", tsv_field(row, 1));
    CHECK(!tsv_next(&rows, &row));
    CHECK(tsv_find(table, STR("b"), &rows));
    CHECK_STR("b\t4", rows);
    CHECK(tsv_find(table, STR("ab"), &rows));
    CHECK(!tsv_find(table, STR("a"), &rows));
    CHECK(!tsv_find(table, STR("c"), &rows));
    CHECK(!tsv_find(table, STR(""), &rows));
    CHECK(!tsv_find(STR(""), STR("a"), &rows));
}

TEST(tsv_reads_an_embedded_table)
{
    str table = str_make(data_end_of_life, data_end_of_life_len), rows, row;
    CHECK_EQ(0, data_end_of_life[data_end_of_life_len]);
    CHECK(tsv_find(table, STR("debian"), &rows));
    size_t count = 0;
    while (tsv_next(&rows, &row)) {
        CHECK_STR("debian", tsv_field(row, 0));
        count++;
    }
    CHECK_EQ(8, count);
}
