#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: dash
# The shell parser against the shells, over every script of this machine: it complains about a
# script exactly where bash or dash does; and it finds the same commands, with the same words, in a
# script as it stands and in what bash prints of its own tree of it (declare -f).
. "$(dirname "$0")/lib.sh"
tree=$build/shelltree

scripts() { # shell
    find /usr/bin /usr/sbin /usr/local/bin /usr/share /usr/lib /etc /var/lib/dpkg/info -xdev -type f \
        -size -200k ! -path '*/python3*' -exec grep -lIE -m1 "^#! ?/(usr/)?bin/(env +)?$1( |\$)" {} + 2>/dev/null |
        while IFS= read -r file; do
            head -n 1 "$file" | grep -qE "^#! ?/(usr/)?bin/(env +)?$1( |\$)" && echo "$file"
        done | sort
}

verdicts() { # shell, for the files of standard input: "good FILE" or "bad FILE"
    while IFS= read -r file; do
        if "$1" -n "$file" 2>/dev/null; then echo "good $file"; else echo "bad $file"; fi
    done
}
ours() { # dialect, for the files of standard input
    while IFS= read -r file; do
        if [ -z "$("$tree" "$1" --problems "$file")" ]; then echo "good $file"; else echo "bad $file"; fi
    done
}

for shell in bash sh; do
    scripts "$shell" >"$scratch/$shell.list"
    [ "$(wc -l <"$scratch/$shell.list")" -gt 20 ] || { failed "too few scripts of $shell were found"; continue; }
    program=$shell; [ "$shell" = sh ] && program=dash
    verdicts "$program" <"$scratch/$shell.list" >"$scratch/$shell.want"
    ours "$shell" <"$scratch/$shell.list" >"$scratch/$shell.got"
    check_same "$(wc -l <"$scratch/$shell.list") scripts of $shell: sound and broken ones as $program has it" \
        "$scratch/$shell.want" "$scratch/$shell.got"
done

# Commands and words, without what stands between commands; blanks in words are one.
words() { "$tree" bash --words "$1" | sort; }
compared=0 different=0
while read -r verdict file; do
    [ "$verdict" = good ] || continue
    # What declare -f prints otherwise by itself: aliases of quoting, and documents in documents.
    grep -qE '\$"|<<-?[^<]*<<|coproc|select |^\}\)' "$file" && continue
    { echo 'body() {'; cat "$file"; echo; echo '}'; } >"$scratch/script"
    { cat "$scratch/script"; echo 'declare -f body'; } >"$scratch/ask"
    bash --norc "$scratch/ask" >"$scratch/printed" 2>/dev/null </dev/null || continue
    words "$scratch/script" >"$scratch/a"; words "$scratch/printed" >"$scratch/b"
    compared=$((compared + 1))
    if ! cmp -s "$scratch/a" "$scratch/b"; then
        different=$((different + 1))
        [ "$different" -le 3 ] && { echo "    $file"; diff "$scratch/a" "$scratch/b" | head -6 | sed 's/^/    /'; }
    fi
done <"$scratch/bash.want"
if [ "$compared" -gt 20 ] && [ "$different" = 0 ]; then
    ok "$compared scripts: the commands that bash itself prints"
else
    failed "$compared scripts compared with what bash prints of them, $different differ"
fi
finish
