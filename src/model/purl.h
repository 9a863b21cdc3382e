// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_PURL_H
#define HARDEN_MODEL_PURL_H

#include "model/fact.h"

/*
 * Package URLs (ECMA-427, purl-spec): "pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&
 * distro=debian-12". What is not letter, digit or one of ".-_~:" is percent-encoded. The
 * namespace is the distribution's id; both it and `distro` are left out where that is unknown.
 * Packages of a language have neither: "pkg:npm/%40types/node@16.0.0".
 */
str purl_of_package(struct arena *arena, const struct package *package,
                    const struct distribution *distribution);

#endif
