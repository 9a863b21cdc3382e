// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/rule.h"
#include "read/dockerfile/dockerfile.h"

#include <stdio.h>
#include <string.h>

/*
 * dockerfile_check [--repeat N] FILE...: reads each file as a Dockerfile, checks that the items of
 * the tree are all its bytes, asks every rule, and prints "path: instructions problems findings".
 * Ends with 1 where bytes are missing. --repeat does it N times, for the clock. --values FILE
 * prints what the image would have: its variables, labels, user and folder. --sent IGNOREFILE
 * PATH... prints those paths that a .dockerignore lets through.
 */
static bool is_whole(const struct dockerfile *file)
{
    size_t at = 0;
    for (size_t i = 0; i < file->items.count; i++) {
        struct span span = file->items.items[i].span;
        if (span.start != at || span.end <= span.start)
            return false;
        at = span.end;
    }
    return at == file->file.text.len;
}

static bool read_whole(struct arena *arena, const char *path, str *ret)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    size_t len = 0, size = 0, got;
    if (!file)
        return false;
    do {
        size_t more = size ? size * 2 : 65536;
        bytes = len == size ? arena_grow(arena, bytes, size, more) : bytes;
        size = len == size ? more : size;
        got = fread(bytes + len, 1, size - len, file);
        len += got;
    } while (got);
    fclose(file);
    *ret = str_make(bytes, len);
    return true;
}

static int check(struct arena *arena, const char *path, bool print)
{
    static const str enable = STR_INIT("all");
    struct rule_settings settings = {.enable = &enable, .enable_count = 1, .today = "2026-11-24"};
    struct report report = {0};
    struct rule_run run = {.arena = arena, .report = &report, .settings = &settings};
    str text;
    if (!read_whole(arena, path, &text)) {
        perror(path);
        return 2;
    }
    struct dockerfile *file = dockerfile_parse(arena, str_from(path), text, NULL);
    rule_ask_dockerfile(&run, file);
    if (!is_whole(file)) {
        printf("%s: bytes are missing\n", path);
        return 1;
    }
    if (print)
        printf("%s: %zu %zu %zu\n", path, file->instructions.count, file->problems.count,
               report.findings.count);
    return 0;
}

static void print_pairs(const struct dockerfile *file, enum instruction_kind kind)
{
    for (size_t i = 0; i < file->instructions.count; i++) {
        const struct instruction *one = file->instructions.items[i];
        for (size_t p = 0; one->kind == kind && p < one->pairs.count; p++) {
            const struct dockerfile_pair *pair = &one->pairs.items[p];
            str name = instruction_name(kind);
            printf("%.*s %.*s=%.*s%s\n", STR_ARG(name), STR_ARG(pair->name.value),
                   STR_ARG(pair->value.value), pair->value.open ? "?" : "");
        }
    }
}

static int print_values(struct arena *arena, const char *path)
{
    str text;
    if (!read_whole(arena, path, &text)) {
        perror(path);
        return 2;
    }
    const struct dockerfile *file = dockerfile_parse(arena, str_from(path), text, NULL);
    print_pairs(file, INSTRUCTION_ENV);
    print_pairs(file, INSTRUCTION_LABEL);
    if (file->target)
        printf("USER %.*s\nWORKDIR %.*s\n", STR_ARG(file->target->state->user),
               STR_ARG(file->target->state->workdir));
    return 0;
}

static int print_sent(struct arena *arena, char **argv, int argc)
{
    str text;
    if (!read_whole(arena, argv[0], &text)) {
        perror(argv[0]);
        return 2;
    }
    struct ignore_patterns patterns = ignore_parse(arena, text);
    for (int i = 1; i < argc; i++)
        if (!ignore_matches(&patterns, str_from(argv[i])))
            puts(argv[i]);
    return 0;
}

int main(int argc, char **argv)
{
    ARENA_SCOPED arena = {0};
    if (argc > 2 && strcmp(argv[1], "--sent") == 0)
        return print_sent(&arena, argv + 2, argc - 2);
    if (argc == 3 && strcmp(argv[1], "--values") == 0)
        return print_values(&arena, argv[2]);
    int worst = 0, first = 1;
    uint64_t times = 1;
    if (argc > 2 && strcmp(argv[1], "--repeat") == 0) {
        if (!str_to_u64(str_from(argv[2]), 100000, &times))
            return 2;
        first = 3;
    }
    for (uint64_t t = 0; t < times; t++)
        for (int i = first; i < argc; i++) {
            int status = check(&arena, argv[i], times == 1);
            worst = status > worst ? status : worst;
            arena_reset(&arena);
        }
    return worst;
}
