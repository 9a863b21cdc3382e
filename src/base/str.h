// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_BASE_STR_H
#define HARDEN_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A str is a slice: a pointer and a length, not NUL-terminated, never owning. It may hold any
 * byte, NUL included. The zero value ({NULL, 0}) is the absent string; it equals "".
 * A slice lives as long as what it points into: an arena, a literal, a caller's buffer.
 */
typedef struct str {
    const char *ptr;
    size_t len;
} str;

#define STR(literal) ((str){"" literal, sizeof(literal) - 1})
/* For const tables, where a compound literal is not a constant expression in every compiler. */
#define STR_INIT(literal)                                                                          \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }

/* printf("%.*s", STR_ARG(s)); for text that is known to be short and clean. */
#define STR_ARG(s) (int)(s).len, ((s).ptr ? (s).ptr : "")

/* A slice of a NUL-terminated string; NULL gives the absent string. */
str str_from(const char *cstr);
str str_make(const void *ptr, size_t len);

bool str_eq(str a, str b);
/* ASCII only: no locale. */
bool str_eq_nocase(str a, str b);
/* Byte order, shorter first: <0, 0, >0, for sorting. */
int str_cmp(str a, str b);
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
bool str_contains(str s, str needle);

#define STR_NONE SIZE_MAX
/* Index of the first / last occurrence, or STR_NONE. */
size_t str_find(str s, str needle);
size_t str_find_char(str s, char c);
size_t str_rfind_char(str s, char c);

/* Bytes [from, from+len), clamped to s: never out of bounds. */
str str_sub(str s, size_t from, size_t len);
str str_from_index(str s, size_t from);

/* Without leading and trailing ASCII white space. */
str str_trim(str s);
str str_trim_end(str s);
/* If s starts with prefix, cut it off and return true. */
bool str_skip(str *s, str prefix);

/*
 * Cursor verbs: take the next piece off *rest. They return false, with an absent piece, when *rest
 * is exhausted, so `while (str_next_line(&rest, &line))` visits all. A trailing separator gives no
 * empty piece.
 */
bool str_next(str *rest, char separator, str *ret_piece);
bool str_next_line(str *rest, str *ret_line); /* strips "\n" and "\r\n" */
bool str_next_word(str *rest, str *ret_word); /* separated by runs of ASCII white space */
bool str_has_word(str s, str wanted);
/* What a digit of base64 stands for, in either alphabet of RFC 4648; -1 where it is none. */
int str_base64_digit(char c);
/* Splits at the first separator; false (and everything in head) where there is none. */
bool str_cut(str s, char separator, str *ret_head, str *ret_tail);

/* The whole of s as a number no larger than max; no sign, no white space. */
bool str_to_u64(str s, uint64_t max, uint64_t *ret_value);
/* The same for a decimal number: "7.5", "0.00043", "9e-05". At most 18 digits matter. */
bool str_to_double(str s, double *ret_value);
bool str_to_hex(str s, uint64_t max, uint64_t *ret_value);

/* Valid UTF-8 from end to end (RFC 3629: no overlong forms, no surrogates). */
bool str_is_utf8(str s);

/* FNV-1a; for hash tables, not for anything that an attacker must not be able to predict. */
uint64_t str_hash(str s);

/* "1.5 GiB" for people; writes into a caller's buffer of at least 16 bytes and returns it. */
const char *str_size(uint64_t bytes, char out[16]);

#endif
