// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_DEB822_H
#define HARDEN_IO_DEB822_H

#include "base/arena.h"

/*
 * Debian control data, deb822(5): paragraphs of "Name: value" fields, separated by empty lines; a
 * line that starts with white space continues the value above it. dpkg's status, apt's Packages
 * files and .sources lists are written in it. Slices point into the text.
 */

/* The next paragraph (never empty, comments may be in it); false at the end. */
bool deb822_next(str *rest, str *ret_paragraph);

/*
 * The next field of a paragraph: 1; 0 at its end; -1 for a line that is neither a field nor a
 * continuation nor a comment (call again: it is passed over). The value is trimmed, and holds its
 * continuation lines as they stand, newlines (and comments between them) included.
 */
int deb822_next_field(str *paragraph, str *ret_name, str *ret_value);

/* "openssl (3.0.11-1)" is a name and a version, "openssl" a name only. */
void deb822_split_source(str value, str *ret_name, str *ret_version);

#endif
