// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_SECRET_CHECKSUM_H
#define HARDEN_READ_SECRET_CHECKSUM_H

#include "base/arena.h"

/* Checksums that tokens carry, and what else can be computed from a token alone. */

/* CRC-32 (ISO 3309) as 6 digits of base 62 (0-9A-Za-z), the last ones of the body; the body is
 * what stands behind the prefix. GitHub's and npm's tokens. */
bool checksum_crc62(str body);
void checksum_crc62_of(str body, char out[6]);
/* BIP 173; upper or lower case. */
bool checksum_bech32(str text);
/* NATS: base32 whose last two bytes are the CRC-16/XMODEM of those before, low byte first. */
bool checksum_nkey(str text);
/* Bytes of base32 (RFC 4648, no padding); empty where it is none. */
str checksum_base32(struct arena *arena, str text);
uint32_t checksum_crc32(str bytes);
uint16_t checksum_crc16(str bytes);
/* The account that an AWS access key id belongs to, from its body. 0: none. */
uint64_t checksum_aws_account(str id);

#endif
