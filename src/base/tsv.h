// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_BASE_TSV_H
#define HARDEN_BASE_TSV_H

#include "base/str.h"

/*
 * Tables as text: one row a line, fields separated by one tab, lines that start with '#' are
 * comments. The tables of data/ are embedded in this form (data.h: data_NAME, data_NAME_len) and
 * read where they stand: nothing is parsed at start-up. Slices point into the text.
 */

/* The next row; false at the end. Comments and empty lines are passed over. */
bool tsv_next(str *rest, str *ret_row);
/* The field with that index of a row, from 0; absent ("") where the row is shorter. */
str tsv_field(str row, size_t index);

/*
 * Rows whose first field is `key`, in a table that is sorted by it in byte order (LC_ALL=C sort),
 * found by binary search: *ret_rows is the text from the first such row to the last, to be walked
 * with tsv_next(). False where there is none.
 */
bool tsv_find(str table, str key, str *ret_rows);

#endif
