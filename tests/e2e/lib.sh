# SPDX-License-Identifier: Apache-2.0
# Shared by the end-to-end scripts: `. "$(dirname "$0")/lib.sh"`, checks, then `finish`.
# A script starts with a line "# needs: docker root network" (or "none").
set -u
export LC_ALL=C.UTF-8
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
harden=${HARDEN:-$top/build/harden}
# Of a build with sanitizers: leaks of other people's libraries are not ours to mend.
export LSAN_OPTIONS=suppressions=$top/tests/lsan.supp:print_suppressions=0
build=$(dirname "$harden") # also the folder of the programs of tests/tools/
passed=0 failed=0 skipped=0

scratch=$(mktemp -d "${TMPDIR:-/tmp}/harden-e2e-XXXXXX")
export HARDEN_HOME=$scratch/home
at_exit=()
cleanup() {
    local step
    for step in "${at_exit[@]+"${at_exit[@]}"}"; do eval "$step"; done
    rm -rf "$scratch"
}
trap cleanup EXIT

ok() { passed=$((passed + 1)); echo "ok $1"; }
failed() { failed=$((failed + 1)); echo "FAILED $1"; }
skip() { skipped=$((skipped + 1)); echo "skipped $1: $2"; }

# check NAME COMMAND...: the command succeeds.
check() {
    local name=$1; shift
    if "$@" >"$scratch/check.out" 2>&1; then ok "$name"; else failed "$name"; sed 's/^/    /' "$scratch/check.out" | head -20; fi
}
# check_exit NAME CODE COMMAND...
check_exit() {
    local name=$1 want=$2 got=0; shift 2
    "$@" >"$scratch/check.out" 2>&1 || got=$?
    if [ "$got" = "$want" ]; then ok "$name"; else failed "$name (exit $got, not $want)"; sed 's/^/    /' "$scratch/check.out" | head -20; fi
}
# check_same NAME FILE FILE: equal files; shows how they differ.
check_same() {
    if diff -u "$2" "$3" >"$scratch/check.diff" 2>&1; then ok "$1"; else failed "$1"; head -40 "$scratch/check.diff" | sed 's/^/    /'; fi
}

finish() {
    # As root, whatever renames a file over it would spoil all that comes after.
    [ -c /dev/null ] || failed "/dev/null is a device"
    echo "$(basename "$0" .sh): $passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ]
}

# The archives that this machine's own apt uses: "URI" of main and of security updates.
apt_uri() { # main | security
    apt-get indextargets 'Created-By: Packages' --format '$(REPO_URI) $(RELEASE) $(LABEL)' 2>/dev/null |
        awk -v want="$1" '$3 == "Debian" && want == "main" { print $1; exit }
                          $3 == "Debian-Security" && want == "security" { print $1; exit }' | sed 's,/*$,,'
}

# A minimal Debian root of that release, made once and kept: prints its folder. Of scripts that want
# the same at the same time, one makes it and the others wait.
debian_root() {
    local suite=$1 cache=${HARDEN_E2E_CACHE:-$top/build/e2e}
    mkdir -p "$cache"
    (
        flock 8
        [ -e "$cache/$suite.done" ] && exit
        rm -rf "${cache:?}/$suite"
        debootstrap --variant=minbase "$suite" "$cache/$suite" "$(apt_uri main)" >"$cache/$suite.log" 2>&1 ||
            { tail -5 "$cache/$suite.log" >&2; exit 1; }
        touch "$cache/$suite.done"
    ) 8>"$cache/$suite.lock" || return 1
    echo "$cache/$suite"
}

# The same as an image of the local engine: prints its reference.
debian_image() {
    local suite=$1 root ref=harden-e2e/debian:$1
    if ! docker image inspect "$ref" >/dev/null 2>&1; then
        root=$(debian_root "$suite") || return 1
        tar -C "$root" --exclude='./dev/*' -c . |
            docker import --change 'CMD ["/bin/sh"]' - "$ref" >/dev/null || return 1
    fi
    echo "$ref"
}

# An image of nothing but a static busybox; fails where there is none. busybox_image NAME
busybox_image() {
    local busybox tool
    busybox=$(command -v busybox)
    [ -n "$busybox" ] && ! ldd "$busybox" >/dev/null 2>&1 || return 1
    mkdir -p "$scratch/image/bin" "$scratch/image/www"
    cp "$busybox" "$scratch/image/bin/busybox"
    for tool in sh nc httpd sleep timeout; do ln -sf busybox "$scratch/image/bin/$tool"; done
    tar -C "$scratch/image" -c . | docker import --change 'ENV PATH=/bin' - "$1" >/dev/null
}
