// SPDX-License-Identifier: Apache-2.0
#include "act/fix/fix.h"
#include "base/buf.h"
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

TEST(fix_diff_is_unified)
{
    ARENA_SCOPED arena = {0};
    str diff = fix_diff(&arena, STR("a/f"), STR("b/f"), STR("1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
                        STR("1\n2\n3\n4\nfive\n6\n7\n8\n9\n"));
    CHECK_STR("--- a/f\n+++ b/f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n", diff);
    diff = fix_diff(&arena, STR("f"), STR("f"), STR("a"), STR("a\nb\n"));
    CHECK_STR("--- f\n+++ f\n@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n", diff);
    diff = fix_diff(&arena, STR("f"), STR("f"), STR(""), STR("x\n"));
    CHECK_STR("--- f\n+++ f\n@@ -0,0 +1 @@\n+x\n", diff);
    diff = fix_diff(&arena, STR("f"), STR("f"), STR("x\n"), STR(""));
    CHECK_STR("--- f\n+++ f\n@@ -1 +0,0 @@\n-x\n", diff);
    CHECK(fix_diff(&arena, STR("f"), STR("f"), STR("x"), STR("x")).len == 0);
}

/* What patch(1) would do, for diffs of texts that end in a newline. */
static str apply_diff(struct arena *arena, str before, str diff)
{
    struct buf out = buf_make(1 << 20);
    str rest = before, line, row;
    size_t at = 1; /* the next line of `before` */
    while (str_next_line(&diff, &row)) {
        if (str_starts(row, STR("---")) || str_starts(row, STR("+++")))
            continue;
        if (str_starts(row, STR("@@"))) {
            char *end;
            size_t first = strtoul(row.ptr + 4, &end, 10);
            if (*end == ',' && strtoul(end + 1, NULL, 10) == 0)
                first++;
            for (; at < first && str_next_line(&rest, &line); at++)
                buf_printf(&out, "%.*s\n", STR_ARG(line));
            continue;
        }
        if (row.ptr[0] != '+') {
            CHECK(str_next_line(&rest, &line) && str_eq(line, str_from_index(row, 1)));
            at++;
        }
        if (row.ptr[0] != '-')
            buf_printf(&out, "%.*s\n", STR_ARG(str_from_index(row, 1)));
    }
    buf_add_str(&out, rest);
    str text = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return text;
}

static str random_lines(struct arena *arena, uint32_t *seed, size_t count)
{
    char *text = arena_alloc(arena, count * 2 + 1);
    for (size_t i = 0; i < count; i++) {
        *seed = *seed * 1103515245u + 12345u;
        text[2 * i] = (char)('a' + (*seed >> 16) % 4);
        text[2 * i + 1] = '\n';
    }
    return (str){text, count * 2};
}

TEST(fix_diff_says_all)
{
    uint32_t seed = 1;
    for (size_t turn = 0; turn < 300; turn++) {
        ARENA_SCOPED arena = {0};
        str before = random_lines(&arena, &seed, turn % 40);
        str after = random_lines(&arena, &seed, (turn * 7) % 40);
        str diff = fix_diff(&arena, STR("f"), STR("f"), before, after);
        CHECK(str_eq(apply_diff(&arena, before, diff), after));
    }
}

/* More changes than a shortest way is looked for. */
TEST(fix_diff_of_everything)
{
    ARENA_SCOPED arena = {0};
    str before = random_lines(&arena, &(uint32_t){3}, 4000);
    char *other = arena_copy(&arena, before.ptr, before.len);
    for (size_t i = 0; i < before.len; i += 2)
        other[i] = (char)(other[i] + 10);
    str after = {other, before.len};
    str diff = fix_diff(&arena, STR("f"), STR("f"), before, after);
    CHECK(str_eq(apply_diff(&arena, before, diff), after));
}

TEST(fix_apply_edits)
{
    ARENA_SCOPED arena = {0};
    struct edit_list edits = {0};
    str text;
    *vec_push(&arena, &edits) =
        (struct edit){.path = STR("f"), .span = {0, 3}, .replacement = STR("COPY")};
    *vec_push(&arena, &edits) =
        (struct edit){.path = STR("g"), .span = {0, 1}, .replacement = STR("other file")};
    *vec_push(&arena, &edits) =
        (struct edit){.path = STR("f"), .span = {5, 5}, .replacement = STR("!")};
    CHECK(fix_apply(&arena, STR("f"), STR("ADD a b"), &edits, &text));
    CHECK_STR("COPY a! b", text);
    *vec_push(&arena, &edits) =
        (struct edit){.path = STR("f"), .span = {4, 6}, .replacement = STR("")};
    CHECK(!fix_apply(&arena, STR("f"), STR("ADD a b"), &edits, &text));
    edits.items[3].span = (struct span){6, 8};
    CHECK(!fix_apply(&arena, STR("f"), STR("ADD a b"), &edits, &text));
}

static void find_letter(struct arena *arena, struct report *report, str text, char letter,
                        const char *replacement)
{
    size_t at = str_find_char(text, letter);
    if (at == STR_NONE)
        return;
    struct finding *finding = vec_push(arena, &report->findings);
    struct span span = {(uint32_t)at, (uint32_t)at + 1};
    *finding = (struct finding){
        .id = arena_printf(arena, "letter/%c", letter), .location.path = STR("f"), .span = span};
    if (replacement)
        *vec_push(arena, &finding->edits) =
            (struct edit){.path = STR("f"), .span = span, .replacement = str_from(replacement)};
}

/* A and B are flaws; C is one where there is a B. */
static int judge_letters(void *context, struct arena *arena, str text, struct report *ret,
                         struct err *err)
{
    (void)context;
    (void)err;
    find_letter(arena, ret, text, 'A', "C");
    find_letter(arena, ret, text, 'B', "D");
    if (str_find_char(text, 'B') != STR_NONE)
        find_letter(arena, ret, text, 'C', NULL);
    return 0;
}

/* Each line that is not empty is a part; an X is repaired by taking its line away. */
static int judge_parts(void *context, struct arena *arena, str text, struct report *ret,
                       struct err *err)
{
    str rest = text, line;
    (void)context;
    (void)err;
    while (str_next_line(&rest, &line))
        ret->part_count += line.len > 0;
    find_letter(arena, ret, text, 'X', "");
    return 0;
}

TEST(fix_run_keeps_all_parts)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct fix_run run = {.arena = &arena, .path = STR("f"), .judge = judge_parts};
    CHECK(fix_run(&run, STR("a\nX\n"), &err) == 0);
    CHECK_STR("a\nX\n", run.text);
    CHECK(run.steps.count == 1 && !run.steps.items[0].made && run.left == 1);
    CHECK(strstr(run.steps.items[0].why_not, "another number of stages or containers"));
    CHECK(fix_run(&run, STR("a\nbX\n"), &err) == 0);
    CHECK_STR("a\nb\n", run.text);
}

static bool refuse_first(void *context, const struct finding *finding, str before, str after)
{
    (void)context;
    (void)before;
    (void)after;
    return !str_eq(finding->id, STR("letter/A"));
}

TEST(fix_run_tries_again_what_others_made_possible)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct fix_run run = {.arena = &arena, .path = STR("f"), .judge = judge_letters};
    CHECK(fix_run(&run, STR("AB"), &err) == 0);
    CHECK_STR("CD", run.text);
    CHECK(run.steps.count == 2 && run.steps.items[0].made && run.steps.items[1].made);
    CHECK(run.left == 0);
}

TEST(fix_run_asks_once)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct fix_run run = {
        .arena = &arena, .path = STR("f"), .judge = judge_letters, .ask = refuse_first};
    CHECK(fix_run(&run, STR("A B"), &err) == 0);
    CHECK_STR("A D", run.text);
    CHECK(run.steps.count == 2 && run.left == 1);
    CHECK(run.steps.items[0].made && !run.steps.items[1].made);
}
