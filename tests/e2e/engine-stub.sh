#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: none
# Images of an engine that misbehaves in every way (tests/tools/stub_engine.py).
. "$(dirname "$0")/lib.sh"

engine=$scratch/engine
mkdir "$engine"
# An image of two layers as `docker save` writes it, with what an engine says about it.
python3 - "$engine" <<'PY'
import hashlib, io, json, sys, tarfile

folder = sys.argv[1]


def tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


status = b"Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: %s\nMaintainer: x\n\n"
layers = [
    tar([("etc/os-release", b'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'),
         ("var/lib/dpkg/status", status % (b"alpha", b"1.0-1"))]),
    tar([("var/lib/dpkg/status", status % (b"alpha", b"1.0-1") + status % (b"beta", b"2.0-1")),
         ("usr/share/filler", b"x" * 3000000)]),
]
ids = ["sha256:" + hashlib.sha256(layer).hexdigest() for layer in layers]
history = [{"created_by": "ADD base"}, {"created_by": "ENV A=b", "empty_layer": True}, {"created_by": "COPY more"}]
config = json.dumps({"os": "linux", "architecture": "amd64", "config": {}, "history": history,
                     "rootfs": {"type": "layers", "diff_ids": ids}}).encode()
config_id = hashlib.sha256(config).hexdigest()
manifest = json.dumps([{"Config": config_id + ".json", "RepoTags": ["app:latest"],
                        "Layers": ["0/layer.tar", "1/layer.tar"]}]).encode()
write = lambda name, data: open(folder + "/" + name, "wb").write(data)
write("tar", tar([("0/layer.tar", layers[0]), ("1/layer.tar", layers[1]),
                  (config_id + ".json", config), ("manifest.json", manifest)]))
write("json", json.dumps({"Id": "sha256:" + config_id, "RepoTags": ["app:latest"], "RepoDigests": [],
                          "Created": "2024-01-02T03:04:05Z", "Os": "linux", "Architecture": "amd64",
                          "RootFS": {"Type": "layers", "Layers": ids}}).encode())
write("history", json.dumps([{"CreatedBy": "COPY more", "Size": 9}, {"CreatedBy": "ENV A=b", "Size": 0},
                             {"CreatedBy": "ADD base", "Size": 9}]).encode())
PY
"$top/tests/tools/stub_server.py" --engine "$engine" --unix "$scratch/sock" --port-file "$scratch/port" --log "$scratch/log" &
at_exit+=("kill $! 2>/dev/null; wait $! 2>/dev/null")
until [ -s "$scratch/port" ]; do sleep 0.1; done
unset DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_TLS DOCKER_TLS_VERIFY DOCKER_CERT_PATH
export HOME=$scratch

scan() { # NAME ARGUMENTS...: the report in NAME.json, what was said in NAME.said, the exit code
    local name=$1; shift
    timeout "${limit:-30}" "$harden" scan --host "unix://$scratch/sock" --no-cache --offline --fail-on none --packages \
        --format json "$@" >"$scratch/$name.json" 2>"$scratch/$name.said"
}
# misbehaves BEHAVIOUR CODES PATTERN: how the scan ends (by pattern of exit codes), and that it says so, in the report or in the error.
misbehaves() {
    local how=$1 codes=$2 want=$3 code=0
    echo "$how" >"$engine/behaviour"
    scan out docker:app || code=$?
    if [[ $code =~ ^($codes)$ ]] && cat "$scratch/out.said" "$scratch/out.json" | grep -qE "$want"; then ok "$how"
    else failed "$how (exit $code)"; head -c 2000 "$scratch/out.said" "$scratch/out.json" | cat -v; fi
}
# refuses NAME PATTERN ARGUMENTS...: exit code 2, and why.
refuses() {
    local name=$1 want=$2 code=0; shift 2
    timeout 30 "$harden" scan --no-cache --offline "$@" >"$scratch/said" 2>&1 || code=$?
    if [ $code = 2 ] && grep -q "$want" "$scratch/said"; then ok "$name"; else failed "$name (exit $code)"; sed 's/^/    /' "$scratch/said"; fi
}
packages() { python3 -c 'import json, sys; print(" ".join(sorted(p["name"] for p in json.load(open(sys.argv[1]))["packages"])))' "$1"; }

echo good >"$engine/behaviour"
scan good docker:app
check "the packages of both layers" test "$(packages "$scratch/good.json")" = "alpha beta"
check "the layers' instructions" grep -q 'COPY more' "$scratch/good.json"
check "nothing about the engine is missing" bash -c "! grep -q 'engine at' '$scratch/good.json'"
scan tagged docker:app:latest
check_same "the tag makes no difference" "$scratch/good.json" "$scratch/tagged.json"
scan bare app
check_same "nor does the scheme" "$scratch/good.json" "$scratch/bare.json"

echo 1.99 >"$engine/api"
echo good >"$engine/behaviour"
: >"$scratch/log"
scan newer docker:app
check "a newer engine is spoken to in our version" grep -q 'GET /v1.51/images/app/json' "$scratch/log"
: >"$scratch/log"
scan platform --platform linux/amd64 docker:app
check "the platform is asked for" grep -qF '/get?platform=%7B%22os%22:%22linux%22%2C%22architecture%22:%22amd64%22%7D' "$scratch/log"
check_exit "another platform than the engine has" 2 scan platform --platform linux/s390x docker:app
check "... is said" grep -q 'for linux/amd64, not for linux/s390x' "$scratch/platform.said"
check_exit "a platform by another name" 3 scan platform --platform linux/x86_64 docker:app
check_exit "no platform" 2 scan platform --platform 'linux/"x' docker:app
rm "$engine/api"
: >"$scratch/log"
scan old docker:app
check "an older engine is spoken to in its version" grep -q 'GET /v1.41/images/app/json' "$scratch/log"
for version in 1.12 9.9 "" nonsense; do
    echo "$version" >"$engine/api"
    check_exit "API version \"$version\"" 2 scan api docker:app
    check "... is said" grep -q 'API version' "$scratch/api.said"
done
rm "$engine/api"

check_exit "an image that the engine does not have" 2 scan none docker:team/nothing/x
check "... in the engine's words" grep -q 'No such image: <nothing>' "$scratch/none.said"
check "... and where it was looked for" grep -q "unix://$scratch/sock (--host)" "$scratch/none.said"
check_exit "no reference" 2 scan none 'docker:a b'
: >"$scratch/log"
check_exit "a path into the API" 2 scan none 'docker:../../containers'
check "... is not asked for" test ! -s "$scratch/log"

misbehaves ping-html 2 'not as a container engine'
misbehaves ping-garbage 2 'engine at unix://.*does not speak HTTP'
misbehaves ping-500 2 'HTTP status 500: the disk is \?\[31mfull'
misbehaves ping-empty 2 'not as a container engine'
misbehaves ping-half 2 'engine at unix://'
misbehaves ping-endless 2 'longer than'
misbehaves json-html 2 'JSON'
misbehaves json-garbage 2 'engine at unix://'
misbehaves json-cut 2 'JSON'
misbehaves json-half 2 'engine at unix://'
misbehaves json-chunks 2 'engine at unix://'
misbehaves json-endless 2 'longer than'
misbehaves json-deep 2 'deeper than'
misbehaves json-empty 2 'answer'
misbehaves json-500 2 'HTTP status 500: the disk'
misbehaves history-html '0|3' 'alpha'
misbehaves history-500 3 'the disk is'
misbehaves history-half 3 'history'
misbehaves get-html '2|3' .
misbehaves get-garbage '2|3' 'engine at unix://'
misbehaves get-cut '2|3' 'ends early|cut short'
misbehaves get-half '2|3' 'engine at unix://'
misbehaves get-chunks '2|3' 'engine at unix://'
misbehaves get-500 2 'HTTP status 500: the disk'
misbehaves get-empty '2|3' .
misbehaves get-endless '2|3' 'behind its end|empty'

# What waits for LIMIT_STALL_SECONDS, all at once: a behaviour each, so an engine each.
stalls() { # WHERE
    local own=$scratch/stall-$1
    cp -r "$engine" "$own"
    echo "$1-stall" >"$own/behaviour"
    "$top/tests/tools/stub_server.py" --engine "$own" --unix "$own/sock" --port-file "$own/port" &
    local stub=$!
    until [ -s "$own/port" ]; do sleep 0.1; done
    timeout 100 "$harden" scan --host "unix://$own/sock" --no-cache --offline --fail-on none --format json docker:app >"$own/out" 2>&1
    echo $? >"$own/code"
    kill "$stub"; wait "$stub" 2>/dev/null
}
if [ -n "${HARDEN_E2E_QUICK:-}" ]; then
    skip stalls "HARDEN_E2E_QUICK is set"
else
    for where in ping json get; do stalls $where & waiting+=($!); done
    wait "${waiting[@]}"
    for where in ping json get; do
        check "$where-stall ends" grep -qE '^[23]$' "$scratch/stall-$where/code"
        check "... and says so" grep -q 'sent nothing' "$scratch/stall-$where/out"
    done
fi

# Other ways to the same engine.
echo good >"$engine/behaviour"
reach() { # NAME ARGUMENTS...: the same report
    local name=$1; shift
    timeout 30 "$harden" scan --no-cache --offline --fail-on none --packages --format json "$@" docker:app >"$scratch/way.json" 2>"$scratch/way.said"
    check_same "$name" "$scratch/good.json" "$scratch/way.json"
    sed 's/^/    /' "$scratch/way.said"
}
port=$(cat "$scratch/port")
reach "tcp" --host "tcp://127.0.0.1:$port"
DOCKER_HOST=tcp://127.0.0.1:$port reach "tcp by DOCKER_HOST"
DOCKER_HOST=127.0.0.1:$port reach "without a scheme"
if command -v openssl >/dev/null; then
    certificates=$scratch/certificates
    mkdir "$certificates"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
        -keyout "$scratch/key.pem" -out "$certificates/ca.pem" >/dev/null 2>&1
    "$top/tests/tools/stub_server.py" --engine "$engine" --tls "$certificates/ca.pem" "$scratch/key.pem" --port-file "$scratch/tls-port" &
    at_exit+=("kill $! 2>/dev/null; wait $! 2>/dev/null")
    until [ -s "$scratch/tls-port" ]; do sleep 0.1; done
    port=$(cat "$scratch/tls-port")
    DOCKER_HOST=tcp://localhost:$port DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=$certificates reach "TLS by DOCKER_CERT_PATH"
    DOCKER_HOST=tcp://localhost:$port DOCKER_TLS=1 reach "TLS unchecked by DOCKER_TLS"
    DOCKER_HOST=tcp://localhost:$port DOCKER_TLS_VERIFY=1 refuses "TLS from a stranger" certificate docker:app
    id=$(printf far | sha256sum | cut -d' ' -f1)
    mkdir -p "$HOME/.docker/contexts/meta/$id" "$HOME/.docker/contexts/tls/$id"
    echo "{\"Name\":\"far\",\"Endpoints\":{\"docker\":{\"Host\":\"tcp://localhost:$port\"}}}" >"$HOME/.docker/contexts/meta/$id/meta.json"
    cp -r "$certificates" "$HOME/.docker/contexts/tls/$id/docker"
    DOCKER_CONTEXT=far reach "TLS by a context"
    rm -r "$HOME/.docker"
else
    skip TLS "openssl is not installed"
fi
mkdir -p "$scratch/run/podman"
ln -s "$scratch/sock" "$scratch/run/podman/podman.sock"
if [ -e /var/run/docker.sock ]; then
    skip "the socket of Podman" "Docker's own is there"
else
    XDG_RUNTIME_DIR=$scratch/run reach "the socket of Podman"
fi

refuses "nobody at the socket" 'cannot connect to /nonexistent/sock: No such file' --host unix:///nonexistent/sock docker:app
refuses "ssh" 'ssh:// is not supported' --host ssh://user@host docker:app
refuses "a mistyped path" 'image "image.tar", and no file or folder of that name' --host unix:///nonexistent/sock image.tar
finish
