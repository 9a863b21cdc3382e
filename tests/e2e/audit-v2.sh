#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker root
# A second engine that sees cgroup v2 alone, maps user ids and stores files by vfs: the programs of
# the kernel that decide about devices, user namespaces, and what that storage does not tell. It
# lives in a mount namespace of its own, with its own bridge, and the machine's stays as it was.
. "$(dirname "$0")/lib.sh"

unset DOCKER_CONTEXT
for program in dockerd containerd runc ip unshare nsenter; do
    command -v $program >/dev/null || { skip audit-v2 "$program is not installed"; finish; exit; }
done
[ -x /bin/busybox ] || { skip audit-v2 "busybox-static is not installed"; finish; exit; }
bridge=harden-v2-$$ own=$scratch/engine json=$scratch/report.json
bridge=${bridge:0:15}
mkdir "$own"
chmod 711 "$scratch" "$own" # users of containers pass through
export DOCKER_HOST=unix://$own/socket

cat >"$own/start" <<'SH'
#!/bin/bash
# start FOLDER BRIDGE: what is mounted here, nobody else sees.
mount --make-rprivate / && mount -t cgroup2 none /sys/fs/cgroup || exit 1
for file in subuid subgid; do
    echo nobody:200000:65536 >"$1/$file" && mount --bind "$1/$file" "/etc/$file" || exit 1
done
echo '{}' >"$1/daemon.json"
exec dockerd --config-file "$1/daemon.json" --data-root "$1/data" --exec-root "$1/run" --pidfile "$1/pid" \
    -H "unix://$1/socket" --bridge "$2" --iptables=false --ip6tables=false --storage-driver vfs \
    --userns-remap nobody:nogroup
SH
stop_engine() {
    local ids pid
    ids=$(docker ps -aq 2>/dev/null) && [ -n "$ids" ] && docker rm -f $ids >/dev/null 2>&1
    pid=$(cat "$own/pid" 2>/dev/null) && kill "$pid" 2>/dev/null
    wait "$engine" 2>/dev/null
    ip link del "$bridge" 2>/dev/null
}
touch /etc/subuid /etc/subgid
ip link add "$bridge" type bridge && ip addr add 172.31.78.1/24 dev "$bridge" && ip link set "$bridge" up ||
    { skip audit-v2 "no bridge can be made"; finish; exit; }
unshare --mount bash "$own/start" "$own" "$bridge" >"$scratch/engine.log" 2>&1 &
engine=$!
at_exit=(stop_engine)
for _ in $(seq 100); do
    docker version >/dev/null 2>&1 && break
    kill -0 "$engine" 2>/dev/null || break
    sleep 0.2
done
docker version >/dev/null 2>&1 || { tail -3 "$scratch/engine.log"; skip audit-v2 "a second engine does not start here"; finish; exit; }

root=$scratch/image
mkdir -p "$root/bin" "$root/tmp"
cp /bin/busybox "$root/bin/"
ln -s busybox "$root/bin/sleep"
tar -C "$root" -c . | docker import --change 'CMD ["/bin/sleep","1000"]' - harden-v2:1 >/dev/null || { failed "importing"; finish; exit 1; }
start() { local name=$1; shift; docker run -d --name "$name" "$@" harden-v2:1 >/dev/null 2>"$scratch/run.err" || failed "starting $name: $(head -1 "$scratch/run.err")"; }
start plain
start given --device-cgroup-rule 'b 7:* mr'
start every --device-cgroup-rule 'a *:* rwm'
start unmapped --userns host --pid host

audit() { nsenter --mount --target "$(cat "$own/pid")" "$harden" audit container "$@" --no-ptrace --built-in --format json -o "$json" 2>"$scratch/audit.err"; }
# shows NAME WANTED EXPRESSION: of the one container of the report, as c; f has the ids of findings.
shows() {
    check "$1" python3 - "$json" "$2" "$3" <<'PY'
import json, sys
report = json.load(open(sys.argv[1]))
c, f = report["containers"][0], [finding["id"] for finding in report["findings"]]
gaps = [gap["reason"] for gap in report["coverage"]["gaps"]]
got = str(eval(sys.argv[3]))
if got != sys.argv[2]:
    sys.exit(f"{got!r} is not {sys.argv[2]!r}")
PY
}
audit plain --no-files; code=$?
if grep -q "programs of the kernel that decide cannot be" "$json"; then
    skip audit-v2 "the kernel's programs may not be asked for here"; finish; exit
fi
check "an audit on cgroup v2 is complete" [ "$code" = 0 ]
shows "and says so" '[]' 'gaps'
ordinary="b *:* m,c *:* m,c 1:3 rwm,c 1:5 rwm,c 1:7 rwm,c 1:8 rwm,c 1:9 rwm,c 5:0 rwm,c 5:1 rwm,c 5:2 rwm,c 10:200 rwm,c 136:* rwm"
shows "devices that every container has" "$ordinary" '",".join(c["devices"])'
shows "which are no finding" False '"live/extra-device" in f'
shows "it has its own users" "own 200000" 'c["namespaces"]["user"] + " " + str(c["processes"][0]["uid"])'
audit plain; code=$?
check "what vfs does not tell is a gap" [ "$code" = 3 ]
shows "with its reason" True '["vfs" in gap for gap in gaps] == [True]'
audit given --no-files
shows "a device by its numbers" "b 7:* rm" 'c["devices"][1]'
audit every --no-files
shows "all devices" "a *:* rwm" '",".join(c["devices"])'
shows "are a finding" True '"live/extra-device" in f'
audit unmapped --no-files
shows "the host's users" "host 0" 'c["namespaces"]["user"] + " " + str(c["processes"][0]["uid"])'
shows "are one too" True '"container/host-user-namespace" in f'

# The plan for a machine asks the engine that it is told: of this one, it knows whom a restart disturbs.
plans() {
    env -u DOCKER_HOST nsenter --mount --target "$(cat "$own/pid")" "$harden" fix --host "$@" |
        sed -n "/^ *# restart dockerd (process $(cat "$own/pid"))/,/^\$/p" | grep -q "Disturbs no running container"
}
check "fix --host asks the engine that -H names" plans -H "$DOCKER_HOST"
plans_not() { ! plans "$@"; }
check "and no other" plans_not -H unix:///var/run/docker.sock

# The kernel agrees: made by us, a node that no list has cannot be opened.
mknod "$root/tmp/loop" b 7 0 && chmod 666 "$root/tmp/loop"
opens() { docker run --rm -v "$root/tmp:/nodes" "${@:2}" harden-v2:1 /bin/busybox dd if=/nodes/loop of=/dev/null bs=1 count=0 2>&1 | grep -q "$1"; }
check "the kernel refuses what is not listed" opens "not permitted"
check "and not where everything is" opens "records out" --userns host --device-cgroup-rule 'a *:* rwm'
finish
