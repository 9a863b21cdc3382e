#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker-compose
# What we read of compose files is what docker-compose reads: its `config` writes each project out
# with all merges, bases, variables and files put in, and that must come to the same containers.
. "$(dirname "$0")/lib.sh"
[ -x "$build/workloads" ] || make -C "$top" -s "B=$build" "$build/workloads"

project() { mkdir -p "$scratch/$1" && cd "$scratch/$1" || exit 1; }

# agree NAME FILE...: both readings of the project in this folder. What is a default, or only a
# different way to write the same, is made equal: absolute paths, "rw", the default network.
agree() {
    local name=$1 file arguments=(); shift
    for file in "$@"; do arguments+=(-f "$file"); done
    if ! docker-compose "${arguments[@]}" config >resolved.yml 2>compose.err; then
        failed "$name (docker-compose refuses it)"; sed 's/^/    /' compose.err | head -5; return
    fi
    "$build/workloads" --env .env "$@" 2>problems | normalise >ours
    "$build/workloads" resolved.yml 2>>problems | normalise >theirs
    [ -s ours ] || echo "nothing was read" >ours
    check_same "$name" theirs ours
    still_taken "$name" "$@"
    [ ! -s problems ] || { failed "$name: problems"; sed 's/^/    /' problems | head; }
}
# What our repairs make of the files is taken by docker-compose too, and comes to what they say.
still_taken() {
    local name=$1 file; shift
    for file in "$@"; do cp "$file" "$file.given"; done
    "$harden" fix --unsafe --write "$@" >fix.out 2>&1
    check "$name: docker-compose takes the repaired files" docker-compose "${arguments[@]}" config
    cp "$scratch/check.out" repaired.yml
    check "$name: the repairs are in it" grep -qe no-new-privileges -e 'read_only: true' repaired.yml
    for file in "$@"; do mv "$file.given" "$file"; done
}
normalise() {
    sed -e "s,$PWD,.,g" -e 's, mount 0 \(\.[^/ ]\), mount 0 ./\1,' -e 's,\./\./,./,g' -e 's/ build \.$/ build ./' \
        -e '/ network default$/d' -e 's/^[^ ]* label [^=]*$/&=/' -e 's/[[:blank:]]*$//' | LC_ALL=C sort -u
}

project anchors
cat >compose.yml <<'END'
version: "3.8"
x-logging: &logging
  driver: json-file
  options: {max-size: 10m, max-file: "3"}
x-common: &common
  restart: unless-stopped
  logging: *logging
  security_opt: ["no-new-privileges:true"]
  environment: &env
    TZ: UTC
    LEVEL: info
services:
  web:
    <<: *common
    image: nginx:1.27.3
    environment:
      <<: *env
      LEVEL: debug
    ports:
    - "127.0.0.1:8080:80"
    - "53:53/udp"
    - "9000-9002:9000-9002"
    - 443
    volumes:
    - ./html:/usr/share/nginx/html:ro
    - data:/data
    - /etc/localtime:/etc/localtime:ro
    tmpfs: [/run, "/tmp:noexec,size=64m"]
    cap_drop: [ALL]
    cap_add: [NET_BIND_SERVICE, CHOWN]
    read_only: true
    user: "101:101"
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost"]
    ulimits: {nproc: 65535, nofile: {soft: 20000, hard: 40000}}
    sysctls: {net.core.somaxconn: 1024}
    deploy:
      resources:
        limits: {cpus: "0.50", memory: 50M}
        reservations: {memory: 20M}
      restart_policy: {condition: on-failure, max_attempts: 3}
  db:
    <<: *common
    image: postgres:17.2
    command: postgres -c "shared_buffers=1GB" -c 'max connections=5'
    entrypoint: ["docker-entrypoint.sh"]
    secrets: [password]
    labels: [a=b, c]
    networks: [inside]
volumes: {data: {}}
networks: {inside: {internal: true}}
secrets: {password: {file: ./password.txt}}
END
agree "anchors, merges, short forms" compose.yml

project extends
cat >common.yml <<'END'
version: "2.4"
services:
  base:
    image: base:1
    environment: [A=base, B=base]
    volumes: ["/base:/base", "/shared:/mnt:ro"]
    cap_add: [SYS_TIME]
    mem_limit: 1g
    privileged: true
END
cat >compose.yml <<'END'
version: "2.4"
services:
  parent:
    extends: {file: common.yml, service: base}
    environment: {B: parent, C: parent}
    ports: ["80:80"]
    pids_limit: 100
  child:
    extends: parent
    image: child:2
    environment: [C=child]
    volumes: ["/own:/mnt"]
    privileged: false
    cap_add: [SYS_NICE]
    ports: ["81:81"]
    mem_limit: 512m
    memswap_limit: 1g
    cpus: 1.5
    cpu_shares: 73
    oom_score_adj: 500
    shm_size: 64M
    devices: ["/dev/fuse:/dev/fuse:rwm"]
    pid: host
    ipc: host
    network_mode: host
END
sed -i '/ports: \["8[01]/d' compose.yml
agree "extends, within the file and beyond" compose.yml

project variables
cat >.env <<'END'
# comment
TAG=1.2
NAME="quoted name"
EMPTY=
export EXTRA=x
END
cat >vars.env <<'END'
FROM_FILE=1
OVERRIDDEN=file
END
cat >compose.yml <<'END'
services:
  web:
    image: "app:${TAG}"
    env_file: vars.env
    environment:
      OVERRIDDEN: own
      DEFAULTED: ${MISSING:-fallback}
      EMPTY_COLON: ${EMPTY:-fallback}
      EMPTY_PLAIN: ${EMPTY-fallback}
      DOLLARS: "a$$b$${TAG}"
      LONG: "${NAME}/${TAG}-$TAG"
    build:
      context: ./dir
      dockerfile: Other
      target: final
      args: {VERSION: "${TAG}", FLAG: "yes"}
    hostname: ${TAG}
END
mkdir -p dir
# Dollars that are left are doubled again by `config`, and ours reads that.
agree "variables, env files, builds" compose.yml

project several
cat >compose.yml <<'END'
version: "3.7"
services:
  web:
    image: a:1
    command: one two
    ports: ["80:80"]
    volumes: ["/a:/a", "/b:/b"]
    environment: {A: "1", B: "1"}
    dns: 10.0.0.1
  db: {image: d:1}
END
cat >override.yml <<'END'
version: "3.7"
services:
  web:
    command: ["three", "four five"]
    ports: ["81:81", {target: 90, published: 90, protocol: tcp, mode: host}]
    volumes:
    - /c:/b:ro
    - {type: bind, source: /d, target: /d, read_only: true, bind: {propagation: rshared}}
    - {type: tmpfs, target: /t}
    environment: [B=2, C=3]
    user: root
    security_opt: ["seccomp:unconfined", "apparmor:unconfined"]
  cache: {image: c:1, restart: "no"}
END
agree "several files" compose.yml override.yml

finish
