// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "read/secret/checksum.h"
#include "read/secret/key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool lies_within(str part, str whole)
{
    return part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const labels[] = {
        "RSA PRIVATE KEY",       "EC PRIVATE KEY",      "DSA PRIVATE KEY",      "PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"};
    ARENA_SCOPED arena = {0};
    str text = str_make(data, size);
    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        struct key key = key_parse(&arena, str_from(labels[i]), text);
        INVARIANT(lies_within(key.public_half, text));
        INVARIANT(key.state == KEY_BROKEN || key.what.len);
    }
    INVARIANT(lies_within(key_of_certificate(&arena, text).public_half, text));
    INVARIANT(lies_within(key_of_ssh(&arena, text).public_half, text));
    checksum_crc62(text);
    checksum_bech32(text);
    checksum_nkey(text);
    checksum_aws_account(text);
    return 0;
}
