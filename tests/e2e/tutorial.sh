#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker root busybox
# examples/tutorial from its first command to its last: lint, explain, fix, both builds, and what is
# better about the image. Where no registry can be reached, a stand-in takes the place of alpine:3.4.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 2
export HOME=$scratch
cp "$top/examples/tutorial/Dockerfile" . || exit 2

base=alpine:3.4
if docker image inspect "$base" >/dev/null 2>&1 &&
    ! docker image inspect -f '{{.Comment}}' "$base" | grep -q 'made by harden'; then
    skip "tutorial" "this engine has an $base of its own, which is left alone"
    finish
    exit
fi
at_exit+=("docker image rm -f $base harden-e2e/tutorial:before harden-e2e/tutorial:after >/dev/null 2>&1")
"$top/examples/tutorial/stand-in" "$base" || { failed "the stand-in is made"; finish; exit; }

check_exit "lint finds something serious" 1 "$harden" lint Dockerfile
"$harden" lint --fail-on none --format gnu Dockerfile >found
for rule in no-user base-end-of-life apk-cache-left tool-left-in-image; do
    check "it finds dockerfile/$rule" grep -q "dockerfile/$rule" found
done
check "what it finds can be explained" sh -c '"$0" explain dockerfile/no-user | grep -q "USER 65532"' "$harden"
check "no line is wider than the terminal" sh -c '! COLUMNS=80 "$0" lint Dockerfile | grep -E "^.{81}"' "$harden"

build() { DOCKER_BUILDKIT=0 docker build -q --network none -t "$1" . >build.log 2>&1; }
ids() { "$harden" scan --offline --fail-on none --allow-gaps --format json "docker:$1" >"$2.json" &&
    python3 -c 'import json, sys
print("\n".join(sorted({f["id"] for f in json.load(open(sys.argv[1]))["findings"] if f["status"] == "open"})))' \
        "$2.json" >"$2"; }
check "it builds as it was" build harden-e2e/tutorial:before
if docker run --rm "$base" id >run.log 2>&1; then
    check_exit "both versions are built and compared" 0 sh -c \
        '"$0" fix --unsafe --verify-build Dockerfile >diff 2>notes' "$harden"
    check "the list of packages is gone" grep -q 'only before: /var/cache/apk/APKINDEX' notes
    check "so is the editor" grep -q 'package only before: vim' notes
    check "the user is new" grep -q '^+USER 10001:10001' diff
    check "nothing came that was not there" sh -c '! grep "only after" notes'
else
    skip "fix --verify-build" "the engine's default network does not work: $(grep -m1 . run.log)"
fi
check_exit "fix changes the file" 0 "$harden" fix --quiet --unsafe --write Dockerfile
check_exit "there is nothing more to fix" 0 "$harden" fix --quiet --unsafe --check Dockerfile
check "it builds as it is fixed" build harden-e2e/tutorial:after
check "its program has no rights" test "$(docker run --rm --network none harden-e2e/tutorial:after id -u)" = 10001

check_exit "the image as it was is judged" 0 ids harden-e2e/tutorial:before before
check_exit "the image as it is fixed is judged" 0 ids harden-e2e/tutorial:after after
printf '%s\n' content/cache dockerfile/apk-cache-left dockerfile/tool-left-in-image image/root-user >want
comm -23 before after >gone
check_same "what was wrong is gone" want gone
check "nothing new is wrong" sh -c 'test -z "$(comm -13 before after)"'
check "the end of life of the base stays, as the tutorial says" grep -q os/end-of-life after
check "diff tells it in one line" sh -c '"$0" diff before.json after.json 2>&1 | grep -q "New *nothing"' "$harden"
finish
