#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker root network
# Packages that languages' own tools install in an image are matched with records of OSV: found
# where they are vulnerable, named with the fix of their own branch, gone after the upgrade, and
# left to the distribution where that ships them.
. "$(dirname "$0")/lib.sh"

base=$(debian_image bookworm) || { failed "bookworm base"; finish; exit; }
at_exit+=('docker rmi -f harden-e2e/osv-old harden-e2e/osv-new >/dev/null 2>&1')
mkdir -p "$scratch/ctx" "$scratch/mirror/osv"

# --- what is installed: a wheel that pip takes, what npm, gem and composer leave behind, a program of
# Go's where this machine has Go

python3 - "$scratch/ctx" <<'END'
import json, os, sys, zipfile
folder = sys.argv[1]
for version in "1.4.1", "1.4.3":
    info = f"lumen_cache-{version}.dist-info"
    files = {"lumen_cache.py": "", f"{info}/METADATA": f"Metadata-Version: 2.1\nName: Lumen.Cache\nVersion: {version}\n",
             f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    record = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(f"{folder}/lumen_cache-{version}-py3-none-any.whl", "w") as wheel:
        for name, text in {**files, f"{info}/RECORD": record}.items():
            wheel.writestr(name, text)
for name, version in ("@acme/left", "2.1.0"), ("left", "0.9.0"), ("xt-dev", "19.4.9"):
    os.makedirs(f"{folder}/app/node_modules/{name}")
    json.dump({"name": name, "version": version}, open(f"{folder}/app/node_modules/{name}/package.json", "w"))
os.makedirs(f"{folder}/app/vendor/composer")
json.dump({"packages": [{"name": "Acme/http", "version": "v3.0.0-RC1"}]},
          open(f"{folder}/app/vendor/composer/installed.json", "w"))
os.makedirs(f"{folder}/app/gems/specifications")
open(f"{folder}/app/gems/specifications/lumen-2.0.0.rc1.gemspec", "w").write(
    'Gem::Specification.new do |s|\n  s.name = "lumen".freeze\n  s.version = "2.0.0.rc1"\nend\n')
END
go_version=
if command -v go >/dev/null; then
    mkdir -p "$scratch/go/vendor/example.org/lib"
    printf 'module example.org/app\n\ngo 1.18\n\nrequire example.org/lib v1.2.0\n' >"$scratch/go/go.mod"
    printf '# example.org/lib v1.2.0\n## explicit\nexample.org/lib\n' >"$scratch/go/vendor/modules.txt"
    printf 'package lib\n' >"$scratch/go/vendor/example.org/lib/lib.go"
    printf 'package main\n\nimport _ "example.org/lib"\n\nfunc main() {}\n' >"$scratch/go/main.go"
    (cd "$scratch/go" && GOFLAGS=-mod=vendor GOPROXY=off CGO_ENABLED=0 go build -o "$scratch/ctx/app/goes" .) >"$scratch/go.log" 2>&1 &&
        go_version=$(go env GOVERSION | sed 's/^go//')
fi
pip='PYTHONPATH=$(echo /usr/share/python-wheels/pip-*.whl) python3 -m pip install --no-index --break-system-packages'
cat >"$scratch/ctx/Dockerfile" <<END
FROM $base
RUN apt-get update -q && apt-get install -q -y --no-install-recommends -o Dpkg::Options::=--force-unsafe-io python3 python3-pip-whl python3-wheel
COPY lumen* /tmp/
RUN $pip /tmp/lumen_cache-1.4.1-py3-none-any.whl
COPY app /srv/app
END
if ! docker build -q -t harden-e2e/osv-old "$scratch/ctx" >"$scratch/build.log" 2>&1; then
    failed "build of the image"; tail -15 "$scratch/build.log"; finish; exit
fi
docker build -q -t harden-e2e/osv-new - >"$scratch/build.log" 2>&1 <<END || { failed "build of the upgraded image"; tail -15 "$scratch/build.log"; }
FROM harden-e2e/osv-old
RUN $pip /tmp/lumen_cache-1.4.3-py3-none-any.whl
RUN rm -r /srv/app
END

# --- the mirror -----------------------------------------------------------------------------------

owned=$(docker run --rm harden-e2e/osv-old dpkg-query -W -f '${source:Upstream-Version}' python3-wheel)
make_mirror() { # GO-VERSION OWNED-VERSION
    python3 - "$scratch/mirror/osv" "$@" <<'END'
import json, os, sys, zipfile
folder, go, owned = sys.argv[1:]
def record(id, eco, name, events, **more):
    affected = {"package": {"ecosystem": eco, "name": name}, **more.pop("affected", {})}
    if events:
        affected["ranges"] = [{"type": "ECOSYSTEM", "events": [dict([e]) for e in events]}]
    return {"schema_version": "1.6.0", "id": id, "modified": "2026-11-20T00:00:00Z", "affected": [affected], **more}
fixed = lambda *pairs: [e for a, b in pairs for e in (("introduced", a), ("fixed", b))]
high = {"database_specific": {"severity": "HIGH"}}
records = {
    "PyPI": [
        record("GHSA-lumen", "PyPI", "lumen-cache", fixed(("0", "1.4.3"), ("2.0", "2.0.1")), aliases=["CVE-2025-90001"],
               summary="Lumen forgets", **high),
        record("PYSEC-2025-1", "PyPI", "lumen_cache", fixed(("0", "1.4.2")), aliases=["CVE-2025-90001", "GHSA-lumen"]),
        record("GHSA-never", "PyPI", "lumen.cache", fixed(("2.0", "2.0.1"))),
        record("GHSA-undone", "PyPI", "lumen.cache", fixed(("0", "9")), withdrawn="2025-01-01T00:00:00Z"),
        record("GHSA-listed", "PyPI", "lumen.cache", [], affected={"versions": ["1.4.1"]},
               severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N"}]),
        record("GHSA-owned", "PyPI", "wheel", [], affected={"versions": [owned]}, aliases=["CVE-2025-90002"])],
    "RubyGems": [record("GHSA-gem", "RubyGems", "lumen", fixed(("0", "2.0.0")), **high)],
    "npm": [
        record("GHSA-scoped", "npm", "@acme/left", [("introduced", "2.0.0"), ("last_affected", "2.1.0")], **high),
        record("GHSA-plain", "npm", "left", fixed(("1.0.0", "1.2.0")), **high),
        record("MAL-2025-1", "npm", "xt-dev", [("introduced", "0")], summary="Malicious code in xt-dev (npm)")],
    "Packagist": [record("GHSA-php", "Packagist", "acme/http", fixed(("3.0.0-beta1", "3.0.0")), **high)],
    "Go": [record("GO-2025-1", "Go", "stdlib", fixed(("0", go + "1")), aliases=["CVE-2025-90003"]),
           record("GO-2025-2", "Go", "example.org/lib", fixed(("0", "1.0.1-0.20250101000000"), ("1.1.0", "1.3.0")))],
    "Maven": [record("GHSA-java", "Maven", "a:b", fixed(("0", "1")))],
}
for eco, list in records.items():
    os.makedirs(f"{folder}/{eco}", exist_ok=True)
    with zipfile.ZipFile(f"{folder}/{eco}/all.zip", "w", zipfile.ZIP_DEFLATED) as out:
        for r in list:
            out.writestr(r["id"] + ".json", json.dumps(r))
END
}
make_mirror "${go_version:-1.0.}" "$owned"

check_exit "update for the image" 0 "$harden" db update osv --for docker:harden-e2e/osv-old --mirror "file://$scratch/mirror"
check "only the ecosystems that it has were fetched" test ! -e "$HARDEN_HOME/advisories/downloads/osv/Maven.zip"

# --- findings -------------------------------------------------------------------------------------

report() { "$harden" scan --only vulnerability --max-age 0 --format json --fail-on none --allow-gaps -o "$2" "$1"; }
of_osv() { python3 - "$1" <<'END'
import json, sys
report = json.load(open(sys.argv[1]))
order = {layer["diff_id"]: i for i, layer in enumerate(report["target"]["layers"])}
for f in report["findings"]:
    v = f.get("vulnerability")
    if v and v.get("feed") == "osv":
        print(f["id"], ",".join(f.get("aliases", [])) or "-", f["severity"], v["purl"], v.get("fixed_version", "-"),
              f["location"]["path"], order[f["location"]["layer"]])
END
}
check_exit "scan" 0 report docker:harden-e2e/osv-old "$scratch/old.json"
of_osv "$scratch/old.json" | grep -v ' srv/app/goes ' | sort >"$scratch/old"
python=usr/local/lib/python3.11/dist-packages
cat >"$scratch/want" <<END
CVE-2025-90001 GHSA-lumen,PYSEC-2025-1 high pkg:pypi/lumen-cache@1.4.1 1.4.3 $python/lumen_cache-1.4.1.dist-info/METADATA 3
GHSA-gem - high pkg:gem/lumen@2.0.0.rc1 2.0.0 srv/app/gems/specifications/lumen-2.0.0.rc1.gemspec 4
GHSA-listed - medium pkg:pypi/lumen-cache@1.4.1 - $python/lumen_cache-1.4.1.dist-info/METADATA 3
GHSA-php - high pkg:composer/acme/http@3.0.0-RC1 3.0.0 srv/app/vendor/composer/installed.json 4
GHSA-scoped - high pkg:npm/%40acme/left@2.1.0 - srv/app/node_modules/@acme/left/package.json 4
MAL-2025-1 - critical pkg:npm/xt-dev@19.4.9 - srv/app/node_modules/xt-dev/package.json 4
END
check_same "each is found once, where it is recorded, with the fix of its branch" "$scratch/want" "$scratch/old"
if [ -n "$go_version" ]; then
    cat >"$scratch/want.go" <<END
CVE-2025-90003 GO-2025-1 medium pkg:golang/stdlib@$go_version ${go_version}1 srv/app/goes 4
GO-2025-2 - medium pkg:golang/example.org/lib@v1.2.0 v1.3.0 srv/app/goes 4
END
    check_same "Go's library and a module in a program are found" "$scratch/want.go" <(of_osv "$scratch/old.json" | grep ' srv/app/goes ' | sort)
else
    skip "Go's library in a program" "no Go here"
fi
check "the actions speak the tool's language" python3 -c '
import json, sys
commands = {a["title"]: a.get("command") for a in json.load(open(sys.argv[1]))["actions"]}
assert commands["Upgrade Lumen.Cache to 1.4.3"] == "pip install --upgrade '"'Lumen.Cache>=1.4.3'"'", commands
assert commands["Upgrade lumen to 2.0.0"] == "gem install lumen --version 2.0.0", commands' "$scratch/old.json"
if /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
    check "the report keeps to its schema" /usr/bin/python3 "$top/tests/e2e/schema.py" "$scratch/old.json"
else
    skip "the report keeps to its schema" "python3-jsonschema is not installed"
fi
docker save -o "$scratch/old.tar" harden-e2e/osv-old
for format in tty table sarif html; do
    "$harden" scan --only vulnerability --max-age 0 --format $format --fail-on none --allow-gaps "$scratch/old.tar" >"$scratch/$format" 2>&1
    check "as $format" grep -q CVE-2025-90001 "$scratch/$format"
done

# says TEXT: what was said last has it, wherever its lines were broken.
says() { check "$1" grep -qF -- "$2" <(tr -s ' \n' ' ' <"$scratch/said"); }
ends() { check_exit "$@"; cp "$scratch/check.out" "$scratch/said"; }
explain() { "$harden" explain --max-age 0 --allow-gaps "$1" --in "$scratch/$2.tar"; }
ends "explained by an alias: reported" 1 explain PYSEC-2025-1 old
says "with the versions that decide" '1.4.1 lies in the vulnerable versions before 1.4.3'
ends "explained: another branch has it" 0 explain GHSA-never old
says "and that one is named" 'from 2.0 on, before 2.0.1'
ends "explained: the distribution ships it" 0 explain CVE-2025-90002 old
says "as its own package" 'belongs to a package of the distribution'
check "ignored by an alias" python3 -c '
import json, subprocess, sys
out = subprocess.run([sys.argv[1], "scan", "--only", "vulnerability", "--max-age", "0", "--format", "json", "--ignore", "GHSA-lumen",
                      "--fail-on", "none", "--allow-gaps", sys.argv[2]], capture_output=True).stdout
assert [f["status"] for f in json.loads(out)["findings"] if f["id"] == "CVE-2025-90001"] == ["waived"]' "$harden" "$scratch/old.tar"

docker save -o "$scratch/new.tar" harden-e2e/osv-new
report "$scratch/new.tar" "$scratch/new.json"
check "after the upgrade nothing is found" test -z "$(of_osv "$scratch/new.json")"
check_exit "and explained" 0 explain CVE-2025-90001 new

# --- damage ---------------------------------------------------------------------------------------

size=$(stat -c %s "$scratch/mirror/osv/npm/all.zip")
truncate -s $((size / 2)) "$scratch/mirror/osv/npm/all.zip"
ends "half an archive: the last good copy stays" 3 "$harden" db update osv --mirror "file://$scratch/mirror"
says "and it is said which" 'osv:npm: zip: no directory at the end'
report "$scratch/old.tar" "$scratch/again.json"
check_same "the same is found as before" "$scratch/want" <(of_osv "$scratch/again.json" | grep -v ' srv/app/goes ' | sort)
make_mirror "${go_version:-1.0.}" "$owned"
python3 -c '
import sys, zipfile
zipfile.ZipFile(sys.argv[1], "a").writestr("GHSA-odd.json", "{")' "$scratch/mirror/osv/npm/all.zip"
ends "one bad record: the others count" 3 "$harden" db update osv --mirror "file://$scratch/mirror"
says "and it is told" '1 record could not be read: GHSA-odd.json'
check "by status" grep -q '1 record could not be read' <("$harden" db status)
check "and by scans" python3 -c '
import json, sys
assert any("GHSA-odd.json" in g["reason"] for g in json.load(open(sys.argv[1]))["coverage"]["gaps"])' \
    <("$harden" scan --only vulnerability --max-age 0 --format json --fail-on none --allow-gaps "$scratch/old.tar")
check "carried over in one file" "$harden" db export "$scratch/feeds.tar.zst"
rm -rf "$HARDEN_HOME"
check_exit "to another machine" 3 "$harden" db import "$scratch/feeds.tar.zst"
report "$scratch/old.tar" "$scratch/again.json"
check_same "which finds the same" "$scratch/want" <(of_osv "$scratch/again.json" | grep -v ' srv/app/goes ' | sort)
finish
