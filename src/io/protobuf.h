// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_PROTOBUF_H
#define HARDEN_IO_PROTOBUF_H

#include "base/packed.h"

/*
 * Messages of Protocol Buffers, field by field (its documentation of the wire format): numbers and
 * texts are coded as base/packed.h has them.
 */
struct protobuf_field {
    uint64_t number;
    str bytes; /* of strings, bytes and messages; absent where the field is a number */
};

/* Takes the next field; false at the end, or where `from->bad` says that the message is damaged. */
bool protobuf_next(struct packed *from, struct protobuf_field *ret);
/* The last field of that number; absent where there is none or the message is damaged. */
str protobuf_text(str message, uint64_t number);

/* Writes a string, bytes or a message; a number. */
void protobuf_put_text(struct buf *to, uint64_t number, str text);
void protobuf_put_number(struct buf *to, uint64_t number, uint64_t value);

#endif
