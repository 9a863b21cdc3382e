// SPDX-License-Identifier: Apache-2.0
#include "act/fix/fix.h"
#include "base/buf.h"
#include "base/limits.h"

#include <string.h>

/*
 * A shortest edit script by Myers' greedy algorithm ("An O(ND) Difference Algorithm", 1986) over
 * the lines between the common beginning and end. Fixes change few lines, so D is small; where it
 * is not, the middle is shown as replaced as a whole, which is as true.
 */
enum { CONTEXT = 3, MOST_STEPS = 1500 };

struct lines VEC_BODY(str);

struct diff {
    struct arena *arena;
    struct lines a, b;
    size_t start, a_end, b_end; /* what is not common, in lines */
    bool *removed, *added;      /* by line of a and of b */
    struct buf out;
};

/* With their newlines, so that a missing last one is a difference. */
static struct lines split(struct arena *arena, str text)
{
    struct lines lines = {0};
    while (text.len) {
        size_t end = str_find_char(text, '\n');
        size_t len = end == STR_NONE ? text.len : end + 1;
        *vec_push(arena, &lines) = str_sub(text, 0, len);
        text = str_from_index(text, len);
    }
    return lines;
}

static void trim_common(struct diff *diff)
{
    diff->a_end = diff->a.count;
    diff->b_end = diff->b.count;
    while (diff->start < diff->a_end && diff->start < diff->b_end &&
           str_eq(diff->a.items[diff->start], diff->b.items[diff->start]))
        diff->start++;
    while (diff->a_end > diff->start && diff->b_end > diff->start &&
           str_eq(diff->a.items[diff->a_end - 1], diff->b.items[diff->b_end - 1])) {
        diff->a_end--;
        diff->b_end--;
    }
}

/* Furthest x on each diagonal k = x - y after d steps; row d has the diagonals -d..d. */
struct trace {
    long *rows[MOST_STEPS + 1];
};

static long furthest(const struct trace *trace, long d, long k)
{
    return trace->rows[d][k + d];
}

/* Whether the best way to diagonal k in step d comes from above (a line of b is added). */
static bool comes_down(const struct trace *trace, long d, long k)
{
    return k == -d || (k != d && furthest(trace, d - 1, k - 1) < furthest(trace, d - 1, k + 1));
}

/* Marks the changed lines, from the end of the way back to its beginning. */
static void walk_back(struct diff *diff, const struct trace *trace, long d)
{
    long x = (long)(diff->a_end - diff->start), y = (long)(diff->b_end - diff->start);
    for (; d > 0; d--) {
        long k = x - y;
        bool down = comes_down(trace, d, k);
        long before = down ? k + 1 : k - 1;
        x = furthest(trace, d - 1, before);
        y = x - before;
        if (down)
            diff->added[diff->start + (size_t)y] = true;
        else
            diff->removed[diff->start + (size_t)x] = true;
    }
}

static bool shortest_way(struct diff *diff)
{
    struct trace *trace = arena_new(diff->arena, struct trace);
    long n = (long)(diff->a_end - diff->start), m = (long)(diff->b_end - diff->start);
    for (long d = 0; d <= MOST_STEPS; d++) {
        trace->rows[d] = arena_array(diff->arena, long, 2 * (size_t)d + 1);
        for (long k = -d; k <= d; k += 2) {
            long x = 0;
            if (d > 0)
                x = comes_down(trace, d, k) ? furthest(trace, d - 1, k + 1)
                                            : furthest(trace, d - 1, k - 1) + 1;
            /* Beyond the texts: such ways lead nowhere, but their rows are looked at. */
            while (x < n && x - k < m && x >= 0 && x - k >= 0 &&
                   str_eq(diff->a.items[diff->start + (size_t)x],
                          diff->b.items[diff->start + (size_t)(x - k)]))
                x++;
            trace->rows[d][k + d] = x;
            if (x >= n && x - k >= m && k == n - m) {
                walk_back(diff, trace, d);
                return true;
            }
        }
    }
    return false;
}

static void mark_changes(struct diff *diff)
{
    diff->removed = arena_array(diff->arena, bool, diff->a.count + 1);
    diff->added = arena_array(diff->arena, bool, diff->b.count + 1);
    if (shortest_way(diff))
        return;
    memset(diff->removed + diff->start, true, diff->a_end - diff->start);
    memset(diff->added + diff->start, true, diff->b_end - diff->start);
}

static void put_line(struct diff *diff, char sign, str line)
{
    buf_add_char(&diff->out, sign);
    buf_add_str(&diff->out, line);
    if (!str_ends(line, STR("\n")))
        buf_add_str(&diff->out, STR("\n\\ No newline at end of file\n"));
}

/* "12,7": the first line (from 1; the one before for an empty range) and how many. */
static void put_range(struct diff *diff, char sign, size_t start, size_t count)
{
    buf_printf(&diff->out, count == 1 ? "%c%zu" : "%c%zu,%zu", sign, start + (count > 0), count);
}

struct hunk {
    size_t a, b, a_end, b_end;
};

static void put_hunk(struct diff *diff, struct hunk hunk)
{
    buf_add_str(&diff->out, STR("@@ "));
    put_range(diff, '-', hunk.a, hunk.a_end - hunk.a);
    buf_add_char(&diff->out, ' ');
    put_range(diff, '+', hunk.b, hunk.b_end - hunk.b);
    buf_add_str(&diff->out, STR(" @@\n"));
    for (size_t a = hunk.a, b = hunk.b; a < hunk.a_end || b < hunk.b_end;) {
        if (a < hunk.a_end && diff->removed[a])
            put_line(diff, '-', diff->a.items[a++]);
        else if (b < hunk.b_end && diff->added[b])
            put_line(diff, '+', diff->b.items[b++]);
        else {
            put_line(diff, ' ', diff->a.items[a++]);
            b++;
        }
    }
}

/* From a changed line on: as far as changes have at most twice the context between them. */
static struct hunk hunk_at(const struct diff *diff, size_t a, size_t b)
{
    size_t back = a < CONTEXT ? a : CONTEXT;
    struct hunk hunk = {a - back, b - back, a, b};
    size_t equal = 0;
    while (a < diff->a.count || b < diff->b.count) {
        bool changed =
            (a < diff->a.count && diff->removed[a]) || (b < diff->b.count && diff->added[b]);
        if (!changed && ++equal > 2 * CONTEXT)
            break;
        if (a < diff->a.count && diff->removed[a]) {
            a++;
        } else if (b < diff->b.count && diff->added[b]) {
            b++;
        } else {
            a++;
            b++;
        }
        if (changed) {
            equal = 0;
            hunk.a_end = a;
            hunk.b_end = b;
        }
    }
    size_t ahead = diff->a.count - hunk.a_end < CONTEXT ? diff->a.count - hunk.a_end : CONTEXT;
    hunk.a_end += ahead;
    hunk.b_end += ahead;
    return hunk;
}

static void put_hunks(struct diff *diff)
{
    size_t a = 0, b = 0;
    while (a < diff->a.count || b < diff->b.count) {
        if ((a < diff->a.count && diff->removed[a]) || (b < diff->b.count && diff->added[b])) {
            struct hunk hunk = hunk_at(diff, a, b);
            put_hunk(diff, hunk);
            a = hunk.a_end;
            b = hunk.b_end;
        } else {
            a++;
            b++;
        }
    }
}

str fix_diff(struct arena *arena, str old_name, str new_name, str before, str after)
{
    if (str_eq(before, after))
        return (str){0};
    ARENA_SCOPED scratch = {0};
    struct diff diff = {
        .arena = &scratch,
        .a = split(&scratch, before),
        .b = split(&scratch, after),
        .out = buf_make(2 * LIMIT_TEXT_FILE + LIMIT_PATH * 2),
    };
    trim_common(&diff);
    mark_changes(&diff);
    buf_add_str(&diff.out, STR("--- "));
    buf_add_str(&diff.out, old_name);
    buf_add_str(&diff.out, STR("\n+++ "));
    buf_add_str(&diff.out, new_name);
    buf_add_char(&diff.out, '\n');
    put_hunks(&diff);
    str text = arena_str(arena, buf_str(&diff.out));
    buf_free(&diff.out);
    return text;
}
