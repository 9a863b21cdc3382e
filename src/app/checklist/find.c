// SPDX-License-Identifier: Apache-2.0
/* What belongs together. All of it is before the sandbox: files of the project and the engine's
 * answers are only searched for words, and every word is but a name to ask the engine about. */
#include "app/checklist/joined.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/path.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST_WORDS = 1000, COMPOSE_BYTES = 1 << 18 };

static bool is_folder(const char *path)
{
    DIR *dir = opendir(path);
    if (dir)
        closedir(dir);
    return dir != NULL;
}

static bool has(struct arena *arena, const char *folder, const char *name)
{
    return access(arena_printf(arena, "%s/%s", folder, name).ptr, F_OK) == 0;
}

/* A root file system or an OCI layout is a folder, too. */
static bool is_project(struct arena *arena, const char *path)
{
    if (!is_folder(path))
        return texts_is_text(path);
    return !has(arena, path, "oci-layout") &&
           !(has(arena, path, "etc") && has(arena, path, "usr") && has(arena, path, "bin"));
}

/* compose's: lower case, and only letters, digits, - and _. */
static str project_name(struct arena *arena, str folder)
{
    str base = path_base(folder);
    char *name = arena_alloc(arena, base.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < base.len; i++) {
        char c = base.ptr[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_')
            name[len++] = c;
    }
    return str_make(name, len);
}

static str unquoted(str text)
{
    str word = {0};
    text = str_trim(text);
    if (text.len > 1 && (text.ptr[0] == '"' || text.ptr[0] == '\''))
        return str_sub(text, 1, text.len - 2);
    return str_next_word(&text, &word) ? word : text;
}

/* "  web:" may be a service, "image: a:1" is an image. */
static void note_words(struct joined *joined, str text)
{
    struct arena *arena = joined->invocation->arena;
    struct engine_project *names = &joined->names;
    str line, key, value = {0};
    while (str_next_line(&text, &line)) {
        str trimmed = str_trim(line);
        bool indented = trimmed.ptr != line.ptr;
        if (trimmed.len == 0 || !str_cut(trimmed, ':', &key, &value))
            continue;
        key = unquoted(key);
        value = unquoted(value);
        if (!indented && str_eq(key, STR("name")) && value.len)
            names->name = arena_str(arena, value);
        else if (indented && str_eq(key, STR("image")) && value.len &&
                 names->images.count < MOST_WORDS)
            *vec_push(arena, &names->images) = arena_str(arena, value);
        else if (indented && value.len == 0 && key.len && names->services.count < MOST_WORDS)
            *vec_push(arena, &names->services) = arena_str(arena, key);
    }
}

static void read_words(struct joined *joined, const char *path)
{
    struct arena *arena = joined->invocation->arena;
    FD_SCOPED fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    char *bytes = fd < 0 ? NULL : arena_alloc(arena, COMPOSE_BYTES);
    ssize_t got = bytes ? read(fd, bytes, COMPOSE_BYTES) : -1;
    if (got > 0)
        note_words(joined, str_make(bytes, (size_t)got));
}

static void find_names(struct joined *joined)
{
    static const char *const files[] = {"compose.yaml", "compose.yml", "docker-compose.yaml",
                                        "docker-compose.yml"};
    struct arena *arena = joined->invocation->arena;
    char *real = realpath(joined->project, NULL);
    str path = real ? arena_str(arena, str_from(real)) : (str){0};
    free(real);
    bool folder = is_folder(joined->project);
    joined->names.folder = folder ? path : path_parent(path);
    joined->names.name = project_name(arena, joined->names.folder);
    if (!folder)
        read_words(joined, joined->project);
    for (size_t i = 0; folder && i < sizeof(files) / sizeof(files[0]); i++)
        read_words(joined, arena_printf(arena, "%s/%s", joined->project, files[i]).ptr);
}

static void add_image(struct joined *joined, const char *target)
{
    if (joined->image_count < MOST_IMAGES)
        joined->images[joined->image_count++] = target;
    else
        joined->images_left_out++;
}

/* By its tag, which people know, where that still is this image. */
static void add_known(struct joined *joined, const struct engine_image_name *image)
{
    struct arena *arena = joined->invocation->arena;
    *vec_push(arena, &joined->ids) = *image;
    add_image(joined, arena_printf(arena, "docker:%.*s", STR_ARG(image->name)).ptr);
}

static void find_project_images(struct joined *joined)
{
    struct machine *machine = &joined->machine;
    struct arena *arena = joined->invocation->arena;
    struct engine_image_names found = {0};
    if (!joined->has_machine) {
        str name = joined->names.name;
        joined->image_is_guess = name.len > 0;
        if (name.len)
            add_image(joined, arena_printf(arena, "docker:%.*s", STR_ARG(name)).ptr);
        return;
    }
    joined->image_is_guess = true;
    for (size_t i = 0; i < machine->answers.count; i++)
        answers_project_images(arena, machine->answers.items[i], &joined->names, &found);
    for (size_t i = 0; i < found.count; i++)
        add_known(joined, &found.items[i]);
}

static bool find_container(struct joined *joined, str word)
{
    struct machine *machine = &joined->machine;
    struct engine_image_name image;
    for (size_t i = 0; joined->has_machine && i < machine->answers.count; i++)
        if (answers_find_container(joined->invocation->arena, machine->answers.items[i], word,
                                   &joined->container, &image)) {
            joined->image_is_guess = true; /* it may be gone */
            if (image.id.len && joined->image_count == 0)
                add_known(joined, &(const struct engine_image_name){image.id, image.id});
            return true;
        }
    joined->container = (str){0};
    return false;
}

/* An image of that name goes before a container that happens to be called like one. */
static bool is_image(const struct joined *joined, const char *word)
{
    struct engine_project project = {0};
    struct engine_image_names found = {0};
    struct arena *arena = joined->invocation->arena;
    *vec_push(arena, &project.images) = str_from(word);
    for (size_t i = 0; joined->has_machine && i < joined->machine.answers.count; i++)
        answers_project_images(arena, joined->machine.answers.items[i], &project, &found);
    return found.count > 0;
}

void joined_find(struct joined *joined)
{
    const char *target = joined->invocation->operand_count ? joined->invocation->operands[0] : ".";
    str word = str_from(target);
    if (joined->settings->image)
        add_image(joined, joined->settings->image);
    if (str_skip(&word, STR("container:"))) {
        if (!find_container(joined, word))
            add_image(joined, target);
        return;
    }
    if (is_project(joined->invocation->arena, target)) {
        joined->project = target;
        find_names(joined);
        if (joined->image_count == 0)
            find_project_images(joined);
        return;
    }
    if (access(target, F_OK) != 0 && !is_image(joined, target) && find_container(joined, word))
        return;
    if (joined->image_count == 0)
        add_image(joined, target);
}
