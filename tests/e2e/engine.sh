#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker
# Images of the real engine: the same as its `docker save`, whichever way the engine is found.
. "$(dirname "$0")/lib.sh"

docker version >/dev/null 2>&1 || { skip engine "no engine answers"; finish; exit; }
image=harden-e2e/engine
socket=/var/run/docker.sock
at_exit+=("docker image rm -f $image:1 $image:other $image:base >/dev/null 2>&1")
real_home=$HOME
unset DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_TLS DOCKER_TLS_VERIFY DOCKER_CERT_PATH
export HOME=$scratch/user
mkdir "$HOME"

# Layers without a program in them: COPY and metadata only.
context=$scratch/context
mkdir -p "$context/etc" "$context/var/lib/dpkg"
printf 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n' >"$context/etc/os-release"
stanza() { printf 'Package: %s\nStatus: install ok installed\nArchitecture: all\nVersion: %s\nMaintainer: x\n\n' "$1" "$2"; }
stanza alpha 1.0-1 >"$context/status-1"
{ stanza alpha 1.1-1; stanza beta 2:3.0-4; } >"$context/status-2"
{ stanza beta 2:3.0-4; stanza gamma 5; } >"$context/status-3"
head -c 3000000 /dev/urandom >"$context/filler"
cat >"$context/Dockerfile" <<'DOCKERFILE'
FROM scratch
LABEL org.example.what=test
COPY etc/os-release /etc/os-release
COPY status-1 /var/lib/dpkg/status
ENV A=b
COPY filler /usr/share/filler
COPY status-2 /var/lib/dpkg/status
WORKDIR /srv
COPY status-3 /var/lib/dpkg/status
CMD ["/bin/nothing"]
DOCKERFILE
DOCKER_BUILDKIT=0 docker build -q -t $image:1 "$context" >"$scratch/build.log" 2>&1 || { cat "$scratch/build.log"; failed "building the image"; finish; exit 1; }
docker tag $image:1 $image:other
docker save $image:1 >"$scratch/saved.tar"
id=$(docker image inspect -f '{{.Id}}' $image:1)

scan() { # NAME ARGUMENTS...
    local name=$1; shift
    timeout 60 "$harden" scan --offline --fail-on none --packages --format json "$@" >"$scratch/$name.json" 2>"$scratch/$name.said"
}
# What does not depend on how the image came: packages, findings, layers by content, platform.
essence() {
    python3 - "$1" <<'PY'
import json, sys
report = json.load(open(sys.argv[1]))
target = report["target"]
print(json.dumps({"packages": report.get("packages"), "findings": report.get("findings"), "coverage": report["coverage"],
                  "platform": target.get("platform"), "os": target.get("os"),
                  "layers": [(l.get("diff_id"), l.get("created_by")) for l in target["layers"]]}, indent=1, sort_keys=True))
PY
}
same() { # NAME A B
    essence "$scratch/$2.json" >"$scratch/a" 2>&1
    essence "$scratch/$3.json" >"$scratch/b" 2>&1
    check_same "$1" "$scratch/a" "$scratch/b"
}

scan saved --no-cache "docker-archive:$scratch/saved.tar"
scan direct --no-cache "docker:$image:1"
check "it finds the packages" grep -q gamma "$scratch/direct.json"
same "docker:NAME equals docker save" saved direct
scan bare --no-cache $image:1
check_same "without a scheme" "$scratch/direct.json" "$scratch/bare.json"
scan id --no-cache "docker:$id"
same "by id" saved id
scan short --no-cache "docker:$(echo "${id#sha256:}" | cut -c1-12)"
same "by the id's beginning" saved short
scan other --no-cache docker:$image:other
same "by another tag" saved other
check "... under its name" grep -q "$image:other" "$scratch/other.json"
check "the digest is the image's id" grep -q "$id" "$scratch/direct.json"
for jobs in 1 4; do
    scan "jobs-$jobs" --no-cache --jobs $jobs "docker:$image:1"
    check_same "--jobs $jobs" "$scratch/direct.json" "$scratch/jobs-$jobs.json"
done
if "$harden" help 2>/dev/null | grep -qw files; then
    "$harden" files "docker-archive:$scratch/saved.tar" >"$scratch/files.saved" 2>&1
    "$harden" files "docker:$image:1" >"$scratch/files.direct" 2>&1
    check_same "files" "$scratch/files.saved" "$scratch/files.direct"
else
    skip files "there is no such command"
fi
check_exit "an image that is not there" 2 scan none docker:$image:none
check "... is said, and at which engine" grep -q 'no image "'"$image"':none" at the engine unix:' "$scratch/none.said"

# Ways to the engine.
"$top/tests/tools/socket_proxy.py" "$scratch/sock" $socket "$scratch/log" &
at_exit+=("kill $! 2>/dev/null; wait $! 2>/dev/null")
until [ -S "$scratch/sock" ]; do sleep 0.1; done
through_proxy() { # NAME COMMAND...: equals, and went through the proxy
    local name=$1; shift
    : >"$scratch/log"
    "$@"
    check_same "$name" "$scratch/direct.json" "$scratch/way.json"
    check "... through it" grep -q 'GET /v1.[0-9]*/images/harden-e2e/engine:1/get ' "$scratch/log"
}
way() { scan way --no-cache "$@" "docker:$image:1"; }
through_proxy "--host" way --host "unix://$scratch/sock"
DOCKER_HOST=unix://$scratch/sock through_proxy "DOCKER_HOST" way
docker context create through --docker "host=unix://$scratch/sock" >/dev/null
DOCKER_CONTEXT=through through_proxy "DOCKER_CONTEXT" way
docker context use through >/dev/null 2>&1
through_proxy "the current context" way
config=$HOME/.docker
DOCKER_CONFIG=$config HOME=$real_home through_proxy "DOCKER_CONFIG" way
DOCKER_HOST=unix:///nonexistent check_exit "DOCKER_HOST wins over the context" 2 way
DOCKER_CONTEXT=none check_exit "a context that does not exist" 2 way
check "... is said" grep -q 'no such context' "$scratch/way.said"
: >"$scratch/log"
scan way --no-cache --host unix://$socket "docker:$image:1"
check "--host wins over the context" test ! -s "$scratch/log"

# The cache: what is known is not asked for again.
rm -rf "$HARDEN_HOME/layers"
: >"$scratch/log"
scan first "docker:$image:1"
check "the first scan reads the image" grep -q '/get ' "$scratch/log"
: >"$scratch/log"
scan second "docker:$image:1"
check "the second scan asks about the image" grep -q '/images/harden-e2e/engine:1/json ' "$scratch/log"
check "... and does not read it" bash -c "! grep -q '/get ' '$scratch/log'"
check_same "... and says the same" "$scratch/first.json" "$scratch/second.json"
rm -rf "$HARDEN_HOME/layers"
scan archive "docker-archive:$scratch/saved.tar"
: >"$scratch/log"
scan third "docker:$image:1"
check_same "what is known from an archive says the same" "$scratch/first.json" "$scratch/third.json"
finish
