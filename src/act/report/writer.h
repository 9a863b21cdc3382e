// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_ACT_REPORT_WRITER_H
#define HARDEN_ACT_REPORT_WRITER_H

#include "base/str.h"

#include <stdio.h>

/*
 * The one writer of JSON (RFC 8259): commas, indentation, nesting and escaping exist here only.
 * `key` is NULL for the items of an array and for the document itself. What is written is valid
 * UTF-8 whatever the input: each invalid byte becomes U+FFFD, and so does NUL, which many readers
 * of JSON cannot hold; control and format characters are escaped, so that a report is also safe
 * to look at with cat.
 *
 * Errors stick to the stream: the caller checks ferror() once, at the end.
 */
enum { WRITER_DEPTH = 32 };

struct writer {
    FILE *out;
    unsigned depth;
    bool filled; /* the innermost object or array has something in it */
    char closers[WRITER_DEPTH];
};

struct writer writer_make(FILE *out);
void writer_object(struct writer *writer, const char *key);
void writer_array(struct writer *writer, const char *key);
/* Closes the innermost object or array; behind the document's end, a newline. */
void writer_end(struct writer *writer);

void writer_string(struct writer *writer, const char *key, str value);
/* Nothing at all where the string is empty: absent facts are left out. */
void writer_fact(struct writer *writer, const char *key, str value);
void writer_u64(struct writer *writer, const char *key, uint64_t value);
/* For protocols that ask for it; reports leave out what is absent. */
void writer_null(struct writer *writer, const char *key);
void writer_bool(struct writer *writer, const char *key, bool value);
/* Up to six decimals, no exponent, '.' in every locale. Left out if it is no number or its
 * magnitude passes 1e12. */
void writer_decimal(struct writer *writer, const char *key, double value);

#endif
