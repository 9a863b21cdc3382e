// SPDX-License-Identifier: Apache-2.0
#include "read/script/script_internal.h"

#include "base/limits.h"
#include "base/map.h"
#include "base/path.h"

/*
 * Programs in other languages start others by functions of theirs, with names that stand in quotes.
 * Neither is parsed here: that a file calls such a function is told by its name, and what could be
 * the name of a program by its form. Whether there is one of that name, only the image can tell.
 */
struct language {
    const char *program;   /* what reads it begins like that; "" in the last row: any other */
    const char *extension; /* of files without a first line */
    const char *starters[12];
};
static const struct language languages[] = {
    {"python",
     ".py",
     {"subprocess", "os.system", "os.popen", "os.exec", "os.spawn", "posix_spawn", "pexpect"}},
    {"node", "js", {"child_process", "execa", "zx"}},
    {"ruby", ".rb", {"system", "exec", "spawn", "popen", "Open3", "`"}},
    {"perl", ".pl", {"system", "exec", "open", "qx", "IPC::", "`"}},
    {"php", ".php", {"exec", "system", "passthru", "proc_open", "popen", "`"}},
    {"", "", {"exec", "system", "popen", "spawn", "process"}},
};
enum { LONGEST_NAME = 200 };

static bool is_name(str word)
{
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c == 0 || str_find_char(STR("._/+-@"), c) == STR_NONE))
            return false;
    }
    return word.len > 1 && word.len <= LONGEST_NAME && word.ptr[0] != '-';
}

/* To behind the closing quote; of a text that goes on over lines, of its first line. */
static str quoted(str text, char quote)
{
    size_t end = 0;
    while (end < text.len && text.ptr[end] != quote && text.ptr[end] != '\n')
        end += text.ptr[end] == '\\' && end + 1 < text.len ? 2 : 1;
    return str_sub(text, 0, end);
}

static str names_in(struct arena *scratch, str text)
{
    struct map seen = {0};
    str names = {0};
    size_t count = 0;
    for (size_t at = 0; at < text.len && count < LIMIT_SCRIPT_COMMANDS; at++) {
        bool is_new;
        if (str_find_char(STR("\"'`"), text.ptr[at]) == STR_NONE)
            continue;
        str inner = quoted(str_from_index(text, at + 1), text.ptr[at]), word;
        at += inner.len + 1;
        if (!str_next_word(&inner, &word) || !is_name(word))
            continue;
        map_put(scratch, &seen, word, &is_new);
        if (!is_new)
            continue;
        names = count++ ? arena_join(scratch, names, STR("\n"), word) : word;
    }
    return names;
}

static const struct language *language_of(str program, str path)
{
    const struct language *row = languages;
    while (*row->program && !(program.len ? str_starts(program, str_from(row->program))
                                          : str_ends(path, str_from(row->extension))))
        row++;
    return row;
}

void script_read_words(struct arena *scratch, str path, str text, struct arena *arena,
                       struct script *script)
{
    const struct language *language = language_of(path_base(script->program), path);
    for (const char *const *at = language->starters; *at && !script->starts; at++)
        script->starts = str_contains(text, str_from(*at));
    if (script->starts)
        script->commands = arena_str(arena, names_in(scratch, text));
}
