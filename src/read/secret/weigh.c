// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"
#include "read/secret/checksum.h"
#include "read/secret/scan.h"

#include "base/map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Bytes; shorter ones are often names with numbers in them, the more so with separators. */
enum { BASE36_LEAST = 16, SEPARATED_LEAST = 32 };

double weigh_entropy(str value)
{
    size_t counts[256] = {0};
    double sum = 0;
    for (size_t i = 0; i < value.len; i++)
        counts[(unsigned char)value.ptr[i]]++;
    for (size_t i = 0; i < 256; i++)
        if (counts[i]) {
            double part = (double)counts[i] / (double)value.len;
            sum -= part * log2(part);
        }
    return sum;
}

str weigh_base64(struct arena *arena, str text)
{
    while (text.len && text.ptr[text.len - 1] == '=')
        text.len--;
    unsigned char *out = arena_alloc(arena, text.len / 4 * 3 + 3);
    size_t len = 0;
    uint32_t bits = 0, have = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = str_base64_digit(text.ptr[i]);
        if (digit < 0)
            return (str){0};
        bits = (bits << 6 | (uint32_t)digit) & 0xffff;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[len++] = (unsigned char)(bits >> have);
        }
    }
    return str_make(out, len);
}

static bool contains_any(str value, const str *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; at + words[i].len <= value.len; at++)
            if (str_eq_nocase(str_sub(value, at, words[i].len), words[i]))
                return true;
    return false;
}

/* What stands in documentation, and nobody draws by lot. */
static bool is_example(str value)
{
    static const str words[] = {
        STR_INIT("example"),  STR_INIT("sample"),    STR_INIT("dummy"),     STR_INIT("placeholder"),
        STR_INIT("changeme"), STR_INIT("change_me"), STR_INIT("change-me"), STR_INIT("redacted"),
        STR_INIT("xxxx"),     STR_INIT("****"),      STR_INIT("...."),      STR_INIT("foobar"),
        STR_INIT("insert"),   STR_INIT("replace"),   STR_INIT("notreal"),   STR_INIT("123456789"),
        STR_INIT("abcdefgh"), STR_INIT("00000000"),  STR_INIT("11111111"),  STR_INIT("deadbeef"),
        STR_INIT("your"),     STR_INIT("fake"),      STR_INIT("aaaaaaaa"),  STR_INIT("abcdef0123"),
    };
    return contains_any(value, words, sizeof(words) / sizeof(words[0]));
}

static bool is_made_of(str value, const char *bytes)
{
    for (size_t i = 0; i < value.len; i++)
        if (!value.ptr[i] || !strchr(bytes, value.ptr[i]))
            return false;
    return true;
}

bool weigh_is_stand_in(str value)
{
    static const str whole[] = {
        STR_INIT("password"), STR_INIT("passwd"),   STR_INIT("secret"),   STR_INIT("none"),
        STR_INIT("null"),     STR_INIT("true"),     STR_INIT("false"),    STR_INIT("undefined"),
        STR_INIT("nil"),      STR_INIT("token"),    STR_INIT("string"),   STR_INIT("pass"),
        STR_INIT("pwd"),      STR_INIT("user"),     STR_INIT("username"), STR_INIT("default"),
        STR_INIT("empty"),    STR_INIT("required"), STR_INIT("optional"), STR_INIT("unset"),
        STR_INIT("yes"),      STR_INIT("no"),       STR_INIT("prompt"),   STR_INIT("hidden"),
    };
    static const str code[] = {
        STR_INIT("${"),       STR_INIT("$("),       STR_INIT("{{"),      STR_INIT("%("),
        STR_INIT("#{"),       STR_INIT("environ"),  STR_INIT("getenv"),  STR_INIT("process.env"),
        STR_INIT("self."),    STR_INIT("this."),    STR_INIT("config."), STR_INIT("args."),
        STR_INIT("options."), STR_INIT("request."), STR_INIT("params."), STR_INIT("://"),
    };
    if (value.len == 0 || !value.ptr[0] || strchr("$%@<{![", value.ptr[0]))
        return true;
    for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
        if (str_eq_nocase(value, whole[i]))
            return true;
    if (is_made_of(value, "*xX.-_#0"))
        return true;
    return contains_any(value, code, sizeof(code) / sizeof(code[0])) || is_example(value);
}

struct made_of {
    bool lower, upper, digit, other, not_hex;
};

static struct made_of look(str value)
{
    struct made_of made = {0};
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        made.lower |= shape_class_has('a', c) && !shape_class_has('9', c);
        made.upper |= shape_class_has('U', c) && !shape_class_has('9', c);
        made.digit |= shape_class_has('9', c);
        made.other |= !shape_class_has('A', c);
        made.not_hex |= !shape_class_has('h', c);
    }
    return made;
}

/* Letters of one case and digits all over it, as many services make their keys. */
static bool is_base36(str value, const struct made_of *made)
{
    size_t digits = 0, changes = 0, least = made->other ? SEPARATED_LEAST : BASE36_LEAST;
    for (size_t i = 0; i < value.len; i++) {
        bool digit = shape_class_has('9', (unsigned char)value.ptr[i]);
        digits += digit;
        changes += i && digit != shape_class_has('9', (unsigned char)value.ptr[i - 1]);
    }
    return value.len >= least && made->lower != made->upper && digits * 10 >= value.len &&
           digits * 10 <= value.len * 6 && changes * 5 >= value.len;
}

bool weigh_is_random(str value)
{
    struct made_of made = look(value);
    if (!made.digit || !(made.lower || made.upper))
        return false;
    if (value.ptr[0] == '/' || value.ptr[0] == '.' || value.ptr[0] == '~' || value.ptr[0] == '-')
        return false;
    size_t separators = 0, changes = 0;
    for (size_t i = 0; i < value.len; i++)
        separators += strchr("_.-/:=|&+ ", value.ptr[i]) != NULL;
    for (size_t i = 1; i < value.len; i++)
        changes += shape_class_has('9', (unsigned char)value.ptr[i]) !=
                   shape_class_has('9', (unsigned char)value.ptr[i - 1]);
    return separators <= value.len / 8 && changes >= 2;
}

static void set(struct hit *hit, enum secret_confidence confidence, str reason)
{
    hit->confidence = confidence;
    hit->reason = reason;
}

static bool weigh_checksums(struct secret_scan *scan, const struct kind *kind, str value,
                            struct hit *ret)
{
    bool known = kind->checks & (CHECK_CRC62 | CHECK_NKEY | CHECK_BECH32), holds = false;
    if (kind->checks & CHECK_CRC62)
        holds = checksum_crc62(str_from_index(value, str_find_char(value, '_') + 1));
    if (kind->checks & CHECK_NKEY)
        holds = checksum_nkey(value);
    if (kind->checks & CHECK_BECH32)
        holds = checksum_bech32(value);
    if (known && holds)
        set(ret, SECRET_HIGH, STR("the checksum in it holds"));
    else if (known)
        set(ret, SECRET_LOW, STR("the checksum in it does not hold: an example, or mistyped"));
    if (kind->checks & CHECK_AWS) {
        uint64_t account = checksum_aws_account(value);
        ret->detail =
            arena_printf(&scan->arena, "AWS account %012llu", (unsigned long long)account);
        set(ret, SECRET_MEDIUM, STR("an id of the right form; its secret key is not beside it"));
    }
    return !(kind->checks & CHECK_NKEY) || holds; /* the shape of NATS keys is too plain */
}

/* user:password in base64. */
static bool weigh_basic(struct secret_scan *scan, str value, struct hit *ret)
{
    str user, password;
    str_skip(&value, STR("Basic "));
    str text = weigh_base64(&scan->arena, value);
    if (!str_cut(text, ':', &user, &password) || password.len == 0 || user.len == 0 ||
        user.ptr[0] == '{') /* JSON: the head of a token that was put behind "Basic" */
        return false;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || (unsigned char)text.ptr[i] == 0x7f)
            return false;
    bool stand_in = weigh_is_stand_in(password);
    set(ret, stand_in ? SECRET_LOW : SECRET_HIGH,
        stand_in ? STR("a password that stands for another") : STR("user and password decode"));
    ret->detail = arena_printf(&scan->arena, "user %.*s", STR_ARG(str_sub(user, 0, 60)));
    return str_is_utf8(user);
}

static bool weigh_jwt64(struct secret_scan *scan, str value, struct hit *ret)
{
    str token = weigh_base64(&scan->arena, value);
    return jwt_weigh(scan, token, ret);
}

static bool weigh_special(struct secret_scan *scan, const struct kind *kind, str value,
                          struct hit *ret)
{
    struct made_of made = look(value);
    if ((kind->checks & CHECK_MIXED) && !(made.lower && made.upper && made.digit) &&
        !(made.digit && !made.not_hex) &&
        !((kind->checks & CHECK_GENERIC) && is_base36(value, &made)))
        return false;
    if ((kind->checks & CHECK_DIGITS) && !(made.digit && (made.upper || made.lower)))
        return false;
    if (kind->checks & CHECK_WIREGUARD) {
        str key = weigh_base64(&scan->arena, value);
        if (key.len != 32)
            return false;
        bool clamped =
            !((unsigned char)key.ptr[0] & 7) && ((unsigned char)key.ptr[31] & 0xc0) == 0x40;
        set(ret, clamped ? SECRET_HIGH : SECRET_MEDIUM,
            clamped ? STR("32 bytes, made into a key as WireGuard does") : STR("32 bytes long"));
    }
    if (kind->checks & CHECK_DISCORD) {
        str number = weigh_base64(&scan->arena, str_sub(value, 0, str_find_char(value, '.')));
        uint64_t id;
        if (!str_to_u64(number, UINT64_MAX, &id))
            return false;
        set(ret, SECRET_HIGH, STR("its first part is the number of an account"));
    }
    if (kind->checks & CHECK_BASIC)
        return weigh_basic(scan, value, ret);
    if (kind->checks & CHECK_JWT64)
        return weigh_jwt64(scan, value, ret);
    return true;
}

bool weigh(struct secret_scan *scan, const struct kind *kind, str value, size_t fixed,
           struct hit *ret)
{
    str body = str_from_index(value, fixed);
    *ret = (struct hit){.kind = kind, .count = 1};
    if (weigh_entropy(body) < kind->entropy)
        return false;
    if ((kind->checks & CHECK_PLAIN) && weigh_is_stand_in(value))
        return false;
    if ((kind->checks & CHECK_GENERIC) && !scan->is_config && !weigh_is_random(value))
        return false;
    switch (kind->how) {
    case KIND_BY_TOKEN:
        set(ret, SECRET_HIGH, STR("it has the form of this kind, from end to end"));
        break;
    case KIND_BY_WORD: set(ret, SECRET_MEDIUM, STR("its name says so, and the value fits")); break;
    case KIND_BY_CODE:
    case KIND_BY_FILE: set(ret, SECRET_HIGH, STR("the file is read as what it is")); break;
    }
    if (kind->checks & CHECK_WEAK)
        set(ret, SECRET_MEDIUM, STR("it fits the kind, but the form is a plain one"));
    if ((kind->checks & CHECK_PLAIN) && !scan->loose)
        set(ret, SECRET_LOW, STR("a text in a program: perhaps a password, perhaps not"));
    if (kind->checks & CHECK_SEALED)
        set(ret, SECRET_LOW, STR("it is encrypted"));
    if (!weigh_special(scan, kind, value, ret) || !weigh_checksums(scan, kind, value, ret))
        return false;
    if (is_example(body))
        set(ret, SECRET_LOW, STR("it looks like an example"));
    return true;
}

/* --- all of a file ---- */

static int rank(const struct hit *hit)
{
    static const int ranks[] = {
        [KIND_BY_TOKEN] = 5, [KIND_BY_FILE] = 4, [KIND_BY_CODE] = 3, [KIND_BY_WORD] = 2};
    if (hit->kind->checks & CHECK_GENERIC)
        return 0;
    return hit->kind->checks & CHECK_PLAIN ? 1 : ranks[hit->kind->how];
}

static int by_place(const void *left, const void *right)
{
    const struct hit *a = left, *b = right;
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return rank(b) - rank(a);
}

static bool overlap(const struct hit *a, const struct hit *b)
{
    return a->offset != HIT_NOWHERE && b->offset != HIT_NOWHERE &&
           a->offset < b->offset + b->length && b->offset < a->offset + a->length;
}

/* Two kinds that see the same bytes: what is known better stays. */
static void drop_overlaps(struct secret_scan *scan)
{
    size_t last = 0;
    for (size_t i = 1; i < scan->hits.count; i++) {
        struct hit *a = &scan->hits.items[last], *b = &scan->hits.items[i];
        if (!overlap(a, b)) {
            last = i;
            continue;
        }
        bool second = rank(b) > rank(a) || (rank(b) == rank(a) && b->length > a->length);
        (second ? a : b)->dropped = true;
        last = second ? i : last;
    }
}

static void count_repeats(struct secret_scan *scan)
{
    struct map seen = {0};
    for (size_t i = 0; i < scan->hits.count; i++) {
        struct hit *hit = &scan->hits.items[i];
        if (hit->dropped)
            continue;
        uintptr_t *first = map_put(&scan->arena, &seen, hit->value, NULL);
        struct hit *other = *first ? &scan->hits.items[*first - 1] : NULL;
        if (other && other->kind == hit->kind && str_eq(other->where, hit->where)) {
            other->count += hit->count;
            hit->dropped = true;
        } else if (other && rank(other) != rank(hit)) {
            struct hit *less = rank(other) < rank(hit) ? other : hit;
            less->dropped = true;
            *first = less == other ? i + 1 : *first;
        } else {
            *first = i + 1;
        }
    }
}

/* An id and its secret in one file. */
static void pair(struct secret_scan *scan, const char *id, const char *secret, str reason)
{
    struct hit *found[2] = {0};
    for (size_t i = 0; i < scan->hits.count; i++) {
        struct hit *hit = &scan->hits.items[i];
        if (hit->dropped || hit->confidence == SECRET_LOW)
            continue;
        if (str_eq(hit->kind->id, str_from(id)))
            found[0] = hit;
        else if (str_eq(hit->kind->id, str_from(secret)))
            found[1] = hit;
    }
    for (size_t i = 0; found[0] && found[1] && i < 2; i++) {
        set(found[i], SECRET_HIGH, reason);
        if (!found[i]->detail.len)
            found[i]->detail = found[0]->detail;
    }
}

/* What examples are for. Tokens, keys and what a checksum holds for are real wherever they stand.
 */
static void lower_in_documentation(struct secret_scan *scan)
{
    for (size_t i = 0; i < scan->hits.count && scan->documentation; i++) {
        struct hit *hit = &scan->hits.items[i];
        bool known = hit->kind->how == KIND_BY_TOKEN || hit->kind->checks & (CHECK_PEM | CHECK_JWT);
        if (!known)
            set(hit, SECRET_LOW, STR("it stands in documentation"));
    }
}

void weigh_together(struct secret_scan *scan)
{
    lower_in_documentation(scan);
    if (scan->hits.count > 1)
        qsort(scan->hits.items, scan->hits.count, sizeof(*scan->hits.items), by_place);
    drop_overlaps(scan);
    count_repeats(scan);
    pair(scan, "aws-access-key-id", "aws-secret-key", STR("id and secret key stand together"));
    pair(scan, "aws-access-key-id", "aws-credentials", STR("id and secret key stand together"));
    pair(scan, "alibaba-access-key-id", "alibaba-secret-key",
         STR("id and secret key stand together"));
}
