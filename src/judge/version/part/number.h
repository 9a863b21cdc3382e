// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_VERSION_PART_NUMBER_H
#define HARDEN_JUDGE_VERSION_PART_NUMBER_H

#include "base/str.h"

/* What versions of most schemes are made of. ASCII only: no locale. */
bool version_is_digit(char c);
bool version_is_letter(char c);
bool version_is_alphanumeric(char c);

/* Takes the longest run of accepted bytes off *rest; it may be empty. */
str version_take(str *rest, bool (*accept)(char));
/* Takes one byte off *rest where it is one of `these`. */
bool version_skip_one_of(str *rest, str these);

/* Numbers of any length: leading zeros do not count, and no digit at all is 0. */
bool version_is_zero(str number);
int version_compare_numbers(str a, str b);
/* In byte order, as if all were lower case. */
int version_compare_nocase(str a, str b);

#endif
