// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_SPOOL_H
#define HARDEN_IO_SPOOL_H

#include <stdio.h>

/* Text that is written before what stands above it is known: held in memory, packed. */
struct spool;

struct spool *spool_open(void);
FILE *spool_stream(struct spool *spool); /* write here; the spool's own */
/* Writes all of it to `out`, as it was. Nothing is written to the spool after that. */
void spool_copy(struct spool *spool, FILE *out);
void spool_close(struct spool *spool); /* NULL: nothing */

#endif
