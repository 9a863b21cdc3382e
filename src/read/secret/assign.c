// SPDX-License-Identifier: Apache-2.0
#include "read/secret/scan.h"

#include <string.h>

/*
 * How a name is given a value, in any language: NAME=value, "name": "value", name: value,
 * name => 'value', define('NAME', 'value'), <name>value<, --name value, Name: value of a header.
 */
enum { NAME_REST = 48, CLOSING = 6, SPACES = 24 };

static bool is_one_of(char c, const char *list)
{
    return c && strchr(list, c);
}

static bool is_name(char c)
{
    return shape_class_has('d', (unsigned char)c);
}

static size_t pass(str text, size_t at, size_t most, const char *list)
{
    for (size_t from = at; at < text.len && at - from < most && is_one_of(text.ptr[at], list);)
        at++;
    return at;
}

/* The name that the word is a part of begins with "--": an option of a command. */
static bool is_option(const struct view *view)
{
    size_t at = view->at;
    while (at > 0 && view->at - at < NAME_REST * 2 && is_name(view->text.ptr[at - 1]))
        at--;
    return at < view->at && view->text.ptr[at] == '-';
}

static size_t pass_operator(str text, size_t at, bool closed, bool spaced, bool *ret_spaced)
{
    size_t from = at;
    *ret_spaced = false;
    if (at < text.len && is_one_of(text.ptr[at], "=:")) {
        at = pass(text, at, 3, "=:>");
        return at < text.len && text.ptr[at - 1] == ':' && text.ptr[at] == '/' ? STR_NONE : at;
    }
    if (at < text.len && text.ptr[at] == ',' && closed)
        return at + 1;
    if (at < text.len && text.ptr[at] == '>')
        return at + 1;
    *ret_spaced = spaced;
    return spaced ? from : STR_NONE;
}

bool assign_find(const struct view *view, struct assigned *ret)
{
    str text = view->text;
    size_t at = view->at, end = at;
    while (end < text.len && end - at < NAME_REST && is_name(text.ptr[end]))
        end++;
    *ret = (struct assigned){.rest = str_sub(text, at, end - at)};
    size_t closed = pass(text, end, CLOSING, "\"'`])\\");
    size_t sign = pass(text, closed, SPACES, " \t");
    bool spaced = sign > closed && closed == end;
    bool word_is_last = at > 0 && text.ptr[at - 1] == ' '; /* "login " and the like */
    size_t value = pass_operator(text, sign, closed > end, spaced || word_is_last, &ret->spaced);
    if (value == STR_NONE)
        return false;
    value = pass(text, value, SPACES, " \t");
    size_t opened = pass(text, value, 3, "\\\"'`");
    ret->quoted = opened > value;
    ret->start = opened;
    if (ret->spaced && !ret->quoted && is_option(view))
        ret->spaced = false;
    return opened < text.len;
}
