#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker root
# A base image that the engine has brings its user, its folder and its variables to the Dockerfile.
. "$(dirname "$0")/lib.sh"

image=harden-e2e/lint-base:1
at_exit+=("docker image rm -f $image >/dev/null 2>&1")
mkdir "$scratch/root" && echo x >"$scratch/root/file"
tar -C "$scratch/root" -c . |
    docker import --change 'USER 1000' --change 'WORKDIR /srv' --change 'ENV DATA=/data' - "$image" >/dev/null ||
    { failed "an image to build on"; finish; exit; }
printf 'FROM %s\nCOPY a $DATA/\nCOPY b here/\nCOPY c $NONE/\n' "$image" >"$scratch/Dockerfile"
cd "$scratch" || exit 1

lint() { "$harden" lint --fail-on none --format gnu "$@" Dockerfile; }
lint >without
lint --engine >with
check "without the engine the user is not known" grep -q dockerfile/no-user without
check "without the engine the folder is not known" grep -q dockerfile/relative-destination without
check "the base's user is one" sh -c '! grep dockerfile/no-user with'
check "the base's folder is known" sh -c '! grep dockerfile/relative-destination with'
check "the base's variable is set" sh -c '! grep "undefined-variable" with | grep DATA'
check "what it does not set is certain" grep -q "low: .*nothing sets NONE" with
machine=$(docker image inspect -f '{{.Os}}/{{.Architecture}}' "$image")
check "the base's platform is compared with the one given" sh -c '"$0" lint --engine --build-arg TARGETPLATFORM=linux/s390x --fail-on none --format gnu Dockerfile | grep dockerfile/other-platform' "$harden"
check "the same platform is none other" sh -c '! "$0" lint --engine --build-arg TARGETPLATFORM="$1" --fail-on none --format gnu Dockerfile | grep dockerfile/other-platform' "$harden" "$machine"
check "what the engine builds is its own platform" sh -c '! grep dockerfile/other-platform with'
foreign=harden-e2e/lint-foreign:1
at_exit+=("docker image rm -f $foreign >/dev/null 2>&1")
tar -C "$scratch/root" -c . | docker import --platform linux/s390x --change 'ONBUILD USER 7' \
    --change 'ONBUILD HEALTHCHECK CMD ["/ok"]' - "$foreign" >/dev/null
if [ "$(docker image inspect -f '{{.Architecture}}' "$foreign")" = s390x ]; then
    printf 'FROM %s\nRUN x\n' "$foreign" >Dockerfile
    lint --engine >with
    check "a base of another platform is found by itself" grep -q "dockerfile/other-platform" with
    check "what it triggers is a user" sh -c '! grep dockerfile/no-user with'
    check "and a health check" sh -c '! grep dockerfile/no-healthcheck with'
else
    skip "a base of another platform" "this engine imports none"
fi
check_exit "no engine is an error where it is asked for" 2 env DOCKER_HOST=unix:///nonexistent "$harden" lint --engine Dockerfile
finish
