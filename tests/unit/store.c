// SPDX-License-Identifier: Apache-2.0
#include "judge/advisory/store.h"

#include "base/fd.h"
#include "judge/advisory/store_pack.h"
#include "read/feed/feed.h"
#include "tests/unit/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *folder(struct arena *arena, const char *name)
{
    const char *path = arena_printf(arena, "%s/%s", test_folder(), name).ptr;
    mkdir(path, 0700);
    return path;
}

static void add(struct store_writer *writer, const char *namespace, const char *package,
                const char *id, enum advisory_status status, const char *fixed)
{
    struct err err = {0};
    const struct feed_sink *sink = store_sink(writer);
    const struct advisory advisory = {
        .namespace = str_from(namespace),
        .package = str_from(package),
        .id = str_from(id),
        .status = status,
        .fixed_version = str_from(fixed),
        .urgency = STR("not yet assigned"),
        .reason = status == ADVISORY_OPEN ? STR("no-dsa: Minor issue") : (str){0},
        .aliases = status == ADVISORY_FIXED ? STR("XSA-1 XSA-2") : (str){0},
    };
    CHECK_OK(sink->advisory(sink->context, &advisory, &err), &err);
}

static struct store_writer *begin(const char *dir, const char *name)
{
    struct err err = {0};
    struct store_writer *writer = NULL;
    CHECK_OK(store_write(dir, name, &writer, &err), &err);
    return writer;
}

static void make_debian(const char *dir)
{
    struct err err = {0};
    struct store_writer *writer = begin(dir, "debian");
    add(writer, "debian:bookworm", "openssl", "CVE-2024-0002", ADVISORY_OPEN, NULL);
    add(writer, "debian:bookworm", "openssl", "CVE-2023-12345", ADVISORY_FIXED, "3.0.11-1~deb12u2");
    add(writer, "debian:bookworm", "openssl", "TEMP-0000000-ABCDEF", ADVISORY_UNDETERMINED, NULL);
    add(writer, "debian:bullseye", "openssl", "CVE-2023-12345", ADVISORY_NOT_AFFECTED, NULL);
    add(writer, "debian:bookworm", "open", "CVE-2023-12345", ADVISORY_END_OF_LIFE, NULL);
    /* The same row twice, as a feed may say it. */
    add(writer, "debian:bookworm", "open", "CVE-2023-12345", ADVISORY_END_OF_LIFE, NULL);
    const struct vulnerability_text text = {STR("CVE-2024-0002"), STR("A flaw \"in\" it")};
    const struct feed_sink *sink = store_sink(writer);
    CHECK_OK(sink->text(sink->context, &text, &err), &err);
    CHECK_OK(sink->text(sink->context, &text, &err), &err);
    CHECK_OK(sink->dated(sink->context, STR("2026-11-01T00:00:00.000"), &err), &err);
    CHECK_OK(sink->dated(sink->context, STR("2026-10-01"), &err), &err);
    CHECK_OK(sink->dated(sink->context, STR("<html>"), &err), &err);
    CHECK_OK(store_commit(writer, STR("2026-11-24T03:00:00Z"), false, &err), &err);
}

TEST(store_gives_back_advisories)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct store *store = NULL;
    const char *dir = folder(&arena, "store-debian");
    make_debian(dir);
    CHECK_OK(store_open(dir, false, &store, &err), &err);

    struct advisory_list list = {0};
    str feed;
    store_find(store, &arena, STR("debian:bookworm"), STR("openssl"), &list, &feed);
    CHECK_STR("debian", feed);
    CHECK_EQ(3, list.count);
    CHECK_STR("CVE-2023-12345", list.items[0].id);
    CHECK_EQ(ADVISORY_FIXED, list.items[0].status);
    CHECK_STR("3.0.11-1~deb12u2", list.items[0].fixed_version);
    CHECK_STR("XSA-1 XSA-2", list.items[0].aliases);
    CHECK_STR("not yet assigned", list.items[0].urgency);
    CHECK_STR("", list.items[0].reason);
    CHECK_STR("CVE-2024-0002", list.items[1].id);
    CHECK_STR("no-dsa: Minor issue", list.items[1].reason);
    CHECK_STR("TEMP-0000000-ABCDEF", list.items[2].id);
    CHECK_EQ(ADVISORY_UNDETERMINED, list.items[2].status);
    CHECK_STR("openssl", list.items[2].package);
    CHECK_STR("debian:bookworm", list.items[2].namespace);

    list.count = 0;
    store_find(store, &arena, STR("debian:bookworm"), STR("open"), &list, &feed);
    CHECK_EQ(1, list.count);
    store_find(store, &arena, STR("debian:bookworm"), STR("nothing"), &list, &feed);
    CHECK_EQ(1, list.count);
    CHECK_STR("debian", feed);

    CHECK(store_has_namespace(store, STR("debian:bullseye")));
    CHECK(!store_has_namespace(store, STR("debian:sid")));
    CHECK(!store_has_namespace(store, STR("debian:")));
    CHECK(store_knows_package(store, STR("debian:"), STR("open")));
    CHECK(!store_knows_package(store, STR("debian:"), STR("ope")));
    CHECK(!store_knows_package(store, STR("alpine:"), STR("open")));

    struct str_list packages = {0};
    store_packages_of(store, &arena, STR("CVE-2023-12345"), 20, &packages);
    CHECK(packages.count >= 2);
    CHECK_STR("open", packages.items[0]);
    CHECK_STR("openssl", packages.items[1]);
    packages.count = 0;
    store_packages_of(store, &arena, STR("CVE-2023-12345"), 1, &packages);
    CHECK_EQ(1, packages.count);

    str text;
    CHECK(store_text(store, STR("CVE-2024-0002"), &text));
    CHECK_STR("A flaw \"in\" it", text);
    CHECK(!store_text(store, STR("CVE-2024-0003"), &text));
    CHECK_STR("2026-11-01", store_feed(store, 0).updated);
    CHECK_EQ(6, store_feed(store, 0).count);
    store_close(store);
}

TEST(store_gives_back_scores)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct store *store = NULL;
    const char *dir = folder(&arena, "store-scores");
    struct store_writer *writer = begin(dir, "epss");
    const struct feed_sink *sink = store_sink(writer);
    static const struct exploit_score scores[] = {
        {STR_INIT("CVE-2021-44228"), 0.94358, 0.99959},
        {STR_INIT("CVE-2021-0001"), 0, 0.00001},
        {STR_INIT("CVE-2021-100000"), 1, 1},
        {STR_INIT("CVE-2020-0001"), 0.5, 0.75},
    };
    for (size_t i = 0; i < 4; i++)
        CHECK_OK(sink->exploit(sink->context, &scores[i], &err), &err);
    const struct vulnerability_score score = {STR("CVE-2021-44228"), 9.8, STR("CVSS:3.1/AV:N")};
    CHECK_OK(sink->score(sink->context, &score, &err), &err);
    const struct known_exploited known = {STR("CVE-2021-44228"), STR("2021-12-10"),
                                          STR("2021-12-24"), STR("Log4Shell"), true};
    CHECK_OK(sink->known(sink->context, &known, &err), &err);
    CHECK_OK(store_commit(writer, STR("2026-11-24T03:00:00Z"), false, &err), &err);

    CHECK_OK(store_open(dir, false, &store, &err), &err);
    struct exploit_score exploit;
    for (size_t i = 0; i < 4; i++) {
        CHECK(store_exploit(store, scores[i].id, &exploit));
        CHECK(fabs(exploit.epss - scores[i].epss) < 1e-9);
        CHECK(fabs(exploit.percentile - scores[i].percentile) < 1e-9);
    }
    CHECK(!store_exploit(store, STR("CVE-2021-0002"), &exploit));
    CHECK(!store_exploit(store, STR("CVE-2022-0001"), &exploit));
    CHECK(!store_exploit(store, STR("GHSA-x"), &exploit));
    struct vulnerability_score got;
    CHECK(store_score(store, STR("CVE-2021-44228"), &got));
    CHECK(got.cvss == 9.8);
    CHECK_STR("CVSS:3.1/AV:N", got.vector);
    CHECK(!store_score(store, STR("CVE-2021-44229"), &got));
    struct known_exploited exploited;
    CHECK(store_known(store, STR("CVE-2021-44228"), &exploited));
    CHECK(exploited.ransomware);
    CHECK_STR("2021-12-24", exploited.due_date);
    CHECK_STR("Log4Shell", exploited.name);
    CHECK_STR("2026-11-24T03:00:00Z", store_feed(store, 0).updated);
    store_close(store);
}

TEST(store_keeps_the_newest_offer)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct store *store = NULL;
    const char *dir = folder(&arena, "store-offers");
    struct store_writer *writer = begin(dir, "apt-0011223344556677");
    const struct feed_sink *sink = store_sink(writer);
    str namespace = STR("apt:http://example.org/debian stable main amd64");
    static const char *const versions[] = {"1.0-9", "1.0-10", "1.0~rc1-1"};
    for (size_t i = 0; i < 3; i++) {
        const struct offered_package offer = {namespace, STR("libfoo1"), str_from(versions[i]),
                                              STR("foo"), STR("1.0-1")};
        CHECK_OK(sink->offered(sink->context, &offer, &err), &err);
    }
    CHECK_OK(store_commit(writer, STR("2026-11-24T03:00:00Z"), false, &err), &err);
    CHECK_OK(store_open(dir, false, &store, &err), &err);
    struct offered_package offered;
    CHECK(store_offered(store, namespace, STR("libfoo1"), &offered));
    CHECK_STR("1.0-10", offered.version);
    CHECK_STR("foo", offered.source_name);
    CHECK(!store_offered(store, namespace, STR("libfoo2"), &offered));
    CHECK(!store_offered(store, STR("apt:x"), STR("libfoo1"), &offered));
    CHECK_STR("apt:http://example.org/debian stable main amd64", store_feed(store, 0).feed);
    store_close(store);
}

TEST(store_refuses_a_feed_that_lost_half)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    const char *dir = folder(&arena, "store-fewer");
    make_debian(dir); /* 6 rows */
    struct store_writer *writer = begin(dir, "debian");
    add(writer, "debian:bookworm", "a", "CVE-2024-0002", ADVISORY_OPEN, NULL);
    add(writer, "debian:bookworm", "b", "CVE-2024-0002", ADVISORY_OPEN, NULL);
    CHECK(store_commit(writer, STR("2026-11-25T03:00:00Z"), false, &err) < 0);
    CHECK_EQ(ERR_FORMAT, err.kind);
    struct store_state state = {0};
    CHECK_OK(store_examine(&arena, dir, "debian", &state, &err), &err);
    CHECK_EQ(6, state.rows);
    writer = begin(dir, "debian");
    add(writer, "debian:bookworm", "a", "CVE-2024-0002", ADVISORY_OPEN, NULL);
    CHECK_OK(store_commit(writer, STR("2026-11-25T03:00:00Z"), true, &err), &err);
    CHECK_OK(store_examine(&arena, dir, "debian", &state, &err), &err);
    CHECK_EQ(1, state.rows);
    CHECK_STR("2026-11-25T03:00:00Z", state.fetched);
}

TEST(store_without_files_has_the_built_in_set)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct store *store = NULL;
    CHECK_OK(store_open("/nonexistent/advisories", false, &store, &err), &err);
    CHECK_EQ(1, store_feed_count(store));
    struct report_feed feed = store_feed(store, 0);
    CHECK(feed.built_in);
    CHECK_STR("built-in", feed.feed);
    CHECK(feed.count > 0);
    CHECK_EQ(10, feed.updated.len);
    CHECK(store_has_namespace(store, STR("debian:bookworm")));
    CHECK(!store_has_namespace(store, STR("alpine:v3.19/main")));
    CHECK(!store_has_namespace(store, STR("debian:*")));
    struct advisory_list list = {0};
    str name;
    store_find(store, &arena, STR("debian:bookworm"), STR("openssl"), &list, &name);
    CHECK_STR("built-in", name);
    CHECK(list.count > 0);
    for (size_t i = 0; i < list.count; i++) {
        CHECK_EQ(ADVISORY_FIXED, list.items[i].status);
        CHECK(str_starts(list.items[i].id, STR("CVE-")));
        CHECK(list.items[i].fixed_version.len > 0);
    }
    CHECK(store_knows_package(store, STR("debian:"), STR("openssl")));
    CHECK(!store_knows_package(store, STR("debian:"), STR("openss")));
    struct str_list packages = {0};
    store_packages_of(store, &arena, list.items[0].id, 20, &packages);
    CHECK(packages.count > 0);
    store_close(store);
}

TEST(store_prefers_fetched_data_to_the_built_in_set)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct store *store = NULL;
    const char *dir = folder(&arena, "store-partial");
    struct store_writer *writer = begin(dir, "debian");
    add(writer, "debian:bookworm", "a", "CVE-2024-0002", ADVISORY_OPEN, NULL);
    CHECK_OK(store_commit(writer, STR("2026-11-25T03:00:00Z"), false, &err), &err);
    CHECK_OK(store_open(dir, false, &store, &err), &err);
    struct advisory_list list = {0};
    str feed;
    store_find(store, &arena, STR("debian:bookworm"), STR("openssl"), &list, &feed);
    CHECK_STR("debian", feed);
    CHECK_EQ(0, list.count);
    store_close(store);
    CHECK_OK(store_open(dir, true, &store, &err), &err);
    store_find(store, &arena, STR("debian:bookworm"), STR("openssl"), &list, &feed);
    CHECK_STR("built-in", feed);
    store_close(store);
}

TEST(store_names_the_damaged_file)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct store *store = NULL;
    const char *dir = folder(&arena, "store-damaged");
    const char *path = arena_printf(&arena, "%s/nvd.mdb", dir).ptr;
    CHECK_OK(fd_replace_file(path, STR("<html>"), &err), &err);
    CHECK(store_open(dir, false, &store, &err) < 0);
    CHECK_EQ(ERR_FORMAT, err.kind);
    CHECK(str_contains(err_text(&err), STR("nvd.mdb")));
}

TEST(store_packs_ids_and_texts)
{
    static const char *const ids[] = {
        "CVE-1999-0001",  "CVE-2024-12345", "CVE-2024-123",        "CVE-2024-00012",
        "CVE-1998-0001",  "GHSA-x-y-z",     "CVE-2024-4294967295", "CVE-2024-4294967296",
        "CVE-20240-1234", "XSA-1",
    };
    ARENA_SCOPED arena = {0};
    BUF_SCOPED buf = buf_make(4096);
    for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
        buf_clear(&buf);
        pack_id(&buf, str_from(ids[i]));
        str rest = buf_str(&buf), id = {0};
        CHECK(unpack_id(&rest, &arena, &id));
        CHECK_STR(ids[i], id);
        CHECK_EQ(0, rest.len);
    }
    buf_clear(&buf);
    pack_number(&buf, UINT64_MAX);
    pack_text(&buf, STR("low"));
    pack_text(&buf, STR("lower"));
    pack_text(&buf, STR(""));
    str rest = buf_str(&buf), text;
    uint64_t number;
    CHECK(unpack_number(&rest, &number) && number == UINT64_MAX);
    CHECK(unpack_text(&rest, &text) && str_eq(text, STR("low")));
    CHECK(unpack_text(&rest, &text) && str_eq(text, STR("lower")));
    CHECK(unpack_text(&rest, &text) && str_eq(text, STR("")));
    CHECK(!unpack_text(&rest, &text));
    /* A text that claims more than there is. */
    rest = STR("\x20xyz");
    CHECK(!unpack_text(&rest, &text));
    rest = STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff");
    CHECK(!unpack_number(&rest, &number));
}

/* Packages of languages: ranges come back, any id leads to the flaw, and what could not be read is
 * told for as long as the file is in use. */
TEST(store_keeps_ranges_aliases_and_what_was_unread)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct store *store = NULL;
    struct store_state state;
    const char *dir = folder(&arena, "store-osv");
    struct store_writer *writer = begin(dir, "osv");
    const struct feed_sink *sink = store_sink(writer);
    const struct advisory advisory = {
        .namespace = STR("osv:pypi"),
        .package = STR("left-pad"),
        .id = STR("CVE-2025-1111"),
        .aliases = STR("GHSA-l PYSEC-1"),
        .status = ADVISORY_RANGES,
        .urgency = STR("high"),
        .affected = STR("@GHSA-l | +0 -1.4"),
    };
    CHECK_OK(sink->advisory(sink->context, &advisory, &err), &err);
    CHECK_OK(sink->unread(sink->context, STR("a.json"), STR("it has no id"), &err), &err);
    CHECK_OK(sink->unread(sink->context, STR("b.json"), STR("empty"), &err), &err);
    CHECK_OK(store_commit(writer, STR("2026-11-24T03:00:00Z"), false, &err), &err);
    CHECK_OK(store_examine(&arena, dir, "osv", &state, &err), &err);
    CHECK_STR("2 records could not be read: a.json: it has no id, ...", state.unread);

    CHECK_OK(store_open(dir, false, &store, &err), &err);
    struct advisory_list list = {0};
    struct str_list packages = {0};
    str feed;
    store_find(store, &arena, STR("osv:pypi"), STR("left-pad"), &list, &feed);
    CHECK_EQ(1, list.count);
    CHECK_EQ(ADVISORY_RANGES, list.items[0].status);
    CHECK_STR("@GHSA-l | +0 -1.4", list.items[0].affected);
    CHECK_STR("GHSA-l PYSEC-1", list.items[0].aliases);
    CHECK_STR("high", list.items[0].urgency);
    CHECK_STR("osv", feed);
    store_packages_of(store, &arena, STR("PYSEC-1"), 20, &packages);
    CHECK_EQ(1, packages.count);
    CHECK_STR("CVE-2025-1111", store_id_of(store, &arena, STR("PYSEC-1")));
    CHECK_STR("", store_id_of(store, &arena, STR("CVE-2025-1111")));
    CHECK_STR("", store_id_of(store, &arena, STR("PYSEC-2")));
    CHECK(str_eq(state.unread, store_feed_unread(store, &arena, 0)));
    CHECK_STR("", store_feed_unread(store, &arena, 7));
    store_close(store);
}
