// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_JSON_H
#define HARDEN_IO_JSON_H

#include "base/arena.h"
#include "base/err.h"

/*
 * JSON documents of a few MB (manifests, configs, engine answers, our own reports) as a tree.
 * The only file that knows cJSON is io/json.c. All accessors accept NULL and wrong types, and
 * give "absent" for them, so that a chain needs one check at its end.
 */
struct json;

/* The document, or NULL with err: syntax, trailing bytes, deeper than LIMIT_JSON_DEPTH. The tree
 * is freed by json_free(). */
struct json *json_parse(str text, struct err *err);
void json_free(struct json *json);
#define JSON_SCOPED __attribute__((cleanup(json_free_scoped))) struct json *
void json_free_scoped(struct json **json);

bool json_is_object(const struct json *json);
bool json_is_array(const struct json *json);
bool json_is_string(const struct json *json);
/*
 * Member of an object, as Go's encoding/json finds it, which all engines use: upper and lower case
 * are the same, and the last one wins. Who reads "Layers" and "layers" of one document otherwise
 * sees another image than the engine does.
 */
const struct json *json_get(const struct json *json, const char *name);
/* Members and items in order: for (item = json_first(list); item; item = json_next(item)). */
const struct json *json_first(const struct json *json);
const struct json *json_next(const struct json *json);
str json_name(const struct json *json); /* of a member; absent for items */
size_t json_count(const struct json *json);
/* Values; absent ("" / fallback) if of another type. Strings live as long as the tree. */
str json_string(const struct json *json);
str json_get_string(const struct json *json, const char *name);
uint64_t json_u64(const struct json *json, uint64_t fallback);
double json_double(const struct json *json, double fallback);
bool json_bool(const struct json *json, bool fallback);

#endif
