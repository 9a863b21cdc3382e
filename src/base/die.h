// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_BASE_DIE_H
#define HARDEN_BASE_DIE_H

#include <stddef.h>

/* The only ways to end the process from below main: memory is gone, or an invariant is broken. */
_Noreturn void die_out_of_memory(size_t wanted);
_Noreturn void die_bug(const char *file, int line, const char *what);

/* An invariant of our own code, checked in release builds too; never for hostile input. */
#define INVARIANT(condition) ((condition) ? (void)0 : die_bug(__FILE__, __LINE__, #condition))

/* malloc and friends that end the process instead of returning NULL. */
void *die_malloc(size_t size);
void *die_realloc(void *old, size_t size);

#endif
