#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker root busybox
# Containers on several networks: every pair is tried with a real connection, and what harden says
# has to agree, with the engine's own rules, and then with rules of each kind that somebody added.
# What connects is never "blocked", and what is "open" connects. Then the surprises, the formats,
# and questions one by one.
. "$(dirname "$0")/lib.sh"

docker version >/dev/null 2>&1 || { skip network "no engine answers"; finish; exit; }
p=harden-e2e-network image=harden-e2e-network
containers="$p-web $p-api $p-db $p-shy $p-apart1 $p-apart2 $p-lonely $p-local $p-side $p-onhost $p-six1 $p-six2 $p-sock $p-writer"
remove() {
    # shellcheck disable=SC2086
    docker rm -f $containers
    docker network rm $p-front $p-back $p-closed $p-apart $p-six
    docker volume rm -f $p-shared
    docker image rm -f $image
    forget_rules
} >/dev/null 2>&1
rules=()
# add_rule PROGRAM TABLE CHAIN RULE...: in front of the others, and gone at the end.
add_rule() {
    local program=$1 table=$2 chain=$3; shift 3
    "$program" -w -t "$table" -I "$chain" "$@" || { failed "adding a rule to $chain"; return; }
    rules+=("$program -w -t $table -D $chain $*")
}
forget_rules() {
    local rule
    for rule in "${rules[@]+"${rules[@]}"}"; do $rule; done
    rules=()
    nft delete table inet harden-e2e
}
remove
at_exit+=(remove)

busybox_image $image || { skip network "no static busybox"; finish; exit; }
docker network create $p-front >/dev/null
docker network create $p-back >/dev/null
docker network create --internal $p-closed >/dev/null
six=
docker network create --ipv6 --subnet fd00:4a2d:7e57::/64 $p-six >/dev/null 2>&1 && six="six1 six2"
docker network create -o com.docker.network.bridge.enable_icc=false $p-apart >/dev/null

start() { # NAME LISTEN OPTIONS...
    local name=$1 listen=$2; shift 2
    docker run -d --init --name "$p-$name" "$@" $image sh -c "for at in $listen; do httpd -p \$at -h /www; done; sleep 1800" >/dev/null ||
        failed "starting $name"
}
start web 8080 --network $p-front -p 18080:8080
start api 8081 --network $p-front
docker network connect $p-back $p-api
start db 5432 --network $p-back -p 127.0.0.1:15432:5432
start shy 7000 --network $p-closed
start apart1 7101 --network $p-apart
start apart2 7102 --network $p-apart -p 17102:7102
start lonely 7200 --network none
start local "127.0.0.1:7300 7301" --network $p-back
start side 7400 --network container:$p-local
# From outside to root: a published port, a volume that both have, and the engine's socket.
start writer 7600 --network $p-front -p 17600:7600 -v $p-shared:/shared
start sock 7601 --network none -v $p-shared:/shared:ro -v /var/run/docker.sock:/engine.sock:ro
if [ -n "$six" ]; then
    start six1 "[::]:7501" --network $p-six -p 17501:7501
    start six2 "7502" --network $p-six
fi
start onhost "19500 127.0.0.1:19501" --network host
sleep 1


# Every address that could lead to a service is tried from everywhere, all at once: "FROM TO PORT".
addresses() { docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{.GlobalIPv6Address}} {{end}}' "$p-$1"; }
gateways() { docker inspect -f '{{range .NetworkSettings.Networks}}{{.Gateway}} {{.IPv6Gateway}} {{end}}' "$p-$1"; }
outer=$(docker network inspect -f '{{range .IPAM.Config}}{{.Gateway}} {{end}}' bridge)
closed=$(docker network inspect -f '{{range .IPAM.Config}}{{.Gateway}} {{end}}' $p-closed)
sources="web api db shy apart1 apart2 lonely local $six"
services="web:8080:18080 api:8081: db:5432:15432 shy:7000: apart1:7101: apart2:7102:17102 lonely:7200: local:7300: local:7301: local:7400:"
[ -z "$six" ] || services="$services six1:7501:17501 six2:7502:"
for name in $sources; do
    addresses "$name" >"$scratch/at.$name"
    { gateways "$name"; [ "$name" != shy ] || echo "$closed"; } >"$scratch/gate.$name"
done
tries() { # FROM
    local service to port at where ways
    ways="$outer $([ "$1" = host ] && echo 127.0.0.1 ::1 || cat "$scratch/gate.$1")"
    for service in $services; do
        IFS=: read -r to port at <<<"$service"
        [ "$1" = "$to" ] && continue
        for where in $(cat "$scratch/at.$to"); do echo "$to $port $where $port"; done
        [ -z "$at" ] || for where in $ways; do echo "$to $port $where $at"; done
    done
    [ "$1" = host ] || for port in 19500 19501; do
        for where in $ways; do echo "host $port $where $port"; done
    done
}
prober='while read -r to port at on; do
    { timeout 4 nc -w 2 "$at" "$on" </dev/null >/dev/null 2>&1 && echo "$to $port"; } &
done; wait'
probe() {
    local from
    for from in $sources host; do
        if [ "$from" = host ]; then tries host | PATH=$scratch/image/bin:$PATH sh -c "$prober"
        else tries "$from" | docker exec -i "$p-$from" sh -c "$prober"; fi | sed "s/^/$from /"
    done | sort -u
}
# agree SCENE POSSIBLE...: harden's table against the connections; POSSIBLE ("to:port") may be that.
agree() {
    local scene=$1; shift
    probe >"$scratch/real"
    "$harden" network --allow-gaps --format json >"$scratch/said.json"
    for from in $sources host; do tries "$from" | sed "s/^/$from /"; done | cut -d' ' -f1-3 | sort -u >"$scratch/asked"
    if python3 - "$scratch" $p "$@" >"$scratch/differs" 2>&1 <<'PY'
import json, sys
scratch, p, vague = sys.argv[1], sys.argv[2], set(sys.argv[3:])
pair = lambda line: tuple(line.split())
real = {pair(l) for l in open(f"{scratch}/real")}
asked = {pair(l) for l in open(f"{scratch}/asked")}
joined = {"local": f"{p}-local + {p}-side"}
name = lambda n: n if n == "host" else joined.get(n, f"{p}-{n}")
said = {(r["from"], r["to"], str(r["port"])): r["verdict"] for r in json.load(open(f"{scratch}/said.json"))["routes"]}
counts = {}
for a, b, port in sorted(asked):
    is_open = (a, b, port) in real
    verdict = said.get((name(a), name(b), port), "blocked")
    counts[verdict] = counts.get(verdict, 0) + 1
    if (verdict == "possible" and f"{b}:{port}" not in vague) or verdict == ("blocked" if is_open else "open"):
        print(f"{a} to {b}:{port} {'connects' if is_open else 'does not connect'}, harden says {verdict}")
print(counts, file=sys.stderr)
if counts.get("open", 0) < 12 or counts.get("blocked", 0) < 30:
    print("too little was tried:", counts)
PY
    then :; else echo "the comparison failed" >>"$scratch/differs"; fi
    if grep -qv '^{' "$scratch/differs"; then failed "$scene"; sed 's/^/    /' "$scratch/differs" | head -20; else ok "$scene: $(cat "$scratch/differs")"; fi
}
agree "every pair, with the engine's rules"
# ---- what is told of all of them together ----
"$harden" network --format json >"$scratch/all.json"
python3 - "$scratch/all.json" $p >"$scratch/told" 2>&1 <<'PY'
import json, sys
told, p = json.load(open(sys.argv[1])), sys.argv[2]
routes = {(r["from"], r["to"], r["port"]): r for r in told["routes"]}
name = lambda n: n if n in ("host", "lan", "internet") else f"{p}-{n}"
def way(a, b, port): return routes.get((name(a), name(b), port), {}).get("way")
assert way("web", "api", 8081) == "direct"
assert way("db", "web", 8080) == "published", way("db", "web", 8080)
assert way("shy", "web", 8080) is None
assert way("lan", "web", 8080) == "published"
# Published on 127.0.0.1: only for neighbours that make this host their router.
assert way("lan", "db", 5432) in (None, "routed"), way("lan", "db", 5432)
assert told["firewall_rules_read"] is True
assert way("shy", "host", 19500) == "host"
joined = f"{p}-local + {p}-side"
assert (f"{p}-api", joined, 7400) in routes and (f"{p}-api", joined, 7300) not in routes
kinds = {(s["id"], s["node"]) for s in told["surprises"]}
assert ("published-crosses", name("web")) in kinds and ("published-crosses", name("apart2")) in kinds, kinds
assert ("internal-reaches-host", name("shy")) in kinds and ("shared-loopback", joined) in kinds, kinds
path = [[s["to"] for s in a["steps"]] for a in told["attack_paths"]]
assert [name("writer"), name("sock"), "root"] in path, path
assert {(l["from"], l["to"]) for l in told["links"]} >= {(name("writer"), name("sock")), (name("sock"), "root")}
assert "socket" in told["best_cut"]["text"] or "publish" in told["best_cut"]["text"], told["best_cut"]
assert ("raw-guard-missing", name("db")) in kinds, kinds
host = [s["text"] for s in told["surprises"] if s["node"] == "host"]
assert host and f"{p}-onhost" in host[0] and "19501/tcp" in host[0], host
PY
check "ways and surprises" test ! -s "$scratch/told"
cat "$scratch/told"
check "what listens on 127.0.0.1 is open to who shares the network" docker exec $p-side timeout 4 nc -w 2 127.0.0.1 7300
check_exit "explain says 1 for what is open" 1 "$harden" network explain $p-side $p-local:7300
check_exit "explain says 0 for what is blocked" 0 "$harden" network --allow-gaps explain $p-web $p-db:5432
check_exit "explain does not know strangers" 2 "$harden" network explain nobody $p-db:5432
check_exit "the table is complete" 0 "$harden" network --allow-gaps

# ---- rules that somebody added ----
if command -v iptables >/dev/null && iptables -w -n -L DOCKER-USER >/dev/null 2>&1; then
    add_rule iptables filter DOCKER-USER -p tcp --dport 8081 -j DROP
    add_rule iptables filter DOCKER-USER -p tcp --dport 7301 -m limit --limit 1000/s -j RETURN
    add_rule iptables filter INPUT -p tcp --dport 19500 -m conntrack --ctstate NEW -j REJECT
    agree "with rules in DOCKER-USER and INPUT" local:7301
    check_exit "diff says 0 where things only closed" 0 "$harden" network diff "$scratch/all.json" "$scratch/said.json"
    check_exit "diff says 1 where they opened" 1 "$harden" network diff "$scratch/said.json" "$scratch/all.json"
    check "diff names what closed" sh -c "'$harden' network diff --allow-gaps '$scratch/all.json' | grep -q -- '- $p-web .* $p-api tcp 8081: open'"
    check "explain names the rule" sh -c "'$harden' network explain $p-web $p-api:8081 | grep -q 'DOCKER-USER, rule.*8081.*DROP'"
    forget_rules 2>/dev/null
else
    skip "rules in DOCKER-USER" "no iptables"
fi
if command -v nft >/dev/null && nft -f - <<'NFT'
table inet harden-e2e {
    set ports { type inet_service; flags interval; elements = { 5430-5440, 7102 } }
    map verdicts { type inet_service : verdict; elements = { 8080 : jump refuse, 19500 : drop } }
    chain refuse { ip saddr 127.0.0.0/8 return; reject with tcp reset; }
    chain passing { type filter hook forward priority -10; policy accept; tcp dport @ports drop; tcp dport vmap @verdicts; }
    chain coming { type filter hook input priority -10; policy accept; iif "lo" accept; meta l4proto tcp tcp dport vmap @verdicts; }
}
NFT
then
    agree "with a table of nftables, sets and maps"
    check "explain names its rule" sh -c "'$harden' network explain $p-api $p-db:5432 | grep -q 'inet harden-e2e passing, rule 1'"
    nft delete table inet harden-e2e
else
    skip "a table of nftables" "no nft"
fi
if command -v iptables-legacy >/dev/null && iptables-legacy -w -n -L FORWARD >/dev/null 2>&1; then
    add_rule iptables-legacy filter FORWARD -p tcp -m multiport --dports 7501,5432 -m comment --comment e2e -j DROP
    [ -z "$six" ] || add_rule ip6tables filter FORWARD -p tcp --dport 7501 -j DROP
    agree "with legacy iptables, and ip6tables"
    forget_rules 2>/dev/null
else
    skip "legacy iptables" "not here"
fi
if command -v nsenter >/dev/null && command -v nft >/dev/null; then
    nsenter -n -t "$(docker inspect -f '{{.State.Pid}}' $p-api)" nft -f - <<'NFT'
table ip own { chain in { type filter hook input priority 0; policy accept; tcp dport 8081 drop; }; }
NFT
    agree "with a rule inside of a container"
else
    skip "a rule inside of a container" "no nsenter"
fi
# ---- the drawing ----
if ldconfig -p | grep -q 'libgvc\.so\.6'; then
    check "Graphviz draws it" "$harden" network --allow-gaps --format svg -o "$scratch/network.svg"
    python3 - "$scratch/network.svg" $p >"$scratch/drawn" 2>&1 <<'PY'
import sys
import xml.etree.ElementTree as xml
p, svg = sys.argv[2], "{http://www.w3.org/2000/svg}"
root = xml.parse(sys.argv[1]).getroot()
texts = ["".join(t.itertext()).strip() for t in root.iter(svg + "text")]
assert root.tag == svg + "svg"
for text in (f"{p}-web", f"network {p}-front", f"network {p}-closed (internal)", "published tcp 18080", "root of the host"):
    assert text in texts, (text, texts)
red = {g.find(svg + "title").text for g in root.iter(svg + "g") if g.get("class") == "edge" and g.find(svg + "path").get("stroke") == "#c1121f"}
assert any(title.endswith("->root") for title in red) and len(red) >= 3, red
PY
    check "with networks, ports, and the way to root in red" test ! -s "$scratch/drawn"
    cat "$scratch/drawn"
else
    check "the drawing names the package that it needs" sh -c "'$harden' network --format svg 2>&1 | grep -q 'Debian package libgvc6'"
fi
finish
