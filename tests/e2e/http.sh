#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: none
# io/http.h against a server that misbehaves (tests/tools/stub_server.py), by tests/tools/httpget.
. "$(dirname "$0")/lib.sh"

build=$(dirname "$harden")
get=$build/httpget
[ -x "$get" ] || { echo "make $get first"; exit 2; }

start_stub() { # NAME ARGUMENTS...: its port in $port
    local name=$1 tries=0; shift
    "$top/tests/tools/stub_server.py" --port-file "$scratch/$name.port" "$@" &
    at_exit+=("kill $! 2>/dev/null; wait $! 2>/dev/null")
    until [ -s "$scratch/$name.port" ] || [ $((tries += 1)) -gt 100 ]; do sleep 0.1; done
    port=$(cat "$scratch/$name.port")
}
start_stub plain --unix "$scratch/sock" --log "$scratch/log"
url=http://127.0.0.1:$port
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
python3 -c 'print("0123456789" * 1000, end="")' >"$scratch/body"

# gets NAME ARGUMENTS...: the whole body.
gets() {
    local name=$1; shift
    if ! timeout 30 "$get" "$@" >"$scratch/got" 2>"$scratch/said"; then failed "$name"; cat "$scratch/said"; return; fi
    check_same "$name" "$scratch/body" "$scratch/got"
}
# says NAME PATTERN ARGUMENTS...: what it says (status or error), in at most 10 seconds.
says() {
    local name=$1 want=$2; shift 2
    timeout 10 "$get" "$@" >"$scratch/got" 2>"$scratch/said"
    if [ $? != 124 ] && grep -qE "$want" "$scratch/said"; then ok "$name"; else failed "$name"; cat -v "$scratch/said"; fi
}
got_bytes() { [ "$(stat -c %s "$scratch/got")" = "$2" ] && ok "$1" || failed "$1 ($(stat -c %s "$scratch/got") bytes)"; }

gets "a body" "$url/plain"
gets "a body over a unix socket" -u "$scratch/sock" http://localhost/plain
http_proxy=http://127.0.0.1:1 gets "a unix socket needs no proxy" -u "$scratch/sock" http://localhost/plain
http_proxy=http://127.0.0.1:1 says "the proxy of the environment is used" 'error net.*connect' "$url/plain"
says "an empty body" 'status 200 bytes 0 heads 1' "$url/empty"
says "headers are kept" 'etag \["v1"\] modified \[Tue, 14 Nov 2023 22:13:20 GMT\]' "$url/dated"
says "unchanged by ETag" 'status 304 bytes 0 heads 1' -e '"v1"' "$url/dated"
says "changed by ETag" 'status 200 bytes 10000' -e '"v0"' "$url/dated"
says "unchanged by date" 'status 304 bytes 0' -m 'Tue, 14 Nov 2023 22:13:20 GMT' "$url/dated"
says "a refused body is passed over" 'status 200 bytes 0 heads 1' -h "$url/big/100000000"

says "a stall before the headers" 'error net: .*for 1 seconds' -f 1 "$url/stall"
says "a stall within the headers" 'error net: .*for 1 seconds' -f 1 "$url/stall/headers"
says "a stall within the body" 'error net: .*for 1 seconds' -s 1 "$url/stall/body"
says "dripping is a stall" 'error net: .*next to nothing' -s 2 "$url/drip"
says "dripping ends at the total" 'error net: .*within 2 seconds' -t 2 "$url/drip"
gets "slow is not a stall" -s 2 "$url/slow"
says "a short body" 'error net: .*cut short after 777' "$url/short"
says "a long body ends where it was announced" 'status 200 bytes 10 ' "$url/long"
says "more than the maximum, announced" 'error limit' -x 5000 "$url/plain"
says "more than the maximum, endless" 'error limit' -x 500000 "$url/endless"
says "endless headers" 'error (limit|net)' "$url/endless-headers"
says "chunks" 'status 200 bytes 10 ' "$url/chunked"
says "chunks that end early" 'error net' "$url/chunked/cut"
says "chunks of garbage" 'error net' "$url/chunked/garbage"
says "two lengths" 'error net' "$url/lying-length"
says "a negative length" 'error net' "$url/negative-length"
says "garbage instead of HTTP" 'error net: .*does not speak HTTP' "$url/garbage"
says "no answer at all" 'error net' "$url/silence"
says "nobody there" 'error net: .*connect' http://127.0.0.1:1/
says "no such host" 'error net: .*resolve' http://nothing.invalid/
says "no such socket" 'error net: .*cannot connect to /nonexistent' -u /nonexistent http://localhost/
says "500 is an answer" 'status 500 bytes' "$url/status/500"
says "first failure" 'status 503' "$url/flaky"
says "second failure" 'status 503' "$url/flaky"
says "third time lucky" 'status 200 bytes 10000' "$url/flaky"
says "429 with seconds" 'status 429 .*retry 7' "$url/busy"
says "429 with a date" 'status 429 .*retry (2[5-9]|30)' "$url/busy/date"

gets "10 redirects" "$url/redirect/10"
says "what a redirect says is not the answer" 'etag \[\]' "$url/redirect/1"
says "head is called once behind redirects" 'heads 1' "$url/redirect/3"
says "11 redirects" 'error net: .*more than 10' "$url/redirect/11"
says "a redirect loop" 'error net: .*more than 10' "$url/loop"
says "a redirect to file" 'error net: .*may not lead' "$url/redirect-to/file"
got_bytes "... gives nothing of it" 0
says "a redirect to ftp" 'error net: .*may not lead' "$url/redirect-to/ftp"
says "a redirect to gopher" 'error net: .*may not lead' "$url/redirect-to/gopher"
says "schemes from outside" 'error (net|usage)' ftp://127.0.0.1/x

says "the rest of a range" 'status 206 bytes 1000 ' -r 9000 -e '"v1"' "$url/range"
says "the range's condition is sent" 'status 200 bytes 10000 ' -r 9000 -e '"v0"' "$url/range"
says "a server without ranges" 'status 200 bytes 10000 ' -r 9000 -e '"v1"' "$url/range/ignored"
says "a range behind the end" 'status 416' -r 10000 -e '"v1"' "$url/range"
says "another range than asked for" 'error net: .*another range' -r 9000 -e '"v1"' "$url/range/wrong"
says "a weak ETag asks for all" 'status 200 bytes 10000 ' -r 9000 -e 'W/"v1"' "$url/range"
check "no range with a weak ETag" bash -c "! grep -q 'range=.*W/' '$scratch/log'"
says "an encoded body comes as it was sent" 'status 200 bytes [0-9]{2} ' "$url/encoded"
check "... and is gzip" bash -c "gzip -dc '$scratch/got' | cmp - '$scratch/body'"
check "identity was asked for" bash -c "! grep -v 'accept-encoding=.identity' '$scratch/log' | grep -q accept-encoding"
says "the receiver stops" 'error io: .*stopped by the receiver' -a 1000000 "$url/big/100000000"
says "many threads" 'status 200 bytes 10000' -j 8 "$url/plain"
check "... all of them" test "$(grep -c 'status 200 bytes 10000' "$scratch/said")" = 32
says "credentials are not shown" 'error not-found|status 404' "http://user:secret@127.0.0.1:$port/nothing"
says "credentials are not shown in errors" 'error net: http://127' http://user:secret@127.0.0.1:1/
check "..." bash -c "! grep -q secret '$scratch/said'"

gets "a file" "file://$scratch/body"
gets "a file of localhost" "file://localhost$scratch/body"
cp "$scratch/body" "$scratch/a b%"
gets "a file with odd characters" "file://$scratch/a%20b%25"
says "a wrong escape" 'error usage' "file://$scratch/a%zz"
says "an escape at the end" 'error usage' "file://$scratch/a%2"
says "a NUL in the path" 'error usage' "file://$scratch/body%00x"
says "another host's file" 'error usage' file://example.org/etc/passwd
says "no such file" 'error not-found: .*No such file' "file://$scratch/none"
says "a folder" 'error format: .*not a regular file' "file://$scratch"
mkfifo "$scratch/fifo"
says "a FIFO" 'error format' "file://$scratch/fifo"
says "a file over the maximum" 'error limit' -x 9999 "file://$scratch/body"
"$get" "file://$scratch/body" >/dev/null 2>"$scratch/said"
etag=$(sed -n 's/.*etag \[\([^]]*\)\].*/\1/p' "$scratch/said")
modified=$(sed -n 's/.*modified \[\([^]]*\)\].*/\1/p' "$scratch/said")
says "a file that is unchanged" 'status 304 bytes 0' -e "$etag" "file://$scratch/body"
says "a file that is unchanged by date" 'status 304 bytes 0' -m "$modified" "file://$scratch/body"
says "a file and an older ETag" 'status 200 bytes 10000' -e '"x"' "file://$scratch/body"
says "a file ignores ranges" 'status 200 bytes 10000' -r 9000 "file://$scratch/body"

gets "a pipe" -p "$url/plain"
gets "a pipe of a file" -p "file://$scratch/body"
gets "a pipe from a unix socket" -p -u "$scratch/sock" http://localhost/plain
check "a big pipe" bash -c "'$get' -p $url/big/50000000 2>/dev/null | wc -c | grep -qx 50000000"
says "a pipe with a short body" 'error net: .*cut short' -p "$url/short"
says "a pipe that stalls" 'error net: .*for 1 seconds' -p -f 1 "$url/stall"
says "a pipe that stalls within" 'error net: .*for 1 seconds' -p -s 1 "$url/stall/body"
says "a pipe over the maximum" 'error limit' -p -x 5000 "$url/plain"
says "a pipe with another status" 'error net: .*HTTP status 500: <html>' -p "$url/status/500"
says "a pipe to nothing" 'error not-found: .*HTTP status 404: nothing' -p "$url/nothing"
check "control characters are not shown" bash -c "! grep -qP '\\x1b' '$scratch/said'"
says "a pipe from nobody" 'error net' -p http://127.0.0.1:1/
says "a pipe from no such host" 'error net: .*resolve' -p http://nothing.invalid/
says "a pipe with a redirect to file" 'error net: .*may not lead' -p "$url/redirect-to/file"
: >"$scratch/log"
says "a pipe that was not started" 'finished' -p -n "$url/plain"
check "... makes no request" test ! -s "$scratch/log"
says "a pipe that is left" 'finished' -p -b "$url/endless"
says "a pipe that is left in a stall" 'finished' -p -b "$url/stall/body"
"$get" -p -f 60 "$url/stall" 2>/dev/null &
parent=$!
sleep 0.5
read -r child _ <"/proc/$parent/task/$parent/children"
kill -KILL "$parent"
wait "$parent" 2>/dev/null
sleep 1.5
# (A zombie where nobody reaps orphans.)
check "the child ends with its parent" bash -c "[ -n '$child' ] && ! grep -qE '^State:\s+[^ZX]' /proc/$child/status 2>/dev/null"
# A receiver that is slower than the patience with the peer.
check "a slow receiver is no stall" bash -c "'$get' -p -s 1 $url/big/8000000 2>'$scratch/said' | (sleep 3; wc -c) | grep -qx 8000000"

if command -v openssl >/dev/null; then
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
        -keyout "$scratch/key.pem" -out "$scratch/cert.pem" >/dev/null 2>&1
    start_stub tls --tls "$scratch/cert.pem" "$scratch/key.pem"
    tls=https://localhost:$port
    says "TLS from a stranger" 'error net: .*certificate' "$tls/plain"
    gets "TLS with its authority" -c "$scratch/cert.pem" "$tls/plain"
    gets "TLS unchecked, as asked" -k "$tls/plain"
    gets "TLS in a pipe" -p -c "$scratch/cert.pem" "$tls/plain"
    says "from https to http" 'error net: .*may not lead' -k "$tls/redirect-to/http"
else
    skip TLS "openssl is not installed"
fi
finish
