// SPDX-License-Identifier: Apache-2.0
#include "app/texts/texts.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/path.h"
#include "model/dockerfile.h"
#include "read/dockerfile/dockerfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * What is known of a build context: its .dockerignore, the names at its top, and of what ADD takes
 * whether it is an archive. More is not looked at: a context may be a whole project.
 */
enum { ENTRIES_MOST = 2000, MAGIC_LEN = 512, MAGIC_TAR_AT = 257 };

static str below(struct arena *arena, str folder, str name)
{
    return folder.len ? arena_join(arena, folder, STR("/"), name) : arena_str(arena, name);
}

static int compare_entries(const void *left, const void *right)
{
    return str_cmp(((const struct context_entry *)left)->path,
                   ((const struct context_entry *)right)->path);
}

/* Names at the top, sorted; complete where there is no folder among them. */
static struct build_context *list_context(struct arena *arena, str folder)
{
    struct build_context *context = arena_new(arena, struct build_context);
    DIR_SCOPED dir = opendir(folder.len ? arena_cstr(arena, folder) : ".");
    const struct dirent *entry;
    context->complete = dir != NULL;
    while (dir && (entry = readdir(dir))) {
        str name = str_from(entry->d_name);
        if (str_eq(name, STR(".")) || str_eq(name, STR("..")))
            continue;
        if (context->entries.count >= ENTRIES_MOST) {
            context->complete = false;
            break;
        }
        bool is_folder = entry->d_type == DT_DIR;
        context->complete &= !is_folder;
        *vec_push(arena, &context->entries) =
            (struct context_entry){.path = arena_str(arena, name), .is_folder = is_folder};
    }
    if (context->entries.count > 1)
        qsort(context->entries.items, context->entries.count, sizeof(*context->entries.items),
              compare_entries);
    return context;
}

static struct build_context *cached(struct texts *texts, str folder)
{
    pthread_mutex_lock(&texts->lock);
    bool fresh;
    uintptr_t *at =
        map_put(&texts->cache, &texts->contexts, arena_str(&texts->cache, folder), &fresh);
    if (fresh)
        *at = (uintptr_t)list_context(&texts->cache, folder);
    struct build_context *context = (struct build_context *)*at;
    pthread_mutex_unlock(&texts->lock);
    return context;
}

/* The Dockerfile's own ignore file, else the context's. */
static void read_ignore(struct arena *arena, str folder, str dockerfile_path,
                        struct build_context *context)
{
    const str places[] = {
        arena_join(arena, dockerfile_path, (str){0}, STR(".dockerignore")),
        below(arena, folder, STR(".dockerignore")),
    };
    for (size_t i = 0; i < 2 && !context->has_ignore; i++) {
        struct err ignored = {0};
        str text;
        context->ignore_path = places[i];
        if (fd_read_file(arena, places[i].ptr, LIMIT_SETTINGS, &text, &ignored) < 0)
            continue;
        context->has_ignore = true;
        context->ignore = ignore_parse(arena, text);
    }
}

static bool is_archive(const char *path)
{
    static const struct {
        str magic;
        size_t at;
    } kinds[] = {{STR_INIT("\x1f\x8b"), 0},
                 {STR_INIT("BZh"), 0},
                 {STR_INIT("\xfd"
                           "7zXZ"),
                  0},
                 {STR_INIT("\x28\xb5\x2f\xfd"), 0},
                 {STR_INIT("ustar"), MAGIC_TAR_AT}};
    char head[MAGIC_LEN];
    FD_SCOPED fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t len = fd < 0 ? -1 : read(fd, head, sizeof(head));
    for (size_t i = 0; len > 0 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (str_starts(str_from_index(str_make(head, (size_t)len), kinds[i].at), kinds[i].magic))
            return true;
    return false;
}

/* What ADD names exactly; globs and what a variable leaves open are not looked up. */
static void look_up_sources(struct arena *arena, str folder, const struct instruction *add,
                            struct build_context *context)
{
    for (size_t i = 0; i + 1 < add->words.count; i++) {
        const struct dockerfile_word *word = &add->words.items[i];
        bool odd;
        struct stat st;
        if (word->open || str_contains(word->value, STR("://")) || word->value.len > LIMIT_PATH)
            continue;
        str path = path_clean(arena, word->value, &odd);
        str full = below(arena, folder, path);
        /* Of a link, Docker takes what it leads to. */
        if (odd || path.len == 0 || stat(full.ptr, &st) < 0)
            continue;
        *vec_push(arena, &context->entries) = (struct context_entry){
            .path = path,
            .is_folder = S_ISDIR(st.st_mode),
            .is_archive = S_ISREG(st.st_mode) && is_archive(full.ptr),
        };
    }
}

/* Of two entries of one path the one that knows more is kept. */
static void sort_entries(struct context_entries *entries)
{
    size_t kept = 0;
    if (entries->count > 1)
        qsort(entries->items, entries->count, sizeof(*entries->items), compare_entries);
    for (size_t i = 0; i < entries->count; i++) {
        if (kept && str_eq(entries->items[kept - 1].path, entries->items[i].path))
            entries->items[kept - 1].is_archive |= entries->items[i].is_archive;
        else
            entries->items[kept++] = entries->items[i];
    }
    entries->count = kept;
}

const struct build_context *texts_context(struct texts *texts, struct arena *arena, str folder,
                                          str dockerfile_path, const struct dockerfile *dockerfile)
{
    bool copies = false, adds = false;
    for (size_t i = 0; i < dockerfile->instructions.count; i++) {
        const struct instruction *instruction = dockerfile->instructions.items[i];
        copies |= instruction->kind == INSTRUCTION_COPY;
        adds |= instruction->kind == INSTRUCTION_ADD;
    }
    if (!copies && !adds)
        return NULL;
    struct build_context *context = arena_new(arena, struct build_context);
    *context = *cached(texts, folder);
    read_ignore(arena, folder, dockerfile_path, context);
    if (!adds)
        return context;
    size_t count = context->entries.count;
    context->entries.items =
        arena_copy(arena, context->entries.items, count * sizeof(*context->entries.items));
    context->entries.capacity = count;
    for (size_t i = 0; i < dockerfile->instructions.count; i++)
        if (dockerfile->instructions.items[i]->kind == INSTRUCTION_ADD)
            look_up_sources(arena, folder, dockerfile->instructions.items[i], context);
    sort_entries(&context->entries);
    return context;
}
