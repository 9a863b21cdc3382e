# SPDX-License-Identifier: Apache-2.0
"""Helps merged-view.sh: prints views of an image one name a line, and writes odd archives.

  merged-view.py export TAR    what `docker export` wrote
  merged-view.py files JSON    what `harden files --format json` printed
  merged-view.py odd TAR       writes a docker-archive that no engine's builder would write
"""
import hashlib
import io
import json
import sys
import tarfile

# What creating a container adds to the image's own files.
ADDED = {".dockerenv", "etc/hostname", "etc/hosts", "etc/resolv.conf", "etc/mtab",
         "dev", "dev/console", "dev/pts", "dev/shm", "proc", "sys", "etc", ""}
TYPES = {tarfile.REGTYPE: "file", tarfile.DIRTYPE: "directory", tarfile.SYMTYPE: "symlink",
         tarfile.CHRTYPE: "character", tarfile.BLKTYPE: "block", tarfile.FIFOTYPE: "fifo"}


def shown(name):
    """Bytes that are no UTF-8 are one replacement character each, in our JSON and here."""
    return "".join("\ufffd" if "\udc80" <= c <= "\udcff" else c for c in name)


def print_view(rows):
    for row in sorted(rows):
        print(*[json.dumps(field) for field in row])


def row(path, kind, mode, uid, gid, size, link):
    return (shown(path), kind, "%04o" % (mode & 0o7777), uid, gid, size, shown(link))


def export(path):
    members = {}
    with tarfile.open(path, errors="surrogateescape") as tar:
        for member in tar:
            name = member.name.strip("/")
            name = "" if name == "." else name[2:] if name.startswith("./") else name
            if member.islnk():
                target = members[member.linkname.strip("/")]
                members[name] = (name,) + target[1:]
            else:
                members[name] = row(name, TYPES[member.type], member.mode, member.uid, member.gid,
                                    member.size if member.isreg() else 0,
                                    member.linkname if member.issym() else "")
    print_view((shown(name),) + entry[1:] for name, entry in members.items() if name not in ADDED)


def files(path):
    with open(path, encoding="utf-8") as file:
        listed = json.load(file)["files"]
    print_view((f["path"], f["type"], f["mode"], f["uid"], f["gid"], f["size"], f.get("link", ""))
               for f in listed if f["path"] not in ADDED)


class Layer:
    def __init__(self):
        self.bytes = io.BytesIO()
        self.tar = tarfile.open(fileobj=self.bytes, mode="w", format=tarfile.PAX_FORMAT)

    def add(self, name, kind=tarfile.REGTYPE, content=b"", mode=0o644, uid=0, link="", device=None):
        info = tarfile.TarInfo(name)
        info.type, info.mode, info.uid, info.linkname = kind, mode, uid, link
        info.size = len(content) if kind == tarfile.REGTYPE else 0
        if device:
            info.devmajor, info.devminor = device
        self.tar.addfile(info, io.BytesIO(content) if info.size else None)
        return self

    def folder(self, name, mode=0o755, uid=0):
        return self.add(name, tarfile.DIRTYPE, mode=mode, uid=uid)

    def done(self):
        self.tar.close()
        return self.bytes.getvalue()


def odd_layers():
    base = Layer()
    base.folder("./").folder("./keep/").add("./keep/old", content=b"old")
    base.folder("opaque").add("opaque/one", content=b"1").folder("opaque/deep")
    base.add("opaque/deep/two", content=b"2")
    base.folder("gone").add("gone/file", content=b"x").add("gone/other", content=b"y")
    base.folder("becomes-file").add("becomes-file/below", content=b"x")
    base.folder("becomes-link").add("becomes-link/below", content=b"x")
    base.add("becomes-folder", content=b"was a file")
    base.add("link-becomes-folder", tarfile.SYMTYPE, link="keep")
    base.folder("chmod", mode=0o700, uid=7).add("chmod/inside", content=b"stays")
    base.add("first", content=b"linked").add("second", tarfile.LNKTYPE, link="first")
    base.add("third", tarfile.LNKTYPE, link="./second")
    base.add("setuid", content=b"#!", mode=0o6755).folder("sticky", mode=0o1777)
    base.add("null", tarfile.CHRTYPE, device=(1, 3)).add("loop", tarfile.BLKTYPE, device=(7, 0))
    base.add("pipe", tarfile.FIFOTYPE)
    base.add("late/child", content=b"c").folder("late", mode=0o711, uid=9)
    base.add("deleted-by-device", content=b"x")
    base.folder("back").add("back/old", content=b"x")

    upper = Layer()
    upper.add("implied/by/a/file", content=b"no entries for its folders")
    upper.folder("opaque").add("opaque/.wh..wh..opq").add("opaque/new", content=b"n")
    upper.add(".wh.gone")
    upper.add("becomes-file", content=b"now a file")
    upper.add("becomes-link", tarfile.SYMTYPE, link="keep")
    upper.folder("becomes-folder").add("becomes-folder/in", content=b"i")
    upper.folder("link-becomes-folder").add("link-becomes-folder/in", content=b"i")
    upper.folder("chmod", mode=0o750, uid=8)
    upper.add("deleted-by-device", tarfile.CHRTYPE, device=(0, 0))
    upper.add(".wh.never-there")
    upper.add("keep/.wh.nothing")
    upper.add("/absolute", content=b"a").add("./dotted/./name", content=b"d")
    upper.add("n" * 150 + "/" + "m" * 200, content=b"long")
    upper.add("new\nline", content=b"x").add("sp ace \\ \"quote\"", content=b"x")
    upper.add("\u00e9\u4e2d\u202e", content=b"x").add("bad-\udcff-utf8", content=b"x")
    upper.add(".wh.back")

    top = Layer()
    top.folder("gone").add("gone/again", content=b"back")
    top.folder("back").add("back/new", content=b"x")
    top.add("keep/.wh.old")
    top.add(".wh.implied")
    top.add("opaque/deep", tarfile.SYMTYPE, link="/keep")
    top.add("first", content=b"no longer linked", mode=0o400)
    return [base.done(), upper.done(), top.done()]


def odd(path):
    layers = odd_layers()
    config = json.dumps({
        "architecture": "amd64", "os": "linux", "config": {"Cmd": ["/none"]},
        "rootfs": {"type": "layers",
                   "diff_ids": ["sha256:" + hashlib.sha256(l).hexdigest() for l in layers]},
        "history": [{"created_by": "layer %d" % i} for i in range(len(layers))],
    }).encode()
    name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = [{"Config": name, "RepoTags": ["harden-e2e/odd:1"],
                 "Layers": ["%d/layer.tar" % i for i in range(len(layers))]}]
    outer = Layer()
    outer.add(name, content=config)
    for i, layer in enumerate(layers):
        outer.add("%d/layer.tar" % i, content=layer)
    outer.add("manifest.json", content=json.dumps(manifest).encode())
    with open(path, "wb") as file:
        file.write(outer.done())


{"export": export, "files": files, "odd": odd}[sys.argv[1]](sys.argv[2])
