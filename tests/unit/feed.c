// SPDX-License-Identifier: Apache-2.0
#include "read/feed/feed.h"

#include "base/buf.h"
#include "base/date.h"
#include "io/digest.h"
#include "io/line.h"
#include "model/fact.h"
#include "tests/unit/test.h"

#include <string.h>

/* What a feed tells, one line a row. */
static int note_advisory(void *context, const struct advisory *a, struct err *err)
{
    static const char status[] = "?FONUE";
    (void)err;
    buf_printf(context, "%c %.*s %.*s %.*s [%.*s] <%.*s> (%.*s) {%.*s}\n", status[a->status],
               STR_ARG(a->namespace), STR_ARG(a->package), STR_ARG(a->id),
               STR_ARG(a->fixed_version), STR_ARG(a->urgency), STR_ARG(a->reason),
               STR_ARG(a->aliases));
    return 0;
}

static int note_text(void *context, const struct vulnerability_text *text, struct err *err)
{
    (void)err;
    buf_printf(context, "text %.*s %.*s\n", STR_ARG(text->id), STR_ARG(text->description));
    return 0;
}

static int note_score(void *context, const struct vulnerability_score *score, struct err *err)
{
    (void)err;
    buf_printf(context, "score %.*s %.1f %.*s\n", STR_ARG(score->id), score->cvss,
               STR_ARG(score->vector));
    return 0;
}

static int note_exploit(void *context, const struct exploit_score *score, struct err *err)
{
    (void)err;
    buf_printf(context, "exploit %.*s %.9f %.9f\n", STR_ARG(score->id), score->epss,
               score->percentile);
    return 0;
}

static int note_known(void *context, const struct known_exploited *known, struct err *err)
{
    (void)err;
    buf_printf(context, "known %.*s %.*s %.*s %d %.*s\n", STR_ARG(known->id),
               STR_ARG(known->date_added), STR_ARG(known->due_date), known->ransomware,
               STR_ARG(known->name));
    return 0;
}

static int note_offered(void *context, const struct offered_package *offered, struct err *err)
{
    (void)err;
    buf_printf(context, "%.*s %.*s %.*s %.*s\n", STR_ARG(offered->package),
               STR_ARG(offered->version), STR_ARG(offered->source_name),
               STR_ARG(offered->source_version));
    return 0;
}

static int note_date(void *context, str date, struct err *err)
{
    (void)err;
    buf_printf(context, "date %.*s\n", STR_ARG(date));
    return 0;
}

static int read_feed(const char *name, const struct feed_document *document, const char *text,
                     struct buf *notes, struct err *err)
{
    const struct feed_sink sink = {
        .context = notes,
        .advisory = note_advisory,
        .text = note_text,
        .score = note_score,
        .exploit = note_exploit,
        .known = note_known,
        .offered = note_offered,
        .dated = note_date,
    };
    STREAM_SCOPED stream = stream_memory(str_from(text));
    buf_clear(notes);
    *err = (struct err){0};
    return feed_by_name(str_from(name))->read(document, stream, &sink, err);
}

/* Documents that are damaged in each of these ways are refused. */
static void check_refused(const char *name, const struct feed_document *document,
                          const char *const *texts, size_t count)
{
    BUF_SCOPED notes = buf_make(65536);
    struct err err;
    for (size_t i = 0; i < count; i++) {
        if (read_feed(name, document, texts[i], &notes, &err) == 0)
            test_failed(__FILE__, __LINE__, "%s accepted: %s", name, texts[i]);
        else
            CHECK_EQ(ERR_FORMAT, err.kind);
    }
}
#define REFUSED(name, document, ...)                                                               \
    do {                                                                                           \
        static const char *const texts_[] = {__VA_ARGS__};                                         \
        check_refused(name, document, texts_, sizeof(texts_) / sizeof(*texts_));                   \
    } while (0)

static const struct feed_document no_document;

TEST(feed_debian_tells_every_status)
{
    BUF_SCOPED notes = buf_make(65536);
    struct err err;
    CHECK_OK(
        read_feed(
            "debian", &no_document,
            "{\"openssl\": {\"CVE-2022-3602\": {\"scope\": \"local\", \"description\": \"X.509\","
            " \"debianbug\": 1023424, \"releases\": {"
            "  \"bullseye\": {\"status\": \"resolved\", \"repositories\": {\"bullseye\": \"1.1.1w\","
            "     \"status\": \"open\"}, \"fixed_version\": \"0\", \"urgency\": \"unimportant\"},"
            "  \"bookworm\": {\"status\": \"resolved\", \"fixed_version\": \"3.0.7-1\","
            "     \"urgency\": \"not yet assigned\"},"
            "  \"trixie\": {\"status\": \"open\", \"urgency\": \"low\", \"nodsa\": \"Minor issue\","
            "     \"nodsa_reason\": \"\"}}},"
            " \"CVE-2022-1\": {\"releases\": {"
            "  \"a\": {\"status\": \"open\", \"nodsa\": \"Minor\", \"nodsa_reason\": \"postponed\"},"
            "  \"b\": {\"status\": \"open\", \"nodsa_reason\": \"ignored\"},"
            "  \"c\": {\"status\": \"open\", \"urgency\": \"end-of-life\"},"
            "  \"d\": {\"status\": \"undetermined\"},"
            "  \"e\": {\"status\": \"resolved\"},"
            "  \"f\": {\"urgency\": \"high\"}}}},"
            " \"zlib\": {\"TEMP-1-A\": {\"releases\": {\"sid\": {\"status\": \"open\"}}}}}",
            &notes, &err),
        &err);
    CHECK_STR("text CVE-2022-3602 X.509\n"
              "N debian:bullseye openssl CVE-2022-3602 [] <unimportant> () {}\n"
              "F debian:bookworm openssl CVE-2022-3602 [3.0.7-1] <not yet assigned> () {}\n"
              "O debian:trixie openssl CVE-2022-3602 [] <low> (no-dsa: Minor issue) {}\n"
              "O debian:a openssl CVE-2022-1 [] <> (postponed: Minor) {}\n"
              "O debian:b openssl CVE-2022-1 [] <> (ignored) {}\n"
              "E debian:c openssl CVE-2022-1 [] <end-of-life> () {}\n"
              "U debian:d openssl CVE-2022-1 [] <> () {}\n"
              "U debian:e openssl CVE-2022-1 [] <> () {}\n"
              "U debian:f openssl CVE-2022-1 [] <high> () {}\n"
              "O debian:sid zlib TEMP-1-A [] <> () {}\n",
              buf_str(&notes));
    REFUSED("debian", &no_document, "", "{}", "[]", "<html><body>Bad Gateway</body></html>",
            "{\"a\": {\"CVE-1\": {\"releases\": {}}}}",
            "{\"a\": {\"CVE-1\": {\"releases\": {\"b\": {\"status\": \"open\"}}}}", "\"text\"",
            "null");
}

static const struct feed_document edge_main = {
    .name = STR_INIT("edge-main.json"),
    .namespace = STR_INIT("alpine:edge/main"),
};

TEST(feed_alpine_splits_ids)
{
    BUF_SCOPED notes = buf_make(65536);
    struct err err;
    CHECK_OK(read_feed("alpine", &edge_main,
                       "{\"reponame\": \"main\", \"distroversion\": \"edge\", \"packages\": ["
                       "{\"pkg\": {\"secfixes\": {\"1.2-r0\": [\"CVE-2016-6258 XSA-182\","
                       "  \"CVE-2018-8897  CVE-2018-10982 XSA-1\"], \"0\": [\"CVE-2019-0001\"],"
                       "  \"7.4-r0\": [\"CVE-2024-30156 VSV00014 V9\"]}, \"name\": \"xen\"}},"
                       "{\"pkg\": {\"name\": \"b\", \"secfixes\": {\"3-r1\": [\"XSA-207 ZBX-1\","
                       "  \"CVE_2019-2426\", \"CVE-2017-17434-1\", \"CVE-2017-2616 (+ regression "
                       "fix)\", \"(none)\", \"\", \"CVE-2020-1\"]}}}]}",
                       &notes, &err),
             &err);
    CHECK_STR("F alpine:edge/main xen CVE-2016-6258 [1.2-r0] <> () {XSA-182}\n"
              "F alpine:edge/main xen CVE-2018-8897 [1.2-r0] <> () {XSA-1}\n"
              "F alpine:edge/main xen CVE-2018-10982 [1.2-r0] <> () {XSA-1}\n"
              "N alpine:edge/main xen CVE-2019-0001 [] <> () {}\n"
              "F alpine:edge/main xen CVE-2024-30156 [7.4-r0] <> () {VSV00014}\n"
              "F alpine:edge/main b XSA-207 [3-r1] <> () {ZBX-1}\n"
              "F alpine:edge/main b CVE-2019-2426 [3-r1] <> () {}\n"
              "F alpine:edge/main b CVE-2017-17434 [3-r1] <> () {}\n"
              "F alpine:edge/main b CVE-2017-2616 [3-r1] <> () {}\n"
              "F alpine:edge/main b CVE-2020-1 [3-r1] <> () {}\n",
              buf_str(&notes));
    CHECK_OK(read_feed("alpine", &edge_main, "{\"packages\": []}", &notes, &err), &err);
    REFUSED("alpine", &edge_main, "", "{}", "<!DOCTYPE html>", "{\"packages\": [",
            "{\"packages\": {}}", "{\"distroversion\": \"v3.21\", \"packages\": []}",
            "{\"reponame\": \"community\", \"packages\": []}");
}

TEST(feed_kev_counts)
{
    BUF_SCOPED notes = buf_make(65536);
    struct err err;
    CHECK_OK(read_feed("kev", &no_document,
                       "{\"title\": \"x\", \"dateReleased\": \"2026-07-23T16:21:10.8082Z\","
                       " \"count\": 2, \"vulnerabilities\": ["
                       "{\"cveID\": \"CVE-2021-44228\", \"vulnerabilityName\": \"Log4\\/j2\","
                       " \"dateAdded\": \"2021-12-10\", \"dueDate\": \"2021-12-24\","
                       " \"knownRansomwareCampaignUse\": \"Known\", \"cwes\": [\"CWE-20\"]},"
                       "{\"cveID\": \"CVE-2022-1\", \"knownRansomwareCampaignUse\": \"Unknown\"}]}",
                       &notes, &err),
             &err);
    CHECK_STR("date 2026-07-23T16:21:10.8082Z\n"
              "known CVE-2021-44228 2021-12-10 2021-12-24 1 Log4/j2\n"
              "known CVE-2022-1   0 \n",
              buf_str(&notes));
    REFUSED("kev", &no_document, "", "{}", "{\"count\": 0, \"vulnerabilities\": []}", "<html>",
            "{\"count\": 2, \"vulnerabilities\": [{\"cveID\": \"CVE-2022-1\"}]}",
            "{\"vulnerabilities\": [{\"cveID\": \"CVE-2022-1\"}");
}

TEST(feed_epss_reads_rows)
{
    BUF_SCOPED notes = buf_make(65536);
    struct err err;
    CHECK_OK(read_feed("epss", &no_document,
                       "#model_version:v2025.03.14,score_date:2026-08-16T00:00:00+0000\r\n"
                       "cve,epss,percentile\r\nCVE-1999-0001,0.03351,0.8765\r\n"
                       "CVE-2020-12345,9e-05,1.0\nCVE-2020-12346,0.000430000,0",
                       &notes, &err),
             &err);
    CHECK_STR("date 2026-08-16\n"
              "exploit CVE-1999-0001 0.033510000 0.876500000\n"
              "exploit CVE-2020-12345 0.000090000 1.000000000\n"
              "exploit CVE-2020-12346 0.000430000 0.000000000\n",
              buf_str(&notes));
    REFUSED("epss", &no_document, "", "#model\n", "cve,epss,percentile\n", "<html>\n",
            "cve,epss,percentile\nCVE-1999-0001,1.1,0\n",
            "cve,epss,percentile\nCVE-1999-0001,0.1\n", "cve,epss,percentile\nx,0.1,0.1\n",
            "cve,epss,percentile\nCVE-1999-0001,-0.1,0.2\n", "CVE-1999-0001,0.1,0.2\n");
}

#define NVD_METRIC(type, version, score)                                                           \
    "{\"source\": \"x\", \"type\": \"" type "\", \"cvssData\": {\"vectorString\": \"" version      \
    "/" type "\", \"baseScore\": " score "}}"

TEST(feed_nvd_prefers_scores)
{
    BUF_SCOPED notes = buf_make(65536);
    struct err err;
    CHECK_OK(
        read_feed(
            "nvd", &no_document,
            "{\"totalResults\": 3, \"timestamp\": \"2025-02-16T00:00:00.000\", "
            "\"vulnerabilities\": [{\"cve\": {\"id\": \"CVE-2024-1\", \"descriptions\": ["
            "{\"lang\": \"es\", \"value\": \"no\"}, {\"lang\": \"en\", \"value\": \"yes\"}],"
            "\"metrics\": {"
            "\"cvssMetricV2\": [" NVD_METRIC(
                "Primary", "AV",
                "10") "],"
                      "\"cvssMetricV40\": [" NVD_METRIC(
                          "Primary", "4.0",
                          "9.9") "],"
                                 "\"cvssMetricV31\": [" NVD_METRIC("Secondary", "3.1", "5.0") "," NVD_METRIC(
                                     "Primary", "3.1",
                                     "7.5") "," NVD_METRIC("Secondary", "3.1",
                                                           "8") "],"
                                                                "\"cvssMetricV30\": [" NVD_METRIC(
                                                                    "Primary", "3.0",
                                                                    "1.0") "]}}},"
                                                                           "{\"cve\": {\"descriptions\": [], \"metrics\": {"
                                                                           "\"cvssMetricV30\": [" NVD_METRIC(
                                                                               "Secondary", "3.0",
                                                                               "6.1") "],"
                                                                                      "\"cvssMetricV2\": [" NVD_METRIC(
                                                                                          "Primary",
                                                                                          "AV",
                                                                                          "10.1") "]}, \"id\": \"CVE-2024-2\"}},"
                                                                                                  "{\"cve\": {\"id\": \"CVE-2024-3\", \"metrics\": {}}}]}",
            &notes, &err),
        &err);
    CHECK_STR("date 2025-02-16T00:00:00.000\n"
              "text CVE-2024-1 yes\n"
              "score CVE-2024-1 7.5 3.1/Primary\n"
              "score CVE-2024-2 6.1 3.0/Secondary\n",
              buf_str(&notes));
    REFUSED("nvd", &no_document, "", "{}", "[]", "<html>",
            "{\"totalResults\": 1, \"vulnerabilities\": []}",
            "{\"vulnerabilities\": [{\"cve\": {\"id\": \"CVE-2024-3\"}}]}");
}

#define PACKAGES                                                                                   \
    "Package: libssl3\nSource: openssl (3.0.11-1)\nVersion: 3.0.11-1+b1\nDescription: x\n"         \
    " Version: 9\nMulti-Arch: same\n\nPackage: zlib1g\nSource: zlib\nVersion: 1:1.2.13\n\n"        \
    "Package: base\nVersion: 1\n"

static struct feed_document packages_document(struct arena *arena, const char *sha256,
                                              const char *until)
{
    return (struct feed_document){
        .namespace = STR("apt:http://example.org/debian stable main amd64"),
        .voucher_text = arena_printf(
            arena,
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nOrigin: x\n"
            "Date: Sat, 11 Jul 2026  9:14:23 UTC\n%s"
            "MD5Sum:\n 0123 10 main/binary-amd64/Packages\nSHA256:\n"
            " 00 10 main/binary-amd64/Packages.xz\n %s 190 main/binary-amd64/Packages\n"
            "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n",
            until, sha256),
    };
}

TEST(feed_apt_checks_the_digest)
{
    ARENA_SCOPED arena = {0};
    BUF_SCOPED notes = buf_make(65536);
    struct err err;
    str digest = digest_of(&arena, DIGEST_SHA256, STR(PACKAGES));
    CHECK(str_skip(&digest, STR("sha256:")));
    const char *sha256 = arena_cstr(&arena, digest);
    struct feed_document document = packages_document(&arena, sha256, "");
    CHECK_OK(read_feed("apt", &document, PACKAGES, &notes, &err), &err);
    CHECK_STR("libssl3 3.0.11-1+b1 openssl 3.0.11-1\n"
              "zlib1g 1:1.2.13 zlib 1:1.2.13\n"
              "base 1 base 1\n",
              buf_str(&notes));
    CHECK(read_feed("apt", &document, PACKAGES "\n", &notes, &err) < 0);
    CHECK_EQ(ERR_FORMAT, err.kind);
    /* Past its time, an index has the date that it states. */
    document = packages_document(&arena, sha256, "Valid-Until: Sat, 18 Jul 2020 09:14:23 UTC\n");
    CHECK_OK(read_feed("apt", &document, PACKAGES, &notes, &err), &err);
    CHECK(str_starts(buf_str(&notes), STR("date 2026-07-11T09:14:23Z\n")));
    document.voucher_text = STR("<html>");
    CHECK(read_feed("apt", &document, PACKAGES, &notes, &err) < 0);
    document.voucher_text = STR("SHA256:\n");
    CHECK(read_feed("apt", &document, PACKAGES, &notes, &err) < 0);
    CHECK_EQ(ERR_FORMAT, err.kind);
}

static size_t count_documents(const char *feed, const struct feed_scope *scope)
{
    ARENA_SCOPED arena = {0};
    struct feed_document_list list = {0};
    struct err err = {0};
    CHECK_OK(feed_by_name(str_from(feed))->documents(&arena, scope, &list, &err), &err);
    return list.count;
}

TEST(feed_documents_follow_the_scope)
{
    const struct feed_scope all = {.year = 2026};
    CHECK_EQ(1, count_documents("debian", &all));
    CHECK_EQ(0, count_documents("apt", &all));
    CHECK_EQ(25, count_documents("nvd", &all));
    CHECK(count_documents("alpine", &all) >= 41);

    static const struct distribution bookworm = {.id = STR_INIT("debian"),
                                                 .version_id = STR_INIT("12")};
    const struct feed_scope debian = {
        .year = 2026, .distributions = &bookworm, .distribution_count = 1};
    CHECK_EQ(1, count_documents("debian", &debian));
    CHECK_EQ(0, count_documents("alpine", &debian));
    CHECK_EQ(1, count_documents("kev", &debian));

    static const struct {
        const char *version;
        size_t documents;
    } versions[] = {{"3.19.1", 2}, {"3.2.0", 1}, {"3.21_alpha20240923", 2}, {"3.99.0", 0}};
    for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
        const struct distribution alpine = {.id = STR("alpine"),
                                            .version_id = str_from(versions[i].version)};
        const struct feed_scope one = {.distributions = &alpine, .distribution_count = 1};
        CHECK_EQ(versions[i].documents, count_documents("alpine", &one));
        CHECK_EQ(0, count_documents("debian", &one));
    }
}

TEST(feed_apt_finds_documents)
{
    ARENA_SCOPED arena = {0};
    struct feed_document_list list = {0};
    struct err err = {0};
    const str architectures[] = {STR("amd64"), STR("arm64")};
    const struct apt_source sources[] = {
        {STR("http://example.org/debian/"), STR("stable"), STR("main contrib"), STR("amd64")},
        {STR("https://localhost:8080/flat"), STR("./"), STR(""), STR("arm64")},
        {STR("http://example.org/debian"), STR("stable"), STR("main"), STR("amd64 i386")},
        {STR("file:///srv/debian"), STR("stable"), STR("main"), STR("")},
        {STR("http://user:secret@example.org/debian"), STR("stable"), STR("main"), STR("")},
        {STR("http://example.org/../etc"), STR("stable"), STR("main"), STR("")},
        {STR("http://example.org/debian"), STR("../stable"), STR("main"), STR("")},
        {STR("http://example.org/debian"), STR("stable"), STR("main?x"), STR("")},
    };
    const struct feed_scope scope = {
        .apt_sources = sources,
        .apt_source_count = sizeof(sources) / sizeof(*sources),
        .architectures = architectures,
        .architecture_count = 2,
    };
    CHECK_OK(feed_by_name(STR("apt"))->documents(&arena, &scope, &list, &err), &err);
    CHECK_EQ(5, list.count);
    CHECK_STR("http://example.org/debian/dists/stable/InRelease", list.items[0].url);
    CHECK_STR("apt/debian/dists/stable/InRelease", list.items[0].path);
    CHECK_STR("http://example.org/debian/dists/stable/main/binary-amd64/Packages.xz",
              list.items[1].url);
    CHECK_STR("apt/debian/dists/stable/main/binary-amd64/Packages.gz", list.items[1].spare_path);
    CHECK_STR("apt:http://example.org/debian stable main amd64", list.items[1].namespace);
    CHECK(str_eq(list.items[0].name, list.items[1].voucher));
    CHECK_STR("https://localhost:8080/flat/InRelease", list.items[3].url);
    CHECK_STR("https://localhost:8080/flat/Packages.xz", list.items[4].url);
}

TEST(lines_come_whole_across_pieces)
{
    struct err err = {0};
    str line;
    STREAM_SCOPED stream = stream_memory(STR("a\r\n\nlast"));
    LINES_SCOPED lines = {.stream = stream};
    CHECK_EQ(1, lines_next(&lines, &line, &err));
    CHECK_STR("a", line);
    CHECK_EQ(1, lines_next(&lines, &line, &err));
    CHECK_STR("", line);
    CHECK_EQ(1, lines_next(&lines, &line, &err));
    CHECK_STR("last", line);
    CHECK_EQ(3, lines.number);
    CHECK_EQ(0, lines_next(&lines, &line, &err));

    ARENA_SCOPED arena = {0};
    size_t longest = 65536, count = 5;
    char *text = arena_alloc(&arena, (longest + 1) * count);
    memset(text, 'x', (longest + 1) * count);
    for (size_t i = 1; i <= count; i++)
        text[(longest + 1) * i - 1] = '\n';
    STREAM_SCOPED big = stream_memory((str){text, (longest + 1) * count});
    LINES_SCOPED more = {.stream = big};
    for (size_t i = 0; i < count; i++) {
        CHECK_EQ(1, lines_next(&more, &line, &err));
        CHECK_EQ(longest, line.len);
    }
    CHECK_EQ(0, lines_next(&more, &line, &err));
    text[longest] = 'y';
    STREAM_SCOPED bigger = stream_memory((str){text, (longest + 1) * count});
    LINES_SCOPED most = {.stream = bigger};
    CHECK_EQ(-1, lines_next(&most, &line, &err));
    CHECK_EQ(ERR_LIMIT, err.kind);
    STREAM_SCOPED again = stream_memory((str){text, (longest + 1) * count});
    LINES_SCOPED cut = {.stream = again, .cut = true};
    for (size_t i = 0; i < count - 1; i++) {
        CHECK_EQ(1, lines_next(&cut, &line, &err));
        CHECK_EQ(longest, line.len);
    }
    CHECK_EQ(0, lines_next(&cut, &line, &err));
}

TEST(dates_come_as_rfc3339)
{
    ARENA_SCOPED arena = {0};
    CHECK_STR("2026-07-11T10:14:23Z",
              date_from_rfc5322(&arena, STR("Sat, 11 Jul 2026 10:14:23 GMT")));
    CHECK_STR("2026-01-01T00:00:00Z", date_from_rfc5322(&arena, STR("x, 1 Jan 2026 0:0:0 UTC")));
    static const char *const wrong[] = {"", "Sat, 11 Jul 2026", "Sat, 11 uly 2026 10:14:23 GMT",
                                        "Sat, 99 Jul 2026 10:14:23 GMT",
                                        "Sat, 11 Jul 2026 25:14:23 GMT"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        CHECK_STR("", date_from_rfc5322(&arena, str_from(wrong[i])));
}

TEST(doubles_are_read)
{
    static const struct {
        const char *text;
        double value;
    } good[] = {{"0", 0},
                {"7.5", 7.5},
                {"10", 10},
                {"0.00043", 0.00043},
                {"9e-05", 9e-05},
                {"1.5E+2", 150},
                {".5", 0.5},
                {"5.", 5},
                {"0.1", 0.1},
                {"0.94358", 0.94358},
                {"123456789012345678901", 1.2345678901234568e20}};
    double value;
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        CHECK(str_to_double(str_from(good[i].text), &value));
        CHECK(value == good[i].value);
    }
    static const char *const wrong[] = {"",   ".",   "-1",  "+1",    "1e", "1e+",  "x",
                                        "1x", "0x1", "nan", "1e999", "1 ", "1.2.3"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        CHECK(!str_to_double(str_from(wrong[i]), &value));
}
