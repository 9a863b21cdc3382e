#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git
# harden lint --changed-since against git's own answers: loose objects, packs with deltas of both
# kinds, packed refs, linked worktrees, alternates, abbreviated ids, parents, SHA-256.
. "$(dirname "$0")/lib.sh"
command -v git >/dev/null || { skip lint-git "git is not installed"; finish; exit; }
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org

# Lines with a finding, of the whole file and as --changed-since counts them.
lines() { "$harden" lint --allow-gaps --format gnu "$@" 2>&1 | grep -E 'unknown-instruction|^harden:' | cut -d: -f1,2; }
# What git says was added since a revision.
added() { # rev file
    git diff -U0 "$1" -- "$2" | awk -v f="$2" '/^@@/ { split($3, p, ","); n = substr(p[1], 2); c = p[2] == "" ? 1 : p[2]
        for (i = 0; i < c; i++) print f ":" n + i }'
}
same() { # name rev file
    local got want
    want=$(added "$2" "$3" | sort) got=$(lines --changed-since "$2" "$3" | sort)
    if [ -n "$want" ] && [ "$got" = "$want" ]; then ok "$1"; else failed "$1: want [$want] got [$got]"; fi
}
fill() { # lines from to, with a tail that makes deltas worthwhile
    seq -f 'COPI line %g of a file that is long enough for deltas' "$1" "$2"
}

repository() { # object-format
    local repo=$scratch/$1
    git init -q --object-format="$1" -b main "$repo" && cd "$repo" || return
    mkdir -p sub/dir
    fill 1 60 >sub/dir/Dockerfile
    fill 1 5 >Dockerfile
    git add . && git commit -qm one && git tag v1
    { fill 1 20; echo COPI inserted; fill 21 40; fill 50 60; } >sub/dir/Dockerfile
    git commit -qam two && git tag -a v2 -m annotated
    { echo COPI top; fill 1 10; fill 12 40; echo COPI changed; fill 51 60; echo COPI end; } >sub/dir/Dockerfile
    git commit -qam three
    sed -i '3s/line/LINE/' sub/dir/Dockerfile
    same "$1: loose, HEAD" HEAD sub/dir/Dockerfile
    same "$1: a tag" v1 sub/dir/Dockerfile
    same "$1: an annotated tag" v2 sub/dir/Dockerfile
    same "$1: HEAD~2" HEAD~2 sub/dir/Dockerfile
    same "$1: main^^" main^^ sub/dir/Dockerfile
    same "$1: an abbreviated id" "$(git rev-parse --short=7 v1)" sub/dir/Dockerfile
    git repack -adfq --depth=50 && git pack-refs --all && git prune-packed
    find .git/objects -type f -name '??????????????*' ! -name 'pack-*' | grep -q . && failed "$1: something is loose"
    for rev in HEAD v1 v2 HEAD~1 main~2 "$(git rev-parse --short=8 HEAD~2)" refs/tags/v1 @; do
        same "$1: packed, $rev" "$rev" sub/dir/Dockerfile
    done
    # Deltas that name their base by its id.
    git repack -adfq --depth=50 && git -c pack.useDeltaBaseOffset=false -c repack.useDeltaBaseOffset=false repack -adfq
    same "$1: deltas by id" v1 sub/dir/Dockerfile
    git worktree add -q "$scratch/$1-tree" v2 2>/dev/null
    cd "$scratch/$1-tree" && echo COPI more >>sub/dir/Dockerfile && same "$1: a linked worktree" v1 sub/dir/Dockerfile
    git clone -q --shared "$repo" "$scratch/$1-shared"
    cd "$scratch/$1-shared" && echo COPI more >>sub/dir/Dockerfile && same "$1: alternates" origin/main sub/dir/Dockerfile
    cd "$repo" || return
    fill 1 3 >new.Dockerfile
    check_output "$1: a new file is new as a whole" "new.Dockerfile:1 new.Dockerfile:2 new.Dockerfile:3" \
        "$(lines --changed-since HEAD new.Dockerfile | xargs)"
    check_output "$1: a file that has not changed" "" "$(lines --changed-since HEAD Dockerfile)"
    check_exit "$1: no such revision" 2 "$harden" lint --changed-since no-such Dockerfile
    check_exit "$1: too far back" 2 "$harden" lint --changed-since HEAD~99 Dockerfile
    pack=$(ls .git/objects/pack/*.pack)
    chmod u+w "$pack" && printf 'damaged!damaged!' | dd of="$pack" bs=1 seek=40 conv=notrunc status=none
    "$harden" lint --changed-since v1 . >/dev/null 2>&1
    check_output "$1: a damaged pack is an error or a gap" yes "$(case $? in [123]) echo yes ;; esac)"
}
check_output() { if [ "$2" = "$3" ]; then ok "$1"; else failed "$1: want [$2] got [$3]"; fi; }

# Of commits alone in a pack, one is the first of its index and one the last.
every_commit() { # object-format
    local id unknown=0 repo=$scratch/$1-empty
    git init -q --object-format="$1" -b main "$repo" && cd "$repo" || return
    for id in 1 2 3 4 5 6 7 8 9 10; do git commit -q --allow-empty -m "$id"; done
    git repack -adfq && git prune-packed
    fill 1 3 >Dockerfile
    for id in $(git rev-list HEAD); do
        [ "$(lines --changed-since "${id::9}" Dockerfile | xargs)" = "Dockerfile:1 Dockerfile:2 Dockerfile:3" ] || unknown=$((unknown + 1))
    done
    check_output "$1: every commit by its first digits" 0 "$unknown"
}

repository sha1
every_commit sha1
git init -q --object-format=sha256 "$scratch/probe" 2>/dev/null && repository sha256 && every_commit sha256
cd "$scratch" || exit
check_exit "outside of any repository" 2 "$harden" lint --changed-since HEAD --stdin-filename Dockerfile -
finish
