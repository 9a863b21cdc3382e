// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_TESTS_UNIT_SECRET_SAMPLE_H
#define HARDEN_TESTS_UNIT_SECRET_SAMPLE_H

#include "base/arena.h"

/*
 * The samples of data/secrets.tsv, expanded: {A36} is 36 bytes of class A, {9@12} are 12 digits,
 * {uuid}, {crc}, {jwt}, {rsapem} and so on what their names say, "\n" a newline. The same sample
 * gives the same text every time, and nothing of it is anybody's.
 */
str secret_sample(struct arena *arena, str sample);
/* "PATH :: TEXT" -> both; "app/settings" where the sample names no path. */
void secret_sample_split(str sample, str *ret_path, str *ret_text);
str secret_sample_base64(struct arena *arena, str bytes);

#endif
