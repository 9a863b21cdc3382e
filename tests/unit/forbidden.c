// SPDX-License-Identifier: Apache-2.0
#include "app/image_policy.h"
#include "read/forbidden/forbidden.h"
#include "read/package/package.h"
#include "tests/unit/test.h"

#include <string.h>

static size_t read_list(const char *text, struct forbidden_hashes *ret, struct arena *arena)
{
    struct err err = {0};
    CHECK_OK(forbidden_read_hashes(arena, str_from(text), ret, &err), &err);
    return ret->count;
}

#define MD5    "d41d8cd98f00b204e9800998ecf8427e"
#define SHA1   "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"
#define SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

TEST(forbidden_hashes_of_all_forms)
{
    ARENA_SCOPED arena = {0};
    struct forbidden_hashes list;
    CHECK_EQ(5, read_list("# list\n\n" MD5 "  a b\n" SHA1 " *x\r\n" SHA256 "\n" MD5
                          ":68:Eicar-1\nsha256:" SHA256 ":*:y:73\n",
                          &list, &arena));
    CHECK_STR("a b", list.items[0].name);
    CHECK_STR("da39a3ee5e6b4b0d3255bfef95601890afd80709", list.items[1].hex);
    CHECK_STR("x", list.items[1].name);
    CHECK_STR("", list.items[2].name);
    CHECK_EQ(68, list.items[3].size);
    CHECK_STR("Eicar-1", list.items[3].name);
    CHECK(list.items[4].size == UINT64_MAX && list.items[2].size == UINT64_MAX);
    CHECK_STR("y", list.items[4].name);
    static const char *const wrong[] = {"abc", MD5 "0", MD5 ":x:y", "\n" MD5 ":-1:a", SHA256 "x"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        struct err err = {0};
        CHECK(forbidden_read_hashes(&arena, str_from(wrong[i]), &list, &err) < 0);
        CHECK(strstr(err.message, i == 3 ? "line 2" : "line 1"));
    }
}

TEST(forbidden_patterns_have_conditions_in_front)
{
    struct forbidden_pattern pattern;
    struct err err = {0};
    CHECK_OK(forbidden_read_pattern(STR("name=internal path=etc/** case=no a b"), &pattern, &err),
             &err);
    CHECK_STR("internal", pattern.name);
    CHECK_STR("etc/**", pattern.path);
    CHECK_STR("a b", pattern.expression);
    CHECK(pattern.any_case);
    CHECK_OK(forbidden_read_pattern(STR("^name=x$"), &pattern, &err), &err);
    CHECK_STR("^name=x$", pattern.name);
    CHECK(!pattern.any_case);
    CHECK(forbidden_read_pattern(STR("name=x "), &pattern, &err) < 0);
}

/* Content in pieces, as the walk gives it: what the collector finds in one file. */
static void look(const struct collector *collector, struct collect *to, const char *path,
                 str content, size_t piece)
{
    struct err err = {0};
    const struct entry entry = {.path = str_from(path), .type = ENTRY_FILE, .size = content.len};
    void *state = collector->scanner->open(collector);
    if (collector->scanner->begin(state, to, &entry, str_sub(content, 0, 64))) {
        for (size_t at = 0; at < content.len; at += piece)
            CHECK_OK(collector->scanner->feed(state, to, str_sub(content, at, piece), &err), &err);
        CHECK_OK(collector->scanner->end(state, to, true, &err), &err);
    }
    collector->scanner->close(state);
}

TEST(forbidden_content_is_found_across_pieces)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts = {0};
    struct collect to = {.arena = &arena, .facts = &facts};
    struct err err = {0};
    const char *const patterns[] = {"name=first ^secret.*plan$", "path=etc/* PLAN",
                                    "case=no path=srv/** plan\n"};
    const struct forbidden_settings settings = {.patterns = patterns, .pattern_count = 3};
    struct forbidden_finder *finder;
    if (forbidden_open(&settings, &finder, &err) < 0) {
        CHECK(err.kind == ERR_UNSUPPORTED); /* the library is not there */
        return;
    }
    const struct collector *collector = forbidden_collector(finder);
    const str text = STR("one\ntwo\nsecret\nplan\nsecret: a PLAN\nsecret new plan\n");
    for (size_t piece = 1; piece < 60; piece += 7) {
        facts.count = 0;
        look(collector, &to, "srv/a/b", text, piece);
        CHECK_EQ(2, facts.count);
        for (size_t i = 0; i < facts.count; i++) {
            bool first = str_eq(facts.items[i].forbidden.name, STR("first"));
            CHECK_EQ(first ? 6 : 4, facts.items[i].forbidden.line);
            CHECK(facts.items[i].survives);
        }
    }
    facts.count = 0;
    look(collector, &to, "etc/x", text, 100);
    CHECK_EQ(2, facts.count);
    forbidden_close(finder);
}

TEST(image_policy_reads_sizes_and_bases)
{
    ARENA_SCOPED arena = {0};
    static const struct {
        const char *text;
        uint64_t bytes;
    } sizes[] = {{"4096", 4096},
                 {"200M", 200ull << 20},
                 {"1.5G", 3ull << 29},
                 {"2GiB", 2ull << 30},
                 {"10kB", 10240},
                 {"", 0},
                 {"M", 0},
                 {"-1", 0},
                 {"1e30", 0},
                 {"0", 0},
                 {"5X", 0}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        uint64_t bytes = 0;
        CHECK(image_policy_parse_size(str_from(sizes[i].text), &bytes) == (sizes[i].bytes != 0));
        CHECK_EQ(sizes[i].bytes, bytes);
    }
    struct image_policy policy = {0};
    struct err err = {0};
    CHECK_OK(image_policy_parse_bases(
                 &arena, STR("# mine\ndebian:12 sha256:a sha256:b\n\nx sha256:c\n"), &policy, &err),
             &err);
    CHECK_EQ(2, policy.base_count);
    CHECK_EQ(2, policy.bases[0].layers.count);
    CHECK(image_policy_parse_bases(&arena, STR("debian:12\n"), &policy, &err) < 0);
    CHECK(image_policy_parse_bases(&arena, STR("debian:12 abc\n"), &policy, &err) < 0);
    CHECK(image_policy_parse_bases(&arena, STR("#\n"), &policy, &err) < 0);
}

/* The licenses that one copyright file names, joined by "|". */
static str licenses(struct arena *arena, const char *text)
{
    struct fact_list facts = {0};
    struct collect to = {.arena = arena, .facts = &facts};
    struct err err = {0};
    const struct entry entry = {.path = STR("usr/share/doc/tool/copyright")};
    str all = {0};
    for (const struct collector *const *at = package_collectors(); *at; at++)
        if (str_eq(str_from((*at)->name), STR("dpkg_copyright")))
            CHECK_OK((*at)->collect(&to, &entry, str_from(text), &err), &err);
    for (size_t i = 0; i < facts.count; i++) {
        CHECK_STR("tool", facts.items[i].license.package);
        all = arena_join(arena, all, i ? STR("|") : STR(""), facts.items[i].license.name);
    }
    return all;
}

TEST(licenses_of_copyright_files)
{
    ARENA_SCOPED arena = {0};
    CHECK_STR(
        "GPL-2+ or Artistic|Expat",
        licenses(
            &arena,
            "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"
            "Files: *\nLicense: GPL-2+ or Artistic\n text of it\n\nFiles: a\nLicense: Expat\n\n"
            "License: Expat\n Permission is granted\n"));
    CHECK_STR("GPL-2|LGPL-2.1",
              licenses(&arena, "On Debian systems see /usr/share/common-licenses/GPL-2.\n"
                               "and `/usr/share/common-licenses/LGPL-2.1'\n"));
    CHECK_STR("", licenses(&arena, "public domain\n"));
}
