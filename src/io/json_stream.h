// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_JSON_STREAM_H
#define HARDEN_IO_JSON_STREAM_H

#include "io/stream.h"

/*
 * JSON of any size as events, in flat memory, for feeds. The only file that knows yajl is
 * io/json_stream.c. Handlers return false to stop (they have filled their own error). Strings are
 * valid during the call only. `depth` counts open objects and arrays around the value: 0 is the
 * document itself.
 */
enum json_event {
    JSON_OBJECT_BEGIN,
    JSON_OBJECT_END,
    JSON_ARRAY_BEGIN,
    JSON_ARRAY_END,
    JSON_KEY,
    JSON_STRING,
    JSON_NUMBER, /* text as it stands */
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
};
typedef bool json_handler(void *context, enum json_event event, str text, size_t depth);

/* Reads one document to the end of the stream. ERR_FORMAT names the byte offset. A handler that
 * stopped gives -1 with err untouched. */
int json_stream_parse(struct stream *stream, json_handler *handler, void *context, struct err *err);

/*
 * Where an event stands: the names on the way to it, for handlers that note every event with
 * json_path_note() first. json_path_name(path, depth) is the name of the member around or at
 * `depth` (the root's members have depth 1; an array's items have no name). A value's own name is
 * json_path_name(path, its depth). Names are cut at JSON_NAME_MAX bytes.
 */
enum { JSON_PATH_DEPTH = 12, JSON_NAME_MAX = 255 };
struct json_path {
    struct {
        char text[JSON_NAME_MAX + 1];
        size_t len;
    } names[JSON_PATH_DEPTH];
};
void json_path_note(struct json_path *path, enum json_event event, str text, size_t depth);
str json_path_name(const struct json_path *path, size_t depth);
bool json_path_is(const struct json_path *path, size_t depth, str name);

/* A string that is kept until the object around it ends; cut at JSON_TEXT_MAX bytes. */
enum { JSON_TEXT_MAX = 512 };
struct json_text {
    char text[JSON_TEXT_MAX];
    size_t len;
};
void json_text_set(struct json_text *text, str value);
str json_text_str(const struct json_text *text);

#endif
