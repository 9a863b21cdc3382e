// SPDX-License-Identifier: Apache-2.0
#include "app/lint/changed.h"
#include "base/map.h"

#include <string.h>

/* Lines as numbers: equal lines have equal numbers. */
struct line_list VEC_BODY(uint32_t);

static void number_lines(struct arena *arena, str text, struct map *numbers, struct line_list *ret)
{
    str line;
    while (str_next_line(&text, &line)) {
        uintptr_t *number = map_put(arena, numbers, line, NULL);
        if (*number == 0)
            *number = numbers->count;
        *vec_push(arena, ret) = (uint32_t)*number;
    }
}

enum { EDITS_MOST = 1000 };

/*
 * Myers' greedy algorithm ("An O(ND) difference algorithm", 1986): `furthest` of each round is
 * kept, and the way back marks what had to be inserted. False past EDITS_MOST edits.
 */
static bool mark_inserted(struct arena *arena, const uint32_t *a, size_t a_count, const uint32_t *b,
                          size_t b_count, char *marks)
{
    size_t most = a_count + b_count < EDITS_MOST ? a_count + b_count : EDITS_MOST;
    size_t width = 2 * most + 3, middle = most + 1;
    uint32_t *furthest = arena_array(arena, uint32_t, width);
    VEC(uint32_t *) rounds = {0};
    for (size_t d = 0; d <= most; d++) {
        uint32_t *before = arena_array(arena, uint32_t, 2 * d + 3);
        memcpy(before, furthest + middle - d - 1, (2 * d + 3) * sizeof(*before));
        *vec_push(arena, &rounds) = before;
        for (size_t i = 0; i <= 2 * d; i += 2) {
            size_t k = middle - d + i;
            bool down = i == 0 || (i != 2 * d && furthest[k - 1] < furthest[k + 1]);
            size_t x = down ? furthest[k + 1] : furthest[k - 1] + 1u;
            size_t y = x + middle - k;
            while (x < a_count && y < b_count && a[x] == b[y]) {
                x++;
                y++;
            }
            furthest[k] = (uint32_t)x;
            if (x < a_count || y < b_count)
                continue;
            /* Back through the rounds, from the end. */
            size_t at_x = a_count, at_y = b_count;
            for (size_t round = d; round > 0; round--) {
                const uint32_t *row = rounds.items[round]; /* row[j]: diagonal j - round - 1 */
                size_t j = at_x + round + 1 - at_y;
                bool inserted = j == 1 || (j != 2 * round + 1 && row[j - 1] < row[j + 1]);
                size_t from_x = inserted ? row[j + 1] : row[j - 1];
                size_t from_j = inserted ? j + 1 : j - 1;
                size_t from_y = from_x + round + 1 - from_j;
                if (inserted && from_y < b_count)
                    marks[from_y] = 1;
                at_x = from_x;
                at_y = from_y;
            }
            return true;
        }
    }
    return false;
}

const char *changed_lines(struct arena *arena, str before, str now, size_t *ret_count)
{
    ARENA_SCOPED scratch = {0};
    struct map numbers = {0};
    struct line_list a = {0}, b = {0};
    number_lines(&scratch, before, &numbers, &a);
    number_lines(&scratch, now, &numbers, &b);
    char *marks = arena_alloc(arena, b.count + 1);
    size_t start = 0, end = 0;
    while (start < a.count && start < b.count && a.items[start] == b.items[start])
        start++;
    while (end < a.count - start && end < b.count - start &&
           a.items[a.count - 1 - end] == b.items[b.count - 1 - end])
        end++;
    size_t a_count = a.count - start - end, b_count = b.count - start - end;
    if (b_count && (a_count == 0 || !mark_inserted(&scratch, a.items + start, a_count,
                                                   b.items + start, b_count, marks + start)))
        memset(marks + start, 1, b_count);
    *ret_count = b.count;
    return marks;
}
