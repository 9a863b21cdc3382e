// SPDX-License-Identifier: Apache-2.0
#include "base/tsv.h"

bool tsv_next(str *rest, str *ret_row)
{
    while (str_next_line(rest, ret_row))
        if (ret_row->len && ret_row->ptr[0] != '#')
            return true;
    return false;
}

str tsv_field(str row, size_t index)
{
    str field = {0};
    for (size_t i = 0; i <= index; i++) {
        if (!row.len)
            return (str){0};
        str_cut(row, '\t', &field, &row);
    }
    return field;
}

/* Index of the first byte of the line that holds index `at`. */
static size_t line_start(str table, size_t at)
{
    size_t newline = str_rfind_char(str_sub(table, 0, at), '\n');
    return newline == STR_NONE ? 0 : newline + 1;
}

static size_t line_end(str table, size_t start)
{
    size_t newline = str_find_char(str_from_index(table, start), '\n');
    return newline == STR_NONE ? table.len : start + newline + 1;
}

/* Start of the first line whose key is not below `key` (or, with `past`, above it). Comments
 * stand at the top and sort below every key. */
static size_t bound(str table, str key, bool past)
{
    size_t low = 0, high = table.len;
    while (low < high) {
        size_t start = line_start(table, low + (high - low) / 2);
        size_t end = line_end(table, start);
        str line = str_sub(table, start, end - start);
        bool comment = line.len && line.ptr[0] == '#';
        str first;
        str_cut(str_trim_end(line), '\t', &first, &line);
        int order = comment ? -1 : str_cmp(first, key);
        if (order < 0 || (past && order == 0))
            low = end;
        else
            high = start;
    }
    return low;
}

bool tsv_find(str table, str key, str *ret_rows)
{
    size_t from = bound(table, key, false);
    size_t to = bound(table, key, true);
    *ret_rows = str_sub(table, from, to - from);
    return from < to;
}
