// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_SCRIPT_SCRIPT_H
#define HARDEN_READ_SCRIPT_SCRIPT_H

#include "model/collector.h"

/* The door of read/script: scripts ("#!") wherever they stand, as FACT_SCRIPT; and the settings
 * that decide which libraries programs get (FACT_SETTING "loader" and "name-service").
 * NULL-ended. */
const struct collector *const *script_collectors(void);

#endif
