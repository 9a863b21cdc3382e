// SPDX-License-Identifier: Apache-2.0
#include "io/build_answer.h"

#include "base/buf.h"
#include "base/limits.h"
#include "io/json.h"
#include "io/protobuf.h"

#include <stdio.h>
#include <string.h>

/* --- steps ---------------------------------------------------------------------------------- */

static struct build_step *step_of(struct build_answer *answer, str digest)
{
    digest = str_sub(digest, 0, BUILD_DIGEST);
    for (size_t i = 0; i < BUILD_STEPS; i++) {
        struct build_step *step = &answer->steps[i];
        if (digest.len && str_eq(str_make(step->digest, step->digest_len), digest))
            return step;
    }
    struct build_step *step = &answer->steps[answer->next];
    answer->next = (answer->next + 1) % BUILD_STEPS;
    *step = (struct build_step){.digest_len = digest.len};
    if (digest.len)
        memcpy(step->digest, digest.ptr, digest.len);
    return step;
}

static void add_output(struct build_answer *answer, struct build_step *step, str text)
{
    answer->latest = (size_t)(step - answer->steps);
    if (text.len > BUILD_TAIL) {
        step->cut = true;
        text = str_from_index(text, text.len - BUILD_TAIL);
    }
    if (step->len + text.len > BUILD_TAIL) {
        size_t drop = step->len + text.len - BUILD_TAIL;
        memmove(step->tail, step->tail + drop, step->len - drop);
        step->len -= drop;
        step->cut = true;
    }
    if (text.len)
        memcpy(step->tail + step->len, text.ptr, text.len);
    step->len += text.len;
}

str build_answer_output(const struct build_answer *answer)
{
    const struct build_step *step = &answer->steps[answer->latest];
    for (size_t i = 0; i < BUILD_STEPS; i++)
        if (answer->steps[i].failed && answer->steps[i].len)
            step = &answer->steps[i];
    str text = str_make(step->tail, step->len);
    size_t line = step->cut ? str_find_char(text, '\n') : STR_NONE;
    return str_trim(line == STR_NONE ? text : str_from_index(text, line + 1));
}

/* --- BuildKit's trace ----------------------------------------------------------------------- */

static bool decode_base64(str text, struct buf *to)
{
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < text.len && text.ptr[i] != '='; i++) {
        int value = str_base64_digit(text.ptr[i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        if (++count % 4 == 1)
            continue;
        unsigned unused = count % 4 == 2 ? 4 : count % 4 == 3 ? 2 : 0;
        buf_add_char(to, (char)(bits >> unused & 0xff));
    }
    return !to->overflow;
}

static void take_vertex(struct build_answer *answer, str message)
{
    enum { DIGEST = 1, ERROR = 7 };
    struct packed from = {.rest = message};
    struct protobuf_field field;
    str digest = {0}, error = {0};
    while (protobuf_next(&from, &field)) {
        if (field.number == DIGEST)
            digest = field.bytes;
        else if (field.number == ERROR)
            error = field.bytes;
    }
    /* A step that was stopped because another one failed is not the one to look at. */
    if (digest.len && error.len && !str_contains(error, STR("context canceled")))
        step_of(answer, digest)->failed = true;
}

static void take_log(struct build_answer *answer, str message)
{
    enum { VERTEX = 1, TEXT = 4 };
    struct packed from = {.rest = message};
    struct protobuf_field field;
    str vertex = {0}, text = {0};
    while (protobuf_next(&from, &field)) {
        if (field.number == VERTEX)
            vertex = field.bytes;
        else if (field.number == TEXT)
            text = field.bytes;
    }
    if (vertex.len && text.len)
        add_output(answer, step_of(answer, vertex), text);
}

static void take_trace(struct build_answer *answer, str base64)
{
    enum { VERTEXES = 1, LOGS = 3 };
    BUF_SCOPED bytes = buf_make(LIMIT_BUILD_TRACE);
    if (!decode_base64(base64, &bytes))
        return;
    struct packed from = {.rest = buf_str(&bytes)};
    struct protobuf_field field;
    while (protobuf_next(&from, &field)) {
        if (field.number == VERTEXES)
            take_vertex(answer, field.bytes);
        else if (field.number == LOGS)
            take_log(answer, field.bytes);
    }
}

/* --- lines ---------------------------------------------------------------------------------- */

/* The classic builder has one step at a time, and says its beginning; errors it makes red. */
static void take_stream(struct build_answer *answer, str text)
{
    struct build_step *step = step_of(answer, STR("classic"));
    while (str_skip(&text, STR("\x1b[91m")) || str_skip(&text, STR("\x1b[0m"))) {
    }
    if (str_ends(text, STR("\x1b[0m")))
        text = str_sub(text, 0, text.len - STR("\x1b[0m").len);
    if (str_starts(text, STR("Step ")))
        step->len = 0;
    else if (!str_starts(text, STR(" ---> ")) &&
             !str_starts(text, STR("Removing intermediate container ")))
        add_output(answer, step, text);
}

void build_answer_take(struct build_answer *answer, str line)
{
    struct err ignored = {0};
    JSON_SCOPED object = json_parse(str_trim(line), &ignored);
    const struct json *aux = json_get(object, "aux"), *error = json_get(object, "errorDetail");
    str stream = json_get_string(object, "stream"), image = json_get_string(aux, "ID");
    if (error) {
        str message = json_get_string(error, "message");
        if (!message.len)
            message = STR("the engine does not say why");
        snprintf(answer->error, sizeof(answer->error), "%.*s", STR_ARG(message));
    }
    if (image.len && image.len < sizeof(answer->image))
        snprintf(answer->image, sizeof(answer->image), "%.*s", STR_ARG(image));
    if (str_eq(json_get_string(object, "id"), STR("moby.buildkit.trace")))
        take_trace(answer, json_string(aux));
    if (stream.len)
        take_stream(answer, stream);
}
