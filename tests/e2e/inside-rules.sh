#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: root python3 gcc objcopy setcap
# An image with everything that the rules about files, permissions and binaries look for, and one
# with the same files done right: every rule is seen once on the one, and none on the other.
. "$(dirname "$0")/lib.sh"

program='#include <sys/socket.h>
#include <string.h>
#include <stdio.h>
int main(int argc, char **argv) { char b[64]; strcpy(b, argv[argc - 1]); puts(b);
    return listen(0, 1); }'
weak=(-O0 -fno-stack-protector -U_FORTIFY_SOURCE -no-pie "-Wl,-z,norelro")
strong=(-O2 -fstack-protector-all -D_FORTIFY_SOURCE=2 -fPIE -pie "-Wl,-z,relro,-z,now")
build_one() { # FILE OPTION...
    local to=$1; shift
    gcc -w "$@" -x c -o "$to" - <<<"$program" || failed "gcc $*"
}
# make_root FOLDER: what both have.
make_root() {
    mkdir -p "$1"/{etc,dev,proc,sys,run,srv,tmp,usr/bin,usr/lib,usr/local/bin,usr/sbin,var}
    chmod 1777 "$1/tmp"
    ln -s usr/bin "$1/bin"; ln -s usr/sbin "$1/sbin"; ln -s usr/lib "$1/lib"; mkdir "$1/lib64"
    cp -L /lib64/ld-linux-x86-64.so.2 "$1/lib64/"
    cp -L /lib/x86_64-linux-gnu/libc.so.6 "$1/usr/lib/"
    printf 'root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/srv:/bin/false\n' >"$1/etc/passwd"
    printf 'ID=debian\nVERSION_ID=12\n' >"$1/etc/os-release"
}
# scan_root FOLDER CONFIG [LAYER]: ids of what was found, and "id path" in scratch/found.
scan_root() {
    tar -C "$1" --xattrs --xattrs-include='*' --format=posix -cf "$scratch/$(basename "$1").tar" .
    rm -f "$scratch/$(basename "$1").tar.sha256"
    rm -rf "$scratch/layout"
    "$top/tests/e2e/layout.py" "$scratch/layout" "$2" "$scratch/$(basename "$1").tar" ${3+"$3"}
    "$harden" scan --only binary,permission,config --no-cache --fail-on none --allow-gaps --format json \
        -o "$scratch/report.json" "$scratch/layout"
    python3 -c '
import json, sys
for f in json.load(open(sys.argv[1]))["findings"]:
    if f["status"] == "open": print(f["id"], f["severity"], f.get("location", {}).get("path", "-"))' "$scratch/report.json" |
        grep -E '^(binary|permission|content|package)/' | sort
}

bad=$scratch/bad good=$scratch/good
make_root "$bad"
build_one "$bad/usr/bin/server" "${weak[@]}" -z execstack -Wl,-rpath,lib
build_one "$bad/usr/bin/tool" "${weak[@]}"
build_one "$bad/usr/bin/find" "${strong[@]}"
build_one "$bad/usr/bin/su" "${strong[@]}"
build_one "$bad/usr/bin/ping" "${strong[@]}"
build_one "$bad/usr/bin/lost" "${strong[@]}" -Wl,--dynamic-linker,/lib/ld-musl-x86_64.so.1
chmod 4755 "$bad"/usr/bin/{tool,find,su}
setcap cap_net_raw,cap_sys_admin+ep "$bad/usr/bin/ping"
for name in gcc curl apt sh; do printf '#!/bin/false\n' >"$bad/usr/bin/$name"; chmod 755 "$bad/usr/bin/$name"; done
echo x >"$bad/etc/app.conf"; chmod 666 "$bad/etc/app.conf"
mkdir "$bad/var/open"; chmod 777 "$bad/var/open" "$bad/usr/local/bin"
chown 1000 "$bad/usr/lib"
mknod "$bad/srv/disk" b 8 0
rmdir "$bad/sys"; ln -s tmp "$bad/sys"
mkdir -p "$bad/srv/.git" "$bad/root/.cache/pip"
echo x >"$bad/srv/.git/config"; echo x >"$bad/root/.cache/pip/x"; echo x >"$bad/srv/Dockerfile"; echo x >"$bad/srv/a.bak"
python3 - "$bad/srv/core" <<'EOF'
import struct, sys
# The header of a core file (ET_CORE) of x86-64, without segments.
open(sys.argv[1], "wb").write(b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 4, 62, 1, 0, 0, 0, 0, 64, 56, 0, 64, 0, 0))
EOF
# Of the programs of a package one is as its database says, one is not.
mkdir -p "$bad/var/lib/dpkg/info"
printf 'Package: tools\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n' >"$bad/var/lib/dpkg/status"
{ (cd "$bad" && md5sum usr/bin/lost); echo 'd41d8cd98f00b204e9800998ecf8427e  bin/tool'; } >"$bad/var/lib/dpkg/info/tools.md5sums"
head -c 3000000 /dev/urandom >"$bad/srv/large"
mkdir -p "$scratch/upper/srv"; : >"$scratch/upper/srv/.wh.large"
tar -C "$scratch/upper" -cf "$scratch/upper.tar" .
cat >"$scratch/expected" <<'EOF'
binary/executable-memory medium usr/bin/server
binary/library-path high usr/bin/server
binary/missing-interpreter low usr/bin/lost
binary/unprotected info lib64/ld-linux-x86-64.so.2
binary/unprotected-service low usr/bin/server
binary/unprotected-setuid low usr/bin/tool
content/backup-file low srv/a.bak
content/build-file info srv/Dockerfile
content/cache info root/.cache/pip
content/compiler low -
content/core-dump medium srv/core
content/network-tool info -
content/package-manager info -
content/shell info -
content/version-control medium srv/.git
content/wasted-space info -
package/not-reached info -
permission/changed-file medium usr/bin/tool
permission/device-node medium srv/disk
permission/file-capability high usr/bin/ping
permission/path-writable high usr/local/bin
permission/setuid info usr/bin/su
permission/setuid-unusual critical usr/bin/find
permission/setuid-unusual medium usr/bin/tool
permission/system-link high sys
permission/world-writable-file high etc/app.conf
permission/world-writable-folder medium var/open
permission/writable-code medium usr/lib
EOF
config='{"Entrypoint": ["server"], "User": "app", "Env": ["PATH=/usr/local/bin:/usr/bin"]}'
check_same "everything that is wrong" "$scratch/expected" <(scan_root "$bad" "$config" "$scratch/upper.tar")
check "the deleted file is named" grep -q 'layer 1 (1 file, the largest /srv/large of 2.9 MiB)' "$scratch/report.json"
check "capabilities are named" grep -q 'runs with NET_RAW (.*SYS_ADMIN' "$scratch/report.json"

make_root "$good"
for name in server su; do build_one "$good/usr/bin/$name" "${strong[@]}"; done
gcc -shared -o "$good/usr/lib/libc.so.6" -O2 -fPIC -fstack-protector-all -Wl,-z,relro,-z,now -x c - <<<'void f(char *x) { char y[9]; for (int i = 0; i < 9; i++) y[i] = x[i]; x[0] = y[3]; }'
cp "$good/usr/lib/libc.so.6" "$good/lib64/ld-linux-x86-64.so.2"
check_same "nothing that is wrong" /dev/null <(scan_root "$good" "$config")
# A program longer than what is held of a stream, with its tables in the middle: packed or not.
head -c 30000000 /dev/urandom >"$scratch/filler"
{ echo "$program"; echo 'asm(".section .rodata\n.zero 41943040\n.text\n");'; } |
    gcc -w -g "${strong[@]}" -x c -o "$scratch/long" -
objcopy --add-section .filler="$scratch/filler" "$scratch/long" "$good/usr/bin/long"
scan_root "$good" "$config" >/dev/null
binaries() { python3 -c 'import json, sys; print(json.dumps(json.load(open(sys.argv[1]))["binaries"], indent=1))' "$scratch/report.json"; }
binaries >"$scratch/expected"
check "the long program is among them" grep -q usr/bin/long "$scratch/expected"
tar -C "$scratch/layout" -czf "$scratch/layout.tgz" .
"$harden" scan --only binary,permission,config --no-cache --fail-on none --allow-gaps --format json -o "$scratch/report.json" "$scratch/layout.tgz"
check_same "a long program in a stream" "$scratch/expected" <(binaries)
# The same rights as a root file system shows them.
"$harden" scan --only permission --no-cache --fail-on none --allow-gaps --format json -o "$scratch/report.json" "rootfs:$bad"
check "capabilities of a file in a folder" grep -q 'runs with NET_RAW (.*SYS_ADMIN' "$scratch/report.json"
finish
