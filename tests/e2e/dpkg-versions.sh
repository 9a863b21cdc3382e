#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: none
# Our dpkg version order and validity against dpkg's own: generated versions, near misses of real
# ones, and the real versions of this machine's apt lists.
. "$(dirname "$0")/lib.sh"
command -v dpkg >/dev/null || { skip dpkg-versions "no dpkg here"; finish; exit; }
vercmp=$build/vercmp

# Pairs from an alphabet that hits every rule; half of them share a stem, or few would be close.
generate() { # seed count
    awk -v seed="$1" -v count="$2" 'BEGIN {
        srand(seed); split("~ + - . : 0 0 1 2 9 10 007 a b z A rc ~~ -1 +b1 ~deb12u1", piece, " ")
        n = length(piece)
        for (i = 0; i < count; i++) {
            stem = int(rand() * 10); a = b = stem
            while (rand() < 0.5) { stem = piece[1 + int(rand() * n)]; a = a stem; b = b stem }
            while (rand() < 0.7) a = a piece[1 + int(rand() * n)]
            while (rand() < 0.7) b = b piece[1 + int(rand() * n)]
            if (rand() < 0.1) a = int(rand() * 3) ":" a
            if (rand() < 0.1) b = int(rand() * 3) ":" b
            print a, b
        }
    }'
}

dpkg_order() {
    while read -r a b; do
        if dpkg --compare-versions "$a" lt "$b"; then echo '<'
        elif dpkg --compare-versions "$a" gt "$b"; then echo '>'
        else echo '='; fi
    done
}
dpkg_valid() { while read -r v; do dpkg --validate-version "$v" 2>/dev/null && echo valid || echo invalid; done; }

compare_orders() { # name pairs-file
    dpkg_order <"$2" >"$scratch/theirs"
    "$vercmp" dpkg <"$2" >"$scratch/ours"
    paste -d' ' "$2" "$scratch/theirs" >"$scratch/want"
    paste -d' ' "$2" "$scratch/ours" >"$scratch/got"
    check_same "$1: $(wc -l <"$2") pairs" "$scratch/want" "$scratch/got"
}

generate "${SEED:-1}" 3000 >"$scratch/all"
tr ' ' '\n' <"$scratch/all" >"$scratch/words"
dpkg_valid <"$scratch/words" >"$scratch/theirs"
"$vercmp" dpkg <"$scratch/words" >"$scratch/ours"
paste -d' ' "$scratch/words" "$scratch/theirs" >"$scratch/want"
paste -d' ' "$scratch/words" "$scratch/ours" >"$scratch/got"
check_same "validity of $(wc -l <"$scratch/words") versions" "$scratch/want" "$scratch/got"
check "both kinds occur" test "$(sort -u "$scratch/theirs" | wc -l)" = 2

# Only valid versions have an order.
paste -d' ' - - <"$scratch/theirs" | paste -d' ' "$scratch/all" - |
    awk '$3 == "valid" && $4 == "valid" { print $1, $2 }' >"$scratch/pairs"
compare_orders generated "$scratch/pairs"

# All versions that the archives offer, each with its neighbour in a shuffled list.
apt-cache dumpavail 2>/dev/null | awk '$1 == "Version:" { print $2 }' | sort -u |
    shuf --random-source=<(yes "${SEED:-1}") >"$scratch/real"
if [ "$(wc -l <"$scratch/real")" -gt 1 ]; then
    "$vercmp" dpkg <"$scratch/real" | sort -u >"$scratch/kinds"
    check "all $(wc -l <"$scratch/real") versions of the archives are valid" test "$(cat "$scratch/kinds")" = valid
    paste -d' ' "$scratch/real" <(tail -n +2 "$scratch/real"; head -1 "$scratch/real") | head -1500 >"$scratch/pairs"
    compare_orders "archive versions" "$scratch/pairs"
    # Neighbours that differ in little: the same version with its tail cut or changed.
    head -500 "$scratch/real" | awk '{ print $1, $1 "+b1"; print $1 "~1", $1; t = $1; sub(/[0-9]+$/, "10", t); print $1, t }' >"$scratch/pairs"
    compare_orders "near misses" "$scratch/pairs"
else
    skip "archive versions" "no apt lists"
fi
finish
