// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "io/deb822.h"
#include "read/package/package.h"
#include "tests/unit/test.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

/* What the collectors that claim the path and serve `wants` make of the content. */
static struct fact_list collect(struct arena *arena, unsigned wants, const char *path, str content)
{
    struct fact_list facts = {0};
    struct collect to = {.arena = arena, .facts = &facts, .layer = 3};
    const struct entry entry = {.path = str_from(path), .size = content.len};
    bool claimed = false;
    for (const struct collector *const *at = package_collectors(); *at; at++) {
        for (const char *const *glob = collector_paths(*at); *glob; glob++) {
            struct err err = {0};
            if (!((*at)->wants & wants) || fnmatch(*glob, path, FNM_PATHNAME) != 0)
                continue;
            claimed = true;
            if ((*at)->collect(&to, &entry, content, &err) < 0)
                fact_add_gap(&to, entry.path, err_text(&err));
            break;
        }
    }
    CHECK(claimed);
    return facts;
}

static size_t count(const struct fact_list *facts, enum fact_kind kind)
{
    size_t found = 0;
    for (size_t i = 0; i < facts->count; i++)
        found += facts->items[i].kind == kind;
    return found;
}

static const struct fact *nth(const struct fact_list *facts, enum fact_kind kind, size_t index)
{
    static const struct fact none;
    for (size_t i = 0; i < facts->count; i++)
        if (facts->items[i].kind == kind && index-- == 0)
            return &facts->items[i];
    test_failed(__FILE__, __LINE__, "no such fact");
    return &none;
}

TEST(deb822_reads_paragraphs_and_fields)
{
    str text = STR("\n\nA: 1\nB:\n two\n# note\n three\nbad\n :x\nC : 3\n \t \n# only\nD: 4"),
        paragraph, name, value;
    CHECK(deb822_next(&text, &paragraph));
    CHECK_EQ(1, deb822_next_field(&paragraph, &name, &value));
    CHECK_STR("A", name);
    CHECK_STR("1", value);
    CHECK_EQ(1, deb822_next_field(&paragraph, &name, &value));
    CHECK_STR("two\n# note\n three", value);
    CHECK_EQ(-1, deb822_next_field(&paragraph, &name, &value));
    CHECK_EQ(-1, deb822_next_field(&paragraph, &name, &value));
    CHECK_EQ(1, deb822_next_field(&paragraph, &name, &value));
    CHECK_STR("C", name);
    CHECK_EQ(0, deb822_next_field(&paragraph, &name, &value));
    CHECK(deb822_next(&text, &paragraph));
    CHECK_EQ(1, deb822_next_field(&paragraph, &name, &value));
    CHECK_STR("D", name);
    CHECK_STR("4", value);
    CHECK(!deb822_next(&text, &paragraph));
}

TEST(dpkg_status_gives_what_is_on_the_disk)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts = collect(
        &arena, WANT_PACKAGES, "var/lib/dpkg/status",
        STR("Package: libssl3\nStatus: install ok installed\nMaintainer: Debian OpenSSL Team "
            "<team@example.org>\nArchitecture: amd64\nMulti-Arch: same\nSource: openssl\nVersion: "
            "3.0.11-1\nDescription: Secure\n toolkit\n .\n more\n\n"
            "Package: libssl3\nStatus: install ok unpacked\nArchitecture: i386\nSource: openssl "
            "(3.0.10-1)\nVersion: 3.0.11-1+b1\n\n"
            "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n"
            "Package: never\nStatus: unknown ok not-installed\n\n"
            "Package: held\nStatus: deinstall ok installed\nVersion: 2\n\n"
            "Package: half\nStatus: install reinstreq half-configured\nVersion: 1:3-1\n\n"
            "Package: waits\nStatus: install ok triggers-awaited\nVersion: 4\n"));
    CHECK_EQ(5, count(&facts, FACT_PACKAGE));
    CHECK_EQ(0, count(&facts, FACT_GAP));
    const struct package *package = &nth(&facts, FACT_PACKAGE, 0)->package;
    CHECK_STR("deb", package->type);
    CHECK_STR("libssl3", package->name);
    CHECK_STR("3.0.11-1", package->version);
    CHECK_STR("amd64", package->arch);
    CHECK_STR("openssl", package->source_name);
    CHECK_STR("3.0.11-1", package->source_version);
    CHECK_STR("Debian OpenSSL Team <team@example.org>", package->maintainer);
    package = &nth(&facts, FACT_PACKAGE, 1)->package;
    CHECK_STR("i386", package->arch);
    CHECK_STR("3.0.11-1+b1", package->version);
    CHECK_STR("3.0.10-1", package->source_version);
    CHECK_STR("held", nth(&facts, FACT_PACKAGE, 2)->package.name);
    CHECK_STR("half", nth(&facts, FACT_PACKAGE, 3)->package.name);
    CHECK_STR("1:3-1", nth(&facts, FACT_PACKAGE, 3)->package.source_version);
    CHECK_STR("waits", nth(&facts, FACT_PACKAGE, 4)->package.name);
    CHECK_EQ(3, nth(&facts, FACT_PACKAGE, 4)->layer);
    CHECK_STR("var/lib/dpkg/status", nth(&facts, FACT_PACKAGE, 4)->path);
}

TEST(dpkg_status_names_damage_and_goes_on)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts =
        collect(&arena, WANT_PACKAGES, "var/lib/dpkg/status",
                STR("\x01\x02garbage\nPackage: a\nVersion: 1\nStatus: install ok installed\n\n"
                    "Package: b\nStatus: install ok installed\n\n"
                    "Version: 3\nStatus: install ok installed\n\n"
                    "Package: c\r\nVersion: 3\r\nStatus: install ok installed\r\n\r\n"));
    CHECK_EQ(2, count(&facts, FACT_PACKAGE));
    CHECK_STR("c", nth(&facts, FACT_PACKAGE, 1)->package.name);
    CHECK_EQ(3, count(&facts, FACT_GAP));
    CHECK_STR("record 1: 1 line that is no field", nth(&facts, FACT_GAP, 0)->gap.reason);
    CHECK_STR("record 2 has no version", nth(&facts, FACT_GAP, 1)->gap.reason);
    CHECK_STR("record 3 has no package name", nth(&facts, FACT_GAP, 2)->gap.reason);
}

/* Where dpkg is lenient, so must be who looks for what dpkg has installed. */
TEST(dpkg_status_is_read_as_dpkg_does)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts = collect(&arena, WANT_PACKAGES, "var/lib/dpkg/status",
                                     STR("Package: OpenSSL\0x\nVersion: 1.0\0y\nPackage : Other\n"
                                         "\nPACKAGE: LibC6\nversion: 2\nSource: LibC6\n"));
    CHECK_EQ(2, count(&facts, FACT_PACKAGE));
    CHECK_EQ(1, count(&facts, FACT_GAP));
    CHECK_STR("other", nth(&facts, FACT_PACKAGE, 0)->package.name);
    CHECK_STR("1.0", nth(&facts, FACT_PACKAGE, 0)->package.version);
    CHECK_STR("libc6", nth(&facts, FACT_PACKAGE, 1)->package.name);
    str update = STR("Package: a\nStatus: install ok installed\nVersion: 1\n#padding\n");
    facts = collect(&arena, WANT_PACKAGES, "var/lib/dpkg/updates/0001", update);
    CHECK_EQ(1, count(&facts, FACT_PACKAGE));
    facts = collect(&arena, WANT_PACKAGES, "var/lib/dpkg/updates/tmp.i", update);
    CHECK_EQ(0, facts.count);
    facts = collect(&arena, WANT_PACKAGES, "var/lib/dpkg/updates/0002", STR("#padding\n"));
    CHECK_EQ(0, facts.count);
}

TEST(apk_database_ends_records_as_apk_does)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts = collect(&arena, WANT_PACKAGES, "lib/apk/db/installed",
                                     STR("P:bad\nV:1\nx\nP:good\nV:2\n\n"));
    CHECK_EQ(2, count(&facts, FACT_PACKAGE));
    CHECK_STR("bad", nth(&facts, FACT_PACKAGE, 0)->package.name);
    CHECK_EQ(1, count(&facts, FACT_GAP));
}

TEST(package_databases_are_never_a_silent_zero)
{
    ARENA_SCOPED arena = {0};
    static const char *const paths[] = {"var/lib/dpkg/status", "var/lib/dpkg/status.d/base",
                                        "lib/apk/db/installed", "usr/lib/apk/db/installed"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct fact_list facts = collect(&arena, WANT_PACKAGES, paths[i], STR(""));
        CHECK_EQ(1, count(&facts, FACT_GAP));
        CHECK_STR("the package database lists no installed package",
                  nth(&facts, FACT_GAP, 0)->gap.reason);
    }
}

TEST(damage_is_named_up_to_a_limit)
{
    ARENA_SCOPED arena = {0};
    str unit = STR("Package: x\n\n");
    char *text = arena_alloc(&arena, unit.len * 100);
    for (size_t i = 0; i < 100; i++)
        memcpy(text + i * unit.len, unit.ptr, unit.len);
    struct fact_list facts =
        collect(&arena, WANT_PACKAGES, "var/lib/dpkg/status", str_make(text, unit.len * 100));
    CHECK_EQ(LIMIT_FILE_GAPS + 2, count(&facts, FACT_GAP));
    CHECK_STR("90 more damaged records", nth(&facts, FACT_GAP, LIMIT_FILE_GAPS + 1)->gap.reason);
}

TEST(dpkg_status_d_of_distroless_has_no_status)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts =
        collect(&arena, WANT_PACKAGES, "var/lib/dpkg/status.d/tzdata",
                STR("Package: tzdata\nVersion: 2024a-0+deb12u1\nArchitecture: all\n"));
    CHECK_EQ(1, count(&facts, FACT_PACKAGE));
    CHECK_STR("tzdata", nth(&facts, FACT_PACKAGE, 0)->package.source_name);
    facts = collect(&arena, WANT_PACKAGES, "var/lib/dpkg/status.d/tzdata.md5sums",
                    STR("d41d8cd98f00b204e9800998ecf8427e  usr/share/zoneinfo/UTC\n"));
    CHECK_EQ(0, facts.count);
    facts = collect(&arena, WANT_OWNERS, "var/lib/dpkg/status.d/tzdata.md5sums",
                    STR("d41d8cd98f00b204e9800998ecf8427e  usr/share/zoneinfo/UTC\nshort\n"));
    CHECK_EQ(1, count(&facts, FACT_OWNED_FILE));
    CHECK_EQ(1, count(&facts, FACT_GAP));
    const struct owned_file *file = &nth(&facts, FACT_OWNED_FILE, 0)->owned_file;
    CHECK_STR("tzdata", file->package);
    CHECK_STR("usr/share/zoneinfo/UTC", file->path);
    CHECK_STR("d41d8cd98f00b204e9800998ecf8427e", file->checksum);
}

TEST(dpkg_lists_tell_owners)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts = collect(&arena, WANT_OWNERS, "var/lib/dpkg/info/libc6:amd64.list",
                                     STR("/.\n/usr\n/usr/lib/x y\n"));
    CHECK_EQ(2, count(&facts, FACT_OWNED_FILE));
    CHECK_STR("libc6:amd64", nth(&facts, FACT_OWNED_FILE, 1)->owned_file.package);
    CHECK_STR("usr/lib/x y", nth(&facts, FACT_OWNED_FILE, 1)->owned_file.path);
}

TEST(apk_database_gives_packages_and_owners)
{
    ARENA_SCOPED arena = {0};
    str text = STR("C:Q1abc=\nP:libcrypto3\nV:3.1.4-r0\nA:x86_64\nS:1\nI:2\nT:Crypto library\n"
                   "U:https://example.org\nL:Apache-2.0\no:openssl\nm:Some One <a@example.org>\n"
                   "t:1\nc:abc\nD:so:libc\np:so:libcrypto.so.3=3\nF:lib\n"
                   "R:libcrypto.so.3\na:0:0:755\nZ:Q1xyz=\nF:\nR:top\n\n"
                   "P:busybox\nV:1.36.1-r15\nA:x86_64\n\n"
                   "V:1\n\nP:novers\n\nP:x\nV:1\nnonsense\n");
    struct fact_list facts = collect(&arena, WANT_PACKAGES, "lib/apk/db/installed", text);
    CHECK_EQ(3, count(&facts, FACT_PACKAGE));
    CHECK_EQ(3, count(&facts, FACT_GAP));
    const struct package *package = &nth(&facts, FACT_PACKAGE, 0)->package;
    CHECK_STR("apk", package->type);
    CHECK_STR("libcrypto3", package->name);
    CHECK_STR("openssl", package->source_name);
    CHECK_STR("3.1.4-r0", package->source_version);
    CHECK_STR("x86_64", package->arch);
    CHECK_STR("Apache-2.0", package->license);
    CHECK_STR("Some One <a@example.org>", package->maintainer);
    CHECK_STR("busybox", nth(&facts, FACT_PACKAGE, 1)->package.source_name);

    facts = collect(&arena, WANT_OWNERS, "lib/apk/db/installed", text);
    CHECK_EQ(2, count(&facts, FACT_OWNED_FILE));
    CHECK_STR("lib/libcrypto.so.3", nth(&facts, FACT_OWNED_FILE, 0)->owned_file.path);
    CHECK_STR("Q1xyz=", nth(&facts, FACT_OWNED_FILE, 0)->owned_file.checksum);
    CHECK_STR("libcrypto3", nth(&facts, FACT_OWNED_FILE, 1)->owned_file.package);
    CHECK_STR("top", nth(&facts, FACT_OWNED_FILE, 1)->owned_file.path);
    CHECK_STR("", nth(&facts, FACT_OWNED_FILE, 1)->owned_file.checksum);
}

TEST(os_release_is_quoted_like_a_shell_does)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts =
        collect(&arena, WANT_PACKAGES, "etc/os-release",
                STR("# comment\nPRETTY_NAME=\"Debian \\\"GNU\\\"/Linux \\\\ \\n 12\"\nID=debian\n"
                    "VERSION_ID='12'\nVERSION_CODENAME=book\\worm # no\nID_LIKE=\"a\"'b'c\n"
                    "HOME_URL=\"https://example.org/\"\n"));
    CHECK_EQ(1, facts.count);
    const struct distribution *distribution = &nth(&facts, FACT_DISTRIBUTION, 0)->distribution;
    CHECK_STR("debian", distribution->id);
    CHECK_STR("12", distribution->version_id);
    CHECK_STR("bookworm", distribution->codename);
    CHECK_STR("Debian \"GNU\"/Linux \\ \\n 12", distribution->pretty_name);
    CHECK_STR("abc", distribution->id_like);

    facts = collect(&arena, WANT_PACKAGES, "usr/lib/os-release", STR("\nfoo\nNAME=x\n"));
    CHECK_STR("linux", nth(&facts, FACT_DISTRIBUTION, 0)->distribution.id);
    CHECK_STR("line 2 is no setting", nth(&facts, FACT_GAP, 0)->gap.reason);
}

TEST(os_release_has_fall_backs)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts = collect(&arena, WANT_PACKAGES, "etc/debian_version", STR("12.5\n"));
    CHECK_STR("debian", nth(&facts, FACT_DISTRIBUTION, 0)->distribution.id);
    CHECK_STR("12", nth(&facts, FACT_DISTRIBUTION, 0)->distribution.version_id);
    facts = collect(&arena, WANT_PACKAGES, "etc/debian_version", STR("trixie/sid\n"));
    CHECK_STR("trixie", nth(&facts, FACT_DISTRIBUTION, 0)->distribution.codename);
    CHECK_STR("", nth(&facts, FACT_DISTRIBUTION, 0)->distribution.version_id);
    facts = collect(&arena, WANT_PACKAGES, "etc/alpine-release", STR("3.19.1\n"));
    CHECK_STR("alpine", nth(&facts, FACT_DISTRIBUTION, 0)->distribution.id);
    CHECK_STR("3.19.1", nth(&facts, FACT_DISTRIBUTION, 0)->distribution.version_id);
    facts = collect(&arena, WANT_PACKAGES, "etc/lsb-release",
                    STR("DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=14.04\nDISTRIB_CODENAME=trusty\n"
                        "DISTRIB_DESCRIPTION=\"Ubuntu 14.04.6 LTS\"\n"));
    CHECK_STR("ubuntu", nth(&facts, FACT_DISTRIBUTION, 0)->distribution.id);
    CHECK_STR("14.04", nth(&facts, FACT_DISTRIBUTION, 0)->distribution.version_id);
    CHECK_STR("trusty", nth(&facts, FACT_DISTRIBUTION, 0)->distribution.codename);
    CHECK_STR("Ubuntu 14.04.6 LTS", nth(&facts, FACT_DISTRIBUTION, 0)->distribution.pretty_name);
    facts = collect(&arena, WANT_PACKAGES, "etc/lsb-release", STR("LSB_VERSION=1.4\n"));
    CHECK_EQ(0, count(&facts, FACT_DISTRIBUTION));
    facts = collect(&arena, WANT_PACKAGES, "etc/alpine-release", STR("\n"));
    CHECK_EQ(1, count(&facts, FACT_GAP));
}

static void check_source(const struct fact_list *facts, size_t index, const char *want)
{
    const struct apt_source *source = &nth(facts, FACT_APT_SOURCE, index)->apt_source;
    char got[500];
    int len = snprintf(got, sizeof(got), "%.*s %.*s (%.*s) [%.*s]", STR_ARG(source->uri),
                       STR_ARG(source->suite), STR_ARG(source->components),
                       STR_ARG(source->architectures));
    CHECK_STR(want, str_make(got, (size_t)len));
}

TEST(apt_sources_one_a_line)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts = collect(
        &arena, WANT_PACKAGES, "etc/apt/sources.list",
        STR("# deb http://no.example.org x main\n"
            "deb http://example.org/debian bookworm main  contrib # note\n"
            "deb-src http://example.org/debian bookworm main\n"
            "\tdeb [ arch=amd64,arm64 signed-by=/usr/share/keyrings/x.gpg ] "
            "https://example.org/x stable main\n"
            "deb [trusted=yes] file:/srv ./\n"
            "deb cdrom:[Debian GNU/Linux 12.0.0 _Bookworm_]/ bookworm main\n"
            "deb http://example.org/only\ndeb [arch=amd64 http://example.org x main\nrpm x y z\n"));
    CHECK_EQ(3, count(&facts, FACT_APT_SOURCE));
    check_source(&facts, 0, "http://example.org/debian bookworm (main contrib) []");
    check_source(&facts, 1, "https://example.org/x stable (main) [amd64 arm64]");
    check_source(&facts, 2, "file:/srv ./ () []");
    CHECK_EQ(3, count(&facts, FACT_GAP));
    CHECK_STR("line 7 is no archive", nth(&facts, FACT_GAP, 0)->gap.reason);
}

TEST(apt_sources_in_deb822)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts = collect(
        &arena, WANT_PACKAGES, "etc/apt/sources.list.d/debian.sources",
        STR("# head\n\nTypes: deb deb-src\nURIs: http://a.example.org/debian\n "
            "http://b.example.org/debian\nSuites: trixie trixie-updates\nComponents: main\n# no\n "
            "contrib\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n\n"
            "Types: deb\nURIs: http://c.example.org\nSuites: x\nEnabled: no\n\n"
            "Types: deb-src\nURIs: http://c.example.org\nSuites: x\n\n"
            "Types: deb\nSuites: x\n"));
    CHECK_EQ(4, count(&facts, FACT_APT_SOURCE));
    check_source(&facts, 0, "http://a.example.org/debian trixie (main contrib) []");
    check_source(&facts, 1, "http://a.example.org/debian trixie-updates (main contrib) []");
    check_source(&facts, 3, "http://b.example.org/debian trixie-updates (main contrib) []");
    CHECK_EQ(1, count(&facts, FACT_GAP));
    CHECK_STR("stanza 5 is no archive", nth(&facts, FACT_GAP, 0)->gap.reason);
}

TEST(apt_sources_do_not_multiply_without_end)
{
    ARENA_SCOPED arena = {0};
    struct arena *a = &arena;
    str words = STR("");
    for (int i = 0; i < 2000; i++)
        words = arena_printf(a, "%.*s u%d", STR_ARG(words), i);
    str text =
        arena_printf(a, "Types: deb\nURIs:%.*s\nSuites:%.*s\n", STR_ARG(words), STR_ARG(words));
    struct fact_list facts = collect(a, WANT_PACKAGES, "etc/apt/sources.list.d/many.sources", text);
    CHECK_EQ(LIMIT_REPOSITORIES, count(&facts, FACT_APT_SOURCE));
    CHECK_EQ(1, count(&facts, FACT_GAP));
}

static void check_repository(const struct fact_list *facts, size_t index, const char *want)
{
    const struct apk_repository *got = &nth(facts, FACT_APK_REPOSITORY, index)->apk_repository;
    char text[500];
    int len = snprintf(text, sizeof(text), "%.*s|%.*s|%.*s", STR_ARG(got->url),
                       STR_ARG(got->branch), STR_ARG(got->component));
    CHECK_STR(want, str_make(text, (size_t)len));
}

TEST(apk_repositories_tell_branch_and_component)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts = collect(
        &arena, WANT_PACKAGES, "etc/apk/repositories",
        STR("# comment\nhttps://example.org/alpine/v3.19/main\n"
            "http://example.org/alpine/v3.19/community/\n@testing https://example.org/edge/testing\n"
            "/media/usb/apks\nv2 https://example.org/alpine/v3.23 main community\n"
            "https://example.org/v${VERSION_ID}/main\nset mirror=x\n@lonely\nword\n"));
    CHECK_EQ(7, count(&facts, FACT_APK_REPOSITORY));
    check_repository(&facts, 0, "https://example.org/alpine/v3.19/main|v3.19|main");
    check_repository(&facts, 1, "http://example.org/alpine/v3.19/community/|v3.19|community");
    check_repository(&facts, 2, "@testing https://example.org/edge/testing|edge|testing");
    check_repository(&facts, 3, "/media/usb/apks||");
    check_repository(&facts, 4, "https://example.org/alpine/v3.23|v3.23|main");
    check_repository(&facts, 5, "https://example.org/alpine/v3.23|v3.23|community");
    check_repository(&facts, 6, "https://example.org/v${VERSION_ID}/main||");
    CHECK_EQ(2, count(&facts, FACT_GAP));
}
