#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An HTTP server that misbehaves on demand, for tests/e2e/http.sh and engine-stub.sh.

    stub_server.py --port-file F [--unix S] [--log F] [--engine DIR] [--tls CERT KEY]

Listens on a free port of 127.0.0.1 (written to F) and, with --unix, on a unix socket. The path
names the behaviour (/stall, /short, /redirect/3 ...). With --engine DIR it answers as a Docker
engine does, whose behaviour is what DIR/behaviour says and whose image is DIR/{json,history,tar}.
Every request is one line of the log: METHOD PATH, then headers of interest.
"""
import argparse
import os
import socket
import ssl
import sys
import threading
import time

BODY = b"0123456789" * 1000
ETAG = '"v1"'
DATE = "Tue, 14 Nov 2023 22:13:20 GMT"
counts = {}
lock = threading.Lock()


def count(key):
    with lock:
        counts[key] = counts.get(key, 0) + 1
        return counts[key]


class Peer:
    """One connection: reads one request, answers, closes."""

    def __init__(self, connection, options):
        self.connection = connection
        self.options = options

    def send(self, data):
        self.connection.sendall(data)

    def head(self, status, *headers):
        lines = ["HTTP/1.1 %s" % status, "Connection: close", *headers]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def answer(self, status, body=b"", *headers):
        self.head(status, "Content-Length: %d" % len(body), *headers)
        self.send(body)

    def read_request(self):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self.connection.recv(65536)
            if not piece:
                return False
            data += piece
        lines = data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        self.method, self.path, _ = lines[0].split(" ", 2)
        self.headers = {}
        for line in lines[1:]:
            name, value = line.split(":", 1)
            self.headers[name.lower()] = value.strip()
        self.log()
        return True

    def log(self):
        if not self.options.log:
            return
        shown = ("range", "if-range", "if-none-match", "if-modified-since", "accept-encoding",
                 "authorization", "host")
        extra = " ".join("%s=[%s]" % (n, self.headers[n]) for n in shown if n in self.headers)
        with lock, open(self.options.log, "a") as log:
            log.write("%s %s %s\n" % (self.method, self.path, extra))

    def wait(self, seconds=3600):
        """Until the other side gives up."""
        self.connection.settimeout(seconds)
        try:
            while self.connection.recv(4096):
                pass
        except OSError:
            pass

    def serve(self):
        if not self.read_request():
            return
        if self.options.engine:
            import stub_engine

            stub_engine.answer(self)
            return
        words = self.path.split("?")[0].strip("/").split("/")
        behaviour = getattr(self, "do_" + words[0].replace("-", "_"), None)
        if behaviour:
            behaviour(*words[1:])
        else:
            self.answer("404 Not Found", b"nothing \x1b[31mhere\n")

    def do_plain(self):
        self.answer("200 OK", BODY, "Content-Type: text/plain")

    def do_empty(self):
        self.answer("200 OK")

    def do_dated(self):
        unchanged = (self.headers.get("if-none-match") == ETAG
                     or self.headers.get("if-modified-since") == DATE)
        extra = ("ETag: " + ETAG, "Last-Modified: " + DATE)
        if unchanged:
            self.head("304 Not Modified", *extra)
        else:
            self.answer("200 OK", BODY, *extra)

    def do_stall(self, where="head"):
        if where == "body":
            self.head("200 OK", "Content-Length: %d" % len(BODY))
            self.send(BODY[:100])
        elif where == "headers":
            self.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        self.wait()

    def do_drip(self):
        self.head("200 OK", "Content-Length: %d" % len(BODY))
        for i in range(len(BODY)):
            self.send(BODY[i:i + 1])
            time.sleep(0.1)

    def do_slow(self):
        """Slow, but honest."""
        self.head("200 OK", "Content-Length: %d" % len(BODY))
        for i in range(0, len(BODY), 2000):
            self.send(BODY[i:i + 2000])
            time.sleep(0.6)

    def do_short(self):
        self.head("200 OK", "Content-Length: %d" % len(BODY))
        self.send(BODY[:777])

    def do_long(self):
        self.head("200 OK", "Content-Length: 10")
        self.send(BODY)

    def do_big(self, size):
        self.head("200 OK", "Content-Length: %s" % size)
        left = int(size)
        while left:
            piece = (BODY * 10)[:left]
            self.send(piece)
            left -= len(piece)

    def do_endless(self):
        self.head("200 OK")
        while True:
            self.send(BODY)

    def do_endless_headers(self):
        self.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            self.send(b"X-More: " + b"a" * 1000 + b"\r\n")

    def do_chunked(self, how="good"):
        self.head("200 OK", "Transfer-Encoding: chunked")
        self.send(b"a\r\n0123456789\r\n")
        if how == "good":
            self.send(b"0\r\n\r\n")
        elif how == "garbage":
            self.send(b"zz\r\n\r\nwhat?")

    def do_lying_length(self):
        self.head("200 OK", "Content-Length: 10", "Content-Length: 20000")
        self.send(BODY)

    def do_negative_length(self):
        self.head("200 OK", "Content-Length: -5")
        self.send(BODY)

    def do_garbage(self):
        self.send(b"\x00\x01\x02 this is not HTTP at all\r\n\r\n" * 10)

    def do_silence(self):
        pass

    def do_status(self, code):
        self.answer(code + " Status", b"<html><body>gone\x07 wrong</body></html>",
                    "Content-Type: text/html")

    def do_flaky(self):
        if count("flaky") % 3:
            self.answer("503 Service Unavailable", b"later")
        else:
            self.answer("200 OK", BODY)

    def do_busy(self, kind="seconds"):
        if kind == "seconds":
            when = "7"
        else:
            when = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 30))
        self.answer("429 Too Many Requests", b"slow down", "Retry-After: " + when)

    def do_redirect(self, left):
        left = int(left)
        to = "/plain" if left <= 1 else "/redirect/%d" % (left - 1)
        self.answer("302 Found", b"over there", "Location: " + to, 'ETag: "of-the-redirect"')

    def do_loop(self):
        self.answer("301 Moved", b"", "Location: /loop")

    def do_redirect_to(self, *words):
        targets = {"file": "file:///etc/passwd", "ftp": "ftp://127.0.0.1/x", "gopher": "gopher://127.0.0.1:1/x",
                   "http": "http://127.0.0.1:%d/plain" % self.options.port}
        self.answer("302 Found", b"", "Location: " + targets[words[0]])

    def do_range(self, how="good"):
        asked = self.headers.get("range", "")
        same = self.headers.get("if-range") in (None, ETAG)
        extra = ("ETag: " + ETAG,)
        if not asked or how == "ignored" or not same:
            self.answer("200 OK", BODY, *extra)
            return
        first = int(asked.split("=")[1].rstrip("-"))
        if first >= len(BODY):
            self.answer("416 Range Not Satisfiable", b"", "Content-Range: bytes */%d" % len(BODY))
            return
        shift = 5 if how == "wrong" else 0
        self.answer("206 Partial Content", BODY[first:],
                    "Content-Range: bytes %d-%d/%d" % (first + shift, len(BODY) - 1, len(BODY)),
                    *extra)

    def do_encoded(self):
        import gzip

        self.answer("200 OK", gzip.compress(BODY, mtime=0), "Content-Encoding: gzip")


def handle(connection, options):
    try:
        if options.tls and connection.family == socket.AF_INET:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*options.tls)
            connection = context.wrap_socket(connection, server_side=True)
        Peer(connection, options).serve()
    except (OSError, ValueError):
        pass
    finally:
        try:
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        connection.close()


def listen(server, options):
    while True:
        connection, _ = server.accept()
        threading.Thread(target=handle, args=(connection, options), daemon=True).start()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port-file", required=True)
    parser.add_argument("--unix")
    parser.add_argument("--log")
    parser.add_argument("--engine")
    parser.add_argument("--tls", nargs=2)
    options = parser.parse_args()
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    if options.unix:
        server = socket.socket(socket.AF_UNIX)
        server.bind(options.unix)
        server.listen(64)
        threading.Thread(target=listen, args=(server, options), daemon=True).start()
    server = socket.create_server(("127.0.0.1", 0), backlog=64)
    options.port = server.getsockname()[1]
    with open(options.port_file + ".new", "w") as out:
        out.write("%d\n" % options.port)
    os.rename(options.port_file + ".new", options.port_file)
    listen(server, options)


if __name__ == "__main__":
    main()
