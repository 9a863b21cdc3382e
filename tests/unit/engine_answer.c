// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/test.h"

#include "read/image/engine_answer.h"

#include <string.h>

#define D1 "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define D2 "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define D3 "sha256:3333333333333333333333333333333333333333333333333333333333333333"
#define ID "sha256:abcdef0000000000000000000000000000000000000000000000000000000000"

static const char inspect[] =
    "{\"Id\":\"" ID "\",\"RepoTags\":[\"app:1\",\"registry.example.org:5000/team/app:latest\"],"
    "\"RepoDigests\":[\"other@" D3 "\",\"registry.example.org:5000/team/app@" D2 "\"],"
    "\"Created\":\"2024-01-02T03:04:05.6Z\",\"Architecture\":\"arm64\",\"Variant\":\"v8\","
    "\"Os\":\"linux\",\"RootFS\":{\"Type\":\"layers\",\"Layers\":[\"" D1 "\",\"" D2 "\"]}}";

static const char history[] =
    "[{\"CreatedBy\":\"/bin/sh -c #(nop)  CMD [\\\"sh\\\"]\",\"Size\":0},"
    "{\"CreatedBy\":\"RUN /bin/sh -c true # buildkit\",\"Size\":0},"
    "{\"CreatedBy\":\"ENV A=b\",\"Size\":0},"
    "{\"CreatedBy\":\"/bin/sh -c #(nop) ADD file:1 in / \",\"Size\":4096}]";

static struct image read_answer(struct arena *arena, const char *reference, const char *a,
                                const char *b)
{
    struct err err = {0};
    struct image image;
    CHECK_OK(engine_answer_read(arena, str_from(reference), str_from(a), str_from(b), &image, &err),
             &err);
    return image;
}

TEST(engine_answer)
{
    ARENA_SCOPED arena = {0};
    struct image image = read_answer(&arena, "app:1", inspect, history);
    CHECK_STR("docker", image.kind);
    CHECK_STR("app:1", image.name);
    CHECK_STR("linux/arm64", image.platform);
    CHECK_STR("2024-01-02T03:04:05.6Z", image.created);
    CHECK_EQ(2, image.layers.count);
    CHECK_STR(D1, image.layers.items[0].diff_id);
    CHECK_STR("/bin/sh -c #(nop) ADD file:1 in / ", image.layers.items[0].created_by);
    CHECK_EQ(4096, image.layers.items[0].size);
    CHECK_STR(D2, image.layers.items[1].diff_id);
    CHECK_STR("RUN /bin/sh -c true # buildkit", image.layers.items[1].created_by);
}

TEST(engine_answer_names)
{
    ARENA_SCOPED arena = {0};
    const char *team = "registry.example.org:5000/team/app";
    struct image image = read_answer(&arena, team, inspect, history);
    CHECK_STR("registry.example.org:5000/team/app:latest", image.name);
    CHECK_STR(D2, image.digest);
    CHECK_STR(D3, read_answer(&arena, "app:1", inspect, "").digest);
    CHECK_STR("app:1", read_answer(&arena, "abcdef00", inspect, "").name);
    CHECK_STR("app:1", read_answer(&arena, "sha256:abcdef", inspect, "").name);
    CHECK_STR("docker.io/library/app:1",
              read_answer(&arena, "docker.io/library/app:1", inspect, "").name);
    image =
        read_answer(&arena, "x", "{\"Id\":\"" ID "\",\"RepoTags\":null,\"RepoDigests\":[]}", "");
    CHECK_STR("x", image.name);
    CHECK_STR(ID, image.digest);
    CHECK_STR("", image.platform);
    CHECK_EQ(0, image.layers.count);
}

static const char *first_made_by(struct arena *arena, const char *past)
{
    struct image image = read_answer(arena, "app:1", inspect, past);
    return arena_cstr(arena, image.layers.items[0].created_by);
}

TEST(engine_answer_history_that_does_not_fit)
{
    ARENA_SCOPED arena = {0};
    CHECK_STR("", str_from(first_made_by(&arena, "")));
    CHECK_STR("", str_from(first_made_by(&arena, "<html>")));
    CHECK_STR("", str_from(first_made_by(&arena, "{\"a\":[]}")));
    CHECK_STR("", str_from(first_made_by(&arena, "[{\"CreatedBy\":\"RUN a\",\"Size\":7}]")));
    /* WORKDIR makes a layer only with some builders: two are needed, so it did. */
    CHECK_STR("COPY a b",
              str_from(first_made_by(&arena, "[{\"CreatedBy\":\"WORKDIR /x\",\"Size\":0},"
                                             "{\"CreatedBy\":\"COPY a b\",\"Size\":7}]")));
    /* Three instructions without a known kind, of which two have a size. */
    CHECK_STR("c", str_from(first_made_by(&arena, "[{\"CreatedBy\":\"a\",\"Size\":1},"
                                                  "{\"CreatedBy\":\"b\",\"Size\":0},"
                                                  "{\"CreatedBy\":\"c\",\"Size\":3}]")));
}

TEST(engine_answer_that_is_none)
{
    static const char *const bad[] = {
        "",
        "<html>",
        "{",
        "[]",
        "{}",
        "{\"message\":\"x\"}",
        "{\"Id\":7}",
        "{\"Id\":\"" ID "\",\"RootFS\":{\"Layers\":[7]}}",
        "{\"Id\":\"" ID "\",\"RootFS\":{\"Layers\":[\"sha256:../../etc\"]}}",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ARENA_SCOPED arena = {0};
        struct err err = {0};
        struct image image;
        CHECK(engine_answer_read(&arena, STR("x"), str_from(bad[i]), STR(""), &image, &err) == -1);
        CHECK_EQ(ERR_FORMAT, err.kind);
    }
}
