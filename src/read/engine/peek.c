// SPDX-License-Identifier: Apache-2.0
/*
 * What is taken from an engine's answers before the sandbox: objects of an array and their members,
 * by their place alone. Nothing is unescaped or converted, every step only looks for quotes and
 * brackets, and what is damaged is not found.
 */
#include "read/engine/answers.h"

enum { HEX = 64, LEAST_PREFIX = 8 };

static bool is_hex(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return true;
}

static bool is_id(str text)
{
    str_skip(&text, STR("sha256:"));
    return text.len == HEX && is_hex(text);
}

/* The string that starts at text[at], without quotes; *ret_end is behind it. */
static str string_at(str text, size_t at, size_t *ret_end)
{
    size_t end = at + 1;
    while (end < text.len && text.ptr[end] != '"')
        end += text.ptr[end] == '\\' ? 2 : 1;
    *ret_end = end < text.len ? end + 1 : text.len;
    return str_sub(text, at + 1, end - at - 1);
}

/* Behind the value at text[at]; the text's end where it never ends. */
static size_t value_end(str text, size_t at)
{
    size_t depth = 0;
    while (at < text.len) {
        char c = text.ptr[at];
        if (c == '"') {
            string_at(text, at, &at);
        } else {
            if (depth == 0 && (c == ',' || c == '}' || c == ']'))
                return at;
            depth += c == '{' || c == '[';
            depth -= (c == '}' || c == ']') && depth > 0;
            at++;
        }
        if (depth == 0 && (c == '"' || c == '}' || c == ']'))
            return at;
    }
    return text.len;
}

static size_t skip_space(str text, size_t at)
{
    while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\n' || text.ptr[at] == '\r' ||
                             text.ptr[at] == '\t'))
        at++;
    return at;
}

bool answer_object(str body, size_t *at, str *ret)
{
    size_t i = skip_space(body, *at);
    if (*at == 0) {
        if (i >= body.len || body.ptr[i] != '[')
            return false;
        i++;
    }
    for (;;) {
        i = skip_space(body, i);
        if (i < body.len && body.ptr[i] == ',') {
            i++;
            continue;
        }
        if (i >= body.len || body.ptr[i] == ']' || body.ptr[i] == '}')
            return false;
        size_t end = value_end(body, i);
        bool is_object = body.ptr[i] == '{';
        *ret = str_sub(body, i, end - i);
        *at = i = end;
        if (is_object)
            return true;
    }
}

str answer_member(str object, str name)
{
    size_t i = skip_space(object, 0);
    if (i >= object.len || object.ptr[i] != '{')
        return (str){0};
    for (i++;;) {
        i = skip_space(object, i);
        if (i < object.len && object.ptr[i] == ',') {
            i++;
            continue;
        }
        if (i >= object.len || object.ptr[i] != '"')
            return (str){0};
        str key = string_at(object, i, &i);
        i = skip_space(object, i);
        if (i >= object.len || object.ptr[i] != ':')
            return (str){0};
        i = skip_space(object, i + 1);
        size_t end = value_end(object, i), ignored;
        if (str_eq(key, name) && i < object.len)
            return object.ptr[i] == '"' ? string_at(object, i, &ignored)
                                        : str_trim(str_sub(object, i, end - i));
        i = end;
    }
}

struct str_list answer_ids(struct arena *arena, str body, size_t most, bool *ret_more)
{
    struct str_list ids = {0};
    str object;
    *ret_more = false;
    for (size_t at = 0; answer_object(body, &at, &object);) {
        str id = answer_member(object, STR("Id"));
        if (!is_id(id))
            continue;
        if (ids.count >= most) {
            *ret_more = true;
            break;
        }
        *vec_push(arena, &ids) = id;
    }
    return ids;
}

/* ---- what belongs together ---- */

/* The next string of ["a","b"]. */
static bool next_string(str list, size_t *at, str *ret)
{
    while (*at < list.len && list.ptr[*at] != '"')
        ++*at;
    if (*at >= list.len)
        return false;
    *ret = string_at(list, *at, at);
    return true;
}

static void add_image(struct arena *arena, str id, str name, struct engine_image_names *ret)
{
    if (!is_id(id))
        return;
    for (size_t i = 0; i < ret->count; i++)
        if (str_eq(ret->items[i].id, id))
            return;
    *vec_push(arena, ret) = (struct engine_image_name){.id = id, .name = name.len ? name : id};
}

static bool has(const struct str_list *list, str word)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i], word))
            return true;
    return false;
}

/* "shop:1", and "shop-web:latest" for the project "shop" that has the service "web". */
static bool is_called_like(const struct engine_project *project, str tag)
{
    size_t colon = str_rfind_char(tag, ':'), slash = str_rfind_char(tag, '/');
    bool tagged = colon != STR_NONE && (slash == STR_NONE || slash < colon);
    str repository = tagged ? str_sub(tag, 0, colon) : tag, rest = repository;
    if (has(&project->images, tag) ||
        (str_ends(tag, STR(":latest")) && has(&project->images, repository)))
        return true;
    if (!project->name.len || !str_skip(&rest, project->name))
        return false;
    return rest.len == 0 || ((str_skip(&rest, STR("-")) || str_skip(&rest, STR("_"))) &&
                             has(&project->services, rest));
}

static bool has_label(struct arena *arena, str object, const char *name, str value)
{
    str pair = arena_printf(arena, "\"%s\":\"%.*s\"", name, STR_ARG(value));
    return value.len && str_contains(answer_member(object, STR("Labels")), pair);
}

/* The tag of an image by which the project knows it; the first one where that is none. */
static bool tag_of(const struct engine_project *project, str object, str *ret)
{
    str tags = answer_member(object, STR("RepoTags")), tag;
    *ret = (str){0};
    for (size_t at = 0; next_string(tags, &at, &tag);) {
        if (is_called_like(project, tag)) {
            *ret = tag;
            return true;
        }
        if (ret->len == 0 && !str_starts(tag, STR("<none>")))
            *ret = tag;
    }
    return false;
}

void answers_project_images(struct arena *arena, const struct answers *answers,
                            const struct engine_project *project, struct engine_image_names *ret)
{
    static const char folder[] = "com.docker.compose.project.working_dir";
    static const char name[] = "com.docker.compose.project";
    str object, tag;
    for (size_t at = 0; answer_object(answers->containers, &at, &object);)
        if (has_label(arena, object, folder, project->folder))
            add_image(arena, answer_member(object, STR("ImageID")),
                      answer_member(object, STR("Image")), ret);
    for (size_t at = 0; answer_object(answers->images, &at, &object);)
        if (tag_of(project, object, &tag) || has_label(arena, object, name, project->name))
            add_image(arena, answer_member(object, STR("Id")), tag, ret);
}

static bool is_container(str object, str word)
{
    str names = answer_member(object, STR("Names")), name;
    if (word.len >= LEAST_PREFIX && is_hex(word) &&
        str_starts(answer_member(object, STR("Id")), word))
        return true;
    for (size_t at = 0; next_string(names, &at, &name);)
        if (str_skip(&name, STR("/")) && str_eq(name, word))
            return true;
    return false;
}

bool answers_find_container(struct arena *arena, const struct answers *answers, str word,
                            str *ret_id, struct engine_image_name *ret_image)
{
    struct engine_image_names image = {0};
    size_t found = 0;
    str object;
    for (size_t at = 0; answer_object(answers->containers, &at, &object);) {
        str id = answer_member(object, STR("Id"));
        if (!is_id(id) || !is_container(object, word))
            continue;
        found++;
        image.count = 0;
        *ret_id = id;
        add_image(arena, answer_member(object, STR("ImageID")), answer_member(object, STR("Image")),
                  &image);
    }
    *ret_image = image.count ? image.items[0] : (struct engine_image_name){0};
    return found == 1;
}
