// SPDX-License-Identifier: Apache-2.0
#include "io/json_stream.h"

#include "base/buf.h"
#include "base/limits.h"
#include "tests/unit/test.h"

#include <string.h>

struct trace {
    struct buf text;
    size_t stop_at;
};

static bool note(void *context, enum json_event event, str text, size_t depth)
{
    static const char marks[] = "{}[]:\"#tfn";
    struct trace *trace = context;
    buf_printf(&trace->text, "%c%zu%.*s ", marks[event], depth, STR_ARG(text));
    return trace->text.len < trace->stop_at;
}

static int parse(const char *json, struct trace *trace, struct err *err)
{
    STREAM_SCOPED stream = stream_memory(str_from(json));
    trace->text.len = 0;
    *err = (struct err){0};
    return json_stream_parse(stream, note, trace, err);
}

TEST(json_stream_reports_events_and_depth)
{
    struct trace trace = {.text = buf_make(4096), .stop_at = SIZE_MAX};
    struct err err;
    CHECK_OK(
        parse("{\"a\": [1, -2.5e3, \"\\u0041\\/\", true, false, null], \"b\": {}}", &trace, &err),
        &err);
    CHECK_STR("{0 :1a [1 #21 #2-2.5e3 \"2A/ t2 f2 n2 ]1 :1b {1 }1 }0 ", buf_str(&trace.text));
    CHECK_OK(parse(" 7 ", &trace, &err), &err);
    CHECK_STR("#07 ", buf_str(&trace.text));
    buf_free(&trace.text);
}

TEST(json_stream_refuses_damage)
{
    static const char *const damaged[] = {
        "",        " \n",        "{",     "[1,2", "{\"a\":}",   "{\"a\" 1}",
        "[1] [2]", "tru",        "\"abc", "[1,]", "<html>",     "[\"\xff\"]",
        "]",       "{\"a\":1}}", "[01]",  "nul",  "\"\\u12\"]",
    };
    struct trace trace = {.text = buf_make(4096), .stop_at = SIZE_MAX};
    struct err err;
    for (size_t i = 0; i < sizeof(damaged) / sizeof(*damaged); i++) {
        if (parse(damaged[i], &trace, &err) == 0)
            test_failed(__FILE__, __LINE__, "accepted: %s", damaged[i]);
        CHECK_EQ(ERR_FORMAT, err.kind);
    }
    CHECK(parse("[1, 2, x]", &trace, &err) < 0);
    CHECK_STR("damaged JSON at byte 8: invalid char in json text.", err_text(&err));
    buf_free(&trace.text);
}

TEST(json_stream_stops_when_told)
{
    struct trace trace = {.text = buf_make(4096), .stop_at = 8};
    struct err err;
    CHECK(parse("[1, 2, 3, 4]", &trace, &err) < 0);
    CHECK_EQ(ERR_NONE, err.kind);
    CHECK_STR("[0 #11 #12 ", buf_str(&trace.text));
    buf_free(&trace.text);
}

TEST(json_stream_limits_depth_and_length)
{
    struct trace trace = {.text = buf_make(65536), .stop_at = SIZE_MAX};
    struct err err;
    char deep[2 * LIMIT_JSON_DEPTH + 3] = {0};
    memset(deep, '[', LIMIT_JSON_DEPTH);
    memset(deep + LIMIT_JSON_DEPTH, ']', LIMIT_JSON_DEPTH);
    CHECK_OK(parse(deep, &trace, &err), &err);
    memset(deep, '[', LIMIT_JSON_DEPTH + 1);
    memset(deep + LIMIT_JSON_DEPTH + 1, ']', LIMIT_JSON_DEPTH + 1);
    CHECK(parse(deep, &trace, &err) < 0);
    CHECK_EQ(ERR_LIMIT, err.kind);

    ARENA_SCOPED arena = {0};
    size_t len = LIMIT_JSON_TOKEN + 200000;
    char *text = arena_alloc(&arena, len + 1);
    memset(text, 'x', len);
    text[0] = '"';
    CHECK(parse(text, &trace, &err) < 0);
    CHECK_EQ(ERR_LIMIT, err.kind);
    buf_free(&trace.text);
}
