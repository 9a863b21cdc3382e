#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: root checksec hardening-check readelf
# What harden says of every program in /usr/bin and /usr/sbin of a Debian is what checksec and
# hardening-check say of it, and hardening-check of its libraries too (checksec takes long for each),
# apart from the differences that docs/BINARIES.md explains: those are written down in
# binaries-agree.py, and anything else fails.
. "$(dirname "$0")/lib.sh"
root=$(debian_root bookworm) || { failed "debian_root"; finish; exit 1; }

"$harden" scan --only binary --no-cache --fail-on none --allow-gaps --format json \
    -o "$scratch/report.json" "rootfs:$root"
find "$root/usr/bin" "$root/usr/sbin" -type f | while read -r file; do
    [ "$(head -c 4 "$file" | od -An -c | tr -d ' ')" = '177ELF' ] && echo "$file"
done | sort >"$scratch/programs"
find "$root/usr/lib" -type f -name '*.so*' | sort >"$scratch/libraries"
check "there are programs" test "$(wc -l <"$scratch/programs")" -gt 200

# Neither tool takes many files at once, and both start dozens of programs a file.
export scratch
one() {
    checksec --format=csv --file="$1" 2>/dev/null | sed "s|^|$1,|" | tail -1
}
export -f one
xargs -a "$scratch/programs" -P "$(nproc)" -I{} bash -c 'one "$1"' _ {} >"$scratch/checksec"
cat "$scratch/programs" "$scratch/libraries" |
    xargs -P "$(nproc)" -n 8 hardening-check >"$scratch/hardening" 2>/dev/null

check "checksec agrees" python3 "$top/tests/e2e/binaries-agree.py" checksec "$root" "$scratch"
check "hardening-check agrees" python3 "$top/tests/e2e/binaries-agree.py" hardening "$root" "$scratch"
# The comparison can fail: the same answers, one of them turned around.
sed -i '0,/"nx": true/s//"nx": false/' "$scratch/report.json"
check_exit "a wrong answer is seen" 1 python3 "$top/tests/e2e/binaries-agree.py" checksec "$root" "$scratch"
finish
