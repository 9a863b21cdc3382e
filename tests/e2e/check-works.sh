#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git clang-format ctags shellcheck
# Each check of tools/check finds what it is there for: one violation of each kind is planted in a
# copy of the project, and the check must name its file and line.
. "$(dirname "$0")/lib.sh"

copy=$scratch/copy
mkdir "$copy"
(cd "$top" && git ls-files -z | while IFS= read -r -d '' f; do [ -e "$f" ] && printf '%s\0' "$f"; done |
    tar --null -T - -c) | tar -C "$copy" -x
cd "$copy" || exit 2
git init -q . && git add -A

# catches CHECK PATTERN: the check fails, and says a line that matches. What was planted goes again.
catches() {
    local name=$1 pattern=$2 said=$scratch/said
    git add -A
    if tools/check/run "$name" >"$said" 2>&1; then
        failed "$name lets pass: $pattern"
    elif grep -qE "^$pattern" "$said"; then
        ok "$name: $(grep -m 1 -E "^$pattern" "$said")"
    else
        failed "$name does not say: $pattern"
        head -5 "$said" | sed 's/^/    /'
    fi
    git reset -q --hard "$clean"
    git clean -fdq
}
git -c user.name=t -c user.email=t@example.org commit -qm clean
clean=$(git rev-parse HEAD)
for name in floors sizes banned libraries license format words scripts links parsers; do
    check "$name has nothing against the project as it is" tools/check/run "$name"
done

plant() { # FILE LINE...: a line at the end of a file
    local file=$1; shift
    printf '%s\n' "$@" >>"$file"
}
last() { wc -l <"$1"; }
# What is slow to look at is left out where nothing is planted in it: that there is nothing against
# the whole was seen above.
whole=$clean
keep_only() { # PATH...
    local kept=(tools/check "$@")
    git rm -rq -- . "${kept[@]/#/:!}"
    git -c user.name=t -c user.email=t@example.org commit -qm "kept $*"
    clean=$(git rev-parse HEAD)
}
keep_all() { git reset -q --hard "$whole"; clean=$whole; }

plant src/base/str.c '#include "io/stream.h"'
catches floors "src/base/str.c:$(last src/base/str.c): .*higher floor"
plant src/read/package/apk.c '#include "read/image/image.h"'
catches floors 'src/read/package/apk.c:[0-9]+: .*sibling'
plant src/app/pipeline.c '#include "read/image/walk.h"'
catches floors 'src/app/pipeline.c:[0-9]+: .*past the door read/image/image.h'
plant src/app/pipeline.c '#include "pipeline.h"'
catches floors 'src/app/pipeline.c:[0-9]+: .*path from src/'
plant src/app/pipeline.c '#include "io/http_internal.h"'
catches floors 'src/app/pipeline.c:[0-9]+: .*internal to its folder'
plant src/main.c '#include "io/stream.h"'
catches floors 'src/main.c:[0-9]+: main knows only app'

for _ in $(seq 801); do echo; done >>src/base/str.c
catches sizes 'src/base/str.c:[0-9]+: file of [0-9]+ lines; the limit is 800'
for _ in $(seq 301); do echo; done >>src/base/str.h
catches sizes 'src/base/str.h:[0-9]+: header of [0-9]+ lines; the limit is 300'
{ echo 'int long_one(void)'; echo '{'; for _ in $(seq 99); do echo ';'; done; echo 'return 0; }'; } >>src/base/str.c
catches sizes 'src/base/str.c:[0-9]+: function long_one of 10[0-9] lines; the limit is 100'

plant src/base/str.c 'static void f(char *a, const char *b) { strcpy(a, b); }'
catches banned 'src/base/str.c:[0-9]+: strcpy\(\) is banned'
plant src/io/kv.c 'static long f(const char *a) { return strtol (a, 0, 10); }'
catches banned 'src/io/kv.c:[0-9]+: strtol\(\) is banned'
plant src/judge/rule/os.c 'static void f(void) { printf("x"); }'
catches banned 'src/judge/rule/os.c:[0-9]+: printf\(\) below app/'
plant src/judge/rule/os.c 'static void f(void) { fputs("x", stderr); }'
catches banned 'src/judge/rule/os.c:[0-9]+: standard output and error'
plant src/judge/rule/os.c 'static void f(void) { goto out; out:; }'
catches banned 'src/judge/rule/os.c:[0-9]+: goto outside io/'
plant src/base/str.c '/* strcpy(a, b) */ // system("x")' 'static const char *s = "atoi(1) \" system(2)";'
check "words in comments and strings are no calls" tools/check/run banned
git reset -q --hard "$clean"

plant src/read/feed/kev.c '#include <curl/curl.h>'
catches libraries 'src/read/feed/kev.c:[0-9]+: <curl/curl.h> belongs to src/io/http.c'
plant src/io/http.c '#include <gtk/gtk.h>'
catches libraries 'src/io/http.c:[0-9]+: <gtk/gtk.h> is of no library'

sed -i 1d src/base/str.c
catches license 'src/base/str.c:1: no SPDX line'
plant src/base/str.c "/* Copy""right 2024 somebody */"
catches license 'src/base/str.c:[0-9]+: a banner'

keep_only src/base README.md
plant src/base/str.c 'int  f( void );'
catches format 'src/base/str.c:[0-9]+: not as clang-format'
plant README.md 'blanks  '
catches format 'README.md:[0-9]+: blanks at the end'
printf 'x' >>README.md
catches format 'README.md:[0-9]+: no newline at the end'
keep_all

plant docs/ARCHITECTURE.md "see /wo""rk/main"
catches words 'docs/ARCHITECTURE.md:[0-9]+: a path of one machine'
plant src/base/str.c "// TO""DO: all of it"
catches words 'src/base/str.c:[0-9]+: unfinished work'
plant tests/e2e/lib.sh "# de""b.debian.org"
catches words 'tests/e2e/lib.sh:[0-9]+: a package registry'
printf 'a\0b' >tests/blob
catches words 'tests/blob:1: a binary file'

keep_only tests/e2e/lib.sh tools/demo tests/cases/run
plant tests/e2e/lib.sh 'if then'
catches scripts 'tests/e2e/lib.sh:[0-9]+'
plant tools/demo 'cd $x && rm -rf $y/*; for f in $(ls); do [ $f = x ] || local z=$(cat $f); done'
catches scripts 'tools/demo:[0-9]+:[0-9]+: '
plant tests/cases/run 'def broken(:'
catches scripts 'tests/cases/run:[0-9]+: '
keep_all

plant README.md '[there](docs/nowhere.md)'
catches links 'README.md:[0-9]+: docs/nowhere.md is not there'

echo '// SPDX-License-Identifier: Apache-2.0' >src/read/feed/newcomer.c
catches parsers 'src/read/feed/newcomer.c:1: no fuzz harness'

# Objects of both compilers are taken over, so that only what changes is compiled.
if [ -e "$top/build/harden" ] && [ -e "$top/build-clang/harden" ]; then
    cp -a "$top/build" "$top/build-clang" .
    printf '/build*\n' >.git/info/exclude
    sed -i '$a int unused_for_the_test(int a) { int b; return a; }' src/base/str.c
    catches compile 'src/base/str.c:[0-9]+:[0-9]+: error: '
    sed -i '$a int changes_for_the_test; int use_of_it(void); int use_of_it(void) { return changes_for_the_test++; }' src/base/str.c
    catches compile 'src/base/str.c:1: changes_for_the_test changes while the program runs'
else
    skip compile "make check was not run here before"
fi
finish
