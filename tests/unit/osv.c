// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/osv_sample.h"

#include "judge/advisory/affected.h"
#include "model/cvss.h"
#include "model/language.h"
#include "read/feed/feed.h"
#include "tests/unit/test.h"

#include <math.h>
#include <string.h>

/* --- the feed --------------------------------------------------------------------------------- */

static int note_advisory(void *context, const struct advisory *a, struct err *err)
{
    (void)err;
    CHECK_EQ(ADVISORY_RANGES, a->status);
    buf_printf(context, "%.*s %.*s %.*s {%.*s} <%.*s> (%.*s) %.*s\n", STR_ARG(a->namespace),
               STR_ARG(a->package), STR_ARG(a->id), STR_ARG(a->aliases), STR_ARG(a->urgency),
               STR_ARG(a->reason), STR_ARG(a->affected));
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
    buf_printf(context, "score %.*s %.1f\n", STR_ARG(score->id), score->cvss);
    return 0;
}

static int note_unread(void *context, str part, str why, struct err *err)
{
    (void)err;
    buf_printf(context, "unread %.*s: %.*s\n", STR_ARG(part), STR_ARG(why));
    return 0;
}

static int note_date(void *context, str date, struct err *err)
{
    (void)err;
    buf_printf(context, "date %.*s\n", STR_ARG(date));
    return 0;
}

static int read_bytes(const char *type, str bytes, struct buf *notes, struct err *err)
{
    ARENA_SCOPED arena = {0};
    const struct feed_sink sink = {
        .context = notes,
        .advisory = note_advisory,
        .text = note_text,
        .score = note_score,
        .unread = note_unread,
        .dated = note_date,
    };
    const struct feed_document document = {.namespace =
                                               advisory_language_namespace(&arena, str_from(type))};
    STREAM_SCOPED stream = stream_memory(bytes);
    *err = (struct err){0};
    buf_clear(notes);
    return feed_by_name(STR("osv"))->read(&document, stream, &sink, err);
}

static int read_records(const char *type, const char *const *members, struct buf *notes,
                        struct err *err)
{
    BUF_SCOPED zip = buf_make(1 << 20);
    osv_zip(&zip, members);
    return read_bytes(type, buf_str(&zip), notes, err);
}
/* What a list of records comes to. */
#define TELLS(expected, type, ...)                                                                 \
    do {                                                                                           \
        static const char *const members_[] = {__VA_ARGS__, NULL};                                 \
        BUF_SCOPED notes_ = buf_make(1 << 16);                                                     \
        struct err err_;                                                                           \
        CHECK_OK(read_records(type, members_, &notes_, &err_), &err_);                             \
        CHECK_STR(expected, buf_str(&notes_));                                                     \
    } while (0)

#define PYPI(name) "\"package\": {\"ecosystem\": \"PyPI\", \"name\": \"" name "\"}"

TEST(osv_events_keep_their_order_and_kind)
{
    TELLS(
        "osv:pypi zope-interface OSV-1 {} <> () @OSV-1 | +0 -1.2 +2.0 ~2.4 | +3 <4 =0.9 =0.9rc1\n",
        "pypi", "OSV-1.json",
        "{\"id\": \"OSV-1\", \"affected\": [{" PYPI(
            "Zope._Interface") ","
                               "\"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"0\"},"
                               " {\"fixed\": \"1.2\"}, {\"introduced\": \"2.0\"}, {\"last_affected\": \"2.4\"}]},"
                               " {\"type\": \"GIT\", \"repo\": \"https://x\", \"events\": [{\"introduced\": \"0\"}]},"
                               " {\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"3\"}, {\"limit\": \"4\"}]}],"
                               "\"versions\": [\"0.9\", \"0.9rc1\"]}]}");
}

TEST(osv_last_known_version_bounds_what_has_no_end)
{
    TELLS(
        "osv:pypi a GHSA-1 {} <high> () @GHSA-1 | +0 ~2.3 | +0 -3 | +0 <5\n", "pypi", "a.json",
        "{\"id\": \"GHSA-1\", \"database_specific\": {\"severity\": \"HIGH\"}, \"affected\": ["
        "{" PYPI(
            "a") ", \"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\":"
                 " [{\"introduced\": \"0\"}]}],"
                 " \"database_specific\": {\"last_known_affected_version_range\": \"<= 2.3\"}},"
                 "{" PYPI(
                     "a") ", \"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\":"
                          " [{\"introduced\": \"0\"}, {\"fixed\": \"3\"}]}],"
                          " \"database_specific\": {\"last_known_affected_version_range\": \"<= 2.3\"}},"
                          "{" PYPI(
                              "a") ", \"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\":"
                                   " [{\"introduced\": \"0\"}]}],"
                                   " \"database_specific\": {\"last_known_affected_version_range\": \"< 5\"}}]}");
}

#define RANGE(fixed)                                                                                    \
    "\"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"0\"}, {\"fixed\": \"" fixed \
    "\"}]}]"

/* Three records of one flaw, two of which do not name each other; another flaw beside it. */
TEST(osv_aliases_are_one_flaw_by_its_cve)
{
    TELLS("date 2026-01-03T00:00:00Z\n"
          "osv:pypi jinja2 CVE-2024-7 {BIT-1 GHSA-b OSV-9 PYSEC-3} <medium> () "
          "@GHSA-b | +0 -2 @OSV-9 =1.1 @PYSEC-3 | +0 -2.1\n"
          "text CVE-2024-7 By GitHub\n"
          "score CVE-2024-7 9.8\n"
          "osv:pypi jinja2 GHSA-z {} <> () @GHSA-z | +0 -4\n",
          "pypi", "PYSEC-3.json",
          "{\"id\": \"PYSEC-3\", \"modified\": \"2026-01-03T00:00:00Z\","
          " \"aliases\": [\"CVE-2024-7\", \"BIT-1\"], \"details\": \"long\","
          " \"severity\": [{\"type\": \"CVSS_V3\","
          "   \"score\": \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"}],"
          " \"affected\": [{" PYPI("jinja2") ", " RANGE("2.1") "}]}",
          "other.json",
          "{\"id\": \"GHSA-z\", \"affected\": [{" PYPI("jinja2") ", " RANGE("4") "}]}",
          "GHSA-b.json",
          "{\"id\": \"GHSA-b\", \"modified\": \"2025-01-03T00:00:00Z\", \"summary\":"
          " \"By GitHub\", \"aliases\": [\"CVE-2024-7\"], \"database_specific\":"
          " {\"severity\": \"MODERATE\"}, \"affected\": [{" PYPI("Jinja2") ", " RANGE("2") "}]}",
          "OSV-9.json",
          "{\"id\": \"OSV-9\", \"aliases\": [\"GHSA-b\"], \"affected\": [{" PYPI(
              "jinja2") ", \"versions\": [\"1.1\"]}]}");
}

TEST(osv_withdrawn_records_and_other_ecosystems_say_nothing)
{
    TELLS(
        "osv:pypi a GHSA-1 {} <> () @GHSA-1 | +0 -1\n", "pypi", "a.json",
        "{\"id\": \"GHSA-1\", \"affected\": [{" PYPI("a") ", " RANGE(
            "1") "},"
                 "{\"package\": {\"ecosystem\": \"npm\", \"name\": \"b\"}, " RANGE(
                     "1") "},"
                          "{\"package\": {\"ecosystem\": \"PyPI:https://other.example\", \"name\": \"a\"}, "
                          "\"versions\": []}]}",
        "w.json",
        "{\"id\": \"GHSA-2\", \"withdrawn\": \"2024-01-01T00:00:00Z\", \"aliases\": [\"GHSA-1\"],"
        " \"affected\": [{" PYPI("a") ", " RANGE("9") "}]}");
}

TEST(osv_tells_malice_and_what_is_no_flaw)
{
    ARENA_SCOPED arena = {0};
    TELLS("osv:npm xt-dev MAL-2025-1 {GHSA-m} <malicious> () @MAL-2025-1 | +0 =19.4.9\n"
          "text MAL-2025-1 Malicious code in xt-dev (npm)\n",
          "npm", "MAL-2025-1.json",
          "{\"id\": \"MAL-2025-1\", \"aliases\": [\"GHSA-m\"], \"summary\":"
          " \"Malicious code in xt-dev (npm)\", \"affected\": [{\"package\":"
          " {\"ecosystem\": \"npm\", \"name\": \"xt-dev\"}, \"ranges\": [{\"type\": \"SEMVER\","
          " \"events\": [{\"introduced\": \"0\"}]}], \"versions\": [\"19.4.9\"]}]}");
    /* The ecosystem of Rust is called as its registry is: the feed knows how. */
    struct feed_document_list documents = {0};
    const struct feed_scope everything = {0};
    struct err err = {0};
    BUF_SCOPED notes = buf_make(1 << 16);
    CHECK_OK(feed_by_name(STR("osv"))->documents(&arena, &everything, &documents, &err), &err);
    str name = {0};
    for (size_t i = 0; i < documents.count; i++)
        if (str_eq(documents.items[i].namespace, STR("osv:cargo")))
            name = str_sub(documents.items[i].name, 0, documents.items[i].name.len - 4);
    const char *records[] = {"old.json", NULL, "unsound.json", NULL, NULL};
    static const char format[] =
        "{\"id\": \"RUSTSEC-%s\", \"affected\": [{\"package\": {\"ecosystem\": \"%.*s\", \"name\":"
        " \"%s\"}, \"database_specific\": {\"informational\": \"%s\"}, " RANGE("1") "}]}";
    records[1] = arena_printf(&arena, format, "1", STR_ARG(name), "dead", "unmaintained").ptr;
    records[3] = arena_printf(&arena, format, "2", STR_ARG(name), "odd", "unsound").ptr;
    CHECK_OK(read_records("cargo", records, &notes, &err), &err);
    CHECK_STR("osv:cargo dead RUSTSEC-1 {} <info> (unmaintained) @RUSTSEC-1 | +0 -1\n"
              "osv:cargo odd RUSTSEC-2 {} <low> (unsound) @RUSTSEC-2 | +0 -1\n",
              buf_str(&notes));
}

TEST(osv_tells_what_it_cannot_read)
{
    TELLS("unread b.json: it has no id\n"
          "unread c.json: an event of no known kind\n"
          "unread d.json: a range of type \"WEEKDAY\"\n"
          "unread e.json: \"1 2\" is no version\n"
          "unread f.json: not valid JSON at byte 5\n"
          "osv:pypi a GHSA-1 {} <> () @GHSA-1 | +0 -1\n",
          "pypi", "a.json", "{\"id\": \"GHSA-1\", \"affected\": [{" PYPI("a") ", " RANGE("1") "}]}",
          "b.json", "{}", "c.json",
          "{\"id\": \"x\", \"affected\": [{" PYPI("a") ", \"ranges\": [{\"type\": \"SEMVER\","
                                                       " \"events\": [{\"mended\": \"1\"}]}]}]}",
          "d.json",
          "{\"id\": \"x\", \"affected\": [{" PYPI("a") ", \"ranges\": [{\"type\": \"WEEKDAY\"}]}]}",
          "e.json", "{\"id\": \"x\", \"affected\": [{" PYPI("a") ", \"versions\": [\"1 2\"]}]}",
          "f.json", "{\"id\":", "README", "not a record", "g.json", "{\"id\": \"x\"}", "h.json",
          "{\"id\": \"y\"}", "i.json", "{\"id\": \"z\"}", "k.json", "{\"id\": \"v\"}");
}

/* The last good copy stays: see db-robust.sh. */
TEST(osv_refuses_damaged_archives)
{
    BUF_SCOPED zip = buf_make(1 << 20), notes = buf_make(1 << 16);
    struct err err;
    static const char *const good[] = {"a.json", "{\"id\": \"x\"}", "b.json", "{\"id\": \"y\"}",
                                       NULL};
    static const char *const empty[] = {NULL};
    static const char *const bad[] = {"a.json", "{\"id\": \"x\"}", "b.json", "[", "c.json", "",
                                      NULL};
    osv_zip(&zip, good);
    str whole = buf_str(&zip);
    CHECK_OK(read_bytes("pypi", whole, &notes, &err), &err);
    for (size_t len = 0; len < whole.len; len++) {
        CHECK(read_bytes("pypi", str_sub(whole, 0, len), &notes, &err) < 0);
        CHECK(err.kind == ERR_FORMAT);
    }
    CHECK(read_bytes("cobol", whole, &notes, &err) < 0);
    CHECK(read_bytes("pypi", STR("<html>no such thing</html>"), &notes, &err) < 0);
    CHECK(read_records("pypi", empty, &notes, &err) < 0);
    CHECK_STR("no record in it", err_text(&err));
    CHECK(read_records("pypi", bad, &notes, &err) < 0);
    CHECK_STR("2 of its 3 records cannot be read", err_text(&err));
}

TEST(osv_has_a_document_an_ecosystem)
{
    ARENA_SCOPED arena = {0};
    static const str wanted[] = {STR_INIT("npm"), STR_INIT("deb")};
    const struct feed_scope scopes[] = {
        {.of_targets = true}, {.of_targets = true, .languages = wanted, .language_count = 2}, {0}};
    static const size_t counts[] = {0, 1, 8};
    for (size_t i = 0; i < 3; i++) {
        struct feed_document_list list = {0};
        struct err err = {0};
        CHECK_OK(feed_by_name(STR("osv"))->documents(&arena, &scopes[i], &list, &err), &err);
        CHECK_EQ(counts[i], list.count);
        if (i == 1) {
            CHECK_STR("osv/npm/all.zip", list.items[0].path);
            CHECK_STR("osv:npm", list.items[0].namespace);
            CHECK(list.items[0].optional);
        }
    }
}

/* --- which versions --------------------------------------------------------------------------- */

TEST(affected_follows_the_events)
{
    static const struct {
        const char *words, *version;
        bool yes;
        const char *fixed;
    } cases[] = {
        {"@A | +0 -1.2", "1.1", true, "1.2"},
        {"@A | +0 -1.2", "1.2", false, ""},
        {"@A | +0 -1.2", "0", true, "1.2"},
        {"@A | +0 ~1.2", "1.2", true, ""},
        {"@A | +0 ~1.2", "1.2.1", false, ""},
        {"@A | +1.0 -1.2", "0.9", false, ""},
        {"@A | +0 -1.2 +2.0 -2.4", "1.5", false, ""},
        {"@A | +0 -1.2 +2.0 -2.4", "2.3", true, "2.4"},
        {"@A | +2.0 -2.4 +0 -1.2", "1.1", true, "1.2"}, /* not in order */
        {"@A | +0", "99", true, ""},
        {"@A | +0 <3", "2", true, ""},
        {"@A | +0 <3", "3", false, ""},
        {"@A | +0 <3 <5", "4", true, ""}, /* below any of them */
        {"@A =1.5", "1.5", true, ""},
        {"@A =1.5", "1.6", false, ""},
        {"@A | +0 -1 =1.5", "1.5", true, ""},
        /* The smallest fix that is none of the vulnerable versions itself. */
        {"@A | +0 -1.2 | +2.0 -2.4", "1.0", true, "1.2"},
        {"@A | +0 -1.2 @B | +0 -1.3", "1.0", true, "1.3"},
        {"@A | +0 -1.2 =1.2", "1.0", true, ""},
        {"@A | +0 ~1.2 | +2.0 -2.4", "1.0", true, "2.4"},
        /* Who knows no end yields to who does; malice does not. */
        {"@A | +0 @B | +0 -2.0", "2.1", false, ""},
        {"@A | +0 @B | +0 -2.0", "1.9", true, "2.0"},
        {"@A | +0 @B | +2.0 -3.0", "1.0", true, "3.0"},
        {"@A | +0 @B | +0 ~2.0", "2.1", true, ""}, /* which knows of no fix */
        {"@A | +0 -1.2 | +2.0", "2.5", true, ""},
        {"@A | +0 -1.2 | +2.0 @B | +0", "2.5", true, ""},
        {"@A | +0 -1.2 | +2.0 -2.4 @B | +0", "2.5", false, ""},
        {"@MAL-1 | +0 @B | +0 -2.0", "2.1", true, ""},
        {"", "1", false, ""},
    };
    const struct version_scheme *scheme = version_of_type(STR("deb"));
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct affected answer =
            affected_ask(scheme, str_from(cases[i].words), str_from(cases[i].version));
        if (answer.yes != cases[i].yes || !str_eq(answer.fixed, str_from(cases[i].fixed)))
            test_failed(__FILE__, __LINE__, "%s asked about %s: %d, fixed in \"%.*s\"",
                        cases[i].words, cases[i].version, answer.yes, STR_ARG(answer.fixed));
        CHECK(!answer.incomparable.len);
    }
}

TEST(affected_says_what_cannot_be_compared)
{
    const struct version_scheme *scheme = version_of_type(STR("deb"));
    CHECK_STR("a b", affected_ask(scheme, STR("@A | +0 -1"), STR("a b")).incomparable);
    CHECK_STR("_", affected_ask(scheme, STR("@A | +0 -_"), STR("1")).incomparable);
    CHECK_STR("1", affected_ask(NULL, STR("@A | +0 -2"), STR("1")).incomparable);
    CHECK(affected_ask(NULL, STR("@A =1"), STR("1")).yes);
    CHECK(affected_ask(scheme, STR("@A | +0 -_ @B | +0 -2"), STR("1")).yes);
    CHECK(!affected_ask(scheme, STR("@A =1"), STR("a b")).incomparable.len);
}

static void compacts(const char *expected, const char *words, const struct version_scheme *scheme)
{
    BUF_SCOPED buf = buf_make(1 << 16);
    affected_compact(scheme, str_from(words), &buf);
    CHECK_STR(expected, buf_str(&buf));
}

TEST(affected_is_stored_without_what_ranges_hold)
{
    const struct version_scheme *scheme = version_of_type(STR("deb"));
    compacts("@A | +0 -2 =2.5", "@A | +0 -2 =1 =1.9 =2.5", scheme);
    compacts("@A | +0 -2 @B =1", "@A | +0 -2 =1.0 @B =1", scheme);
    compacts("@A | +0 -2 | +3 -4 =2.5", "@A | +0 -2 =3.1 | +3 -4 =1 =2.5", scheme);
    compacts("@A | +0 -2 =1", "@A | +0 -2 =1", NULL);
    compacts("@A =1 =2", "@A =1 =2", scheme);
    compacts("", "", scheme);
}

TEST(affected_is_described)
{
    ARENA_SCOPED arena = {0};
    CHECK_STR("before 1.2; from 2.0 on, up to 2.4",
              affected_describe(&arena, STR("@A | +0 -1.2 +2.0 ~2.4 @B | +0")));
    CHECK_STR("all versions", affected_describe(&arena, STR("@A | +0")));
    CHECK_STR("before 1; 2 versions by name", affected_describe(&arena, STR("@A | +0 -1 =4 =5")));
    CHECK_STR("1 version by name", affected_describe(&arena, STR("@A =4")));
}

/* --- scores, names ---------------------------------------------------------------------------- */

TEST(cvss_scores_as_published)
{
    static const struct {
        const char *vector;
        double score; /* -1: none */
    } cases[] = {
        {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8},
        {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0},
        {"CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9},
        {"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1},
        {"CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:H/I:H/A:N", 5.6},
        {"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L", 3.7},
        {"CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0},
        {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O", 9.8},
        {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", -1},
        {"CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", -1},
        {"CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", -1},
        {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", -1},
        {"", -1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        double score = -1;
        if (!cvss_base_score(str_from(cases[i].vector), &score))
            score = -1;
        if (fabs(score - cases[i].score) > 0.001)
            test_failed(__FILE__, __LINE__, "%s: %f", cases[i].vector, score);
    }
}

TEST(names_are_compared_as_registries_do)
{
    ARENA_SCOPED arena = {0};
    CHECK_STR("zope-interface", language_key(&arena, STR("pypi"), STR("Zope._-Interface")));
    CHECK_STR("-a", language_key(&arena, STR("pypi"), STR("._A")));
    CHECK_STR("", language_key(&arena, STR("pypi"), (str){0}));
    CHECK_STR("JSONStream", language_key(&arena, STR("npm"), STR("JSONStream")));
    CHECK_STR("monolog/monolog", language_key(&arena, STR("composer"), STR("Monolog/monolog")));
    CHECK_STR("newtonsoft.json", language_key(&arena, STR("nuget"), STR("Newtonsoft.Json")));
    CHECK_STR("serde_json", language_key(&arena, STR("cargo"), STR("serde_json")));
}
