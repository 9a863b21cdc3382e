#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Images for bench/run, made of layers.

image.py docker LAYER.tar IMAGE         a docker-archive with the layer as it is
image.py oci LAYER.tar PACKED IMAGE     an OCI archive; PACKED is the layer as gzip or zstd made it
image.py files COUNT SIZE LAYER.tar.zst a layer with COUNT files of SIZE bytes and 400 packages, packed
                                        while it is made; its diff_id goes to LAYER.tar.zst.id
image.py status COUNT ROOT              a root with the records of COUNT packages that apt knows
"""
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile

RELEASE = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nNAME="Debian GNU/Linux"\n'


def digest_of(path):
    with open(path, "rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def config_of(diff_id):
    return json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                       "rootfs": {"type": "layers", "diff_ids": [diff_id]}}).encode()


def add_bytes(archive, name, content):
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def add_file(archive, name, path):
    member = tarfile.TarInfo(name)
    member.size = os.path.getsize(path)
    with open(path, "rb") as file:
        archive.addfile(member, file)


def docker(layer, image):
    diff_id = digest_of(layer)
    config = config_of(diff_id)
    name = hashlib.sha256(config).hexdigest() + ".json"
    with tarfile.open(image, "w") as archive:
        add_file(archive, "layer/layer.tar", layer)
        add_bytes(archive, name, config)
        add_bytes(archive, "manifest.json", json.dumps(
            [{"Config": name, "RepoTags": ["bench:latest"], "Layers": ["layer/layer.tar"]}]).encode())


def oci(layer, packed, image):
    if os.path.exists(packed + ".id"):
        with open(packed + ".id", encoding="ascii") as file:
            diff_id = file.read().strip()
    else:
        diff_id = digest_of(layer)
    config = config_of(diff_id)
    kind = "zstd" if packed.endswith(".zst") else "gzip"
    blobs = "application/vnd.oci.image."
    manifest = json.dumps({
        "schemaVersion": 2, "mediaType": blobs + "manifest.v1+json",
        "config": {"mediaType": blobs + "config.v1+json", "size": len(config),
                   "digest": "sha256:" + hashlib.sha256(config).hexdigest()},
        "layers": [{"mediaType": blobs + "layer.v1.tar+" + kind, "digest": digest_of(packed),
                    "size": os.path.getsize(packed)}]}).encode()
    digest = "sha256:" + hashlib.sha256(manifest).hexdigest()
    index = json.dumps({"schemaVersion": 2, "manifests": [
        {"mediaType": blobs + "manifest.v1+json", "digest": digest, "size": len(manifest)}]})
    with tarfile.open(image, "w") as archive:
        add_bytes(archive, "oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
        add_bytes(archive, "index.json", index.encode())
        for content in (manifest, config):
            add_bytes(archive, "blobs/sha256/" + hashlib.sha256(content).hexdigest(), content)
        add_file(archive, "blobs/sha256/" + digest_of(packed)[7:], packed)


def files(count, size, packed):
    """Headers are made once and their names and sums put in: 20 GB take a minute, not an hour. The
    files differ by 200 bytes, so that the layer packs well but is no bomb."""
    pool = os.urandom(1 << 20)
    common, padding = os.urandom(size - 200), bytes(-size % 512)
    member = tarfile.TarInfo("x" * 99)
    member.size = size
    header = bytearray(member.tobuf(tarfile.USTAR_FORMAT))
    header[0:100] = bytes(100)
    header[148:156] = b" " * 8
    base = sum(header)
    sha = hashlib.sha256()
    with open(packed, "wb") as out, \
            subprocess.Popen(["zstd", "-q", "-1", "-c"], stdin=subprocess.PIPE, stdout=out) as pack:
        def put(data):
            sha.update(data)
            pack.stdin.write(data)
        def put_text(name, text):
            text = text.encode()
            member = tarfile.TarInfo(name)
            member.size = len(text)
            put(member.tobuf() + text + bytes(-len(text) % 512))
        put_text("etc/os-release", RELEASE)
        put_text("var/lib/dpkg/status", "".join(
            f"Package: package-{i:05}\nStatus: install ok installed\nArchitecture: all\n"
            f"Version: 1.{i}\n\n" for i in range(400)))
        for i in range(400):
            owned = range(i * 100, min(i * 100 + 100, count))
            put_text(f"var/lib/dpkg/info/package-{i:05}.list",
                     "".join(f"/usr/share/package-{i:05}/folder/file-{j:07}\n" for j in owned))
        for i in range(count):
            name = b"usr/share/package-%05d/folder/file-%07d" % (i // 100, i)
            header[0:len(name)] = name
            header[148:156] = b"%06o\0 " % (base + sum(name))
            own = i * 7919 % (len(pool) - 200)
            put(bytes(header) + common + pool[own:own + 200] + padding)
        put(bytes(1024))
        pack.stdin.close()
    with open(packed + ".id", "w", encoding="ascii") as file:
        file.write("sha256:" + sha.hexdigest())


def status(count, root):
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(root + "/var/lib/dpkg")
    os.makedirs(root + "/etc")
    with open(root + "/etc/os-release", "w", encoding="ascii") as file:
        file.write(RELEASE)
    known = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, check=True).stdout.decode()
    seen = set()
    with open(root + "/var/lib/dpkg/status", "w", encoding="utf-8") as file:
        for paragraph in known.split("\n\n"):
            name = paragraph.partition("\n")[0]
            if not name.startswith("Package: ") or name in seen:
                continue
            seen.add(name)
            keep = ("Package:", "Version:", "Source:", "Architecture:", "Maintainer:", "Section:")
            lines = [line for line in paragraph.split("\n") if line.startswith(keep)]
            file.write("\n".join(lines) + "\nStatus: install ok installed\n\n")
            if len(seen) == count:
                break
    if len(seen) < count:
        sys.exit(f"apt knows only {len(seen)} packages")


def main(command, *arguments):
    if command == "docker":
        docker(*arguments)
    elif command == "oci":
        oci(*arguments)
    elif command == "files":
        files(int(arguments[0]), int(arguments[1]), arguments[2])
    elif command == "status":
        status(int(arguments[0]), arguments[1])
    else:
        sys.exit(__doc__)


main(*(sys.argv[1:] or ["help"]))
