// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_RULE_DOCKERFILE_SECRET_NAME_H
#define HARDEN_JUDGE_RULE_DOCKERFILE_SECRET_NAME_H

#include "base/str.h"

/* What a variable's name says about its value. */
enum secret_name {
    NAME_PLAIN,
    NAME_PERHAPS, /* "auth", "key" alone: it may well be something else */
    NAME_SECRET,  /* "DB_PASSWORD", "apiKey", "GITHUB_TOKEN" */
};
enum secret_name secret_name(str name);

/* A value that can be no credential whatever its name is: empty, a switch, a number, a path, an
 * address without a password, a place for one ("<token>", "${TOKEN}"). */
bool value_is_harmless(str value);

/*
 * The first credential of a known shape in a text (a token with the issuer's own prefix, a private
 * key, with `addresses` also an address with a password); absent: none. `*ret_kind` says in words
 * what it is. Made-up ones that documentation uses are passed over.
 */
str secret_in_text(str text, bool addresses, const char **ret_kind);

/* A file that by its name holds credentials: ".env", "id_rsa", "server.key". *ret_sure: always
 * (false: a certificate may have that name too). */
bool file_is_secret(str path, bool *ret_sure);

#endif
