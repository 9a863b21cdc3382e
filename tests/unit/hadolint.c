// SPDX-License-Identifier: Apache-2.0
#include "read/hadolint/hadolint.h"

#include "tests/unit/test.h"

TEST(hadolint_config_is_read)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct hadolint_config config = {.threshold = HADOLINT_UNSAID};
    CHECK_OK(hadolint_read(&arena, ".hadolint.yaml",
                           STR("failure-threshold: warning\nformat: json\nno-fail: true\n"
                               "ignored: [DL3006, SC2046]\nunknown: {a: b}\n"
                               "override:\n  error: [DL3001]\n  style:\n    - DL3015\n"
                               "trustedRegistries:\n  - docker.io\n  - \"*.gcr.io\"\n"
                               "label-schema:\n  author: text\n  version: semver\n"
                               "strict-labels: yes\ndisable-ignore-pragma: false\n"),
                           &config, &err),
             &err);
    CHECK_EQ(HADOLINT_WARNING, config.threshold);
    CHECK_STR("json", config.format);
    CHECK(config.no_fail && config.strict_labels && !config.disable_pragmas);
    CHECK_EQ(2, config.ignored.count);
    CHECK_STR("SC2046", config.ignored.items[1]);
    CHECK_EQ(2, config.overrides.count);
    CHECK_STR("DL3015", config.overrides.items[1].rule);
    CHECK_EQ(HADOLINT_STYLE, config.overrides.items[1].level);
    CHECK_EQ(2, config.trusted.count);
    CHECK_STR("*.gcr.io", config.trusted.items[1]);
    CHECK_STR("semver", config.labels.items[1].type);
}

TEST(hadolint_config_that_is_wrong_says_where)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"failure-threshold: much", "c:1: want error, warning, info, style, ignore or none"},
        {"a: b\nno-fail: perhaps", "c:2: want true or false"},
        {"ignored: {a: b}", "c:1: want a list of names"},
        {"ignored:\n- [a]", "c:2: want a name"},
        {"override:\n  bad: []", "c:2: want error, warning, info or style"},
        {"- a", "c:1: want keys and values"},
        {"a: [", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ARENA_SCOPED arena = {0};
        struct err err = {0};
        struct hadolint_config config = {0};
        CHECK_EQ(-1, hadolint_read(&arena, "c", str_from(cases[i].text), &config, &err));
        CHECK_EQ(ERR_USAGE, err.kind);
        if (cases[i].message)
            CHECK_STR(cases[i].message, err_text(&err));
    }
}

TEST(hadolint_config_may_be_empty)
{
    static const char *const texts[] = {"", "# only a comment\n", "ignored:\noverride:\n"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        ARENA_SCOPED arena = {0};
        struct err err = {0};
        struct hadolint_config config = {0};
        CHECK_OK(hadolint_read(&arena, "c", str_from(texts[i]), &config, &err), &err);
        CHECK_EQ(0, config.ignored.count);
    }
}
