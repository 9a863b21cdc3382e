// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/map.h"
#include "read/elf/elf_internal.h"

#include <string.h>

/*
 * What is given to dlopen() and execve() is mostly a constant: a text of its own in the section
 * of constants. What is put together while the program runs is not seen.
 */
enum { SHORTEST = 4, LONGEST = 200, BYTES_SEARCHED = 2 << 20 };

static bool is_plain(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] == 127 || strchr("%:;,*'\"()<>{}", text.ptr[i]))
            return false;
    return true;
}

/* "libssl.so.3", "/usr/lib/x/plugin.so" */
static bool is_library(str text)
{
    size_t at = str_find(text, STR(".so"));
    if (at == STR_NONE || at == 0)
        return false;
    str rest = str_from_index(text, at + 3);
    return !rest.len ||
           (rest.len > 1 && rest.ptr[0] == '.' && rest.ptr[1] >= '0' && rest.ptr[1] <= '9');
}

static bool is_program(str text)
{
    static const char *const folders[] = {"/bin/", "/sbin/", "/usr/", "/opt/", "/lib", NULL};
    for (const char *const *at = folders; *at; at++)
        if (str_starts(text, str_from(*at)))
            return !str_ends(text, STR("/"));
    return false;
}

void elf_read_named(struct elf *elf, struct arena *arena, struct binary *binary)
{
    const struct elf_section *section = elf_section(elf, ".rodata");
    struct err ignored = {0};
    struct map seen = {0};
    str texts, names = {0};
    if (!(binary->flags & (BINARY_OPENS_LIBRARIES | BINARY_STARTS)) || !section ||
        section->type == SHT_NOBITS || !section->size)
        return;
    size_t len = section->size < BYTES_SEARCHED ? (size_t)section->size : BYTES_SEARCHED;
    if (content_read(elf->content, section->offset, len, &texts, &ignored) < 0)
        return;
    while (texts.len && seen.count < LIMIT_ELF_NAMED) {
        str text = str_sub(texts, 0, str_find_char(texts, 0));
        texts = str_from_index(texts, text.len + 1);
        bool is_new;
        if (text.len < SHORTEST || text.len > LONGEST || (!is_program(text) && !is_library(text)) ||
            !is_plain(text))
            continue;
        map_put(elf->arena, &seen, text, &is_new);
        if (is_new)
            names = names.len ? arena_join(elf->arena, names, STR("\n"), text) : text;
    }
    binary->named = arena_str(arena, names);
}
