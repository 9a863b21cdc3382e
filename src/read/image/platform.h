// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_PLATFORM_H
#define HARDEN_READ_IMAGE_PLATFORM_H

#include "base/arena.h"
#include "base/err.h"

/* An image's platform, in the names that image-spec's config.md gives (Go's): normalised. */
struct platform {
    str os, architecture, variant;
};

#define PLATFORM_NO_MATCH 1000u

/* "linux/arm64/v8", "arm64", "linux/amd64"; ERR_USAGE if it is none of that. */
int platform_parse(struct arena *arena, str text, struct platform *ret, struct err *err);
struct platform platform_of_host(struct arena *arena);
/* x86_64 -> amd64, aarch64 -> arm64, armhf -> arm/v7, armel -> arm/v6, arm64/v8 -> arm64 ... */
struct platform platform_normalise(struct platform platform);
/* "linux/arm/v7"; "" if nothing is known. */
str platform_text(struct arena *arena, struct platform platform);

/*
 * How well `have` serves who wants `want`: 0 best, PLATFORM_NO_MATCH not at all. A processor runs
 * code of its earlier variants (amd64/v3: v2, v1, then 386; arm64: then arm/v8 to arm/v5), as
 * containerd's platforms.Only orders them.
 */
unsigned platform_rank(struct platform want, struct platform have);

#endif
