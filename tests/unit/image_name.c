// SPDX-License-Identifier: Apache-2.0
#include "model/image_name.h"
#include "tests/unit/test.h"

TEST(image_names_are_taken_apart)
{
    static const struct {
        const char *text, *registry, *repository, *tag, *digest;
        bool valid;
    } rows[] = {
        {"debian", "docker.io", "library/debian", "", "", true},
        {"debian:12", "docker.io", "library/debian", "12", "", true},
        {"team/app:1.2", "docker.io", "team/app", "1.2", "", true},
        {"localhost/app", "localhost", "app", "", "", true},
        {"host:5000/app", "host:5000", "app", "", "", true},
        {"host:5000/a/b:t", "host:5000", "a/b", "t", "", true},
        {"ghcr.io/o/app@sha256:"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "ghcr.io", "o/app", "",
         "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true},
        {"a:1@sha256:1", "docker.io", "library/a", "1", "sha256:1", false},
        {"Debian", "docker.io", "library/Debian", "", "", false},
        {"a__b/c-d--e.f", "docker.io", "a__b/c-d--e.f", "", "", true},
        {"a..b", "docker.io", "library/a..b", "", "", false},
        {"a/", "docker.io", "a/", "", "", false},
        {"", "docker.io", "library/", "", "", false},
        {"a:", "docker.io", "library/a", "", "", false},
        {"a:-x", "docker.io", "library/a", "-x", "", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_SCOPED arena = {0};
        struct image_name name = image_name_parse(&arena, str_from(rows[i].text));
        CHECK_STR(rows[i].registry, name.registry);
        CHECK_STR(rows[i].repository, name.repository);
        CHECK_STR(rows[i].tag, name.tag);
        CHECK_STR(rows[i].digest, name.digest);
        CHECK(name.valid == rows[i].valid);
    }
}
