// SPDX-License-Identifier: Apache-2.0
#include "act/report/text.h"

#include <stdarg.h>
#include <string.h>

enum { WIDTH_DEFAULT = 80, WIDTH_LEAST = 40, WIDTH_MOST = 160 };

static const char *const style_codes[] = {
    [STYLE_PLAIN] = "\033[0m",   [STYLE_BOLD] = "\033[1m",     [STYLE_DIM] = "\033[2m",
    [STYLE_GOOD] = "\033[1;32m", [STYLE_COMMAND] = "\033[36m", [STYLE_LOW] = "\033[34m",
    [STYLE_MEDIUM] = "\033[33m", [STYLE_HIGH] = "\033[31m",    [STYLE_CRITICAL] = "\033[1;31m",
};

struct range {
    uint32_t from, to;
};

/* East Asian Wide and Fullwidth (UAX #11), and the emoji that terminals show as wide. */
static const struct range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
    {0x23F0, 0x23F0},   {0x23F3, 0x23F3},   {0x25FD, 0x25FE},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},
    {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},   {0x26CE, 0x26CE},
    {0x26D4, 0x26D4},   {0x26EA, 0x26EA},   {0x26F2, 0x26F3},   {0x26F5, 0x26F5},
    {0x26FA, 0x26FA},   {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},
    {0x2728, 0x2728},   {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},
    {0x2757, 0x2757},   {0x2795, 0x2797},   {0x27B0, 0x27B0},   {0x27BF, 0x27BF},
    {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},
    {0x3041, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x16FE0, 0x18DFF}, {0x1B000, 0x1B2FF}, {0x1F004, 0x1F004},
    {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F200, 0x1F320},
    {0x1F32D, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7EB}, {0x1F900, 0x1F9FF},
    {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};
/* Combining marks of the common scripts, and variation selectors. */
static const struct range combining[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A},
    {0x064B, 0x065F}, {0x093C, 0x093C}, {0x0941, 0x0948}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
    {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF},
};
/* Cc, Cf, and line and paragraph separators; noncharacters and private use (terminals draw
 * nothing sensible there). */
static const struct range unsafe[] = {
    {0x00, 0x1F},       {0x7F, 0x9F},       {0xAD, 0xAD},        {0x61C, 0x61C},
    {0x180E, 0x180E},   {0x200B, 0x200F},   {0x2028, 0x202E},    {0x2060, 0x206F},
    {0x3164, 0x3164},   {0xE000, 0xF8FF},   {0xFDD0, 0xFDEF},    {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF},    {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0000, 0xE00FF}, {0xE01F0, 0x10FFFF},
};
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool in_ranges(const struct range *ranges, size_t count, uint32_t rune)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rune > ranges[middle].to)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && rune >= ranges[low].from;
}

bool text_is_unsafe(uint32_t rune)
{
    return in_ranges(unsafe, COUNT(unsafe), rune);
}

bool text_next_rune(str *rest, uint32_t *ret_rune, bool *ret_valid)
{
    static const struct {
        uint8_t mask, lead;
        uint32_t least;
    } forms[] = {{0x80, 0x00, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};
    if (rest->len == 0)
        return false;
    const uint8_t *bytes = (const uint8_t *)rest->ptr;
    *ret_rune = bytes[0];
    *ret_valid = false;
    size_t len = 1;
    for (size_t form = 0; form < COUNT(forms); form++) {
        if ((bytes[0] & forms[form].mask) != forms[form].lead || rest->len <= form)
            continue;
        uint32_t rune = bytes[0] & (uint8_t)~forms[form].mask;
        size_t i = 1;
        while (i <= form && (bytes[i] & 0xC0) == 0x80)
            rune = rune << 6 | (bytes[i++] & 0x3F);
        if (i <= form || rune < forms[form].least || rune > 0x10FFFF ||
            (rune >= 0xD800 && rune <= 0xDFFF))
            break;
        *ret_rune = rune;
        *ret_valid = true;
        len = form + 1;
    }
    *rest = str_from_index(*rest, len);
    return true;
}

/* One character as it will be shown: its bytes, or an escape. */
struct shown {
    char bytes[16];
    size_t len, columns;
};

static bool next_shown(str *rest, bool unicode, struct shown *ret)
{
    str before = *rest;
    uint32_t rune;
    bool valid;
    if (rest->len && rest->ptr[0] >= ' ' && rest->ptr[0] < 0x7f) {
        *ret = (struct shown){.bytes = {rest->ptr[0]}, .len = 1, .columns = 1};
        *rest = str_from_index(*rest, 1);
        return true;
    }
    if (!text_next_rune(rest, &rune, &valid))
        return false;
    int len;
    if (!valid || (rune < 0x100 && text_is_unsafe(rune))) {
        len = snprintf(ret->bytes, sizeof(ret->bytes), "\\x%02x", (unsigned)rune);
    } else if (text_is_unsafe(rune) || (rune >= 0x80 && !unicode)) {
        len = snprintf(ret->bytes, sizeof(ret->bytes), "\\u%04x", (unsigned)rune);
    } else {
        ret->len = before.len - rest->len;
        memcpy(ret->bytes, before.ptr, ret->len);
        ret->columns = in_ranges(combining, COUNT(combining), rune) ? 0
                       : in_ranges(wide, COUNT(wide), rune)         ? 2
                                                                    : 1;
        return true;
    }
    ret->len = ret->columns = (size_t)len;
    return true;
}

struct text text_make(FILE *out, unsigned width, bool color, bool unicode)
{
    if (width == 0)
        width = WIDTH_DEFAULT;
    if (width < WIDTH_LEAST)
        width = WIDTH_LEAST;
    if (width > WIDTH_MOST)
        width = WIDTH_MOST;
    return (struct text){.out = out, .width = width, .color = color, .unicode = unicode};
}

void text_style(struct text *text, enum text_style style)
{
    text->style = style;
    if (text->color)
        fputs(style_codes[style], text->out);
}

static void write_shown(struct text *text, const struct shown *shown)
{
    fwrite_unlocked(shown->bytes, 1, shown->len, text->out);
    text->column += shown->columns;
}

void text_put(struct text *text, str s)
{
    struct shown shown;
    while (next_shown(&s, text->unicode, &shown))
        write_shown(text, &shown);
}

void text_say(struct text *text, const char *format, ...)
{
    char words[512];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof(words), format, args);
    va_end(args);
    str rest = str_from(words), line;
    while (str_cut(rest, '\n', &line, &rest)) {
        text_put(text, line);
        text_newline(text);
    }
    text_put(text, line);
}

void text_styled(struct text *text, enum text_style style, str s)
{
    text_style(text, style);
    text_put(text, s);
    text_style(text, STYLE_PLAIN);
}

void text_newline(struct text *text)
{
    bool styled = text->color && text->style != STYLE_PLAIN;
    if (styled)
        fputs(style_codes[STYLE_PLAIN], text->out);
    fputc('\n', text->out);
    text->column = 0;
    if (styled)
        fputs(style_codes[text->style], text->out);
}

void text_to_column(struct text *text, size_t column)
{
    size_t spaces = column > text->column ? column - text->column : text->column > 0;
    fprintf(text->out, "%*s", (int)spaces, "");
    text->column += spaces;
}

size_t text_columns(const struct text *text, str s)
{
    struct shown shown;
    size_t columns = 0;
    while (next_shown(&s, text->unicode, &shown))
        columns += shown.columns;
    return columns;
}

void text_fit(struct text *text, str s, size_t columns)
{
    str ellipsis = text->unicode ? STR("\u2026") : STR("...");
    size_t reserved = text->unicode ? 1 : 3, used = 0, all = 0;
    struct shown shown;
    /* Counted only until it is known not to fit: the text may be megabytes. */
    for (str rest = s; all <= columns && next_shown(&rest, text->unicode, &shown);)
        all += shown.columns;
    bool fits = all <= columns;
    if (!fits && columns < reserved)
        return;
    while (next_shown(&s, text->unicode, &shown) &&
           used + shown.columns <= columns - (fits ? 0 : reserved)) {
        write_shown(text, &shown);
        used += shown.columns;
    }
    if (!fits)
        text_put(text, ellipsis);
}

static bool is_inside_character(str s, size_t at)
{
    return at < s.len && ((unsigned char)s.ptr[at] & 0xc0) == 0x80;
}

void text_fit_beside(struct text *text, str s, str other, size_t columns)
{
    size_t reserved = text->unicode ? 1 : 3, alike = 0, head = columns / 3;
    while (alike < s.len && alike < other.len && s.ptr[alike] == other.ptr[alike])
        alike++;
    size_t tail = columns - head - (columns > reserved ? reserved : 0);
    size_t from = s.len > tail && s.len - tail < alike ? s.len - tail : alike;
    while (is_inside_character(s, from))
        from++;
    if (alike + reserved < columns || from <= head + reserved || text_columns(text, s) <= columns) {
        text_fit(text, s, columns);
        return;
    }
    text_fit(text, s, head + reserved);
    text_fit(text, str_from_index(s, from), tail);
}

/* A word begins or ends a run of `words` if the number of its ticks is odd. */
static bool turns_tick(str word)
{
    bool odd = false;
    for (size_t i = 0; i < word.len; i++)
        odd ^= word.ptr[i] == '`';
    return odd;
}

/* The columns from the first word of `...` to the last, if a line has room for them; else those of
 * the first. */
static size_t columns_of_run(const struct text *text, str word, str rest, size_t room)
{
    size_t first = text_columns(text, word), all = first;
    while (all < room && str_next_word(&rest, &word)) {
        all += 1 + text_columns(text, word);
        if (turns_tick(word))
            return all <= room ? all : first;
    }
    return first;
}

void text_wrap(struct text *text, str s, size_t indent)
{
    str word;
    bool first = true, inside = false;
    size_t room = text->width > indent ? text->width - indent : 0;
    while (str_next_word(&s, &word)) {
        bool turns = turns_tick(word);
        size_t columns =
            turns && !inside ? columns_of_run(text, word, s, room) : text_columns(text, word);
        inside ^= turns;
        if (!first && text->column + 1 + columns > text->width) {
            text_newline(text);
            text_to_column(text, indent);
        } else if (!first) {
            text_put(text, STR(" "));
        }
        text_put(text, word);
        first = false;
    }
}

void text_command(struct text *text, str s, size_t indent)
{
    str word, rest = s;
    bool first = true;
    text_style(text, STYLE_COMMAND);
    while (str_next_word(&rest, &word)) {
        size_t columns = text_columns(text, word), tail = str_trim(rest).len > 0 ? 2 : 0;
        if (!first && text->column + 1 + columns + tail > text->width) {
            text_put(text, STR(" \\"));
            text_newline(text);
            text_to_column(text, indent + 2);
        } else if (!first) {
            text_put(text, STR(" "));
        }
        text_put(text, word);
        first = false;
    }
    text_style(text, STYLE_PLAIN);
}

const char *text_arrow(const struct text *text)
{
    return text->unicode ? "\u2192" : "->";
}

const char *text_dot(const struct text *text)
{
    return text->unicode ? "\u00b7" : "-";
}
