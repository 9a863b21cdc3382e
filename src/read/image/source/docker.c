// SPDX-License-Identifier: Apache-2.0
#include "base/fd.h"
#include "base/limits.h"
#include "io/engine.h"
#include "read/image/engine_answer.h"
#include "read/image/platform.h"
#include "read/image/source.h"

#include <string.h>

/*
 * An image of a container engine, as `docker save` gives it, but streamed. What the engine says
 * about it (inspect, history) is fetched first, as bytes; the archive only where a layer is not
 * in the cache.
 */
struct engine_image {
    struct engine engine;
    str reference;
    str inspect, history; /* JSON, unparsed until read() */
    str no_history;       /* why there is none */
    struct http_pipe *pipe;
    int fd;
};

/* Characters of references: names, tags, digests, ids. Not a check of their grammar: that is the
 * engine's, but nothing gets into a url that could change its meaning. */
static bool is_reference(str text)
{
    if (!text.len || text.len > LIMIT_REFERENCE || text.ptr[0] == '/' || text.ptr[0] == '.' ||
        str_contains(text, STR("..")) || str_contains(text, STR("//")))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && !(c && strchr("._-/:@", c)))
            return false;
    }
    return true;
}

static unsigned bid(const struct target *target)
{
    bool candidate = !target->is_stream && !target->path && is_reference(target->text);
    return candidate ? 50 : 0;
}

/* "?platform={...}", or nothing where none was asked for or the engine does not know it (it then
 * has one platform of each image, which read() compares). */
static int platform_query(struct arena *arena, const struct engine *engine, unsigned since,
                          const char *wanted, str *ret, struct err *err)
{
    struct platform platform;
    *ret = STR("");
    if (!wanted)
        return 0;
    if (platform_parse(arena, str_from(wanted), &platform, err) < 0)
        return -1;
    if (engine->minor < since)
        return 0;
    bool has_variant = platform.variant.len > 0;
    str json = arena_printf(arena, "{\"os\":\"%.*s\",\"architecture\":\"%.*s\"%s%.*s%s}",
                            STR_ARG(platform.os), STR_ARG(platform.architecture),
                            has_variant ? ",\"variant\":\"" : "", STR_ARG(platform.variant),
                            has_variant ? "\"" : "");
    str escaped = engine_escape(arena, json);
    *ret = arena_printf(arena, "?platform=%.*s", STR_ARG(escaped));
    return 0;
}

/* GET /images/REF/<what>; `since` is the API's first version with ?platform= for it. */
static int image_path(struct arena *arena, const struct engine_image *image, const char *what,
                      unsigned since, const char *platform, const char **ret, struct err *err)
{
    str query = {0};
    if (platform_query(arena, &image->engine, since, platform, &query, err) < 0)
        return -1;
    str name = engine_escape(arena, image->reference);
    *ret = arena_printf(arena, "/images/%.*s/%s%.*s", STR_ARG(name), what, STR_ARG(query)).ptr;
    return 0;
}

/* The history only says who made a layer: without it, the image can be looked at all the same. */
static int fetch_history(struct arena *arena, struct engine_image *image, const char *platform,
                         struct err *err)
{
    const char *path = NULL;
    struct err failure = {0};
    if (image_path(arena, image, "history", 48, platform, &path, err) < 0)
        return -1;
    if (engine_get(&image->engine, path, arena, &image->history, &failure) < 0)
        image->no_history = arena_str(arena, err_text(&failure));
    return 0;
}

static int fetch(struct arena *arena, struct engine_image *image, const char *platform,
                 struct err *err)
{
    const char *path = NULL;
    if (image_path(arena, image, "json", 49, platform, &path, err) < 0 ||
        engine_get(&image->engine, path, arena, &image->inspect, err) < 0 ||
        fetch_history(arena, image, platform, err) < 0 ||
        image_path(arena, image, "get", 48, platform, &path, err) < 0)
        return -1;
    return engine_pipe(&image->engine, path, &image->pipe, &image->fd, err);
}

/* The engine was reached and says nothing more than that it has no such image. */
static bool says_no_image(const struct engine_image *image, const struct err *err)
{
    str words = str_from(err->message);
    return image->engine.minor && str_find(words, STR("o such image")) != STR_NONE &&
           str_find(words, image->reference) != STR_NONE;
}

static int open_image(struct arena *arena, const struct target *target,
                      const struct image_options *options, void **ret_state, struct err *err)
{
    const struct engine_environment environment = engine_environment(arena, options->host);
    struct engine_image *image = arena_new(arena, struct engine_image);
    image->fd = -1;
    image->reference = target->text;
    *ret_state = image;
    if (!is_reference(target->text))
        return err_set(err, ERR_USAGE, "\"%.*s\" is no reference of an image",
                       STR_ARG(target->text));
    if (engine_find(arena, &environment, &image->engine, err) == 0 &&
        engine_connect(&image->engine, err) == 0 &&
        fetch(arena, image, options->platform, err) == 0)
        return 0;
    /* A reference without a scheme is also what a mistyped path looks like: say both. */
    const char *no_path = target->has_scheme ? "" : ", and no file or folder of that name";
    if (err->kind == ERR_NOT_FOUND && says_no_image(image, err))
        return err_set(err, ERR_NOT_FOUND, "no image \"%.*s\" at the engine %.*s (%.*s)%s",
                       STR_ARG(target->text), STR_ARG(image->engine.address),
                       STR_ARG(image->engine.origin), no_path);
    if (err->kind == ERR_NOT_FOUND)
        return err_wrap(err, "no image \"%.*s\"%s", STR_ARG(target->text), no_path);
    return err_wrap(err, "image \"%.*s\"%s", STR_ARG(target->text), no_path);
}

/* An engine before API 1.49 gives the platform that it has. */
static int check_platform(struct arena *arena, const struct image *image, const char *wanted,
                          struct err *err)
{
    struct platform want, have;
    if (!wanted || !image->platform.len)
        return 0;
    if (platform_parse(arena, str_from(wanted), &want, err) < 0 ||
        platform_parse(arena, image->platform, &have, err) < 0)
        return -1;
    if (platform_rank(want, have) != PLATFORM_NO_MATCH)
        return 0;
    return err_set(err, ERR_NOT_FOUND, "the engine has \"%.*s\" for %.*s, not for %s",
                   STR_ARG(image->name), STR_ARG(image->platform), wanted);
}

static bool same_layers(const struct image *a, const struct image *b)
{
    if (a->layers.count != b->layers.count)
        return false;
    for (size_t i = 0; i < a->layers.count; i++)
        if (!str_eq(a->layers.items[i].diff_id, b->layers.items[i].diff_id))
            return false;
    return true;
}

/* The archive may end early because the engine did; then the engine's reason is the better one. */
static int read_archive(struct engine_image *image, struct walk *walk, struct image *archive,
                        struct err *err)
{
    struct err failure = {0};
    if (http_pipe_start(image->pipe, err) < 0)
        return -1;
    STREAM_SCOPED stream = stream_pipe(image->fd, false);
    int result = walk_archive_stream(walk, stream, STR(""), archive, err);
    int finished = http_pipe_finish(image->pipe, &failure);
    image->pipe = NULL;
    if (finished < 0)
        err_wrap(&failure, "engine at %.*s", STR_ARG(image->engine.address));
    if (result < 0 && finished < 0)
        *err = failure;
    else if (finished < 0)
        walk_add_gap(walk, image->reference, arena_str(walk_arena(walk), err_text(&failure)));
    return result;
}

static int read_image(void *state, struct walk *walk, struct image *image, struct err *err)
{
    struct engine_image *from = state;
    struct image archive = {0};
    if (engine_answer_read(walk_arena(walk), from->reference, from->inspect, from->history, image,
                           err) < 0)
        return err_wrap(err, "engine at %.*s", STR_ARG(from->engine.address));
    if (check_platform(walk_arena(walk), image, walk_options(walk)->platform, err) < 0)
        return -1;
    if (from->no_history.len)
        walk_add_gap(walk, STR("history"), from->no_history);
    image->config = from->inspect;
    image->history = from->history;
    if (walk_take_cached(walk, image))
        return 0;
    if (read_archive(from, walk, &archive, err) < 0)
        return -1;
    /* What is shown comes from the same answers whether or not the archive had to be read. */
    if (same_layers(image, &archive))
        return 0;
    walk_add_gap(walk, image->name, STR("the archive has other layers than the engine says"));
    archive.kind = image->kind;
    archive.name = image->name;
    *image = archive;
    return 0;
}

static void close_image(void *state)
{
    struct engine_image *image = state;
    struct err ignored = {0};
    fd_close(&image->fd);
    if (image->pipe)
        http_pipe_finish(image->pipe, &ignored);
}

const struct source source_docker = {
    .scheme = "docker",
    .summary = "image of a container engine (Docker, Podman), by name or id",
    .bid = bid,
    .open = open_image,
    .read = read_image,
    .close = close_image,
};
