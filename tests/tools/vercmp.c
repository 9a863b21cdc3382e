// SPDX-License-Identifier: Apache-2.0
/* vercmp SCHEME: reads lines "A B" and writes "<", "=" or ">"; for a line with one word "valid" or
 * "invalid". For tests that ask the distributions' own tools the same questions. */
#include "judge/version/version.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    const struct version_scheme *scheme = argc == 2 ? version_by_name(str_from(argv[1])) : NULL;
    if (!scheme) {
        fputs("usage: vercmp SCHEME < PAIRS\n", stderr);
        return 2;
    }
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    while ((len = getline(&line, &capacity, stdin)) >= 0) {
        str rest = str_make(line, (size_t)len), a, b;
        if (!str_next_word(&rest, &a))
            continue;
        if (!str_next_word(&rest, &b)) {
            puts(scheme->valid(a) ? "valid" : "invalid");
            continue;
        }
        int order = scheme->compare(a, b);
        puts(order < 0 ? "<" : order > 0 ? ">" : "=");
    }
    free(line);
    return ferror(stdin) || fclose(stdout);
}
