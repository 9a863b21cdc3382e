// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/path.h"
#include "base/tsv.h"
#include "data.h"
#include "judge/reach/reach_internal.h"

#include <string.h>

/* ld.so(8), with what Debian's and other distributions' loaders are built with; musl has the first
 * three. Folders of machines are found by the loader's own place. */
static const char *const default_folders[] = {
    "/lib", "/usr/local/lib", "/usr/lib", "/lib64", "/usr/lib64", "/usr/local/lib64", NULL};

static const struct file *library_in(const struct reach *reach, str folder, str name, str machine)
{
    const struct file *at = files_follow(reach->files, folder);
    if (!at || at->type != ENTRY_DIRECTORY)
        return NULL;
    const struct file *file = files_follow_from(reach->files, at, name);
    if (!file || file->type != ENTRY_FILE)
        return NULL;
    const struct binary *binary = reach->binary[file - reach->files->items];
    return binary && str_eq(binary->machine, machine) ? file : NULL;
}

enum { ORIGIN, LIB, PLATFORM, WORDS };
static const str loader_words[WORDS] = {STR_INIT("ORIGIN"), STR_INIT("LIB"), STR_INIT("PLATFORM")};

/* Which "$NAME" or "${NAME}" a text begins with, which is skipped; WORDS: none. */
static int skip_word(str *text)
{
    for (int i = 0; i < WORDS; i++) {
        str rest = *text;
        bool braces = str_skip(&rest, STR("${"));
        if ((braces || str_skip(&rest, STR("$"))) && str_skip(&rest, loader_words[i]) &&
            (!braces || str_skip(&rest, STR("}")))) {
            *text = rest;
            return i;
        }
    }
    return WORDS;
}

/* What the loader may put in the place of a word. */
static str values_of_word(struct arena *scratch, str machine, int word)
{
    str rows, row;
    str table = str_make(data_loader_words, data_loader_words_len);
    str key = arena_join(scratch, machine, STR(" "), loader_words[word]);
    return tsv_find(table, key, &rows) && tsv_next(&rows, &row) ? tsv_field(row, 1) : STR("-");
}

/* The folder with those values, in room for LIMIT_PATH bytes; empty where they do not suffice. */
static str expand(char *room, str folder, const str *values)
{
    size_t len = 0;
    while (folder.len) {
        str byte = str_sub(folder, 0, 1);
        int word = skip_word(&folder);
        str part = word < WORDS ? values[word] : byte;
        if (part.len > LIMIT_PATH - len)
            return (str){0};
        memcpy(room + len, part.ptr, part.len);
        len += part.len;
        folder = str_from_index(folder, word == WORDS);
    }
    return str_make(room, len);
}

/* The library in a folder as the file that asks names it: $ORIGIN is its own folder, $LIB the first
 * of what it may be that leads to one. $PLATFORM depends on the processor: with the library for
 * one, those for others are reached. */
static const struct file *library_at(struct reach *reach, str folder, str name, uint32_t index)
{
    ARENA_SCOPED scratch = {0};
    char room[LIMIT_PATH];
    const struct file *found = NULL, *file = &reach->files->items[index];
    str machine = reach->binary[index]->machine, lib = STR("-"), platform = STR("-");
    if (str_find_char(folder, '$') == STR_NONE)
        return library_in(reach, folder, name, machine);
    str own = files_path(&scratch, reach->files, &reach->files->items[file->parent]);
    str values[WORDS] = {[ORIGIN] = arena_join(&scratch, STR(""), STR("/"), own)};
    if (str_contains(folder, STR("LIB")))
        lib = values_of_word(&scratch, machine, LIB);
    if (str_contains(folder, STR("PLATFORM")))
        platform = values_of_word(&scratch, machine, PLATFORM);
    while (!found && str_next(&lib, ' ', &values[LIB])) {
        str rest = platform;
        while (str_next(&rest, ' ', &values[PLATFORM])) {
            str path = expand(room, folder, values);
            const struct file *at = path.len ? library_in(reach, path, name, machine) : NULL;
            if (found)
                reach_mark(reach, at, index);
            else
                found = at;
        }
    }
    return found;
}

static const struct file *library_in_list(struct reach *reach, str list, str name, uint32_t index)
{
    str folder;
    const struct file *found = NULL;
    while (!found && str_next(&list, ':', &folder))
        if (folder.len)
            found = library_at(reach, folder, name, index);
    return found;
}

/* RPATH holds for what a file asks for and for what that asks for in turn; RUNPATH undoes it. */
static const struct file *library_by_rpath(struct reach *reach, str name, uint32_t index)
{
    enum { MOST_STEPS = 32 };
    const struct file *file = NULL;
    if (reach->binary[index]->runpath.len)
        return NULL;
    uint32_t at = index;
    for (int i = 0; !file && i < MOST_STEPS && at != REACH_NONE && reach->binary[at]; i++) {
        if (!reach->binary[at]->runpath.len)
            file = library_in_list(reach, reach->binary[at]->rpath, name, at);
        at = reach->from[at];
    }
    return file;
}

/* Debian's folders of a machine, /lib/x86_64-linux-gnu, stand where its loader is. */
static const struct file *library_beside_loader(const struct reach *reach, str name, str machine)
{
    static const char *const roots[] = {"usr/lib", "lib", NULL};
    for (const char *const *root = roots; *root; root++) {
        const struct file *folder = files_find(reach->files, str_from(*root));
        if (!folder || folder->type != ENTRY_DIRECTORY)
            continue;
        for (uint32_t i = 0; i < folder->count; i++) {
            const struct file *at = &reach->files->items[folder->children + i];
            if (at->type != ENTRY_DIRECTORY || !str_contains(at->name, STR("-linux-")))
                continue;
            const struct file *file = files_follow_from(reach->files, at, name);
            const struct binary *binary =
                file && file->type == ENTRY_FILE ? reach->binary[file - reach->files->items] : NULL;
            if (binary && str_eq(binary->machine, machine))
                return file;
        }
    }
    return NULL;
}

static const struct file *find_library(struct reach *reach, str name, uint32_t index)
{
    const struct binary *binary = reach->binary[index];
    if (str_find_char(name, '/') != STR_NONE)
        return files_follow_from(reach->files, reach->workdir, name);
    const struct file *file = library_by_rpath(reach, name, index);
    const struct reach_text *folders = reach_set(reach, STR("$LD_LIBRARY_PATH"));
    for (size_t i = 0; !file && i < folders->count; i++)
        file = library_in_list(reach, folders->items[i], name, index);
    if (!file)
        file = library_in_list(reach, binary->runpath, name, index);
    for (size_t i = 0; !file && i < reach->library_folders.count; i++)
        file = library_in(reach, reach->library_folders.items[i], name, binary->machine);
    if (!file)
        file = library_beside_loader(reach, name, binary->machine);
    for (size_t i = 0; !file && default_folders[i]; i++)
        file = library_in(reach, str_from(default_folders[i]), name, binary->machine);
    return file;
}

static void mark_services(struct reach *reach, uint32_t index)
{
    static const str usual[] = {STR_INIT("files"), STR_INIT("dns")};
    size_t count = reach->services.count;
    const str *services = count ? reach->services.items : usual;
    count = count ? count : sizeof(usual) / sizeof(*usual);
    for (size_t i = 0; i < count; i++)
        reach_mark(
            reach,
            find_library(reach,
                         arena_printf(&reach->scratch, "libnss_%.*s.so.2", STR_ARG(services[i])),
                         index),
            index);
}

static bool is_on_path(const struct reach *reach, uint32_t index)
{
    const struct file *parent = &reach->files->items[reach->files->items[index].parent];
    for (size_t i = 0; i < reach->path.count; i++)
        if (files_follow(reach->files, reach->path.items[i]) == parent)
            return true;
    return false;
}

/* What a program opens or starts while it runs is not written in it; most often it is its package's
 * own: plugins, and helpers that are not on PATH. */
static void mark_own(struct reach *reach, uint32_t index, bool programs)
{
    uint32_t package = reach->package[index];
    unsigned char bit = programs ? 2 : 1;
    if (package == REACH_NONE || (reach->opened[package] & bit))
        return;
    reach->opened[package] |= bit;
    for (uint32_t i = 0; i < reach->files->count; i++) {
        if (reach->package[i] != package)
            continue;
        bool library = reach->binary[i] && reach->binary[i]->type == BINARY_DSO;
        bool program = reach->script[i] || (reach->binary[i] && !library);
        if (!(programs ? program && !is_on_path(reach, i) : library))
            continue;
        if (programs)
            reach_guess(reach, &reach->files->items[i], index);
        else
            reach_mark(reach, &reach->files->items[i], index);
    }
}

/* The same library for better processors stands below the usual one. */
static void mark_library(struct reach *reach, const struct file *file, uint32_t from)
{
    reach_mark(reach, file, from);
    const struct file *folder = file ? &reach->files->items[file->parent] : NULL;
    const struct file *better =
        folder ? files_child(reach->files, folder, STR("glibc-hwcaps")) : NULL;
    for (uint32_t i = 0; better && better->type == ENTRY_DIRECTORY && i < better->count; i++) {
        const struct file *at = &reach->files->items[better->children + i];
        if (at->type == ENTRY_DIRECTORY)
            reach_mark(reach, files_follow_from(reach->files, at, file->name), from);
    }
}

/* What its texts name and is there. */
static void mark_named(struct reach *reach, uint32_t index)
{
    str rest = reach->binary[index]->named, name;
    while (str_next(&rest, '\n', &name)) {
        const struct file *file = str_starts(name, STR("/")) ? files_follow(reach->files, name)
                                                             : find_library(reach, name, index);
        if (file && file->type == ENTRY_FILE &&
            reach_runs(reach, (uint32_t)(file - reach->files->items)))
            mark_library(reach, file, index);
    }
}

/* glibc's iconv() loads a library a character set. */
static void mark_converters(struct reach *reach, uint32_t index)
{
    const struct file *loader = files_follow(reach->files, reach->binary[index]->interpreter);
    const struct file *libc = find_library(reach, STR("libc.so.6"), index);
    const struct file *at = libc ? libc : loader;
    const struct file *folder =
        at ? files_child(reach->files, &reach->files->items[at->parent], STR("gconv")) : NULL;
    if (folder && folder->type == ENTRY_DIRECTORY)
        reach_mark_below(reach, folder, index);
}

void reach_libraries(struct reach *reach, uint32_t index)
{
    const struct binary *binary = reach->binary[index];
    str needed = binary->needed, name;
    if (binary->interpreter.len)
        reach_mark(reach, files_follow(reach->files, binary->interpreter), index);
    while (str_next(&needed, '\n', &name))
        mark_library(reach, find_library(reach, name, index), index);
    if (binary_has(binary, BINARY_CONVERTS))
        mark_converters(reach, index);
    if (binary_has(binary, BINARY_USES_NAMES))
        mark_services(reach, index);
    /* The C library and the loader open for others, not for themselves. */
    if (binary_has(binary, BINARY_OPENS_LIBRARIES) && !str_starts(binary->soname, STR("libc.")) &&
        !str_starts(binary->soname, STR("ld-")))
        mark_own(reach, index, false);
    bool is_libc = str_starts(binary->soname, STR("libc."));
    if (!is_libc && !str_starts(binary->soname, STR("ld-")))
        mark_named(reach, index);
    if (binary_has(binary, BINARY_SHELL) && !is_libc)
        reach_mark(reach, reach_program(reach, STR("/bin/sh")), index);
    if (binary_has(binary, BINARY_STARTS) && binary->type != BINARY_DSO)
        mark_own(reach, index, true);
}
