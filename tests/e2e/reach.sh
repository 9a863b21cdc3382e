#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: root python3 gcc ldd strace unshare
# What an entry point reaches: the libraries are those that the loader itself finds (ldd in the
# root); whatever real runs start, map and read is in use; scripts and PATH are followed, and a shell
# or nothing as the entry point tells nothing.
. "$(dirname "$0")/lib.sh"
root=$(debian_root bookworm) || { failed "debian_root"; finish; exit 1; }
mkdir -p "$scratch/more/srv"
printf '#!/bin/bash\nset -e\n# gzip is only spoken of\nif [ -n "$X" ]; then\n  tar -cf - . | sha256sum\nfi\nexec "$@"\n' >"$scratch/more/srv/start"
chmod 755 "$scratch/more/srv/start"
cat >"$scratch/more/srv/lib.sh" <<'EOF'
# Sourced: functions and a variable, no first line.
checker=sha256sum
with() { local tool=$1; shift; "$tool" "$@" || true; }
EOF
cat >"$scratch/more/srv/entry" <<'EOF'
#!/usr/bin/env -S bash -e
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"
: "${PACK:=gzip}"
find=$(command -v find)
main() {
    case ${1:-} in
    -*) set -- sort "$@" ;;
    esac
    with "$checker" /etc/passwd >/dev/null
    $PACK -c /etc/passwd | with cmp -s - /etc/passwd
    "$find" /srv/parts -type f | while read -r part; do
        case $part in *.sh) "$part" ;; *) . "$part" ;; esac
    done
    cat >/dev/null <<X
dpkg is only spoken of, but $(tac /etc/passwd | wc -l) lines are counted
X
    exec "$@"
}
main "$@"
EOF
mkdir "$scratch/more/srv/parts"
printf '#!/bin/sh\nexec perl -MPOSIX -MSocket -e "print POSIX::floor(1.5), gethostbyname(q(localhost)) ? 1 : 0"\n' >"$scratch/more/srv/parts/1.sh"
chmod 755 "$scratch/more/srv/entry" "$scratch/more/srv/parts/1.sh"
# A program that names its folders by the loader's words.
srv=$scratch/more/srv
mkdir -p "$srv"/bin "$srv"/{lib,lib64,lib/x86_64-linux-gnu}/own "$srv"/for/{x86_64,haswell,xeon_phi}
for one in "$srv"/{lib,lib64,lib/x86_64-linux-gnu}/own/libone.so "$srv"/for/{x86_64,haswell,xeon_phi}/libtwo.so; do
    echo "int $(basename "$one" .so)(void) { return 1; }" | gcc -shared -fPIC "-Wl,-soname,$(basename "$one")" -x c -o "$one" - || failed "gcc $one"
done
echo 'int libone(void), libtwo(void); int main(void) { return libone() + libtwo() - 2; }' |
    gcc -x c -o "$srv/bin/app" - -x none "$srv/lib/own/libone.so" "$srv/for/x86_64/libtwo.so" \
        "-Wl,-rpath,\$ORIGIN/../\${LIB}/own:/srv/for/\$PLATFORM" || failed "gcc app"
tar -C "$root" --exclude='./dev/*' -cf "$scratch/layer.tar" . -C "$scratch/more" ./srv

# scan_entry CONFIG: the root with that configuration; the report in report.json
scan_entry() {
    "$top/tests/e2e/layout.py" "$scratch/layout" "$1" "$scratch/layer.tar" || return 1
    "$harden" scan --packages --fail-on none --allow-gaps --format json \
        -o "$scratch/report.json" "$scratch/layout"
}
reached() { # binaries: names of those in use
    python3 -c '
import json, sys
for b in json.load(open(sys.argv[1]))["binaries"]:
    if b.get("in_use"): print("/" + b["path"])' "$scratch/report.json" | sort
}
package() { # NAME: in_use of the package, and by what
    python3 -c '
import json, sys
for p in json.load(open(sys.argv[1]))["packages"]:
    if p["name"] == sys.argv[2]: print(p.get("in_use"), p.get("reached_by"))' "$scratch/report.json" "$1"
}
# What the loader maps, links resolved.
loader() {
    chroot "$root" sh -c '{ echo "$1"; ldd "$1" | grep -oE "/[^ ]+"; } | xargs readlink -f | sort -u' _ "$1"
}
# runs NAME CONFIG COMMAND...: what that entry point really loads is in use. The run ends by itself.
runs() {
    local name=$1 config=$2 code=0; shift 2
    scan_entry "$config" || { failed "scan of $name"; return; }
    unshare --mount --net --pid --fork --kill-child sh -c '
        root=$1 more=$2 trace=$3; shift 3
        mkdir -p "$root/srv" && mount --bind "$more/srv" "$root/srv" && mount -t proc proc "$root/proc"
        exec timeout 60 strace -f -y -qq -s 256 -e trace=execve,mmap,openat,open -e signal=none -o "$trace" \
            chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"' \
        _ "$root" "$scratch/more" "$scratch/trace" "$@" >"$scratch/run.out" 2>&1 || code=$?
    [ "$code" = 0 ] || { failed "run of $name (exit $code)"; tail -3 "$scratch/run.out"; return; }
    if python3 "$top/tests/e2e/reach-loaded.py" "$root" "$scratch/report.json" "$scratch/trace" >"$scratch/loaded"; then
        ok "$name: what it loads is in use: $(tail -1 "$scratch/loaded")"
    else
        failed "$name: what it loads is in use"; sed 's/^/    /' "$scratch/loaded"
    fi
}

for program in /usr/bin/ls /usr/bin/tar /usr/bin/gpgv /usr/sbin/mke2fs; do
    scan_entry "{\"Entrypoint\": [\"$program\"]}" || failed "scan of $program"
    loader "$program" >"$scratch/expected"
    reached >"$scratch/reached"
    # Beyond them only what asks for names or opens libraries may be there.
    comm -23 "$scratch/expected" "$scratch/reached" >"$scratch/missing"
    check_same "$(basename "$program"): all that the loader maps" /dev/null "$scratch/missing"
done
scan_entry '{"Entrypoint": ["/usr/bin/sort"]}'
loader /usr/bin/sort >"$scratch/expected"
check_same "sort: nothing but what the loader maps" "$scratch/expected" <(reached)

runs "entry script" '{"Entrypoint": ["/srv/entry"], "Cmd": ["-u", "/etc/group"]}' /srv/entry -u /etc/group
check_same "spoken of in a heredoc" <(echo "False None") <(package dpkg)
runs "the loader's words" '{"Entrypoint": ["/srv/bin/app"]}' /srv/bin/app
check_same "one folder of libraries" <(echo /srv/lib/x86_64-linux-gnu/own/libone.so) <(reached | grep libone)
check_same "any processor" <(printf '/srv/for/%s/libtwo.so\n' haswell x86_64 xeon_phi) <(reached | grep libtwo)
runs "apt" '{"Entrypoint": ["apt-get", "check"]}' apt-get check
runs "dpkg" '{"Cmd": ["dpkg", "--audit"]}' dpkg --audit
runs "gconv" '{"Entrypoint": ["iconv", "-f", "KOI8-R", "-t", "UTF-16", "/etc/passwd"]}' iconv -f KOI8-R -t UTF-16 /etc/passwd
runs "PAM" '{"Entrypoint": ["su", "nobody", "-s", "/bin/sh", "-c", "id -un"]}' su nobody -s /bin/sh -c "id -un"
runs "perl" '{"Cmd": ["perl", "-MStorable", "-MFile::Temp", "-e", "1"]}' perl -MFile::Temp -MPOSIX -e 1
# It can fail: the same trace, and a report of something else.
scan_entry '{"Entrypoint": ["/usr/bin/sort"]}'
check_exit "what is not in use is seen" 1 python3 "$top/tests/e2e/reach-loaded.py" "$root" "$scratch/report.json" "$scratch/trace"

scan_entry '{"Entrypoint": ["/srv/start"], "Cmd": ["find", "/"],
             "Healthcheck": {"Test": ["CMD-SHELL", "grep -q x /etc/passwd || exit 1"]}}'
check_same "by a script" <(echo "True start -> tar") <(package tar)
check_same "its interpreter" <(echo "True start -> bash") <(package bash)
check_same "by CMD, which the script is given" <(echo "True find") <(package findutils)
check_same "by the health check" <(echo "True grep") <(package grep)
check_same "spoken of in a comment" <(echo "False None") <(package gzip)
check_same "nothing but data" <(echo "None None") <(package tzdata)
scan_entry '{"Cmd": ["/bin/bash"]}'
check_same "a shell may start anything" <(echo "None None") <(package gzip)
scan_entry '{"Cmd": ["/bin/bash", "-c", "cd / && exec gzip -d"]}'
check_same "a shell with something to do" <(echo "True gzip") <(package gzip)
check_same "what nothing starts" <(echo "False None") <(package tar)
finish
