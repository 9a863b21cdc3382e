#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker root
# Quotes, variables, continuations and folders of a Dockerfile come out as the engine has them in the
# image that it builds.
. "$(dirname "$0")/lib.sh"

image=harden-e2e/values:1
at_exit+=("docker image rm -f $image >/dev/null 2>&1")
mkdir "$scratch/context"
cat >"$scratch/context/Dockerfile" <<'FILE'
FROM scratch
ARG g=glob
ENV e= v=abc p=a/b/c.tar.gz
ENV q1="$v d" q2='$v d' q3=\$v q4="\$v" q5=a\ b q6="a\"b" q7=a"b c"d q8='a\b' q9="a\b"
ENV m1=${e:-w} m2=${u:-$v} m3=${v:+x} m4=${u:+x} m5=${g} m6=$g$v m7=${v}x m8=a$ m9=$/x m0=${u:-"a b"}
ENV n1=$v$v n2=${u}x n3='' n4="" n5=a=b=c n6=${e:+${v}} n7=${v:-${u:-y}} n8=$1x
ENV old   two words "quoted"
ENV old2 'single' $v
ENV c1=1 \
    # comment
    c2=2 \

    c3="x \
  y"
ENV v=new w=$v
ENV z=$v
LABEL a.b="l $v" "c d"=e f='g h'
USER ${u:-7}:$g
WORKDIR /a
WORKDIR $v/./d/../e
FILE
docker build -q -t "$image" "$scratch/context" >"$scratch/build.log" 2>&1 || { failed "it is built"; cat "$scratch/build.log"; finish; exit; }
docker image inspect "$image" | python3 -c '
import json, sys
config = json.load(sys.stdin)[0]["Config"]
for pair in config["Env"]:
    if not pair.startswith("PATH="):
        print("ENV", pair)
for name, value in config["Labels"].items():
    print(f"LABEL {name}={value}")
print("USER", config["User"])
print("WORKDIR", config["WorkingDir"])' | LC_ALL=C sort >"$scratch/engine"
# The last value of a name is the one that the image has.
"$build/dockerfile_check" --values "$scratch/context/Dockerfile" |
    awk '{ name = $0; sub(/=.*/, "", name); if (/^(USER|WORKDIR) /) name = $1; last[name] = $0 } END { for (n in last) print last[n] }' |
    LC_ALL=C sort >"$scratch/ours"
check_same "values are those of the engine" "$scratch/engine" "$scratch/ours"
check "there are as many as were written" test "$(wc -l <"$scratch/engine")" -ge 40
finish
