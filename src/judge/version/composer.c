// SPDX-License-Identifier: Apache-2.0
/*
 * Composer (Composer\Semver\VersionParser::normalize, getcomposer.org/doc/articles/versions.md),
 * and PHP's version_compare() for the result: [v]N[.N[.N[.N]]], or a date in its place, then
 * [-(alpha|beta|RC|patch)[N{.N}]][-dev]. A numeric branch, 1.2.x-dev, has 9999999 for each x.
 * A branch by name (dev-main) has no order, not even to Composer: it is not valid.
 */
#include "base/limits.h"
#include "judge/version/part/number.h"
#include "judge/version/version.h"

/* In version_compare()'s order: the end of a version stands between RC and a number. */
enum stability { DEV, ALPHA, BETA, CANDIDATE, STABLE, NUMBER, PATCH };

struct parts {
    bool date;   /* how many numbers it has says something; else they are four */
    str numbers; /* digits, and what is between them; a branch has x among them */
    bool branch;
    enum stability stability;
    str stability_numbers;
    bool dev;
};

struct word {
    str text;
    enum stability stability;
};

/* A word that another one starts with stands behind it. */
static const struct word words[] = {
    {STR_INIT("stable"), STABLE}, {STR_INIT("beta"), BETA},   {STR_INIT("b"), BETA},
    {STR_INIT("rc"), CANDIDATE},  {STR_INIT("alpha"), ALPHA}, {STR_INIT("a"), ALPHA},
    {STR_INIT("patch"), PATCH},   {STR_INIT("pl"), PATCH},    {STR_INIT("p"), PATCH},
};

static bool skip_nocase(str *rest, str word)
{
    if (!str_eq_nocase(str_sub(*rest, 0, word.len), word))
        return false;
    *rest = str_from_index(*rest, word.len);
    return true;
}

/* {[.-]N} */
static str take_numbers(str *rest)
{
    str from = *rest;
    for (;;) {
        str ahead = *rest;
        version_skip_one_of(&ahead, STR(".-"));
        if (!version_take(&ahead, version_is_digit).len)
            return str_sub(from, 0, from.len - rest->len);
        *rest = ahead;
    }
}

/* All of `rest` as [._-][word{[.-]N}][[.-]dev]; behind "stable" the rest has no say. */
static bool take_modifier(str rest, struct parts *ret)
{
    bool stable = false;
    ret->stability = STABLE;
    version_skip_one_of(&rest, STR("._-"));
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (skip_nocase(&rest, words[i].text)) {
            str numbers = take_numbers(&rest);
            ret->stability = words[i].stability;
            stable = ret->stability == STABLE;
            ret->stability_numbers = stable ? (str){0} : numbers;
            break;
        }
    str dev = rest;
    version_skip_one_of(&dev, STR(".-"));
    bool is_dev = skip_nocase(&dev, STR("dev"));
    ret->dev = is_dev && !stable;
    return is_dev ? dev.len == 0 : rest.len == 0;
}

static bool take_classic(str rest, struct parts *ret)
{
    str from = rest;
    size_t first = version_take(&rest, version_is_digit).len;
    if (first < 1 || first > 5)
        return false;
    for (int i = 0; i < 3 && rest.len > 1 && rest.ptr[0] == '.' && version_is_digit(rest.ptr[1]);
         i++) {
        rest = str_from_index(rest, 1);
        version_take(&rest, version_is_digit);
    }
    ret->numbers = str_sub(from, 0, from.len - rest.len);
    return take_modifier(rest, ret);
}

static bool skip_digits(str *rest, size_t least, size_t most)
{
    str ahead = *rest;
    version_skip_one_of(&ahead, STR(".:-"));
    size_t count = version_take(&ahead, version_is_digit).len;
    if (count < least)
        return false;
    *rest = str_from_index(*rest, rest->len - ahead.len - count + (count < most ? count : most));
    return true;
}

static bool is_date_char(char c)
{
    return version_is_digit(c) || c == '.' || c == ':' || c == '-';
}

/* A year, one to six pairs of digits, up to three more: 2024-01-31, 20240131.1 */
static bool is_date(str text)
{
    str year = str_sub(text, 0, 4);
    if (version_take(&year, version_is_digit).len != 4)
        return false;
    text = str_from_index(text, 4);
    for (int i = 0; i < 6 && skip_digits(&text, 2, 2); i++) {
        str last = text;
        if (text.len == 0 || (skip_digits(&last, 1, 3) && last.len == 0))
            return true;
    }
    return false;
}

static bool take_date(str rest, struct parts *ret)
{
    str text = version_take(&rest, is_date_char), all = text;
    while (text.len && !version_is_digit(text.ptr[text.len - 1]))
        text.len--;
    ret->numbers = text;
    ret->date = true;
    rest = str_make(rest.ptr - (all.len - text.len), rest.len + (all.len - text.len));
    return is_date(text) && take_modifier(rest, ret);
}

/* N[.N|.x]{0,3}[.-]dev */
static bool take_branch(str rest, struct parts *ret)
{
    if (rest.len < 4 || !str_eq_nocase(str_from_index(rest, rest.len - 3), STR("dev")))
        return false;
    rest = str_sub(rest, 0, rest.len - 3);
    if (rest.ptr[rest.len - 1] == '.' || rest.ptr[rest.len - 1] == '-')
        rest.len--;
    *ret = (struct parts){.numbers = rest, .branch = true, .stability = STABLE, .dev = true};
    if (!version_take(&rest, version_is_digit).len)
        return false;
    for (int i = 0; i < 3 && str_skip(&rest, STR(".")); i++)
        if (!version_take(&rest, version_is_digit).len && !version_skip_one_of(&rest, STR("xX*")))
            return false;
    return rest.len == 0;
}

static str without_flag(str version)
{
    static const str flags[] = {STR_INIT("stable"), STR_INIT("rc"), STR_INIT("beta"),
                                STR_INIT("alpha"), STR_INIT("dev")};
    size_t at = str_rfind_char(version, '@');
    for (size_t i = 0; at != STR_NONE && i < sizeof(flags) / sizeof(flags[0]); i++)
        if (str_eq_nocase(str_from_index(version, at + 1), flags[i]))
            return str_sub(version, 0, at);
    return version;
}

static bool split(str version, struct parts *ret)
{
    *ret = (struct parts){0};
    version = without_flag(version);
    size_t plus = str_find_char(version, '+');
    if (plus != STR_NONE && plus > 0 && plus + 1 < version.len)
        version = str_sub(version, 0, plus);
    if (!skip_nocase(&version, STR("v")) && !version.len)
        return false;
    if (take_classic(version, ret))
        return true;
    *ret = (struct parts){0};
    if (take_date(version, ret))
        return true;
    return take_branch(version, ret);
}

static bool valid(str version)
{
    struct parts parts;
    return version.len <= LIMIT_VERSION && split(version, &parts);
}

/* The next number of a list with any separators; absent behind the last. */
static str next_number(str *rest)
{
    while (version_skip_one_of(rest, STR(".:-")))
        ;
    return version_skip_one_of(rest, STR("xX*")) ? STR("9999999")
                                                 : version_take(rest, version_is_digit);
}

/* A number of the first four, or more in a date; false behind the last. */
static bool next_main_number(struct parts *of, int at, str *ret)
{
    *ret = next_number(&of->numbers);
    if (!ret->len && !of->date && at < 4)
        *ret = of->branch ? STR("9999999") : STR("0");
    return ret->len > 0;
}

/* What stands behind the numbers. */
static enum stability tail_of(const struct parts *of)
{
    return of->stability == STABLE && of->dev ? DEV : of->stability;
}

static int compare_tails(struct parts *a, struct parts *b)
{
    int order = (int)tail_of(a) - (int)tail_of(b);
    if (order)
        return order;
    for (;;) {
        str left = next_number(&a->stability_numbers), right = next_number(&b->stability_numbers);
        if (!left.len && !right.len)
            return (int)b->dev - (int)a->dev;
        if (!left.len || !right.len)
            return left.len ? 1 : -1;
        order = version_compare_numbers(left, right);
        if (order)
            return order;
    }
}

static int compare(str a, str b)
{
    struct parts left, right;
    split(a, &left);
    split(b, &right);
    for (int i = 0;; i++) {
        str left_number, right_number;
        bool left_more = next_main_number(&left, i, &left_number);
        bool right_more = next_main_number(&right, i, &right_number);
        if (!left_more && !right_more)
            return compare_tails(&left, &right);
        /* A number against what the other one has there. */
        if (!left_more || !right_more) {
            int tail = (int)tail_of(left_more ? &right : &left) - (int)NUMBER;
            return left_more ? -tail : tail;
        }
        int order = version_compare_numbers(left_number, right_number);
        if (order)
            return order;
    }
}

const struct version_scheme version_composer = {
    .name = "composer",
    .package_type = "composer",
    .valid = valid,
    .compare = compare,
};
