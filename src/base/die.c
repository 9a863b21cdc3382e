// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

_Noreturn void die_out_of_memory(size_t wanted)
{
    fprintf(stderr, "harden: out of memory (asked for %zu bytes)\n", wanted);
    _exit(2);
}

_Noreturn void die_bug(const char *file, int line, const char *what)
{
    fprintf(stderr, "harden: bug: %s:%d: %s does not hold\n", file, line, what);
    abort();
}

void *die_malloc(size_t size)
{
    void *memory = malloc(size ? size : 1);
    if (!memory)
        die_out_of_memory(size);
    return memory;
}

void *die_realloc(void *old, size_t size)
{
    void *memory = realloc(old, size ? size : 1);
    if (!memory)
        die_out_of_memory(size);
    return memory;
}
