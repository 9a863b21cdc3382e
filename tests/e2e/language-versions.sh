#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: none
# Our order and validity of the versions of languages' packages against the libraries that their own
# tools use, as Debian packages them: generated versions, and pairs of them. A library that is not
# installed is skipped. VERSIONS=FOLDER adds the versions of FOLDER/SCHEME, one a line.
. "$(dirname "$0")/lib.sh"
vercmp=$build/vercmp

# Words that hit every rule of a scheme; half of the pairs share a stem, or few would be close.
generate() { # count pieces
    awk -v seed="${SEED:-1}" -v count="$1" -v pieces="$2" 'BEGIN {
        srand(seed); n = split(pieces, piece, " ")
        for (i = 0; i < count; i++) {
            a = int(rand() * 3) (rand() < 0.7 ? "." int(rand() * 2) (rand() < 0.7 ? "." int(rand() * 2) : "") : "")
            while (rand() < 0.3) a = a piece[1 + int(rand() * n)]
            b = rand() < 0.5 ? a : int(rand() * 3) ".0"
            while (rand() < 0.6) a = a piece[1 + int(rand() * n)]
            while (rand() < 0.6) b = b piece[1 + int(rand() * n)]
            print a, b
        }
    }'
}

# Each of these answers as vercmp does: a line "A B" with the order, a line "A" with its validity.
theirs_pypi() { /usr/bin/python3 -c '
import sys
from packaging.version import Version, InvalidVersion
for line in sys.stdin:
    try: parsed = [Version(word) for word in line.split()]
    except InvalidVersion: print("invalid"); continue
    print("valid" if len(parsed) == 1 else "<" if parsed[0] < parsed[1] else "=" if parsed[0] == parsed[1] else ">")'; }
has_pypi() { /usr/bin/python3 -c 'import packaging.version'; }

theirs_gem() { ruby -e '
while line = $stdin.gets
  a, b = line.split
  if !Gem::Version.correct?(a) then puts "invalid"
  elsif b.nil? then puts "valid"
  else puts "<=>"[1 + (Gem::Version.new(a) <=> Gem::Version.new(b))] end
end'; }
has_gem() { command -v ruby; }

theirs_npm() { NODE_PATH=/usr/share/nodejs node -e '
const semver = require("semver"), out = [];
for (const line of require("fs").readFileSync(0, "utf8").split("\n")) {
    const [a, b] = line.split(" ");
    if (!a) continue;
    out.push(b === undefined ? (semver.valid(a, true) ? "valid" : "invalid") : "<=>"[1 + semver.compare(a, b, true)]);
}
console.log(out.join("\n"))'; }
has_npm() { command -v node && NODE_PATH=/usr/share/nodejs node -e 'require("semver")'; }

theirs_composer() { php -r '
require "Composer/Semver/autoload.php";
$parser = new Composer\Semver\VersionParser();
while (($line = fgets(STDIN)) !== false) {
    $words = explode(" ", trim($line));
    try { $words = array_map([$parser, "normalize"], $words); }
    catch (UnexpectedValueException $e) { echo "invalid\n"; continue; }
    if (count($words) == 1) echo strpos($words[0], "dev-") === 0 ? "invalid\n" : "valid\n";
    else echo "<=>"[1 + version_compare($words[0], $words[1])], "\n";
}'; }
has_composer() { command -v php && php -r 'require "Composer/Semver/autoload.php";'; }

maven_jar=/usr/share/java/maven-artifact-3.x.jar
# Its main() compares each argument with the one before.
theirs_maven() {
    xargs -d '\n' -n 2000 printf '%s\n' | tr ' ' '\n' |
        xargs -d '\n' -n 8000 java -XX:TieredStopAtLevel=1 -cp "$maven_jar:/usr/share/java/commons-lang3.jar" \
            org.apache.maven.artifact.versioning.ComparableVersion |
        awk '$2 ~ /^(<|>|==)$/ { if (++n % 2) print $2 == "==" ? "=" : $2 }'
}
has_maven() { command -v java && test -e "$maven_jar"; }

ask() { # name file: both answers to each line
    "theirs_$1" <"$2" >"$scratch/theirs"
    "$vercmp" "$1" <"$2" >"$scratch/ours"
    paste -d' ' "$2" "$scratch/theirs" >"$scratch/want"
    paste -d' ' "$2" "$scratch/ours" >"$scratch/got"
}

# Where we mean to differ. npm: 1.2 is a version to us, for bounds of advisories are written so; and
# its loose mode reads 1.2.34.5 as 1.2.3-4.5 and a bare hyphen as a word. Maven: Debian's is older than
# the rules that "release" says nothing and that .word is -word; and its order goes in circles where
# a dot stands behind a word, or a list starts with a list (src/judge/version/maven.c).
without_ours() { # name
    case $1 in
    npm) awk '{ for (i = 1; i <= NF; i++) if ($i !~ /^[v=]*[0-9]+[.][0-9]+[.][0-9]+($|[+a-zA-Z]|-[^.+])/) next; print }' ;;
    maven) grep -Eiv '[a-z][0-9-]*[.]|[.][a-z]|release|--|(ga|final)[0-9-]|-0+-' ;;
    *) cat ;;
    esac
}

agree() { # name pairs-file
    without_ours "$1" <"$2" >"$scratch/kept"
    set -- "$1" "$scratch/kept"
    if [ "$1" = maven ]; then # anything is a version
        cp "$2" "$scratch/pairs"
    else
        tr ' ' '\n' <"$2" >"$scratch/words"
        ask "$1" "$scratch/words"
        check_same "$1: validity of $(wc -l <"$scratch/words") versions" "$scratch/want" "$scratch/got"
        paste -d' ' - - <"$scratch/theirs" | paste -d' ' "$2" - |
            awk '$3 == "valid" && $4 == "valid" { print $1, $2 }' >"$scratch/pairs"
    fi
    ask "$1" "$scratch/pairs"
    check_same "$1: order of $(wc -l <"$scratch/pairs") pairs" "$scratch/want" "$scratch/got"
}

try() { # name pieces
    if ! "has_$1" >/dev/null 2>&1; then skip "$1" "its library is not installed"; return; fi
    generate "${PAIRS:-4000}" "$2" >"$scratch/all"
    agree "$1" "$scratch/all"
    check "$1: all three answers occur" test "$(sort -u "$scratch/theirs" | wc -l)" = 3
    [ -e "${VERSIONS:-/nowhere}/$1" ] || return 0
    shuf --random-source=<(yes "${SEED:-1}") "$VERSIONS/$1" >"$scratch/real"
    paste -d' ' "$scratch/real" <(tail -n +2 "$scratch/real"; head -1 "$scratch/real") | head -"${REAL:-20000}" >"$scratch/all"
    agree "$1" "$scratch/all"
}

try pypi '.0 .1 .00 .10 a b1 rc2 .alpha -beta_3 c pre preview1 .post -post2 r1 -rev -1 -2 dev .dev1 _DEV3 +local +ubuntu.1 +2 .x ! - 1! . .01 A1 RC'
try gem '.0 .0 .1 .10 .a .b .rc1 .pre -1 -alpha -0 a b 1a .0a .A - . .01 .00'
try npm '.0 .1 .2 -0 -1 -alpha -alpha.1 -beta .0 .1 .rc -- - beta rc.1 +build +1 .01 -01 .a.b -A'
try composer '.0 .1 .2 .10 .01 -dev dev .x -beta -beta1 beta.2 -RC1 rc -alpha a -p1 -patch.2 pl3 -stable @dev +build .x-dev - . _ _b1 -1.2 .5 2010 -01 -02'
try maven '.0 .1 .2 -1 -0 -alpha -beta-1 -a1 b2 m3 -m -rc1 -cr -SNAPSHOT -sp -sp1 -ga .Final -Final -jre -android .x -foo -foo1 .10 -20 .00 .RELEASE'
finish
