// SPDX-License-Identifier: Apache-2.0
#include "base/fd.h"
#include "judge/advisory/match.h"
#include "model/language.h"
#include "model/purl.h"
#include "read/feed/feed.h"
#include "tests/unit/test.h"

#include <string.h>

/* A target and a store, written down as a test needs them. */
struct bench {
    struct arena arena;
    struct fact_list facts;
    struct store *store;
    struct report report;
    struct store_writer *writers[8];
    const char *names[8];
    const char *dir, *date; /* of the store's folder and data */
};

static const struct match_options options = {.today = "2026-11-24", .stale_days = 14};

static const struct feed_sink *sink_of(struct bench *bench, const char *feed)
{
    struct err err = {0};
    size_t i = 0;
    for (; bench->names[i]; i++)
        if (strcmp(bench->names[i], feed) == 0)
            return store_sink(bench->writers[i]);
    bench->names[i] = feed;
    CHECK_OK(store_write(bench->dir, feed, &bench->writers[i], &err), &err);
    const struct feed_sink *sink = store_sink(bench->writers[i]);
    CHECK_OK(sink->dated(sink->context, str_from(bench->date), &err), &err);
    return sink;
}

static void start(struct bench *bench, const char *name)
{
    struct err err = {0};
    *bench = (struct bench){.date = "2026-11-23"};
    bench->dir = arena_printf(&bench->arena, "%s/match-%s", test_folder(), name).ptr;
    CHECK_OK(fd_make_dirs(bench->dir, &err), &err);
}

static void open_store(struct bench *bench)
{
    struct err err = {0};
    for (size_t i = 0; bench->names[i]; i++)
        CHECK_OK(store_commit(bench->writers[i], STR("2026-11-23T00:00:00Z"), true, &err), &err);
    CHECK_OK(store_open(bench->dir, false, &bench->store, &err), &err);
}

static void run(struct bench *bench)
{
    open_store(bench);
    struct layer *layer = vec_push(&bench->arena, &bench->report.image.layers);
    layer->diff_id = STR("sha256:base");
    vec_push(&bench->arena, &bench->report.image.layers)->diff_id = STR("sha256:top");
    match_packages(&bench->arena, &bench->facts, bench->store, &options, &bench->report);
}

static void finish(struct bench *bench)
{
    store_close(bench->store);
    arena_free(&bench->arena);
}

static void distribution(struct bench *bench, const char *id, const char *version,
                         const char *codename)
{
    struct collect to = {.arena = &bench->arena, .facts = &bench->facts};
    struct distribution *found =
        &fact_add(&to, FACT_DISTRIBUTION, STR("etc/os-release"))->distribution;
    found->id = str_from(id);
    found->version_id = str_from(version);
    found->codename = str_from(codename);
}

static void package(struct bench *bench, const char *type, const char *name, const char *version,
                    const char *source, const char *source_version, const char *maintainer)
{
    struct collect to = {.arena = &bench->arena, .facts = &bench->facts, .layer = 1};
    bool deb = strcmp(type, "deb") == 0;
    struct package *found =
        &fact_add(&to, FACT_PACKAGE, deb ? STR("var/lib/dpkg/status") : STR("lib/apk/db/installed"))
             ->package;
    found->type = str_from(type);
    found->name = str_from(name);
    found->version = str_from(version);
    found->arch = deb ? STR("amd64") : STR("x86_64");
    found->source_name = str_from(source);
    found->source_version = str_from(source_version);
    found->maintainer = str_from(maintainer);
}

static void deb(struct bench *bench, const char *name, const char *version, const char *source,
                const char *source_version)
{
    package(bench, "deb", name, version, source, source_version, "Team <x@lists.debian.org>");
}

static void advisory(struct bench *bench, const char *namespace, const char *name, const char *id,
                     enum advisory_status status, const char *fixed, const char *urgency,
                     const char *reason)
{
    struct err err = {0};
    const struct feed_sink *sink =
        sink_of(bench, str_starts(str_from(namespace), STR("alpine")) ? "alpine" : "debian");
    const struct advisory row = {
        .namespace = str_from(namespace),
        .package = str_from(name),
        .id = str_from(id),
        .status = status,
        .fixed_version = str_from(fixed),
        .urgency = str_from(urgency),
        .reason = str_from(reason),
    };
    CHECK_OK(sink->advisory(sink->context, &row, &err), &err);
}

static void offer(struct bench *bench, const char *namespace, const char *name, const char *version,
                  const char *source)
{
    struct err err = {0};
    const char *feed =
        arena_printf(&bench->arena, "apt-%016zx", (size_t)str_hash(str_from(namespace))).ptr;
    const struct feed_sink *sink = sink_of(bench, feed);
    const struct offered_package row = {.namespace = str_from(namespace),
                                        .package = str_from(name),
                                        .version = str_from(version),
                                        .source_name = str_from(source),
                                        .source_version = str_from(version)};
    CHECK_OK(sink->offered(sink->context, &row, &err), &err);
}

static void archive(struct bench *bench, const char *uri, const char *suite, const char *components)
{
    struct collect to = {.arena = &bench->arena, .facts = &bench->facts};
    struct apt_source *source =
        &fact_add(&to, FACT_APT_SOURCE, STR("etc/apt/sources.list"))->apt_source;
    source->uri = str_from(uri);
    source->suite = str_from(suite);
    source->components = str_from(components);
}

static const struct finding *find(const struct bench *bench, const char *id)
{
    for (size_t i = 0; i < bench->report.findings.count; i++)
        if (str_eq(bench->report.findings.items[i].id, str_from(id)))
            return &bench->report.findings.items[i];
    return NULL;
}

static bool has_gap(const struct bench *bench, const char *words)
{
    for (size_t i = 0; i < bench->report.gaps.count; i++)
        if (str_contains(bench->report.gaps.items[i].reason, str_from(words)))
            return true;
    return false;
}

static void no_gaps(const struct bench *bench)
{
    for (size_t i = 0; i < bench->report.gaps.count; i++)
        test_failed(__FILE__, __LINE__, "gap %.*s: %.*s", STR_ARG(bench->report.gaps.items[i].path),
                    STR_ARG(bench->report.gaps.items[i].reason));
}

TEST(match_compares_source_versions)
{
    struct bench b;
    start(&b, "source");
    distribution(&b, "debian", "12", "bookworm");
    deb(&b, "libssl3", "3.0.11-1~deb12u2", "openssl", "3.0.11-1~deb12u2");
    deb(&b, "openssl", "3.0.11-1~deb12u2", "openssl", "3.0.11-1~deb12u2");
    deb(&b, "gcc-base", "4:12.2.0-3", "gcc-defaults", "1.203");
    deb(&b, "binnmu", "2.0-1+b3", "binnmu", "2.0-1+b3");
    advisory(&b, "debian:bookworm", "openssl", "CVE-2024-1", ADVISORY_FIXED, "3.0.13-1~deb12u1",
             "low", "");
    advisory(&b, "debian:bookworm", "openssl", "CVE-2023-9", ADVISORY_FIXED, "3.0.11-1~deb12u2",
             "high", "");
    advisory(&b, "debian:bullseye", "openssl", "CVE-2024-2", ADVISORY_OPEN, "", "", "");
    advisory(&b, "debian:bookworm", "gcc-defaults", "CVE-2024-3", ADVISORY_FIXED, "1.204", "", "");
    advisory(&b, "debian:bookworm", "gcc-defaults", "CVE-2024-4", ADVISORY_FIXED, "1.203", "", "");
    advisory(&b, "debian:bookworm", "binnmu", "CVE-2024-5", ADVISORY_FIXED, "2.0-1", "", "");
    advisory(&b, "debian:bookworm", "binnmu", "CVE-2024-6", ADVISORY_FIXED, "2.0-1+deb12u1", "",
             "");
    run(&b);
    no_gaps(&b);
    CHECK_EQ(3, b.report.findings.count);
    CHECK_EQ(4, b.report.packages.count);
    const struct finding *finding = find(&b, "CVE-2024-1");
    CHECK(finding && find(&b, "CVE-2024-3") && find(&b, "CVE-2024-6"));
    if (finding) {
        const struct vulnerability *flaw = finding->vulnerability;
        CHECK_EQ(SEVERITY_LOW, finding->severity);
        CHECK_STR("debian", flaw->severity_source);
        CHECK_STR("debian", flaw->feed);
        CHECK_STR("openssl", flaw->package);
        CHECK_STR("openssl", flaw->source_package);
        CHECK_STR("3.0.13-1~deb12u1", flaw->fixed_version);
        CHECK_EQ(FIX_AVAILABLE, flaw->fix_state);
        CHECK_STR("pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&distro=debian-12",
                  flaw->purl);
        CHECK_STR("openssl 3.0.11-1~deb12u2 is older than 3.0.13-1~deb12u1 (installed: openssl, "
                  "libssl3)",
                  finding->evidence);
        CHECK_STR("Upgrade openssl to 3.0.13-1~deb12u1 or later: apt-get update && apt-get install "
                  "-y --only-upgrade openssl libssl3",
                  finding->remedy);
        CHECK_STR("var/lib/dpkg/status", finding->location.path);
        CHECK_STR("sha256:top", finding->location.layer);
    }
    CHECK_EQ(1, b.report.feeds.count);
    CHECK_STR("2028-06-30", b.report.end_of_life);
    finish(&b);
}

static void check_fix(const struct bench *bench, const char *id, enum fix_state fix,
                      enum severity severity)
{
    const struct finding *finding = find(bench, id);
    if (!finding) {
        test_failed(__FILE__, __LINE__, "no finding %s", id);
        return;
    }
    CHECK_EQ(fix, finding->vulnerability->fix_state);
    CHECK_EQ(severity, finding->severity);
}

TEST(match_reads_every_status)
{
    struct bench b;
    start(&b, "status");
    distribution(&b, "debian", "", "bookworm");
    deb(&b, "a", "1.0-1", "a", "1.0-1");
    const char *n = "debian:bookworm";
    advisory(&b, n, "a", "CVE-2024-0001", ADVISORY_FIXED, "0", "high", "");
    advisory(&b, n, "a", "CVE-2024-0002", ADVISORY_NOT_AFFECTED, "0", "high", "");
    advisory(&b, n, "a", "CVE-2024-0003", ADVISORY_UNDETERMINED, "", "high", "");
    advisory(&b, n, "a", "CVE-2024-0004", ADVISORY_OPEN, "", "high", "");
    advisory(&b, n, "a", "CVE-2024-0005", ADVISORY_OPEN, "", "low**", "no-dsa: Minor issue");
    advisory(&b, n, "a", "CVE-2024-0006", ADVISORY_OPEN, "", "medium", "postponed: later");
    advisory(&b, n, "a", "CVE-2024-0007", ADVISORY_OPEN, "", "not yet assigned",
             "ignored: intrusive");
    advisory(&b, n, "a", "CVE-2024-0008", ADVISORY_END_OF_LIFE, "", "end-of-life", "");
    advisory(&b, n, "a", "CVE-2024-0009", ADVISORY_OPEN, "", "unimportant", "");
    advisory(&b, n, "a", "TEMP-0000001-ABCDEF", ADVISORY_FIXED, "1:0", "", "");
    run(&b);
    no_gaps(&b);
    CHECK_EQ(7, b.report.findings.count);
    check_fix(&b, "CVE-2024-0004", FIX_NONE, SEVERITY_HIGH);
    check_fix(&b, "CVE-2024-0005", FIX_DEFERRED, SEVERITY_LOW);
    check_fix(&b, "CVE-2024-0006", FIX_DEFERRED, SEVERITY_MEDIUM);
    check_fix(&b, "CVE-2024-0007", FIX_IGNORED, SEVERITY_MEDIUM);
    check_fix(&b, "CVE-2024-0008", FIX_ENDED, SEVERITY_MEDIUM);
    check_fix(&b, "CVE-2024-0009", FIX_NONE, SEVERITY_INFO);
    check_fix(&b, "TEMP-0000001-ABCDEF", FIX_AVAILABLE, SEVERITY_MEDIUM);
    finish(&b);
}

TEST(match_rates_by_vendor_then_score_then_use)
{
    struct bench b;
    struct err err = {0};
    start(&b, "severity");
    distribution(&b, "debian", "12", "");
    deb(&b, "a", "1.0-1", "a", "1.0-1");
    static const char *const ids[] = {"CVE-2024-0001", "CVE-2024-0002", "CVE-2024-0003",
                                      "CVE-2024-0004", "CVE-2024-0005", "CVE-2024-0006"};
    for (size_t i = 0; i < 6; i++)
        advisory(&b, "debian:bookworm", "a", ids[i], ADVISORY_OPEN, "", i == 0 ? "low" : "", "");
    const struct feed_sink *nvd = sink_of(&b, "nvd"), *epss = sink_of(&b, "epss"),
                           *kev = sink_of(&b, "kev");
    const struct vulnerability_score scores[] = {{STR("CVE-2024-0001"), 9.8, STR("CVSS:3.1/AV:N")},
                                                 {STR("CVE-2024-0002"), 9.0, STR("CVSS:3.1/AV:N")},
                                                 {STR("CVE-2024-0003"), 3.9, STR("CVSS:3.1/AV:L")}};
    for (size_t i = 0; i < 3; i++)
        CHECK_OK(nvd->score(nvd->context, &scores[i], &err), &err);
    const struct vulnerability_text text = {STR("CVE-2024-0002"),
                                            STR("A long tale of memory. With a second sentence.")};
    CHECK_OK(nvd->text(nvd->context, &text, &err), &err);
    const struct exploit_score exploits[] = {{STR("CVE-2024-0004"), 0.5, 0.9},
                                             {STR("CVE-2024-0005"), 0.01, 0.5}};
    for (size_t i = 0; i < 2; i++)
        CHECK_OK(epss->exploit(epss->context, &exploits[i], &err), &err);
    const struct known_exploited known = {.id = STR("CVE-2024-0006"),
                                          .date_added = STR("2026-01-01")};
    CHECK_OK(kev->known(kev->context, &known, &err), &err);
    run(&b);
    static const enum severity want[] = {SEVERITY_LOW,  SEVERITY_CRITICAL, SEVERITY_LOW,
                                         SEVERITY_HIGH, SEVERITY_MEDIUM,   SEVERITY_HIGH};
    static const char *const sources[] = {"debian", "nvd", "nvd", "epss", "unrated", "kev"};
    for (size_t i = 0; i < 6; i++) {
        const struct finding *finding = find(&b, ids[i]);
        CHECK(finding);
        if (!finding)
            continue;
        CHECK_EQ(want[i], finding->severity);
        CHECK_STR(sources[i], finding->vulnerability->severity_source);
    }
    CHECK_STR("A long tale of memory", find(&b, "CVE-2024-0002")->title);
    CHECK(find(&b, "CVE-2024-0006")->vulnerability->kev);
    CHECK(find(&b, "CVE-2024-0004")->vulnerability->epss > 0.4);
    CHECK(find(&b, "CVE-2024-0004")->vulnerability->cvss < 0);
    CHECK_EQ(4, b.report.feeds.count);
    finish(&b);
}

static void repository(struct bench *bench, const char *url, const char *branch,
                       const char *component)
{
    struct collect to = {.arena = &bench->arena, .facts = &bench->facts};
    fact_add(&to, FACT_APK_REPOSITORY, STR("etc/apk/repositories"))->apk_repository =
        (struct apk_repository){str_from(url), str_from(branch), str_from(component)};
}

TEST(match_takes_alpine_branches_from_repositories)
{
    struct bench b;
    start(&b, "alpine");
    distribution(&b, "alpine", "3.22.1", "");
    package(&b, "apk", "libcrypto3", "3.3.0-r0", "openssl", "3.3.0-r0", "");
    package(&b, "apk", "curl", "8.0-r0", "curl", "8.0-r0", "");
    package(&b, "apk", "tagged", "1-r0", "tagged", "1-r0", "");
    repository(&b, "https://example.org/v3.22/main", "v3.22", "main");
    repository(&b, "https://example.org/edge/community", "edge", "community");
    repository(&b, "@t https://example.org/edge/testing", "edge", "testing");
    advisory(&b, "alpine:v3.22/main", "openssl", "CVE-2024-0001", ADVISORY_FIXED, "3.3.1-r0", "",
             "");
    advisory(&b, "alpine:v3.22/main", "openssl", "CVE-2024-0002", ADVISORY_FIXED, "0", "", "");
    advisory(&b, "alpine:v3.22/main", "openssl", "CVE-2024-0003", ADVISORY_FIXED, "3.3.0-r0", "",
             "");
    advisory(&b, "alpine:edge/community", "openssl", "CVE-2024-0003", ADVISORY_FIXED, "3.5.0-r0",
             "", "");
    advisory(&b, "alpine:edge/community", "curl", "CVE-2024-0004", ADVISORY_FIXED, "8.1-r0", "",
             "");
    advisory(&b, "alpine:v3.22/community", "curl", "CVE-2024-0005", ADVISORY_FIXED, "8.2-r0", "",
             "");
    advisory(&b, "alpine:edge/testing", "tagged", "CVE-2024-0006", ADVISORY_FIXED, "2-r0", "", "");
    run(&b);
    no_gaps(&b);
    CHECK_EQ(2, b.report.findings.count);
    const struct finding *finding = find(&b, "CVE-2024-0001");
    CHECK(finding && find(&b, "CVE-2024-0004"));
    if (finding) {
        CHECK_STR("alpine", finding->vulnerability->feed);
        CHECK_STR("unrated", finding->vulnerability->severity_source);
        CHECK_STR("Upgrade openssl to 3.3.1-r0 or later: apk upgrade --no-cache libcrypto3",
                  finding->remedy);
        CHECK_STR("pkg:apk/alpine/libcrypto3@3.3.0-r0?arch=x86_64&distro=alpine-3.22.1",
                  finding->vulnerability->purl);
    }
    finish(&b);

    start(&b, "alpine-release");
    distribution(&b, "alpine", "3.22.1", "");
    package(&b, "apk", "curl", "8.0-r0", "curl", "8.0-r0", "");
    advisory(&b, "alpine:v3.22/main", "openssl", "CVE-2024-0001", ADVISORY_FIXED, "3.3.1-r0", "",
             "");
    advisory(&b, "alpine:v3.22/community", "curl", "CVE-2024-0005", ADVISORY_FIXED, "8.2-r0", "",
             "");
    run(&b);
    no_gaps(&b);
    CHECK(find(&b, "CVE-2024-0005"));
    finish(&b);
}

TEST(match_names_builds_that_no_feed_speaks_for)
{
    struct bench b;
    start(&b, "third");
    distribution(&b, "debian", "12", "bookworm");
    package(&b, "deb", "nodejs", "18.19.0-1nodesource1", "nodejs", "18.19.0-1nodesource1",
            "Someone <x@nodesource.com>");
    package(&b, "deb", "docker-ce", "5:24.0.7-1~debian.12~bookworm", "docker-ce",
            "5:24.0.7-1~debian.12~bookworm", "Docker <support@docker.com>");
    package(&b, "deb", "libpq5", "16.1-1.pgdg120+1", "postgresql-16", "16.1-1.pgdg120+1",
            "Debian PostgreSQL Maintainers <team+postgresql@tracker.debian.org>");
    package(&b, "deb", "mine", "1.0-1", "mine", "1.0-1", "Me <me@example.org>");
    package(&b, "deb", "proven", "1.0-2", "proven", "1.0-2", "New <new@example.org>");
    package(&b, "deb", "idn", "1.0-2", "idn", "1.0-2", "GNU Libidn <Help-Libidn@gnu.org>");
    advisory(&b, "debian:bookworm", "nodejs", "CVE-2024-0001", ADVISORY_OPEN, "", "", "");
    advisory(&b, "debian:bookworm", "postgresql-16", "CVE-2024-0002", ADVISORY_OPEN, "", "", "");
    advisory(&b, "debian:bullseye", "mine", "CVE-2024-0003", ADVISORY_OPEN, "", "", "");
    advisory(&b, "debian:bookworm", "mine", "CVE-2024-0004", ADVISORY_OPEN, "", "", "");
    advisory(&b, "debian:bookworm", "proven", "CVE-2024-0005", ADVISORY_FIXED, "1.0-2", "", "");
    run(&b);
    CHECK_EQ(4, b.report.gaps.count);
    CHECK(has_gap(&b, "nodejs 18.19.0-1nodesource1: built by NodeSource, no feed speaks for it"));
    CHECK(has_gap(&b, "built by Docker <support@docker.com>, no feed speaks for it"));
    CHECK(has_gap(&b, "libpq5 16.1-1.pgdg120+1: built by the PostgreSQL project (PGDG)"));
    CHECK(has_gap(&b, "mine 1.0-1: built by Me <me@example.org>, compared with"));
    CHECK_EQ(1, b.report.findings.count);
    CHECK(find(&b, "CVE-2024-0004"));
    finish(&b);
}

TEST(match_says_what_apt_offers)
{
    struct bench b;
    start(&b, "apt");
    distribution(&b, "debian", "12", "bookworm");
    archive(&b, "http://example.org/debian/", "bookworm", "main contrib");
    archive(&b, "http://example.org/debian-security", "bookworm-security", "main");
    archive(&b, "http://example.org/debian", "bookworm-backports", "main");
    deb(&b, "libssl3", "3.0.11-1", "openssl", "3.0.11-1");
    deb(&b, "openssl", "3.0.11-1", "openssl", "3.0.11-1");
    deb(&b, "quiet", "1.0-1", "quiet", "1.0-1");
    deb(&b, "old", "1.0-1", "old", "1.0-1");
    package(&b, "deb", "mine", "1.0-1", "mine", "1.0-1", "Me <me@example.org>");
    const char *main = "apt:http://example.org/debian bookworm main amd64",
               *security = "apt:http://example.org/debian-security bookworm-security main amd64",
               *backports = "apt:http://example.org/debian bookworm-backports main amd64";
    offer(&b, main, "libssl3", "3.0.12-1", "openssl");
    offer(&b, security, "libssl3", "3.0.13-1", "openssl");
    offer(&b, security, "openssl", "3.0.13-1", "openssl");
    offer(&b, security, "quiet", "1.0-1+deb12u1", "quiet");
    offer(&b, main, "old", "1.0-2", "old");
    offer(&b, backports, "old", "2.0-1~bpo12+1", "old");
    offer(&b, main, "mine", "1.0-1", "mine");
    advisory(&b, "debian:bookworm", "openssl", "CVE-2024-0001", ADVISORY_FIXED, "3.0.13-1", "high",
             "");
    advisory(&b, "debian:bookworm", "openssl", "CVE-2024-0002", ADVISORY_FIXED, "3.0.14-1", "high",
             "");
    run(&b);
    no_gaps(&b);
    CHECK_EQ(5, b.report.findings.count);
    CHECK_EQ(4, b.report.feeds.count);
    const struct finding *updates[3];
    size_t count = 0;
    for (size_t i = 0; i < b.report.findings.count; i++)
        if (str_starts(b.report.findings.items[i].id, STR("package/")) && count < 3)
            updates[count++] = &b.report.findings.items[i];
    CHECK_EQ(3, count);
    if (count == 3) {
        CHECK_STR("package/security-update", updates[0]->id);
        CHECK_EQ(SEVERITY_INFO, updates[0]->severity);
        CHECK_STR("3.0.13-1", updates[0]->vulnerability->fixed_version);
        CHECK_STR("openssl, libssl3: 3.0.11-1 is installed, http://example.org/debian-security "
                  "bookworm-security has 3.0.13-1; the update fixes CVE-2024-0001",
                  updates[0]->evidence);
        CHECK_STR("package/security-update", updates[1]->id);
        CHECK_EQ(SEVERITY_MEDIUM, updates[1]->severity);
        CHECK_STR("quiet: 1.0-1 is installed, http://example.org/debian-security bookworm-security "
                  "has 1.0-1+deb12u1",
                  updates[1]->evidence);
        CHECK_STR("package/update", updates[2]->id);
        CHECK_EQ(SEVERITY_INFO, updates[2]->severity);
        CHECK_STR("1.0-2", updates[2]->vulnerability->fixed_version);
    }
    finish(&b);
}

TEST(match_says_what_is_not_covered)
{
    struct bench b;
    start(&b, "gaps-ended");
    distribution(&b, "debian", "9", "stretch");
    deb(&b, "a", "1.0", "a", "1.0");
    run(&b);
    CHECK(find(&b, "os/end-of-life"));
    CHECK(b.report.is_end_of_life);
    CHECK_STR("2022-06-30", b.report.end_of_life);
    CHECK(has_gap(&b, "past its end of support (2022-06-30)"));
    CHECK(has_gap(&b, "no advisories for debian:stretch"));
    finish(&b);

    start(&b, "gaps-derivative");
    distribution(&b, "raspbian", "12", "bookworm");
    deb(&b, "a", "1.0", "a", "1.0");
    advisory(&b, "debian:bookworm", "a", "CVE-2024-0001", ADVISORY_OPEN, "", "", "");
    run(&b);
    CHECK_EQ(0, b.report.findings.count);
    CHECK(has_gap(&b, "1 deb package of raspbian 12: no feed speaks for it"));
    finish(&b);

    start(&b, "gaps-unknown");
    deb(&b, "a", "1.0", "a", "1.0");
    run(&b);
    CHECK(has_gap(&b, "1 deb package of an unknown distribution: no feed speaks for it"));
    finish(&b);

    start(&b, "gaps-none");
    distribution(&b, "debian", "12", "bookworm");
    run(&b);
    CHECK(has_gap(&b, "no package database found"));
    finish(&b);

    start(&b, "gaps-version");
    distribution(&b, "debian", "12", "bookworm");
    deb(&b, "a", "x_1", "a", "x_1");
    deb(&b, "b", "1", "b", "1");
    advisory(&b, "debian:bookworm", "a", "CVE-2024-0001", ADVISORY_OPEN, "", "", "");
    advisory(&b, "debian:bookworm", "b", "CVE-2024-0002", ADVISORY_FIXED, "2_3", "", "");
    run(&b);
    CHECK_EQ(0, b.report.findings.count);
    CHECK(has_gap(&b, "a x_1: \"x_1\" is no dpkg version"));
    CHECK(has_gap(&b, "b 1: CVE-2024-0002: fixed in \"2_3\", which is no dpkg version"));
    finish(&b);

    start(&b, "gaps-release");
    distribution(&b, "debian", "99", "");
    deb(&b, "a", "1", "a", "1");
    run(&b);
    CHECK(has_gap(&b, "unknown release"));
    CHECK(has_gap(&b, "does not say which release it is"));
    finish(&b);
}

TEST(match_says_that_data_is_old)
{
    struct bench b;
    start(&b, "stale");
    b.date = "2026-11-09T12:00:00Z";
    distribution(&b, "debian", "12", "bookworm");
    deb(&b, "a", "1", "a", "1");
    advisory(&b, "debian:bookworm", "a", "CVE-2024-0001", ADVISORY_OPEN, "", "", "");
    run(&b);
    CHECK(has_gap(&b, "the data is 15 days old (2026-11-09)"));
    finish(&b);
}

TEST(match_says_that_the_built_in_set_is_a_start_only)
{
    struct bench b;
    start(&b, "built-in");
    distribution(&b, "debian", "12", "bookworm");
    deb(&b, "libssl3", "3.0.8-1", "openssl", "3.0.8-1");
    run(&b);
    CHECK(b.report.findings.count > 0);
    CHECK_EQ(1, b.report.feeds.count);
    CHECK_EQ(1, b.report.gaps.count);
    CHECK(has_gap(&b, "only the starter set of "));
    finish(&b);
}

TEST(match_explains_both_ways)
{
    struct bench b;
    start(&b, "explain");
    distribution(&b, "debian", "12", "bookworm");
    deb(&b, "a", "1.0-1", "a", "1.0-1");
    deb(&b, "a-doc", "1.0-1", "a", "1.0-1");
    advisory(&b, "debian:bookworm", "a", "CVE-2024-0001", ADVISORY_FIXED, "1.0-2", "", "");
    advisory(&b, "debian:bookworm", "a", "CVE-2024-0002", ADVISORY_FIXED, "1.0-1", "", "");
    advisory(&b, "debian:bookworm", "a", "CVE-2024-0003", ADVISORY_UNDETERMINED, "", "", "");
    advisory(&b, "debian:bookworm", "z", "CVE-2024-0004", ADVISORY_OPEN, "", "", "");
    open_store(&b);
    struct {
        const char *id, *reason;
        bool affected;
    } cases[] = {
        {"CVE-2024-0001", "1.0-1 < 1.0-2: vulnerable, and a fix is there", true},
        {"cve-2024-0002", "1.0-1 = 1.0-1: fixed", false},
        {"CVE-2024-0003", "the vendor has not found out yet whether it is affected", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct verdict_list verdicts = {0};
        struct str_list elsewhere = {0};
        match_explain(&b.arena, &b.facts, b.store, str_from(cases[i].id), &verdicts, &elsewhere);
        CHECK_EQ(2, verdicts.count);
        CHECK_EQ(0, elsewhere.count);
        if (verdicts.count == 0)
            continue;
        CHECK_STR("a", verdicts.items[0].package.name);
        CHECK_STR("debian", verdicts.items[0].feed);
        CHECK_EQ(cases[i].affected, verdicts.items[0].affected);
        CHECK_STR(cases[i].reason, verdicts.items[0].reason);
    }
    struct verdict_list verdicts = {0};
    struct str_list elsewhere = {0};
    match_explain(&b.arena, &b.facts, b.store, STR("CVE-2024-0004"), &verdicts, &elsewhere);
    CHECK_EQ(0, verdicts.count);
    CHECK_EQ(1, elsewhere.count);
    if (elsewhere.count)
        CHECK_STR("z", elsewhere.items[0]);
    finish(&b);
}

TEST(purls_are_encoded)
{
    ARENA_SCOPED arena = {0};
    const struct package package = {.type = STR("deb"),
                                    .name = STR("libstdc++6"),
                                    .version = STR("1:2.0+b1~x/y z"),
                                    .arch = STR("amd64")};
    const struct distribution debian = {.id = STR("debian"), .codename = STR("forky")};
    CHECK_STR("pkg:deb/debian/libstdc%2B%2B6@1:2.0%2Bb1~x%2Fy%20z?arch=amd64&distro=debian-forky",
              purl_of_package(&arena, &package, &debian));
    const struct distribution none = {0};
    CHECK_STR("pkg:deb/libstdc%2B%2B6@1:2.0%2Bb1~x%2Fy%20z?arch=amd64",
              purl_of_package(&arena, &package, &none));
}

/* Packages of languages are told once: not where a package of the distribution ships them. */
TEST(match_lists_packages_of_languages_once)
{
    struct bench b;
    start(&b, "languages");
    distribution(&b, "debian", "12", "bookworm");
    deb(&b, "python3-yaml", "6.0-3+b2", "pyyaml", "6.0-3");
    struct collect to = {.arena = &b.arena, .facts = &b.facts};
    const struct package yaml = {.type = STR("pypi"), .name = STR("PyYAML"), .version = STR("6.0")};
    const struct package pip = {.type = STR("pypi"), .name = STR("pip"), .version = STR("23.0.1")};
    str record = STR("usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/PKG-INFO");
    CHECK(language_add(&to, record, &yaml));
    CHECK(language_add(&to, STR("srv/venv/pip-23.0.1.dist-info/METADATA"), &pip));
    struct owned_file *owned =
        &fact_add(&to, FACT_OWNED_FILE, STR("var/lib/dpkg/info/python3-yaml.list"))->owned_file;
    *owned = (struct owned_file){.package = STR("python3-yaml"), .path = record};
    run(&b);
    CHECK_EQ(2, b.report.packages.count);
    CHECK(has_gap(&b, "1 pypi package: no feed speaks for it"));
    finish(&b);
}

/* --- packages of languages: records of OSV -----------------------------------------------------
 */

static void record(struct bench *bench, const char *type, const char *name, const char *id,
                   const char *aliases, const char *urgency, const char *affected)
{
    struct err err = {0};
    const struct feed_sink *sink = sink_of(bench, "osv");
    const struct advisory row = {
        .namespace = advisory_language_namespace(&bench->arena, str_from(type)),
        .package = str_from(name),
        .id = str_from(id),
        .aliases = str_from(aliases),
        .status = ADVISORY_RANGES,
        .urgency = str_from(urgency),
        .affected = str_from(affected),
    };
    CHECK_OK(sink->advisory(sink->context, &row, &err), &err);
}

static void installed(struct bench *bench, const char *type, const char *name, const char *version,
                      const char *path)
{
    struct collect to = {.arena = &bench->arena, .facts = &bench->facts, .layer = 1};
    const struct package package = {
        .type = str_from(type), .name = str_from(name), .version = str_from(version)};
    CHECK(language_add(&to, str_from(path), &package));
}

static void owned_by(struct bench *bench, const char *name, const char *path)
{
    struct collect to = {.arena = &bench->arena, .facts = &bench->facts};
    struct owned_file *owned =
        &fact_add(&to, FACT_OWNED_FILE, STR("var/lib/dpkg/info/x.list"))->owned_file;
    *owned = (struct owned_file){.package = str_from(name), .path = str_from(path)};
}

TEST(match_finds_flaws_of_packages_of_languages)
{
    struct bench b;
    start(&b, "osv");
    distribution(&b, "debian", "12", "bookworm");
    deb(&b, "python3-yaml", "6.0-3", "pyyaml", "6.0-3");
    installed(&b, "pypi", "PyYAML", "5.3", "usr/lib/python3/PyYAML.egg-info/PKG-INFO");
    owned_by(&b, "python3-yaml", "usr/lib/python3/PyYAML.egg-info/PKG-INFO");
    installed(&b, "pypi", "Zope.Interface", "5.0rc1", "srv/a/METADATA");
    installed(&b, "pypi", "zope-interface", "5.0rc1", "srv/b/METADATA");
    installed(&b, "golang", "example.org/x", "v1.2.0", "srv/program");
    installed(&b, "npm", "xt-dev", "1.0.0", "srv/node_modules/xt-dev/package.json");
    installed(&b, "gem", "rack", "2.0", "srv/rack.gemspec");
    record(&b, "pypi", "pyyaml", "CVE-2020-1", "", "high", "@GHSA-y | +0 -5.4");
    record(&b, "pypi", "zope-interface", "CVE-2025-1", "GHSA-z PYSEC-1", "medium",
           "@GHSA-z | +0 -5.0 @PYSEC-1 | +0");
    record(&b, "pypi", "zope-interface", "GHSA-later", "", "high", "@GHSA-later | +5.0 -5.1");
    record(&b, "golang", "example.org/x", "GO-1", "", "", "@GO-1 | +0 -1.3.0-0");
    record(&b, "npm", "xt-dev", "MAL-1", "", ADVISORY_MALICIOUS, "@MAL-1 | +0");
    run(&b);
    CHECK_EQ(4, b.report.findings.count);
    /* The same package at two places, in two spellings, is of one name each. */
    const struct finding *zope = find(&b, "CVE-2025-1");
    CHECK(zope && zope->vulnerability);
    if (zope) {
        CHECK_STR("5.0", zope->vulnerability->fixed_version);
        CHECK_STR("osv", zope->vulnerability->feed);
        CHECK_STR("osv", zope->vulnerability->severity_source);
        CHECK_STR("srv/a/METADATA", zope->location.path);
        CHECK_STR("sha256:top", zope->location.layer);
        CHECK_EQ(SEVERITY_MEDIUM, zope->severity);
        CHECK_EQ(2, zope->aliases.count);
        CHECK(str_contains(zope->remedy, STR("pip install --upgrade 'Zope.Interface>=5.0'")));
    }
    const struct finding *module = find(&b, "GO-1"), *malice = find(&b, "MAL-1");
    CHECK(module && str_eq(module->vulnerability->fixed_version, STR("v1.3.0-0")));
    CHECK(malice && malice->severity == SEVERITY_CRITICAL);
    CHECK(malice && str_starts(malice->remedy, STR("Remove xt-dev")));
    CHECK(has_gap(&b, "1 gem package: no feed speaks for it; `harden db update osv` fetches one"));

    struct verdict_list verdicts = {0};
    struct str_list elsewhere = {0};
    match_explain(&b.arena, &b.facts, b.store, STR("PYSEC-1"), &verdicts, &elsewhere);
    CHECK_EQ(2, verdicts.count);
    CHECK(verdicts.items[0].affected);
    CHECK_STR("5.0rc1 lies in the vulnerable versions before 5.0, says GHSA-z",
              verdicts.items[0].reason);
    verdicts.count = 0;
    match_explain(&b.arena, &b.facts, b.store, STR("CVE-2020-1"), &verdicts, &elsewhere);
    CHECK_EQ(1, verdicts.count);
    CHECK(!verdicts.items[0].affected);
    CHECK(str_starts(verdicts.items[0].reason, STR("it belongs to a package of the distribution")));
    finish(&b);
}
