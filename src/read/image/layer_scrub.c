// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"
#include "read/image/layer.h"

#include <string.h>

/*
 * The texts of scripts are kept for what they start, in files that outlive the scan. What they
 * start is never a secret: those that were found, and what is given to a name like PASSWORD, is
 * overwritten by letters that name no program.
 */
static const char filler = 'x';

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

/* DB_PASSWORD, --token, apikey. */
static bool names_secret(str name)
{
    static const char *const endings[] = {
        "password", "passwd",  "pass",       "pwd",         "secret",     "token",      "apikey",
        "api_key",  "api-key", "credential", "credentials", "secret_key", "access_key", NULL};
    for (const char *const *ending = endings; *ending; ending++) {
        size_t len = strlen(*ending);
        if (name.len >= len &&
            str_eq_nocase(str_from_index(name, name.len - len), str_from(*ending)))
            return true;
    }
    return false;
}

/* Of NAME=value, NAME: value and --name value, where `at` is behind the name. Where the value
 * before it ended, *end, this one ends too if it begins within it: a=a=a=... is looked through
 * once. */
static void blank_value(char *text, size_t len, size_t start, size_t at, size_t *end)
{
    str rest = str_make(text + at, len - at);
    bool assigned = str_skip(&rest, STR("=")), spaced = str_skip(&rest, STR(": "));
    bool option = text[start] == '-' && str_skip(&rest, STR(" "));
    if (!assigned && !spaced && !option)
        return;
    if (!str_skip(&rest, STR("\"")))
        str_skip(&rest, STR("'"));
    size_t from = len - rest.len;
    if (*end < from)
        *end = from;
    while (*end < len && !strchr(" \t\r\n\"';&|(){}$`", text[*end]))
        ++*end;
    /* What stands elsewhere is none: a variable, a command, a file; nor is another option. */
    bool elsewhere = *end < len && strchr("$`(", text[*end]);
    if (!elsewhere && *end > from && text[from] != '/' && !(option && text[from] == '-'))
        memset(text + from, filler, *end - from);
}

static void blank_named(char *text, size_t len)
{
    size_t end = 0;
    for (size_t at = 0; at < len; at++) {
        size_t start = at;
        while (at < len && is_name_byte(text[at]))
            at++;
        if (at > start && names_secret(str_make(text + start, at - start)))
            blank_value(text, len, start, at, &end);
    }
}

/* A find is told once, with its number, however often it stands there. */
static void blank_find(char *text, size_t len, const struct secret *secret)
{
    if (!secret->length || secret->length > len || secret->offset > len - secret->length)
        return;
    char *value = text + secret->offset, *at = text;
    size_t size = (size_t)secret->length;
    while (secret->count > 1 && (at = memmem(at, (size_t)(text + len - at), value, size))) {
        if (at != value)
            memset(at, filler, size);
        at += size;
    }
    memset(value, filler, size);
}

/* Words of a script in another language, one a line; of the secret only both ends are known. */
static void blank_words(char *words, size_t len, str shown)
{
    size_t dots = str_find(shown, STR("..."));
    str word, rest = str_make(words, len);
    if (dots == STR_NONE || dots == 0)
        return;
    while (str_next(&rest, '\n', &word))
        if (str_starts(word, str_sub(shown, 0, dots)) &&
            str_ends(word, str_from_index(shown, dots + STR("...").len)))
            memset(words + (word.ptr - words), filler, word.len);
}

/* A script's texts, to be written to. */
struct texts {
    char *text, *words;
    size_t len, words_len;
};

static struct texts *texts_of(struct arena *arena, struct arena *scratch, struct script *script)
{
    struct texts *texts = arena_new(scratch, struct texts);
    texts->len = script->text.len;
    texts->words_len = script->commands.len;
    texts->text = arena_copy(arena, script->text.ptr, script->text.len);
    texts->words = arena_copy(arena, script->commands.ptr, script->commands.len);
    script->text.ptr = texts->text;
    script->commands.ptr = texts->words;
    return texts;
}

void layer_scrub(struct layer_facts *facts)
{
    ARENA_SCOPED scratch = {0};
    struct map scripts = {0}; /* path -> struct texts */
    for (size_t i = 0; i < facts->facts.count; i++) {
        struct fact *fact = &facts->facts.items[i];
        if (fact->kind != FACT_SCRIPT)
            continue;
        struct texts *texts = texts_of(&facts->arena, &scratch, &fact->script);
        blank_named(texts->text, texts->len);
        *map_put(&scratch, &scripts, fact->path, NULL) = (uintptr_t)texts;
    }
    for (size_t i = 0; scripts.count && i < facts->facts.count; i++) {
        const struct fact *fact = &facts->facts.items[i];
        uintptr_t *at = fact->kind == FACT_SECRET ? map_get(&scripts, fact->path) : NULL;
        if (!at)
            continue;
        const struct texts *texts = (const struct texts *)*at;
        blank_find(texts->text, texts->len, &fact->secret);
        blank_words(texts->words, texts->words_len, fact->secret.shown);
    }
}
