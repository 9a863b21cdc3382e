// SPDX-License-Identifier: Apache-2.0
#include "act/fix/repair/repair.h"
#include "base/path.h"

#include <ctype.h>
#include <stdlib.h>

/* The keyword, written as the file writes keywords: all small where this one is. */
static str like(const struct instruction *instruction, const char *upper, const char *lower)
{
    return str_from(
        instruction->name.len && islower((unsigned char)instruction->name.ptr[0]) ? lower : upper);
}

static bool is_remote(str source)
{
    return str_contains(source, STR("://")) || str_starts(source, STR("git@"));
}

/* What is known not to be an archive by its name alone: text, code, settings, web files. The
 * engine decides by content, so anything else is left to a person, or to the build context. */
static bool is_plain_name(str source)
{
    static const char *const endings[] = {
        ".c",          ".cc",   ".cfg",   ".conf",  ".cpp",  ".cs",  ".css",  ".csv", ".env",
        ".go",         ".h",    ".hcl",   ".htm",   ".html", ".ini", ".java", ".js",  ".jsx",
        ".key",        ".kt",   ".lock",  ".lua",   ".md",   ".mjs", ".mod",  ".pem", ".php",
        ".pl",         ".png",  ".proto", ".py",    ".rb",   ".rs",  ".scss", ".sh",  ".sql",
        ".properties", ".sum",  ".svg",   ".swift", ".toml", ".ts",  ".tsx",  ".txt", ".vue",
        ".xml",        ".yaml", ".yml",   ".json",  ".crt",  NULL,
    };
    static const char *const names[] = {
        "Dockerfile", "Gemfile", "LICENSE", "Makefile", "Pipfile",
        "Procfile",   "README",  "gradlew", "mvnw",     NULL,
    };
    for (size_t i = 0; endings[i]; i++)
        if (str_ends(source, str_from(endings[i])))
            return true;
    for (size_t i = 0; names[i]; i++)
        if (str_eq(path_base(source), str_from(names[i])))
            return true;
    return false;
}

enum { NOT_FOUND, FOUND_PLAIN, FOUND_ARCHIVE };

static int compare_path(const void *key, const void *entry)
{
    return str_cmp(*(const str *)key, ((const struct context_entry *)entry)->path);
}

static int look_up(const struct build_context *context, str source)
{
    bool odd;
    ARENA_SCOPED scratch = {0};
    str path = path_clean(&scratch, source, &odd);
    if (path.len == 0)
        return FOUND_PLAIN; /* the context as a whole: a folder */
    const struct context_entry *entry =
        bsearch(&path, context->entries.items, context->entries.count,
                sizeof(*context->entries.items), compare_path);
    if (!entry)
        return NOT_FOUND;
    return entry->is_archive ? FOUND_ARCHIVE : FOUND_PLAIN;
}

/* False: it is, or must be taken for, something that only ADD can do. */
static bool source_serves(struct repair *repair, const struct dockerfile_word *source)
{
    str name = source->value;
    const struct build_context *context = repair->file->context;
    if (is_remote(name))
        return false;
    int found = context ? look_up(context, name) : NOT_FOUND;
    if (found == FOUND_ARCHIVE)
        return false;
    bool folder = str_ends(name, STR("/")) || str_eq(name, STR(".")) || str_eq(name, STR(".."));
    if (found == NOT_FOUND && !folder && (source->open || !is_plain_name(name)))
        repair_doubt(repair);
    return true;
}

static bool add_to_copy(struct repair *repair)
{
    static const char *const shared[] = {"chown", "chmod", "link", "exclude", NULL};
    const struct instruction *add = repair->instruction;
    if (!add || add->kind != INSTRUCTION_ADD || add->broken)
        return false;
    for (size_t i = 0; i < add->flags.count; i++) {
        size_t j = 0;
        while (shared[j] && !str_eq(add->flags.items[i].name, str_from(shared[j])))
            j++;
        if (!shared[j])
            return false;
    }
    for (size_t i = 0; i + 1 < add->words.count; i++) {
        bool heredoc = false;
        for (size_t j = 0; j < add->heredocs.count; j++)
            heredoc |= add->heredocs.items[j].opener.start == add->words.items[i].span.start;
        if (!heredoc && !source_serves(repair, &add->words.items[i]))
            return false;
    }
    repair_replace(repair, add->keyword, like(add, "COPY", "copy"));
    return true;
}

/* COPY a b /dir needs "/dir/". */
static bool end_destination(struct repair *repair)
{
    const struct instruction *copy = repair->instruction;
    if (!copy || copy->words.count < 3 || copy->broken)
        return false;
    const struct dockerfile_word *last = &copy->words.items[copy->words.count - 1];
    if (last->raw.len == 0 || str_ends(last->value, STR("/")))
        return false;
    bool closing = copy->is_json || str_ends(last->raw, STR("\"")) || str_ends(last->raw, STR("'"));
    repair_insert(repair, last->span.end - closing, STR("/"));
    return true;
}

static const struct repair_row rows[] = {
    {"dockerfile/add-instead-of-copy", EDIT_SAFE, "Replace ADD by COPY", add_to_copy},
    {"dockerfile/destination-without-slash", EDIT_SAFE, "End the destination with a slash",
     end_destination},
    {0},
};

const struct repair_table repair_copy = {rows};
