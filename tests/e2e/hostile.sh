#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# needs: none
# Damaged and hostile targets get a clear answer in bounded time and memory: never a crash, never a
# hang, never a silent "nothing found".
. "$(dirname "$0")/lib.sh"

cat >"$scratch/make.py" <<'EOF'
"""Writes the targets that hostile.sh tries, into the folder given."""
import gzip, hashlib, io, json, lzma, os, sys, tarfile, zlib

out = sys.argv[1]
STATUS = b"""Package: demo
Status: install ok installed
Version: 1.0-1
Architecture: amd64
Maintainer: Demo <demo@lists.example.org>

"""
RELEASE = b'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian 12"\n'
FILES = [("etc/os-release", RELEASE), ("var/lib/dpkg/status", STATUS)]

def digest(data): return "sha256:" + hashlib.sha256(data).hexdigest()
def layer(files=FILES, extra=()):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, data in files:
            info = tarfile.TarInfo(name); info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        for info in extra: tar.addfile(info)
    return buffer.getvalue()
def archive(path, members):
    with tarfile.open(os.path.join(out, path), "w", format=tarfile.GNU_FORMAT) as tar:
        for name, data in members:
            info = tarfile.TarInfo(name); info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
def config(diff_ids): return json.dumps({"architecture": "amd64", "os": "linux", "config": {},
    "rootfs": {"type": "layers", "diff_ids": diff_ids}}).encode()
def docker(path, blob=None, plain=None, layers=None, manifest=None, cfg=None):
    plain = layer() if plain is None else plain
    blob = plain if blob is None else blob
    names = layers or ["l/layer.tar"]
    cfg = cfg or config([digest(plain)] * len(names))
    name = hashlib.sha256(cfg).hexdigest() + ".json"
    manifest = manifest or json.dumps([{"Config": name, "RepoTags": ["demo:1"], "Layers": names}]).encode()
    archive(path, [("l/layer.tar", blob), (name, cfg), ("manifest.json", manifest)])
def oci(path, blob, plain, media="application/vnd.oci.image.layer.v1.tar+gzip", index=None, drop=None, lie=None):
    cfg = config([digest(plain)])
    man = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest(cfg), "size": len(cfg)},
        "layers": [{"mediaType": media, "digest": lie or digest(blob), "size": len(blob)}]}).encode()
    index = index or json.dumps({"schemaVersion": 2, "manifests": [
        {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest(man), "size": len(man)}]}).encode()
    blobs = {digest(cfg): cfg, digest(man): man, lie or digest(blob): blob}
    if drop: blobs = {d: b for d, b in blobs.items() if b is not blob}
    archive(path, [("oci-layout", b'{"imageLayoutVersion":"1.0.0"}'), ("index.json", index)] +
        [("blobs/" + d.replace(":", "/"), b) for d, b in blobs.items()])

plain = layer()
docker("good.tar")
whole = open(os.path.join(out, "good.tar"), "rb").read()
os.mkdir(os.path.join(out, "cut"))
for at in sorted({*range(0, 1536, 61), *range(0, len(whole) - 1024, 512), len(whole) - 5000}):
    open(os.path.join(out, "cut", "%06d.tar" % at), "wb").write(whole[:at])

gz = gzip.compress(plain, 6, mtime=0)
oci("oci-good.tar", gz, plain)
bad = bytearray(gz); bad[len(bad) // 2] ^= 0x55
oci("gzip-corrupt.tar", bytes(bad), plain)
oci("gzip-cut.tar", gz[: len(gz) // 2], plain)
oci("gzip-garbage.tar", gz + b"garbage behind it", plain)
xz = lzma.compress(plain)
bad = bytearray(xz); bad[len(bad) // 2] ^= 0x55
oci("xz-corrupt.tar", bytes(bad), plain)
oci("zstd-corrupt.tar", b"\x28\xb5\x2f\xfd" + os.urandom(400), plain, "application/vnd.oci.image.layer.v1.tar+zstd")
oci("wrong-blob-digest.tar", gz, plain, lie="sha256:" + "0" * 64)
oci("missing-blob.tar", gz, plain, drop=True)
oci("wrong-diff-id.tar", gz, layer([("etc/os-release", RELEASE), ("other", b"x")]))

# An index that names itself: its own digest cannot be in it, but a blob can name another that
# names it back only by lying about the digests.
a, b = "sha256:" + "a" * 64, "sha256:" + "b" * 64
def loop(target): return json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
    "manifests": [{"mediaType": "application/vnd.oci.image.index.v1+json", "digest": target, "size": 300}]}).encode()
archive("cycle.tar", [("oci-layout", b'{"imageLayoutVersion":"1.0.0"}'), ("index.json", loop(a)),
    ("blobs/sha256/" + "a" * 64, loop(b)), ("blobs/sha256/" + "b" * 64, loop(a))])
docker("many-layers.tar", layers=["l/layer.tar"] * 100000)
docker("no-layers.tar", manifest=json.dumps([{"Config": "x.json", "Layers": []}]).encode())
docker("deep-json.tar", manifest=b"[" * 200000)
docker("huge-json.tar", manifest=b"[" + b" " * (6 << 20) + b"]")
docker("not-json.tar", manifest=b"<html>busy</html>")
docker("out-of-archive.tar", layers=["../../etc/passwd"])
archive("no-manifest.tar", [("l/layer.tar", plain)])

# 1 GiB of zeros in about 1 MiB of gzip, as a file that is read and as one that is not.
squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
head = tarfile.TarInfo("var/lib/dpkg/status"); head.size = 1 << 30
bomb = squeeze.compress(head.tobuf(tarfile.GNU_FORMAT))
for _ in range(1024): bomb += squeeze.compress(b"\0" * (1 << 20))
bomb += squeeze.compress(b"\0" * 1024) + squeeze.flush()
oci("bomb.tar", bomb, plain)

odd = []
for name in ("../../../var/lib/dpkg/status", "/etc/os-release", "var/lib/dpkg/status.d/../x"):
    info = tarfile.TarInfo(name); odd.append(info)
docker("odd-paths.tar", plain=layer(FILES, odd))
for name in ("link", "hard"):
    info = tarfile.TarInfo("var/lib/dpkg/status"); info.linkname = "../../../../etc/passwd"
    info.type = tarfile.SYMTYPE if name == "link" else tarfile.LNKTYPE
    docker(name + "-out.tar", plain=layer(FILES[:1], [info]))
info = tarfile.TarInfo("var/lib/dpkg/status"); info.type = tarfile.CHRTYPE; info.devmajor = 1; info.devminor = 5
docker("device.tar", plain=layer(FILES[:1], [info]))
# 5 bytes that say they are 1 EiB, as GNU's sparse format 1.0 says it.
endless = tarfile.TarInfo("made-up")
endless.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(1 << 60),
                       "GNU.sparse.name": "var/lib/dpkg/status"}
content = b"1\n0\n5\n".ljust(512, b"\0") + b"Packa"
endless.size = len(content)
buffer = io.BytesIO()
with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
    info = tarfile.TarInfo("etc/os-release"); info.size = len(RELEASE)
    tar.addfile(info, io.BytesIO(RELEASE))
    tar.addfile(endless, io.BytesIO(content))
docker("status-endless.tar", plain=buffer.getvalue())
# A layer with holes in it, which GNU tar stores as a sparse file.
holes = layer(FILES + [("zeros", b"\0" * (4 << 20))])
os.makedirs(os.path.join(out, "holes/l"))
with open(os.path.join(out, "holes/l/layer.tar"), "wb") as file:
    for at in range(0, len(holes), 4096):
        if holes[at:at + 4096].strip(b"\0"): file.seek(at); file.write(holes[at:at + 4096])
    file.truncate(len(holes))
with open(os.path.join(out, "holes/c.json"), "wb") as file: file.write(config([digest(holes)]))
with open(os.path.join(out, "holes/manifest.json"), "w") as file:
    json.dump([{"Config": "c.json", "RepoTags": None, "Layers": ["l/layer.tar"]}], file)
docker("status-garbage.tar", plain=layer([FILES[0], ("var/lib/dpkg/status", os.urandom(100000))]))
docker("status-empty.tar", plain=layer([FILES[0], ("var/lib/dpkg/status", b"")]))
docker("status-long-line.tar", plain=layer([FILES[0], ("var/lib/dpkg/status", b"Package: " + b"a" * (20 << 20))]))
docker("control-bytes.tar", plain=layer([FILES[0], ("var/lib/dpkg/status",
    STATUS.replace(b"demo\n", b"demo\x1b[2J\x1b]0;owned\x07\n", 1))]))
EOF
python3 "$scratch/make.py" "$scratch" || { failed "making the targets"; finish; exit; }

# scan NAME: prints the report; at most 20 s and 512 MiB of memory (not under ASan: it maps more).
scan() { timeout 20 "$harden" scan --built-in --no-cache --color never "$@"; }
# answers NAME EXITS PATTERN: the exit code is one of EXITS and the output matches.
answers() {
    local name=$1 exits=$2 pattern=$3 code=0
    scan "$scratch/$name" >"$scratch/answer" 2>&1 || code=$?
    if [[ " $exits " != *" $code "* ]]; then
        failed "$name: exit $code, not one of $exits"
    elif ! tr -s ' \n' '  ' <"$scratch/answer" | grep -qiE "$pattern"; then
        failed "$name: the answer does not say $pattern"
    else
        ok "$name"; return
    fi
    head -30 "$scratch/answer" | sed 's/^/    /'
}

answers good.tar "0 3" '1 package'
answers oci-good.tar "0 3" '1 package'

crashed=0 silent=0 count=0
for cut in "$scratch"/cut/*.tar; do
    code=0
    scan "$cut" >"$scratch/answer" 2>&1 || code=$?
    count=$((count + 1))
    case $code in
    2 | 3) ;;
    *) crashed=$((crashed + 1)); echo "    $(basename "$cut"): exit $code" ;;
    esac
    grep -qE 'harden:|incomplete' "$scratch/answer" || silent=$((silent + 1))
done
check "$count cuts of an archive: none crashes" test "$crashed" = 0
check "$count cuts of an archive: none is silent" test "$silent" = 0

answers gzip-corrupt.tar "2 3" 'gzip|digest'
answers gzip-cut.tar "2 3" 'ends early'
answers gzip-garbage.tar "2 3" 'garbage|behind|trailing|gzip'
answers xz-corrupt.tar "2 3" 'xz'
answers zstd-corrupt.tar "2 3" 'zstd'
answers wrong-blob-digest.tar "2 3" 'digest'
answers wrong-diff-id.tar "2 3" 'diff_id|digest'
answers missing-blob.tar "2 3" 'missing|not in|no such|absent'
answers cycle.tar "2" 'digest|deep|index'
answers many-layers.tar "2 3" 'layers'
answers no-layers.tar "2 3" 'layer|config'
answers deep-json.tar "2" 'JSON|json'
answers huge-json.tar "2" 'longer|larger|limit|bytes'
answers not-json.tar "2" 'JSON|json'
answers out-of-archive.tar "2 3" 'leads out'
answers no-manifest.tar "2" 'manifest'
answers bomb.tar "2 3" 'ratio|bomb|longer|larger|expands'
answers odd-paths.tar "3" 'leads out'
answers odd-paths.tar "3" '1 package'
answers link-out.tar "3" 'symbolic link'
answers hard-out.tar "3" "leads out"
answers device.tar "3" 'device|regular'
answers status-garbage.tar "3" 'status'
answers status-endless.tar "3" 'status: 1.0 EiB long'
tar --format=posix --sparse -C "$scratch/holes" -cf "$scratch/holes.tar" c.json l manifest.json
answers holes.tar "3" 'stored as a sparse file'
check "the same as a stream" grep -q '1 package' <(scan - <"$scratch/holes.tar")
answers status-empty.tar "3" 'status'
answers status-long-line.tar "3" 'status'
answers control-bytes.tar "0 1 3" 'demo|package'
scan --packages "$scratch/control-bytes.tar" >"$scratch/answer" 2>&1
check "no control byte of a target reaches the terminal" sh -c "! LC_ALL=C grep -q \$(printf '\033') '$scratch/answer'"

# A root file system with what must never be opened.
mkdir -p "$scratch/root/etc" "$scratch/root/var/lib/dpkg/info"
printf 'ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n' >"$scratch/root/etc/os-release"
mkfifo "$scratch/root/var/lib/dpkg/status"
answers root "3" 'fifo|regular|pipe'
rm "$scratch/root/var/lib/dpkg/status"
ln -s /etc/passwd "$scratch/root/var/lib/dpkg/status"
answers root "3" 'symbolic link'
if [ "$(id -u)" = 0 ] && rm "$scratch/root/var/lib/dpkg/status" &&
    mknod "$scratch/root/var/lib/dpkg/status" c 1 5 2>/dev/null; then
    answers root "3" 'device|regular'
else
    skip "device node" "needs root"
fi
rm -rf "$scratch/root/var/lib/dpkg"
mkdir -p "$scratch/root/var/lib"
ln -s /var/lib/dpkg "$scratch/root/var/lib/dpkg"
answers root "3" 'symbolic link|no package database'
finish
