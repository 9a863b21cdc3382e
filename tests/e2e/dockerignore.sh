#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker root
# A .dockerignore lets those files through that the engine gets: each set of patterns is built.
. "$(dirname "$0")/lib.sh"

image=harden-e2e/ignore:1
at_exit+=("docker image rm -f $image >/dev/null 2>&1")
context=$scratch/context
mkdir -p "$context"/{src/{lib/deep,x},docs,a/b/c,.git}
for file in src/main.go src/main_test.go src/lib/one.md src/lib/deep/two.md src/x/x README.md docs/index.md \
    a/b/c/d a/b/x a/x x .git/config .env file1 file22 'star*' 'sp ace' secret.key foo.bar.key; do
    echo "$file" >"$context/$file"
done
printf 'FROM scratch\nCOPY . /\n' >"$context/Dockerfile"
(cd "$context" && find . -type f ! -name .dockerignore ! -name Dockerfile -printf '%P\n' | LC_ALL=C sort) >"$scratch/all"

# What the image that is built of it has.
sent_by_engine() {
    docker build -q -t "$image" "$context" >"$scratch/build.log" 2>&1 || return 1
    docker save "$image" | tar -x -C "$scratch/saved" || return 1
    find "$scratch/saved" -name layer.tar -exec tar -tf {} \; | grep -v '/$' | grep -vE '^(Dockerfile|\.dockerignore)$' | LC_ALL=C sort
}

number=0
try() { # the patterns, separated by blanks ("%" stands for one)
    number=$((number + 1))
    printf '%s\n' "$@" >"$context/.dockerignore"
    rm -rf "$scratch/saved" && mkdir "$scratch/saved"
    sent_by_engine >"$scratch/engine" || { failed "$*: it is built"; tail -3 "$scratch/build.log"; return; }
    mapfile -t all <"$scratch/all"
    "$build/dockerfile_check" --sent "$context/.dockerignore" "${all[@]}" >"$scratch/ours"
    check_same "$*" "$scratch/engine" "$scratch/ours"
}
try '*.md'
try '**/*.md' '!README.md'
try 'src' '!src/main.go'
try '*' '!src/**' 'src/lib'
try '/docs/' '.git' '.env*'
try '**/x'
try 'a/**/x'
try 'a/b/../x' './docs/./*'
try 'file?' 'f[g-p]le22'
try '**/*.key' '!**/foo*.key'
try 'star\*' '# comment' '' '  docs  '
try '*/*/x'
try 'src/**/*.md' 'a/*' '!a/b'
finish
