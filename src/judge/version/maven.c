// SPDX-License-Identifier: Apache-2.0
/*
 * Maven (maven.apache.org/pom.html, "Version Order Specification", and ComparableVersion, which it
 * describes). A version is a list: dots separate its items, and at a hyphen, at a change between
 * digits and letters and before a word a list within it opens, which goes on to the end. So a row
 * of items does, with an OPEN where a list starts. What is null (0, "final", "ga", "release") does
 * not count in front of an OPEN or of the end.
 *
 * Maven compares item by item, and goes in circles for a few odd ones: 1.sp.2 < 1-alpha < 1 <
 * 1.sp.2. Here the first question is whether what follows is older or newer than nothing, which
 * changes no answer that Maven gives consistently.
 */
#include "base/limits.h"
#include "judge/version/part/number.h"
#include "judge/version/version.h"

/* In their order, where both are older or both newer than nothing. */
enum kind { END, WORD, OPEN, NUMBER };

enum { RELEASE = 5, UNKNOWN = 7 };
struct word {
    str text;
    int rank;
};
static const struct word words[] = {
    {STR_INIT("alpha"), 0},       {STR_INIT("beta"), 1},     {STR_INIT("milestone"), 2},
    {STR_INIT("rc"), 3},          {STR_INIT("cr"), 3},       {STR_INIT("snapshot"), 4},
    {STR_INIT("final"), RELEASE}, {STR_INIT("ga"), RELEASE}, {STR_INIT("release"), RELEASE},
    {STR_INIT(""), RELEASE},      {STR_INIT("sp"), 6},
};

struct item {
    enum kind kind;
    int rank; /* of a word */
    str text;
};

/* A byte gives three items at most: its own and two lists. */
enum { MOST_ITEMS = 3 * LIMIT_VERSION + 2 };
struct items {
    struct item item[MOST_ITEMS];
    size_t count;
};

static void add(struct items *to, enum kind kind, str text, int rank)
{
    if (to->count < MOST_ITEMS - 1)
        to->item[to->count++] = (struct item){.kind = kind, .text = text, .rank = rank};
}

static int rank_of(str word, bool before_digit)
{
    static const str shorts[] = {STR_INIT("a"), STR_INIT("b"), STR_INIT("m")};
    for (int i = 0; i < 3 && before_digit; i++)
        if (str_eq_nocase(word, shorts[i]))
            return i;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_eq_nocase(word, words[i].text))
            return words[i].rank;
    return UNKNOWN;
}

static bool is_word_char(char c)
{
    return !version_is_digit(c) && c != '.' && c != '-';
}

/* One item, and the list that opens behind it where digits meet letters. */
static void add_item(struct items *to, str *rest, bool opened)
{
    str text = version_take(rest, version_is_digit);
    char after = rest->len ? rest->ptr[0] : '.';
    if (text.len) {
        add(to, NUMBER, text, 0);
        if (is_word_char(after))
            add(to, OPEN, (str){0}, 0);
        return;
    }
    text = version_take(rest, is_word_char);
    after = rest->len ? rest->ptr[0] : '.';
    if (!text.len) {
        add(to, NUMBER, text, 0);
        return;
    }
    if (!opened)
        add(to, OPEN, (str){0}, 0);
    add(to, WORD, text, rank_of(text, version_is_digit(after)));
    if (version_is_digit(after))
        add(to, OPEN, (str){0}, 0);
}

static int sign_of(const struct item *item)
{
    if (item->kind == WORD)
        return (item->rank > RELEASE) - (item->rank < RELEASE);
    return item->kind == NUMBER && !version_is_zero(item->text);
}

/* From the right: what is null falls before a list or the end, and with it a list that is empty. */
static void trim(struct items *items)
{
    size_t to = MOST_ITEMS;
    enum kind follows = END;
    for (size_t i = items->count; i-- > 0;) {
        const struct item *item = &items->item[i];
        if (item->kind == OPEN ? follows == END
                               : !sign_of(item) && (follows == END || follows == OPEN))
            continue;
        follows = item->kind;
        items->item[--to] = *item;
    }
    items->count = MOST_ITEMS - to;
    for (size_t i = 0; i < items->count; i++)
        items->item[i] = items->item[to + i];
}

static void split(str version, struct items *ret)
{
    bool opened = true;
    ret->count = 0;
    version = str_sub(version, 0, LIMIT_VERSION);
    while (version.len) {
        add_item(ret, &version, opened);
        opened = ret->item[ret->count - 1].kind == OPEN;
        if (str_skip(&version, STR("-"))) {
            add(ret, OPEN, (str){0}, 0);
            opened = true;
        } else {
            str_skip(&version, STR("."));
        }
    }
    trim(ret);
}

static bool valid(str version)
{
    if (version.len == 0 || version.len > LIMIT_VERSION)
        return false;
    for (size_t i = 0; i < version.len; i++)
        if (version.ptr[i] <= ' ' || version.ptr[i] > '~')
            return false;
    return true;
}

/* Whether all from `at` on is older or newer than nothing. */
static int sign_from(const struct items *items, size_t at)
{
    int sign = 0;
    while (at < items->count && !sign)
        sign = sign_of(&items->item[at++]);
    return sign;
}

static int compare_items(const struct item *a, const struct item *b)
{
    if (a->kind != b->kind)
        return (int)a->kind - (int)b->kind;
    if (a->kind == NUMBER)
        return version_compare_numbers(a->text, b->text);
    if (a->kind == OPEN)
        return 0;
    if (a->rank != b->rank || a->rank != UNKNOWN)
        return a->rank - b->rank;
    return version_compare_nocase(a->text, b->text);
}

static int compare(str a, str b)
{
    struct items left, right;
    split(a, &left);
    split(b, &right);
    for (size_t i = 0; i < left.count || i < right.count; i++) {
        int left_sign = sign_from(&left, i), right_sign = sign_from(&right, i);
        if (left_sign != right_sign)
            return left_sign - right_sign;
        if (i >= left.count || i >= right.count)
            return 0;
        int order = compare_items(&left.item[i], &right.item[i]);
        if (order)
            return order;
    }
    return 0;
}

const struct version_scheme version_maven = {
    .name = "maven",
    .package_type = "maven",
    .valid = valid,
    .compare = compare,
};
