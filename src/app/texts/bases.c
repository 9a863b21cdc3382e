// SPDX-License-Identifier: Apache-2.0
#include "app/texts/texts_internal.h"
#include "base/fd.h"
#include "base/limits.h"
#include "read/engine/engine.h"

int texts_ask_engine(struct texts *texts, struct err *err)
{
    return answers_fetch(texts->arena, NULL, &texts->answers, err);
}

static void add_base(struct texts *texts, const struct engine_image *image, str name)
{
    struct arena *arena = texts->arena;
    struct base_image *base = vec_push(arena, &texts->bases);
    *base = (struct base_image){
        .name = name,
        .user = image->user,
        .workdir = image->workdir,
        .platform = image->platform,
        .has_healthcheck = image->has_healthcheck,
        .has_cmd = image->has_cmd,
        .has_entrypoint = image->has_entrypoint,
    };
    for (size_t i = 0; i < image->shell.count; i++)
        *vec_push(arena, &base->shell) = image->shell.items[i];
    for (size_t i = 0; i < image->onbuild.count; i++) {
        str rest = image->onbuild.items[i], keyword;
        *vec_push(arena, &base->onbuild) = rest;
        str_next_word(&rest, &keyword);
        base->has_healthcheck |= str_eq_nocase(keyword, STR("HEALTHCHECK"));
        base->has_cmd |= str_eq_nocase(keyword, STR("CMD"));
        base->has_entrypoint |= str_eq_nocase(keyword, STR("ENTRYPOINT"));
    }
    for (size_t i = 0; i < image->env.count; i++) {
        str variable, value;
        str_cut(image->env.items[i], '=', &variable, &value);
        *vec_push(arena, &base->env) = (struct base_variable){variable, value};
    }
}

/* "registry/app@sha256:..." of the same repository as the tag. */
static str digest_of_tag(const struct engine_image *image, str repository)
{
    for (size_t i = 0; i < image->digests.count; i++) {
        str name, digest;
        if (str_cut(image->digests.items[i], '@', &name, &digest) && str_eq(name, repository))
            return digest;
    }
    return (str){0};
}

static void add_image(struct texts *texts, const struct engine_image *image)
{
    for (size_t i = 0; i < image->tags.count; i++) {
        str tag = image->tags.items[i];
        size_t colon = str_rfind_char(tag, ':');
        str repository = str_sub(tag, 0, colon == STR_NONE ? tag.len : colon);
        str digest = digest_of_tag(image, repository);
        add_base(texts, image, tag);
        if (str_ends(tag, STR(":latest")))
            add_base(texts, image, repository);
        if (digest.len)
            *vec_push(texts->arena, &texts->digests) = (struct base_digest){tag, digest};
    }
}

static bool is_digest(str text)
{
    enum { HEX = 64 };
    if (!str_skip(&text, STR("sha256:")) || text.len != HEX)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!((text.ptr[i] >= '0' && text.ptr[i] <= '9') ||
              (text.ptr[i] >= 'a' && text.ptr[i] <= 'f')))
            return false;
    return true;
}

/* Lines of NAME@DIGEST or NAME DIGEST; '#' starts a comment. They win over the engine. */
static int read_lock(struct texts *texts, const char *path, struct err *err)
{
    str text, line;
    if (fd_read_file(texts->arena, path, LIMIT_SETTINGS, &text, err) < 0)
        return err_wrap(err, "--lock");
    for (size_t number = 1; str_next_line(&text, &line); number++) {
        str name, digest;
        line = str_trim(line);
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        if (!str_cut(line, '@', &name, &digest) && !str_cut(line, ' ', &name, &digest))
            digest = (str){0};
        name = str_trim(name);
        digest = str_trim(digest);
        if (!name.len || !is_digest(digest))
            return err_set(err, ERR_FORMAT, "--lock %s: line %zu is not NAME@sha256:...", path,
                           number);
        *vec_push(texts->arena, &texts->digests) = (struct base_digest){name, digest};
    }
    return 0;
}

int texts_read_bases(struct texts *texts, struct err *err)
{
    if (texts->settings->lock && read_lock(texts, texts->settings->lock, err) < 0)
        return -1;
    if (texts->answers) {
        struct engine_facts *facts = arena_new(texts->arena, struct engine_facts);
        answers_read(texts->arena, texts->answers, facts);
        for (size_t i = 0; i < facts->images.count; i++)
            add_image(texts, &facts->images.items[i]);
        texts->build.platform = facts->platform;
    }
    texts->build.bases = &texts->bases;
    texts->build.digests = &texts->digests;
    return 0;
}
