// SPDX-License-Identifier: Apache-2.0
/* Keys and certificates between -----BEGIN and -----END, however they are quoted. */
#include "base/path.h"
#include "io/digest.h"
#include "read/secret/key.h"
#include "read/secret/scan.h"

#include <string.h>

enum { LABEL_MOST = 40, BODY_LEAST = 64, PARTNER_DIGITS = 16 };

str key_partner(struct arena *arena, str public_half)
{
    if (!public_half.len)
        return (str){0};
    str digest = digest_of(arena, DIGEST_SHA256, public_half);
    return str_sub(digest, str_find_char(digest, ':') + 1, PARTNER_DIGITS);
}

struct pem {
    str label, body; /* base64 without what stands between */
    bool encrypted;  /* by its header */
    size_t len;      /* of the text from BEGIN to END */
    bool ended;
};

/* The body's next line without the quotes, commas and "\n" of a program around it. */
static str clean_line(str line)
{
    /* A plus may be base64; where there are quotes, it joins them. */
    bool quoted = str_find_char(line, '"') != STR_NONE || str_find_char(line, '\'') != STR_NONE;
    const char *outside = quoted ? " \t\r\"',;\\+" : " \t\r,;\\";
    while (line.len && line.ptr[0] && strchr(outside, line.ptr[0]))
        line = str_from_index(line, 1);
    for (;;) {
        size_t len = line.len;
        while (line.len && line.ptr[line.len - 1] && strchr(outside, line.ptr[line.len - 1]))
            line.len--;
        if (line.len >= 2 && line.ptr[line.len - 2] == '\\' && line.ptr[line.len - 1] == 'n')
            line.len -= 2;
        if (len == line.len)
            return line;
    }
}

static bool is_base64(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!shape_class_has('b', (unsigned char)text.ptr[i]) && text.ptr[i] != '=' &&
            text.ptr[i] != ' ')
            return false;
    return true;
}

/* Lines end in a newline, or in the two bytes "\n". */
static bool next_line(str *rest, str *ret)
{
    size_t newline = str_find_char(*rest, '\n'), escaped = str_find(*rest, STR("\\n"));
    if (rest->len == 0)
        return false;
    size_t end = newline < escaped ? newline : escaped;
    *ret = str_sub(*rest, 0, end == STR_NONE ? rest->len : end);
    *rest = end == STR_NONE ? (str){0} : str_from_index(*rest, end + (end == newline ? 1 : 2));
    return true;
}

/* False where what follows is no base64: then it is only spoken of. */
static bool read_body(struct secret_scan *scan, str text, struct pem *pem)
{
    str line;
    char *body = arena_alloc(&scan->arena, text.len + 1);
    size_t len = 0;
    while (next_line(&text, &line)) {
        line = clean_line(line);
        if (line.len == 0)
            continue;
        if (str_find_char(line, ':') != STR_NONE) { /* RFC 1421's headers, and PGP's */
            pem->encrypted |= str_contains(line, STR("ENCRYPTED"));
            if (len)
                return false;
            continue;
        }
        if (line.ptr[0] == '=') /* PGP's checksum */
            continue;
        if (!is_base64(line))
            return false;
        for (size_t i = 0; i < line.len; i++) /* some put it on one line, with spaces */
            if (line.ptr[i] != ' ')
                body[len++] = line.ptr[i];
    }
    pem->body = str_make(body, len);
    return true;
}

static bool read_pem(struct secret_scan *scan, const struct view *view, struct pem *ret)
{
    str text = str_from_index(view->text, view->at);
    *ret = (struct pem){0};
    if (!str_skip(&text, STR(" ")))
        return false;
    size_t dashes = str_find(str_sub(text, 0, LABEL_MOST), STR("-----"));
    if (dashes == STR_NONE)
        return false;
    ret->label = str_sub(text, 0, dashes);
    text = str_from_index(text, dashes + STR("-----").len);
    str within = str_sub(text, 0, SCAN_AHEAD);
    size_t end = str_find(within, STR("-----"));
    ret->ended = end != STR_NONE;
    within = str_sub(within, 0, end);
    ret->len = (size_t)(within.ptr + within.len - view->text.ptr) - view->at;
    return read_body(scan, within, ret);
}

static void certificate_found(struct secret_scan *scan, const struct pem *pem)
{
    /* The world's authorities, whose keys are nobody's here. */
    if (str_starts(scan->path, STR("etc/ssl/certs/")) ||
        str_starts(scan->path, STR("usr/share/ca-certificates/")) ||
        str_contains(scan->path, STR("ca-certificates")) || str_contains(scan->path, STR("cacert")))
        return;
    struct key key = key_of_certificate(&scan->arena, weigh_base64(&scan->arena, pem->body));
    key_public_found(scan, &key, "certificate");
}

void key_public_found(struct secret_scan *scan, const struct key *key, const char *what)
{
    enum { MOST_PUBLIC_KEYS = 1000 };
    if (!key->public_half.len || scan->public_keys++ >= MOST_PUBLIC_KEYS)
        return;
    struct fact *fact = fact_add(scan->to, FACT_PUBLIC_KEY, scan->path);
    fact->survives = true;
    fact->public_key.partner = key_partner(scan->to->arena, key->public_half);
    fact->public_key.what = str_from(what);
}

static const char *kind_of(const struct secret_scan *scan, str label, enum key_state state)
{
    static const struct {
        str label;
        const char *kind;
    } kinds[] = {
        {STR_INIT("RSA PRIVATE KEY"), "private-key-rsa"},
        {STR_INIT("EC PRIVATE KEY"), "private-key-ec"},
        {STR_INIT("DSA PRIVATE KEY"), "private-key-dsa"},
        {STR_INIT("PRIVATE KEY"), "private-key-pkcs8"},
        {STR_INIT("ENCRYPTED PRIVATE KEY"), "private-key-encrypted"},
        {STR_INIT("SSH2 ENCRYPTED PRIVATE KEY"), "private-key-encrypted"},
        {STR_INIT("OPENSSH PRIVATE KEY"), "private-key-openssh"},
        {STR_INIT("PGP PRIVATE KEY BLOCK"), "private-key-pgp"},
    };
    str base = path_base(scan->name);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (str_eq(label, kinds[i].label)) {
            if (str_starts(base, STR("ssh_host_")) && str_ends(base, STR("_key")))
                return "ssh-host-key";
            return state == KEY_ENCRYPTED ? "private-key-encrypted" : kinds[i].kind;
        }
    return NULL;
}

static void tell_key(struct secret_scan *scan, const struct pem *pem, uint64_t offset,
                     size_t length)
{
    struct key key = {KEY_ENCRYPTED, STR("encrypted"), {0}};
    if (!pem->encrypted)
        key = key_parse(&scan->arena, pem->label, weigh_base64(&scan->arena, pem->body));
    const char *name = kind_of(scan, pem->label, key.state);
    struct hit *hit = name ? scan_hit(scan, scan_kind(scan, name), offset, pem->body) : NULL;
    if (!hit)
        return;
    hit->length = length;
    hit->detail = key.what;
    hit->partner = key_partner(&scan->arena, key.public_half);
    if (key.state == KEY_BROKEN) {
        hit->confidence = SECRET_LOW;
        hit->reason = STR("it does not parse: cut off, or a stand-in");
    } else if (scan->binary) {
        hit->confidence = SECRET_MEDIUM;
        hit->reason =
            STR("the key parses; but it is part of a program, as keys for self-tests are");
    } else {
        hit->reason = key.state == KEY_ENCRYPTED ? STR("an encrypted key, whole in its form")
                                                 : STR("the key parses");
    }
}

void key_found(struct secret_scan *scan, const struct view *view)
{
    struct pem pem;
    if (!read_pem(scan, view, &pem) || pem.body.len < BODY_LEAST)
        return;
    size_t start = view->at - STR("-----BEGIN").len;
    if (str_eq(pem.label, STR("CERTIFICATE")))
        certificate_found(scan, &pem);
    else if (str_contains(pem.label, STR("PRIVATE KEY")))
        tell_key(scan, &pem, view->base + start, pem.len + STR("-----BEGIN").len);
}

void key_in_text(struct secret_scan *scan, const struct kind *kind, uint64_t offset, str base64)
{
    str inside = weigh_base64(&scan->arena, base64);
    struct hit *hit = scan_hit(scan, kind, offset, base64);
    struct view view = {.text = inside};
    size_t begin = str_find(inside, STR("-----BEGIN"));
    struct pem pem;
    if (!hit)
        return;
    view.at = begin == STR_NONE ? 0 : begin + STR("-----BEGIN").len;
    hit->confidence = SECRET_MEDIUM;
    hit->reason = STR("a key is expected there, but what stands there does not parse");
    if (begin == STR_NONE || !read_pem(scan, &view, &pem))
        return;
    struct key key = key_parse(&scan->arena, pem.label, weigh_base64(&scan->arena, pem.body));
    if (key.state == KEY_BROKEN)
        return;
    hit->confidence = SECRET_HIGH;
    hit->reason = STR("the key parses");
    hit->detail = key.what;
    hit->partner = key_partner(&scan->arena, key.public_half);
}
