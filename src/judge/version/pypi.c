// SPDX-License-Identifier: Apache-2.0
/*
 * PEP 440 ("Version specifiers" of the Python Packaging User Guide), every spelling that it
 * normalises, in any case:
 *   [v][epoch!]N{.N}[[sep](a|b|rc|...)[sep][N]][-N |
 * [sep](post|rev|r)[sep][N]][[sep]dev[sep][N]][+local] where sep is one of ".-_". A missing number
 * is 0.
 */
#include "base/limits.h"
#include "judge/version/part/number.h"
#include "judge/version/version.h"

/* Where a version without a pre-release stands: before all of them if it is only a .dev one. */
enum pre { PRE_DEV_ONLY, PRE_ALPHA, PRE_BETA, PRE_CANDIDATE, PRE_NONE };

struct parts {
    str epoch, release, local;
    enum pre pre;
    bool post, dev;
    str pre_number, post_number, dev_number;
};

struct word {
    str text;
    enum pre pre;
};

/* A word that another one starts with stands behind it. */
static const struct word pre_words[] = {
    {STR_INIT("alpha"), PRE_ALPHA},       {STR_INIT("a"), PRE_ALPHA},
    {STR_INIT("beta"), PRE_BETA},         {STR_INIT("b"), PRE_BETA},
    {STR_INIT("preview"), PRE_CANDIDATE}, {STR_INIT("pre"), PRE_CANDIDATE},
    {STR_INIT("rc"), PRE_CANDIDATE},      {STR_INIT("c"), PRE_CANDIDATE},
};
static const str post_words[] = {STR_INIT("post"), STR_INIT("rev"), STR_INIT("r")};

static bool skip_nocase(str *rest, str word)
{
    if (!str_eq_nocase(str_sub(*rest, 0, word.len), word))
        return false;
    *rest = str_from_index(*rest, word.len);
    return true;
}

/* [sep]word[sep][N] */
static bool skip_segment(str *rest, str word, str *ret_number)
{
    str from = *rest;
    version_skip_one_of(rest, STR(".-_"));
    if (!skip_nocase(rest, word)) {
        *rest = from;
        return false;
    }
    version_skip_one_of(rest, STR(".-_"));
    *ret_number = version_take(rest, version_is_digit);
    return true;
}

static void take_pre(str *rest, struct parts *ret)
{
    ret->pre = PRE_NONE;
    for (size_t i = 0; i < sizeof(pre_words) / sizeof(pre_words[0]); i++)
        if (skip_segment(rest, pre_words[i].text, &ret->pre_number)) {
            ret->pre = pre_words[i].pre;
            return;
        }
}

static void take_post(str *rest, struct parts *ret)
{
    if (rest->len > 1 && rest->ptr[0] == '-' && version_is_digit(rest->ptr[1])) {
        *rest = str_from_index(*rest, 1);
        ret->post_number = version_take(rest, version_is_digit);
        ret->post = true;
        return;
    }
    for (size_t i = 0; i < sizeof(post_words) / sizeof(post_words[0]) && !ret->post; i++)
        ret->post = skip_segment(rest, post_words[i], &ret->post_number);
}

static bool take_release(str *rest, str *ret)
{
    str from = *rest;
    do {
        if (version_take(rest, version_is_digit).len == 0)
            return false;
        *ret = str_sub(from, 0, from.len - rest->len);
    } while (rest->len > 1 && version_is_digit(rest->ptr[1]) && str_skip(rest, STR(".")));
    return true;
}

static bool take_local(str *rest, str *ret)
{
    if (!str_skip(rest, STR("+")))
        return true;
    *ret = *rest;
    do {
        if (version_take(rest, version_is_alphanumeric).len == 0)
            return false;
    } while (version_skip_one_of(rest, STR(".-_")));
    return true;
}

static bool split(str version, struct parts *ret)
{
    *ret = (struct parts){0};
    skip_nocase(&version, STR("v"));
    str ahead = version, epoch = version_take(&ahead, version_is_digit);
    if (epoch.len && str_skip(&ahead, STR("!"))) {
        ret->epoch = epoch;
        version = ahead;
    }
    if (!take_release(&version, &ret->release))
        return false;
    take_pre(&version, ret);
    take_post(&version, ret);
    ret->dev = skip_segment(&version, STR("dev"), &ret->dev_number);
    if (ret->dev && ret->pre == PRE_NONE && !ret->post)
        ret->pre = PRE_DEV_ONLY;
    return take_local(&version, &ret->local) && version.len == 0;
}

static bool valid(str version)
{
    struct parts parts;
    return version.len <= LIMIT_VERSION && split(version, &parts);
}

static int compare_release(str a, str b)
{
    while (a.len || b.len) {
        str left = {0}, right = {0};
        str_next(&a, '.', &left);
        str_next(&b, '.', &right);
        int order = version_compare_numbers(left, right);
        if (order)
            return order;
    }
    return 0;
}

/* Numbers are newer than words, and the longer one than its start. */
static int compare_local(str a, str b)
{
    while (a.len && b.len) {
        version_skip_one_of(&a, STR(".-_"));
        version_skip_one_of(&b, STR(".-_"));
        str left = version_take(&a, version_is_alphanumeric), left_word = left;
        str right = version_take(&b, version_is_alphanumeric), right_word = right;
        version_take(&left_word, version_is_digit);
        version_take(&right_word, version_is_digit);
        if (!left_word.len != !right_word.len)
            return left_word.len ? -1 : 1;
        int order = left_word.len ? version_compare_nocase(left, right)
                                  : version_compare_numbers(left, right);
        if (order || (!left.len && !right.len))
            return order;
    }
    return (a.len > 0) - (b.len > 0);
}

static int compare_parts(const struct parts *a, const struct parts *b)
{
    int order = version_compare_numbers(a->epoch, b->epoch);
    if (!order)
        order = compare_release(a->release, b->release);
    if (!order)
        order = (int)a->pre - (int)b->pre;
    if (!order)
        order = version_compare_numbers(a->pre_number, b->pre_number);
    if (!order)
        order = (int)a->post - (int)b->post;
    if (!order)
        order = version_compare_numbers(a->post_number, b->post_number);
    if (!order)
        order = (int)b->dev - (int)a->dev;
    return order ? order : version_compare_numbers(a->dev_number, b->dev_number);
}

static int compare(str a, str b)
{
    struct parts left, right;
    split(a, &left);
    split(b, &right);
    int order = compare_parts(&left, &right);
    return order ? order : compare_local(left.local, right.local);
}

const struct version_scheme version_pypi = {
    .name = "pypi",
    .package_type = "pypi",
    .valid = valid,
    .compare = compare,
};
