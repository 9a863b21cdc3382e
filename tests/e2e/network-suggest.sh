#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker root busybox
# What `harden network` proposes is really done: containers that talk still do, what it says to
# close is closed, by connection attempts.
. "$(dirname "$0")/lib.sh"

docker version >/dev/null 2>&1 || { skip network-suggest "no engine answers"; finish; exit; }
p=harden-e2e-suggest image=harden-e2e-suggest
rules=()
forget_rules() {
    local rule
    for rule in "${rules[@]+"${rules[@]}"}"; do ${rule/ -I / -D }; done
    rules=()
}
remove() {
    docker rm -f $p-ask $p-answer $p-idle $p-far
    docker network rm $p-team $p-team-1 $p-team-outside $p-else
    docker image rm -f $image
    forget_rules
} >/dev/null 2>&1
remove
at_exit+=(remove)
busybox_image $image || { skip network-suggest "no static busybox"; finish; exit; }
docker network create $p-team >/dev/null
docker network create $p-else >/dev/null
start() { # NAME PORT OPTIONS...
    local name=$1 port=$2; shift 2
    docker run -d --init --name "$p-$name" "$@" $image sh -c "httpd -p $port -h /www; sleep 1800" >/dev/null || failed "starting $name"
}
start ask 7801 --network $p-team --label com.docker.compose.service=ask
start answer 7802 --network $p-team --label com.docker.compose.service=answer
start idle 7803 --network $p-team --label com.docker.compose.service=idle -p 17803:7803
start far 7804 --network $p-else
at() { docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "$p-$1"; }
# connects FROM PORT ADDRESS...: to one of the addresses.
connects() {
    local from=$1 port=$2 address; shift 2
    for address; do docker exec "$p-$from" timeout 4 nc -w 2 "$address" "$port" </dev/null >/dev/null 2>&1 && return; done
    return 1
}
refused() { ! connects "$@"; }
sleep 1
# shellcheck disable=SC2046
check "who asks is answered" connects ask 7802 $(at answer)

"$harden" network --allow-gaps --format json >"$scratch/before.json"
# suggested ID WORDS [nft]: the commands of that suggestion, one a line; or its file for nft.
suggested() {
    python3 - "$scratch/before.json" "$@" <<'PY'
import json, sys
found = [s for s in json.load(open(sys.argv[1]))["suggestions"] if s["id"] == sys.argv[2] and sys.argv[3] in s["text"]]
assert len(found) == 1, found
print("\n".join(found[0]["commands"]) if len(sys.argv) < 5 else found[0].get("nft", ""))
PY
}
python3 - "$scratch/before.json" $p >"$scratch/told" 2>&1 <<'PY'
import json, sys
told, p = json.load(open(sys.argv[1])), sys.argv[2]
used = {(r["from"], r["to"], r["port"]) for r in told["routes"] if r.get("in_use")}
assert (f"{p}-ask", f"{p}-answer", 7802) in used, used
assert (f"{p}-idle", f"{p}-answer", 7802) not in used, used
split = [s for s in told["suggestions"] if s["id"] == "split-networks" and f"{p}-team:" in s["text"]][0]
# Idle to two, two to idle; and published ports of others, where there are some.
assert split["closes"] >= 4, split
assert f"  ask:\n    networks:\n      - {p}-team-1\n" in split["compose"], split["compose"]
assert "internal: true" in split["compose"] and "enable_icc: \"false\"" in split["compose"]
PY
check "what is in use, and what nobody needs" test ! -s "$scratch/told"
cat "$scratch/told"

# ---- rules ----
if command -v iptables >/dev/null && iptables -w -n -L DOCKER-USER >/dev/null 2>&1; then
    { suggested close-host-to-network "to the network $p-else:" && suggested close-to-outside "port 17803 "; } >"$scratch/rules" ||
        failed "finding the rules"
    "$harden" network --allow-gaps explain lan $p-idle:7803 >/dev/null
    before=$?
    while read -r rule; do $rule && rules+=("$rule"); done <"$scratch/rules"
    check "all rules are taken" test "${#rules[@]}" = "$(wc -l <"$scratch/rules")" -a "${#rules[@]}" -ge 2
    gate=$(docker network inspect -f '{{range .IPAM.Config}}{{.Gateway}} {{end}}' $p-else)
    check "far no longer reaches the published port" refused far 17803 "${gate%% *}"
    check_exit "and harden says so" 0 "$harden" network --allow-gaps explain $p-far $p-idle:7803
    "$harden" network --allow-gaps explain lan $p-idle:7803 >"$scratch/lan"
    check "nor does the host's network, by the rules" test "$before" = 1 -a "$(grep -cE ': (open|possible): it is published' "$scratch/lan")" = 0
    check "the host itself does" timeout 4 busybox nc -w 2 127.0.0.1 17803 </dev/null
    forget_rules
    check "without the rules far reaches it" connects far 17803 "${gate%% *}"
else
    skip "rules" "no iptables"
fi

# ---- the same in the words of nft, as a table of its own ----
if ! command -v nft >/dev/null; then
    skip "nft" "it is not installed"
elif nft list table inet harden >/dev/null 2>&1; then
    skip "nft" "there is a table inet harden, which is somebody's"
else
    { suggested close-host-to-network "to the network $p-else:" nft && suggested close-to-outside "port 17803 " nft; } >"$scratch/rules.nft"
    if [ -s "$scratch/rules.nft" ] && [ "$(grep -c . "$scratch/rules.nft")" -gt 0 ]; then
        at_exit+=("nft delete table inet harden 2>/dev/null")
        check "nft understands the file" unshare -n nft -c -f "$scratch/rules.nft"
        check "nft loads it" nft -f "$scratch/rules.nft"
        gate=$(docker network inspect -f '{{range .IPAM.Config}}{{.Gateway}} {{end}}' $p-else)
        check "far no longer reaches the published port" refused far 17803 "${gate%% *}"
        check_exit "and harden says so" 0 "$harden" network --allow-gaps explain $p-far $p-idle:7803
        "$harden" network --allow-gaps explain lan $p-idle:7803 >"$scratch/lan"
        check "nor does the host's network" test "$(grep -cE ': (open|possible): it is published' "$scratch/lan")" = 0
        check "the host itself does" timeout 4 busybox nc -w 2 127.0.0.1 17803 </dev/null
        check "iptables is not disturbed" iptables -w -n -L DOCKER-USER
        nft delete table inet harden
        check "without the table far reaches it" connects far 17803 "${gate%% *}"
    else
        skip "nft" "this host's rules are legacy iptables'"
    fi
fi

# ---- the split ----
suggested split-networks "$p-team:" >"$scratch/split" || failed "finding the split"
while read -r command; do $command >/dev/null || failed "$command"; done <"$scratch/split"
# shellcheck disable=SC2046
{
    check "who talked still does" connects ask 7802 $(at answer)
    check "by the service's name too" connects ask 7802 answer
    check "the others do not reach it" refused idle 7802 $(at answer)
    check "nor it the others" refused answer 7803 $(at idle)
}
check "the published port is still there" timeout 4 busybox nc -w 2 127.0.0.1 17803 </dev/null
"$harden" network --allow-gaps explain $p-idle $p-answer:7802 >/dev/null
check "harden sees the same" test $? = 0
finish
