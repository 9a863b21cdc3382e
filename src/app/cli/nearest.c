// SPDX-License-Identifier: Apache-2.0
#include "app/cli/cli.h"

enum { LONGEST = 32 };

/* Edits (insert, delete, replace, swap of neighbours) from a to b: restricted Damerau-Levenshtein
 * distance. */
static unsigned distance(str a, str b)
{
    unsigned rows[3][LONGEST + 1];
    unsigned *before = rows[0], *above = rows[1], *row = rows[2];
    for (unsigned j = 0; j <= b.len; j++)
        above[j] = j;
    for (unsigned i = 1; i <= a.len; i++) {
        row[0] = i;
        for (unsigned j = 1; j <= b.len; j++) {
            unsigned cost = a.ptr[i - 1] != b.ptr[j - 1];
            unsigned best = above[j - 1] + cost;
            if (above[j] + 1 < best)
                best = above[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && cost && a.ptr[i - 1] == b.ptr[j - 2] &&
                a.ptr[i - 2] == b.ptr[j - 1] && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            row[j] = best;
        }
        unsigned *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b.len];
}

const char *cli_nearest(str word, cli_word *next, const void *context)
{
    const char *best = NULL, *candidate;
    unsigned least = word.len < 3 ? 2 : word.len < 6 ? 3 : 4; /* one more than what is near */
    if (word.len > LONGEST)
        return NULL;
    for (size_t i = 0; (candidate = next(context, i)); i++) {
        str other = str_from(candidate);
        if (other.len > LONGEST)
            continue;
        unsigned edits = distance(word, other);
        if (word.len >= 3 && str_starts(other, word)) /* an abbreviation is nearer than a slip */
            edits = 1;
        if (edits < least && edits < other.len) {
            least = edits;
            best = candidate;
        }
    }
    return best;
}

static const char *shown_command(const void *context, size_t index)
{
    (void)context;
    for (const struct command *const *at = command_all(); *at; at++)
        if (!(*at)->hidden && index-- == 0)
            return (*at)->name;
    return NULL;
}

const char *cli_nearest_command(str word)
{
    return cli_nearest(word, shown_command, NULL);
}
