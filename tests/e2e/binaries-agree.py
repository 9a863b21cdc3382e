#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""binaries-agree.py checksec|hardening ROOT FOLDER: compares the report in FOLDER with what that
tool said of the programs. Prints every difference that docs/BINARIES.md does not explain; exits
with 1 if there is one."""
import json
import os
import re
import subprocess
import sys

tool, root, folder = sys.argv[1:]
with open(f"{folder}/report.json") as file:
    binaries = {binary["path"]: binary for binary in json.load(file)["binaries"]}
wrong = 0
compared = 0


def differ(path, what, ours, theirs):
    global wrong
    wrong += 1
    print(f"{path}: {what}: {ours!r}, but {tool} says {theirs!r}")


def compare(path, pairs):
    global compared
    for what, ours, theirs in pairs:
        compared += 1
        if ours != theirs:
            differ(path, what, ours, theirs)


def readelf(path, *options):
    return subprocess.run(["readelf", "-W", *options, f"{root}/{path}"], capture_output=True, text=True).stdout


# Checked functions that came into glibc later than into hardening-check's list.
NEWER = {"__explicit_bzero_chk"}


def explained(path, binary, said):
    """What hardening-check says of libraries, with what docs/BINARIES.md explains put right."""
    # It takes what has PT_PHDR for a program: libraries that can be started, and those of lld.
    if said["Position Independent Executable"] == "yes" and re.search(r"^  PHDR", readelf(path, "-l"), re.M):
        said["Position Independent Executable"] = "no"
    symbols = readelf(path, "--dyn-syms")
    checked = set(re.findall(r" UND (__\w+_chk)@", symbols))
    if checked and checked <= NEWER:
        said["Fortify Source functions"] = "yes"
    # It looks for calls of others' functions: the C library has its own, the loader calls nobody.
    if re.search(r"(?<! UND) __stack_chk_fail@", symbols):
        said["Stack protected"] = "yes"
    if binary.get("symbols_unknown") and not re.search(r"FUNC .* UND ", symbols):
        said["Stack protected"] = "unknown"


def checksec():
    relro = {"Full RELRO": "full", "Partial RELRO": "partial", "No RELRO": "no"}
    pie = {"PIE enabled": True, "No PIE": False, "DSO": False}
    for line in open(f"{folder}/checksec"):
        # file,relro,canary,nx,pie,rpath,runpath,symbols,fortify,fortified,fortifiable,file
        fields = [field.strip() for field in line.rstrip("\n").split(",")]
        path = os.path.relpath(fields[0], root)
        binary = binaries[path]
        fortify = binary["fortify"]
        compare(path, [
            ("relro", binary["relro"], relro[fields[1]]),
            ("canary", binary["canary"], fields[2] == "Canary found"),
            ("nx", binary["nx"], fields[3] == "NX enabled"),
            ("pie", binary["pie"], pie[fields[4]]),
            ("rpath", "rpath" in binary, fields[5] != "No RPATH"),
            ("runpath", "runpath" in binary, fields[6] != "No RUNPATH"),
            ("stripped", binary["stripped"], fields[7] == "No Symbols"),
            ("fortified", fortify["fortified"], int(fields[9])),
            ("fortifiable", fortify["fortifiable"], int(fields[10])),
        ])


def hardening():
    for block in re.split(r"\n(?=/)", open(f"{folder}/hardening").read().strip()):
        lines = block.split("\n")
        path = os.path.relpath(lines[0].rstrip(":"), root)
        said = dict(line.strip().split(": ", 1) for line in lines[1:] if ": " in line)
        binary = binaries[path]
        if binary["type"] == "dso":
            explained(path, binary, said)
        fortified, fortifiable = binary["fortify"]["fortified"], binary["fortify"]["fortifiable"]
        fortify = "yes" if fortified else "no" if fortifiable else "unknown"
        canary = "unknown" if binary.get("symbols_unknown") else "yes" if binary["canary"] else "no"
        now = binary["relro"] == "full"

        def word(key):
            return re.split(r"[,\s]", said[key], maxsplit=1)[0]

        # It tells programs from libraries by PT_PHDR, which static programs have no need of; and
        # takes the one empty entry of their symbol tables for a symbol.
        if binary["type"] == "static" and binary["pie"]:
            said["Position Independent Executable"] = "yes"
            canary = "no" if canary == "unknown" else canary
        compare(path, [
            ("pie", binary["pie"], word("Position Independent Executable") == "yes"),
            ("canary", canary, word("Stack protected")),
            ("fortify", fortify, word("Fortify Source functions")),
            ("relro", binary["relro"] != "no", word("Read-only relocations") == "yes"),
            ("immediate binding", now, word("Immediate binding") == "yes"),
        ])
        if "Control flow integrity" in said:
            cet = {"ibt", "bti"} & set(binary.get("cet", []))
            compare(path, [("control flow", bool(cet), word("Control flow integrity") == "yes")])


{"checksec": checksec, "hardening": hardening}[tool]()
if compared < 500:
    print(f"only {compared} answers were compared")
    wrong += 1
print(f"{compared} answers, {wrong} unexplained differences", file=sys.stderr)
sys.exit(1 if wrong else 0)
