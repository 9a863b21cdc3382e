#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker root network
# Images of the real engine, wrong in everything that the rules about configuration, history,
# accounts and access look for, and one that is right: each rule is seen on the one, and none on
# the other. What is told of an image is the same from the cache and with any number of threads.
. "$(dirname "$0")/lib.sh"

docker version >/dev/null 2>&1 || { skip image-rules "no engine answers"; finish; exit; }
base=$(debian_image bookworm) || { skip image-rules "there is no Debian to build on"; finish; exit; }
name=harden-e2e/image-rules
at_exit+=("docker image rm -f $name:good $name:latest $name:other >/dev/null 2>&1")
# build TAG: the Dockerfile on standard input.
build() {
    local context=$scratch/context-$1
    mkdir -p "$context"
    cat >"$context/Dockerfile"
    DOCKER_BUILDKIT=0 docker build -q -t "$name:$1" "$context" >"$scratch/build.log" 2>&1 ||
        { cat "$scratch/build.log"; failed "building $1"; finish; exit 1; }
}
scan() { # TAG ARGUMENTS...: the report as JSON
    local tag=$1; shift
    timeout 200 "$harden" scan --offline --only config,account,secret --fail-on none --allow-gaps \
        --format json "$@" "docker:$name:$tag"
}
# ids TAG PATTERN: "id severity path:line" of what is open, without what minbase itself has.
ids() {
    scan "$1" --no-cache >"$scratch/report.json"
    python3 - "$scratch/report.json" "$2" <<'PY'
import json, re, sys
seen = set()
for f in json.load(open(sys.argv[1]))["findings"]:
    at = f.get("location", {})
    if f["status"] == "open" and re.match(sys.argv[2], f["id"]):
        seen.add(f"{f['id']} {f['severity']} {at.get('path', '-')}:{at.get('line', 0)}")
print("\n".join(sorted(seen)))
PY
}

build latest <<DOCKERFILE
FROM $base
RUN apt-get update; true
RUN printf 'root::19000:0:99999:7:::\napp:!:19000:0:99999:7:::\n' >/etc/shadow && \\
    printf '%s\n' 'root:x:0:0::/root:/bin/bash' '1000:x:0:0::/root:/bin/sh' 'big:x:4294967296:100::/srv:/bin/false' \\
        'redis:x:101:101::/srv/open:/bin/sh' 'twin:x:101:101::/srv:/bin/false' 'short' 'none:x' '' >/etc/passwd && \\
    printf 'root:x:0:\nwheel:x:0:\n+7:x:007:\n' >/etc/group && mkdir -m 777 /srv/open
RUN mkdir -p /etc/ssh /root/.ssh /etc/sudoers.d /etc/cron.d && touch /usr/bin/sudo /usr/sbin/sshd /usr/sbin/cron && \\
    printf 'app ALL=(ALL) NOPASSWD: ALL\nDefaults:app env_reset, !authenticate\n' >/etc/sudoers.d/app && \\
    echo 'old ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/app.bak && \\
    printf 'PermitRootLogin yes\nPermitEmptyPasswords yes\n' >/etc/ssh/sshd_config && \\
    echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJfYx0kU3c3R5dE2cT1yQ8dE3k1m0c7zq2bV0x1a2b3c a@b' >/root/.ssh/authorized_keys && \\
    printf '* * * * * root /srv/job\n' >/etc/cron.d/job && chmod 666 /etc/cron.d/job
ENV PATH=.:/usr/local/bin:/usr/bin:/bin:/tmp/bin LD_PRELOAD=/srv/a.so
LABEL containerd.io/restart.loguri=binary:///bin/sh
VOLUME /etc
EXPOSE 22 2375
WORKDIR /proc/self/fd
STOPSIGNAL SIGKILL
ENTRYPOINT ["supervisord", "--no-auth"]
DOCKERFILE
cat >"$scratch/expected" <<'END'
access/authorized-key medium root/.ssh/authorized_keys:1
access/cron-job high etc/cron.d/job:1
access/cron-job info etc/cron.d/e2scrub_all:1
access/pam-nullok info etc/pam.d/common-auth:17
access/sshd-setting critical etc/ssh/sshd_config:2
access/sshd-setting high etc/ssh/sshd_config:1
access/sudo-without-password high etc/sudoers.d/app:1
access/sudo-without-password high etc/sudoers.d/app:2
account/duplicate low etc/group:2
account/duplicate low etc/passwd:5
account/empty-password critical etc/shadow:1
account/numeric-name critical etc/passwd:2
account/numeric-name medium etc/group:3
account/odd-id high etc/passwd:6
account/odd-id high etc/passwd:7
account/odd-id medium etc/group:3
account/odd-id medium etc/passwd:3
account/second-root high etc/passwd:2
account/service-shell info etc/passwd:4
account/writable-home medium srv/open:0
dockerfile/apt-lists-left info history, step 2:0
dockerfile/index-update-alone medium history, step 2:0
image/admin-port low config:0
image/dangerous-variable medium config:0
image/insecure-flag medium config:0
image/kill-signal low config:0
image/latest-tag info -:0
image/no-healthcheck info config:0
image/no-program medium config:0
image/root-user medium config:0
image/sensitive-volume medium config:0
image/several-services low config:0
image/suspicious-label high config:0
image/workdir-in-proc high config:0
END
check_same "everything that is wrong" "$scratch/expected" <(ids latest '(image|account|access|dockerfile)/')
cp "$scratch/report.json" "$scratch/latest.json"
check "the lines that are no accounts are told" python3 -c '
import json, sys
gaps = json.load(open(sys.argv[1]))["coverage"]["gaps"]
sys.exit(not any(g["path"] == "etc/passwd" for g in gaps))' "$scratch/report.json"

# What cannot stand in one image with the above.
build other <<DOCKERFILE
FROM $base
RUN printf '#!/bin/sh\n' >/srv/app && chmod 777 /srv/app
USER 4294967296
HEALTHCHECK NONE
CMD ["/srv/app"]
DOCKERFILE
cat >"$scratch/expected" <<'END'
image/no-healthcheck info config:0
image/user-too-large high config:0
image/writable-program low srv/app:0
END
check_same "a user that is too large" "$scratch/expected" <(ids other image/)
# What the engine takes for root: asked of the engine too.
check "the engine runs an account without a number as root" sh -c \
    'test "$(docker run --rm --network none --entrypoint /usr/bin/id --user none "$1:latest" -u)" = 0' - "$name"
check "an account is told with its layer" python3 -c '
import json, sys
sys.exit(any("layer" not in f["location"] for f in json.load(open(sys.argv[1]))["findings"]
             if f["id"].startswith(("account/", "access/"))))' "$scratch/latest.json"

# A script without what reads it; the engine cannot start either.
for line in '#!/usr/bin/env nodejs' '#!/opt/bash' '#!/bin/sh\r'; do
    build other <<DOCKERFILE
FROM $base
RUN printf '$line\n' >/srv/app && chmod 755 /srv/app
USER 65534:65534
HEALTHCHECK CMD true
CMD ["/srv/app"]
DOCKERFILE
    scan other --only binary >"$scratch/report.json"
    check "a script without its interpreter: $line" grep -q '"id": "image/no-program"' "$scratch/report.json"
    check "the engine cannot start it: $line" sh -c '! docker run --rm --network none "$1:other"' - "$name"
done

build other <<DOCKERFILE
FROM $base
USER nobody-made-it
HEALTHCHECK CMD true
CMD ["true"]
DOCKERFILE
echo "image/unknown-user medium config:0" >"$scratch/expected"
check_same "a user that is not there" "$scratch/expected" <(ids other image/)
build other <<DOCKERFILE
FROM $base
RUN useradd -o -u 0 -g 0 harmless
USER harmless
HEALTHCHECK CMD true
CMD ["true"]
DOCKERFILE
echo "image/root-user high config:0" >"$scratch/expected"
check_same "root by another name" "$scratch/expected" <(ids other image/)

# One problem, one finding.
build other <<DOCKERFILE
FROM $base
ARG API_TOKEN=Zr8kq2LmV91xTb4Wn0Yd
RUN echo 'root:kT9vLw3qZx81' | chpasswd
ENV DB_PASSWORD=p8Rz1vKq07Lm
USER 65534
HEALTHCHECK CMD true
CMD ["true"]
DOCKERFILE
scan other --no-cache >"$scratch/report.json"
check "each is told once" python3 - "$scratch/report.json" <<'PY'
import collections, json, sys
seen = collections.Counter()
commands = ("password-in-run", "credentials-in-run", "secret-value", "secret-variable")
for f in json.load(open(sys.argv[1]))["findings"]:
    at = f.get("location", {}).get("path", "")
    if f["status"] == "open" and (at == "image configuration" or f["id"].split("/")[1] in commands):
        seen[f["id"] + " " + f["evidence"].split(":")[0]] += 1
        print(f["id"], at, f["evidence"])
sys.exit(sorted(seen.items()) != [("secret/database-login p8Rz...Lm", 1),
    ("secret/password-in-setting Zr8k...Yd", 1), ("secret/stored-password kT9v...81", 1)])
PY
check "without the rules about secrets, the command is told" sh -c \
    '"$1" scan --offline --only config --fail-on none --allow-gaps --format json "docker:$2:other" | grep -q dockerfile/password-in-run' \
    - "$harden" "$name"

build good <<DOCKERFILE
FROM $base
RUN sed -i 's/ nullok//' /etc/pam.d/* && useradd --system --no-log-init --uid 10001 --shell /usr/sbin/nologin app
LABEL org.opencontainers.image.title=app
VOLUME /srv/data
EXPOSE 8080
WORKDIR /srv
USER 10001:10001
HEALTHCHECK CMD true
CMD ["sleep", "1000"]
DOCKERFILE
# Debian's manual pages show how a password is written: nothing to lose sleep over.
check_same "nothing that is wrong" /dev/null <(ids good '(image|account|access|dockerfile|secret)/' | sed '/^$/d; /^secret.* info /d')

# What a policy asks: each limit and each list, broken and kept, from options and from a settings file.
build other <<DOCKERFILE
FROM $base
RUN printf 'proxy.corp.example.com\n' >/srv/proxy && printf 'malware\n' >/srv/tool && touch /srv/key.pfx
RUN rm /srv/tool
ADD Dockerfile /srv/notes
LABEL maintainer=nobody
USER 10001
HEALTHCHECK CMD true
CMD ["true"]
DOCKERFILE
printf 'malware\n' | sha256sum | sed 's/-$/tool.evil/' >"$scratch/hashes"
sum=$(printf 'proxy.corp.example.com\n' | md5sum | cut -c1-32)
echo "$sum:23:Proxy.Sum" >>"$scratch/hashes"
inspect() { docker image inspect --format '{{index .RepoTags 0}}{{range .RootFS.Layers}} {{.}}{{end}}' "$@"; }
inspect "$base" >"$scratch/bases"
echo "strange:1 sha256:$(printf x | sha256sum | cut -c1-64)" >"$scratch/strange"
cat >"$scratch/policy.yaml" <<'YAML'
scan:
  max-size: 10M
  max-layers: 2
  allow-platform: [linux/s390x, windows/*]
  allow-distribution: ["alpine", "debian:11"]
  deny-package: [telnet, "perl-bas*"]
  require-package: [ca-certificates, dpkg]
  deny-license: ["GPL-3*", "GFDL-*"]
  deny-file: ["**/*.pfx"]
  deny-content: ['name=internal path=srv/p* corp\.example\.com', '^absent{2,3}$']
  deny-hash: hashes
  trusted-base: strange
  require-label: ["maintainer:email", "team:text"]
YAML
policy() { # FILE: the findings about policy with these settings
    mkdir -p "$scratch/project" && cp "$scratch/hashes" "$scratch/bases" "$scratch/strange" "$scratch/project"
    cp "$1" "$scratch/project/.harden.yaml"
    (cd "$scratch/project" && timeout 200 "$harden" scan --offline --only config,trust --fail-on none \
        --allow-gaps --format json "docker:$name:other") >"$scratch/report.json"
    python3 - "$scratch/report.json" <<'PY'
import collections, json, sys
seen = collections.Counter()
for f in json.load(open(sys.argv[1]))["findings"]:
    if f["id"].startswith("policy/") or f["id"] in ("image/root-group", "image/add-in-history"):
        at = f.get("location", {})
        seen[f"{f['id']} {at.get('path', '-')}:{at.get('line', 0)}" if "license" not in f["id"] else f["id"]] += 1
for key in sorted(seen): print(key if "license" not in key else key + (" some" if seen[key] > 5 else ""))
PY
}
cat >"$scratch/expected" <<'END'
image/add-in-history history, step 4:0
image/root-group config:0
policy/denied-content srv/proxy:1
policy/denied-file srv/key.pfx:0
policy/denied-hash srv/proxy:0
policy/denied-hash srv/tool:0
policy/denied-license some
policy/denied-package var/lib/dpkg/status:0
policy/distribution -:0
policy/image-size -:0
policy/layer-count -:0
policy/missing-label config:0
policy/missing-package -:0
policy/platform config:0
policy/untrusted-base -:0
END
check_same "what a policy forbids" "$scratch/expected" <(policy "$scratch/policy.yaml")
check "a deleted file is told as such, without its content" python3 -c '
import json, sys
told = [f["evidence"] for f in json.load(open(sys.argv[1]))["findings"] if f["id"].startswith("policy/denied")]
sys.exit(any("corp" in e for e in told) or not any("tool.evil" in e and "deletes or overwrites" in e for e in told))' "$scratch/report.json"
cat >"$scratch/policy.yaml" <<'YAML'
max-size: 2G
max-layers: 5
allow-platform: "*"
allow-distribution: ["debian:book*"]
deny-package: ["perl-base=4.*", "telnet"]
require-package: [dpkg, "perl-base=5.*"]
deny-license: ["AGPL-*"]
deny-file: ["*.pfx"]
deny-content: ['path=etc/** corp\.example\.com', 'PROXY\.corp']
trusted-base: bases
require-label: ["maintainer:text"]
YAML
printf 'image/add-in-history history, step 4:0\nimage/root-group config:0\n' >"$scratch/expected"
check_same "what a policy allows" "$scratch/expected" <(policy "$scratch/policy.yaml")
check_exit "a pattern that is none" 2 timeout 60 "$harden" scan --deny-content 'a(b' "docker:$name:other"
check_exit "a list that is none" 2 timeout 60 "$harden" scan --deny-hash "$scratch/policy.yaml" "docker:$name:other"
check_exit "a size that is none" 2 timeout 60 "$harden" scan --max-size large "docker:$name:other"

# The same report from the cache, and with any number of threads.
same() { sed -E 's/"(started|duration_ms|generated|created_at|finished)": [^,]*,?//; s/"blobs_from_cache": [0-9]*//' | python3 -c '
import json, sys
r = json.load(sys.stdin)
print(json.dumps([r["findings"], r["coverage"]["gaps"]], indent=1))'; }
scan latest --no-cache --jobs 1 | same >"$scratch/expected"
check "something is compared" grep -q 'history, step 2' "$scratch/expected"
check_same "four threads" "$scratch/expected" <(scan latest --no-cache --jobs 4 | same)
check_same "read for the cache" "$scratch/expected" <(scan latest | same)
check_same "read from the cache" "$scratch/expected" <(scan latest | same)

# apk's checksums: of what a package brought, the file that was changed since is told, no other.
root=$scratch/apk
mkdir -p "$root/lib/apk/db" "$root/etc" "$root/usr/bin"
printf 'ID=alpine\nVERSION_ID=3.22.0\n' >"$root/etc/os-release"
for file in same changed; do printf '#!/bin/sh\necho %s\n' "$file" >"$root/usr/bin/$file"; done
sum_of() { printf Q1; openssl dgst -sha1 -binary "$root/usr/bin/$1" | base64; }
printf 'P:tools\nV:1-r0\nA:x86_64\nF:usr\nF:usr/bin\nR:changed\na:0:0:755\nZ:%s\nR:same\na:0:0:755\nZ:%s\n\n' \
    "$(sum_of changed)" "$(sum_of same)" >"$root/lib/apk/db/installed"
echo "echo more" >>"$root/usr/bin/changed"
docker image rm -f "$name:other" >/dev/null 2>&1
tar -C "$root" -c . | docker import - "$name:other" >/dev/null || failed "importing the files of apk"
timeout 100 "$harden" scan --offline --only permission --no-cache --fail-on none --allow-gaps --format json "docker:$name:other" >"$scratch/report.json"
check "apk's checksums" python3 - "$scratch/report.json" <<'PY'
import json, sys
seen = [f for f in json.load(open(sys.argv[1]))["findings"] if f["id"] == "permission/changed-file"]
for f in seen: print(f["location"], f["evidence"])
sys.exit([f["location"].get("path") for f in seen] != ["usr/bin/changed"])
PY
finish
