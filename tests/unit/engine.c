// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/test.h"

#include "io/engine.h"

#include <string.h>

static const char *explain(const char *body, char *out, size_t size)
{
    return engine_explain(str_from(body), out, size) ? out : "(nothing)";
}

TEST(engine_words)
{
    char out[64];
    CHECK_STR("no such image: nono:latest",
              str_from(explain("{\"message\":\"no such image: nono:latest\"}\n", out, 64)));
    CHECK_STR("a \"b\" \\ <c> ? d",
              str_from(explain("{ \"message\" : \"a \\\"b\\\" \\\\ \\u003cc\\u003e \\u00e9 d\" }",
                               out, 64)));
    CHECK_STR("?[31m?x", str_from(explain("{\"message\":\"\\u001b[31m\x07x\"}", out, 64)));
    CHECK_STR("two lines", str_from(explain("{\"message\":\"two\\nlines\"}", out, 64)));
    CHECK_STR("cut", str_from(explain("{\"message\":\"cut shorter\"}", out, 4)));
    CHECK_STR("open", str_from(explain("{\"message\":\"open", out, 64)));
    CHECK_STR("?00", str_from(explain("{\"message\":\"\\u00", out, 64)));
    CHECK_STR("(nothing)", str_from(explain("<html>", out, 64)));
    CHECK_STR("(nothing)", str_from(explain("{\"message\":7}", out, 64)));
    CHECK_STR("(nothing)", str_from(explain("{\"message\"", out, 64)));
    CHECK_STR("(nothing)", str_from(explain("", out, 64)));
}

TEST(engine_api_versions)
{
    unsigned minor = 0;
    CHECK(engine_api_minor(STR("1.41"), &minor) && minor == 41);
    CHECK(engine_api_minor(STR("1.9"), &minor) && minor == 9);
    CHECK(!engine_api_minor(STR(""), &minor));
    CHECK(!engine_api_minor(STR("2.0"), &minor));
    CHECK(!engine_api_minor(STR("1."), &minor));
    CHECK(!engine_api_minor(STR("1.41/../.."), &minor));
    CHECK(!engine_api_minor(STR("1.4 1"), &minor));
    CHECK(!engine_api_minor(STR("1.99999999999"), &minor));
}

TEST(engine_escapes_references)
{
    ARENA_SCOPED arena = {0};
    CHECK_STR("localhost:5000/a/b-c_d.e:1.0",
              engine_escape(&arena, STR("localhost:5000/a/b-c_d.e:1.0")));
    CHECK_STR("a%40sha256:00", engine_escape(&arena, STR("a@sha256:00")));
    CHECK_STR("%7B%22os%22%7D%20%0D%0A%3F%23%25%00",
              engine_escape(&arena, STR("{\"os\"} \r\n?#%\0")));
}
