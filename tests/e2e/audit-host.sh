#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker root
# The audit of a machine: settings are changed in trees that stand for machines, containers with
# bad settings are made on the real engine, and each control must say so; then it must not any more.
. "$(dirname "$0")/lib.sh"

unset DOCKER_HOST DOCKER_CONTEXT DOCKER_CONTENT_TRUST
tree=$scratch/tree
json=$scratch/report.json
docker version >/dev/null 2>&1 && engine=yes || engine=

# audit ARGUMENTS...: a report in $json; its exit code is not looked at.
audit() { "$harden" audit host --built-in --format json -o "$json" "$@" 2>"$scratch/audit.err" || true; }
control() { # NUMBER [MEMBER]
    python3 - "$json" "$1" "${2:-result}" <<'PY'
import json, sys
report = json.load(open(sys.argv[1]))
for control in report.get("controls", []):
    if control["id"] == sys.argv[2]:
        print(control.get(sys.argv[3], ""))
PY
}
expect() { # NAME NUMBER RESULT [WORDS OF THE EVIDENCE OR REMEDY]
    local got said; got=$(control "$2"); said=$(control "$2" evidence; control "$2" remedy)
    if [ "$got" != "$3" ]; then failed "$1: $2 is $got ($said), not $3"; return; fi
    case $said in *"${4:-}"*) ;; *) failed "$1: $2 does not say \"$4\": $said"; return ;; esac
    ok "$1"
}
has_finding() { # ID WORDS
    python3 - "$json" "$1" "$2" <<'PY'
import json, sys
report = json.load(open(sys.argv[1]))
sys.exit(not any(f["id"] == sys.argv[2] and sys.argv[3] in f.get("evidence", "") + f.get("reason", "")
                 + f.get("remedy", "") for f in report["findings"]))
PY
}

put() { # PATH, content on standard input
    mkdir -p "$tree/$(dirname "$1")"
    cat >"$tree/$1"
    chmod 644 "$tree/$1"
}
# A machine with a running Docker daemon, everything as it should be as far as files go.
new_tree() {
    rm -rf "$tree"
    mkdir -p "$tree/var/lib/docker" "$tree/run/containerd" "$tree/usr/bin" "$tree/etc/docker" "$tree/proc/net"
    echo testhost | put proc/sys/kernel/hostname
    echo 6.12.90 | put proc/sys/kernel/osrelease
    printf '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:2 / /var/lib/docker rw - ext4 /dev/sda2 rw\n3 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n' |
        put proc/self/mountinfo
    echo dockerd | put proc/500/comm
    printf 'dockerd\0-H\0fd://\0' | put proc/500/cmdline
    printf '[Service]\nExecStart=/usr/bin/dockerd -H fd://\n' | put usr/lib/systemd/system/docker.service
    printf '[Socket]\nListenStream=/run/docker.sock\n' | put usr/lib/systemd/system/docker.socket
    printf 'root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\nbob:x:1001:998::/home/bob:/bin/sh\n' | put etc/passwd
    printf 'root:x:0:\nalice:x:1000:\ndocker:x:998:\n' | put etc/group
    printf 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n' | put etc/os-release
    printf '{\n  "icc": false,\n  "no-new-privileges": true,\n  "live-restore": true,\n  "userland-proxy": false,\n  "userns-remap": "default",\n  "log-driver": "syslog"\n}\n' | put etc/docker/daemon.json
    echo | put usr/bin/dockerd
    printf -- '-w /usr/bin -p wxa -k docker\n-w /etc/docker -p wa -k docker\n' | put etc/audit/rules.d/docker.rules
    python3 -c 'import socket,sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1])' "$tree/run/docker.sock"
    chmod 660 "$tree/run/docker.sock"
}
tree_audit() { audit --root "$tree" "$@"; }

new_tree
tree_audit
expect "no TCP address" 2.8 pass
expect "icc is off" 2.2 pass '"icc": false in /etc/docker/daemon.json, line 2'
expect "data has its own disk" 1.1.1 pass
expect "the group docker has a member by primary group" 1.1.2 fail "bob (primary group)"
expect "dockerd is watched" 1.1.3 pass "/etc/audit/rules.d/docker.rules, line 1"
expect "the data folder is not watched" 1.1.5 fail "augenrules --load"
expect "the daemon's file belongs to root" 3.17 pass
expect "containers are not known without engine" 5.5 unknown
expect "no sysconfig on Debian" 3.21 not-applicable

printf 'dockerd\0-H\0fd://\0--host\0tcp://0.0.0.0:2375\0--log-level=debug\0--icc\0' | put proc/500/cmdline
tree_audit
expect "a TCP address without TLS" 2.8 fail "tcp://0.0.0.0:2375"
expect "a flag beats the file" 2.2 fail "--icc=true on the command line"
expect "a level by a flag" 2.3 fail "--log-level=debug"
check "an open port is critical" python3 -c 'import json,sys; r = json.load(open(sys.argv[1])); sys.exit(not any(f["id"] == "daemon/tcp-without-tls" and f["severity"] == "critical" for f in r["findings"]))' "$json"
check_exit "and has exit code 1" 1 "$harden" audit host --root "$tree" --quiet --allow-gaps

new_tree
mkdir -p "$tree/etc/systemd/system/docker.socket.d"
printf '[Socket]\nListenStream=10.0.0.5:2376\n' | put etc/systemd/system/docker.socket.d/tcp.conf
tree_audit
expect "systemd opens the port" 2.8 fail "tcp://10.0.0.5:2376"
printf '{"tlsverify": true, "tlscacert": "/etc/docker/ca.pem", "tlskey": "/etc/docker/key.pem"}\n' | put etc/docker/daemon.json
echo key | put etc/docker/key.pem
tree_audit
expect "TLS with client certificates" 2.8 pass
expect "a key that others can read" 3.14 fail "chmod 400 /etc/docker/key.pem"
chmod 400 "$tree/etc/docker/key.pem"; tree_audit
expect "a key of the owner alone" 3.14 pass
chmod 000 "$tree/etc/docker/key.pem"; tree_audit
expect "stricter is right too" 3.14 pass

new_tree
chmod 626 "$tree/etc/docker/daemon.json"; chown 1000 "$tree/etc/docker/daemon.json"; chmod 666 "$tree/run/docker.sock"
tree_audit
expect "a mode that is smaller as a number" 3.18 fail "mode 626"
expect "settings of a user" 3.17 fail "alice"
expect "a socket for everyone" 3.16 fail "chmod 660"

new_tree
echo '{"icc": false,' | put etc/docker/daemon.json
tree_audit
check "a damaged file is a finding" has_finding daemon/bad-settings-file "not valid JSON"
check_exit "and a gap" 3 "$harden" audit host --root "$tree" --quiet --fail-on none

new_tree
printf 'export DOCKER_CONTENT_TRUST=1\n' | put etc/profile.d/trust.sh
tree_audit
expect "content trust is harmful by now" 4.5 fail "/etc/profile.d/trust.sh, line 1"
rm "$tree/etc/profile.d/trust.sh"; tree_audit
expect "and not being on is no fault" 4.5 not-applicable

# Rootless: files are the user's, and that is right.
new_tree
printf 'Uid:\t1000\t1000\t1000\t1000\n' | put proc/500/status; rm -r "$tree/etc/docker"
printf 'dockerd\0--rootless\0' | put proc/500/cmdline
printf '{"hosts": ["unix:///run/user/1000/docker.sock"]}\n' | put home/alice/.config/docker/daemon.json
chown 1000:1000 "$tree/home/alice/.config/docker/daemon.json"
tree_audit
expect "rootless is seen" 2.1 pass
expect "the user's settings are used" 3.17 pass "/home/alice/.config/docker/daemon.json"

mkdir -p "$tree/home/alice/.local/share/docker" "$tree/run/user/1000/docker/containerd" "$tree/home/alice/.config/docker/certs.d/r.lan"
echo cert | put home/alice/.config/docker/certs.d/r.lan/ca.crt; chmod 666 "$tree/home/alice/.config/docker/certs.d/r.lan/ca.crt"
printf '[Service]\nExecStart=/usr/bin/dockerd-rootless.sh\n' | put home/alice/.config/systemd/user/docker.service
chown -R 1000:1000 "$tree/home/alice" "$tree/run/user/1000"; chmod 775 "$tree/home/alice/.config/docker"
tree_audit
expect "the user's service" 3.1 pass "/home/alice/.config/systemd/user/docker.service"
expect "the user's folder of settings" 3.5 pass "/home/alice/.config/docker"
expect "... that others can write" 3.6 fail "chmod 755 /home/alice/.config/docker"
expect "the user's certificates of registries" 3.8 fail "/home/alice/.config/docker/certs.d/r.lan/ca.crt"
expect "the user's data" 1.1.1 fail "/home/alice/.local/share/docker"
chown 0 "$tree/home/alice/.config/docker"; chown 1001 "$tree/home/alice/.config/systemd/user/docker.service"
tree_audit
expect "a file of another user's" 3.1 fail "bob"

# The data folder may be a link, or be somewhere else altogether.
new_tree
mkdir -p "$tree/srv/docker"; rmdir "$tree/var/lib/docker"; ln -s /srv/docker "$tree/var/lib/docker"
tree_audit
expect "a link to the file system of /" 1.1.1 fail "/var/lib/docker lies on the file system of /"
printf '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:2 / /srv rw - ext4 /dev/sda2 rw\n' | put proc/self/mountinfo
tree_audit
expect "a link to another one" 1.1.1 pass
new_tree
mkdir -p "$tree/data"; printf '{"data-root": "/data"}' | put etc/docker/daemon.json
tree_audit
expect "a folder that settings name" 1.1.1 fail "/data lies on the file system of /"
printf -- '-w /data -p wxa\n' | put etc/audit/rules.d/d.rules
tree_audit
expect "... and its audit rule" 1.1.5 pass

# A state folder instead of an engine.
new_tree
id=$(printf '%064d' 7)
mkdir -p "$tree/var/lib/docker/containers/$id"
printf '{"ID":"%s","Name":"/web","State":{"Running":true},"Config":{"User":"","Image":"app"},"MountPoints":{"/host":{"Source":"/","Destination":"/host","RW":true,"Type":"bind"}}}' "$id" | put "var/lib/docker/containers/$id/config.v2.json"
printf '{"Privileged":true,"NetworkMode":"host","RestartPolicy":{"Name":"always"}}' | put "var/lib/docker/containers/$id/hostconfig.json"
tree_audit
expect "privileged, from the state folder" 5.5 fail "web"
expect "the host's network, from the state folder" 5.10 fail "web"

# The plan: a patch that the daemon's own parser takes, and the finding is gone afterwards.
new_tree
printf '{\n  "debug": true,\n  "icc": true\n}\n' | put etc/docker/daemon.json
tree_audit
expect "debug is a finding" 2.3 fail
"$harden" audit host --root "$tree" --built-in --plan >"$scratch/plan"
python3 - "$scratch/plan" "$scratch" <<'PY'
import re, sys
steps = re.split(r"\n(?=\d+  )", open(sys.argv[1]).read())
for number, step in enumerate(s for s in steps if "Patch /etc/docker/daemon.json" in s):
    lines = [l[4:] for l in step.splitlines()[1:] if l.startswith("    ")]
    diff = []
    for line in lines:
        if not (line.startswith(("---", "+++", "@@", "+", "-", " ")) or line == ""): break
        diff.append(line)
    open(f"{sys.argv[2]}/patch-{number}", "w").write("\n".join(diff) + "\n")
PY
for file in "$scratch"/patch-*; do
    check "the patch fits ($(basename "$file"))" patch -s "$tree/etc/docker/daemon.json" "$file"
done
check "the file is JSON still" python3 -m json.tool "$tree/etc/docker/daemon.json"
tree_audit
expect "debug is gone" 2.3 pass
expect "icc is off after the patch" 2.2 pass
expect "live-restore is on after the patch" 2.16 pass
expect "user namespaces are on after the patch" 2.10 pass

for version in 1.6.0 1.7.0 1.8.0; do
    tree_audit --benchmark "cis-$version"
    count=$(python3 -c 'import json,sys; print(len(json.load(open(sys.argv[1]))["controls"]))' "$json")
    want=117; [ $version = 1.8.0 ] && want=118
    if [ "$count" = $want ]; then ok "cis-$version has $want controls"; else failed "cis-$version has $count controls, not $want"; fi
done
tree_audit --benchmark cis-1.6.0
expect "TCP is 2.7 in 1.6.0" 2.7 pass
tree_audit --only '2.*'
check "--only takes patterns" python3 -c 'import json,sys; c = json.load(open(sys.argv[1]))["controls"]; sys.exit(not (len(c) == 19 and all(x["id"].startswith("2.") for x in c)))' "$json"
check_exit "--only refuses what is not there" 2 "$harden" audit host --root "$tree" --only 99.1
check "docker-bench's JSON" bash -c '"$0" audit host --root "$1" --allow-gaps --fail-on none --compat docker-bench | python3 -c "
import json, sys
r = json.load(sys.stdin)
assert r[\"checks\"] == 118 and len(r[\"tests\"]) == 7, r[\"checks\"]
assert all(t[\"result\"] in (\"PASS\", \"WARN\", \"INFO\", \"NOTE\") for s in r[\"tests\"] for t in s[\"results\"])"' "$harden" "$tree"
tree_audit
check "the report is valid" "$top/tests/e2e/schema.py" "$json"
"$harden" audit host --root "$tree" --format json >"$scratch/again.json" 2>/dev/null
"$harden" audit host --root "$tree" --format json >"$scratch/once-more.json" 2>/dev/null
check_same "equal machines give equal reports" "$scratch/again.json" "$scratch/once-more.json"
check_exit "another root must be a folder" 2 "$harden" audit host --root "$scratch/none"
check_exit "only what there is can be audited" 2 "$harden" audit planet

# Engines that this machine does not have, as their answers would be.
answers=$scratch/answers
socket=$scratch/fixture.sock
mkdir "$answers"
coproc python3 "$top/tests/tools/fixture_engine.py" "$socket" "$answers"
at_exit+=("kill $COPROC_PID 2>/dev/null")
read -r -t 10 ready <&"${COPROC[0]}" || failed "the fixture's engine"
say() { cat >"$answers/$1.json"; }
engine_audit() { audit --root "$tree" --host "unix://$socket"; }
one=$(printf '%064d' 1) two=$(printf '%064d' 2)
forget() { rm -f "$answers"/*; echo '[]' | say containers; echo '[]' | say images; echo '[]' | say networks; }
no_daemon() { rm -r "$tree/proc/500" "$tree/etc/docker" "$tree/usr/lib/systemd/system"; }
new_tree; no_daemon

forget
echo '{"Version":"29.6.0","Components":[{"Name":"Engine","Version":"29.6.0"},{"Name":"containerd","Version":"v2.3.2"},{"Name":"runc","Version":"1.4.3"}]}' | say version
echo '{"SecurityOptions":["name=apparmor","name=seccomp,profile=builtin","name=rootless","name=cgroupns"],"Driver":"overlayfs","DriverStatus":[["driver-type","io.containerd.snapshotter.v1"]],"LiveRestoreEnabled":true,"ExperimentalBuild":false,"CgroupVersion":"2","LoggingDriver":"json-file","RegistryConfig":{"InsecureRegistryCIDRs":["127.0.0.0/8","::1/128"]},"Plugins":{"Authorization":null},"Swarm":{"LocalNodeState":"inactive"}}' | say info
engine_audit
expect "a rootless engine" 2.1 pass
expect "is in a user namespace" 2.10 pass
expect "loopback registries are built in" 2.5 pass
expect "no flaw is known of new parts" 1.2.2 pass
expect "AppArmor is there" 5.2 not-applicable "there are no containers"
echo '{"Version":"29.6.0","Components":[{"Name":"runc","Version":"1.2.5"}]}' | say version
engine_audit
expect "an old runc" 1.2.2 fail "runc 1.2.5"
check "is not affected in a user namespace" has_finding CVE-2025-31133 "a user namespace is in use"

forget
echo '{"Version":"5.4.0","Components":[{"Name":"Podman Engine","Version":"5.4.0"}]}' | say version
echo '{"SecurityOptions":["name=seccomp,profile=default"],"LoggingDriver":"journald","Swarm":{"LocalNodeState":"inactive"}}' | say info
printf '[containers]\nno_new_privileges = true\n' | put etc/containers/containers.conf
printf '[[registry]]\nlocation = "r.lan:5000"\ninsecure = true\n' | put etc/containers/registries.conf
engine_audit
expect "Podman has no daemon to log" 2.3 not-applicable "Podman"
expect "containers.conf is Podman's daemon.json" 2.15 pass "/etc/containers/containers.conf, line 2"
expect "registries.conf may be insecure" 2.5 fail "line 3"

forget; new_tree
echo '{"Version":"28.0.0"}' | say version
echo '{"Swarm":{"LocalNodeState":"active","ControlAvailable":true,"NodeAddr":"10.0.0.5","Managers":4,"Nodes":4},"SecurityOptions":["name=seccomp,profile=unconfined"]}' | say info
echo '{"Spec":{"EncryptionConfig":{"AutoLockManagers":false},"CAConfig":{"NodeCertExpiry":7776000000000000}},"DataPathAddr":""}' | say swarm
echo '[]' | say secrets; echo '[{"ID":"a"}]' | say services; echo '[]' | say nodes
echo '[{"Name":"ingress","Driver":"overlay","Ingress":true,"Options":{}},{"Name":"back","Driver":"overlay","Options":{}},{"Name":"safe","Driver":"overlay","Options":{"encrypted":""}}]' | say networks
engine_audit
expect "an even number of managers" 7.1 fail "4 managers"
expect "overlay networks but ingress" 7.3 fail "not encrypted: back"
expect "no secrets" 7.4 fail
expect "no autolock" 7.5 fail "docker swarm update --autolock=true"
expect "certificates of 90 days" 7.7 pass "2160 hours"
expect "one path for data and control" 7.9 fail "10.0.0.5"
expect "the daemon's seccomp is off" 2.18 fail "unconfined"

# What the daemon does for all holds for each.
forget
echo '{"SecurityOptions":["name=no-new-privileges","name=seccomp,profile=unconfined"]}' | say info
record() { printf '{"Id":"%s","Name":"/%s","State":{"Running":true},"Config":{"User":"1","Image":"a"},"HostConfig":{%s},"NetworkSettings":{}}' "$1" "$2" "$3" | say "containers-$1"; }
printf '[{"Id":"%s"},{"Id":"%s","Labels":{"Id":"%s"}}]' "$one" "$two" "$one" | say containers
record "$one" plain '"SecurityOpt":null'
record "$two" weak '"SecurityOpt":["no-new-privileges:false"]'
engine_audit
expect "no-new-privileges of the daemon, but for one" 5.26 fail "1 of 2 containers do not hold it: weak"
expect "seccomp that is off for all" 5.22 fail "2 of 2"

# Lies and nonsense: gaps, not crashes.
forget
echo '{"a":' | say info
echo '[{"Id":"../../secret"},{"Id":1},"x",null]' | say containers
printf 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[{"Id\r\nzz\r\n' >"$answers/images.raw"
printf 'HTTP/1.1 500 Oops\r\nContent-Length: 27\r\n\r\n{"message":"\\u001b[31mno"}\r\n' >"$answers/networks.raw"
check_exit "nonsense gives gaps" 3 "$harden" audit host --root "$tree" --host "unix://$socket" --fail-on none --quiet
engine_audit
check "each of them is named" python3 -c '
import json, sys
gaps = [g["path"] for g in json.load(open(sys.argv[1]))["coverage"]["gaps"]]
sys.exit(not all(any(p.endswith(x) for p in gaps) for x in ("/info", "/images/json", "/networks")))' "$json"

# A list without end: the first ones are asked about, the others are a gap.
forget
python3 - "$answers" <<'PY'
import json, os, sys
ids = [f"{n:064x}" for n in range(12000)]
json.dump([{"Id": i} for i in ids], open(os.path.join(sys.argv[1], "images.json"), "w"))
PY
start=$SECONDS
engine_audit
check "12,000 images that are not there, in bounded time" [ $((SECONDS - start)) -lt 130 ]
check "and a gap says so" grep -q "more than are asked about one by one" "$json"

# So many containers that their list alone is large, from an engine that does not keep to the limit it is asked for.
forget
python3 - "$answers" <<'PY'
import json, os, sys
labels = {"com.example.filler": "x" * 60}
json.dump([{"Id": f"{n:064x}", "Labels": labels} for n in range(100000)], open(os.path.join(sys.argv[1], "containers.json"), "w"))
PY
start=$SECONDS
engine_audit
check "100,000 containers, in bounded time" [ $((SECONDS - start)) -lt 130 ]
check "and a gap says so" python3 -c '
import json, sys
gaps = json.load(open(sys.argv[1]))["coverage"]["gaps"]
sys.exit(not any("/containers/json" in g["path"] and ("more than" in g["reason"] or "longer than" in g["reason"]) for g in gaps))' "$json"
check "in bounded memory" bash -c '
/usr/bin/time -f %M -o "$3" "$0" audit host --built-in --root "$1" --host "unix://$2" --fail-on none --allow-gaps --quiet 2>/dev/null
[ "$(tail -1 "$3")" -lt 300000 ]' "$harden" "$tree" "$socket" "$scratch/memory"
start=$SECONDS code=0
/usr/bin/time -f %M -o "$scratch/memory" "$harden" audit container all --root "$tree" --host "unix://$socket" \
    --fail-on none --format json -o "$json" 2>"$scratch/said" || code=$?
check "audit container of 100,000, in bounded time" [ $((SECONDS - start)) -lt 130 ]
check "and memory" [ "$(tail -1 "$scratch/memory")" -lt 300000 ]
check "and it says what it left out" bash -c '[ "$0" = 2 ] && grep -q "more than\|longer than" "$1" || grep -q "more than\|longer than" "$2"' "$code" "$scratch/said" "$json"
# Engines that accept and never answer: the first question, and one in the middle.
stalls() { # FILE
    local own=$scratch/stall$1 start=$SECONDS
    mkdir "$own"; touch "$own/$1.stall"
    python3 "$top/tests/tools/fixture_engine.py" "$own/sock" "$own" >"$own/ready" &
    local stub=$!
    until [ -s "$own/ready" ]; do sleep 0.1; done
    timeout 200 "$harden" audit host --built-in --root "$tree" --host "unix://$own/sock" --format json --fail-on none -o "$own/report.json" 2>"$own/said"
    echo "$? $((SECONDS - start))" >"$own/outcome"
    kill $stub; wait $stub 2>/dev/null
}
if [ -n "${HARDEN_E2E_QUICK:-}" ]; then
    skip "engines that stall" "HARDEN_E2E_QUICK is set"
else
    waiting=()
    for what in _ping info containers; do stalls $what & waiting+=($!); done
    wait "${waiting[@]}"
    for what in _ping info containers; do
        read -r code took <"$scratch/stall$what/outcome"
        check "stalling at $what ends as incomplete" [ "$code" = 3 ]
        check "... within two minutes" [ "$took" -lt 120 ]
        check "... and says so" grep -q "sent nothing\|stopped answering" "$scratch/stall$what/report.json"
    done
fi
{ kill "$COPROC_PID"; wait "$COPROC_PID"; } 2>/dev/null

if [ -z "$engine" ]; then skip "the real engine" "no engine answers"; finish; exit; fi

# The real engine: each container has one bad setting; the same without it must pass.
image=harden-e2e/audit-host
prefix=harden-e2e-audit
at_exit+=("docker ps -aq --filter name=^$prefix | xargs -r docker rm -f >/dev/null 2>&1" "docker image rm -f $image >/dev/null 2>&1")
printf 'int pause(void); int main(void) { for (;;) pause(); }\n' >"$scratch/idle.c"
mkdir "$scratch/image"
gcc -static -Os -o "$scratch/image/idle" "$scratch/idle.c" || { failed "compiling"; finish; exit 1; }
tar -C "$scratch/image" -c . | docker import --change 'CMD ["/idle"]' - "$image" >/dev/null || { failed "importing"; finish; exit 1; }

names() { python3 - "$json" "$1" <<'PY'
import json, sys
for c in json.load(open(sys.argv[1]))["controls"]:
    if c["id"] == sys.argv[2]: print(c["result"], c.get("evidence", ""))
PY
}
# bad NUMBER FLAGS...: a container with these flags is named by that control, and one without is not.
bad() {
    local number=$1 name=$prefix-${1//./-}; shift
    docker create --name "$name" "$@" "$image" >/dev/null 2>"$scratch/create.err" || { failed "$number: $(head -1 "$scratch/create.err")"; return; }
    audit --only "$number"
    if python3 -c '
import json, sys
r = json.load(open(sys.argv[1]))
f = [x for x in r["findings"] if x.get("location", {}).get("path") == "containers/" + sys.argv[2]]
sys.exit(not (r["controls"][0]["result"] == "fail" and f))' "$json" "$name"; then ok "$number: ${*:-nothing set}"; else failed "$number: $* is not found: $(names "$number")"; fi
    docker rm -f "$name" >/dev/null
}
# good NUMBER FLAGS...
good() {
    local number=$1 name=$prefix-good-${1//./-}; shift
    docker create --name "$name" "$@" "$image" >/dev/null
    audit --only "$number"
    if python3 -c '
import json, sys
r = json.load(open(sys.argv[1]))
sys.exit(any(x.get("location", {}).get("path") == "containers/" + sys.argv[2] for x in r["findings"]))' "$json" "$name"; then ok "$number: $* is right"; else failed "$number: $* is found: $(names "$number")"; fi
    docker rm -f "$name" >/dev/null
}
bad 5.4 --cap-add SYS_ADMIN;           good 5.4 --cap-drop ALL
bad 5.5 --privileged;                  good 5.5
bad 5.6 -v /etc:/host-etc;             good 5.6 -v "$scratch:/data:ro"
bad 5.8 -p 25:25;                      good 5.8 -p 127.0.0.1:8080:80
bad 5.10 --network host;               good 5.10
bad 5.11;                              good 5.11 -m 64m
bad 5.12;                              good 5.12 --cpus 1
bad 5.13;                              good 5.13 --read-only
bad 5.14 -p 8080:80;                   good 5.14 -p 127.0.0.1:8080:80
bad 5.15 --restart always;             good 5.15 --restart on-failure:5
bad 5.16 --pid host;                   good 5.16
bad 5.17 --ipc host;                   good 5.17 --ipc private
bad 5.18 --device /dev/null;           good 5.18
bad 5.20 -v "$scratch:/data:shared";   good 5.20 -v "$scratch:/data"
bad 5.21 --uts host;                   good 5.21
bad 5.22 --security-opt seccomp=unconfined; good 5.22
bad 5.25 --cgroup-parent /elsewhere;   good 5.25
bad 5.26;                              good 5.26 --security-opt no-new-privileges
bad 5.29;                              good 5.29 --pids-limit 100
bad 5.31 --userns host;                good 5.31
bad 5.32 -v /var/run/docker.sock:/s;   good 5.32

# The kernel's list of audit rules goes before the files.
if [ "$(id -u)" = 0 ] && "$top/tests/tools/audit_rule.py" add /etc/docker 2>"$scratch/audit-rule"; then
    audit --only 1.1.11
    expect "a rule that is loaded" 1.1.11 "$([ -e /etc/docker/daemon.json ] && echo pass || echo not-applicable)"
    audit --only 1.1.6
    expect "... and a folder's" 1.1.6 pass "the kernel watches /etc/docker"
    "$top/tests/tools/audit_rule.py" del /etc/docker
    audit --only 1.1.6
    expect "a rule that is not" 1.1.6 fail "no audit rule watches /etc/docker"
else
    skip "audit rules of the kernel" "$(cat "$scratch/audit-rule")"
fi

# Running, with what the engine tells only then.
docker run -d --name $prefix-run -p 127.0.0.1::80 --label 'x="Id":"../../etc"' --label "evil=$(printf '\033[31m')" "$image" >/dev/null
audit
check "the running container is in the report" bash -c 'grep -q "containers/'$prefix-run'" "$0"' "$json"
check "runC's flaws are weighed" has_finding CVE-2025-31133 "runs as root without a user namespace"
check "hostile labels do not reach the terminal" bash -c '! "$0" audit host --built-in -v | grep -q "$(printf "\033")"' "$harden"
check "the plan names who is disturbed" bash -c '"$0" fix --host | grep -q "'$prefix-run'.*: stops\|'$prefix-run'.*: can no longer"' "$harden"
check "docker-bench's JSON names the containers" bash -c '"$0" audit host --built-in --allow-gaps --fail-on none --benchmark cis-1.6.0 --compat docker-bench | python3 -c "
import json, sys
tests = {t[\"id\"]: t for s in json.load(sys.stdin)[\"tests\"] for t in s[\"results\"]}
assert \"'$prefix-run'\" in tests[\"5.13\"][\"items\"], tests[\"5.13\"]
assert tests[\"5.13\"][\"remediation\"] and \"items\" not in tests[\"2.1\"]
assert not any(\"remediation\" in t for t in tests.values() if t[\"result\"] == \"PASS\")"' "$harden"
docker rm -f $prefix-run >/dev/null
audit
expect "the real machine has a verdict for icc" 2.2 "$(control 2.2)"

# Engines that lie, stall or are not there: told, and in bounded time.
check_exit "an engine that is not there is a gap" 3 "$harden" audit host --host unix:///nowhere.sock --fail-on none --quiet
check "two engines" bash -c '"$0" audit host --host unix:///var/run/docker.sock --host unix:///nowhere.sock --fail-on none --allow-gaps --quiet' "$harden"
check "as nobody, with gaps" bash -c 'cp "$0" "$1/harden"; chmod 755 "$1" "$1/harden"; setpriv --reuid 65534 --regid 65534 --clear-groups env HARDEN_HOME=/nonexistent "$1/harden" audit host --format json --built-in >"$1/nobody.json"; grep -q "not looked at as root" "$1/nobody.json"' "$harden" "$scratch"
finish
