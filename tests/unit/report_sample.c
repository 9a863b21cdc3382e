// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/report_sample.h"

#define DIFF_ID(digit)                                                                             \
    STR("sha256:" digit "1a2b3c4d5e6f708192a3b4c5d6e7f8090a1b2c3d4e5f60718293a4b5c6d7e8f")

const char *sample_name(enum sample sample)
{
    static const char *const names[SAMPLE_COUNT] = {
        [SAMPLE_DEBIAN] = "debian",   [SAMPLE_CLEAN] = "clean", [SAMPLE_BUILT_IN] = "built-in",
        [SAMPLE_HOSTILE] = "hostile", [SAMPLE_FILES] = "files",
    };
    return names[sample];
}

struct finding *sample_add(struct arena *arena, struct report *report, const char *id,
                           enum severity severity, const char *source, const char *package,
                           const char *fixed)
{
    struct finding *finding = vec_push(arena, &report->findings);
    struct vulnerability *flaw = arena_new(arena, struct vulnerability);
    *flaw = (struct vulnerability){
        .package = str_from(package),
        .type = STR("deb"),
        .fixed_version = str_from(fixed),
        .source_package = str_from(source),
        .fix_state = fixed ? FIX_AVAILABLE : FIX_NONE,
        .cvss = -1,
        .epss = -1,
        .feed = STR("debian"),
        .severity_source = STR("debian"),
    };
    *finding = (struct finding){
        .id = str_from(id),
        .kind = KIND_VULNERABILITY,
        .severity = severity,
        .location = {.path = STR("var/lib/dpkg/status")},
        .vulnerability = flaw,
    };
    if (report->image.layers.count)
        finding->location.layer = report->image.layers.items[0].diff_id;
    for (size_t i = 0; i < report->packages.count; i++) {
        const struct report_package *item = &report->packages.items[i];
        if (!str_eq(item->package.name, flaw->package))
            continue;
        flaw->type = item->package.type;
        flaw->installed_version = item->package.version;
        flaw->source_version = item->package.source_version;
        flaw->purl = item->purl;
        finding->location.path = item->path;
        finding->location.layer = report->image.layers.items[item->layer].diff_id;
    }
    return finding;
}

static void add_package(struct arena *arena, struct report *report, const char *source,
                        const char *name, const char *version, uint32_t layer)
{
    struct report_package *item = vec_push(arena, &report->packages);
    bool apk = str_eq(report->distribution.id, STR("alpine"));
    item->package = (struct package){
        .type = apk ? STR("apk") : STR("deb"),
        .name = str_from(name),
        .version = str_from(version),
        .arch = STR("amd64"),
        .source_name = str_from(source),
        .source_version = str_from(version),
    };
    item->purl = arena_printf(arena, "pkg:%s/%s@%s?arch=amd64", apk ? "apk/alpine" : "deb/debian",
                              name, version);
    item->path = apk ? STR("lib/apk/db/installed") : STR("var/lib/dpkg/status");
    item->layer = layer;
}

static void add_layer(struct arena *arena, struct report *report, str diff_id,
                      const char *created_by)
{
    *vec_push(arena, &report->image.layers) = (struct layer){.digest = diff_id,
                                                             .diff_id = diff_id,
                                                             .created_by = str_from(created_by),
                                                             .size = 29124181};
}

static void add_feed(struct arena *arena, struct report *report, const char *feed,
                     const char *updated, uint64_t count, bool built_in)
{
    *vec_push(arena, &report->feeds) = (struct report_feed){
        .feed = str_from(feed), .updated = str_from(updated), .count = count, .built_in = built_in};
}

static void begin_debian(struct arena *arena, struct report *report)
{
    *report = (struct report){
        .tool_version = STR("0.1.0"),
        .image = {.kind = STR("docker-archive"),
                  .name = STR("example/web:1.4"),
                  .digest = STR("sha256:"
                                "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"),
                  .platform = STR("linux/amd64"),
                  .created = STR("2026-06-02T08:15:00Z")},
        .distribution = {.id = STR("debian"),
                         .version_id = STR("12"),
                         .codename = STR("bookworm"),
                         .pretty_name = STR("Debian GNU/Linux 12 (bookworm)")},
        .end_of_life = STR("2028-06-30"),
    };
    add_layer(arena, report, DIFF_ID("a"), "/bin/sh -c #(nop) ADD file:3f1b in / ");
    add_layer(arena, report, DIFF_ID("b"), "RUN apt-get update && apt-get install -y curl nginx");
    add_layer(arena, report, DIFF_ID("c"), "COPY site /var/www");
    add_feed(arena, report, "debian", "2026-11-20T06:12:44Z", 41233, false);
    add_feed(arena, report, "epss", "2026-11-20", 298114, false);
    add_feed(arena, report, "kev", "2026-11-19T18:00:00Z", 1466, false);
    add_package(arena, report, "zlib", "zlib1g", "1:1.2.13.dfsg-1", 0);
    add_package(arena, report, "openssl", "openssl", "3.0.11-1~deb12u1", 1);
    add_package(arena, report, "openssl", "libssl3", "3.0.11-1~deb12u1", 0);
    add_package(arena, report, "curl", "curl", "7.88.1-10+deb12u4", 1);
    add_package(arena, report, "curl", "libcurl4", "7.88.1-10+deb12u4", 1);
    add_package(arena, report, "glibc", "libc6", "2.36-9+deb12u3", 0);
    add_package(arena, report, "glibc", "libc-bin", "2.36-9+deb12u3", 0);
    add_package(arena, report, "tar", "tar", "1.34+dfsg-1.2", 0);
    add_package(arena, report, "nginx", "nginx", "1.22.1-9", 1);
    add_package(arena, report, "base-files", "base-files", "12.4+deb12u4", 0);
}

/* More about the finding that was added last. */
static void describe(struct finding *finding, const char *title, double cvss, double epss)
{
    finding->title = str_from(title);
    if (!str_contains(finding->title, STR(" is fixed in ")))
        finding->vulnerability->description = finding->title;
    finding->vulnerability->cvss = cvss;
    finding->vulnerability->epss = epss;
    if (cvss >= 0)
        finding->vulnerability->cvss_vector = STR("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
}

static void add_unfixed(struct arena *arena, struct report *report)
{
    struct finding *f;
    f = sample_add(arena, report, "CVE-2026-10021", SEVERITY_CRITICAL, "zlib", "zlib1g", NULL);
    describe(f, "Integer overflow in minizip", 9.1, 0.01);
    f->vulnerability->fix_state = FIX_IGNORED;
    f->vulnerability->vendor_reason =
        STR("ignored: contrib/minizip is not built and no binary package has it");
    f = sample_add(arena, report, "CVE-2026-10022", SEVERITY_LOW, "tar", "tar", NULL);
    describe(f, "A crafted archive makes tar use memory without bound", 3.3, 0.0005);
    f->vulnerability->fix_state = FIX_DEFERRED;
    f->vulnerability->vendor_reason = STR("no-dsa: Minor issue");
    describe(sample_add(arena, report, "CVE-2026-10023", SEVERITY_MEDIUM, "nginx", "nginx", NULL),
             "HTTP/3: a crafted QUIC session ends the worker process", 5.3, 0.002);
    f = sample_add(arena, report, "CVE-2026-10024", SEVERITY_HIGH, "nginx", "nginx", NULL);
    describe(f, "Memory disclosure in the MP4 module", 7.4, 0.03);
    f->status = STATUS_NOT_AFFECTED;
    f->reason = STR("the module is not built");
    f = sample_add(arena, report, "package/update", SEVERITY_INFO, "base-files", "base-files",
                   "12.4+deb12u12");
    describe(f, "base-files 12.4+deb12u12 is offered by the archive", -1, -1);
    f->vulnerability->feed = f->vulnerability->severity_source = STR("apt");
    f = sample_add(arena, report, "TEMP-0000000-A1B2C3", SEVERITY_INFO, "tar", "tar", NULL);
    describe(f, "Symlinks are followed with --remove-files", -1, -1);
    f->vulnerability->severity_source = STR("unrated");
    report_add_gap(
        arena, report, STR("docker-ce"),
        STR("version 5:24.0.7-1: not from Debian (maintainer Docker), and no feed speaks "
            "for it"));
    report_add_gap(arena, report, STR("var/lib/dpkg/status"), STR("record 112 has no Version"));
}

static void fill_debian(struct arena *arena, struct report *report)
{
    const char *const ssl = "3.0.17-1~deb12u2", *const curl = "7.88.1-10+deb12u12";
    struct finding *f;
    describe(sample_add(arena, report, "CVE-2026-10001", SEVERITY_CRITICAL, "curl", "curl", curl),
             "Heap buffer overflow in the SOCKS5 proxy handshake", 9.8, 0.26194);
    describe(
        sample_add(arena, report, "CVE-2026-10001", SEVERITY_CRITICAL, "curl", "libcurl4", curl),
        "Heap buffer overflow in the SOCKS5 proxy handshake", 9.8, 0.26194);
    f = sample_add(arena, report, "CVE-2026-10002", SEVERITY_HIGH, "glibc", "libc6",
                   "2.36-9+deb12u9");
    describe(f, "Buffer overflow in the dynamic loader when it reads GLIBC_TUNABLES", 7.8, 0.71);
    f->vulnerability->kev = true;
    f->vulnerability->description =
        STR("A buffer overflow was discovered in the dynamic loader while it processes the\n"
            "GLIBC_TUNABLES environment variable. A local attacker can run code as root.");
    *vec_push(arena, &f->references) = STR("https://example.org/advisories/2026-10002");
    *vec_push(arena, &f->aliases) = STR("DSA-5514-1");
    static const struct {
        const char *id, *title;
        enum severity severity;
    } flaws[] = {
        {"CVE-2026-10011", "Excessive time spent checking DH keys", SEVERITY_HIGH},
        {"CVE-2026-10012", "Use after free in SSL_free_buffers", SEVERITY_MEDIUM},
        {"CVE-2026-10013", "Unbounded memory growth with session handling in TLSv1.3",
         SEVERITY_MEDIUM},
        {"CVE-2026-10014", "Crash when a PKCS#12 file is decoded", SEVERITY_MEDIUM},
        {"CVE-2026-10015", "Timing side channel in ECDSA signatures", SEVERITY_LOW},
        {"CVE-2026-10016", "Out of bounds read in SSL_select_next_proto", SEVERITY_LOW},
        {"CVE-2026-10017", "NULL dereference while an X.509 name is compared", SEVERITY_LOW},
    };
    for (size_t i = 0; i < sizeof(flaws) / sizeof(flaws[0]); i++)
        describe(sample_add(arena, report, flaws[i].id, flaws[i].severity, "openssl", "libssl3",
                            i == 3 ? "3.0.15-1~deb12u1" : ssl),
                 flaws[i].title, flaws[i].severity == SEVERITY_HIGH ? 7.5 : -1, 0.00412);
    add_unfixed(arena, report);
}

static void fill_built_in(struct arena *arena, struct report *report)
{
    *report = (struct report){
        .tool_version = STR("0.1.0"),
        .image = {.kind = STR("oci"),
                  .name = STR("example/tool:old"),
                  .digest = STR("sha256:"
                                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
                  .platform = STR("linux/arm64/v8")},
        .distribution = {.id = STR("alpine"),
                         .version_id = STR("3.14.2"),
                         .pretty_name = STR("Alpine Linux v3.14")},
        .end_of_life = STR("2023-05-01"),
        .is_end_of_life = true,
    };
    add_layer(arena, report, DIFF_ID("d"), "");
    add_feed(arena, report, "alpine", "2026-11-01", 812, true);
    add_package(arena, report, "busybox", "busybox", "1.33.1-r3", 0);
    add_package(arena, report, "busybox", "ssl_client", "1.33.1-r3", 0);
    add_package(arena, report, "musl", "musl", "1.2.2-r3", 0);
    for (size_t i = 0; i < 15; i++)
        describe(sample_add(arena, report, arena_printf(arena, "CVE-2026-200%02zu", i).ptr,
                            i < 12 ? SEVERITY_HIGH : SEVERITY_MEDIUM, "busybox", "busybox",
                            i % 2 ? "1.33.1-r6" : "1.33.1-r10"),
                 i % 2 ? "busybox is fixed in 1.33.1-r6" : "busybox is fixed in 1.33.1-r10", -1,
                 -1);
    struct finding *f =
        sample_add(arena, report, "CVE-2026-20102", SEVERITY_MEDIUM, "musl", "musl", NULL);
    describe(f, "iconv writes past its buffer", 5, -1);
    f->vulnerability->fix_state = FIX_ENDED;
    f->vulnerability->kev = true;
    *vec_push(arena, &report->findings) = (struct finding){
        .id = STR("os/end-of-life"),
        .kind = KIND_VULNERABILITY,
        .severity = SEVERITY_HIGH,
        .title = STR("Alpine Linux v3.14 has had no security updates since 2023-05-01"),
        .location = {.path = STR("etc/os-release"), .layer = DIFF_ID("d")},
        .evidence = STR("VERSION_ID=3.14.2"),
        .remedy = STR("Move to Alpine 3.22: change the FROM line, rebuild and test"),
    };
    report_add_gap(arena, report, STR("alpine 3.14"),
                   STR("out of support since 2023-05-01: flaws found later are not listed"));
}

/* Escape sequences, bidirectional overrides, invalid UTF-8, NUL, quotes, shell syntax. */
static void fill_hostile(struct arena *arena, struct report *report)
{
    begin_debian(arena, report);
    report->packages.count = 0;
    report->image.name = STR("evil\x1b[2J\x1b[H\xe2\x80\xae"
                             "txt.exe\xe2\x80\xac:1\r\nGrade A");
    report->image.digest = (str){0};
    report->image.layers.items[1].created_by = STR("RUN printf '\x00\x9b\xff\"\\\xf0\x9f\x90\xb3'");
    report->distribution.pretty_name = STR("\xc2\x9b"
                                           "31mDebian\xed\xa0\x80 \xf3\xa0\x80\xa1tag");
    add_package(arena, report, "$(touch /tmp/pwned)", "x; rm -rf ~", "1.0", 1);
    add_package(arena, report, "--force", "--allow-untrusted", "1.0`id`", 1);
    add_package(arena, report, "ok", "ok", "1.0", 1);
    struct finding *f = sample_add(arena, report, "CVE-2026-30001\x1b]0;title\x07", SEVERITY_HIGH,
                                   "$(touch /tmp/pwned)", "x; rm -rf ~", "2.0");
    describe(f,
             "A title\nwith \"quotes\", a\ttab, \xff\xfe and \xe4\xb8\xad\xe6\x96\x87 wide text "
             "that goes on and on until it is longer than any line",
             9.999, 1.5);
    sample_add(arena, report, "CVE-2026-30002", SEVERITY_LOW, "--force", "--allow-untrusted",
               "2.0");
    sample_add(arena, report, "CVE-2026-30003", SEVERITY_LOW, "ok", "ok", "2.0");
    f = sample_add(arena, report, "CVE-2026-30004", SEVERITY_MEDIUM, "", "", NULL);
    f->location = (struct location){.path = STR("opt/a b\xe2\x80\x8b/<&>%\n.txt"), .line = 3};
    f->vulnerability->vendor_reason = STR("\x1b[31mno\x1b[0m");
    for (size_t i = 0; i < 7; i++)
        report_add_gap(
            arena, report, arena_printf(arena, "opt/\x1b[3%zumfile", i),
            STR("a reason that is long enough to be wrapped at the end of the line, with "
                "a_word_that_has_no_spaces_in_it_and_is_longer_than_what_is_left_of_it\r"));
    report->gaps_unnamed = 12;
}

static struct finding *add_in_file(struct arena *arena, struct report *report,
                                   const struct text_file *file, const char *id,
                                   enum severity severity, const char *title, const char *marked)
{
    size_t at = str_find(file->text, str_from(marked));
    struct span span = {(uint32_t)at, (uint32_t)(at + str_from(marked).len)};
    struct text_place place = text_file_place(file, span);
    struct finding *finding = vec_push(arena, &report->findings);
    *finding = (struct finding){
        .id = str_from(id),
        .kind = KIND_CONFIG,
        .severity = severity,
        .title = str_from(title),
        .location = {.path = file->path,
                     .line = place.line,
                     .column = place.column,
                     .end_line = place.end_line,
                     .end_column = place.end_column},
        .span = span,
    };
    return finding;
}

static void add_edit(struct arena *arena, struct finding *finding, size_t from, size_t len,
                     const char *replacement)
{
    uint32_t start = finding->span.start + (uint32_t)from;
    *vec_push(arena, &finding->edits) =
        (struct edit){.span = {start, start + (uint32_t)len}, .replacement = str_from(replacement)};
}

static void fill_dockerfile(struct arena *arena, struct report *report)
{
    static const str text = STR_INIT(
        "FROM debian:12\n"
        "LABEL note=\"\xc3\xa4\xe4\xb8\xad\xe6\x96\x87\" v=\"\x1b[2J\"\n"
        "ADD\tapp /srv/app\n"
        "RUN apt-get update \\\n && apt-get install -y curl\n"
        "ENV API_KEY=0123456789abcdef\n"
        "RUN echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; sudo id\n"
        "MAINTAINER me\nUSER root\n");
    struct text_file file = text_file_make(arena, STR("./web/Dockerfile"), text);
    size_t first = report->findings.count;
    struct finding *f = add_in_file(arena, report, &file, "sample/user", SEVERITY_HIGH,
                                    "The container runs as root", "USER root");
    f->remedy = STR("Add a USER line. It needs a number, because names cannot be checked.");
    *vec_push(arena, &f->aliases) = STR("DL3002");
    f->edit_level = EDIT_UNSAFE;
    f->edit_title = STR("Run as 65532");
    add_edit(arena, f, 5, 4, "65532:65532");
    f = add_in_file(arena, report, &file, "sample/add", SEVERITY_MEDIUM,
                    "ADD is used where COPY would do", "ADD");
    f->evidence = STR("app is a plain file");
    f->edit_title = STR("Replace ADD by COPY");
    add_edit(arena, f, 0, 3, "COPY");
    f = add_in_file(arena, report, &file, "sample/lists", SEVERITY_INFO,
                    "Package lists stay in the layer",
                    "RUN apt-get update \\\n && apt-get install -y curl");
    f->remedy = STR("Remove them in the same RUN.");
    f = add_in_file(arena, report, &file, "sample/key", SEVERITY_CRITICAL,
                    "A credential is written into the image", "API_KEY=0123456789abcdef");
    f->kind = KIND_SECRET;
    add_in_file(arena, report, &file, "sample/sudo", SEVERITY_LOW, "sudo is used", "sudo id");
    add_in_file(arena, report, &file, "sample/wide", SEVERITY_LOW, "A label, 100% odd, a:b",
                "\xe4\xb8\xad\xe6\x96\x87");
    f = add_in_file(arena, report, &file, "sample/maintainer", SEVERITY_LOW,
                    "MAINTAINER is deprecated", "MAINTAINER me");
    f->status = STATUS_WAIVED;
    f->reason = STR("line 8: kept for <legal> & old tools");
    report_locate(arena, report, first, &file, 1);
}

static void fill_files(struct arena *arena, struct report *report)
{
    *report = (struct report){.tool_version = STR("0.1.0"),
                              .image = {.kind = STR("files"), .name = STR("web")},
                              .file_count = 2};
    fill_dockerfile(arena, report);
    struct text_file other =
        text_file_make(arena, STR("web/a b:c,\r\n\xff.Dockerfile"), STR("USER root"));
    size_t first = report->findings.count;
    struct finding *f = add_in_file(arena, report, &other, "sample/user", SEVERITY_HIGH,
                                    "The container runs as root", "USER root");
    *vec_push(arena, &f->edits) =
        (struct edit){.path = STR("web/.dockerignore"), .replacement = STR(".git\n")};
    report_locate(arena, report, first, &other, 1);
    report_add_gap(arena, report, STR("web/huge.Dockerfile"), STR("larger than 256 MiB"));
}

struct report sample_report(struct arena *arena, enum sample sample)
{
    struct report report = {0};
    switch (sample) {
    case SAMPLE_BUILT_IN: fill_built_in(arena, &report); return report;
    case SAMPLE_FILES: fill_files(arena, &report); return report;
    case SAMPLE_HOSTILE: fill_hostile(arena, &report); return report;
    case SAMPLE_DEBIAN:
        begin_debian(arena, &report);
        fill_debian(arena, &report);
        return report;
    case SAMPLE_CLEAN:
    case SAMPLE_COUNT: break;
    }
    begin_debian(arena, &report);
    return report;
}
