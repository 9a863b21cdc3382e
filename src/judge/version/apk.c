// SPDX-License-Identifier: Apache-2.0
/*
 * apk-tools 3 (apk-package(5), "pkgver"), in EBNF:
 *   number {"." number} [letter] {"_" suffix [number]} ["~" hex {hex}] ["-r" number]
 * Versions are compared token by token. Where one goes on and the other does something else, the
 * kind of the next token decides; that, and nothing else, is why `kind` is in this order.
 */
#include "base/limits.h"
#include "judge/version/part/number.h"
#include "judge/version/version.h"

enum kind {
    INVALID,
    PRE_SUFFIX, /* _alpha _beta _pre _rc: older than the same version without */
    END,
    REVISION,
    HASH,
    SUFFIX_NUMBER,
    POST_SUFFIX, /* _cvs _svn _git _hg _p */
    LETTER,
    NUMBER,
    FIRST_NUMBER,
};

struct token {
    enum kind kind;
    int suffix; /* index into suffixes[] */
    str text;
};

static const char *const suffixes[] = {"alpha", "beta", "pre", "rc", "cvs",
                                       "svn",   "git",  "hg",  "p"};
enum { FIRST_POST_SUFFIX = 4, SUFFIX_COUNT = sizeof(suffixes) / sizeof(suffixes[0]) };

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_hex(char c)
{
    return version_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static struct token non_empty(enum kind kind, str text)
{
    return (struct token){.kind = text.len ? kind : INVALID, .text = text};
}

static struct token take_suffix(str *rest)
{
    str name = version_take(rest, is_lower);
    for (int i = 0; i < SUFFIX_COUNT; i++)
        if (str_eq(name, str_from(suffixes[i])))
            return (struct token){.kind = i < FIRST_POST_SUFFIX ? PRE_SUFFIX : POST_SUFFIX,
                                  .suffix = i,
                                  .text = name};
    return (struct token){.kind = INVALID};
}

/* The token behind one of kind `before`. What may follow what is the grammar above. */
static struct token next(enum kind before, str *rest)
{
    bool in_numbers = before == FIRST_NUMBER || before == NUMBER;
    bool behind_suffix = before == PRE_SUFFIX || before == POST_SUFFIX;
    bool before_hash = in_numbers || behind_suffix || before == LETTER || before == SUFFIX_NUMBER;
    if (rest->len == 0)
        return (struct token){.kind = END};
    if (is_lower(rest->ptr[0]) && in_numbers) {
        str letter = str_sub(*rest, 0, 1);
        *rest = str_from_index(*rest, 1);
        return (struct token){.kind = LETTER, .text = letter};
    }
    if (version_is_digit(rest->ptr[0]) && behind_suffix)
        return (struct token){.kind = SUFFIX_NUMBER, .text = version_take(rest, version_is_digit)};
    if (in_numbers && str_skip(rest, STR(".")))
        return non_empty(NUMBER, version_take(rest, version_is_digit));
    if (before_hash && str_skip(rest, STR("_")))
        return take_suffix(rest);
    if (before_hash && str_skip(rest, STR("~")))
        return non_empty(HASH, version_take(rest, is_hex));
    if (before != REVISION && str_skip(rest, STR("-r")))
        return non_empty(REVISION, version_take(rest, version_is_digit));
    return (struct token){.kind = INVALID};
}

static struct token first(str *rest)
{
    return non_empty(FIRST_NUMBER, version_take(rest, version_is_digit));
}

static bool valid(str version)
{
    if (version.len > LIMIT_VERSION)
        return false;
    struct token token = first(&version);
    while (token.kind != INVALID && token.kind != END)
        token = next(token.kind, &version);
    return token.kind == END;
}

/* Of the same kind. A number behind a dot that starts with 0 is a fraction: 1.02 < 1.1. */
static int compare_tokens(const struct token *a, const struct token *b)
{
    switch (a->kind) {
    case PRE_SUFFIX:
    case POST_SUFFIX: return a->suffix - b->suffix;
    case NUMBER:
        if (a->text.ptr[0] == '0' || b->text.ptr[0] == '0')
            return str_cmp(a->text, b->text);
        return version_compare_numbers(a->text, b->text);
    case FIRST_NUMBER:
    case SUFFIX_NUMBER:
    case REVISION: return version_compare_numbers(a->text, b->text);
    case LETTER:
    case HASH:
    case END:
    case INVALID: break;
    }
    return str_cmp(a->text, b->text);
}

static int compare(str a, str b)
{
    struct token left = first(&a), right = first(&b);
    for (;;) {
        if (left.kind != right.kind)
            return left.kind < right.kind ? -1 : 1;
        int difference = compare_tokens(&left, &right);
        if (difference || left.kind == END || left.kind == INVALID)
            return difference;
        left = next(left.kind, &a);
        right = next(right.kind, &b);
    }
}

const struct version_scheme version_apk = {
    .name = "apk",
    .package_type = "apk",
    .valid = valid,
    .compare = compare,
};
