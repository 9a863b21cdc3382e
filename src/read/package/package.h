// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_PACKAGE_PACKAGE_H
#define HARDEN_READ_PACKAGE_PACKAGE_H

#include "model/collector.h"

/* The door of read/package: collectors of package databases, distributions and repositories, one
 * file each; dpkg.c ends in `const struct collector package_dpkg`. NULL-ended. */
const struct collector *const *package_collectors(void);

#endif
