// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/dockerfile/secret_name.h"
#include "judge/rule/rule.h"
#include "read/dockerfile/dockerfile.h"
#include "tests/unit/test.h"

/* What rules see beyond their examples, and what they must not take for a flaw. */

static const struct finding *first_of(struct arena *arena, const char *id, str text, size_t *ret)
{
    struct report *report = arena_new(arena, struct report);
    str *enabled = arena_new(arena, str);
    *enabled = str_from(id);
    struct rule_settings settings = {.enable = enabled, .enable_count = 1, .today = "2026-11-24"};
    struct rule_run run = {.arena = arena, .report = report, .settings = &settings};
    const struct finding *first = NULL;
    *ret = 0;
    rule_ask_dockerfile(&run, dockerfile_parse(arena, STR("Dockerfile"), text, NULL));
    for (size_t i = 0; i < report->findings.count; i++)
        if (str_eq(report->findings.items[i].id, str_from(id)) && (*ret)++ == 0)
            first = &report->findings.items[i];
    return first;
}

/* The rule has that many findings in the lines behind FROM. */
static void check_count(const char *id, const char *lines, size_t want, int line)
{
    ARENA_SCOPED arena = {0};
    size_t count;
    first_of(&arena, id, arena_printf(&arena, "FROM debian:13\n%s\n", lines), &count);
    if (count != want)
        test_failed(__FILE__, line, "%s: %zu instead of %zu in: %s", id, count, want, lines);
}
#define FOUND(id, lines)  check_count("dockerfile/" id, lines, 1, __LINE__)
#define SILENT(id, lines) check_count("dockerfile/" id, lines, 0, __LINE__)

static void check_file(const char *id, const char *text, size_t want, int line)
{
    ARENA_SCOPED arena = {0};
    size_t count;
    first_of(&arena, id, str_from(text), &count);
    if (count != want)
        test_failed(__FILE__, line, "%s: %zu instead of %zu in: %s", id, count, want, text);
}
#define FILE_FOUND(id, text)  check_file("dockerfile/" id, text, 1, __LINE__)
#define FILE_SILENT(id, text) check_file("dockerfile/" id, text, 0, __LINE__)

TEST(rules_of_encodings)
{
    FOUND("syntax-error", "RUN echo gr\xfc\xdf");
    FOUND("syntax-error", "ENV A=\xfc\nENV B=\xfc");
    FOUND("syntax-error", "RUN <<EOF\necho \xfc\nEOF");
    SILENT("syntax-error", "RUN echo gr\xc3\xbc\xc3\x9f");
    SILENT("syntax-error", "# gr\xfc\xdf\nRUN ls");
}

TEST(rules_of_add)
{
    FOUND("add-instead-of-copy", "ADD a b");
    FOUND("add-instead-of-copy", "ADD --chown=1:1 --link src/ /dst/");
    FOUND("add-instead-of-copy", "ADD [\"a b\", \"/c/\"]");
    FOUND("add-instead-of-copy", "ADD <<EOF /a\nx\nEOF");
    SILENT("add-instead-of-copy", "ADD a.tar.gz /");
    SILENT("add-instead-of-copy", "ADD a.tgz b /c/");
    SILENT("add-instead-of-copy", "ADD https://a/b /c");
    SILENT("add-instead-of-copy", "ADD https://a/b.git#v1 /c");
    SILENT("add-instead-of-copy", "ADD git@a:b/c.git /c");
    SILENT("add-instead-of-copy", "ADD data/* /c/");
    SILENT("add-instead-of-copy", "ARG F\nADD $F /c");
    SILENT("add-instead-of-copy", "ADD --keep-git-dir=true a /c");
    FOUND("add-without-checksum", "ADD https://a/b /c");
    SILENT("add-without-checksum", "ADD https://a/b.git /c");
    FOUND("add-git-without-commit", "ADD https://a/b.git?branch=main /c");
    SILENT("add-git-without-commit",
           "ADD https://a/b.git?commit=0123456789abcdef0123456789abcdef01234567 /c");
}

TEST(rules_of_users)
{
    FOUND("root-user", "USER 0");
    FOUND("root-user", "USER 0:0");
    FOUND("root-user", "USER 00");
    FOUND("root-user", "USER root:app");
    FOUND("root-user", "ARG U=root\nUSER ${U}");
    FOUND("root-user", "ENV U=0\nUSER $U:5");
    FOUND("root-user", "USER app\nUSER root");
    SILENT("root-user", "USER root\nUSER 5");
    SILENT("root-user", "ARG U\nUSER $U");
    SILENT("root-user", "USER ${U:-5}");
    FILE_FOUND("root-user", "FROM a:1 AS b\nUSER root\nFROM b\n");
    FILE_SILENT("root-user", "FROM a:1 AS b\nUSER root\nFROM c:1\nUSER 5\n");
    FILE_SILENT("no-user", "FROM a:1 AS b\nUSER 5\nFROM b\n");
    FILE_FOUND("no-user", "FROM a:1 AS b\nUSER 5\nFROM c:1\nCOPY --from=b / /\n");
    FILE_FOUND("no-user", "FROM scratch\nCOPY a /\n");
    FILE_SILENT("no-user", "FROM gcr.io/distroless/static:nonroot\n");
    FILE_SILENT("no-user", "RUN a\n");
    FOUND("user-not-numeric", "USER app:0");
    SILENT("user-not-numeric", "USER 10:app");
    SILENT("user-not-numeric", "USER ContainerUser");
    FOUND("world-writable", "RUN chmod -R a+rwX /srv");
    FOUND("world-writable", "RUN mkdir -m 777 /a");
    FOUND("world-writable", "COPY --chmod=666 a b");
    SILENT("world-writable", "RUN chmod 1777 /tmp && chmod 755 /a && chmod o-w /b && chmod +x /c");
    FOUND("setuid-bit", "RUN chmod u+s /a");
    FOUND("setuid-bit", "RUN chmod 2755 /a");
    SILENT("setuid-bit", "RUN chmod a-s /a");
}

TEST(rules_of_bases)
{
    FILE_FOUND("base-without-tag", "FROM host:5000/a\n");
    FILE_SILENT("base-without-tag", "FROM scratch\n");
    FILE_SILENT("base-without-tag", "ARG V=1\nFROM a:$V\n");
    FILE_FOUND("base-without-tag", "ARG I=debian\nFROM $I\n");
    FILE_SILENT("base-without-tag", "FROM a:1 AS b\nFROM b\n");
    FILE_FOUND("base-latest", "FROM a:latest\n");
    FILE_FOUND("base-latest", "FROM a:1\nCOPY --from=b:latest / /\n");
    FILE_SILENT("base-latest",
                "FROM a:latest@sha256:"
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n");
    FILE_FOUND("base-end-of-life", "FROM debian:stretch-slim\n");
    FILE_FOUND("base-end-of-life", "FROM python:3.12-slim-buster\n");
    FILE_FOUND("base-end-of-life", "FROM node:22-alpine3.14\n");
    FILE_FOUND("base-end-of-life", "FROM mirror.example/library/python:2.7\n");
    FILE_SILENT("base-end-of-life", "FROM python:3.12-slim-trixie\n");
    FILE_SILENT("base-end-of-life", "FROM debian:12.5\nCOPY --from=node:22 / /\n");
    FILE_SILENT("base-end-of-life", "FROM somebody/debian:9\n");
    FILE_SILENT("base-end-of-life", "FROM alpine:3.40\n");
    FILE_FOUND("undefined-argument-in-from", "FROM a:1\nARG V=2\nFROM b:$V\n");
    FILE_SILENT("undefined-argument-in-from", "FROM --platform=$TARGETPLATFORM a:${V:-1}\n");
    FILE_SILENT("invalid-base-name", "ARG V=1\nFROM a:$V\n");
    FILE_SILENT("invalid-base-name", "ARG V\nFROM a:${V:-1}\n");
    FILE_FOUND("invalid-base-name", "ARG V\nARG B=a:$V\nFROM $B\n");
    FILE_FOUND("invalid-base-name", "ARG V\nARG B=${V:+a:$V}\nFROM $B\n");
    FILE_SILENT("invalid-base-name", "ARG V\nARG B=a:${V:-1}\nFROM $B\n");
    FILE_SILENT("invalid-base-name", "ARG B=a:$TARGETARCH\nFROM $B\n");
    FILE_FOUND("base-latest", "ARG V\nFROM a:${V:-latest}\n");
    FILE_FOUND("invalid-base-name", "FROM Debian:13\n");
    FILE_SILENT("constant-platform", "FROM --platform=linux/arm64 a:1 AS build-arm64\n");
}

TEST(rules_of_stages)
{
    FILE_FOUND("copy-from-unknown-stage", "FROM a:1\nCOPY --from=3 / /\n");
    FILE_FOUND("copy-from-unknown-stage", "FROM a:1\nCOPY --from=b / /\nFROM a:1 AS b\n");
    FILE_SILENT("copy-from-unknown-stage", "FROM a:1\nCOPY --from=nginx:1 / /\nFROM b:1\n");
    FILE_SILENT("copy-from-unknown-stage", "FROM a:1 AS B\nFROM c:1\nCOPY --from=b --from=0 / /\n");
    FILE_FOUND("copy-from-itself", "FROM a:1\nCOPY --from=0 / /\n");
    FILE_SILENT("unused-stage", "FROM a:1 AS b\nFROM c:1\nRUN --mount=from=b,target=/b x\n");
    FILE_FOUND("instruction-case", "FROM a:1\nRUN b\nRun c\n");
    FILE_SILENT("instruction-case", "from a:1\nrun b\n");
    FILE_SILENT("from-as-case", "from a:1 as b\n");
}

TEST(rules_of_credentials)
{
    FOUND("secret-variable", "ENV API_KEY=abcdefgh");
    FOUND("secret-variable", "ARG NPM_TOKEN");
    FOUND("secret-variable", "LABEL dbPassword=abcdefgh");
    FOUND("secret-variable", "ARG T\nENV GITHUB_TOKEN=$T");
    SILENT("secret-variable", "ENV PASSWORD=");
    SILENT("secret-variable", "ENV KMS_KEY_ALIAS=a TOKEN_MODE=b SECRET_NAME=c AUTH_ENABLED=true");
    SILENT("secret-variable", "ENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D");
    SILENT("secret-variable", "ENV PASSWORD_FILE=/run/secrets/x TOKENIZER=bert CACHE_KEY=v1");
    SILENT("secret-variable",
           "ENV SECRET_PATH=/x DB_PASSWORD=/run/secrets/db ALLOW_EMPTY_PASSWORD=yes");
    SILENT("secret-variable", "ENV KEYBOARD=de MONKEY=1 AUTHOR=me COMPASS=n");
    FOUND("secret-value", "RUN echo ghp_0123456789abcdefghijABCDEFGHIJ012345");
    FOUND("secret-value", "COPY <<E /k\n-----BEGIN OPENSSH PRIVATE KEY-----\nE");
    SILENT("secret-value", "ENV A=AKIAIOSFODNN7EXAMPLE");
    SILENT("secret-value", "ENV A=postgres://u:$P@h/d B=postgres://u@h/d C=http://h:80/a@b");
    FOUND("secret-file-copied", "COPY id_rsa /root/.ssh/id_rsa");
    FOUND("secret-file-copied", "ADD config/.env.production /app/");
    SILENT("secret-file-copied", "COPY id_rsa.pub .env.example repo.gpg.key ca.pem /app/");
    FOUND("removed-in-later-layer", "COPY a /tmp/\nRUN x && rm -f /tmp/a");
    FOUND("removed-in-later-layer", "WORKDIR /w\nCOPY d/a .\nRUN rm a");
    SILENT("removed-in-later-layer", "COPY a /tmp/\nRUN rm /tmp/b");
}

TEST(rules_never_show_a_credential)
{
    ARENA_SCOPED arena = {0};
    size_t count;
    const struct finding *found = first_of(&arena, "dockerfile/secret-variable",
                                           STR("FROM a\nENV DB_PASSWORD=hunter2hunter2\n"), &count);
    CHECK(found && !str_contains(found->evidence, STR("hunter2")));
    found = first_of(&arena, "dockerfile/secret-value",
                     STR("FROM a\nRUN ghp_0123456789abcdefghijABCDEFGHIJ012345\n"), &count);
    CHECK(found && !str_contains(found->evidence, STR("6789")));
}

TEST(rules_of_settings)
{
    FOUND("undefined-variable", "COPY a $NOPE/");
    SILENT("destination-without-slash", "COPY --from x /a /b");
    SILENT("undefined-variable", "ENV PATH=/x:$PATH A=${B:-c}\nARG D\nCOPY $D $HTTP_PROXY /");
    FOUND("variable-of-same-env", "ENV A=1 B=$A");
    SILENT("variable-of-same-env", "ENV PATH=/x:$PATH B=2");
    FOUND("dangerous-variable", "ENV PATH=$PATH:");
    SILENT("dangerous-variable", "ENV PATH=/opt/bin:$PATH");
    FOUND("workdir-relative", "WORKDIR a");
    SILENT("workdir-relative", "ARG D=/a\nWORKDIR $D");
    FOUND("expose-bad-port", "EXPOSE 80-70");
    SILENT("expose-bad-port", "ARG P=80\nEXPOSE $P 1-2/udp 0 65535");
    FOUND("expose-admin-port", "EXPOSE 20-22");
    FOUND("bad-stop-signal", "STOPSIGNAL 9");
    SILENT("bad-stop-signal", "STOPSIGNAL RTMIN+3");
    FOUND("broken-list", "ENTRYPOINT [\"a\", \"b\",]");
    SILENT("broken-list", "CMD [ -f a ] && b");
    SILENT("shell-form", "SHELL [\"/bin/bash\", \"-c\"]\nCMD a");
    FOUND("several-services-started", "CMD [\"/usr/bin/supervisord\", \"-n\"]");
    FOUND("several-services-started", "ENTRYPOINT a & b");
    SILENT("several-services-started", "CMD exec a");
    FOUND("healthcheck-tool-missing", "HEALTHCHECK CMD curl -f x || exit 1");
    SILENT("healthcheck-tool-missing", "RUN apt-get install -y curl\nHEALTHCHECK CMD curl x");
    FOUND("onbuild-forbidden", "ONBUILD FROM a");
    FOUND("system-volume", "VOLUME [\"/var/lib/a\", \"/etc\"]");
    SILENT("system-volume", "VOLUME /usr/share/nginx/html");
}

TEST(rules_keep_only_so_many_findings)
{
    ARENA_SCOPED arena = {0};
    size_t count;
    str text = STR("FROM a\nEXPOSE");
    char *many = arena_alloc(&arena, 5000 * 3 + 1);
    for (size_t i = 0; i < 5000; i++) {
        many[3 * i] = ' ';
        many[3 * i + 1] = many[3 * i + 2] = '2';
    }
    text = arena_join(&arena, text, (str){0}, str_make(many, 15000));
    first_of(&arena, "dockerfile/expose-admin-port", text, &count);
    CHECK_EQ(1000, count);
    const struct finding *told = first_of(&arena, "dockerfile/not-read-completely", text, &count);
    CHECK(told && str_contains(told->evidence, STR("dockerfile/expose-admin-port")));
}
