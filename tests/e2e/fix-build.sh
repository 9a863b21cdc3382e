#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker root network
# `harden fix --verify-build`: the engine builds a Dockerfile as it was and as it is fixed; what
# differs is what the fix is for, and nothing is left of either image.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 2
export HOME=$scratch
base=$(debian_image bookworm) || { skip "fix-build" "no Debian image"; finish; exit; }

mkdir work && cd work || exit 2
echo 'echo app' >app.sh
printf '*.log\n' >.dockerignore
echo secret >left.log
cat >Dockerfile <<END
FROM $base
# the application
ADD app.sh /app/
RUN apt-get update
RUN apt-get install --no-install-recommends tini -y
CMD ["/bin/sh", "/app/app.sh"]
END
check_exit "both are built and compared" 0 sh -c '"$0" fix --verify-build --color never Dockerfile >../diff 2>../notes' "$harden"
check "the diff is still the diff" grep -q '^+COPY app.sh /app/' ../diff
check "differences are told" grep -q 'these differ' ../notes
grep -E 'only (before|after)|changed:' ../notes >../differences
check "the package lists are gone" grep -q 'only before: /var/lib/apt/lists/' ../differences
check "and nothing else changed" sh -c '! grep -v "only before: /var/lib/apt/lists/" ../differences'
check "neither image is left" sh -c \
    'docker image ls -q --filter dangling=true | xargs -r docker image inspect --format "{{json .Config.Cmd}}" | { ! grep -q /app/app.sh; }'

printf 'FROM %s\nADD app.sh /app/app.sh\nCMD ["/bin/sh", "/app/app.sh"]\n' "$base" >Same.Dockerfile
check "no difference where there is none" sh -c \
    '"$0" fix --verify-build Same.Dockerfile 2>&1 | grep -q "both images have the same"' "$harden"
at_exit+=("docker image rm -f harden-e2e/mine >/dev/null 2>&1")
DOCKER_BUILDKIT=0 docker build -q -t harden-e2e/mine -f Same.Dockerfile . >/dev/null 2>&1
"$harden" fix --quiet --verify-build Same.Dockerfile >/dev/null 2>&1
check "an image that was there before stays, with its name" docker image inspect harden-e2e/mine
printf 'FROM %s\nADD missing /app/missing.txt\nENV A b c\n' "$base" >Broken.Dockerfile
check_exit "a file that cannot be built is an error" 2 "$harden" fix --verify-build Broken.Dockerfile
check "and says the engine's reason" sh -c '"$0" fix --verify-build Broken.Dockerfile 2>&1 | grep -q "building it as it was: "' "$harden"
check_exit "no engine, no verifying" 2 env DOCKER_HOST=unix:///nowhere.sock "$harden" fix --verify-build Same.Dockerfile

# BuildKit builds what the classic builder does not know: mounts, and the platform's variables.
cat >Cache.Dockerfile <<END
FROM $base
ARG TARGETARCH
ADD app.sh /app/app.sh
RUN --mount=type=cache,target=/cache,sharing=locked echo kept >/cache/kept && echo "\$TARGETARCH" >/arch
END
check_exit "a cache mount is built and compared" 0 sh -c '"$0" fix --verify-build Cache.Dockerfile >../diff 2>../notes' "$harden"
check "its images have the same files" grep -q "both images have the same" ../notes
check "its diff is the diff" grep -q '^+COPY app.sh /app/app.sh' ../diff
printf 'FROM %s\nADD app.sh /a\nARG TARGETARCH\nRUN echo "$TARGETARCH" && exit 7\n' "$base" >Fails.Dockerfile
check_exit "a command that fails under BuildKit is an error" 2 sh -c '"$0" fix --verify-build Fails.Dockerfile >../diff 2>../notes' "$harden"
check "and is named, with its exit code" grep -q 'building it as it was: .*echo "$TARGETARCH" && exit 7.*exit code: 7' ../notes
check "with what it printed" grep -q '^    | [a-z0-9]*64$' ../notes
printf 'FROM %s\nADD app.sh /a\nRUN echo printed && exit 3\n' "$base" >Classic.Dockerfile
"$harden" fix --verify-build Classic.Dockerfile >../diff 2>../notes
check "the classic builder's output is told too" grep -qx '    | printed' ../notes
printf 'FROM %s\nARG API_TOKEN\nRUN echo "$API_TOKEN" >/dev/null && echo done >/done\n' "$base" >Secret.Dockerfile
check_exit "a secret that is not given is a gap" 3 sh -c \
    '"$0" fix --unsafe --rule dockerfile/secret-variable --verify-build Secret.Dockerfile >../diff 2>../notes' "$harden"
check "it is rewritten to a secret mount" grep -q '^+RUN --mount=type=secret' ../diff
check "and that says why" grep -q 'not built and compared: .*it mounts the secret API_TOKEN, which is not given' ../notes
check "and how to give it" grep -q -e '--secret id=API_TOKEN,env=API_TOKEN' ../notes
# What the build was given shows in its image, to be seen here: as an argument, then as a secret.
printf 'FROM %s\nARG API_TOKEN\nRUN mkdir -p /run/secrets && mkdir -m "$API_TOKEN" /made\n' "$base" >Given.Dockerfile
given() { "$harden" fix --unsafe --rule dockerfile/secret-variable --verify-build "$@" Given.Dockerfile >../diff 2>../notes; }
check_exit "a build argument is the secret that it becomes" 0 given --build-arg API_TOKEN=0750
check "and both images are the same" grep -q 'both images have the same' ../notes
# BuildKit does not ask for a secret again where it has built that step before.
sed -i s,/made,/given, Given.Dockerfile
printf 0711 >../token
check_exit "a secret is given by its file" 0 given --build-arg API_TOKEN=0750 --secret id=API_TOKEN,src=../token
check "and arrives" grep -q 'changed: */given  0750 0:0 -> 0711 0:0' ../notes
check_exit "a secret's file must be there" 2 given --secret id=API_TOKEN,src=nowhere
check "no session is left" sh -c '! pgrep -f "[f]ix --unsafe --rule dockerfile/secret-variable"'
printf 'FROM %s\nADD app.sh /a\nRUN <<EOF\necho here >/here\nEOF\n' "$base" >Heredoc.Dockerfile
code=0; "$harden" fix --verify-build Heredoc.Dockerfile >../diff 2>../notes || code=$?
if grep -q 'both images have the same' ../notes; then
    check "an engine that knows heredocs builds them" test "$code" = 0
else
    check "an engine that knows no heredocs says so" grep -q "not built and compared: .*engine's own BuildKit cannot read it" ../notes
    check "which is a gap" test "$code" = 3
fi

# A user without rights: the image that is built says so, and the files are there.
"$harden" fix --quiet --unsafe --write Dockerfile
docker build -q -t harden-e2e/fixed . >/dev/null 2>../build.log
check "a fixed Dockerfile builds" docker image inspect harden-e2e/fixed
check "its user has no rights" test "$(docker run --rm harden-e2e/fixed id -u)" = 10001
check "it works as before" test "$(docker run --rm harden-e2e/fixed)" = app
docker image rm -f harden-e2e/fixed >/dev/null 2>&1
finish
