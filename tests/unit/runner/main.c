// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/test.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const struct test *const __start_harden_tests[];
extern const struct test *const __stop_harden_tests[];

static size_t failures_here;
static char folder[200];

void test_failed(const char *file, int line, const char *format, ...)
{
    va_list args;
    failures_here++;
    fprintf(stderr, "%s:%d: ", file, line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

void test_check_str(const char *file, int line, str want, str got)
{
    if (!str_eq(want, got))
        test_failed(file, line, "want \"%.*s\", got \"%.*s\"", STR_ARG(want), STR_ARG(got));
}

const char *test_folder(void)
{
    if (!folder[0]) {
        const char *base = getenv("TMPDIR");
        snprintf(folder, sizeof(folder), "%s/harden-test-XXXXXX", base ? base : "/tmp");
        if (!mkdtemp(folder)) {
            perror(folder);
            exit(2);
        }
    }
    return folder;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

/* With arguments, runs only the tests whose name or file contains one of them. */
static bool wanted(const struct test *test, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strstr(test->name, argv[i]) || strstr(test->file, argv[i]))
            return true;
    return argc < 2;
}

int main(int argc, char **argv)
{
    size_t passed = 0, failed = 0;
    for (const struct test *const *at = __start_harden_tests; at < __stop_harden_tests; at++) {
        if (!*at || !wanted(*at, argc, argv))
            continue;
        failures_here = 0;
        (*at)->run();
        if (failures_here) {
            fprintf(stderr, "FAILED %s %s\n", (*at)->file, (*at)->name);
            failed++;
        } else {
            passed++;
        }
    }
    if (folder[0])
        nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    printf("unit: %zu passed, %zu failed\n", passed, failed);
    return failed > 0;
}
