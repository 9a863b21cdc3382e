// SPDX-License-Identifier: Apache-2.0
#include "io/deb822.h"

static bool is_blank(str line)
{
    return str_trim(line).len == 0;
}

static bool is_continuation(str text)
{
    return text.len && (text.ptr[0] == ' ' || text.ptr[0] == '\t');
}

static size_t line_length(str text)
{
    size_t newline = str_find_char(text, '\n');
    return newline == STR_NONE ? text.len : newline + 1;
}

bool deb822_next(str *rest, str *ret_paragraph)
{
    size_t start = 0, at;
    while (start < rest->len) {
        size_t length = line_length(str_from_index(*rest, start));
        if (!is_blank(str_sub(*rest, start, length)))
            break;
        start += length;
    }
    for (at = start; at < rest->len;) {
        size_t length = line_length(str_from_index(*rest, at));
        if (is_blank(str_sub(*rest, at, length)))
            break;
        at += length;
    }
    *ret_paragraph = str_sub(*rest, start, at - start);
    *rest = str_from_index(*rest, at);
    return ret_paragraph->len > 0;
}

/* Length of the field that starts the text. Comments between its lines belong to it. */
static size_t field_length(str text)
{
    size_t end = line_length(text);
    for (size_t at = end; at < text.len;) {
        str rest = str_from_index(text, at);
        at += line_length(rest);
        if (is_continuation(rest))
            end = at;
        else if (rest.ptr[0] != '#')
            break;
    }
    return end;
}

int deb822_next_field(str *paragraph, str *ret_name, str *ret_value)
{
    while (paragraph->len && paragraph->ptr[0] == '#')
        *paragraph = str_from_index(*paragraph, line_length(*paragraph));
    if (paragraph->len == 0)
        return 0;
    str line = str_sub(*paragraph, 0, line_length(*paragraph));
    size_t colon = str_find_char(line, ':');
    if (colon == STR_NONE || colon == 0 || is_continuation(line)) {
        *paragraph = str_from_index(*paragraph, line.len);
        return -1;
    }
    size_t end = field_length(*paragraph);
    *ret_name = str_trim_end(str_sub(line, 0, colon));
    *ret_value = str_trim(str_sub(*paragraph, colon + 1, end - colon - 1));
    *paragraph = str_from_index(*paragraph, end);
    return 1;
}

void deb822_split_source(str value, str *ret_name, str *ret_version)
{
    *ret_version = (str){0};
    if (!str_cut(value, '(', ret_name, ret_version)) {
        *ret_name = str_trim(value);
        return;
    }
    *ret_name = str_trim(*ret_name);
    size_t close = str_find_char(*ret_version, ')');
    *ret_version = str_trim(str_sub(*ret_version, 0, close));
}
