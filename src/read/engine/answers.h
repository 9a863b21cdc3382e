// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_ENGINE_ANSWERS_H
#define HARDEN_READ_ENGINE_ANSWERS_H

#include "read/engine/engine.h"

/* Answers as they came, between the two steps. Empty where the question failed. */
struct answer_list VEC_BODY(str);

struct answers {
    str address;
    str version, info, networks, volumes, swarm, nodes, secrets, services;
    str containers, images;
    struct answer_list container_records;
    struct answer_list image_records, image_histories; /* in the same order */
    struct gap_list gaps;
};

/*
 * The "Id" members of the objects of an array, found by their place alone, so that they can be
 * asked about before the sandbox: 64 hex digits, with or without "sha256:". At most `most`;
 * *ret_more tells whether there were others.
 */
struct str_list answer_ids(struct arena *arena, str body, size_t most, bool *ret_more);

/* The same for more than ids: the next object of an array (*at starts at 0; false at the end), and
 * the bytes of one of its members: a string without its quotes, else the value as it stands; ""
 * where there is none. Escapes stay as they are, so what has some equals nothing. */
bool answer_object(str body, size_t *at, str *ret);
str answer_member(str object, str name);

#endif
