#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker root network
# Secrets in an image of the real engine, wherever they hide: deleted and overwritten files, the
# environment, labels, build arguments in the history, archives in archives, binaries.
. "$(dirname "$0")/lib.sh"

docker version >/dev/null 2>&1 || { skip secrets "no engine answers"; finish; exit; }
base=$(debian_image bookworm) || { skip secrets "there is no Debian to build on"; finish; exit; }
image=harden-e2e/secrets:1
at_exit+=("docker image rm -f $image >/dev/null 2>&1")
context=$scratch/context
mkdir -p "$context"

# Nobody's secrets, drawn by a fixed seed; GitHub's have the checksum that theirs have.
python3 - "$context" >"$scratch/secrets.env" <<'PY'
import io, os, random, string, sys, tarfile, zipfile, zlib
folder = sys.argv[1]
draw = random.Random(7)
letters = string.digits + string.ascii_uppercase + string.ascii_lowercase
def some(count, alphabet=letters): return "".join(draw.choice(alphabet) for _ in range(count))
def github(prefix):
    body, crc, digits = some(30), 0, ""
    crc = zlib.crc32(body.encode())
    for _ in range(6):
        digits = letters[crc % 62] + digits
        crc //= 62
    return prefix + body + digits
hexes = string.digits + "abcdef"
secrets = {
    "DELETED": github("gh" + "p_"), "OVERWRITTEN": github("gh" + "o_"), "VISIBLE": github("np" + "m_"),
    "ENVIRONMENT": some(20), "ARGUMENT": "glp" + "at-" + some(20), "LABEL": "xox" + "b-" + some(12, string.digits) + "-" + some(13, string.digits) + "-" + some(24),
    "HEALTH": some(14), "TRIGGER": github("gh" + "s_"), "NESTED": "dop" + "_v1_" + some(64, hexes),
    "BINARY": "shp" + "at_" + some(32, hexes), "WRONG": "gh" + "u_" + some(36), "WIDE": "hf" + "_" + some(34, string.ascii_letters),
    "SCRIPT": "glp" + "at-" + some(20), "NAMED": some(14), "QUOTED": "glp" + "at-" + some(20),
    "ARCHIVED": "sk_" + "live_" + some(24),
}
for name, value in secrets.items(): print(f"{name}='{value}'")
def write(name, content): open(f"{folder}/{name}", "wb").write(content)
write("deleted", f"token={secrets['DELETED']}\n".encode())
write("overwritten", f"first line\n  token={secrets['OVERWRITTEN']}\n".encode())
write("empty", b"nothing\n")
write("npmrc", f"//registry.example.org/:_authToken={secrets['VISIBLE']}\n".encode())
write("program", b"\x7fELF\x02\x01\x01" + bytes(3000) + secrets["BINARY"].encode() + bytes(200000))
write("wrong", f"t: {secrets['WRONG']}\n".encode())
write("wide.txt", ("\ufeff" + f"t={secrets['WIDE']}\r\n").encode("utf-16-le"))
write("aws", b"[default]\naws_access_key_id = AK" + b"IA" + some(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").encode()
      + b"\naws_secret_access_key = " + some(40).encode() + b"\n")
write("start", f"#!/bin/sh\ncurl -H 'PRIVATE-TOKEN: {secrets['SCRIPT']}' https://example.org/\nexport DB_PASSWORD={secrets['NAMED']}\nexec tar -c /srv\n".encode())
write("app.py", f"#!/usr/bin/python3\nimport subprocess\nkey = '{secrets['QUOTED']}'\nsubprocess.run(['find'])\n".encode())
for name in ("start", "app.py"): os.chmod(f"{folder}/{name}", 0o755)
jar = io.BytesIO()
with zipfile.ZipFile(jar, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
    archive.writestr("conf/app.properties", f"a=1\ndo.token={secrets['NESTED']}\n")
tar = io.BytesIO()
with tarfile.open(fileobj=tar, mode="w:gz") as archive:
    for name, content in (("lib/app.jar", jar.getvalue()), ("etc/stripe", f"key {secrets['ARCHIVED']}\n".encode())):
        info = tarfile.TarInfo(name)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
write("bundle.tar.gz", tar.getvalue())
write("broken.zip", jar.getvalue()[:200] + b"PK\x05\x06" + bytes(18))
PY
# shellcheck disable=SC1091
. "$scratch/secrets.env"
openssl genrsa -traditional -out "$context/server.key" 2048 2>/dev/null || openssl genrsa -out "$context/server.key" 2048 2>/dev/null
openssl req -x509 -key "$context/server.key" -subj /CN=a -out "$context/server.crt" 2>/dev/null
cat >"$context/Dockerfile" <<DOCKERFILE
FROM $base
ARG DEPLOY_TOKEN
ENV DB_PASSWORD=$ENVIRONMENT
LABEL org.example.hook=$LABEL
HEALTHCHECK CMD curl -u health:$HEALTH http://localhost/
ONBUILD RUN echo $TRIGGER
COPY deleted /srv/deleted
COPY overwritten /srv/overwritten
RUN rm /srv/deleted && true
COPY empty /srv/overwritten
COPY npmrc /root/.npmrc
COPY program /usr/local/bin/program
COPY wrong /srv/wrong
COPY wide.txt /srv/wide.txt
COPY bundle.tar.gz /srv/bundle.tar.gz
COPY broken.zip /srv/broken.zip
COPY aws /root/.aws/credentials
COPY server.key /etc/app/server.key
COPY server.crt /etc/app/server.crt
COPY start app.py /usr/local/bin/
ENTRYPOINT ["start"]
DOCKERFILE
DOCKER_BUILDKIT=0 docker build -q --build-arg "DEPLOY_TOKEN=$ARGUMENT" -t $image "$context" >"$scratch/build.log" 2>&1 ||
    { cat "$scratch/build.log"; failed "building the image"; finish; exit 1; }
docker save $image -o "$scratch/saved.tar"

scan() { # NAME ARGUMENTS...
    local name=$1; shift
    timeout 100 "$harden" scan --offline --only secret --fail-on none --allow-gaps "$@" >"$scratch/$name" 2>"$scratch/$name.said"
}
scan report.json --no-cache --format json "docker-archive:$scratch/saved.tar"

# found NAME KIND PATH CONFIDENCE WORDS...: a finding of that kind there, whose evidence has the words.
found() {
    check "$1" python3 - "$scratch/report.json" "${@:2}" <<'PY'
import json, sys
report, kind, path, confidence = sys.argv[1:5]
words = sys.argv[5:]
seen = [f for f in json.load(open(report))["findings"] if f["kind"] == "secret" and kind in f.get("aliases", [])]
good = [f for f in seen if f["location"].get("path") == path and f"{confidence} confidence" in f["evidence"]
        and all(word in f["evidence"] for word in words)]
for f in seen: print(f["location"], f["evidence"])
sys.exit(not good)
PY
}
found "a deleted file" github-pat srv/deleted high "the checksum in it holds" "a later layer deletes" "added by: /bin/sh -c #(nop) COPY"
found "an overwritten file" github-oauth srv/overwritten high "a later layer deletes or overwrites"
found "a file that is there" npm-token root/.npmrc high "the checksum in it holds"
found "a wrong checksum is still told" github-user-to-server srv/wrong low "does not hold"
found "an environment variable" db-password "image configuration" medium "environment variable DB_PASSWORD"
found "a label" slack-bot "image configuration" high "label org.example.hook"
found "a build argument in the history" gitlab-pat "image configuration" high "history, step"
found "a health check" curl-user "image configuration" high "health check"
found "a trigger" github-server-to-server "image configuration" high "trigger (ONBUILD)"
found "a jar in a tar.gz" digitalocean-pat srv/bundle.tar.gz high "lib/app.jar!/conf/app.properties"
found "a file in a tar.gz" stripe-live srv/bundle.tar.gz high "etc/stripe"
found "a binary" shopify-access usr/local/bin/program high
found "UTF-16" huggingface-user srv/wide.txt high
found "id and secret key together" aws-access-key-id root/.aws/credentials high "stand together" "AWS account"
found "a key and its certificate" private-key-rsa etc/app/server.key high "its other half is in etc/app/server.crt" "RSA, 2048 bits" ||
    found "a key and its certificate" private-key-pkcs8 etc/app/server.key high "its other half is in etc/app/server.crt"
check "the line of a find" python3 -c "
import json, sys
for f in json.load(open(sys.argv[1]))['findings']:
    if 'github-oauth' in f.get('aliases', []): sys.exit((f['location']['line'], f['location']['column']) != (2, 9))
sys.exit(1)" "$scratch/report.json"
check "damage in an archive is a gap" python3 -c "
import json, sys
gaps = json.load(open(sys.argv[1]))['coverage']['gaps']
sys.exit(not any(g['path'] == 'srv/broken.zip' for g in gaps))" "$scratch/report.json"

# No secret in any report, nor in what is kept for the next scan.
for format in json sarif tty table; do
    scan "printed.$format" --format "$format" "docker-archive:$scratch/saved.tar"
    leaks=0
    for secret in "$DELETED" "$OVERWRITTEN" "$VISIBLE" "$ENVIRONMENT" "$ARGUMENT" "$LABEL" "$HEALTH" "$TRIGGER" "$NESTED" "$BINARY" "$WRONG"; do
        grep -qF -- "$secret" "$scratch/printed.$format" && { echo "    leaked: ${secret:0:6}"; leaks=1; }
        grep -rqF -- "$secret" "$HARDEN_HOME" && { echo "    kept: ${secret:0:6}"; leaks=1; }
    done
    check "--format $format shows no secret" test "$leaks" = 0
done
cp "$scratch/report.json" "$scratch/first.json"
scan again.json --format json "docker-archive:$scratch/saved.tar"
check_same "from the cache it is the same" "$scratch/report.json" "$scratch/again.json"
scan live.json --no-cache --format json "docker:$image"
findings() { python3 -c "import json, sys; print(json.dumps([(f['id'], f['location'].get('path'), f['evidence']) for f in json.load(open(sys.argv[1]))['findings']], indent=1))" "$1"; }
findings "$scratch/report.json" >"$scratch/a"
findings "$scratch/live.json" >"$scratch/b"
check_same "from the engine it is the same" "$scratch/a" "$scratch/b"
for jobs in 1 4; do
    scan "jobs.json" --no-cache --jobs $jobs --format json "docker-archive:$scratch/saved.tar"
    check_same "--jobs $jobs" "$scratch/report.json" "$scratch/jobs.json"
done

# What is kept of scripts, to tell what they start, has no secrets: neither those that are found, nor what is
# given to the name of one.
kept() { # NAME ARGUMENTS...: a scan with a state of its own
    local name=$1; shift
    HARDEN_HOME=$scratch/home-$name timeout 100 "$harden" scan --offline --fail-on none --allow-gaps --packages --format json \
        -o "$scratch/$name.json" "$@" "docker-archive:$scratch/saved.tar"
}
kept all
check "scripts are kept without their secrets" bash -c "grep -rqF PRIVATE-TOKEN '$scratch/home-all' &&
    ! grep -rqF -e '$SCRIPT' -e '$NAMED' -e '$QUOTED' '$scratch/home-all'"
kept binaries --only binary
check "... and not at all where secrets are not looked for" bash -c "! grep -rqF -e PRIVATE-TOKEN -e '$NAMED' '$scratch/home-binaries'"
check "what the script starts is in use" python3 -c '
import json, sys
print([(p["name"], p.get("reached_by")) for p in json.load(open(sys.argv[1]))["packages"] if p["name"] == "tar"])
sys.exit(not any(p["name"] == "tar" and p.get("in_use") for p in json.load(open(sys.argv[1]))["packages"]))' "$scratch/all.json"

# By hand only.
scan shown.json --show-secrets --format json "docker-archive:$scratch/saved.tar"
check "--show-secrets shows them" grep -qF -- "$DELETED" "$scratch/shown.json"
check "... and keeps none" bash -c "! grep -rqF -- '$DELETED' '$HARDEN_HOME'"

# Waivers: by fingerprint, by kind, by path.
fingerprint=$(python3 -c "
import json, sys
print(next(a for f in json.load(open(sys.argv[1]))['findings'] if 'github-pat' in f.get('aliases', []) for a in f['aliases'] if a.startswith('secret:')))" "$scratch/report.json")
status() { # NAME WANTED-PATH ARGUMENTS...
    scan waived.json --format json "${@:3}" "docker-archive:$scratch/saved.tar"
    check "$1" python3 -c "
import json, sys
sys.exit(not all(f['status'] == 'waived' for f in json.load(open(sys.argv[1]))['findings'] if f['location'].get('path') == sys.argv[2]))" \
        "$scratch/waived.json" "$2"
}
status "--ignore FINGERPRINT" srv/deleted --ignore "$fingerprint"
status "--ignore KIND" srv/deleted --ignore github-pat
status "--ignore PATH" srv/overwritten --ignore 'srv/over*'
check_exit "they decide the exit code" 1 timeout 100 "$harden" scan --offline --only secret --allow-gaps --quiet "docker-archive:$scratch/saved.tar"

# Without the library (one that has nothing in it stands for none) the scan says what it did not do.
mkdir "$scratch/empty"
if echo | cc -shared -fPIC -xc -o "$scratch/empty/libhs.so.5" - 2>/dev/null; then
    check_exit "without libhyperscan a scan is incomplete" 3 env LD_LIBRARY_PATH="$scratch/empty" timeout 100 \
        "$harden" scan --offline --only secret --no-cache --fail-on none --format json --output "$scratch/none.json" \
        "docker-archive:$scratch/saved.tar"
    check "... and says why" grep -q 'secrets are not looked for: libhyperscan5 is not installed' "$scratch/none.json"
    printf 'FROM scratch\n# %s-%s\n' glpat aB3dE6gH9jK2mN5pQ8sT >"$scratch/Dockerfile"
    env LD_LIBRARY_PATH="$scratch/empty" "$harden" lint --only secret --fail-on none --format json \
        --output "$scratch/lint.json" "$scratch/Dockerfile"
    check "... but lint does without it" grep -q '"id": "secret/gitlab-token"' "$scratch/lint.json"
else
    skip "without libhyperscan" "there is no compiler"
fi
finish
