#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: shellcheck
# harden lint --shellcheck: what ShellCheck says stands at the exact place in the file, once, with its
# replacements; it is started from outside of the sandbox, and its failures are told.
. "$(dirname "$0")/lib.sh"

cd "$scratch" || exit 1
printf '%s\n' 'FROM debian:13' 'ARG GIVEN=1' 'RUN set -e; echo $GIVEN \' '    # a comment in between' '' \
    '    && if [ -n $1 ]; then rm -rf "$DIR/"; fi' 'SHELL ["/bin/bash", "-c"]' \
    'RUN echo "ä"; for f in $(ls /x); do echo "$f"; done; echo $undefined' \
    'RUN <<E' 'test -f $2 || exit' 'E' 'RUN ["sh", "-c", "echo $1"]' >Dockerfile
lint() { "$harden" lint --allow-gaps --fail-on none --format gnu "$@" 2>&1 | grep -E 'shell/|ShellCheck'; }

lint --shellcheck auto Dockerfile | cut -d: -f1-3,5- | sed 's/ShellCheck //' >got
check "SC2070 with its line and columns" grep -q '^Dockerfile:6:16:.*SC2070' got
check "SC2115 in quotes" grep -q '^Dockerfile:6:34:.*SC2115' got
check "SC2045 behind a letter of two bytes" grep -q '^Dockerfile:8:24:.*SC2045' got
check "SC2154 of a variable that nobody sets" grep -q '^Dockerfile:8:59:.*SC2154' got
check "a heredoc is a script too" grep -q '^Dockerfile:10:9:.*' got
check "what a rule of our own says is said once" test "$(grep -c '^Dockerfile:6:16:.*quotes' got)" = 1
check "variables of ARG are known" sh -c '! grep -q GIVEN got'
check "exec form is left alone" sh -c '! grep -q "^Dockerfile:12" got'

lint Dockerfile >never
check "it is not asked unless it is wanted" sh -c '! grep -q ShellCheck never'
check "a comment waives its number" sh -c "sed 's/^RUN echo/# hadolint ignore=SC2045\nRUN echo/' Dockerfile >waived &&
    '$harden' lint --allow-gaps --fail-on none --shellcheck auto --format gnu waived | grep -c SC2045 | grep -qx 0"

# Its program may hang, fail, or say nonsense: the rest of the report stays, with a gap.
printf '#!/bin/sh\nexit 3\n' >fails; printf '#!/bin/sh\necho "{"\n' >nonsense; chmod +x fails nonsense
for program in fails nonsense; do
    check_exit "$program: the report is incomplete" 3 "$harden" lint --fail-on none --shellcheck "$scratch/$program" Dockerfile
    check "$program: our own findings stay" sh -c "'$harden' lint --allow-gaps --fail-on none --format gnu --shellcheck '$scratch/$program' Dockerfile | grep -q shell/unquoted"
done
check_exit "a program that is not there" 2 "$harden" lint --shellcheck /nowhere/shellcheck Dockerfile
check_exit "a path that is not whole" 2 "$harden" lint --shellcheck shellcheck Dockerfile

# Many files at a time, from several threads, give the same.
mkdir many && for i in $(seq 20); do cp Dockerfile "many/$i.Dockerfile"; done
"$harden" lint --shellcheck auto --fail-on none --allow-gaps --jobs 1 --format json many | sha256sum >one
"$harden" lint --shellcheck auto --fail-on none --allow-gaps --jobs 4 --format json many | sha256sum >four
check_same "the same from four threads" one four
finish
