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

#endif
