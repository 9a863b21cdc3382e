// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_BASE_PACKED_H
#define HARDEN_BASE_PACKED_H

#include "base/buf.h"

/* Numbers (LEB128) and text (its length, then its bytes), one behind the other. Reading trusts
 * nothing: past the end, or with a number of more than 64 bits, it is `bad` and gives nothing. */
void packed_put_number(struct buf *to, uint64_t value);
void packed_put_signed(struct buf *to, int64_t value);
void packed_put_text(struct buf *to, str text);

struct packed {
    str rest;
    bool bad;
};
uint64_t packed_number(struct packed *from);
int64_t packed_signed(struct packed *from);
/* Borrowed slices of what is read. */
str packed_bytes(struct packed *from, uint64_t len);
str packed_text(struct packed *from);

#endif
