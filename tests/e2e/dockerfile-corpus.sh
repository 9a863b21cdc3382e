#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# needs: network
# Dockerfiles that Debian's packages ship, and those of tests/fixtures/dockerfile: no byte of them is
# lost, nothing crashes, what a real one says is understood, and fixing twice is fixing once.
. "$(dirname "$0")/lib.sh"

cache=${HARDEN_E2E_CACHE:-$top/build/e2e}/dockerfiles
limit=1000000 # bytes of a package: the large ones are sources of compilers

# apt with lists of its own, so that it also fetches which files are in which package.
own_apt() {
    local kind options=()
    for kind in amd64 all; do
        options+=(-o "Acquire::IndexTargets::deb::Files-$kind::MetaKey=\$(COMPONENT)/Contents-$kind"
            -o "Acquire::IndexTargets::deb::Files-$kind::ShortDescription=Contents-$kind"
            -o "Acquire::IndexTargets::deb::Files-$kind::Description=files of packages"
            -o "Acquire::IndexTargets::deb::Files-$kind::KeepCompressed=true")
    done
    "$@" -o "Dir::State::lists=$cache/lists" -o "Dir::Cache=$cache/apt" -o Dir::Etc::sourcelist=/dev/null \
        -o "Dir::Etc::sourceparts=$cache/sources" -o APT::Sandbox::User=root "${options[@]}"
}

fetch_corpus() {
    local list package
    mkdir -p "$cache/lists/partial" "$cache/apt/archives/partial" "$cache/sources" "$cache/packages" "$cache/files" || return 1
    printf 'deb %s bookworm main\n' "$(apt_uri main)" >"$cache/sources/main.list"
    own_apt apt-get -qq update || return 1
    for list in "$cache"/lists/*Contents*; do /usr/lib/apt/apt-helper cat-file "$list"; done |
        grep -E '(^|/)([Dd]ockerfile|[Cc]ontainerfile)([._-][^/ ]*)?[[:space:]]|\.[Dd]ockerfile[[:space:]]' |
        awk '{ sub(/.*\//, "", $NF); print $NF }' | LC_ALL=C sort -u >"$cache/names"
    while read -r package; do
        [ "$(own_apt apt-cache show "$package" | awk '/^Size:/ { print $2; exit }')" -lt "$limit" ] && echo "$package"
    done <"$cache/names" >"$cache/wanted"
    (cd "$cache/packages" && mapfile -t wanted <"$cache/wanted" && own_apt apt-get -qq download "${wanted[@]}") || return 1
    for package in "$cache"/packages/*.deb; do
        mkdir -p "$cache/files/$(basename "$package" .deb)"
        dpkg-deb --fsys-tarfile "$package" | tar -x -C "$cache/files/$(basename "$package" .deb)" --no-same-owner \
            --wildcards --no-anchored 'Dockerfile*' 'dockerfile' '*.[Dd]ockerfile' 'Containerfile*' 2>/dev/null
    done
    touch "$cache/done"
}

[ -e "$cache/done" ] || fetch_corpus >"$scratch/fetch.log" 2>&1 || { tail -5 "$scratch/fetch.log"; skip corpus "packages cannot be fetched"; finish; exit; }
find "$cache/files" "$top/tests/fixtures/dockerfile" -type f \( -name 'Dockerfile*' -o -name dockerfile -o -iname '*.dockerfile' -o -name 'Containerfile*' \) ! -name '*.gz' |
    LC_ALL=C sort >"$scratch/list"
echo "$(wc -l <"$scratch/list") Dockerfiles"

check "there are hundreds of them" test "$(wc -l <"$scratch/list")" -ge 150
check "no byte is lost" xargs -a "$scratch/list" "$build/dockerfile_check"
cp "$scratch/check.out" "$scratch/counts"
# Templates and tests of errors apart, Docker takes them all, and so do we.
unread=$(awk '$3 > 0' "$scratch/counts" | grep -cvE 'testfiles|/testdata/|\.(tmpl|template|erb|j2|in|md|unknown|jsf|kak|vim)')
check "what packages ship is understood ($unread are not)" test "$unread" -le 3

# Each for itself, so that one that stops everything is seen.
worst=0
while read -r file; do
    "$harden" lint --format json --fail-on none "$file" >"$scratch/lint.json" 2>&1 || worst=$?
    [ "$worst" = 0 ] || [ "$worst" = 3 ] || { echo "    $file: exit $worst"; break; }
done <"$scratch/list"
check "each is linted" test "$worst" = 0 -o "$worst" = 3

# With their own build context gone, and with what only a person would ask for as well.
mkdir "$scratch/fix"
for level in safe unsafe; do
    again=0 unread=0
    options=(--quiet --write)
    [ $level = safe ] || options+=(--unsafe --enable all)
    while read -r file; do
        cp "$file" "$scratch/fix/Dockerfile"
        "$harden" fix "${options[@]}" "$scratch/fix/Dockerfile" >/dev/null 2>&1
        cp "$scratch/fix/Dockerfile" "$scratch/once"
        "$harden" fix "${options[@]}" "$scratch/fix/Dockerfile" >/dev/null 2>&1
        cmp -s "$scratch/once" "$scratch/fix/Dockerfile" || { echo "    $file"; again=$((again + 1)); }
        "$build/dockerfile_check" "$scratch/once" >/dev/null 2>&1 || { echo "    $file"; unread=$((unread + 1)); }
    done <"$scratch/list"
    check "$level: fixing twice is fixing once" test "$again" = 0
    check "$level: what was repaired loses no byte" test "$unread" = 0
done
finish
