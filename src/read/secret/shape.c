// SPDX-License-Identifier: Apache-2.0
#include "read/secret/shape.h"

#include <limits.h>
#include <string.h>

/* An expression is long enough when that many of its bytes stand for themselves, or are of a class
 * after few or many that do. */
enum { ENOUGH_FIXED = 5, CLASS_AFTER_FEW = 24, CLASS_AFTER_ENOUGH = 10, MATCH_STEPS = 4000 };

static bool is_lower(unsigned char c)
{
    return c >= 'a' && c <= 'z';
}
static bool is_upper(unsigned char c)
{
    return c >= 'A' && c <= 'Z';
}
static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}
static bool is_alnum(unsigned char c)
{
    return is_lower(c) || is_upper(c) || is_digit(c);
}
static bool is_one_of(unsigned char c, const char *list)
{
    return c && strchr(list, c);
}

bool shape_class_has(char class, unsigned char c)
{
    switch (class) {
    case 'A': return is_alnum(c);
    case 'a': return is_lower(c) || is_digit(c);
    case 'U': return is_upper(c) || is_digit(c);
    case 'm': return is_lower(c) || is_upper(c);
    case '9': return is_digit(c);
    case 'x': return is_digit(c) || (c >= 'a' && c <= 'f');
    case 'X': return is_digit(c) || (c >= 'A' && c <= 'F');
    case 'h': return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
    case 'u': return is_alnum(c) || c == '_' || c == '-';
    case 'w': return is_alnum(c) || c == '_';
    case 'b': return is_alnum(c) || c == '+' || c == '/';
    case 'c': return is_alnum(c) || is_one_of(c, "+/=_-");
    case 's': return is_lower(c) || (c >= '2' && c <= '7');
    case 'S': return is_upper(c) || (c >= '2' && c <= '7');
    case 'g': return is_alnum(c) || is_one_of(c, "._~-");
    case 'd': return is_alnum(c) || is_one_of(c, "._-");
    case 'p': return is_alnum(c) || is_one_of(c, "/_-");
    case 'q': return is_alnum(c) || is_one_of(c, "%._-");
    case 'v': return c > ' ' && c < 0x7f && !is_one_of(c, "\"'`<>()[]{}\\,;");
    default: return false;
    }
}

static size_t closing(str text, size_t open)
{
    size_t depth = 0;
    for (size_t i = open; i < text.len; i++) {
        depth += text.ptr[i] == '(';
        depth -= text.ptr[i] == ')';
        if (depth == 0)
            return i;
    }
    return STR_NONE;
}

/* "{40}" or "{16,64}", cut off *rest; without one the class stands for one byte. */
static bool take_count(str *rest, struct shape_item *item)
{
    str inside, least, most;
    uint64_t low, high;
    item->min = item->max = 1;
    if (!str_skip(rest, STR("{")))
        return true;
    if (!str_cut(*rest, '}', &inside, rest))
        return false;
    if (!str_cut(inside, ',', &least, &most))
        most = least;
    if (!str_to_u64(least, UINT16_MAX, &low) || !str_to_u64(most, UINT16_MAX, &high) || low > high)
        return false;
    item->min = (unsigned short)low;
    item->max = (unsigned short)high;
    return true;
}

/* An item is a byte, or at least "<C>". */
static size_t most_items(str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++, count++)
        if (text.ptr[i] == '<')
            i += STR("C>").len;
        else if (text.ptr[i] == '{')
            while (i + 1 < text.len && text.ptr[i] != '}')
                i++;
    return count;
}

static int parse_one(struct arena *arena, str text, struct shape *ret, struct err *err)
{
    str rest = text;
    *ret = (struct shape){.items = arena_array(arena, struct shape_item, most_items(text))};
    while (rest.len) {
        struct shape_item *item = &ret->items[ret->count++];
        if (rest.len >= 3 && rest.ptr[0] == '<' && rest.ptr[2] == '>') {
            item->class = rest.ptr[1];
            rest = str_from_index(rest, 3);
            if (!take_count(&rest, item))
                return err_set(err, ERR_FORMAT, "%.*s: a bad number of bytes", STR_ARG(text));
        } else {
            *item = (struct shape_item){.byte = (unsigned char)rest.ptr[0], .min = 1, .max = 1};
            rest = str_from_index(rest, 1);
            ret->fixed += ret->fixed + 1 == ret->count;
        }
    }
    return 0;
}

/* Writes out the first group's alternatives, each with what stands before and behind it. */
static int expand(struct arena *arena, str text, struct shape_list *ret, struct err *err)
{
    size_t open = str_find_char(text, '(');
    if (open == STR_NONE) {
        if (ret->count == SHAPE_VARIANTS)
            return err_set(err, ERR_FORMAT, "too many alternatives");
        return parse_one(arena, text, vec_push(arena, ret), err);
    }
    size_t close = closing(text, open);
    if (close == STR_NONE)
        return err_set(err, ERR_FORMAT, "a group that does not end");
    str before = str_sub(text, 0, open), after = str_from_index(text, close + 1);
    str inside = str_sub(text, open + 1, close - open - 1), option;
    for (bool more = true; more;) {
        more = str_cut(inside, '|', &option, &inside);
        str whole = arena_join(arena, before, option, after);
        if (expand(arena, whole, ret, err) < 0)
            return -1;
    }
    return 0;
}

int shape_parse(struct arena *arena, str text, struct shape_list *ret, struct err *err)
{
    *ret = (struct shape_list){0};
    return expand(arena, text, ret, err);
}

/* The same classes as Hyperscan reads them; tests hold that both agree. */
static const char *class_ranges(char class)
{
    static const struct {
        char class;
        const char *ranges;
    } classes[] = {
        {'A', "A-Za-z0-9"},
        {'a', "a-z0-9"},
        {'U', "A-Z0-9"},
        {'m', "A-Za-z"},
        {'9', "0-9"},
        {'x', "0-9a-f"},
        {'X', "0-9A-F"},
        {'h', "0-9A-Fa-f"},
        {'u', "A-Za-z0-9_\\-"},
        {'w', "A-Za-z0-9_"},
        {'b', "A-Za-z0-9+/"},
        {'c', "A-Za-z0-9+/=_\\-"},
        {'s', "a-z2-7"},
        {'S', "A-Z2-7"},
        {'g', "A-Za-z0-9._~\\-"},
        {'d', "A-Za-z0-9._\\-"},
        {'p', "A-Za-z0-9/_\\-"},
        {'q', "A-Za-z0-9%._\\-"},
    };
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (classes[i].class == class)
            return classes[i].ranges;
    return "!-~";
}

static void add_number(struct buf *to, unsigned number)
{
    if (number >= 10)
        add_number(to, number / 10);
    buf_add_char(to, (char)('0' + number % 10));
}

static void add_class(struct buf *to, char class, unsigned count)
{
    buf_add_char(to, '[');
    buf_add_str(to, str_from(class_ranges(class)));
    buf_add_str(to, STR("]{"));
    add_number(to, count);
    buf_add_char(to, '}');
}

static void add_byte(struct buf *to, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";
    const char text[] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    buf_add(to, text, sizeof(text));
}

void shape_head(struct arena *arena, const struct shape *shape, struct shape_head *ret)
{
    size_t fixed = 0;
    *ret = (struct shape_head){.items = arena_array(arena, struct shape_item, shape->count)};
    for (size_t i = 0; i < shape->count; i++) {
        struct shape_item item = shape->items[i];
        unsigned short most = item.min, enough = USHRT_MAX;
        /* A class of fixed length may lead to what is rare: "_mmk" behind 35 letters and digits. */
        bool leads_on = item.min == item.max && fixed < 3;
        fixed += !item.class;
        if (item.class && fixed && !leads_on)
            enough = fixed >= ENOUGH_FIXED ? CLASS_AFTER_ENOUGH : CLASS_AFTER_FEW;
        if (i == 0)
            ret->before = (size_t)item.max - item.min;
        most = most < enough ? most : enough;
        bool last = i > 0 && most < item.max;
        item.min = item.max = most;
        if (most)
            ret->items[ret->count++] = item;
        ret->width += most;
        if (last)
            break;
    }
}

void shape_expression(const struct shape_item *items, size_t count, struct buf *to)
{
    for (size_t i = 0; i < count; i++)
        if (items[i].class)
            add_class(to, items[i].class, items[i].max);
        else
            add_byte(to, items[i].byte);
}

static size_t run_length(char class, str text, size_t at, size_t most)
{
    size_t len = 0;
    while (len < most && at + len < text.len &&
           shape_class_has(class, (unsigned char)text.ptr[at + len]))
        len++;
    return len;
}

/* What follows must not be more of the same: then it is a part of something longer. */
static bool ends_at(const struct shape *shape, str text, size_t at)
{
    const struct shape_item *last = &shape->items[shape->count - 1];
    if (at == text.len)
        return true;
    unsigned char next = (unsigned char)text.ptr[at];
    if (!last->class)
        return !is_alnum(last->byte) || !is_alnum(next);
    bool goes_on = at + 1 < text.len && is_alnum((unsigned char)text.ptr[at + 1]);
    if (next == '~' && goes_on && shape_class_has(last->class, next))
        return false;
    /* A dot or a dash at the end of a sentence or of a name is no part of the token. */
    if (is_one_of(next, ".-=~") && last->class != 'c')
        return true;
    return !shape_class_has(last->class, next) && !is_alnum(next) && next != '_';
}

static size_t match_from(const struct shape *shape, size_t index, str text, size_t at,
                         unsigned *steps)
{
    for (; index < shape->count && !shape->items[index].class; index++, at++)
        if (at == text.len || (unsigned char)text.ptr[at] != shape->items[index].byte)
            return STR_NONE;
    if (index == shape->count)
        return ends_at(shape, text, at) ? at : STR_NONE;
    const struct shape_item *item = &shape->items[index];
    size_t len = run_length(item->class, text, at, item->max);
    for (; len >= item->min && (*steps)++ < MATCH_STEPS; len--) {
        size_t end = match_from(shape, index + 1, text, at + len, steps);
        if (end != STR_NONE)
            return end;
        if (len == 0)
            break;
    }
    return STR_NONE;
}

size_t shape_match(const struct shape *shape, str text)
{
    unsigned steps = 0;
    return shape->count ? match_from(shape, 0, text, 0, &steps) : STR_NONE;
}
