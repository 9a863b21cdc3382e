// SPDX-License-Identifier: Apache-2.0
/* Stores of keys in binary: PKCS#12 (RFC 7292), Java's JKS and JCEKS, KeePass, Kerberos keytabs. */
#include "read/secret/der.h"
#include "read/secret/files.h"

static uint32_t number(str bytes, size_t at, size_t size)
{
    uint32_t value = 0;
    for (size_t i = 0; i < size && at + i < bytes.len; i++)
        value = value << 8 | (unsigned char)bytes.ptr[at + i];
    return value;
}

static struct hit *store_hit(struct secret_scan *scan, const char *kind, str content, str detail,
                             str reason)
{
    struct hit *hit = scan_hit(scan, scan_kind(scan, kind), 0, content);
    if (!hit)
        return NULL;
    hit->offset = HIT_NOWHERE;
    hit->line = hit->column = 0;
    hit->detail = detail;
    hit->reason = reason;
    return hit;
}

static bool is_pkcs12(str path, str head)
{
    return (unsigned char)number(head, 0, 1) == DER_SEQUENCE &&
           (str_ends(path, STR(".p12")) || str_ends(path, STR(".pfx")) ||
            str_ends(path, STR(".jks")) || str_ends(path, STR(".keystore")));
}

/* PFX: version 3, and content of type pkcs7-data or -signedData. */
static void read_pkcs12(struct secret_scan *scan, str content)
{
    static const str pkcs7 = STR_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x07");
    str rest = content, body, version, safe, oid;
    if (!der_take(&rest, DER_SEQUENCE, &body) || !der_take(&body, DER_INTEGER, &version) ||
        der_low(version) != 3 || !der_take(&body, DER_SEQUENCE, &safe) ||
        !der_take(&safe, DER_OID, &oid) || !str_starts(oid, pkcs7))
        return;
    struct hit *hit =
        store_hit(scan, "pkcs12", content, STR("behind a password, which may be empty"),
                  STR("the outer form parses"));
    if (hit)
        hit->confidence = SECRET_MEDIUM;
}

static bool is_jks(str path, str head)
{
    uint32_t magic = number(head, 0, 4);
    (void)path;
    return magic == 0xfeedfeed || magic == 0xcececece;
}

/* Magic, version, number of entries; the first entry's tag says what it is: 1 a private key, 2 a
 * certificate, 3 a secret key. Entries behind a certificate cannot be told without its length. */
static void read_jks(struct secret_scan *scan, str content)
{
    enum { HEAD = 12, CERTIFICATE = 2, MOST_ENTRIES = 10000 };
    uint32_t version = number(content, 4, 4), count = number(content, 8, 4);
    size_t at = HEAD;
    uint32_t keys = 0;
    if ((version != 1 && version != 2) || count > MOST_ENTRIES)
        return;
    for (uint32_t i = 0; i < count && at + 6 <= content.len; i++) {
        uint32_t tag = number(content, at, 4);
        size_t name = number(content, at + 4, 2);
        at += 6 + name + 8; /* and the time */
        if (tag != CERTIFICATE) {
            keys++;
            break;
        }
        if (version == 2)
            at += 2 + number(content, at, 2);
        at += 4 + (size_t)number(content, at, 4);
    }
    if (keys)
        store_hit(scan, "java-keystore", content, STR("a key behind a password"),
                  STR("an entry says that it is a key"));
}

static bool is_kdbx(str path, str head)
{
    (void)path;
    return number(head, 0, 4) == 0x03d9a29a && (number(head, 4, 4) & 0x00ffffff) == 0x00fb4bb5;
}

static void read_kdbx(struct secret_scan *scan, str content)
{
    store_hit(scan, "keepass", content, STR("behind a password"), STR("the file begins as one"));
}

static bool is_keytab(str path, str head)
{
    return (number(head, 0, 2) == 0x0502 || number(head, 0, 2) == 0x0501) &&
           (str_ends(path, STR(".keytab")) || file_ends(path, "krb5.keytab"));
}

static void read_keytab(struct secret_scan *scan, str content)
{
    uint32_t size = number(content, 2, 4);
    if (content.len >= 6 && size >= 8 && size <= content.len - 6)
        store_hit(scan, "keytab", content, (str){0}, STR("the first entry parses"));
}

const struct file_reader file_store[] = {
    {"pkcs12", is_pkcs12, read_pkcs12},
    {"jks", is_jks, read_jks},
    {"kdbx", is_kdbx, read_kdbx},
    {"keytab", is_keytab, read_keytab},
    {0},
};
