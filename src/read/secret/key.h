// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_SECRET_KEY_H
#define HARDEN_READ_SECRET_KEY_H

#include "base/arena.h"

/* Private and public keys, really parsed (RFC 8017, 5915, 5958, 8410, 5280; OpenSSH's
 * PROTOCOL.key). */
enum key_state {
    KEY_BROKEN,    /* cut off, a stand-in, or nothing that is known */
    KEY_CLEAR,     /* anyone who has the file has the key */
    KEY_ENCRYPTED, /* behind a pass phrase */
};
struct key {
    enum key_state state;
    str what;        /* "RSA, 2048 bits" */
    str public_half; /* the modulus, or the point; empty where it is not told */
};

/* `label` as between BEGIN and the dashes: "RSA PRIVATE KEY". */
struct key key_parse(struct arena *arena, str label, str der);
/* Of a certificate, or of a public key as OpenSSH writes it ("ssh-rsa", in binary). */
struct key key_of_certificate(struct arena *arena, str der);
struct key key_of_ssh(struct arena *arena, str blob);

#endif
