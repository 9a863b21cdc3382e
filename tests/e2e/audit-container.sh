#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker root
# Containers of the real engine: each bad setting is found in what was recorded or in what the
# kernel has, and is gone once the container was started again as the remedy says.
. "$(dirname "$0")/lib.sh"

unset DOCKER_HOST DOCKER_CONTEXT
docker version >/dev/null 2>&1 || { skip audit-container "no engine answers"; finish; exit; }
[ -x /bin/busybox ] || { skip audit-container "busybox-static is not installed"; finish; exit; }
prefix=harden-e2e-container
image=$prefix:1
json=$scratch/report.json
at_exit+=("docker ps -aq --filter name=^$prefix | xargs -r docker rm -f >/dev/null 2>&1" "docker image rm -f $image >/dev/null 2>&1")

root=$scratch/image
mkdir -p "$root/bin" "$root/etc"
cp /bin/busybox "$root/bin/"
for name in sh sleep; do ln -s busybox "$root/bin/$name"; done
printf 'int pause(void); int main(void) { for (;;) pause(); }\n' >"$scratch/idle.c"
gcc -static -Os -o "$root/bin/idle" "$scratch/idle.c" || { failed "compiling"; finish; exit 1; }
printf 'root:x:0:0::/:/bin/sh\napp:x:10001:10001::/:/bin/sh\n' >"$root/etc/passwd"
tar -C "$root" -c . | docker import --change 'CMD ["/bin/sleep","1000"]' - "$image" >/dev/null || { failed "importing"; finish; exit 1; }

# start NAME FLAGS... [-- COMMAND...]: a container, with its first process running.
start() {
    local name=$prefix-$1 flags=(); shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do flags+=("$1"); shift; done
    [ $# -gt 0 ] && shift
    docker rm -f "$name" >/dev/null 2>&1
    docker run -d --name "$name" "${flags[@]}" "$image" "$@" >/dev/null 2>"$scratch/run.err" || { failed "starting $name: $(tail -1 "$scratch/run.err")"; return 1; }
}
audit() { # NAME...
    "$harden" audit container --built-in --format json -o "$json" "${@/#/$prefix-}" 2>"$scratch/audit.err" || true
}
# has ID [WORDS OF THE EVIDENCE] [CONTAINER]
has() {
    python3 - "$json" "$1" "${2:-}" "${3:-}" <<'PY'
import json, sys
_, path, wanted, words, name = sys.argv
sys.exit(not any(f["id"] == wanted and words in f.get("evidence", "") and f["location"]["path"].endswith(name)
                 for f in json.load(open(path))["findings"]))
PY
}
hasnt() { ! has "$@"; }
count_like() { python3 -c 'import json,sys; print(sum(f["id"].startswith(sys.argv[2]) for f in json.load(open(sys.argv[1]))["findings"]))' "$json" "$1"; }
pid_of() { docker inspect -f '{{.State.Pid}}' "$prefix-$1"; }

# --- one bad setting each: found, and gone with what the remedy says ------------------------------
# bad ID FLAGS... [-- FLAGS OF THE REMEDY...]
bad() {
    local id=$1 with=() without=(); shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do with+=("$1"); shift; done
    [ $# -gt 0 ] && shift
    without=("$@")
    start one "${with[@]+"${with[@]}"}" || return
    audit one
    if has "$id"; then ok "$id: ${with[*]:-nothing set}"; else failed "$id is not found with ${with[*]:-nothing set}"; fi
    start one "${without[@]+"${without[@]}"}" || return
    audit one
    if hasnt "$id"; then ok "$id is gone: ${without[*]:-nothing set}"; else failed "$id is still found with ${without[*]:-nothing set}"; fi
}
bad container/host-pid --pid host
bad container/host-network --network host
bad container/dangerous-capability --cap-add SYS_ADMIN
bad container/capabilities-not-dropped -- --cap-drop ALL
bad container/engine-socket -v /var/run/docker.sock:/var/run/docker.sock:ro
bad container/no-memory-limit -- -m 64m --memory-swap 64m
bad container/no-pids-limit -- --pids-limit 50
bad container/root-user -- -u 10001
bad container/new-privileges -- --security-opt no-new-privileges
bad container/seccomp-off --security-opt seccomp=unconfined
bad container/writable-root -- --read-only
bad container/port-on-all-addresses -p 18080:80 -- -p 127.0.0.1:18080:80
bad container/kernel-setting --sysctl net.ipv4.ip_forward=1 -- --sysctl net.ipv4.ip_forward=0
bad live/writable-below-read-only -v /:/host:ro -- -v /usr/share:/host:ro
bad live/engine-socket -v /:/host:ro -- -v /usr/share:/host:ro
# A folder of another name that holds the socket all the same.
mkdir "$scratch/renamed"
mount --bind /run "$scratch/renamed" && at_exit=("umount $scratch/renamed" "${at_exit[@]}")
bad live/engine-socket -v "$scratch/renamed:/a-folder:ro" -- -v "$scratch/image:/a-folder:ro"

# --- as hardened as it gets ------------------------------------------------------------------------
good=(--cap-drop ALL --security-opt no-new-privileges -u 10001 --read-only -m 64m --memory-swap 64m --pids-limit 50 --cpus 1 --network none)
start good "${good[@]}" && audit good
differs() { python3 -c 'import json,sys; sys.exit(not any(f["id"].startswith("live/") and f["id"] != "live/wide-filter" for f in json.load(open(sys.argv[1]))["findings"]))' "$json"; }
agrees() { ! differs; }
check "nothing of the kernel differs from the record" agrees
check "it names the container" python3 -c 'import json,sys; t = json.load(open(sys.argv[1]))["target"]; sys.exit(not (t["kind"] == "container" and t["name"] == sys.argv[2]))' "$json" "$prefix-good"
check_exit "and has nothing high" 0 "$harden" audit container "$prefix-good" --built-in --quiet

# A process of the host, put into its control groups: it has everything, and the record nothing.
pid=$(pid_of good)
mkfifo "$scratch/go"
sh -c 'echo $$ >"$1"; read -r _; exec sleep 300' sh "$scratch/stranger" <"$scratch/go" &
stranger_job=$!
at_exit+=("kill $stranger_job 2>/dev/null")
exec 7>"$scratch/go"
while [ ! -s "$scratch/stranger" ]; do sleep 0.05; done
stranger=$(cat "$scratch/stranger")
while IFS=: read -r number controllers path; do
    case $path in /docker/*|*/docker-*) ;; *) continue ;; esac
    for folder in "/sys/fs/cgroup/$controllers" "/sys/fs/cgroup/${controllers#name=}" "/sys/fs/cgroup"; do
        [ -w "$folder$path/cgroup.procs" ] && echo "$stranger" >"$folder$path/cgroup.procs" 2>/dev/null && break
    done
done <"/proc/$pid/cgroup"
echo >&7; exec 7>&-
sleep 0.3
audit good
check "more capabilities than recorded" has live/extra-capability "CAP_SYS_ADMIN"
check "no filter" has live/seccomp-off "(pid $stranger)"
check "no_new_privs is missing" has live/new-privileges "(pid $stranger)"
check "root, where the user is 10001" has live/root-process "user is 10001"
for which in net pid mnt; do check "the host's $which namespace" has live/shared-namespace "host's $which namespace"; done
check_exit "that is high" 1 "$harden" audit container "$prefix-good" --built-in --quiet
kill "$stranger_job" 2>/dev/null
wait "$stranger_job" 2>/dev/null
audit good
check "all is well when it is gone" agrees

# A limit that is raised behind the engine's back.
start limit -m 64m
audit limit
check "a limit in force" hasnt live/limit-not-in-force
for file in "/sys/fs/cgroup/memory/docker/"*; do
    case $(docker inspect -f '{{.Id}}' "$prefix-limit") in "${file##*/}") ;; *) continue ;; esac
    echo -1 >"$file/memory.memsw.limit_in_bytes" 2>/dev/null
    swap=0
    [ -e "$file/memory.memsw.limit_in_bytes" ] && swap=1
    echo -1 >"$file/memory.limit_in_bytes"
    audit limit
    [ $swap = 0 ] || check "with swap" has live/limit-not-in-force "memory with swap"
    check "a limit that is no more" has live/limit-not-in-force "67108864"
done

# A limit of what is written to a disk.
disk=$(lsblk -dnpo NAME 2>/dev/null | tail -1)
if [ -b "$disk" ] && start disk --device-write-bps "$disk:1mb"; then
    audit disk
    check "a limit of a disk in force" hasnt live/limit-not-in-force
    file=/sys/fs/cgroup/blkio/docker/$(docker inspect -f '{{.Id}}' "$prefix-disk")/blkio.throttle.write_bps_device
    if [ -w "$file" ]; then
        echo "$(cut -d' ' -f1 "$file") 0" >"$file"
        audit disk
        check "that is no more" has live/limit-not-in-force "bytes written to $disk: the record says 1048576"
    fi
fi

# --- settings of the kernel, in the container's own namespaces --------------------------------------
start set --sysctl net.core.somaxconn=99 --sysctl net.ipv4.ip_local_port_range="2000 3000" --sysctl kernel.msgmax=4096 --sysctl net.ipv4.conf.lo.forwarding=0
audit set
check "settings in force" hasnt live/setting-not-in-force
check "one that is not read is a gap" python3 -c 'import json,sys; sys.exit(not any("net.ipv4.conf.lo.forwarding is in force" in gap["reason"] for gap in json.load(open(sys.argv[1]))["coverage"]["gaps"]))' "$json"
nsenter -t "$(pid_of set)" -n -i sh -c 'echo 98 >/proc/sys/net/core/somaxconn; echo 4097 >/proc/sys/kernel/msgmax'
audit set
check "of its network" has live/setting-not-in-force "net.core.somaxconn: the record says 99, the kernel has 98"
check "of its queues" has live/setting-not-in-force "kernel.msgmax: the record says 4096, the kernel has 4097"
check "the others are" hasnt live/setting-not-in-force ip_local_port_range
docker network create "$prefix-back" >/dev/null && at_exit+=("docker network rm $prefix-back >/dev/null 2>&1")
docker network connect "$prefix-back" "$prefix-set"
nsenter -t "$(pid_of set)" -n sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
audit set
check "on two networks, and it forwards" has live/forwards-packets "on the networks"
nsenter -t "$(pid_of set)" -n sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward'
audit set
check "and no more" hasnt live/forwards-packets
docker rm -f "$prefix-set" >/dev/null

# Mounts that are loosened while it runs.
start mounts --read-only --tmpfs /tmp:rw,noexec,nosuid,size=1m
audit mounts
check "mounts as recorded" hasnt live/looser-mount
remount() { nsenter --mount --pid --target "$(pid_of mounts)" /bin/busybox mount -o "remount,$1" "$2"; }
if remount rw / && remount rw,exec /tmp; then
    audit mounts
    check "a root that is writable after all" has live/looser-mount "/ can be written"
    check "a folder that programs can be started in" has live/looser-mount "/tmp is not noexec"
else
    skip "mounts that are loosened" "nothing can be mounted anew here"
fi

# The filter that the kernel has: as the engine's own, none of ours, and not looked at.
cat >"$scratch/strict.json" <<'JSON'
{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["keyctl", "add_key", "io_uring_setup", "mount", "setns",
 "unshare", "clone", "bpf", "perf_event_open", "userfaultfd", "open_by_handle_at", "init_module", "finit_module",
 "kexec_load", "iopl"], "action": "SCMP_ACT_ERRNO"},
 {"names": ["socket"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 38, "op": "SCMP_CMP_EQ"}]},
 {"names": ["socket"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 40, "op": "SCMP_CMP_EQ"}]}]}
JSON
sed 's/"keyctl", //' "$scratch/strict.json" >"$scratch/keys.json"
start filter --security-opt "seccomp=$scratch/keys.json"
audit filter
check "a filter is run: one call is open" has live/wide-filter "lets through keyctl"
check "the process goes on" [ "$(awk '/^State/ { print $2 }' "/proc/$(pid_of filter)/status")" = S ]
check "and nobody traces it" [ "$(awk '/^TracerPid/ { print $2 }' "/proc/$(pid_of filter)/status")" = 0 ]
"$harden" audit container "$prefix-filter" --no-ptrace --built-in --format json -o "$json" 2>/dev/null
check "--no-ptrace" hasnt live/wide-filter
start filter --security-opt "seccomp=$scratch/strict.json"
audit filter
check "a filter that refuses them all" hasnt live/wide-filter

check "the report has the verdict on every call" python3 - "$json" <<'PY'
import json, sys
calls = json.load(open(sys.argv[1]))["containers"][0]["system_calls"]
refused = {item["name"]: item.get("error") for item in calls["refused"]}
assert calls["filters"] >= 1 and len(calls["allowed"]) + len(refused) + len(calls["asked"]) > 380
assert refused["keyctl"] == "EPERM" and refused["socket(AF_ALG)"] == "EPERM" and "read" in calls["allowed"]
assert "reboot" in calls["looser_than_default"] and "socket(AF_VSOCK)" not in calls["looser_than_default"]
PY
# What the engine's own filter does, asked from inside: two ways to the same answer.
cat >"$scratch/try.c" <<'C'
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void)
{
    static const struct { const char *name; long number, first; } calls[] = {
        {"socket(AF_ALG)", SYS_socket, 38}, {"socket(AF_VSOCK)", SYS_socket, 40}, {"socket(AF_UNIX)", SYS_socket, 1},
        {"io_uring_setup", 425, 0}, {"keyctl", SYS_keyctl, -1}, {"add_key", SYS_add_key, 0}, {"bpf", SYS_bpf, 99},
        {"clone3", 435, 0}, {"unshare(CLONE_NEWUSER)", SYS_unshare, 0x10000000}, {"setns", SYS_setns, -1},
        {"mount", SYS_mount, 0}, {"userfaultfd", 323, -1}, {"perf_event_open", SYS_perf_event_open, 0},
        {"getpid", SYS_getpid, 0}, {"quotactl", SYS_quotactl, -1}, {"swapoff", SYS_swapoff, 0},
        {"personality(PER_LINUX)", SYS_personality, 0}, {"personality(ADDR_NO_RANDOMIZE)", SYS_personality, 0x40000},
        {"kexec_load", SYS_kexec_load, 0}, {"finit_module", SYS_finit_module, -1}, {"acct", SYS_acct, 1}};
    for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        long got = syscall(calls[i].number, calls[i].first, 0, 0, 0, 0, 0);
        printf("%s\t%s\n", calls[i].name, got < 0 && errno == EPERM ? "EPERM" : got < 0 && errno == ENOSYS ? "ENOSYS" : "through");
    }
    fflush(stdout);
    for (;;) pause();
}
C
gcc -static -Os -o "$scratch/try" "$scratch/try.c" || failed "compiling try.c"
start tried -u 10001 -v "$scratch/try:/bin/try:ro" -- /bin/try
sleep 0.5; audit tried
docker logs "$prefix-tried" >"$scratch/tried" 2>/dev/null
check "the verdicts are what the kernel does" python3 - "$json" "$scratch/tried" <<'PY'
import json, sys
calls = json.load(open(sys.argv[1]))["containers"][0]["system_calls"]
refused = {item["name"]: item.get("error") for item in calls["refused"]}
rows = [line.rstrip("\n").split("\t") for line in open(sys.argv[2])]
assert len(rows) > 20, rows
for name, seen in rows:
    # What is allowed may still fail for want of rights; what is refused must have failed so.
    assert (seen == refused[name]) if name in refused else (name in calls["allowed"]), (name, seen, refused.get(name))
PY

# What was changed against the image, and secrets of processes that no record has.
start drift
docker exec "$prefix-drift" sh -c 'cp /bin/idle /bin/dropped && echo x >/etc/note && rm /etc/passwd' 2>/dev/null ||
    docker exec "$prefix-drift" /bin/busybox sh -c '/bin/busybox cp /bin/idle /bin/dropped; echo x >/etc/note; /bin/busybox rm /etc/passwd'
docker exec -d -e API_TOKEN=hunter22hunter "$prefix-drift" /bin/dropped
sleep 0.5; audit drift
check "a program that was put in" has live/new-program "/bin/dropped (new)"
check "and that it runs" has live/foreign-program "/bin/dropped is not in the image"
check "a secret that only a process has" has live/secret-in-environment "API_TOKEN"
check "no value of it anywhere" sh -c '! grep -q hunter22 "$1"' sh "$json"
check "the changes are listed" python3 - "$json" <<'PY'
import json, sys
changes = {item["path"]: (item["change"], item.get("program", False)) for item in json.load(open(sys.argv[1]))["containers"][0]["changes"]}
assert changes["/bin/dropped"] == ("added", True) and changes["/etc/note"] == ("added", False), changes
assert changes["/etc/passwd"][0] == "deleted", changes
PY
"$harden" audit container "$prefix-drift" --no-files --built-in --format json -o "$json" 2>/dev/null
check "--no-files" hasnt live/new-program
start drift --read-only
audit drift
check "nothing of that in a fresh one" sh -c '! grep -qE "live/(new|foreign)-program|live/secret" "$1"' sh "$json"
devices=/sys/fs/cgroup/devices/docker/$(docker inspect -f '{{.Id}}' "$prefix-drift")/devices.allow
if [ -w "$devices" ] && echo 'b 7:99 rwm' >"$devices" 2>/dev/null; then
    audit drift
    check "a device that nobody asked for" has live/extra-device "b 7:99 rwm"
fi
if echo -500 >"/proc/$(pid_of drift)/oom_score_adj" 2>/dev/null; then
    audit drift
    check "memory runs out for others" has live/oom-protection "-500"
fi

# The ideas, on a container.
"$harden" explain capabilities --in "container:$prefix-drift" --built-in >"$scratch/said" 2>&1
check "an idea is shown on a container" grep -q "^Seen of container $prefix-drift" "$scratch/said"
check "with its capabilities" grep -q "SETPCAP" "$scratch/said"
check_exit "an idea on no container" 2 "$harden" explain seccomp --in container:nowhere --built-in

# Shells that somebody opened, and servers for logging in.
start shell
docker exec -d "$prefix-shell" sh -c 'sleep 300; :'
sleep 0.5; audit shell
check "an open shell" has live/open-shell "sh (pid"
start shell -- /bin/sh -c 'sleep 300; :'
audit shell
check "a shell that is the program itself" hasnt live/open-shell
start login -v "$root/bin/idle:/bin/sshd:ro" --entrypoint /bin/sshd
audit login
check "a server for logging in" has live/remote-login "sshd (pid"

# Another container's network, which is the host's.
start host --network host
start joined --network "container:$prefix-host"
audit joined
check "the host's network by way of another container" has live/shared-namespace "host's net namespace"

# --- the suggested command line, taken at its word --------------------------------------------------
at_exit+=("docker network rm $prefix-worst-net >/dev/null 2>&1")
start worst --pid host --ipc host --cap-add SYS_ADMIN --cap-add CHOWN --security-opt seccomp=unconfined -p 18081:80 \
    -v /:/host -v /var/run/docker.sock:/var/run/docker.sock -v "$scratch/image:/data it's:ro" \
    -e "GREETING=it's \$HOME" -e DB_PASSWORD=hunter22 --restart always -- /bin/sh -c 'echo "$GREETING $DB_PASSWORD"; sleep 300'
audit worst
worst=$(count_like "")
"$harden" audit container "$prefix-worst" --built-in --suggest >"$scratch/suggested"
check "a suggestion names what it leaves out" grep -q "^# - Left out: the capability SYS_ADMIN" "$scratch/suggested"
check "and shows no secret" sh -c '! grep -q hunter22 "$1"' sh "$scratch/suggested"
docker rm -f "$prefix-worst" >/dev/null
check "the suggestion runs as it stands" env DB_PASSWORD=from-outside bash -e "$scratch/suggested"
sleep 0.3
check "its variables are the same" [ "$(docker logs "$prefix-worst" 2>&1)" = "it's \$HOME from-outside" ]
audit worst
left=$(python3 -c 'import json,sys; print(" ".join(sorted({f["id"] for f in json.load(open(sys.argv[1]))["findings"]})))' "$json")
echo "   $worst findings before, left: $left"
check "nothing of medium or above is left" python3 -c 'import json,sys; sys.exit(any(f["severity"] in ("critical", "high", "medium") and f["id"] not in sys.argv[2:] for f in json.load(open(sys.argv[1]))["findings"]))' "$json" container/secret-in-environment live/wide-filter
check "its port is open to this machine alone" [ "$(docker port "$prefix-worst")" = "80/tcp -> 127.0.0.1:18081" ]
check "what it was given by name is kept" [ "$(docker inspect -f '{{index .HostConfig.CapAdd 0}}' "$prefix-worst")" = CAP_CHOWN ]

# The same as a compose file, and as a pod.
if command -v docker-compose >/dev/null || docker compose version >/dev/null 2>&1; then
    compose=(docker-compose); command -v docker-compose >/dev/null || compose=(docker compose)
    start worst --pid host --cap-add SYS_ADMIN --cap-add CHOWN -p 18081:80 -v /:/host -v "$prefix-worst:/data" \
        --ulimit nofile=100:200 --sysctl net.core.somaxconn=99 --label "text=a \$b" --group-add 44 \
        -e "GREETING=it's \$HOME" -e DB_PASSWORD=hunter22 --restart always -- /bin/sh -c 'echo "$GREETING $DB_PASSWORD"; sleep 300'
    at_exit+=("docker volume rm $prefix-worst >/dev/null 2>&1")
    "$harden" audit container "$prefix-worst" --built-in --suggest --dialect compose >"$scratch/compose.yaml"
    "$harden" audit container "$prefix-worst" --built-in --suggest --dialect kubernetes >"$scratch/pod.yaml"
    check "they show no secret" sh -c '! grep -q hunter22 "$1" "$2"' sh "$scratch/compose.yaml" "$scratch/pod.yaml"
    docker rm -f "$prefix-worst" >/dev/null
    docker network rm "$prefix-worst-net" >/dev/null 2>&1
    check "compose takes the file as it stands" env DB_PASSWORD=from-outside "${compose[@]}" -p "$prefix" -f "$scratch/compose.yaml" up -d
    sleep 0.5
    check "its variables are the same" [ "$(docker logs "$prefix-worst" 2>&1)" = "it's \$HOME from-outside" ]
    check "its label" [ "$(docker inspect -f '{{.Config.Labels.text}}' "$prefix-worst")" = 'a $b' ]
    check "its limits" [ "$(docker inspect -f '{{(index .HostConfig.Ulimits 0).Hard}} {{index .HostConfig.Sysctls "net.core.somaxconn"}} {{.HostConfig.GroupAdd}}' "$prefix-worst")" = "200 99 [44]" ]
    audit worst
    check "nothing of medium or above is left" python3 -c 'import json,sys; bad = [f["id"] for f in json.load(open(sys.argv[1]))["findings"] if f["severity"] in ("critical", "high", "medium") and f["id"] not in sys.argv[2:]]; print(bad); sys.exit(bool(bad))' "$json" container/secret-in-environment live/wide-filter container/host-cgroup-namespace
    check "its remedies are compose keys" python3 -c 'import json,sys; sys.exit(not any("secrets:" in f.get("remedy", "") for f in json.load(open(sys.argv[1]))["findings"]))' "$json"
    "${compose[@]}" -p "$prefix" -f "$scratch/compose.yaml" down >/dev/null 2>&1
    "$harden" lint --format json -o "$json" "$scratch/pod.yaml" "$scratch/compose.yaml" 2>/dev/null
    check "both are as lint wants them" python3 -c 'import json,sys; r = json.load(open(sys.argv[1])); bad = [(f["id"], f["location"]["path"]) for f in r["findings"] if f["severity"] in ("critical", "high", "medium")]; print(bad, r["target"]["files"]); sys.exit(bool(bad) or r["target"]["files"] != 2)' "$json"
else
    skip audit-container-compose "no compose is installed"
fi

# --- stopped, privileged, several, unknown ---------------------------------------------------------
docker create --name "$prefix-privileged" --privileged "$image" >/dev/null
audit privileged
check "privileged is critical" has container/privileged
"$harden" audit container "$prefix-privileged" --built-in >"$scratch/tty" 2>&1
check "and it is marked as stopped" grep -q "^  stopped" "$scratch/tty"
audit good privileged
check "two at once: one" has container/privileged "" "$prefix-privileged"
check "two at once: not the other" hasnt container/privileged "" "$prefix-good"
"$harden" audit container all --built-in >"$scratch/tty" 2>&1
check "all: the stopped one is named" grep -q "$prefix-privileged is stopped" "$scratch/tty"
id=$(docker inspect -f '{{.Id}}' "$prefix-good")
check_exit "by its id" 0 "$harden" audit container "${id:0:12}" --built-in --quiet
check_exit "unknown" 2 "$harden" audit container "$prefix-goood" --built-in
"$harden" audit container "$prefix-goood" --built-in >"$scratch/said" 2>&1
check "with a near name" grep -q "did you mean: $prefix-good" "$scratch/said"
docker stop -t 0 "$prefix-good" >/dev/null
check_exit "stopped by now" 0 "$harden" audit container "$prefix-good" --built-in --quiet

# No engine answers: the state folder and /proc do.
start state --network host --cap-add SYS_ADMIN
"$harden" audit container all --host unix:///nowhere.sock --built-in --format json -o "$json" --allow-gaps 2>/dev/null
check "without an engine, from its state folder" has container/host-network "" "$prefix-state"

finish
