// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_YAML_H
#define HARDEN_IO_YAML_H

#include "base/err.h"
#include "base/vec.h"

/*
 * YAML 1.1 documents as trees with the places where things stand. The only file that knows
 * libyaml is io/yaml.c. Scalars are text: what a plain `yes` or `1` means is the reader's to say.
 * An alias is the anchored node itself, not a copy, so that a few bytes cannot become gigabytes;
 * whoever visits a whole tree must bound the visits. Trees live in the arena.
 *
 * Lines and columns (of characters) count from 1, offsets are bytes of the text, a byte order mark
 * included. The end is behind the last character; a collection in block style ends where its last
 * item does.
 */
enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_list VEC_BODY(const struct yaml_node *);

struct yaml_node {
    enum yaml_kind kind;
    uint32_t line, column, end_line, end_column;
    size_t offset, end_offset;
    bool plain;             /* a scalar without quotes: only then `null` or `yes` may be special */
    bool flow;              /* a collection in brackets or braces */
    str tag;                /* "!reset", "tag:yaml.org,2002:str"; empty where there is none */
    str text;               /* of a scalar; may hold NUL bytes */
    struct yaml_list items; /* of a sequence; of a mapping: key, value, key, value ... */
};

/* All documents of the stream, at most LIMIT_YAML_NODES nodes and LIMIT_YAML_DEPTH deep.
 * ERR_FORMAT says line and column: "line 3, column 7: did not find expected key"; then
 * ret_documents has the ones before the damage. */
int yaml_parse(struct arena *arena, str text, struct yaml_list *ret_documents, struct err *err);

/* The value of that key; the last one where it is repeated. NULL if absent or no mapping. */
const struct yaml_node *yaml_get(const struct yaml_node *mapping, str key);

#endif
