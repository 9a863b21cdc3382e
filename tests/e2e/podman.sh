#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: root podman busybox
# Rootless Podman for real: a user of its own starts containers and the service, and is asked through
# its socket, by that user and by root.
. "$(dirname "$0")/lib.sh"

leave() { skip podman "$1"; finish; exit; }
command -v podman >/dev/null || leave "it is not installed"
command -v newuidmap >/dev/null || leave "newuidmap is not installed (Debian package uidmap)"
busybox=$(command -v busybox)
[ -n "$busybox" ] && ! ldd "$busybox" >/dev/null 2>&1 || leave "no static busybox"
user=harden-e2e-podman
id "$user" >/dev/null 2>&1 && leave "there is a user $user already"
useradd -m -s /bin/bash "$user" || leave "no user can be made"
uid=$(id -u "$user") run=/run/user/$(id -u "$user")
# shellcheck disable=SC2016
as_user() { su "$user" -s /bin/bash -c "cd; export XDG_RUNTIME_DIR=$run HARDEN_HOME=\$HOME/harden PATH=$PATH; $*"; }
remove() {
    as_user "podman --cgroup-manager=cgroupfs rm -fa; podman rmi -fa"
    [ -n "${service:-}" ] && kill "$service"
    # What is left of its own: the process that keeps the user namespace.
    pgrep -u "$uid" | xargs -r kill
    sleep 1
    userdel -r "$user"
    rm -rf "$run"
} >/dev/null 2>&1
at_exit+=(remove)
mkdir -p "$run/podman" && chown -R "$user:" "$run" && chmod 700 "$run"
grep -q "^$user:" /etc/subuid || leave "the user has no range in /etc/subuid"

mkdir -p "$scratch/image/bin"
cp "$busybox" "$scratch/image/bin/busybox"
ln -s busybox "$scratch/image/bin/sleep"
chmod 755 "$scratch"
tar -C "$scratch/image" -cf "$scratch/image.tar" . && chmod 644 "$scratch/image.tar"
cp "$harden" "$scratch/harden" && chmod 755 "$scratch/harden"
as_user "podman import --change 'CMD [\"/bin/sleep\",\"1000\"]' $scratch/image.tar harden-e2e:1" >"$scratch/import" 2>&1 ||
    leave "no image can be imported: $(tail -1 "$scratch/import")"
start() { # NAME OPTIONS...
    local name=$1; shift
    as_user "podman --cgroup-manager=cgroupfs run -d --name $name $* harden-e2e:1" >"$scratch/started" 2>&1
}
start bare --network none || leave "no container starts: $(tail -1 "$scratch/started")"
start sealed --network none --cap-drop ALL --read-only --user 10001 --security-opt no-new-privileges ||
    failed "starting: $(tail -1 "$scratch/started")"
start picky --network none --cap-drop ALL --cap-add NET_BIND_SERVICE || failed "starting: $(tail -1 "$scratch/started")"
start host --network host || failed "starting: $(tail -1 "$scratch/started")"
socket=unix://$run/podman/podman.sock
setsid su "$user" -s /bin/bash -c "cd; export XDG_RUNTIME_DIR=$run; exec podman --cgroup-manager=cgroupfs system service -t 0 $socket" >"$scratch/service" 2>&1 &
service=$!
for _ in $(seq 50); do [ -S "$run/podman/podman.sock" ] && break; sleep 0.1; done
[ -S "$run/podman/podman.sock" ] || leave "its service does not start: $(tail -1 "$scratch/service")"

# has FILE ID NAME: that rule is broken by that container.
has() {
    python3 - "$@" <<'PY'
import json, sys
_, path, wanted, name = sys.argv
sys.exit(not any(f["id"] == wanted and f["location"]["path"].endswith(name) for f in json.load(open(path))["findings"]))
PY
}
hasnt() { ! has "$@"; }
names() { python3 -c 'import json,sys; print(*sorted(c["name"] for c in json.load(open(sys.argv[1]))["containers"]))' "$1"; }
audit() { # WHO WHAT: into WHO.json
    local command="$2 --host $socket --built-in --format json"
    if [ "$1" = root ]; then "$harden" $command; else as_user "$scratch/harden $command"; fi >"$scratch/$1.json" 2>"$scratch/$1.err"
    [ $? -le 3 ] && [ ! -s "$scratch/$1.err" ]
}
for who in root user; do
    json=$scratch/$who.json
    check "$who: audit container all" audit $who "audit container all"
    check "$who: of the engine that was named alone" test "$(names "$json")" = "bare host picky sealed"
    check "$who: a container without options" has "$json" container/capabilities-not-dropped bare
    check "$who: that may write its files" has "$json" container/writable-root bare
    check "$who: one on the host's network" has "$json" container/host-network host
    for id in capabilities-not-dropped writable-root root-user new-privileges; do
        check "$who: the sealed one: no $id" hasnt "$json" container/$id sealed
    done
    check "$who: all dropped, one added again" hasnt "$json" container/capabilities-not-dropped picky
    check "$who: audit host" audit $who "audit host"
    check "$who: a rootless engine" hasnt "$json" daemon/runs-as-root podman.sock
done
check_exit "the user has the host's network looked at, as far as that goes" 3 as_user "$scratch/harden network --host $socket --format json"
check "root too" "$harden" network --host "$socket" --format json --allow-gaps
check "a folder's checklist" sh -c '"$1" checklist --host "$2" --format json "$3"; [ $? -le 3 ]' sh "$harden" "$socket" "$scratch/image"
finish
