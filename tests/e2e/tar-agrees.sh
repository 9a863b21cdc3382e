#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# needs: none
# The tar reader sees what Python's tarfile sees, in everything that GNU tar can write: all formats,
# sparse files, long and odd names, hard links, big numbers; plain and compressed.
. "$(dirname "$0")/lib.sh"

cat >"$scratch/reference.py" <<'P'
"""The listing of tests/tools/tarlist.c --digest, by Python's tarfile."""
import hashlib, math, sys, tarfile

def clean(raw):
    parts = []
    for part in raw.encode("utf-8", "surrogateescape").split(b"/"):
        if part == b"..":
            parts = parts[:-1]
        elif part not in (b"", b"."):
            parts.append(part)
    return b"/".join(parts)

def shown(name):
    return "".join(chr(c) if 0x20 < c < 0x7f and c != 0x5c else "\\x%02x" % c for c in name) or "."

KINDS = {tarfile.DIRTYPE: "d", tarfile.SYMTYPE: "l", tarfile.LNKTYPE: "h", tarfile.CHRTYPE: "c",
         tarfile.BLKTYPE: "b", tarfile.FIFOTYPE: "p"}
with tarfile.open(sys.argv[1], "r:*", encoding="utf-8", errors="surrogateescape") as archive:
    for member in archive:
        kind = KINDS.get(member.type, "f")
        fields = [kind, "%04o" % (member.mode & 0o7777), member.uid, member.gid,
                  member.size if kind == "f" else 0, math.floor(member.mtime),
                  shown(clean(member.name))]
        if kind == "h":
            fields.append(shown(clean(member.linkname)))
        if kind == "l":
            fields.append(shown(member.linkname.encode("utf-8", "surrogateescape")))
        if kind in "cb":
            fields.append("%d,%d" % (member.devmajor, member.devminor))
        if kind == "f":
            fields.append("sha256:" + hashlib.sha256(archive.extractfile(member).read()).hexdigest())
        print(*fields)
P

compare() { # NAME ARCHIVE
    if ! python3 "$scratch/reference.py" "$2" >"$scratch/want"; then
        failed "$1: the reference cannot read it"
        return
    fi
    "$build/tarlist" --digest "$2" >"$scratch/got" 2>&1
    check "$1: there are entries" test -s "$scratch/want"
    check_same "$1" "$scratch/want" "$scratch/got"
}

# A tree with what archives have trouble with.
tree=$scratch/tree
mkdir -p "$tree/dir/sub"
cd "$tree" || exit 2
printf 'content\n' >dir/file
ln dir/file dir/hard
ln -s ../dir/file dir/soft
ln -s /absolute/target dir/absolute
mkfifo dir/pipe
: >dir/empty
head -c 511 /dev/urandom >dir/511
head -c 512 /dev/urandom >dir/512
head -c 513 /dev/urandom >dir/513
head -c 700000 /dev/urandom >dir/large
chmod 6755 dir/512
chmod 1777 dir/sub
touch -d @1234567890.75 dir/511
name() { printf "$1%.0s" $(seq "$2"); }
short=$scratch/short # what v7 can hold
cp -a "$tree" "$short"
mkdir -p "$(name a 90)/$(name b 90)"
echo x >"$(name a 90)/$(name b 90)/$(name c 60)" # ustar's prefix
for length in 98 99 100 101 254 255; do echo "$length" >"$(name n "$length")"; done
ustar=$scratch/ustar # what ustar can hold
cp -a "$tree" "$ustar"
rm "$ustar/$(name n 101)" "$ustar/$(name n 254)" "$ustar/$(name n 255)"
deep=deep
for _ in 1 2 3 4 5 6; do deep=$deep/$(name d 200); done
mkdir -p "$deep"
echo deep >"$deep/file"
ln "$deep/file" "$deep/hard"
ln -s "$deep" soft-long
echo odd >$'tab\tnewline\nquote"back\\slash'
echo odd >$'latin1-\xe9'
echo odd >$'\xc3\xa9t\xc3\xa9 \xe2\x82\xac'
echo odd >'-starts-with-dash'
echo odd >' spaces '
truncate -s 5M holes
for at in 0 1000000 1000512 2500000 4999999; do
    printf 'data at %s' "$at" | dd of=holes bs=1 seek="$at" conv=notrunc status=none
done
truncate -s 1M all-hole
for i in $(seq 0 60); do # more parts than a header and an extension block hold
    printf 'part %s' "$i" | dd of=many-holes bs=1 seek=$((i * 65536)) conv=notrunc status=none
done
truncate -s 4500000 many-holes

cd "$scratch" || exit 2
tar --format=v7 -C "$short" -cf v7.tar . 2>tar.err
compare v7 v7.tar
tar --format=ustar -C "$ustar" -cf ustar.tar . 2>tar.err
compare ustar ustar.tar
for format in oldgnu gnu posix; do
    tar --format=$format -C "$tree" -cf $format.tar . 2>tar.err
    compare $format $format.tar
    tar --format=$format --sparse -C "$tree" -cf sparse-$format.tar . 2>tar.err
    compare "$format --sparse" sparse-$format.tar
done
for version in 0.0 0.1 1.0; do
    tar --format=posix --sparse --sparse-version=$version -C "$tree" -cf sparse.tar . 2>tar.err
    check "holes are left out in $version" test "$(stat -c %s sparse.tar)" -lt 3000000
    compare "sparse $version" sparse.tar
done

# Numbers that do not fit their octal fields.
for format in gnu posix; do
    tar --format=$format -C "$short" --owner=o:4000000000 --group=g:3000000 -cf ids.tar . 2>tar.err
    compare "$format: big ids" ids.tar
    for time in @-1 @-2147483649 @8589934592 @99999999999 @1.5 @-1.5; do
        tar --format=$format -C "$short" --mtime="$time" -cf time.tar dir/file 2>tar.err
        compare "$format: time $time" time.tar
    done
done

# Names that no tree has.
tar --format=gnu -P --transform='s,^dir,../../up/./x//dir,' -C "$short" -cf up.tar dir 2>tar.err
compare "names with dots" up.tar
tar --format=posix -P --transform='s,^dir,//root/dir,' -C "$short" -cf root.tar dir 2>tar.err
compare "absolute names" root.tar
tar --format=posix --pax-option=comment=hello,globexthdr.name=g -C "$short" -cf global.tar dir 2>tar.err
compare "a global pax header" global.tar
tar --format=gnu -V label -C "$short" -cf label.tar dir 2>tar.err
"$build/tarlist" label.tar >label.list
tar --format=gnu -C "$short" -cf nolabel.tar dir
"$build/tarlist" nolabel.tar >nolabel.list
check_same "a volume label is no entry" nolabel.list label.list

# Devices, which only root can make: by Python.
python3 - devices.tar <<'P'
import sys, tarfile
with tarfile.open(sys.argv[1], "w", format=tarfile.GNU_FORMAT) as archive:
    for kind, name in ((tarfile.CHRTYPE, "null"), (tarfile.BLKTYPE, "disk")):
        member = tarfile.TarInfo(name)
        member.type, member.devmajor, member.devminor, member.mode = kind, 259, 70000, 0o666
        archive.addfile(member)
P
compare devices devices.tar

# Some old tars summed up signed bytes.
python3 - signed.tar <<'P'
import sys, tarfile
member = tarfile.TarInfo("\xff\xfe\x80-odd")
header = bytearray(member.tobuf(tarfile.USTAR_FORMAT, "latin-1", "strict"))
header[148:156] = b" " * 8
signed = sum(c - 256 if c > 127 else c for c in header)
header[148:156] = b"%06o\0 " % signed
open(sys.argv[1], "wb").write(bytes(header) + bytes(10240 - 512))
P
compare "signed checksums" signed.tar

# The same through every codec, as two members, and behind another blocking factor.
"$build/tarlist" --digest gnu.tar >gnu.list
for codec in gzip zstd xz bzip2; do
    $codec -c <gnu.tar >gnu.packed
    "$build/tarlist" --digest gnu.packed >packed.list 2>&1
    check_same "gnu in $codec" gnu.list packed.list
    "$build/tarlist" --whole gnu.packed >whole
    sha256sum gnu.packed gnu.tar | sed 's/^/sha256:/; s/ .*//' >whole.want
    check_same "digests of gnu in $codec" whole.want whole
done
head -c 300000 gnu.tar | gzip >members.tar.gz
tail -c +300001 gnu.tar | gzip >>members.tar.gz
compare "two gzip members" members.tar.gz
tar --format=gnu -b 1 -C "$short" -cf blocks.tar .
compare "blocks of 512" blocks.tar

# Damage is said, not passed over.
whole=$(stat -c %s v7.tar)
# Within the first header, and within the one large file: between entries a cut cannot be told.
for cut in 511 1000 "$((whole / 2))"; do
    head -c "$cut" v7.tar >cut.tar
    check_exit "cut at $cut of $whole" 1 "$build/tarlist" --digest cut.tar
done
cp v7.tar bad.tar
printf 'x' | dd of=bad.tar bs=1 seek=600 conv=notrunc status=none
check_exit "a bad checksum" 1 "$build/tarlist" bad.tar
gzip -c v7.tar | head -c 20000 >cut.tar.gz
check_exit "cut gzip" 1 "$build/tarlist" cut.tar.gz

finish
