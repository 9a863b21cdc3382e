#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker
# Each package is of the layer that brought the version that is there: added, upgraded, downgraded,
# removed and brought back, in an image that the engine built.
. "$(dirname "$0")/lib.sh"
image=harden-e2e/layers-of-packages
at_exit+=("docker image rm -f $image >/dev/null 2>&1")

context=$scratch/context
mkdir "$context"
# status LAYER PACKAGE=VERSION...: what dpkg's database is in that layer. The files differ in length,
# because engines that compare layers by size and time miss what changes neither.
status() {
    local layer=$1 package; shift
    for package in "$@" "layer=$layer"; do
        printf 'Package: %s\nStatus: install ok installed\nArchitecture: all\nVersion: %s\nDescription: %s\n\n' \
            "${package%%=*}" "${package#*=}" "$(head -c $((layer * 10)) /dev/zero | tr '\0' x)"
    done >"$context/status-$layer"
}
status 1 steady=1 upgraded=1 downgraded=2 removed=1 back=1
status 2 steady=1 upgraded=2 downgraded=2 removed=1 back=1
status 3 steady=1 upgraded=2 downgraded=1 added=1
status 4 steady=1 upgraded=2 downgraded=1 added=1 back=1
status 5 back=1 added=1 downgraded=1 upgraded=2 steady=1
{
    echo "FROM scratch"
    for layer in 1 2 3 4 5; do echo "COPY status-$layer /var/lib/dpkg/status"; done
} >"$context/Dockerfile"
check "build the image" env DOCKER_BUILDKIT=0 docker build -q -t $image "$context"

"$harden" scan --built-in --no-cache --packages --fail-on none --allow-gaps --format json -o "$scratch/report" docker:$image
python3 - "$scratch/report" >"$scratch/got" <<'P'
import json, sys
report = json.load(open(sys.argv[1]))
number = {layer["diff_id"]: i + 1 for i, layer in enumerate(report["target"]["layers"])}
for package in report["packages"]:
    print(package["name"], package["version"], number[package["layer"]])
P
cat >"$scratch/want" <<'W'
added 1 3
back 1 4
downgraded 1 3
layer 5 5
steady 1 1
upgraded 2 2
W
check_same "each package is of the layer that brought it" "$scratch/want" "$scratch/got"
finish
