// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_SECRET_TABLE_H
#define HARDEN_READ_SECRET_TABLE_H

#include "model/report.h"
#include "read/secret/shape.h"

/* data/secrets.tsv, read. */

enum kind_how { KIND_BY_TOKEN, KIND_BY_WORD, KIND_BY_CODE, KIND_BY_FILE };

/* What the column `checks` can say; see weigh.c. */
enum check {
    CHECK_CRC62 = 1 << 0,     /* ends in the base-62 CRC-32 of what stands before */
    CHECK_AWS = 1 << 1,       /* holds an account number */
    CHECK_NKEY = 1 << 2,      /* CRC-16 of NATS keys */
    CHECK_BECH32 = 1 << 3,    /* checksum of BIP 173 */
    CHECK_WIREGUARD = 1 << 4, /* 32 bytes, clamped as Curve25519 wants them */
    CHECK_JWT64 = 1 << 5,     /* a JSON web token in base64 */
    CHECK_BASIC = 1 << 6,     /* user:password in base64 */
    CHECK_DISCORD = 1 << 7,   /* begins with a number in base64 */
    CHECK_MIXED = 1 << 8,     /* has lower case, upper case and digits, or is all hex */
    CHECK_DIGITS = 1 << 9,    /* has letters and digits */
    CHECK_PLAIN = 1 << 10, /* any text may be a password: what is a variable or a stand-in is not */
    CHECK_GENERIC = 1 << 11, /* the name says little: be strict about the value */
    CHECK_WEAK = 1 << 12,    /* the shape is too plain for high confidence */
    CHECK_SEALED = 1 << 13,  /* encrypted: no secret by itself */
    CHECK_INSIDE = 1 << 14,  /* may stand inside a word */
    CHECK_PUTTY = 1 << 15,
    CHECK_WIFI = 1 << 16, /* only in the settings of wireless networks */
    CHECK_BEARER = 1 << 17,
    /* Code that is called where the shape stands: */
    CHECK_PEM = 1 << 18,
    CHECK_JWT = 1 << 19,
    CHECK_URL = 1 << 20,
    CHECK_SAS = 1 << 21,
    CHECK_CURL = 1 << 22,
    CHECK_LOGIN = 1 << 23,
    CHECK_CHPASSWD = 1 << 24,
    CHECK_GCP = 1 << 25,
};

struct kind {
    str id, rule, title;
    enum severity severity;
    enum kind_how how;
    struct shape_list shapes;
    double entropy;
    str words;
    unsigned checks;
    str positive, negative; /* samples, for the tests */
};

struct kind_table {
    struct arena arena;
    struct kind *kinds;
    size_t count;
};

/* -1: err names the row; only a broken table does that. */
int kind_table_read(str text, struct kind_table *ret, struct err *err);
void kind_table_free(struct kind_table *table);
/* NULL if there is none. */
const struct kind *kind_by_id(const struct kind_table *table, str id);

#endif
