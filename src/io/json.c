// SPDX-License-Identifier: Apache-2.0
#include "io/json.h"

#include "base/limits.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

/* The tree is cJSON's own: struct json is never defined, only pointed to. */
static struct json *wrap(cJSON *item)
{
    return (struct json *)(void *)item;
}

static const cJSON *unwrap(const struct json *json)
{
    return (const cJSON *)(const void *)json;
}

/*
 * What cJSON would get wrong is refused before it looks: its own nesting limit is too deep for a
 * small stack, and a NUL (raw or as \u0000) would silently cut a string short.
 */
static int check_text(str text, struct err *err)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\0')
            return err_set(err, ERR_FORMAT, "JSON: NUL at byte %zu", i);
        if (quoted) {
            if (c == '\\') {
                if (str_starts(str_from_index(text, i + 1), STR("u0000")))
                    return err_set(err, ERR_FORMAT, "JSON: \\u0000 at byte %zu", i);
                i++;
            } else if (c == '"') {
                quoted = false;
            }
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > LIMIT_JSON_DEPTH)
                return err_set(err, ERR_LIMIT, "JSON: deeper than %d levels at byte %zu",
                               LIMIT_JSON_DEPTH, i);
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return 0;
}

struct json *json_parse(str text, struct err *err)
{
    if (check_text(text, err) < 0)
        return NULL;
    const char *end = NULL;
    cJSON *item = text.len ? cJSON_ParseWithLengthOpts(text.ptr, text.len, &end, false) : NULL;
    if (!item) {
        err_set(err, ERR_FORMAT, "not valid JSON at byte %zu",
                end && end >= text.ptr ? (size_t)(end - text.ptr) : 0);
        return NULL;
    }
    str rest = str_trim(str_from_index(text, (size_t)(end - text.ptr)));
    if (rest.len) {
        cJSON_Delete(item);
        err_set(err, ERR_FORMAT, "JSON: something follows the document at byte %zu",
                (size_t)(rest.ptr - text.ptr));
        return NULL;
    }
    return wrap(item);
}

void json_free(struct json *json)
{
    cJSON_Delete((cJSON *)(void *)json);
}

void json_free_scoped(struct json **json)
{
    json_free(*json);
}

bool json_is_object(const struct json *json)
{
    return cJSON_IsObject(unwrap(json));
}

bool json_is_array(const struct json *json)
{
    return cJSON_IsArray(unwrap(json));
}

bool json_is_string(const struct json *json)
{
    return cJSON_IsString(unwrap(json));
}

/* Unicode folds two letters more into ASCII: the long s (U+017F) and the Kelvin sign (U+212A). */
static unsigned char folded(const char **text)
{
    str rest = str_from(*text);
    *text += 1;
    if (str_starts(rest, STR("\xc5\xbf"))) {
        *text += 1;
        return 's';
    }
    if (str_starts(rest, STR("\xe2\x84\xaa"))) {
        *text += 2;
        return 'k';
    }
    unsigned char c = (unsigned char)rest.ptr[0];
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}

static bool same_name(const char *a, const char *b)
{
    while (*a && *b)
        if (folded(&a) != folded(&b))
            return false;
    return !*a && !*b;
}

const struct json *json_get(const struct json *json, const char *name)
{
    cJSON *found = NULL;
    if (json_is_object(json))
        for (cJSON *item = unwrap(json)->child; item; item = item->next)
            if (item->string && same_name(item->string, name))
                found = item;
    return wrap(found);
}

const struct json *json_first(const struct json *json)
{
    return json_is_object(json) || json_is_array(json) ? wrap(unwrap(json)->child) : NULL;
}

const struct json *json_next(const struct json *json)
{
    return json ? wrap(unwrap(json)->next) : NULL;
}

str json_name(const struct json *json)
{
    return str_from(json ? unwrap(json)->string : NULL);
}

size_t json_count(const struct json *json)
{
    size_t count = 0;
    for (const struct json *item = json_first(json); item; item = json_next(item))
        count++;
    return count;
}

str json_string(const struct json *json)
{
    return str_from(json_is_string(json) ? unwrap(json)->valuestring : NULL);
}

str json_get_string(const struct json *json, const char *name)
{
    return json_string(json_get(json, name));
}

/* Numbers are doubles in cJSON: whole up to 2^53, which is more than any size or count. */
uint64_t json_u64(const struct json *json, uint64_t fallback)
{
    double value = json_double(json, -1);
    if (!(value >= 0 && value <= 9007199254740992.0) || value != floor(value))
        return fallback;
    return (uint64_t)value;
}

double json_double(const struct json *json, double fallback)
{
    return cJSON_IsNumber(unwrap(json)) ? unwrap(json)->valuedouble : fallback;
}

bool json_bool(const struct json *json, bool fallback)
{
    return cJSON_IsBool(unwrap(json)) ? cJSON_IsTrue(unwrap(json)) : fallback;
}
