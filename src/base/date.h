// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_BASE_DATE_H
#define HARDEN_BASE_DATE_H

#include "base/arena.h"

/* "Sat, 11 Jul 2026 10:14:23 GMT" (RFC 5322 in UTC, as HTTP and apt write it) as RFC 3339:
 * "2026-07-11T10:14:23Z"; absent where it is none. */
str date_from_rfc5322(struct arena *arena, str text);
/* Days from 1970-01-01 to the date that the text begins with ("2026-11-24"); false where it is
 * none. */
bool date_day(str text, int64_t *ret);
/* The clock, in UTC; SOURCE_DATE_EPOCH is honoured. */
str date_now(struct arena *arena);

#endif
