// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_BASE_DATE_H
#define HARDEN_BASE_DATE_H

#include "base/arena.h"

/* "Sat, 11 Jul 2026 10:14:23 GMT" (RFC 5322 in UTC, as HTTP and apt write it) as RFC 3339:
 * "2026-07-11T10:14:23Z"; absent where it is none. */
str date_from_rfc5322(struct arena *arena, str text);
/* The clock, in UTC; SOURCE_DATE_EPOCH is honoured. */
str date_now(struct arena *arena);

#endif
