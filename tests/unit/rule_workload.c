// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/rule.h"
#include "read/config/config.h"
#include "tests/unit/test.h"

/* Rules about containers: the examples of each rule are its first tests. */

static int load_variables(void *context, struct arena *arena, str path, str *ret_text,
                          struct err *err)
{
    (void)context, (void)err;
    CHECK_STR("secrets.env", path);
    *ret_text = arena_str(arena, STR("DB_PASSWORD=hunter22\n"));
    return 0;
}

/* All findings that the text gives, contested rules asked too. */
static void judge(struct arena *arena, str text, struct report *report)
{
    static const str all = STR_INIT("all"), trusted = STR_INIT("docker.io");
    const struct rule_settings settings = {
        .enable = &all, .enable_count = 1, .trusted = &trusted, .trusted_count = 1};
    const struct config_loader loader = {.load = load_variables};
    const struct config_options options = {.loader = &loader};
    const struct config_text input = {.path = STR("file"), .text = text};
    struct workload_file file;
    struct text_file lines = text_file_make(arena, input.path, text);
    struct rule_run run = {.arena = arena,
                           .report = report,
                           .settings = &settings,
                           .file = &lines,
                           .files = &lines,
                           .file_count = 1};
    enum workload_dialect dialect;
    CHECK(config_detect(input.path, text, &dialect));
    config_read(arena, dialect, &input, 1, &options, &file);
    rule_ask_workloads(&run, &file);
}

static const struct finding *find(const struct report *report, const char *id)
{
    for (size_t i = 0; i < report->findings.count; i++)
        if (str_eq(report->findings.items[i].id, str_from(id)))
            return &report->findings.items[i];
    return NULL;
}

static bool is_about_workloads(const struct rule *rule)
{
    return str_starts(str_from(rule->id), STR("container/")) &&
           (rule->workload || str_starts(str_from(rule->id), STR("container/unreadable")) ||
            str_starts(str_from(rule->id), STR("container/invalid-setting")));
}

TEST(workload_rules_tell_their_examples_apart)
{
    size_t seen = 0;
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule)) {
        ARENA_SCOPED arena = {0};
        struct report bad = {0}, good = {0};
        if (!is_about_workloads(rule))
            continue;
        seen++;
        judge(&arena, str_from(rule->bad), &bad);
        judge(&arena, str_from(rule->good), &good);
        const struct finding *finding = find(&bad, rule->id);
        if (!finding)
            test_failed(__FILE__, __LINE__, "%s: not found in its bad example", rule->id);
        else if (!finding->location.line || !finding->location.column || !finding->remedy.len ||
                 !finding->evidence.len)
            test_failed(__FILE__, __LINE__, "%s: no place or no remedy", rule->id);
        if (find(&good, rule->id))
            test_failed(__FILE__, __LINE__, "%s: found in its good example", rule->id);
        if (find(&good, "container/unreadable") || find(&good, "container/invalid-setting"))
            test_failed(__FILE__, __LINE__, "%s: the good example has problems of its own",
                        rule->id);
    }
    CHECK(seen >= 55);
}

static str apply(struct arena *arena, str text, const struct finding *finding)
{
    CHECK_EQ(1, finding->edits.count);
    const struct edit *edit = &finding->edits.items[0];
    CHECK_STR("file", edit->path);
    return arena_printf(arena, "%.*s%.*s%.*s", STR_ARG(str_sub(text, 0, edit->span.start)),
                        STR_ARG(edit->replacement), STR_ARG(str_from_index(text, edit->span.end)));
}

/* Applies one finding's edits after the other until none is left. */
static str fix_all(struct arena *arena, const char *given)
{
    str text = str_from(given);
    for (int round = 0; round < 40; round++) {
        struct report report = {0};
        const struct finding *next = NULL;
        judge(arena, text, &report);
        for (size_t i = 0; i < report.findings.count && !next; i++)
            next = report.findings.items[i].edits.count ? &report.findings.items[i] : NULL;
        CHECK(!find(&report, "container/unreadable"));
        CHECK(!find(&report, "container/invalid-setting"));
        if (!next)
            return text;
        text = apply(arena, text, next);
    }
    test_failed(__FILE__, __LINE__, "there is always one more to fix");
    return text;
}

TEST(workload_edits_remove_their_findings)
{
    size_t edits = 0;
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule)) {
        ARENA_SCOPED arena = {0};
        struct report before = {0}, after = {0};
        if (!rule->workload)
            continue;
        judge(&arena, str_from(rule->bad), &before);
        const struct finding *finding = find(&before, rule->id);
        if (!finding || !finding->edits.count)
            continue;
        edits++;
        CHECK(finding->edit_title.len && finding->edit_level == EDIT_UNSAFE);
        judge(&arena, apply(&arena, str_from(rule->bad), finding), &after);
        if (find(&after, rule->id) || find(&after, "container/unreadable"))
            test_failed(__FILE__, __LINE__, "%s: its edit does not remove it", rule->id);
        CHECK(after.findings.count < before.findings.count);
    }
    CHECK(edits >= 8);
}

TEST(workload_edits_keep_the_layout)
{
    ARENA_SCOPED arena = {0};
    CHECK_STR("services:\n"
              "  web: # the server\n"
              "    image: a:1 # pinned\n"
              "    security_opt:\n"
              "    - apparmor:mine # ours\n"
              "    - \"no-new-privileges:true\"\n"
              "    ports: [\"127.0.0.1:80:80\", \"127.0.0.1::8443/udp\"]\n"
              "    restart: on-failure:5 # always up\n"
              "    cap_drop: [ALL]\n"
              "    mem_limit: 512m\n"
              "    pids_limit: 200\n"
              "    read_only: true\n"
              "\n"
              "  # the database\n"
              "  db: {image: \"b:1\"}\n",
              fix_all(&arena, "services:\n"
                              "  web: # the server\n"
                              "    image: a:1 # pinned\n"
                              "    security_opt:\n"
                              "    - apparmor:mine # ours\n"
                              "    ports: [80:80, '8443/udp']\n"
                              "    restart: always # always up\n"
                              "\n"
                              "  # the database\n"
                              "  db: {image: \"b:1\"}\n"));
    CHECK_STR("services:\r\n    a:\r\n        image: x:1\r\n        cap_drop: [ALL]\r\n"
              "        security_opt: [\"no-new-privileges:true\"]\r\n        mem_limit: 512m\r\n"
              "        pids_limit: 200\r\n        read_only: true\r\n",
              fix_all(&arena, "services:\r\n    a:\r\n        image: x:1\r\n"));
    CHECK_STR("docker run --cap-drop ALL --security-opt no-new-privileges --memory 512m "
              "--pids-limit 200 --read-only nginx:1\n",
              fix_all(&arena, "docker run nginx:1\n"));
}

/* YAML breaks lines at more than line feeds; what looks like one line may be two services. */
TEST(workload_edits_know_all_line_breaks_of_yaml)
{
    static const char *const breaks[] = {"\r", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};
    for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
        ARENA_SCOPED arena = {0};
        const char *given =
            arena_printf(&arena, "services:\n  a:\n    image: x:1%s  b: {image: y:1}\n", breaks[i])
                .ptr;
        const char *fixed =
            arena_printf(&arena,
                         "services:\n  a:\n    image: x:1\n    cap_drop: [ALL]\n"
                         "    security_opt: [\"no-new-privileges:true\"]\n    mem_limit: 512m\n"
                         "    pids_limit: 200\n    read_only: true%s  b: {image: y:1}\n",
                         breaks[i])
                .ptr;
        CHECK_STR(fixed, fix_all(&arena, given));
    }
}

TEST(workload_edits_make_pods_restricted)
{
    ARENA_SCOPED arena = {0};
    CHECK_STR("kind: Pod\napiVersion: v1\nspec:\n  containers:\n  - name: a\n    image: b:1\n"
              "    securityContext:\n"
              "      capabilities: {drop: [ALL]}\n"
              "      seccompProfile: {type: RuntimeDefault}\n"
              "      allowPrivilegeEscalation: false\n"
              "      runAsNonRoot: true\n"
              "      readOnlyRootFilesystem: true\n"
              "  # the end",
              fix_all(&arena, "kind: Pod\napiVersion: v1\nspec:\n  containers:\n  - name: a\n"
                              "    image: b:1\n  # the end"));
}

/* The Pod Security Standards as their admission plug-in reads them (Kubernetes 1.37), where pods
 * are special: what stands in the pod's spec and in its container's item. */
TEST(workload_rules_know_the_pod_security_standards)
{
    static const struct {
        const char *spec, *container, *id;
        int severity; /* -1: no finding */
    } cases[] = {
        {"hostUsers: false", "securityContext: {procMount: Unmasked}", "container/unmasked-proc",
         SEVERITY_LOW},
        {"hostUsers: true", "securityContext: {procMount: Unmasked}", "container/unmasked-proc",
         SEVERITY_HIGH},
        {"securityContext: {sysctls: [{name: net.ipv4.tcp_notsent_lowat, value: '1'}]}", "",
         "container/kernel-setting", -1},
        {"securityContext: {sysctls: [{name: net.core.somaxconn, value: '1'}]}", "",
         "container/kernel-setting", SEVERITY_LOW},
        {"securityContext: {sysctls: [{name: kernel.msgmax, value: '1'}]}", "",
         "container/kernel-setting", SEVERITY_MEDIUM},
        {"securityContext: {seLinuxOptions: {role: r}}", "securityContext: {seLinuxOptions: {}}",
         "container/selinux-off", SEVERITY_HIGH},
        {"securityContext: {seLinuxOptions: {type: spc_t}}",
         "securityContext: {seLinuxOptions: {type: container_t}}", "container/selinux-off", -1},
        {"volumes: [{name: v, hostPath: {path: /a}}]", "", "container/host-path", SEVERITY_LOW},
        {"volumes: [{name: v, hostPath: {path: /a}}]", "volumeMounts: [{name: v, mountPath: /b}]",
         "container/host-path", SEVERITY_MEDIUM},
        {"volumes: [{name: v, nfs: {server: s, path: /}}]", "", "container/volume-type",
         SEVERITY_LOW},
        {"volumes: [{name: v, image: {reference: a}}]", "volumeMounts: [{name: v, mountPath: /b}]",
         "container/volume-type", -1},
        {"volumes: [{name: v, emptyDir: {}}]", "", "container/volume-type", -1},
        {"", "startupProbe: {tcpSocket: {host: 10.0.0.1, port: 1}}", "container/probe-host",
         SEVERITY_LOW},
        {"", "lifecycle: {preStop: {httpGet: {host: a.example, port: 1}}}", "container/probe-host",
         SEVERITY_LOW},
        {"", "livenessProbe: {httpGet: {host: '', port: 1}}", "container/probe-host", -1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ARENA_SCOPED arena = {0};
        struct report report = {0};
        str text = arena_printf(&arena,
                                "apiVersion: v1\nkind: Pod\nspec:\n  %s\n  containers:\n"
                                "  - name: a\n    image: b:1\n    %s\n",
                                cases[i].spec, cases[i].container);
        judge(&arena, text, &report);
        const struct finding *finding = find(&report, cases[i].id);
        int severity = finding ? (int)finding->severity : -1;
        if (severity != cases[i].severity)
            test_failed(__FILE__, __LINE__, "%s %s: %s is %d, not %d", cases[i].spec,
                        cases[i].container, cases[i].id, severity, cases[i].severity);
    }
}
