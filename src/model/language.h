// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_LANGUAGE_H
#define HARDEN_MODEL_LANGUAGE_H

#include "model/collector.h"

/*
 * Packages that a language's own tool installs (pip, npm, go, cargo, gem, composer, Maven, NuGet),
 * beside those of the distribution. Their type is purl's; a Maven package is named
 * "group:artifact".
 */
bool language_has_type(str type);

/* A name as its registry compares it: two that give the same are one package. */
str language_key(struct arena *arena, str type, str name);

/* A package that the file at `path` tells of. What has no name or version, or one with bytes that
 * no registry takes, is none, and false; so is what comes after LIMIT_PACKAGES of one file, which
 * is a gap. The texts are copied. */
bool language_add(struct collect *to, str path, const struct package *package);

#endif
