// SPDX-License-Identifier: Apache-2.0
#include "io/json_stream.h"

#include "base/die.h"
#include "base/limits.h"

#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

enum { CHUNK = 64 * 1024 };

struct parse {
    json_handler *handler;
    void *context;
    size_t depth;
    uint64_t quiet; /* bytes given to yajl since it last reported an event */
    bool too_deep, stopped;
};

static int report(struct parse *parse, enum json_event event, str text)
{
    parse->quiet = 0;
    if (!parse->handler(parse->context, event, text, parse->depth)) {
        parse->stopped = true;
        return 0;
    }
    return 1;
}

static int begin(struct parse *parse, enum json_event event)
{
    if (parse->depth >= LIMIT_JSON_DEPTH) {
        parse->too_deep = true;
        return 0;
    }
    if (!report(parse, event, (str){0}))
        return 0;
    parse->depth++;
    return 1;
}

static int end(struct parse *parse, enum json_event event)
{
    parse->depth--;
    return report(parse, event, (str){0});
}

static int on_null(void *context)
{
    return report(context, JSON_NULL, (str){0});
}

static int on_boolean(void *context, int value)
{
    return report(context, value ? JSON_TRUE : JSON_FALSE, (str){0});
}

static int on_number(void *context, const char *text, size_t len)
{
    return report(context, JSON_NUMBER, (str){text, len});
}

static int on_string(void *context, const unsigned char *text, size_t len)
{
    return report(context, JSON_STRING, str_make(text, len));
}

static int on_object_begin(void *context)
{
    return begin(context, JSON_OBJECT_BEGIN);
}

static int on_key(void *context, const unsigned char *text, size_t len)
{
    return report(context, JSON_KEY, str_make(text, len));
}

static int on_object_end(void *context)
{
    return end(context, JSON_OBJECT_END);
}

static int on_array_begin(void *context)
{
    return begin(context, JSON_ARRAY_BEGIN);
}

static int on_array_end(void *context)
{
    return end(context, JSON_ARRAY_END);
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_object_begin,
    .yajl_map_key = on_key,
    .yajl_end_map = on_object_end,
    .yajl_start_array = on_array_begin,
    .yajl_end_array = on_array_end,
};

/* yajl itself does not look at what malloc returns. */
static void *allocate(void *context, size_t size)
{
    (void)context;
    return die_malloc(size);
}

static void *reallocate(void *context, void *old, size_t size)
{
    (void)context;
    return die_realloc(old, size);
}

static void release(void *context, void *memory)
{
    (void)context;
    free(memory);
}

static int failed(struct parse *parse, yajl_handle handle, uint64_t offset, struct err *err)
{
    if (parse->stopped)
        return -1;
    offset += yajl_get_bytes_consumed(handle);
    if (parse->too_deep)
        return err_set(err, ERR_LIMIT, "JSON nested deeper than %d at byte %llu", LIMIT_JSON_DEPTH,
                       (unsigned long long)offset);
    unsigned char *text = yajl_get_error(handle, 0, NULL, 0);
    str reason = str_trim(str_from((const char *)text));
    str_skip(&reason, STR("lexical error: "));
    str_skip(&reason, STR("parse error: "));
    err_set(err, ERR_FORMAT, "damaged JSON at byte %llu: %.*s", (unsigned long long)offset,
            STR_ARG(reason));
    yajl_free_error(handle, text);
    return -1;
}

static int feed(struct parse *parse, yajl_handle handle, struct stream *stream, struct err *err)
{
    uint64_t offset = 0;
    for (;;) {
        str piece;
        if (stream_next(stream, CHUNK, &piece, err) < 0)
            return -1;
        if (!piece.len)
            break;
        if (yajl_parse(handle, (const unsigned char *)piece.ptr, piece.len) != yajl_status_ok)
            return failed(parse, handle, offset, err);
        offset += piece.len;
        parse->quiet += piece.len;
        /* A token that spans chunks is collected in memory. */
        if (parse->quiet > LIMIT_JSON_TOKEN)
            return err_set(err, ERR_LIMIT, "JSON value longer than %llu bytes before byte %llu",
                           (unsigned long long)LIMIT_JSON_TOKEN, (unsigned long long)offset);
    }
    if (!offset)
        return err_set(err, ERR_FORMAT, "empty where JSON is expected");
    if (yajl_complete_parse(handle) == yajl_status_ok)
        return 0;
    return parse->stopped ? -1
                          : err_set(err, ERR_FORMAT, "JSON ends early, after byte %llu",
                                    (unsigned long long)offset);
}

int json_stream_parse(struct stream *stream, json_handler *handler, void *context, struct err *err)
{
    struct parse parse = {.handler = handler, .context = context};
    yajl_alloc_funcs memory = {.malloc = allocate, .realloc = reallocate, .free = release};
    yajl_handle handle = yajl_alloc(&callbacks, &memory, &parse);
    int result = feed(&parse, handle, stream, err);
    yajl_free(handle);
    return result;
}

void json_path_note(struct json_path *path, enum json_event event, str text, size_t depth)
{
    bool inside = event == JSON_OBJECT_BEGIN || event == JSON_ARRAY_BEGIN;
    if (inside)
        depth++;
    if ((!inside && event != JSON_KEY) || depth >= JSON_PATH_DEPTH)
        return;
    size_t len = text.len < JSON_NAME_MAX ? text.len : JSON_NAME_MAX;
    if (len)
        memcpy(path->names[depth].text, text.ptr, len);
    path->names[depth].len = inside ? 0 : len;
}

str json_path_name(const struct json_path *path, size_t depth)
{
    if (depth >= JSON_PATH_DEPTH)
        return (str){0};
    return (str){path->names[depth].text, path->names[depth].len};
}

bool json_path_is(const struct json_path *path, size_t depth, str name)
{
    return str_eq(json_path_name(path, depth), name);
}

void json_text_set(struct json_text *text, str value)
{
    text->len = value.len < JSON_TEXT_MAX ? value.len : JSON_TEXT_MAX;
    if (text->len)
        memcpy(text->text, value.ptr, text->len);
}

str json_text_str(const struct json_text *text)
{
    return (str){text->text, text->len};
}
