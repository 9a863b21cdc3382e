// SPDX-License-Identifier: Apache-2.0
#include "lang/shell/shell.h"

/*
 * Takes the arguments of the build off: `|2 A=1 B=x y `. Their values are not quoted, so where the
 * last one ends is known only by the shell that follows: a path of one, and options behind it.
 */
static bool skip_arguments(str *text)
{
    if (!str_starts(*text, STR("|")))
        return true;
    for (size_t at; (at = str_find(*text, STR(" /"))) != STR_NONE;) {
        *text = str_from_index(*text, at + 1);
        str rest = *text, program, option;
        if (str_next_word(&rest, &program) && shell_dialect_of(program) != SHELL_OTHER &&
            str_next_word(&rest, &option) && str_starts(option, STR("-")))
            return true;
    }
    return false;
}

/* The shell and its flags up to the one that has c: what is left is what it ran. */
static bool skip_shell(str *text, enum shell_dialect *ret_dialect)
{
    str rest = *text, word;
    if (!str_next_word(&rest, &word))
        return false;
    *ret_dialect = shell_dialect_of(word);
    if (*ret_dialect == SHELL_OTHER)
        return false;
    while (str_next_word(&rest, &word)) {
        if (word.len < 2 || word.ptr[0] != '-') {
            if (!str_eq(word, STR("pipefail")))
                return false;
            continue;
        }
        if (word.ptr[1] != '-' && str_find_char(word, 'c') != STR_NONE) {
            *text = rest;
            return true;
        }
    }
    return false;
}

struct shell_script *shell_from_history(struct arena *arena, str history)
{
    enum shell_dialect dialect;
    str text = history;
    str_skip(&text, STR("RUN "));
    if (str_ends(text, STR(" # buildkit")))
        text.len -= STR(" # buildkit").len;
    if (!skip_arguments(&text) || !skip_shell(&text, &dialect))
        return NULL;
    if (!text.len || str_starts(str_trim(text), STR("#(nop)")))
        return NULL;
    /* Its copy stands at the same offset. */
    uint32_t offset = (uint32_t)(text.ptr - history.ptr);
    return shell_parse(arena, mapped_text_at(arena, arena_str(arena, text), offset), dialect);
}
