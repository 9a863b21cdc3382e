#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""reach-loaded.py ROOT REPORT.json TRACE [undecided]: what a traced run ran of a root is in use.

TRACE is `strace -f -y -e trace=execve,mmap,openat` of a run in that root. Every program that was
started and every library that was mapped must be a binary in use (with "undecided" it may be
undecided); and no package whose scripts or modules were read may be called "not reached". Files of data
and settings do not count: who reads those runs nothing of their package."""
import json
import os
import re
import sys

undecided = sys.argv[4:] == ["undecided"]
CODE = (".py", ".pyc", ".pm", ".pl", ".ph", ".al", ".js", ".cjs", ".mjs", ".json", ".node", ".rb", ".php", ".sh", ".jar", "modules")
root, report, trace = os.path.realpath(sys.argv[1]), json.load(open(sys.argv[2])), sys.argv[3]


def inside(path):
    """A path of the root as the report names it; links resolved within the root."""
    path = path.removeprefix(root)
    for _ in range(40):
        parts, at = [part for part in path.split("/") if part], ""
        for number, part in enumerate(parts):
            at += "/" + part
            if os.path.islink(root + at):
                path = os.path.normpath(os.path.join(os.path.dirname(at), os.readlink(root + at), *parts[number + 1:]))
                break
        else:
            return os.path.normpath(at).lstrip("/")
    return ""


def is_code(path):
    if path.endswith(CODE) or ".so" in path:
        return True
    try:
        with open(f"{root}/{path}", "rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return False


mapped, opened = set(), set()
for line in open(trace, errors="replace"):
    if found := re.search(r'execve\("(/[^"]*)".*= 0$', line):
        opened.add(inside(found[1]))
    elif found := re.search(r"mmap\(.*PROT_EXEC.*\d+<([^>]+)>", line):
        mapped.add(inside(found[1]))
    elif found := re.search(r"open(?:at)?\(.*= \d+<([^>]+)>$", line):
        opened.add(inside(found[1]))

binaries = {binary["path"]: binary.get("in_use") for binary in report["binaries"]}
owners = {}
folder = root + "/var/lib/dpkg/info"
for name in os.listdir(folder):
    if name.endswith(".list"):
        package = name[:-5].split(":")[0]
        for path in open(f"{folder}/{name}"):
            full = root + path.strip()
            if not os.path.isdir(full):
                owners.setdefault(inside(path.strip()), package)
use = {package["name"]: package.get("in_use") for package in report["packages"]}
used = sum(value is True for value in use.values())
unused = sum(value is False for value in use.values())
wrong = 0
for path in sorted(mapped):
    if path in binaries and binaries[path] is not True and not (undecided and binaries[path] is None):
        print(f"mapped, but not in use: {path} of {owners.get(path)}")
        wrong += 1
for path in sorted(path for path in opened | mapped if is_code(path)):
    if use.get(owners.get(path)) is False:
        print(f"read, but its package is not reached: {path} of {owners[path]}")
        wrong += 1
known = sum(path in binaries for path in mapped)
print(f"{known} binaries mapped, {len(opened)} files read; packages: {used} in use, {unused} not reached, "
      f"{len(use) - used - unused} undecided")
sys.exit(1 if wrong or known < 3 else 0)
