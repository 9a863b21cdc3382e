// SPDX-License-Identifier: Apache-2.0
#include "io/build_answer.h"

#include "tests/unit/test.h"

/* As an engine 20.10 answered: `RUN echo hello; echo oops >&2; exit 7` under BuildKit. */
static const char *const failing[] = {
    "{\"id\":\"moby.buildkit.trace\",\"aux\":\"GmAKR3NoYTI1NjplNTViZDEzMzZkMWI2ODk2OGU1ZTY2NjZhNj"
    "I0MGQ2ZGE4YWZjNzdjNjcxMjE0YjE4YjdhMTFjMDdjM2VlN2ZjEgsI1LSr2AYQt4b1aBgBIgZoZWxsbwo=\"}",
    "{\"id\":\"moby.buildkit.trace\",\"aux\":\"Gl8KR3NoYTI1NjplNTViZDEzMzZkMWI2ODk2OGU1ZTY2NjZhNj"
    "I0MGQ2ZGE4YWZjNzdjNjcxMjE0YjE4YjdhMTFjMDdjM2VlN2ZjEgsI1LSr2AYQ5d3daRgCIgVvb3BzCg==\"}",
    "{\"errorDetail\":{\"message\":\"exit code: 7\"},\"error\":\"exit code: 7\"}",
};

TEST(build_answer_reads_what_a_step_of_buildkit_printed)
{
    struct build_answer answer = {0};
    for (size_t i = 0; i < sizeof(failing) / sizeof(failing[0]); i++)
        build_answer_take(&answer, str_from(failing[i]));
    CHECK_STR("exit code: 7", str_from(answer.error));
    CHECK_STR("hello\noops", build_answer_output(&answer));
    CHECK_STR("", str_from(answer.image));
}

/* Two steps at a time, of which the first fails; the second prints last, and is stopped. Messages:
 * logs {vertex "one", "bad\n"}, logs {"two", "fine\n"}, vertexes {"one", error "x"}. */
TEST(build_answer_tells_the_step_that_failed)
{
    struct build_answer answer = {0};
    build_answer_take(&answer,
                      STR("{\"id\":\"moby.buildkit.trace\",\"aux\":\"GgsKA29uZSIEYmFkCg==\"}"));
    build_answer_take(&answer,
                      STR("{\"id\":\"moby.buildkit.trace\",\"aux\":\"GgwKA3R3byIFZmluZQo=\"}"));
    CHECK_STR("fine", build_answer_output(&answer));
    build_answer_take(&answer,
                      STR("{\"id\":\"moby.buildkit.trace\",\"aux\":\"CggKA29uZToBeA==\"}"));
    CHECK_STR("bad", build_answer_output(&answer));
}

TEST(build_answer_reads_the_classic_builder)
{
    struct build_answer answer = {0};
    build_answer_take(&answer, STR("{\"stream\":\"Step 1/2 : RUN a\"}"));
    build_answer_take(&answer, STR("{\"stream\":\"of a step before\\n\"}"));
    build_answer_take(&answer, STR("{\"stream\":\"Step 2/2 : RUN b\"}"));
    build_answer_take(&answer, STR("{\"stream\":\" ---\\u003e Running in 01\\n\"}"));
    build_answer_take(&answer, STR("{\"stream\":\"one\\n\"}"));
    build_answer_take(&answer, STR("{\"stream\":\"\\u001b[91mtwo\\n\"}"));
    build_answer_take(&answer, STR("{\"stream\":\"\\u001b[0mRemoving intermediate container 1\"}"));
    build_answer_take(&answer, STR("{\"aux\":{\"ID\":\"sha256:01\"}}"));
    CHECK_STR("one\ntwo", build_answer_output(&answer));
    CHECK_STR("sha256:01", str_from(answer.image));
    CHECK_STR("", str_from(answer.error));
}

TEST(build_answer_keeps_the_end_of_much)
{
    struct build_answer answer = {0};
    build_answer_take(&answer, STR("{\"stream\":\"Step 1/1 : RUN a\"}"));
    for (int i = 0; i < 500; i++)
        build_answer_take(&answer, STR("{\"stream\":\"a line of output\\n\"}"));
    build_answer_take(&answer, STR("{\"stream\":\"the last one\\n\"}"));
    str output = build_answer_output(&answer);
    CHECK(output.len <= BUILD_TAIL && output.len > BUILD_TAIL / 2);
    CHECK(str_starts(output, STR("a line of output\n")) && str_ends(output, STR("the last one")));
}

TEST(build_answer_passes_over_damage)
{
    static const char *const damaged[] = {
        "",
        "{",
        "[]",
        "{\"id\":\"moby.buildkit.trace\",\"aux\":\"*\"}",
        "{\"id\":\"moby.buildkit.trace\",\"aux\":{}}",
        "{\"id\":\"moby.buildkit.trace\",\"aux\":\"Cv////////////8=\"}",
        "{\"stream\":1}",
    };
    struct build_answer answer = {0};
    for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++)
        build_answer_take(&answer, str_from(damaged[i]));
    CHECK_STR("", build_answer_output(&answer));
    build_answer_take(&answer, STR("{\"errorDetail\":{}}"));
    CHECK_STR("the engine does not say why", str_from(answer.error));
}
