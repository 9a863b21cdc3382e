// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/secret_sample.h"

#include "base/buf.h"
#include "read/secret/checksum.h"
#include "read/secret/shape.h"

#include <string.h>

struct maker {
    struct arena *arena;
    struct buf out;
    uint64_t state;
};

static uint32_t draw(struct maker *maker)
{
    maker->state = maker->state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(maker->state >> 33);
}

static void add_class(struct maker *maker, char class, size_t count)
{
    char alphabet[128];
    size_t size = 0;
    for (unsigned c = 1; c < 128; c++)
        if (shape_class_has(class, (unsigned char)c))
            alphabet[size++] = (char)c;
    for (size_t i = 0; i < count; i++)
        buf_add_char(&maker->out, alphabet[draw(maker) % size]);
}

str secret_sample_base64(struct arena *arena, str bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = arena_alloc(arena, bytes.len / 3 * 4 + 5);
    size_t len = 0;
    for (size_t i = 0; i < bytes.len; i += 3) {
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (i + k < bytes.len ? (unsigned char)bytes.ptr[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            out[len++] = i + k <= bytes.len ? digits[bits >> (18 - 6 * k) & 63] : '=';
    }
    return str_make(out, len);
}

static str base64url(struct arena *arena, str bytes)
{
    str text = secret_sample_base64(arena, bytes);
    char *out = arena_copy(arena, text.ptr, text.len);
    while (text.len && text.ptr[text.len - 1] == '=')
        text.len--;
    for (size_t i = 0; i < text.len; i++)
        out[i] = out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i];
    return str_make(out, text.len);
}

/* --- DER ---- */

static str random_bytes(struct maker *maker, size_t count)
{
    char *out = arena_alloc(maker->arena, count + 1);
    for (size_t i = 0; i < count; i++)
        out[i] = (char)(draw(maker) & 0xff);
    return str_make(out, count);
}

static str element(struct arena *arena, unsigned tag, str content)
{
    BUF_SCOPED out = buf_make(1 << 20);
    buf_add_char(&out, (char)tag);
    if (content.len < 128) {
        buf_add_char(&out, (char)content.len);
    } else {
        buf_add_char(&out, (char)0x82);
        buf_add_char(&out, (char)(content.len >> 8));
        buf_add_char(&out, (char)content.len);
    }
    buf_add_str(&out, content);
    return arena_str(arena, buf_str(&out));
}

static str integer(struct maker *maker, size_t bytes, uint64_t low)
{
    char *out = arena_alloc(maker->arena, bytes + 1);
    str random = random_bytes(maker, bytes);
    memcpy(out + 1, random.ptr, bytes);
    out[0] = 0;
    out[1] = (char)(out[1] | (char)0x80);
    for (size_t i = 0; i < 8 && i < bytes; i++)
        out[bytes - i] = (char)(low >> (8 * i));
    return element(maker->arena, 0x02, str_make(out, bytes + 1));
}

static str small(struct maker *maker, char value)
{
    return element(maker->arena, 0x02, str_make(&value, 1));
}

static str join(struct maker *maker, const str *parts, size_t count)
{
    str all = {0};
    for (size_t i = 0; i < count; i++)
        all = arena_join(maker->arena, all, STR(""), parts[i]);
    return all;
}
#define JOIN(maker, ...)                                                                           \
    join((maker), (const str[]){__VA_ARGS__}, sizeof((const str[]){__VA_ARGS__}) / sizeof(str))

/* p times q equals n in the lowest 64 bits, which is all that is looked at. */
static str rsa(struct maker *maker)
{
    uint64_t p = (uint64_t)draw(maker) << 32 | draw(maker) | 1, q = (uint64_t)draw(maker) << 32 | 7;
    return element(maker->arena, 0x30,
                   JOIN(maker, small(maker, 0), integer(maker, 256, p * q), small(maker, 3),
                        integer(maker, 256, draw(maker)), integer(maker, 128, p),
                        integer(maker, 128, q), integer(maker, 128, 1), integer(maker, 128, 1),
                        integer(maker, 128, 1)));
}

static str ec(struct maker *maker)
{
    str curve = element(maker->arena, 0xa0,
                        element(maker->arena, 0x06, STR("\x2a\x86\x48\xce\x3d\x03\x01\x07")));
    return element(
        maker->arena, 0x30,
        JOIN(maker, small(maker, 1), element(maker->arena, 0x04, random_bytes(maker, 32)), curve));
}

static str pkcs8(struct maker *maker)
{
    str rsa_oid = element(maker->arena, 0x06, STR("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"));
    return element(maker->arena, 0x30,
                   JOIN(maker, small(maker, 0),
                        element(maker->arena, 0x30, JOIN(maker, rsa_oid, (str){"\x05\x00", 2})),
                        element(maker->arena, 0x04, rsa(maker))));
}

static str dsa(struct maker *maker)
{
    return element(maker->arena, 0x30,
                   JOIN(maker, small(maker, 0), integer(maker, 128, 1), integer(maker, 20, 1),
                        integer(maker, 128, 1), integer(maker, 128, 1), integer(maker, 20, 1)));
}

static str sealed(struct maker *maker)
{
    str oid = element(maker->arena, 0x06, STR("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d"));
    return element(maker->arena, 0x30,
                   JOIN(maker, element(maker->arena, 0x30, oid),
                        element(maker->arena, 0x04, random_bytes(maker, 160))));
}

static str with_length(struct maker *maker, str bytes)
{
    char head[4] = {0, 0, (char)(bytes.len >> 8), (char)bytes.len};
    return arena_join(maker->arena, str_make(head, 4), STR(""), bytes);
}

static str openssh(struct maker *maker)
{
    str blob = JOIN(maker, with_length(maker, STR("ssh-ed25519")),
                    with_length(maker, random_bytes(maker, 32)));
    return JOIN(maker, (str){"openssh-key-v1", 15}, with_length(maker, STR("none")),
                with_length(maker, STR("none")), with_length(maker, (str){0}), (str){"\0\0\0\1", 4},
                with_length(maker, blob), with_length(maker, random_bytes(maker, 136)));
}

static str pem(struct maker *maker, const char *label, str der)
{
    BUF_SCOPED out = buf_make(1 << 20);
    str text = secret_sample_base64(maker->arena, der);
    /* In two parts, so that no scanner takes this source for a key. */
    buf_printf(&out, "-----%s %s-----\n", "BEGIN", label);
    for (size_t i = 0; i < text.len; i += 64) {
        buf_add_str(&out, str_sub(text, i, 64));
        buf_add_char(&out, '\n');
    }
    buf_printf(&out, "-----%s %s-----\n", "END", label);
    return arena_str(maker->arena, buf_str(&out));
}

/* --- the other special ones ---- */

static str jwt(struct maker *maker, const char *claims)
{
    str header = base64url(maker->arena, STR("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"));
    return arena_printf(maker->arena, "%.*s.%.*s.%.*s", STR_ARG(header),
                        STR_ARG(base64url(maker->arena, str_from(claims))),
                        STR_ARG(base64url(maker->arena, random_bytes(maker, 32))));
}

/* The last two bytes of what base32 stands for are the CRC of the rest. */
static str nkey(struct maker *maker)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char out[59];
    unsigned char bytes[37] = {18 << 3 | 20 << 3 >> 5, (20 << 3 & 31) << 3};
    for (size_t i = 2; i < 34; i++)
        bytes[i] = (unsigned char)draw(maker);
    uint16_t crc = checksum_crc16(str_make(bytes, 34));
    bytes[34] = (unsigned char)crc;
    bytes[35] = (unsigned char)(crc >> 8);
    for (size_t i = 0; i < 58; i++) {
        size_t bit = i * 5;
        unsigned pair = (unsigned)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];
        out[i] = alphabet[pair >> (11 - bit % 8) & 31];
    }
    return arena_str(maker->arena, str_make(out, 58));
}

/* 52 random digits; the six of the checksum are found by trying the last four of BIP 173's own. */
static str age(struct maker *maker)
{
    static const char alphabet[] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
    static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                         0x2a1462b3};
    const char *hrp = "age-secret-key-";
    unsigned char values[128];
    size_t count = 0;
    for (size_t i = 0; hrp[i]; i++)
        values[count++] = (unsigned char)hrp[i] >> 5;
    values[count++] = 0;
    for (size_t i = 0; hrp[i]; i++)
        values[count++] = (unsigned char)hrp[i] & 31;
    size_t data = count;
    for (size_t i = 0; i < 52; i++)
        values[count++] = (unsigned char)(draw(maker) & 31);
    uint32_t sum = 1;
    for (size_t i = 0; i < count + 6; i++) {
        uint32_t top = sum >> 25;
        sum = (sum & 0x1ffffff) << 5 ^ (i < count ? values[i] : 0u);
        for (int k = 0; k < 5; k++)
            sum ^= top >> k & 1 ? generator[k] : 0;
    }
    sum ^= 1;
    for (size_t i = 0; i < 6; i++)
        values[count + i] = sum >> (5 * (5 - i)) & 31;
    BUF_SCOPED out = buf_make(200);
    buf_printf(&out, "AGE-SECRET-%s-1", "KEY");
    for (size_t i = data; i < count + 6; i++)
        buf_add_char(&out, alphabet[values[i]]);
    return arena_str(maker->arena, buf_str(&out));
}

static str uuid(struct maker *maker)
{
    size_t from = maker->out.len;
    static const size_t parts[] = {8, 4, 4, 4, 12};
    for (size_t i = 0; i < 5; i++) {
        if (i)
            buf_add_char(&maker->out, '-');
        add_class(maker, 'x', parts[i]);
    }
    (void)from;
    return (str){0};
}

static str crc(struct maker *maker)
{
    char digits[6];
    str out = buf_str(&maker->out);
    checksum_crc62_of(str_from_index(out, out.len - 30), digits);
    return arena_str(maker->arena, str_make(digits, 6));
}

static str login(struct maker *maker)
{
    return secret_sample_base64(maker->arena, arena_printf(maker->arena, "deploy:Kd8%08x%04xq",
                                                           draw(maker), draw(maker) & 0xffff));
}

static str discord(struct maker *maker)
{
    str id = base64url(maker->arena, STR("482911736650182912"));
    size_t from = maker->out.len;
    buf_add_str(&maker->out, id);
    buf_add_char(&maker->out, '.');
    add_class(maker, 'A', 6);
    buf_add_char(&maker->out, '.');
    add_class(maker, 'A', 38);
    (void)from;
    return (str){0};
}

static str gcp(struct maker *maker)
{
    str key = pem(maker, "PRIVATE KEY", pkcs8(maker));
    BUF_SCOPED out = buf_make(1 << 16);
    buf_printf(&out, "{\"type\":\"service_account\",\"project_id\":\"p\",\"private_key\":\"");
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] == '\n')
            buf_add_str(&out, STR("\\n"));
        else
            buf_add_char(&out, key.ptr[i]);
    }
    buf_printf(&out,
               "\",\"client_email\":\"a@p.iam.gserviceaccount.com\","
               "\"auth_provider_x509_cert_url\":\"https://www.googleapis.com/oauth2/v1/certs\"}");
    return arena_str(maker->arena, buf_str(&out));
}

static str pkcs12(struct maker *maker)
{
    str oid = element(maker->arena, 0x06, STR("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"));
    return element(maker->arena, 0x30,
                   JOIN(maker, small(maker, 3),
                        element(maker->arena, 0x30, JOIN(maker, oid, random_bytes(maker, 200)))));
}

static str keystore(struct maker *maker, char tag)
{
    char head[] = {(char)0xfe, (char)0xed, (char)0xfe, (char)0xed, 0,   0, 0, 2, 0, 0, 0, 1, 0, 0,
                   0,          tag,        0,          1,          'a', 0, 0, 0, 0, 0, 0, 0, 0};
    return JOIN(maker, str_make(head, sizeof(head)), tag == 2 ? (str){"\0\5X.509", 7} : (str){0},
                (str){"\0\0\0\x40", 4}, random_bytes(maker, 64));
}

static str special(struct maker *maker, str name)
{
    const struct {
        const char *name;
        str (*make)(struct maker *maker);
    } made[] = {{"uuid", uuid}, {"crc", crc}, {"basic", login}, {"discord", discord},
                {"nkey", nkey}, {"age", age}, {"gcp", gcp},     {"pkcs12", pkcs12}};
    const struct {
        const char *name, *label;
        str (*make)(struct maker *maker);
    } keys[] = {
        {"rsapem", "RSA PRIVATE KEY", rsa},          {"ecpem", "EC PRIVATE KEY", ec},
        {"dsapem", "DSA PRIVATE KEY", dsa},          {"p8pem", "PRIVATE KEY", pkcs8},
        {"encpem", "ENCRYPTED PRIVATE KEY", sealed}, {"sshpem", "OPENSSH PRIVATE KEY", openssh}};
    for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
        if (str_eq(name, str_from(made[i].name)))
            return made[i].make(maker);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (str_eq(name, str_from(keys[i].name)))
            return pem(maker, keys[i].label, keys[i].make(maker));
    if (str_eq(name, STR("pgppem")))
        return pem(maker, "PGP PRIVATE KEY BLOCK",
                   JOIN(maker, STR("\x95\x01"), random_bytes(maker, 200)));
    if (str_eq(name, STR("b64key")))
        return secret_sample_base64(maker->arena, pem(maker, "RSA PRIVATE KEY", rsa(maker)));
    if (str_eq(name, STR("jwt")))
        return jwt(maker, "{\"sub\":\"1\",\"exp\":4102444800}");
    if (str_eq(name, STR("jwt64")))
        return secret_sample_base64(maker->arena,
                                    jwt(maker, "{\"sub\":\"1\",\"name\":\"a b c d\"}"));
    if (str_eq(name, STR("k8sjwt")))
        return jwt(maker,
                   "{\"iss\":\"kubernetes/serviceaccount\",\"sub\":\"system:serviceaccount:a:b\"}");
    if (str_eq(name, STR("jks")) || str_eq(name, STR("jkscert")))
        return keystore(maker, name.len == 3 ? 1 : 2);
    if (str_eq(name, STR("kdbx")))
        return JOIN(maker, STR("\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5"), random_bytes(maker, 90));
    if (str_eq(name, STR("keytab")))
        return JOIN(maker, (str){"\x05\x02\0\0\0\x20", 6}, random_bytes(maker, 40));
    return (str){"", STR_NONE};
}

/* What stands in braces; false where it is no placeholder. */
static bool expand(struct maker *maker, str name)
{
    uint64_t count;
    str digits = str_from_index(name, 1);
    str_skip(&digits, STR("@"));
    if (name.len >= 2 && shape_class_has('A', (unsigned char)name.ptr[0]) &&
        str_to_u64(digits, 5000, &count)) {
        add_class(maker, name.ptr[0], (size_t)count);
        return true;
    }
    str made = special(maker, name);
    if (made.len == STR_NONE)
        return false;
    buf_add_str(&maker->out, made);
    return true;
}

str secret_sample(struct arena *arena, str sample)
{
    struct maker maker = {.arena = arena, .out = buf_make(1 << 20), .state = str_hash(sample)};
    while (sample.len) {
        size_t close = sample.ptr[0] == '{' ? str_find_char(sample, '}') : STR_NONE;
        if (close != STR_NONE && expand(&maker, str_sub(sample, 1, close - 1))) {
            sample = str_from_index(sample, close + 1);
        } else if (str_skip(&sample, STR("\\n"))) {
            buf_add_char(&maker.out, '\n');
        } else {
            buf_add_char(&maker.out, sample.ptr[0]);
            sample = str_from_index(sample, 1);
        }
    }
    str ret = arena_str(arena, buf_str(&maker.out));
    buf_free(&maker.out);
    return ret;
}

void secret_sample_split(str sample, str *ret_path, str *ret_text)
{
    size_t at = str_find(sample, STR(" :: "));
    *ret_path = at == STR_NONE ? STR("app/settings") : str_sub(sample, 0, at);
    *ret_text = at == STR_NONE ? sample : str_from_index(sample, at + 4);
}
