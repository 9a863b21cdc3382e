#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 gcc
# How programs were built is told for other machines, C libraries and languages too: each compiler
# that is here makes a program with and without protection. Those that are missing are skipped.
. "$(dirname "$0")/lib.sh"
mkdir -p "$scratch/root"
cat >"$scratch/t.c" <<'EOF'
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv) { char b[64]; strcpy(b, argv[argc > 1]); return !printf("%s\n", b); }
EOF
printf 'package main\nimport "fmt"\nfunc main() { fmt.Println("x") }\n' >"$scratch/t.go"
printf 'package main\n// #include <stdio.h>\nimport "C"\nfunc main() { C.puts(C.CString("x")) }\n' >"$scratch/c.go"
printf 'fn main() { println!("{}", std::env::args().count()); }\n' >"$scratch/t.rs"
hard="-O2 -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE -pie -Wl,-z,relro,-z,now -s"
weak="-O0 -fno-stack-protector -U_FORTIFY_SOURCE -fno-pie -no-pie -Wl,-z,norelro -Wl,-z,execstack"

made=()
make_c() { # NAME COMPILER OPTIONS...
    local name=$1; shift
    command -v "$1" >/dev/null || { skip "$name" "no $1"; return; }
    if "$@" "$scratch/t.c" -o "$scratch/root/$name" 2>"$scratch/compile"; then made+=("$name"); else failed "$name"; head -3 "$scratch/compile"; fi
}
for row in x86-64:gcc aarch64:aarch64-linux-gnu-gcc arm:arm-linux-gnueabihf-gcc riscv:riscv64-linux-gnu-gcc \
    s390:s390x-linux-gnu-gcc musl:musl-gcc; do
    make_c "${row%%:*}-hard" "${row#*:}" $hard
    make_c "${row%%:*}-weak" "${row#*:}" $weak
done
make_c aarch64-bti aarch64-linux-gnu-gcc -mbranch-protection=standard -shared -fPIC -nostdlib
make_c aarch64-none aarch64-linux-gnu-gcc -mbranch-protection=none -shared -fPIC -nostdlib
make_c x86-64-cet gcc -fcf-protection=full -shared -fPIC -nostdlib
export GO111MODULE=off
make_go() { # NAME SOURCE OPTIONS...
    local name=$1 source=$2; shift 2
    command -v go >/dev/null || { skip "$name" "no go"; return; }
    if go build "$@" -o "$scratch/root/$name" "$scratch/$source" 2>"$scratch/compile"; then made+=("$name"); else failed "$name"; head -3 "$scratch/compile"; fi
}
CGO_ENABLED=0 make_go go-static t.go
CGO_ENABLED=0 make_go go-stripped t.go -trimpath -ldflags "-s -w -buildid="
CGO_ENABLED=0 make_go go-pie t.go -buildmode=pie
CGO_ENABLED=1 make_go go-cgo c.go
GOARCH=s390x CGO_ENABLED=0 make_go go-s390x t.go
make_rust() { # NAME OPTIONS...
    local name=$1; shift
    command -v rustc >/dev/null || { skip "$name" "no rustc"; return; }
    if rustc "$@" "$scratch/t.rs" -o "$scratch/root/$name" 2>"$scratch/compile"; then made+=("$name"); else failed "$name"; head -3 "$scratch/compile"; fi
}
make_rust rust-debug
make_rust rust-stripped -O -C strip=symbols -C panic=abort
make_rust rust-fixed -O -C relocation-model=static
go_version=$(go env GOVERSION 2>/dev/null)

"$harden" scan --only binary --no-cache --fail-on none --allow-gaps --format json -o "$scratch/report.json" "rootfs:$scratch/root"
told() { # NAME: what is said of it, in one line
    python3 - "$scratch/report.json" "$1" <<'EOF'
import json, sys
for b in json.load(open(sys.argv[1]))["binaries"]:
    if b["path"] == sys.argv[2]:
        yes = [key for key in ("pie", "nx", "canary", "hardened") if b.get(key)]
        print(b["machine"], b["type"], b["relro"], *yes, b.get("language", ""), b.get("toolchain", ""), *b.get("cet", []))
EOF
}
for name in "${made[@]}"; do
    machine=${name%-*}; [ "$machine" = musl ] && machine=x86-64
    case $name in
    go-static | go-stripped) want="x86-64 static no nx go $go_version" ;;
    go-pie) want="x86-64 pie partial pie nx go $go_version" ;;
    go-cgo) want="x86-64 exec partial nx go $go_version" ;;
    go-s390x) want="s390 static no nx go $go_version" ;;
    rust-fixed) want="x86-64 exec full nx rust" ;;
    rust-*) want="x86-64 pie full pie nx hardened rust" ;;
    *-hard) want="$machine pie full pie nx canary hardened" ;;
    *-weak) want="$machine exec no" ;;
    aarch64-bti) want="bti pac" ;;
    x86-64-cet) want="ibt shstk" ;;
    esac
    told "$name" | tr -s ' ' | sed 's/ $//' >"$scratch/told"
    case $name in
    aarch64-bti | x86-64-cet) check "$name" grep -q "$want\$" "$scratch/told" ;;
    aarch64-none) check_exit "$name" 1 grep -qE "bti|pac" "$scratch/told" ;;
    *) check_same "$name" <(echo "$want") "$scratch/told" ;;
    esac
done

# What cargo-auditable adds to a program: a section with a compressed list of the crates in it.
if command -v objcopy >/dev/null; then
    mkdir -p "$scratch/audited"
    python3 -c '
import json, sys, zlib
crate = lambda name, version, **more: dict(name=name, version=version, source="registry", **more)
sys.stdout.buffer.write(zlib.compress(json.dumps({"packages": [
    crate("app", "0.1.0", root=True, dependencies=[1]), crate("smallvec", "1.6.0"),
    crate("cc", "1.0.0", kind="build")]}).encode()))' >"$scratch/crates"
    gcc "$scratch/t.c" -o "$scratch/plain" 2>/dev/null &&
        objcopy --add-section .dep-v0="$scratch/crates" "$scratch/plain" "$scratch/audited/app"
    "$harden" scan --packages --no-cache --fail-on none --allow-gaps --format json -o "$scratch/crates.json" "rootfs:$scratch/audited"
    check_same "crates of a program" <(echo "pkg:cargo/smallvec@1.6.0") <(python3 -c '
import json, sys
print("\n".join(p["purl"] for p in json.load(open(sys.argv[1]))["packages"] if p["name"] != "app"))' "$scratch/crates.json")
else
    skip "crates of a program" "no objcopy"
fi
finish
