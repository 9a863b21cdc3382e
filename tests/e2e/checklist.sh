#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker
# The checklist of a project: what belongs to it is found by the engine's labels, ids and names.
. "$(dirname "$0")/lib.sh"

docker version >/dev/null 2>&1 || { skip checklist "no engine answers"; finish; exit; }
unset DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG
name=hardene2elist
project=$scratch/$name
image=$name:latest
at_exit+=("docker ps -aq --filter name=^$name | xargs -r docker rm -f >/dev/null 2>&1"
          "docker image rm -f $image $name-web harden-e2e/list >/dev/null 2>&1")
mkdir -p "$project"
printf 'int pause(void); int main(void) { for (;;) pause(); }\n' >"$scratch/idle.c"
gcc -static -Os -o "$project/idle" "$scratch/idle.c" || { failed compiling; finish; exit 1; }
printf 'FROM scratch\nADD idle /idle\nUSER 10001:10001\nHEALTHCHECK NONE\nCMD ["/idle"]\n' >"$project/Dockerfile"
printf 'services:\n  web:\n    build: .\n  other:\n    image: harden-e2e/list\n' >"$project/compose.yaml"

list() { # ARGUMENTS...: the answers in $scratch/list.json
    "$harden" checklist --offline --built-in --format json "$@" >"$scratch/list.json" 2>"$scratch/list.said"
}
# expect NAME ID ANSWER [PATTERN OF EVIDENCE [PATTERN OF FIX]]
expect() {
    if python3 - "$scratch/list.json" "$2" "$3" "${4:-}" "${5:-}" <<'PY'
import json, re, sys
line = next(a for a in json.load(open(sys.argv[1]))["answers"] if a["id"] == sys.argv[2])
if line["answer"] != sys.argv[3] or not re.search(sys.argv[4], line["evidence"]) or not re.search(sys.argv[5], line.get("fix", "")):
    print(line); sys.exit(1)
PY
    then ok "$1"; else failed "$1"; fi
}
target_has() { check "$1" grep -q "\"target\": *\"[^\"]*$2" "$scratch/list.json"; }
target_lacks() { check "$1" bash -c '! grep -q "\"target\": *\"[^\"]*$0" "$1"' "$2" "$scratch/list.json"; }

check_exit "a project that was never built" 1 list "$project"
expect "ADD in the file" copy-not-add no "Dockerfile:2" "harden fix --rule dockerfile/add-instead-of-copy $project"
expect "no image to scan" image-scanned "cannot tell" "build it"
expect "the user is good" low-privilege-user yes
target_lacks "nothing of the engine's is joined" "image $name"

DOCKER_BUILDKIT=0 docker build -q -t "$image" "$project" >/dev/null || failed "building"
list "$project"
target_has "the image that is called like the folder" "image $name"
(cd "$project" && list)
target_has "... also from within" "this project, image $name"
docker tag "$image" "$name-web" && docker image rm "$image" >/dev/null
list "$project"
target_has "the image of a service" "image $name-web"
docker tag "$name-web" harden-e2e/list && docker image rm "$name-web" >/dev/null
list "$project"
target_has "the image that the compose file names" "image harden-e2e/list"

# Another user than the image has: the file is right, what runs is not.
docker run -d --name "$name-run" --user 0 harden-e2e/list >/dev/null || failed "starting"
list "$project"
target_has "a container of that image" "container $name-run"
expect "what runs is asked" low-privilege-user no "container $name-run" "harden audit container"
expect "the engine's profiles are not its own" own-profile no
list "$name-run"
target_has "a container by its name" "container $name-run"
expect "... and it has no Dockerfile" copy-not-add "cannot tell"
list "container:$(docker inspect -f '{{.Id}}' "$name-run" | cut -c1-12)"
target_has "a container by its id" "container $name-run"
docker rm -f "$name-run" >/dev/null

docker run -d --name "$name-label" --label "com.docker.compose.project.working_dir=$project" harden-e2e/list >/dev/null
docker tag harden-e2e/list "$name-away" && docker image rm harden-e2e/list >/dev/null 2>&1
list "$project"
target_has "a container by its label" "container $name-label"
target_has "and its image by its id or tag" "image $name-away"
docker image rm -f "$name-away" >/dev/null 2>&1

# Formats.
list --no-host "$project"
expect "the machine is left out" host-benchmark "cannot tell"
printf 'FROM scratch\nADD <script>alert(1)</script>|`x` /a\n' >"$project/Dockerfile"
mv "$project" "$scratch/<b>\`x\`"; project=$scratch/'<b>`x`'
for format in tty markdown html json; do
    check_exit "$format" 1 "$harden" checklist --no-host --offline --format $format -o "$scratch/out.$format" "$project"
done
check "no line of the terminal's is too long" bash -c '! grep -E "^.{81}" "$0" | grep -v harden-e2e' "$scratch/out.tty"
check "no escapes where there is no terminal" bash -c '! grep -q $'"'\\033'"' "$0"' "$scratch/out.tty"
check "HTML is whole, and nothing of it is the target's" python3 - "$scratch/out.html" <<'PY'
import html.parser, sys
class Page(html.parser.HTMLParser):
    open, void = [], {"meta", "br", "link"}
    def handle_starttag(self, tag, attrs):
        assert tag not in ("script", "b") or tag == "b" and dict(attrs).get("class", "").startswith("sev"), (tag, attrs)
        if tag not in self.void: self.open.append(tag)
    def handle_endtag(self, tag): assert self.open.pop() == tag, tag
page = Page(); page.feed(open(sys.argv[1]).read()); assert not page.open, page.open
PY
check "Markdown lets nothing of the target's through" bash -c '! grep -qE "(^|[^\\\\])<b>" <(sed "s/\`\`.*\`\`//; s/\`[^\`]*\`//g" "$0")' "$scratch/out.markdown"
for line in $(python3 -c 'import json, sys; print(*{a["explain"] for a in json.load(open(sys.argv[1]))["answers"]})' "$scratch/list.json"); do
    check "harden explain $line" "$harden" explain --built-in "$line"
done
check_exit "what is not there" 2 "$harden" checklist --no-host "$scratch/nothing"
finish
