#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: none
# `harden db` against feeds, networks, disks and bundles that misbehave, with a made-up mirror
# (tests/tools/feed_mirror.py). HARDEN_FEEDS=DIR adds a run on the mirror in that folder.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { skip db-robust "no python3"; finish; exit; }
mirror=$top/tests/tools/feed_mirror.py
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY SOURCE_DATE_EPOCH

"$mirror" make "$scratch/a" --packages 300
"$mirror" make "$scratch/b" --packages 400 --fixed 2.0-1
a=file://$scratch/a b=file://$scratch/b

# rows FEED: what status says; "-" where there is nothing.
rows() { "$harden" db status | awk -v feed="$1" '$1 == feed { n = $2 } END { print n == "" ? "-" : n }'; }
# rows_are NAME FEED COUNT
rows_are() {
    local got; got=$(rows "$2")
    if [ "$got" = "$3" ]; then ok "$1"; else failed "$1: $got rows of $2, not $3"; fi
}
# says NAME EXIT PATTERN ARGUMENTS...: exit code and output of `harden db`.
says() {
    local name=$1 want=$2 pattern=$3 got=0; shift 3
    timeout 60 "$harden" db "$@" >"$scratch/out" 2>&1 || got=$?
    if [ "$got" = "$want" ] && grep -qE -- "$pattern" "$scratch/out"; then ok "$name"
    else failed "$name (exit $got, want $want and \"$pattern\")"; sed 's/^/    /' "$scratch/out" | head; fi
}
fresh() { rm -rf "$HARDEN_HOME"; }
litter() { find "$HARDEN_HOME" -name '*.tmp-*' -o -name '*.new' -o -name '*.new.meta' -o -name '*.unsettled' | grep -v '/lock$'; }
no_litter() { if [ -z "$(litter)" ]; then ok "$1"; else failed "$1: $(litter | head -3)"; fi; }

# --- the plain way ---------------------------------------------------------------------------------
says "status of nothing" 0 'nothing was fetched' status
says "all feeds" 0 '^debian +1800 .*updated$' update --mirror "$a"
for row in "alpine 1200" "kev 2" "epss 300" "nvd 600" "osv 300"; do rows_are "rows of $row" ${row% *} ${row#* }; done
says "the same again" 0 '^debian .*not modified$' update --mirror "$a"
says "another mirror" 0 '^debian +2400 .*updated$' update debian --mirror "$b"
says "build" 0 '^debian +2400 .*updated$' build
says "another folder" 0 '^kev +2 .*updated$' update kev --db "$scratch/elsewhere" --mirror "$a"
says "its status" 0 '^kev +2 .*present$' status --db "$scratch/elsewhere"
check "nothing else is in it" test "$("$harden" db status --db "$scratch/elsewhere" | wc -l)" = 2
says "an unknown feed" 2 'no feed is called nope; there are alpine' update nope
says "offline" 2 'needs the network' update --offline
says "offline with a folder" 0 '^kev' update kev --offline --mirror "$a"
no_litter "nothing is left over"

# --- bad documents ---------------------------------------------------------------------------------
bad() { # NAME PATTERN, content on stdin: refused, and the old rows stay
    mkdir -p "$scratch/bad/debian/tracker/data"
    cat >"$scratch/bad/debian/tracker/data/json"
    says "$1: refused" 3 "kept the old one: .*$2" update debian --mirror "file://$scratch/bad"
    rows_are "$1: the old stays" debian 1800
}
fresh; "$harden" db update debian --mirror "$a" >/dev/null
json=$scratch/a/debian/tracker/data/json
bad "empty" 'empty' </dev/null
bad "HTML" 'damaged JSON at byte 1:' <<<'<!DOCTYPE html><html></html>'
bad "cut off" 'JSON ends early' < <(head -c 30000 "$json")
bad "garbage behind" 'damaged JSON' < <(cat "$json"; echo '{}')
bad "no rows" 'no release' <<<'{}'
bad "a gzip bomb of nothing" 'damaged JSON|longer than' < <(head -c 20000000 /dev/zero | gzip)
bad "a cut gzip" 'gzip' < <(gzip -c "$json" | head -c 5000)
"$mirror" make "$scratch/few" --packages 100
says "lost most rows: refused" 3 'only 600 rows, where the last good copy has 1800' update debian --mirror "file://$scratch/few"
says "lost most rows: build has the old" 0 '^debian +1800' build
says "lost most rows: taken when told" 0 '^debian +600' update debian --accept-fewer --mirror "file://$scratch/few"
says "no copy at all" 2 'failed: .*not there' update kev --mirror file:///nonexistent

fresh; "$harden" db update alpine --mirror "$a" >/dev/null
cp -r "$scratch/b" "$scratch/part"; echo '<html>' >"$scratch/part/alpine/v3.19/main.json"
says "one bad document of several" 3 'updated in part: alpine:v3.19/main: ' update alpine --mirror "file://$scratch/part"
rows_are "the others are new" alpine 1500
"$mirror" make "$scratch/wrong" --packages 300; cp "$scratch/wrong/alpine/edge/main.json" "$scratch/wrong/alpine/v3.19/main.json"
says "the wrong branch" 3 'is of distroversion edge, not v3.19' update alpine --mirror "file://$scratch/wrong"

# --- the network -----------------------------------------------------------------------------------
"$mirror" serve "$scratch/a" --port-file "$scratch/port" --log "$scratch/log" --faults "$scratch/faults" &
server=$!
at_exit+=("kill $server 2>/dev/null; wait $server 2>/dev/null")
for _ in $(seq 100); do [ -s "$scratch/port" ] && break; sleep 0.1; done
url=http://127.0.0.1:$(cat "$scratch/port")
tracker=/debian/tracker/data/json

fresh
says "over HTTP" 0 '^debian +1800 .*updated$' update debian --mirror "$url"
: >"$scratch/log"
says "not modified" 0 'not modified' update debian --mirror "$url"
check "asked with its ETag" grep -q "$tracker if-none-match" "$scratch/log"
for fault in 503 429 cut; do
    fresh; echo "$tracker $fault 2" >"$scratch/faults"; : >"$scratch/log"
    says "$fault twice, then good" 0 '^debian +1800 .*updated$' update debian --mirror "$url"
done
check "resumed where it was cut" grep -qE "$tracker range=\[bytes=[1-9][0-9]*-\] if-range" "$scratch/log"
for fault in html empty half 404 403; do
    echo "$tracker $fault 9" >"$scratch/faults"
    rm -f "$HARDEN_HOME"/advisories/downloads/debian/*.meta
    says "$fault: refused" 3 'kept the old one' update debian --mirror "$url"
    rows_are "$fault: the old stays" debian 1800
done
rm "$scratch/faults"
kill $server; wait $server 2>/dev/null
says "nobody there: the old stays" 3 'kept the old one: .*127.0.0.1' update debian --mirror "$url"
no_litter "nothing is left over by the network"

# --- several at once, killed, and a full disk --------------------------------------------------------
fresh; "$harden" db update debian --mirror "$a" >/dev/null
flock "$HARDEN_HOME/advisories/lock" sleep 1 &
says "a second update waits" 0 '' update debian --mirror "$b"
check "and says for whom" grep -q 'another update with process id .* is running: waiting' "$scratch/out"
wait %% 2>/dev/null
for i in 1 2 3 4; do "$harden" db update debian alpine --mirror "$a" >"$scratch/out$i" 2>&1 & pids[i]=$!; done
good=0; for i in 1 2 3 4; do wait "${pids[i]}" && good=$((good + 1)); done
[ $good = 4 ] && ok "four updates at once" || failed "four updates at once: $good good"
rows_are "whole after four updates" debian 1800

fresh; "$harden" db update debian alpine --mirror "$a" >/dev/null
torn=0
for i in $(seq "${KILLS:-40}"); do
    "$harden" db update debian alpine --mirror "$([ $((i % 2)) = 1 ] && echo "$b" || echo "$a")" >/dev/null 2>&1 &
    victim=$!
    sleep "0.0$((RANDOM % 5))$((RANDOM % 10))"
    kill -9 $victim 2>/dev/null; wait $victim 2>/dev/null
    "$harden" db status >"$scratch/status" 2>&1 || torn=$((torn + 1))
    case $(rows debian)/$(rows alpine) in
    # A feed of several documents may have some of the one mirror and some of the other: each
    # document is whole.
    1800/1[2-6]00 | 2400/1[2-6]00) ;;
    *) torn=$((torn + 1)); cat "$scratch/status" ;;
    esac
done
[ $torn = 0 ] && ok "killed ${KILLS:-40} times: always a whole store" || failed "killed: $torn torn stores"
says "the next update is whole" 0 '^debian +1800' update debian alpine --mirror "$a"
no_litter "and removes what the killed ones left"

# The same at each place where something is renamed or removed: wherever that is, the stores are
# whole, and the next update brings back what its mirror has, also if that is what was there before.
fresh; "$harden" db update debian alpine --mirror "$a" >/dev/null
torn=0 at=0 code=0
while [ $code = 0 ] && [ $at -lt 200 ]; do
    at=$((at + 1)) code=0
    ASAN_OPTIONS=detect_leaks=0:${ASAN_OPTIONS:-} "$build/killat" $at \
        "$harden" db update debian alpine --mirror "$b" >"$scratch/out" 2>&1 || code=$?
    [ $code -lt 2 ] || break
    between=$(rows debian)/$(rows alpine)
    "$harden" db update debian alpine --mirror "$a" >"$scratch/out" 2>&1 || torn=$((torn + 1))
    case $between in
    1800/1[2-6]00 | 2400/1[2-6]00) ;;
    *) torn=$((torn + 1)); echo "    killed at $at: $between" ;;
    esac
    [ "$(rows debian)/$(rows alpine)" = 1800/1200 ] ||
        { torn=$((torn + 1)); echo "    killed at $at: then $(rows debian)/$(rows alpine)"; }
done
if [ $code = 2 ]; then skip "killed at each rename" "this machine forbids ptrace"
elif [ $torn = 0 ] && [ $code = 1 ] && [ $at -gt 10 ]; then ok "killed at each of $((at - 1)) renames: always whole, and mended"
else failed "killed at $at renames, the last ended with $code: $torn times torn or not mended"; fi
no_litter "which leaves nothing over"

disk=$scratch/disk; mkdir "$disk"
if mount -t tmpfs -o size=1800k tmpfs "$disk" 2>/dev/null; then
    at_exit=("umount '$disk'" "${at_exit[@]}")
    "$mirror" make "$scratch/big" --packages 3000
    HARDEN_HOME=$disk/home says "on a small disk" 0 '^debian +1800' update debian --mirror "$a"
    HARDEN_HOME=$disk/home says "a full disk while fetching" 3 'kept the old one: .*No space left' update debian --mirror "file://$scratch/big"
    HARDEN_HOME=$disk/home rows_are "the old stays" debian 1800
    xz -k "$scratch/big/debian/tracker/data/json"; mv "$scratch/big/debian/tracker/data/json.xz" "$scratch/big/debian/tracker/data/json"
    HARDEN_HOME=$disk/home says "a full disk while building" 3 'kept the old one: .*No space left' update debian --mirror "file://$scratch/big"
    HARDEN_HOME=$disk/home rows_are "the old still stays" debian 1800
    HARDEN_HOME=$disk/home no_litter "nothing is left over on the full disk"
    HARDEN_HOME=$disk/home says "and the next update works" 0 '^debian' update debian --mirror "$a"
else
    skip "a full disk" "cannot mount a tmpfs"
fi

# --- targets -----------------------------------------------------------------------------------------
root=$scratch/root; mkdir -p "$root/etc/apt" "$root/var/lib/dpkg"
printf 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n' >"$root/etc/os-release"
printf 'deb http://example.org/debian stable main\ndeb http://user:pw@example.org/x y z\n' >"$root/etc/apt/sources.list"
printf 'Package: binary1\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-0\nMaintainer: x\n\n' >"$root/var/lib/dpkg/status"
fresh
says "apt without a target" 2 'name a target with --for' update apt --mirror "$a"
says "for a Debian root" 0 '^apt:http://example.org/debian stable main amd64 +300 ' update --for "rootfs:$root" --mirror "$a"
check "not for Alpine" test "$(rows alpine)" = -
check "not what has a password" test "$(grep -c '^apt:' "$scratch/out")" = 1
says "archives are remembered" 0 '^apt:http://example.org/debian stable main amd64 +300 .*not modified' update apt --mirror "$a"
sed -i 's/^ [0-9a-f]\{8\}/ 00000000/' "$scratch/b/apt/debian/dists/stable/InRelease"
cp -r "$scratch/a" "$scratch/gz"; packages=$scratch/gz/apt/debian/dists/stable/main/binary-amd64/Packages
if xz -dc "$packages.xz" 2>/dev/null | gzip >"$packages.gz"; then
    rm "$packages.xz"
    says "an archive that has only gzip" 0 '^apt:http://example.org/debian stable main amd64 +300 .*updated' update apt --mirror "file://$scratch/gz"
fi
says "a digest that does not fit" 3 'kept the old one: its digest is' update apt --mirror "$b"
printf 'ID=alpine\nVERSION_ID=3.19.1\n' >"$root/etc/os-release"; rm -r "${root:?}/etc/apt" "${root:?}/var"
fresh
says "for an Alpine root" 0 '^alpine +600 ' update --for "rootfs:$root" --mirror "$a"
check "not for Debian" test "$(rows debian)" = -
says "for no target" 2 'nonexistent' update --for rootfs:/nonexistent --mirror "$a"

# --- bundles -------------------------------------------------------------------------------------------
fresh
says "nothing to export" 2 'nothing to export' export "$scratch/bundle"
"$harden" db update --mirror "$a" >/dev/null
says "export" 0 '^debian' export "$scratch/bundle"
cp -r "$HARDEN_HOME/advisories" "$scratch/exported"
fresh
says "import" 0 '^debian +1800 .*updated' import "$scratch/bundle"
for feed in debian alpine kev epss nvd; do check_same "import: $feed is the same" "$scratch/exported/$feed.mdb" "$HARDEN_HOME/advisories/$feed.mdb"; done
if command -v zstd >/dev/null; then
    mkdir "$scratch/unpacked"
    zstd -dcq "$scratch/bundle" | tar -C "$scratch/unpacked" -xf -
    check "sha256sum agrees" sh -c "cd '$scratch/unpacked' && sha256sum -c --quiet SHA256SUMS"
    "$harden" db update debian --mirror "$b" >/dev/null
    find "$HARDEN_HOME/advisories" -type f | sort | xargs sha256sum | grep -v /lock >"$scratch/before"
    tampered() { # KIND PATTERN: refused, and not a byte is different
        "$mirror" tamper "$scratch/bundle" "$scratch/tampered" "$1"
        says "$1: refused" 2 "$2" import "$scratch/tampered"
        find "$HARDEN_HOME/advisories" -type f | sort | xargs sha256sum | grep -v /lock >"$scratch/after"
        check_same "$1: nothing changed" "$scratch/before" "$scratch/after"
    }
    tampered digest 'the digest of .* is not the one in its list'
    tampered missing 'misses 1 of the'
    tampered extra 'is not in its list'
    tampered twice 'comes twice'
    tampered dotdot 'escaped'
    tampered absolute 'escaped'
    tampered symlink 'is no plain file'
    tampered over-symlink 'comes twice'
    tampered order 'is no bundle'
    check "nothing escaped" test -z "$(find "$scratch" / -maxdepth 1 -name '*escaped*' 2>/dev/null)"
    "$mirror" tamper "$scratch/bundle" "$scratch/tampered" unknown
    says "a feed of a later version" 0 '^debian' import "$scratch/tampered"
    "$mirror" tamper "$scratch/bundle" "$scratch/tampered" html
    says "right digest, wrong content" 3 '^debian .*kept the old one: .*damaged JSON' import "$scratch/tampered"
    find "$HARDEN_HOME/advisories" -type f | sort | xargs sha256sum | grep -v /lock >"$scratch/before"
    size=$(stat -c %s "$scratch/bundle"); wrong=0
    for cut in 0 1 100 $((size / 3)) $((size / 2)) $((size - 5)) $((size - 1)); do
        head -c "$cut" "$scratch/bundle" >"$scratch/cut"
        "$harden" db import "$scratch/cut" >"$scratch/out" 2>&1; [ $? = 2 ] || wrong=$((wrong + 1))
    done
    for i in $(seq 20); do
        cp "$scratch/bundle" "$scratch/cut"
        printf '\xa5' | dd of="$scratch/cut" bs=1 seek=$((size * i / 21)) conv=notrunc status=none
        cmp -s "$scratch/bundle" "$scratch/cut" && continue
        "$harden" db import "$scratch/cut" >"$scratch/out" 2>&1; [ $? = 2 ] || wrong=$((wrong + 1))
    done
    [ $wrong = 0 ] && ok "cut and damaged bundles are refused" || failed "cut and damaged bundles: $wrong accepted"
    find "$HARDEN_HOME/advisories" -type f | sort | xargs sha256sum | grep -v /lock >"$scratch/after"
    check_same "cut and damaged bundles change nothing" "$scratch/before" "$scratch/after"
    check "import from a pipe" sh -c "'$harden' db import /dev/stdin <'$scratch/bundle'"
else
    skip "bundles that were tampered with" "no zstd"
fi

# --- damaged stores ------------------------------------------------------------------------------------
head -c 9000 "$HARDEN_HOME/advisories/kev.mdb" >"$scratch/cut"; cp "$scratch/cut" "$HARDEN_HOME/advisories/kev.mdb"
says "a damaged store is named" 2 '^kev .*failed: .*kev.mdb is damaged' status
says "and made again" 0 '^kev +2 .*updated' build kev

# --- real feeds ----------------------------------------------------------------------------------------
if [ -n "${HARDEN_FEEDS:-}" ]; then
    fresh
    start=$(date +%s%N)
    says "real feeds" 0 '^debian' update debian alpine --mirror "file://$HARDEN_FEEDS"
    echo "    $((($(date +%s%N) - start) / 1000000)) ms"
    says "real feeds, all" 0 '^nvd' update --mirror "file://$HARDEN_FEEDS"
    says "real feeds, again" 0 'not modified' update --mirror "file://$HARDEN_FEEDS"
fi
finish
