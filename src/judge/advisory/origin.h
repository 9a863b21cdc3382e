// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_ADVISORY_ORIGIN_H
#define HARDEN_JUDGE_ADVISORY_ORIGIN_H

#include "model/fact.h"

/* Whether somebody who maintains packages in Debian is named as the maintainer of this one: by
 * address, or by the domain of a team. Other formats than deb: false. */
bool package_is_of_debian(const struct package *package);

#endif
