#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker root network python3
# Services in containers of the real engine, started by scripts as images of them have: whatever their
# processes have mapped is in use, and packages that nothing starts are told from those that are.
. "$(dirname "$0")/lib.sh"

docker version >/dev/null 2>&1 || { skip reach-services "no engine answers"; finish; exit; }
base=$(debian_image bookworm) || { skip reach-services "there is no Debian to build on"; finish; exit; }
name=harden-e2e/reach
at_exit+=("docker rm -f harden-e2e-reach >/dev/null 2>&1"
    "docker image rm -f $name:web $name:store $name:site $name:packages >/dev/null 2>&1")
build() { # TAG: the Dockerfile on standard input
    cat >"$scratch/Dockerfile"
    DOCKER_BUILDKIT=0 docker build -q -t "$name:$1" "$scratch" >"$scratch/build.log" 2>&1 ||
        { tail -5 "$scratch/build.log"; failed "building $1"; finish; exit 1; }
}
# service TAG PACKAGE: runs the image until it listens; what it maps is in use, the package is not.
service() {
    local tag=$1 unused=$2 pid=0 tries=0
    docker run -d --name harden-e2e-reach "$name:$tag" >/dev/null || { failed "running $tag"; return; }
    until docker exec harden-e2e-reach grep -q ':1F90 .* 0A ' /proc/net/tcp || [ $((tries += 1)) -gt 40 ]; do sleep 0.5; done
    for pid in $(docker top harden-e2e-reach -o pid | tail -n +2); do
        awk '$2 ~ /x/ && $6 ~ /^\// { print $6 }' "/proc/$pid/maps"
    done | sort -u >"$scratch/maps"
    xargs docker exec harden-e2e-reach readlink -f <"$scratch/maps" | sort -u >"$scratch/files"
    docker rm -f harden-e2e-reach >/dev/null
    "$harden" scan --only binary --packages --no-cache --fail-on none --allow-gaps --format json -o "$scratch/report.json" "docker:$name:$tag"
    check "$tag: what it maps is in use" python3 - "$scratch" "$unused" <<'PY'
import json, sys
report = json.load(open(sys.argv[1] + "/report.json"))
use = {"/" + b["path"]: b.get("in_use") for b in report["binaries"]}
mapped = open(sys.argv[1] + "/files").read().split()
wrong = [path for path in mapped if use.get(path) is not True]
idle = next(p.get("in_use") for p in report["packages"] if p["name"] == sys.argv[2])
print(f"mapped but not in use: {wrong}; {sys.argv[2]} in use: {idle}; {len(mapped)} mapped")
sys.exit(bool(wrong) or idle is not False or len(mapped) < 5)
PY
}

build packages <<DOCKERFILE
FROM $base
RUN DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends nginx-light redis-server python3 >/dev/null 2>&1
DOCKERFILE
mkdir "$scratch/parts"
cat >"$scratch/entry.sh" <<'EOS'
#!/bin/sh
set -e
if [ "$1" = nginx ]; then
    find /parts -follow -type f -print | sort -V | while read -r f; do
        case "$f" in
        *.envsh) . "$f" ;;
        *.sh) "$f" ;;
        esac
    done
fi
exec "$@"
EOS
cat >"$scratch/parts/10-port.sh" <<'EOS'
#!/bin/sh
sed 's/listen 80.*/listen 8080;/' /etc/nginx/sites-available/default >/etc/nginx/sites-enabled/default
EOS
cat >"$scratch/store.sh" <<'EOS'
#!/bin/bash
set -Eeo pipefail
run_all() {
    local f
    for f; do
        case "$f" in *.sh) "$f" ;; esac
    done
}
_main() {
    if [ "${1:0:1}" = '-' ]; then
        set -- redis-server "$@"
    fi
    run_all /parts.d/*
    local server=( redis-server --port 8080 --protected-mode "${PROTECTED:-no}" )
    server+=( --appendonly no )
    exec "${server[@]}" "${@:2}"
}
_main "$@"
EOS
printf 'import http.server, ssl, sqlite3, ctypes\nhttp.server.ThreadingHTTPServer(("", 8080), http.server.SimpleHTTPRequestHandler).serve_forever()\n' >"$scratch/app.py"
chmod 755 "$scratch"/*.sh "$scratch"/parts/*
build web <<DOCKERFILE
FROM $name:packages
COPY entry.sh /entry.sh
COPY parts /parts
ENTRYPOINT ["/entry.sh"]
CMD ["nginx", "-g", "daemon off;"]
DOCKERFILE
build store <<DOCKERFILE
FROM $name:packages
COPY store.sh /usr/local/bin/
ENTRYPOINT ["store.sh"]
CMD ["redis-server"]
DOCKERFILE
build site <<DOCKERFILE
FROM $name:packages
WORKDIR /app
COPY app.py /app/
USER 10001:10001
CMD ["python3", "app.py"]
DOCKERFILE
service web redis-tools
service store nginx
service site nginx
finish
