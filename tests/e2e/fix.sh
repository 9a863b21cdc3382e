#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: none
# `harden fix` on every Dockerfile of the fixtures and on some of its own: fixing twice changes
# nothing more, no rule finds more than before, comments stay, and the diff says what --write does.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 2
export HOME=$scratch # no settings of the user's own

ids() { "$harden" lint --fail-on none --allow-gaps --format json "$1" |
    python3 -c 'import json,sys,collections
c=collections.Counter(f["id"] for f in json.load(sys.stdin)["findings"] if f["status"]=="open")
print("\n".join(f"{k} {v}" for k,v in sorted(c.items())))'; }

# Every id of the second list is in the first, as often or oftener.
no_more() { python3 - "$1" "$2" <<'END'
import sys
read = lambda p: dict((l.split()[0], int(l.split()[1])) for l in open(p) if l.strip())
before, after = read(sys.argv[1]), read(sys.argv[2])
worse = {k: v for k, v in after.items() if v > before.get(k, 0)}
print(worse)
sys.exit(bool(worse))
END
}

try() { # NAME FILE
    local name=$1 level
    for level in "" --unsafe; do
        local once=once$level twice=twice$level
        # shellcheck disable=SC2086 # no word where there is no level
        "$harden" fix --quiet $level --stdin-filename Dockerfile - <"$2" >"$once" 2>err ||
            { failed "$name $level"; head -3 err; continue; }
        # shellcheck disable=SC2086
        "$harden" fix --quiet $level --stdin-filename Dockerfile - <"$once" >"$twice"
        check_same "$name ${level:-safe}: twice is once" "$once" "$twice"
        mkdir -p a b; cp "$2" a/Dockerfile; cp "$once" b/Dockerfile
        ids a/Dockerfile >before.ids; ids b/Dockerfile >after.ids
        check "$name ${level:-safe}: nothing new" no_more before.ids after.ids
        grep -E '^[[:space:]]*#' "$2" | sort >before.comments
        grep -E '^[[:space:]]*#' "$once" | sort >after.comments
        check "$name ${level:-safe}: comments stay" test -z "$(comm -23 before.comments after.comments)"
    done
}

cat >mixed.Dockerfile <<'END'
# A little of everything.
from debian:12 as Build
MAINTAINER me <me@example.org>
ENV GREETING hello world
ADD src /src
ADD main.py requirements.txt /app
RUN apt-get update

# the tools
RUN apt install curl \
    vim
RUN pip install -r requirements.txt && wget http://example.org/x.tar.gz
ARG NPM_TOKEN
RUN echo "//r/:_authToken=${NPM_TOKEN}" > .npmrc && npm ci
EXPOSE 8080/TCP
CMD echo one
CMD python3 /app/main.py
END
printf 'FROM alpine:3.4\r\nRUN apk update && apk add curl && apk add vim && apk add git\r\n' >crlf.Dockerfile
printf 'FROM debian:12\nRUN <<EOF\napt-get update\napt-get install -y curl\nEOF\nCOPY --chmod=600 key /k\nCMD exec app' >heredoc.Dockerfile

printf 'FROM alpine:3.4\n\nRUN apk update && apk add curl && apk add vim && apk add git\n' >tutorial.Dockerfile
"$harden" fix --quiet --unsafe - <tutorial.Dockerfile >tutorial.fixed
check "a package that stands alone goes with its command" grep -q \
    '^RUN apk add --no-cache curl && apk add --no-cache git && ' tutorial.fixed

# Without the list `apk upgrade` does nothing, and does not say so.
printf 'FROM alpine:3.20\nRUN apk update && apk add curl && apk upgrade\n' >upgrade.Dockerfile
"$harden" fix --quiet - <upgrade.Dockerfile >upgrade.fixed
check "apk update stays where apk upgrade needs it" grep -q \
    '^RUN apk update && apk add --no-cache curl && apk upgrade$' upgrade.fixed

for file in ./*.Dockerfile "$top"/tests/fixtures/dockerfile/*; do
    [ -f "$file" ] && try "$(basename "$file")" "$file"
done

# The diff is a patch, and --write keeps mode and links.
mkdir -p work && cp mixed.Dockerfile work/Dockerfile.real && chmod 640 work/Dockerfile.real
ln -s Dockerfile.real work/Dockerfile
(cd work && "$harden" fix --quiet - <Dockerfile.real >../want
 "$harden" fix Dockerfile 2>/dev/null >../patch)
check "the diff applies" patch -s -p1 -d work -o "$scratch/patched" -i "$scratch/patch" --follow-symlinks
check_same "the diff says what is fixed" want patched
check "--write" sh -c 'cd work && "$0" fix --write Dockerfile' "$harden"
check_same "--write does it" want work/Dockerfile.real
check "a link stays a link" test -L work/Dockerfile
check "the mode stays" test "$(stat -c %a work/Dockerfile.real)" = 640
check "no temporary file is left" test "$(find work -type f | wc -l)" = 1
check_exit "--check: nothing left" 0 "$harden" fix --check --quiet work/Dockerfile
check_exit "--check: something to do" 1 "$harden" fix --check --quiet mixed.Dockerfile
check_exit "a file that is not there" 2 "$harden" fix nowhere/Dockerfile
check_exit "a lock that is none" 2 "$harden" fix --lock mixed.Dockerfile mixed.Dockerfile

# What is no regular file is read, and never replaced: a device or a pipe would be gone.
mkfifo pipe
cat mixed.Dockerfile >pipe &
check_exit "a pipe is not replaced" 2 "$harden" fix --write pipe
wait
check "it is still there" test -p pipe
check "and nothing beside it" test -z "$(find . -maxdepth 1 -name 'pipe?*')"
rm pipe

# Digests of a lock file are pinned, only when asked for what is to be reviewed.
digest=sha256:$(printf app | sha256sum | cut -d' ' -f1)
echo "debian:12@$digest" >lock
printf 'FROM debian:12\nUSER 10001\n' >pin.Dockerfile
check "a digest is pinned" sh -c '"$0" fix --quiet --unsafe --lock lock - <pin.Dockerfile | grep -qx "FROM debian:12@$1"' "$harden" "$digest"
check "not without --unsafe" sh -c '"$0" fix --quiet --lock lock - <pin.Dockerfile | cmp - pin.Dockerfile' "$harden"

finish
