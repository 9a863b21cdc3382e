#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A mirror of advisory feeds, made up, for tests/e2e/db-*.sh.

    feed_mirror.py make DIR [--packages N] [--fixed VERSION]
    feed_mirror.py serve DIR --port-file F [--log F] [--faults F]
    feed_mirror.py tamper BUNDLE OUTPUT KIND

`serve` answers conditions and ranges. A line "PATH FAULT COUNT" of the faults file makes the next
COUNT requests for PATH fail: with a status (503, 429, 404), by hanging up half-way (cut), or with
other content (html, empty, half). `tamper` unpacks a bundle (by zstd and tar) and packs it again
with something wrong.
"""
import argparse
import email.utils
import gzip
import hashlib
import http.server
import io
import json
import lzma
import os
import re
import subprocess
import tarfile
import threading
import zipfile


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    os.rename(path + ".new", path)


def make_debian(count, fixed):
    tracker = {}
    for p in range(count):
        tracker["source%d" % p] = {
            "CVE-%d-%d" % (2020 + c, 1000 + p): {
                "description": "Flaw %d of source%d. %s" % (c, p, "It is bad. " * 20),
                "releases": {
                    release: {"status": "resolved", "fixed_version": fixed, "urgency": "low",
                              "repositories": {release: "1"}}
                    for release in ("bookworm", "bullseye")}}
            for c in range(3)}
    return json.dumps(tracker)


def make_alpine(branch, repository, count):
    return json.dumps({"distroversion": branch, "reponame": repository, "packages": [
        {"pkg": {"name": "origin%d" % p, "secfixes": {"1.%d-r0" % p: ["CVE-2021-%d" % (1000 + p)]}}}
        for p in range(count)]})


def make_apt(folder, count):
    packages = "\n".join("Package: binary%d\nSource: source%d\nVersion: 1.0-%d\n" % (p, p, p)
                         for p in range(count)).encode()
    sums = " %s %d main/binary-amd64/Packages\n" % (hashlib.sha256(packages).hexdigest(),
                                                    len(packages))
    write(folder + "/main/binary-amd64/Packages.xz", lzma.compress(packages))
    write(folder + "/InRelease", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
          "Date: Sat, 11 Jul 2026 10:14:23 UTC\nSHA256:\n" + sums +
          "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n")


def make_osv(count):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for p in range(count):
            out.writestr("PYSEC-2026-%d.json" % p, json.dumps({
                "id": "PYSEC-2026-%d" % p, "modified": "2026-07-01T00:00:00Z",
                "aliases": ["CVE-2020-%d" % (1000 + p)], "affected": [
                    {"package": {"ecosystem": "PyPI", "name": "package%d" % p}, "ranges": [
                        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}]}]}))
    return archive.getvalue()


def make(options):
    top, count = options.dir, options.packages
    write(top + "/debian/tracker/data/json", make_debian(count, options.fixed))
    for branch in ("v3.19", "edge"):
        for repository in ("main", "community"):
            write("%s/alpine/%s/%s.json" % (top, branch, repository),
                  make_alpine(branch, repository, count))
    write(top + "/kev/known_exploited_vulnerabilities.json", json.dumps({
        "dateReleased": "2026-07-23T16:21:10.8082Z", "count": 2, "vulnerabilities": [
            {"cveID": "CVE-2020-1000", "vulnerabilityName": "a", "dateAdded": "2026-01-01",
             "dueDate": "2026-02-01", "knownRansomwareCampaignUse": "Known"},
            {"cveID": "CVE-2020-1001"}]}))
    scores = "".join("CVE-2020-%d,0.5,0.9\n" % (1000 + p) for p in range(count))
    write(top + "/epss/epss_scores-current.csv.gz", gzip.compress(
        ("#model_version:x,score_date:2026-08-16T00:00:00+0000\ncve,epss,percentile\n" +
         scores).encode()))
    for year in (2020, 2021):
        write("%s/nvd/nvdcve-2.0-%d.json.gz" % (top, year), gzip.compress(json.dumps({
            "totalResults": count, "timestamp": "2026-02-16T00:00:00.000", "vulnerabilities": [
                {"cve": {"id": "CVE-%d-%d" % (year, 1000 + p),
                         "descriptions": [{"lang": "en", "value": "Text"}],
                         "metrics": {"cvssMetricV31": [{"type": "Primary", "cvssData": {
                             "vectorString": "CVSS:3.1/AV:N", "baseScore": 7.5}}]}}}
                for p in range(count)]}).encode()))
    write(top + "/osv/PyPI/all.zip", make_osv(count))
    make_apt(top + "/apt/debian/dists/stable", count)


# --- a server ---------------------------------------------------------------------------------

lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    options = None

    def log_message(self, *words):
        pass

    def note(self):
        if self.options.log:
            shown = ("Range", "If-Range", "If-None-Match", "If-Modified-Since")
            extra = " ".join("%s=[%s]" % (n.lower(), self.headers[n])
                             for n in shown if self.headers[n])
            with lock, open(self.options.log, "a") as log:
                log.write("%s %s\n" % (self.path, extra))

    def fault(self):
        """The fault of this request, counted down."""
        if not self.options.faults or not os.path.exists(self.options.faults):
            return None
        with lock:
            lines, found = [], None
            for line in open(self.options.faults):
                path, fault, count = line.split()
                if not found and path == self.path and int(count) > 0:
                    found = fault
                    count = int(count) - 1
                lines.append("%s %s %s\n" % (path, fault, count))
            write(self.options.faults, "".join(lines))
            return found

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.note()
        fault = self.fault()
        path = self.options.dir + self.path
        if fault and fault.isdigit():
            extra = {"Retry_After": "1"} if fault in ("429", "503") else {}
            return self.answer(int(fault), b"not now\n", **extra)
        if ".." in path or not os.path.isfile(path):
            return self.answer(404, b"<html>nothing here</html>")
        body = open(path, "rb").read()
        if fault == "html":
            body = b"<!DOCTYPE html><html><body>Please log in</body></html>"
        if fault == "empty":
            body = b""
        if fault == "half":
            body = body[:len(body) // 2]
        tag = '"%s"' % hashlib.sha256(body).hexdigest()[:16]
        date = email.utils.formatdate(os.stat(path).st_mtime, usegmt=True)
        if self.headers["If-None-Match"] == tag:
            return self.answer(304, ETag=tag)
        start = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
        status, extra = 200, {}
        if start and self.headers["If-Range"] == tag:
            begin = int(start.group(1))
            if begin >= len(body):
                return self.answer(416, Content_Range="bytes */%d" % len(body))
            extra["Content_Range"] = "bytes %d-%d/%d" % (begin, len(body) - 1, len(body))
            body, status = body[begin:], 206
        if fault == "cut":
            self.send_response(status)
            self.send_header("ETag", tag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:len(body) // 2])
            self.wfile.flush()
            self.close_connection = True
            return None
        return self.answer(status, body, ETag=tag, Last_Modified=date, **extra)


def serve(options):
    Handler.options = options
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    write(options.port_file, str(server.server_port))
    server.serve_forever()


# --- bundles with something wrong ---------------------------------------------------------------

def tamper(options):
    packed = open(options.bundle, "rb").read()
    data = subprocess.run(["zstd", "-dcq"], input=packed, stdout=subprocess.PIPE).stdout
    members = []
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for member in tar:
            members.append((member, tar.extractfile(member).read()))
    kind = options.kind

    def sums_of():
        return "".join("%s  %s\n" % (hashlib.sha256(body).hexdigest(), member.name)
                       for member, body in members[1:]).encode()

    def add(name, body, **fields):
        member = tarfile.TarInfo(name)
        member.size = len(body)
        for key, value in fields.items():
            setattr(member, key, value)
        members.append((member, body))

    resum = True
    if kind == "digest":
        members[-1] = (members[-1][0], members[-1][1][:-1] + b" ")
        resum = False
    elif kind == "missing":
        members.pop()
        resum = False
    elif kind == "extra":
        add("debian/extra", b"x")
        resum = False
    elif kind == "twice":
        members.append(members[-1])
        resum = False
    elif kind == "dotdot":
        add("../../../escaped", b"x")
    elif kind == "absolute":
        add(os.path.abspath(options.output) + ".escaped", b"x")
    elif kind == "symlink":
        add("debian/link", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd")
    elif kind == "over-symlink":
        add("debian/tracker.json", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd")
    elif kind == "order":
        members.reverse()
    elif kind == "unknown":
        add("future/feed.json", b"{}")
    elif kind == "html":
        for i, (member, body) in enumerate(members):
            if member.name == "debian/tracker.json":
                members[i] = (member, b"<html></html>")
    if resum and kind != "order":
        members[0] = (members[0][0], sums_of())
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for member, body in members:
            member.size = 0 if member.issym() else len(body)
            tar.addfile(member, io.BytesIO(body))
    packed = subprocess.run(["zstd", "-cq"], input=out.getvalue(), stdout=subprocess.PIPE).stdout
    write(os.path.abspath(options.output), packed)


def main():
    parser = argparse.ArgumentParser()
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("make")
    verb.add_argument("dir")
    verb.add_argument("--packages", type=int, default=100)
    verb.add_argument("--fixed", default="1.0-1")
    verb = verbs.add_parser("serve")
    verb.add_argument("dir")
    verb.add_argument("--port-file", required=True)
    verb.add_argument("--log")
    verb.add_argument("--faults")
    verb = verbs.add_parser("tamper")
    verb.add_argument("bundle")
    verb.add_argument("output")
    verb.add_argument("kind")
    options = parser.parse_args()
    {"make": make, "serve": serve, "tamper": tamper}[options.verb](options)


main()
