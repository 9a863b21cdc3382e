// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_SECRET_DER_H
#define HARDEN_READ_SECRET_DER_H

#include "base/str.h"

/* Just enough of DER (X.690) and of OpenSSH's encodings (RFC 4251) to tell keys from noise. All
 * slices point into the input; nothing is read behind it. */
enum {
    DER_INTEGER = 0x02,
    DER_BITS = 0x03,
    DER_OCTETS = 0x04,
    DER_OID = 0x06,
    DER_SEQUENCE = 0x30,
    DER_CONTEXT_0 = 0xa0,
    DER_CONTEXT_1 = 0xa1,
};

/* The next element: its tag and content. False at the end, or where it is damaged. */
bool der_next(str *rest, unsigned *ret_tag, str *ret_content);
/* The next element, which must have that tag. */
bool der_take(str *rest, unsigned tag, str *ret_content);
/* Without the zero byte that keeps it positive. */
str der_unsigned(str integer);
/* Bits of a number. */
size_t der_bits(str integer);
/* The lowest 64 bits of a number: those of a product depend on those of its factors alone. */
uint64_t der_low(str integer);

/* "uint32 length, bytes"; false where there is no more. */
bool ssh_take(str *rest, str *ret);

#endif
