#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker root network python3 gcc setcap
# What image-rules.sh leaves out of the rules about what is inside an image, on images that the real
# engine built: permissions, binaries, leftovers, age, labels, attestations. Each rule is seen on the
# image that is wrong, and none on the one that is right.
. "$(dirname "$0")/lib.sh"

docker version >/dev/null 2>&1 || { skip image-builds "no engine answers"; finish; exit; }
base=$(debian_image bookworm) || { skip image-builds "there is no Debian to build on"; finish; exit; }
name=harden-e2e/image-builds
at_exit+=("docker image rm -f $name:bad $name:links $name:good >/dev/null 2>&1")
build() { # TAG: the Dockerfile on standard input
    local context=$scratch/$1
    mkdir -p "$context"
    cat >"$context/Dockerfile"
    DOCKER_BUILDKIT=0 docker build -q -t "$name:$1" "$context" >"$scratch/build.log" 2>&1 ||
        { cat "$scratch/build.log"; failed "building $1"; finish; exit 1; }
}
scan() { # TARGET ARGUMENTS...: the report to report.json; prints "id severity path" of what is open
    local target=$1; shift
    timeout 200 "$harden" scan --offline --only config,permission,binary --no-cache --fail-on none \
        --allow-gaps --format json -o "$scratch/report.json" "$@" "$target" || failed "scan of $target"
    python3 - "$scratch/report.json" <<'PY'
import json, sys
print("\n".join(sorted({f"{f['id']} {f['severity']} {f.get('location', {}).get('path', '-')}"
    for f in json.load(open(sys.argv[1]))["findings"] if f["status"] == "open"})))
PY
}

program='#include <string.h>
#include <stdio.h>
#include <sys/socket.h>
int main(int argc, char **argv) { char b[64]; strcpy(b, argv[argc - 1]); puts(b); return listen(0, 1); }'
compile() { gcc -w "${@:2}" -x c -o "$1" - <<<"$program" || failed "gcc ${*:2}"; } # FILE OPTION...
weak=(-O0 -fno-stack-protector -U_FORTIFY_SOURCE -no-pie "-Wl,-z,norelro")
strong=(-O2 -fstack-protector-all -D_FORTIFY_SOURCE=2)
mkdir -p "$scratch"/{bad,caps,links/etc,good}
compile "$scratch/bad/server" "${weak[@]}" -z execstack -Wl,-rpath,lib
compile "$scratch/bad/tool" "${weak[@]}"
compile "$scratch/bad/lost" "${strong[@]}" -fPIE -pie -Wl,-z,relro,-z,now,--dynamic-linker,/lib/ld-musl-x86_64.so.1
compile "$scratch/good/server" "${strong[@]}" -static-pie -fPIE -Wl,-z,relro,-z,now

# COPY drops the bits that count; an archive keeps them.
cp "$scratch/bad/server" "$scratch/caps/probe"
setcap cap_net_raw,cap_sys_admin+ep "$scratch/caps/probe" 2>/dev/null ||
    { skip image-builds "the file system here keeps no capabilities"; finish; exit; }
tar -C "$scratch/caps" --xattrs --xattrs-include='*' --format=posix -cf "$scratch/bad/caps.tar" probe
build bad <<DOCKERFILE
FROM $base
COPY server tool lost /usr/bin/
ADD caps.tar /usr/local/sbin/
RUN chmod 4755 /usr/bin/tool /usr/bin/find && chmod 2755 /usr/bin/sort && mknod /srv/disk b 8 0 && \\
    echo x >/etc/app.conf && chmod 666 /etc/app.conf && mkdir -m 777 /var/open /opt/bin && \\
    mkdir -p /usr/lib/app && cp /usr/bin/tool /usr/lib/app/worker && chown -R 10001 /usr/lib/app && echo '# more' >>/usr/bin/ldd
RUN cd /srv && for file in .git/config /root/.cache/pip/wheel /var/cache/apk/APKINDEX.tar.gz Dockerfile settings.bak \\
    /var/lib/apt/lists/deb_Packages /var/cache/apt/archives/a.deb; do mkdir -p "\$(dirname "\$file")" && echo content >"\$file"; done
RUN head -c 3000000 /dev/urandom >/srv/large
RUN rm /srv/large
ENV PATH=/opt/bin:/usr/local/sbin:/usr/bin:/bin
USER 10001:10001
HEALTHCHECK CMD true
CMD ["server"]
DOCKERFILE
cat >"$scratch/expected" <<'END'
binary/executable-memory medium usr/bin/server
binary/executable-memory medium usr/local/sbin/probe
binary/library-path critical usr/local/sbin/probe
binary/library-path high usr/bin/server
binary/missing-interpreter low usr/bin/lost
binary/unprotected info usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2
binary/unprotected-service low usr/bin/server
binary/unprotected-setuid low usr/bin/sort
binary/unprotected-setuid low usr/bin/tool
binary/unprotected-setuid low usr/local/sbin/probe
content/backup-file low srv/settings.bak
content/build-file info srv/Dockerfile
content/cache info var/lib/apt/lists
content/package-manager info -
content/shell info -
content/version-control medium srv/.git
content/wasted-space info -
dockerfile/setuid-bit high history, step 4
dockerfile/world-writable medium history, step 4
image/add-in-history info history, step 3
package/not-reached info -
permission/changed-file medium usr/bin/ldd
permission/device-node medium srv/disk
permission/file-capability high usr/local/sbin/probe
permission/path-writable high opt/bin
permission/setuid info usr/bin/chage
permission/setuid-unusual critical usr/bin/find
permission/setuid-unusual low usr/bin/sort
permission/setuid-unusual medium usr/bin/tool
permission/world-writable-file high etc/app.conf
permission/world-writable-folder medium opt/bin
permission/writable-code medium usr/lib/app
END
check_same "everything that is wrong" "$scratch/expected" <(scan "docker:$name:bad")
check "all caches are told" python3 -c '
import json, sys
told = next(f["evidence"] for f in json.load(open(sys.argv[1]))["findings"] if f["id"] == "content/cache")
sys.exit(not all(w in told for w in ("5 caches", "/var/lib/apt/lists", "/var/cache/apt", "/var/cache/apk")))' "$scratch/report.json"

# A waiver for a package reaches what is found in its files, and what a policy says of it.
printf '%s reason="ours"\n' 'permission/* package=findutils' 'policy/* package=dpkg' 'binary/* package=nobody' >"$scratch/waivers"
scan "docker:$name:bad" --ignore-file "$scratch/waivers" --deny-package dpkg --deny-package tar >/dev/null
cat >"$scratch/expected" <<'END'
permission/setuid-unusual usr/bin/find
policy/denied-package var/lib/dpkg/status
END
check_same "waivers for packages" "$scratch/expected" <(python3 -c '
import json, sys
for f in json.load(open(sys.argv[1]))["findings"]:
    if f["status"] == "waived" and "/" in f["id"]: print(f["id"], f["location"]["path"])' "$scratch/report.json" | sort)

# The engine's own folders are there while it builds: only an archive can bring a link in their place.
ln -s tmp "$scratch/links/sys"
printf 'ID=debian\nVERSION_ID=12\n' >"$scratch/links/etc/os-release"
tar -C "$scratch/links" -cf "$scratch/links/root.tar" sys etc
build links <<DOCKERFILE
FROM scratch
ADD root.tar /
LABEL org.opencontainers.image.version=1
USER 10001:10001
HEALTHCHECK CMD true
DOCKERFILE
cat >"$scratch/expected" <<'END'
image/missing-label info config
permission/system-link high sys
END
check_same "a link, and labels that are missing" "$scratch/expected" <(scan "docker:$name:links" --enable image/missing-label)

# As small as can be, and right; the same in a year, and with a date that says nothing.
echo 'app:x:10001:10001::/:/sbin/nologin' >"$scratch/good/passwd"
build good <<DOCKERFILE
FROM scratch
COPY passwd /etc/passwd
COPY server /server
LABEL org.opencontainers.image.version=1 org.opencontainers.image.revision=1 org.opencontainers.image.source=https://example.org/app
USER app
HEALTHCHECK CMD ["/server", "--check"]
ENTRYPOINT ["/server"]
DOCKERFILE
check_same "nothing that is wrong" <(echo) <(scan "docker:$name:good" --enable image/missing-label)
now=$(date +%s)
check_same "of this quarter" <(echo) <(SOURCE_DATE_EPOCH=$((now + 89 * 86400)) scan "docker:$name:good")
check_same "half a year old" <(echo "image/old info config") <(SOURCE_DATE_EPOCH=$((now + 180 * 86400)) scan "docker:$name:good")
check_same "two years old" <(echo "image/old low config") <(SOURCE_DATE_EPOCH=$((now + 730 * 86400)) scan "docker:$name:good")

# A date of a reproducible build, from an archive of the engine that it loads again; and an index.
mkdir "$scratch/saved" "$scratch/index"
docker save "$name:good" | tar -C "$scratch/saved" -x
"$top/tests/e2e/image-index.py" "$scratch/saved" "$scratch/index"
docker image rm -f "$name:good" >/dev/null
tar -C "$scratch/saved" -c . | docker load -q >/dev/null || failed "loading the image again"
check_same "a date that says nothing" <(echo) <(SOURCE_DATE_EPOCH=$((now + 730 * 86400)) scan "docker:$name:good")
check_same "an index without attestations and signatures" \
    <(printf '%s\n' "image/no-attestation info -" "image/no-signature info -") <(scan "oci:$scratch/index:plain")
check_same "an index with both" <(echo) <(scan "oci:$scratch/index:attested")
finish
