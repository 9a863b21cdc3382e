// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_LIBRARY_H
#define HARDEN_IO_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Shared libraries that are opened on first use, not at every start: they are large, seldom needed,
 * and a machine may have none. An adapter has a table of pointers, and a row for each. RTLD_LOCAL:
 * what a library brings along must not meet what is linked into us.
 */
struct library_symbol {
    const char *name;
    void *to; /* a pointer to a function or a datum, which gets its address */
};

/* `name` as dlopen(3) takes it. Once opened, a library stays. NULL, and nothing is to be called,
 * where it or one of the symbols is not there. */
void *library_open(const char *name, const struct library_symbol *symbols, size_t count);
/* The folder that it was found in, with its last '/', written into `ret`; false where that is not
 * known or too long. */
bool library_folder(void *library, char *ret, size_t size);

#endif
