// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_CVSS_H
#define HARDEN_MODEL_CVSS_H

#include "base/str.h"

/* The base score of a vector of CVSS 3.0 or 3.1 (FIRST, CVSS v3.1 Specification, 7.1). False for
 * other versions and where a metric is missing, doubled or unknown. Metrics that are not of the
 * base group are passed over. */
bool cvss_base_score(str vector, double *ret_score);

#endif
