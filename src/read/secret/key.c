// SPDX-License-Identifier: Apache-2.0
#include "read/secret/key.h"

#include "read/secret/der.h"

/* Object identifiers, as bytes. */
static const str oid_rsa = STR_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01");
static const str oid_ec = STR_INIT("\x2a\x86\x48\xce\x3d\x02\x01");
static const str oid_dsa = STR_INIT("\x2a\x86\x48\xce\x38\x04\x01");
static const struct {
    str oid;
    const char *name;
} named[] = {
    {STR_INIT("\x2b\x65\x70"), "Ed25519"},
    {STR_INIT("\x2b\x65\x71"), "Ed448"},
    {STR_INIT("\x2b\x65\x6e"), "X25519"},
    {STR_INIT("\x2b\x65\x6f"), "X448"},
    {STR_INIT("\x2a\x86\x48\xce\x3d\x03\x01\x07"), "P-256"},
    {STR_INIT("\x2b\x81\x04\x00\x22"), "P-384"},
    {STR_INIT("\x2b\x81\x04\x00\x23"), "P-521"},
    {STR_INIT("\x2b\x81\x04\x00\x0a"), "secp256k1"},
};

static const char *name_of(str oid)
{
    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
        if (str_eq(oid, named[i].oid))
            return named[i].name;
    return NULL;
}

/* n is p times q: compared in the lowest 64 bits, which noise does not pass. */
static struct key parse_rsa(struct arena *arena, str der)
{
    str body, version, n, e, d, p, q;
    if (!der_take(&der, DER_SEQUENCE, &body) || !der_take(&body, DER_INTEGER, &version) ||
        !der_take(&body, DER_INTEGER, &n) || !der_take(&body, DER_INTEGER, &e) ||
        !der_take(&body, DER_INTEGER, &d) || !der_take(&body, DER_INTEGER, &p) ||
        !der_take(&body, DER_INTEGER, &q) || der_low(n) != der_low(p) * der_low(q) ||
        der_bits(p) < 64)
        return (struct key){0};
    return (struct key){KEY_CLEAR, arena_printf(arena, "RSA, %zu bits", der_bits(n)),
                        der_unsigned(n)};
}

static struct key parse_ec(struct arena *arena, str der, str curve)
{
    str body, version, secret, inside, point = {0};
    if (!der_take(&der, DER_SEQUENCE, &body) || !der_take(&body, DER_INTEGER, &version) ||
        der_low(version) != 1 || !der_take(&body, DER_OCTETS, &secret) || secret.len < 20)
        return (struct key){0};
    if (der_take(&body, DER_CONTEXT_0, &inside))
        der_take(&inside, DER_OID, &curve);
    if (der_take(&body, DER_CONTEXT_1, &inside) && der_take(&inside, DER_BITS, &point))
        point = str_from_index(point, 1);
    const char *name = name_of(curve);
    return (struct key){KEY_CLEAR,
                        arena_printf(arena, "EC%s%s", name ? ", " : "", name ? name : ""), point};
}

static struct key parse_dsa(struct arena *arena, str der)
{
    str body, number;
    size_t bits = 0, count = 0;
    if (!der_take(&der, DER_SEQUENCE, &body))
        return (struct key){0};
    for (; der_take(&body, DER_INTEGER, &number); count++)
        bits = count == 1 ? der_bits(number) : bits;
    return count == 6 && bits >= 512
               ? (struct key){KEY_CLEAR, arena_printf(arena, "DSA, %zu bits", bits), {0}}
               : (struct key){0};
}

static struct key parse_pkcs8(struct arena *arena, str der)
{
    str body, version, algorithm, oid, parameters = {0}, inside;
    if (!der_take(&der, DER_SEQUENCE, &body) || !der_take(&body, DER_INTEGER, &version) ||
        !der_take(&body, DER_SEQUENCE, &algorithm) || !der_take(&algorithm, DER_OID, &oid) ||
        !der_take(&body, DER_OCTETS, &inside))
        return (struct key){0};
    if (str_eq(oid, oid_rsa))
        return parse_rsa(arena, inside);
    if (str_eq(oid, oid_ec)) {
        der_take(&algorithm, DER_OID, &parameters);
        return parse_ec(arena, inside, parameters);
    }
    const char *name = name_of(oid);
    if (str_eq(oid, oid_dsa))
        name = "DSA";
    return inside.len >= 16 && name ? (struct key){KEY_CLEAR, str_from(name), {0}}
                                    : (struct key){0};
}

static struct key parse_encrypted_pkcs8(str der)
{
    str body, algorithm, oid, sealed;
    if (!der_take(&der, DER_SEQUENCE, &body) || !der_take(&body, DER_SEQUENCE, &algorithm) ||
        !der_take(&algorithm, DER_OID, &oid) || !der_take(&body, DER_OCTETS, &sealed) ||
        sealed.len < 32)
        return (struct key){0};
    return (struct key){KEY_ENCRYPTED, STR("encrypted"), {0}};
}

struct key key_of_ssh(struct arena *arena, str blob)
{
    str type, first, second;
    if (!ssh_take(&blob, &type) || !ssh_take(&blob, &first))
        return (struct key){0};
    if (str_eq(type, STR("ssh-rsa")) && ssh_take(&blob, &second))
        return (struct key){KEY_CLEAR, arena_printf(arena, "RSA, %zu bits", der_bits(second)),
                            der_unsigned(second)};
    if (str_eq(type, STR("ssh-ed25519")))
        return (struct key){KEY_CLEAR, STR("Ed25519"), first};
    if (str_starts(type, STR("ecdsa-sha2-")) && ssh_take(&blob, &second))
        return (struct key){
            KEY_CLEAR, arena_printf(arena, "ECDSA, %.*s", STR_ARG(str_sub(first, 0, 20))), second};
    if (str_eq(type, STR("ssh-dss")) || str_starts(type, STR("sk-")))
        return (struct key){KEY_CLEAR, arena_str(arena, str_sub(type, 0, 40)), {0}};
    return (struct key){0};
}

static struct key parse_openssh(struct arena *arena, str bytes)
{
    str cipher, kdf, options, public_blob, secret;
    if (!str_skip(&bytes, (str){"openssh-key-v1", 15}) || !ssh_take(&bytes, &cipher) ||
        !ssh_take(&bytes, &kdf) || !ssh_take(&bytes, &options) || bytes.len < 4)
        return (struct key){0};
    bytes = str_from_index(bytes, 4); /* the number of keys, always 1 */
    if (!ssh_take(&bytes, &public_blob) || !ssh_take(&bytes, &secret) || secret.len < 32)
        return (struct key){0};
    struct key key = key_of_ssh(arena, public_blob);
    if (key.state == KEY_CLEAR && !str_eq(cipher, STR("none")))
        key.state = KEY_ENCRYPTED;
    return key;
}

/* An OpenPGP secret key packet (RFC 4880, 4.2 and 5.5.3) stands first. */
static struct key parse_pgp(str bytes)
{
    enum { SECRET_KEY = 5 };
    if (bytes.len < 64)
        return (struct key){0};
    unsigned first = (unsigned char)bytes.ptr[0];
    unsigned tag = first & 0x40 ? first & 0x3f : first >> 2 & 0x0f;
    return first & 0x80 && tag == SECRET_KEY ? (struct key){KEY_CLEAR, STR("OpenPGP"), {0}}
                                             : (struct key){0};
}

struct key key_parse(struct arena *arena, str label, str der)
{
    if (str_eq(label, STR("RSA PRIVATE KEY")))
        return parse_rsa(arena, der);
    if (str_eq(label, STR("EC PRIVATE KEY")))
        return parse_ec(arena, der, (str){0});
    if (str_eq(label, STR("DSA PRIVATE KEY")))
        return parse_dsa(arena, der);
    if (str_eq(label, STR("PRIVATE KEY")))
        return parse_pkcs8(arena, der);
    if (str_eq(label, STR("ENCRYPTED PRIVATE KEY")))
        return parse_encrypted_pkcs8(der);
    if (str_eq(label, STR("OPENSSH PRIVATE KEY")))
        return parse_openssh(arena, der);
    if (str_eq(label, STR("PGP PRIVATE KEY BLOCK")))
        return parse_pgp(der);
    return (struct key){0};
}

/* SubjectPublicKeyInfo: the sixth or seventh part of what is signed. */
struct key key_of_certificate(struct arena *arena, str der)
{
    str outer, body, part, algorithm, oid, bits, numbers, n;
    unsigned tag;
    if (!der_take(&der, DER_SEQUENCE, &outer) || !der_take(&outer, DER_SEQUENCE, &body))
        return (struct key){0};
    der_take(&body, DER_CONTEXT_0, &part); /* the version, which may be left out */
    for (int i = 0; i < 5; i++)            /* serial, algorithm, issuer, validity, subject */
        if (!der_next(&body, &tag, &part))
            return (struct key){0};
    if (!der_take(&body, DER_SEQUENCE, &part) || !der_take(&part, DER_SEQUENCE, &algorithm) ||
        !der_take(&algorithm, DER_OID, &oid) || !der_take(&part, DER_BITS, &bits) || bits.len < 2)
        return (struct key){0};
    bits = str_from_index(bits, 1);
    if (!str_eq(oid, oid_rsa))
        return (struct key){KEY_CLEAR, STR("certificate"), bits};
    if (!der_take(&bits, DER_SEQUENCE, &numbers) || !der_take(&numbers, DER_INTEGER, &n))
        return (struct key){0};
    return (struct key){KEY_CLEAR, arena_printf(arena, "RSA certificate, %zu bits", der_bits(n)),
                        der_unsigned(n)};
}
