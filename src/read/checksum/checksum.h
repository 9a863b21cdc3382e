// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_CHECKSUM_CHECKSUM_H
#define HARDEN_READ_CHECKSUM_CHECKSUM_H

#include "model/collector.h"

/* The door of read/checksum: what programs, libraries and scripts digest to (FACT_CHECKSUM), in the
 * algorithms that package databases have, to find those that were changed. NULL-ended. */
const struct collector *const *checksum_collectors(void);

#endif
