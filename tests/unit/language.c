// SPDX-License-Identifier: Apache-2.0
#include "model/language.h"
#include "io/content.h"
#include "model/purl.h"
#include "read/package/package.h"
#include "tests/unit/test.h"

#include <string.h>

/* What the collectors that take a file of that path and content make of it. */
static struct fact_list look(struct arena *arena, const char *path, str content)
{
    struct fact_list facts = {0};
    struct collect to = {.arena = arena, .facts = &facts};
    const struct entry entry = {.path = str_from(path), .size = content.len};
    for (const struct collector *const *at = package_collectors(); *at; at++) {
        struct content bytes = content_of_memory(content);
        struct err err = {0};
        if ((*at)->takes && (*at)->takes(&entry, str_sub(content, 0, 64)) &&
            (*at)->inspect(&to, &entry, &bytes, &err) < 0)
            fact_add_gap(&to, entry.path, err_text(&err));
    }
    return facts;
}

static str purl(struct arena *arena, const struct fact_list *facts, size_t index)
{
    const struct distribution debian = {.id = STR("debian"), .version_id = STR("12")};
    if (index >= facts->count || facts->items[index].kind != FACT_PACKAGE)
        return STR("no package");
    return purl_of_package(arena, &facts->items[index].package, &debian);
}

/* Vectors of purl-spec's tests of types, and one of each rule. */
TEST(language_purls)
{
    static const struct {
        const char *type, *name, *version, *want;
    } vectors[] = {
        {"pypi", "My.PyPI_.--._Package", "1.11.1.dev1", "pkg:pypi/my-pypi-package@1.11.1.dev1"},
        {"nuget", "EnterpriseLibrary.Common", "6.0.1304",
         "pkg:nuget/EnterpriseLibrary.Common@6.0.1304"},
        {"npm", "@MyScope/MyPackage", "1.0.0", "pkg:npm/%40myscope/mypackage@1.0.0"},
        {"golang", "GitHub.com/Gorilla/context", "v2.0.0+incompatible",
         "pkg:golang/github.com/gorilla/context@v2.0.0%2Bincompatible"},
        {"maven", "org.Apache:Xml_a", "1.9", "pkg:maven/org.Apache/Xml_a@1.9"},
        {"composer", "Laravel/Laravel", "5.5.0", "pkg:composer/laravel/laravel@5.5.0"},
        {"gem", "RedCloth", "4.3.2", "pkg:gem/RedCloth@4.3.2"},
        {"cargo", "Inflector", "0.11.4", "pkg:cargo/Inflector@0.11.4"},
    };
    ARENA_SCOPED arena = {0};
    const struct distribution none = {0};
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        const struct package package = {.type = str_from(vectors[i].type),
                                        .name = str_from(vectors[i].name),
                                        .version = str_from(vectors[i].version)};
        CHECK_STR(vectors[i].want, purl_of_package(&arena, &package, &none));
    }
}

TEST(language_python)
{
    ARENA_SCOPED arena = {0};
    str metadata = STR("Metadata-Version: 2.1\nName: Ruamel.YAML_x\nVersion: 0.17.4\n"
                       "License: MIT license\nDescription: a\n b\n\nName: text\n");
    struct fact_list facts = look(&arena, "srv/v/lib/R-0.17.4.dist-info/METADATA", metadata);
    CHECK_EQ(1, facts.count);
    CHECK_STR("pkg:pypi/ruamel-yaml-x@0.17.4", purl(&arena, &facts, 0));
    CHECK_STR("MIT license", facts.items[0].package.license);
    facts = look(&arena, "usr/lib/python3/dist-packages/a.egg-info", metadata);
    CHECK_EQ(1, facts.count);
    facts = look(&arena, "srv/a.egg-info/PKG-INFO", STR("Name: a\n\nVersion: 1\n"));
    CHECK_EQ(1, facts.count);
    CHECK_EQ(FACT_GAP, facts.items[0].kind);
    CHECK_EQ(0, look(&arena, "srv/METADATA", metadata).count);
}

TEST(language_npm)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts =
        look(&arena, "srv/node_modules/@types/node/package.json",
             STR("{\"name\":\"@types/node\",\"version\":\"16.0.0\",\"license\":\"MIT\"}"));
    CHECK_EQ(1, facts.count);
    CHECK_STR("pkg:npm/%40types/node@16.0.0", purl(&arena, &facts, 0));
    facts = look(&arena, "srv/node_modules/@a/b/package.json", STR("{\"name\": \"a\", "));
    CHECK_EQ(1, facts.count);
    CHECK_EQ(FACT_GAP, facts.items[0].kind);
    CHECK_EQ(0, look(&arena, "srv/test/package.json", STR("{\"name\": \"a\", ")).count);
    CHECK_EQ(
        0,
        look(&arena, "srv/node_modules/a/sub/package.json", STR("{\"type\": \"module\"}")).count);
    CHECK_EQ(0, look(&arena, "srv/t/package.json",
                     STR("{\"name\": \"<%= name %>\", \"version\": \"1\"}"))
                    .count);
}

TEST(language_gem_composer_nuget)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts =
        look(&arena, "var/lib/gems/3.1.0/specifications/rack-2.2.3.gemspec",
             STR("Gem::Specification.new do |s|\n  s.name = \"rack\".freeze\n"
                 "  s.version = \"2.2.3\"\n  s.licenses = [\"MIT\".freeze]\n"));
    CHECK_STR("pkg:gem/rack@2.2.3", purl(&arena, &facts, 0));
    CHECK_STR("MIT", facts.items[0].package.license);
    CHECK_EQ(0, look(&arena, "srv/rack.gemspec", STR("s.name = \"rack\"\n")).count);
    facts = look(&arena, "srv/vendor/composer/installed.json",
                 STR("{\"packages\":[{\"name\":\"Guzzle/http\",\"version\":\"v7.4.1\"}]}"));
    CHECK_STR("pkg:composer/guzzle/http@7.4.1", purl(&arena, &facts, 0));
    facts =
        look(&arena, "srv/composer/installed.json",
             STR("[{\"name\":\"a/b\",\"version\":\"1\"},{\"name\":\"c/d\",\"version\":\"2\"}]"));
    CHECK_EQ(2, facts.count);
    facts = look(&arena, "srv/app.deps.json",
                 STR("{\"libraries\":{\"app/1.0.0\":{\"type\":\"project\"},"
                     "\"Newtonsoft.Json/12.0.1\":{\"type\":\"package\"}}}"));
    CHECK_EQ(1, facts.count);
    CHECK_STR("pkg:nuget/Newtonsoft.Json@12.0.1", purl(&arena, &facts, 0));
    facts = look(&arena, "srv/app.deps.json", STR("{"));
    CHECK_EQ(FACT_GAP, facts.items[0].kind);
}

/* A zip archive of stored members. */
struct archive {
    char bytes[2048], directory[1024];
    size_t len, listed, count;
};

static void put(char *to, size_t *at, uint64_t number, size_t size)
{
    for (; size--; number >>= 8)
        to[(*at)++] = (char)(number & 0xff);
}

static void put_text(char *to, size_t *at, str text)
{
    if (text.len)
        memcpy(to + *at, text.ptr, text.len);
    *at += text.len;
}

static uint32_t crc_of(str text)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < text.len; i++) {
        crc ^= (unsigned char)text.ptr[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static void add(struct archive *to, const char *name, str content)
{
    str path = str_from(name);
    size_t start = to->len;
    struct {
        char *bytes;
        size_t *at;
        const char *mark;
    } both[] = {{to->bytes, &to->len, "PK\3\4\24\0"},
                {to->directory, &to->listed, "PK\1\2\24\0\24\0"}};
    for (size_t i = 0; i < 2; i++) {
        put_text(both[i].bytes, both[i].at, str_make(both[i].mark, i ? 8 : 6));
        put(both[i].bytes, both[i].at, 0, 8); /* flags, method, time */
        put(both[i].bytes, both[i].at, crc_of(content), 4);
        put(both[i].bytes, both[i].at, content.len, 4);
        put(both[i].bytes, both[i].at, content.len, 4);
        put(both[i].bytes, both[i].at, path.len, 2);
        put(both[i].bytes, both[i].at, 0, i ? 12 : 2); /* what else there may be */
        if (i)
            put(both[i].bytes, both[i].at, start, 4);
        put_text(both[i].bytes, both[i].at, path);
    }
    put_text(to->bytes, &to->len, content);
    to->count++;
}

static str finish(struct archive *of)
{
    size_t start = of->len;
    put_text(of->bytes, &of->len, str_make(of->directory, of->listed));
    put_text(of->bytes, &of->len, STR("PK\5\6\0\0\0\0"));
    put(of->bytes, &of->len, of->count, 2);
    put(of->bytes, &of->len, of->count, 2);
    put(of->bytes, &of->len, of->listed, 4);
    put(of->bytes, &of->len, start, 4);
    put(of->bytes, &of->len, 0, 2);
    return str_make(of->bytes, of->len);
}

TEST(language_jar)
{
    ARENA_SCOPED arena = {0};
    struct archive inner = {0}, outer = {0}, plain = {0};
    add(&inner, "META-INF/maven/org.a/b/pom.properties",
        STR("#made\nversion=1.2\ngroupId=org.a\nartifactId=b\n"));
    add(&outer, "META-INF/maven/org.c/d/pom.properties",
        STR("groupId=org.c\r\nartifactId=d\r\nversion=3\r\n"));
    add(&outer, "BOOT-INF/lib/b-1.2.jar", finish(&inner));
    struct fact_list facts = look(&arena, "srv/app.jar", finish(&outer));
    CHECK_EQ(2, facts.count);
    CHECK_STR("pkg:maven/org.c/d@3", purl(&arena, &facts, 0));
    CHECK_STR("pkg:maven/org.a/b@1.2", purl(&arena, &facts, 1));
    add(&plain, "META-INF/MANIFEST.MF", STR("Implementation-Version: 4.5\n"));
    facts = look(&arena, "srv/lib/old.jar", finish(&plain));
    CHECK_STR("pkg:maven/old@4.5", purl(&arena, &facts, 0));
    facts = look(&arena, "srv/lib/old-tool-2.0-rc1.jar", str_make(plain.bytes, plain.len));
    CHECK_STR("pkg:maven/old-tool@2.0-rc1", purl(&arena, &facts, 0));
    str script =
        arena_join(&arena, STR("#!/bin/sh\nexit 0\n"), STR(""), str_make(plain.bytes, plain.len));
    facts = look(&arena, "srv/start.jar", script);
    CHECK_EQ(1, facts.count);
    CHECK_STR("pkg:maven/start@4.5", purl(&arena, &facts, 0));
    facts = look(&arena, "srv/cut.jar", str_make(plain.bytes, plain.len / 2));
    CHECK_EQ(1, facts.count);
    CHECK_EQ(FACT_GAP, facts.items[0].kind);
}

/* Directories that claim more than there is, and more members than anybody has. */
TEST(language_jar_is_bounded)
{
    enum { MEMBERS = 100001, CENTRAL = 46, END = 22 };
    ARENA_SCOPED arena = {0};
    struct archive claims = {0};
    for (size_t i = 0; i < 12; i++)
        add(&claims, "a.jar", STR(""));
    for (size_t i = 0, at = 24; i < 12; i++, at += CENTRAL + 5)
        memcpy(claims.directory + at, "\0\0\0\3", 4); /* 48 MiB unpacked */
    struct fact_list facts = look(&arena, "srv/claims.jar", finish(&claims));
    CHECK_EQ(1, facts.count);
    CHECK_STR("a.jar: too long to be looked into", facts.items[0].gap.reason);

    char *many = arena_alloc(&arena, MEMBERS * CENTRAL + END);
    size_t len = MEMBERS * CENTRAL;
    for (size_t i = 0; i < MEMBERS; i++)
        memcpy(many + i * CENTRAL, "PK\1\2", 4);
    put_text(many, &len, STR("PK\5\6\0\0\0\0"));
    put(many, &len, 1, 2);
    put(many, &len, 1, 2);
    put(many, &len, MEMBERS * CENTRAL, 4);
    put(many, &len, 0, 6);
    str bytes = arena_join(&arena, STR("PK\3\4"), STR(""), str_make(many, len));
    facts = look(&arena, "srv/many-1.jar", bytes);
    CHECK_EQ(2, facts.count);
    CHECK_STR("pkg:maven/many@1", purl(&arena, &facts, 0));
    CHECK_STR("more than 100000 members in one archive", facts.items[1].gap.reason);
}

TEST(language_packages_of_one_file_are_bounded)
{
    enum { MOST = 200000 };
    ARENA_SCOPED arena = {0};
    struct fact_list facts = {0};
    struct collect to = {.arena = &arena, .facts = &facts};
    const struct package package = {.type = STR("gem"), .name = STR("a"), .version = STR("1")};
    CHECK(language_add(&to, STR("other"), &package));
    for (size_t i = 0; i < MOST; i++)
        CHECK(language_add(&to, STR("file"), &package));
    CHECK(!language_add(&to, STR("file"), &package));
    CHECK(!language_add(&to, STR("file"), &package));
    CHECK_EQ(MOST + 2, facts.count);
    CHECK_STR("more than 200000 packages in it", facts.items[MOST + 1].gap.reason);
    CHECK(language_add(&to, STR("next"), &package));
}
