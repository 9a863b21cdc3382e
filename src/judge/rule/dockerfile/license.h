// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_RULE_DOCKERFILE_LICENSE_H
#define HARDEN_JUDGE_RULE_DOCKERFILE_LICENSE_H

#include "base/str.h"

/*
 * Whether a text is an SPDX licence expression (annex D of the SPDX specification, 2.3): names of
 * its list of licences (data/spdx.tsv) or LicenseRef-NAME, "+" behind one for later versions,
 * joined by AND, OR, and WITH an exception, in brackets where wanted.
 */
bool license_fits(str text);

#endif
