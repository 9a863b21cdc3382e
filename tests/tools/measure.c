// SPDX-License-Identifier: Apache-2.0
/*
 * measure RUNS OURS [REFERENCE]: runs two command lines by turns, output thrown away, and writes
 * the medians: milliseconds of ours and of the reference (0 without one), the most KiB of memory
 * that ours had, and its exit code. Turns make a busy machine slow both alike. For bench/run.
 */
#include "base/str.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS_MAX = 1000, WORDS_MAX = 64 };

struct run {
    double milliseconds;
    long peak;
    int exit;
};

/* A line without anything that a shell would look at is run without one: starting a shell takes as
 * long as some of what is measured. */
static void split(char *line, char *words[WORDS_MAX])
{
    static char shell[] = "/bin/sh", option[] = "-c";
    size_t count = 0;
    if (strpbrk(line, "|<>&;$'\"*?")) {
        words[0] = shell;
        words[1] = option;
        words[2] = line;
        words[3] = NULL;
        return;
    }
    for (char *at = line; count < WORDS_MAX - 1;) {
        at += strspn(at, " ");
        if (!*at)
            break;
        words[count++] = at;
        at += strcspn(at, " ");
        if (*at)
            *at++ = 0;
    }
    words[count] = NULL;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static struct run run_once(char *const *words)
{
    extern char **environ;
    struct rusage usage;
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    double begin = now();
    if (posix_spawnp(&child, words[0], &actions, NULL, words, environ) != 0 ||
        wait4(child, &status, 0, &usage) < 0)
        exit(2);
    posix_spawn_file_actions_destroy(&actions);
    return (struct run){now() - begin, usage.ru_maxrss,
                        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)};
}

static int by_time(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static double ours[RUNS_MAX], reference[RUNS_MAX];
    uint64_t runs = 0;
    long peak = 0;
    int code = 0;
    char *first[WORDS_MAX], *second[WORDS_MAX];
    if (argc < 3 || argc > 4 || !str_to_u64(str_from(argv[1]), RUNS_MAX, &runs) || runs == 0) {
        fputs("usage: measure RUNS OURS [REFERENCE]\n", stderr);
        return 2;
    }
    split(argv[2], first);
    if (argc == 4)
        split(argv[3], second);
    for (size_t i = 0; i < runs; i++) {
        struct run mine = run_once(first);
        ours[i] = mine.milliseconds;
        peak = mine.peak > peak ? mine.peak : peak;
        code = mine.exit > code ? mine.exit : code;
        if (argc == 4)
            reference[i] = run_once(second).milliseconds;
    }
    qsort(ours, runs, sizeof(*ours), by_time);
    qsort(reference, runs, sizeof(*reference), by_time);
    printf("%.2f %.2f %ld %d\n", ours[runs / 2], reference[runs / 2], peak, code);
    return 0;
}
