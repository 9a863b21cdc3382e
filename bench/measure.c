// SPDX-License-Identifier: Apache-2.0
/*
 * measure RUNS COMMAND [-- COMMAND]...: runs the commands in turn, RUNS times each and once before
 * that for warm caches, and prints a line for each: median and least wall time in milliseconds,
 * and the largest resident size of it or a child of it in KiB. In turn, so that a machine that
 * slows down slows them all: ratios are what counts. A command's exit status may be anything
 * but 2 (harden: "could not do the job") and what means that it could not be run or was killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { MOST_COMMANDS = 16, MOST_RUNS = 1000 };

struct command {
    char **argv;
    double times[MOST_RUNS];
    long peak;
};

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static int run(struct command *command, size_t index)
{
    posix_spawn_file_actions_t actions;
    struct rusage usage;
    pid_t child;
    int status, failed;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    double start = now();
    failed = posix_spawnp(&child, command->argv[0], &actions, NULL, command->argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed || wait4(child, &status, 0, &usage) < 0) {
        fprintf(stderr, "measure: %s: %s\n", command->argv[0], strerror(failed ? failed : errno));
        return -1;
    }
    command->times[index] = now() - start;
    if (usage.ru_maxrss > command->peak)
        command->peak = usage.ru_maxrss;
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 2 || WEXITSTATUS(status) >= 126) {
        fprintf(stderr, "measure: %s failed (status %#x)\n", command->argv[0], (unsigned)status);
        return -1;
    }
    return 0;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
    static struct command commands[MOST_COMMANDS];
    size_t count = 0, runs = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
    if (runs < 1 || runs > MOST_RUNS) {
        fputs("usage: measure RUNS COMMAND [-- COMMAND]...\n", stderr);
        return 2;
    }
    commands[count++].argv = argv + 2;
    for (int i = 2; i < argc && count < MOST_COMMANDS; i++)
        if (strcmp(argv[i], "--") == 0) {
            argv[i] = NULL;
            commands[count++].argv = argv + i + 1;
        }
    for (size_t turn = 0; turn <= runs; turn++) /* the first one is written over by the second */
        for (size_t i = 0; i < count; i++)
            if (run(&commands[i], turn ? turn - 1 : 0) < 0)
                return 1;
    for (size_t i = 0; i < count; i++) {
        double *times = commands[i].times;
        qsort(times, runs, sizeof(*times), compare);
        printf("%.3f %.3f %ld\n", times[runs / 2], times[0], commands[i].peak);
    }
    return 0;
}
