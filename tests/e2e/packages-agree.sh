#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker root network
# The package list equals what dpkg-query says inside the container; the layer that brought each
# package is right; what is called fixable is what apt would install from the security archive.
. "$(dirname "$0")/lib.sh"

main=$(apt_uri main) security=$(apt_uri security)
if [ -z "$main" ] || [ -z "$security" ]; then
    skip all "this machine's apt has no Debian archive and security archive"
    finish; exit
fi

json() { "$harden" scan --packages --format json --max-age 0 --fail-on none --allow-gaps "$@"; }

# name version arch, one a line, from a report and from dpkg itself.
from_report() { python3 -c '
import json, sys
for p in json.load(open(sys.argv[1]))["packages"]:
    print(p["name"], p["version"], p["arch"])' "$1" | sort; }
from_dpkg() { docker run --rm "$1" dpkg-query -W \
    -f '${db:Status-Status} ${Package} ${Version} ${Architecture}\n' |
    awk '$1 == "installed" { print $2, $3, $4 }' | sort; }

compare_packages() { # NAME IMAGE
    if json -o "$scratch/$1.json" "docker:$2" 2>"$scratch/$1.err"; then
        from_report "$scratch/$1.json" >"$scratch/$1.ours"
        from_dpkg "$2" >"$scratch/$1.dpkg"
        check "$1: there are packages" test -s "$scratch/$1.ours"
        check_same "$1: packages are those of dpkg-query" "$scratch/$1.dpkg" "$scratch/$1.ours"
    else
        failed "$1: scan"; cat "$scratch/$1.err"
    fi
}

build() { # NAME DOCKERFILE-TEXT
    mkdir -p "$scratch/ctx"
    printf '%s\n' "$2" >"$scratch/ctx/Dockerfile"
    docker build -q -t "harden-e2e/$1" "$scratch/ctx" >"$scratch/build.log" 2>&1 ||
        { tail -15 "$scratch/build.log"; return 1; }
}

for suite in bullseye bookworm trixie; do
    if image=$(debian_image "$suite"); then
        compare_packages "$suite" "$image"
    else
        skip "$suite" "debootstrap could not make it"
    fi
done

base=$(debian_image bookworm) || { failed "bookworm base"; finish; exit; }
# Layer 0 the base; 1 adds; 2 upgrades from the security archive; 3 goes back; 4 removes; 5 touches
# the database without changing any package.
if build layers "FROM $base
RUN apt-get update && apt-get install -y --no-install-recommends jq less
RUN echo 'deb $security bookworm-security main' > /etc/apt/sources.list.d/security.list && apt-get update && apt-get dist-upgrade -y
RUN p=\$(apt-cache madison less | awk -v m='$main ' 'index(\$0, m) {print \$3; exit}') && apt-get install -y --allow-downgrades less=\$p
RUN dpkg --purge --force-depends jq
RUN apt-mark hold tzdata && echo >> /var/lib/dpkg/status"; then
    compare_packages layers harden-e2e/layers
    layer_of() { python3 -c '
import json, sys
report = json.load(open(sys.argv[1]))
order = {l["diff_id"]: i for i, l in enumerate(report["target"]["layers"])}
for p in report["packages"]:
    if p["name"] == sys.argv[2]: print(order[p["layer"]])' "$scratch/layers.json" "$1"; }
    check "an untouched package is of the base layer" test "$(layer_of bash)" = 0
    check "a downgraded package is of the layer that did it" test "$(layer_of less)" -ge 1
    check "a removed package is gone" test -z "$(layer_of jq)"
else
    failed "build of the layered image"
fi

# Fixable: the base of the release against its security archive.
if build stale "FROM $base
RUN echo 'deb $security bookworm-security main' > /etc/apt/sources.list.d/security.list"; then
    docker run --rm harden-e2e/stale sh -c 'apt-get update -qq && apt-get -s dist-upgrade' 2>/dev/null |
        awk '/^Inst / && /Debian-Security/ { v = $4; sub(/^\(/, "", v); print $2, v }' | sort >"$scratch/apt.fixable"
    if "$harden" db update apt --for docker:harden-e2e/stale >"$scratch/update.log" 2>&1; then
        json -o "$scratch/stale.json" docker:harden-e2e/stale
        python3 - "$scratch/stale.json" <<'EOF' | sort >"$scratch/ours.fixable"
import json, sys
report = json.load(open(sys.argv[1]))
for f in report["findings"]:
    if f["id"] == "package/security-update":
        for name in f["remedy"].split("--only-upgrade ")[1].split():
            print(name, f["vulnerability"]["fixed_version"])
EOF
        check "apt has something to upgrade here" test -s "$scratch/apt.fixable"
        check_same "fixable is what apt would install" "$scratch/apt.fixable" "$scratch/ours.fixable"
    else
        failed "db update apt --for"; tail -5 "$scratch/update.log"
    fi
fi

# An Alpine-like root that is written here: no Alpine is to be had from Debian's archive.
mkdir -p "$scratch/alpine/lib/apk/db" "$scratch/alpine/etc/apk"
printf 'ID=alpine\nNAME="Alpine Linux"\nVERSION_ID=3.19.0\nPRETTY_NAME="Alpine Linux v3.19"\n' >"$scratch/alpine/etc/os-release"
printf 'https://mirror.example.org/alpine/v3.19/main\nhttps://mirror.example.org/alpine/v3.19/community\n' >"$scratch/alpine/etc/apk/repositories"
cat >"$scratch/alpine/lib/apk/db/installed" <<'EOF'
C:Q1qKcZ+j23xssAXmgQhkOO8dHnbWw=
P:libcrypto3
V:3.1.4-r2
A:x86_64
o:openssl
T:Crypto library from openssl
L:Apache-2.0

P:musl
V:1.2.4_git20230717-r4
A:x86_64
o:musl
L:MIT

EOF
tar -C "$scratch/alpine" -c . | docker import - harden-e2e/alpine-like >/dev/null
json -o "$scratch/alpine.json" docker:harden-e2e/alpine-like
from_report "$scratch/alpine.json" >"$scratch/alpine.ours"
printf 'libcrypto3 3.1.4-r2 x86_64\nmusl 1.2.4_git20230717-r4 x86_64\n' >"$scratch/alpine.want"
check_same "apk packages" "$scratch/alpine.want" "$scratch/alpine.ours"
if [ -d "${HARDEN_FEEDS:-}" ]; then
    check_exit "advisories from a mirror" 0 "$harden" db update alpine debian --mirror "file://$HARDEN_FEEDS"
    json -o "$scratch/alpine.json" docker:harden-e2e/alpine-like
    check "openssl of Alpine 3.19.0 has its known flaw (CVE-2023-6237, fixed in 3.1.4-r4)" \
        grep -q '"CVE-2023-6237"' "$scratch/alpine.json"
    check "explain says why" sh -c "'$harden' explain CVE-2023-6237 --in docker:harden-e2e/alpine-like | grep -q 3.1.4-r4"
fi
finish
