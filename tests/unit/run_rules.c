// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/rule.h"
#include "read/dockerfile/dockerfile.h"
#include "tests/unit/test.h"

/* How often a rule is raised by a Dockerfile; one that is off by default is enabled. */
static size_t raised(struct arena *arena, const char *id, str text)
{
    struct report report = {0};
    str enabled = str_from(id);
    struct rule_settings settings = {.enable = &enabled, .enable_count = 1};
    struct rule_run run = {.arena = arena, .report = &report, .settings = &settings};
    size_t count = 0;
    rule_ask_dockerfile(&run, dockerfile_parse(arena, STR("Dockerfile"), text, NULL));
    for (size_t i = 0; i < report.findings.count; i++)
        count += str_eq(report.findings.items[i].id, str_from(id));
    return count;
}

struct example {
    const char *id, *text; /* behind "FROM debian:13\n" */
    size_t count;
};

static void check_all(const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ARENA_SCOPED arena = {0};
        bool whole = str_starts(str_from(examples[i].text), STR("FROM"));
        str text = arena_join(&arena, whole ? (str){0} : STR("FROM debian:13\n"),
                              str_from(examples[i].text), STR("\n"));
        if (!rule_by_id(str_from(examples[i].id)))
            test_failed(__FILE__, __LINE__, "there is no rule %s", examples[i].id);
        size_t got = raised(&arena, examples[i].id, text);
        if (got != examples[i].count)
            test_failed(__FILE__, __LINE__, "%s: want %zu, got %zu in: %s", examples[i].id,
                        examples[i].count, got, examples[i].text);
    }
}

#define CHECK_ALL(examples) check_all(examples, sizeof(examples) / sizeof((examples)[0]))

TEST(run_rules_index)
{
    static const char id[] = "dockerfile/index-update-alone";
    static const struct example examples[] = {
        {id, "RUN apt-get update", 1},
        {id, "RUN apt-get -qq update && rm -rf /var/lib/apt/lists/*", 1},
        {id, "RUN apt-get update; apt-get install -y curl", 0},
        {id, "RUN apt-get update && apt-get upgrade -y", 0},
        {id, "RUN sudo apt-get update && sudo apt-get install -y curl", 0},
        {id, "RUN sh -c 'apt update' && echo", 1},
        {id, "RUN aptitude update", 1},
        {id, "RUN apk update", 1},
        {id, "RUN apk update && apk add curl", 0},
        {id, "RUN apk update\nRUN apt-get install curl", 1},
        {id, "RUN yum makecache", 1},
        {id, "RUN yum -y update", 0}, /* it upgrades */
        {id, "RUN yum -y update curl", 0},
        {id, "RUN dnf check-update; dnf install -y curl", 0},
        {id, "RUN microdnf update", 0},
        {id, "RUN zypper refresh", 1},
        {id, "RUN zypper ref && zypper -n in curl", 0},
        {id, "RUN pacman -Sy", 1},
        {id, "RUN pacman -Sy --noconfirm curl", 0},
        {id, "RUN pacman -Syu --noconfirm", 0},
        {id, "RUN apt-get update && ./install.sh", 0},
        {id, "RUN <<EOF\napt-get update\nEOF\nRUN apt-get install -y curl", 1},
        {id, "RUN if true; then apt-get update; fi", 1},
        {id, "CMD apt-get update", 0},
        {id, "RUN apt-get update -y && apt-get clean", 1},
        {id, "ONBUILD RUN apt-get update", 1},
        {id, "RUN [\"apt-get\", \"update\"]", 1},
    };
    CHECK_ALL(examples);
}

TEST(run_rules_apt)
{
    static const char yes[] = "dockerfile/apt-without-yes";
    static const char lists[] = "dockerfile/apt-lists-left";
    static const char recommends[] = "dockerfile/apt-recommends";
    static const char pin[] = "dockerfile/apt-version-not-pinned";
    static const struct example examples[] = {
        {yes, "RUN apt-get install curl", 1},
        {yes, "RUN apt-get -y install curl", 0},
        {yes, "RUN apt-get install -qqy curl", 0},
        {yes, "RUN apt-get install -qq curl", 0},
        {yes, "RUN apt-get install -q -q curl", 0},
        {yes, "RUN apt-get install -q curl", 1},
        {yes, "RUN apt-get install -q=2 curl", 0},
        {yes, "RUN apt-get install --assume-yes curl", 0},
        {yes, "RUN apt-get -o APT::Get::Assume-Yes=true install curl", 0},
        {yes, "RUN yes | apt-get install curl", 0},
        {yes, "RUN apt-get remove curl", 1},
        {yes, "RUN sudo apt-get install curl", 1},
        {lists, "RUN apt-get update && apt-get install -y curl", 1},
        {lists, "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*", 0},
        {lists, "RUN apt-get update && apt-get install -y curl && rm -r /var/lib/apt/lists", 0},
        {lists, "RUN rm -rf /var/lib/apt/lists/* && apt-get update", 1},
        {lists,
         "RUN --mount=type=cache,target=/var/lib/apt --mount=type=cache,target=/var/cache/apt "
         "apt-get update && apt-get install -y curl",
         0},
        {lists, "RUN --mount=type=tmpfs,target=/var/lib/apt/lists apt-get update", 0},
        {lists, "RUN --mount=type=bind,target=/var/lib/apt/lists apt-get update", 1},
        {lists, "FROM debian:13 AS a\nRUN apt-get update\nFROM debian:13\nCOPY --from=a /x /x", 0},
        {lists, "FROM debian:13 AS a\nRUN apt-get update\nFROM a\nRUN echo", 1},
        {lists, "RUN find /var/lib/apt/lists -delete && apt-get update", 1},
        {recommends, "RUN apt-get install -y curl", 1},
        {recommends, "RUN apt-get install -y --no-install-recommends curl", 0},
        {recommends, "RUN apt-get install -y -o APT::Install-Recommends=false curl", 0},
        {recommends, "RUN apt-get -o APT::Install-Recommends=0 install -y curl", 0},
        {recommends, "RUN apt-get -o APT::Install-Recommends=true install -y curl", 1},
        {recommends, "RUN apt-get update", 0},
        {recommends,
         "RUN echo 'APT::Install-Recommends \"false\";' > /etc/apt/apt.conf.d/n\n"
         "RUN apt-get install -y curl",
         0},
        {pin, "RUN apt-get install -y curl wget=1.2 git/stable ./x.deb $PACKAGE", 1},
        {pin, "RUN apt-get install -y -t bookworm-backports curl=1", 0},
        {pin, "RUN apt-get -o Dir=x install -y --target-release sid curl=1", 0},
    };
    CHECK_ALL(examples);
}

TEST(run_rules_packages)
{
    static const struct example examples[] = {
        {"dockerfile/apk-cache-left", "RUN apk add curl", 1},
        {"dockerfile/apk-cache-left", "RUN apk --no-cache add curl", 0},
        {"dockerfile/apk-cache-left", "RUN apk add curl && rm -rf /var/cache/apk/*", 0},
        {"dockerfile/apk-cache-left", "RUN --mount=type=cache,target=/var/cache/apk apk add curl",
         0},
        {"dockerfile/apk-version-not-pinned",
         "RUN apk add -t dev --repository x curl=1 git~2 'zlib>1' a.apk vim", 1},
        {"dockerfile/yum-without-yes", "RUN yum install curl", 1},
        {"dockerfile/yum-without-yes", "RUN yum install -y curl", 0},
        {"dockerfile/yum-without-yes", "RUN yum clean all", 0},
        {"dockerfile/yum-cache-left", "RUN yum install -y curl && yum clean all", 0},
        {"dockerfile/yum-cache-left", "RUN yum clean all && yum install -y curl", 1},
        {"dockerfile/yum-cache-left", "RUN yum install -y curl; rm -rf /var/cache/yum", 0},
        {"dockerfile/yum-cache-left", "RUN yum -y update", 1},
        {"dockerfile/yum-cache-left", "RUN yum -y install a && yum -y update && yum clean all", 0},
        {"dockerfile/zypper-cache-left", "RUN zypper -n patch", 1},
        {"dockerfile/yum-version-not-pinned", "RUN yum install -y a-1.2 b-c x.rpm @dev", 1},
        {"dockerfile/dnf-without-yes", "RUN microdnf install curl", 1},
        {"dockerfile/dnf-cache-left", "RUN microdnf install -y curl && microdnf clean all", 0},
        {"dockerfile/dnf-cache-left", "RUN dnf install -y a && dnf install -y b", 1},
        {"dockerfile/dnf-version-not-pinned", "RUN dnf module install -y nodejs:20", 0},
        {"dockerfile/dnf-version-not-pinned", "RUN dnf module install -y nodejs", 1},
        {"dockerfile/zypper-without-yes", "RUN zypper install curl", 1},
        {"dockerfile/zypper-without-yes", "RUN zypper -n install curl", 0},
        {"dockerfile/zypper-cache-left", "RUN zypper -n in curl && zypper cc -a", 0},
        {"dockerfile/zypper-version-not-pinned", "RUN zypper -n in 'curl>=8' vim", 1},
    };
    CHECK_ALL(examples);
}

TEST(run_rules_languages)
{
    static const char pip[] = "dockerfile/pip-version-not-pinned";
    static const char cache[] = "dockerfile/pip-cache-left";
    static const struct example examples[] = {
        {pip, "RUN pip install a b==1 'c>=2' -r r.txt -c k.txt", 0},
        {pip, "RUN pip3 install a 'b~=1' -r r.txt --index-url x", 1},
        {pip, "RUN pip install . ./x x.whl /y git+https://e.org/a/b@v1", 0},
        {pip, "RUN pip install git+https://e.org/a/b", 1},
        {pip, "RUN python3 -m pip install a", 1},
        {pip, "RUN pip install --upgrade pip", 1},
        {cache, "RUN pip install a==1", 1},
        {cache, "RUN pip install --no-cache-dir a==1", 0},
        {cache, "ENV PIP_NO_CACHE_DIR=1\nRUN pip install a==1", 0},
        {cache, "RUN PIP_NO_CACHE_DIR=on pip install a==1", 0},
        {cache, "RUN export PIP_NO_CACHE_DIR=yes && pip install a==1", 0},
        {cache, "RUN --mount=type=cache,target=/root/.cache/pip pip install a==1", 0},
        {cache, "RUN --mount=type=cache,target=/root/.cache pip install a==1", 0},
        {cache, "RUN --mount=type=cache,target=/home/app/.cache/pip pip install a==1", 0},
        {"dockerfile/npm-version-not-pinned", "RUN npm install -g a @b/c d@1 @e/f@2 ./g h.tgz", 2},
        {"dockerfile/npm-version-not-pinned", "RUN npm install a@latest g/h#v1 g/i", 2},
        {"dockerfile/npm-version-not-pinned", "RUN npm install && npm ci", 0},
        {"dockerfile/gem-version-not-pinned", "RUN gem install a b:1 -- --x=y", 1},
        {"dockerfile/gem-version-not-pinned", "RUN gem install a -v 1", 0},
        {"dockerfile/go-version-not-pinned", "RUN go install e.org/a@v1 e.org/b@latest ./c", 1},
        {"dockerfile/go-version-not-pinned", "RUN go run ./cmd e.org/x", 0},
        {"dockerfile/go-version-not-pinned", "RUN go install -v -ldflags '-s -w' e.org/a", 1},
        {"dockerfile/yarn-cache-left", "RUN yarn install && yarn cache clean", 0},
        {"dockerfile/yarn-cache-left", "RUN yarn", 1},
        {"dockerfile/yarn-cache-left", "RUN yarn add a", 1},
        {"dockerfile/package-cache-left", "RUN npm ci && npm cache clean --force", 0},
        {"dockerfile/package-cache-left", "RUN conda install -y a", 1},
        {"dockerfile/package-cache-left", "RUN --mount=type=cache,target=/root/.npm npm ci", 0},
    };
    CHECK_ALL(examples);
}

TEST(run_rules_trust)
{
    static const char tls[] = "dockerfile/tls-check-off";
    static const char signature[] = "dockerfile/signature-check-off";
    static const char http[] = "dockerfile/plain-http";
    static const char login[] = "dockerfile/credentials-in-run";
    static const struct example examples[] = {
        {tls, "RUN curl -fsSLk https://e.org", 1},
        {tls, "RUN curl -fsSL https://e.org/k", 0},
        {tls, "RUN wget --no-check-certificate https://e.org", 1},
        {tls, "RUN pip install --trusted-host e.org a", 1},
        {tls, "ENV NODE_TLS_REJECT_UNAUTHORIZED=0", 1},
        {tls, "ENV NODE_TLS_REJECT_UNAUTHORIZED=1", 0},
        {tls, "RUN npm config set strict-ssl false", 1},
        {tls, "RUN npm config set strict-ssl=false", 1},
        {tls, "RUN git config --global http.sslVerify false", 1},
        {tls, "RUN git config --global http.sslVerify true", 0},
        {tls, "RUN GIT_SSL_NO_VERIFY=1 git clone https://e.org/x", 1},
        {tls, "RUN yum --setopt=sslverify=0 install -y x", 1},
        {tls, "RUN sh -c 'curl -k https://e.org'", 1},
        {signature, "RUN apt-get install -y --force-yes x", 1},
        {signature, "RUN echo 'deb [trusted=yes] https://e.org/ x main' > /etc/apt/x.list", 1},
        {signature, "RUN apk add --allow-untrusted x.apk", 1},
        {signature, "RUN dnf install -y --nogpgcheck x", 1},
        {signature, "RUN rpm -i --nosignature x.rpm", 1},
        {signature, "RUN apt-get install -y x", 0},
        {http, "RUN curl http://e.org/x", 1},
        {http, "RUN curl http://localhost:80/x http://db/y", 0},
        {http, "ADD http://e.org/x /x", 1},
        {http, "ADD --checksum=sha256:00 http://e.org/x /x", 0},
        {http, "RUN echo see http://e.org", 0},
        {login, "RUN curl -u a:b https://e.org", 1},
        {login, "RUN curl -fsSu a:b https://e.org", 1},
        {login, "RUN git clone https://a:b@e.org/x", 1},
        {login, "RUN git clone https://${TOKEN}@e.org/x", 1},
        {login, "RUN git clone git@e.org:x/y ssh://git@e.org/x", 0},
        {login, "RUN aws configure set aws_secret_access_key x", 1},
        {login, "RUN aws configure set region x", 0},
        {login, "RUN npm config set //registry.e.org/:_authToken=x", 1},
        {login, "RUN npm config set //registry.e.org/:_authToken x", 1},
        {login, "RUN docker login -u a -p b e.org", 1},
        {login, "RUN curl -H 'Authorization: Bearer x' https://e.org", 1},
        {login, "RUN --mount=type=secret,id=t curl -H \"Authorization: $(cat /run/secrets/t)\" x",
         0},
    };
    CHECK_ALL(examples);
}

TEST(run_rules_downloads)
{
    static const char piped[] = "dockerfile/download-piped-to-shell";
    static const char sum[] = "dockerfile/download-without-checksum";
    static const struct example examples[] = {
        {piped, "RUN curl https://e.org | sh", 1},
        {piped, "RUN curl https://e.org | sudo -E bash -", 1},
        {piped, "RUN wget -qO- https://e.org | tee x | python3 -", 1},
        {piped, "RUN curl https://e.org | bash -s -- -y", 1},
        {piped, "RUN bash -c \"$(curl https://e.org)\"", 1},
        {piped, "RUN bash <(curl https://e.org)", 1},
        {piped, "RUN eval \"`curl https://e.org`\"", 1},
        {piped, "RUN sh -c 'curl https://e.org | sh'", 1},
        {piped, "RUN (curl https://e.org || wget -O- https://e.org) | sh", 2},
        {piped, "RUN curl https://e.org | python3 -m json.tool", 0},
        {piped, "RUN curl https://e.org | python3 -c 'import sys'", 0},
        {piped, "RUN curl https://e.org | bash script.sh", 0},
        {piped, "RUN curl https://e.org | gpg --dearmor > /k", 0},
        {piped, "RUN curl https://e.org; cat x | sh", 0},
        {sum, "RUN curl https://e.org/a.tgz | tar xz", 1},
        {sum, "RUN wget https://e.org/a.tgz && tar xf a.tgz", 1},
        {sum, "RUN curl -Lo /usr/local/bin/a https://e.org/a && chmod +x /usr/local/bin/a", 1},
        {sum, "RUN curl -O https://e.org/a.tgz && echo x a.tgz | sha256sum -c && tar xf a.tgz", 0},
        {sum, "RUN curl -O https://e.org/a.tgz", 0},
        {sum, "RUN curl -O https://e.org/a.asc && gpg --verify a.asc", 0},
        {sum, "RUN curl -f http://localhost/x > /dev/null", 0},
        {"dockerfile/curl-and-wget", "RUN curl -O x\nFROM debian:13\nRUN wget x", 0},
        {"dockerfile/curl-and-wget", "RUN curl -O x\nRUN wget x", 1},
        {"dockerfile/wget-progress", "RUN wget https://e.org/a", 1},
        {"dockerfile/wget-progress", "RUN wget -nv https://e.org/a && wget -q https://e.org/b", 0},
        {"dockerfile/wget-progress", "RUN wget -O a --progress=bar https://e.org/a", 0},
    };
    CHECK_ALL(examples);
}

TEST(run_rules_shell)
{
    static const char pipe[] = "dockerfile/pipe-without-pipefail";
    static const char heredoc[] = "dockerfile/heredoc-without-errexit";
    static const char runs[] = "dockerfile/consecutive-runs";
    static const struct example examples[] = {
        {pipe, "RUN a | b", 1},
        {pipe, "RUN a || b", 0},
        {pipe, "RUN set -o pipefail && a | b", 0},
        {pipe, "RUN echo x | sha256sum -c", 0},
        {pipe, "SHELL [\"/bin/bash\", \"-eo\", \"pipefail\", \"-c\"]\nRUN a | b", 0},
        {pipe, "SHELL [\"/bin/ash\", \"-o\", \"pipefail\", \"-c\"]\nRUN a | b", 0},
        {pipe, "SHELL [\"pwsh\", \"-c\"]\nRUN a | b", 0},
        {pipe, "RUN bash -o pipefail -c 'a | b'", 0},
        {heredoc, "RUN <<E\na\nb\nE", 1},
        {heredoc, "RUN <<E\na && b\nE", 0},
        {heredoc, "RUN <<E\nset -eux\na\nb\nE", 0},
        {heredoc, "RUN <<E\n#!/bin/bash -e\na\nb\nE", 0},
        {heredoc, "RUN <<E bash\na\nb\nE", 1},
        {heredoc, "RUN bash -e <<E\na\nb\nE", 0},
        {heredoc, "RUN cat <<E > /f\na\nb\nE", 0},
        {heredoc, "SHELL [\"/bin/bash\", \"-ec\"]\nRUN <<E\na\nb\nE", 0},
        {runs, "RUN a\nRUN b", 1},
        {runs, "RUN a\n# comment\nRUN b\nRUN c", 2},
        {runs, "RUN a\nENV X=1\nRUN b", 0},
        {runs, "RUN a && b && c\nRUN d", 0},
        {runs, "RUN a\nRUN --network=none b", 0},
        {"dockerfile/cd-in-run", "RUN cd /x && make", 1},
        {"dockerfile/cd-in-run", "RUN (cd /x && make)", 0},
        {"dockerfile/pointless-command", "RUN service x start && ps && vim", 3},
        {"dockerfile/pointless-command", "RUN systemctl enable x", 0},
        {"dockerfile/pointless-command", "RUN --mount=type=ssh ssh -T git@e.org", 0},
        {"dockerfile/shell-relinked", "RUN ln -sf bash /bin/sh", 1},
        {"dockerfile/sudo", "RUN a && sudo b && echo sudo", 1},
        {"dockerfile/password-in-run", "RUN echo a:b | chpasswd", 1},
        {"dockerfile/password-in-run", "RUN useradd -m -p x a && passwd -d b", 2},
        {"dockerfile/password-in-run", "RUN useradd -p \"$(head -c9 /dev/urandom)\" a", 0},
        {"dockerfile/password-in-run", "RUN useradd -p $(openssl passwd x) a", 1},
        {"dockerfile/password-in-run", "RUN --mount=type=secret,id=p chpasswd < /run/secrets/p", 0},
        {"dockerfile/tool-left-in-image", "RUN apt-get install -y gcc vim curl openssh-server", 3},
        {"dockerfile/tool-left-in-image",
         "RUN apt-get install -y gcc && make && apt-get purge -y gcc", 0},
        {"dockerfile/tool-left-in-image", "RUN apk add -t .dev gcc && make && apk del .dev", 0},
        {"dockerfile/tool-left-in-image",
         "FROM debian:13 AS b\nRUN apt-get install -y gcc\nFROM debian:13\nCOPY --from=b /a /a", 0},
        {"dockerfile/apt-cache-not-locked",
         "RUN --mount=type=cache,target=/var/lib/apt,sharing=private a", 0},
        {"dockerfile/cache-mount-unused", "RUN --mount=type=cache,target=/root/.npm ./build.sh", 0},
        {"dockerfile/cache-mount-unused", "RUN --mount=type=cache,target=/root/.npm apt-get update",
         1},
    };
    CHECK_ALL(examples);
}

TEST(run_rules_of_shellcheck)
{
    static const struct example examples[] = {
        {"shell/unquoted-variable", "RUN tool $CFLAGS $EXTRA_OPTS $OUT", 1},
        {"shell/unquoted-variable", "ARG A=1\nRUN read b && echo $A $b \"$b\" ${b} $? $#", 2},
        {"shell/unquoted-variable", "RUN for i in a b; do echo $i; done; x=1 && echo $x", 0},
        {"shell/unquoted-variable", "RUN [[ $a ]] && case $b in c) d;; esac; e=$f", 0},
        {"shell/unquoted-variable", "RUN apt-get install -y $PACKAGES", 0},
        {"shell/unquoted-substitution", "RUN rm $(cat x) \"$(cat y)\" && make -j$(nproc)", 1},
        {"shell/backquotes", "RUN a `b` && c=`d`", 2},
        {"shell/cd-unchecked", "RUN cd /a; b", 1},
        {"shell/cd-unchecked", "RUN set -e; cd /a; b", 0},
        {"shell/cd-unchecked", "RUN cd /a || exit 1; b", 0},
        {"shell/cd-unchecked", "SHELL [\"/bin/sh\", \"-ec\"]\nRUN cd /a; b", 0},
        {"shell/cd-unchecked", "RUN if cd /a; then b; fi", 0},
        {"shell/declared-with-command", "RUN export A=$(b) C=d", 1},
        {"shell/and-or-is-no-if", "RUN a && b || c", 1},
        {"shell/and-or-is-no-if", "RUN a && b || true", 0},
        {"shell/and-or-is-no-if", "RUN a || b && c", 0},
        {"shell/echo-escapes", "RUN echo 'a\\nb' && printf 'c\\n' && echo -e 'd\\n'", 1},
        {"shell/pattern-like-option", "RUN rm *.a ./*.b -- *.c", 1},
        {"shell/useless-cat", "RUN cat a | b && cat c d | e && cat f", 1},
        {"shell/double-brackets-in-sh", "RUN [[ a ]] && (b; [[ c ]])", 2},
        {"shell/double-brackets-in-sh", "SHELL [\"/bin/bash\", \"-c\"]\nRUN [[ a ]]", 0},
        {"shell/double-brackets-in-sh", "FROM alpine:3.22\nRUN [[ a ]]", 0},
        {"shell/double-brackets-in-sh", "FROM fedora:42\nRUN [[ a ]]", 0},
        {"shell/double-equals-in-sh", "RUN [ a == b ] && test c == d && bash -c '[ e == f ]'", 2},
        {"shell/redirect-both-in-sh", "RUN a &> b", 1},
        {"shell/array-in-sh", "FROM alpine:3.22\nRUN a=(b c)", 1},
        {"shell/echo-flags-in-sh", "RUN echo -e a && echo -n b", 1},
        {"shell/pipefail-in-sh", "RUN set -euo pipefail; a | b", 1},
        {"shell/source-in-sh", "RUN source a && . b", 1},
    };
    CHECK_ALL(examples);
}

TEST(run_rules_repeat_no_credentials)
{
    static const char text[] = "FROM debian:13\n"
                               "RUN curl -k -u bot:s3cr3t http://x:s3cr3t@e.org/a.tgz | tar x\n"
                               "RUN wget --password=s3cr3t http://e.org/i | sh\n"
                               "RUN curl -H 'Authorization: Bearer s3cr3t' https://e.org | sh\n"
                               "RUN npm config set //e.org/:_authToken s3cr3t | cat\n"
                               "RUN apt-get install API_TOKEN=s3cr3t && cd /x --token s3cr3t\n";
    ARENA_SCOPED arena = {0};
    struct report report = {0};
    struct rule_settings settings = {0};
    struct rule_run run = {.arena = &arena, .report = &report, .settings = &settings};
    rule_ask_dockerfile(&run, dockerfile_parse(&arena, STR("Dockerfile"), str_from(text), NULL));
    CHECK(report.findings.count > 10);
    for (size_t i = 0; i < report.findings.count; i++)
        if (str_contains(report.findings.items[i].evidence, STR("s3cr3t")))
            test_failed(__FILE__, __LINE__, "%.*s", STR_ARG(report.findings.items[i].evidence));
}
