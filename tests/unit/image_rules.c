// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/rule.h"
#include "model/image_view.h"
#include "read/image/image.h"
#include "tests/unit/test.h"

#include <string.h>

static const char today[] = "2026-11-28";

/* What the rules say of an image with this config, and with these accounts. */
static struct report judge(struct arena *arena, const char *config, const struct fact_list *facts)
{
    struct image image = {.name = STR("app:1.0"), .config = str_from(config)};
    struct image_config parsed;
    struct err err = {0};
    struct report report = {0};
    const struct distribution distribution = {0};
    const struct rule_settings settings = {.kinds = 1u << KIND_CONFIG, .today = today};
    struct rule_run run = {.arena = arena, .report = &report, .settings = &settings};
    CHECK_OK(image_config_parse(arena, &image, &parsed, &err), &err);
    const struct image_view view = {
        .image = &image, .config = &parsed, .distribution = &distribution, .facts = facts};
    rule_ask_image(&run, &view);
    return report;
}

/* Harmless but for `settings`: exactly one finding, or none where id is "". */
static void expect(const char *settings, const char *id)
{
    ARENA_SCOPED arena = {0};
    const struct fact_list facts = {0};
    const char *user = strstr(settings, "User") ? "" : ",\"User\":\"10001:10001\"";
    const char *health =
        strstr(settings, "Health") ? "" : ",\"Healthcheck\":{\"Test\":[\"CMD\",\"x\"]}";
    struct report report =
        judge(&arena,
              arena_printf(&arena, "{\"created\":\"2026-11-01T00:00:00Z\",\"config\":{%s%s%s}}",
                           settings, user, health)
                  .ptr,
              &facts);
    size_t wanted = *id ? 1 : 0;
    if (report.findings.count != wanted ||
        (wanted && !str_eq(report.findings.items[0].id, str_from(id))))
        test_failed(__FILE__, __LINE__, "%s: %zu findings, the first is %.*s", settings,
                    report.findings.count,
                    STR_ARG(report.findings.count ? report.findings.items[0].id : STR("none")));
}

TEST(image_rules_about_users)
{
    expect("\"Cmd\":[\"x\"]", "");
    expect("\"Cmd\":[\"x\"],\"User\":\"\"", "image/root-user");
    expect("\"Cmd\":[\"x\"],\"User\":\"root\"", "image/root-user");
    expect("\"Cmd\":[\"x\"],\"User\":\"0:0\"", "image/root-user");
    expect("\"Cmd\":[\"x\"],\"User\":\"00\"", "image/root-user");
    expect("\"Cmd\":[\"x\"],\"User\":\"1:0\"", "image/root-group");
    expect("\"Cmd\":[\"x\"],\"User\":\"10001\"", "image/root-group");
    expect("\"Cmd\":[\"x\"],\"User\":\"1:1\"", "");
    expect("\"Cmd\":[\"x\"],\"User\":\"app\"", "image/unknown-user");
    expect("\"Cmd\":[\"x\"],\"User\":\"4294967296:1\"", "image/user-too-large");
    expect("\"Cmd\":[\"x\"],\"User\":\"2147483647:1\"", "");
    expect("\"Cmd\":[\"x\"],\"User\":\"1:2147483648\"", "image/user-too-large");
}

TEST(image_user_is_resolved_by_passwd)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts = {0};
    struct fact *fact = vec_push(&arena, &facts);
    *fact = (struct fact){.kind = FACT_ACCOUNT, .path = STR("etc/passwd")};
    fact->account = (struct account){.name = STR("app"), .uid = STR("0"), .gid = STR("0")};
    struct report report = judge(&arena,
                                 "{\"config\":{\"User\":\"app\",\"Healthcheck\":{\"Test\":[\"CMD\","
                                 "\"x\"]}}}",
                                 &facts);
    CHECK_EQ(1, report.findings.count);
    CHECK_STR("image/root-user", report.findings.items[0].id);
    CHECK(report.findings.items[0].severity == SEVERITY_HIGH);
}

TEST(image_rules_about_settings)
{
    expect("\"Healthcheck\":{\"Test\":[\"NONE\"]}", "image/no-healthcheck");
    expect("\"Health\":0", "image/no-healthcheck");
    expect("\"Volumes\":{\"/proc/x\":{}}", "image/sensitive-volume");
    expect("\"Volumes\":{\"/etc\":{}}", "image/sensitive-volume");
    expect("\"Volumes\":{\"/etc/app\":{},\"/var/lib/app\":{},\"/process\":{}}", "");
    expect("\"ExposedPorts\":{\"2375/tcp\":{},\"8080/tcp\":{}}", "image/admin-port");
    expect("\"Env\":[\"PATH=/usr/bin:\"]", "image/dangerous-variable");
    expect("\"Env\":[\"PATH=/usr/bin:bin\"]", "image/dangerous-variable");
    expect("\"Env\":[\"PATH=/tmp/bin:/bin\"]", "image/dangerous-variable");
    expect("\"Env\":[\"PATH=/usr/bin:/bin\",\"LD_PRELOAD=\"]", "");
    expect("\"Env\":[\"LD_PRELOAD=/x.so\"]", "image/dangerous-variable");
    expect("\"Env\":[\"NODE_TLS_REJECT_UNAUTHORIZED=1\"]", "");
    expect("\"WorkingDir\":\"/proc/self/fd/8\"", "image/workdir-in-proc");
    expect("\"WorkingDir\":\"/process\"", "");
    expect("\"WorkingDir\":\"/app/..//proc/self/fd/8\"", "image/workdir-in-proc");
    expect("\"WorkingDir\":\"proc/1\"", "image/workdir-in-proc");
    expect("\"WorkingDir\":\"\"", "");
    expect("\"Volumes\":{\"/etc/\":{}}", "image/sensitive-volume");
    expect("\"Env\":[\"PATH=/opt/tmpl/bin:/tmpfs\"]", "");
    expect("\"Cmd\":[\"/bin/sh\",\"-c\",\"supervisord -n\"]", "image/several-services");
    expect("\"Entrypoint\":[\"tini\",\"--\"],\"Cmd\":[\"/usr/bin/supervisord\"]",
           "image/several-services");
    expect("\"Cmd\":[\"redis-server\",\"--protected-mode\",\"no\"]", "image/insecure-flag");
    expect("\"Labels\":{\"a\":\"binary:///bin/sh\"}", "image/suspicious-label");
    expect("\"Entrypoint\":[\"/usr/bin/supervisord\"]", "image/several-services");
    expect("\"Cmd\":[\"mysqld\",\"--skip-grant-tables\"]", "image/insecure-flag");
    expect("\"StopSignal\":\"9\"", "image/kill-signal");
}

TEST(image_rules_about_age)
{
    ARENA_SCOPED arena = {0};
    const struct fact_list none = {0};
    static const struct {
        const char *created;
        size_t findings;
    } images[] = {
        {"2026-08-31T00:00:00Z", 0}, {"2026-08-30T00:00:00Z", 1}, {"2020-02-29T00:00:00Z", 1},
        {"1970-01-01T00:00:00Z", 0}, {"1980-01-01T00:00:01Z", 0}, {"soon", 0},
    };
    for (size_t i = 0; i < sizeof(images) / sizeof(*images); i++) {
        struct report report =
            judge(&arena,
                  arena_printf(&arena,
                               "{\"created\":\"%s\",\"config\":{\"User\":\"1:1\","
                               "\"Healthcheck\":{\"Test\":[\"CMD\",\"x\"]}}}",
                               images[i].created)
                      .ptr,
                  &none);
        CHECK_EQ(images[i].findings, report.findings.count);
    }
}

static struct fact *add_fact(struct arena *arena, struct fact_list *facts, enum fact_kind kind,
                             const char *path)
{
    struct fact *fact = vec_push(arena, facts);
    *fact = (struct fact){.kind = kind, .path = str_from(path)};
    return fact;
}

/* The same key at `path`, which a package of that maintainer owns: how much it matters. */
static enum severity severity_of_key(const char *path, const char *maintainer)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts = {0};
    struct report report = {0};
    static const struct image image;
    static const struct image_config config;
    static const struct distribution distribution;
    const struct rule_settings settings = {.kinds = 1u << KIND_SECRET};
    struct rule_run run = {.arena = &arena, .report = &report, .settings = &settings};
    add_fact(&arena, &facts, FACT_PACKAGE, "var/lib/dpkg/status")->package = (struct package){
        .type = STR("deb"), .name = STR("libx"), .maintainer = str_from(maintainer)};
    add_fact(&arena, &facts, FACT_OWNED_FILE, "var/lib/dpkg/info/libx.list")->owned_file =
        (struct owned_file){.package = STR("libx:amd64"), .path = str_from(path)};
    add_fact(&arena, &facts, FACT_SECRET, path)->secret = (struct secret){
        .rule = STR("private-key"),
        .kind = STR("private-key"),
        .title = STR("RSA private key"),
        .reason = STR("the key parses"),
        .severity = SEVERITY_CRITICAL,
        .confidence = SECRET_HIGH,
    };
    const struct image_view view = {
        .image = &image, .config = &config, .distribution = &distribution, .facts = &facts};
    rule_ask_image(&run, &view);
    CHECK_EQ(1, report.findings.count);
    return report.findings.items[0].severity;
}

TEST(secrets_that_a_distribution_publishes_are_no_secrets)
{
    static const char debian[] =
        "Debian GnuTLS Maintainers <pkg-gnutls-maint@lists.alioth.debian.org>";
    CHECK_EQ(SEVERITY_INFO, severity_of_key("usr/lib/libx.so.1", debian));
    CHECK_EQ(SEVERITY_CRITICAL, severity_of_key("usr/lib/libx.so.1", "Me <me@example.org>"));
    CHECK_EQ(SEVERITY_CRITICAL, severity_of_key("etc/ssl/private/x.pem", debian));
    CHECK_EQ(SEVERITY_CRITICAL, severity_of_key("usr/local/lib/x.pem", debian));
}

/* RUN lines of the history are judged as those of a Dockerfile; what they say stands in a step. */
TEST(history_is_judged_as_run_lines)
{
    ARENA_SCOPED arena = {0};
    const struct fact_list none = {0};
    struct report report = judge(
        &arena,
        "{\"config\":{\"User\":\"1:1\",\"Healthcheck\":{\"Test\":[\"CMD\",\"x\"]}},\"history\":["
        "{\"created_by\":\"/bin/sh -c #(nop)  ENV A=apt-get update\",\"empty_layer\":true},"
        "{\"created_by\":\"/bin/sh -c apt-get update\"},"
        "{\"created_by\":\"/bin/sh -c apk add vim curl && apk update && apk add vim\"},"
        "{\"created_by\":\"RUN /bin/sh -c curl -k https://x | sh # buildkit\"}]}",
        &none);
    size_t update = 0, unchecked = 0;
    for (size_t i = 0; i < report.findings.count; i++) {
        const struct finding *finding = &report.findings.items[i];
        if (str_eq(finding->id, STR("dockerfile/index-update-alone"))) {
            CHECK_STR("history, step 2", finding->location.path);
            update++;
        }
        unchecked += str_eq(finding->id, STR("dockerfile/tls-check-off"));
        CHECK(finding->edits.count == 0);
    }
    CHECK_EQ(1, update);
    CHECK_EQ(1, unchecked);
}

/* Whatever stands in a RUN line can stand in a history, where rules find neither file nor
 * instruction: all that the examples of rules have is tried. */
TEST(history_may_hold_what_examples_hold)
{
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule)) {
        const char *const examples[] = {rule->bad, rule->good};
        for (size_t e = 0; e < 2; e++) {
            str rest = str_from(examples[e]), line;
            while (str_next_line(&rest, &line)) {
                ARENA_SCOPED arena = {0};
                struct report report = {0};
                struct image_config config = {0};
                static const struct image image;
                static const struct distribution distribution;
                static const struct fact_list none;
                const struct rule_settings settings = {.today = today};
                struct rule_run run = {.arena = &arena, .report = &report, .settings = &settings};
                str_skip(&line, STR("RUN "));
                *vec_push(&arena, &config.history) = (struct image_step){
                    .created_by = arena_join(&arena, STR("/bin/sh -c"), STR(" "), line)};
                const struct image_view view = {.image = &image,
                                                .config = &config,
                                                .distribution = &distribution,
                                                .facts = &none};
                rule_ask_history(&run, &view);
                for (size_t i = 0; i < report.findings.count; i++)
                    CHECK(report.findings.items[i].edits.count == 0);
            }
        }
    }
}
