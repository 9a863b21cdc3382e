// SPDX-License-Identifier: Apache-2.0
#include "act/fix/fix.h"
#include "io/json.h"

/* A member of the outermost object: from its key's quote to the end of its value. */
struct span_of {
    size_t start, value, end;
};

static size_t end_of_string(str text, size_t at)
{
    size_t end = at + 1;
    while (end < text.len && text.ptr[end] != '"')
        end += text.ptr[end] == '\\' ? 2 : 1;
    return end < text.len ? end + 1 : text.len;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The end of the value that starts at `at`: the comma or bracket of the object around it, without
 * the white space before. */
static size_t end_of_value(str text, size_t at)
{
    size_t depth = 0, i = at;
    while (i < text.len) {
        char c = text.ptr[i];
        if (c == '"') {
            i = end_of_string(text, i);
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}' || c == ']'))
            break;
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        i++;
    }
    while (i > at && is_space(text.ptr[i - 1]))
        i--;
    return i;
}

/* The last member of that name, as json_get() has it; names with escapes are not found. */
static bool find_member(str text, str key, struct span_of *ret)
{
    bool found = false;
    size_t depth = 0;
    for (size_t i = 0; i < text.len;) {
        char c = text.ptr[i];
        if (c != '"') {
            depth += c == '{' || c == '[';
            depth -= (c == '}' || c == ']') && depth > 0;
            i++;
            continue;
        }
        size_t start = i;
        i = end_of_string(text, i);
        size_t colon = i;
        while (colon < text.len && is_space(text.ptr[colon]))
            colon++;
        if (depth != 1 || colon >= text.len || text.ptr[colon] != ':')
            continue;
        size_t value = colon + 1;
        while (value < text.len && is_space(text.ptr[value]))
            value++;
        size_t end = end_of_value(text, value);
        if (str_eq_nocase(str_sub(text, start + 1, i - start - 2), key)) {
            *ret = (struct span_of){start, value, end};
            found = true;
        }
        i = end;
    }
    return found;
}

static str replace(struct arena *arena, str text, size_t from, size_t to, str with)
{
    str tail = str_from_index(text, to);
    return arena_join(arena, str_sub(text, 0, from), with, tail);
}

/* With the comma behind it, or where it is the last one, the comma before. */
static str take_out(struct arena *arena, str text, const struct span_of *member)
{
    size_t from = member->start, to = member->end;
    while (to < text.len && is_space(text.ptr[to]))
        to++;
    if (to < text.len && text.ptr[to] == ',') {
        to++;
        while (to < text.len && is_space(text.ptr[to]))
            to++;
    } else {
        while (from > 0 && is_space(text.ptr[from - 1]))
            from--;
        if (from > 0 && text.ptr[from - 1] == ',')
            from--;
        to = member->end;
    }
    return replace(arena, text, from, to, (str){0});
}

/* How far the first member stands from the left, for the new one to stand alike. */
static str indent_of(str text)
{
    size_t open = str_find_char(text, '{'), newline = open, end;
    while (newline < text.len && text.ptr[newline] != '\n' && text.ptr[newline] != '"')
        newline++;
    if (newline >= text.len || text.ptr[newline] != '\n')
        return STR("    ");
    for (end = newline + 1; end < text.len && (text.ptr[end] == ' ' || text.ptr[end] == '\t');)
        end++;
    str indent = str_sub(text, newline + 1, end - newline - 1);
    return indent.len && end < text.len && text.ptr[end] == '"' ? indent : STR("    ");
}

static str add(struct arena *arena, str text, str key, str value)
{
    size_t close = text.len;
    while (close > 0 && text.ptr[close - 1] != '}')
        close--;
    if (close == 0)
        return (str){0};
    size_t last = close - 1;
    while (last > 0 && is_space(text.ptr[last - 1]))
        last--;
    bool is_empty = last > 0 && text.ptr[last - 1] == '{';
    str member = arena_printf(arena, "%s\n%.*s\"%.*s\": %.*s\n", is_empty ? "" : ",",
                              STR_ARG(indent_of(text)), STR_ARG(key), STR_ARG(value));
    return replace(arena, text, last, close - 1, member);
}

bool fix_json_member(struct arena *arena, str text, str key, str value, str *ret)
{
    struct err ignored = {0};
    struct span_of member = {0};
    if (str_trim(text).len == 0)
        text = STR("{}\n");
    JSON_SCOPED before = json_parse(text, &ignored);
    if (!json_is_object(before))
        return false;
    bool there = find_member(text, key, &member);
    if (there && value.len)
        *ret = replace(arena, text, member.value, member.end, value);
    else if (there)
        *ret = take_out(arena, text, &member);
    else if (value.len)
        *ret = add(arena, text, key, value);
    else
        *ret = text;
    JSON_SCOPED after = json_parse(*ret, &ignored);
    return json_is_object(after) &&
           (json_get(after, arena_cstr(arena, key)) != NULL) == (value.len > 0);
}
