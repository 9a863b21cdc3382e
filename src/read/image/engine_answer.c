// SPDX-License-Identifier: Apache-2.0
#include "read/image/engine_answer.h"

#include "base/limits.h"
#include "io/digest.h"
#include "io/json.h"
#include "read/image/platform.h"

static bool is_digest(str text)
{
    enum digest_algorithm algorithm;
    str hex;
    return digest_parse(text, &algorithm, &hex);
}

/* The tag that the user meant, spelled as the engine has it; what the user wrote where that is a
 * tag unknown here ("docker.io/library/debian:12"); the first tag where it is an id. */
static str choose_name(const struct json *inspect, str reference)
{
    const struct json *tags = json_get(inspect, "RepoTags"), *tag;
    str first = {0}, id = json_get_string(inspect, "Id"), bare = id;
    for (tag = json_first(tags); tag; tag = json_next(tag)) {
        str text = json_string(tag), rest = text;
        if (str_eq(text, reference))
            return text;
        if (str_skip(&rest, reference) && str_eq(rest, STR(":latest")))
            return text;
        if (!first.len)
            first = text;
    }
    str_skip(&bare, STR("sha256:"));
    bool is_id = str_starts(id, reference) || str_starts(bare, reference);
    return is_id && first.len ? first : reference;
}

/* The digest of the manifest under the name that was asked for, or under any; else the id. */
static str choose_digest(const struct json *inspect, str name)
{
    const struct json *entry = json_first(json_get(inspect, "RepoDigests"));
    str any = {0}, repository = name;
    size_t colon = str_rfind_char(name, ':'), slash = str_rfind_char(name, '/');
    if (colon != STR_NONE && (slash == STR_NONE || colon > slash))
        repository = str_sub(name, 0, colon);
    for (; entry; entry = json_next(entry)) {
        str text = json_string(entry);
        size_t at = str_rfind_char(text, '@');
        str digest = at == STR_NONE ? (str){0} : str_from_index(text, at + 1);
        if (!is_digest(digest))
            continue;
        if (str_eq(str_sub(text, 0, at), repository))
            return digest;
        if (!any.len)
            any = digest;
    }
    return any.len ? any : json_get_string(inspect, "Id");
}

static str platform_of(struct arena *arena, const struct json *inspect)
{
    struct platform platform = {.os = json_get_string(inspect, "Os"),
                                .architecture = json_get_string(inspect, "Architecture"),
                                .variant = json_get_string(inspect, "Variant")};
    if (!platform.os.len || !platform.architecture.len)
        return STR("");
    return arena_str(arena, platform_text(arena, platform_normalise(platform)));
}

static int read_layers(struct arena *arena, const struct json *inspect, struct image *image,
                       struct err *err)
{
    const struct json *layers = json_get(json_get(inspect, "RootFS"), "Layers"), *at;
    if (json_count(layers) > LIMIT_LAYERS)
        return err_set(err, ERR_LIMIT, "the engine's answer names more than %d layers",
                       LIMIT_LAYERS);
    for (at = json_first(layers); at; at = json_next(at)) {
        if (!is_digest(json_string(at)))
            return err_set(err, ERR_FORMAT, "the engine's answer names a layer by no digest");
        vec_push(arena, &image->layers)->diff_id = arena_str(arena, json_string(at));
    }
    return 0;
}

/* Whether an instruction of a Dockerfile is one of `words`. */
static bool is_instruction(str created_by, const char *const *words)
{
    str rest = created_by, word = {0};
    str_skip(&rest, STR("/bin/sh -c "));
    str_skip(&rest, STR("#(nop)"));
    str_next_word(&rest, &word);
    for (; *words; words++)
        if (str_eq(word, str_from(*words)))
            return true;
    return false;
}

/* Ways to tell which entries of a history made a layer, the likeliest first: those with a size
 * did; of the others, those that do not only change the config. WORKDIR makes its folder, and so
 * an almost empty layer, with some builders. */
enum layer_guess { BY_SIZE_OR_INSTRUCTION, BY_SIZE_OR_INSTRUCTION_OR_WORKDIR, BY_SIZE, GUESSES };

static bool makes_layer(const struct json *entry, enum layer_guess guess)
{
    static const char *const config_only[] = {
        "ENV", "CMD",   "ENTRYPOINT", "LABEL",      "EXPOSE",      "USER",       "VOLUME",
        "ARG", "SHELL", "ONBUILD",    "STOPSIGNAL", "HEALTHCHECK", "MAINTAINER", NULL};
    static const char *const workdir[] = {"WORKDIR", NULL};
    str created_by = json_get_string(entry, "CreatedBy");
    if (json_u64(json_get(entry, "Size"), 0) > 0)
        return true;
    if (guess == BY_SIZE || is_instruction(created_by, config_only))
        return false;
    return guess == BY_SIZE_OR_INSTRUCTION_OR_WORKDIR || !is_instruction(created_by, workdir);
}

/* The answer lists the newest first. */
static void read_history(struct arena *arena, const struct json *history, struct image *image)
{
    const struct json *entry;
    size_t count = 0;
    enum layer_guess guess;
    for (guess = 0; guess < GUESSES; guess++) {
        count = 0;
        for (entry = json_first(history); entry; entry = json_next(entry))
            count += makes_layer(entry, guess);
        if (count == image->layers.count)
            break;
    }
    for (entry = json_first(history); entry && guess < GUESSES; entry = json_next(entry)) {
        if (!makes_layer(entry, guess))
            continue;
        struct layer *layer = &image->layers.items[--count];
        layer->created_by = arena_str(arena, json_get_string(entry, "CreatedBy"));
        layer->size = json_u64(json_get(entry, "Size"), 0);
    }
}

int engine_answer_read(struct arena *arena, str reference, str inspect, str history,
                       struct image *ret, struct err *err)
{
    struct err ignored = {0};
    *ret = (struct image){.kind = STR("docker")};
    JSON_SCOPED json = json_parse(inspect, err);
    if (!json)
        return err_wrap(err, "the engine's answer");
    if (!json_is_object(json) || !json_get_string(json, "Id").len)
        return err_set(err, ERR_FORMAT, "the engine's answer describes no image");
    str name = choose_name(json, reference);
    ret->name = arena_str(arena, name);
    ret->digest = arena_str(arena, choose_digest(json, name));
    ret->platform = platform_of(arena, json);
    ret->created = arena_str(arena, json_get_string(json, "Created"));
    if (read_layers(arena, json, ret, err) < 0)
        return -1;
    JSON_SCOPED past = history.len ? json_parse(history, &ignored) : NULL;
    read_history(arena, past, ret);
    return 0;
}
