// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_ELF_ELF_H
#define HARDEN_READ_ELF_ELF_H

#include "model/collector.h"

/* The door of read/elf: the collector that turns ELF files, wherever they stand, into
 * FACT_BINARY. Objects that are linked further (ET_REL) are none. NULL-ended. */
const struct collector *const *elf_collectors(void);

#endif
